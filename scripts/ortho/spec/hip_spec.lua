local sim = require "afterward.sim"

describe("after a hip replacement", function()
  local w, pt
  before_each(function()
    w = sim.world { scripts = { "scripts/ortho" }, at = "2026-03-02 15:00" }            -- a Monday
    pt = w:patient { age = 68, family = true }
    w:discharge(pt, { procedures = { "81.51" } })
  end)

  it("asks about the wound after 24 hours, and once more after eight silent hours", function()
    w:advance "24h"
    assert.equal(1, #w:sent "wound-check")
    w:advance "9h"
    assert.equal(1, #w:sent "wound-check")                 -- 23:00 falls in the quiet hours …
    w:advance "9h"
    assert.equal(2, #w:sent "wound-check")                 -- … so it goes at 08:00
  end)

  it("goes from the silent patient to the nurse, the family, a home visit", function()
    w:advance "47h"
    assert.is_nil(w:task "call")
    w:advance "1h"
    w:task("call"):done { code = "no-answer" }
    assert.equal(1, #w:sent("wound-check", "family"))
    w:advance "25h"
    local visit = w:task "visit"
    assert.equal("community-nurse", visit.role)
    visit:done { code = "done", answer = { temp = 36.8, wound = "dry", calf = false } }
    assert.equal(0, w:open_tasks())
  end)

  it("takes a late answer instead of the nurse's call, and withdraws the call", function()
    w:advance "49h"
    assert.truthy(w:task "call")
    assert.truthy(pt:answer("wound-check", { temp = 36.5, wound = "dry", calf = false }))
    assert.is_nil(w:task "call")
  end)

  it("pages for a wound that leaks, even when it is the nurse who hears it, and watches more closely", function()
    w:advance "49h"
    assert.same({ "03-05 Thu 09:00", "03-12 Thu 09:00" }, w:planned("hip-replacement", "pain", 2))
    w:task("call"):done { code = "reached", answer = { temp = 37, wound = "leaking", calf = false } }
    assert.equal("urgent", w:alert_named("joint-red-flags").level)
    assert.equal("ward-nurse", w.pages[1].role)
    assert.equal("high", w:enrollment("hip-replacement").tier)
    assert.same({ "03-05 Thu 09:00", "03-08 Sun 09:00" }, w:planned("hip-replacement", "pain", 2))
  end)

  it("an answer to a newer question of the same form ends the older ladder", function()
    w:enrollment("hip-replacement").state.close = true w:retier(w:enrollment "hip-replacement")      -- three-daily
    w:advance_to "2026-03-03 15:10" pt:answer("wound-check", { temp = 36.5, wound = "dry", calf = false })
    w:advance_to "2026-03-08 09:30"                        -- the question of the 5th: silent 2 d, again 1 d; a new one today
    local call = w:task "call"
    assert.truthy(call)
    pt:answer("pain", { pain = 3, wound = "dry" })
    assert.is_false(call.open)
    w:advance "20h" assert.is_nil(w:task "visit")
  end)

  it("treats a swollen calf as an emergency whatever the rest", function()
    w:advance "25h"
    pt:answer("wound-check", { temp = 36.5, wound = "dry", calf = true })
    assert.equal("emergency", w:alert_named("joint-red-flags").level)
  end)

  it("never goes silent: unacknowledged, the page climbs and then repeats", function()
    w:advance "25h"
    pt:answer("wound-check", { temp = 39, wound = "red", calf = false })
    w:advance "80m"
    local roles = {}
    for i, pg in ipairs(w.pages) do roles[i] = pg.role end
    assert.same({ "ward-nurse", "on-call-doctor", "chief", "head-nurse", "chief", "head-nurse", "chief", "head-nurse" }, roles)
    w:alert_named("joint-red-flags"):ack()
    local n = #w.pages
    w:advance "110m"
    assert.equal(n, #w.pages)
    w:advance "15m"                                        -- acknowledged, nothing done for two hours
    assert.is_true(#w.pages > n)
  end)

  it("asks about pain weekly, three-daily when watched, and calls after two silences", function()
    w:advance_to "2026-03-03 15:10"
    pt:answer("wound-check", { temp = 36.5, wound = "dry", calf = false })
    w:advance_to "2026-03-14 10:00"
    assert.is_nil(w:task "call")
    w:advance_to "2026-03-16 10:00"
    assert.truthy(w:task "call")
  end)
end)
