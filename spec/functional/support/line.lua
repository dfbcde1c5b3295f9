-- A line to a server on loopback, which carries all there is between the two; told to, it is cut when an answer comes, and that is lost.
local uv = require "luv"

local Line = {}
Line.__index = Line

local function close(tcp) if not tcp:is_closing() then tcp:close() end end

local function carry(self, near, far)
  local function over()
    close(near)
    close(far)
  end
  near:read_start(function(failure, chunk)
    if failure or not chunk then return over() end
    if not far:is_closing() then far:write(chunk) end
  end)
  far:read_start(function(failure, chunk)
    if failure or not chunk then return over() end
    if near:is_closing() then return end
    if not self.cuts then return near:write(chunk) end
    self.cut = self.cut + 1
    over()
  end)
end

-- port: of the server. cuts: answers are lost; cut: how often that was.
function Line.open(port)
  local self = setmetatable({ tcp = uv.new_tcp(), cut = 0, ends = {} }, Line)
  assert(self.tcp:bind("127.0.0.1", 0))
  assert(self.tcp:listen(32, function()
    local near, far = uv.new_tcp(), uv.new_tcp()
    self.tcp:accept(near)
    self.ends[near], self.ends[far] = true, true
    far:connect("127.0.0.1", port, function(failure)
      if not failure then return carry(self, near, far) end
      close(near)
      close(far)
    end)
  end))
  self.port = self.tcp:getsockname().port
  return self
end

function Line:close()
  self.tcp:close()
  for tcp in pairs(self.ends) do close(tcp) end
  for _ = 1, 5 do uv.run "nowait" end
end

return Line
