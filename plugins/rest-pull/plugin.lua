-- A hospital's own JSON web service that is asked what has changed: GET …?updatedSince=…&page=…, page after page, each
-- record made an event by the table `map`.
local aw = require "afterward.plugin"

local A_DAY, SAID = 86400000, 300

-- "data.rows": what stands there, or nil.
local function at(value, path)
  if path == "" then return value end
  for step in path:gmatch "[^.]+" do
    if type(value) ~= "table" then return nil end
    value = value[step] == nil and value[tonumber(step)] or value[step]
  end
  return value
end

local function text(value)
  if value == nil or type(value) == "table" then return nil end
  if math.type(value) == "float" and math.tointeger(value) then value = math.tointeger(value) end
  return tostring(value)
end

-- --- what is asked

local WRITTEN = { iso = function(ms, config) return aw.iso(ms, math.tointeger(config.offset)) end,
  plain = function(ms, config) return (aw.iso(ms // 1000 * 1000, math.tointeger(config.offset)):sub(1, 19):gsub("T", " ")) end,
  ms = function(ms) return ("%d"):format(ms) end, seconds = function(ms) return ("%d"):format(ms // 1000) end }

local function parameters(state, config)
  local out = {}
  for name, value in pairs(config.query or {}) do out[name] = value end
  out[config.since_name] = state.mark and WRITTEN[config.times](state.mark - config.overlap, config) or config.since
  if config.page_name ~= "" then out[config.page_name] = ("%d"):format(state.page or config.first_page) end
  if config.size_name ~= "" then out[config.size_name] = ("%d"):format(config.size) end
  return out
end

local function query_of(fields)
  local out = ""
  for name, value in pairs(fields) do
    out = out .. (out == "" and "?" or "&") .. aw.urlencode(name) .. "=" .. aw.urlencode(type(value) == "number" and tostring(value) or value)
  end
  return out
end

local function pull(state, config)
  local headers = { Accept = "application/json" }
  if config.token then headers.Authorization = "Bearer " .. config.token end
  if config.user then headers.Authorization = "Basic " .. aw.base64(config.user .. ":" .. (config.password or "")) end
  for name, value in pairs(config.headers or {}) do headers[name] = value end
  local fields = parameters(state, config)
  if config.method == "GET" then return { method = "GET", url = config.url .. query_of(fields), headers = headers } end
  headers["Content-Type"] = "application/json"
  return { method = "POST", url = config.url, headers = headers, body = aw.json.encode(fields), safe = true }
end

-- --- what a record means

local make

local function translated(value, entry, path)
  local words = entry.words
  if not words then return value end
  local known = words[text(value) or ""]
  if known == nil then known = words["*"] end
  if known == nil then error({ ("%s: %q stands for nothing in its words"):format(path, text(value) or "nothing") }) end
  return known
end

local function moment(value, entry, path, config)
  if not entry.time then return value end
  local number = math.type(value) and value or tonumber(value)
  local ms = entry.time == "ms" and number or entry.time == "seconds" and number and number * 1000
    or aw.instant(value, math.tointeger(config.offset))
  if not ms then error({ ("%s: %q is no time"):format(path, text(value) or "nothing") }) end
  return aw.iso(math.tointeger(ms) or ms // 1, math.tointeger(config.offset))
end

local function all_of(list, entry, path, config)
  local out = {}
  for i, item in ipairs(type(list) == "table" and list or {}) do out[i] = make(item, entry.each, path .. "." .. i, config) end
  return out[1] and out or nil
end

-- One entry of the map: "a.b", a path; { value = … }, always this; { from = "a.b", … }; else a table of entries.
function make(record, entry, path, config)
  if type(entry) == "string" then return at(record, entry) end
  if type(entry) ~= "table" then return entry end
  if entry.value ~= nil then return entry.value end
  if entry.from then
    local value = at(record, entry.from)
    if entry.each then return all_of(value, entry, path, config) end
    if value == nil or value == "" then
      if not entry.words or entry.words[""] == nil then return nil end
      value = ""
    end
    value = moment(translated(value, entry, path), entry, path, config)
    return entry.text and text(value) or value
  end
  local out = {}
  for name, inner in pairs(entry) do out[name] = make(record, inner, path == "" and name or path .. "." .. name, config) end
  return next(out) ~= nil and out or nil
end

-- A word that stands for false says that the record is none of ours.
local function record_of(record, where, config)
  local id = text(at(record, config.id))
  local out = { at = where, id = id, version = text(at(record, config.updated)) }
  if not id then
    out.id, out.wrong = "no-id", ("it has no %s: is the setting id right?"):format(config.id)
    return out
  end
  local good, event = pcall(make, record, config.map, "", config)
  if not good then
    out.wrong = type(event) == "table" and event[1] or tostring(event)
  elseif event.kind == false then
    return nil
  else
    out.event = event
  end
  return out
end

-- --- what an answer means

local function refusal(response, said)
  local status, detail = response.status, ("HTTP %d%s"):format(response.status, said and ": " .. said:sub(1, SAID) or "")
  if status == 401 or status == 403 then return { config = detail .. ": check token, or user and password" } end
  if status == 400 or status == 404 or status == 405 or status == 422 then
    return { config = detail .. ": check url and the names of what is asked" }
  end
  return { retry = tonumber(response.headers["retry-after"]) or true, detail = detail }
end

local function is_good(json, config)
  for path, value in pairs(config.good or {}) do
    if text(at(json, path)) ~= text(value) then return false end
  end
  return true
end

local function updated_at(record, config)
  local value = at(record, config.updated)
  if config.times == "ms" then return math.tointeger(tonumber(value)) end
  if config.times == "seconds" then return tonumber(value) and math.tointeger(tonumber(value) * 1000) end
  return value and aw.instant(value, math.tointeger(config.offset))
end

-- One record that says 2099 must not keep us from all that is written until then: no later than the server's clock.
local function newest(list, seen, response, config)
  local now = aw.instant(response.headers.date) or response.now + A_DAY
  for _, record in ipairs(list) do
    local ms = updated_at(record, config)
    if ms and ms > (seen or 0) then seen = ms end
  end
  return seen and math.min(seen, now)
end

-- How many records a page has says nothing: a service may give fewer than it is asked for. The last page is empty, or, where
-- there is no page behind it, the same again.
local function fingerprint(list, config)
  local out = ""
  for _, record in ipairs(list) do out = out .. (text(at(record, config.id)) or "") .. " " .. (text(at(record, config.updated)) or "") .. "\n" end
  return aw.hex(aw.sha1(out))
end

local function pulled(response, state, config)
  local json = response.json
  local said = type(json) == "table" and text(at(json, config.message)) or nil
  if response.status ~= 200 then return refusal(response, said) end
  if type(json) ~= "table" then return { retry = true, detail = "it answered with something that is no JSON, or half of it" } end
  if not is_good(json, config) then
    return { retry = true, detail = "it answered that it can't: " .. (said or "without a reason"):sub(1, SAID) }
  end
  local list = at(json, config.list)
  if type(list) ~= "table" then
    return { config = ("there is no list at %q in its answer: check the setting list"):format(config.list) }
  end
  local records = {}
  for i, record in ipairs(list) do
    records[#records + 1] = record_of(record, (config.list == "" and "" or config.list .. ".") .. i, config)
  end
  local seen = newest(list, state.seen, response, config)
  local print = fingerprint(list, config)
  if config.page_name ~= "" and #list > 0 and print ~= state.print then
    return { records = records, more = true, state = { mark = state.mark, watermark = state.mark, seen = seen, print = print,
      page = (state.page or config.first_page) + 1 } }
  end
  local mark = seen and math.max(seen, state.mark or 0) or state.mark
  return { records = records, state = { mark = mark, watermark = mark } }
end

-- Said at the start rather than with the first record.
local function check(config)
  local map = config.map
  if map.kind == nil then error('map.kind is missing: which event a record is, such as { value = "discharge" }', 0) end
  if map.kind == "discharge" or map.kind == "admission" then
    error(("map.kind is the name of a field: write { value = %q } where every record is one"):format(map.kind), 0)
  end
  return {}
end

return {
  name = "rest-pull", pull = pull, pulled = pulled, capabilities = check,
  config = {
    url = { type = "url", required = true, doc = "the address that is asked, such as \"https://his.hospital.example/ws/discharges\"" },
    since = { type = "text", required = true, doc = "how far back the first time, as the service wants it: \"2026-11-01 00:00:00\"" },
    map = { type = "table", required = true, doc = "what each record becomes; the README shows one" },
    method = { one = { "GET", "POST" }, default = "GET", doc = "POST: what is asked goes as a JSON object" },
    since_name = { type = "text", default = "updatedSince", doc = "what the service calls the time" },
    page_name = { type = "text", default = "page", doc = "what it calls the page; \"\" where it has none" },
    first_page = { type = "number", default = 1, doc = "0 where it begins so" },
    size_name = { type = "text", default = "size", doc = "what it calls the records of a page; \"\" where it doesn't let one say" },
    size = { type = "number", default = 100, doc = "records that are asked for at once" },
    query = { type = "table", doc = "what else is asked, by name" },
    times = { one = { "iso", "plain", "ms", "seconds" }, default = "iso",
      doc = "how it writes when a record changed, and wants to be asked: plain is \"2026-11-01 08:00:00\"" },
    offset = { type = "number", default = 480, doc = "minutes east of UTC of its times without an offset" },
    list = { type = "text", default = "data", doc = "where the records are in its answer, such as \"data.rows\"; \"\": it is the list" },
    id = { type = "text", default = "id", doc = "a record's own number" },
    updated = { type = "text", default = "updated", doc = "when it was changed" },
    good = { type = "table", doc = "what an answer says when all is well, such as { code = 0 }" },
    message = { type = "text", default = "message", doc = "where it says why not" },
    overlap = { type = "span", default = "10m", doc = "how much is read again each time" },
    token = { type = "secret", doc = "a bearer token" },
    user = { type = "text", doc = "of basic authentication" },
    password = { type = "secret", doc = "of basic authentication" },
    headers = { type = "table", doc = "more headers, by name" },
  },
}
