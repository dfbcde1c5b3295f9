-- Readings in batches of 100 over kept connections, twenty watches loaded: each batch acknowledged after its commit.
local machine = require "bench.machine"
local ground = require "bench.ground"
local observations = { name = "observations" }

local BATCH, READINGS, CONNECTIONS, PATIENTS, STRIDE = 100, 100000, 8, 20000, 7919
local ROWS = 3                                                -- a reading is a row of inbox, event and observation
local AT = "2026-03-02T16:00:00"
local WATCHED = { { "temperature", 36.8, "Cel" }, { "systolic", 128, "mm[Hg]" }, { "diastolic", 78, "mm[Hg]" }, { "pulse", 72, "/min" },
  { "respiration", 16, "/min" }, { "spo2", 97, "%" }, { "glucose", 126, "mg/dL" }, { "weight", 71.5, "kg" }, { "potassium", 4.1, "mmol/L" },
  { "inr", 2.4, "{INR}" } }
local OTHERS = { { "creatinine", 88, "umol/L" }, { "hemoglobin", 13.1, "g/dL" }, { "sodium", 139, "mmol/L" }, { "steps", 4200, "{steps}" },
  { "peak-flow", 410, "L/min" } }

-- One in so many readings is high enough for a watch to begin.
local function reading(i, patients, measures, high_every)
  local measure = measures[i % #measures + 1]
  local value = high_every > 0 and i % high_every == 0 and measure[1] == "pulse" and 140 or measure[2]
  return ('{"id":"r%d","mrn":"wait%d","code":"%s","value":%g,"unit":"%s","at":"%s+08:00","department":"bench","reading":"R%d"}'):format(i,
    i * STRIDE % patients, measure[1], value, measure[3], AT, i)
end

local function write_batches(path, count, patients, measures, high_every)
  local file <close> = assert(io.open(path, "w"))
  for batch = 0, count // BATCH - 1 do
    local list = {}
    for i = 1, BATCH do list[i] = reading(batch * BATCH + i, patients, measures, high_every) end
    file:write('POST /api/v1/observations {"observations":[', table.concat(list, ","), "]}\n")
  end
end

local function drained(place)
  local m = ground.metrics(place)
  return m.inbox_waiting == 0 and m.due_lateness_seconds == 0
end

local function play(base, count, measures, high_every)
  return ground.on(base, function(place)
    local calls = place.folder .. "/calls"
    write_batches(calls, count, base.count, measures, high_every)
    ground.start_daemon(place, AT)
    local cpu, before = machine.cpu(place.daemon), ground.metrics(place)
    local load = ground.load(place, CONNECTIONS, 0, calls)
    machine.till("the last reading's work", 120, 20, function() return drained(place) end)
    local drained_us, after = machine.now_us(), ground.metrics(place)
    local out = { per_second = load.per_second * BATCH, settled = count / ((drained_us - load.start_us) / 1e6), p99 = load.p99_us / 1000,
      p50 = load.p50_us / 1000, most = load.max_us / 1000, cpu = machine.cpu(place.daemon) - cpu, rss = machine.rss_mb(place.daemon, "VmHWM"),
      commits = (after.batches_total - before.batches_total) / ((drained_us - load.start_us) / 1e6) }
    ground.stop_daemon(place)
    local books = ground.ask(place, "SELECT (SELECT count(*) FROM observation) AS observed, (SELECT count(*) FROM event WHERE " ..
      "kind LIKE 'observation:%') AS events, (SELECT count(*) FROM run WHERE kind='watch') AS watches")
    assert(load.good == count // BATCH, ("%d of %d batches were acknowledged"):format(load.good, count // BATCH))
    assert(books.observed == count and books.events == count, ("%d readings sent, %d in the books"):format(count, books.observed))
    out.watches = books.watches
    return out
  end)
end

function observations.run(o)
  local count = o.quick and 400 or READINGS
  local patients = o.quick and 200 or PATIENTS
  local base = { kind = "watch", count = patients, cohorts = { ("wait,%d,1,%s,0"):format(patients, "2026-03-02T15:00:00") } }
  local rows = {}
  local raw = ground.in_folder(function(folder)
    return ground.raw("commits '%s' %d %d", folder, o.quick and 20 or 300, BATCH * ROWS).per_second * BATCH
  end)
  local function measure(name, measures, high_every, target)
    local all = {}
    for i = 1, o.runs do
      all[i] = play(base, count, measures, high_every)
      machine.say("%s: %.0f/s acknowledged, %.0f/s settled, p99 %.1f ms, %d watches began", name, all[i].per_second, all[i].settled, all[i].p99,
        all[i].watches)
    end
    local m = machine.medians(all)
    rows[#rows + 1] = { name = name, value = m.per_second, unit = "/s", at_least = target, cpu = m.cpu, rss = m.rss, ratio = m.per_second / raw,
      of = ("%.0f times %d plain rows/s in commits of %d"):format(raw, ROWS, BATCH * ROWS),
      note = ("%.0f/s until all was done; %.0f commits/s; %.0f µs of CPU each; p99 of a batch %.1f ms; %d watches began"):format(m.settled, m.commits,
        m.cpu / count * 1e6, m.p99, m.watches) }
  end
  measure("no watch looks", OTHERS, 0)
  measure("two watches look at each", WATCHED, 0, 15000)
  measure("and one in 100 begins", WATCHED, 130)
  return rows, ("%d readings in batches of %d over %d connections, of %d patients; 20 watches loaded"):format(count, BATCH, CONNECTIONS, base.count)
end

return observations
