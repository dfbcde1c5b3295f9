-- A PBX with Asterisk's REST interface in front and real telephony behind: baresip places each call by SIP, sipp's phones ring, answer,
-- are engaged, decline, are off or don't exist. Of Asterisk there are the request and the hangup handler; the desk is not rung.
local uv = require "luv"
local lfs = require "lfs"
local json = require "dkjson"
local wait = require "functional.support.wait"
local Servers = require "functional.support.servers"
local Peer = require "functional.support.peer"

local Pbx = {}
Pbx.__index = Pbx

local PHONE = 0.2                                             -- seconds that people speak

local CONFIG = [[
poll_method epoll
sip_listen 127.0.0.1:%d
call_max_calls 4
audio_source aufile,%s/quiet.wav
rtp_ports %d-%d
module_path /usr/lib/baresip/modules
module g711.so
module aufile.so
module_app account.so
module_app menu.so
module_app ctrl_tcp.so
ctrl_tcp_listen 127.0.0.1:%d
]]

-- The last three digits of a number are what its phone does.
local STATES = { { "busy", "486", "Busy Here" }, { "declined", "603", "Decline" }, { "nobody", "404", "Not Found" },
  { "off", "480", "Temporarily Unavailable" } }
-- What the PBX makes of the SIP answer: DIALSTATUS and the Q.850 cause.
local ENDS = { ["486"] = { "BUSY", 17 }, ["603"] = { "CONGESTION", 21 }, ["404"] = { "CHANUNAVAIL", 1 }, ["480"] = { "CHANUNAVAIL", 20 } }

local function answer(status, next_label, more)
  return ([==[<send %s><![CDATA[

SIP/2.0 %s
[last_Via:]
[last_From:]
[last_To:]%s
[last_Call-ID:]
[last_CSeq:]
Contact: <sip:[local_ip]:[local_port];transport=[transport]>
%s
]]></send>]==]):format(next_label and ('next="%s"'):format(next_label) or "", status, more and more.untagged and "" or ";tag=[pid]S[call_number]",
    more and more.body or "Content-Length: 0\n")
end

local SDP = [==[Content-Type: application/sdp
Content-Length: [len]

v=0
o=phone 1 1 IN IP[local_ip_type] [local_ip]
s=-
c=IN IP[media_ip_type] [media_ip]
t=0 0
m=audio [media_port] RTP/AVP 0
a=rtpmap:0 PCMU/8000
]==]

