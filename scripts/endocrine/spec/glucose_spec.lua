local sim = require "afterward.sim"

describe("glucose after discharge (稳稳)", function()
  local w, pt
  local function home(o)
    w = sim.world { scripts = { "scripts/endocrine" }, at = "2026-03-02 11:00" }                            -- a Monday
    pt = w:patient { age = 66, family = true }
    w:discharge(pt, o or { diagnoses = { "E11.900" } })
    return w:enrollment "glucose"
  end
  local function value(at, number, o)
    w:advance_to("2026-03-" .. at)
    w:event(pt, "observation", { observation = { code = "2345-7", value = number, unit = o and o.unit or "mmol/L",
      reading = o and o.reading, status = o and o.status } })
  end
  local function lace(answer)
    w:advance "2h"
    w:task("lace"):done { code = "done", answer = answer }
  end
  local HIGH = { days = 9, acute = true, charlson = 3, visits = 1 }                                         -- 5 + 3 + 3 + 1 = 12

  it("begins for the diagnosis, by code or by name, and not for who left against advice", function()
    assert.truthy(home())
    assert.truthy(home { diagnoses = { "2型糖尿病" } })
    assert.is_nil(home { diagnoses = { "I10" } })
    assert.is_nil(home { diagnoses = { "E11.900" }, leaving = "against-advice" })
  end)

  it("keeps LACE with what it counted, and looks more closely at who may come back", function()
    local enrolled = home()
    lace(HIGH)
    assert.equal("high", enrolled.tier)
    local kept = w.core:query "SELECT name, version, value, level, body AS b_body FROM score"
    assert.same({ "lace", "2010", "high", 12 }, { kept[1].name, kept[1].version, kept[1].level, kept[1].body.score })
    assert.same(5, kept[1].body.parts.days)
  end)

  it("asks for what LACE was not told, and calls nobody high or low until then", function()
    local enrolled = home()
    lace { days = 9, acute = true }
    assert.equal("standard", enrolled.tier)
    assert.equal("LACE 缺：charlson、visits", w:task("lace-rest").note)
  end)

  it("pages for a high value once, not for each, and again after it was calm", function()
    home()
    value("03 07:00", 17)
    local alert = w:alert_named "high"
    assert.equal("urgent", alert.level)
    assert.equal(1, #w:sent "high-advice")
    alert:ack() alert:done { note = "已处理" }
    value("03 09:00", 15) value("03 12:00", 18)
    assert.equal(1, #w:sent "high-advice")
    value("03 18:00", 12) value("03 21:00", 17.5)
    w:advance "1h"
    assert.equal(2, #w:sent "high-advice")
  end)

  it("does not page for a value that the laboratory took back, and counts mg/dL", function()
    home()
    value("03 07:00", 324, { unit = "mg/dL", reading = "A" })                                             -- 17.98 mmol/L
    value("03 07:30", 324, { unit = "mg/dL", reading = "A" })
    assert.equal(1, #w:sent "high-advice")
    value("03 08:00", 124, { unit = "mg/dL", reading = "A", status = "corrected" })
    value("03 09:00", 324, { unit = "mg/dL", reading = "A", status = "corrected" })
    assert.equal(1, #w:sent "high-advice")
  end)

  it("is an emergency when too low", function()
    home()
    value("03 07:00", 3.1)
    assert.equal("emergency", w:alert_named "low".level)
    assert.equal(1, #w:sent "low-advice")
  end)

  it("tells the third rising day, counting the last value of each", function()
    home()
    value("03 07:00", 7) value("04 07:00", 12) value("04 20:00", 8) value("05 07:00", 7.5)
    assert.is_nil(w:alert_named "rising")
    value("05 20:00", 9)
    assert.equal("三天连升：7.0 到 9.0", w:alert_named "rising".reason)
  end)

  it("asks who is at high risk and has not measured by ten, and rings after two days", function()
    home()
    lace(HIGH)
    value("03 08:00", 7)
    w:advance_to "2026-03-03 12:00"
    assert.equal(0, #w:sent "glucose")
    w:advance_to "2026-03-04 12:00"
    assert.equal(1, #w:sent "glucose")
    w:advance_to "2026-03-06 17:00"
    assert.equal("nurse", w:task("ring").role)
  end)

  it("asks the others on two mornings a week, unless the meter has told", function()
    home()
    value("05 06:30", 7)                                                                                    -- a Thursday
    w:advance_to "2026-03-05 12:00"
    assert.equal(0, #w:sent "glucose")
    w:advance_to "2026-03-09 12:00"
    assert.equal(1, #w:sent "glucose")
  end)
end)
