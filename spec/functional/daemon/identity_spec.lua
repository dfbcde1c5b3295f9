-- Who is who, and who is no more (D5): the same story told by events, by FHIR and by HL7 has the same end.
local Hospital = require "functional.support.hospital"
local Fhir = require "functional.support.fhir"
local mllp = require "functional.support.mllp"
local wait = require "functional.support.wait"

local STEP = 'aw.step { id = "s", at = "40h", run = function(p) p:ask("check", { within = "30d" }) end },'
local fhir, h, peer

local function done(status, body) assert.is_true(status == 200 or status == 201 or status == 202, type(body) == "table" and body.detail or status) end
local function event(kind, n, fields)
  local told = { id = ("%s-%d-%d"):format(kind, n, h:now()), kind = kind, at = Hospital.iso(h:now() - 1000), visit = "V" .. n, department = "w",
    patient = { mrn = "M" .. n } }
  for key, value in pairs(fields or {}) do told[key] = value or nil end
  done(h:call("POST", "/events?wait=applied", told, { token = "his" }))
end
local function hl7(kind, segments) assert.matches("\rMSA|AA|", peer.send(mllp.message(kind, segments)), 1, true) end
local function stamp() return (Hospital.iso(h:now() - 60000):sub(1, 19):gsub("[-T:]", "")) end
local function put(type, id, resource)
  resource.id = id
  done(fhir:ask("PUT", type .. "/" .. id, resource))
end
local function id_of(n) return wait.till("known", function() return h:patient(n) end).id end
local function stay_id(n) return fhir:get("Encounter?identifier=V" .. n).entry[1].resource.id end

-- Each way in: what a hospital says, in its words.
local doors = {
  events = {
    discharge = function(n)
      done(h:call("POST", "/events?wait=applied", h:discharge(n, { id = ("D%d-%d"):format(n, h:now()) }), { token = "his" }))
    end,
    take_back = function(n) event("cancel-discharge", n) end,
    merge = function(from, into) event("merge", from, { patient = false, visit = false, department = false,
      merge = { from_mrn = "M" .. from, into_mrn = "M" .. into } }) end,
    die = function(n) event("death", n) end,
    ring = function(n, phone) event("patient", n, { visit = false, patient = { mrn = "M" .. n, phone = phone } }) end,
  },
  fhir = {
    discharge = function(n)
      done(fhir:ask("PUT", "Patient?identifier=M" .. n, Fhir.patient(n)))
      done(fhir:ask("PUT", "Encounter?identifier=V" .. n, fhir:stay(n, id_of(n), "finished", { period = fhir:over() })))
    end,
    take_back = function(n) put("Encounter", stay_id(n), fhir:stay(n, id_of(n), "in-progress")) end,
    merge = function(from, into)
      local other = { reference = "Patient/" .. id_of(into) }
      put("Patient", id_of(from), Fhir.patient(from, { link = { { other = other, type = "replaced-by" } } }))
    end,
    die = function(n) put("Patient", id_of(n), Fhir.patient(n, { deceasedBoolean = true })) end,
    ring = function(n, phone) put("Patient", id_of(n), Fhir.patient(n, { telecom = { { system = "phone", value = phone } } })) end,
  },
  hl7 = {
    discharge = function(n) assert.matches("\rMSA|AA|", peer.send(mllp.discharge(n, { discharged = stamp() })), 1, true) end,
    take_back = function(n) hl7("ADT^A13", { mllp.evn "A13", mllp.pid(n), (mllp.pv1(n)) }) end,
    merge = function(from, into) hl7("ADT^A40", { mllp.evn "A40", mllp.pid(into), ("MRG|M%d^^^HOSP^MR"):format(from) }) end,
    die = function(n) hl7("ADT^A31", { mllp.evn "A31", mllp.pid(n) .. ("|"):rep(16) .. "20260302|Y" }) end,
    ring = function(n, phone) hl7("ADT^A08", { mllp.evn "A08", mllp.pid(n, { phone = phone }), (mllp.pv1(n)) }) end,
  },
}

describe("A person", function()
  setup(function()
    fhir = Fhir.open(nil, nil, { plugins = os.getenv "AFTERWARD_BUILD" .. "/plugins", speed = 14400,
      scripts = { ["w/w.lua"] = Hospital.ward("w", STEP) } })
    h = fhir.h
    h:stop()
    h:configure("sms = " .. h.gateway:channel(),
      ('fhir = { mrn = "%s", visit = "%s" }, connectors = { his = { plugin = "hl7", listen = "127.0.0.1:0" } },')
      :format(Fhir.MRN, Fhir.VN))
    h:start()
    peer = mllp.peer(mllp.ports(h).his)
  end)
  teardown(function()
    if peer then peer.close() end
    fhir:close()
  end)

  local function count(id, status)
    local found = 0
    for _, each in ipairs(fhir:enrollments(id)) do found = found + (each.status == status and 1 or 0) end
    return found
  end
  local function followed(n)
    local id = id_of(n)
    wait.till("followed", function() return count(id, "active") == 1 end)
    return id
  end

  local n = 100
  for name, door in pairs(doors) do
    local function fresh() n = n + 1 return n end

    it("who turns out to be another one is followed once (" .. name .. ")", function()
      local from, into = fresh(), fresh()
      door.discharge(from)
      door.discharge(into)
      followed(from)
      local id = followed(into)
      door.merge(from, into)
      wait.till("they are one", function() return h:patient(from).id == id end)
      assert.equal(1, count(id, "active"))
    end)

    it("whose discharge is taken back and told again begins once (" .. name .. ")", function()
      local one = fresh()
      door.discharge(one)
      local id = followed(one)
      door.take_back(one)
      wait.till("it has ended", function() return count(id, "active") == 0 end)
      door.discharge(one)
      followed(one)
      assert.equal(1, count(id, "active"))
    end)

    it("who has died is followed no more, in the same commit (" .. name .. ")", function()
      local one = fresh()
      door.discharge(one)
      local id = followed(one)
      door.die(one)
      assert.equal(0, count(id, "active"))
    end)

    it("with a new number is written to at that one, by what was begun before (" .. name .. ")", function()
      local one = fresh()
      door.discharge(one)
      followed(one)
      local number = Hospital.phone(one + 5000)
      door.ring(one, number)
      wait.till("the text is there", function() return h.gateway:to(number)[1] end, 60)
      assert.is_nil(h.gateway:to(Hospital.phone(one))[1])
    end)
  end
end)
