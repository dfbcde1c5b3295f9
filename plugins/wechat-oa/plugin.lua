-- A WeChat official account: template and subscription messages, stable_token, callbacks in plain and secure mode.
local aw = require "afterward.plugin"

local DAY, CHINA, WINDOW, EARLY = 86400000, 480, 300, 300000  -- ms, minutes, seconds, ms
local MONTH = 30 * 86400                                      -- seconds: the longest that a code may live
local STALE = { [40001] = true, [40014] = true, [42001] = true }
local PERMANENT = { [40003] = true, [43004] = true, [43101] = true, [43107] = true, [45015] = true, [40073] = true }
local CONFIG = { [40013] = true, [40125] = true, [40164] = true, [40037] = true, [40243] = true, [47003] = true, [48001] = true,
  [50002] = true, [61024] = true, [40066] = true, [41001] = true }
local THING = 20                                              -- characters of a keyword called thing…

local kept = { token = nil, ends = 0 }                        -- the access token, until shortly before it ends

-- What WeChat refuses as \uXXXX goes as it is: aw.json writes UTF-8.
local function post(path, token, fields, config)
  local url = config.url .. path
  if token then url = url .. "?access_token=" .. token end
  return { url = url, headers = { ["Content-Type"] = "application/json; charset=utf-8" }, body = aw.json.encode(fields) }
end

-- Asking for a token sends nothing: without an answer it is asked again.
local function token_request(step, config)
  local request = post("/cgi-bin/stable_token", nil, { grant_type = "client_credential", appid = config.appid,
    secret = config.secret, force_refresh = false }, config)
  request.step, request.safe = step, true
  return request
end

local function cut(text, most)
  local stop = (utf8.len(text) or 0) > most and utf8.offset(text, most)
  return stop and text:sub(1, stop - 1) .. "…" or text
end

local function link_in(text) return text:match "https?://[%w%-._~:/?#%[%]@!$&'()*+,;=%%]+" end

local function date_of(now)
  local t = aw.date(now, CHINA)
  return ("%d年%d月%d日"):format(t.year, t.month, t.day)
end

-- Keyword → what it says: as the department's template has it approved, else as the settings say.
local function data_of(message, config)
  local data, approved = {}, message.approved
  local words = { body = message.body:gsub("https?://[%w%-._~:/?#%[%]@!$&'()*+,;=%%]+", ""), program = message.program,
    date = date_of(message.now), class = message.class }
  for name, pattern in pairs(approved and approved.params or config.data) do
    local value = approved and pattern or pattern:gsub("{(%w+)}", words)
    data[name] = { value = name:find "^thing" and cut(value, THING) or value }
  end
  return data
end

local function message_request(step, message, config)
  local template = config.kind == "template"
  local fields = { touser = message.to, template_id = message.approved and message.approved.id or config.template_id,
    data = data_of(message, config),
    client_msg_id = template and message.key or nil, url = template and link_in(message.text) or nil,
    page = not template and link_in(message.text) or nil }
  local request = post(template and "/cgi-bin/message/template/send" or "/cgi-bin/message/subscribe/bizsend", kept.token, fields, config)
  request.step = step
  return request
end

-- A code to scan (带参数的二维码) for a month, which comes back as the event subscribe or SCAN.
local function scene_request(step, message, config)
  local request = post("/cgi-bin/qrcode/create", kept.token, { expire_seconds = MONTH, action_name = "QR_STR_SCENE",
    action_info = { scene = { scene_str = message.text } } }, config)
  request.step, request.safe = step, true
  return request
end

local function request_of(step, message, config)
  return (message.class == "scene" and scene_request or message_request)(step, message, config)
end

-- Words that no keyword holds are read on the page behind the link; without one nobody would read them.
local function is_told_whole(message, config)
  if message.class == "scene" or message.approved or link_in(message.text) then return true end
  if (utf8.len(message.body) or 0) <= THING then return true end
  for name, pattern in pairs(config.data) do
    if pattern:find("{body}", 1, true) and not name:find "^thing" then return true end
  end
  return false
end

local function send(message, config)
  if message.approved and message.approved.params[1] then
    return nil, ("params of %s must be keyword → placeholder"):format(message.approved.id)
  end
  if not is_told_whole(message, config) then
    return nil, ("the text has no link and more than %d characters: it would be cut; its template may name an approved one"):format(THING)
  end
  if kept.token and message.now < kept.ends then return request_of("send", message, config) end
  return token_request("token", config)
end

local function tomorrow(now) return (DAY - (now + CHINA * 60000) % DAY) // 1000 + 300 end

