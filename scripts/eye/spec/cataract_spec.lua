local sim = require "afterward.sim"

describe("cataract surgery in the elderly", function()
  local w, pt
  local WELL = { worse = "same", pain = 1, red = false, drops = "family" }
  local function home(o)
    w = sim.world { scripts = { "scripts/eye" }, at = "2026-03-02 10:00" }                     -- a Monday
    pt = w:patient(o or { age = 78, family = true })
    w:discharge(pt, { procedures = { "13.4100x001" } })
  end

  it("tells the family, not the patient's own screen, how to care for the eye", function()
    home()
    w:advance_to "2026-03-02 20:00"
    assert.equal(1, #w:sent("eye-care", "family"))
    assert.equal(0, #w:sent("eye-care", "patient"))
  end)

  it("rings on the first day, whoever the patient is", function()
    home()
    w:advance_to "2026-03-03 09:00"
    assert.equal("eye-check", w:task("first-call").form)
  end)

  it("writes to the family when the patient does not pick up, and rings again after a silent day", function()
    home()
    w:advance_to "2026-03-03 09:30" w:task("first-call"):done { code = "no-answer" }
    assert.equal(1, #w:sent("eye-check", "family"))
    assert.equal(0, #w:sent("eye-check", "patient"))
    w:advance "25h"
    assert.equal("nurse", w:task("voice-call").role)
  end)

  it("rings at once in week 1 when there is no family to write to", function()
    home { age = 80 }
    w:advance_to "2026-03-03 09:30" w:task("first-call"):done { code = "reached", answer = WELL }
    w:advance_to "2026-03-09 09:30"
    assert.truthy(w:task "voice-call")
    assert.equal(0, #w:sent "eye-check")
  end)

  it("sudden loss of sight is urgent, whoever hears it; nobody to give the drops is a nurse's work", function()
    home()
    w:advance_to "2026-03-03 09:30"
    w:task("first-call"):done { code = "proxy", answer = { worse = "sudden", pain = 2, red = false, drops = "nobody" } }
    assert.equal("urgent", w:alert_named("eye-flags").level)
    assert.truthy(w:task "drops")
  end)

  it("a month on books for glasses those who have not", function()
    home()
    w:advance_to "2026-03-03 09:30" w:task("first-call"):done { code = "reached", answer = WELL }
    w:advance_to "2026-03-09 09:30" pt:answer("eye-check", WELL, { by = "family" })
    w:advance_to "2026-03-30 09:30" pt:answer("glasses", { booked = false }, { by = "family" })
    assert.truthy(w:task "book")
  end)

  it("leaves younger patients out", function()
    home { age = 45, family = true }
    assert.is_nil(w:enrollment "cataract")
  end)
end)
