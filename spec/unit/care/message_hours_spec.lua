-- When patients are left alone. 2026-03-02 is a Monday, Qingming falls on 04-05.
local messages = require "unit.care.messages"

describe("a message waits", function()
  local w, plan, change, state, due, sent
  before_each(function()
    local scene = messages()
    w, plan, change, state, due, sent = scene.w, scene.plan, scene.change, scene.state, scene.due, scene.sent
  end)

  it("for the end of the quiet hours in the patient's own zone", function()
    w:at "2026-03-02 21:00"
    assert.equal("03-03 08:00", due(plan {}))
    change "UPDATE patient SET zone='Europe/Berlin' WHERE id=1"
    plan {}
    assert.equal(1, sent())
    plan { class = "safety", patient = 9 }
    assert.equal(2, sent())
    w:at "2026-03-03 07:59"
    w:at "2026-03-03 08:00"
    assert.equal(2, sent())                        -- in Berlin it is 01:00
    w:at "2026-03-03 15:00"
    assert.equal(3, sent())
  end)
  it("for the end of its own class's hours, beside the quiet ones of all", function()
    change "INSERT INTO consent VALUES (1,1,'marketing','',1,0,'x','spoken')"
    w:at "2026-03-02 12:00"
    local offer = plan { class = "marketing" }
    assert.same({ "held quiet-hours", "03-03 10:30" }, { state(offer), due(offer) })
    assert.equal("in_flight", state(plan { class = "visit" }))
    w:at "2026-03-02 22:00"
    assert.equal("03-03 08:00", due(plan { class = "visit" }))
    assert.equal("03-03 10:30", due(plan { class = "marketing" }))
    change "UPDATE patient SET zone='Europe/Berlin' WHERE id=1"
    assert.equal("03-03 17:30", due(plan { class = "marketing" }))      -- half past ten there
  end)
  it("for the day after a festival, and then for its morning", function()
    w:at "2026-04-05 10:00"
    local id = plan {}
    assert.same({ "held festival", "04-07 08:00" }, { state(id), due(id) })
    plan { class = "safety" }
    assert.equal(1, sent())
    assert.equal("suppressed festival", state(plan { valid_hours = 40 }))
  end)
end)
