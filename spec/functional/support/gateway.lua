-- An SMS gateway as it stands in the world: takes JSON over HTTP, counts what arrives, and misbehaves when told to.
local uv = require "luv"
local json = require "dkjson"
local Web = require "functional.support.web"
local Gateway = {}
Gateway.__index = Gateway

local REASONS = { [200] = "OK", [400] = "Bad Request", [429] = "Too Many Requests", [500] = "Internal Server Error" }

local function reply(tcp, status, body, headers)
  local lines = { ("HTTP/1.1 %d %s"):format(status, REASONS[status] or "?"), "Content-Length: " .. #body,
    "Content-Type: application/json" }
  for name, value in pairs(headers or {}) do lines[#lines + 1] = name .. ": " .. value end
  if not tcp:is_closing() then tcp:write(table.concat(lines, "\r\n") .. "\r\n\r\n" .. body) end
end

-- A byte of an answer now and then, and no end to it.
local function drip(tcp)
  local timer = uv.new_timer()
  tcp:write "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100000\r\n\r\n{"
  timer:start(50, 50, function()
    if not tcp:is_closing() then return tcp:write " " end
    timer:close()
  end)
end

-- What the gateway does with one message: "accept" (the default), "reset", "hang" and "drip" once it has it, "garbage",
-- or { status =, body =, headers = }, with may = true when the person may have got it all the same, taken = true when she has.
local function serve(self, tcp, body)
  local message = json.decode(body) or {}
  message.at, message.steady = self.now(), uv.hrtime() / 1e6
  self.requests[#self.requests + 1] = message
  local how = self.behave and self.behave(message) or "accept"
  message.how = how
  if how == "hang" then return end
  if how == "drip" then return drip(tcp) end
  if how == "reset" then
    if not tcp:is_closing() then tcp:close_reset() end
  elseif how == "garbage" then
    reply(tcp, 200, "<html>ok</html>")
  elseif type(how) == "table" then
    reply(tcp, how.status, how.body or "{}", how.headers)
  else
    if not self.sent[message.key] then                -- one that knows keys sends each once
      self.sent[message.key] = message
      self.list[#self.list + 1] = message
      if self.on_sent then self.on_sent(message) end
    end
    reply(tcp, 200, json.encode { code = 0, id = "g-" .. message.key })
  end
end

-- now: the hospital's time, to say when a message came.
function Gateway.open(now)
  local self = setmetatable({ requests = {}, sent = {}, list = {}, now = now }, Gateway)
  self.web = Web.open(128, function(tcp, _, body) serve(self, tcp, body) end)
  self.port = self.web.port
  return self
end

-- The channel of a hospital's configuration that sends here, as Lua text. keyed: "24h" when keys are honoured.
function Gateway:channel(keyed)
  return ([[{ plugin = "sms-http", url = "http://127.0.0.1:%d/send", timeout_ms = 1500,
    fields = { to = "{to}", text = "{text}", key = "{key}", class = "{class}" },
    code = "code", ok = { "0" }, id = "id", %s
    callback = { token = "gateway-knows", token_in = "header:x-token", id = "id", state = "state",
      delivered = { "DELIVRD" }, failed = { "UNDELIV" } } }]]):format(self.port, keyed and ("keyed = %q,"):format(keyed) or "")
end

-- Messages that were sent to this number, in order.
function Gateway:to(number)
  local out = {}
  for _, message in ipairs(self.list) do if message.to == number then out[#out + 1] = message end end
  return out
end

function Gateway:close() self.web:close() end

return Gateway
