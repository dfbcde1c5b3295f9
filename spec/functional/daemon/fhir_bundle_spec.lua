-- Bundles: a batch entry by entry, a transaction in one commit, and what nobody should send.
local Fhir = require "functional.support.fhir"

local MRN = Fhir.MRN

describe("A FHIR bundle", function()
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

  local function bundle(type, ...)
    local entries = {}
    for i, entry in ipairs { ... } do
      entries[i] = { fullUrl = entry.as, resource = entry.resource,
        request = { method = entry[1], url = entry[2], ifMatch = entry.match, ifNoneExist = entry.exist } }
    end
    return { resourceType = "Bundle", type = type, entry = entries }
  end
  local function statuses(answer)
    local out = {}
    for i, entry in ipairs(answer.entry) do out[i] = tonumber(entry.response.status:match "^%d+") end
    return out
  end
  local SON = "urn:uuid:5a6f0a1e-0000-4000-8000-000000000003"
  local function family(n, as)                               -- in an order that only the references explain
    local visit = "urn:uuid:5a6f0a1e-0000-4000-8000-000000000002"
    local leaving = stay(n, "x", "finished", { period = over(), subject = { reference = as } })
    return bundle("transaction",
      { "POST", "Procedure", resource = { resourceType = "Procedure", status = "completed", subject = { reference = as },
        encounter = { reference = visit }, code = { text = "髋关节置换" } } },
      { "POST", "Encounter", as = visit, resource = leaving },
      { "POST", "RelatedPerson", as = SON, resource = { resourceType = "RelatedPerson", patient = { reference = as }, name = { { text = "王大" } } } },
      { "POST", "Patient", as = as, resource = patient(n) },
      { "GET", "Encounter?identifier=V" .. n })
  end
  local WHO = "urn:uuid:5a6f0a1e-0000-4000-8000-000000000001"

  it("takes a transaction whose entries name each other, in one commit", function()
    local status, answer = ask("POST", "", family(60, WHO))
    assert.equal(200, status, answer.issue and answer.issue[1].diagnostics)
    assert.equal("transaction-response", answer.type)
    assert.same({ 201, 201, 201, 201, 200 }, statuses(answer))
    local id = answer.entry[4].response.location:match "Patient/(.*)"
    local found = answer.entry[5].resource.entry[1].resource
    assert.same({ "Patient/" .. id, "finished" }, { found.subject.reference, found.status })
    assert.equal("Encounter/" .. found.id, get("Procedure?patient=" .. id).entry[1].resource.encounter.reference)
    assert.equal("active", enrollments(id)[1].status)
    assert.equal("王大", get("RelatedPerson?patient=" .. id).entry[1].resource.name[1].text)
  end)

  it("does nothing of a transaction in which one thing is wrong, and says which", function()
    local wrong = family(61, WHO)
    wrong.entry[1].resource.encounter.reference = "urn:uuid:of-nobody"
    assert.matches("^Bundle.entry%[0%]: encounter: names no stay", (refused(422, "invalid", "POST", "", wrong)))
    assert.is_nil(get("Patient?identifier=M61").entry)
    wrong = family(61, WHO)
    wrong.entry[3].request.method = "DELETE"
    assert.matches("^Bundle.entry%[2%]", (refused(405, "not-supported", "POST", "", wrong)))
    wrong = family(61, WHO)
    wrong.entry[4] = { request = { method = "PUT", url = "Patient/p000000000000" }, resource = patient(61, { id = "p000000000000" }) }
    refused(405, "not-supported", "POST", "", wrong)
    assert.is_nil(get("Encounter?identifier=V61").entry)
    refused(403, "forbidden", "POST", "", family(61, WHO), { token = "reader" })
    refused(422, "invalid", "POST", "", { resourceType = "Bundle", type = "collection" })
  end)

  it("merges two patients of one transaction, whichever names the other", function()
    for n, type in pairs { [62] = "replaced-by", [64] = "replaces" } do
      local status, answer = ask("POST", "", bundle("transaction",
        { "POST", "Patient", as = "urn:uuid:a", resource = patient(n, { link = { { type = type, other = { reference = "urn:uuid:b" } } } }) },
        { "POST", "Patient", as = "urn:uuid:b", resource = patient(n + 1, { link = n == 64
          and { { type = "replaced-by", other = { reference = "urn:uuid:a" } } } or nil }) }))
      assert.equal(200, status, answer.issue and answer.issue[1].diagnostics)
      assert.equal(h:patient(n).id, h:patient(n + 1).id)
    end
  end)

  it("takes a batch entry by entry", function()
    local first = create("Patient", patient(70))
    local status, answer = ask("POST", "", bundle("batch",
      { "POST", "Patient", resource = patient(71) },
      { "POST", "Patient", resource = patient(72, { birthDate = "soon" }) },
      { "PUT", "Patient/" .. first.id, resource = patient(70, { id = first.id }), match = 'W/"0000000000000000"' },
      { "GET", "Patient/" .. first.id },
      { "GET", "Patient?name=x" },
      { "POST", "Patient", resource = patient(70), exist = "identifier=" .. MRN .. "|M70" },
      { "GET", "Patient/p000000000000" }, { "GET", "Spaceship/1" }))
    assert.equal(200, status)
    assert.same({ 201, 422, 412, 200, 400, 200, 404, 404 }, statuses(answer))
    assert.matches("Patient.birthDate", answer.entry[2].response.outcome.issue[1].diagnostics)
    assert.equal(first.id, answer.entry[4].resource.id)
  end)

  it("bears what is hostile", function()
    refused(400, "invalid", "POST", "", ("["):rep(100000))
    refused(400, "invalid", "POST", "Patient", '{"resourceType":"Patient","contained":' .. ("["):rep(60) .. ("]"):rep(60) .. "}")
    refused(413, "too-long", "POST", "", { resourceType = "Bundle", type = "batch",
      entry = (function() local all = {} for i = 1, 1001 do all[i] = { request = { method = "GET", url = "Patient" } } end return all end)() })
    local me = bundle("transaction", { "POST", "Patient", as = "urn:uuid:me",
      resource = patient(80, { link = { { type = "replaced-by", other = { reference = "urn:uuid:me" } } } }) })
    local status = ask("POST", "", me)
    assert.is_true(status == 200 or status == 422)
    for _, entry in ipairs { {}, { request = {} }, { request = { method = "POST", url = "" } }, { request = { method = 5, url = {} } },
      { request = { method = "POST", url = "Patient" } }, { request = { method = "GET", url = ("/"):rep(3000) } },
      { request = { method = "PUT", url = "Patient/" .. ("x"):rep(5000) }, resource = {} },
      { request = { method = "GET", url = "Patient?%%%" } } } do
      local code, answer = ask("POST", "", { resourceType = "Bundle", type = "batch", entry = { entry } })
      assert.equal(200, code)
      assert.is_true(statuses(answer)[1] >= 400)
    end
    for _, resource in ipairs { { name = 5 }, { name = { 5, { given = "x" } } }, { telecom = { { value = {} } } }, { identifier = { { value = 5 } } },
      { communication = { {} } }, { link = { { type = "replaces" } } }, { deceasedDateTime = {} }, { address = { { line = 5 } } } } do
      local code = ask("POST", "Patient", patient(81, resource))
      assert.is_true(code == 201 or code == 200 or code == 422)
    end
  end)
end)
