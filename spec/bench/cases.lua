-- A hundred thousand open cases: each clock's time, the office's list, and a calendar that changes.
local machine = require "bench.machine"
local ground = require "bench.ground"
local reload = require "bench.reload"
local cases = { name = "cases" }

local BEFORE_DUE, AFTER = "2026-03-03T14:59:58", "2026-03-02T16:00:00"     -- the first clock is due 24 h after it came in
local COUNT, SPREAD_MS = 100000, 500000                                    -- 200 a second
local LISTS = {
  { "soonest first", "/api/v1/cases?department=bench&limit=100" },
  { "one channel's", "/api/v1/cases?department=bench&channel=web&limit=100" },
  { "all, as they came in", "/api/v1/cases?department=bench&channel=web&order=number&limit=100" },
  { "far down the list", "/api/v1/cases?department=bench&limit=100&after=%s" },
}

-- Milliseconds of each of so many requests, sorted.
local function timed(place, path, times)
  local out = {}
  for i = 1, times do
    local began = machine.now_us()
    local status, body = machine.get(place.port, path, ground.token)
    out[i] = (machine.now_us() - began) / 1000
    assert(status == 200 and body:find '"number"', ("%s: %s %s"):format(path, status, body))
  end
  table.sort(out)
  return out
end

-- The id at the end of the 300th page.
local function deep(place, pages)
  local after = ""
  for _ = 1, pages do
    local _, body = machine.get(place.port, "/api/v1/cases?department=bench&limit=100" .. after, ground.token)
    local last
    for id in body:gmatch '"id" ?: ?"([^"]+)"' do last = id end
    after = "&after=" .. (last or error "the list ended")
  end
  return after:match "=(.*)"
end

local function lists(base, o)
  return ground.on(base, function(place)
    ground.start_daemon(place, AFTER)
    local out, from = {}, deep(place, o.quick and 1 or 300)
    for i, list in ipairs(LISTS) do
      local ms = timed(place, (list[2]:gsub("%%s", from)), o.quick and 3 or 40)
      out["list" .. i], out["worst" .. i] = ms[(#ms + 1) // 2], ms[#ms]
    end
    ground.stop_daemon(place)
    return out
  end)
end

local LATE = "SELECT count(*) AS fired, coalesce(max(breached_at-due_at),0) AS worst FROM clock WHERE breached_at IS NOT NULL AND due_at>=%d"
local MISSED = "SELECT count(*) AS missed FROM clock WHERE breached_at IS NULL AND ended_at IS NULL AND " ..
  "due_at<(SELECT max(breached_at) FROM clock)-1000"

local function fires(base, seconds)
  return ground.on(base, function(place)
    ground.start_sink(place)
    ground.start_daemon(place, BEFORE_DUE)
    local cpu = machine.cpu(place.daemon)
    machine.sleep(seconds * 1000)
    local out = { cpu = machine.cpu(place.daemon) - cpu, rss = machine.rss_mb(place.daemon, "VmHWM") }
    ground.stop_daemon(place)
    local books = ground.ask(place, LATE:format(0))
    assert(books.fired > 0, "no clock has fired")
    assert(ground.ask(place, MISSED).missed == 0, "a clock did not fire")
    out.fired, out.worst = books.fired, books.worst / 1000
    return out
  end)
end

-- A day off comes in between: every clock in working time has another due time.
local function recount(base)
  return ground.on(base, function(place)
    ground.start_daemon(place, AFTER)
    machine.sleep(1000)
    local before, began, cpu = reload.look(place, "loop_stall_seconds"), machine.now_us(), machine.cpu(place.daemon)
    machine.run("printf '2026-03-05,off,院庆\\n' >>'%s/bench/days.csv'", place.scripts)
    machine.till("counted anew", 300, 500, function()
      return ground.ask(place, "SELECT count(*) AS left FROM clock WHERE name='resolution' AND due_at<1773100800000").left == 0
    end)
    local out = { seconds = (machine.now_us() - began) / 1e6, recount_cpu = machine.cpu(place.daemon) - cpu,
      stall = reload.stall(place, before) }
    ground.stop_daemon(place)
    return out
  end)
end

function cases.run(o)
  local base = { kind = "office", count = o.quick and 500 or COUNT, cases = o.quick and 2500 or SPREAD_MS }
  local all = {}
  for i = 1, o.runs do
    local row = lists(base, o)
    for _, part in ipairs { fires(base, o.quick and 4 or 20), recount(base) } do for name, value in pairs(part) do row[name] = value end end
    all[i] = row
    machine.say("lists %.1f, %.1f, %.1f and %.1f ms; %d clocks fired, the latest %.2f s late; counted anew in %.1f s, stalls of %.0f ms",
      row.list1, row.list2, row.list3, row.list4, row.fired, row.worst, row.seconds, row.stall)
  end
  local m, rows = machine.medians(all), {}
  for i, list in ipairs(LISTS) do
    rows[i] = { name = "list: " .. list[1], value = m["list" .. i], unit = "ms", at_most = 20,
      note = ("100 of a page; the slowest took %.1f ms"):format(m["worst" .. i]) }
  end
  rows[#rows + 1] = { name = "clocks fire within", value = m.worst, unit = "s", at_most = 1, cpu = m.cpu, rss = m.rss,
    note = ("%d of them, 200 a second, each an alert and a page"):format(m.fired) }
  rows[#rows + 1] = { name = "calendar changed", value = m.seconds, unit = "s", at_most = 60, cpu = m.recount_cpu,
    note = "until the last clock was counted anew" }
  rows[#rows + 1] = { name = "longest stall meanwhile", value = m.stall, unit = "ms", at_most = 100 }
  return rows, ("%d open cases, two clocks each"):format(base.count)
end

return cases
