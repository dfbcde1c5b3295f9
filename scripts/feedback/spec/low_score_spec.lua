-- Fewer than three stars, wherever they were given: a person calls within 24 hours. A bad review is answered where everybody reads it.
local sim = require "afterward.sim"

local HOUR = 3600000

describe("fewer than three stars", function()
  local w
  before_each(function()
    w = sim.world { scripts = { "scripts/feedback", "scripts/ortho" }, at = "2026-03-05 09:00" }      -- a Thursday
  end)
  local function calls()
    return w.core:query "SELECT status, due_at-opened_at AS i_span, overdue_at AS i_overdue FROM task WHERE name='first-call'"
  end
  local function rung_within_a_day()
    assert.equal(1, #calls())
    w:advance "23h" assert.is_nil(calls()[1].overdue)
    w:advance "61m" assert.truthy(calls()[1].overdue)
    assert.truthy(w:alert_named "breach-first-response".open)
  end
  local SAID = { complaint = "护士态度很差", suggestion = "建议多放几把椅子", question = "请问什么时候可以复查？", praise = "医生很有耐心，谢谢医生" }

  for _, channel in ipairs { "web", "qr", "hotline", "counter", "letter", "sms", "wechat" } do
    it("by " .. channel .. ": a person calls within 24 hours, and the clock says when not", function()
      w:feedback { channel = channel, stars = 2, text = SAID.complaint, patient = w:patient { age = 50 }, stay = true }
      rung_within_a_day()
    end)
  end
  for nature, text in pairs(SAID) do
    it("with words of " .. nature .. ": a person calls all the same; with three stars nobody must", function()
      w:feedback { channel = "web", stars = 3, text = text, patient = w:patient { age = 50 }, stay = true }
      assert.equal(0, #calls())
      w:feedback { channel = "web", stars = 1, text = text, patient = w:patient { age = 50 }, stay = true }
      assert.equal(1, #calls())
      assert.equal(nature == "question" and HOUR // 6 or 24 * HOUR, calls()[1].span)           -- a question is answered sooner
    end)
  end
  it("with danger in the words is a doctor's within five minutes, not a call tomorrow", function()
    w:feedback { channel = "web", stars = 1, text = "我现在胸痛得厉害，怎么办？", patient = w:patient { age = 50 } }
    assert.equal(1, #w:sent "emergency")
    assert.truthy(w:task "doctor-call")
  end)

  describe("in the review half a year after a new hip", function()
    local pt
    before_each(function()
      pt = w:patient { age = 66, family = true }
      w:discharge(pt, { department = "ortho", ward = "3 East", procedures = { { code = "81.51" } } })
      w:advance "190d"
      assert.truthy(w:sent("joint-review", "patient")[1])
    end)
    local function answer(stars, why)
      pt:answer("joint-review", { pain = 1, distance = "far", stairs = "free", satisfied = "yes", stars = stars, why = why })
    end
    it("bring a call, with the words beside them", function()
      answer(2, "护士态度很差")
      rung_within_a_day()
    end)
    it("bring none when there are three", function()
      answer(3)
      assert.equal(0, #calls())
    end)
  end)
end)

describe("a bad public review", function()
  local w
  before_each(function() w = sim.world { scripts = { "scripts/feedback" }, at = "2026-03-07 22:00" } end)      -- a Saturday night
  local function review(o)
    o.channel, o.stars, o.text = "review", o.stars or 1, o.text or "挂号排队三小时，太差了"
    return w:feedback(o)
  end
  it("has an hour for the public answer, on a Saturday night, too", function()
    local c = review { sender = { name = "匿名网友" } }
    w:advance "59m" assert.is_nil(c.clocks["first-response"].breached)
    w:advance "2m" assert.truthy(c.clocks["first-response"].breached)
    assert.is_true(w:task("first-answer").overdue)
  end)
  it("has a day for the solution", function()
    local c = review { sender = { name = "匿名网友" } }
    w:task("first-answer"):done { answer = {} }
    w:advance "23h" assert.is_nil(c.clocks.resolution.breached)
    w:advance "61m" assert.truthy(c.clocks.resolution.breached)
  end)
  it("is bad by its stars or by its words; a good one has no hour", function()
    assert.equal("review", review { stars = 2, text = "一般般", sender = { name = "网友" } }.tier)
    assert.equal("review", review { stars = 4, text = "护士态度很差，我要投诉", sender = { name = "网友" } }.tier)
    assert.is_nil(review { stars = 5, text = "医生很有耐心，谢谢医生", sender = { name = "网友" } }.clocks["first-response"])
  end)
  it("of somebody who is known is rung about within 24 hours, besides", function()
    local pt = w:patient { age = 50 }
    review { patient = pt }
    assert.truthy(w:task "first-answer" and w:task "first-call")
    w:advance "23h" assert.is_false(w:task("first-call").overdue)
    w:advance "61m" assert.is_true(w:task("first-call").overdue)
  end)
end)