local function verdict(code, response)
  local why = "errcode " .. code
  if code == -1 then return { retry = 10, detail = why } end
  if code == 45009 or code == 45011 then return { delayed = tomorrow(response.now), detail = why } end
  if PERMANENT[code] then return { permanent = code == 43004 and "not-following" or code == 43101 and "refused" or why } end
  if CONFIG[code] or STALE[code] then return { config = why } end
  return { ambiguous = why }
end

local function read(response)
  local answer = aw.json.decode(response.body)
  answer = type(answer) == "table" and answer or {}
  return answer, math.tointeger(tonumber(answer.errcode))
end

local function told_token(response, message, config)
  local answer, code = read(response)
  if type(answer.access_token) ~= "string" then
    if not code then return { retry = 30, detail = "HTTP " .. response.status } end
    local said = verdict(code, response)
    return said.ambiguous and { config = said.ambiguous } or said -- nothing was sent
  end
  kept.token = aw.secret(aw.urlencode(answer.access_token))
  kept.ends = response.now + math.max((tonumber(answer.expires_in) or 0) * 1000 - EARLY, 0)
  return { next = request_of(response.step == "token" and "send" or "resend", message, config) }
end

local function result(response, message, config)
  if response.step == "token" or response.step == "retoken" then return told_token(response, message, config) end
  local answer, code = read(response)
  if message.class == "scene" and type(answer.url) == "string" then return { accepted = answer.url } end
  if code == 0 then return { accepted = answer.msgid and tostring(answer.msgid) or message.key } end
  if not code then
    if response.status == 429 or response.status == 503 then return { retry = 30, detail = "HTTP " .. response.status } end
    return { ambiguous = "HTTP " .. response.status }
  end
  if STALE[code] then                                         -- somebody else has a newer one: once more, with that
    kept.token = nil
    if response.step == "send" then return { next = token_request("retoken", config) } end
  end
  return verdict(code, response)
end

-- The words of an encrypted callback; nil when it is none, or another account's.
local function decrypt(text, config)
  local key, bytes = aw.unbase64(config.aes_key .. "="), aw.unbase64(text)
  local plain = key and bytes and aw.aes_cbc_decrypt(key, nil, bytes, false)
  if not plain or #plain < 21 then return nil end
  local padding = plain:byte(-1)                              -- PKCS#7 in blocks of 32
  if padding < 1 or padding > 32 then return nil end
  local a, b, c, d = plain:byte(17, 20)
  local length = ((a * 256 + b) * 256 + c) * 256 + d
  local stop = 20 + length
  if stop > #plain - padding or plain:sub(stop + 1, #plain - padding) ~= config.appid then return nil end
  return plain:sub(21, stop)
end

local function fields_of(element)
  local out = {}
  for _, child in ipairs(element.children) do out[child.name] = child.children[1] and child or child.text end
  return out
end

-- The query is signed; in secure mode so is what is encrypted. Gives the fields, or nil and the reply.
local function open(request, config)
  local query = aw.query(request.query)
  local seconds = tonumber(query.timestamp)
  local function forged() return nil, { status = 403, body = "forged" } end
  if not seconds or math.abs(request.now / 1000 - seconds) > WINDOW or not query.nonce then return forged() end
  if not aw.same(aw.hex(aw.sha1_sorted(config.token, query.timestamp, query.nonce)), query.signature) then return forged() end
  if request.method == "GET" then return nil, { status = 200, type = "text/plain", body = query.echostr or "" } end
  local root = aw.xml.parse(request.body)
  local fields = root and fields_of(root)
  if not fields then return nil, { status = 400, body = "unreadable" } end
  if not config.aes_key then return fields end
  local sealed = type(fields.Encrypt) == "string" and fields.Encrypt or ""
  local ours = aw.hex(aw.sha1_sorted(config.token, query.timestamp, query.nonce, sealed))
  local plain = aw.same(ours, query.msg_signature) and decrypt(sealed, config)
  root = plain and aw.xml.parse(plain)
  if not root then return forged() end
  return fields_of(root)
end

local function state_of(word) return tostring(word):find "^success" and "delivered" or "failed" end

