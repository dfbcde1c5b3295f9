-- What the ward expects of @NAME@, in virtual time.
local sim = require "afterward.sim"

describe("@NAME@", function()
  local w, pt
  before_each(function()
    w = sim.world { scripts = { "scripts/@DEPARTMENT@" }, at = "2026-03-02 15:00" }           -- a Monday
    pt = w:patient { age = 68 }
    w:discharge(pt, { procedures = { "示例手术" } })
  end)

  it("asks after a day, then every week for four weeks", function()
    assert.same({ "03-03 Tue 15:00" }, w:planned("@NAME@", "first-day"))
    assert.equal(4, #w:planned("@NAME@", "week"))
  end)

  it("brings nobody else in", function()
    local before = #w.enrollments
    w:discharge(w:patient { age = 50 }, { procedures = { "其他手术" } })
    assert.equal(before, #w.enrollments)
  end)

  it("raises the alarm for a fever, and not for a dry wound", function()
    w:advance "24h"
    pt:answer("@NAME@", { temp = 38.4, wound = "dry" })
    assert.is_nil(w:alert_named "@NAME@-flags")
    w:advance_to "2026-03-09 09:10"
    pt:answer("@NAME@", { temp = 38.5, wound = "dry" })                       -- once on each side of the limit
    assert.equal("@LEVEL@", w:alert_named("@NAME@-flags").level)
    assert.matches("38.5", w:alert_named("@NAME@-flags").reason)
  end)

  it("raises the alarm for an open wound", function()
    w:advance "24h"
    pt:answer("@NAME@", { temp = 36.5, wound = "open" })
    assert.equal("伤口裂开", w:alert_named("@NAME@-flags").reason)
  end)

  it("asks a nurse to ring when a patient is silent for a day; her call answers", function()
    w:advance "48h"
    w:task "@NAME@-call":done { code = "reached", answer = { temp = 36.5, wound = "red" } }
    assert.is_nil(w:task "@NAME@-call")
  end)
end)
