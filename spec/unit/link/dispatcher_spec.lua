-- The dispatcher against a gateway on loopback that misbehaves in every way a gateway can.
local link = require "afterward.unit.link"
local unit = require "afterward.unit.script"
local channel = require "afterward.channel"

local function answer(status, body, head)
  return ("HTTP/1.1 %s\r\nContent-Length: %d\r\nConnection: close\r\n%s\r\n%s"):format(status, #body, head or "", body)
end
local ACCEPTED = answer("200 OK", '{"code":0,"id":"g1"}')

-- The dispatcher speaks encoded values; the plugin is the real one, in its sandbox.
local function port(plugin)
  local function over(call)
    return function(...)
      local decoded = {}
      for i, bytes in ipairs { ... } do decoded[i] = unit.decode(bytes) end
      local out, why = call(table.unpack(decoded))
      if not out then return nil, why end
      return (unit.encode(out))
    end
  end
  local out, can = {}, plugin:can()
  for name, has in pairs { send = true, result = true, receipt = can.receipts, inbound = can.inbound, query = can.queryable,
      queried = can.queryable } do
    if has then out[name] = over(function(...) return plugin.inner[name](plugin.inner, ...) end) end
  end
  return out
end

describe("the dispatcher", function()
  local gateway, desk, requests, reply
  local function open(more, parallel, timeout, longest)
    local config = { url = ("http://127.0.0.1:%d/send"):format(gateway:port()), code = "code", ok = { "0" }, id = "id",
      fields = { mobile = "{to}", content = "{text}", uid = "{key}" },
      callback = { token = "t", id = "id", state = "state", delivered = { "ok" }, failed = { "no" } } }
    for key, value in pairs(more or {}) do config[key] = value end
    desk = link.dispatcher(port(assert(channel.open("plugins/sms-http", config))), parallel, timeout, longest)
  end
  local function wait(count)
    local results = desk:list "results"
    local deadline = os.time() + 10
    while #results < count do
      assert(os.time() <= deadline, "no result")
      desk:step(2)
      gateway:poll(function(request)
        requests[#requests + 1] = request
        return reply
      end)
    end
    return results
  end
  before_each(function() gateway, requests, reply = link.gateway(), {}, ACCEPTED end)
  after_each(function() if desk then desk:close() end desk = nil gateway:close() end)

  it("sends a message and brings back the gateway's number", function()
    open()
    desk:start(7, "sms")
    local result = wait(1)[1]
    assert.same({ 7, "accepted", "g1" }, { result.attempt, result.kind, result.id })
    assert.truthy(requests[1]:find('{"content":"【骨动新生】您好","mobile":"13800001111","uid":"m7-0"}', 1, true))
  end)

  it("asks once, although the gateway takes texts by GET, when a kept connection dies under one", function()
    open { method = "GET", format = "query" }
    reply = ACCEPTED:gsub("close", "keep-alive")
    desk:start(1, "sms")
    assert.equal("accepted", wait(1)[1].kind)
    reply = ""                                                 -- closed without a word
    desk:start(2, "sms")
    assert.same({ "ambiguous", 2 }, { wait(2)[2].kind, #requests })
  end)

  for what, case in pairs {
    ["429 with Retry-After is tried then"] = { answer("429 Slow", "", "Retry-After: 17\r\n"), "retry", 18000, "busy" },
    ["500 may have been sent"] = { answer("500 Fell", "oops"), "ambiguous", 0, "gone" },
    ["bad JSON may have been sent"] = { answer("200 OK", '{"code":'), "ambiguous", 0, "gone" },
    ["half an answer may have been sent"] = { "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{", "ambiguous", 0, "gone" },
    ["a reset after the request may have been sent"] = { "reset", "ambiguous", 0, "gone" },
    ["wrong credentials are configuration"] = { answer("401 No", ""), "config", 0, "spoke" },
    ["a refused number is permanent"] = { answer("400 Bad", ""), "permanent", 0, "spoke" },
  } do
    it(what, function()
      open()
      reply = case[1]
      desk:start(1, "sms")
      local result = wait(1)[1]
      assert.same({ case[2], case[3], case[4] }, { result.kind, result.until_ms, result.provider })
    end)
  end

  it("a gateway that hangs is given up after the time-out, in doubt", function()
    open(nil, nil, 200)
    reply = nil
    desk:start(1, "sms")
    assert.equal("ambiguous", wait(1)[1].kind)
  end)

  it("a gateway that isn't there got nothing: tried again", function()
    open { url = "http://127.0.0.1:1/send" }
    desk:start(1, "sms")
    assert.same({ "retry", "gone" }, { wait(1)[1].kind, wait(1)[1].provider })
  end)

  it("a gateway that says 503 is not there, and wants nothing before the time it says", function()
    open()
    reply = answer("503 Away", "", "Retry-After: 17\r\n")
    desk:start(1, "sms")
    local result = wait(1)[1]
    assert.same({ "retry", 18000, "gone" }, { result.kind, result.until_ms, result.provider })
  end)

  it("gives back what it has not begun when it is called back", function()
    open(nil, 2)
    for i = 1, 6 do desk:start(i, "sms") end
    desk:recall "sms"
    local unasked = 0
    for _, result in ipairs(wait(6)) do
      if result.provider == "unasked" then unasked = unasked + 1 assert.equal("retry", result.kind) end
    end
    assert.same({ 4, 2 }, { unasked, #requests })
  end)

  it("keeps to so many at once, safety first, then in order", function()
    open(nil, 2)
    for i = 1, 9 do desk:start(i, "sms", nil, i == 9) end
    assert.equal(9, desk:load())
    wait(9)
    assert.truthy(gateway:peak() <= 2)
    local first = {}
    for i = 1, 3 do first[requests[i]:match '"uid":"(.-)"'] = true end
    assert.same({ ["m1-0"] = true, ["m2-0"] = true, ["m9-0"] = true }, first)
    assert.equal(0, desk:load())
  end)

  it("a plugin that errs before the request is configuration, with file and line", function()
    open { fields = { x = "{nobody}" } }
    desk:start(1, "sms")
    local result = wait(1)[1]
    assert.equal("config", result.kind)
    assert.truthy(result.detail:find "nobody", result.detail)
    assert.equal(0, #requests)
  end)

  it("what the gateway says is kept without the patient's number", function()
    open { code = "code" }
    reply = answer("200 OK", '{"code":"bad 13800001111"}')
    desk:start(1, "sms")
    assert.equal("code bad *********** is not among the configured codes", wait(1)[1].detail)
  end)

  it("a text too long for the channel goes elsewhere", function()
    open(nil, nil, nil, 5)
    desk:start(1, "sms")
    assert.same({ "permanent", "text-too-long", "unasked" }, { wait(1)[1].kind, wait(1)[1].detail, wait(1)[1].provider })
  end)

  it("ten thousand messages to the log don't pile up on the stack, and show no number", function()
    open()
    for i = 1, 10000 do desk:start(i, "log") end
    assert.equal(10000, #wait(10000))
    assert.equal("message=m1-0 channel=log to=***11", desk:list "lines"[1])
    desk:start(1, "shown")
    assert.equal("message=m1-0 channel=shown to=***11 【骨动新生】您好", desk:list "lines"[10001])
  end)

  it("when it stops, what waits comes back to be tried later, what runs may end", function()
    open(nil, 1)
    for i = 1, 3 do desk:start(i, "sms") end
    desk:stop()
    local kinds = {}
    for _, result in ipairs(wait(3)) do kinds[result.attempt] = result.kind end
    assert.same({ "accepted", "retry", "retry" }, kinds)
    desk:start(4, "sms")
    assert.equal("retry", wait(4)[4].kind)
  end)

  it("knows its channels", function()
    open()
    assert.same({ true, "phone", 60000 }, { desk:known "sms" })
    assert.same({ false, "", 0 }, { desk:known "wechat" })
    desk:start(1, "wechat")
    assert.equal("config", wait(1)[1].kind)
  end)

  it("takes receipts that prove themselves, and no others", function()
    open()
    assert.same({ 200, "ok" }, { desk:receipt("sms", "id=g1&state=ok", "token=t") })
    assert.equal(403, (desk:receipt("sms", "id=g2&state=ok", "token=x")))
    assert.equal(200, (desk:receipt("sms", "id=g3&state=later", "token=t")))
    assert.equal(404, (desk:receipt("log", "id=g1", "token=t")))
    assert.equal(404, (desk:receipt("nobody", "id=g1", "token=t")))
    assert.same({ "sms g1 delivered ok" }, desk:list "receipts")
  end)

  it("a header that comes twice proves nothing", function()
    open { callback = { token = "t", token_in = "header:X-Token", id = "id", state = "state", delivered = { "ok" } } }
    assert.equal(200, (desk:receipt("sms", "id=g1&state=ok", "", { "X-TOKEN", "t" })))
    assert.equal(403, (desk:receipt("sms", "id=g1&state=ok", "", { "X-Token", "t", "x-token", "t" })))
  end)

  -- A plugin of the spec's own.
  local function own(functions)
    local text = ([[ local aw = require "afterward.plugin"
      return { name = "own", config = { url = { type = "url", required = true } }, %s } ]]):format(functions)
    desk = link.dispatcher(port(assert(channel.load(text, { url = ("http://127.0.0.1:%d"):format(gateway:port()) }))), nil, nil, nil)
  end

  describe("whose plugin needs a token first", function()
    local TOKEN = [[ send = function(m, config) return { url = config.url .. "/token", step = "token", safe = true } end,
      result = function(r, m, config)
        if r.step == "token" then return { next = { url = config.url .. "/send?t=" .. r.body, body = m.body } } end
        return { accepted = r.body }
      end ]]

    it("asks for it, then sends, and the second answer is the result", function()
      own(TOKEN)
      reply = answer("200 OK", "t1")
      desk:start(1, "sms")
      assert.same({ "accepted", "t1" }, { wait(1)[1].kind, wait(1)[1].id })
      assert.same({ "/token", "/send?t=t1" }, { requests[1]:match "^POST (%S+)", requests[2]:match "^POST (%S+)" })
    end)

    it("is no doubt when only the token has no answer: tried again", function()
      own(TOKEN)
      reply = "reset"
      desk:start(1, "sms")
      assert.equal("retry", wait(1)[1].kind)
    end)

    it("ends, even when one call follows another for ever", function()
      own [[ send = function(m, config) return { url = config.url } end,
        result = function(r, m, config) return { next = { url = config.url } } end ]]
      desk:start(1, "sms")
      assert.equal("config", wait(1)[1].kind)
      assert.equal(6, #requests)
    end)
  end)

  describe("whose provider can be asked what became of a message", function()
    local QUERY = [[ send = function(m, config) return { url = config.url .. "/send" } end,
      result = function(r) return r.body == "ok" and { accepted = "g1" } or { ambiguous = "HTTP" } end,
      query = function(m, config) return { url = config.url .. "/query?key=" .. m.key } end,
      queried = function(r)
        if r.body == "later" then return { retry = 0.005 } end
        return r.body == "absent" and { absent = true } or r.body == "has" and { accepted = "g7" } or { ambiguous = "?" }
      end ]]
    local function answers(list)
      local real = gateway.poll
      local at = 0
      wait = function(count)
        local results, deadline = desk:list "results", os.time() + 10
        while #results < count do
          assert(os.time() <= deadline, "no result")
          desk:step(2)
          real(gateway, function(request)
            requests[#requests + 1] = request
            at = at + 1
            return list[at] and (list[at] == "reset" and "reset" or answer("200 OK", list[at])) or list.rest
          end)
        end
        return results
      end
    end
    local usual = wait
    after_each(function() wait = usual end)

    it("asks after a lost answer, and it had been accepted", function()
      own(QUERY)
      answers { "reset", "later", "has" }
      desk:start(1, "sms")
      local result = wait(1)[1]
      assert.same({ "accepted", "g7", 3 }, { result.kind, result.id, #requests })
      assert.truthy(requests[3]:find("POST /query?key=m1-0 ", 1, true))
    end)

    it("asks, and it never came: sent again later", function()
      own(QUERY)
      answers { "reset", "absent" }
      desk:start(1, "sms")
      assert.same({ "retry", "absent" }, { wait(1)[1].kind, wait(1)[1].detail })
    end)

    it("leaves it in doubt when the provider can't say either", function()
      own(QUERY)
      answers { "reset", "?", rest = answer("200 OK", "?") }
      desk:start(1, "sms")
      assert.equal("ambiguous", wait(1)[1].kind)
      assert.equal(7, #requests)
    end)

    it("after a crash only asks", function()
      own(QUERY)
      answers { "has" }
      desk:start(1, "sms", nil, false, true)
      assert.same({ "accepted", 1 }, { wait(1)[1].kind, #requests })
      assert.truthy(requests[1]:find("/query", 1, true))
    end)

    it("does not keep a safety text waiting", function()
      own(QUERY)
      answers { "reset" }
      desk:start(1, "sms", nil, true)
      assert.same({ "ambiguous", 1 }, { wait(1)[1].kind, #requests })
    end)

    it("tells nothing of what it was asking about when it stops: the next start asks", function()
      own(QUERY)
      answers { "reset", rest = answer("200 OK", "later") }
      desk:start(1, "sms")
      local ends = os.time() + 5
      while #requests < 2 and os.time() < ends do pcall(wait, 0) desk:step(1) gateway:poll(function(request)
        requests[#requests + 1] = request
        return #requests == 1 and "reset" or answer("200 OK", "later") end) end
      desk:close()
      assert.equal(0, #desk:list "results")
    end)
  end)

  it("takes what people wrote, once it proves itself, with receipts among it", function()
    own [[ send = function() end, result = function() end,
      receipt = function() return {}, {} end,
      inbound = function(r) if r.query ~= "t" then return {}, { status = 403 } end
        return { { id = "i1", from = "13800001111", text = r.body, at = 5 }, { from = "no id" }, { id = "g1", state = "delivered" } },
          { status = 200, body = "success" } end ]]
    local status, body, list = desk:receipt("sms", "退订", "t", nil, true)
    assert.same({ 200, "success" }, { status, body })
    assert.same({ { id = "i1", from = "13800001111", text = "退订", at = 5 } }, unit.decode(list))
    assert.same({ "sms g1 delivered " }, desk:list "receipts")
    assert.same({ 403, "", "" }, { desk:receipt("sms", "退订", "x", nil, true) })
  end)

  it("lists its channels, what they can do and how they do", function()
    open()
    reply = answer("401 No", "")
    desk:start(1, "sms")
    wait(1)
    local sms
    for _, item in ipairs(unit.decode(desk:listed())) do if item.name == "sms" then sms = item end end
    assert.same({ "misconfigured", "config", "HTTP 401: check url and credentials", 0, true },
      { sms.state, sms.last_result, sms.last_detail, sms.accepted, sms.receipts })
    reply = ACCEPTED
    desk:start(2, "sms")
    wait(2)
    for _, item in ipairs(unit.decode(desk:listed())) do if item.name == "sms" then sms = item end end
    assert.same({ "up", 1 }, { sms.state, sms.accepted })
  end)
end)
