-- The dispatcher against a gateway on loopback that misbehaves in every way a gateway can.
local link = require "afterward.unit.link"
local unit = require "afterward.unit.script"

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
  return { send = over(function(message) return plugin:send(message) end),
    result = over(function(response, message) return plugin:result(response, message) end),
    receipt = over(function(request) return plugin:receipt(request) end) }
end

describe("the dispatcher", function()
  local gateway, desk, requests, reply
  local function open(more, parallel, timeout, longest)
    local file = assert(io.open("plugins/sms-http/plugin.lua"))
    local config = { url = ("http://127.0.0.1:%d/send"):format(gateway:port()), code = "code", ok = { "0" }, id = "id",
      fields = { mobile = "{to}", content = "{text}", uid = "{key}" },
      callback = { token = "t", id = "id", state = "state", delivered = { "ok" }, failed = { "no" } } }
    for key, value in pairs(more or {}) do config[key] = value end
    desk = link.dispatcher(port(assert(unit.plugin(file:read "a", "sms", config))), parallel, timeout, longest)
    file:close()
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

  for what, case in pairs {
    ["429 with Retry-After is tried then"] = { answer("429 Slow", "", "Retry-After: 17\r\n"), "retry", 18000 },
    ["500 may have been sent"] = { answer("500 Fell", "oops"), "ambiguous", 0 },
    ["bad JSON may have been sent"] = { answer("200 OK", '{"code":'), "ambiguous", 0 },
    ["half an answer may have been sent"] = { "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n{", "ambiguous", 0 },
    ["a reset after the request may have been sent"] = { "reset", "ambiguous", 0 },
    ["wrong credentials are configuration"] = { answer("401 No", ""), "config", 0 },
    ["a refused number is permanent"] = { answer("400 Bad", ""), "permanent", 0 },
  } do
    it(what, function()
      open()
      reply = case[1]
      desk:start(1, "sms")
      local result = wait(1)[1]
      assert.same({ case[2], case[3] }, { result.kind, result.until_ms })
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
    assert.equal("retry", wait(1)[1].kind)
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
    assert.same({ "permanent", "text-too-long" }, { wait(1)[1].kind, wait(1)[1].detail })
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
end)
