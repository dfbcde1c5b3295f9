-- Providers on loopback as each channel plugin knows them, all of them at one address: what they take, what they say to it, and how
-- they tell later what arrived. How they misbehave is the same for all (manners).
local json = require "dkjson"
local uv = require "luv"
local channel = require "afterward.channel"
local Peer = require "functional.support.peer"

local Providers = {}
Providers.__index = Providers

local TEMPLATE = "您好 %s（非实时值守，紧急请拨120）"             -- as the ward's text is, towards those that know only templates
local GB = { ["Content-Type"] = "application/json" }

-- settings: Lua text, with URL (ours) and HOME (the daemon's) filled in. read(request) → to, key, and what else it is. yes(sent) →
-- status, body. tell(sent, delivered, forged) → what is called: method, path, headers, body. keyed: drops the same key.
local kinds = {}

local function posted(path, body, headers) return "POST", path, headers or GB, type(body) == "table" and json.encode(body) or body end

kinds.kannel = {
  names_key = true,                                              -- its receipts name ours
  settings = [[url = "URL/kannel/sendsms", user = "ward", password = "p4ss", from = "1069", token = "t0k",
    receipts = "HOME/channels/kannel/receipt"]],
  read = function(request)
    local fields = Peer.fields(request.path:match "%?(.*)$")
    return fields.to, fields["dlr-url"]:match "key=([^&]+)", { receipt = fields["dlr-url"]:match "(/channels.*)$" }
  end,
  yes = function() return 202, "0: Accepted for delivery" end,
  tell = function(sent, delivered, forged)
    local path = sent.receipt:gsub("%%d", delivered and "1" or "2"):gsub("%%A", "x")
    if forged then path = path:gsub("sign=(%x)", function(first) return "sign=" .. (first == "0" and "1" or "0") end) end
    return "GET", path, {}, ""
  end,
}

kinds["aliyun-sms"] = {
  names_key = true,
  settings = [[url = "URL/aliyun-sms/", key_id = "k", key_secret = "s", token = "t0k", templates = { SMS_1 = "]]
    .. TEMPLATE:format "${name}" .. [[" }]],
  read = function(request)
    local fields = Peer.fields(request.path:match "%?(.*)$")
    return fields.PhoneNumbers or fields.PhoneNumber, fields.OutId, { asks = request.headers["x-acs-action"] == "QuerySendDetails" }
  end,
  yes = function(sent, taken)
    if not sent.asks then return 200, '{"Code":"OK","BizId":"b"}' end
    local list = {}
    for _, one in ipairs(taken) do list[#list + 1] = { OutId = one.key, SendStatus = 3 } end
    return 200, json.encode { Code = "OK", SmsSendDetailDTOs = { SmsSendDetailDTO = setmetatable(list, { __jsontype = "array" }) } }
  end,
  tell = function(sent, delivered, forged)
    return posted("/channels/aliyun-sms/receipt?token=" .. (forged and "guess" or "t0k"), { { out_id = sent.key, success = delivered } })
  end,
}

kinds["tencent-sms"] = {
  settings = [[url = "URL/tencent-sms/", secret_id = "k", secret_key = "s", app_id = "1", token = "t0k", templates = { ["1"] = "]]
    .. TEMPLATE:format "{1}" .. [[" }]],
  read = function(request)
    local body = json.decode(request.body)
    return body.PhoneNumberSet[1]:sub(4), body.SessionContext
  end,
  yes = function(sent) return 200, json.encode { Response = { SendStatusSet = { { Code = "Ok", SerialNo = "s-" .. sent.key } } } } end,
  tell = function(sent, delivered, forged)
    return posted("/channels/tencent-sms/receipt?token=" .. (forged and "guess" or "t0k"),
      { { sid = "s-" .. sent.key, report_status = delivered and "SUCCESS" or "FAIL" } })
  end,
}

kinds["sms-http"] = {
  keyed = true,
  settings = [[url = "URL/sms-http/send", fields = { to = "{to}", key = "{key}" }, code = "code", id = "id", keyed = "48h",
    callback = { token = "t0k", token_in = "header:x-token", id = "id", state = "state", delivered = { "DELIVRD" }, failed = { "UNDELIV" } }]],
  read = function(request)
    local body = json.decode(request.body)
    return body.to, body.key
  end,
  yes = function(sent) return 200, json.encode { code = 0, id = "g-" .. sent.key } end,
  tell = function(sent, delivered, forged)
    return posted("/channels/sms-http/receipt", { id = "g-" .. sent.key, state = delivered and "DELIVRD" or "UNDELIV" },
      { ["Content-Type"] = "application/json", ["X-Token"] = forged and "guess" or "t0k" })
  end,
}

kinds.webhook = {
  keyed = true, names_key = true, plugin = { "plugins/webhook", { url = "http://x/", secret = { secret = "c2VjcmV0" } } },
  settings = [[url = "URL/webhook/", secret = "c2VjcmV0", keyed = "48h"]],
  read = function(request)
    local body = json.decode(request.body)
    return body.to, body.id
  end,
  yes = function(sent) return 200, json.encode { id = sent.key } end,
  tell = function(sent, delivered, forged, seconds, signer)
    local body = json.encode { id = sent.key, state = delivered and "delivered" or "failed" }
    local sign = signer:call("sign", "c-" .. sent.key, tostring(seconds), forged and body .. " " or body)
    return posted("/channels/webhook/receipt", body, { ["webhook-id"] = "c-" .. sent.key, ["webhook-timestamp"] = tostring(seconds),
      ["webhook-signature"] = sign, ["Content-Type"] = "application/json" })
  end,
}

kinds["wechat-oa"] = {
  plugin = { "plugins/wechat-oa", { appid = "wx1", secret = { secret = "s" }, template_id = "T", data = {}, token = { secret = "t0k" } } },
  settings = [[url = "URL/wechat-oa", appid = "wx1", secret = "s", template_id = "T", token = "t0k", data = { remark = "{body}" }]],
  read = function(request)
    if request.path:find "stable_token" then return nil end -- for a token
    local body = json.decode(request.body)
    return body.touser, body.client_msg_id
  end,
  yes = function(sent)
    if not sent then return 200, '{"access_token":"AT","expires_in":600}' end
    return 200, json.encode { errcode = 0, msgid = sent.number }
  end,
  tell = function(sent, delivered, forged, seconds, signer)
    local sign = signer:call("signature", tostring(seconds), forged and "n2" or "n1", "")
    return posted(("/channels/wechat-oa/receipt?timestamp=%d&nonce=n1&signature=%s"):format(seconds, sign),
      ("<xml><FromUserName>o</FromUserName><CreateTime>%d</CreateTime><MsgType>event</MsgType><Event>TEMPLATESENDJOBFINISH</Event>"
      .. "<MsgID>%d</MsgID><Status>%s</Status></xml>"):format(seconds, sent.number, delivered and "success" or "failed: system failed"),
      { ["Content-Type"] = "text/xml" })
  end,
}

local function bot(read) return { read = read, yes = function() return 200, '{"errcode":0,"errmsg":"ok"}' end } end
kinds["wecom-bot"] = bot(function(request) return json.decode(request.body).text.mentioned_mobile_list[1] end)
kinds["wecom-bot"].settings = [[url = "URL/wecom-bot/", key = "k"]]
kinds["dingtalk-bot"] = bot(function(request) return json.decode(request.body).at.atMobiles[1] end)
kinds["dingtalk-bot"].settings = [[url = "URL/dingtalk-bot/", token = "k", secret = "s"]]
kinds["wecom-app"] = {
  settings = [[url = "URL/wecom-app", corpid = "c", secret = "s", agentid = 1]],
  read = function(request)                                     -- pages are known by their alert, as the person is always the same
    if request.path:find "gettoken" then return nil end
    local body = json.decode(request.body)
    return body.touser == Providers.WECOM and body.text.content:match "%f[%w]page (a%w+)" or "nobody"
  end,
  yes = function(sent)
    if not sent then return 200, '{"errcode":0,"access_token":"AT","expires_in":600}' end
    return 200, json.encode { errcode = 0, errmsg = "ok", msgid = "m-" .. sent.to }
  end,
}
kinds.smtp = { settings = [[host = "127.0.0.1", port = PORT, tls = "none", from = "care@example.org"]] }

kinds.pbx = {
  plugin = { "plugins/pbx", { url = "http://x/", secret = { secret = "c2VjcmV0" } } },
  settings = [[url = "URL/pbx/", secret = "c2VjcmV0", parallel = 64, unknown_after = "3h"]],
  read = function(request)
    local body = json.decode(request.body)
    return body.to, body.id
  end,
  yes = function(sent) return 202, json.encode { id = "p-" .. sent.key } end,
  tell = function(sent, answered, forged, seconds, signer)
    local body = json.encode { id = sent.key, call = answered and "answered" or "busy", seconds = 60 }
    local sign = signer:call("sign", "c-" .. sent.key, tostring(seconds), forged and body .. " " or body)
    return posted("/channels/pbx/receipt", body, { ["webhook-id"] = "c-" .. sent.key, ["webhook-timestamp"] = tostring(seconds),
      ["webhook-signature"] = sign, ["Content-Type"] = "application/json" })
  end,
}

Providers.WECOM = "ZhaoLi"                                     -- who is paged, as WeCom knows her
-- Those that take texts to patients; pages to staff go by wecom-app, calls by pbx.
Providers.TEXTS = { "aliyun-sms", "dingtalk-bot", "kannel", "sms-http", "smtp", "tencent-sms", "webhook", "wechat-oa", "wecom-bot" }
Providers.NAMES = { "pbx", "wecom-app", table.unpack(Providers.TEXTS) }
Providers.kinds = kinds

-- It counts what it takes, once a key where it knows keys.
local function take(self, name, to, key, more)
  local list, kind = self.taken[name][to] or {}, kinds[name]
  self.taken[name][to] = list
  self.number = self.number + 1
  local sent = { to = to, key = key, name = name, number = self.number }
  for field, value in pairs(more or {}) do sent[field] = value end
  for _, one in ipairs(list) do
    if key and one.key == key and (kind.keyed or name == "wechat-oa") then
      one.again = true
      return one
    end
  end
  list[#list + 1] = sent
  return sent
end

local function answer(tcp, status, body, headers)
  local lines = { ("HTTP/1.1 %d X"):format(status), "Content-Length: " .. #body, "Content-Type: application/json" }
  for field, value in pairs(headers or {}) do lines[#lines + 1] = field .. ": " .. value end
  if not tcp:is_closing() then tcp:write(table.concat(lines, "\r\n") .. "\r\n\r\n" .. body) end
end

local function drip(tcp, head)
  local timer = uv.new_timer()
  tcp:write(head)
  timer:start(50, 50, function()
    if not tcp:is_closing() then return tcp:write " " end
    timer:close()
  end)
end

-- What becomes of a request, whose answer to taking it would be status, body. Gives whether it is taken.
Providers.manners = {
  accept = function(tcp, status, body) return true, answer(tcp, status, body) end,
  reset = function(tcp) return true, tcp:is_closing() or tcp:close_reset() end,
  ["500"] = function(tcp) return true, answer(tcp, 500, "it fell over") end,
  drip = function(tcp) return true, drip(tcp, "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n{") end,
  hang = function() return true end,
  garbage = function(tcp) return true, answer(tcp, 200, "<html><p>ok") end,
  cut = function(tcp, status, body) return true, answer(tcp, status, body:sub(1, #body // 2)) end,
  ["429"] = function(tcp) return false, answer(tcp, 429, "", { ["Retry-After"] = "60" }) end,
  ["503"] = function(tcp) return false, answer(tcp, 503, "") end,
}
Providers.MANNERS = { "accept", "reset", "500", "drip", "hang", "garbage", "cut", "429", "503" }

local function serve_http(self, tcp, request)
  local name = request.path:match "^/([^/?]+)" or "aliyun-sms" -- which has no path of its own
  local kind = kinds[name]
  local to, key, more = kind.read(request)
  if not to then return Providers.manners[self.behave_token(name)](tcp, kind.yes()) end
  if more and more.asks then return answer(tcp, kind.yes(more, self.taken[name][to] or {})) end
  local sent = { to = to, key = key }
  local manner = self.behave(name, to)
  local refused = manner == "429" or manner == "503"
  if not refused then sent = take(self, name, to, key, more) end
  if not refused and self.on_early then self.on_early(sent) end
  Providers.manners[manner](tcp, kind.yes(sent, self.taken[name][to] or {}))
  if not refused and self.on_taken then self.on_taken(sent) end
end

local function attend_http(self, tcp)
  local buffer = ""
  tcp:read_start(function(failure, chunk)
    if failure or not chunk then return tcp:is_closing() or tcp:close() end
    buffer = buffer .. chunk
    while true do
      local head = select(2, buffer:find("\r\n\r\n", 1, true))
      local length = head and tonumber(buffer:sub(1, head):lower():match "content%-length: (%d+)" or 0)
      if not length or #buffer < head + length then return end
      local request = { headers = {}, body = buffer:sub(head + 1, head + length) }
      request.method, request.path = buffer:match "^(%u+) (%S+)"
      for field, value in buffer:sub(1, head):gmatch "\r\n([^:\r\n]+): *([^\r\n]*)" do request.headers[field:lower()] = value end
      buffer = buffer:sub(head + length + 1)
      serve_http(self, tcp, request)
    end
  end)
end

-- What a mail server says when all of the mail is there, or nil and what it does.
local mail_ends = {
  accept = "250 2.0.0 taken\r\n", ["500"] = "", reset = "", hang = "", cut = "25", garbage = "<html>\r\n", drip = "", ["429"] = "451 4.7.1 later\r\n",
  ["503"] = "421 4.3.2 closing\r\n",
}

local function mail_done(self, tcp, to)
  local manner = self.behave("smtp", to)
  if manner ~= "429" and manner ~= "503" then take(self, "smtp", to) end
  if mail_ends[manner] ~= "" and not tcp:is_closing() then tcp:write(mail_ends[manner]) end
  if manner == "reset" or manner == "500" then tcp:close_reset() end
  if manner == "cut" or manner == "garbage" or manner == "503" then tcp:close() end
  if manner == "drip" then drip(tcp, "250-") end
end

local function attend_mail(self, tcp)
  local buffer, to, data = "", nil, false
  tcp:write "220 mail.test ESMTP\r\n"
  tcp:read_start(function(failure, chunk)
    if failure or not chunk then return tcp:is_closing() or tcp:close() end
    buffer = buffer .. chunk
    while not tcp:is_closing() do
      local stop = select(2, buffer:find(data and "\r\n.\r\n" or "\r\n", 1, true))
      if not stop then return end
      local line = buffer:sub(1, stop)
      buffer = buffer:sub(stop + 1)
      if data then
        data = false
        mail_done(self, tcp, to)
      else
        to = line:match "^RCPT TO:<(%d+)@" or to
        data = line:find "^DATA" ~= nil
        tcp:write(data and "354 go on\r\n" or line:find "^QUIT" and "221 bye\r\n" or "250 mail.test\r\n")
      end
    end
  end)
end

local function listen(self, attend)
  local tcp = uv.new_tcp()
  assert(tcp:bind("127.0.0.1", 0))
  assert(tcp:listen(128, function()
    local peer = uv.new_tcp()
    tcp:accept(peer)
    self.connections[peer] = true
    attend(self, peer)
  end))
  return tcp, tcp:getsockname().port
end

function Providers.open()
  local self = setmetatable({ taken = {}, number = 0, connections = {}, signers = {} }, Providers)
  for _, name in ipairs(Providers.NAMES) do
    self.taken[name] = {}
    local signer = kinds[name].plugin
    self.signers[name] = signer and assert(channel.open(signer[1], signer[2]))
  end
  self.http, self.port = listen(self, attend_http)
  self.mail, self.mail_port = listen(self, attend_mail)
  return self
end

-- The channels of a configuration, each called as its plugin is. home: the daemon's address.
function Providers:channels(home)
  local out = {}
  for _, name in ipairs(Providers.NAMES) do
    local settings = kinds[name].settings:gsub("URL", "http://127.0.0.1:" .. self.port):gsub("HOME", home):gsub("PORT", self.mail_port)
    out[#out + 1] = ("[%q] = { plugin = %q, timeout_ms = 1500, %s }"):format(name, name, settings)
  end
  return table.concat(out, ",\n")
end

-- A call that tells what became of a text: method, path, headers, body. now: ms.
function Providers:tell(sent, delivered, forged, now)
  return kinds[sent.name].tell(sent, delivered, forged, now // 1000, self.signers[sent.name])
end

function Providers:close()
  self.http:close()
  self.mail:close()
  for peer in pairs(self.connections) do if not peer:is_closing() then peer:close() end end
  for _, signer in pairs(self.signers) do signer:close() end
  for _ = 1, 5 do uv.run "nowait" end
end

return Providers
