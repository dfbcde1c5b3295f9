-- Checks each kind of declaration and makes its definition: a plain table for C, functions as
-- true, lists where one or a list was allowed, defaults filled in. The functions go to keep.
local host, use = ...
local words = use "words.lua"
local shapes = use "shapes.lua"
local forms = use "forms.lua"
local templates = use "templates.lua"
local check_schedule = use "schedules.lua"
local triage = use "triage.lua"
local api = use "api.lua"

local function as_list(value)
  if value == nil or type(value) == "table" then return value end
  return { value }
end

local function fill(definition, keys)
  for _, key in ipairs(keys) do
    if definition[key.name] == nil and key.default ~= nil then definition[key.name] = key.default end
  end
  return definition
end

-- A curve's expected course, in ms after the anchor for C.
local function finish_curve(curve, label, check)
  local before
  for i, band in ipairs(curve.expected or {}) do
    band.after = band.at and host.offset(band.at)
    if band.at and not band.after then
      check.report("value", ("%s: expected %d: at: %s is no time after the anchor, such as \"14d\""):format(label, i, words.quote(band.at)))
    elseif before and band.after and band.after <= before then
      check.report("value", ("%s: expected %d: at must lie after the one before"):format(label, i))
    end
    if band.low and band.high and band.low > band.high then
      check.report("value", ("%s: expected %d: low is above high"):format(label, i))
    end
    before = band.after or before
  end
  if curve.page then templates.discreet(curve, curve.title, label .. ": title", check) end
end

local finish = {}                                  -- kind → function(definition, body, label, check, keep)

function finish.pathway(definition, body, label, check, keep)
  if definition.enroll then
    keep("enroll.where", body.enroll.where)
    for _, name in ipairs { "on", "department", "procedure", "diagnosis", "drug" } do
      definition.enroll[name] = as_list(definition.enroll[name])
    end
    fill(definition.enroll, api.records.enroll)
  end
  keep("tier", body.tier)
  local rollout = definition.rollout
  if rollout and not rollout.percent and not rollout.ward then
    check.report("value", label .. ": rollout says neither percent nor ward: who is to try this version?")
  elseif rollout and (rollout.percent or 1) > 99 then
    check.report("value", label .. ": rollout: percent must be 1 to 99; without rollout this version is for all")
  end
  for i, curve in ipairs(definition.curves or {}) do finish_curve(curve, ("%s: curve %d"):format(label, i), check) end
  local times = { tiered = definition.tier ~= nil, ends = definition.ends and host.span(definition.ends) }
  local seen = {}
  for _, list in ipairs { definition.steps or {}, definition.watches or {} } do
    for _, part in ipairs(list) do
      local name = part.kind .. " " .. words.show(part.id)
      if part.id and seen[name] then check.report("twice", ("%s has two of %s"):format(label, name), part) end
      seen[name] = true
      if part.kind == "step" then
        check_schedule(part, name, times, function(code, message) check.report(code, message, part) end, host)
      end
      part.kind = nil
    end
  end
end

-- A pathway of one step, which begins at once; C looks at `case` (engine/care/case.h).
function finish.triage(definition, body, label, check, keep, files)
  local step = { id = "run", at = { "enroll" }, run = true, file = check.place.file, line = check.place.line }
  check_schedule(step, label, { tiered = false }, function(code, message) check.report(code, message) end, host)
  keep("triage", type(body.on) == "table" and triage.callback(body, files) or nil)
  check.keep_run(body.run)
  for _, name in ipairs { "on", "where", "classify", "tier", "route", "clocks", "run" } do definition[name] = nil end
  definition.case, definition.anchor, definition.steps, definition.watches = true, "enrollment", { step }, {}
  definition.enroll = { on = { "feedback" }, again = "both" }
  if definition.at_risk and not (definition.at_risk > 0 and definition.at_risk <= 1) then
    check.report("value", label .. ": at_risk must be a share above 0, up to 1")
  end
  definition.title = definition.title or { zh = definition.id, en = definition.id }
end

function finish.step(_, body, _, _, keep) keep("run", body.run) end

function finish.watch(definition, body, _, _, keep)
  keep("where", body.where)
  keep("clear", body.clear)
  keep("run", body.run)
  definition.on = as_list(definition.on)
end

