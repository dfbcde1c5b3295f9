local sim = require "afterward.sim"

describe("before an operation", function()
  local w, pt
  local function booked(department, status)
    w:event(pt, "appointment", { appointment = { id = "OR1", at = "2026-03-12 08:00", status = status or "booked", department = department } })
  end
  before_each(function()
    w = sim.world { scripts = { "scripts/theatre" }, at = "2026-03-02 15:00" }
    pt = w:patient { age = 50 }
  end)

  it("teaches when the theatre books, and asks three days before", function()
    booked "theatre"
    w:advance "5h" assert.equal(1, #w:sent "what-happens")
    w:advance_to "2026-03-09 07:59" assert.equal(0, #w:sent "ready")
    w:advance_to "2026-03-09 12:00" assert.equal(1, #w:sent "ready")
  end)

  it("asks at once who is booked less than three days before", function()
    w:event(pt, "appointment", { appointment = { id = "OR2", at = "2026-03-04 08:00", status = "booked", department = "theatre" } })
    w:advance "5h"
    assert.equal(1, #w:sent "ready")
  end)

  it("who has not understood is taught again by a person", function()
    booked "theatre"
    w:advance_to "2026-03-09 12:00" pt:answer("ready", { fever = false, thinner = false, fasting = "unsure" })
    assert.equal("nurse", w:task("teach").role)
  end)

  it("a blood thinner is told the same day; nobody says to stop it", function()
    booked "theatre"
    w:advance_to "2026-03-09 12:00" pt:answer("ready", { fever = false, thinner = true, fasting = "8" })
    assert.equal("soon", w:alert_named("ready-flags").level)
  end)

  it("silent until the day before: a nurse rings", function()
    booked "theatre"
    w:advance_to "2026-03-10 20:00" assert.equal("ready", w:task("teach").form)
  end)

  it("an operation that is put off is prepared three days before its new day", function()
    booked "theatre"
    w:advance "1d"
    w:event(pt, "appointment", { appointment = { id = "OR1", at = "2026-03-20 08:00", status = "changed", department = "theatre" } })
    w:advance_to "2026-03-16 20:00" assert.equal(0, #w:sent "ready")
    w:advance_to "2026-03-17 12:00" assert.equal(1, #w:sent "ready")
  end)

  it("a clinic's visit that is cancelled leaves the operation as it is; a cancellation need not name the department", function()
    booked "theatre"
    w:event(pt, "appointment", { appointment = { id = "C9", at = "2026-03-10 08:00", status = "booked", department = "eye" } })
    w:event(pt, "appointment", { appointment = { id = "C9", status = "cancelled" } })
    assert.is_true(w:enrollment("before-surgery").live)
    w:event(pt, "appointment", { appointment = { id = "OR1", status = "cancelled" } })
    assert.is_false(w:enrollment("before-surgery").live)
  end)

  it("an operation that is called off ends it, and another clinic's appointment never begins it", function()
    booked "theatre"
    w:advance "1d" booked("theatre", "cancelled")
    assert.is_false(w:enrollment("before-surgery").live)
    pt = w:patient { age = 50 }
    w:event(pt, "appointment", { appointment = { id = "C9", at = "2026-03-12 08:00", status = "booked", department = "eye" } })
    w:advance "10d"
    assert.equal(1, #w.enrollments)
  end)
end)
