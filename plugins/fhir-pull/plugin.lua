-- A FHIR R4 server that is asked what has changed: each type in turn, _lastUpdated=ge…, page after page.
local aw = require "afterward.plugin"

local GENEROUS = 1000                                     -- characters of a server's sentence that are of use
local A_DAY = 86400000

-- state: type, which of types is being asked for; next, its next page; seen, the newest lastUpdated of this pass (ms);
-- marks, by type, up to where all is known (ms); watermark, the oldest of these, for who looks.
local function first_page(name, state, config)
  local mark = (state.marks or {})[name]
  local query = { "_count=" .. math.tointeger(config.count) }
  if config.sort then query[#query + 1] = "_sort=_lastUpdated" end
  query[#query + 1] = "_lastUpdated=ge" .. aw.urlencode(mark and aw.iso(mark - config.overlap) or config.since)
  return ("%s/%s%s%s"):format(config.url:gsub("/+$", ""), name, name:find("?", 1, true) and "&" or "?", table.concat(query, "&"))
end

local function pull(state, config)
  local headers = { Accept = "application/fhir+json" }
  if config.token then headers.Authorization = "Bearer " .. config.token end
  if config.user then headers.Authorization = "Basic " .. aw.base64(config.user .. ":" .. (config.password or "")) end
  for name, value in pairs(config.headers or {}) do headers[name] = value end
  local name = config.types[state.type or 1] or config.types[1]
  return { method = "GET", url = state.next or first_page(name, state, config), headers = headers }
end

-- A link may be whole, or begin with a slash, or with its question mark.
local function resolve(link, config)
  local origin = config.url:match "^%a+://[^/?#]+"
  if link:find "^%a+://" then return link end
  if link:find "^/" then return origin .. link end
  return (config.url:gsub("/+$", "")) .. "/" .. link
end

local function next_link(bundle, config)
  for _, link in ipairs(bundle.link or {}) do
    if link.relation == "next" and type(link.url) == "string" then return resolve(link.url, config) end
  end
end

local function sentence(response)
  local issue = type(response.json) == "table" and response.json.issue
  local said = type(issue) == "table" and type(issue[1]) == "table" and (issue[1].diagnostics or (issue[1].details or {}).text)
  return ("HTTP %d%s"):format(response.status, said and ": " .. tostring(said):sub(1, GENEROUS) or "")
end

local function refusal(response, state)
  local status = response.status
  if status == 401 then return { config = sentence(response) .. ": it does not know our token; check token, or user and password" } end
  if status == 403 then return { config = sentence(response) .. ": our token may not read this" } end
  if (status == 404 or status == 410 or status == 400) and state.next then -- the page has been forgotten: from the watermark again
    return { retry = true, detail = sentence(response) .. ": its page is no more; from the watermark again",
      state = { marks = state.marks, watermark = state.watermark, type = state.type } }
  end
  if status == 404 then return { config = sentence(response) .. ": url must be the server's base address, and types what it has" } end
  if status == 400 or status == 422 then
    return { config = sentence(response) .. ": where it does not know _sort, set sort = false" }
  end
  if status == 429 or status >= 500 then
    return { retry = tonumber(response.headers["retry-after"]) or true, detail = sentence(response) }
  end
  return { retry = true, detail = sentence(response) }
end

-- What an entry is, and where it stands; a patient comes before what refers to him.
local function records_of(bundle, state)
  local people, others, seen = {}, {}, state.seen
  for i, entry in ipairs(bundle.entry or {}) do
    local resource = type(entry) == "table" and entry.resource
    local included = type(entry) == "table" and type(entry.search) == "table" and entry.search.mode or "match"
    if type(resource) == "table" and included ~= "outcome" then
      local meta = type(resource.meta) == "table" and resource.meta or {}
      local at = aw.instant(meta.lastUpdated)
      if included == "match" and at and at > (seen or 0) then seen = at end
      local list = resource.resourceType == "Patient" and people or others
      list[#list + 1] = { at = ("entry.%d.resource"):format(i), id = ("%s/%s"):format(resource.resourceType, resource.id),
        version = meta.versionId and tostring(meta.versionId) or meta.lastUpdated }
    end
  end
  for _, record in ipairs(others) do people[#people + 1] = record end
  return people, seen
end

local function oldest(marks, types)
  local least
  for _, name in ipairs(types) do
    if marks[name] and (not least or marks[name] < least) then least = marks[name] end
  end
  return least
end

-- All pages of a type are there: its watermark is the newest time that the server itself has written.
local function next_type(state, seen, config)
  local index = state.type or 1
  local marks, name = state.marks or {}, config.types[index] or config.types[1]
  if seen and seen > (marks[name] or 0) then marks[name] = seen end
  local more = index < #config.types
  return { marks = marks, watermark = oldest(marks, config.types), type = more and index + 1 or nil }, more
end

-- One record that says 2099 must not keep us from all that is written until then: no later than the server's clock.
local function bounded(seen, response)
  local now = aw.instant(response.headers.date) or response.now + A_DAY
  return seen and math.min(seen, now)
end

local function pulled(response, state, config)
  if response.status ~= 200 then return refusal(response, state) end
  local bundle = response.json
  if type(bundle) ~= "table" or bundle.resourceType ~= "Bundle" then
    return { retry = true, detail = "it answered with something that is no Bundle, or no whole one" }
  end
  local records, seen = records_of(bundle, state)
  seen = bounded(seen, response)
  local link = next_link(bundle, config)
  if link and link == state.next then return { retry = true, detail = "its page leads to itself" } end
  if link then
    return { records = records, more = true,
      state = { marks = state.marks, watermark = state.watermark, type = state.type, next = link, seen = seen } }
  end
  local new, more = next_type(state, seen, config)
  return { records = records, state = new, more = more }
end

return {
  name = "fhir-pull", pull = pull, pulled = pulled,
  config = {
    url = { type = "url", required = true, doc = "the server's base address, such as \"https://his.hospital.example/fhir\"" },
    since = { type = "text", required = true, doc = "how far back the first time: a day, such as \"2026-11-01\"" },
    types = { type = "list", default = { "Patient", "Encounter", "Observation", "Appointment" },
      doc = "what is asked for, in this order; a search may follow: \"Encounter?status=finished\"" },
    overlap = { type = "span", default = "10m", doc = "how much is read again each time" },
    count = { type = "number", default = 100, doc = "resources a page" },
    sort = { type = "boolean", default = true, doc = "false where the server does not know _sort" },
    token = { type = "secret", doc = "a bearer token" },
    user = { type = "text", doc = "of basic authentication" },
    password = { type = "secret", doc = "of basic authentication" },
    headers = { type = "table", doc = "more headers, by name" },
  },
}
