-- A FHIR client that nobody here wrote (npm's fhir-kit-client) uses the server, and validators by three authors (npm's fhir,
-- @asymmetrik/fhir-json-schema-validator and @medplum/core) judge all that it says.
local Hospital = require "functional.support.hospital"
local Fhir = require "functional.support.fhir"
local Node = require "functional.support.node"
local wait = require "functional.support.wait"
local json = require "dkjson"

local STEPS = [[aw.step { id = "ask", at = "1h", run = function(p) p:ask("check", { within = "30d" }) end },
  aw.step { id = "call", at = "1h", run = function(p) p:task { id = "call", role = "nurse", form = "check", due = "8h" } end },]]

local function here() return Node.there() or pending "./dev install-deps fetches it" end

describe("FHIR peers", function()
  randomize(false)
  local fhir, h, id
  setup(function()
    fhir = Fhir.open("hooks = \"http://127.0.0.1:9/\"", nil, { speed = 3600, scripts = { ["w/w.lua"] = Hospital.ward("w", STEPS) } })
    h = fhir.h
    id = fhir:create("Patient", Fhir.patient(1, { deceasedBoolean = false, address = { { city = "杭州", line = { "某路1号" } } },
      telecom = { { system = "phone", value = Hospital.phone(1) }, { system = "email", value = "a@example.org" } } })).id
  end)
  teardown(function() fhir:close() end)

  it("create, read, update, search and bundle", function()
    if not here() then return end
    local answer = wait.for_it(function()
      return Node.ask("fhir.js", "drive", json.encode { url = ("http://127.0.0.1:%d/fhir"):format(h.port), token = Hospital.TOKENS.boss,
        mrn = Fhir.MRN })
    end)
    assert.same({ fhir = "4.0.1", made = fhir.h:patient(900).id, read = "王小兰", gender = "male", found = 1, next = 1,
      batch = { "200 OK", "404 Not Found" }, whole = { "201 Created", "201 Created" }, lost = { status = 404, code = "not-found" },
      bad = { status = 422, code = "invalid" } }, answer)
  end)

  local function resources()
    local all = {}
    local function keep(_, resource) all[#all + 1] = resource end
    keep(fhir:ask("GET", "metadata"))
    keep(fhir:ask("GET", "Patient/nobody"))
    keep(fhir:ask("POST", "Patient", Fhir.patient(5, { birthDate = "soon" })))
    keep(fhir:ask("POST", "", { resourceType = "Bundle", type = "batch", entry = { { request = { method = "GET", url = "Patient/" .. id } },
      { request = { method = "PUT", url = "Patient/" .. id } }, { resource = Fhir.patient(6), request = { method = "POST", url = "Patient" } } } }))
    for _, resource in ipairs(fhir:get("metadata").rest[1].resource) do
      local path = resource.type .. "?patient=" .. id
      local whole = { Patient = true, Questionnaire = true, Subscription = true }
      if whole[resource.type] then path = resource.type end
      local list = fhir:get(path)
      assert.truthy(list.entry, resource.type)
      keep(nil, list)
      for _, entry in ipairs(list.entry) do keep(nil, entry.resource) end
      keep(fhir:ask("GET", path, nil, { token = "ward" }))
    end
    return all
  end

  local function fill()                                      -- one of each
    local of = { reference = "Patient/" .. id }
    local visit = fhir:create("Encounter", fhir:stay(1, id, "finished", { period = fhir:over(), participant = { { individual = { display = "张医生" },
      type = { { coding = { { code = "ATND" } } } } } }, location = { { location = { display = "3" } } },
      hospitalization = { dischargeDisposition = { coding = { { code = "home" } } } } })).id
    fhir:create("Procedure", { resourceType = "Procedure", status = "completed", subject = of, encounter = { reference = "Encounter/" .. visit },
      performedDateTime = "2026-03-01T09:00:00+08:00", code = { coding = { { code = "81.51" } }, text = "髋关节置换" } })
    fhir:create("Condition", { resourceType = "Condition", subject = of, code = { text = "骨折" } })
    fhir:create("Observation", { resourceType = "Observation", status = "final", subject = of, effectiveDateTime = "2026-03-02T08:00:00+08:00",
      code = { coding = { { system = "http://loinc.org", code = "2345-7" } } }, valueQuantity = { value = 126, code = "mg/dL" },
      referenceRange = { { low = { value = 70 }, high = { value = 110 } } }, interpretation = { { coding = { { code = "H" } } } } })
    fhir:create("Appointment", { resourceType = "Appointment", status = "booked", identifier = { { value = "A1" } },
      start = "2026-03-09T08:30:00+08:00", participant = { { actor = of, status = "accepted" } } })
    fhir:create("RelatedPerson", { resourceType = "RelatedPerson", patient = of, name = { { text = "王大" } },
      relationship = { { coding = { { code = "SON" } } } }, telecom = { { system = "phone", value = "13900000043" } } })
    fhir:create("Consent", { resourceType = "Consent", status = "active", patient = of,
      provision = { type = "deny", class = { { code = "education" } }, code = { { coding = { { code = "sms" } } } } } })
    fhir:create("Subscription", { resourceType = "Subscription", status = "requested", reason = "spec", criteria = "Appointment",
      channel = { type = "rest-hook", endpoint = "http://127.0.0.1:9/hook" } })
    local text = wait.till("the text is there", function() return h.gateway:to(Hospital.phone(1))[1] end, 30)
    assert.equal(200, (h:answer(Hospital.code(text), { temp = "36.8" })))
    wait.till("the task is there", function() return fhir:get("Task").entry end, 30)
  end

  it("find nothing wrong with any resource", function()
    if not here() then return end
    fill()
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write(json.encode(resources()))
    file:close()
    local answer = wait.for_it(function() return Node.ask("fhir.js", "check", path) end)
    os.remove(path)
    assert.same({}, answer.wrong)
    assert.is_true(answer.count > 40)
  end)

  it("would have found it", function()
    if not here() then return end
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write(json.encode { { resourceType = "Patient", gender = "lady" }, { resourceType = "Patient", birthDate = "19510203" } })
    file:close()
    local answer = wait.for_it(function() return Node.ask("fhir.js", "check", path) end)
    os.remove(path)
    assert.matches("fhir: Patient: Patient.gender", answer.wrong[1])
    assert.matches("schema: Patient: .gender", answer.wrong[2])
    assert.matches("medplum: Patient: Patient.birthDate", table.concat(answer.wrong, "\n"))
  end)
end)
