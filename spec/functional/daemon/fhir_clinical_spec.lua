-- What comes by FHIR beside patients and stays: what was done, found, measured and booked; the family; consent.
local Fhir = require "functional.support.fhir"

describe("FHIR, of a patient,", function()
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
    local function words(code, says)
      says.resourceType, says.status, says.subject = "Observation", "final", { reference = "Patient/" .. id }
      says.code, says.effectiveDateTime = { text = code }, "2026-03-01T08:00:00+08:00"
      local kept = get("Observation/" .. create("Observation", says).id)
      return kept.valueString, kept.valueQuantity
    end
    assert.equal("阳性", words("culture", { valueString = "阳性" }))
    assert.equal("B型", words("blood-group", { valueCodeableConcept = { text = "B型", coding = { { code = "B" } } } }))
    assert.same({ "<0.5" }, { words("crp", { valueQuantity = { value = 0.5, comparator = "<", unit = "mg/L" } }) })
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
