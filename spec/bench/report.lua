-- The month's reports, of feedback over a million cases, a tenth of them still open, and of follow-up over the stays of three months, while
-- pages are asked for: how long they take, and whether the loop notices.
local machine = require "bench.machine"
local ground = require "bench.ground"
local follow_up = require "bench.report_follow_up"
require "demo.http".timeout_ms = 60000
local report = { name = "report" }

local CASES, OPEN = 1000000, 10                          -- one of so many is still open
local STAYS = 120000                                     -- of three months: a group of hospitals that discharges half a million a year
local AT, FIRST = "2026-03-31T20:00:00", 1767196800000   -- 2026-01-01 00:00 in Shanghai
local PAGES, CONNECTIONS = 50, 4                         -- a second; at once
local QUERY = "/api/v1/reports/feedback?from=2026-03-01&to=2026-04-01"

local EVENT = '{"id":"f1","kind":"feedback","at":"2026-03-31T19:00:00+08:00","item":{"channel":"counter","stars":2,' ..
  '"text":"昨天在B超室排队排了两个多小时，没人管，报告也拿错了，我要投诉！","ward":"3 East","sender":{"phone":"13912340001"}}}'

-- The one case that came through the engine is copied, with what its words were taken for, over three months.
local FILL = [[
CREATE TEMP TABLE n AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<%d) SELECT i, i %% %d = 0 AS open,
  %d + CAST(i AS INTEGER) * 7776000000 / %d AS at FROM n;
INSERT INTO enrollment (id, patient, department, pathway, status, event, enrolled_at, anchor_at, tier, cursor_at, ended_at, ended_reason)
  SELECT 1000+i, e.patient, e.department, e.pathway, 'ended', e.event, n.at, n.at, 'general', n.at, n.at, 'yes'
  FROM n, enrollment e WHERE e.id=1;
INSERT INTO case_file (enrollment, number, department, triage, channel, received_at, facts, sender, closed_at, closed, counted)
  SELECT 1000+i, 'n' || i, department, triage, channel, n.at, facts, sender, CASE WHEN open THEN NULL ELSE n.at+90000000 END,
  CASE WHEN open THEN NULL ELSE 'yes' END, 1-open FROM n, case_file WHERE enrollment=1;
INSERT INTO clock (enrollment, name, round, span, started_at, due_at, met_at, ended_at) SELECT 1000+i, k.name, 1, '3bd', n.at, n.at+259200000,
  CASE WHEN open THEN NULL ELSE n.at+60000000 END, CASE WHEN open THEN NULL ELSE n.at+60000000 END FROM n,
  (SELECT 'first-response' AS name UNION ALL SELECT 'dispatch' UNION ALL SELECT 'resolution' UNION ALL SELECT 'call-back') k;
INSERT INTO case_figure SELECT n.at, 1000+i, 'feedback', substr('laboratorypharmacy  billing   nursing   ', i %% 4 * 10 + 1, 10),
  substr('examinatio' || 'pharmacy  ' || 'billing   ' || 'inpatient ', i %% 4 * 10 + 1, 10),
  substr('process   attitude  cost      ', i %% 3 * 10 + 1, 10),
  substr('complaint praise   suggestion', i %% 3 * 9 + 1, 9), 'counter', 'general', 'ward ' || (i %% 40), '排队、报告、投诉',
  'first-response=met dispatch=met resolution=' || CASE i %% 7 WHEN 0 THEN 'late' ELSE 'met' END || ' call-back=met',
  CASE i %% 9 WHEN 0 THEN 'no' WHEN 1 THEN 'partly' ELSE 'yes' END, i %% 5 + 1, 3600000 * (i %% 100), 1 FROM n WHERE NOT open;
]]

-- What was counted between two looks at a histogram, in ms: the top of the longest one's step.
local function longest(before, after)
  for i = #after, 1, -1 do
    local function count(look) return look[i].count - (i > 1 and look[i - 1].count or 0) end
    if count(after) > count(before) then return after[i].up_to * 1000 end
  end
  return 0
end

local function look(place) return ground.histograms(place).loop_stall_seconds[""] end

local function post(place, body)
  local file <close> = assert(io.open(place.folder .. "/calls", "w"))
  file:write("POST /api/v1/events?wait=applied ", body, "\n")
  file:close()
  assert(ground.load(place, 1, 0, place.folder .. "/calls").good == 1, "the item was not taken")
end

