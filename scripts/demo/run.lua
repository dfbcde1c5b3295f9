-- ./dev demo: a hospital's discharge list becomes follow-ups, before your eyes, on a fast clock and a throw-away database.
local uv = require "luv"
local here = arg[0]:match "^(.*)/" or "."
package.path = here .. "/?.lua;" .. package.path

local http = require "http"
local json = require "json"
local clock = require "clock"
local csv = require "csv"
local daemon = require "daemon"
local books = require "books"

local USAGE = [[
Usage: ./dev demo [--for 60s] [--speed 43200] [--seed 1] [--json]
  --for TIME    how long it plays: 90s, 2m
  --speed N     engine seconds a second; 43200 is half a day
  --seed N      which people answer, and what
  --json        happenings and books as JSON lines
  --scripts DIR other departments' scripts
  --keep        leave the folder with database and log, and say where
]]

local options = { ["for"] = "60s", speed = "43200", seed = "1" }
local function usage(text)
  io.stderr:write(text, "\n", USAGE)
  os.exit(2)
end
local at = 1
while arg[at] do
  local name = arg[at]:match "^%-%-(%l+)$"
  if name == "json" or name == "keep" then
    options[name] = true
  elseif name == "for" or name == "speed" or name == "seed" or name == "scripts" then
    at = at + 1
    options[name] = arg[at] or usage(arg[at - 1] .. " needs a value")
  else
    usage("demo does not know " .. arg[at])
  end
  at = at + 1
end
local count, unit = options["for"]:match "^(%d+)([sm]?)$"
local seconds = count and tonumber(count) * (unit == "m" and 60 or 1) or usage "--for needs a time such as 60s"
local speed, seed = tonumber(options.speed), math.tointeger(tonumber(options.seed))
if not speed or speed < 1 or speed > 1000000 then usage "--speed needs a number from 1 to 1000000" end
if not seed then usage "--seed needs a whole number" end

local root = here .. "/../.."
local given = { binary = os.getenv "AFTERWARD" or root .. "/build/release/afterward", root = root,
  scripts = options.scripts or root .. "/scripts", folder = assert(uv.fs_mkdtemp((os.getenv "TMPDIR" or "/tmp") .. "/afterward-demo-XXXXXX")),
  port = daemon.free_port(), gateway_port = daemon.free_port(), token = ("demo-%x"):format(math.floor(uv.hrtime())), receipt_token = ("receipt-%x"):format(math.floor(uv.hrtime()) & 0xffffffff) }
given.client = http.client(given.port, 4)
local children = {}

local function remove(path)
  for name, kind in uv.fs_scandir_next, assert(uv.fs_scandir(path)) do
    if kind == "directory" then remove(path .. "/" .. name) else uv.fs_unlink(path .. "/" .. name) end
  end
  uv.fs_rmdir(path)
end

local function leave(code)
  for _, child in pairs(children) do daemon.kill(child) end
  if options.keep then print("kept: " .. given.folder) else remove(given.folder) end
  os.exit(code)
end

local function fail(text)
  io.stderr:write("demo: ", text, "\n")
  local log = io.open(given.folder .. "/daemon.log")
  if log then io.stderr:write(log:read "a":sub(-2000), "\n") end
  leave(1)
end

local SIGNS = { text = "→ 短信", remind = "→ 提醒", answer = "✓ 填答", pause = "… 暂停", call = "☎ 电话", ack = "⚑ 预警确认",
  page = "⚠ 呼叫", alert = "⚠ 预警", task = "□ 待办", enroll = "＋ 入组", event = "⌂ 院内", trouble = "! 故障", skip = "– 未发" }

local function show(line)
  if options.json then print(json.encode(line)) return end
  print(("%s  %s %s %s%s"):format(clock.text(line.at), SIGNS[line.kind] or line.kind, line.who, line.zh,
    line.en ~= "" and "  (" .. line.en .. ")" or ""))
end

local function last_discharge()
  local last = ""
  for _, row in ipairs(csv.read(here .. "/discharges.csv", "GB18030")) do last = math.max(last == "" and 0 or last, clock.parse(row["出院时间"]) or 0) end
  return last
end

local function set_up()
  local phones = { zhao = "13700000001", qian = "13700000002", ["dr-li"] = "13700000003", ["dr-sun"] = "13700000004",
    chief = "13700000005", ["head-nurse"] = "13700000006", ["duty-officer"] = "13700000007" }
  for login, phone in pairs(phones) do daemon.ask(given, "POST", "staff", { login = login, phone = phone }) end
  for _, role in ipairs { "chief", "head-nurse", "duty-officer" } do
    daemon.ask(given, "POST", "duty", { role = role, staff = role })
  end
end

local function import(now)
  local shown
  children.import = daemon.spawn(given.binary, { "import", here .. "/discharges.csv", "--map", here .. "/map.lua",
    "--rejects", given.folder .. "/rejects.csv", "--server", "http://127.0.0.1:" .. given.port },
    { env = { "AFTERWARD_TOKEN=" .. given.token, "HOME=" .. given.folder, "LANG=C.UTF-8" },
      errors = assert(uv.fs_open(given.folder .. "/import.log", "w", 384)), on_line = function(line) shown = line end })
  if not daemon.wait(children.import, 60000) then fail "the import does not end" end
  local log = io.open(given.folder .. "/import.log"):read "a"
  if children.import.code > 1 then fail("the import failed: " .. log) end
  show { at = now:now(), kind = "event", who = "", zh = "出院名单导入：" .. (shown or log:match "[^\n]*\n?$"), en = "discharge list imported" }
end

