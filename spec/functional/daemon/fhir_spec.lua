-- FHIR at /fhir, as an integration engine sees it: what it sends becomes what any event becomes, and what is known can be read.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"

local STEP = 'aw.step { id = "s", at = "24h", run = function(p) p:ask("check", { within = "24h" }) end },'
local FHIR = { ["Content-Type"] = "application/fhir+json" }
local MRN, VN = "https://hospital.example/mrn", "https://hospital.example/visit"

local function hospital()
  return Hospital.open { scripts = { ["w/w.lua"] = Hospital.ward("w", STEP) },
    site = ('fhir = { mrn = "%s", visit = "%s" },'):format(MRN, VN) }:start()
end

local function headers(more)
  local all = {}
  for _, set in ipairs { FHIR, more or {} } do for name, value in pairs(set) do all[name] = value end end
  return all
end

describe("FHIR", function()
  local h
  setup(function() h = hospital() end)
  teardown(function() h:close() end)

  local function ask(method, path, body, more) return h:call(method, "/fhir/" .. path, body, headers(more)) end
  local function get(path, more)
    local status, body, got = ask("GET", path, nil, more)
    assert.equal(200, status, body and body.issue and body.issue[1].diagnostics)
    return body, got
  end
  local function refused(wanted, code, method, path, body, more)
    local status, outcome, got = ask(method, path, body, more)
    assert.equal(wanted, status)
    assert.equal("OperationOutcome", outcome.resourceType)
    assert.equal("application/fhir+json;charset=utf-8", got["content-type"])
    assert.equal(code, outcome.issue[1].code)
    return outcome.issue[1].diagnostics, outcome.issue[1].expression
  end
  local function patient(n, more)
    local resource = { resourceType = "Patient", identifier = { { system = MRN, value = "M" .. n } },
      name = { { family = "王", given = { "小" .. n } } }, gender = "female", birthDate = "1951-02-03",
      telecom = { { system = "phone", value = Hospital.phone(n) } } }
    for key, value in pairs(more or {}) do resource[key] = value end
    return resource
  end
  local function stay(n, id, status, more)
    local resource = { resourceType = "Encounter", status = status, class = { code = "IMP" }, subject = { reference = "Patient/" .. id },
      identifier = { { system = VN, value = "V" .. n } }, serviceType = { coding = { { code = "w" } } },
      period = { start = Hospital.iso(h:now() - 3 * 86400000) } }
    for key, value in pairs(more or {}) do resource[key] = value end
    return resource
  end
  local function create(type, resource, more)
    local status, body, got = ask("POST", type, resource, more)
    assert.equal(201, status, body and body.issue and body.issue[1].diagnostics)
    return body, got
  end
  local function over() return { start = Hospital.iso(h:now() - 3 * 86400000), ["end"] = Hospital.iso(h:now() - 1000) } end
  local function enrollments(id) return h:get("/enrollments?patient=" .. id).items end

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
    for _, path_ in ipairs { "Patient?name=x", "Patient?_count=0", "Encounter?status=lost", "Encounter?date=soon", "Patient?_sort=x" } do
      refused(400, "invalid", "GET", path_)
    end
  end)

  it("takes what was done and found, and enrolls by it as late codes do", function()
    local id = create("Patient", patient(40)).id
    local visit = create("Encounter", stay(40, id, "finished", { period = over() })).id
    local function coded(type, more)
      local resource = { resourceType = type, subject = { reference = "Patient/" .. id }, encounter = { reference = "Encounter/" .. visit },
        code = { coding = { { system = "http://hl7.org/fhir/sid/icd-9-cm", code = "81.51" } }, text = "髋关节置换" } }
      for key, value in pairs(more or {}) do resource[key] = value end
      return resource
    end
    local done = create("Procedure", coded("Procedure", { status = "completed", performedDateTime = "2026-03-01T09:00:00+08:00" }))
    assert.same({ "81.51", "髋关节置换", "Encounter/" .. visit, "2026-03-01T09:00:00+08:00" },
      { done.code.coding[1].code, done.code.text, done.encounter.reference, done.performedDateTime })
    assert.equal(done.id, create("Procedure", coded("Procedure", { status = "completed" })).id)
    local found = create("Condition", coded("Condition", { code = { text = "股骨颈骨折" } }))
    assert.equal("股骨颈骨折", found.code.text)
    assert.equal(done.id, get("Procedure?patient=" .. id).entry[1].resource.id)
    assert.equal(found.id, get("Condition?subject=Patient/" .. id).entry[1].resource.id)
    refused(404, "not-found", "GET", "Condition/" .. done.id)
    refused(405, "not-supported", "PUT", "Procedure/" .. done.id, coded("Procedure", { id = done.id, status = "completed" }))
    refused(422, "invalid", "POST", "Procedure", coded("Procedure", { status = "not-done" }))
    refused(422, "invalid", "POST", "Condition", coded("Condition", { encounter = { reference = "Encounter/v000000000000" } }))
  end)

  it("takes readings, corrects them under one id, and takes them back", function()
    local id = create("Patient", patient(41)).id
    local function glucose(value, more)
      local resource = { resourceType = "Observation", status = "final", subject = { reference = "Patient/" .. id },
        code = { coding = { { system = "http://loinc.org", code = "2345-7" } } }, effectiveDateTime = "2026-03-02T07:00:00+08:00",
        valueQuantity = { value = value, unit = "mg/dL", code = "mg/dL", system = "http://unitsofmeasure.org" },
        identifier = { { value = "LIS-1" } } }
      for key, item in pairs(more or {}) do resource[key] = item end
      return resource
    end
    local made = create("Observation", glucose(126))
    assert.same({ "glucose", "mmol/L", "final" }, { made.code.coding[1].code, made.valueQuantity.unit, made.status })
    assert.is_true(math.abs(made.valueQuantity.value - 6.994) < 0.001)
    local status, corrected = ask("PUT", "Observation/" .. made.id, glucose(180, { id = made.id, status = "amended" }))
    assert.same({ 200, made.id, "corrected" }, { status, corrected.id, corrected.status })
    assert.is_true(corrected.valueQuantity.value > 9.9)
    local list = get("Observation?patient=" .. id).entry
    assert.same({ 1, made.id }, { #list, list[1].resource.id })
    status = ask("PUT", "Observation/" .. made.id, glucose(180, { id = made.id, status = "entered-in-error" }))
    assert.same({ 200, "entered-in-error" }, { status, get("Observation/" .. made.id).status })
    assert.is_nil(get("Observation?patient=" .. id .. "&status=final").entry)
    local text = refused(422, "invalid", "POST", "Observation", glucose(1260, { identifier = {} }))
    assert.matches("outside", text)
    local panel = create("Observation", { resourceType = "Observation", status = "final", subject = { reference = "Patient/" .. id },
      code = { coding = { { system = "http://loinc.org", code = "85354-9" } } }, effectiveDateTime = "2026-03-02T08:00:00+08:00",
      component = {
        { code = { coding = { { system = "http://loinc.org", code = "8480-6" } } }, valueQuantity = { value = 150, code = "mm[Hg]" } },
        { code = { coding = { { system = "http://loinc.org", code = "8462-4" } } }, valueQuantity = { value = 90, code = "mm[Hg]" } } } })
    assert.same({ "systolic", 150 }, { panel.code.coding[1].code, panel.valueQuantity.value })
    assert.equal(2, #get("Observation?patient=" .. id .. "&date=ge2026-03-02T08:00:00%2B08:00&status=final").entry)
  end)

  it("takes bookings, moves them and calls them off", function()
    local id = create("Patient", patient(42)).id
    local function booking(more)
      local resource = { resourceType = "Appointment", status = "booked", identifier = { { value = "A42" } }, start = "2026-03-09T08:30:00+08:00",
        serviceType = { { coding = { { code = "w" } } } }, participant = { { actor = { reference = "Patient/" .. id }, status = "accepted" } } }
      for key, item in pairs(more or {}) do resource[key] = item end
      return resource
    end
    local made = create("Appointment", booking())
    assert.same({ "booked", "A42", "Patient/" .. id }, { made.status, made.identifier[1].value, made.participant[1].actor.reference })
    local status, moved = ask("PUT", "Appointment/" .. made.id, booking { id = made.id, start = "2026-03-10T08:30:00+08:00" })
    assert.same({ 200, "booked", "2026-03-10T08:30:00+08:00" }, { status, moved.status, moved.start })
    status, moved = ask("PUT", "Appointment/" .. made.id, booking { id = made.id, status = "noshow" })
    assert.same({ 200, "noshow" }, { status, moved.status })
    assert.equal(made.id, get("Appointment?identifier=A42").entry[1].resource.id)
    assert.equal(made.id, get("Appointment?patient=" .. id .. "&status=noshow").entry[1].resource.id)
    refused(422, "invalid", "POST", "Appointment", booking { status = "proposed" })
  end)

  it("takes the family, who may be several patients'", function()
    local id, other = create("Patient", patient(43)).id, create("Patient", patient(44)).id
    local function son(of, more)
      local resource = { resourceType = "RelatedPerson", patient = { reference = "Patient/" .. of }, name = { { text = "王大" } },
        relationship = { { coding = { { code = "SON" } } } }, telecom = { { system = "phone", value = "13900000043" } } }
      for key, item in pairs(more or {}) do resource[key] = item end
      return resource
    end
    local made, second = create("RelatedPerson", son(id)), create("RelatedPerson", son(other))
    assert.not_equal(made.id, second.id)
    assert.equal(made.id:match "%.(.*)", second.id:match "%.(.*)")
    assert.same({ "王大", "CHILD", "13900000043" }, { made.name[1].text, made.relationship[1].coding[1].code, made.telecom[1].value })
    local status, changed = ask("PUT", "RelatedPerson/" .. made.id,
      son(id, { id = made.id, telecom = { { system = "phone", value = "13900000044" } } }))
    assert.same({ 200, "13900000044" }, { status, changed.telecom[1].value })
    assert.equal(1, #get("RelatedPerson?patient=" .. id).entry)
    assert.matches("is needed", refused(400, "invalid", "GET", "RelatedPerson"))
    refused(422, "invalid", "POST", "RelatedPerson", son(id, { name = {} }))
  end)

  it("takes consent and refusal, of patients and of family", function()
    local id = create("Patient", patient(45)).id
    local function consent(type, class)
      return { resourceType = "Consent", status = "active", patient = { reference = "Patient/" .. id },
        scope = { coding = { { code = "patient-privacy" } } }, category = { { coding = { { code = "59284-0" } } } },
        provision = { type = type, class = class and { { code = class } } or nil } }
    end
    local made = create("Consent", consent("deny", "education"))
    assert.same({ "deny", "education" }, { made.provision.type, made.provision.class[1].code })
    create("Consent", consent("permit", "marketing"))
    assert.equal(2, #get("Consent?patient=" .. id).entry)
    local kept = h:patient(45).consents
    assert.same({ { "education", false }, { "marketing", true } }, { { kept[1].class, kept[1].given }, { kept[2].class, kept[2].given } })
    refused(422, "invalid", "POST", "Consent", consent("deny", "gossip"))
  end)
end)
