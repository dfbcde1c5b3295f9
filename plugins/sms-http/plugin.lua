-- Any SMS gateway that takes an HTTP request: what to send and how to read its answers is configuration.
local aw = require "afterward.plugin"

local RETRY = { [408] = true, [425] = true, [429] = true, [503] = true }
local CONFIG = { [401] = true, [402] = true, [403] = true, [404] = true, [405] = true }

-- The message's words, and of what the department's template says is approved its number and its variables as JSON.
local function words_of(message)
  local out, approved = {}, message.approved
  for name, word in pairs(message) do out[name] = word end
  out.approved = nil
  out.template, out.params = approved and approved.id or "", approved and aw.json.encode(approved.params) or "{}"
  return out
end

-- "{to} {text}" with the message's own words. A list is joined, so that a secret can have text around it.
local function fill(value, message, encode)
  if type(value) == "string" then
    return (value:gsub("{(%w+)}", function(name)
      local word = message[name]
      if word == nil then error(("there is no {%s}: use to, text, body, program, key, class, template or params"):format(name), 0) end
      return encode and encode(tostring(word)) or tostring(word)
    end))
  elseif type(value) == "table" and #value > 0 then
    local out = ""
    for _, part in ipairs(value) do out = out .. fill(part, message, encode) end
    return out
  end
  return value
end

local function fill_all(map, message)
  local out = {}
  for name, value in pairs(map) do
    local nested = type(value) == "table" and #value == 0
    out[name] = nested and fill_all(value, message) or fill(value, message)
  end
  return out
end

-- In the gateway's encoding; a secret is in the alphabet of both.
local function encoded(value, config)
  if type(value) == "string" and config.charset == "GB18030" then value = aw.gb18030(value) end
  return aw.urlencode(value)
end

local function form(fields, config)
  local out = ""
  for name, value in pairs(fields) do
    out = out .. (out == "" and "" or "&") .. aw.urlencode(name) .. "=" .. encoded(value, config)
  end
  return out
end

local function wants_number(config)
  for _, value in pairs(config.fields) do
    if type(value) == "string" and value:find("{template}", 1, true) then return true end
  end
end

local function send(given, config)
  local message = words_of(given)
  if wants_number(config) and message.template == "" then
    return nil, "this gateway knows texts by number: say approved in the department's template or form"
  end
  local request = { method = config.method, headers = {},
    url = fill(config.url, message, function(word) return encoded(word, config) end) }
  for name, value in pairs(config.headers) do request.headers[name] = fill(value, message) end
  local fields = fill_all(config.fields, message)
  if config.format == "query" then
    request.url = request.url .. (config.url:find("?", 1, true) and "&" or "?") .. form(fields, config)
  elseif config.format == "form" then
    request.headers["Content-Type"] = "application/x-www-form-urlencoded; charset=" .. config.charset:lower()
    request.body = form(fields, config)
  else
    request.headers["Content-Type"] = "application/json; charset=utf-8"
    request.body = aw.json.encode(fields)
  end
  return request
end

local function at(value, path)                     -- "data.1.id"
  if not path then return nil end
  for name in path:gmatch "[^.]+" do
    if type(value) ~= "table" then return nil end
    value = value[math.tointeger(name) or name]
  end
  return value
end

local function has(list, word)
  for _, item in ipairs(list or {}) do
    if tostring(item) == word then return true end
  end
  return false
end

local function after(response, config)             -- seconds
  return tonumber(response.headers["retry-after"]) or config.retry_after / 1000
end

local function verdict(kind, why, response, config)
  if kind == "retry" then return { retry = after(response, config), detail = why } end
  if kind == "delayed" then return { delayed = config.delay / 1000, detail = why } end
  return { [kind] = why }
end

local function by_status(response, config)
  local status = response.status
  local why = "HTTP " .. status
  local said = config.statuses[tostring(status)]
  if said then return verdict(said, why, response, config) end
  if status >= 200 and status < 300 then return nil end
  if RETRY[status] then return verdict("retry", why, response, config) end
  if CONFIG[status] then return { config = why .. ": check url and credentials" } end
  if status >= 500 then return { ambiguous = why } end -- it may have sent before it fell
  if status >= 400 then return { permanent = why } end
  return { config = why .. ": no answer of a gateway" }
end

-- A number of a message is a text or a number: anything else would be the same for many.
local function name_of(value)
  local kind = type(value)
  return (kind == "string" or kind == "number") and value ~= "" and tostring(value) or nil
end

