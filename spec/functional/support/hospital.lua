-- A hospital for specs: the real daemon on a folder of its own, its gateway, its command line and its API.
local wait = require "functional.support.wait"
local Gateway = require "functional.support.gateway"
local http = require "demo.http"
local uv = require "luv"
local lfs = require "lfs"
local json = require "dkjson"

local Hospital = {}
Hospital.__index = Hospital
local ZONE_MS, START = 8 * 3600000, 1772420400000           -- 2026-03-02 11:00 in Shanghai, a Monday

Hospital.TOKENS = { boss = "token-of-the-boss-0001", his = "token-of-the-his-00002", ward = "token-of-the-ward-0003",
  other = "token-of-the-other-004", reader = "token-of-the-reader-05" }

local CONFIG = [[return {
  hospital = "示范医院", phone = "0571-87000000", base_url = "http://127.0.0.1", zone = "Asia/Shanghai",
  quiet_hours = "03:00-03:01", contact_windows = "00:00-24:00", budget_day = 900, budget_week = 9000, mass_limit = 100000,
  tokens = {
    { token = env "T_BOSS", staff = "chen", scopes = { "admin", "contacts", "events", "staff", "read" }, departments = "all" },
    { token = env "T_HIS", staff = "his", scopes = { "events" }, departments = "all" },
    { token = env "T_WARD", staff = "li", scopes = { "staff", "read" }, departments = { "w" } },
    { token = env "T_OTHER", staff = "wu", scopes = { "staff", "read" }, departments = { "v" } },
    { token = env "T_READER", staff = "student", scopes = { "read" }, departments = { "w" } },
    %s
  },
  channels = { %s },
  %s
}
]]

-- A ward as the simulated specs have it: department, brand, ladder, a form with a rule, and steps that the spec writes.
Hospital.WARD = [[
local aw = require "afterward"
return {
  aw.department { id = "@", title = { zh = "科", en = "Ward" }, calendar = "cn", contact_windows = "00:00-24:00",
    alerts = { emergency = "ladder", urgent = "ladder", soon = "ladder" }, overdue = "ladder" },
  aw.program { id = "brand", name = { zh = "随访", en = "Care" } },
  aw.escalation { id = "ladder", levels = {
    { page = "nurse", ack_within = "15m" }, { page = "chief", ack_within = "20m" } }, act_within = "2h" },
  aw.rule { id = "flags", run = function(a)
    if (a.temp or 0) >= 38.5 then
      return { level = "urgent", reason = "fever", advice = { zh = "请等护士电话", en = "Wait for the call" } }
    end
  end },
  aw.form { id = "check", title = { zh = "体温", en = "Check" }, abnormal = "flags",
    { id = "temp", kind = "number", min = 34, max = 43, zh = "今天的体温？", en = "Temperature?" } },
  aw.template { id = "hello", zh = "您好 {patient.name}", en = "Hello {patient.name}" },
  %s
  aw.pathway { id = "way", program = "brand", title = { zh = "随访", en = "Way" },
    enroll = { on = "discharge", where = function(f) return f.event.department == "@" end }, anchor = "discharge",
    steps = { %s } },
}
]]

function Hospital.ward(department, steps, more)
  return (Hospital.WARD:format(more or "", steps):gsub("@", department))
end

local OUTSIDE = { ["/api"] = true, ["/f"] = true, ["/healthz"] = true, ["/metrics"] = true, ["/channels"] = true,
  ["/feedback"] = true, ["/fhir"] = true, ["/case"] = true, ["/said"] = true, ["/reviews"] = true } -- of the API

-- Whole or not at all: the daemon may read it at any moment.
local function write(path, text)
  local file = assert(io.open(path .. ".new", "w"))
  file:write(text)
  file:close()
  assert(os.rename(path .. ".new", path))
end

