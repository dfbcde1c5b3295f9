-- Somebody's web server, bare: takes requests apart and hands each on; what it answers is whoever opens it.
local uv = require "luv"
local Web = {}
Web.__index = Web

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
      local head = stop and buffer:sub(1, stop)
      local length = head and tonumber(head:lower():match "content%-length: *(%d+)" or 0)
      if not head or #buffer < stop + length then return end
      local body = buffer:sub(stop + 1, stop + length)
      buffer = buffer:sub(stop + length + 1)
      self.serve(tcp, head, body)
    end
  end)
end

-- serve(tcp, head, body) is called with each request. backlog: connections that may wait.
function Web.open(backlog, serve)
  local self = setmetatable({ tcp = uv.new_tcp(), connections = {}, serve = serve }, Web)
  assert(self.tcp:bind("127.0.0.1", 0))
  assert(self.tcp:listen(backlog, function()
    local tcp = uv.new_tcp()
    self.tcp:accept(tcp)
    attend(self, tcp)
  end))
  self.port = self.tcp:getsockname().port
  return self
end

function Web:close()
  self.tcp:close()
  for tcp in pairs(self.connections) do if not tcp:is_closing() then tcp:close() end end
  for _ = 1, 5 do uv.run "nowait" end                         -- the loop lets go of what was closed
end

return Web
