-- A DingTalk group bot with a signature, for staff: the text goes to the bot's group and mentions whoever has the number.
local aw = require "afterward.plugin"

local BLOCKED = 600                                           -- seconds, after more than 20 a minute
local CONFIG = { [310000] = true, [300001] = true, [300005] = true, [400101] = true, [400102] = true, [400105] = true, [400106] = true }

local function sign(now, config)
  return aw.urlencode(aw.base64(aw.hmac_sha256(config.secret, now .. "\n" .. config.secret)))
end

local function send(message, config)
  local at = config.mention and message.to ~= "" and { atMobiles = { message.to } } or nil
  return { url = config.url .. "?access_token=" .. aw.urlencode(config.token) .. "&timestamp=" .. message.now .. "&sign="
    .. sign(message.now, config), headers = { ["Content-Type"] = "application/json" },
    body = aw.json.encode { msgtype = "text", text = { content = message.text }, at = at } }
end

-- HTTP 200 is not success: errcode is.
local function result(response, message)
  local answer = aw.json.decode(response.body)
  local code = type(answer) == "table" and math.tointeger(tonumber(answer.errcode))
  if not code then
    if response.status == 429 or response.status == 503 then return { retry = 60, detail = "HTTP " .. response.status } end
    return { ambiguous = "HTTP " .. response.status }
  end
  local why = "errcode " .. code
  if code == 0 then return { accepted = message.key } end
  if code == -1 then return { retry = 10, detail = why } end
  if code == 130101 or code == 410100 then return { retry = BLOCKED, detail = why } end
  if CONFIG[code] then return { config = why .. ": check token, secret and the bot's security settings" } end
  if code == 40035 or code == 430101 or code == 430102 or code == 430103 or code == 430104 then return { permanent = why } end
  return { ambiguous = why }
end

return {
  name = "dingtalk-bot", send = send, result = result,
  sign = function(now, config) return sign(now, config) end,
  capabilities = { address = "phone", max_length = 5000, links = true, merges = false, per_second = 0.25, burst = 5 }, -- 20 a minute
  config = {
    url = { type = "url", default = "https://oapi.dingtalk.com/robot/send", doc = "where bots are" },
    token = { type = "secret", required = true, doc = "access_token of the bot's address" },
    secret = { type = "secret", required = true, doc = "SEC… of the bot's security settings (加签)" },
    mention = { type = "boolean", default = true, doc = "mention whoever has the number" },
  },
}
