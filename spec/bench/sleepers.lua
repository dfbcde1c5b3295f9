-- A million asleep for a month: what they weigh, how soon the daemon is there, and how fast more of them come.
local machine = require "bench.machine"
local ground = require "bench.ground"
local cohorts = require "bench.cohorts"
local due = require "bench.due"
local sleepers = { name = "sleepers" }

local AT, LIST, CONNECTIONS = "2026-03-02T15:30:00", 100, 4

local EVENT = '{"id":"n%d","kind":"discharge","at":"2026-03-02T15:20:00+08:00","visit":"n%d","department":"bench","ward":"1",' ..
  '"leaving":"order","patient":{"mrn":"n%d","name":"患者%d","sex":"female","birth":"1956-01-15","phone":"137%08d"},' ..
  '"data":{"texts":1},"procedures":[{"code":"81.51","name":"全髋关节置换"}]}'

-- Phones and names in no order, as in fill.c.
local function scatter(n) return n * 48271 % 99999989 end

-- Lists of discharges, as an interface engine or an import sends them.
local function write_discharges(path, count)
  local file <close> = assert(io.open(path, "w"))
  for first = 1, count, LIST do
    local list = {}
    for n = first, math.min(first + LIST - 1, count) do list[#list + 1] = EVENT:format(n, n, n, scatter(n), scatter(n)) end
    file:write('POST /api/v1/events {"events":[', table.concat(list, ","), "]}\n")
  end
end

local function discharge_all(place, calls, count)
  local cpu, before = machine.cpu(place.daemon), ground.metrics(place)
  local load = ground.load(place, CONNECTIONS, 0, calls)
  machine.till("all enrolled", 300, 20, function()
    local m = ground.metrics(place)
    return m.inbox_waiting == 0 and m.due_lateness_seconds == 0
  end)
  local seconds, after = (machine.now_us() - load.start_us) / 1e6, ground.metrics(place)
  assert(load.good == load.count, "discharges were not acknowledged")
  return count / seconds, machine.cpu(place.daemon) - cpu,
    (after.works_total - before.works_total) / (after.batches_total - before.batches_total)
end

local function play(base, count)
  return ground.on(base, function(place)
    local out, calls = {}, place.folder .. "/calls"
    local asleep = ground.ask(place, "SELECT count(*) AS count FROM enrollment WHERE status='active'").count
    write_discharges(calls, count)
    out.bytes = machine.size(place.folder .. "/afterward.db") / asleep
    out.ready = ground.start_daemon(place, AT)
    machine.sleep(1000)
    out.rss = machine.rss_mb(place.daemon)
    out.per_second, out.cpu, out.batch = discharge_all(place, calls, count)
    out.rss_after = machine.rss_mb(place.daemon, "VmHWM")
    ground.stop_daemon(place)
    local now = ground.ask(place, "SELECT count(*) AS count FROM enrollment WHERE status='active'").count
    assert(now == asleep + count, ("%d enrolled, %d acknowledged"):format(now - asleep, count))
    return out
  end)
end

-- The power fails in the middle of discharges: how soon is it back?
local function cut(base, count)
  return ground.on(base, function(place)
    local calls = place.folder .. "/calls"
    write_discharges(calls, count)
    ground.start_daemon(place, AT)
    local load = machine.start(place.folder .. "/log", "'%s/bench_load' %d %d 0 '%s' - %s", machine.build, place.port, CONNECTIONS,
      calls, ground.token)
    machine.sleep(1500)
    machine.stop(place.daemon, "sigkill")
    machine.till("the load's end", 10, 10, function() return not machine.is_alive(load) end)
    local log = machine.size(place.folder .. "/afterward.db-wal") / 1e6
    local back = ground.start_daemon(place, AT)
    ground.stop_daemon(place)
    return { back = back, log = log }
  end)
end

function sleepers.run(o)
  local base, count = cohorts.million(o.quick, nil, o.asleep), o.quick and 400 or 20000
  local all, cuts = {}, {}
  for i = 1, o.runs do
    all[i], cuts[i] = play(base, count), cut(base, count)
    machine.say("%.0f discharges/s; ready in %.0f ms, after a cut in %.0f ms; %.0f MB; %.0f bytes each", all[i].per_second,
      all[i].ready, cuts[i].back, all[i].rss, all[i].bytes)
  end
  local m, c = machine.medians(all), machine.medians(cuts)
  local batch = math.max(1, math.floor(m.batch))
  local commits = due.raw_commits(batch, o.quick and 20 or 500)
  return {
    { name = "whole discharges", value = m.per_second, unit = "/s", at_least = 5000, cpu = m.cpu, rss = m.rss_after,
      ratio = m.per_second / (commits * batch), of = ("%.0f rows/s of SQLite alone, %d a commit"):format(commits * batch, batch),
      note = ("%d by lists of %d over %d connections, until all were enrolled and planned"):format(count, LIST, CONNECTIONS) },
    { name = "RSS", value = m.rss, unit = "MB", at_most = 100, note = "a second after the start" },
    { name = "disk", value = m.bytes, unit = "B each", at_most = 900 },
    { name = "start to ready", value = m.ready, unit = "ms", at_most = 300 },
    { name = "after kill -9", value = c.back, unit = "ms", at_most = 1000, note = ("with a log of %.0f MB"):format(c.log) },
  }, ("%d asleep, one pathway of 150 lines"):format(base.count)
end

return sleepers
