-- A hospital's own app: signed calls both ways, as Standard Webhooks (standardwebhooks.com) has them.
local aw = require "afterward.plugin"

local CONFIG = { [401] = true, [403] = true, [404] = true, [405] = true, [410] = true }

local function send(message, config)
  local body = aw.json.encode { type = "message", id = message.key, to = message.to, text = message.text, body = message.body,
    program = message.program, class = message.class, safety = message.safety }
  local seconds = ("%d"):format(message.now // 1000)
  return { url = config.url, body = body, headers = { ["Content-Type"] = "application/json", ["webhook-id"] = message.key,
    ["webhook-timestamp"] = seconds, ["webhook-signature"] = aw.webhook.sign(message.key, seconds, body, config.secret) } }
end

local function result(response, message)
  local status = response.status
  local why = "HTTP " .. status
  if status >= 200 and status < 300 then
    local answer = aw.json.decode(response.body)
    local id = type(answer) == "table" and type(answer.id) == "string" and answer.id ~= "" and answer.id
    return { accepted = id or message.key }
  end
  if status == 429 or status == 503 then return { retry = tonumber(response.headers["retry-after"]) or 30, detail = why } end
  if CONFIG[status] then return { config = why .. ": check url and secret" } end
  if status >= 400 and status < 500 then return { permanent = why } end
  return { ambiguous = why }
end

local function items_of(request, config)
  if not aw.webhook.genuine(request, config.secret) then return {}, { status = 403, body = "forged" } end
  local said = aw.json.decode(request.body)
  if type(said) ~= "table" then return {}, { status = 400, body = "unreadable" } end
  return said[1] and said or { said }, { status = 200 }
end

-- { id = …, state = "delivered", "read" or "failed", detail = … }, or a list of them
local function receipt(request, config) return items_of(request, config) end

-- { id = …, from = …, text = …, kind = …, at = ms }, or a list of them
local function inbound(request, config) return items_of(request, config) end

return {
  name = "webhook", send = send, result = result, receipt = receipt, inbound = inbound,
  sign = function(id, seconds, body, config) return aw.webhook.sign(id, seconds, body, config.secret) end,
  capabilities = function(config)
    return { address = config.address, keyed = config.keyed, max_length = config.max_length, links = true, merges = true,
      reads = config.reads }
  end,
  config = {
    url = { type = "url", required = true, doc = 'the app\'s: url = "https://app.example.org/hooks/afterward"' },
    secret = { type = "secret", required = true, doc = "base64, what follows whsec_: openssl rand -base64 32" },
    keyed = { type = "span", doc = 'for how long the app drops a second call with the same webhook-id: keyed = "24h"' },
    address = { one = { "phone", "wechat", "email" }, default = "phone", doc = "what the app knows people by" },
    max_length = { type = "number", doc = "characters of a text at most" },
    reads = { type = "boolean", default = false, doc = "the app says what was opened: a receipt whose state is read" },
  },
}
