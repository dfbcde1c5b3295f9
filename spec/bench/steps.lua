-- Runs that send three texts one after another, each durable before the next: alone, and among a million asleep.
local machine = require "bench.machine"
local cohorts = require "bench.cohorts"
local due = require "bench.due"
local steps = { name = "steps" }

local function measure(o, base, runs)
  local all, raw = {}, {}
  for i = 1, o.runs do
    raw[i] = due.raw_posts(o.quick and 1000 or 30000)
    all[i] = due.play(base, { texts = runs * cohorts.steps.texts, start = cohorts.steps.start })
    all[i].per_second = runs * cohorts.steps.texts / all[i].seconds
    machine.say("%.0f steps/s; %s", all[i].per_second, due.note(all[i]))
  end
  return machine.medians(all), machine.median(raw)
end

local function row(name, m, raw, target)
  return { name = name, value = m.per_second, unit = "/s", at_least = target, cpu = m.cpu, rss = m.rss, note = due.note(m),
    ratio = m.per_second / raw, ratio_at_least = 0.3, of = ("%.0f POST/s of the HTTP client alone"):format(raw) }
end

function steps.run(o)
  local runs = cohorts.count("steps", o.quick)
  local m, raw = measure(o, { kind = "send", count = runs, cohorts = { cohorts.words("steps", o.quick) } }, runs)
  local rows = { row("steps", m, raw, 9000) }
  if not o.alone then
    m, raw = measure(o, cohorts.million(o.quick), runs)
    rows[2] = row("steps over the sleepers", m, raw, 6500)
  end
  local batch = math.max(1, math.floor(m.batch))
  rows[#rows + 1] = { name = "SQLite alone", value = due.raw_commits(batch, o.quick and 20 or 500), unit = "/s",
    note = ("commits of %d rows, synchronous=FULL"):format(batch) }
  return rows, ("%d runs of %d texts, script of 150 lines, 64 at once on the channel; sleepers: %d"):format(runs,
    cohorts.steps.texts, cohorts.million(o.quick).count)
end

return steps
