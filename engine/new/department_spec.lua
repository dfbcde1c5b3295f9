-- What the department promises whatever its pathways do: an alarm reaches a person, and the next one when nobody acts.
local sim = require "afterward.sim"

describe("@NAME@", function()
  local w
  before_each(function()
    w = sim.world { scripts = { "scripts/@DEPARTMENT@" }, at = "2026-03-02 15:00" }
    w.roster = { nurse = "li", doctor = "dr-wu" }
  end)

  it("pages the nurse, and after a quarter of an hour the doctor", function()
    local pt = w:patient { age = 68 }
    w:discharge(pt, { procedures = { "示例手术" } })
    w:advance "24h"
    pt:answer("after-discharge", { temp = 39.0, wound = "dry" })
    assert.equal("nurse", w.pages[1].role)
    w:advance "16m"
    assert.equal("doctor", w.pages[2].role)
  end)
end)
