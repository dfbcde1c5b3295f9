-- A provider's HTTP side on loopback, for specs of channel plugins: what it is asked goes to serve, whose answer goes back.
local uv = require "luv"
local Peer = {}
Peer.__index = Peer

-- "a=1&b=%E4%BD%A0" → { a = "1", b = "你" }
function Peer.fields(text)
  local out = {}
  for name, value in text:gmatch "([^&=]+)=([^&]*)" do
    out[name] = value:gsub("+", " "):gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end)
  end
  return out
end

local function attend(self, tcp)
  local buffer = ""
  local function close() if not tcp:is_closing() then tcp:close() end end
  tcp:read_start(function(failure, chunk)
    if failure or not chunk then return close() end
    buffer = buffer .. chunk
    local head_end = select(2, buffer:find("\r\n\r\n", 1, true))
    local length = head_end and tonumber(buffer:sub(1, head_end):lower():match "content%-length: (%d+)" or 0)
    if not length or #buffer < head_end + length then return end
    local request = { headers = {}, body = buffer:sub(head_end + 1, head_end + length) }
    request.method, request.path = buffer:match "^(%u+) (%S+)"
    for name, value in buffer:sub(1, head_end):gmatch "\r\n([^:\r\n]+): *([^\r\n]*)" do request.headers[name:lower()] = value end
    buffer = ""
    self.requests[#self.requests + 1] = request
    local status, body, type, more, missing = self.serve(request)
    if status == "hang" then return end
    if status == "reset" then return tcp:is_closing() or tcp:close_reset() end
    tcp:write(("HTTP/1.1 %d X\r\nContent-Length: %d\r\nContent-Type: %s\r\n%sConnection: close\r\n\r\n%s"):format(status,
      #(body or "") + (missing or 0), type or "application/json", more or "", body or ""), close)
  end)
end

-- serve(request {method,path,headers,body}) → status, body, type, further headers ("Retry-After: 3\r\n"), how many bytes of the
-- body it promises and does not send; or "reset", or "hang"
function Peer.open(serve)
  local self = setmetatable({ tcp = uv.new_tcp(), requests = {}, serve = serve }, Peer)
  assert(self.tcp:bind("127.0.0.1", 0))
  assert(self.tcp:listen(32, function()
    local tcp = uv.new_tcp()
    self.tcp:accept(tcp)
    attend(self, tcp)
  end))
  self.url = "http://127.0.0.1:" .. self.tcp:getsockname().port
  self.pump = function() uv.run "nowait" end
  return self
end

function Peer:close()
  self.tcp:close()
  for _ = 1, 5 do uv.run "nowait" end
end

return Peer
