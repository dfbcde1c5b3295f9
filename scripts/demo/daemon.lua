-- The engine under show: its configuration, its start and its end, and the API as run.lua uses it.
local uv = require "luv"
local http = require "http"
local json = require "json"
local clock = require "clock"

local daemon = {}

-- A process whose output comes line by line to on_line; .code when it has ended.
function daemon.spawn(path, arguments, given)
  local self = { input = uv.new_pipe(false), output = uv.new_pipe(false), rest = "" }
  self.handle, self.pid = uv.spawn(path, { args = arguments, env = given.env, hide = true,
    stdio = { self.input, self.output, given.errors or 2 } }, function(code, signal)
    self.code = signal ~= 0 and 128 + signal or code
    self.handle:close()
  end)
  assert(self.handle, path .. " can't be started: " .. tostring(self.pid))
  self.output:read_start(function(_, chunk)
    self.rest = self.rest .. (chunk or "")
    local from = 1
    for stop in function() return self.rest:find("\n", from, true) end do
      given.on_line(self.rest:sub(from, stop - 1))
      from = stop + 1
    end
    self.rest = self.rest:sub(from)
  end)
  return self
end

-- Waits at most so long (ms); false when it still runs.
function daemon.wait(process, ms)
  for _ = 1, ms / 10 do
    if process.code then return true end
    http.sleep(10)
  end
  return process.code ~= nil
end

function daemon.kill(process, signal)
  if process and not process.code then process.handle:kill(signal or "sigkill") end
end

function daemon.free_port()
  local tcp = uv.new_tcp()
  tcp:bind("127.0.0.1", 0)
  local port = tcp:getsockname().port
  tcp:close()
  return port
end

local function channel(gateway_port, receipt_token)
  return ([[{ plugin = "sms-http", url = "http://127.0.0.1:%d/send", format = "json",
    fields = { mobile = "{to}", content = "{text}", uid = "{key}" }, code = "code", ok = { "0" }, id = "msgid",
    codes = { permanent = { "BAD_NUMBER" } }, keyed = "24h",
    callback = { token = "%s", token_in = "query:token", id = "msgid", state = "status",
                 delivered = { "DELIVRD" }, failed = { "UNDELIV" } } }]]):format(gateway_port, receipt_token)
end

local function kannel_channel(given, name)
  return ([[{ plugin = "kannel", url = "http://127.0.0.1:%d/cgi-bin/sendsms", user = "ward", password = "p4ss", from = "1069",
    parallel = 64, token = "%s", receipts = "http://127.0.0.1:%d/channels/%s/receipt" }]]):format(given.kannel.sendsms,
    given.receipt_token, given.port, name)
end

function daemon.write_config(path, given)
  local function one(name) return given.kannel and kannel_channel(given, name) or channel(given.gateway_port, given.receipt_token) end
  local file = assert(io.open(path, "w"))
  file:write(([[
return {
  hospital = "示范医院", phone = "0532-82820000", zone = "Asia/Shanghai", base_url = "http://127.0.0.1:%d",
  trusted_proxies = "127.0.0.1", page_session_minutes = 2880, overdue_role = "duty-officer",
  tokens = { { token = "%s", staff = "demo", scopes = { "admin", "staff", "read", "events", "contacts" }, departments = "all" } },
  channels = { sms = %s, wecom = %s, phone = %s, log = {} },
  %s
}
]]):format(given.port, given.token, one "sms", one "wecom", one "phone", given.hl7_port
    and ('connectors = { his = { plugin = "hl7", listen = "127.0.0.1:%d" } },'):format(given.hl7_port) or ""))
  file:close()
end

-- Starts it at this time of its clock, and waits until it answers. given: binary, root, folder, port, client.
function daemon.start(given, at, speed)
  local log = assert(uv.fs_open(given.folder .. "/daemon.log", "a", 384))
  local process = daemon.spawn(given.binary, { "serve", "--config", given.folder .. "/config.lua",
    "--state", given.folder .. "/state", "--scripts", given.scripts, "--plugins", given.plugins or given.root .. "/plugins",
    "--listen", "127.0.0.1:" .. given.port, "--clock-start", clock.iso(at), "--clock-speed", tostring(speed) },
    { on_line = function() end, errors = log })
  for _ = 1, 1000 do
    if process.code then break end
    if given.client:ask("GET", "/healthz") then return process end
    http.sleep(10)
  end
  return nil, process
end

-- One call of the API: status and the decoded answer.
function daemon.ask(given, method, path, body)
  local headers = { Authorization = "Bearer " .. given.token }
  if body then headers["Content-Type"] = "application/json" end
  local status, text = given.client:ask(method, "/api/v1/" .. path, headers, body and json.encode(body))
  return status, status and json.decode(text) or text
end

-- Every item of a list after a cursor, and the next cursor.
function daemon.list(given, path, cursor)
  local items = {}
  for _ = 1, 1000 do
    local _, page = daemon.ask(given, "GET", path .. (path:find "?" and "&" or "?") .. "limit=200" .. (cursor and "&after=" .. cursor or ""))
    for _, item in ipairs(page and page.items or {}) do items[#items + 1] = item end
    if #items > 0 then cursor = items[#items].id end
    if not page or not page.next then break end
  end
  return items, cursor
end

return daemon
