local sim = require "afterward.sim"

describe("thirty days of tapering texts", function()
  local w, pt
  before_each(function()
    w = sim.world { scripts = { "scripts/primary" }, at = "2026-03-02 15:00" }
    pt = w:patient { age = 58 }
    w:discharge(pt, {})
  end)
  local function en() return w:enrollment "tapering-texts" end
  local function days(n) w:advance(n .. "d") end

  it("can list all nine check-ins on the first day", function()
    assert.equal(9, #w:planned("tapering-texts", "check-in"))
    assert.equal("03-05 Thu 10:00", w:planned("tapering-texts", "check-in", 1)[1])
  end)

  it("says hello and books a visit for who has none", function()
    w:advance_to "2026-03-03 11:00"
    assert.equal(1, #w:sent "hello")
    pt:answer("visit-booked", { booked = false })
    assert.equal("practice-nurse", w:task("book-visit").role)
  end)

  it("hears danger in what is written back, and a fever that is measured", function()
    w:advance_to "2026-03-03 11:00"
    assert.equal("given", pt:reply "胸口痛，喘不上气")
    assert.equal("emergency", w:alert_named("danger-words").level)
    w:observe(pt, "temperature", 39)
    assert.equal("urgent", w:alert_named("fever").level)
  end)

  it("yes and no are answered by short message, and 退订 ends it", function()
    w:advance_to "2026-03-03 11:00"
    assert.equal("answered", pt:reply "否")
    w:advance_to "2026-03-05 10:05"
    assert.equal("answered", pt:reply "没有")
    assert.equal("opted-out", pt:reply "退订")
    local sent = #w:sent "check-in"
    days(25)
    assert.equal(sent, #w:sent "check-in")
  end)

  it("asks what kind of help, and a person calls within one business day", function()
    w:advance_to "2026-03-07 10:05"                                  -- day 5, a Saturday
    pt:answer("check-in", { help = "yes" })
    pt:answer("what-help", { kind = "medicine" })
    local call = w:task "call"
    assert.equal("pharmacist", call.role)
    w:advance_to "2026-03-10 07:59" assert.falsy(call.overdue)       -- Monday opens 08:00, one business day on: Tuesday 08:00
    w:advance_to "2026-03-10 08:01" assert.truthy(call.overdue)
  end)

  it("gives advice and tells the practice the same day when the patient feels unwell", function()
    w:advance_to "2026-03-05 10:05"
    pt:answer("check-in", { help = "yes" })
    pt:answer("what-help", { kind = "unwell" })
    assert.equal("soon", w:alert_named("help-flags").level)
  end)

  it("calls even when the kind is never said", function()
    w:advance_to "2026-03-05 10:05"
    pt:answer("check-in", { help = "yes" })
    w:advance "13h"
    assert.truthy(w:task "call")
  end)

  it("after three silences asks one last question, then ends", function()
    w:advance_to "2026-03-10 09:00"
    assert.equal(0, #w:sent "go-on")
    w:advance_to "2026-03-10 11:00"
    assert.equal(1, #w:sent "go-on")                                 -- day 7 unanswered for 24 h is the third silence
    assert.is_true(en().live)
    w:advance "49h"
    assert.is_false(en().live)
    assert.matches("no answer to the last question", en().ended)
    local n = #w.messages
    days(30)
    assert.equal(n, #w.messages)
  end)

  it("goes on when the patient says so", function()
    w:advance_to "2026-03-10 11:00"
    pt:answer("go-on", { choice = "continue" })
    w:advance_to "2026-03-12 10:30"
    assert.equal(4, #w:sent "check-in")
  end)

  it("forgets earlier silences after an answer", function()
    w:advance_to "2026-03-09 10:30"
    pt:answer("check-in", { help = "no" })
    w:advance_to "2026-03-16 11:00"
    assert.equal(0, #w:sent "go-on")
  end)

  it("stops at once at STOP, in the middle of a question", function()
    w:advance_to "2026-03-05 10:30"
    pt:opt_out()
    assert.equal("opted-out", en().ended)
    days(40)
    assert.equal(1, #w:sent "check-in")
  end)

  it("ends when the last question is answered with stop", function()
    w:advance_to "2026-03-10 11:00" pt:answer("go-on", { choice = "stop" })
    assert.equal("opted-out", en().ended)
  end)

  it("helps when the last question is answered with help", function()
    w:advance_to "2026-03-10 11:00" pt:answer("go-on", { choice = "help" })
    assert.is_true(en().live) assert.equal(1, #w:sent "what-help")
  end)

  it("starts anew after a second stay, and keeps still during it", function()
    w:advance_to "2026-03-05 10:30" w:event(pt, "admission", {})
    w:advance_to "2026-03-12 12:00" assert.equal(1, #w:sent "check-in")
    w:discharge(pt, {})
    assert.equal("restarted", w.enrollments[1].ended)
    assert.equal("03-15 Sun 10:00", w:planned("tapering-texts", "check-in", 1)[1])
  end)

  it("asks a nurse for the number when texts can't arrive, and does not count that as silence", function()
    pt.unreachable = true
    w:advance_to "2026-03-05 10:30"
    assert.truthy(w:task "number")
    w:advance_to "2026-03-12 11:00"
    assert.equal(0, #w:sent "go-on")
  end)
end)
