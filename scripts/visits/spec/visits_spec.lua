local sim = require "afterward.sim"

describe("the appointment service", function()
  local w, pt
  local function told(id, status, at, more)
    local appointment = { id = id, status = status, at = at, department = "eye" }
    for key, value in pairs(more or {}) do appointment[key] = value end
    w:event(pt, "appointment", { appointment = appointment })
  end
  local function world(at, o)
    w = sim.world { scripts = { "scripts/visits" }, at = at or "2026-03-02 15:00" }           -- a Monday
    pt = w:patient(o or { age = 50 })
  end
  before_each(function() world() end)

  describe("reminds", function()
    it("three days before by a question, the evening before by a text that says when", function()
      told("A1", "booked", "2026-03-12 08:00")
      w:advance_to "2026-03-09 09:59" assert.equal(0, #w.messages)
      w:advance_to "2026-03-09 10:05" assert.equal(1, #w:sent "coming")
      assert.equal("answered", pt:reply "1")
      w:advance_to "2026-03-11 18:29" assert.equal(0, #w:sent "visit-reminder")
      w:advance_to "2026-03-11 18:31"
      assert.matches("2026%-03%-12 08:00", w:sent "visit-reminder"[1].text)
      w:advance "10d" assert.equal(2, #w.messages)
    end)

    for visit, reminded in pairs {
      ["2026-03-03 08:00"] = "2026-03-02 18:30",      -- tomorrow morning
      ["2026-03-04 02:00"] = "2026-03-03 18:30",      -- at night
      ["2026-03-02 22:30"] = "2026-03-02 20:00",      -- tonight
    } do
      it(("at a lawful hour: booked on Monday at three for %s"):format(visit), function()
        told("A1", "booked", visit)
        w:advance "3d"
        local sent = w:sent "visit-reminder"
        assert.equal(1, #sent)
        assert.equal(sim.parse_time(reminded, "Asia/Shanghai"), sent[1].at)
      end)
    end

    it("at eight for half past nine, when it was booked at night", function()
      world "2026-03-02 22:00"
      told("A1", "booked", "2026-03-03 09:30")
      w:advance_to "2026-03-03 07:59" assert.equal(0, #w.messages)
      w:advance_to "2026-03-03 08:01" assert.equal(1, #w:sent "visit-reminder")
    end)

    it("gives the desk what is to be changed, and says no more", function()
      told("A1", "booked", "2026-03-12 08:00")
      w:advance_to "2026-03-09 10:05" pt:reply "2"
      assert.matches("2026%-03%-12 08:00.*改期", w:task("rebook").note)
      w:advance_to "2026-03-12 07:00" assert.equal(0, #w:sent "visit-reminder")
    end)

    it("nobody of a visit that was called off, and of the new hour when it was moved", function()
      told("A1", "booked", "2026-03-12 08:00")
      told("A1", "changed", "2026-03-20 14:00")
      told("A2", "booked", "2026-03-13 08:00")
      w:advance "1d" told("A2", "cancelled", nil, { by = "patient" })
      w:advance_to "2026-03-16 12:00" assert.equal(0, #w.messages)
      w:advance_to "2026-03-21 12:00"
      assert.equal(1, #w:sent "visit-reminder")
      assert.matches("2026%-03%-20 14:00", w:sent "visit-reminder"[1].text)
    end)

    it("of each of two visits by itself", function()
      told("A1", "booked", "2026-03-05 08:00")
      told("A2", "booked", "2026-03-05 14:00")
      w:advance "1d" told("A1", "cancelled")
      w:advance "4d"
      assert.equal(1, #w:sent "visit-reminder")
      assert.matches("14:00", w:sent "visit-reminder"[1].text)
    end)

    it("nobody in a bed; nor afterwards of what was called off meanwhile", function()
      told("A1", "booked", "2026-03-12 08:00")
      told("A2", "booked", "2026-03-13 08:00")
      w:event(pt, "admission")
      told("A1", "cancelled")
      w:advance_to "2026-03-11 12:00" assert.equal(0, #w.messages)
      w:discharge(pt)
      w:advance "5d"
      assert.equal(1, #w:sent "visit-reminder")
      assert.matches("2026%-03%-13", w:sent "visit-reminder"[1].text)
    end)

    it("nobody who has died, and of no operation", function()
      told("A1", "booked", "2026-03-12 08:00")
      told("OR", "booked", "2026-03-14 08:00", { department = "theatre" })
      w:event(pt, "death")
      w:advance "20d" assert.equal(0, #w.messages)
    end)
  end)

  describe("a missed visit", function()
    before_each(function() told("A1", "no-show", "2026-03-02 09:00") end)

    it("is asked about; who wants a new one is given to the desk", function()
      w:advance "5m" assert.equal(1, #w:sent "missed")
      assert.equal("answered", pt:reply "1")
      assert.equal("booking-desk", w:task("rebook").role)
    end)
    it("that illness kept from is told to the ward the same day", function()
      w:advance "5m" pt:answer("missed", { reason = "unwell" })
      assert.equal("soon", w:alert_named("missed-flags").level)
    end)
    it("is rung about after a day of silence, unless there is a new one", function()
      w:advance "25h" assert.equal("missed", w:task("call").form)
      told("A9", "booked", "2026-03-20 09:00")
      assert.is_nil(w:task "call")
    end)
  end)

  describe("when the doctor cancels", function()
    local OTHERS = { { id = "B1", at = "2026-03-10 09:00", doctor = "王医生" }, { id = "B2", at = "2026-03-11 14:00" } }
    local function cancel(id, at) told(id or "A1", "cancelled", at or "2026-03-09 08:30", { by = "hospital", alternatives = OTHERS }) end

    it("tells on all channels at once, offers other times, and hands the choice to the desk", function()
      told("A1", "booked", "2026-03-09 08:30")
      cancel()
      local channels = {}
      for i, row in ipairs(w.core:query "SELECT via FROM message WHERE name='visit-cancelled' ORDER BY id") do channels[i] = row.via end
      assert.same({ "wechat", "sms", "email" }, channels)
      w:advance "5m"
      assert.matches("2026%-03%-09 08:30", w:sent "visit-cancelled"[1].text)
      assert.equal("answered", pt:reply "2")
      assert.matches("2026%-03%-11 14:00（B2）", w:task("rebook").note)
      assert.matches("改约：2026%-03%-11 14:00", w:timeline(pt))
      told("B2", "booked", "2026-03-11 14:00")
      assert.is_nil(w:task "rebook")
    end)
    it("rings who doesn't choose; what is said on the phone is the choice", function()
      cancel() w:advance "25h"
      w:task "call":done { code = "reached", answer = { slot = "B1" } }
      assert.matches("王医生（B1）", w:task("rebook").note)
    end)
    it("rings about tomorrow's visit when the question is held back; the answer on the phone is the choice", function()
      w = sim.world { scripts = { "scripts/visits" }, at = "2026-03-02 14:00", site = { budget_day = 1 } }
      w:channel("sms", "single")
      pt = w:patient { age = 50 }
      cancel("A1", "2026-03-03 08:30")
      w:advance "1h" assert.equal(0, #w:sent "new-time")
      w:advance "65m" w:task "call":done { code = "reached", answer = { slot = "B1" } }
      assert.matches("（B1）", w:task("rebook").note)
      w:advance "2d" assert.equal(0, #w:sent "new-time")
    end)
    it("asks of each of two visits by itself", function()
      cancel "A1" cancel("A2", "2026-03-09 10:00") w:advance "25h"
      assert.equal(2, w:open_tasks())
    end)
    it("lets a person decide at night about a visit of the early morning", function()
      world "2026-03-02 22:00" cancel("A1", "2026-03-03 08:30")
      assert.equal("booking-desk", w:task("ring-early").role)
      assert.equal(0, #w.messages)
    end)
    it("says nothing to who called it off", function()
      told("A1", "cancelled", "2026-03-09 08:30", { by = "patient" })
      w:advance "3d" assert.equal(0, #w.messages)
    end)
  end)

  describe("a late clinic", function()
    local function late(id, minutes) told(id, "delayed", nil, { minutes = minutes }) end
    before_each(function()
      world "2026-03-02 08:30"
      told("A1", "booked", "2026-03-02 09:30")
    end)

    it("is told to who waits, and again only when it is a quarter of an hour more", function()
      late("A1", 10) w:advance "5m" assert.equal(0, #w:sent "visit-delayed")
      late("A1", 30) w:advance "5m" assert.matches("30", w:sent "visit-delayed"[1].text)
      late("A1", 40) w:advance "5m" assert.equal(1, #w:sent "visit-delayed")
      late("A1", 45) w:advance "5m" assert.equal(2, #w:sent "visit-delayed")
    end)
    it("is nothing to who has been seen", function()
      told("A1", "done") late("A1", 30)
      w:advance "1h" assert.equal(0, #w:sent "visit-delayed")
    end)
  end)
end)
