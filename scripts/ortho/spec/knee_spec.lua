local sim = require "afterward.sim"

local DRY = { temp = 36.5, wound = "dry", calf = false }
local function week(o)
  return { pain = o.pain or 3, wound = o.wound or "dry", calf = o.calf or false, bend = o.bend or 95, straight = true }
end

describe("after a joint replacement (骨动新生)", function()
  local w, pt
  local function discharged(o)
    o = o or {}
    pt = w:patient { age = o.age or 66, family = o.family ~= false, disclosure = o.disclosure }
    w:discharge(pt, { procedures = o.procedures or { "81.5400" }, leaving = o.leaving })
    return w:enrollment "knee-replacement"
  end
  local function first_days_well()
    w:advance_to "2026-03-03 15:10" pt:answer("wound-check", DRY)
    w:advance_to "2026-03-05 09:10" pt:answer("wound-check", DRY)
  end
  before_each(function() w = sim.world { scripts = { "scripts/ortho" }, at = "2026-03-02 15:00" } end)          -- a Monday

  describe("who is followed", function()
    it("a knee goes on the knee's programme, a hip on the hip's, by code or by name", function()
      for operation, pathway in pairs { ["81.5400x001"] = "knee-replacement", ["全膝关节置换术"] = "knee-replacement",
        ["81.5100"] = "hip-replacement", ["人工股骨头置换术"] = "hip-replacement" } do
        discharged { procedures = { operation } }
        assert.equal(pathway, w.enrollments[#w.enrollments].pathway)
      end
      assert.equal(4, #w.enrollments)
    end)

    it("a plaster for a broken wrist brings nobody in", function()
      discharged { procedures = { "79.02" } }
      assert.same({}, w.enrollments)
    end)

    it("from 75 on the plan is the closer one", function()
      assert.equal("standard", discharged { age = 74 }.tier)
      assert.equal("high", discharged { age = 75 }.tier)
    end)
  end)

  describe("the plan of a knee", function()
    it("asks on the first day and the third, then weekly until week six, at week six and after half a year", function()
      discharged()
      assert.same({ "03-03 Tue 15:00" }, w:planned("knee-replacement", "first-day"))
      assert.same({ "03-05 Thu 09:00" }, w:planned("knee-replacement", "third-day"))
      assert.same({ "03-09 Mon 09:00", "03-16 Mon 09:00", "03-23 Mon 09:00", "03-30 Mon 09:00", "04-06 Mon 09:00",
        "04-13 Mon 09:00" }, w:planned("knee-replacement", "week"))
      assert.same({ "04-13 Mon 09:00" }, w:planned("knee-replacement", "six-weeks"))
      assert.same({ "09-02 Wed 09:00" }, w:planned("knee-replacement", "half-year"))
    end)

    it("asks every three days at high risk", function()
      discharged { age = 80 }
      assert.same({ "03-09 Mon 09:00", "03-12 Thu 09:00", "03-15 Sun 09:00" }, w:planned("knee-replacement", "week", 3))
    end)

    it("sends the exercises on the third day", function()
      discharged()
      w:advance_to "2026-03-05 08:59" assert.equal(0, #w:sent "knee-exercise")
      w:advance_to "2026-03-05 09:01" assert.equal(1, #w:sent "knee-exercise")
    end)

    it("ends when half a year has been answered", function()
      local enrollment = discharged() first_days_well()
      for _, day in ipairs { "03-09", "03-16", "03-23", "03-30", "04-06", "04-13" } do
        w:advance_to("2026-" .. day .. " 09:10") pt:answer("knee-week", week {})
      end
      w:event(pt, "appointment", { appointment = { id = "X1", at = "2026-04-16 09:00", status = "booked" } })
      w:advance_to "2026-09-02 09:10"
      assert.is_true(enrollment.live)
      pt:answer("joint-review", { pain = 1, distance = "far", stairs = "free", satisfied = "yes" })
      assert.equal("completed", enrollment.ended)
      assert.equal(0, #w.pages)
    end)
  end)

  describe("red flags", function()
    before_each(function() discharged() w:advance_to "2026-03-03 15:10" end)
    local function level_of(changes)
      local answer = { temp = 36.5, wound = "dry", calf = false }
      for k, v in pairs(changes) do answer[k] = v end
      pt:answer("wound-check", answer)
      local alert = w:alert_named "joint-red-flags"
      return alert and alert.level
    end

    it("a swollen calf is an emergency", function() assert.equal("emergency", level_of { calf = true }) end)
    it("a wound that opens is urgent", function() assert.equal("urgent", level_of { wound = "open" }) end)
    it("38.5 is urgent", function() assert.equal("urgent", level_of { temp = 38.5 }) end)
    it("38.4 is for today", function() assert.equal("soon", level_of { temp = 38.4 }) end)
    it("37.9 is nothing", function() assert.is_nil(level_of { temp = 37.9 }) end)
    it("a red wound is for today, and the ward nurse hears of it, not the doctor", function()
      assert.equal("soon", level_of { wound = "red" })
      assert.same({ "ward-nurse" }, w:paged())
      w:advance "30m" assert.same({ "ward-nurse" }, w:paged())
    end)

    it("pain of seven is for today, of six is nothing", function()
      level_of {}
      w:advance_to "2026-03-09 09:10" pt:answer("knee-week", week { pain = 6 })
      assert.is_nil(w:alert_named "joint-red-flags")
      w:advance_to "2026-03-16 09:10" pt:answer("knee-week", week { pain = 7 })
      assert.equal("soon", w:alert_named("joint-red-flags").level)
    end)

    it("an abnormal answer makes the rest of the plan closer, for good", function()
      level_of { wound = "leaking" }
      local enrollment = w:enrollment "knee-replacement"
      assert.equal("high", enrollment.tier)
      w:advance_to "2026-03-05 09:10" pt:answer("wound-check", DRY)
      assert.equal("high", enrollment.tier)
    end)

    it("a nurse who reports a fever by thermometer is heard", function()
      level_of {}
      w:advance "2h" w:observe(pt, "temperature", 39, { unit = "Cel" })
      assert.equal("urgent", w:alert_named("fever").level)
      assert.equal(1, #w:sent "fever-advice")
    end)
  end)

  describe("the bend", function()
    it("less than a right angle after four weeks goes to the physiotherapist", function()
      discharged() first_days_well()
      w:advance_to "2026-03-30 09:10" pt:answer("knee-week", week { bend = 75 })
      assert.equal("physiotherapist", w:task("stiff").role)
      assert.matches("75", w:task("stiff").note)
    end)

    it("less than a right angle in the second week is as it should be", function()
      discharged() first_days_well()
      w:advance_to "2026-03-09 09:10" pt:answer("knee-week", week { bend = 75 })
      assert.is_nil(w:task "stiff")
    end)
  end)

  describe("the silent patient", function()
    it("when a patient is silent for a day, a nurse is asked to call", function()
      discharged()
      w:advance "47h" assert.is_nil(w:task "call")
      w:advance "1h" assert.equal("nurse", w:task("call").role)
    end)

    it("a Friday 11:00 discharge does not become a Sunday call", function()
      w = sim.world { scripts = { "scripts/ortho" }, at = "2026-03-06 11:00" }
      discharged()
      w:advance_to "2026-03-08 12:00"
      local call = w:task "call"
      w:advance_to "2026-03-09 16:00" assert.falsy(call.overdue)        -- asked on Sunday, due on Monday evening
      w:advance_to "2026-03-10 09:00" assert.truthy(call.overdue)
    end)

    it("the third rung is the family, who may answer for the patient", function()
      discharged()
      w:advance "48h" w:task("call"):done { code = "no-answer" }
      assert.equal(1, #w:sent("wound-check", "family"))
      pt:answer("wound-check", { temp = 38.9, wound = "dry", calf = false }, { by = "family" })
      assert.equal("urgent", w:alert_named("joint-red-flags").level)
      w:advance "3d" assert.is_nil(w:task "visit")
    end)

    it("a patient without family is visited instead", function()
      discharged { family = false }
      w:advance "48h" w:task("call"):done { code = "no-answer" }
      w:advance "1m"
      assert.truthy(w:task "visit")
    end)

    it("climbed in vain, the ladder is not climbed again, but the questions go on", function()
      discharged()
      w:advance "48h" w:task("call"):done { code = "no-answer" }
      w:advance "25h" w:task("visit"):done { code = "no-answer" }
      local asked = #w:sent "knee-week"
      w:advance_to "2026-03-26 12:00"
      assert.is_true(#w:sent "knee-week" > asked)
      assert.is_nil(w:task "visit")
    end)

    it("who says stop hears nothing more, and nobody rings in its place", function()
      discharged()
      w:advance "25h" pt:opt_out()
      local n = #w.messages
      w:advance "60d"
      assert.equal(n, #w.messages)
      assert.is_nil(w:task "call")
    end)

    it("a number that takes no messages is told to the nurse at once, not after a day of silence", function()
      discharged()
      pt.unreachable = true
      w:advance "26h"
      assert.matches("unreachable", w:task("call").note)
    end)
  end)

  describe("six weeks and half a year", function()
    it("who has not booked the X-ray two weeks later is booked by a nurse", function()
      discharged() first_days_well()
      w:advance_to "2026-04-13 09:30" assert.equal(1, #w:sent "six-week-visit")
      w:advance_to "2026-04-27 08:00" assert.is_nil(w:task "book")
      w:advance_to "2026-04-27 10:00" assert.equal("nurse", w:task("book").role)
    end)

    it("who books is left alone", function()
      discharged() first_days_well()
      w:advance_to "2026-04-15 10:00"
      w:event(pt, "appointment", { appointment = { id = "X1", at = "2026-04-20 09:00", status = "booked" } })
      w:advance_to "2026-04-28 10:00" assert.is_nil(w:task "book")
    end)

    it("who is dissatisfied after half a year is rung by the surgeon", function()
      discharged()
      w:advance_to "2026-09-02 09:30"
      pt:answer("joint-review", { pain = 5, distance = "room", stairs = "no", satisfied = "no" })
      assert.equal("surgeon", w:task("surgeon-call").role)
    end)
  end)

  describe("whatever life does", function()
    it("readmitted: all keeps still and goes on after, and the ward is told", function()
      discharged() first_days_well()
      w:advance_to "2026-03-08 10:00" w:event(pt, "admission")
      assert.equal("ward-nurse", w:task("tell-ward").role)
      local n = #w.messages
      w:advance_to "2026-03-15 11:00" assert.equal(n, #w.messages)
      w:discharge(pt, { procedures = {} })
      w:advance_to "2026-03-16 09:10" assert.equal(1, #w:sent "knee-week")
    end)

    it("dead: nobody is written to, and the head nurse decides about the family", function()
      discharged()
      w:advance "25h" w:event(pt, "death")
      local n = #w.messages
      assert.equal("head-nurse", w:task("condolence").role)
      w:advance "200d" assert.equal(n, #w.messages)
    end)

    it("against advice: the head nurse decides, nothing starts by itself", function()
      discharged { leaving = "against-advice" }
      assert.same({}, w.enrollments)
      assert.equal("head-nurse", w:task("decide-follow-up").role)
      w:advance "60d" assert.equal(0, #w.messages)
    end)

    it("codes that come five days late enroll for what is still to come", function()
      discharged { procedures = {} }
      assert.same({}, w.enrollments)
      w:advance "5d" w:event(pt, "procedure", { procedures = { "81.5400" } })
      assert.same({ "03-09 Mon 09:00" }, w:planned("knee-replacement", "week", 1))
      w:advance "1d" assert.equal(0, #w:sent "wound-check")
      assert.is_nil(w:task "missed-first-day")
    end)

    it("the machine was off for four days: the first question is too late, and the nurse hears of it", function()
      discharged()
      w:sleep "5d"
      w:advance "1m"
      assert.equal(0, #w:sent "wound-check")
      assert.equal("nurse", w:task("missed-first-day").role)
    end)

    it("a crash in the middle of the ladder changes nothing", function()
      discharged()
      w:advance "48h"
      w:crash()
      w:task("call"):done { code = "no-answer" }
      assert.equal(1, #w:sent("wound-check", "family"))
    end)
  end)

  it("no message names the operation, and every one says what to do in an emergency", function()
    discharged { age = 80 }
    w:advance "48h" w:task("call"):done { code = "no-answer" }
    w:advance "200d"
    assert.is_true(#w.messages > 10)
    for _, m in ipairs(w.messages) do
      for _, word in ipairs { "置换", "关节", "骨科", "膝" } do assert.is_nil(m.text:find(word, 1, true), m.text) end
      assert.truthy(m.text:find("120", 1, true), m.text)
    end
  end)
end)
