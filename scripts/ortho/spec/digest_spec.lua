local sim = require "afterward.sim"

describe("the head nurse's weekly digest", function()
  local w
  local function task(day) return w:task("digest-" .. day) end
  before_each(function() w = sim.world { scripts = { "scripts/ortho" }, at = "2026-03-02 15:00" } end)          -- a Monday

  it("comes on Monday at eight, with last week's figures, as a task and not a message", function()
    local pt = w:patient { age = 66, family = true }
    w:discharge(pt, { procedures = { "81.5400" } })
    w:advance_to "2026-03-03 15:10" pt:answer("wound-check", { temp = 36.5, wound = "dry", calf = false })
    w:advance_to "2026-03-09 07:59" assert.is_nil(task "2026-03-09")
    local messages = #w.messages
    w:advance "2m"
    assert.equal("head-nurse", task("2026-03-09").role)
    assert.matches("发出 2 份，回答 1 份", task("2026-03-09").note)
    assert.equal(messages, #w.messages)
    w:advance_to "2026-03-16 08:01" assert.truthy(task "2026-03-16")
  end)

  it("after three weeks without the machine only the newest is made", function()
    w:sleep "21d"
    w:advance "1m"
    assert.truthy(task "2026-03-23")
    assert.is_nil(task "2026-03-09")
    assert.is_nil(task "2026-03-16")
    w:advance_to "2026-03-30 08:01" assert.truthy(task "2026-03-30")
  end)

  it("a crash makes it neither lost nor double", function()
    w:advance_to "2026-03-09 07:59" w:crash()
    w:advance "2m" assert.truthy(task "2026-03-09")
    w:crash()
    w:advance "1h"
    w:task("digest-2026-03-09"):done { code = "done" }
    w:advance "1d" assert.is_nil(task "2026-03-09")
  end)
end)
