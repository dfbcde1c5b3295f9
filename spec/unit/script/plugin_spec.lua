-- A channel in Lua: what it may do, what it may not read, and what is said when it is wrong.
local channel = require "afterward.channel"

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
  return assert(channel.load(source(send, result), config or { url = "https://g", token = "s3cret" }))
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
        local plugin, why = channel.load(source(), case[1])
        assert.is_nil(plugin)
        assert.equal(case[2], why)
      end)
    end
  end)

  it("that is no plugin is refused", function()
    for _, text in ipairs { "return 1", "return {}", "return { name = 'x', send = 1 }", "x = = 1", "error 'no'" } do
      local plugin, why = channel.load(text, {})
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
    assert.same({ Authorization = "Bearer s3cret", Seen = "secret,secret,secret,secret,secret" }, request.headers)
    assert.same({ url = "https://g", body = '{"to":"13800001111","token":"***"}',
      headers = { Authorization = "Bearer ***", Seen = request.headers.Seen } }, request.shown)
  end)

  it("has the digests that gateways ask for", function()
    local plugin = open [[
      return { url = config.url, body = aw.json.encode {
        aw.hex(aw.md5 "abc"), aw.hex(aw.sha1 "abc"), aw.hex(aw.hmac_sha256("key", "The quick brown fox jumps over the lazy dog")),
        aw.base64 "hello?", aw.urlencode "a b&你" } } ]]
    assert.is_nil(plugin:send({}).shown)
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

  it("has AES in CBC as published: FIPS 197's key of NIST SP 800-38A, padded and not", function()
    local plugin = open [[
      local key, iv = aw.unhex "2b7e151628aed2a6abf7158809cf4f3c", aw.unhex "000102030405060708090a0b0c0d0e0f"
      local text = aw.unhex "6bc1bee22e409f96e93d7e117393172a"
      local once = aw.aes_cbc_encrypt(key, iv, text, false)
      local padded = aw.aes_cbc_encrypt(key, iv, "您好")
      return { url = config.url, body = aw.json.encode { aw.hex(once), aw.hex(aw.aes_cbc_decrypt(key, iv, once, false)),
        aw.aes_cbc_decrypt(key, iv, padded), tostring(aw.aes_cbc_decrypt(key, iv, "short")), #padded,
        aw.unbase64 "aGVsbG8/", tostring(aw.unbase64 "a?"), tostring(aw.unhex "0g"), aw.hex(aw.gb18030 "您好") } } ]]
    assert.equal('["7649abac8119b246cee98e9b12e9197d","6bc1bee22e409f96e93d7e117393172a","您好","nil",16,"hello?","nil","nil",'
      .. '"c4fabac3"]', plugin:send({}).body)
  end)

  it("reads the clock of its message, in UTC and as the provider's place has it", function()
    local plugin = open [[ local t = aw.date(1698315752000, 480)
      return { url = config.url, body = ("%d-%d-%d %d:%d:%d %d"):format(t.year, t.month, t.day, t.hour, t.minute, t.second, t.weekday) } ]]
    assert.equal("2023-10-26 18:22:32 4", plugin:send({}).body)
  end)

  it("reads times as hospitals write them, and writes them", function()
    local plugin = open [[ local out = {}
      for i, text in ipairs { "2026-03-02T15:00:00.250+08:00", "2026-03-02T07:00:00Z", "2026-03-02 15:00", "2026-03-02", "2026-03-01T23:30:00-0730",
        "Mon, 02 Mar 2026 07:00:00 GMT", "2026-02-30", "2026-03-02T25:00:00Z", "2026-03-02T07:00:00 CST", "soon", "Mon, 02 Foo 2026 07:00:00 GMT" } do
        out[i] = tostring(aw.instant(text, 480))
      end
      out[#out + 1] = aw.iso(1772434800250) .. " " .. aw.iso(1772434800000, 480) .. " " .. aw.iso(1772434800000, -210)
      return { url = config.url, body = table.concat(out, "\n") } ]]
    assert.equal([[1772434800250
1772434800000
1772434800000
1772380800000
1772434800000
1772434800000
nil
nil
nil
nil
nil
2026-03-02T07:00:00.250Z 2026-03-02T15:00:00+08:00 2026-03-02T03:30:00-03:30]], plugin:send({}).body)
  end)

  it("hides what it was told, too", function()
    local plugin = open "local t = aw.secret 'from-the-provider' return { url = config.url .. '?t=' .. aw.urlencode(t), body = tostring(t) }"
    local request = assert(plugin:send {})
    assert.same({ "https://g?t=from-the-provider", "https://g?t=***", "secret" }, { request.url, request.shown.url, request.body })
  end)

  it("joins a secret to text wherever the stack ends: none is lost", function()
    local plugin = open [[
      local function deep(n)
        if n == 0 then return "?a=" .. "b" .. "&t=" .. config.token .. "&z=" .. "9" end
        local out = deep(n - 1)
        return out
      end
      return { url = config.url .. deep(#message.text), body = ("x"):rep(#message.text * 100) } ]]
    for n = 0, 400 do
      local request = assert(plugin:send { text = ("x"):rep(n) })
      assert.truthy(request.url:find "^https://g%?a=b&t=.+&z=9$", n .. ": " .. request.url)
    end
  end)

  it("reads XML, with the five entities and CDATA, and no other", function()
    local plugin = open [[
      local root, why = aw.xml.parse(message.text)
      return { url = config.url, body = root and aw.json.encode(root) or "no: " .. why } ]]
    assert.equal('{"attr":{"b":"2","z":"1"},"children":[{"attr":{},"children":{},"name":"b","text":"a<b & 您"}],"name":"a","text":" x"}',
      plugin:send({ text = "<a z='1' b='2'> x<b>a&lt;b <![CDATA[& 您]]></b></a>" }).body)
    for what, text in pairs {
      ["a document type"] = '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', ["a file"] = '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
      ["laughs"] = '<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><l>&b;</l>', ["an unknown entity"] = "<a>&copy;</a>",
      ["too deep"] = ("<a>"):rep(30) .. ("</a>"):rep(30), ["too many"] = "<a>" .. ("<b/>"):rep(5000) .. "</a>",
      ["too many attributes"] = "<a" .. (" n%d='1'"):rep(65):gsub("%%d", (function(n) return function() n = n + 1 return n end end)(0)) .. "/>",
      ["no end"] = "<a><b>", ["nothing"] = "", ["two roots"] = "<a/><b/>", ["bytes"] = "<a>\255</a>",
    } do
      assert.truthy(plugin:send({ text = text }).body:find("^no: no XML: "), what)
    end
  end)

  it("may ask for another call before there is a result, and hides its secrets there too", function()
    local plugin = open(nil, nil, "return { next = { url = config.url .. '?t=' .. config.token, step = 'two', safe = true } }")
    local result = assert(plugin:result({}, {}))
    assert.same({ "https://g?t=s3cret", "https://g?t=***", "two", true },
      { result.next.url, result.next.shown.url, result.next.step, result.next.safe })
  end)

  it("takes secrets from files that nobody else can read", function()
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write "from-file\n"
    file:close()
    local settings = { url = "https://g", token = { secret_file = path } }
    os.execute("chmod 644 " .. path)
    local plugin, why = channel.load(source "return { url = config.url, body = 'x' .. config.token }", settings)
    assert.is_nil(plugin)
    assert.equal(('channel "sms": token: %s can be read by others than its owner (mode 0644): chmod 600 %s'):format(path, path), why)
    os.execute("chmod 600 " .. path)
    plugin = assert(channel.load(source "return { url = config.url, body = 'x' .. config.token }", settings))
    assert.same({ "xfrom-file", "x***" }, { plugin:send({}).body, plugin:send({}).shown.body })
    os.remove(path)
    plugin, why = channel.load(source(), settings)
    assert.is_nil(plugin)
    assert.equal(('channel "sms": token: %s can\'t be read: No such file or directory'):format(path), why)
  end)

  it("reads JSON that is none without falling", function()
    local plugin = open "local v, why = aw.json.decode(message.text) return { url = config.url, body = tostring(v) .. tostring(why ~= nil) }"
    for _, text in ipairs { "", "{", ("["):rep(5000), '{"a":1}x', "\255" } do assert.equal("niltrue", plugin:send({ text = text }).body) end
  end)
end)
