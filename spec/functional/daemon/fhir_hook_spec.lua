-- Subscriptions: who wants to know of a change is called after its commit, until they take it.
local Fhir = require "functional.support.fhir"
local Listener = require "functional.support.listener"
local Servers = require "functional.support.servers"
local wait = require "functional.support.wait"
local json = require "dkjson"

describe("A FHIR subscriber", function()
  local fhir, h, engine
  setup(function()
    engine = Listener.open()
    fhir = Fhir.open(('hooks = "%s/",'):format(engine.url))
    h = fhir.h
  end)
  teardown(function()
    fhir:close()
    engine:close()
  end)
  before_each(function() engine.requests, engine.answer = {}, nil end)

  local function subscription(criteria, more, channel)
    local resource = { resourceType = "Subscription", status = "requested", reason = "spec", criteria = criteria,
      channel = { type = "rest-hook", endpoint = engine.url .. "/hook", header = { "Authorization: Bearer of-the-engine" } } }
    for key, value in pairs(channel or {}) do resource.channel[key] = value end
    for key, value in pairs(more or {}) do resource[key] = value end
    return resource
  end
  local function finish(made)
    local status, body = fhir:ask("PUT", "Subscription/" .. made.id, subscription(made.criteria, { id = made.id, status = "off" }))
    assert.same({ 200, "off" }, { status, body.status })
  end
  local function called(count)
    return wait.till(count .. " calls", function() return #engine.requests >= count and engine.requests end, 20)
  end

  it("with an empty payload is called, and comes to look", function()
    local made = fhir:create("Subscription", subscription "Encounter?status=finished")
    assert.same({ "active", "rest-hook" }, { made.status, made.channel.type })
    assert.is_nil(json.encode(made):find("of-the-engine", 1, true))
    local id = fhir:create("Patient", Fhir.patient(1)).id
    local visit = fhir:create("Encounter", fhir:stay(1, id, "in-progress")).id
    fhir:ask("PUT", "Encounter/" .. visit, fhir:stay(1, id, "finished", { id = visit, period = fhir:over() }))
    local call = called(1)[1]
    assert.same({ "POST", "/hook", "", "Bearer of-the-engine" }, { call.method, call.path, call.body, call.headers.authorization })
    wait.ms(500)
    assert.equal(1, #engine.requests)
    finish(made)
    fhir:create("Encounter", fhir:stay(2, id, "finished", { period = fhir:over() }))
    wait.ms(500)
    assert.equal(1, #engine.requests)
  end)

  it("with a payload gets each resource, of the patient that it named, in order", function()
    local one, other = fhir:create("Patient", Fhir.patient(11)).id, fhir:create("Patient", Fhir.patient(12)).id
    local made = fhir:create("Subscription", subscription("Encounter?patient=Patient/" .. one, nil, { payload = "application/fhir+json" }))
    fhir:create("Encounter", fhir:stay(12, other, "in-progress"))
    local visit = fhir:create("Encounter", fhir:stay(11, one, "in-progress")).id
    called(1)
    fhir:ask("PUT", "Encounter/" .. visit, fhir:stay(11, one, "finished", { id = visit, period = fhir:over() }))
    wait.till("the end is told", function()
      local call = engine.requests[#engine.requests]
      return json.decode(call.body).status == "finished"
    end, 20)
    for _, call in ipairs(engine.requests) do
      assert.same({ "PUT", "/hook/Encounter/" .. visit, "application/fhir+json" }, { call.method, call.path, call.headers["content-type"] })
      assert.equal("Patient/" .. one, json.decode(call.body).subject.reference)
    end
    finish(made)
  end)

  it("of a patient who turns out to be another is told of that other", function()
    local one, other = fhir:create("Patient", Fhir.patient(15)).id, fhir:create("Patient", Fhir.patient(16)).id
    local made = fhir:create("Subscription", subscription("Encounter?patient=" .. one, nil, { payload = "application/fhir+json" }))
    fhir:ask("PUT", "Patient/" .. one, Fhir.patient(15, { id = one,
      link = { { type = "replaced-by", other = { reference = "Patient/" .. other } } } }))
    fhir:create("Encounter", fhir:stay(16, other, "in-progress"))
    assert.equal("Patient/" .. other, json.decode(called(1)[1].body).subject.reference)
    finish(made)
  end)

  it("that does not take it is called again, also after a restart, and its trouble is seen", function()
    local made = fhir:create("Subscription", subscription "Patient")
    engine.answer = function() return 503 end
    fhir:create("Patient", Fhir.patient(21))
    called(1)
    local shown = wait.till("the error is shown", function()
      local now = fhir:get("Subscription/" .. made.id)
      return now.status == "error" and now
    end)
    assert.equal("it answered 503", shown.error)
    local function warned() return select(2, h:call("GET", "/healthz")).warnings end
    assert.matches("the FHIR subscription of chen to Patient is not taken: it answered 503", warned(), 1, true)
    h:restart()
    engine.requests, engine.answer = {}, nil
    called(1)
    wait.till("it is well", function() return fhir:get("Subscription/" .. made.id).status == "active" end)
    assert.falsy((warned() or ""):find("FHIR", 1, true))
    finish(made)
  end)

  it("sees no more than its token does", function()
    local made = fhir:create("Subscription", subscription("Patient", nil, { payload = "application/fhir+json" }), { token = "reader" })
    local id = fhir:create("Patient", Fhir.patient(31)).id
    fhir:create("Encounter", fhir:stay(31, id, "in-progress"))
    fhir:ask("PUT", "Patient/" .. id, Fhir.patient(31, { id = id, gender = "male" }))
    local patient = json.decode(called(1)[1].body)
    assert.same({ "王*1", "MASKED" }, { patient.name[1].text, patient.meta.security[1].code })
    finish(made)
  end)

  it("is refused what can't be", function()
    local function sentence(...) return (fhir:refused(422, "invalid", "POST", "Subscription", subscription(...))) end
    assert.matches("criteria: must begin with", sentence "Spaceship")
    assert.matches("criteria: must begin with", sentence "Consent?patient=1")
    assert.matches("is not understood", sentence "Task?owner=me")
    assert.matches("is not understood", sentence "Task?status=lost")
    assert.matches("type: must be rest%-hook", sentence("Task", nil, { type = "email" }))
    assert.matches("endpoint: is not allowed", sentence("Task", nil, { endpoint = "http://169.254.169.254/" }))
    assert.matches("header: must be", sentence("Task", nil, { header = { "no header" } }))
    assert.matches("header: must be", sentence("Task", nil, { header = { "A: b\r\nC: d" } }))
    assert.matches("payload: must be", sentence("Task", nil, { payload = "application/fhir+xml" }))
    fhir:refused(403, "forbidden", "POST", "Subscription", subscription "Task", { token = "his" })
  end)

  it("may be another server, whose ids are its own", function()
    local function told(type, id, resource)
      resource.id = id
      return fhir:ask("PUT", ("hook/his/%s/%s"):format(type, id), resource)
    end
    assert.equal(201, (told("Patient", "7", Fhir.patient(41))))
    assert.equal(201, (told("Encounter", "e1", fhir:stay(41, "7", "in-progress"))))
    local status, visit = told("Encounter", "e1", fhir:stay(41, "7", "finished", { period = fhir:over() }))
    assert.same({ 200, "finished" }, { status, visit.status })
    local patient = h:patient(41)
    assert.equal("Patient/" .. patient.id, visit.subject.reference)
    assert.equal(1, #fhir:enrollments(patient.id))
    local changed = Fhir.patient(41, { telecom = { { system = "phone", value = "13955555541" } } })
    status, changed = told("Patient", "7", changed)
    assert.same({ 200, 1, "13955555541" }, { status, #changed.telecom, changed.telecom[1].value })
    assert.matches("names no patient", fhir:refused(422, "invalid", "PUT", "hook/his/Encounter/e2", fhir:stay(42, "8", "in-progress")))
    assert.matches("names no patient", fhir:refused(422, "invalid", "PUT", "hook/lis/Encounter/e1", fhir:stay(41, "7", "in-progress")))
    fhir:refused(404, "not-found", "PUT", "hook/his/Spaceship/1", {})
    fhir:refused(403, "forbidden", "PUT", "hook/his/Patient/7", Fhir.patient(41), { token = "reader" })
  end)
end)

describe("Two FHIR servers", function()
  local here, there, port
  setup(function()
    port = Servers.ports(1)
    there = Fhir.open(('hooks = "http://127.0.0.1:%d/",'):format(port))
    here = Fhir.open(([[url = "http://127.0.0.1:%d/fhir", from = { his = { url = "http://127.0.0.1:%d/fhir", token = env "T_BOSS",
      hook_token = env "T_HIS", criteria = { "Patient", "Encounter" } } },]]):format(port, there.h.port), nil,
      { listen = "127.0.0.1:" .. port })
  end)
  teardown(function()
    here:close()
    there:close()
  end)

  it("tell each other: one subscribes at the other, and gets what happens there", function()
    local function active()
      local list = there:get("Subscription?status=active").entry
      return list and #list == 2
    end
    wait.till("both subscriptions are there", active, 20)
    local id = there:create("Patient", Fhir.patient(1)).id
    there:create("Encounter", there:stay(1, id, "finished", { period = there:over() }))
    local patient = wait.till("the patient is known here", function() return here.h:patient(1) end, 20)
    wait.till("the follow-up has begun here", function() return #here:enrollments(patient.id) == 1 end, 20)
    assert.not_equal(id, patient.id)
    here.h:restart()
    there:ask("PUT", "Patient/" .. id, Fhir.patient(1, { id = id, gender = "male" }))
    wait.till("the change is known here", function() return here:get("Patient/" .. patient.id).gender == "male" end, 20)
    assert.is_true(active())
  end)
end)
