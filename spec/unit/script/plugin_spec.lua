-- A channel in Lua: what it may do, what it may not read, and what is said when it is wrong.
local unit = require "afterward.unit.script"

local GOOD = [[
  local aw = require "afterward.plugin"
  return { name = "demo",
    config = { url = { type = "url", required = true, doc = "add url = \"https://…\"" },
               token = { type = "secret" }, wait = { type = "span", default = "2m" }, mode = { one = { "a", "b" } } },
    send = function(message, config) %s end,
    result = function(response, message, config) %s end,
    receipt = function(request, config) %s end }
]]
local function source(send, result, receipt)
  return GOOD:format(send or "return { url = config.url }", result or "return { accepted = 'x' }", receipt or "return {}, {}")
end
local function open(send, config, result)
  return assert(unit.plugin(source(send, result), "sms", config or { url = "https://g", token = "s3cret" }))
end

describe("a channel plugin", function()
  describe("configuration is refused in words that name channel, key and remedy:", function()
    for what, case in pairs {
      ["a missing key"] = { {}, 'channel "sms": url is missing: add url = "https://…"' },
      ["a wrong key"] = { { ulr = "https://g" }, 'channel "sms": ulr is no setting of demo; did you mean "url"?' },
      ["a wrong type"] = { { url = "g" }, 'channel "sms": url must be an address such as "https://sms.example.org/send"' },
      ["a wrong word"] = { { url = "https://g", mode = "c" }, 'channel "sms": mode must be one of a, b' },
      ["a wrong span"] = { { url = "https://g", wait = "soon" }, 'channel "sms": wait must be a span such as "30s" or "24h"' },
    } do
      it(what, function()
        local plugin, why = unit.plugin(source(), "sms", case[1])
        assert.is_nil(plugin)
        assert.equal(case[2], why)
      end)
    end
  end)

  it("that is no plugin is refused", function()
    for _, text in ipairs { "return 1", "return {}", "return { name = 'x', send = 1 }", "x = = 1", "error 'no'" } do
      local plugin, why = unit.plugin(text, "sms", {})
      assert.is_nil(plugin)
      assert.truthy(why:find("plugins/demo/plugin.lua", 1, true), why)
    end
  end)

  it("uses a secret and never reads it", function()
    local plugin = open [[
      local t = config.token
      local seen = { tostring(t), ("%s"):format(t), tostring(t .. "x"), tostring(aw.base64(t)), tostring(aw.json.encode { t = t }) }
      assert(getmetatable(t) == "secret" and not pcall(function() return #t end) and not pcall(string.rep, t, 2))
      return { url = config.url, headers = { Authorization = "Bearer " .. t, Seen = table.concat(seen, ",") },
               body = aw.json.encode { token = t, to = message.to } } ]]
    local request = assert(plugin:send { to = "13800001111" })
    assert.equal('{"to":"13800001111","token":"s3cret"}', request.body)
    local headers = {}
    for _, pair in ipairs(request.headers) do headers[pair[1]] = pair[2] end
    assert.same({ Authorization = "Bearer s3cret", Seen = "secret,secret,secret,secret,secret" }, headers)
  end)

  it("has the digests that gateways ask for", function()
    local plugin = open [[
      return { url = config.url, body = aw.json.encode {
        aw.hex(aw.md5 "abc"), aw.hex(aw.sha1 "abc"), aw.hex(aw.hmac_sha256("key", "The quick brown fox jumps over the lazy dog")),
        aw.base64 "hello?", aw.urlencode "a b&你" } } ]]
    assert.equal('["900150983cd24fb0d6963f7d28e17f72","a9993e364706816aba3e25717850c26c9cd0d89d",'
      .. '"f7bc83f430538424b13298e6aa6fb143ef4d59a14946175997479dbc2d1a3cd8","aGVsbG8/","a%20b%26%E4%BD%A0"]',
      plugin:send({}).body)
  end)

  it("reaches neither files nor processes nor other modules", function()
    for _, word in ipairs { "io", "os", "package", "debug", "loadfile", "dofile", "collectgarbage" } do
      assert.equal("nil", open("return { url = config.url, body = type(" .. word .. ") }"):send({}).body)
    end
    local _, why = open "require 'shared.x'":send {}
    assert.truthy(why:find "no module")
  end)

  it("that errs, or never ends, gives a sentence with file and line", function()
    for _, body in ipairs { "error 'no'", "return nil + 1", "while true do end" } do
      local request, why = open(body):send {}
      assert.is_nil(request)
      assert.truthy(why:find "^plugins/demo/plugin.lua:%d+: ", why)
    end
  end)

  it("must return what it promised", function()
    for body, part in pairs { ["return 1"] = "must return a request", ["return {}"] = "url",
        ["return { url = config.url, body = {} }"] = "body", ["return { url = config.url, headers = { a = {} } }"] = "headers" } do
      local request, why = open(body):send {}
      assert.is_nil(request)
      assert.truthy(why:find(part, 1, true), why)
    end
    local result, why = open(nil, nil, "return 'accepted'"):result({ status = 200 }, {})
    assert.is_nil(result)
    assert.truthy(why:find "must return a table", why)
  end)

  it("reads JSON that is none without falling", function()
    local plugin = open "local v, why = aw.json.decode(message.text) return { url = config.url, body = tostring(v) .. tostring(why ~= nil) }"
    for _, text in ipairs { "", "{", ("["):rep(5000), '{"a":1}x', "\255" } do assert.equal("niltrue", plugin:send({ text = text }).body) end
  end)
end)