-- As the daemon left it after its start, with so much SQL on top.
local function fill(place, sql)
  ground.stop_daemon(place)
  local file <close> = assert(io.open(place.folder .. "/fill.sql", "w"))
  file:write(sql)
  file:close()
  ground.core(place, "exec DIR DIR/fill.sql")
  machine.run("sync '%s/afterward.db'", place.folder)
end

local function prepare_cases(place, count)
  machine.run("mkdir -p '%s/scripts' && cp -r scripts/feedback scripts/shared '%s/scripts/'", place.folder, place.folder)
  place.scripts = place.folder .. "/scripts"
  ground.start_daemon(place, AT)
  post(place, EVENT)
  fill(place, FILL:format(count, OPEN, FIRST, count))
end

local function prepare_stays(place, count)
  machine.run("mkdir -p '%s/scripts' && cp -r scripts/feedback scripts/shared '%s/scripts/'", place.folder, place.folder)
  place.scripts = place.folder .. "/scripts"
  ground.start_daemon(place, AT)
  fill(place, follow_up.sql(count, FIRST))
end

-- What is asked, how its ground is laid, what reads its rows without the engine, and how many of them the answer counted.
local KINDS = {
  { name = "feedback", query = QUERY, prepare = prepare_cases,
    raw = "SELECT total(length(lead || stage || type || nature || words || clocks)) FROM case_figure",
    counted = function(answer) return answer.items.now + answer.items.before + answer.items.older end },
  { name = "follow-up", query = follow_up.query, prepare = prepare_stays,
    raw = "SELECT total(length(department || ward)) FROM encounter; SELECT count(code) FROM task; SELECT count(code) FROM call; "
      .. "SELECT count(by_kind) FROM answer; SELECT count(status) FROM message; SELECT count(started_at) FROM run; SELECT count(level) FROM alert",
    counted = follow_up.counted },
}

local function play(kind, count)
  return ground.in_folder(function(folder)
    local place, out = { folder = folder }, {}
    kind.prepare(place, count)
    local began = machine.now_us()
    machine.run("sqlite3 '%s/afterward.db' \"%s\" >/dev/null", folder, kind.raw)
    out.raw = (machine.now_us() - began) / 1e6
    ground.start_daemon(place, AT)
    machine.sleep(1000)
    local calls <close> = assert(io.open(folder .. "/pages", "w"))
    for _ = 1, PAGES * 20 do calls:write "GET /feedback/3%20East\n" end
    calls:close()
    local before, cpu = look(place), machine.cpu(place.daemon)
    place.other = machine.start(folder .. "/pages.out", "'%s/bench_load' %d %d %d '%s' - %s", machine.build, place.port, CONNECTIONS, PAGES,
      folder .. "/pages", ground.token)
    machine.sleep(500)
    began = machine.now_us()
    local status, body = machine.get(place.port, kind.query, ground.token)
    out.seconds = (machine.now_us() - began) / 1e6
    assert(status == 200, body)
    out.stall = math.min(longest(before, look(place)), ground.metrics(place).loop_stall_most_seconds * 1000)
    out.cpu, out.rss = machine.cpu(place.daemon) - cpu, machine.rss_mb(place.daemon, "VmHWM")
    out.counted = kind.counted(require "demo.json".decode(body))
    assert(out.counted >= count * 0.99 and out.counted <= count + 1, ("%d of %d counted"):format(out.counted, count))
    machine.stop(place.other, "sigkill")
    ground.stop_daemon(place)
    return out
  end)
end

local function rows_of(kind, count, runs, rows)
  local all = {}
  for i = 1, runs do
    all[i] = play(kind, count)
    machine.say("%s: %.2f s, longest stall %.1f ms", kind.name, all[i].seconds, all[i].stall)
  end
  local m = machine.medians(all)
  rows[#rows + 1] = { name = "a month's report of " .. kind.name, value = m.seconds, unit = "s", at_most = 5, cpu = m.cpu, rss = m.rss,
    ratio = m.raw / m.seconds, of = "sqlite3 reading the rows", note = ("%d counted, of three months"):format(m.counted) }
  rows[#rows + 1] = { name = "longest stall meanwhile", value = m.stall, unit = "ms", at_most = 20, note = PAGES .. " pages a second are shown" }
end

function report.run(o)
  local cases, stays, rows = o.quick and 2000 or CASES, o.quick and 2000 or STAYS, {}
  rows_of(KINDS[1], cases, o.runs, rows)
  rows_of(KINDS[2], stays, o.runs, rows)
  return rows, ("%d cases, one in %d open; %d stays; all of the three months that the reports are of"):format(cases, OPEN, stays)
end

return report