-- Subscription messages are reported in lists.
local function sent_list(event)
  local out = {}
  for _, list in ipairs(event.children or {}) do
    local item = fields_of(list)
    if item.MsgID then out[#out + 1] = { id = item.MsgID, state = state_of(item.ErrorStatus), detail = tostring(item.ErrorStatus) } end
  end
  return out
end

local function event_of(fields)
  local at = (math.tointeger(tonumber(fields.CreateTime)) or 0) * 1000
  local id = fields.MsgId or ("%s-%s-%s"):format(fields.FromUserName, fields.CreateTime, fields.Event)
  local kind = fields.MsgType
  if kind == "event" then kind = ({ subscribe = "follow", unsubscribe = "unfollow" })[fields.Event] or fields.Event end
  local text = fields.Content or fields.EventKey ~= "" and fields.EventKey or nil
  return { id = id, from = fields.FromUserName, kind = kind, text = text, at = at }
end

-- Whoever scans a patient's code is answered with the link to the page that binds this account (base/bind_link.h).
local function bind_link(request, fields)
  local code = tostring(fields.EventKey):gsub("^qrscene_", ""):match "^bind%-(%d+)$"
  if not code or not request.bind then return nil end
  local minute = ("%d"):format(request.now // 60000)
  local mark = aw.hex(aw.hmac_sha256(request.bind.key, code .. "|" .. fields.FromUserName .. "|" .. minute))
  return ("%s/%s?o=%s&c=%s&t=%s&s=%s"):format(request.bind.url, code, aw.urlencode(fields.FromUserName),
    aw.urlencode(request.bind.channel), minute, mark)
end

local function text_xml(fields, text, now)
  local words = ("<xml><ToUserName><![CDATA[%s]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName><CreateTime>%d</CreateTime>"
    .. "<MsgType><![CDATA[text]]></MsgType><Content><![CDATA[%s]]></Content></xml>")
  return words:format(fields.FromUserName, fields.ToUserName or "", now // 1000, text)
end

-- As secure mode wants its answers: 16 bytes, the length, the words, the account, in blocks of 32.
local function seal(plain, request, config)
  local query = aw.query(request.query)
  local filler = aw.hex(aw.hmac_sha256(config.aes_key, query.nonce .. query.timestamp)):sub(1, 16)
  local length = string.char(#plain >> 24 & 255, #plain >> 16 & 255, #plain >> 8 & 255, #plain & 255)
  local bytes = filler .. length .. plain .. config.appid
  local padding = 32 - #bytes % 32
  local sealed = aw.base64(aw.aes_cbc_encrypt(aw.unbase64(config.aes_key .. "="), nil, bytes .. string.char(padding):rep(padding), false))
  local mark = aw.hex(aw.sha1_sorted(config.token, query.timestamp, query.nonce, sealed))
  return ("<xml><Encrypt><![CDATA[%s]]></Encrypt><MsgSignature><![CDATA[%s]]></MsgSignature><TimeStamp>%s</TimeStamp><Nonce><![CDATA[%s]]>"
    .. "</Nonce></xml>"):format(sealed, mark, query.timestamp, query.nonce)
end

local function welcome(link, fields, request, config)
  local words = "您好，请点开链接，填写患者住院号后4位和您与患者的关系，完成绑定：" .. link
  local xml = text_xml(fields, words, request.now)
  return { status = 200, type = "application/xml", body = config.aes_key and seal(xml, request, config) or xml }
end

-- One address for all that WeChat says: receipts, who follows and leaves, what people write.
local function callback(request, config)
  local fields, reply = open(request, config)
  if not fields then return {}, reply end
  local event = fields.MsgType == "event" and fields.Event
  local ok = { status = 200, type = "text/plain", body = "success" }
  if event == "TEMPLATESENDJOBFINISH" then
    return { { id = tostring(fields.MsgID), state = state_of(fields.Status), detail = tostring(fields.Status) } }, ok
  elseif event == "subscribe_msg_sent_event" then
    return sent_list(type(fields.SubscribeMsgSentEvent) == "table" and fields.SubscribeMsgSentEvent or {}), ok
  end
  local link = event and bind_link(request, fields)
  return { event_of(fields) }, link and welcome(link, fields, request, config) or ok
end

return {
  name = "wechat-oa", send = send, result = result, receipt = callback, inbound = callback,
  decrypt = function(text, config) return decrypt(text, config) end,
  signature = function(timestamp, nonce, text, config) return aw.hex(aw.sha1_sorted(config.token, timestamp, nonce, text)) end,
  capabilities = function(config)                             -- the same client_msg_id to the same person goes once in ten minutes
    return { address = "wechat", keyed = config.kind == "template" and "9m" or nil, links = true, merges = false, scenes = true,
      approved = "names" }
  end,
  config = {
    url = { type = "url", default = "https://api.weixin.qq.com", doc = "WeChat's, or a proxy's address, without a path" },
    appid = { type = "text", required = true, doc = "AppID of the account" },
    secret = { type = "secret", required = true, doc = "AppSecret" },
    kind = { one = { "template", "subscribe" }, default = "template", doc = "template messages, or (long-term) subscription messages" },
    template_id = { type = "text", required = true, doc = "the template's id" },
    data = { type = "table", required = true, doc = 'keyword → words: data = { thing1 = "{program}", thing2 = "{body}", time3 = "{date}" }' },
    token = { type = "secret", required = true, doc = "Token of the server settings: proves callbacks" },
    aes_key = { type = "secret", doc = "EncodingAESKey, 43 characters: callbacks come encrypted (secure mode)" },
  },
}
