-- Another hospital's policy: what is hard-wired would show here.
local sim = require "afterward.sim"

describe("the county hospital", function()
  local w
  before_each(function() w = sim.world { scripts = { "scripts/county" }, at = "2026-03-06 16:00" } end)      -- a Friday
  local function item(text, o)
    o = o or {}
    o.text, o.channel, o.patient = text, o.channel or "web", w:patient {}
    return w:feedback(o)
  end

  it("counts in its own working time: a red one is due on Monday", function()
    local c = item "我要投诉，胸痛没人管"
    assert.equal("red", c.tier)
    w:advance_to "2026-03-09 09:29" assert.is_nil(c.clocks.call.breached)      -- one hour on Friday, one on Monday
    w:advance_to "2026-03-09 09:31" assert.truthy(c.clocks.call.breached)
    assert.equal("director", w:task("call").role)
  end)

  it("gives a complaint five working days, all else ten, and warns at half", function()
    local complaint, praise = item "收费太慢，我要投诉", item "感谢护士"
    assert.same({ "yellow", "green" }, { complaint.tier, praise.tier })
    w:advance_to "2026-03-13 15:59" assert.is_nil(complaint.clocks.answer.breached)
    assert.truthy(complaint.clocks.answer.warned)
    w:advance_to "2026-03-13 16:01" assert.truthy(complaint.clocks.answer.breached)
    assert.is_nil(praise.clocks.answer.breached)
  end)

  it("has the ward's head nurse answer, closes, and asks nothing afterwards", function()
    local c = item("建议多放几把椅子", { ward = "3 East" })
    assert.equal("head-nurse", w:task("answer").role)
    w:task("answer"):done { answer = { reply = "已加六把" } }
    assert.equal("answered", c.closed)
    assert.truthy(w:sent("county-reply")[1].text:find(c.number, 1, true))
    w:advance "10d" assert.equal(0, w:open_tasks())
  end)

  it("has one level only: what is closed stays closed", function()
    local c = item "请问几点上班"
    w:task("answer"):done { answer = { reply = "八点半" } }
    assert.same({ 1, "answered" }, { c.level, c.closed })
  end)
end)
