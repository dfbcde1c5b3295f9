local H = require "scripts.helper"

describe("discharge medicines", function()
  local w, pt
  local WELL = { taken = "all", bleeding = false }
  local function home(drug)
    w = H.department("pharmacy", "2026-03-06 11:00")                  -- a Friday
    pt = w:patient { age = 70 }
    w:discharge(pt, { drugs = { drug } })
  end
  after_each(function() H.calm(w) end)

  it("a pharmacist rings who goes home with a high-alert medicine, and nobody else", function()
    home "华法林钠片"
    w:advance "24h"
    assert.equal("pharmacist", w:task("pharmacist-call").role)
    home "维生素C片"
    assert.is_nil(w:enrollment "discharge-medicines")
  end)

  it("within two working days: a Friday's discharge by Wednesday morning", function()
    home "胰岛素注射液"
    w:advance_to "2026-03-10 07:59" assert.falsy(w:task("pharmacist-call").overdue)
    w:advance_to "2026-03-11 08:01" assert.truthy(w:task("pharmacist-call").overdue)
  end)

  it("bleeding heard on the phone is urgent", function()
    home "华法林钠片"
    w:advance "3d" w:task("pharmacist-call"):done { code = "reached", answer = { taken = "all", bleeding = true } }
    assert.equal("urgent", w:alert_named("medicine-flags").level)
  end)

  it("after a fortnight a question, or missed doses, bring a second call", function()
    home "华法林钠片"
    w:advance "3d" w:task("pharmacist-call"):done { code = "reached", answer = WELL }
    w:advance_to "2026-03-20 10:00" pt:answer("medicines", { taken = "all", bleeding = false, question = "可以喝酒吗？" })
    assert.equal("可以喝酒吗？", w:task("pharmacist-call").note)
  end)

  it("who takes all and asks nothing is left in peace", function()
    home "华法林钠片"
    w:advance "3d" w:task("pharmacist-call"):done { code = "reached", answer = WELL }
    w:advance_to "2026-03-20 10:00" pt:answer("medicines", WELL)
    w:advance "20d" assert.equal(0, w:open_tasks())
  end)
end)

describe("before an operation", function()
  local w, pt
  local function booked(department, status)
    w:event(pt, "appointment", { appointment = { id = "OR1", at = "2026-03-12 08:00", status = status or "booked", department = department } })
  end
  before_each(function()
    w = H.department("theatre", "2026-03-02 15:00")
    pt = w:patient { age = 50 }
  end)
  after_each(function() H.calm(w) end)

  it("teaches when the theatre books, and asks three days before", function()
    booked "theatre"
    w:advance "5h" assert.equal(1, #w:sent "what-happens")
    w:advance_to "2026-03-09 07:59" assert.equal(0, #w:sent "ready")
    w:advance_to "2026-03-09 12:00" assert.equal(1, #w:sent "ready")
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
