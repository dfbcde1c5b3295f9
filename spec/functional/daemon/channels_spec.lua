-- Channels as an informatician meets them: listed, tried by hand, changed while they run, asked after a crash.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"
local json = require "dkjson"
local lfs = require "lfs"

local STEP = 'aw.step { id = "s", at = "1h", run = function(p) p:ask("check", { within = "30d" }) end },'

-- A provider that can be asked what became of a message, and that tells what people wrote.
local PLUGIN = [[
local aw = require "afterward.plugin"
local function post(config, fields)
  return { url = config.url .. "?k=" .. config.token, headers = { Authorization = "Bearer " .. config.token },
    body = aw.json.encode(fields) }
end
return {
  name = "probe", capabilities = { address = "phone", max_length = %d },
  config = { url = { type = "url", required = true }, token = { type = "secret", required = true, doc = "token = { secret_file = … }" } },
  send = function(m, config) return post(config, { key = m.key, to = m.to, text = m.text }) end,
  result = function(r, m) return r.status == 200 and { accepted = m.key } or { ambiguous = "HTTP " .. r.status } end,
  query = function(m, config) return post(config, { query = m.key, to = m.to, sent = m.sent }) end,
  queried = function(r, m)
    local answer = aw.json.decode(r.body) or {}
    return answer.has and { accepted = m.key } or answer.absent and { absent = true } or { ambiguous = "?" }
  end,
  inbound = function(r, config)
    if not aw.same(aw.query(r.query).k, config.token) then return {}, { status = 403 } end
    local said = aw.json.decode(r.body)
    return { { id = said.id, from = said.from, text = said.text, at = r.now } }, { status = 200, body = "thanks" }
  end,
}
]]

