-- HTTP/1.1 over luv, as much as the demo needs: a client with kept connections and a small server. Calls wait, so they
-- are made in coroutines that `go` starts. Loopback only.
local uv = require "luv"

local LONGEST = 4 * 1024 * 1024
local http = { timeout_ms = 10000 }

-- Starts a coroutine; an error in it is no secret.
function http.go(run, ...)
  local thread = coroutine.create(run)
  local ok, why = coroutine.resume(thread, ...)
  if not ok then io.stderr:write(debug.traceback(thread, why), "\n") end
end

local function resume(thread, ...)
  local ok, why = coroutine.resume(thread, ...)
  if not ok then io.stderr:write(debug.traceback(thread, why), "\n") end
end

function http.sleep(ms)
  local thread, timer = coroutine.running(), uv.new_timer()
  timer:start(math.max(0, math.floor(ms)), 0, function()
    timer:close()
    resume(thread)
  end)
  coroutine.yield()
end

-- One side of a connection: what came in, and who waits for more of it.
local function stream(tcp)
  local self = { tcp = tcp, buffer = "", closed = false }
  tcp:read_start(function(failure, chunk)
    self.buffer = self.buffer .. (chunk or "")
    if failure or not chunk or #self.buffer > LONGEST then self.closed = true end
    local waits = self.waits
    self.waits = nil
    if waits then resume(waits) end
  end)
  return self
end

local function close(self)
  self.closed = true
  if not self.tcp:is_closing() then self.tcp:close() end
  local waits = self.waits
  self.waits = nil
  if waits then resume(waits) end
end

local function take_message(self)
  local head_end, body_at = self.buffer:find("\r\n\r\n", 1, true)
  if not head_end then return nil end
  local head = self.buffer:sub(1, head_end - 1)
  local message = { first = head:match "^[^\r\n]*", headers = {} }
  for name, value in head:gmatch "\r\n([^:\r\n]+):%s*([^\r\n]*)" do
    name = name:lower()
    local before = message.headers[name]
    message.headers[name] = before and before .. "\n" .. value or value
  end
  local length = tonumber(message.headers["content-length"]) or 0
  if #self.buffer < body_at + length then return nil end
  message.body = self.buffer:sub(body_at + 1, body_at + length)
  self.buffer = self.buffer:sub(body_at + length + 1)
  return message
end

local function read_message(self)
  while true do
    local message = take_message(self)
    if message or self.closed then return message end
    self.waits = coroutine.running()
    coroutine.yield()
  end
end

local function write_message(self, first, headers, body)
  local lines = { first }
  for name, value in pairs(headers) do lines[#lines + 1] = name .. ": " .. value end
  lines[#lines + 1] = "Content-Length: " .. #body
  if not self.tcp:is_closing() then
    self.tcp:write(table.concat(lines, "\r\n") .. "\r\n\r\n" .. body)
  end
end

-- The client: at most so many connections to a port of this machine, kept open.
local Client = {}
Client.__index = Client

function http.client(port, most)
  return setmetatable({ port = port, most = most or 4, open = 0, idle = {}, queue = {} }, Client)
end

local function connect(port)
  local thread, tcp = coroutine.running(), uv.new_tcp()
  tcp:connect("127.0.0.1", port, function(failure) resume(thread, failure) end)
  local failure = coroutine.yield()
  if not failure then return stream(tcp) end
  tcp:close()
  return nil, failure
end

local function borrow(self)
  if self.open >= self.most then
    table.insert(self.queue, (coroutine.running()))
    coroutine.yield()
  end
  self.open = self.open + 1
  while #self.idle > 0 do
    local kept = table.remove(self.idle)
    if not kept.closed then return kept, true end
    close(kept)
  end
  return connect(self.port)
end

local function give_back(self, connection, keep)
  self.open = self.open - 1
  if connection and keep and not connection.closed then
    table.insert(self.idle, connection)
  elseif connection then
    close(connection)
  end
  local next_one = table.remove(self.queue, 1)
  if next_one then resume(next_one) end
end

local function exchange(connection, first, headers, body)
  local timer = uv.new_timer()
  timer:start(http.timeout_ms, 0, function() close(connection) end)
  write_message(connection, first, headers, body)
  local message = read_message(connection)
  timer:close()
  return message
end

-- Gives status, body, headers; or nil and why.
function Client:ask(method, path, headers, body)
  local all = { Host = "127.0.0.1:" .. self.port }
  for name, value in pairs(headers or {}) do all[name] = value end
  for _ = 1, 2 do
    local connection, kept = borrow(self)
    if not connection then
      give_back(self)
      return nil, "nobody listens on port " .. self.port
    end
    local message = exchange(connection, ("%s %s HTTP/1.1"):format(method, path), all, body or "")
    give_back(self, connection, message and message.headers.connection ~= "close")
    if message then return tonumber(message.first:match " (%d+)"), message.body, message.headers end
    if not kept or #connection.buffer > 0 then return nil, "no answer" end -- an idle one that was closed: once more
  end
  return nil, "no answer"
end

function Client:close()
  for _, connection in ipairs(self.idle) do close(connection) end
  self.idle = {}
end

local REASONS = { [200] = "OK", [400] = "Bad Request", [404] = "Not Found", [500] = "Internal Server Error",
                  [503] = "Service Unavailable" }

local function attend(self, connection, handle)
  self.connections[connection] = true
  for request in function() return read_message(connection) end do
    request.method, request.target = request.first:match "^(%u+) (%S+)"
    local ok, status, body, headers = pcall(handle, request)
    if not ok then status, body = 500, tostring(status) end
    headers = headers or { ["Content-Type"] = "application/json" }
    write_message(connection, ("HTTP/1.1 %d %s"):format(status, REASONS[status] or "?"), headers, body)
  end
  self.connections[connection] = nil
  close(connection)
end

-- The server: handle(request) gives status, body, headers. Any free port when port is 0.
function http.serve(port, handle)
  local self = { tcp = uv.new_tcp(), connections = {} }
  assert(self.tcp:bind("127.0.0.1", port))
  assert(self.tcp:listen(128, function()
    local tcp = uv.new_tcp()
    self.tcp:accept(tcp)
    http.go(attend, self, stream(tcp), handle)
  end))
  self.port = self.tcp:getsockname().port
  function self.close()
    self.tcp:close()
    for connection in pairs(self.connections) do close(connection) end
  end
  return self
end

return http
