local sim = require "afterward.sim"

local WELL = { chest = false, breath = "none", temp = 36.6, wound = "dry", click = false, taken = "all", mood = "good" }
local VISIT = { chest = false, breath = "none", temp = 36.6, wound = "dry", click = false, taken = "all", scale = true, alone = false }
local function but(answer, changes)
  local out = {}
  for k, v in pairs(answer) do out[k] = v end
  for k, v in pairs(changes) do out[k] = v end
  return out
end

describe("after heart surgery (心随动)", function()
  local w, pt
  local function discharged(o)
    o = o or {}
    pt = w:patient { age = o.age or 58, family = true, disclosure = o.disclosure }
    w:discharge(pt, { procedures = o.procedures or { "36.1000x001" }, drugs = o.drugs, leaving = o.leaving })
    return w:enrollment "heart-surgery"
  end
  before_each(function() w = sim.world { scripts = { "scripts/cardiac" }, at = "2026-03-02 15:00" } end)        -- a Monday

  describe("risk", function()
    it("a bypass at 58 is low, at 66 medium, at 75 high", function()
      assert.equal("low", discharged { age = 58 }.tier)
      assert.equal("medium", discharged { age = 66 }.tier)
      assert.equal("high", discharged { age = 75 }.tier)
    end)

    it("a valve or the aorta is high at any age, by code or by name", function()
      assert.equal("high", discharged { age = 40, procedures = { "35.2200" } }.tier)
      assert.equal("high", discharged { age = 40, procedures = { "二尖瓣机械瓣膜置换术" } }.tier)
      assert.equal("high", discharged { age = 40, procedures = { "38.4500x001" } }.tier)
    end)

    it("another operation brings nobody in", function()
      assert.is_nil(discharged { procedures = { "47.01" } })
    end)
  end)

  describe("the first day", function()
    it("a nurse rings 24 hours after discharge", function()
      discharged()
      w:advance "23h" assert.is_nil(w:task "first-call")
      w:advance "1h"
      assert.equal("nurse", w:task("first-call").role)
      assert.equal("recovery", w:task("first-call").form)
    end)

    it("a Friday 11:00 discharge does not become a Sunday call", function()
      w = sim.world { scripts = { "scripts/cardiac" }, at = "2026-03-06 11:00" }
      discharged()
      w:advance_to "2026-03-09 08:30"
      assert.falsy(w:task("first-call").overdue)                      -- opened on Saturday, due on Monday
      w:advance_to "2026-03-09 12:30"
      assert.truthy(w:task("first-call").overdue)
    end)

    it("who does not pick up is asked in writing, then the family, then at the door", function()
      discharged()
      w:advance "24h"
      w:task("first-call"):done { code = "no-answer" }
      assert.equal(1, #w:sent("recovery", "patient"))
      w:advance "25h"
      w:task("call"):done { code = "off" }
      assert.equal(1, #w:sent("recovery", "family"))
      w:advance "25h"
      assert.equal("community-nurse", w:task("visit").role)
    end)

    it("when a patient is silent for a day, a nurse is asked to call", function()
      discharged()
      w:advance "24h" w:task("first-call"):done { code = "busy" }
      w:advance "23h" assert.is_nil(w:task "call")
      w:advance "1h" assert.equal("nurse", w:task("call").role)
    end)

    it("who refuses this programme on the phone is left in peace", function()
      discharged()
      w:advance "24h" w:task("first-call"):done { code = "refused" }
      w:advance "20d"
      assert.equal(0, #w.messages)
    end)

    it("low spirits on the phone bring a second call", function()
      discharged()
      w:advance "24h" w:task("first-call"):done { code = "reached", answer = but(WELL, { mood = "low" }) }
      assert.truthy(w:task "low-mood")
      assert.is_nil(w:alert_named "heart-red-flags")
    end)

    it("at high risk somebody comes to the house within 24 hours, weekend or not", function()
      w = sim.world { scripts = { "scripts/cardiac" }, at = "2026-03-06 11:00" }                  -- a Friday
      discharged { age = 80 }
      w:advance "1h"
      local visit = w:task "home-visit"
      assert.equal("home-nurse", visit.role)
      w:advance "22h" assert.falsy(visit.overdue)
      w:advance "61m" assert.truthy(visit.overdue)
    end)

    it("nobody comes to the house of a patient at low risk", function()
      discharged()
      w:advance "23h"
      assert.is_nil(w:task "home-visit")
    end)
  end)

  describe("red flags", function()
    local function told(changes)
      discharged()
      w:advance "24h"
      w:task("first-call"):done { code = "reached", answer = but(WELL, changes) }
      return w:alert_named "heart-red-flags"
    end

    it("pain in the chest is an emergency, whoever hears it", function()
      assert.equal("emergency", told({ chest = true }).level)
      assert.same({ "ward-nurse" }, w:paged())
    end)

    it("breathless at rest is an emergency, on effort it is for today", function()
      assert.equal("emergency", told({ breath = "rest" }).level)
      assert.equal("soon", told({ breath = "effort" }).level)
    end)

    it("a breastbone that clicks is urgent though the skin is dry", function()
      assert.equal("urgent", told({ click = true }).level)
      assert.matches("胸骨", w:alert_named("heart-red-flags").reason)
    end)

    it("of a red wound and a fever the fever counts", function()
      assert.equal("urgent", told({ wound = "red", temp = 38.9 }).level)
    end)

    it("whoever once had a red flag is followed as at high risk, from the next day on", function()
      told { wound = "leaking" }
      assert.equal("high", w:enrollment("heart-surgery").tier)
      assert.same({ "03-04 Wed 10:00" }, w:planned("heart-surgery", "weigh", 1))
    end)

    it("at night the page goes to the doctor on call, and climbs until somebody takes it", function()
      discharged()
      w:advance "24h" w:task("first-call"):done { code = "no-answer" }
      w:advance_to "2026-03-03 23:00"
      pt:answer("recovery", but(WELL, { chest = true }))
      assert.same({ "on-call-doctor" }, w:paged())
      w:advance "31m"
      assert.same({ "on-call-doctor", "chief", "head-nurse", "chief", "head-nurse" }, w:paged())
      w:alert_named("heart-red-flags"):ack()
      local n = #w.pages
      w:advance "60m" assert.equal(n, #w.pages)
    end)
  end)

  describe("weight, at high risk", function()
    before_each(function()
      discharged { age = 80 }
      w:advance "1h" w:task("home-visit"):done { code = "done", answer = VISIT }
      w:advance_to "2026-03-03 07:30" w:observe(pt, "weight", 60, { unit = "kg" })
      w:advance_to "2026-03-03 15:00" w:task("first-call"):done { code = "reached", answer = WELL }
    end)
    local function weighs(list)                             -- on the mornings from the 4th on
      for i, kg in ipairs(list) do
        w:advance_to(("2026-03-%02d 07:30"):format(3 + i))
        w:observe(pt, "weight", kg, { unit = "kg" })
      end
    end

    it("not weighed by ten: is asked", function()
      w:advance_to "2026-03-04 09:59" assert.equal(0, #w:sent "weight")
      w:advance_to "2026-03-04 10:01" assert.equal(1, #w:sent "weight")
    end)

    it("weighed before ten: is not asked", function()
      w:advance_to "2026-03-04 07:10" w:observe(pt, "weight", 61.2, { unit = "kg" })
      w:advance_to "2026-03-04 12:00" assert.equal(0, #w:sent "weight")
    end)

    it("a scale that reports after ten answers the question by itself", function()
      w:advance_to "2026-03-04 10:30" w:observe(pt, "weight", 61.2, { unit = "kg" })
      w:advance "12h" assert.equal(1, #w:sent "weight")
    end)

    it("two days without a weight: a nurse rings", function()
      w:advance_to "2026-03-05 09:00" assert.is_nil(w:task "weigh-call")
      w:advance_to "2026-03-05 20:00" assert.equal("nurse", w:task("weigh-call").role)
    end)

    it("two kilos more than three days ago: the ward is paged and the patient gets advice at once", function()
      weighs { 60.4, 61.1, 62 }
      assert.equal("urgent", w:alert_named("weight-gain").level)
      assert.matches("2.0", w:alert_named("weight-gain").reason, 1, true)
      assert.same({ "ward-nurse" }, w:paged())
      assert.equal(1, #w:sent "weight-advice")
    end)

    it("a little less than two kilos in three days pages nobody", function()
      weighs { 60.4, 61.1, 61.9 }
      assert.is_nil(w:alert_named "weight-gain")
    end)

    it("two kilos in a week page nobody", function()
      weighs { 60.3, 60.6, 60.9, 61.2, 61.5, 61.8, 62.1 }
      assert.is_nil(w:alert_named "weight-gain")
    end)

    it("a gain that lasts is told once, a new one again", function()
      weighs { 60, 62.5, 62.6, 62.6, 62.6, 62.6 }
      assert.equal(1, #w:sent "weight-advice")
      w:advance_to "2026-03-10 07:30" w:observe(pt, "weight", 65, { unit = "kg" })
      assert.equal(2, #w:sent "weight-advice")
    end)

    it("a weight that the patient types in counts like one from a scale", function()
      w:advance_to "2026-03-04 10:30" pt:answer("weight", { weight = 62.4 })
      assert.equal("urgent", w:alert_named("weight-gain").level)
    end)

    it("thirty mornings of weighing keep no other message from going out in time", function()
      w:advance_to "2026-03-13 12:00"                                     -- never weighed since
      assert.equal(1, #w:sent "walking")
      assert.equal(1, #w:sent "clinic-week")
      for _, skipped in ipairs(w:skipped()) do assert.not_equal("budget", skipped.reason) end
    end)

    it("the weighing ends after thirty days", function()
      assert.equal(29, #w:planned("heart-surgery", "weigh"))              -- the first was today at ten
    end)
  end)

  describe("the weeks after", function()
    before_each(function()
      discharged()
      w:advance "24h" w:task("first-call"):done { code = "reached", answer = WELL }
    end)

    it("the visit after a week: who has not booked is booked by a nurse", function()
      w:advance_to "2026-03-07 09:30"
      assert.equal(1, #w:sent "clinic-week")
      pt:answer("clinic", { booked = false })
      assert.equal("nurse", w:task("book").role)
    end)

    it("the visit after a week: who has booked hears no more", function()
      w:advance_to "2026-03-07 09:30" pt:answer("clinic", { booked = true })
      w:advance "3d" assert.is_nil(w:task "book")
    end)

    it("who misses the visit is asked to come another day", function()
      w:advance_to "2026-03-09 10:00"
      w:event(pt, "appointment", { appointment = { id = "A1", at = "2026-03-09 09:00", status = "no-show" } })
      assert.equal(1, #w:sent "missed-visit")
      assert.truthy(w:task "rebook")
    end)

    it("a month on, who hardly walks is rung by the therapist", function()
      w:advance_to "2026-04-01 09:30"
      pt:answer("rehab", { chest = false, breath = "none", days = 1, effort = 3 })
      assert.equal("rehab-therapist", w:task("rehab-call").role)
    end)

    it("half a year on, smokers are offered help and the pharmacist rings who stopped the medicines", function()
      w:advance_to "2026-09-02 09:30"
      pt:answer("lifestyle", { chest = false, breath = "none", taken = "none", smoke = true, salt = "salty", days = 2 })
      assert.equal(1, #w:sent "quit-smoking")
      assert.equal("pharmacist", w:task("medicines").role)
    end)

    it("the three texts come in the afternoon of days 2, 4 and 10", function()
      w:advance_to "2026-03-12 20:00"
      for _, id in ipairs { "no-lifting", "food-and-water", "walking" } do assert.equal(1, #w:sent(id)) end
    end)
  end)

  describe("warfarin", function()
    local function on_warfarin(disclosure)
      discharged { procedures = { "35.22" }, drugs = { "华法林钠片" }, disclosure = disclosure }
      return w:enrollment "anticoagulant"
    end

    it("is followed for those who take it, and nobody else", function()
      assert.truthy(on_warfarin())
      discharged { procedures = { "36.10" } }
      assert.equal(1, #w:planned("anticoagulant", "test", 1))
    end)

    it("reminds of the blood test weekly, but not who was tested this week", function()
      on_warfarin()
      w:advance_to "2026-03-09 12:00" assert.equal(1, #w:sent "blood-test")
      w:advance_to "2026-03-14 12:00" w:observe(pt, "inr", 2.4)
      w:advance_to "2026-03-16 12:00" assert.equal(1, #w:sent "blood-test")
    end)

    it("a result far out of range is for the doctor, and nobody tells the patient a dose", function()
      on_warfarin()
      w:advance "2d" w:observe(pt, "inr", 5.6)
      assert.equal("urgent", w:alert_named("inr-odd").level)
      assert.equal(1, #w:sent "blood-test-odd")
      assert.matches("不要自己加减药", w:sent("blood-test-odd")[1].text)
    end)

    it("names medicine and test only to those who know their diagnosis", function()
      on_warfarin "self"
      w:advance_to "2026-03-09 12:00"
      assert.truthy(w:sent("blood-test")[1].text:find("华法林", 1, true))
      w = sim.world { scripts = { "scripts/cardiac" }, at = "2026-03-02 15:00" }
      on_warfarin "undecided"
      w:advance_to "2026-03-09 12:00"
      local text = w:sent("blood-test")[1].text
      assert.truthy(text:find("抽血", 1, true))
      for _, word in ipairs { "华法林", "INR" } do assert.is_nil(text:find(word, 1, true)) end
    end)
  end)

  describe("whatever life does", function()
    it("readmitted: all keeps still and goes on after, and the ward is told", function()
      discharged()
      w:advance "24h" w:task("first-call"):done { code = "reached", answer = WELL }
      w:advance_to "2026-03-06 20:00" w:event(pt, "admission")
      assert.equal("ward-nurse", w:task("tell-ward").role)
      local n = #w.messages
      w:advance_to "2026-03-12 11:00" assert.equal(n, #w.messages)
      w:discharge(pt, {})
      w:advance_to "2026-03-12 16:00" assert.equal(1, #w:sent "walking")
    end)

    it("dead: nobody is written to, and the head nurse decides about the family", function()
      discharged()
      w:advance "26h"
      w:event(pt, "death")
      local n = #w.messages
      assert.equal("head-nurse", w:task("condolence").role)
      assert.is_nil(w:task "first-call")
      w:advance "200d" assert.equal(n, #w.messages)
    end)

    it("a nurse who hears on the phone that the patient died ends it all", function()
      discharged()
      w:advance "24h" w:task("first-call"):done { code = "已故" }
      assert.is_true(pt.dead)
      assert.truthy(w:task "condolence")
      w:advance "60d" assert.equal(0, #w.messages)
    end)

    it("against advice: the head nurse decides, nothing starts by itself", function()
      discharged { leaving = "against-advice" }
      assert.is_nil(w:enrollment "heart-surgery")
      assert.equal("head-nurse", w:task("decide-follow-up").role)
      w:advance "60d" assert.equal(0, #w.messages)
    end)

    it("codes that come five days late enroll for what is still to come", function()
      discharged { procedures = {} }
      assert.is_nil(w:enrollment "heart-surgery")
      w:advance "5d"
      w:event(pt, "procedure", { procedures = { "36.1200x002" } })
      assert.equal("heart-surgery", w:enrollment("heart-surgery").pathway)
      assert.is_nil(w:task "first-call")
      assert.same({ "03-16 Mon 09:00" }, w:planned("heart-surgery", "wound", 1))
      w:advance "1d" assert.is_nil(w:task "home-visit")
    end)

    it("a fever that a thermometer reports pages the ward and advises the patient", function()
      discharged()
      w:advance "2d" w:observe(pt, "temperature", 38.8)
      assert.equal("urgent", w:alert_named("fever").level)
      assert.equal(1, #w:sent "fever-advice")
    end)

    it("a fever that a form asked for pages once, not twice", function()
      discharged()
      w:advance "24h" w:task("first-call"):done { code = "reached", answer = WELL }
      w:advance_to "2026-03-05 09:30"
      pt:answer("wound", { temp = 39.1, wound = "dry", click = false })
      assert.same({ "ward-nurse" }, w:paged())
      assert.is_nil(w:alert_named "fever")
    end)

    it("a fever in a hospital bed is the ward's own affair", function()
      discharged()
      w:advance "2d" w:event(pt, "admission")
      w:advance "1d" w:observe(pt, "temperature", 39.2)
      assert.is_nil(w:alert_named "fever")
    end)

    it("a call that nobody makes reaches the head nurse", function()
      discharged()
      w:advance_to "2026-03-04 12:00"                                     -- due Wednesday at 11:00
      assert.same({ "head-nurse" }, w:paged())
    end)

    it("no message tells an organ or an operation, and every one says what to do in an emergency", function()
      discharged { age = 80, drugs = { "华法林" }, procedures = { "35.22" } }
      w:advance "1h" w:task("home-visit"):done { code = "no-answer" }
      w:advance "24h" w:task("first-call"):done { code = "no-answer" }
      w:advance "200d"
      assert.is_true(#w.messages > 20)
      for _, m in ipairs(w.messages) do
        for _, word in ipairs { "心脏", "瓣", "搭桥", "手术", "华法林", "胸骨", "外科" } do
          assert.is_nil(m.text:find(word, 1, true), m.text)
        end
        assert.truthy(m.text:find("120", 1, true), m.text)
        assert.truthy(m.text:find("心随动", 1, true), m.text)
      end
    end)
  end)
end)
