-- Where benchmarks run: databases that are filled once and kept, the sink, and the real daemon between them.
local machine = require "bench.machine"
local wards = require "bench.wards"
local json = require "demo.json"
local ground = { token = "token-of-the-bench-0001", born = "2026-03-02T15:00:00" }

local cache = machine.build:match "^(.*)/[^/]+$" .. "/bench"
local SCRIPTS = "spec/bench/scripts/"

-- What a filled database depends on: the schema, the script, and how discharges become rows.
local function digest(kind, parameters)
  return machine.read("(cat db/*.sql %s%s/bench/*.lua spec/bench/fill.c engine/base/value*.c engine/care/event_apply.c " ..
    "engine/care/plan.c engine/care/enroll.c; echo '%s') | sha256sum | cut -c1-12", SCRIPTS, kind, parameters)
end

local function core(words, ...)
  return machine.tool("bench_core " .. words .. " 2>>'" .. cache .. "/log'", ...)
end

-- A folder that a fill made, now or earlier. cohorts: "NAME,COUNT,TEXTS,DUE,SPREAD" …; until_: where its clock then is.
local function filled(kind, count, cohorts, until_)
  local words = table.concat(cohorts, " ")
  local folder = ("%s/%s-%d-%s"):format(cache, kind, count, digest(kind, words .. (until_ or "")))
  if os.rename(folder, folder) then return folder end
  local part = folder .. ".part"
  machine.run("rm -rf '%s' && mkdir -p '%s'", part, part)
  if until_ then
    ground.copy(filled(kind, count, cohorts), part)
    machine.say("bringing %d enrollments to %s …", count, until_)
    core("jump '%s' '%s' %s %s", part, SCRIPTS .. kind, ground.born, until_)
  else
    machine.say("enrolling %d, once (kept in %s) …", count, cache)
    local fill = machine.figures(machine.read("'%s/bench_core' fill '%s' '%s' %s %d %s", machine.build, part, SCRIPTS .. kind,
      ground.born, count, words))
    machine.say("… %.0f whole discharges a second, %.0f µs of CPU each", fill.per_second, fill.cpu_us)
  end
  assert(os.rename(part, folder))
  return folder
end

-- The same of a hospital of many departments, whose scripts (bench/wards.lua) lie beside the database.
local function filled_hospital(base)
  local key = machine.read("(cat db/*.sql spec/bench/wards.lua spec/bench/hospital.c engine/base/value*.c engine/care/event_apply.c " ..
    "engine/care/plan.c engine/care/enroll.c) | sha256sum | cut -c1-12")
  local folder = ("%s/%s-%d-%d-%s"):format(cache, base.kind, base.count, base.departments, key)
  if os.rename(folder, folder) then return folder end
  local part = folder .. ".part"
  machine.run("rm -rf '%s' && mkdir -p '%s/scripts'", part, part)
  wards.write(part .. "/scripts", base.departments, base.wards)
  machine.say("discharging %d, once (kept in %s) …", base.count, cache)
  core("hospital '%s' '%s/scripts' %s %d %d", part, part, ground.born, base.count, base.departments)
  assert(os.rename(part, folder))
  return folder
end

-- Open cases of an office (bench/scripts/office), received within so many ms.
local function filled_cases(base)
  local key = machine.read("(cat db/*.sql %s%s/bench/* spec/bench/cases.c engine/base/value*.c engine/care/case*.c " ..
    "engine/care/event_feedback.c engine/care/enroll.c) | sha256sum | cut -c1-12", SCRIPTS, base.kind)
  local folder = ("%s/cases-%d-%d-%s"):format(cache, base.count, base.cases, key)
  if os.rename(folder, folder) then return folder end
  local part = folder .. ".part"
  machine.run("rm -rf '%s' && mkdir -p '%s' && cp -r '%s%s' '%s/scripts'", part, part, SCRIPTS, base.kind, part)
  machine.say("taking in %d items, once (kept in %s) …", base.count, cache)
  local fill = core("cases '%s' '%s/scripts' %s %d %d", part, part, ground.born, base.count, base.cases)
  machine.say("… %.0f a second, %.0f µs of CPU each", fill.per_second, fill.cpu_us)
  assert(fill.cases == base.count, "not every item became a case")
  assert(os.rename(part, folder))
  return folder
end

function ground.copy(from, to)
  machine.run("cp --reflink=auto '%s/afterward.db' '%s/' && sync '%s/afterward.db'", from, to, to)
end

-- A fresh folder with a copy of such a database, for the time of this work.
function ground.on(base, work)
  local fill = base.wards and filled_hospital or base.cases and filled_cases
  local from = fill and fill(base) or filled(base.kind, base.count, base.cohorts or {}, base.until_)
  local folder = machine.read("mktemp -d '%s/work-XXXXXX'", cache)
  ground.copy(from, folder)
  local place = { folder = folder, scripts = SCRIPTS .. base.kind }
  if base.wards or base.cases then
    place.scripts = folder .. "/scripts"
    machine.run("cp -r '%s/scripts' '%s'", from, folder)
  end
  local ok, result = machine.during(work, place)
  if not ok then
    machine.run("tail -n 20 '%s/log' >&2 || true", folder)
    machine.run("rm -rf '%s'", folder)
    error(result, 0)
  end
  machine.run("rm -rf '%s'", folder)
  return result
end

function ground.in_folder(work)
  machine.run("mkdir -p '%s'", cache)
  local folder = machine.read("mktemp -d '%s/work-XXXXXX'", cache)
  local ok, result = machine.during(work, folder)
  if not ok then machine.run("tail -n 20 '%s/log' >&2 || true", folder) end
  machine.run("rm -rf '%s'", folder)
  if not ok then error(result, 0) end
  return result
