-- A hospital's own app: signatures against the published example of Standard Webhooks, and an app on loopback that checks them.
local Plugin = require "functional.support.plugin"
local json = require "dkjson"

local SECRET, NOW = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", 1614265330000

describe("webhook", function()
  local b = Plugin.bench("plugins/webhook", { url = "https://app.example.org/hook", secret = { secret = SECRET } })
  after_each(function() b:close() end)

  it("signs as the published example is signed", function()
    assert.equal("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
      b:open():call("sign", "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", '{"test": 2432232314}'))
  end)

  it("tells the app whom, what, and by which number", function()
    local request = assert(b:open():send { text = "【骨动新生】您好", now = NOW })
    assert.same({ type = "message", id = "m1-0", to = "13800001111", text = "【骨动新生】您好", body = "您好", program = "骨动新生",
      class = "general", safety = false }, json.decode(request.body))
    assert.same({ "m1-0", "1614265330" }, { request.headers["webhook-id"], request.headers["webhook-timestamp"] })
    assert.same({ false, true }, { b:open():can().reads, b:open { reads = true }:can().reads })
    assert.same({ 0, 86400000 }, { b.c:can().keyed, b:open { keyed = "24h" }:can().keyed })
  end)

  for status, kind in pairs { [200] = "accepted", [202] = "accepted", [429] = "retry", [503] = "retry", [401] = "config", [410] = "config",
    [422] = "permanent", [500] = "ambiguous", [302] = "ambiguous" } do
    it("understands " .. status, function() assert.truthy(b:open():result({ status = status })[kind]) end)
  end

  it("takes what is signed, for five minutes, and nothing else", function()
    b:open()
    local body = '{"id":"a7","state":"delivered"}'
    local good = { ["webhook-id"] = "w1", ["webhook-timestamp"] = "1614265330",
      ["webhook-signature"] = "v1,AAAA " .. b.c:call("sign", "w1", "1614265330", body) }
    local function take(headers, now, text)
      local items, reply = b.c:receipt { headers = headers, body = text or body, now = now or NOW }
      return items, reply.status
    end
    assert.same({ { id = "a7", state = "delivered" } }, (take(good)))
    assert.equal(200, select(2, take(good, NOW + 299000)))
    assert.same({ {}, 403 }, { take(good, NOW + 301000) })
    assert.same({ {}, 403 }, { take(good, NOW - 301000) })
    assert.same({ {}, 403 }, { take(good, NOW, body .. " ") })
    for name in pairs(good) do
      local less = {}
      for other, value in pairs(good) do if other ~= name then less[other] = value end end
      assert.same({ {}, 403 }, { take(less) })
    end
  end)

  it("sends to an app that checks, drops what it has, and answers with its number", function()
    local seen, cut = {}, true
    local peer = b:serve(function(request)
      local h = request.headers
      if h["webhook-signature"] ~= b.c:call("sign", h["webhook-id"], h["webhook-timestamp"], request.body) then return 401, "" end
      local id = h["webhook-id"]
      seen[id] = (seen[id] or 0) + 1
      if cut then
        cut = false
        return "reset"
      end
      return 200, json.encode { id = "app-" .. id }
    end)
    b:open { url = peer.url .. "/hook" }
    assert.equal("ambiguous", b:deliver().result)
    local again = b:deliver()
    assert.same({ "accepted", "app-m1-0", 2 }, { again.result, again.id, seen["m1-0"] })
  end)
end)
