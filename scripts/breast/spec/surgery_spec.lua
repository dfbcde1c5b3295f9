local sim = require "afterward.sim"

local function weeks(marks)                                         -- PHQ-9: what is not named is "never"
  local out = {}
  for i = 1, 9 do out["q" .. i] = marks[i] or "never" end
  return out
end

describe("愈见她", function()
  local w, pt
  local WELL = { mood = "good", temp = 36.5, wound = "dry", arm = false }
  before_each(function()
    w = sim.world { scripts = { "scripts/breast" }, at = "2026-03-02 15:00" }
    pt = w:patient { age = 46, family = true }
    w:discharge(pt, { procedures = { "85.4300" } })
  end)

  it("asks the mood every time", function()
    w:advance_to "2026-03-05 10:00"
    assert.falsy(pt:try_answer("how-are-you", { temp = 36.5, wound = "dry", arm = false }))
    pt:answer("how-are-you", WELL)
    w:advance_to "2026-03-09 10:00" pt:answer("how-are-you", WELL)
    w:advance_to "2026-03-23 10:00" pt:answer("how-are-you", WELL)
    assert.equal(3, #w:sent "how-are-you")
  end)

  it("low spirits bring PHQ-9 the same day", function()
    w:advance_to "2026-03-05 10:00"
    assert.equal(0, #w:sent "two-weeks")
    pt:answer("how-are-you", { mood = "low", temp = 36.5, wound = "dry", arm = false })
    w:advance "6h"
    assert.equal(1, #w:sent "two-weeks")
  end)

  describe("PHQ-9", function()
    before_each(function()
      w:advance_to "2026-03-05 10:00" pt:answer("how-are-you", WELL)
      w:advance_to "2026-03-09 10:00" pt:answer("how-are-you", WELL)
      w:advance_to "2026-03-16 10:00"
    end)

    it("item 9 is urgent whatever the total, and the counsellor rings herself", function()
      pt:answer("two-weeks", weeks { [9] = "some" })
      assert.equal("urgent", w:alert_named("two-weeks-flags").level)
      assert.equal("counsellor", w:task("counsel").role)
      local n = #w.messages
      w:advance "8h"
      assert.equal(n, #w.messages)                                    -- never a message (WARD 4)
    end)

    it("item 9 counts as much when it comes a week late", function()
      w:advance "7d"
      assert.is_nil(w:task "counsel")
      pt:answer("two-weeks", weeks { [9] = "daily" })
      assert.equal("urgent", w:alert_named("two-weeks-flags").level)
      assert.equal("counsellor", w:task("counsel").role)
    end)

    it("ten points are for the counsellor too, nine are not", function()
      pt:answer("two-weeks", weeks { "daily", "daily", "daily" })
      assert.is_nil(w:task "counsel")
      assert.is_nil(w:alert_named "two-weeks-flags")
    end)
    it("ten points are told the same day", function()
      pt:answer("two-weeks", weeks { "daily", "daily", "daily", "some" })
      assert.equal("soon", w:alert_named("two-weeks-flags").level)
      assert.truthy(w:task "counsel")
    end)
  end)

  it("invites to the group in the second month, reminds who comes, and asks no more who never wants to", function()
    w:advance_to "2026-05-02 18:00"
    assert.equal(1, #w:sent "group")
    pt:answer("group", { comes = "yes" })
    w:advance_to "2026-05-06 12:00"
    assert.equal(1, #w:sent "group-reminder")
    w:advance_to "2026-08-02 18:00"
    pt:answer("group", { comes = "never" })
    w:advance_to "2026-11-30 12:00"
    assert.equal(2, #w:sent "group")
  end)

  it("no message names the disease or the breast", function()
    w:advance_to "2026-06-30 12:00"
    assert.truthy(#w.messages > 5)
    for _, message in ipairs(w.messages) do
      for _, word in ipairs { "癌", "乳", "抑郁", "肿瘤" } do assert.is_nil(message.text:find(word, 1, true), message.text) end
    end
  end)
end)
