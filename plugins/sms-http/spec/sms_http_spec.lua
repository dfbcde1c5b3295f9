-- The SMS gateway plugin: requests as gateways want them, answers as the engine understands them.
local channel = require "afterward.channel"

local MESSAGE = { key = "m1-0", to = "13800001111", text = "【骨动新生】您好 a&b", body = "您好 a&b", program = "骨动新生",
                  class = "questionnaire", now = 1772431200000 }
local function open(more)
  local config = { url = "https://sms.example.org/send", fields = { mobile = "{to}", content = "{text}", uid = "{key}" } }
  for key, value in pairs(more or {}) do config[key] = value end
  return assert(channel.open("plugins/sms-http", config))
end

describe("sms-http sends", function()
  it("JSON with the message's words and a secret beside text", function()
    local request = assert(open { headers = { Authorization = { "Bearer ", { secret = "t0p" } } } }:send(MESSAGE))
    assert.equal('{"content":"【骨动新生】您好 a&b","mobile":"13800001111","uid":"m1-0"}', request.body)
    assert.equal("Bearer t0p", request.headers.Authorization)
  end)

  it("a form, or a query, with every byte in its place", function()
    local form = assert(open { format = "form", fields = { c = "{body}", k = { secret = "p&w" } } }:send(MESSAGE))
    assert.equal("c=%E6%82%A8%E5%A5%BD%20a%26b&k=p%26w", form.body)
    local query = assert(open { format = "query", method = "GET", url = "https://g/send?v=2", fields = { c = "{body}" } }:send(MESSAGE))
    assert.equal("https://g/send?v=2&c=%E6%82%A8%E5%A5%BD%20a%26b", query.url)
  end)

  it("characters as the gateway writes them", function()
    local form = assert(open { format = "form", charset = "GB18030", fields = { c = "{body}", k = { secret = "p&w" } } }:send(MESSAGE))
    assert.equal("c=%C4%FA%BA%C3%20a%26b&k=p%26w", form.body)
    assert.equal("application/x-www-form-urlencoded; charset=gb18030", form.headers["Content-Type"])
    local query = assert(open { format = "query", charset = "GB18030", url = "https://g/send?to={program}", fields = { c = "{body}" } }:send(MESSAGE))
    assert.equal("https://g/send?to=%B9%C7%B6%AF%D0%C2%C9%FA&c=%C4%FA%BA%C3%20a%26b", query.url)
  end)

  it("a number and its variables to a gateway that knows texts by number, and nothing else", function()
    local plugin = open { fields = { tpl = "{template}", vars = "{params}", to = "{to}" } }
    local message = { approved = { id = "T7", params = { name = "王先生" } } }
    for key, value in pairs(MESSAGE) do message[key] = value end
    assert.equal('{"to":"13800001111","tpl":"T7","vars":"{\\"name\\":\\"王先生\\"}"}', assert(plugin:send(message)).body)
    local none, why = plugin:send(MESSAGE)
    assert.same({ nil, "this gateway knows texts by number: say approved in the department's template or form" }, { none, why })
    local can = plugin:can()
    assert.same({ "names", true, false }, { can.approved, can.approved_only, can.merges })
    assert.equal("order", open { fields = { tpl = "{template}" }, params = "order" }:can().approved)
  end)

  it("nothing when a placeholder is unknown, and says which there are", function()
    local request, why = open { fields = { x = "{phone}" } }:send(MESSAGE)
    assert.is_nil(request)
    assert.truthy(why:find("there is no {phone}", 1, true), why)
  end)

  it("says what the gateway can do", function()
    local can = open { keyed = "24h", max_length = 500 }:can()
    for key, value in pairs { name = "sms-http", address = "phone", keyed = 86400000, max_length = 500, merges = true, links = true,
      receipts = false, queryable = false, inbound = false, approved = "", approved_only = false, reads = false } do
      assert.equal(value, can[key], key)
    end
    assert.equal(0, open():can().keyed)
    assert.is_true(open { callback = { token = "t" } }:can().receipts)
  end)
end)

