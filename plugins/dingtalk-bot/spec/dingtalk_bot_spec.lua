-- A DingTalk group bot: its signature against a known one, and a bot on loopback that blocks who is too fast.
local Plugin = require "functional.support.plugin"
local Peer = require "functional.support.peer"
local json = require "dkjson"

describe("dingtalk-bot", function()
  local b = Plugin.bench("plugins/dingtalk-bot", { token = { secret = "t0k" }, secret = { secret = "this is secret" } })
  after_each(function() b:close() end)

  it("signs as DingTalk's own example code does", function()
    assert.equal("sSFWELbV2YwjdDQhWZwTcWlX5BWUx5J6TPpsZmuPii0%3D", b:open():call("sign", 1700000000000))
    local request = assert(b.c:send { text = "请回电", now = 1700000000000 })
    assert.equal("https://oapi.dingtalk.com/robot/send?access_token=t0k&timestamp=1700000000000"
      .. "&sign=sSFWELbV2YwjdDQhWZwTcWlX5BWUx5J6TPpsZmuPii0%3D", request.url)
    assert.truthy(request.shown.url:find("access_token=***&", 1, true))
    assert.same({ msgtype = "text", text = { content = "请回电" }, at = { atMobiles = { "13800001111" } } }, json.decode(request.body))
  end)

  for code, kind in pairs { [0] = "accepted", [-1] = "retry", [130101] = "retry", [310000] = "config", [300001] = "config",
    [40035] = "permanent", [99999] = "ambiguous" } do
    it("understands errcode " .. code, function()
      assert.truthy(b:open():result({ body = ('{"errcode":%d,"errmsg":"m"}'):format(code) })[kind])
    end)
  end

  it("is in doubt about what it can't read", function()
    for _, body in ipairs { "", "<html>", "{}" } do
      assert.same({ ambiguous = "HTTP 200" }, b:open():result { body = body })
    end
  end)

  it("waits ten minutes when it was too fast", function()
    local taken = 0
    local peer = b:serve(function(request)
      local fields = Peer.fields(request.path:match "%?(.*)")
      if fields.access_token ~= "t0k" or #(fields.sign or "") ~= 44 then return 200, '{"errcode":310000,"errmsg":"sign not match"}' end
      taken = taken + 1
      return 200, taken == 1 and '{"errcode":0,"errmsg":"ok"}' or '{"errcode":130101,"errmsg":"send too fast"}'
    end)
    b:open { url = peer.url .. "/" }
    assert.equal("accepted", b:deliver().result)
    local second = b:deliver({ key = "m2-0", now = 1772431200000 })
    assert.same({ "retry", 1772431800000 }, { second.result, second.until_ms })
    b:open { url = peer.url .. "/", token = "x" }
    assert.equal("config", b:deliver().result)
  end)
end)
