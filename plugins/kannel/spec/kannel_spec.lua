-- Requests and answers of Kannel's smsbox, as Kannel 1.4.5 gives them.
local Plugin = require "functional.support.plugin"

local SIGN = "efb789d22a0c1b2d1d52cf0f59caef2bd926e12a41b78060961a6998892a5bff" -- HMAC-SHA256 of m1-0, by openssl dgst
local function query(url)
  local out = {}
  for name, value in url:match "%?(.*)$":gmatch "([^&=]+)=([^&]*)" do
    out[name] = value:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end)
  end
  return out
end

describe("kannel", function()
  local b = Plugin.bench("plugins/kannel", { url = "http://127.0.0.1:13013/cgi-bin/sendsms", user = "ward", password = { secret = "p&w" },
    from = "1069", token = { secret = "t0k" }, receipts = "http://127.0.0.1:8080/channels/sms/receipt" })
  before_each(function() b:open() end)
  after_each(function() b:close() end)

  it("asks for UCS-2 and a signed receipt, and the password is not shown", function()
    local request = assert(b.c:send { key = "m1-0", text = "【骨动新生】您好 a&b" })
    local fields = query(request.url)
    assert.same({ "GET", "ward", "p&w", "1069", "13800001111", "【骨动新生】您好 a&b", "UTF-8", "2", "19" }, { request.method,
      fields.username, fields.password, fields.from, fields.to, fields.text, fields.charset, fields.coding, fields["dlr-mask"] })
    assert.equal("m1-0", fields.binfo)
    assert.equal("http://127.0.0.1:8080/channels/sms/receipt?key=m1-0&sign=" .. SIGN .. "&type=%d&answer=%A", fields["dlr-url"])
    assert.truthy(request.shown.url:find("password=***", 1, true) and not request.shown.url:find("p%26w", 1, true))
  end)

  it("asks for GSM-7 where the text has no more, and for no receipt where none can come", function()
    local fields = query(b:open { receipts = "http://h/r", smsc = "b" }:send { text = "Reply 1 (yes) or 2 (no)" }.url)
    assert.same({ "0", "b" }, { fields.coding, fields.smsc })
    assert.equal("2", query(b.c:send { text = "a[b]" }.url).coding)
  end)

  for what, case in pairs {
    ["accepted"] = { 202, "0: Accepted for delivery", { accepted = "m1-0" } },
    ["accepted while the SMSC is away"] = { 202, "3: Queued for later delivery", { accepted = "m1-0" } },
    ["a wrong password"] = { 403, "Authorization failed for sendsms",
      { config = "Authorization failed for sendsms: check user, password and from" } },
    ["no way there"] = { 403, "Not routable. Do not try again.", { permanent = "Not routable. Do not try again." } },
    ["a bad number"] = { 400, "Missing receiver and/or message content, rejected",
      { permanent = "Missing receiver and/or message content, rejected" } },
    ["trouble that passes"] = { 503, "Temporal failure, try again later.", { retry = 30, detail = "Temporal failure, try again later." } },
    ["a proxy's 429"] = { 429, "", { retry = 30, detail = "HTTP 429" } },
    ["a wrong path"] = { 404, "", { config = "HTTP 404: url must end in /cgi-bin/sendsms" } },
    ["a fall"] = { 500, "x", { ambiguous = "HTTP 500 x" } },
  } do
    it("understands " .. what, function()
      assert.same(case[3], b.c:result({ status = case[1], body = case[2] .. "\n" }, { key = "m1-0" }))
    end)
  end

  it("takes receipts that it signed itself, and no others", function()
    local function take(text)
      local items, reply = b.c:receipt { method = "GET", query = text }
      return items, reply.status or 200
    end
    local good = "key=m1-0&sign=" .. SIGN
    assert.same({ { id = "m1-0", state = "delivered", detail = "" } }, (take(good .. "&type=1&answer=")))
    assert.same({ { id = "m1-0", state = "failed", detail = "NACK/0x0000000b/Invalid Destination Address" } },
      (take(good .. "&type=16&answer=NACK%2F0x0000000b%2FInvalid+Destination+Address")))
    assert.equal("failed", take(good .. "&type=2")[1].state)
    assert.equal("failed", take(good .. "&type=34")[1].state)
    for _, passed in ipairs { "4", "8", "x", "", "1.5" } do assert.same({ {}, 200 }, { take(good .. "&type=" .. passed) }) end
    for _, forged in ipairs { "key=m2-0&sign=" .. SIGN .. "&type=1", "key=m1-0&type=1", "key=m1-0&sign=&type=1", "type=1", "", "%%%" } do
      assert.same({ {}, 403 }, { take(forged) })
    end
  end)

  it("knows that a long text's receipt is its first part's", function()
    for text, long in pairs { [("长"):rep(70)] = false, [("长"):rep(71)] = true, [("长"):rep(68) .. "😀"] = false,
        [("长"):rep(69) .. "😀"] = true, [("a"):rep(160)] = false, [("a"):rep(161)] = true } do
      assert.equal(long, query(b.c:send { key = "m1-0", text = text }.url)["dlr-url"]:find("&long=1&type=", 1, true) ~= nil, text)
    end
    local function said(type) return b.c:receipt { query = "key=m1-0&sign=" .. SIGN .. "&long=1&type=" .. type } end
    assert.same({ { id = "m1-0", state = "partly", detail = "the first of several parts" } }, (said "1"))
    assert.equal("failed", said "16"[1].state)
  end)

  it("takes what people write, with its token", function()
    local items, reply = b.c:inbound { method = "GET", query = "token=t0k&id=u-1&from=13800001111&at=1700000000&text=%E9%80%80%E8%AE%A2" }
    assert.same({ { id = "u-1", from = "13800001111", text = "退订", at = 1700000000000 } }, items)
    assert.equal(200, reply.status)
    items, reply = b.c:inbound { query = "token=x&id=u-1&from=13800001111&text=a" }
    assert.same({ {}, 403 }, { items, reply.status })
  end)
end)
