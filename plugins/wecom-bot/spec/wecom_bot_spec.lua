-- A WeCom group bot, and one on loopback that takes two messages a minute.
local Plugin = require "functional.support.plugin"
local json = require "dkjson"

describe("wecom-bot", function()
  local b = Plugin.bench("plugins/wecom-bot", { key = { secret = "k&y" } })
  after_each(function() b:close() end)

  it("sends the text and mentions the number, unless told not to", function()
    local request = assert(b:open():send { text = "请回电" })
    assert.equal("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=k%26y", request.url)
    assert.equal("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=***", request.shown.url)
    assert.same({ msgtype = "text", text = { content = "请回电", mentioned_mobile_list = { "13800001111" } } }, json.decode(request.body))
    assert.is_nil(json.decode(b:open { mention = false }:send { text = "x" }.body).text.mentioned_mobile_list)
  end)

  for code, case in pairs { [0] = { accepted = "m1-0" }, [-1] = { retry = 10, detail = "errcode -1" },
    [45009] = { retry = 60, detail = "errcode 45009" }, [93000] = { config = "errcode 93000: check key" },
    [40058] = { permanent = "errcode 40058" }, [99999] = { ambiguous = "errcode 99999" } } do
    it("understands errcode " .. code, function()
      assert.same(case, b:open():result { body = ('{"errcode":%d,"errmsg":"m"}'):format(code) })
    end)
  end

  it("is in doubt about what it can't read", function()
    for _, body in ipairs { "", "<html>", "{}", '{"errcode":"x"}' } do
      assert.same({ ambiguous = "HTTP 200" }, b:open():result { body = body })
    end
  end)

  it("comes back later when the bot has enough", function()
    local taken = 0
    local peer = b:serve(function(request)
      if request.path ~= "/?key=k%26y" then return 200, '{"errcode":93000,"errmsg":"invalid webhook url"}' end
      taken = taken + 1
      return 200, taken <= 2 and '{"errcode":0,"errmsg":"ok"}' or '{"errcode":45009,"errmsg":"api freq out of limit"}'
    end)
    b:open { url = peer.url .. "/" }
    local said = {}
    for i = 1, 3 do said[i] = b:deliver { key = "m" .. i .. "-0" }.result end
    assert.same({ "accepted", "accepted", "retry" }, said)
    b:open { url = peer.url .. "/", key = "x" }
    assert.equal("config", b:deliver().result)
  end)
end)
