local sim = require "afterward.sim"

describe("after a stroke", function()
  local w, pt
  before_each(function()
    w = sim.world { scripts = { "scripts/stroke/department.lua", "scripts/stroke/recovery.lua", "scripts/shared/urgent-clinical.lua" },
      at = "2026-03-02 15:00" }
    pt = w:patient { age = 70, family = true }
    w:discharge(pt, { diagnoses = { "I63.900" } })
  end)

  it("asks for speech in week 1, limbs in week 2, swallowing after a month", function()
    w:advance_to "2026-03-09 10:00" pt:answer("speech", { fresh = false, understood = "all" })
    w:advance_to "2026-03-16 10:00" pt:answer("limbs", { fresh = false, walks = "alone", fell = false })
    w:advance_to "2026-04-02 10:00" pt:answer("swallowing", { fresh = false, cough = "never", temp = 36.5 })
    assert.equal(0, w:open_tasks())
  end)

  it("anything new or worse is an emergency, in every form", function()
    w:advance_to "2026-03-09 10:00" pt:answer("speech", { fresh = true, understood = "some" })
    assert.equal("emergency", w:alert_named("again").level)
    w:advance_to "2026-04-02 10:00" pt:answer("swallowing", { fresh = true, cough = "never", temp = 36.5 })
    assert.equal("emergency", w:alert_named("swallow-flags").level)
  end)

  it("sends the therapist whom each answer needs", function()
    w:advance_to "2026-03-09 10:00" pt:answer("speech", { fresh = false, understood = "some" })
    assert.equal("speech-therapist", w:task("speech-therapy").role)
    w:advance_to "2026-03-16 10:00" pt:answer("limbs", { fresh = false, walks = "helped", fell = true })
    assert.equal("rehab-therapist", w:task("limbs-therapy").role)
    w:advance_to "2026-04-02 10:00" pt:answer("swallowing", { fresh = false, cough = "often", temp = 36.5 })
    assert.equal("speech-therapist", w:task("swallowing-therapy").role)
    assert.equal("soon", w:alert_named("swallow-flags").level)
  end)

  it("coughing with a fever is urgent", function()
    w:advance_to "2026-04-02 10:00" pt:answer("swallowing", { fresh = false, cough = "seldom", temp = 38.2 })
    assert.equal("urgent", w:alert_named("swallow-flags").level)
  end)

  it("when a patient is silent for a day a nurse rings, and then the family is asked", function()
    w:advance_to "2026-03-10 10:00"
    w:task("call"):done { code = "no-answer" }
    assert.equal(1, #w:sent("speech", "family"))
  end)
end)
