-- aw.triage: what an item means by its lists of phrases, who answers it, and by when. It becomes a pathway of one step,
-- whose enrollment is the case.
local host, use = ...
local words = use "words.lua"
local read_phrases = use "phrases.lua"

local COLUMNS = { ["环节"] = "stage", stage = "stage", ["类型"] = "type", type = "type", ["病区"] = "ward", ward = "ward",
  ["主办"] = "lead", lead = "lead", ["协办"] = "joint", joint = "joint",
  ["审批"] = "approve", approve = "approve" }

local function as_list(value) return type(value) == "table" and value or { value } end

-- Lists are read while the file loads: the script is made of them. need(what, name) gives a path.
local function listeners(classify, need, tell)
  local out = {}
  for _, field in ipairs(words.keys(type(classify) == "table" and classify or {})) do
    local paths = {}
    for _, name in ipairs(as_list(classify[field])) do
      if type(name) ~= "string" then error("aw.triage: classify: takes names of CSV files, not " .. words.show(name), 0) end
      paths[#paths + 1] = need("aw.triage: classify", name:find "%.csv$" and name or name .. ".csv")
    end
    out[field] = read_phrases(paths, tell)
  end
  return out
end

-- Rows { stage, type, ward, lead, joint, approve }, the first that fits counts; an empty cell fits all.
local function routes(path, tell)
  local rows, why = host.table(path)
  if not rows then tell(path, 0, why) return {} end
  local columns, out = {}, {}
  for i, text in ipairs(rows[1] or {}) do columns[COLUMNS[text] or COLUMNS[text:lower()] or text] = i end
  if not columns.lead then
    tell(path, 1, "the first row must name its columns: 环节,类型,病区,主办,协办,审批 or stage,type,ward,lead,joint,approve")
    return {}
  end
  for i = 2, #rows do
    local row = { joint = {} }
    for _, name in ipairs { "stage", "type", "ward", "lead", "approve" } do
      local text = columns[name] and rows[i][columns[name]]
      row[name] = text and text ~= "" and text or nil
    end
    for part in (columns.joint and rows[i][columns.joint] or ""):gmatch "[^%s,;、]+" do table.insert(row.joint, part) end
    if row.lead then out[#out + 1] = row elseif row.stage or row.type or row.ward then tell(path, rows[i].line, "the row names no lead") end
  end
  return out
end

-- What stands behind a triage's callbacks: facts, and over them what was made of the text.
local function over(f, known)
  local g = {}
  for _, name in ipairs { "get", "read", "rule" } do g[name] = function(_, ...) return f[name](f, ...) end end
  return setmetatable(g, { __index = function(_, name)
    local value = known[name]
    if value ~= nil then return value end
    return f[name]
  end })
end

-- A doubt of danger is for a person, too, so it counts; of other things it doesn't.
local function classify(f, known, lists)
  local because, text = {}, f.text or ""
  for _, field in ipairs(words.keys(lists)) do
    local heard = lists[field](text)
    local class = heard.class or field == "urgency" and heard.doubt or nil
    if f[field] == nil then known[field] = class end
    for _, word in ipairs(class and (heard.class and heard.because or heard.unsure) or {}) do because[word] = true end
  end
  if next(because) then known.because = table.concat(words.keys(because), "、") end
end

local CLOCK = words.set { 1, 2, "name", "span", "from", "joint", "extend", "pauses" }

-- joined: several departments handle it.
local function clock_of(i, clock, joined)
  local name = clock.name or clock[1]
  if type(name) ~= "string" then error(("clocks: entry %d has no name"):format(i), 0) end
  for key in pairs(clock) do
    if not CLOCK[key] then error(("clocks: %s: there is no key %s; known are span, from, joint, extend, pauses"):format(name, words.show(key)), 0) end
  end
  for _, span in ipairs { clock.span or clock[2] or "", clock.joint or "1d", clock.extend or "1d" } do
    local good, why = host.span(span)
    if not good then error(("clocks: %s: %s"):format(name, why), 0) end
  end
  return { name = name, span = joined and clock.joint or clock.span or clock[2], from = clock.from, extend = clock.extend,
    pauses = clock.pauses ~= false }
end

local function clocks_of(list, joined)
  local out = {}
  for i, clock in ipairs(list or {}) do out[i] = clock_of(i, clock, joined) end
  return out
end

local function find_route(rows, g)
  for _, row in ipairs(rows) do
    local fits = true
    for _, name in ipairs { "stage", "type", "ward" } do fits = fits and (not row[name] or row[name] == g[name]) end
    if fits then return row.lead, row.joint, row.approve end
  end
end

-- What people changed by hand stands over the route.
local function beside(joint, hands)
  local out, there = {}, {}
  for _, post in ipairs(joint or {}) do
    there[post] = true
    if not hands or hands[post] ~= false then out[#out + 1] = post end
  end
  for _, post in ipairs(words.keys(hands or {})) do
    if hands[post] and not there[post] then out[#out + 1] = post end
  end
  return out
end

-- Who took it in stays its contact, unless it complains of them (WARD 22).
local function receiver_of(f, office, nature)
  local took = f.receiver
  local accused = took and f.concerns and nature ~= "praise" and took:gsub("^staff:", "") == f.concerns:gsub("^staff:", "")
  return took and not accused and took or office
end

local triage = {}

-- At the declaration: what its files say. need and tell as above.
function triage.read(body, need, tell)
  return { lists = listeners(body.classify, need, tell),
    rows = type(body.route) == "string" and routes(need("aw.triage: route", body.route), tell) or {} }
end

-- The callback "triage": facts → nil, or what the case is opened with.
function triage.callback(body, files)
  local listens = words.set(body.on)
  return function(f)
    local known = {}
    if not listens[f.channel] then return nil end
    classify(f, known, files.lists)
    local g = over(f, known)
    if body.where and not body.where(g) then return nil end
    known.tier = body.tier and body.tier(g) or "general"
    if type(body.route) == "function" then
      known.lead, known.joint, known.approver = body.route(g)
    else
      known.lead, known.joint, known.approver = find_route(files.rows, g)
    end
    known.joint = beside(known.joint, f.beside)
    known.lead = known.lead or body.receiver or "patient-relations"
    known.receiver = receiver_of(f, body.receiver or "patient-relations", known.nature or f.nature)
    known.clocks = clocks_of(type(body.clocks) == "function" and body.clocks(g) or body.clocks, #known.joint > 0)
    known.at_risk, known.levels = body.at_risk or 0.75, body.levels or 4
    return known
  end
end

return triage
