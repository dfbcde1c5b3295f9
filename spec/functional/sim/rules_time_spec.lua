-- Rules 3 and 4 of the script API: when time begins to count, and how it is written.
local H = require "functional.sim.helper"

describe("rule 3: time counts from the moment that the message may leave", function()
  local NIGHT = { at = "2026-03-02 21:30", site = { quiet_hours = "21:00-08:00" } }
  local function night(body)
    return H.body(body, { at = NIGHT.at, site = NIGHT.site })
  end
  it("`within` starts at eight in the morning for a question of half past ten at night", function()
    local w = night [[local a, why = p:ask("check", { within = "2h" }) p:note(why)]]
    w:advance_to "2026-03-03 09:59" assert.same({}, H.notes(w))
    w:advance_to "2026-03-03 10:00" assert.same({ "silent" }, H.notes(w))
  end)
  it("so does `remind`", function()
    local w = night [[p:ask("check", { within = "1d", remind = "2h" })]]
    w:advance_to "2026-03-03 09:59" assert.equal(1, #w:sent "check")
    w:advance_to "2026-03-03 10:00" assert.equal(2, #w:sent "check")
  end)
  it("a day-offset without a time of day waits for the department's contact hours", function()
    local w = H.discharged { windows = "15:00-17:30", steps = [[aw.step { id = "s", at = "1d", run = function(p) end },
      aw.step { id = "exact", at = "25h", run = function(p) end },]] }
    assert.same({ "03-03 Tue 15:00" }, w:planned("way", "s"))
    assert.same({ "03-03 Tue 11:00" }, w:planned("way", "exact"))
  end)
end)

describe("rule 4: one grammar of time", function()
  local function planned(at, keys, o)
    o = o or {}
    o.at, o.steps = at, ('aw.step { id = "s", %s, run = function(p) end },'):format(keys)
    local w = H.discharged(o)
    return w:planned("way", "s", o.n or 3), w
  end
  for _, case in ipairs {
    -- discharged             written                        falls on
    { "2026-03-02 10:00", 'at = "5m"', { "03-02 Mon 10:05" } },
    { "2026-03-02 10:00", 'at = "90s"', { "03-02 Mon 10:01" } },
    { "2026-03-02 10:00", 'at = "36h"', { "03-03 Tue 22:00" } },
    { "2026-03-02 10:00", 'at = "3d 10:30"', { "03-05 Thu 10:30" } },
    { "2026-01-31 10:00", 'at = "1mo"', { "02-28 Sat 10:00" } },                  -- month ends clamp
    { "2024-01-31 10:00", 'at = "1mo"', { "02-29 Thu 10:00" } },
    { "2024-02-29 10:00", 'at = { "1y", "4y" }', { "02-28 Fri 10:00", "02-29 Tue 10:00" } },
    { "2026-03-02 10:00", 'at = "5y 09:00"', { "03-02 Sun 09:00" } },             -- 2031
    { "2026-08-31 10:00", 'every = "1mo", from = "1mo", count = 3', { "09-30 Wed 10:00", "10-31 Sat 10:00", "11-30 Mon 10:00" } },
    { "2026-03-02 10:00", 'every = "mon,fri 08:00", from = "1d", to = "9d"', { "03-06 Fri 08:00", "03-09 Mon 08:00" } },
    { "2026-03-02 10:00", 'every = "2d 09:00", from = "2d", to = "6d"', { "03-04 Wed 09:00", "03-06 Fri 09:00", "03-08 Sun 09:00" } },
    { "2026-03-02 10:00", 'every = "12h", from = "1d", count = 2', { "03-03 Tue 10:00", "03-03 Tue 22:00" } },
    { "2026-03-06 16:00", 'at = "1bd"', { "03-09 Mon 16:00" } },                  -- over the weekend
    { "2026-02-13 10:00", 'at = "1bd"', { "02-14 Sat 10:00" } },                  -- a make-up working Saturday
    { "2026-02-14 10:00", 'at = "1bd"', { "02-24 Tue 10:00" } },                  -- and New Year after it
    { "2026-03-06 16:00", 'at = "3bh"', { "03-09 Mon 09:30" } },
  } do
    it(("discharged %s, %s"):format(case[1], case[2]), function() assert.same(case[3], (planned(case[1], case[2]))) end)
  end

  describe("over a change of the clocks", function()
    for _, case in ipairs {
      { "Europe/Berlin", "2026-03-28 10:00", 'at = "24h"', "03-29 Sun 11:00" },      -- an hour is an hour
      { "Europe/Berlin", "2026-03-28 10:00", 'at = "1d"', "03-29 Sun 10:00" },       -- a day keeps the clock time
      { "Europe/Berlin", "2026-03-28 10:00", 'at = "1d 02:30"', "03-29 Sun 03:30" }, -- an hour that isn't there
      { "Europe/Berlin", "2026-10-24 10:00", 'at = "24h"', "10-25 Sun 09:00" },
      { "Europe/Berlin", "2026-10-24 10:00", 'at = "1d 02:30"', "10-25 Sun 02:30" }, -- an hour that is there twice
      { "America/New_York", "2026-03-07 10:00", 'at = "1d"', "03-08 Sun 10:00" },
      { "America/New_York", "2026-03-07 10:00", 'at = "24h"', "03-08 Sun 11:00" },
      { "America/New_York", "2026-10-31 10:00", 'at = "24h"', "11-01 Sun 09:00" },
    } do
      it(("%s: %s from %s"):format(case[1], case[3], case[2]), function()
        local w = H.world { zone = case[1], at = case[2],
          steps = ('aw.step { id = "s", %s, run = function(p) p:note "ran" end },'):format(case[3]) }
        w:load { ["w/w.lua"] = H.source { steps = ('aw.step { id = "s", %s, run = function(p) p:note "ran" end },'):format(case[3]) }
          :gsub('calendar = "cn",', 'calendar = "cn", zone = "' .. case[1] .. '",', 1) }
        w:discharge(w:patient {})
        assert.same({ case[4] }, w:planned("way", "s"))
        w:advance "2d"
        assert.same({ "ran" }, H.notes(w))
      end)
    end
  end)

  it("runs what was planned five years ahead", function()
    local w = H.discharged { steps = [[aw.step { id = "s", at = "5y 09:00", run = function(p) p:note "ran" end },]] }
    w:advance_to "2031-03-02 08:59" assert.same({}, H.notes(w))
    w:advance_to "2031-03-02 09:00" assert.same({ "ran" }, H.notes(w))
  end)
  it("a time of day alone is the next one; hours in a run are exact", function()
    local w = H.body [[p:wait "10:00" p:note "ten" p:wait "90m" p:note "later"]]
    w:advance_to "2026-03-03 09:59" assert.same({}, H.notes(w))
    w:advance_to "2026-03-03 10:00" assert.same({ "ten" }, H.notes(w))
    w:advance "90m" assert.same({ "ten", "later" }, H.notes(w))
  end)
  it("a task's due counts the working time of its role, or all hours of a post on duty all night", function()
    local w = H.discharged { at = "2026-03-06 16:00", more = [[aw.roster { role = "night-nurse", file = "roster/n.csv", calendar = "always" },]],
      steps = H.step [[p:task { id = "day", role = "nurse", due = "8h" } p:task { id = "night", role = "night-nurse", due = "8h" }]] ,
      scripts = { ["w/roster/n.csv"] = "from,to,staff\n" } }
    w:advance "2h"
    local function due(name) local c = H.sim.iso(w:task(name).due, w.zone) return c end
    assert.equal("2026-03-07 01:00:00", due "night")
    assert.equal("2026-03-09 17:00:00", due "day")                    -- Friday 17:00–17:30, Monday 08:00–12:00 and 13:30–17:00
  end)
  it("a deadline that is past already raises, and the run says where", function()
    local w = H.body [[p:task { id = "call", role = "nurse", due = p:now() - 1000 }]]
    w.expects_stuck = true
    w:advance "2h"
    assert.match("due: is already past", w.stuck[1].cause)
    assert.match("w/w.lua:%d+", w.stuck[1].cause)
  end)
end)
