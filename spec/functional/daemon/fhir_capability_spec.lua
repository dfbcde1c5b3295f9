-- What the CapabilityStatement promises is true: each interaction and each search parameter that it declares is tried, and what it
-- doesn't declare is refused in FHIR's own words.
local Hospital = require "functional.support.hospital"
local Fhir = require "functional.support.fhir"

local function encode(text) return (text:gsub("[^%w%-_.~]", function(c) return ("%%%02X"):format(c:byte()) end)) end

describe("FHIR's CapabilityStatement", function()
  local h, fhir, statement
  local id
  setup(function()
    fhir = Fhir.open "hooks = \"http://127.0.0.1:9/\""
    h = fhir.h
    statement = fhir:get "metadata".rest[1]
    id = fhir:create("Patient", Fhir.patient(1)).id
  end)
  teardown(function() fhir:close() end)

  local function reading(value, minutes)
    return fhir:create("Observation", { resourceType = "Observation", status = "final", subject = { reference = "Patient/" .. id },
      effectiveDateTime = Hospital.iso(h:now() - minutes * 60000), code = { coding = { { system = "http://loinc.org", code = "2345-7" } } },
      valueQuantity = { value = value, code = "mmol/L" } }).id
  end

  local function does(type, code)
    for _, resource in ipairs(statement.resource) do
      if resource.type == type then
        for _, each in ipairs(resource.interaction) do if each.code == code then return true end end
      end
    end
    return false
  end

  local WHOLE = { Patient = true, Questionnaire = true, Subscription = true }  -- found without a patient
  local GIVEN = { token = "nobody", date = "ge2026-01-01" }
  local function value_of(resource, parameter)
    if parameter.type == "reference" then return "Patient/" .. id end
    if parameter.name == "identifier" then return "M1" end
    if parameter.name == "status" then                      -- any of the words that an error lists
      local of = WHOLE[resource.type] and "" or "patient=" .. id .. "&"
      local text = fhir:refused(400, "invalid", "GET", resource.type .. "?" .. of .. "status=lost")
      return text:match "(%S+)$"
    end
    return GIVEN[parameter.type]
  end

  it("names search parameters that are all understood, each by GET and by POST", function()
    local tried = 0
    for _, resource in ipairs(statement.resource) do
      assert.is_true(does(resource.type, "search-type"))
      for _, parameter in ipairs(resource.searchParam) do
        local query = ("%s=%s"):format(parameter.name, encode(value_of(resource, parameter)))
        if not WHOLE[resource.type] and parameter.name ~= "patient" then query = query .. "&patient=" .. id end
        local path = resource.type .. "?" .. query
        local status, found = fhir:ask("GET", path)
        assert.same({ 200, "searchset" }, { status, found.type }, path)
        local posted
        status, posted = fhir:ask("POST", resource.type .. "/_search", query, { ["Content-Type"] = "application/x-www-form-urlencoded" })
        assert.same({ 200, found.link, found.entry }, { status, posted.link, posted.entry }, path)
        tried = tried + 1
      end
    end
    assert.is_true(tried > 40)
  end)

  it("names the interactions that are answered; what it does not name is refused", function()
    for _, resource in ipairs(statement.resource) do
      local type, nobody = resource.type, resource.type .. "/nobody"
      fhir:refused(404, "not-found", "GET", nobody)
      for code, call in pairs { create = { "POST", type }, update = { "PUT", nobody } } do
        local status = fhir:ask(call[1], call[2], { resourceType = type, id = "nobody" })
        if not does(type, code) then
          assert.equal(405, status, type .. " " .. code)
        elseif code == "create" then
          assert.not_equal(405, status, type .. " " .. code)
        end
      end
      local status, _, got = fhir:ask("DELETE", nobody)
      assert.equal(405, status)
      assert.falsy(got.allow:find("DELETE", 1, true))
      assert.is_false(does(type, "delete"))
      assert.is_false(does(type, "vread"))
      assert.is_false(does(type, "history-instance"))
      assert.is_false(resource.readHistory)
      for _, path in ipairs { nobody .. "/_history", nobody .. "/_history/1", type .. "/_history" } do
        fhir:refused(501, "not-supported", "GET", path)
      end
    end
    fhir:refused(501, "not-supported", "GET", "_history")
    assert.matches("no operations", (fhir:refused(501, "not-supported", "GET", "Patient/" .. id .. "/$everything")))
    fhir:refused(501, "not-supported", "POST", "Patient/$match", { resourceType = "Parameters" })
  end)

  it("says which types are updated by their number: the one who has it, or a new one; never one of several", function()
    for _, resource in ipairs(statement.resource) do
      local status = fhir:ask("PUT", resource.type .. "?identifier=NOBODY", { resourceType = "Basic" })
      assert.equal(resource.conditionalUpdate and 422 or 405, status, resource.type)
    end
    local where = "Patient?identifier=" .. encode(Fhir.MRN .. "|M1")
    local status, body = fhir:ask("PUT", where, Fhir.patient(1, { gender = "male" }))
    assert.same({ 200, id, "male" }, { status, body.id, body.gender })
    status, body = fhir:ask("PUT", "Patient?identifier=" .. encode(Fhir.MRN .. "|M2"), Fhir.patient(2))
    assert.same({ 201, h:patient(2).id }, { status, body.id })
    assert.matches("Patient.id", (fhir:refused(422, "invalid", "PUT", where, Fhir.patient(1, { id = h:patient(2).id }))))
    assert.matches("only identifier", (fhir:refused(422, "invalid", "PUT", "Patient?name=x", Fhir.patient(1))))
    local stay = fhir:create("Encounter", fhir:stay(1, id, "in-progress"))
    status, body = fhir:ask("PUT", "Encounter?identifier=V1", fhir:stay(1, id, "finished", { period = fhir:over() }))
    assert.same({ 200, stay.id, "finished" }, { status, body.id, body.status })
    status, body = fhir:ask("POST", "", { resourceType = "Bundle", type = "transaction", entry = {
      { request = { method = "PUT", url = where }, resource = Fhir.patient(1) },
      { request = { method = "PUT", url = "Patient?identifier=M3" }, resource = Fhir.patient(3) } } })
    assert.same({ 200, "200 OK", "201 Created" }, { status, body.entry[1].response.status, body.entry[2].response.status })
  end)

  it("sorts what is one patient's, oldest or newest first, page by page, and counts without showing", function()
    local ids = { reading(5, 30), reading(6, 10), reading(7, 20) }
    local function found(query)
      local list, path, pages = {}, "Observation?patient=" .. id .. "&" .. query, 0
      while path do
        local page = fhir:get(path)
        for _, entry in ipairs(page.entry or {}) do list[#list + 1] = entry.resource.id end
        path, pages = nil, pages + 1
        for _, link in ipairs(page.link) do if link.relation == "next" then path = link.url:match "/fhir/(.*)" end end
      end
      return list, pages
    end
    assert.same({ ids[2], ids[3], ids[1] }, (found "_sort=-date"))
    assert.same({ ids[1], ids[3], ids[2] }, (found "_sort=date"))
    assert.same({ ids[3], ids[2], ids[1] }, (found "_sort=-_lastUpdated"))
    local list, pages = found "_sort=-date&_count=2"
    assert.same({ { ids[2], ids[3], ids[1] }, 2 }, { list, pages })
    assert.equal(6, fhir:get("Observation?patient=" .. id .. "&_sort=-date&_count=1").entry[1].resource.valueQuantity.value)
    for _, query in ipairs { "_summary=count", "_count=0" } do
      local page = fhir:get("Observation?patient=" .. id .. "&" .. query)
      assert.same({ 3 }, { page.total, page.entry })
    end
    assert.equal(0, fhir:get("Observation?patient=nobody&_summary=count").total)
    assert.matches("patient", (fhir:refused(400, "invalid", "GET", "Observation?_sort=-date")))
    fhir:refused(400, "invalid", "GET", "Observation?patient=" .. id .. "&_sort=value")
    fhir:refused(400, "invalid", "GET", "Observation?patient=" .. id .. "&_summary=text")
  end)

  it("refuses a parameter that it does not know, or passes it over for who prefers that and says what it used", function()
    local path = "Patient?identifier=M1&eye-colour=blue"
    assert.matches("eye%-colour", (fhir:refused(400, "invalid", "GET", path)))
    fhir:refused(400, "invalid", "GET", path, nil, { Prefer = "handling=strict" })
    local page = fhir:get(path, { Prefer = "handling=lenient" })
    assert.equal(id, page.entry[1].resource.id)
    assert.matches("/fhir/Patient%?identifier=M1$", page.link[1].url)
  end)
end)
