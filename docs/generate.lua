-- Writes what is made from the one description of the script API (engine/script/api.lua) and the one list of findings:
--   docs/scripting.md      its reference, below the mark; what stands above is written by hand
--   docs/editor/afterward.lua        types for editors (LuaLS), installed under share/
--   docs/editor/afterward.luacheckrc the luacheck standard, which .luacheckrc here uses too
-- ./dev docs runs it; a spec fails when one of them is stale.
local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

local api = assert(loadfile "engine/script/api.lua")()
local findings = assert(loadfile "engine/script/std/findings.lua")()

local MARK = "<!-- From here on written by ./dev docs: edit engine/script/api.lua instead. -->\n"

local function sorted(map)
  local list = {}
  for name in pairs(map) do list[#list + 1] = name end
  table.sort(list)
  return list
end

local function cell(text) return (text:gsub("|", "\\|")) end

-- The reference -----------------------------------------------------------------------------------------------------

local function shown_default(value)
  if type(value) == "table" then return '{ "' .. table.concat(value, '", "') .. '" }' end
  return tostring(value)
end

local TYPES = {
  id = "id: lower-case words with dashes", word = "word", text = "text, or { zh =, en = }", string = "text",
  hours = 'hours, "07:30-21:30"', weekly = "days → hours", span = 'time, "24h"', times = 'time, "3d 10:00"', time = "ms",
  zone = "time zone", boolean = "true or false", field = "name, such as left_knee", url = "https://…", color = "#rrggbb",
  number = "number", count = "whole number above 0", ["function"] = "function", event = "event", step = "aw.step",
  watch = "aw.watch", options = "list of { value, zh =, en = }", role = "duty post or person", rung = "channel or table, see rung", table = "table",
  scalar = "text, number or boolean",
  wording = "text, number, boolean or { zh =, en = }", value = "anything that can be stored", any = "anything", task = "task id",
}

local function type_words(type_name)
  local parts = {}
  for part in type_name:gmatch "[^|]+" do
    local inner = part:match "^list of (.*)$"
    local of = part:match "^map of (.*)$"
    local kind, names = part:match "^ref:(.*)$", part:match "^one:(.*)$"
    parts[#parts + 1] = inner and "list of " .. type_words(inner) or of and "table: word → " .. type_words(of)
      or kind and "id of a " .. kind or names and names:gsub(",", " or ")
      or part:match "^record:(.*)$" and "table, see " .. part:match "^record:(.*)$" or TYPES[part] or part
  end
  return table.concat(parts, ", or ")
end

local function meaning(key)
  local text = key.doc
  if key.required then text = "**needed** " .. text end
  if key.default ~= nil then text = ("%s; `%s` when absent"):format(text, shown_default(key.default)) end
  return text
end

local function key_table(out, keys)
  out[#out + 1] = "| key | type | meaning |\n|---|---|---|"
  for _, key in ipairs(keys) do
    out[#out + 1] = ("| `%s` | %s | %s |"):format(key.name, cell(type_words(key.type)), cell(meaning(key)))
  end
  out[#out + 1] = ""
end

local function signature(name, call)
  local names = {}
  for i, param in ipairs(call.params) do names[i] = param.name .. (param.more and " …" or "") end
  if #call.params == 1 and call.params[1].type:find "^table" then return ("p:%s { … }"):format(name) end
  return ("p:%s(%s)"):format(name, table.concat(names, ", "))
end

local function call_section(out, name, call)
  out[#out + 1] = ("#### `%s`\n"):format(signature(name, call))
  out[#out + 1] = ("%s. Gives %s.%s\n"):format(call.doc:gsub("^%l", string.upper), call.returns:gsub("|", "or"),
    call.waits and " Waits." or "")
  local plain = {}
  for _, param in ipairs(call.params) do
    if not param.keys then plain[#plain + 1] = param end
  end
  if #plain > 0 then key_table(out, plain) end
  for _, param in ipairs(call.params) do
    if param.keys then key_table(out, param.keys) end
  end
end

local function words_line(out, title, list) out[#out + 1] = ("- **%s**: `%s`"):format(title, table.concat(list, "` `")) end

local function fields_line(out, title, fields)
  local parts = {}
  for _, name in ipairs(sorted(fields)) do
    local doc = fields[name]
    if type(doc) == "table" then doc = "`" .. table.concat(sorted(doc), "` `") .. "`" end
    parts[#parts + 1] = ("`%s` (%s)"):format(name, doc)
  end
  out[#out + 1] = ("- **%s**: %s"):format(title, table.concat(parts, ", "))
end

local function plan_section(out)
  out[#out + 1] = ("### `aw.plan \"FILE\"`\n\n%s. FILE is a %s.\n"):format(api.plan.doc:gsub("^%l", string.upper), api.plan.file)
  out[#out + 1] = "| heading | or | meaning |\n|---|---|---|"
  for _, column in ipairs(api.plan.columns) do
    out[#out + 1] = ("| %s | %s | %s |"):format(column.zh, column.en, cell(column.doc))
  end
  local function pairs_line(title, map)
    local parts = {}
    for i, name in ipairs(sorted(map)) do parts[i] = ("%s `%s`"):format(name, map[name]) end
    out[#out + 1] = ("- **%s**: %s"):format(title, table.concat(parts, ", "))
  end
  out[#out + 1] = ""
  pairs_line("posts in Chinese", api.plan.roles)
  pairs_line("tiers in Chinese", api.plan.tiers)
  out[#out + 1] = ""
end

local function phrases_section(out)
  local list = api.phrases
  out[#out + 1] = ("### `aw.phrases(\"FILE\", …)`\n\n%s. Each FILE is a %s.\n"):format(list.doc:gsub("^%l", string.upper), list.file)
  out[#out + 1] = "| heading | or | meaning |\n|---|---|---|"
  for _, column in ipairs(list.columns) do
    out[#out + 1] = ("| %s | %s | %s |"):format(column.zh, column.en, cell(column.doc))
  end
  out[#out + 1] = "\n| class | meaning |\n|---|---|"
  for _, pair in ipairs(list.role_docs) do out[#out + 1] = ("| %s | %s |"):format(pair[1], cell(pair[2])) end
  out[#out + 1] = "\nThe function gives a table:\n\n| key | meaning |\n|---|---|"
  for _, pair in ipairs(list.result) do out[#out + 1] = ("| `%s` | %s |"):format(pair[1], cell(pair[2])) end
  out[#out + 1] = ""
end

-- What the engine's own Lua file gives, apart from the engine.
local function std(name)
  return assert(loadfile("engine/script/std/" .. name))({ bridge = function(f) return f end }, function(other)
    return other == "api.lua" and api or std(other)
  end)
end
local scores, score_order = std("scores.lua").described, std("scores.lua").order
local trend, model = std "trend.lua", std("model.lua").described

local function range(input)
  if input.kind == "boolean" then return "true or false" end
  if input.kind == "one" then return table.concat(input.words, ", ") end
  return ("%g to %g"):format(input.low, input.high)
end

local function levels(score)
  local out, from = {}, 0
  for _, step in ipairs(score.levels) do
    out[#out + 1] = ("%s %d%s"):format(step[2], from, step[1] > from and "–" .. step[1] or "")
    from = step[1] + 1
  end
  return table.concat(out, ", ") .. (", %s from %d"):format(score.levels.above, from)
end

local function scores_section(out)
  out[#out + 1] = "### `aw.score.…{ inputs }`\n\nPublished scores, pure functions. Each gives `{ id, version, source, score, level, parts, "
    .. "inputs, "
    .. "missing, least, most }`: with an input missing there is no `score` and no `level`, but what the sum lies between. "
    .. "`p:keep(result)` records it.\n"
  for _, id in ipairs(score_order) do
    local score = scores[id]
    out[#out + 1] = ("#### `aw.score.%s`\n\n%s. Version %s. Levels: %s.\n"):format(id, score.source, score.version, levels(score))
    if score.note then out[#out + 1] = score.note .. "\n" end
    if score.rest then
      out[#out + 1] = "`rest = false` says that every factor not named is known to be absent.\n"
    end
    out[#out + 1] = "| input | range | meaning |\n|---|---|---|"
    for _, input in ipairs(score.inputs) do
      out[#out + 1] = ("| `%s` | %s | %s |"):format(input.name, range(input), cell(input.doc))
    end
    out[#out + 1] = ""
  end
end

local function trend_section(out)
  out[#out + 1] = "### `aw.trend.…(series, { window })`\n\nWhat a series does: pure functions of the list that `p:read` and `f:read` give, in "
    .. "whatever order. "
    .. "Readings that are no numbers (\"<0.1\", \"阳性\") are passed over, and how many there were is a second value, when there were any; "
    .. "only `missing` counts them: they were measured. Of one moment the one recorded last counts.\n"
  out[#out + 1] = "| function | says | gives |\n|---|---|---|"
  for _, one in ipairs(trend.calls) do out[#out + 1] = ("| `%s` | %s | %s |"):format(one[1], cell(one[2]), cell(one[3])) end
  out[#out + 1] = ""
  key_table(out, trend.options)
end

local function model_section(out)
  out[#out + 1] = ("### `aw.model \"FILE\"`\n\n%s. FILE is a %s:\n"):format(model.doc:gsub("^%l", string.upper), model.file)
  out[#out + 1] = model.example
end

local function reference()
  local out = { "## Reference: declarations\n" }
  for _, kind in ipairs(api.kind_order) do
    out[#out + 1] = ("### `aw.%s`\n\n%s.\n"):format(kind, api.kinds[kind].doc:gsub("^%l", string.upper))
    key_table(out, api.kinds[kind].keys)
  end
  plan_section(out)
  phrases_section(out)
  trend_section(out)
  scores_section(out)
  model_section(out)
  out[#out + 1] = "### Tables within declarations\n"
  for _, name in ipairs(sorted(api.records)) do
    out[#out + 1] = ("#### %s\n"):format(name)
    key_table(out, api.records[name])
  end
  out[#out + 1] = "### Items of a form\n"
  for _, kind in ipairs(sorted(api.items)) do
    out[#out + 1] = ("#### kind = \"%s\"\n"):format(kind)
    key_table(out, api.items[kind])
  end
  out[#out + 1] = "## Reference: calls in a run\n"
  for _, name in ipairs(sorted(api.run)) do call_section(out, name, api.run[name]) end
  out[#out + 1] = "### Fields\n"
  fields_line(out, "p", api.fields)
  fields_line(out, "f", api.facts.fields)
  fields_line(out, "an answer, beside its items", api.answer)
  fields_line(out, "the patient", api.fields.patient)
  words_line(out, "calls of f", api.facts.calls)
  words_line(out, "calls of an event", api.facts.event_calls)
  out[#out + 1] = "\n### Words\n"
  words_line(out, "events", api.events)
  words_line(out, "outcomes", api.outcomes)
  words_line(out, "channels", api.channels)
  words_line(out, "message classes", api.classes)
  words_line(out, "anchors", api.anchors)
  words_line(out, "calendars that are there", api.builtin_calendars)
  words_line(out, "placeholders of templates", api.placeholders.words)
  words_line(out, "and fields of", api.placeholders.roots)
  local codes, units = {}, {}
  for i, code in ipairs(api.result_codes) do codes[i] = ("`%s` %s"):format(code[1], code[2]) end
  out[#out + 1] = "- **task results**: " .. table.concat(codes, ", ")
  for i, code in ipairs(sorted(api.observations)) do units[i] = ("`%s` %s"):format(code, api.observations[code]) end
  out[#out + 1] = "- **observations and their units**: " .. table.concat(units, ", ")
  out[#out + 1] = "\n### What scripts find around themselves\n"
  local plain = {}
  for _, name in ipairs(sorted(api.environment)) do
    local names = api.environment[name]
    if names == true then plain[#plain + 1] = name else words_line(out, name, names) end
  end
  words_line(out, "plain functions", plain)
  out[#out + 1] = "\n## Reference: findings\n\nWhat loading and `afterward check` can say; a warning can be accepted in place.\n"
  out[#out + 1] = "| code | severity | meaning |\n|---|---|---|"
  for _, entry in ipairs(findings.list) do
    out[#out + 1] = ("| `%s` | %s | %s |"):format(entry.code, entry.severity, entry.doc)
  end
  return table.concat(out, "\n") .. "\n"
end

local function manual()
  local text = read "docs/scripting.md"
  local at = text:find(MARK, 1, true)
  return (at and text:sub(1, at - 1) or text) .. MARK .. "\n" .. reference()
end

-- Types for editors -------------------------------------------------------------------------------------------------

local LUALS = {
  id = "string", word = "string", text = "afterward.Text", string = "string", hours = "string", span = "string", times = "string",
  time = "integer", zone = "string", boolean = "boolean", field = "string", url = "string", color = "string", number = "number",
  count = "integer", event = "string", step = "afterward.Declaration", watch = "afterward.Declaration", options = "table[]",
  role = "string", rung = "(string|afterward.rung_keys)", table = "table", scalar = "string|number|boolean",
  wording = "string|number|boolean|table", value = "any", any = "any", task = "string",
  weekly = "table<string, string>", ["function"] = "function",
}
local FUNCTIONS = {                                 -- kind.key → what the engine calls it with
  ["step.run"] = "fun(p: afterward.Run)", ["watch.run"] = "fun(p: afterward.Run, flag: any)",
  ["job.run"] = "fun(j: afterward.Run)", ["rule.run"] = "fun(a: afterward.Answer, ...: any): any", ["watch.where"] = "fun(f: afterward.Facts): any",
  ["pathway.tier"] = "fun(f: afterward.Facts): string?", ["enroll.where"] = "fun(f: afterward.Facts): any",
  ["item.when"] = "fun(a: table<string, any>): any",
}
local RETURNS = {
  ["answer | nil, why"] = { "afterward.Answer? answer", "string? why" }, ["task id"] = { "string id" },
  ["late | event | { code, answer, note, by, to } | nil, why"] = { "any", "string? why" }, ["ms | nil, why"] = { "integer? ms", "string? why" },
  nothing = {}, ["list of { code, value, at, day }"] = { "table[]" }, ["its value"] = { "any" }, ["value | nil"] = { "any" },
  number = { "number" }, ms = { "integer" }, boolean = { "boolean" },
  ["span | nil, \"closed\" | nil, \"unknown\""] = { "string? span", "string? why" },
}

local function luals_type(type_name, place)
  if FUNCTIONS[place] then return FUNCTIONS[place] end
  local parts = {}
  for part in type_name:gmatch "[^|]+" do
    local inner, of, names = part:match "^list of (.*)$", part:match "^map of (.*)$", part:match "^one:(.*)$"
    parts[#parts + 1] = inner and luals_type(inner) .. "[]" or of and ("table<string, %s>"):format(luals_type(of))
      or names and '"' .. names:gsub(",", '"|"') .. '"' or part:find "^ref:" and "string"
      or part:match "^record:(.*)$" and "afterward." .. part:match "^record:(.*)$" .. "_keys" or LUALS[part] or "any"
  end
  return table.concat(parts, "|")
end

local function class(out, name, keys, place)
  out[#out + 1] = ("---@class %s"):format(name)
  for _, key in ipairs(keys) do
    out[#out + 1] = ("---@field %s%s %s %s"):format(key.name, key.required and "" or "?",
      luals_type(key.type, place .. "." .. key.name), meaning(key):gsub("^%*%*needed%*%* ", ""))
  end
  if place == "form" then out[#out + 1] = "---@field [integer] table an item: { id, kind, zh, … }" end
  out[#out + 1] = ""
end

local function luals_call(out, owner, name, call)
  local names = {}
  out[#out + 1] = ("---%s"):format(call.doc:gsub("^%l", string.upper))
  for i, param in ipairs(call.params) do
    names[i] = param.more and "..." or param.name
    local of = param.keys and ("afterward.%s_%s"):format(name, param.name) or luals_type(param.type)
    out[#out + 1] = ("---@param %s%s %s %s"):format(names[i], (param.required or param.more) and "" or "?", of, param.doc)
  end
  for _, given in ipairs(RETURNS[call.returns] or { "any" }) do out[#out + 1] = "---@return " .. given end
  out[#out + 1] = ("function %s:%s(%s) end\n"):format(owner, name, table.concat(names, ", "))
end

local function luals_fields(out, name, fields, also)
  out[#out + 1] = ("---@class %s"):format(name)
  for _, field in ipairs(sorted(fields)) do
    local doc = fields[field]
    local of = type(doc) == "table" and "afterward.Patient" or field == "event" and "afterward.Event" or "any"
    out[#out + 1] = ("---@field %s %s%s"):format(field, of, type(doc) == "string" and " " .. doc or "")
  end
  if also then out[#out + 1] = also end
end

local function types()
  local out = { "---@meta afterward", "-- Written by ./dev docs from engine/script/api.lua. For editors with lua-language-server.",
    "-- luacheck: ignore", "", "---@alias afterward.Text string|{ zh: string, en?: string }", "---@class afterward.Declaration", "" }
  luals_fields(out, "afterward.Patient", api.fields.patient)
  luals_fields(out, "afterward.Event", { kind = "of event", at = "ms", value = "of an observation" },
    "---@field [string] any")
  luals_fields(out, "afterward.Answer", api.answer, "---@field [string] any an item, by its id")
  out[#out + 1] = ""
  for _, name in ipairs(sorted(api.records)) do class(out, ("afterward.%s_keys"):format(name), api.records[name], name) end
  for _, kind in ipairs(api.kind_order) do class(out, ("afterward.%s_keys"):format(kind), api.kinds[kind].keys, kind) end
  for _, name in ipairs(sorted(api.run)) do
    for _, param in ipairs(api.run[name].params) do
      if param.keys then class(out, ("afterward.%s_%s"):format(name, param.name), param.keys, name) end
    end
  end
  luals_fields(out, "afterward.Run", api.fields, "---@field flag any what a watch's where gave")
  out[#out + 1] = "local Run = {}\n"
  for _, name in ipairs(sorted(api.run)) do luals_call(out, "Run", name, api.run[name]) end
  luals_fields(out, "afterward.Facts", api.facts.fields)
  out[#out + 1] = "local Facts = {}\n"
  for _, name in ipairs(api.facts.calls) do luals_call(out, "Facts", name, api.run[name]) end
  out[#out + 1] = "---@class afterward.Event\nlocal Event = {}\n"
  for _, name in ipairs(api.facts.event_calls) do
    out[#out + 1] = ("---True when a code begins with one of these, or a name contains one.\n---@param ... string\n"
      .. "---@return boolean\nfunction Event:%s(...) end\n"):format(name)
  end
  out[#out + 1] = "local aw = {}\n"
  for _, kind in ipairs(api.kind_order) do
    out[#out + 1] = ("---%s\n---@param keys afterward.%s_keys\n---@return afterward.Declaration\nfunction aw.%s(keys) end\n")
      :format(api.kinds[kind].doc:gsub("^%l", string.upper), kind, kind)
  end
  out[#out + 1] = ("---%s\n---@param file string %s\n---@return afterward.Declaration[]\nfunction aw.plan(file) end\n")
    :format(api.plan.doc:gsub("^%l", string.upper), api.plan.file)
  out[#out + 1] = "---@class afterward.Heard"
  for _, pair in ipairs(api.phrases.result) do
    local type = ({ class = "string?", doubt = "string?", weight = "number" })[pair[1]] or "string[]"
    out[#out + 1] = ("---@field %s %s %s"):format(pair[1], type, pair[2])
  end
  out[#out + 1] = ("\n---%s\n---@param ... string %s\n---@return fun(text?: string): afterward.Heard\nfunction aw.phrases(...) end\n")
    :format(api.phrases.doc:gsub("^%l", string.upper), api.phrases.file)
  out[#out + 1] = ("---%s\n---@param file string %s\n---@return fun(inputs: table<string, any>): afterward.keep_result\n"
    .. "function aw.model(file) end\n")
    :format(model.doc:gsub("^%l", string.upper), model.file)
  class(out, "afterward.trend_options", trend.options, "trend")
  out[#out + 1] = "aw.trend = {}"
  for _, one in ipairs(trend.calls) do
    out[#out + 1] = ("---%s. Gives %s.\n---@param series table[]\n---@param options? afterward.trend_options\n"
      .. "function aw.trend.%s(series, options) end")
      :format(one[2]:gsub("^%l", string.upper), one[3], one[1])
  end
  out[#out + 1] = "aw.score = {}"
  for _, id in ipairs(score_order) do
    out[#out + 1] = ("---@class afterward.score_%s"):format(id)
    for _, input in ipairs(scores[id].inputs) do
      out[#out + 1] = ("---@field %s? %s %s"):format(input.name, ({ boolean = "boolean", number = "number" })[input.kind] or "string", input.doc)
    end
    if scores[id].rest then out[#out + 1] = "---@field rest? false every factor not named is known to be absent" end
    out[#out + 1] = ("---%s\n---@param inputs afterward.score_%s\n---@return afterward.keep_result\nfunction aw.score.%s(inputs) end")
      :format(scores[id].source, id, id)
  end
  out[#out + 1] = "return aw\n"
  return table.concat(out, "\n")
end

-- The luacheck standard ---------------------------------------------------------------------------------------------

local function standard()
  local out = { "-- Written by ./dev docs from engine/script/api.lua. In a .luacheckrc:",
    "--   stds.afterward = dofile \"/usr/share/afterward/editor/afterward.luacheckrc\"",
    "--   files[\"scripts\"] = { std = \"afterward\" }", "return {", "  read_globals = {" }
  for _, name in ipairs(sorted(api.environment)) do
    local names = api.environment[name]
    if names == true then
      out[#out + 1] = ("    %s = {},"):format(name)
    else
      out[#out + 1] = ("    %s = { fields = { \"%s\" } },"):format(name, table.concat(names, '", "'))
    end
  end
  out[#out + 1] = "  },\n}\n"
  return table.concat(out, "\n")
end

local outputs = {
  ["docs/scripting.md"] = manual, ["docs/editor/afterward.lua"] = types, ["docs/editor/afterward.luacheckrc"] = standard,
}

if ... == "outputs" then return outputs end
for _, path in ipairs(sorted(outputs)) do
  local file <close> = assert(io.open(path, "r+") or io.open(path, "w"))
  local text, before = outputs[path](), file:read "a"
  if text ~= before then
    file:close()
    local out <close> = assert(io.open(path, "w"))
    out:write(text)
    print("wrote " .. path)
  end
end
