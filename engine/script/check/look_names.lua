-- Names that nothing stands behind: globals, fields of p, f, modules and libraries, and
-- variables and files that nobody uses.
local host, use = ...
local words = use "words.lua"
local api = use "api.lua"

local RUN_FIELDS = words.keys(api.fields)
RUN_FIELDS[#RUN_FIELDS + 1] = "flag"
local CALLS = words.keys(api.run)
local FACT_FIELDS = words.keys(api.facts.fields)
local PATIENT = words.keys(api.fields.patient)

local INSTEAD = { print = "; p:note writes into the timeline", os = "; p:now and p:time tell times",
  io = "; scripts reach no files", coroutine = "; p:wait and p:ask wait" }

local function globals(file, world)
  for _, node in ipairs(file.globals) do
    if node.set then
      world.report("set-global", file, node.at, ("%s = … sets a global, which is read-only once the files are loaded: "
        .. "write local %s"):format(node.name, node.name))
    elseif not host.globals[node.name] and not world.set_globals[node.name] then
      world.report("undefined-global", file, node.at, ("there is no %s here: it is nil%s"):format(words.quote(node.name),
        INSTEAD[node.name] or words.hint(node.name, words.keys(host.globals))))
    end
  end
end

local look = {}                                     -- kind of type → function(type, name, as method): what is wrong, its code

function look.run(run, name, method)
  if method then
    if run.job and api.run[name] and not api.run[name].in_jobs then
      return ("a job has no patient and doesn't wait: %s can't be called"):format(name)
    end
    if api.run[name] then return nil end
    return ("there is no p:%s%s"):format(name, words.hint(name, CALLS)), "unknown-call"
  elseif api.run[name] then
    return ("%s is a call: write p:%s"):format(name, name)
  elseif not words.set(RUN_FIELDS)[name] then
    return ("there is no p.%s%s"):format(name, words.hint(name, RUN_FIELDS, "there are"))
  end
end

function look.facts(_, name, method)
  if method then
    if words.set(api.facts.calls)[name] then return nil end
    if api.run[name] then return ("f has only facts: f:%s can't be called here, f has %s"):format(name,
      table.concat(api.facts.calls, ", ")) end
    return ("there is no f:%s%s"):format(name, words.hint(name, api.facts.calls, "there are")), "unknown-call"
  elseif words.set(api.facts.calls)[name] then
    return ("%s is a call: write f:%s"):format(name, name)
  elseif not words.set(FACT_FIELDS)[name] then
    return ("there is no f.%s%s"):format(name, words.hint(name, FACT_FIELDS, "there are"))
  end
end

function look.patient(_, name)
  if words.set(PATIENT)[name] then return nil end
  return ("nothing is known of a patient as %s%s"):format(words.quote(name), words.hint(name, PATIENT, "there are"))
end

function look.library(library, name)
  local names = host.globals[library.name]
  if type(names) ~= "table" or words.set(names)[name] then return nil end
  return ("there is no %s.%s%s"):format(library.name, name, words.hint(name, names))
end

function look.text(_, name, method)
  if method then return look.library({ name = "string" }, name) end
end

function look.module(module, name, _, world)
  local members = world.infer:members(module.file)
  if not members or members.names[name] then return nil end
  return ("%s has no %s%s"):format(module.file.path, name, words.hint(name, words.keys(members.names), "it has"))
end

function look.answer(answer, name, method, world)
  if method or api.answer[name] then return nil end
  local fields, of = {}, nil
  if answer.rule then
    fields, of = world.definitions.rule[answer.rule].fields, "form that names rule " .. words.quote(answer.rule)
    world.misread[answer.rule] = world.misread[answer.rule] or not words.set(fields)[name]
  else
    for _, id in ipairs(words.keys(answer.forms)) do
      local form = (world.definitions.form or {})[id]
      if not form then return nil end
      of = (of and of .. " or " or "form ") .. words.quote(id)
      for _, item in ipairs(form.items) do fields[#fields + 1] = item.id end
    end
  end
  local next_item = answer.before
  for i, id in ipairs(next_item and words.set(fields)[name] and fields or {}) do
    if id == next_item then
      table.move(fields, #fields + 1, #fields + 1 + #fields - i, i)
      if words.set(fields)[name] then return nil end
      return ("%s is not answered yet when %s is to be shown: put it before"):format(words.quote(name), words.quote(next_item))
    end
  end
  if words.set(fields)[name] then return nil end
  return ("no %s asks for %s%s"):format(of, words.quote(name), words.hint(name, fields, "there are"))
end

local function fields(file, world)
  local function one(node, name, at, method)
    local object = world.infer:type_of(node.object, file)
    local check = object and look[object.kind]
    local wrong, code
    if check then wrong, code = check(object, name, method, world) end
    if wrong then world.report(code or object.kind == "answer" and "unknown-field" or "undefined-field", file, at, wrong) end
  end
  for _, node in ipairs(file.indexes) do
    if node.key.kind == "string" and not node.set then one(node, node.key.value, node.key.at, false) end
  end
  for _, call in ipairs(file.calls) do
    if call.kind == "method" then one(call, call.name, call.name_at, true) end
  end
end

local function unused(file, world)
  for _, variable in ipairs(file.variables) do
    local first = not variable.values[1] or variable.values[1].result == 1
    if variable.reads == 0 and variable.name:sub(1, 1) ~= "_" and first
      and (variable.what == "local" or variable.what == "function") then
      world.report("unused", file, variable.at, ("%s is never used: remove it"):format(words.quote(variable.name)))
    end
  end
end

-- A file of the department's that declares nothing and that nothing requires.
local function unused_files(world)
  local wanted = {}
  for _, definitions in pairs(world.definitions) do
    for _, definition in pairs(definitions) do wanted[definition.file] = true end
  end
  for _, path in ipairs(world.paths) do
    local file = world.files[path]
    for _, call in ipairs(file.calls or {}) do
      local name = call.kind == "call" and call.callee.kind == "name" and call.callee.name == "require"
        and call.arguments[1]
      local found = name and name.kind == "string" and world.infer:resolve(name.value, file)
      if found then wanted[found.path] = true end
    end
  end
  for _, path in ipairs(world.paths) do
    if not wanted[path] and not path:find "^shared/" then
      world.report("unused", world.files[path], 1, "this file declares nothing and no other requires it: remove it")
    end
  end
end

return function(world)
  world.set_globals, world.misread = {}, {}         -- misread: rules that read what no form asks
  for _, path in ipairs(world.paths) do
    for _, node in ipairs(world.files[path].globals or {}) do
      if node.set then world.set_globals[node.name] = true end
    end
  end
  for _, path in ipairs(world.paths) do
    local file = world.files[path]
    if file.main then
      globals(file, world)
      fields(file, world)
      unused(file, world)
    end
  end
  if world.loaded then unused_files(world) end
end