local function result(response, message, config)
  local told = by_status(response, config)
  if told then return told end
  if not config.code and not config.id then return { accepted = message.key } end
  local answer, why = aw.json.decode(response.body)
  if type(answer) ~= "table" then return { ambiguous = "unreadable answer: " .. (why or "no JSON object") } end
  local code = config.code and tostring(at(answer, config.code))
  if code and not has(config.ok, code) then
    for _, kind in ipairs { "retry", "delayed", "permanent", "config" } do
      if has(config.codes[kind], code) then return verdict(kind, "code " .. code, response, config) end
    end
    return { ambiguous = "code " .. code .. " is not among the configured codes" }
  end
  return { accepted = name_of(at(answer, config.id)) or message.key }
end

-- The token or signature that only the gateway knows. Without one no receipt is taken.
local function genuine(request, callback)
  if callback.signature then
    local sign = callback.signature
    local text, stamp = request.body, sign.timestamp and request.headers[sign.timestamp:lower()]
    if sign.timestamp then
      local seconds = tonumber(stamp)
      if not seconds or math.abs(request.now / 1000 - seconds) > 300 then return false end
      text = stamp .. "." .. text
    end
    local digest = aw.hmac_sha256(sign.key, text)
    return aw.same((sign.encoding == "base64" and aw.base64 or aw.hex)(digest), request.headers[sign.header:lower()])
  end
  if not callback.token then return false end
  local place, name = (callback.token_in or "query:token"):match "^(%a+):(.+)$"
  if place == "header" then return aw.same(callback.token, request.headers[name:lower()]) end
  return place == "query" and aw.same(callback.token, aw.query(request.query)[name])
end

local function parse(request)
  local body = request.body
  if body:find "^%s*[%[{]" then return aw.json.decode(body) end
  return aw.query(body ~= "" and body or request.query)
end

local function receipt(request, config)
  local callback = config.callback or {}
  if not genuine(request, callback) then return {}, { status = 403, body = "forged" } end
  local body = parse(request)
  if type(body) ~= "table" then return {}, { status = 400, body = "unreadable" } end
  local list = callback.list == "" and body or callback.list and at(body, callback.list) or { body }
  local out = {}
  for _, item in ipairs(list) do
    local id, word = name_of(at(item, callback.id or "id")), tostring(at(item, callback.state or "state"))
    local state = has(callback.delivered, word) and "delivered" or has(callback.failed, word) and "failed"
    if id and state then
      out[#out + 1] = { id = id, state = state, detail = tostring(at(item, callback.detail) or word) }
    end
  end
  return out, callback.reply or { status = 200, body = "ok" }
end

return {
  name = "sms-http",
  capabilities = function(config)
    local numbered = wants_number(config)
    return { keyed = config.keyed, max_length = config.max_length, merges = config.merges and not numbered, links = true, address = "phone",
      receipts = config.callback ~= nil, approved = numbered and config.params or nil, approved_only = numbered }
  end,
  config = {
    url = { type = "url", required = true, doc = "where the gateway takes messages: url = \"https://sms.example.org/send\"" },
    method = { one = { "POST", "GET", "PUT" }, default = "POST", doc = "HTTP method" },
    headers = { type = "table", default = {}, doc = "header → value" },
    charset = { one = { "UTF-8", "GB18030" }, default = "UTF-8", doc = "how `form` and `query` write characters; JSON is always UTF-8" },
    params = { one = { "names", "order" }, default = "names", doc = "how {params} is written where fields have {template}: an object, or a list" },
    format = { one = { "json", "form", "query" }, default = "json", doc = "how fields are sent" },
    fields = { type = "table", required = true,
      doc = "what the gateway wants: fields = { mobile = \"{to}\", content = \"{text}\", uid = \"{key}\" }" },
    id = { type = "text", doc = "where the gateway's number of the message is in its answer: \"data.id\"" },
    code = { type = "text", doc = "where its result code is" },
    ok = { type = "table", default = { "0", "OK" }, doc = "codes that mean accepted" },
    codes = { type = "table", default = {}, doc = "retry, delayed, permanent, config → lists of codes" },
    statuses = { type = "table", default = {}, doc = "HTTP status → retry, delayed, permanent, config or ambiguous" },
    retry_after = { type = "span", default = "1s", doc = "when the gateway doesn't say; the engine's backoff is longer" },
    delay = { type = "span", default = "12h", doc = "how long a code of `delayed` puts off" },
    keyed = { type = "span", doc = "for how long the gateway drops a second message with the same {key}: keyed = \"24h\"" },
    max_length = { type = "number", doc = "characters of a text at most" },
    merges = { type = "boolean", default = true, doc = "may what is due together go as one text? false where the gateway knows texts by number" },
    callback = { type = "table", doc = "how receipts are read and proved" },
  },
  send = send, result = result, receipt = receipt,
}