describe("sms-http understands", function()
  local plugin = open { code = "code", ok = { "0" }, id = "data.1.id", codes = { retry = { "-1" }, delayed = { "DAY" },
    permanent = { "BAD" }, config = { 40 } }, delay = "2h", statuses = { ["500"] = "retry" } }
  for what, case in pairs {
    ["an accepted message and its number"] = { 200, '{"code":0,"data":[{"id":"g7"}]}', { accepted = "g7" } },
    ["accepted with something that is no number: ours is the number"] = { 200, '{"code":0,"data":[{"id":{}}]}', { accepted = "m1-0" } },
    ["accepted without a number: ours is the number"] = { 200, '{"code":"0"}', { accepted = "m1-0" } },
    ["a code to try again"] = { 200, '{"code":-1}', { retry = 1.0, detail = "code -1" } },
    ["a limit of the day"] = { 200, '{"code":"DAY"}', { delayed = 7200.0, detail = "code DAY" } },
    ["a bad number"] = { 200, '{"code":"BAD"}', { permanent = "code BAD" } },
    ["an empty account"] = { 200, '{"code":40}', { config = "code 40" } },
    ["a code that nobody listed"] = { 200, '{"code":"?"}', { ambiguous = "code ? is not among the configured codes" } },
    ["too many requests"] = { 429, "", { retry = 17, detail = "HTTP 429" }, { ["retry-after"] = "17" } },
    ["wrong credentials"] = { 401, "", { config = "HTTP 401: check url and credentials" } },
    ["a refused request"] = { 400, "", { permanent = "HTTP 400" } },
    ["a status with a word of its own"] = { 500, "", { retry = 1.0, detail = "HTTP 500" } },
    ["a server that fell: it may have sent"] = { 502, "", { ambiguous = "HTTP 502" } },
  } do
    it(what, function()
      local result = assert(plugin:result({ status = case[1], body = case[2], headers = case[4] or {}, now = 0 }, MESSAGE))
      assert.same(case[3], result)
    end)
  end

  it("bad JSON after 200 as a doubt, not as a failure", function()
    for _, body in ipairs { "", "OK", "<html>", '{"code":', "[]x" } do
      local result = assert(plugin:result({ status = 200, body = body, headers = {}, now = 0 }, MESSAGE))
      assert.truthy(result.ambiguous, body)
    end
  end)

  it("any 2xx as accepted when nothing is said about answers", function()
    assert.same({ accepted = "m1-0" }, open():result({ status = 202, body = "0: Accepted", headers = {}, now = 0 }, MESSAGE))
  end)
end)

describe("receipts of sms-http", function()
  local words = { id = "msgid", state = "status", delivered = { "DELIVRD", 1 }, failed = { "UNDELIV" } }
  local function with(more)
    local callback = {}
    for _, map in ipairs { words, more } do for key, value in pairs(map) do callback[key] = value end end
    return open { callback = callback }
  end
  local function take(plugin, request)
    request.headers = request.headers or {}
    request.query = request.query or ""
    request.now = request.now or 0
    local items, reply = plugin:receipt(request)
    return { receipts = assert(items, reply), reply = reply }
  end

  it("come as a form, an object or a list, with a token", function()
    local plugin = with { token = { secret = "t k" } }
    for _, body in ipairs { "msgid=g7&status=DELIVRD", '{"msgid":"g7","status":"DELIVRD"}' } do
      local got = take(plugin, { query = "token=t%20k", body = body })
      assert.same({ { id = "g7", state = "delivered", detail = "DELIVRD" } }, got.receipts)
      assert.equal(200, got.reply.status)
    end
    local list = with { token = "t", token_in = "header:X-Token", list = "", reply = { status = 200, body = '{"code":0}' } }
    local got = take(list, { headers = { ["x-token"] = "t" }, body =
      '[{"msgid":1,"status":"UNDELIV"},{"msgid":2,"status":1},{"msgid":3,"status":"QUEUED"},{"status":"DELIVRD"},7]' })
    assert.same({ { id = "1", state = "failed", detail = "UNDELIV" }, { id = "2", state = "delivered", detail = "1" } }, got.receipts)
    assert.equal('{"code":0}', got.reply.body)
  end)

  it("are refused when forged: wrong token, no token, none configured", function()
    local body = "msgid=g7&status=DELIVRD"
    for _, case in ipairs {
      { with { token = "t" }, "token=x" }, { with { token = "t" }, "" }, { with { token = "t" }, "token=" },
      { with { token = "t", token_in = "header:x-token" }, "token=t" }, { with {}, "token=t" },
    } do
      local got = take(case[1], { query = case[2], body = body })
      assert.same({ {}, 403 }, { got.receipts, got.reply.status })
    end
  end)

  it("are proved by a signature over time and body, for five minutes", function()
    local plugin = with { signature = { key = { secret = "key" }, header = "X-Signature", timestamp = "X-Timestamp" } }
    local good = "353da8c63676c0805be3814f2ed3b3dc746a642778d333f59fc50fb0f4396cde"
    local function status(sign, now)
      return take(plugin, { body = "msgid=g7&status=DELIVRD", now = now,
        headers = { ["x-signature"] = sign, ["x-timestamp"] = "1700000000" } }).reply.status
    end
    assert.equal(200, status(good, 1700000000000))
    assert.equal(403, status(good, 1700000301000))
    assert.equal(403, status(good:gsub("^.", "x"), 1700000000000))
  end)

  it("never fall over what is no receipt", function()
    local plugin = with { token = "t", list = "a.b" }
    for _, body in ipairs { "", "{", "[]", "null", '{"a":1}', '{"a":{"b":{}}}', "%%%", ("["):rep(3000) } do
      local got = take(plugin, { query = "token=t", body = body })
      assert.same({}, got.receipts)
    end
  end)
end)
