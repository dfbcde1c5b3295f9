-- Checks a channel's or connector's plugin and its configuration, and says what is wrong in a sentence.
local lib, words, seal = ...
local check = {}

function lib.query(text)                          -- "a=1&b=%E4%BD%A0" → { a = "1", b = "你" }
  local out = {}
  for pair in text:gmatch "[^&]+" do
    local name, value = pair:match "^([^=]*)=?(.*)$"
    local plain = {}
    for i, part in ipairs { name, value } do
      plain[i] = part:gsub("%+", " "):gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end)
    end
    out[plain[1]] = plain[2]
  end
  return out
end

-- "2026-03-02T15:00:00.250+08:00" → ms. A time without an offset is so many minutes east of UTC; a date alone is its midnight.
-- "Mon, 02 Mar 2026 07:00:00 GMT", as HTTP has it, too. nil when it is no time.
local MONTHS = { Jan = 1, Feb = 2, Mar = 3, Apr = 4, May = 5, Jun = 6, Jul = 7, Aug = 8, Sep = 9, Oct = 10, Nov = 11, Dec = 12 }
function lib.instant(text, minutes)
  local day, month, year, hour, minute, second = tostring(text):match "^%a+, (%d+) (%a+) (%d+) (%d+):(%d+):(%d+) GMT$"
  if day then return lib.ms { year = year, month = MONTHS[month] or 0, day = day, hour = hour, minute = minute, second = second } end
  local y, mo, d, rest = tostring(text):match "^(%d%d%d%d)-(%d%d)-(%d%d)(.*)$"
  if not y then return nil end
  local h, mi, s, part, zone = rest:match "^[T ](%d%d):(%d%d):?(%d*)(%.?%d*)(.*)$"
  if not h then
    if rest ~= "" then return nil end
    h, mi, s, part, zone = 0, 0, 0, "", ""
  end
  local sign, zh, zm = zone:match "^([+-])(%d%d):?(%d%d)$"
  if zone ~= "" and zone ~= "Z" and not sign then return nil end
  local east = sign and (zh * 60 + zm) * (sign == "-" and -1 or 1) or zone == "Z" and 0 or minutes or 0
  local ms = lib.ms({ year = y, month = mo, day = d, hour = h, minute = mi, second = s == "" and 0 or s }, math.tointeger(east))
  return ms and ms + math.floor((tonumber("0" .. part) or 0) * 1000 + 0.5)
end

