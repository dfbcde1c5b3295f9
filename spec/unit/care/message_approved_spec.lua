-- Words of a channel's own, and texts that a provider knows by number.
local messages = require "unit.care.messages"

describe("a template", function()
  local w, plan, change, state, sent, ask
  before_each(function()
    local scene = messages()
    w, plan, change, state, sent, ask = scene.w, scene.plan, scene.change, scene.state, scene.sent, scene.ask
    w:set("channels", "sms wechat")
    change "INSERT INTO identity (id,person,kind,value) VALUES (14,1,'wechat','openid1')"
    change "DELETE FROM identity WHERE id=13"
  end)

  it("says a channel's own words there, and the usual ones elsewhere", function()
    plan { name = "worded", via = "wechat", fields = "{}" }
    plan { name = "worded", via = "sms", fields = "{}" }
    assert.equal("【骨动新生】请看（非实时值守，紧急请拨120）", sent(1).text)
    assert.equal("【骨动新生】王先生您好，请看https://f.example.org/f（非实时值守，紧急请拨120）", sent(2).text)
  end)

  it("says the next channel's words when the first one can't, and its own again when it is tried again", function()
    local id = plan { name = "worded", via = "wechat,sms", fields = "{}" }
    w:result(1, "permanent", "not-following")
    assert.truthy(sent(1).text:find "】请看（" and sent(2).text:find "您好，请看https")
    w:result(2, "retry")
    change "UPDATE patient SET language='en' WHERE id=1"            -- what was written stays
    w:at "2026-03-02 10:05"
    assert.equal(sent(2).text, sent(3).text)
    assert.equal("in_flight", state(id))
  end)

  it("goes with its provider's number and what its variables stand for, by name or in order", function()
    plan { name = "numbered", via = "sms" }
    assert.same({ '{"id":"SMS_1","params":{"name":"王先生","what":"请按时服药"}}', "【骨动新生】王先生您好，请按时服药（非实时值守，紧急请拨120）" },
      { sent(1).approved, sent(1).text })
    w:result(1, "permanent")
    plan { name = "numbered", via = "wechat" }
    assert.equal('{"id":"T1","params":["请按时服药","王先生"]}', sent(2).approved)
    plan { name = "plain", via = "wechat", fields = "{}" }
    assert.is_nil(sent(3).approved)
  end)

  it("takes the next channel's number with it", function()
    plan { name = "numbered", via = "sms,wechat" }
    w:result(1, "permanent")
    assert.equal('{"id":"T1","params":["请按时服药","王先生"]}', sent(2).approved)
    w:result(2, "retry")
    w:at "2026-03-02 10:05"
    assert.equal(sent(2).approved, sent(3).approved)
  end)

  it("speaks English where English was approved, and elsewhere the approved Chinese", function()
    change "UPDATE patient SET language='en' WHERE id=1"
    plan { name = "numbered", via = "wechat" }
    assert.same({ '{"id":"T2","params":["请按时服药","Mr 王建国"]}', true }, { sent(1).approved, sent(1).text:find "Dear Mr" ~= nil })
    plan { name = "numbered", via = "sms" }
    assert.same({ '{"id":"SMS_1","params":{"name":"王先生","what":"请按时服药"}}', true }, { sent(2).approved, sent(2).text:find "您好" ~= nil })
  end)

  it("without a word for a variable goes to nobody", function()
    local id = plan { name = "numbered", via = "sms", fields = "{}" }
    assert.same({ "suppressed template", 0 }, { state(id), sent() })
  end)

  it("goes again after a crash with the same variables", function()
    local id = plan { name = "numbered", via = "sms" }
    w:recover()
    w:inbox("message.resolve", "r1", ('{"message":%d,"decision":"resend","by":"li"}'):format(id))
    assert.same({ 2, sent(1).approved }, { sent(), sent(2).approved })
  end)

  it("that has a number goes in a text of its own", function()
    w:set("merge_most", 500)
    w:at "2026-03-02 22:00"
    plan { name = "numbered", via = "sms" }
    plan { name = "plain", via = "sms", fields = "{}" }
    plan { name = "hello", via = "sms" }
    w:at "2026-03-03 08:00"
    w:at "2026-03-03 08:01"
    local texts = {}
    for i = 1, sent() do texts[i] = (sent(i).approved and "numbered " or "") .. (sent(i).text:find "2件事" and "two" or "one") end
    table.sort(texts)
    assert.same({ "numbered one", "two" }, texts)
  end)

  it("does so for a question too, and for its reminder, by another number where there is one", function()
    ask { name = "dressing", via = "sms" }
    assert.same({ '{"id":"SMS_Q","params":{"c":"ABCD23","what":"换药","who":"王先生"}}', true },
      { sent(1).approved, sent(1).text:find("请您填写“换药”", 1, true) ~= nil })
    ask { name = "dressing", via = "sms", kind = "remind" }
    assert.equal('{"id":"SMS_R","params":{"what":"换药"}}', sent(2).approved)
    ask { name = "dressing", via = "wechat", kind = "remind" }
    assert.equal('{"id":"TQ","params":{"thing1":"换药"}}', sent(3).approved)       -- the question's, as no other is named
    ask { via = "sms" }
    assert.is_nil(sent(4).approved)
  end)

  it("asks in English where the question's English number is known", function()
    change "UPDATE patient SET language='en' WHERE id=1"
    ask { name = "dressing", via = "wechat" }
    assert.same({ '{"id":"TE","params":{"thing1":"Dressing"}}', true }, { sent(1).approved, sent(1).text:find "asks you to fill in" ~= nil })
    ask { name = "dressing", via = "sms" }
    assert.same({ true, true }, { sent(2).approved:find "换药" ~= nil, sent(2).text:find "请您填写" ~= nil })
  end)
end)
