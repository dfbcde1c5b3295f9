-- Connectors that ask: what a hospital's FHIR server has that is new comes in, whatever that server does meanwhile.
local Fhir = require "functional.support.fhir"
local channel = require "afterward.channel"
local Hospital = require "functional.support.hospital"
local play = require "functional.support.play"
local Peer = require "functional.support.peer"
local wait = require "functional.support.wait"
local json = require "dkjson"

local function connector(url, more)
  local every = (more or ""):find "every" and "" or 'every = "1s",'
  return ([[connectors = { his = { plugin = "fhir-pull", url = "%s", since = "2020-01-01", overlap = "1m",
    types = { "Patient", "Encounter" }, token = env "T_BOSS", %s %s } },]]):format(url, every, more or "")
end
local function item(fhir) return fhir.h:get("/api/v1/plugins").items[1] end

describe("A connector that asks another Afterward", function()
  local here, there
  setup(function()
    there = Fhir.open()
    here = Fhir.open(nil, connector("http://127.0.0.1:" .. there.h.port .. "/fhir", "sort = false"))
  end)
  teardown(function()
    here:close()
    there:close()
  end)

  it("brings who was discharged there, once, and what changes later", function()
    local id = there:create("Patient", Fhir.patient(1)).id
    there:create("Encounter", there:stay(1, id, "finished", { period = there:over() }))
    local patient = wait.till("the patient is known here", function() return here.h:patient(1) end, 20)
    wait.till("the follow-up has begun here", function() return #here:enrollments(patient.id) == 1 end, 20)
    there:ask("PUT", "Patient/" .. id, Fhir.patient(1, { id = id, gender = "male" }))
    wait.till("the change is known here", function() return here:get("Patient/" .. patient.id).gender == "male" end, 20)
    assert.equal(1, #here:enrollments(patient.id))
    local shown = item(here)
    assert.same({ "his", "fhir-pull", 3, 0 }, { shown.name, shown.plugin, shown.taken, shown.refused })
    assert.truthy(shown.watermark_at:find "^2%d%d%d%-%d%d%-%d%dT")
  end)
end)

describe("A connector that asks a FHIR server that lies", function()
  local fhir, server, other, serve
  local function bundle(entries, next_url)
    local out = { resourceType = "Bundle", type = "searchset", entry = {}, link = next_url and { { relation = "next", url = next_url } } }
    for i, resource in ipairs(entries) do out.entry[i] = { resource = resource, search = { mode = "match" } } end
    return json.encode(out)
  end
  local function patient(n, at, more)
    local resource = Fhir.patient(n, more)
    resource.id, resource.meta = "p" .. n, { versionId = "1", lastUpdated = at or "2026-03-01T10:00:00.000Z" }
    return resource
  end
  local EMPTY = bundle {}
  -- What is asked of each type, first pages and further ones.
  local function asked(pattern)
    local out = {}
    for _, request in ipairs(server.requests) do if request.path:find(pattern) then out[#out + 1] = request.path end end
    return out
  end
  local function metric(name)
    local _, text = fhir.h:call("GET", "/metrics", nil, { token = false })
    return tonumber(text:match("\nafterward_pull_" .. name .. '{connector="his"} (%S+)'))
  end
  local function known(n) return wait.till("patient " .. n .. " is known", function() return fhir.h:patient(n) end, 20) end
  local function again(pattern)                                    -- two more passes of this type
    local count = #asked(pattern)
    wait.till("it has asked again", function() return #asked(pattern) >= count + 2 end, 20)
  end
  local function start(more)
    fhir = Fhir.open(nil, connector(server.url .. "/fhir", 'seconds = 1, ' .. (more or "")))
  end

  before_each(function()
    other = Peer.open(function() return 200, EMPTY end)
    server = Peer.open(function(request) return serve(request) end)
  end)
  after_each(function()
    fhir:close()
    server:close()
    other:close()
  end)

  it("takes pages that come twice, and out of order, once; and goes on from the newest time that the server wrote", function()
    function serve(request)
      if request.path:find "/fhir/Encounter" then return 200, EMPTY end
      if request.path:find "page=2" then
        return 200, bundle({ patient(1), patient(3, "2026-03-01T09:00:00Z") }, server.url .. "/fhir?page=3")
      end
      if request.path:find "page=3" then return 200, bundle { patient(1), patient(2, "2026-03-01T18:30:00+08:00") } end
      return 200, bundle({ patient(2, "2026-03-01T18:30:00+08:00"), patient(1) }, "?page=2")
    end
    start()
    for n = 1, 3 do known(n) end
    again "/Encounter"
    assert.truthy(asked("/Patient")[1]:find("_lastUpdated=ge2020-01-01", 1, true))
    assert.truthy(asked("/Patient")[2]:find("_lastUpdated=ge2026-03-01T10%3A29%3A00Z", 1, true), asked("/Patient")[2])
    local shown = item(fhir)
    assert.same({ 3, 0, "2026-03-01T18:30:00+08:00" }, { shown.taken, shown.refused, shown.watermark_at })
    assert.equal("Bearer token-of-the-boss-0001", server.requests[1].headers.authorization)
  end)

  for what, lie in pairs {
    ["falls"] = function() return 500, "" end,
    ["hangs"] = function() return "hang" end,
    ["breaks off"] = function() return "reset" end,
    ["is cut off in the middle of a page"] = function() return 200, bundle({ patient(8) }):sub(1, -20), nil, nil, 20 end,
    ["sends half of a page as a whole one"] = function() return 200, bundle({ patient(8) }):sub(1, -20) end,
    ["sends a page that is none"] = function() return 200, "<html>maintenance</html>", "text/html" end,
    ["leads to a page that is no more"] = function() return 410, "" end,
  } do
    it("loses nothing when it " .. what .. " between two pages", function()
      local lies = 2
      function serve(request)
        if request.path:find "/fhir/Encounter" then return 200, EMPTY end
        if not request.path:find "page=2" then return 200, bundle({ patient(1) }, server.url .. "/fhir?page=2") end
        lies = lies - 1
        if lies >= 0 then return lie() end
        return 200, bundle { patient(2, "2026-03-01T09:00:00Z") }
      end
      start()
      known(1)
      wait.till("it says so", function() return item(fhir).state == "failing" end, 20)
      assert.truthy(#item(fhir).error >= 8)
      assert.equal(0, #asked "/Encounter")
      known(2)
      wait.till("it is well", function() return item(fhir).state == "well" end, 20)
      assert.is_nil(item(fhir).error)
      assert.same({ 2, 0 }, { item(fhir).taken, item(fhir).refused })
    end)
  end

  it("never takes our token to another host, whatever a page says", function()
    function serve(request)
      if request.path:find "/fhir/Encounter" then return 200, EMPTY end
      return 200, bundle({ patient(1) }, other.url .. "/fhir?page=2")
    end
    start()
    known(1)
    local shown = wait.till("it says so", function() return item(fhir).error and item(fhir) end, 20)
    assert.matches("it was told to go on at " .. other.url:gsub("%p", "%%%0"), shown.error)
    assert.equal(0, #other.requests)
  end)

  it("waits as long as it is told", function()
    local first
    function serve()
      if first then return 200, EMPTY end
      first = true
      return 429, "", nil, "Retry-After: 3\r\n"
    end
    start()
    wait.till("it is turned away", function() return first end, 20)
    wait.ms(1800)
    assert.equal(1, #server.requests)
    wait.till("it comes again", function() return #server.requests > 1 end, 20)
  end)

  it("whose token is refused says so where health is asked for, once in the log, and asks slowly until it is well", function()
    local good = false
    function serve()
      if good then return 200, EMPTY end
      return 401, json.encode { resourceType = "OperationOutcome", issue = { { diagnostics = "who are you?" } } }
    end
    start()
    wait.till("it says so", function() return item(fhir).state == "misconfigured" end, 20)
    assert.matches("connector his gets nothing: HTTP 401: who are you%?: it does not know our token", fhir.h:get("/healthz").warnings)
    wait.ms(2500)
    assert.equal(1, #server.requests)
    assert.equal(1, select(2, fhir.h:words():gsub("pull%.misconfigured", "")))
    good = true
    assert.equal(0, metric "up")
    fhir.h:afterward("pull", "his")
    assert.equal(1, metric "up")
    assert.equal("", fhir.h:get("/healthz").warnings)
  end)

  it("tells what it can't take, with the reason, and takes the rest; what comes too early is tried again", function()
    local there = false
    function serve(request)
      if request.path:find "/fhir/Patient" then
        local list = { patient(1), { resourceType = "Medication", id = "m1" }, patient(2, nil, { birthDate = "yesterday" }) }
        if there then list[#list + 1] = patient(4, "2026-03-01T10:00:30Z") end
        return 200, bundle(list)
      end
      local stay = fhir:stay(4, "p4", "in-progress")
      stay.id, stay.meta = "e4", { versionId = "1", lastUpdated = "2026-03-01T10:00:00Z" }
      return 200, bundle { stay }
    end
    start()
    known(1)
    local list = wait.till("three are refused", function()
      local items = fhir.h:get("/api/v1/inbox/refused").items
      return #items == 3 and items
    end, 20)
    local reasons = {}
    for _, refused in ipairs(list) do reasons[refused.source .. " " .. refused.source_id:match "^%a+/%w+"] = refused.result.detail end
    assert.matches("resources of this type are not taken", reasons["his Medication/m1"])
    assert.matches("is not a date of a life", reasons["his Patient/p2"])
    assert.matches("names no patient", reasons["his Encounter/e4"])
    there = true
    known(4)
    wait.till("the stay has come in", function() return #fhir.h:get("/api/v1/inbox/refused").items == 2 end, 20)
  end)

  it("is not taken in by a record from the future", function()
    function serve(request)
      if request.path:find "/fhir/Encounter" then return 200, EMPTY end
      return 200, bundle { patient(1, "2099-01-01T00:00:00Z") }, nil, "Date: Mon, 02 Mar 2026 03:10:00 GMT\r\n"
    end
    start()
    known(1)
    again "/Patient"
    assert.truthy(asked("/Patient")[2]:find("_lastUpdated=ge2026-03-02T03%3A09%3A00Z", 1, true), asked("/Patient")[2])
  end)

  it("that is killed at any moment goes on where it was, and nothing is lost or taken twice", function()
    local PAGES, SIZE = 12, 5
    local newest = {}
    function serve(request)
      if request.path:find "/fhir/Encounter" then return 200, EMPTY end
      local page, list = tonumber(request.path:match "page=(%d+)" or 1), {}
      for i = 1, SIZE do list[i] = patient((page - 1) * SIZE + i, ("2026-03-01T10:%02d:%02dZ"):format(PAGES - page, i)) end
      newest[#newest + 1] = page
      return 200, bundle(list, page < PAGES and ("%s/fhir?page=%d"):format(server.url, page + 1) or nil)
    end
    start()
    for kill = 1, 6 do
      wait.till("some pages more", function() return #newest >= 2 * kill end, 20)
      fhir.h:kill()
      fhir.h:start()
    end
    known(PAGES * SIZE)
    for n = 1, PAGES * SIZE do assert.truthy(fhir.h:patient(n), n) end
    wait.till("it is well", function() return item(fhir).state == "well" end, 20)
    local events = fhir.h:get("/api/v1/events?source=his&limit=200").items
    assert.equal(PAGES * SIZE, #events)
  end)

  it("takes a page of hundreds, and knows all of it the next time", function()
    local list = {}
    for n = 1, 350 do list[n] = patient(n) end
    function serve(request) return 200, request.path:find "/fhir/Encounter" and EMPTY or bundle(list) end
    fhir = Fhir.open(nil, connector(server.url .. "/fhir", 'every = "1h",'))
    wait.till("all are taken", function() return item(fhir).taken == 350 and item(fhir).state == "well" end, 20)
    assert.truthy(fhir.h:patient(1) and fhir.h:patient(350))
    assert.matches("0 new, 350 known already, 0 refused", (fhir.h:afterward("pull", "his", "--again")))
  end)

  it("asks once at a time, and stops while it waits for an answer", function()
    function serve() return "hang" end
    fhir = Fhir.open(nil, connector(server.url .. "/fhir", "seconds = 60,"))
    wait.till("it asks", function() return #server.requests == 1 end, 20)
    local _, code, errors = fhir.h:afterward("pull", "his")
    assert.equal(1, code)
    assert.matches("is asking already", errors)
    assert.equal(0, (fhir.h:stop()))
  end)
end)

describe("A connector that asks a hospital's own web service", function()
  randomize(false)                                             -- each statement takes up where the one before ended
  local h, server, rows
  local MAP = [[{ kind = { from = "state", words = { ["出院"] = "discharge", ["预约"] = false } }, at = { from = "outTime", time = true },
    visit = "no", department = { from = "dept", words = { ["0302"] = "w" } },
    patient = { mrn = "pid", name = "name", birth = "birth", phone = { from = "tel", text = true } } }]]
  local function row(n, more)
    local out = { id = n, updated = "2026-03-02 10:00:00", state = "出院", outTime = "2026-03-02 10:30:00", no = "V" .. n, dept = "0302",
      pid = "M" .. n, name = "王小" .. n, birth = "1951-02-03", tel = tonumber(Hospital.phone(n)) }
    for key, value in pairs(more or {}) do out[key] = value end
    return out
  end
  local function configure(map)
    h:configure("sms = " .. h.gateway:channel(), ([[connectors = { his = { plugin = "rest-pull", url = "%s/ws/out", since = "2026-02-01",
      times = "plain", every = "1h", size = 2, list = "data.rows", good = { code = 0 }, map = %s } },]]):format(server.url, map))
  end
  setup(function()
    server = Peer.open(function(request)
      local page = tonumber(request.path:match "[?&]page=(%d+)")
      local since, list = request.path:match "updatedSince=([%d-]+)", {}
      for _, one in ipairs(rows) do if one.updated:sub(1, 10) >= since then list[#list + 1] = one end end
      return 200, json.encode { code = 0, data = { rows = { list[2 * page - 1], list[2 * page] } } }
    end)
    rows = { row(1), row(2), row(3, { dept = "9999" }), row(4, { birth = "soon" }), row(5, { state = "预约" }) }
    h = Hospital.open { scripts = { ["w/w.lua"] = Hospital.ward("w", 'aw.step { id = "s", at = "24h", run = function(p) p:send "hello" end },') } }
    configure(MAP)
    h:start()
  end)
  teardown(function()
    h:close()
    server:close()
  end)

  it("begins a follow-up for who was discharged, and tells what it can't take", function()
    for n = 1, 2 do
      local patient = wait.till("patient " .. n .. " is known", function() return h:patient(n) end, 20)
      wait.till("the follow-up has begun", function() return #h:get("/enrollments?patient=" .. patient.id).items == 1 end, 20)
    end
    local list = wait.till("two are refused", function()
      local items = h:get("/api/v1/inbox/refused").items
      return #items == 2 and items
    end, 20)
    assert.same({ "pull", 'department: "9999" stands for nothing in its words' }, { list[1].kind, list[1].result.detail })
    assert.matches("patient.birth", list[2].result.detail)
    assert.same({ 2, 2, "2026-03-02T10:00:00+08:00" }, (function()
      local shown = h:get("/api/v1/plugins").items[1]
      return { shown.taken, shown.refused, shown.watermark_at }
    end)())
    assert.matches("It has had all there is: 0 new, 2 known already, 2 refused", (h:afterward("pull", "his")))
    assert.truthy(server.requests[#server.requests].path:find("updatedSince=2026-03-02%2009%3A50%3A00", 1, true))
  end)

  it("shows what the next page would become, and takes nothing", function()
    rows = { row(6), row(7, { outTime = "soon" }), row(1) }
    local text = h:afterward("pull", "his", "--dry-run")
    assert.matches("6/2026%-03%-02 10:00:00 +event", text)
    assert.matches('at: "soon" is no time', text)
    assert.same({ "event", false, "M6" }, (function()
      local shown = json.decode((h:afterward("pull", "his", "--dry-run", "--json")))[1]
      return { shown.kind, shown.known, shown.event.patient.mrn }
    end)())
    assert.is_nil(h:patient(6))
    local _, code, errors = h:afterward("pull", "lis")
    assert.equal(1, code)
    assert.matches('there is no connector "lis"', errors)
  end)

  it("reads all again when it is told to: what was refused is tried again when its map has been mended", function()
    rows = { row(11, { dept = "9999", updated = "2026-03-01 10:00:00" }), row(12, { updated = "2026-03-02 10:30:00" }) }
    h:afterward("pull", "his", "--again")
    assert.truthy(h:patient(12))
    assert.is_nil(h:patient(11))
    configure(MAP:gsub('%["0302"%] = "w"', '["0302"] = "w", ["9999"] = "w"'))
    h:restart()
    wait.till("it has asked", function() return h:get("/api/v1/plugins").items[1].state == "well" end, 20)
    local count = #server.requests
    assert.matches("1 new, 1 known already, 0 refused", (h:afterward("pull", "his", "--again")))
    assert.truthy(server.requests[count + 1].path:find("updatedSince=2026-02-01", 1, true))
    assert.truthy(h:patient(11))
  end)

  it("says at the start what is wrong with its settings", function()
    h:stop()
    for settings, reason in pairs {
      ['plugin = "rest-pull", url = "http://h/", since = "1", every = "soon"'] = 'every must be a span from "1s"',
      ['plugin = "rest-pull", url = "http://h/", since = "1", megabytes = 999'] = "megabytes must be a whole number from 1 to 64",
      ['plugin = "rest-pull", url = "http://h/", since = "1", map = {}'] = "map.kind is missing",
      ['plugin = "fhir-pull", url = "http://h/"'] = "since is missing",
      ['plugin = "kannel"'] = "kannel is a channel, which brings no data in",
      ['plugin = "lines-pull"'] = "is the plugin installed?",
    } do
      h:configure("log = {}", ("connectors = { his = { %s } },"):format(settings))
      local process = h:launch()
      wait.till("it has ended", function() return process.ended end)
      assert.truthy(process.errors:find('connector "his"', 1, true) and process.errors:find(reason, 1, true), process.errors)
    end
    h:configure 'sms = { plugin = "fhir-pull", url = "http://h/", since = "1" }'
    local process = h:launch()
    wait.till("it has ended", function() return process.ended end)
    assert.matches('channel "sms": fhir%-pull is a connector', process.errors)
    configure(MAP)
    h:start()
  end)
end)

describe("The plugin that docs/connectors.md shows", function()
  local manual = play.file "docs/connectors.md"
  local function listing(mark) return assert(manual:match("\n```lua " .. mark .. "\n(.-)\n```"), mark) end

  it("brings what a service with a cursor has", function()
    local place = play.folder { ["cursor-pull/plugin.lua"] = listing "asks" .. "\n" }
    local events = {}
    local server = Peer.open(function(request)
      local after = tonumber(request.path:match "after=(%d+)")
      local list = { events[after + 1] }
      return 200, json.encode { events = list, cursor = after + #list, more = after + 1 < #events, until_time = "2026-03-02T10:00:00+08:00" }
    end)
    local h = Hospital.open { plugins = place.path, channels = "log = {}", scripts = { ["w/w.lua"] = Hospital.ward("w",
      'aw.step { id = "s", at = "24h", run = function(p) p:send "hello" end },') }, site = ([[connectors = { his = { plugin = "cursor-pull",
      url = "%s/changes", token = env "T_HIS", every = "1h" } },]]):format(server.url) }
    for n = 1, 3 do
      local body = h:discharge(n)
      body.id = nil
      events[n] = { id = "D" .. n, version = 1, body = body }
    end
    h:start()
    wait.till("all are known", function() return h:patient(3) end, 20)
    local shown = wait.till("it is well", function()
      local one = h:get("/api/v1/plugins").items[1]
      return one.state == "well" and one
    end, 20)
    assert.same({ 3, 0, "2026-03-02T10:00:00+08:00" }, { shown.taken, shown.refused, shown.watermark_at })
    h:restart()
    wait.till("it goes on where it was", function() return server.requests[#server.requests].path == "/changes?after=3" end, 20)
    h:close()
    server:close()
    place:remove()
  end)

  it("has a spec that runs", function()
    local place = play.folder { ["plugins/cursor-pull/plugin.lua"] = listing "asks" .. "\n" }
    local own = setmetatable({ require = function(name)
      if name ~= "afterward.channel" then return require(name) end
      return { open = function(folder, settings) return channel.open(place.path .. "/" .. folder, settings) end }
    end }, { __index = _G })
    assert(load(listing "asks%-spec", "part", "t", own))()
    place:remove()
  end)
end)
