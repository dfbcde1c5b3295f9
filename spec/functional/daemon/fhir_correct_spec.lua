-- A hospital corrects what it has sent, and takes it back: by FHIR's update, or by an event, with the same effect (WARD 21).
local Hospital = require "functional.support.hospital"
local Fhir = require "functional.support.fhir"
local wait = require "functional.support.wait"

local STEP = 'aw.step { id = "s", at = "24h", run = function(p) p:ask("check", { within = "24h" }) end },'
local HIP = [[aw.pathway { id = "hip", program = "brand", title = { zh = "髋关节", en = "Hip" }, anchor = "discharge",
    enroll = { on = "discharge", where = function(f) return f.event:has_procedure("81.51") end },
    steps = { aw.step { id = "s", at = "24h", run = function(p) p:ask("check", { within = "24h" }) end } } },]]

describe("What a hospital has sent", function()
  local h, fhir
  setup(function()
    fhir = Fhir.open(nil, nil, { scripts = { ["w/w.lua"] = Hospital.ward("w", STEP, HIP) } })
    h = fhir.h
  end)
  teardown(function() fhir:close() end)

  local function left(n)                                     -- a patient who has left, and the stay
    local id = fhir:create("Patient", Fhir.patient(n)).id
    return id, fhir:create("Encounter", fhir:stay(n, id, "finished", { period = fhir:over() })).id
  end

  local function coded(type, id, visit, code, name, more)
    local resource = { resourceType = type, status = type == "Procedure" and "completed" or nil, subject = { reference = "Patient/" .. id },
      encounter = { reference = "Encounter/" .. visit }, code = { coding = code and { { code = code } } or nil, text = name } }
    for key, value in pairs(more or {}) do resource[key] = value end
    return resource
  end

  local function put(resource, more)
    for key, value in pairs(more) do resource[key] = value end
    local status, body = fhir:ask("PUT", resource.resourceType .. "/" .. resource.id, resource)
    assert.equal(200, status, body and body.issue and body.issue[1].diagnostics)
    return body
  end

  local function follows(id)                                 -- { way = "active", hip = "ended: coding-withdrawn" }
    local found = {}
    for _, each in ipairs(fhir:enrollments(id)) do           -- who is followed again has two
      found[each.pathway] = found[each.pathway] == "active" and "active" or each.status .. (each.ended_reason and ": " .. each.ended_reason or "")
    end
    return found
  end
  local function until_hip(id) wait.till("on the hip pathway", function() return follows(id).hip == "active" end) end

  local function asked(id)                                   -- how many times the head nurse is asked to look
    local count = 0
    for _, task in ipairs(h:get("/tasks?patient=" .. id).items) do
      count = count + (task.name == "check-follow-up" and task.role == "head-nurse" and 1 or 0)
    end
    return count
  end

  it("was an operation that was not done: its follow-up ends, and the head nurse gets to know; what others follow goes on", function()
    local id, visit = left(1)
    local made = fhir:create("Procedure", coded("Procedure", id, visit, "81.51", "髋关节置换"))
    until_hip(id)
    local gone = put(coded("Procedure", id, visit, "81.51", "髋关节置换"), { id = made.id, status = "entered-in-error" })
    assert.same({ made.id, "entered-in-error", "81.51" }, { gone.id, gone.status, gone.code.coding[1].code })
    wait.till("ended", function() return follows(id).hip == "ended: coding-withdrawn" end)
    assert.equal("active", follows(id).way)
    assert.equal(1, asked(id))
    put(coded("Procedure", id, visit, "81.51"), { id = made.id, status = "not-done" })
    assert.equal(1, asked(id))
    assert.equal(made.id, fhir:create("Procedure", coded("Procedure", id, visit, "81.51", "髋关节置换")).id)
    until_hip(id)                                            -- it was done after all
  end)

  it("was so after all: it counts again, under the same id", function()
    local id, visit = left(2)
    local resource = coded("Condition", id, visit, "S72.0", "股骨颈骨折")
    local made = fhir:create("Condition", resource)
    local function of_patient() return #h:get("/patients/" .. id .. "/history?department=w").clinical end
    assert.equal(1, of_patient())
    local gone = put(coded("Condition", id, visit, "S72.0"),
      { id = made.id, verificationStatus = { coding = { { code = "entered-in-error" } } } })
    assert.equal("entered-in-error", gone.verificationStatus.coding[1].code)
    assert.equal(0, of_patient())
    local again = fhir:create("Condition", resource)
    assert.same({ made.id, "confirmed" }, { again.id, again.verificationStatus.coding[1].code })
    assert.equal(1, of_patient())
  end)

  it("gets its code late, or another one: who is meant by the new code is followed, who is not no longer", function()
    local id, visit = left(3)
    local made = fhir:create("Procedure", coded("Procedure", id, visit, nil, "髋关节置换"))
    assert.same({ way = "active" }, follows(id))
    local now = put(coded("Procedure", id, visit, "80.05", "髋关节置换"), { id = made.id })
    assert.same({ made.id, "80.05" }, { now.id, now.code.coding[1].code })
    assert.equal(0, asked(id))
    now = put(coded("Procedure", id, visit, "81.51", "髋关节置换"), { id = made.id })
    assert.equal("81.51", now.code.coding[1].code)
    until_hip(id)
    put(coded("Procedure", id, visit, "80.05", "髋关节置换"), { id = made.id })
    wait.till("ended", function() return follows(id).hip == "ended: coding-withdrawn" end)
    assert.equal(1, asked(id))
    assert.equal("active", follows(id).way)
    assert.equal(1, #fhir:get("Procedure?patient=" .. id).entry)
  end)

  it("is taken back and corrected by an event just the same", function()
    local id = left(4)
    local function tell(n, item)
      assert.equal(202, h:event { id = "P4-" .. n, kind = "procedure", at = Hospital.iso(h:now()), visit = "V4", patient = { mrn = "M4" },
        procedures = { item } })
    end
    tell(1, { code = "80.05", name = "髋关节置换" })
    tell(2, { code = "81.51", name = "髋关节置换", was = { code = "80.05", name = "髋关节置换" } })
    until_hip(id)
    tell(3, { code = "81.51", name = "髋关节置换", withdrawn = true })
    wait.till("withdrawn", function() return follows(id).hip == "ended: coding-withdrawn" end)
    assert.equal("active", follows(id).way)
    assert.equal(1, asked(id))
  end)

  it("stays that patient's", function()
    local id, visit = left(5)
    local other = left(6)
    local made = fhir:create("Procedure", coded("Procedure", id, visit, "81.51"))
    assert.matches("another patient's", (fhir:refused(422, "invalid", "PUT", "Procedure/" .. made.id,
      coded("Procedure", other, visit, "81.51", nil, { id = made.id }))))
    assert.matches("take it back", (fhir:refused(422, "invalid", "POST", "Procedure",
      coded("Procedure", id, visit, "81.54", nil, { status = "entered-in-error" }))))
    assert.matches("refuted", (fhir:refused(422, "invalid", "POST", "Condition",
      coded("Condition", id, visit, "S72.0", nil, { verificationStatus = { coding = { { code = "refuted" } } } }))))
  end)

  it("was an admission that was not: as a cancelled admission does, nothing is left of it", function()
    local id = fhir:create("Patient", Fhir.patient(7)).id
    local made = fhir:create("Encounter", fhir:stay(7, id, "in-progress"))
    local body = put(fhir:stay(7, id, "cancelled"), { id = made.id })
    assert.equal("cancelled", body.status)
    assert.same({}, follows(id))
    made = fhir:create("Encounter", fhir:stay(8, id, "finished", { period = fhir:over() }))
    assert.equal("active", follows(id).way)
    assert.equal("cancelled", put(fhir:stay(8, id, "cancelled"), { id = made.id }).status)
    assert.equal("ended: discharge-cancelled", follows(id).way)
  end)
end)
