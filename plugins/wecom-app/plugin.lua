-- Messages of a WeCom app (企业微信应用消息), for staff: to one person by the id that the company's directory knows.
local aw = require "afterward.plugin"

local EARLY = 300000                                          -- ms before a token's end at which another is asked for
local STALE = { [40014] = true, [42001] = true, [41001] = true }
local PERMANENT = { [40003] = true, [46004] = true, [60111] = true, [81013] = true, [40058] = true, [44004] = true, [45002] = true }
local REMEDY = { [40001] = "check secret", [40013] = "check corpid", [40056] = "check agentid", [41011] = "check agentid",
  [301002] = "check agentid: the secret is another app's", [60011] = "the person is outside of the app's range",
  [60020] = "name this address in the app's trusted IPs", [48002] = "the app may not send messages" }

local kept = { token = nil, ends = 0 }                        -- the access token, until shortly before it ends

-- Asking for a token sends nothing: without an answer it is asked again.
local function token_request(step, config)
  return { method = "GET", step = step, safe = true, url = config.url .. "/cgi-bin/gettoken?corpid=" .. aw.urlencode(config.corpid)
    .. "&corpsecret=" .. aw.urlencode(config.secret) }
end

-- No duplicate check of WeCom's: it goes by the words, and would drop the second page of an alert that nobody has seen.
local function message_request(step, message, config)
  return { step = step, url = config.url .. "/cgi-bin/message/send?access_token=" .. kept.token,
    headers = { ["Content-Type"] = "application/json; charset=utf-8" },
    body = aw.json.encode { touser = message.to, msgtype = "text", agentid = config.agentid, text = { content = message.text }, safe = 0 } }
end

-- "@all" is everybody, and "|" stands between several: neither is a person.
local function send(message, config)
  if #message.to > 64 or not message.to:find "^%w[%w_%-@%.]*$" then return nil, "no WeCom id of one person" end
  if kept.token and message.now < kept.ends then return message_request("send", message, config) end
  return token_request("token", config)
end

local function verdict(code)
  local why = "errcode " .. code
  if code == -1 then return { retry = 10, detail = why } end
  if code == 45009 or code == 45033 then return { retry = 60, detail = why } end
  if PERMANENT[code] then return { permanent = why } end
  if REMEDY[code] or STALE[code] then return { config = REMEDY[code] and why .. ": " .. REMEDY[code] or why } end
  return { ambiguous = why }
end

local function read(response)
  local answer = aw.json.decode(response.body)
  answer = type(answer) == "table" and answer or {}
  return answer, math.tointeger(tonumber(answer.errcode))
end

local function told_token(response, message, config)
  local answer, code = read(response)
  if code ~= 0 or type(answer.access_token) ~= "string" then
    if not code or code == 0 then return { retry = 30, detail = "HTTP " .. response.status } end
    local said = verdict(code)
    return said.ambiguous and { config = said.ambiguous } or said -- nothing was sent
  end
  kept.token = aw.secret(aw.urlencode(answer.access_token))
  kept.ends = response.now + math.max((tonumber(answer.expires_in) or 0) * 1000 - EARLY, 0)
  return { next = message_request(response.step == "token" and "send" or "resend", message, config) }
end

-- HTTP 200 is not success, nor is errcode 0 when the person stands among those whom it could not reach.
local function result(response, message, config)
  if response.step == "token" or response.step == "retoken" then return told_token(response, message, config) end
  local answer, code = read(response)
  if not code then
    if response.status == 429 or response.status == 503 then return { retry = 30, detail = "HTTP " .. response.status } end
    return { ambiguous = "HTTP " .. response.status }
  end
  for _, list in ipairs { "invaliduser", "unlicenseduser" } do
    if code == 0 and type(answer[list]) == "string" and answer[list] ~= "" then return { permanent = list } end
  end
  if code == 0 then return { accepted = type(answer.msgid) == "string" and answer.msgid or message.key } end
  if STALE[code] then                                         -- WeCom took it back: once more, with another
    kept.token = nil
    if response.step == "send" then return { next = token_request("retoken", config) } end
  end
  return verdict(code)
end

return {
  name = "wecom-app", send = send, result = result,
  capabilities = { address = "wecom", max_length = 680, links = true, merges = false }, -- 2048 bytes
  config = {
    url = { type = "url", default = "https://qyapi.weixin.qq.com", doc = "WeCom's, or a proxy's address, without a path" },
    corpid = { type = "text", required = true, doc = "企业ID of the company" },
    secret = { type = "secret", required = true, doc = "Secret of the app" },
    agentid = { type = "number", required = true, doc = "AgentId of the app: agentid = 1000002" },
  },
}
