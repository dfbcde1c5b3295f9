-- `require "afterward"`: the constructors, and what becomes of what they are given.
local host, use = ...
local words = use "words.lua"
local kinds = use "kinds.lua"
local references = use "references.lua"
local hashes = use "hashes.lua"
local api = use "api.lua"
local findings = use "findings.lua"
local new_loader = use "loader.lua"
local read_plan = use "plan.lua"
local read_phrases = use "phrases.lua"
local new_model = use("model.lua").new
local missing = use "missing.lua"
local triage = use "triage.lua"

local problems, open = {}, true
local declared = {}                                -- in order: { kind, body, token, file, line, used }
local by_token = {}
local refs, functions = {}, {}
local definitions = {}

-- key: which of the declaration it is about, so that inspect.lua can show where it stands.
local function report(code, message, place, key)
  problems[#problems + 1] = { file = place.file, line = place.line, code = code, message = message,
    key = type(key) == "string" and key or nil,
    warning = findings.of[code].severity == "warning", order = #problems }
end

-- What aw.form and the others do. The token that scripts get has kind and id alone.
local function construct(kind, file, line, body)
  if not open then error(("aw.%s can be called only while a file loads"):format(kind), 0) end
  local place = { file = file, line = line }
  if type(body) ~= "table" or by_token[body] then
    report("value", ("aw.%s takes a table, not %s"):format(kind, by_token[body] and "a declaration" or words.show(body)), place)
    body = nil
  end
  local token = { kind = kind, id = body and (rawget(body, "id") or rawget(body, "role")) }
  local entry = { kind = kind, body = body, token = token, file = file, line = line }
  by_token[token], declared[#declared + 1] = entry, entry
  return token
end

local module = {}
for _, kind in ipairs(api.kind_order) do
  module[kind] = host.bridge(function(file, line, body) return construct(kind, file, line, body) end)
end
local loader                                       -- below; a plan is among what its caller needs

-- The department's own file before the shared one.
local function find_file(name)
  for _, folder in ipairs { host.department, "shared" } do
    local path = folder .. "/" .. name
    if host.sources[path] then return path end
  end
  return nil, ("no file %s in %s/ or shared/"):format(words.quote(name), host.department)
end

-- The path of a file that a script names; from then on the script is made of it, too.
local function need_table(what, file, name, kind)
  kind = kind or "csv"
  if not open then error(what .. " can be called only while a file loads", 0) end
  if type(name) ~= "string" or not name:find("%." .. kind .. "$") then
    error(("%s takes the name of a %s file, not %s"):format(what, kind:upper(), words.show(name)), 0)
  end
  local path, why = find_file(name)
  if not path then error(what .. ": " .. why, 0) end
  loader.need(file, path)
  return path
end

-- The tokens of a plan's steps; what is wrong in it is reported where it stands.
local function plan(file, _, name)
  local path = need_table("aw.plan", file, name)
  local steps = read_plan(path, {
    report = function(line, message) report("plan", message, { file = path, line = line }) end,
    refer = function(line, kind, id, label, more)
      refs[#refs + 1] = { kind = kind, id = id, label = label, more = more, place = { file = path, line = line } }
    end,
  })
  if #steps == 0 then error(("aw.plan: %s has no step that can be read"):format(path), 0) end
  for i, step in ipairs(steps) do steps[i] = construct("step", path, step.line, step.keys) end
  return steps
end
module.plan = host.bridge(plan)
module.phrases = host.bridge(function(file, _, ...)
  local paths = {}
  for i, name in ipairs(table.pack(...)) do paths[i] = need_table("aw.phrases", file, name) end
  if #paths == 0 then error("aw.phrases takes the names of CSV files", 0) end
  return read_phrases(paths, function(path, line, message) report("phrases", message, { file = path, line = line }) end)
end)
-- A watch on what was not measured is a step that looks.
module.pathway = host.bridge(function(file, line, body)
  if type(body) == "table" and type(rawget(body, "watches")) == "table" then
    body = missing.split(body, by_token, function(at, keys)
      at.used, at.nested = true, true
      return construct("step", at.file, at.line, keys)
    end, report)
  end
  return construct("pathway", file, line, body)
end)
module.triage = host.bridge(function(file, line, body)
  local token = construct("triage", file, line, body)
  if type(body) == "table" then
    by_token[token].files = triage.read(body, function(what, name) return need_table(what, file, name) end,
      function(path, at, message) report("phrases", message, { file = path, line = at }) end)
  end
  return token
end)
module.model = host.bridge(function(file, _, name) return new_model(need_table("aw.model", file, name, "json")) end)

-- Pure functions, in a table of their own.
local function library(name, list)
  local out = {}
  for key, value in pairs(list) do out[key] = host.bridge(function(_, _, ...) return value(...) end) end
  module[name] = setmetatable(out, { __index = host.bridge(function(_, _, _, key)
    error(("aw.%s has no %s%s"):format(name, words.show(key), words.hint(key, words.keys(list))), 0)
  end) })
end
library("trend", use("trend.lua").functions)
library("score", use("scores.lua").functions)
setmetatable(module, { __index = host.bridge(function(_, _, _, name)
  error(("aw has no %s%s"):format(words.show(name), words.hint(name, words.keys(module))), 0)
end) })

loader = new_loader { report = report, module = module }

-- Marks what a file returns: a declaration, a list of them, or a module's value.
local function collect(path, value)
  if by_token[value] then by_token[value].used = true return end
  if type(value) ~= "table" then return end
  local found = false
  for _, item in ipairs(value) do found = found or by_token[item] ~= nil end
  for i, item in ipairs(found and value or {}) do
    if by_token[item] then
      by_token[item].used = true
    elseif not (type(item) == "table" and next(item) == nil) then
      report("misplaced", ("entry %d of what the file returns is no declaration"):format(i), { file = path, line = 0 })
    end
  end
end

local function keeper(prefix)
  return function(which, value) functions[prefix .. "/" .. which] = value end
end

-- What C keeps it as: a triage is a pathway of one step.
local function kept_as(kind) return kind == "triage" and "pathway" or kind end

local function prefix_of(kind, id, pathway)
  if kind == "step" or kind == "watch" then return ("%s/%s/%s"):format(kind, pathway or "", id) end
  return ("%s/%s"):format(kept_as(kind), id)
end

local define

local function hooks_for(entry, pathway, id)
  return {
    report = report, keep = keeper(prefix_of(entry.kind, id, pathway)),
    keep_run = function(run) keeper(prefix_of("step", "run", id))("run", run) end,
    refer = function(kind, name, label) refs[#refs + 1] = { kind = kind, id = name, label = label, place = entry } end,
    nested = function(kind, token)
      local part = by_token[token]
      if not part or part.kind ~= kind then return nil, ("must be a list of aw.%s { … }"):format(kind), true end
      part.used, part.nested = true, true
      local definition = define(part, id)
      if not definition then return nil end
      definition.kind = kind
      return definition
    end,
    file = function(name, label)
      local path, why = find_file(name or "")
      if name and not path then report("no-file", ("%s: %s"):format(label, why), entry) end
      return path
    end,
    need = function(path) loader.need(entry.file, path) end,
  }
end

function define(entry, pathway)
  if not entry.body then return nil end
  local id = rawget(entry.body, "id") or rawget(entry.body, "role")
  local good, definition = pcall(kinds.define, entry, hooks_for(entry, pathway, type(id) == "string" and id or ""))
  if good then return definition end
  report("value", ("%s can't be read: %s"):format(kinds.label(entry.kind, entry.body),
    (tostring(definition):gsub("^[%w_]+%.lua:%d+: ", ""))), entry)
end

local function define_all(used)
  for _, entry in ipairs(declared) do
    if entry.kind ~= "step" and entry.used then
      local definition = not (entry.kind == "watch" and entry.nested) and define(entry)
      local kind = kept_as(entry.kind)
      local same = definition and definition.id and (definitions[kind] or {})[definition.id]
      if same then
        report("twice", ("%s is declared twice, also at %s:%d"):format(kinds.label(entry.kind, entry.body), same.file, same.line),
          entry)
      elseif definition and definition.id then
        definition.hash = hashes.of_file(entry.file, loader.needs, used)
        definitions[kind] = definitions[kind] or {}
        definitions[kind][definition.id] = definition
      end
    end
  end
end

local function check_used()
  for _, entry in ipairs(declared) do
    local label = kinds.label(entry.kind, entry.body)
    if entry.kind == "step" and entry.used and not entry.nested then
      report("misplaced", label .. " stands alone: a step belongs in a pathway's steps", entry)
    elseif not entry.used and not loader.failed[entry.file] then
      report("not-returned", ("%s is declared but not %s: it would not exist"):format(label,
        entry.kind == "step" and "in a pathway's steps" or "returned by its file"), entry)
    end
  end
end

local function in_order(a, b)
  if a.file ~= b.file then return a.file < b.file end
  if a.line ~= b.line then return a.line < b.line end
  return a.order < b.order
end

local function load()
  loader.load_all()
  open = false
end

-- After load: checks everything; gives what C keeps.
local function finish()
  for path, loaded in pairs(loader.values) do collect(path, loaded.value) end
  local declaring = {}
  for _, entry in ipairs(declared) do
    if entry.used then declaring[entry.file] = true end
  end
  local used = hashes.used(loader.needs, declaring)
  define_all(used)
  check_used()
  -- What a file that did not load would have declared is no mistake of the others.
  if not next(loader.failed) then references.check(definitions, refs, report) end
  for _, kind in ipairs { "pathway", "watch" } do
    for _, definition in pairs(definitions[kind] or {}) do
      definition.rules = hashes.rules_of(definition.file, loader.needs)
    end
  end
  table.sort(problems, in_order)
  local bodies = {}
  for i, entry in ipairs(declared) do bodies[i] = entry.body or false end
  local order = {}                                 -- rising, as maps are encoded
  for i, kind in ipairs(words.keys(definitions)) do order[i] = { kind = kind, ids = words.keys(definitions[kind]) } end
  return { problems = problems, definitions = definitions, order = order, functions = functions,
    used = used, hash = hashes.whole(used), kept = { values = loader.values, bodies = bodies } }
end

return { load = load, finish = finish, require = host.bridge(loader.require), module = module }
