-- What hospital systems tell the daemon: acknowledged once it is safe, applied once, refused in words.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"

local STEP = 'aw.step { id = "s", at = "24h", run = function(p) p:ask("check", { within = "24h" }) end },'

local function hospital() return Hospital.open { scripts = { ["w/w.lua"] = Hospital.ward("w", STEP) } }:start() end

describe("an event", function()
  local h
  setup(function() h = hospital() end)
  teardown(function() h:close() end)

  local function enrolled(n) return #h:get("/enrollments?patient=" .. h:patient(n).id).items end

  it("is there after a power cut that comes right after its acknowledgement", function()
    for n = 1, 5 do
      assert.equal(202, (h:event(h:discharge(n))))
      h:kill()
      h:start()
      wait.till("applied", function() return h:patient(n) end)
      assert.equal(1, enrolled(n))
    end
  end)

  it("that is repeated is answered the same and applied once", function()
    local event = h:discharge(10)
    local status, first = h:event(event)
    assert.equal(202, status)
    for i = 1, 4 do
      if i == 4 then h:restart() end
      local again, same = h:event(event)
      assert.same({ 202, first }, { again, same })
    end
    wait.till("applied", function() return h:patient(10) end)
    assert.equal(1, enrolled(10))
  end)

  it("with another body under a known id is refused, and changes nothing", function()
    assert.equal(202, (h:event(h:discharge(11))))
    local status, problem, headers = h:event(h:discharge(11, { department = "x" }))
    assert.equal(409, status)
    assert.equal("application/problem+json", headers["content-type"])
    assert.matches("another event was taken with this id", problem.detail)
    wait.till("applied", function() return h:patient(11) end)
    assert.equal(1, enrolled(11))
  end)

  it("that was taken but could not be applied is listed, and may be sent again mended under its own id", function()
    local function cancel(visit, query)
      return h:call("POST", "/events" .. (query or ""), { id = "C20", kind = "cancel-discharge", at = Hospital.iso(h:now()),
        visit = visit, patient = { mrn = "M20" } }, { token = "his" })
    end
    local function listed() return h:afterward("refused"):find("C20", 1, true) end
    assert.equal(202, (h:event(h:discharge(20))))
    assert.equal(202, (cancel "V99"))
    wait.till("it is refused", listed)
    assert.equal(202, (cancel "V99"))
    assert.same({ 409, "there is no such discharge to take back; check \"visit\"" },
      (function(status, problem) return { status, problem.detail } end)(cancel("V99", "?wait=applied")))
    assert.equal(202, (cancel("V20", "?wait=applied")))
    assert.is_nil(listed())
    local status, problem = cancel "V99"
    local of_his = h:get("/events?event=C20").items
    assert.equal(1, #of_his)
    assert.same({ "applied", h:patient(20).id }, { of_his[1].status, of_his[1].patient })
    assert.same({ 409, "another event was taken with this id before; give each event an id of its own" }, { status, problem.detail })
    assert.equal("ended", h:get("/enrollments?patient=" .. h:patient(20).id).items[1].status)
  end)

  it("is in the list of what came, the newest first, refused ones with their reason", function()
    h:event(h:discharge(30))
    h:event { id = "C31", kind = "cancel-discharge", at = Hospital.iso(h:now()), visit = "V98", patient = { mrn = "M30" } }
    local list = wait.till("both are there", function()
      local list = h:get("/events?limit=2").items
      return list[1].status == "refused" and list[2].status == "applied" and list
    end)
    assert.same({ "C31", "cancel-discharge", "there is no such discharge to take back; check \"visit\"" },
      { list[1].event, list[1].kind, list[1].reason })
    assert.same({ "D30", "discharge", h:patient(30).id }, { list[2].event, list[2].kind, list[2].patient })
    local older = h:get("/events?limit=1&after=" .. list[1].id)
    assert.equal(list[2].id, older.items[1].id)
    local output, exit, errors = h:afterward("events", "--limit", "2")
    assert.equal(0, exit, errors)
    assert.matches("C31 +cancel%-discharge +refused.*D30 +discharge +applied", output)
    assert.equal(403, (h:call("GET", "/events", nil, { token = "his" })))
  end)

  it("of two systems may have the same id", function()
    assert.equal(202, (h:event(h:discharge(12, { source = "his" }))))
    assert.equal(202, (h:event(h:discharge(13, { id = "D12", source = "emr" }))))
    wait.till("both applied", function() return h:patient(12) and h:patient(13) end)
  end)

  local function patient(change)
    local out = { mrn = "M99", name = "王小九" }
    for key, value in pairs(change) do out[key] = value end
    return out
  end
  local wrong = {
    { "kind", { kind = "dischrge" }, "did you mean" },
    { "kind", { kind = false }, "one of" },
    { "at", { at = "yesterday" }, "2026%-03%-02T15:00:00%+08:00" },
    { "leaving", { leaving = "order!" }, "order" },
    { "patient.birth", { patient = patient { birth = "1951-02-30" } }, "YYYY%-MM%-DD" },
    { "patient.phone", { patient = patient { phone = "call me" } }, "phone number" },
    { "patient.mrn", { patient = { name = "无号" } }, "is missing" },
    { "patient.nmae", { patient = patient { nmae = "x" } }, "did you mean" },
    { "patient.contacts[1].relation", { patient = patient { contacts = { { relation = "cousin" } } } }, "sibling" },
    { "procedures", { procedures = "81.51" }, "list" },
    { "data", { data = { fact = { deeper = 1 } } }, "short texts" },
  }
  for i, case in ipairs(wrong) do
    it("with a wrong " .. case[1] .. " (" .. i .. ") is refused by the field's name and a remedy", function()
      local event = h:discharge(99, case[2])
      local status, problem, headers = h:event(event)
      assert.equal(422, status, problem and problem.detail)
      assert.equal("application/problem+json", headers["content-type"])
      assert.truthy(problem.detail:find('field "' .. case[1] .. '"', 1, true), problem.detail)
      assert.matches(case[3], problem.detail)
      assert.is_nil(h:patient(99))
    end)
  end

  it("must have an id", function()
    local event = h:discharge(98)
    event.id = nil
    local status, problem = h:event(event)
    assert.equal(422, status)
    assert.matches('field "id" is missing', problem.detail)
  end)

  it("that is no JSON is refused, and so is a list or a book", function()
    for _, body in ipairs { "{", "[]", '"discharge"', "\0", ("["):rep(2000) } do
      local status = h:event(body)
      assert.truthy(status == 400 or status == 422, tostring(status))
    end
    assert.equal(413, (h:event(("x"):rep(9 * 1024 * 1024))))
    assert.equal(415, (h:call("POST", "/events", "{}", { token = "his", ["Content-Type"] = "text/xml" })))
  end)
end)

describe("a batch of events", function()
  local h
  setup(function() h = hospital() end)
  teardown(function() h:close() end)

  it("is taken event by event: good ones go in, bad ones are told with their reason", function()
    local first = h:discharge(1)
    local status, body = h:event { events = { first, h:discharge(2, { kind = "dischrge" }), h:discharge(3), first,
      h:discharge(3, { ward = "9" }) } }
    assert.equal(202, status)
    local told = {}
    for i, result in ipairs(body.results) do told[i] = result.id .. " " .. result.status end
    assert.same({ "D1 202", "D2 422", "D3 202", "D1 202", "D3 409" }, told)
    assert.matches('field "kind"', body.results[2].detail)
    wait.till("applied", function() return h:patient(3) end)
    assert.is_nil(h:patient(2))
  end)

  it("in which one can't be applied is applied but for that one, once, whoever asks again", function()
    local at = Hospital.iso(h:now())
    local events = { h:discharge(5), { id = "C5", kind = "cancel-discharge", at = at, visit = "V99", patient = { mrn = "M5" } },
      h:discharge(6) }
    for _ = 1, 2 do
      local status, body = h:call("POST", "/events?wait=applied", { events = events }, { token = "his" })
      local told = {}
      for i, result in ipairs(body.results) do told[i] = result.status end
      assert.same({ 202, { 200, 409, 200 } }, { status, told })
    end
    for _, n in ipairs { 5, 6 } do                            -- applied first, then whoever it concerns is enrolled
      local enrolled = wait.till("enrolled", function()
        local list = h:get("/enrollments?patient=" .. h:patient(n).id).items
        return #list > 0 and list
      end)
      assert.equal(1, #enrolled)
    end
  end)

  it("holds at most a thousand, and at least one", function()
    local many = {}
    for n = 1, 1001 do many[n] = h:discharge(1000 + n) end
    for _, events in ipairs { many, "all", {} } do
      local status, problem = h:event { events = events }
      assert.equal(422, status)
      assert.matches("1 to 1000", problem.detail)
    end
    many[1001] = nil
    local status, body = h:event { events = many }
    assert.equal(202, status)
    assert.equal(1000, #body.results)
  end)
end)
