-- ./dev demo: a hospital's discharge list becomes follow-ups, before your eyes, on a fast clock and a throw-away database.
local uv = require "luv"
local here = arg[0]:match "^(.*)/" or "."
package.path = here .. "/?.lua;" .. package.path

local http = require "http"
local json = require "json"
local clock = require "clock"
local daemon = require "daemon"
local hospital = require "hospital"
local books = require "books"
local kannel = require "kannel"
local mllp = require "mllp"
local stage = require "stage"

local options = require("options").read(arg)
local seconds, speed, seed = options.seconds, options.speed, options.seed
local given, children = stage.open(here, 4), {}
given.scripts = options.scripts or given.root .. "/scripts"
if options.hl7 then
  given.hl7_port, given.plugins = daemon.free_port(), given.binary:match "^(.*)/" .. "/plugins"  -- native ones are built
end
local function leave(code) stage.leave(given, options, children, code) end
local function fail(text) stage.fail(given, options, children, text) end

local show = require("options").show(options.json)

local function import(now)
  local shown
  children.import = daemon.spawn(given.binary, { "import", here .. "/discharges.csv", "--map", here .. "/map.lua",
    "--rejects", given.folder .. "/rejects.csv", "--server", "http://127.0.0.1:" .. given.port },
    { env = { "AFTERWARD_TOKEN=" .. given.token, "HOME=" .. given.folder, "LANG=C.UTF-8" },
      errors = assert(uv.fs_open(given.folder .. "/import.log", "w", 384)), on_line = function(line) shown = line end })
  if not daemon.wait(children.import, 60000) then fail "the import does not end" end
  local log = io.open(given.folder .. "/import.log"):read "a"
  if children.import.code > 1 or log:find "^afterward: " then fail("the import failed: " .. log) end
  show { at = now:now(), kind = "event", who = "", zh = "出院名单导入：" .. (shown or log:match "([^\r\n]*)\n*$"), en = "discharge list imported" }
end

