-- What a played world came to, counted from its own rows: by kind of patient, by day, by alert.
local sim = require "afterward.sim"
local words = require "words"

local tally = {}
local QUARTER = 900000 -- zones lie on quarters of an hour

local function kind_of(row) return (row.pathway or "-") .. "/" .. (row.tier or "") end

-- Kinds of patients, the fullest first: { pathway, tier, patients, got = { { what, name, to, count, patients, from, till } } }.
local function kinds(core)
  local list, by = {}, {}
  for _, row in ipairs(core:query [[SELECT pathway, tier, count(*) AS i_patients, sum(status='ended') AS i_ended FROM enrollment
      GROUP BY pathway, tier ORDER BY 3 DESC, 1, 2]]) do
    row.got, row.asked, row.answered, row.by_staff = {}, 0, 0, 0
    list[#list + 1], by[kind_of(row)] = row, row
  end
  return list, by
end

local GOT = {
  { "message", [[SELECT e.pathway, e.tier, m.kind AS what, m.name, m.audience AS 'to', count(*) AS i_count, count(DISTINCT m.enrollment)
      AS i_patients, min(accepted_at-anchor_at) AS i_first, max(accepted_at-anchor_at) AS i_last FROM message m
      JOIN enrollment e ON e.id=m.enrollment WHERE m.accepted_at IS NOT NULL AND m.kind<>'page' GROUP BY 1,2,3,4,5 ORDER BY 8,4,3]] },
  { "task", [[SELECT e.pathway, e.tier, 'task' AS what, t.name, t.role AS 'to', count(*) AS i_count, count(DISTINCT t.enrollment)
      AS i_patients, min(opened_at-anchor_at) AS i_first, max(opened_at-anchor_at) AS i_last FROM task t
      JOIN enrollment e ON e.id=t.enrollment GROUP BY 1,2,4,5 ORDER BY 8,4]] },
  { "alert", [[SELECT e.pathway, e.tier, 'alert' AS what, a.name, a.level AS 'to', count(*) AS i_count, count(DISTINCT a.enrollment)
      AS i_patients, min(opened_at-anchor_at) AS i_first, max(opened_at-anchor_at) AS i_last FROM alert a
      JOIN enrollment e ON e.id=a.enrollment GROUP BY 1,2,4,5 ORDER BY 8,4]] },
}

local function add_got(core, by)
  for _, part in ipairs(GOT) do
    for _, row in ipairs(core:query(part[2])) do
      local kind = by[kind_of(row)]
      row.pathway, row.tier = nil, nil
      row.first, row.last = row.first / 86400000, row.last / 86400000
      if kind then table.insert(kind.got, row) end
    end
  end
  for _, row in ipairs(core:query [[SELECT e.pathway, e.tier, count(*) AS i_asked, sum(a.id IS NOT NULL AND a.by_kind<>'staff')
      AS i_answered, sum(a.id IS NOT NULL AND a.by_kind='staff') AS i_staff FROM question q JOIN enrollment e ON e.id=q.enrollment
      LEFT JOIN answer a ON a.id=q.answer WHERE q.id IN (SELECT question FROM message WHERE accepted_at IS NOT NULL) GROUP BY 1,2]]) do
    local kind = by[kind_of(row)]
    if kind then kind.asked, kind.answered, kind.by_staff = row.asked, row.answered, row.staff end
  end
end

local DAYS = {
  -- What left, a row each text: that of the message which carried others.
  { "channels", [[SELECT started_at/900000 AS i_slot, attempt.channel AS name, count(*) AS i_count FROM attempt
      JOIN message ON message.id=attempt.message WHERE kind<>'page' AND attempt.status IN ('accepted','delivered') AND
      substr(key, 1, length(number))=number GROUP BY 1,2]] },
  { "roles", "SELECT opened_at/900000 AS i_slot, role AS name, count(*) AS i_count FROM task GROUP BY 1,2" },
  { "alerts", "SELECT opened_at/900000 AS i_slot, level AS name, count(*) AS i_count FROM alert GROUP BY 1,2" },
}

local function date_of(ms, zone)
  local c = sim.civil(ms, zone)
  return ("%04d-%02d-%02d"):format(c.year, c.month, c.day)
end

local function sorted(set)
  local out = {}
  for name in pairs(set) do out[#out + 1] = name end
  table.sort(out)
  return out
end

-- Days from the first to the last, each { date, channels = { sms = 3 }, roles = …, alerts = … }; and the names met.
local function days(core, zone, from, till)
  local list, by, names = {}, {}, {}
  for at = from, till, 86400000 do
    local day = { date = date_of(at, zone), channels = {}, roles = {}, alerts = {} }
    if not by[day.date] then list[#list + 1], by[day.date] = day, day end
  end
  for _, part in ipairs(DAYS) do
    local met = {}
    for _, row in ipairs(core:query(part[2])) do
      local day = by[date_of(row.slot * QUARTER, zone)]
      met[row.name] = true
      if day then day[part[1]][row.name] = (day[part[1]][row.name] or 0) + row.count end
    end
    names[part[1]] = sorted(met)
  end
  return list, names
end

local function count(core, sql) return core:query("SELECT count(*) AS i_n FROM " .. sql)[1].n end

function tally.alerts(core)
  local list = core:query [[SELECT name, level, count(*) AS i_count, count(DISTINCT patient) AS i_patients,
    avg(acknowledged_at-opened_at) AS i_seen_ms, sum((SELECT count(*) FROM page WHERE page.alert=alert.id)) AS i_pages,
    sum(status<>'closed') AS i_open FROM alert GROUP BY 1,2 ORDER BY 3 DESC, 1]]
  for _, row in ipairs(list) do row.seen_minutes, row.seen_ms = row.seen_ms and row.seen_ms / 60000, nil end
  return list
end

local SHORT = 22 -- letters of a text that stands for a title

local function short(text)
  if utf8.len(text) <= SHORT then return text end
  return text:sub(1, utf8.offset(text, SHORT) - 1) .. "…"
end

local function in_language(text, lang)
  if type(text) ~= "table" then return text end
  return text[lang] or text.zh or text.en
end

-- A message's title is how it begins, behind the greeting and without its fields.
local function beginning(text, lang)
  local out = in_language(text, lang):gsub("%b{}", ""):gsub("^[%s%p]+", ""):gsub("^您好", "")
  for _, mark in ipairs { "，", "。", "！", "：" } do
    if out:sub(1, #mark) == mark then out = out:sub(#mark + 1) end
  end
  return short((out:gsub("^[%s%p]+", "")))
end

-- What most of the rows of a name say, with a mark when others say something else.
local function most_said(core, sql, out, others)
  local several = {}
  for _, row in ipairs(core:query(sql)) do
    if row.text and not out[row.name] then
      out[row.name] = short(row.text)
    elseif row.text and not several[row.name] then
      several[row.name], out[row.name] = true, out[row.name] .. others
    end
  end
end

-- What a department's own ids are called: { form = { id = title }, template =, pathway =, department =, task =, alert = }.
-- definitions: its active bundle's. Tasks and alerts have no title of their own: a word that every hospital has, else what
-- most of them say stands for it, of alerts by level: "name level".
function tally.titles(core, definitions, lang)
  local out = { task = {}, alert = {} }
  for _, kind in ipairs { "form", "pathway", "department", "rule", "template" } do
    out[kind] = {}
    for id, body in pairs(definitions[kind] or {}) do
      out[kind][id] = kind == "template" and beginning(body.text, lang) or in_language(body.title, lang)
    end
  end
  most_said(core, "SELECT name, note AS text FROM task GROUP BY 1,2 ORDER BY count(*) DESC, 2", out.task, words[lang].others_say)
  most_said(core, "SELECT name || ' ' || level AS name, reason AS text FROM alert GROUP BY 1,2 ORDER BY count(*) DESC, 2", out.alert,
    words[lang].others_say)
  return out
end

-- An overdue task's alert is called by the engine: overdue-<task>.
local function alert_title(titles, lang, name, level)
  local task, names = name:match "^overdue%-(.*)$", words[lang].names
  if task then return ("%s: %s"):format(names.overdue, names[task] or titles.task[task] or task) end
  return titles.rule[name] or titles.alert[name .. " " .. level]
end

local KIND_OF = { ask = "form", remind = "form", send = "template", task = "task" }

local function name_all(account, titles, lang)
  local common = words[lang].names
  for _, kind in ipairs(account.kinds) do
    kind.title = titles.pathway[kind.pathway]
    for _, got in ipairs(kind.got) do
      got.title = got.what == "alert" and alert_title(titles, lang, got.name, got.to) or got.what == "task" and common[got.name]
        or (titles[KIND_OF[got.what]] or {})[got.name]
    end
  end
  for _, alert in ipairs(account.alerts) do alert.title = alert_title(titles, lang, alert.name, alert.level) end
end

-- Pathways of the department onto which nobody came: { pathway, title }.
local function empty(account, definitions, titles)
  local met, out = {}, {}
  for _, kind in ipairs(account.kinds) do met[kind.pathway] = true end
  for id in pairs(definitions.pathway or {}) do if not met[id] then out[#out + 1] = { pathway = id, title = titles.pathway[id] } end end
  table.sort(out, function(a, b) return a.pathway < b.pathway end)
  return out
end

-- The whole account, as it is printed, drawn and given as JSON.
-- o: core, zone, from, till (ms), department, definitions, lang.
function tally.of(o)
  local core = o.core
  local list, by = kinds(core)
  add_got(core, by)
  local each, names = days(core, o.zone, o.from, o.till)
  local account = { kinds = list, days = each, names = names, alerts = tally.alerts(core), totals = {
    patients = count(core, "patient"), enrolled = count(core, "enrollment"), runs = count(core, "run"),
    stuck = count(core, "run WHERE status='stuck'"),
    messages = count(core, "message WHERE accepted_at IS NOT NULL AND kind<>'page'"),
    questions = count(core, "question"), answers = count(core, "answer WHERE by_kind<>'staff'"),
    answers_by_staff = count(core, "answer WHERE by_kind='staff'"), tasks = count(core, "task"), alerts = count(core, "alert") } }
  local titles = tally.titles(core, o.definitions, o.lang)
  name_all(account, titles, o.lang)
  account.department, account.title = o.department, titles.department[o.department] or o.department
  account.from, account.till, account.empty = each[1].date, each[#each].date, empty(account, o.definitions, titles)
  return account
end

return tally
