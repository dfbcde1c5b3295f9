-- A WeCom group bot, for staff: the text goes to the bot's group and mentions whoever has the number.
local aw = require "afterward.plugin"

local CONFIG = { [93000] = true, [93008] = true, [40001] = true }
local PERMANENT = { [40058] = true, [44004] = true, [45002] = true }

local function send(message, config)
  return { url = config.url .. "?key=" .. aw.urlencode(config.key), headers = { ["Content-Type"] = "application/json" },
    body = aw.json.encode { msgtype = "text", text = { content = message.text,
      mentioned_mobile_list = config.mention and message.to ~= "" and { message.to } or nil } } }
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
  if code == 45009 or code == 45033 then return { retry = 60, detail = why } end -- 20 a minute
  if CONFIG[code] then return { config = why .. ": check key" } end
  if PERMANENT[code] then return { permanent = why } end
  return { ambiguous = why }
end

return {
  name = "wecom-bot", send = send, result = result,
  capabilities = { address = "phone", max_length = 680, links = true, merges = false, per_second = 0.25, burst = 5 }, -- 2048 bytes; 20 a minute
  config = {
    url = { type = "url", default = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send", doc = "where bots are" },
    key = { type = "secret", required = true, doc = "what follows key= in the bot's address" },
    mention = { type = "boolean", default = true, doc = "mention whoever has the number" },
  },
}