function Hospital.iso(ms)
  return os.date("!%Y-%m-%dT%H:%M:%S", (ms + ZONE_MS) // 1000) .. ("%.3f+08:00"):format(ms % 1000 / 1000):sub(2)
end

-- "2026-03-02T11:00:00.250+08:00", as the API writes it, as ms; differences only, as this machine's zone is in it.
function Hospital.instant(text)
  local y, mo, d, h, mi, s = text:match "(%d+)-(%d+)-(%d+)T(%d+):(%d+):([%d.]+)"
  return os.time { year = y, month = mo, day = d, hour = h, min = mi, sec = 0 } * 1000 + s * 1000
end

-- o.speed; o.scripts: name under scripts/ → text, or o.scripts_from: departments of this tree; o.channels, o.site: Lua text
-- put into the configuration; o.tokens: more of those;
-- o.keyed: the gateway honours keys for so long; o.plugins: a folder in place of this tree's; o.listen;
-- o.state: a folder that is there already.
function Hospital.open(o)
  local self = setmetatable({ o = o, speed = o.speed or 1, log = "" }, Hospital)
  self.folder = assert(uv.fs_mkdtemp((os.getenv "TMPDIR" or "/tmp") .. "/afterward-spec-XXXXXX"))
  self.state = o.state or self.folder .. "/state"
  self.born = uv.hrtime()
  self.gateway = Gateway.open(function() return self:now() end)
  lfs.mkdir(self.folder .. "/scripts")
  self:script("shared/calendar/cn.csv", (assert(io.open "scripts/shared/calendar/cn.csv"):read "a"))
  for name, text in pairs(o.scripts or {}) do self:script(name, text) end
  for _, name in ipairs(o.scripts_from or {}) do
    os.execute(("cp -r 'scripts/%s' '%s/scripts/'"):format(name, self.folder))
  end
  self:configure(o.channels or "sms = " .. self.gateway:channel(o.keyed), o.site)
  return self
end

function Hospital:configure(channels, more)
  write(self.folder .. "/afterward.lua", CONFIG:format(self.o.tokens or "", channels, more or ""))
end

function Hospital:script(name, text)
  local path = self.folder .. "/scripts"
  for part in name:gmatch "([^/]+)/" do
    path = path .. "/" .. part
    lfs.mkdir(path)
  end
  write(self.folder .. "/scripts/" .. name, text)
end

-- The hospital's time: it goes on while the daemon is down.
function Hospital:now() return math.floor(START + (uv.hrtime() - self.born) / 1e6 * self.speed) end

local function words_of(text)
  local out = {}
  for word in text:gmatch "%S+" do out[#out + 1] = word end
  return out
end

local function environment(self, more)
  local env = { PATH = os.getenv "PATH", HOME = self.folder, UBSAN_OPTIONS = "print_stacktrace=1",
    AFTERWARD_SERVER = self.port and "http://127.0.0.1:" .. self.port, AFTERWARD_TOKEN = Hospital.TOKENS.boss }
  for name, token in pairs(Hospital.TOKENS) do env["T_" .. name:upper()] = token end
  for name, value in pairs(more or {}) do env[name] = value end
  local out = {}
  for name, value in pairs(env) do out[#out + 1] = name .. "=" .. value end
  return out
end

-- Starts a program of the daemon's binary; out.text grows, out.code (or out.signal) is there when it has ended.
local function spawn(self, args, env)
  local words, out = words_of(os.getenv "AFTERWARD_DAEMON"), { text = "", errors = "" }
  local program = table.remove(words, 1)
  for _, word in ipairs(args) do words[#words + 1] = word end
  local pipes, open = { uv.new_pipe(false), uv.new_pipe(false) }, 3
  local function finished()
    open = open - 1
    out.ended = open == 0
  end
  out.handle, out.pid = uv.spawn(program, { args = words, stdio = { nil, pipes[1], pipes[2] }, env = environment(self, env) },
    function(code, signal)
      out.code, out.signal = code, signal
      out.handle:close()
      finished()
    end)
  assert(out.handle, out.pid)
  for i, field in ipairs { "text", "errors" } do
    pipes[i]:read_start(function(_, chunk)
      if chunk then out[field] = out[field] .. chunk return end
      pipes[i]:close()
      finished()
    end)
  end
  return out
end

local function ended(process, seconds)
  wait.till("the program ends", function() return process.ended end, seconds or 60)
  return process
end

-- Starts the daemon without waiting for it. more: other words of the command line; env: its environment beside ours.
function Hospital:launch(more, env)
  local args = { "serve", "--config", self.folder .. "/afterward.lua", "--state", self.state, "--scripts",
    self.folder .. "/scripts", "--plugins", self.o.plugins or "plugins",
    "--listen", self.o.listen or "127.0.0.1:0", "--port-file", self.folder .. "/port",
    "--clock-start", Hospital.iso(self:now()), "--clock-speed", ("%d"):format(self.speed) }
  for _, word in ipairs(more or {}) do args[#args + 1] = word end
  os.remove(self.folder .. "/port")
  return spawn(self, args, env)
end

function Hospital:start(env)
  self.daemon = self:launch(nil, env)
  wait.till("the daemon is ready", function()
    local file = io.open(self.folder .. "/port")
    if self.daemon.ended then error("the daemon did not start: " .. self.daemon.errors, 0) end
    if not file then return false end
    self.port = file:read "n"
    file:close()
    return self.port
  end, 60)
  self.client = http.client(self.port, 16)
  return self
end

-- The words that a daemon wrote, all runs of it.
function Hospital:words() return self.log .. (self.daemon and self.daemon.errors or "") end

function Hospital:signal(name) uv.kill(self.daemon.pid, name) end

local function over(self)
  local process = ended(self.daemon)
  self.log = self.log .. process.errors
  wait.for_it(function() self.client:close() end)
  self.daemon = nil
  return process
end

function Hospital:kill()
  self:signal "sigkill"
  return over(self)
end

-- Asks the daemon to end: its exit code, and what it said.
function Hospital:stop()
  self:signal "sigterm"
  local process = over(self)
  return process.signal == 0 and process.code or "signal " .. process.signal, process.errors
end

function Hospital:restart()
  self:stop()
  return self:start()
end

-- An end that proves it: exit 0, which no leak and no fault of memory leaves.
function Hospital:close()
  local code, errors
  if self.daemon then code, errors = self:stop() end
  self.gateway:close()
  os.execute(("rm -rf '%s'"):format(self.folder))
  if code and code ~= 0 then error(("the daemon ended with %s: %s"):format(code, errors:sub(-6000)), 2) end
end

-- What was asked got no answer, or the daemon is known to be gone: an error with its own words when it died.
local function died(self, seconds)
  local process = self.daemon
  if not pcall(wait.till, "", function() return process.ended end, seconds) then return end
  if process.code == 0 and process.signal == 0 then return end
  local how = process.signal == 0 and "exit " .. process.code or "signal " .. process.signal
  error(("the daemon has ended with %s: %s"):format(how, process.errors:sub(-5000)), 0)
end

-- Calls the API: status, decoded body, headers. o.token: a name of TOKENS, or false; other keys are headers.
function Hospital:call(method, path, body, o)
  local headers = {}
  if self.daemon.ended then died(self, 0) end
  for name, value in pairs(o or {}) do if name ~= "token" then headers[name] = value end end
  local token = o and o.token
  if token ~= false then headers.Authorization = "Bearer " .. (Hospital.TOKENS[token or "boss"] or token) end
  if body and not headers["Content-Type"] then headers["Content-Type"] = "application/json" end
  if type(body) == "table" then body = json.encode(body) end
  local status, text, got = wait.for_it(function()
    return self.client:ask(method, (OUTSIDE[path:match "^/%a+"] and "" or "/api/v1") .. path, headers, body)
  end)
  if not status then died(self, 0.2) end
  return status, status and text:find "^[%[{]" and json.decode(text) or text, got
end

function Hospital:get(path, o)
  local status, body = self:call("GET", path, nil, o)
  if status ~= 200 then error(("GET %s: %s %s"):format(path, status, json.encode(body)), 2) end
  return body
end

function Hospital:event(event, o) return self:call("POST", "/events", event, o or { token = "his" }) end

-- A discharge of patient number n as a hospital system tells it.
function Hospital:discharge(n, o)
  local event = { id = "D" .. n, kind = "discharge", at = Hospital.iso(self:now() - 1000), visit = "V" .. n, department = "w",
    patient = { mrn = "M" .. n, name = "王小" .. n, birth = "1951-02-03", phone = self.phone(n) } }
  for key, value in pairs(o or {}) do event[key] = value end
  return event
end

function Hospital.phone(n) return ("138%08d"):format(n) end

local function form(fields)
  local out = {}
  for name, value in pairs(fields) do
    out[#out + 1] = name .. "=" .. tostring(value):gsub("[^%w]", function(c) return ("%%%02X"):format(c:byte()) end)
  end
  return table.concat(out, "&")
end

function Hospital:post_form(path, fields, headers)
  local all = { token = false, ["Content-Type"] = "application/x-www-form-urlencoded" }
  for name, value in pairs(headers or {}) do all[name] = value end
  return self:call("POST", path, form(fields), all)
end

-- A patient opens the page with code and birth date and answers: status, page, and the link that was given.
function Hospital:answer(code, fields, birth)
  local status, page, headers = self:post_form("/f", { code = code, birth = birth or "19510203" })
  if status ~= 303 then return status, page end
  local link = headers.location
  local given = { by = "patient", all = "1", step = "0" }
  for name, value in pairs(fields) do given["a_" .. name] = value end
  status, page, headers = self:post_form(link, given)
  if status ~= 303 then return status, page, link end
  status, page = self:call("GET", headers.location, nil, { token = false })
  return status, page, link
end

-- Starts afterward COMMAND: its process, whose text and errors grow.
function Hospital:begin(...) return spawn(self, { ... }, self.cli_env) end

-- When it has ended: output, exit code (or the signal that ended it), errors.
function Hospital.finish(process)
  ended(process)
  return process.text, process.signal == 0 and process.code or "signal " .. process.signal, process.errors
end

function Hospital:afterward(...) return Hospital.finish(self:begin(...)) end

function Hospital:patient(n) return self:get("/patients?mrn=M" .. n).items[1] end

-- The short code in a message's text.
function Hospital.code(message) return message.text:match "%f[%d](%d%d%d%d%d%d%d%d)%f[%D]" end

return Hospital
