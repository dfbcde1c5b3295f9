-- What a turn costs the processor when the journal that it replays is short, and when it is long.
local machine = require "bench.machine"
local ground = require "bench.ground"
local due = require "bench.due"
local turn = { name = "turn" }

local FIXED_US, RECORD_US, BATCH = 45, 1.5, 256
local RUNS = { [10] = 5000, [100] = 1000, [1000] = 40 }

local function play(records, runs)
  return ground.in_folder(function(folder)
    return ground.core({ folder = folder, scripts = "spec/bench/scripts/hour" }, "turns DIR SCRIPTS %s %d %d", ground.born, records, runs)
  end)
end

function turn.run(o)
  local rows = {}
  local limit = due.raw_commits(BATCH, o.quick and 4 or 200) * BATCH
  for _, records in ipairs(o.quick and { 10 } or { 10, 100, 1000 }) do
    local all = {}
    for i = 1, o.runs do all[i] = play(records, o.quick and 20 or RUNS[records]) end
    local m = machine.medians(all)
    machine.say("%d records: %.1f µs of CPU a turn", records, m.turn_cpu_us)
    assert(m.records >= records, "the journals were shorter")
    rows[#rows + 1] = { name = ("journal of %d"):format(records), value = m.turn_cpu_us, unit = "µs CPU",
      at_most = FIXED_US + RECORD_US * records, cpu = m.turn_cpu_us * m.turns / 1e6,
      ratio = m.turn_wall_us / (1e6 / limit), of = ("the time of one durable row, %.1f µs"):format(1e6 / limit),
      note = ("%d turns of %d runs, %.1f µs each by the clock"):format(m.turns, o.quick and 20 or RUNS[records], m.turn_wall_us) }
  end
  return rows, "runs that wait an hour again and again, in this process; two records a wait, script of 150 lines"
end

return turn
