-- A department's quarter in a spec: the orthopaedics pathway of a thousand patients, in memory, with a clock that jumps.
local machine = require "bench.machine"
local sim = { name = "sim" }

function sim.run(o)
  local patients, days = o.quick and 10 or 1000, o.quick and 10 or 90
  local all = {}
  for i = 1, o.runs do
    all[i] = machine.figures(machine.read("LD_PRELOAD=\"$BENCH_PRELOAD\" lua5.4 spec/bench/sim_play.lua %d %d 2>/dev/null", patients, days))
    machine.say("%.2f s, %d runs, %d messages, %d answers", all[i].seconds, all[i].runs, all[i].messages, all[i].answers)
  end
  local alone = machine.figures(machine.read("LD_PRELOAD=\"$BENCH_PRELOAD\" lua5.4 spec/bench/sim_alone.lua %d %d 2>/dev/null",
    o.quick and 2 or 101, o.quick and 10 or 90))
  local m = machine.medians(all)
  assert(m.enrolled == patients and m.stuck == 0 and m.unaccounted == 0, "the simulated books do not balance")
  return { { name = ("%d patients"):format(patients), value = m.seconds, unit = "s", at_most = 5, cpu = m.cpu, rss = m.rss,
    note = ("%d messages, %d answers, %d tasks: %.0f µs of CPU a message"):format(m.messages, m.answers, m.tasks,
      m.cpu / m.messages * 1e6) },
    { name = "one patient, alone", value = alone.median_ms, unit = "ms", at_most = 5, cpu = alone.cpu,
      note = ("in a fresh world, of 101; the quickest %.2f ms"):format(alone.least_ms) } },
    ("%d patients for %d days of scripts/ortho; two in three answer, nurses close their calls"):format(patients, days)
end

return sim
