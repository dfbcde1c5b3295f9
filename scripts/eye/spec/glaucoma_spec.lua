local sim = require "afterward.sim"

describe("after glaucoma surgery, by the head nurse's table", function()
  local w, pt
  local WELL = { worse = "same", pain = 1, red = false, drops = "self" }
  local function home(age)
    w = sim.world { scripts = { "scripts/eye" }, at = "2026-03-02 10:00" }                                       -- a Monday
    pt = w:patient { age = age or 66, family = true }
    w:discharge(pt, { procedures = { "12.6400" } })
    return w:enrollment "glaucoma"
  end

  it("tells on the day how to live at home, asks the next day at nine", function()
    home()
    w:advance_to "2026-03-02 18:00" assert.equal(1, #w:sent "glaucoma-care")
    w:advance_to "2026-03-03 09:00" assert.equal(1, #w:sent "eye-check")
  end)

  it("asks every three days from 75 on, on Mondays before", function()
    assert.equal("standard", home().tier)
    assert.same({ "03-09 Mon 09:00", "03-16 Mon 09:00" }, w:planned("glaucoma", "eye", 2))
    assert.equal("high", home(80).tier)
    assert.same({ "03-05 Thu 09:00", "03-08 Sun 09:00" }, w:planned("glaucoma", "eye", 2))
  end)

  it("an abnormal answer is an alert, and work for the doctor within four hours", function()
    home()
    w:advance_to "2026-03-03 09:10" pt:answer("eye-check", { worse = "slow", pain = 2, red = false, drops = "self" })
    assert.equal("soon", w:alert_named("eye-flags").level)
    assert.equal("doctor", w:task("abnormal-doctor").role)
    assert.matches("术后第一天：回答异常（soon）", w:task("abnormal-doctor").note)
  end)

  it("who does well is left alone", function()
    home()
    w:advance_to "2026-03-03 09:10" pt:answer("eye-check", WELL)
    w:advance "3d"
    assert.is_nil(w:task "abnormal-doctor")
    assert.is_nil(w:task "call-nurse")
  end)

  it("silent for a day: the nurse rings, also after a crash, and what she hears is judged", function()
    home()
    w:advance_to "2026-03-04 08:50" assert.is_nil(w:task "call-nurse")
    w:advance_to "2026-03-04 09:10" w:crash()
    assert.equal("eye-check", w:task("call-nurse").form)
    w:task("call-nurse"):done { code = "reached", answer = { worse = "sudden", pain = 2, red = false, drops = "self" } }
    assert.equal("urgent", w:alert_named("eye-flags").level)
    assert.truthy(w:task "abnormal-doctor")
  end)

  it("later the family is asked before the nurse rings", function()
    home()
    w:advance_to "2026-03-03 09:10" pt:answer("eye-check", WELL)
    w:advance_to "2026-03-10 09:10" assert.equal(1, #w:sent("eye-check", "family"))
    assert.is_nil(w:task "call-nurse")
    w:advance_to "2026-03-11 09:10" assert.truthy(w:task "call-nurse")
  end)

  it("who says stop hears nothing more, and nobody rings in its place", function()
    home()
    w:advance_to "2026-03-03 10:00" pt:opt_out()
    w:advance "20d"
    assert.is_nil(w:task "call-nurse")
  end)

  it("the machine was off for four days: the nurse hears of the question that was not asked", function()
    home()
    w:sleep "4d"
    w:advance "1m"
    assert.equal("nurse", w:task("missed-day-1").role)
  end)
end)
