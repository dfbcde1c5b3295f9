-- FHIR at /fhir, as an integration engine sees it: patients and stays become what any event becomes, and can be read.
local Hospital = require "functional.support.hospital"
local Fhir = require "functional.support.fhir"
local wait = require "functional.support.wait"

local MRN = Fhir.MRN

describe("FHIR", function()
  local h, fhir
  setup(function()
    fhir = Fhir.open()
    h = fhir.h
  end)
  teardown(function() fhir:close() end)

  local patient = Fhir.patient
  local function ask(...) return fhir:ask(...) end
  local function get(...) return fhir:get(...) end
  local function refused(...) return fhir:refused(...) end
  local function stay(...) return fhir:stay(...) end
  local function create(...) return fhir:create(...) end
  local function over() return fhir:over() end
  local function enrollments(...) return fhir:enrollments(...) end

  it("says what it does, to anybody", function()
    local statement = get("metadata", { token = false })
    assert.same({ "CapabilityStatement", "4.0.1" }, { statement.resourceType, statement.fhirVersion })
    assert.equal("Patient", statement.rest[1].resource[1].type)
  end)

  it("answers every error with an OperationOutcome", function()
    refused(401, "login", "GET", "Patient", nil, { token = false })
    assert.matches("scope", refused(403, "forbidden", "POST", "Patient", patient(1), { token = "reader" }))
    assert.matches("scope", refused(403, "forbidden", "GET", "Patient", nil, { token = "his" }))
    refused(404, "not-found", "GET", "Patient/p000000000000")
    refused(404, "not-found", "GET", "Spaceship")
    refused(405, "not-supported", "DELETE", "Patient/p000000000000")
    refused(406, "not-supported", "GET", "Patient", nil, { Accept = "application/fhir+xml" })
    refused(415, "not-supported", "POST", "Patient", "<Patient/>", { ["Content-Type"] = "application/fhir+xml" })
    refused(400, "invalid", "POST", "Patient", "{")
    refused(413, "too-long", "POST", "Patient", ('{"a":"%s"}'):format(("x"):rep(9000000)))
    refused(401, "login", "POST", "Patient", ('{"a":"%s"}'):format(("x"):rep(9000000)), { token = "token-of-nobody-00001" })
  end)

  it("takes a patient, and shows what is known", function()
    local made, got = create("Patient", patient(1))
    assert.matches("/fhir/Patient/" .. made.id .. "$", got.location)
    assert.equal('W/"' .. made.meta.versionId .. '"', got.etag)
    local shown = get("Patient/" .. made.id)
    assert.same(made, shown)
    assert.same({ "王小1", "female", "1951-02-03", Hospital.phone(1) },
      { shown.name[1].text, shown.gender, shown.birthDate, shown.telecom[1].value })
    assert.same({ system = MRN, value = "M1", use = "usual",
      type = { coding = { { system = "http://terminology.hl7.org/CodeSystem/v2-0203", code = "MR" } } } }, shown.identifier[1])
    assert.equal(made.id, h:patient(1).id)
  end)

  it("shows names and numbers only to whom it may", function()
    local made = create("Patient", patient(2))
    create("Encounter", stay(2, made.id, "in-progress"))
    local shown = get("Patient/" .. made.id, { token = "reader" })
    assert.same({ "王*2", "1951-02", "MASKED" }, { shown.name[1].text, shown.birthDate, shown.meta.security[1].code })
    assert.is_nil(require "dkjson".encode(shown):find(Hospital.phone(2), 1, true))
    assert.equal(made.meta.versionId, shown.meta.versionId)
    refused(404, "not-found", "GET", "Patient/" .. made.id, nil, { token = "other" })
    assert.is_nil(get("Patient?identifier=M2", { token = "other" }).entry)
  end)

  it("keeps who looked before it shows", function()
    local made = create("Patient", patient(3))
    get("Patient/" .. made.id)
    local found = h:get("/patients?mrn=M3").items[1]
    assert.equal(made.id, found.id)
    h:stop()
    local db = assert(io.popen(("sqlite3 '%s/afterward.db' \"SELECT actor, detail FROM audit WHERE action='patient.fhir'\"")
      :format(h.state)))
    assert.matches("chen|Patient", db:read "a")
    db:close()
    h:start()
  end)

  it("knows the same number as the same patient, whoever told it first", function()
    local made = create("Patient", patient(4))
    local status, again = ask("POST", "Patient", patient(4, { gender = "male" }))
    assert.same({ 200, made.id, "male" }, { status, again.id, again.gender })
    assert.equal(202, h:event(h:discharge(5)))
    wait.till("known", function() return h:patient(5) end)
    status, again = ask("POST", "Patient", patient(5), { ["If-None-Exist"] = "identifier=" .. MRN .. "|M5" })
    assert.same({ 200, h:patient(5).id }, { status, again.id })
    status = ask("POST", "Patient", patient(6), { ["If-None-Exist"] = "identifier=" .. MRN .. "|M6" })
    assert.equal(201, status)
  end)

  it("updates what was seen, and refuses what was not", function()
    local made, got = create("Patient", patient(7))
    local changed = patient(7, { id = made.id, telecom = { { system = "phone", value = "13955555555" } } })
    local status, body, after = ask("PUT", "Patient/" .. made.id, changed, { ["If-Match"] = got.etag })
    assert.same({ 200, 1, "13955555555" }, { status, #body.telecom, body.telecom[1].value })
    assert.not_equal(got.etag, after.etag)
    assert.matches("read it again", refused(412, "conflict", "PUT", "Patient/" .. made.id, changed, { ["If-Match"] = got.etag }))
    refused(405, "not-supported", "PUT", "Patient/p000000000000", patient(7, { id = "p000000000000" }))
    refused(422, "invalid", "PUT", "Patient/" .. made.id, patient(7, { id = "another" }))
    assert.matches("second number", refused(422, "invalid", "PUT", "Patient/" .. made.id, patient(8, { id = made.id })))
    assert.equal(304, (ask("GET", "Patient/" .. made.id, nil, { ["If-None-Match"] = after.etag })))
  end)

  it("says which element is wrong, and what to do", function()
    local text, where = refused(422, "invalid", "POST", "Patient", patient(9, { birthDate = "1951-13-03" }))
    assert.same({ "Patient.birthDate: is not a date of a life; write YYYY-MM-DD", { "Patient.birthDate" } }, { text, where })
    local function sentence(type, resource) return (refused(422, "invalid", "POST", type, resource)) end
    assert.matches("^Patient.identifier: needs the patient's number, of system", sentence("Patient", patient(9, { identifier = {} })))
    assert.matches("^resourceType", sentence("Patient", { resourceType = "Encounter" }))
    local status, _ = ask("POST", "Patient", patient(10))
    assert.equal(201, status)
    assert.matches("may be another person", (refused(409, "conflict", "POST", "Patient",
      patient(10, { name = { { text = "李四" } }, birthDate = "1980-01-01" }))))
  end)

  it("is in the list of what came, and of what was refused", function()
    local id = create("Patient", patient(11)).id
    refused(422, "invalid", "POST", "Encounter", stay(11, id, "planned"))
    local newest = h:get("/events?limit=2").items
    assert.same({ "refused", "fhir", "applied", id }, { newest[1].status, newest[1].kind, newest[2].status, newest[2].patient })
    assert.matches("Encounter.status", newest[1].reason)
    assert.truthy(h:afterward("refused"):find("Encounter.status", 1, true))
  end)

  it("knows from its priority, else from where the patient came in, whether a stay was planned", function()
    local function shown(n, more)
      local id = create("Patient", patient(n)).id
      local code = create("Encounter", stay(n, id, "in-progress", more)).priority
      return code and code.coding[1].code or "unknown"
    end
    local function priority(code) return { priority = { coding = { { code = code } } } } end
    local function source(code) return { hospitalization = { admitSource = { coding = { { code = code } } } } } end
    assert.same({ "EL", "EL", "UR", "UR", "UR", "unknown", "unknown", "unknown" }, { shown(131, priority "EL"),
      shown(132, priority "R"), shown(133, priority "EM"), shown(134, priority "UR"), shown(135, source "emd"),
      shown(136, source "outp"), shown(137, priority "CS"), shown(138) })
  end)

  it("starts a follow-up when a stay is finished, as a discharge does", function()
    local id = create("Patient", patient(20)).id
    local made = create("Encounter", stay(20, id, "in-progress"))
    assert.equal("in-progress", made.status)
    assert.same({}, enrollments(id))
    local status, done = ask("PUT", "Encounter/" .. made.id, stay(20, id, "finished", { id = made.id, period = over(),
      hospitalization = { dischargeDisposition = { coding = { { code = "home" } } } } }))
    assert.same({ 200, "finished", "home" }, { status, done.status, done.hospitalization.dischargeDisposition.coding[1].code })
    assert.equal("active", enrollments(id)[1].status)
    assert.equal(1, #enrollments(id))
    status = ask("PUT", "Encounter/" .. made.id, stay(20, id, "in-progress", { id = made.id }))
    assert.same({ 200, "ended" }, { status, enrollments(id)[1].status })
  end)

  it("ends it all with a death", function()
    local id = create("Patient", patient(21)).id
    create("Encounter", stay(21, id, "finished", { period = over() }))
    assert.equal("active", enrollments(id)[1].status)
    local status, dead = ask("PUT", "Patient/" .. id, patient(21, { id = id, deceasedDateTime = Hospital.iso(h:now() - 500) }))
    assert.equal(200, status)
    assert.truthy(dead.deceasedDateTime)
    assert.equal("ended", enrollments(id)[1].status)
  end)

  it("merges two patients by a link", function()
    local from, into = create("Patient", patient(22)).id, create("Patient", patient(23)).id
    create("Encounter", stay(22, from, "finished", { period = over() }))
    local status, body = ask("PUT", "Patient/" .. from, patient(22, { id = from,
      link = { { other = { reference = "Patient/" .. into }, type = "replaced-by" } } }))
    assert.same({ 200, false, "Patient/" .. into }, { status, body.active, body.link[1].other.reference })
    assert.equal(1, #enrollments(into))
    assert.equal(into, h:patient(22).id)
  end)

  it("refuses a stay that it can't follow, in words", function()
    local id = create("Patient", patient(24)).id
    local function sentence(status, more) return (refused(422, "invalid", "POST", "Encounter", stay(24, id, status, more))) end
    assert.matches("Encounter.class: stays are followed", sentence("in-progress", { class = { code = "AMB" } }))
    assert.matches("Encounter.subject", sentence("in-progress", { subject = { reference = "Patient/p000000000000" } }))
    assert.matches("Encounter.period.end", sentence "finished")
    assert.matches("Encounter.status", sentence "planned")
    assert.matches("Encounter.identifier", sentence("in-progress", { identifier = {} }))
    local other = create("Encounter", stay(24, id, "in-progress", { subject = { identifier = { system = MRN, value = "M24" } } }))
    assert.equal("Patient/" .. id, other.subject.reference)
  end)

  it("is searched, page by page", function()
    local ids = {}
    for n = 31, 35 do ids[n] = create("Patient", patient(n)).id end
    local stays = {}
    for n = 31, 35 do
      local resource = n < 34 and stay(n, ids[n], "finished", { period = over() }) or stay(n, ids[n], "in-progress")
      stays[n] = create("Encounter", resource).id
    end
    local one = get("Patient?identifier=" .. MRN .. "%7CM33")
    assert.same({ "searchset", 1, ids[33] }, { one.type, #one.entry, one.entry[1].resource.id })
    assert.is_nil(get("Patient?identifier=urn%3Aother%7CM33").entry)
    assert.equal(stays[32], get("Encounter?patient=" .. ids[32]).entry[1].resource.id)
    assert.equal(stays[32], get("Encounter?subject=Patient/" .. ids[32] .. "&status=finished").entry[1].resource.id)
    assert.is_nil(get("Encounter?patient=" .. ids[32] .. "&status=in-progress").entry)
    assert.equal(stays[35], get("Encounter?identifier=V35").entry[1].resource.id)
    local seen, path, pages = {}, "Encounter?status=in-progress,finished&_count=2", 0
    while path do
      local page = get(path)
      pages = pages + 1
      for _, entry in ipairs(page.entry or {}) do seen[entry.resource.id] = (seen[entry.resource.id] or 0) + 1 end
      path = nil
      for _, link in ipairs(page.link) do if link.relation == "next" then path = link.url:match "/fhir/(.*)" end end
    end
    for n = 31, 35 do assert.equal(1, seen[stays[n]]) end
    assert.is_true(pages >= 3)
    local day = Hospital.iso(h:now()):sub(1, 10)
    assert.equal(stays[31], get("Encounter?patient=" .. ids[31] .. "&date=ge" .. day).entry[1].resource.id)
    assert.is_nil(get("Encounter?patient=" .. ids[31] .. "&date=gt" .. day).entry)
    assert.truthy(get("Patient?identifier=M31&_lastUpdated=ge" .. day).entry)
    assert.is_nil(get("Patient?identifier=M31&_lastUpdated=lt" .. day).entry)
    for _, path_ in ipairs { "Patient?name=x", "Patient?_count=x", "Encounter?status=lost", "Encounter?date=soon", "Patient?_sort=x" } do
      refused(400, "invalid", "GET", path_)
    end
  end)
end)