describe("channels", function()
  local h, plugins
  local function plugin(text)
    local file = assert(io.open(plugins .. "/probe/plugin.lua", "w"))
    file:write(text)
    file:close()
  end
  local function listed(name)
    for _, item in ipairs(h:get("/api/v1/channels").items) do if item.name == name then return item end end
  end
  -- A patient with one question, to whom the gateway behaves so.
  local next_patient, manners = 0, {}
  local function follow(manner)
    next_patient = next_patient + 1
    local n = next_patient
    manners[Hospital.phone(n)] = manner
    assert(h:event(h:discharge(n)) == 202)
    local id = wait.till("the patient is known", function() return h:patient(n) end).id
    return Hospital.phone(n), id, function(status)
      return wait.till("the message is " .. status, function()
        local message = h:get("/messages?patient=" .. id).items[1]
        return message and message.status == status and message
      end, 30)
    end
  end
  local function asked(number)
    local sends, queries = {}, {}
    for _, request in ipairs(h.gateway.requests) do
      if request.to == number then table.insert(request.query and queries or sends, request) end
    end
    return sends, queries
  end

  setup(function()
    plugins = os.tmpname()
    os.remove(plugins)
    lfs.mkdir(plugins)
    lfs.mkdir(plugins .. "/probe")
    plugin(PLUGIN:format(300))
    local secret = plugins .. "/secret"
    local file = assert(io.open(secret, "w"))
    file:write "t0p&secret\n"
    file:close()
    os.execute("chmod 600 " .. secret)
    h = Hospital.open { speed = 3600, plugins = plugins, scripts = { ["w/w.lua"] = Hospital.ward("w", STEP) } }
    h:configure(([[sms = { plugin = "probe", url = "http://127.0.0.1:%d/", token = { secret_file = %q }, timeout_ms = 1500 }, log = {}]])
      :format(h.gateway.port, secret))
    h.gateway.behave = function(request)
      local manner = manners[request.to]
      return type(manner) == "function" and manner(request) or manner
    end
    h:start()
  end)
  teardown(function()
    h:close()
    os.execute(("rm -rf '%s'"):format(plugins))
  end)

  it("are listed with what they can do and how they do", function()
    local sms = listed "sms"
    assert.same({ "probe", "up", "phone", 300, true, true, false }, { sms.plugin, sms.state, sms.address, sms.max_length,
      sms.queryable, sms.inbound, sms.receipts })
    local text = h:afterward "channels"
    assert.truthy(text:find "NAME +PLUGIN +STATE" and text:find "sms +probe +up" and text:find "log +log +up", text)
  end)

  it("are tried by hand: what was asked, without the secret, what was answered and what it means", function()
    local text, code = h:afterward("channel", "test", "sms", "--to", "13900002222", "--text", "【示范医院】您好")
    assert.equal(0, code, text)
    assert.truthy(text:find("> POST  http://127.0.0.1:" .. h.gateway.port .. "/?k=***\n", 1, true), text)
    assert.truthy(text:find("> Authorization: Bearer ***\n", 1, true), text)
    assert.truthy(text:find('"to":"13900002222"', 1, true) and text:find "\n< 200\n" and text:find "\nresult: accepted\n", text)
    assert.falsy(text:find "t0p" or h:words():find "t0p")
    assert.equal("13900002222", h.gateway.requests[#h.gateway.requests].to)
    manners["13900003333"] = { status = 500 }
    text, code = h:afterward("channel", "test", "sms", "--to", "13900003333")
    assert.equal(1, code)
    assert.truthy(text:find "result: ambiguous\ndetail: HTTP 500", text)
    assert.equal(2, select(2, h:afterward("channel", "test", "sms")))
    local _, exit, errors = h:afterward("channel", "test", "pigeon", "--to", "1")
    assert.equal(1, exit)
    assert.truthy(errors:find('no channel is called "pigeon"', 1, true), errors)
    assert.equal(403, (h:call("POST", "/api/v1/channels/sms/test", { to = "1" }, { token = "ward" })))
  end)

  it("go on with the old plugin when a broken one is saved, and say why; a good one takes its place", function()
    plugin "return { name = 'probe', send = 1 }"
    local stale = wait.till("it is stale", function()
      local sms = listed "sms"
      return sms.state == "stale" and sms.stale
    end)
    assert.truthy(stale:find "probe/plugin.lua: send must be a function", stale)
    assert.equal(0, select(2, h:afterward("channel", "test", "sms", "--to", "13900002222")))
    plugin((PLUGIN:format(200):gsub("token = {", "token = { default = 'x',"):gsub("url = {", "ulr = {")))
    wait.till("it does not know the settings", function() return (listed "sms".stale or ""):find 'url is no setting of probe' end)
    plugin(PLUGIN:format(77))
    wait.till("the new one is taken", function() return listed "sms".max_length == 77 end)
    assert.equal("up", listed "sms".state)
    plugin(PLUGIN:format(300))
    wait.till("and the next", function() return listed "sms".max_length == 300 end)
  end)

  it("whose provider can be asked: a lost answer is no doubt, and nothing is sent twice", function()
    local number, _, message = follow(function(request)
      return request.query and { status = 200, body = '{"has":true}' } or "reset"
    end)
    message "accepted"
    local sends, queries = asked(number)
    assert.same({ 1, 1 }, { #sends, #queries })
    assert.equal(sends[1].key, queries[1].query)
  end)

  for what, case in pairs { ["had it: it is accepted"] = { '{"has":true}', 1 }, ["never had it: it goes again"] = { '{"absent":true}', 2 } } do
    it("after a crash the provider is asked, and it " .. what, function()
      local hung
      local number, _, message = follow(function(request)
        if request.query then return { status = 200, body = case[1] } end
        if not hung then
          hung = true
          return "hang"
        end
      end)
      wait.till("it has left", function() return hung end)
      h:kill()
      h:start()
      message "accepted"
      local sends, queries = asked(number)
      assert.same({ case[2], 1 }, { #sends, #queries })
      if sends[2] then assert.equal(sends[1].key, sends[2].key) end
    end)
  end

  it("that are refused, and not there yet, come by themselves once their plugin is mended", function()
    lfs.mkdir(plugins .. "/late")
    local function save(text)
      local file = assert(io.open(plugins .. "/late/plugin.lua", "w"))
      file:write(text)
      file:close()
    end
    save "return {"
    local sms = ([[sms = { plugin = "probe", url = "http://127.0.0.1:%d/", token = { secret_file = %q }, timeout_ms = 1500 }, log = {}]])
      :format(h.gateway.port, plugins .. "/secret")
    h:configure(sms .. ([[, late = { plugin = "late", url = "http://127.0.0.1:%d/", token = { secret_file = %q } }]])
      :format(h.gateway.port, plugins .. "/secret"))
    h:signal "sighup"
    assert.truthy(wait.till("it is refused", function() return listed "late" and listed("late").stale end):find("late/plugin.lua", 1, true))
    save((PLUGIN:format(300):gsub('"probe"', '"late"')))
    wait.till("it is there", function() return (listed "late" or {}).state == "up" end)
    h:configure(sms)
    h:signal "sighup"
    wait.till("it is gone", function() return not listed "late" end)
  end)

  it("keep what people write, once, with whose number it is; forged calls are refused", function()
    local number, patient = follow()
    local function write(id, from, text, token)
      return h:call("POST", "/channels/sms/inbound?k=" .. (token or "t0p%26secret"), { id = id, from = from, text = text }, { token = false })
    end
    assert.equal(200, (write("i1", "+86" .. number, "退订")))
    assert.equal(200, (write("i1", "+86" .. number, "退订")))
    assert.equal(200, (write("i2", "13799999999", "你是谁")))
    assert.equal(403, (write("i3", number, "forged", "x")))
    local function kept() return h:get("/inbound").items end
    wait.till("they are kept", function() return #kept() == 2 end)
    assert.same({ "sms", "text", patient, "退订" }, { kept()[1].channel, kept()[1].kind, kept()[1].patient, kept()[1].text })
    assert.same({ json.null, "你是谁" }, { kept()[2].patient or json.null, kept()[2].text })
    assert.equal(1, #h:get("/inbound?patient=" .. patient).items)
    assert.matches("opted%-out +退订", h:afterward("inbound", "--channel", "sms"))
    wait.till("the ward sees its patient's, and no number that is nobody's", function()
      local status, seen = h:call("GET", "/inbound", nil, { token = "ward" })
      local ward = type(seen) == "table" and seen or json.decode(seen)
      return status == 200 and #ward.items == 1
    end)
    assert.equal(404, (h:call("POST", "/channels/log/inbound", {}, { token = false })))
  end)
end)
