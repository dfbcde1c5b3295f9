-- Somebody's web server, for specs: keeps each request as { method, path, headers, body } and answers 200, or as told.
local uv = require "luv"
local Listener = {}
Listener.__index = Listener

local function parse(head)
  local method, path = head:match "^(%u+) (%S+)"
  local headers = {}
  for name, value in head:gmatch "\r\n([%w-]+): *([^\r\n]*)" do headers[name:lower()] = value end
  return { method = method, path = path, headers = headers }
end

local function attend(self, tcp)
  local buffer = ""
  self.connections[tcp] = true
  tcp:read_start(function(failure, chunk)
    if failure or not chunk then
      self.connections[tcp] = nil
      if not tcp:is_closing() then tcp:close() end
      return
    end
    buffer = buffer .. chunk
    while true do
      local _, stop = buffer:find("\r\n\r\n", 1, true)
      local request = stop and parse(buffer:sub(1, stop))
      local length = request and tonumber(request.headers["content-length"] or 0)
      if not request or #buffer < stop + length then return end
      request.body = buffer:sub(stop + 1, stop + length)
      buffer = buffer:sub(stop + length + 1)
      self.requests[#self.requests + 1] = request
      local status = self.answer and self.answer(request) or 200
      if not tcp:is_closing() then tcp:write(("HTTP/1.1 %d x\r\nContent-Length: 0\r\n\r\n"):format(status)) end
    end
  end)
end

function Listener.open()
  local self = setmetatable({ tcp = uv.new_tcp(), connections = {}, requests = {} }, Listener)
  assert(self.tcp:bind("127.0.0.1", 0))
  assert(self.tcp:listen(16, function()
    local tcp = uv.new_tcp()
    self.tcp:accept(tcp)
    attend(self, tcp)
  end))
  self.url = "http://127.0.0.1:" .. self.tcp:getsockname().port
  return self
end

function Listener:close()
  self.tcp:close()
  for tcp in pairs(self.connections) do if not tcp:is_closing() then tcp:close() end end
  for _ = 1, 5 do uv.run "nowait" end                         -- the loop lets go of what was closed
end

return Listener
