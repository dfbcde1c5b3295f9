-- Calls through a hospital's PBX, or a voice robot: a signed webhook, or Asterisk's REST interface. Requests have numbers and
-- nothing else: no name, no department, no word of what the call is about.
local aw = require "afterward.plugin"

local WINDOW = 300                                            -- seconds that clocks may differ
local CONFIG = { [401] = true, [403] = true, [405] = true, [410] = true }
local CALLS = { answered = true, busy = true, ["no-answer"] = true, rejected = true, off = true, void = true, failed = true }
-- Of Asterisk: Q.850 causes say more than the dial's status, but for one that was answered.
local CAUSES = { [1] = "void", [17] = "busy", [18] = "no-answer", [19] = "no-answer", [20] = "off", [21] = "rejected" }
local STATUSES = { ANSWER = "answered", BUSY = "busy", NOANSWER = "no-answer" }

local function webhook(message, config, fields)
  local body, seconds = aw.json.encode(fields), ("%d"):format(message.now // 1000)
  return { url = config.url, body = body, headers = { ["Content-Type"] = "application/json", ["webhook-id"] = message.key,
    ["webhook-timestamp"] = seconds, ["webhook-signature"] = aw.webhook.sign(message.key, seconds, body, config.secret) } }
end

-- Rings the desk; when it is taken up, Asterisk goes on in the dialplan with the number as the extension.
local function ari(message, config)
  local endpoint = config.endpoint:gsub("{from}", (message.from:gsub("%%", "%%%%")))
  local query = { "endpoint=" .. aw.urlencode(endpoint), "extension=" .. aw.urlencode(message.to), "context=" .. aw.urlencode(config.context),
    "priority=1", "timeout=" .. ("%d"):format(config.ring // 1000), "channelId=" .. message.key }
  if config.caller_id then query[#query + 1] = "callerId=" .. aw.urlencode(config.caller_id) end
  return { url = config.url .. "/ari/channels?" .. table.concat(query, "&"), headers = {
    Authorization = "Basic " .. aw.base64(config.user .. ":" .. config.password) } }
end

local function send(message, config)
  if config.robot then
    local flow = config.flows[message.form or ""]
    if not flow then return nil, ("the robot has no flow for %s: add it to flows"):format(message.form or "a task without a form") end
    return webhook(message, config, { id = message.key, to = message.to, flow = flow, caller_id = config.caller_id })
  end
  if not message.from then return nil, "no desk phone is named" end
  if config.kind == "ari" then return ari(message, config) end
  return webhook(message, config, { id = message.key, from = message.from, to = message.to, caller_id = config.caller_id,
    ring_seconds = config.ring // 1000 })
end

local function result(response, message, config)
  local status = response.status
  local why = "HTTP " .. status
  if status >= 200 and status < 300 or config.kind == "ari" and status == 409 then -- 409: it has a call of this id already
    local answer = aw.json.decode(response.body)
    local id = type(answer) == "table" and type(answer.id) == "string" and answer.id ~= "" and answer.id
    return { accepted = id or message.key }
  end
  if status == 429 or status == 503 then return { retry = tonumber(response.headers["retry-after"]) or 30, detail = why } end
  if CONFIG[status] then return { config = why .. ": check url and credentials" } end
  if status >= 400 and status < 500 then return { permanent = why } end
  if config.kind == "ari" and response.body:find "Allocation failed" then return { permanent = "the desk phone can't be reached" } end
  return { ambiguous = why }
end

-- What is wrong with an item, rather than to say that it was taken.
local function amiss(item)
  if type(item) ~= "table" then return "is no object" end
  if type(item.id) ~= "string" or item.id == "" or #item.id > 127 then return "has no id" end
  if item.call ~= nil and not CALLS[item.call] then return "has a call that is unknown" end
  if item.answers ~= nil and (type(item.answers) ~= "table" or item.answers[1] ~= nil) then return "has answers that are no object" end
  if item.seconds ~= nil and type(item.seconds) ~= "number" then return "has seconds that are no number" end
  for _, name in ipairs { "code", "note", "recording", "detail" } do
    if item[name] ~= nil and type(item[name]) ~= "string" then return ("has a %s that is no text"):format(name) end
  end
  return item.call == nil and item.code == nil and item.answers == nil and "says nothing: call, code or answers"
end

-- { id, call, seconds, recording }, of a robot also { code, answers, note }; or a list of them
local function signed(request, config)
  if not aw.webhook.genuine(request, config.secret) then return {}, { status = 403, body = "forged" } end
  local said = aw.json.decode(request.body)
  if type(said) ~= "table" then return {}, { status = 400, body = "unreadable" } end
  local out = {}
  for i, item in ipairs(said[1] and said or { said }) do
    local why = amiss(item)
    if why then return {}, { status = 422, body = ("item %d %s"):format(i, why) } end
    if item.seconds then item.seconds = math.floor(item.seconds) end
    if not config.robot then item.answers, item.code = nil, nil end -- a PBX hears nothing
    out[i] = item
  end
  return out, { status = 200 }
end

local function proof(said, config)
  local words = {}
  for i, name in ipairs { "id", "status", "cause", "seconds", "recording", "at" } do words[i] = said[name] or "" end
  return aw.hex(aw.sha1(table.concat(words, "|") .. "|" .. config.secret))
end

-- What the dialplan's hangup handler posts by CURL(): no WebSocket is needed, and nothing is lost while we restart.
local function hung_up(request, config)
  local said = aw.query(request.body ~= "" and request.body or request.query)
  local at = tonumber(said.at)
  if not said.id or not at or math.abs(request.now / 1000 - at) > WINDOW or not aw.same(proof(said, config), said.sign) then
    return {}, { status = 403, body = "forged" }
  end
  local cause = math.tointeger(tonumber(said.cause))
  local call = said.status == "ANSWER" and "answered" or CAUSES[cause] or STATUSES[said.status] or "failed"
  return { { id = said.id, call = call, seconds = math.tointeger(tonumber(said.seconds)), recording = said.recording ~= "" and said.recording or nil,
    detail = said.status and ("%s %s"):format(said.status, said.cause or "") } }, { status = 200, type = "text/plain", body = "ok" }
end

-- Somebody rang and nobody heard it: { id, from, at }, at in seconds, or a list of them.
local function missed_by_webhook(request, config)
  if not aw.webhook.genuine(request, config.secret) then return {}, { status = 403, body = "forged" } end
  local said = aw.json.decode(request.body)
  if type(said) ~= "table" then return {}, { status = 400, body = "unreadable" } end
  local out = {}
  for i, item in ipairs(said[1] and said or { said }) do
    if type(item) ~= "table" or type(item.id) ~= "string" or type(item.from) ~= "string" then
      return {}, { status = 422, body = ("item %d needs id and from"):format(i) }
    end
    local at = tonumber(item.at)
    out[i] = { id = item.id, from = item.from, kind = "missed-call", at = at and math.floor(at * 1000) or request.now }
  end
  return out, { status = 200 }
end

local function missed_mark(said, config)
  return aw.hex(aw.sha1(("%s|%s|%s|"):format(said.id or "", said.from or "", said.at or "") .. config.secret))
end

local function missed_by_dialplan(request, config)
  local said = aw.query(request.body ~= "" and request.body or request.query)
  local at = tonumber(said.at)
  if not said.id or not said.from or not at or math.abs(request.now / 1000 - at) > WINDOW or not aw.same(missed_mark(said, config), said.sign) then
    return {}, { status = 403, body = "forged" }
  end
  return { { id = said.id, from = said.from, kind = "missed-call", at = math.floor(at * 1000) } }, { status = 200, type = "text/plain", body = "ok" }
end

return {
  name = "pbx", send = send, result = result,
  receipt = function(request, config) return (config.kind == "ari" and hung_up or signed)(request, config) end,
  inbound = function(request, config) return (config.kind == "ari" and missed_by_dialplan or missed_by_webhook)(request, config) end,
  missed_mark = function(said, config) return missed_mark(said, config) end,
  sign = function(id, seconds, body, config) return aw.webhook.sign(id, seconds, body, config.secret) end,
  proof = function(said, config) return proof(said, config) end,
  capabilities = function(config)
    if config.kind == "ari" and config.robot then error('a robot is reached by kind = "webhook"', 0) end
    if config.kind == "ari" and not config.password then error('kind = "ari" needs password, as ari.conf has it', 0) end
    return { address = "phone", dials = config.robot and "robot" or "staff" }
  end,
  config = {
    kind = { one = { "webhook", "ari" }, default = "webhook", doc = "a signed webhook, or Asterisk's REST interface" },
    url = { type = "url", required = true, doc = 'url = "https://pbx.example.org/dial"; of ari "http://pbx.example.org:8088"' },
    secret = { type = "secret", required = true, doc = "base64, signs calls both ways: openssl rand -base64 32" },
    caller_id = { type = "text", doc = "the number that patients see" },
    ring = { type = "span", default = "30s", doc = "for how long it rings" },
    robot = { type = "boolean", default = false, doc = "a machine speaks: it gives answers, and needs no desk phone" },
    flows = { type = "table", default = {}, doc = 'of a robot: form → its flow: flows = { ["wound-check"] = "4711" }' },
    endpoint = { type = "text", default = "PJSIP/{from}", doc = "of ari: the desk phone" },
    context = { type = "text", default = "afterward", doc = "of ari: where the dialplan goes on" },
    user = { type = "text", default = "afterward", doc = "of ari: in ari.conf" },
    password = { type = "secret", doc = "of ari: its password" },
  },
}
