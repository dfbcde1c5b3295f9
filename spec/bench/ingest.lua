-- Events of 300 bytes over 32 kept connections, each acknowledged after its commit: none waking a run, and half of them.
local machine = require "bench.machine"
local ground = require "bench.ground"
local ingest = { name = "ingest" }

local CONNECTIONS, BYTES, EVENTS, STRIDE = 32, 300, 100000, 7919
local AT = "2026-03-02T16:00:00"

-- One observation of a patient whose run listens once for "pulse" and for nothing else. Those who wake and those who
-- don't take turns, and no patient wakes twice. One patient's are minutes apart: else they would be one reading told twice.
local function event(number, patients, code)
  local minute = number % 60
  local text = ('{"id":"e%d","kind":"observation","at":"%s:%02d:00+08:00","patient":{"mrn":"wait%d"},"observation":{"code":"%s",' ..
    '"value":72},"department":"bench","ward":"1","data":{"device":"monitor-7","remark":""}}'):format(number, AT:sub(1, 13), minute,
    (number // 2 + number % 2 * (patients // 2)) * STRIDE % patients, code)
  return (text:gsub('""}}$', function() return '"' .. ("x"):rep(BYTES - #text) .. '"}}' end))
end

local function write_events(path, count, patients, wakes)
  local file <close> = assert(io.open(path, "w"))
  for i = 1, count do
    local code = wakes and i % 2 == 0 and "pulse" or "sleep-quality"
    file:write("POST /api/v1/events ", event(i, patients, code), "\n")
  end
end

-- Everything taken is applied, and whoever was to wake has woken.
local function drained(place)
  local m = ground.metrics(place)
  return m.inbox_waiting == 0 and m.due_lateness_seconds == 0
end

local function play(base, count, wakes)
  return ground.on(base, function(place)
    local calls = place.folder .. "/calls"
    write_events(calls, count, base.count, wakes)
    local turns = ground.ask(place, "SELECT count(*) AS count FROM journal").count
    ground.start_daemon(place, AT)
    local cpu, before = machine.cpu(place.daemon), ground.metrics(place)
    local load = ground.load(place, CONNECTIONS, 0, calls)
    machine.till("the last event's work", 120, 20, function() return drained(place) end)
    local drained_us, after = machine.now_us(), ground.metrics(place)
    local out = { per_second = load.per_second, p50 = load.p50_us / 1000, p99 = load.p99_us / 1000, most = load.max_us / 1000,
      cpu = machine.cpu(place.daemon) - cpu, rss = machine.rss_mb(place.daemon, "VmHWM"),
      settled = count / ((drained_us - load.start_us) / 1e6),
      batch = (after.works_total - before.works_total) / (after.batches_total - before.batches_total),
      commits = (after.batches_total - before.batches_total) / ((drained_us - load.start_us) / 1e6) }
    ground.stop_daemon(place)
    local books = ground.ask(place, "SELECT (SELECT count(*) FROM observation) AS observed, (SELECT count(*) FROM inbox WHERE " ..
      "kind='event' AND state<>1) AS unapplied, (SELECT count(*) FROM journal) AS turns")
    out.turns = books.turns - turns
    assert(load.good == count, ("%d of %d events were acknowledged"):format(load.good, count))
    assert(books.observed == count and books.unapplied == 0, ("%d acknowledged, %d in the books, %d not applied"):format(count,
      books.observed, books.unapplied))
    local expected = wakes and count // 2 or 0
    assert(out.turns == expected, ("%d runs woke, of %d that heard their event"):format(out.turns, expected))
    return out
  end)
end

function ingest.run(o)
  local count = o.quick and 400 or EVENTS
  local patients = count // 2
  local cohort = ("wait,%d,1,%s,0"):format(patients, "2026-03-02T15:00:00")
  local base = { kind = "hear", count = patients, cohorts = { cohort } }
  local rows = {}
  local syncs = ground.in_folder(function(folder) return ground.raw("syncs '%s' %d", folder, o.quick and 50 or 2000).per_second end)
  local function measure(name, wakes, target)
    local all = {}
    for i = 1, o.runs do
      all[i] = play(base, count, wakes)
      machine.say("%s: %.0f/s acknowledged, %.0f/s settled, p99 %.1f ms, %d turns", name, all[i].per_second, all[i].settled,
        all[i].p99, all[i].turns)
    end
    local m = machine.medians(all)
    rows[#rows + 1] = { name = name, value = m.per_second, unit = "/s", at_least = target, cpu = m.cpu, rss = m.rss,
      ratio = m.per_second / syncs, of = ("%.0f fdatasync/s of 4 KiB"):format(syncs),
      note = ("%.0f/s until all had been applied and %d turns made; %.0f commits/s; %.0f µs of CPU each"):format(m.settled,
        m.turns, m.commits, m.cpu / count * 1e6) }
    rows[#rows + 1] = { name = name .. ", p99", value = m.p99, unit = "ms", at_most = 25,
      note = ("p50 %.1f ms, longest %.0f ms"):format(m.p50, m.most) }
  end
  measure("none wakes a run", false, 20000)
  measure("half wake a run", true, 10000)
  return rows, ("%d events of %d bytes over %d connections; %d patients, each with a waiting run of 150 lines"):format(count, BYTES,
    CONNECTIONS, patients)
end

return ingest