local function phones()
  local out = { '<?xml version="1.0" encoding="UTF-8" ?>\n<scenario name="phones"><recv request="INVITE"><action>' }
  local function put(text) out[#out + 1] = text end
  for _, state in ipairs(STATES) do put(('<ereg regexp="%s@" search_in="hdr" header="To:" assign_to="%s"/>'):format(state[2], state[1])) end
  put '<ereg regexp="408@" search_in="hdr" header="To:" assign_to="rings"/></action></recv>'
  for _, state in ipairs(STATES) do put(('<nop test="%s" next="%s"/>'):format(state[1], state[1])) end
  put(answer "180 Ringing")
  put '<nop test="rings" next="rings"/>'
  put(answer("200 OK", nil, { body = SDP }))
  put '<recv request="ACK"/><recv request="BYE"/>'
  put(answer("200 OK", "end", { untagged = true }))
  for _, state in ipairs(STATES) do
    put(('<label id="%s"/>'):format(state[1]))
    put(answer(state[2] .. " " .. state[3], "refused"))
  end
  put '<label id="refused"/><recv request="ACK" next="end"/><label id="rings"/><recv request="CANCEL"/>'
  put(answer("200 OK", nil, { untagged = true }))
  put '<label id="end"/></scenario>\n'
  return table.concat(out, "\n")
end

-- Two seconds of silence, 8 kHz, 16 bits, one channel.
local function quiet()
  local data = ("\0"):rep(32000)
  return "RIFF" .. string.pack("<I4", 36 + #data) .. "WAVEfmt " .. string.pack("<I4I2I2I4I4I2I2", 16, 1, 1, 8000, 16000, 2, 16) .. "data"
    .. string.pack("<I4", #data) .. data
end

function Pbx.there()
  return lfs.attributes("/usr/bin/sipp", "mode") and lfs.attributes("/usr/lib/baresip/modules/ctrl_tcp.so", "mode")
end

-- baresip says and hears netstrings of JSON.
local function command(self, name, params)
  local text = json.encode { command = name, params = params or "", token = "t" }
  self.control:write(("%d:%s,"):format(#text, text))
end

local function hang_up_after(self, call, seconds)
  call.timer = uv.new_timer()
  call.timer:start(math.floor(seconds * 1000), 0, function() command(self, "hangup") end)
end

local function over(self, call, status, cause)
  if call.timer and not call.timer:is_closing() then call.timer:close() end
  self.calls[call.number] = nil
  local said = { id = call.id, status = status, cause = tostring(cause), recording = call.id .. ".wav",
    seconds = call.since and ("%d"):format((uv.hrtime() - call.since) // 1e9) or "" }
  self.ended[#self.ended + 1] = said
  wait.go(function() self.told(said) end)
end

local function heard(self, event)
  local call = self.calls[(event.peeruri or ""):match "^sip:([^@]+)@"]
  if not call then return end
  if event.type == "CALL_RINGING" then hang_up_after(self, call, call.ring) end
  if event.type == "CALL_ESTABLISHED" then
    call.since = uv.hrtime()
    call.timer:close()
    hang_up_after(self, call, PHONE)
  elseif event.type == "CALL_CLOSED" then
    local code = tostring(event.param):match "^%d%d%d"
    local known = ENDS[code] or call.since and { "ANSWER", 16 } or { "NOANSWER", 19 }
    over(self, call, known[1], known[2])
  end
end

local function listen(self)
  local buffer = ""
  self.control = uv.new_tcp()
  local connected
  self.control:connect("127.0.0.1", self.ports.control, function(failure) connected = not failure end)
  wait.till("baresip takes commands", function() return connected end)
  self.control:read_start(function(_, chunk)
    buffer = buffer .. (chunk or "")
    while true do
      local length, from = buffer:match "^(%d+):()"
      if not length or #buffer < from + length then return end
      local text = buffer:sub(from, from + length - 1)
      buffer = buffer:sub(from + length + 1)
      heard(self, json.decode(text) or {})
    end
  end)
end

-- POST /ari/channels, as Asterisk has it: who asks, which desk, where to.
local function originate(self, request)
  local path, query = request.path:match "^([^?]*)%??(.*)$"
  local fields = Peer.fields(query)
  self.asked[#self.asked + 1] = { query = query, body = request.body, headers = request.headers }
  if request.headers.authorization ~= "Basic YWZ0ZXJ3YXJkOnA0c3M=" then return 401, '{"error":"Authentication required"}' end
  if request.method ~= "POST" or path ~= "/ari/channels" or not fields.channelId then return 404, '{"message":"Resource not found"}' end
  if fields.endpoint ~= "PJSIP/8001" then return 500, '{"error":"Allocation failed"}' end
  if fields.context ~= "afterward" or fields.priority ~= "1" then return 400, '{"message":"Invalid context"}' end
  local call = { id = fields.channelId, number = fields.extension, ring = tonumber(fields.timeout) }
  self.calls[call.number] = call
  command(self, "dial", ("sip:%s@127.0.0.1:%d"):format(call.number, self.ports.phones))
  return 200, json.encode { id = call.id, name = "PJSIP/8001-00000001", state = "Down" }
end

-- baresip takes the port beside its own, too, for TLS.
local function start(self)
  local ports, servers = self.ports, self.servers
  ports.sip, ports.phones, ports.control, ports.media, ports.rtp = Servers.pair(), Servers.ports(4)
  servers:write("quiet.wav", quiet())
  servers:write("phones.xml", phones())
  servers:write("accounts", "<sip:ward@127.0.0.1;transport=udp>;regint=0\n")
  servers:write("config", CONFIG:format(ports.sip, servers.folder, ports.rtp, ports.rtp + 20, ports.control))
  servers:run("/usr/bin/sipp", { "-sf", "phones.xml", "-i", "127.0.0.1", "-p", tostring(ports.phones), "-mi", "127.0.0.1", "-mp",
    tostring(ports.media), "-nostdin" })
  Servers.listens(ports.control, servers:run("/usr/bin/baresip", { "-f", servers.folder }))
  listen(self)
end

-- told(fields): the hangup handler, given id, status, cause, seconds, recording.
function Pbx.open(told)
  local self = setmetatable({ told = told, calls = {}, asked = {}, ended = {}, ports = {} }, Pbx)
  local good, why
  for _ = 1, 3 do                                             -- somebody else may have taken a port meanwhile
    self.servers = Servers.open "pbx"
    good, why = pcall(start, self)
    if good then break end
    self.servers:stop()
  end
  if not good then error(why, 2) end
  self.peer = Peer.open(function(request) return originate(self, request) end)
  self.url = self.peer.url
  return self
end

function Pbx:close()
  self.control:close()
  self.peer:close()
  self.servers:stop()
end

return Pbx