-- The other way: "2026-03-02T07:00:00.250Z", or so many minutes east of UTC.
function lib.iso(ms, minutes)
  local date = lib.date(ms, minutes)
  local east, part = minutes or 0, ms % 1000
  local zone = not minutes and "Z" or ("%s%02d:%02d"):format(east < 0 and "-" or "+", math.abs(east) // 60, math.abs(east) % 60)
  return ("%04d-%02d-%02dT%02d:%02d:%02d%s%s"):format(date.year, date.month, date.day, date.hour, date.minute, date.second,
    part > 0 and (".%03d"):format(part) or "", zone)
end

-- The constant parts of a provider's template, and the names between them.
local function pieces_of(template)
  local out, at = {}, 1
  while true do
    local from, to, name = template:find("%$?{(%w+)}", at)
    if not from then break end
    out[#out + 1] = { before = template:sub(at, from - 1), name = name }
    at = to + 1
  end
  out.after = template:sub(at)
  return out
end

-- "您好${name}" or "您好{1}", and a text made from it → { name = "王小明" }; nil when it wasn't.
function lib.variables(template, text)
  local pieces, out, at = pieces_of(template), {}, 1
  for i, piece in ipairs(pieces) do
    if text:sub(at, at + #piece.before - 1) ~= piece.before then return nil end
    at = at + #piece.before
    local following = pieces[i + 1] and pieces[i + 1].before
    local stop = following and (following ~= "" and text:find(following, at, true)) or not following and #text - #pieces.after + 1
    if not stop or stop < at then return nil end
    out[piece.name] = text:sub(at, stop - 1)
    at = stop
  end
  return text:sub(at) == pieces.after and out or nil
end

-- Signed calls both ways, as Standard Webhooks (standardwebhooks.com) has them; clocks may differ by five minutes.
lib.webhook = {}
local WINDOW = 300                                -- seconds

function lib.webhook.sign(id, seconds, body, secret)
  local key = lib.unbase64(secret) or error("the secret must be base64: what follows whsec_", 0)
  return "v1," .. lib.base64(lib.hmac_sha256(key, ("%s.%s."):format(id, seconds) .. body))
end

-- Several signatures may stand in the header while a secret is changed.
function lib.webhook.genuine(request, secret)
  local id, seconds = request.headers["webhook-id"], request.headers["webhook-timestamp"]
  if not id or not tonumber(seconds) or math.abs(request.now / 1000 - tonumber(seconds)) > WINDOW then return false end
  local ours, good = lib.webhook.sign(id, seconds, request.body, secret), false
  for theirs in (request.headers["webhook-signature"] or ""):gmatch "%S+" do good = lib.same(ours, theirs) or good end
  return good
end

local types = {}
function types.text(value)
  if type(value) == "string" then return value end
  return nil, "must be text"
end
function types.url(value)
  if type(value) == "string" and value:find "^https?://[^%s/]+" then return value end
  return nil, 'must be an address such as "https://sms.example.org/send"'
end
function types.secret(value)
  if type(value) == "string" and value ~= "" then return seal(value) end
  return nil, "must be a secret, as text or as { secret = \"…\" }"
end
function types.list(value)
  local good = type(value) == "table" and #value > 0
  for _, item in ipairs(good and value or {}) do good = good and type(item) == "string" end
  if good then return value end
  return nil, "must be a list of texts"
end
function types.number(value)
  if type(value) == "number" then return value end
  return nil, "must be a number"
end
function types.boolean(value)
  if type(value) == "boolean" then return value end
  return nil, "must be true or false"
end
function types.table(value)
  if type(value) == "table" then return value end
  return nil, "must be a table"
end
function types.span(value)
  local number, unit = tostring(value):match "^(%d+)([smhd])$"
  if number and #number < 7 then return tonumber(number) * ({ s = 1000, m = 60000, h = 3600000, d = 86400000 })[unit] end
  return nil, 'must be a span such as "30s" or "24h"'
end

-- A table may hold secrets anywhere: { secret = "…" } is one.
local function seal_deep(value)
  if type(value) ~= "table" then return value end
  if type(value.secret) == "string" and next(value, next(value)) == nil then return seal(value.secret) end
  local out = {}
  for key, item in pairs(value) do out[key] = seal_deep(item) end
  return out
end

local function one(schema, value, key)
  if schema.one then
    if words.set(schema.one)[value] then return value end
    return nil, "must be one of " .. table.concat(schema.one, ", ")
  end
  local of = types[schema.type]
  if not of then return nil, ("has an unknown type in the plugin: %s"):format(words.show(schema.type)) end
  if schema.type == "secret" and type(value) == "table" then value = value.secret end
  local good, why = of(value, key)
  if schema.type == "table" and good then good = seal_deep(good) end
  return good, why
end

-- Configuration by the plugin's schema, or nil and a sentence.
function check.config(plugin, channel, given)
  local kind = plugin.pull and "connector" or "channel"
  local schema, out = plugin.config or {}, {}
  for _, key in ipairs(words.keys(given)) do
    if not schema[key] then
      return nil, ("%s %s: %s is no setting of %s%s"):format(kind, words.quote(channel), key, plugin.name,
        words.hint(key, words.keys(schema), "it has"))
    end
  end
  for _, key in ipairs(words.keys(schema)) do
    local value = given[key]
    if value == nil then value = schema[key].default end
    if value == nil and schema[key].required then
      return nil, ("%s %s: %s is missing: %s"):format(kind, words.quote(channel), key, schema[key].doc or "add it")
    end
    if value ~= nil then
      local good, why = one(schema[key], value, key)
      if good == nil then return nil, ("%s %s: %s %s"):format(kind, words.quote(channel), key, why) end
      out[key] = good
    end
  end
  return out
end

function check.plugin(plugin, file)
  if type(plugin) ~= "table" then return nil, file .. ": must return a table: { name =, send =, result = }, or { name =, pull =, pulled = }" end
  if type(plugin.name) ~= "string" then return nil, file .. ": name is missing" end
  local pulls = plugin.pull ~= nil
  for _, key in ipairs { "send", "result", "query", "queried", "receipt", "inbound", "pull", "pulled" } do
    local needed = not pulls and (key == "send" or key == "result") or key == "queried" and plugin.query ~= nil or key == "pulled" and pulls
    if type(plugin[key]) ~= "function" and (needed or plugin[key] ~= nil) then
      return nil, ("%s: %s must be a function"):format(file, key)
    end
  end
  return true
end

local function capabilities(plugin, config)
  local list = plugin.capabilities or {}
  if type(list) == "function" then list = list(config) end
  local keyed = type(list.keyed) == "number" and list.keyed or list.keyed and types.span(list.keyed) or 0
  return { name = plugin.name, pulls = plugin.pull ~= nil, address = list.address or "phone", keyed = keyed,
    max_length = math.tointeger(list.max_length) or 0, merges = list.merges == true, links = list.links == true,
    receipts = plugin.receipt ~= nil and list.receipts ~= false, reads = list.reads == true, queryable = plugin.query and true or false,
    inbound = plugin.inbound and true or false,
    dials = list.dials ~= nil and list.dials ~= false, robot = list.dials == "robot",
    scenes = list.scenes == true, per_second = tonumber(list.per_second) or 0, burst = math.tointeger(list.burst) or 1,
    per_day = math.tointeger(list.per_day) or 0,
    approved = (list.approved == "names" or list.approved == "order") and list.approved or "", approved_only = list.approved_only == true }
end

local ELSEWHERE = { channel = "%s %s: %s is a channel, which brings no data in: name it under channels",
  connector = "%s %s: %s is a connector, which brings data in and sends nothing: name it under connectors" }

-- role: what it must be, nil when either will do.
function check.open(plugin, file, channel, given, role)
  local good, why = check.plugin(plugin, file)
  if not good then return nil, why end
  local kind = plugin.pull and "connector" or "channel"
  if role and role ~= kind then return nil, ELSEWHERE[kind]:format(role, words.quote(channel), plugin.name) end
  local config
  config, why = check.config(plugin, channel, given)
  if not config then return nil, why end
  local fine, can = pcall(capabilities, plugin, config)
  if not fine then return nil, ("%s %s: %s"):format(kind, words.quote(channel), can) end
  return config, can
end

return check
