-- Sends texts through a gateway that takes JSON over HTTP. docs/channels.md says what each function may give.
local aw = require "afterward.plugin"

local function send(message, config)
  return { url = config.url, headers = { ["Content-Type"] = "application/json" }, body = aw.json.encode {
    user = config.user, sign = aw.hex(aw.hmac_sha256(config.password, message.key)),
    id = message.key, to = message.to, text = message.text } }
end

local function result(response, message)
  local answer = aw.json.decode(response.body) or {}
  if answer.code == 0 then return { accepted = answer.id or message.key } end
  if answer.code == "BAD_NUMBER" then return { permanent = "bad number" } end
  if response.status == 401 then return { config = "HTTP 401: check user and password" } end
  if response.status == 429 then return { retry = tonumber(response.headers["retry-after"]) or 60 } end
  return { ambiguous = "HTTP " .. response.status }     -- it may have been sent: a person decides, nothing goes twice
end

local function receipt(request, config)
  if not aw.same(aw.query(request.query).token, config.receipt_token) then return {}, { status = 403 } end
  local said = aw.json.decode(request.body) or {}
  return { { id = said.id, state = said.arrived and "delivered" or "failed" } }, { status = 200, body = "ok" }
end

return { name = "@NAME@", send = send, result = result, receipt = receipt,
  capabilities = { address = "phone", max_length = 500, links = true, merges = true },
  config = {
    url = { type = "url", required = true, doc = 'url = "https://sms.example.org/send"' },
    user = { type = "text", required = true, doc = "the account's name" },
    password = { type = "secret", required = true, doc = 'password = { secret_file = "/etc/afterward/@NAME@" }' },
    receipt_token = { type = "secret", doc = "what the gateway puts behind /channels/<channel>/receipt?token=" },
  } }
