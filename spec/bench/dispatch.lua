-- How messages leave: the dispatcher alone beside the HTTP client alone; a slow provider beside another one; a hundred thousand
-- that wait for a dead one.
local machine = require "bench.machine"
local ground = require "bench.ground"
local bench = { name = "dispatch" }

local START, DUE, BEFORE = "2026-03-02T15:59:58", "2026-03-02T16:00:00", "2026-03-02T15:59:00"
local EARLY = "2026-03-02T15:59:48"                   -- the slow one's line is there when the others fall due
local DUE_MS = 1772438400000
local CHANNEL = [[%s = { plugin = "sms-http", url = "http://127.0.0.1:%d/send", code = "code", ok = { "0" }, id = "id",
  fields = { mobile = "{to}", content = "{text}", uid = "{key}", class = "{class}" }, keyed = "24h", timeout_ms = 20000 },]]

local function count(o, many) return o.quick and math.max(many // 200, 20) or many end
local function base(o) return { kind = "send", count = count(o, 110000) } end

local function queue(place, channel, class, from, n, due, spread_ms)
  return machine.figures(ground.core_text(place, "queue DIR SCRIPTS %s %s %s %d %d %s %d", ground.born, channel, class, from, n, due,
    spread_ms)).first
end

-- A send by the dispatcher, and by the HTTP client alone, against the same gateway.
local function alone(o)
  local sends, posts = {}, {}
  for i = 1, o.runs do
    ground.in_folder(function(folder)
      local place = { folder = folder }
      ground.start_sink(place)
      posts[i] = ground.raw("posts %d %d", place.sink_port, count(o, 40000))
      sends[i] = machine.tool("bench_dispatch %d %d plugins", place.sink_port, count(o, 40000))
      sends[i].connections = ground.sink_stats(place).most_connections - 1
      machine.stop(place.sink)
      machine.say("%.0f sends/s, %.1f µs of CPU; %.0f POST/s, %.1f µs", sends[i].per_second, sends[i].cpu_us, posts[i].per_second,
        posts[i].cpu_us)
    end)
  end
  return machine.medians(sends), machine.medians(posts)
end

local WAITED = "SELECT accepted_at - (%d + (id - %d) * %d / %d) AS ms FROM message WHERE id>=%d AND id<%d ORDER BY 1 LIMIT 1 OFFSET %d"

-- How long after their time texts of one channel are taken, ms at p99; and how many of the slow one had left by then.
local function beside(o, slow)
  return ground.on(base(o), function(place)
    local n, spread = count(o, 5000), o.quick and 500 or 10000
    ground.start_sink(place)
    local late_port
    place.other, late_port = ground.gateway(place, 0, 10000)
    place.channels = CHANNEL:format("slow", late_port)
    local first = queue(place, "sms", "education", 0, n, DUE, spread)
    if slow then queue(place, "slow", "education", n, count(o, 20000), BEFORE, 0) end
    ground.start_daemon(place, o.quick and START or EARLY)
    machine.till("the texts at the sink", 60, 100, function() return ground.sink_stats(place).distinct >= n end)
    machine.sleep(300)
    local stats = ground.metrics(place)
    machine.stop(place.daemon, "sigkill")
    local p99 = ground.ask(place, WAITED:format(DUE_MS, first, spread, n, first, first + n, n * 99 // 100)).ms
    local left = ground.ask(place, "SELECT count(*) AS n FROM attempt WHERE channel='slow'").n
    machine.say("p99 %d ms%s", p99, slow and (" beside a slow one that had %d of its messages"):format(left) or "")
    return { p99 = p99, left = left, stall = stats.loop_stall_most_seconds * 1000 }
  end)
end

-- A hundred thousand for a provider that is not there; then it comes.
local function dead(o)
  return ground.on(base(o), function(place)
    local n, safety = count(o, 100000), count(o, 1000)
    local pid, port = ground.gateway(place)
    machine.stop(pid)
    place.sink_port, place.speed = port, o.quick and 20 or 1
    queue(place, "sms", "education", 0, n, DUE, 0)
    queue(place, "sms", "safety", n, safety, DUE, 0)
    ground.start_daemon(place, START)
    local out, began = {}, nil
    machine.till("all are held", 120, 50, function()
      local held = ground.metrics(place).messages_held or 0
      if held > 0 then began = began or machine.now_us() end
      return held >= n + safety - 1
    end)
    out.held_s = (machine.now_us() - began) / 1e6
    local rest = o.quick and 500 or 10000
    machine.sleep(rest)                              -- what the last of them led to is over
    local works, cpu = ground.metrics(place).works_total, machine.cpu(place.daemon)
    machine.sleep(rest)
    out.works = ground.metrics(place).works_total - works
    out.cpu = (machine.cpu(place.daemon) - cpu) / (rest / 1000) * 1000
    out.rss = machine.rss_mb(place.daemon, "VmHWM")
    place.sink = ground.gateway(place, port)
    machine.till("all at the gateway", 300, 50, function() return ground.sink_stats(place).distinct >= n + safety end)
    local stats = ground.sink_stats(place)
    out.per_second = (n + safety) / ((stats.last_us - stats.first_us) / 1e6)
    out.repeats = stats.repeats
    local _, list = machine.get(port, "/arrivals")
    local others, before = 0, 0
    for class in list:gmatch "%d+ (%S+) [^\n]*\n" do
      if class == "safety" then before = others else others = others + 1 end
    end
    out.before = before
    machine.say("held after %.1f s; then %d works and %.1f ms of CPU a second; drained at %.0f/s", out.held_s, out.works, out.cpu,
      out.per_second)
    ground.stop_daemon(place)
    assert(out.repeats == 0, "some came twice")
    return out
  end)
end

function bench.run(o)
  local sends, posts = alone(o)
  local p99, p99_slow, waits = {}, {}, {}
  for i = 1, o.runs do
    p99[i], p99_slow[i] = beside(o, false), beside(o, true)
    waits[i] = dead(o)
  end
  local without, with, wait = machine.medians(p99), machine.medians(p99_slow), machine.medians(waits)
  return {
    { name = "sends", value = sends.per_second, unit = "/s", at_least = 8000, ratio = sends.per_second / posts.per_second,
      of = ("%.0f POST/s of the HTTP client alone"):format(posts.per_second), note = ("over %d connections"):format(sends.connections) },
    { name = "CPU of a send", value = sends.cpu_us, unit = "µs", at_most = 90, ratio = sends.cpu_us / posts.cpu_us,
      of = ("%.1f µs of a POST of the HTTP client alone"):format(posts.cpu_us) },
    { name = "p99 beside a slow provider", value = with.p99 / without.p99, unit = "×", at_most = 1.2,
      note = ("due until accepted: %d ms, without it %d ms; of its 20,000 it had %d, eight at a time"):format(with.p99, without.p99,
        with.left) },
    { name = "works while 100,000 wait", value = wait.works, unit = "in 10 s", at_most = 5, rss = wait.rss,
      note = ("%.1f ms of CPU a second; all held %.1f s after the first"):format(wait.cpu, wait.held_s) },
    { name = "drained", value = wait.per_second, unit = "/s",
      note = ("before the last of the 1,000 safety texts %d others arrived"):format(wait.before) },
  }, "64 connections; a provider that answers after 10 s; one that is not there"
end

return bench
