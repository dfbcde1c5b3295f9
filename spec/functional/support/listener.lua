-- Somebody's web server, for specs: keeps each request as { method, path, headers, body } and answers 200, or as told.
local Web = require "functional.support.web"
local Listener = {}
Listener.__index = Listener

local function parse(head)
  local method, path = head:match "^(%u+) (%S+)"
  local headers = {}
  for name, value in head:gmatch "\r\n([%w-]+): *([^\r\n]*)" do headers[name:lower()] = value end
  return { method = method, path = path, headers = headers }
end

function Listener.open()
  local self = setmetatable({ requests = {} }, Listener)
  self.web = Web.open(16, function(tcp, head, body)
    local request = parse(head)
    request.body = body
    self.requests[#self.requests + 1] = request
    local status = self.answer and self.answer(request) or 200
    if not tcp:is_closing() then tcp:write(("HTTP/1.1 %d x\r\nContent-Length: 0\r\n\r\n"):format(status)) end
  end)
  self.url = "http://127.0.0.1:" .. self.web.port
  return self
end

function Listener:close() self.web:close() end

return Listener