end

local function read_port(path)
  local file = io.open(path)
  local port = file and tonumber(file:read "a")
  if file then file:close() end
  return port
end

-- One more gateway: its process and its port (0: any), and how many ms it takes to answer.
function ground.gateway(place, port, late_ms)
  place.gateways = (place.gateways or 0) + 1
  local log = ("%s/sink-%d"):format(place.folder, place.gateways)
  local pid = machine.start(log, "'%s/bench_sink' %d %d", machine.build, port or 0, late_ms or 0)
  return pid, machine.till("the sink's port", 10, 5, function() return read_port(log) end)
end

function ground.start_sink(place) place.sink, place.sink_port = ground.gateway(place) end

function ground.sink_stats(place)
  local _, body = machine.get(place.sink_port, "/stats")
  return json.decode(body)
end

-- All gates as they are by default; only the number of people one text may reach is set to this hospital's size.
local CONFIG = [[return {
  hospital = "示范医院", phone = "0571-87000000", zone = "Asia/Shanghai", trusted_proxies = "127.0.0.1", mass_limit = 1000000,
  tokens = { { token = "%s", staff = "bench", scopes = { "admin", "contacts", "events", "staff", "read" }, departments = "all" } },
  %s
  channels = { sms = { plugin = "sms-http", url = "http://127.0.0.1:%d/send", code = "code", ok = { "0" }, id = "id",
    fields = { mobile = "{to}", content = "{text}", uid = "{key}", class = "{class}" }, keyed = "24h", parallel = 64 }, %s },
}
]]

-- The daemon at this time of its clock; comes back when it answers, and says how many ms that took.
function ground.start_daemon(place, at)
  local config, port = place.folder .. "/afterward.lua", place.folder .. "/port"
  local file <close> = assert(io.open(config, "w"))
  file:write(CONFIG:format(ground.token, place.more or "", place.sink_port or 9, place.channels or ""))
  file:close()
  os.remove(port)
  local began = machine.now_us()
  place.daemon = machine.start(place.folder .. "/log", "'%s/afterward' serve --config '%s' --state '%s' --scripts '%s' " ..
    "--plugins '%s' --listen 127.0.0.1:0 --port-file '%s' --clock-start %s --clock-speed %d", machine.build, config, place.folder,
    place.scripts, place.plugins or "plugins", port, at, place.speed or 1)
  place.port = machine.till("the daemon's port", 60, 1, function()
    assert(machine.is_alive(place.daemon), "the daemon did not start")
    return read_port(port)
  end)
  -- It is not well before it has done what fell due while it was down.
  machine.till("the daemon's health", 60, 1, function() return machine.get(place.port, "/healthz") == 200 end)
  return (machine.now_us() - began) / 1000
end

function ground.stop_daemon(place)
  machine.stop(place.daemon)
  place.daemon = nil
end

-- name → value; afterward_messages{status="held"} is "messages_held".
function ground.metrics(place)
  local out = {}
  local _, body = machine.get(place.port, "/metrics")
  for name, label, value in body:gmatch '\nafterward_([%w_]+){%w+="([^"]*)"} ([%d.e+-]+)' do
    out[name .. "_" .. label] = tonumber(value)
  end
  for name, value in body:gmatch "\nafterward_([%w_]+) ([%d.e+-]+)" do out[name] = tonumber(value) end
  return out
end

-- name → label → list of { up_to, count }, counts adding up; the label of one without is "".
function ground.histograms(place)
  local out = {}
  local _, body = machine.get(place.port, "/metrics")
  for name, labels, up_to, count in body:gmatch '\nafterward_([%w_]+)_bucket{(.-)le="(%S-)"} (%d+)' do
    local label = labels:match '"(.-)"' or ""
    out[name] = out[name] or {}
    out[name][label] = out[name][label] or {}
    table.insert(out[name][label], { up_to = tonumber(up_to) or math.huge, count = tonumber(count) })
  end
  return out
end

-- The value under which this share of what was counted between two looks lies, evenly within its step.
function ground.percentile(before, after, share)
  local function count(i) return i == 0 and 0 or after[i].count - before[i].count end
  local wanted = count(#after) * share
  if wanted == 0 then return 0 end
  for i = 1, #after do
    local from, to = i == 1 and 0 or after[i - 1].up_to, after[i].up_to
    if count(i) >= wanted then
      if to == math.huge then return from end
      return from + (to - from) * (wanted - count(i - 1)) / (count(i) - count(i - 1))
    end
  end
end

-- One row of the database, when the daemon is down or does not mind.
function ground.ask(place, sql)
  return machine.figures(machine.read("'%s/bench_core' ask '%s' \"%s\"", machine.build, place.folder, sql))
end

-- The same of a single text.
function ground.ask_text(place, sql)
  return (machine.read("'%s/bench_core' ask '%s' \"%s\"", machine.build, place.folder, sql):gsub("^%S+ ", ""))
end

function ground.core(place, words, ...)
  return core(words:gsub("DIR", "'" .. place.folder .. "'"):gsub("SCRIPTS", place.scripts), ...)
end

function ground.core_text(place, words, ...)
  return machine.read("'%s/bench_core' " .. words:gsub("DIR", "'" .. place.folder .. "'"):gsub("SCRIPTS", place.scripts), machine.build, ...)
end

function ground.load(place, connections, rate, calls, record)
  return machine.tool("bench_load %d %d %s '%s' '%s' %s", place.port, connections, rate, calls, record or "-", ground.token)
end

function ground.raw(what, ...) return machine.tool("bench_raw " .. what, ...) end

return ground
