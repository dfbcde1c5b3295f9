-- Settings of channels are changed while patients are written to: no restart, and what is wrong changes nothing.
local Hospital = require "functional.support.hospital"
local Peer = require "functional.support.peer"
local wait = require "functional.support.wait"
local json = require "dkjson"

local STEP = 'aw.step { id = "s", at = "1s", run = function(p) p:ask("check", { within = "30d" }) end },'

describe("settings of channels", function()
  local h, old, new, secret
  local got = { old = {}, new = {} }
  local function gateway(name)
    return Peer.open(function(request)
      table.insert(got[name], { key = request.headers["x-key"], body = json.decode(request.body) })
      return 200, json.encode { id = name .. #got[name] }
    end)
  end
  local function keep(text)
    local file <close> = assert(io.open(secret, "w"))
    file:write(text)
    file:close()
    os.execute("chmod 600 " .. secret)
  end
  local function sms(peer, more)
    return ('sms = { plugin = "sms-http", url = "%s/send", fields = { to = "{to}", text = "{text}" }, id = "id", '):format(peer.url)
      .. 'headers = { ["X-Key"] = { secret_file = "' .. secret .. '" } }, callback = { token = "t0k" }, ' .. (more or "") .. " }"
  end
  setup(function()
    old, new = gateway "old", gateway "new"
    secret = os.tmpname()
    keep "first"
    h = Hospital.open { speed = 60, scripts = { ["w/w.lua"] = Hospital.ward("w", STEP) } }
    h:configure(sms(old) .. ", log = {}")
    h:start()
  end)
  teardown(function()
    h:close()
    old:close()
    new:close()
    os.remove(secret)
  end)

  local function listed(name)
    for _, item in ipairs(h:get("/api/v1/channels").items) do if item.name == name then return item end end
  end
  local function configure(channels, site)
    h:configure(channels, site)
    h:signal "sighup"
  end
  -- Each setting has a number of its own, by which it is known when it is taken.
  local parallel = 8
  local function use(peer, more, others, site)
    parallel = parallel + 1
    configure(sms(peer, (more or "") .. "parallel = " .. parallel .. ",") .. ", log = {}" .. (others or ""), site)
    wait.till("it is taken", function() return listed "sms".parallel == parallel and listed "sms".state == "up" end)
  end
  before_each(function()
    keep "first"
    use(old)
  end)
  local next_patient = 0
  local function follow()
    next_patient = next_patient + 1
    local n = next_patient
    assert(h:event(h:discharge(n)) == 202)
    local id = wait.till("the patient is known", function() return h:patient(n) end).id
    return wait.till("it has left", function()
      local message = h:get("/messages?patient=" .. id).items[1]
      return message and message.status == "accepted" and h:get("/messages/" .. message.id).tries[1]
    end, 20)
  end
  local function words(text) return h:words():find(text, 1, true) ~= nil end
  local function receipt(name, token)
    return (h:call("POST", "/channels/" .. name .. "/receipt?token=" .. token, { id = "x", state = "delivered" }, { token = false }))
  end

  it("take effect by SIGHUP: another address, another secret, others who may call", function()
    follow()
    assert.equal("first", got.old[#got.old].key)
    keep "second"
    local before = #got.old
    use(new, 'callers = "10.9.8.7",')
    follow()
    assert.same({ "second", before }, { got.new[#got.new].key, #got.old })
    assert.equal(403, receipt("sms", "t0k"))
    use(new)
    assert.equal(200, receipt("sms", "t0k"))
    assert.equal(403, receipt("sms", "guess"))
    keep "third"                                              -- the file alone has changed
    use(new)
    follow()
    assert.equal("third", got.new[#got.new].key)
  end)

  it("take effect by afterward reload, too", function()
    h:configure(sms(new, "parallel = 5,") .. ", log = {}")
    assert.equal(0, select(2, h:afterward("reload")))
    wait.till("it is taken", function() return listed "sms".parallel == 5 end)
  end)

  for what, case in pairs {
    ["a setting that the plugin doesn't know"] = { sms = 'kolour = "red",', says = "kolour is no setting of sms-http" },
    ["a secret that is not there"] = { sms = 'method = { secret_file = "/nowhere" },', says = "/nowhere can't be read" },
    ["callers that are no addresses"] = { sms = 'callers = "the gateway",', says = "callers: " },
    ["a span that is none"] = { sms = 'unknown_after = "soon",', says = "unknown_after must be a span from \"1m\" to \"24h\", such as \"15m\"" },
    ["a deadline of calls where nobody is rung"] = { sms = 'unknown_after = "15m",',
      says = 'channel "sms": unknown_after is for channels that ring people, and sms-http doesn\'t: take it out' },
    ["a number that is none"] = { sms = 'timeout_ms = "long",', says = "timeout_ms must be a whole number from 1 to 600000" },
  } do
    it("that are wrong change nothing, and the channel says why: " .. what, function()
      configure(sms(new, case.sms) .. ", log = {}")
      local stale = wait.till("it is refused", function() return listed "sms".state == "stale" and listed "sms".stale end)
      assert.truthy(stale:find(case.says, 1, true), stale)
      local before = #got.old
      follow()
      assert.equal(before + 1, #got.old)
    end)
  end

  it("may bring a channel, and take one away: it can be tried by hand meanwhile, and its receipts find nobody then", function()
    local second = ", " .. sms(new):gsub("^sms", "second")
    for _ = 1, 2 do
      use(old, "", second)
      wait.till("it is there", function() return listed "second" end)
      assert.equal(200, receipt("second", "t0k"))
      assert.equal(0, select(2, h:afterward("channel", "test", "second", "--to", "13800001111")))
      use(old)
      assert.is_nil(listed "second")
      assert.equal(404, receipt("second", "t0k"))
      assert.equal(404, (h:call("POST", "/api/v1/channels/second/test", { to = "13800001111" })))
    end
  end)

  it("that are wrong of a channel which is not there yet say why where the others are listed, until they are mended", function()
    local wrong = ', second = { plugin = "sms-http", url = "https://x.example.org", kolour = "red" }'
    use(old, "", wrong)
    local second = wait.till("it is listed", function() return listed "second" end)
    assert.equal("refused", second.state)
    assert.truthy(second.stale:find("kolour is no setting of sms-http", 1, true), second.stale)
    assert.truthy(h:afterward "channels":find "second +sms%-http +refused")
    use(old, "", ', second = { plugin = "no-such" }')
    wait.till("the newest reason is said", function() return listed "second".stale:find "is the plugin installed" end)
    use(old, "", ", " .. sms(new):gsub("^sms", "second"))
    wait.till("it is there", function() return listed "second" and listed "second".state == "up" end)
    use(old, "", wrong)
    use(old)
    assert.is_nil(listed "second")
  end)

  it("whose channel goes while it sends: the answer is waited for, and the text that waits goes by another", function()
    local hold = true
    local slow = Peer.open(function() return hold and "hang" or 200, '{"id":"s"}' end)
    use(old, "", ', slow = { plugin = "sms-http", url = "' .. slow.url .. '", fields = { to = "{to}" }, timeout_ms = 500 }')
    local process = h:begin("channel", "test", "slow", "--to", "13800001111")
    wait.till("it is under way", function() return #slow.requests > 0 end)
    use(old)
    local text, code = h.finish(process)
    assert.equal(1, code)
    assert.truthy(text:find "result: ambiguous", text)
    slow:close()
  end)

  it("in a file that can't be read change nothing; what else has changed is named, and waits for a restart", function()
    local file = assert(io.open(h.folder .. "/afterward.lua", "w"))
    file:write "return { channels = "
    file:close()
    h:signal "sighup"
    wait.till("it is said", function() return words "config.refused" end)
    assert.equal("up", listed "sms".state)
    configure(sms(new) .. ", log = {}", "budget_month = 7,")
    wait.till("it is said", function() return words "there is no key 'budget_month'" end)
    use(new, "", "", "photo_mb = 9,")
    assert.truthy(words 'config.waits keys="photo_mb"')
  end)

  it("count who calls: taken, forged, from elsewhere", function()
    assert.same({ 200, 403 }, { receipt("sms", "t0k"), receipt("sms", "guess") })
    use(old, 'callers = "10.9.8.7",')
    assert.equal(403, receipt("sms", "t0k"))
    local _, text = h:call("GET", "/metrics", nil, { token = false })
    for _, word in ipairs { "taken", "forged", "stranger" } do
      assert.truthy(tonumber(text:match('afterward_channel_callbacks_total{channel="sms",result="' .. word .. '"} (%d+)')) > 0, word)
    end
    assert.truthy(words "channel.caller channel=sms peer=127.0.0.1" and words "channel.forged channel=sms peer=127.0.0.1")
  end)
end)
