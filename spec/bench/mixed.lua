-- A busy minute among a million asleep: events come in, steps are due, patients open their pages, and meanwhile somebody
-- makes a backup and somebody else a report.
local uv = require "luv"
local http = require "demo.http"
local machine = require "bench.machine"
local ground = require "bench.ground"
local cohorts = require "bench.cohorts"
local mixed = { name = "mixed" }

local READY = "2026-03-03T16:45:00"                  -- the earlier cohorts have passed by then
local EVENTS, PAGES, CONNECTIONS, LINKS = 200, 50, 8, 100   -- a second; at once; patients who look
local BIRTH = "19560115"

-- Each at its own second: else two of one patient were one reading told twice.
local function write_events(path, count, asleep)
  local file <close> = assert(io.open(path, "w"))
  for i = 1, count do
    file:write(('POST /api/v1/events {"id":"x%d","kind":"observation","at":"2026-03-03T%02d:%02d:%02d+08:00","patient":{"mrn":"m%d"},' ..
      '"observation":{"code":"sleep-quality","value":72},"data":{"device":"monitor-7","remark":"%s"}}\n'):format(i, 12 + i // 3600,
      i // 60 % 60, i % 60, asleep[i % #asleep + 1], ("x"):rep(90)))
  end
end

-- Record numbers of some who sleep.
local function some_asleep(place)
  local list = {}
  local text = ground.ask_text(place, "SELECT group_concat(value, ' ') AS list FROM (SELECT value FROM identity WHERE kind='mrn' " ..
    "AND value GLOB 'm[0-9]*' AND id % 97 = 0 LIMIT 5000)")
  for number in text:gmatch "m(%d+)" do list[#list + 1] = tonumber(number) end
  return list
end

-- Patients give the code of their text and their date of birth; each gets a link.
local function open_doors(place, count)
  local links, client = {}, http.client(place.port, 1)
  local codes = ground.ask_text(place, ("SELECT group_concat(code, ' ') AS list FROM (SELECT code FROM question WHERE " ..
    "status='open' LIMIT %d)"):format(count))
  local done
  http.go(function()
    local n = 0
    for code in codes:gmatch "%d%d%d%d+" do
      n = n + 1
      local status, _, headers = client:ask("POST", "/f", { ["Content-Type"] = "application/x-www-form-urlencoded",
        ["X-Forwarded-For"] = ("10.1.%d.%d"):format(n // 250, n % 250 + 1) }, "code=" .. code .. "&birth=" .. BIRTH)
      if status == 303 then links[#links + 1] = headers.location end
    end
    client:close()
    done = true
  end)
  while not done do uv.run "once" end
  assert(#links > 0, "no patient got in")
  return links
end

-- Mostly patients at their form; one in five is a nurse at her lists.
local function write_pages(path, count, links)
  local lists = { "/api/v1/alerts", "/api/v1/tasks", "/api/v1/messages?status=held" }
  local file <close> = assert(io.open(path, "w"))
  for i = 1, count do
    local list = i % 5 == 0 and lists[i // 5 % #lists + 1]
    file:write("GET ", list or links[i % #links + 1] .. "?by=patient&all=1", "\n")
  end
end

local function background(place, calls, rate)
  local log = calls .. ".out"
  local pid = machine.start(log, "'%s/bench_load' %d %d %d '%s' - %s", machine.build, place.port, CONNECTIONS, rate, calls, ground.token)
  return function()
    machine.till("the load's end", 600, 20, function() return not machine.is_alive(pid) end)
    local file <close> = assert(io.open(log))
    return machine.figures(file:read "a")
  end
end

-- As docs/operation.md says.
local function backup(place)
  return machine.start(place.folder .. "/log", [[sqlite3 '%s/afterward.db' "VACUUM INTO '%s/copy.db'"]], place.folder, place.folder)
end

local function report(place)
  local began = machine.now_us()
  local status = machine.get(place.port, "/api/v1/summary", ground.token)
  assert(status == 200, "there was no report")
  return (machine.now_us() - began) / 1e6
end

local function play(base, seconds, texts)
  return ground.on(base, function(place)
    local out, asleep = {}, some_asleep(place)
    ground.start_sink(place)
    ground.start_daemon(place, cohorts.mixed.start)
    local began = machine.now_us()
    write_pages(place.folder .. "/pages", PAGES * seconds, open_doors(place, LINKS))
    write_events(place.folder .. "/events", EVENTS * seconds, asleep)
    machine.sleep(math.max(0, 9500 - (machine.now_us() - began) / 1000))
    local before, cpu = ground.histograms(place), machine.cpu(place.daemon)
    local events = background(place, place.folder .. "/events", EVENTS)
    local pages = background(place, place.folder .. "/pages", PAGES)
    machine.sleep(seconds * 1000 / 6)
    local copying = backup(place)
    machine.sleep(seconds * 1000 / 3)
    out.report = report(place)
    local e, p = events(), pages()
    machine.till("all texts at the sink", 300, 50, function() return ground.sink_stats(place).distinct >= texts end)
    machine.till("the rest of the work", 120, 50, function()
      local m = ground.metrics(place)
      return m.inbox_waiting == 0 and m.messages_in_flight == 0 and m.due_lateness_seconds == 0
    end)
    machine.till("the backup's end", 300, 50, function() return not machine.is_alive(copying) end)
    local after = ground.histograms(place)
    out.cpu, out.rss = machine.cpu(place.daemon) - cpu, machine.rss_mb(place.daemon, "VmHWM")
    out.late, out.late_class = 0, "plan"
    for class, counts in pairs(after.begun_late_seconds) do
      local late = ground.percentile(before.begun_late_seconds[class], counts, 0.99)
      if late > out.late then out.late, out.late_class = late, class end
    end
    out.stall_p99 = ground.percentile(before.loop_stall_seconds[""], after.loop_stall_seconds[""], 0.99) * 1000
    out.stall = ground.metrics(place).loop_stall_most_seconds * 1000
    out.page_p99, out.page_most, out.event_p99 = p.p99_us / 1000, p.max_us / 1000, e.p99_us / 1000
    local copied = machine.read("sqlite3 '%s/copy.db' 'SELECT count(*) FROM enrollment'", place.folder)
    ground.stop_daemon(place)
    local books = ground.ask(place, "SELECT (SELECT count(*) FROM observation) AS observed, (SELECT count(*) FROM message WHERE " ..
      "kind='send' AND status='accepted') AS accepted, (SELECT count(*) FROM enrollment) AS enrolled")
    assert(e.good == EVENTS * seconds and books.observed == e.good, ("%d events, %d taken, %d in the books"):format(EVENTS * seconds,
      e.good, books.observed))
    assert(p.good == p.count, ("%d of %d pages were shown"):format(p.good, p.count))
    assert(books.accepted == texts, ("%d of %d texts in the books"):format(books.accepted, texts))
    assert(tonumber(copied) == books.enrolled, "the backup is not whole")
    return out
  end)
end

function mixed.run(o)
  local base = cohorts.million(o.quick, READY)
  local seconds, texts = cohorts.spread(o.quick), cohorts.count("mixed", o.quick)
  local all = {}
  for i = 1, o.runs do
    all[i] = play(base, seconds, texts)
    machine.say("page p99 %.1f ms, late p99 %.2f s (%s), stall %.0f ms, report %.2f s, event p99 %.1f ms", all[i].page_p99,
      all[i].late, all[i].late_class, all[i].stall, all[i].report, all[i].event_p99)
  end
  local m = machine.medians(all)
  return {
    { name = "page p99", value = m.page_p99, unit = "ms", at_most = 50, cpu = m.cpu, rss = m.rss,
      note = ("longest %.0f ms; events acknowledged: p99 %.1f ms"):format(m.page_most, m.event_p99) },
    { name = "lateness p99", value = m.late, unit = "s", at_most = 1, note = "of the class of due work that waits longest: " .. m.late_class },
    { name = "loop stall, longest", value = m.stall, unit = "ms", at_most = 100,
      note = ("p99 %.0f ms; the report took %.2f s"):format(m.stall_p99, m.report) },
  }, ("%d asleep; %d events, %d due and %d pages a second for %d s, a report and a backup meanwhile; script of 150 lines"):format(
    base.count, EVENTS, texts // seconds, PAGES, seconds)
end

return mixed
