local sim = require "afterward.sim"

describe("children after tonsillectomy", function()
  local w, pt
  local WELL = { blood = "none", drinks = "little", temp = 36.9 }
  local function home(o)
    w = sim.world { scripts = { "scripts/ent" }, at = "2026-03-02 10:00" }
    pt = w:patient(o or { age = 6, family = true, phone = false })
    w:discharge(pt, { procedures = { "28.2x00" } })
  end

  it("asks the parent on days 3, 7 and 14", function()
    home()
    for i, day in ipairs { "05", "09", "16" } do
      w:advance_to(("2026-03-%s 09:00"):format(day)) assert.equal(i - 1, #w:sent("child", "family"))
      w:advance_to(("2026-03-%s 10:00"):format(day)) assert.equal(i, #w:sent("child", "family"))
      pt:answer("child", WELL, { by = "family" })
    end
  end)

  it("fresh blood is an emergency, a streak is for today", function()
    home()
    w:advance_to "2026-03-09 10:00" pt:answer("child", { blood = "streak", drinks = "well", temp = 37 }, { by = "family" })
    assert.equal("soon", w:alert_named("child-flags").level)
    home()
    w:advance_to "2026-03-09 10:00" pt:answer("child", { blood = "fresh", drinks = "well", temp = 37 }, { by = "family" })
    assert.equal("emergency", w:alert_named("child-flags").level)
  end)

  it("a child that drinks nothing is urgent", function()
    home()
    w:advance_to "2026-03-05 10:00" pt:answer("child", { blood = "none", drinks = "none", temp = 37 }, { by = "family" })
    assert.equal("urgent", w:alert_named("child-flags").level)
  end)

  it("38.5 is a fever, 38.4 is none", function()
    for temp, level in pairs { [38.4] = "none", [38.5] = "urgent" } do
      home()
      w:advance_to "2026-03-05 10:00" pt:answer("child", { blood = "none", drinks = "well", temp = temp }, { by = "family" })
      local alert = w:alert_named "child-flags"
      assert.equal(level, alert and alert.level or "none")
    end
  end)

  it("half a day of silence: a nurse rings the parent", function()
    home()
    w:advance_to "2026-03-05 21:00" assert.is_nil(w:task "call")
    w:advance_to "2026-03-06 08:30" assert.equal("child", w:task("call").form)
  end)

  it("who still snores after a fortnight is seen by the surgeon", function()
    home()
    w:advance_to "2026-03-16 10:00" pt:answer("child", WELL, { by = "family" })
    w:advance "30m" pt:answer("sleep", { snores = true }, { by = "family" })
    assert.equal("surgeon", w:task("review").role)
  end)

  it("from 14 on nobody is followed as a child", function()
    home { age = 13, family = true }
    assert.truthy(w:enrollment "tonsils")
    home { age = 14, family = true }
    assert.is_nil(w:enrollment "tonsils")
  end)
end)