local function import_hl7(now)
  local messages = mllp.messages(here .. "/discharges.csv")
  local good, others = mllp.send(given.hl7_port, messages)
  if not good then fail("the messages were not answered: " .. others) end
  show { at = now:now(), kind = "event", who = "", en = "discharges by HL7",
    zh = ("HL7 出院消息 %d 条：%d 条 AA，%d 条未收%s"):format(#messages, good, #others, others[1] and "（" .. others[1] .. "）" or "") }
end

local function watch(now, run)
  local cursors = {}
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
      show { at = now:now(), kind = "alert", who = "", en = alert.name,
        zh = ("%s %s：%s"):format(alert.department, alert.level, alert.reason or alert.name) }
    end
    local _, text = given.client:ask("GET", "/metrics")
    local waited = tonumber((text or ""):match "\nafterward_due_lateness_seconds ([%d.e+]+)") or 0
    run.late_most = math.max(run.late_most, waited / speed)
    http.sleep(300)
  end
end

local function wait_for(told, what, ms)
  for _ = 1, ms / 10 do
    if told[what] then return true end
    http.sleep(10)
  end
end

-- When nothing moves any more: the clock runs at its natural pace then.
local function settled_summary()
  local summary, before
  for _ = 1, 100 do
    _, summary = daemon.ask(given, "GET", "summary")
    local messages = summary and summary.messages_by_status or {}
    local now = table.concat({ messages.held or 0, messages.accepted or 0, messages.delivered or 0, messages.planned or 0 }, " ")
    if summary and summary.patients and not messages.in_flight and now == before then return summary end
    before = now
    http.sleep(100)
  end
  return summary
end

local function start_daemon(at, pace)
  local why
  children.daemon, why = daemon.start(given, at, pace)
  if not children.daemon then
    children.daemon = why
    fail "the daemon did not start"
  end
end

local function stop_daemon()
  daemon.kill(children.daemon, "sigterm")
  if not daemon.wait(children.daemon, 20000) or children.daemon.code ~= 0 then fail "the daemon did not end well" end
end

-- The engine's clock, seen from here: what it says in the middle of a question.
local function read_clock()
  local before = clock.steady_ms()
  local _, first = daemon.ask(given, "GET", "summary")
  return clock.new(clock.parse(first.at), (before + clock.steady_ms()) / 2, speed)
end

-- bearerbox and smsbox, ready to take texts; the population plays their SMSC.
local function start_kannel()
  local parts = { folder = given.folder .. "/kannel", admin = daemon.free_port(), box = daemon.free_port(), sendsms = daemon.free_port(),
    smsc_port = daemon.free_port(), inbound = ("http://127.0.0.1:%d/channels/sms/inbound?token=%s"):format(given.port, given.receipt_token) }
  parts.smsc = kannel.fake(parts.smsc_port)
  assert(uv.fs_mkdir(parts.folder, 448))
  kannel.write(parts)
  local log = assert(uv.fs_open(parts.folder .. "/words.log", "a", 384))
  local client, asked = http.client(parts.sendsms), "/cgi-bin/sendsms?username=ward&password=p4ss"
  for _, name in ipairs { "bearerbox", "smsbox" } do
    children[name] = daemon.spawn(kannel[name:upper()], { "-v", "4", parts.folder .. "/kannel.conf" }, { on_line = function() end, errors = log })
    http.sleep(300)
  end
  for _ = 1, 500 do                                           -- it listens before it knows its users
    if client:ask("GET", asked) == 400 then
      client:close()
      return parts
    end
    http.sleep(20)
  end
  fail("Kannel did not start; see " .. parts.folder)
end

-- Kannel says that it took a text before its SMSC has it.
local function drain_kannel()
  local client = http.client(given.kannel.admin)
  for _ = 1, 300 do
    local _, text = client:ask("GET", "/status.txt?password=admin")
    if (text or ""):find "SMS: [^\n]*sent %d+ %(0 queued%)" then break end
    http.sleep(20)
  end
  client:close()
  http.sleep(200)
end

local function start_population(now)
  local told = {}
  local order = { port = given.port, gateway_port = given.gateway_port, token = given.token, seed = seed, speed = speed,
    receipt_token = given.receipt_token, engine_ms = math.floor(now.base), steady_ms = now.steady,
    most_ms = math.floor((seconds + 120) * 1000), daemon = children.daemon.pid }
  if given.kannel then
    order.smsc_port, order.sent_log = given.kannel.smsc_port, given.kannel.folder .. "/bearerbox-access.log"
    order.others = { children.bearerbox.pid, children.smsbox.pid }
  end
  children.population = daemon.spawn("/proc/self/exe", { here .. "/population.lua", json.encode(order) }, {
    on_line = function(text)
      local line = json.decode(text)
      if line and line.at then show(line) elseif line then told[line.kind] = line end
    end })
  if not wait_for(told, "ready", 5000) then fail "the population did not start" end
  return told
end

-- Stopped and started again, so that the books are read from what is on the disk; the clock goes at its natural pace.
local function close_the_books(now, told)
  children.population.input:write "stop\n"
  wait_for(told, "stopped", 10000)
  stop_daemon()
  local finish = now:now()
  given.client:close()
  start_daemon(finish + 1000, 1)
  children.population.input:write("pid " .. children.daemon.pid .. "\n")
  local summary = settled_summary()
  if given.kannel then drain_kannel() end
  children.population.input:write "end\n"
  if not daemon.wait(children.population, 10000) or not told.totals then fail "the population gave no account" end
  return summary, finish
end

local function play()
  local begin, run = hospital.last_discharge() + 30 * 60000, { late_most = 0 }
  if options.sms then given.kannel = start_kannel() end
  daemon.write_config(given.folder .. "/config.lua", given)
  start_daemon(begin, speed)
  local now = read_clock()
  hospital.set_up(given)
  local told, began = start_population(now), clock.steady_ms()
  if options.hl7 then import_hl7(now) else import(now) end
  local imported = now:now()
  http.go(hospital.play_events, given, now, begin, show)
  http.go(watch, now, run)
  while clock.steady_ms() - began < seconds * 1000 do
    if children.daemon.code or children.population.code then fail "a process ended too soon" end
    http.sleep(100)
  end
  given.stopping = true
  local summary, finish = close_the_books(now, told)
  run.late = books.lateness(given, imported, speed)
  run.span = ("%s – %s, %.0f days"):format(clock.day(begin), clock.day(finish), (finish - begin) / 86400000)
  books.print(summary, told.totals, run, options.json)
  local good = books.check(given, summary, told.totals, options.json)
  stop_daemon()
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
