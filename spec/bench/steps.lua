-- Runs that send three texts one after another, each durable before the next: alone, and among a million asleep.
local machine = require "bench.machine"
local ground = require "bench.ground"
local cohorts = require "bench.cohorts"
local steps = { name = "steps" }


-- Everything due at `cohort.due` happens; figures of what it took, counted outside too.
function steps.play(base, cohort, runs)
  return ground.on(base, function(place)
    local texts = runs * cohort.texts
    ground.start_sink(place)
    ground.start_daemon(place, cohort.start)
    local before, cpu = ground.metrics(place), machine.cpu(place.daemon)
    machine.till("all texts at the sink", 600, 100, function() return ground.sink_stats(place).distinct >= texts end)
    machine.till("the last result", 60, 20, function() return ground.metrics(place).messages_in_flight == 0 end)
    local after, stats = ground.metrics(place), ground.sink_stats(place)
    local out = { cpu = machine.cpu(place.daemon) - cpu, rss = machine.rss_mb(place.daemon, "VmHWM"), repeats = stats.repeats,
      arrived = stats.distinct, sink_seconds = (stats.last_us - stats.first_us) / 1e6, connections = stats.most_connections }
    out.batch = (after.works_total - before.works_total) / (after.batches_total - before.batches_total)
    out.commit_share = (after.commit_seconds_total - before.commit_seconds_total)
    ground.stop_daemon(place)
    local books = ground.ask(place, ("SELECT sum(status='accepted') AS accepted, count(*) AS messages, max(accepted_at) - " ..
      "(SELECT due_at FROM (SELECT scheduled_at AS due_at FROM run WHERE started_at >= scheduled_at ORDER BY id DESC LIMIT 1)) " ..
      "AS took, (SELECT count(*) FROM run WHERE status='done' AND records > 1) AS done, (SELECT count(*) FROM run WHERE " ..
      "status='stuck') AS stuck FROM message WHERE kind='send'"))
    for name, value in pairs(books) do out[name] = value end
    out.seconds = books.took / 1000
    out.per_second = texts / out.seconds
    assert(out.arrived == texts and out.repeats == 0, ("%d texts arrived and %d again, of %d"):format(out.arrived, out.repeats, texts))
    assert(books.accepted == texts and books.messages == texts and books.stuck == 0,
      ("the books say %d accepted of %d messages, %d stuck runs"):format(books.accepted, books.messages, books.stuck))
    return out
  end)
end

-- The HTTP client and the sink with nothing between them.
function steps.raw_posts(count)
  return ground.in_folder(function(folder)
    local place = { folder = folder }
    ground.start_sink(place)
    local out = ground.raw("posts %d %d", place.sink_port, count)
    machine.stop(place.sink)
    return out.per_second
  end)
end

function steps.raw_commits(batch, batches)
  return ground.in_folder(function(folder) return ground.raw("commits '%s' %d %d", folder, batches, batch).per_second end)
end

local function note(m)
  return ("%.2f s, sink saw them in %.2f s; batch %.0f; commits took %.1f s"):format(m.seconds, m.sink_seconds, m.batch, m.commit_share)
end

function steps.run(o)
  local runs = o.quick and 100 or cohorts.steps.count
  local alone = { kind = "send", count = runs, cohorts = { cohorts.words("steps", runs) } }
  local rows, raw = {}, {}
  local function measure(name, base, target)
    local all = {}
    for i = 1, o.runs do
      raw[#raw + 1] = steps.raw_posts(o.quick and 1000 or 30000)
      all[i] = steps.play(base, cohorts.steps, runs)
      machine.say("%s: %.0f steps/s, %s", name, all[i].per_second, note(all[i]))
    end
    local m = machine.medians(all)
    local limit = machine.median(raw)
    rows[#rows + 1] = { name = name, value = m.per_second, unit = "/s", at_least = target, cpu = m.cpu, rss = m.rss,
      ratio = m.per_second / limit, ratio_at_least = 0.3, of = ("%.0f POST/s of the client alone"):format(limit), note = note(m) }
    return m
  end
  local m = measure("steps", alone, 9000)
  if not o.alone then measure("steps over the million", cohorts.million(o.quick), 6500) end
  local batch = math.max(1, math.floor(m.batch))
  rows[#rows + 1] = { name = "raw commits", value = steps.raw_commits(batch, o.quick and 20 or 500), unit = "/s",
    note = ("of %d rows, synchronous=FULL"):format(batch) }
  return rows, ("%d runs of 3 texts, script of 150 lines, 64 connections to the sink; among %d asleep"):format(runs,
    cohorts.million(o.quick).count)
end

return steps
