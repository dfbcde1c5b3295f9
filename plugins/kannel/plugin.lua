-- Kannel's smsbox: sendsms, receipts by dlr-url, what people write by the get-url of a sms-service.
local aw = require "afterward.plugin"

local PLAIN = "^[%w .,:;!?'\"()/+%-=%%&*<>@_#\n\r]*$"          -- GSM-7 without its extensions: 160 characters a part
local DELIVERED, FAILED, REJECTED, EXPIRED = 1, 2, 16, 34      -- %d of dlr-url
local STATES = { [DELIVERED] = "delivered", [FAILED] = "failed", [REJECTED] = "failed", [EXPIRED] = "failed" }
local MASK = DELIVERED + FAILED + REJECTED

local function query_of(fields)
  local out = ""
  for name, value in pairs(fields) do
    out = out .. (out == "" and "?" or "&") .. name .. "=" .. aw.urlencode(value)
  end
  return out
end

-- Kannel gives no number of its own, so the receipt names ours, and what only this channel can have made of it.
local function proof(key, config) return aw.hex(aw.hmac_sha256(config.token, key)) end

-- UTF-16 units of a text, of which a part of UCS-2 holds 70, or 67 when it is not the only one.
local function units(text)
  local count = 0
  for _, code in utf8.codes(text) do count = count + (code > 0xFFFF and 2 or 1) end
  return count
end

local function is_long(text) return text:find(PLAIN) and #text > 160 or not text:find(PLAIN) and units(text) > 70 end

-- Kannel asks for a receipt of the first part alone.
local function dlr_url(message, config)
  return ("%s?key=%s&sign=%s%s&type=%%d&answer=%%A"):format(config.receipts, aw.urlencode(message.key), proof(message.key, config),
    is_long(message.text) and "&long=1" or "")
end

local function send(message, config)
  local fields = { username = config.user, password = config.password, from = config.from, to = message.to, text = message.text,
    charset = "UTF-8", coding = message.text:find(PLAIN) and "0" or "2", smsc = config.smsc, binfo = message.key }
  if config.receipts then
    fields["dlr-mask"], fields["dlr-url"] = tostring(MASK), dlr_url(message, config)
  end
  return { method = "GET", url = config.url .. query_of(fields) }
end

-- 202 is not delivery: the SMSC has it, or Kannel keeps it until the SMSC is back.
local function result(response, message)
  local said = response.body:gsub("%s+$", ""):sub(1, 100)
  if response.status == 202 then return { accepted = message.key } end
  if response.status == 503 or response.status == 429 then
    return { retry = tonumber(response.headers["retry-after"]) or 30, detail = said ~= "" and said or "HTTP " .. response.status }
  end
  if response.status == 403 and said:find "^Not routable" then return { permanent = said } end
  if response.status == 401 or response.status == 403 then return { config = said .. ": check user, password and from" } end
  if response.status == 404 then return { config = "HTTP 404: url must end in /cgi-bin/sendsms" } end
  if response.status >= 400 and response.status < 500 then return { permanent = said } end
  return { ambiguous = "HTTP " .. response.status .. " " .. said }
end

local function receipt(request, config)
  local said = aw.query(request.query)
  if not said.key or not aw.same(proof(said.key, config), said.sign) then return {}, { status = 403, body = "forged" } end
  local state, detail = STATES[math.tointeger(tonumber(said.type))], said.answer or ""
  if state == "delivered" and said.long then state, detail = "partly", "the first of several parts" end
  return state and { { id = said.key, state = state, detail = detail } } or {}, { status = 200 }
end

local function inbound(request, config)
  local said = aw.query(request.query)
  if not aw.same(config.token, said.token) then return {}, { status = 403, body = "forged" } end
  local seconds = math.tointeger(tonumber(said.at))
  return { { id = said.id, from = said.from, text = said.text, at = seconds and seconds * 1000 } }, { status = 200, type = "text/plain" }
end

return {
  name = "kannel", send = send, result = result, receipt = receipt, inbound = inbound,
  capabilities = function(config)
    return { address = "phone", max_length = 500, links = true, merges = true, receipts = config.receipts ~= nil }
  end,
  config = {
    url = { type = "url", required = true, doc = 'smsbox: url = "http://127.0.0.1:13013/cgi-bin/sendsms"' },
    user = { type = "text", required = true, doc = "username of group sendsms-user" },
    password = { type = "secret", required = true, doc = "its password" },
    token = { type = "secret", required = true, doc = "signs receipts, and what people write: 32 random characters" },
    from = { type = "text", required = true, doc = "the number that texts come from" },
    receipts = { type = "url", doc = 'where Kannel reaches us: receipts = "http://10.0.0.5:8080/channels/sms/receipt"' },
    smsc = { type = "text", doc = "smsc-id, where there are several" },
  },
}
