-- aw.plan: the steps of a table that a nurse keeps in a spreadsheet.
local host, use = ...
local words = use "words.lua"
local times = use "plan_times.lua"
local new_run = use "plan_run.lua"
local simple = use "types.lua"
local api = use "api.lua"

local NOTHING = words.set { "", "-", "~", "/", "无", "none" }

local function heading(column) return ("%s (%s)"):format(column.zh, column.en) end

local function letter(index)
  return index <= 26 and string.char(64 + index) or letter((index - 1) // 26) .. letter((index - 1) % 26 + 1)
end

local function headings()
  local list = {}
  for i, column in ipairs(api.plan.columns) do list[i] = heading(column) end
  return table.concat(list, ", ")
end

local function word(text, translated)               -- a word of scripts, or the Chinese for one
  return translated[text] or simple.id(text)
end

-- The column that a heading means; tier when it is one of 频次 高危, frequency high.
local function find_column(text)
  text = times.plain(text):lower()
  for _, column in ipairs(api.plan.columns) do
    for _, name in ipairs { column.zh, column.en } do
      if text == name then return column end
      local rest = column.tiers and text:sub(1, #name) == name and text:sub(#name + 1):match "^[%s:]*(.+)$"
      local tier = rest and word(rest, api.plan.tiers)
      if tier then return column, tier end
    end
  end
end

-- index → { name, tier, title }, and name → index.
local function read_headings(row, report)
  local columns, seen = {}, {}
  for i, text in ipairs(row) do
    local column, tier = find_column(text)
    local key = column and column.name .. (tier or "")
    if column and seen[key] then
      report(row.line, i, text, "stands twice: keep one of them")
    elseif column then
      columns[i], seen[key] = { name = column.name, tier = tier, title = text }, i
    elseif not NOTHING[times.plain(text)] then
      report(row.line, i, text, "is no heading of a plan; there are " .. headings())
    end
  end
  return columns, seen
end

local read = {}                                     -- key → function(text, tell, row so far): what the cell means

function read.step(text, tell, out)
  local id, title = text:match "^(%S+)%s*(.*)$"
  if not simple.id(id) then return tell "begins with no short name for scripts: write for example day-3 术后三天" end
  out.title = title ~= "" and title or id
  return id
end

function read.form(text, tell)
  return simple.id(text) and text or tell "is no id of a form or template: lower-case words with dashes, such as wound-check"
end
read.message = read.form

function read.valid_for(text, tell)
  local found, why = times.span(text)
  return found or tell(why)
end

function read.missed(text, tell)
  return word(text, api.plan.roles) or tell "is no duty post: write for example 护士 (nurse)"
end

local function begins_with_role(text)
  local best, role = "", nil
  for name, of in pairs(api.plan.roles) do
    if #name > #best and text:sub(1, #name) == name then best, role = name, of end
  end
  if role then return role, text:sub(#best + 1) end
  return text:match "^([a-z][a-z0-9-]*)%s*(.*)$"
end

-- "家属 24小时; 护士 8小时": who, and by when.
local function rungs(text, tell)
  local list = {}
  for part in text:gmatch "[^;]+" do
    local role, rest = begins_with_role(part:match "^%s*(.-)%s*$")
    local time = role and times.span(rest:match "^%s*(.-)%s*$")
    if not time then return tell "says not who and by when: write for example 护士 8小时; 社区护士 3个工作日 (nurse 8h; community-nurse 3bd)" end
    list[#list + 1] = { role = role, time = time }
  end
  return list
end
read.silent = rungs

function read.abnormal(text, tell)
  local list = rungs(text, tell)
  for _, work in ipairs(list or {}) do
    if work.role == "family" then return tell "gives an abnormal answer to the family: name a duty post, 护士 8小时" end
  end
  return list
end

-- 时间 and 频次 say together when: a range with a frequency, else times.
local function read_when(cells, out, tell)
  local when, why = cells.when, nil
  if next(cells.every) then
    out.every = {}
    for tier, cell in pairs(cells.every) do
      local found
      found, why = times.recurrence(cell.text)
      out.every[tier] = found or tell(cell, why)
    end
    if out.every[""] then
      if next(out.every, next(out.every)) then tell(cells.every[""], "is for all tiers, and other columns are for one: keep either") end
      out.every = out.every[""]
    end
    local range = {}
    if when then range, why = times.range(when.text) end
    out.from, out.to = table.unpack(range or { tell(when, why) })
  elseif not when then
    tell(cells.step, "has neither 时间 nor 频次: it would never happen")
  elseif when.text:find "^每" or when.text:find "^every " then
    out.every, why = times.recurrence(when.text)
    if not out.every then tell(when, why) end
  else
    out.at, why = times.list(when.text)
    if not out.at then tell(when, why) end
  end
end

local function gather(row, columns, report)         -- key → { text, index, shown }, every: tier → the same
  local cells, count = { every = {} }, 0
  for i, shown in ipairs(row) do
    local text, column = times.plain(shown), columns[i]
    local cell = not NOTHING[text] and { text = text, index = i, shown = shown }
    count = count + (cell and 1 or 0)
    if cell and not column then
      report(row.line, i, shown, "stands in a column without heading: give the column one of " .. headings())
    elseif cell and column.name == "every" then
      cells.every[column.tier or ""] = cell
    elseif cell then
      cells[column.name] = cell
    end
  end
  return cells, count
end

local function check_sense(out, cells, tell)
  if not out.form and not out.message then tell(cells.step, "does nothing: give it 表单 or 消息") end
  for _, name in ipairs { "abnormal", "silent" } do
    if cells[name] and not cells.form then tell(cells[name], "needs an answer: give this step a 表单") end
  end
end

-- A row's meaning, or nil when something was reported.
local function read_row(row, columns, step_index, report)
  local cells, count = gather(row, columns, report)
  if count == 0 then return nil end
  local out, good = {}, true
  local function tell(cell, message)
    good = false
    report(row.line, cell.index, cell.shown, message)
  end
  if not cells.step then
    report(row.line, step_index, row[step_index] or "", "is empty: every row needs a 节点, for example day-3 术后三天")
    return nil
  end
  for _, column in ipairs(api.plan.columns) do
    local cell, reader = cells[column.name], read[column.name]
    if cell and reader then out[column.name] = reader(cell.text, function(message) tell(cell, message) end, out) end
  end
  read_when(cells, out, tell)
  if good then check_sense(out, cells, tell) end
  return good and out or nil, cells
end

local function step_of(out)
  local at = out.at and #out.at == 1 and out.at[1] or out.at
  return { id = out.step, title = out.title, at = at, every = out.every, from = out.from, to = out.to,
    valid_for = out.valid_for, missed = out.missed,
    run = new_run { title = out.title, form = out.form, message = out.message, abnormal = out.abnormal or {},
      silent = out.silent or {} } }
end

-- What a good row names elsewhere: refer(kind, id, label, line, more).
local function refer_all(out, cells, place, refer)
  local function one(kind, id, cell, more)
    refer(kind, id, place(cell.index, cell.shown), more)
  end
  if out.form then one("form", out.form, cells.form) end
  if out.abnormal then one("form", out.form, cells.abnormal, { judged = true }) end
  if out.message then one("template", out.message, cells.message, { bare = true }) end
  if out.missed then one("role", out.missed, cells.missed) end
  for _, name in ipairs { "abnormal", "silent" } do
    for _, rung in ipairs(out[name] or {}) do
      if rung.role ~= "family" then one("role", rung.role, cells[name]) end
    end
  end
end

-- The tables of keys for aw.step, each with the line it stands on.
-- hooks: report(line, message), refer(line, kind, id, label, more).
return function(path, hooks)
  local rows, why = host.table(path)
  if not rows then
    hooks.report(math.tointeger(why:match "^line (%d+)") or 0, (why:gsub("^line %d+: ", "")))
    return {}
  end
  local columns
  local function place(index, shown)
    return ("column %s (%s), %s"):format(letter(index), columns and columns[index] and columns[index].title or rows[1][index]
      or "without heading", words.quote(shown))
  end
  local function report(line, index, shown, message)
    hooks.report(line, index and place(index, shown) .. ": it " .. message or message)
  end
  if not rows[1] then hooks.report(0, "the plan is empty: its first row has the headings " .. headings()) return {} end
  local seen
  columns, seen = read_headings(rows[1], report)
  if not seen.step then
    hooks.report(rows[1].line, "the first row has no heading 节点 (step); a plan has the headings " .. headings())
    return {}
  end
  local steps = {}
  for i = 2, #rows do
    local line = rows[i].line
    local out, cells = read_row(rows[i], columns, seen.step, report)
    if out then
      steps[#steps + 1] = { line = line, keys = step_of(out) }
      refer_all(out, cells, place, function(...) hooks.refer(line, ...) end)
    end
  end
  return steps
end
