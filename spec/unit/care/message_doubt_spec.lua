-- Messages of which nobody knows whether they left, and those that a person stops.
local messages = require "unit.care.messages"

describe("a message", function()
  local w, plan, change, state, sent
  before_each(function()
    local scene = messages()
    w, plan, change, state, sent = scene.w, scene.plan, scene.change, scene.state, scene.sent
  end)

  describe("in doubt", function()
    it("waits for a person, who sends it again with a new key, or takes it as sent", function()
      local id, other = plan {}, plan { patient = 9 }
      w:result(1, "ambiguous", "no-answer") w:result(2, "ambiguous", "no-answer")
      assert.equal("in_doubt in-doubt", state(id))
      assert.equal(2, sent())
      assert.truthy(w:inbox("message.resolve", "r1", ('{"message":%d,"decision":"maybe","by":"li"}'):format(id)):find "resend")
      w:inbox("message.resolve", "r2", ('{"message":%d,"decision":"resend","by":"li"}'):format(id))
      assert.same({ "in_flight", 3 }, { state(id), sent() })
      assert.truthy(sent(3).key ~= sent(1).key and sent(3).to == sent(1).to)
      w:inbox("message.resolve", "r3", ('{"message":%d,"decision":"sent","by":"zhao","note":"称已收到"}'):format(other))
      assert.same({ "accepted", 3 }, { state(other), sent() })
      assert.truthy(w:inbox("message.resolve", "r4", ('{"message":%d,"decision":"sent","by":"li"}'):format(other)):find "not in doubt")
      assert.equal(id .. " resend li ," .. other .. " sent zhao 称已收到",
        (w:one "SELECT group_concat(message||' '||deed||' '||staff||' '||coalesce(note,'')) FROM message_deed"))
      assert.equal("li message.resolve resend,zhao message.resolve sent",
        (w:one "SELECT group_concat(actor||' '||action||' '||detail) FROM audit"))
    end)
    it("that a person took as sent, is delivered when its receipt comes after all", function()
      local id = plan {}
      w:result(1, "ambiguous")
      change "UPDATE attempt SET provider_id='g9' WHERE id=1"
      w:inbox("message.resolve", "r1", ('{"message":%d,"decision":"sent","by":"li"}'):format(id))
      assert.equal("accepted", state(id))
      w:receipt("g9", "delivered")
      assert.equal("delivered", state(id))
    end)
    it("that a person took as sent, stays so when its receipt says failed: the try alone notes it", function()
      local id = plan {}
      w:result(1, "ambiguous")
      w:inbox("message.resolve", "r1", ('{"message":%d,"decision":"sent","by":"li"}'):format(id))
      w:receipt(sent(1).key, "failed")
      assert.same({ "accepted", "failed", 1 }, { state(id), (w:one "SELECT status FROM attempt"), sent() })
    end)
    for _, said in ipairs { "delivered", "partly", "read" } do
      it("is over hours later, when a receipt with our own key says " .. said .. ": nothing is sent twice", function()
        local id = plan {}
        w:result(1, "ambiguous")
        assert.equal("in_doubt in-doubt", state(id))
        w:at "2026-03-02 15:00"
        for _ = 1, 2 do w:receipt(sent(1).key, said) end
        w:receipt(sent(1).key, "failed")
        assert.same({ "delivered", "delivered", 1 }, { state(id), (w:one "SELECT status FROM attempt"), sent() })
        assert.equal("1", (w:one "SELECT accepted_at IS NOT NULL FROM message"))
      end)
    end
    it("is over when the receipt was here before the doubt", function()
      local id = plan {}
      w:receipt(sent(1).key, "delivered")
      w:result(1, "ambiguous")
      assert.same({ "delivered", "0" }, { state(id), (w:one "SELECT count(*) FROM receipt") })
    end)
    it("goes to the next number with a new key when the receipt says that it failed", function()
      local id = plan {}
      w:result(1, "ambiguous")
      for _ = 1, 2 do w:receipt(sent(1).key, "failed") end
      assert.same({ "in_flight", 2 }, { state(id), sent() })
      assert.truthy(sent(2).key ~= sent(1).key and sent(2).to ~= sent(1).to)
    end)
    it("waits to be asked again with its key no longer once the receipt says that it arrived", function()
      w:set("keyed_ms", 60000)
      local id = plan {}
      w:result(1, "ambiguous")
      w:receipt(sent(1).key, "delivered")
      w:at "2026-03-02 10:01"
      assert.same({ "delivered", 1 }, { state(id), sent() })
    end)
    it("whose receipt comes while it is asked again with its key: delivered, when that is taken", function()
      w:set("keyed_ms", 600000)
      local id = plan {}
      w:result(1, "ambiguous")
      w:at "2026-03-02 10:01"
      assert.same({ "in_flight", 2, sent(1).key }, { state(id), sent(), sent(2).key })
      w:receipt(sent(1).key, "delivered")
      w:result(2, "accepted", "g2")
      assert.same({ "delivered", 2 }, { state(id), sent() })
    end)
    it("whose receipt says failed while it is asked again with its key: the next number, when that is taken", function()
      w:set("keyed_ms", 600000)
      local id = plan {}
      w:result(1, "ambiguous")
      w:at "2026-03-02 10:01"
      w:receipt(sent(1).key, "failed")
      w:result(2, "accepted", "g2")
      assert.same({ "in_flight", 3 }, { state(id), sent() })
      assert.truthy(sent(3).key ~= sent(1).key and sent(3).to ~= sent(1).to)
    end)
    -- Given several times with one key, and never an answer.
    local function never_answered()
      w:set("keyed_ms", 86400000)
      local id = plan {}
      w:result(1, "ambiguous")
      w:at "2026-03-02 10:01"
      w:result(2, "ambiguous")
      w:at "2026-03-02 10:03"
      w:result(3, "ambiguous")
      assert.same({ 3, sent(1).key, sent(1).key }, { sent(), sent(2).key, sent(3).key })
      return id
    end
    local function tries() return (w:one "SELECT group_concat(status, ' ') FROM (SELECT status FROM attempt ORDER BY id)") end
    it("in several tries with one key is over for all of them when one receipt names it", function()
      local id = never_answered()
      w:receipt(sent(1).key, "delivered")
      assert.same({ "delivered", "delivered delivered delivered" }, { state(id), tries() })
      w:at "2026-03-02 16:00"
      assert.equal(3, sent())
    end)
    it("in several tries with one key, of which the last is taken, is over with the receipt of that one", function()
      local id = never_answered()
      w:at "2026-03-02 10:30"
      w:result(4, "accepted", "g4")
      w:receipt("g4", "failed")
      assert.same({ "in_flight", "failed failed failed failed in_flight" }, { state(id), tries() })
    end)
    it("in several tries with one key that failed is no reason to be tired of the next number", function()
      local id = never_answered()
      w:receipt(sent(1).key, "failed")
      assert.same({ "in_flight", "failed failed failed in_flight", 4 }, { state(id), tries(), sent() })
      for n = 4, 9 do
        assert.same({ n, sent(4).key }, { sent(), sent(n).key })
        w:result(n, "ambiguous")
        w:at(("2026-03-02 1%d:30"):format(n - 3))
      end
    end)
    it("ends as such when nobody looks", function()
      local id = plan { valid_hours = 30 }
      w:result(1, "ambiguous")
      w:at "2026-03-03 17:00"
      assert.equal("failed in-doubt", state(id))
    end)
    it("is asked again with the same key while the channel knows it, to the same number", function()
      w:set("keyed_ms", 60000)
      local id = plan {}
      w:result(1, "ambiguous")
      assert.equal("held retry", state(id))
      w:at "2026-03-02 10:00:31"
      assert.same({ sent(1).key, sent(1).to }, { sent(2).key, sent(2).to })
      w:result(2, "ambiguous")                       -- the next try would be past the minute
      assert.equal("in_doubt in-doubt", state(id))
    end)
    it("is no state for a safety text: it goes again at once by another number, then by the same", function()
      change "DELETE FROM identity WHERE id=13"
      w:set("channels", "sms wechat")
      change "INSERT INTO identity (id,person,kind,value) VALUES (14,1,'wechat','openid1')"
      plan { class = "safety", via = "sms,wechat" }
      w:result(1, "ambiguous") w:result(2, "ambiguous")
      assert.same({ "13811110001", "openid1", "13811110001" }, { sent(1).to, sent(2).to, sent(3).to })
      assert.truthy(sent(1).key ~= sent(2).key and sent(2).key ~= sent(3).key)
    end)
    it("is no state for a safety text: another way is taken at once although the same key could be sent again in a while", function()
      w:set("keyed_ms", 60000)
      w:set("channels", "sms wechat")
      change "DELETE FROM identity WHERE id=13"
      change "INSERT INTO identity (id,person,kind,value) VALUES (14,1,'wechat','openid1')"
      local id = plan { class = "safety", via = "sms,wechat" }
      w:result(1, "ambiguous")
      assert.same({ 2, "openid1" }, { sent(), sent(2).to })
      w:result(2, "ambiguous")                       -- no other way is left: the same key, which the channel knows
      assert.same({ "held retry", 2 }, { state(id), sent() })
    end)
    it("are those in flight when the engine fell; none is sent again by itself", function()
      local id, safety = plan {}, plan { class = "safety", patient = 9 }
      w:recover()
      assert.same({ "in_doubt in-doubt", "in_flight", 3 }, { state(id), state(safety), sent() })
      w:recover()
      assert.equal(4, sent())
    end)
  end)

  describe("that a person cancels", function()
    local function cancel(id, reason, source)
      return w:inbox("message.cancel", source or "c1", ('{"message":%d,"reason":"%s","by":"li","note":"电话里已说"}'):format(id, reason))
    end
    it("while it waits, goes to nobody, and says why and by whom", function()
      w:at "2026-03-02 22:00"
      local id = plan {}
      assert.equal("held quiet-hours", state(id))
      cancel(id, "told")
      assert.equal("cancelled told", state(id))
      w:at "2026-03-03 09:00"
      assert.equal(0, sent())
      assert.equal("cancel li 电话里已说", (w:one("SELECT deed||' '||staff||' '||note FROM message_deed WHERE message=" .. id)))
      assert.equal("li message.cancel told", (w:one "SELECT actor||' '||action||' '||detail FROM audit"))
    end)
    it("while it is in the air, is not tried again", function()
      local id = plan {}
      cancel(id, "declined")
      assert.equal("in_flight declined", state(id))
      w:result(1, "retry")
      assert.equal("cancelled declined", state(id))
    end)
    it("needs a reason of the list, something that waits, and no page", function()
      local id = plan {}
      assert.truthy(cancel(id, "because"):find "told declined unneeded wrong")
      w:result(1, "accepted", "g1")
      assert.truthy(cancel(id, "told", "c2"):find "message is accepted")
      assert.truthy(cancel(999, "told", "c3"):find "no such message")
    end)
  end)
end)
