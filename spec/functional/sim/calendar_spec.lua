local sim = require "afterward.sim"

local DAYS = "date,kind,name\n2026-03-03,off,院庆\n2026-03-07,work,调休\n"
local SOURCE = [[
local aw = require "afterward"
return {
  aw.department { id = "w", title = "W", calendar = "own", alerts = { urgent = "u", breach = "u", ["at-risk"] = "u" }, overdue = "u" },
  aw.escalation { id = "u", levels = { { page = "nurse", ack_within = "9d" } } },
  aw.program { id = "brand", name = "B" },
  aw.calendar { id = "own", hours = { ["mon-fri"] = "08:00-12:00,14:00-18:00" }, holidays = "days.csv" },
  aw.triage { id = "t", program = "brand", on = { "web" },
    clocks = function() return { { "early", "1bd" }, { "days", "2bd" }, { "hours", "12bh" }, { "natural", "48h" } } end,
    run = function(c)
      c:wait "30h"
      c:met "early"
      c:wait "90d"
    end },
}]]

describe("a department's own calendar", function()
  local function world(days, source)
    return sim.world { scripts = { ["w/w.lua"] = source or SOURCE, ["w/days.csv"] = days }, at = "2026-03-02 16:00" }   -- a Monday
  end
  local function at(text) return sim.parse_time(text, "Asia/Shanghai") end

  it("has holidays and make-up working days in a file beside it, which clocks keep to", function()
    local w = world(DAYS)
    local c = w:feedback { patient = w:patient {}, text = "x" }
    assert.equal(at "2026-03-05 16:00", c.clocks.days.due)
    assert.equal(at "2026-03-05 10:00", c.clocks.hours.due)
    assert.equal(at "2026-03-04 16:00", c.clocks.natural.due)
  end)

  it("that changes counts the clocks anew that still run, and leaves those that ended or ran out as they were", function()
    local w = world(DAYS)
    local c = w:feedback { patient = w:patient {}, text = "x" }
    w:advance "49h"
    local early, natural = c.clocks.early, c.clocks.natural
    assert.truthy(early.met and natural.breached)
    w:load { ["w/w.lua"] = SOURCE, ["w/days.csv"] = DAYS .. "2026-03-05,off,又一天\n" }
    assert.equal(at "2026-03-06 16:00", c.clocks.days.due)
    assert.equal(at "2026-03-06 10:00", c.clocks.hours.due)
    assert.same({ early.due, natural.due }, { c.clocks.early.due, c.clocks.natural.due })
  end)

  it("whose file says no days is refused with its line", function()
    local ok, why = pcall(world, "date,kind\n2026-13-01,off\n")
    assert.is_false(ok)
    assert.matches("calendar \"own\": holidays: w/days.csv line 2 does not begin with a date; write for example 2026-10-01,off", why, 1, true)
    ok, why = pcall(world, DAYS, (SOURCE:gsub("days%.csv", "dys.csv")))
    assert.is_false(ok)
    assert.matches('no file "dys.csv" in w/ or shared/', why, 1, true)
  end)
end)