-- What happens in the hospital later, at its day.
local function play_events(now, begin)
  local midnight = clock.parse(clock.day(begin)) + 86400000
  for line in io.lines(here .. "/events.jsonl") do
    local item = json.decode(line)
    local due = midnight + item.after_days * 86400000
    http.sleep(math.max(0, now:real(due - now:now())))
    if given.stopping then return end
    local status, answer
    if item.event then
      item.event.at = clock.iso(now:now())
      if item.event.appointment then item.event.appointment.at = clock.iso(now:now() + 5 * 86400000) end
      status, answer = daemon.ask(given, "POST", "events", item.event)
    else
      local _, found = daemon.ask(given, "GET", "patients?mrn=" .. item.opt_out.mrn)
      local patient = found and found.items and found.items[1]
      status, answer = daemon.ask(given, "POST", "patients/" .. (patient and patient.id or "?") .. "/opt-out", {})
    end
    local good = status and status < 300
    show { at = now:now(), kind = good and "event" or "trouble", who = "", zh = item.what, en = good and "" or tostring(answer and answer.detail) }
  end
end

local function watch(now, run)
  local cursors, late, rounds = {}, 0, 0
  local function fresh(path)
    local items
    items, cursors[path] = daemon.list(given, path, cursors[path])
    return items
  end
  while not given.stopping do
    local enrolled, tasks = #fresh "enrollments", #fresh "tasks"
    if enrolled > 0 then show { at = now:now(), kind = "enroll", who = "", zh = "新入组 " .. enrolled .. " 人", en = "enrolled" } end
    if tasks > 0 then show { at = now:now(), kind = "task", who = "", zh = "新待办 " .. tasks .. " 件", en = "tasks" } end
    for _, alert in ipairs(fresh "alerts") do
      show { at = now:now(), kind = "alert", who = "", zh = ("%s %s：%s"):format(alert.department, alert.level, alert.reason or alert.name), en = alert.name }
    end
    local _, text = given.client:ask("GET", "/metrics")
    local waited = tonumber((text or ""):match "\nafterward_due_lateness_seconds ([%d.e+]+)") or 0
    late, rounds = late + waited, rounds + 1
    run.late_most, run.late_mean = math.max(run.late_most, waited / speed), late / rounds / speed
    http.sleep(300)
  end
end

-- When nothing moves any more: the clock runs at its natural pace then.
local function settled_summary()
  local summary
  for _ = 1, 100 do
    _, summary = daemon.ask(given, "GET", "summary")
    local moving = summary and summary.messages_by_status and summary.messages_by_status.in_flight
    if summary and summary.patients and not moving then return summary end
    http.sleep(100)
  end
  return summary
end

local function play()
  local begin = last_discharge() + 30 * 60000
  daemon.write_config(given.folder .. "/config.lua", given)
  local why
  children.daemon, why = daemon.start(given, begin, speed)
  if not children.daemon then children.daemon = why fail "the daemon did not start" end
  local before = clock.steady_ms()
  local _, first = daemon.ask(given, "GET", "summary")
  local steady = (before + clock.steady_ms()) / 2
  local now = clock.new(clock.parse(first.at), steady, speed)
  set_up()
  local totals, stopped, ready
  children.population = daemon.spawn("/proc/self/exe", { here .. "/population.lua", json.encode { port = given.port,
    gateway_port = given.gateway_port, token = given.token, receipt_token = given.receipt_token, seed = seed, speed = speed,
    engine_ms = math.floor(now.base), steady_ms = now.steady, most_ms = math.floor((seconds + 120) * 1000),
    daemon = children.daemon.pid } }, { on_line = function(text)
      local line = json.decode(text)
      if not line then return end
      if line.kind == "totals" then totals = line elseif line.kind == "stopped" then stopped = true
      elseif line.kind == "ready" then ready = true else show(line) end
    end })
  for _ = 1, 500 do if ready then break end http.sleep(10) end
  if not ready then fail "the population did not start" end
  local run = { late_most = 0, late_mean = 0 }
  local began = clock.steady_ms()
  import(now)
  run.imported = now:now()
  http.go(play_events, now, begin)
  http.go(watch, now, run)
  while clock.steady_ms() - began < seconds * 1000 do
    if children.daemon.code or children.population.code then fail "a process ended too soon" end
    http.sleep(100)
  end
  given.stopping = true
  children.population.input:write "stop\n"
  for _ = 1, 1000 do if stopped then break end http.sleep(10) end
  daemon.kill(children.daemon, "sigterm")
  if not daemon.wait(children.daemon, 20000) or children.daemon.code ~= 0 then fail "the daemon did not end well" end
  local finish = now:now()
  run.span = ("%s – %s, %.0f days"):format(clock.day(begin), clock.day(finish), (finish - begin) / 86400000)
  given.client:close()
  children.daemon, why = daemon.start(given, finish + 1000, 1) -- restarted, so that the books are read from the disk
  if not children.daemon then children.daemon = why fail "the daemon did not start again" end
  children.population.input:write("pid " .. children.daemon.pid .. "\n")
  local summary = settled_summary()
  run.late = books.lateness(given, run.imported, speed)
  children.population.input:write "end\n"
  if not daemon.wait(children.population, 10000) or not totals then fail "the population gave no account" end
  if options.json then print(json.encode { kind = "books", summary = summary, outside = totals, late = run.late_most }) else books.print(summary, totals, run) end
  local good = books.check(given, summary, totals)
  daemon.kill(children.daemon, "sigterm")
  daemon.wait(children.daemon, 10000)
  leave(good and 0 or 1)
end

for _, name in ipairs { "sigint", "sigterm", "sighup", "sigpipe" } do
  local handle = uv.new_signal()
  handle:start(name, function() leave(130) end)
end
http.go(function()
  local ok, text = xpcall(play, debug.traceback)
  if not ok then fail(text) end
end)
uv.run()
