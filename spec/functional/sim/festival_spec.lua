-- New Year's Eve to the third day, and Qingming: nobody is written to but for what is about safety (WARD 20).
local H = require "functional.sim.helper"

local MORE = [[
  aw.template { id = "danger", class = "safety", zh = "请马上来院", en = "Come at once" },
  aw.template { id = "walk", class = "education", zh = "每天走路两次", en = "Walk twice a day" },]]

local function sent(at, body, o)
  o = o or {}
  o.at, o.more, o.steps = at, MORE, H.step(body, 'valid_for = "9d",')
  o.site = { quiet_hours = "21:00-08:00", festivals = o.festivals }
  return (H.discharged(o))
end
describe("at a festival", function()
  local function morning(w) return w.texts[1] and os.date("!%m-%d %H:%M", (w.texts[1].at + 28800000) // 1000) or "nothing" end

  for at, leaves in pairs {
    ["2024-02-09 10:00"] = "02-13 08:00", ["2025-01-28 10:00"] = "02-01 08:00", ["2026-02-16 10:00"] = "02-20 08:00",
    ["2027-02-05 10:00"] = "02-09 08:00", ["2026-04-05 10:00"] = "04-06 08:00", ["2027-04-05 10:00"] = "04-06 08:00",
    ["2027-02-04 10:00"] = "02-04 11:00", ["2026-02-24 10:00"] = "02-24 11:00",
  } do
    it("what was due at " .. at .. " leaves at " .. leaves, function()
      local w = sent(at, 'p:send "walk"')
      w:advance "6d"
      assert.equal(leaves, morning(w))
    end)
  end

  it("a warning leaves at once", function()
    local w = sent("2027-02-05 10:00", 'p:send "danger"')
    w:advance "2h"
    assert.equal("02-05 11:00", morning(w))
  end)

  it("a hospital's own list takes the place of the file's", function()
    local w = sent("2027-02-05 10:00", 'p:send "walk"', { festivals = "2027-02-06" })
    w:advance "2h"
    assert.equal("02-05 11:00", morning(w))
  end)

  it("another file takes the place of the shipped one", function()
    local w = sent("2027-02-03 10:00", 'p:send "walk"', { scripts = { ["shared/calendar/cn.csv"] = "date,kind,name\n2027-02-03,festival,院庆\n" } })
    w:advance "2d"
    assert.equal("02-04 08:00", morning(w))
  end)
end)
