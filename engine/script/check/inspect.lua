-- Looks through the scripts of a department without running them: what would run, and probably
-- not as it was meant. Called once with what loading gave:
--   definitions, places (names of functions, each with where it begins), problems, loaded.
-- Gives all problems, those of loading among them, with acceptances applied.
local host, use = ...
local words = use "words.lua"
local findings = use "findings.lua"
local cut = use "tokens.lua"
local parse = use "parse.lua"
local infer = use "infer.lua"
local accept = use "accept.lua"

local LOOKS = { "look_names.lua", "look_runs.lua", "look_calls.lua", "look_rungs.lua", "look_clocks.lua",
  "look_ids.lua", "look_texts.lua", "look_rules.lua" }

local File = {}
File.__index = File

-- Line and column of a byte.
function File:place(at)
  local low, high = 1, #self.starts
  while low < high do
    local middle = (low + high + 1) // 2
    if self.starts[middle] <= at then low = middle else high = middle - 1 end
  end
  return low, at - self.starts[low] + 1
end

function File:line_text(line)
  local from = self.starts[line]
  return from and self.text:sub(from, (self.starts[line + 1] or #self.text + 2) - 2) or ""
end

-- Where a declaration begins on its line; else the line's first character.
function File:column_of(line)
  local text = self:line_text(line)
  return text:find "aw%.%l+" or text:find "%S" or 1
end

local function read(path)
  local file = setmetatable({ path = path, text = host.text(path), starts = { 1 } }, File)
  for at in file.text:gmatch "\n()" do file.starts[#file.starts + 1] = at end
  file.tokens = cut(file.text)
  file.remarks = file.tokens.remarks
  local good, tree = pcall(parse, file.tokens)
  if good then
    for name, value in pairs(tree) do file[name] = value end
  end
  return file
end

local function new_world(given)
  local world = { files = {}, paths = {}, definitions = given.definitions, loaded = given.loaded,
    department = host.department, problems = {} }
  for _, path in ipairs(host.paths) do
    if path:find "%.lua$" then
      world.paths[#world.paths + 1] = path
      world.files[path] = read(path)
    end
  end
  local function add(code, path, line, column, message)
    local list = world.problems
    list[#list + 1] = { file = path, line = line, column = column, code = code, message = message,
      warning = findings.of[code].severity == "warning", order = #list }
  end
  function world.report(code, file, at, message)
    local line, column = file:place(at)
    add(code, file.path, line, column, message)
  end
  function world.report_at(code, place, message)
    local file = world.files[place.file]
    add(code, place.file, place.line, file and file:column_of(place.line) or 1, message)
  end
  function world.each(fn)                           -- (kind, id, definition), in order
    for _, kind in ipairs(words.keys(world.definitions)) do
      for _, id in ipairs(words.keys(world.definitions[kind])) do fn(kind, id, world.definitions[kind][id]) end
    end
  end
  -- (call, file, object): the calls x:name(…) of all files; object is what x is, as infer.lua says, nil when not known.
  function world.each_call(fn)
    for _, path in ipairs(world.paths) do
      local file = world.files[path]
      for _, call in ipairs(file.calls or {}) do
        if call.kind == "method" then fn(call, file, world.infer:type_of(call.object, file)) end
      end
    end
  end
  return world
end

-- "step/way/first/run" as { kind, id, which }.
local function split(places)
  local list = {}
  for _, name in ipairs(words.keys(places)) do
    local place = places[name]
    place.name, place.kind, place.id = name, name:match "^([^/]+)/([^/]*)"
    place.which, place.item = name:match "[^/.]+$", name:match "^form/[^/]+/([^/]+)/when$"
    list[#list + 1] = place
  end
  return list
end

-- The key of a table, or of a table in it, but not of a declaration within.
local function find_key(node, name)
  for _, item in ipairs(node.items) do
    if item.name == name then return item end
  end
  for _, item in ipairs(node.items) do
    local found = item.value.kind == "table" and find_key(item.value, name)
    if found then return found end
  end
end

-- The only table handed to a call that begins on a line.
local function declared_on(file, line)
  local only
  for _, call in ipairs(file.calls or {}) do
    local given = call.kind == "call" and file:place(call.at) == line and call.arguments[1]
    if given and given.kind == "table" then
      if only then return nil end
      only = given
    end
  end
  return only
end

-- Loading knows the line of a declaration; what it says of a key stands where the key does.
local function put_in_place(problem, file)
  local given = problem.key and declared_on(file, problem.line)
  local item = given and find_key(given, problem.key)
  if item then
    problem.line, problem.column = file:place(item.at)
  else
    problem.column = file:column_of(problem.line)
  end
end

local function take_over(world, problems)           -- the problems of loading
  for _, problem in ipairs(problems) do
    local file = world.files[problem.file]
    if problem.column == 0 and file and problem.line > 0 then put_in_place(problem, file) end
    problem.order = #world.problems
    world.problems[#world.problems + 1] = problem
  end
end

local function in_order(a, b)
  if a.file ~= b.file then return a.file < b.file end
  if a.line ~= b.line then return a.line < b.line end
  if a.column ~= b.column then return a.column < b.column end
  return a.order < b.order
end

return function(given)
  local world = new_world(given)
  take_over(world, given.problems)
  world.infer = infer(world.files, split(given.places), world.definitions, world.paths)
  for _, look in ipairs(LOOKS) do use(look)(world) end
  for _, path in ipairs(world.paths) do world.files[path].accepted = accept.read(world.files[path], world.report) end
  accept.apply(world.problems, world.files, world.report, world.loaded)
  table.sort(world.problems, in_order)
  return world.problems
end
