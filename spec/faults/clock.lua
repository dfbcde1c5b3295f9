-- Clocks that step, days that are longer or shorter, years that end numbers, and machines that sleep. Most cases run in
-- the simulated hospital, whose clock is set; the daemon is stopped and goes on.
local H = require "functional.sim.helper"
local Outside = require "functional.support.outside"
local balance = require "functional.support.balance"
local dice = require "functional.support.dice"
local wait = require "functional.support.wait"

local DAILY = [[aw.step { id = "daily", every = "1d 09:00", from = "1d", to = "20d", run = function(p) p:send "hello" end },
  aw.step { id = "once", at = "3d 10:00", valid_for = "12h", run = function(p) p:send "dose" end },]]
local DAYS = 20

-- Where clocks and calendars do odd things.
local WORLDS = {
  { name = "ordinary days", at = "2026-03-02 15:00" },
  { name = "spring forward in Berlin", at = "2026-03-25 15:00", zone = "Europe/Berlin" },
  { name = "fall back in New York", at = "2026-10-28 15:00", zone = "America/New_York" },
  { name = "half an hour in Lord Howe", at = "2026-04-01 15:00", zone = "Australia/Lord_Howe" },
  { name = "2038-01-19", at = "2038-01-10 15:00" },
  { name = "a leap day", at = "2028-02-20 15:00" },
  { name = "a century without one", at = "2100-02-20 15:00" },
}

local JUMPS = { "-2h", "2h", "-30d", "30d", "26h", "61m", "-61m", "1d", "7d" }

local SPAN = { m = 60000, h = 3600000, d = 86400000 }
local function ms_of(text)
  local number, unit = text:match "(-?%d+)(%a)"
  return tonumber(number) * SPAN[unit]
end

local function rows(w, sql) return w.core:query(sql) end

-- Every occurrence began once or was skipped with a reason, and nobody got two texts for one.
local function judge(w, found)
  found.repeated = found.repeated + #rows(w, "SELECT 1 AS i_x FROM run GROUP BY enrollment, name, day HAVING count(*)>1")
    + #rows(w, "SELECT 1 AS i_x FROM message WHERE kind='send' GROUP BY run HAVING count(*)>1")
    + #rows(w, [[SELECT 1 AS i_x FROM run JOIN skip ON skip.enrollment=run.enrollment AND skip.step=run.name AND skip.day=run.day]])
  local began, skipped = H.count(w, "run WHERE kind='step'"), H.count(w, "skip")
  found.dropped = found.dropped + math.max(0, DAYS + 1 - began - skipped)
  found.silent = found.silent + H.count(w, "skip WHERE reason=''")
  found.stale = found.stale + H.count(w, [[message m JOIN attempt a ON a.message=m.id WHERE a.started_at>m.valid_until]])
  found.late = found.late + H.count(w, "run WHERE kind='step' AND started_at>=valid_until AND valid_until>0")
end

-- A clock set forward or back some time during the twenty days; then time goes on to where all must be over.
local function case(world, roll, found)
  local w = H.world { at = world.at, zone = world.zone, steps = DAILY }
  local pt = w:patient { age = 60, phone = "13800000001" }
  w:discharge(pt)
  local furthest = w:now()
  for _ = 1, roll(1, 3) do
    w:advance(roll(1, 72) .. "h")
    furthest = math.max(furthest, w:now())
    w.core:jump_to(w:now() + ms_of(JUMPS[roll(1, #JUMPS)]))
    w.core:advance_to(w:now())
    furthest = math.max(furthest, w:now())
  end
  w.core:advance_to(math.max(furthest, w:now()) + 25 * SPAN.d)
  judge(w, found)
  w:close()
end

-- Set by more than an hour while the engine looks on: no text leaves before a person has said that the time is right.
local function held(roll, found)
  local w = H.world { steps = DAILY }
  w:discharge(w:patient { age = 60, phone = "13800000001" })
  w:advance(roll(1, 72) .. "h")
  local before = H.count(w, "attempt")
  w.core:jump_to(w:now() + (roll(1, 2) == 1 and 1 or -1) * roll(61, 60 * 24 * 30) * SPAN.m, true)
  w:advance "24h"
  found.unheld = found.unheld + H.count(w, "attempt") - before
  assert(w:_submit("clock.confirm", { by = "chen" }).status == 200)
  w:advance "60d"
  found.stuck = found.stuck + H.count(w, "message WHERE status='held'")
  w:close()
end

-- The machine sleeps: virtual hours pass while the process stands still.
local function suspend(o, h, outside, roll)
  h:start()
  outside:staff_on_duty()
  outside:begin(60)
  for _ = 1, math.max(3, o.rounds // 10) do
    wait.ms(roll(200, 600))
    h:signal "sigstop"
    wait.ms(roll(300, 1500))
    h:signal "sigcont"
  end
  outside:finish()
  return balance.compare(h, outside, balance.settled(h, outside), true)
end

return {
  about = "clock steps of hours and days, DST, 2038, leap days; a machine that sleeps",
  figure = "no repeat, no drop, valid_for decides, held after 1 h",
  rounds = 500,
  short = 40,
  run = function(o)
    local found, roll = { repeated = 0, dropped = 0, silent = 0, stale = 0, late = 0, unheld = 0, stuck = 0 }, dice(o.seed, "clock")
    for i = 1, o.rounds do case(WORLDS[i % #WORLDS + 1], roll, found) end
    for _ = 1, math.max(5, o.rounds // 10) do held(roll, found) end
    local slept = Outside.during({ seed = o.seed, keyed = "24h" }, function(h, outside) return suspend(o, h, outside, roll) end)
    local out = balance.figures(slept)
    for _, row in ipairs(out) do row.figure = "asleep: " .. row.figure end
    for _, pair in ipairs { { "steps or texts repeated", "repeated" }, { "steps neither begun nor skipped", "dropped" },
      { "skips without a reason", "silent" }, { "texts sent past valid_until", "stale" }, { "steps begun past valid_for", "late" },
      { "texts sent after a jump over 1 h, unconfirmed", "unheld" }, { "held for ever after the confirmation", "stuck" } } do
      table.insert(out, { figure = pair[1], value = found[pair[2]], target = "0", ok = found[pair[2]] == 0 })
    end
    return out
  end,
}