function finish.job(definition, body, label, check, keep)
  keep("run", body.run)
  definition.at = as_list(definition.at)
  for _, text in ipairs(definition.at or {}) do
    local good, why = host.recurrence(text)
    if good and not text:find "^%d%d:%d%d$" and not text:find "^%a[%a,-]* %d%d:%d%d$" then
      why, good = ("%s is no time of day: write for example \"mon 08:00\" or \"08:00\""):format(words.quote(text)), nil
    end
    if not good then check.report("schedule", ("%s: at: %s"):format(label, why)) end
  end
end

function finish.rule(_, body, _, _, keep) keep("run", body.run) end

function finish.form(definition, body, label, check, keep)
  templates.discreet(definition, definition.title, label .. ": title", check)
  templates.question(definition, label, check)
  definition.items = forms.items(body, label, check, function(item, when) keep(item .. "/when", when) end)
end

function finish.template(definition, _, label, check) templates.check(definition, label, check) end

function finish.program(definition, _, label, check)
  templates.discreet(definition, definition.name, label .. ": name", check)
  templates.discreet(definition, definition.slogan, label .. ": slogan", check)
  local logo = definition.logo
  if logo and (not logo:find "^<svg[%s>]" or not logo:find "</svg>%s*$" or logo:find "<script") then
    check.report("value", label .. ": logo must be a picture as SVG text: <svg …>…</svg>, without scripts")
  end
end

function finish.escalation(definition, _, label, check)
  local levels = definition.levels or {}
  for _, level in ipairs(levels) do level.page = as_list(level.page) end
  if #levels > 0 and levels[#levels].hours then
    check.report("value", ("%s: level %d is the last and repeats, so it can't have hours"):format(label, #levels))
  end
end

function finish.roster(definition, _, label, check)
  definition.id, definition.backup = definition.role, as_list(definition.backup)
  definition.path = check.file(definition.file, label .. ": file")
end

function finish.calendar(definition, _, label, check)
  if not definition.holidays or definition.holidays == "cn" then return end
  local path = check.file(definition.holidays, label .. ": holidays")
  if not path then return end
  check.need(path)                                 -- its days are part of the version
  definition.days = host.plain(path)
  local good, why = host.holidays(definition.days, path)
  if not good then check.report("value", ("%s: holidays: %s"):format(label, why)) end
end

function finish.department(definition, _, label, check)
  if check.shared then
    check.report("misplaced", label .. " is declared in shared/: a department belongs in a folder of its own")
  elseif definition.id and definition.id ~= host.department then
    check.report("misplaced", ("%s stands in the folder %s: id must be %s"):format(label, words.quote(host.department),
      words.quote(host.department)))
  end
  for _, key in ipairs { "budget", "class_quiet_hours" } do
    for _, class in ipairs(words.keys(definition[key] or {})) do
      if not words.set(api.classes)[class] then
        check.report("value", ("%s: %s: no message class %s%s"):format(label, key, words.quote(class), words.hint(class, api.classes, "classes")))
      end
    end
  end
end

local kinds = {}

function kinds.label(kind, body)
  local id = type(body) == "table" and rawget(body, kind == "roster" and "role" or "id")
  return type(id) == "string" and kind .. " " .. words.quote(id) or "a " .. kind
end

-- The definition of a declaration { kind, body, file, line }. hooks: report(code, message,
-- place, key), refer(kind, id, label), nested(kind, token), file(name, label), need(path), keep(which, function).
function kinds.define(declared, hooks)
  local kind, body = declared.kind, declared.body
  local label = kinds.label(kind, body)
  local check = shapes {
    api = api, refer = hooks.refer, nested = hooks.nested, file = hooks.file, need = hooks.need,
    options = forms.options, keep_run = hooks.keep_run, place = declared,
    shared = declared.file:find "^shared/" ~= nil,
    report = function(code, message, place, key) hooks.report(code, message, place or declared, key) end,
  }
  local definition = fill(check:record(api.kinds[kind].keys, body, label, api.kinds[kind].items), api.kinds[kind].keys)
  finish[kind](definition, body, label, check, function(which, value)
    if type(value) == "function" then hooks.keep(which, value) end
  end, declared.files)
  definition.file, definition.line = declared.file, declared.line
  return definition
end

return kinds
