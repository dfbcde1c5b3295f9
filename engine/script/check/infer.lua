-- What the names in scripts stand for, as far as the text alone tells: p, f, an answer, a
-- module, a function. Knows nothing that has to be run, so it says nothing rather than guess.
--
-- A type is a table with kind: run facts answer (forms: set of ids, or rule; before: the item
-- that is asked next; maybe: it may be nil) aw library (name) module (file) function (fn) text;
-- or nil, not known.
local host = ...

local Infer = {}
Infer.__index = Infer

-- The file that `require` finds from this one, as the loader does.
function Infer:resolve(name, from)
  local plain = name:gsub("%.", "/") .. ".lua"
  for _, path in ipairs { (from.path:match "^[^/]+" or "") .. "/" .. plain, plain } do
    if self.files[path] then return self.files[path] end
  end
end

local function required(node)                       -- require "x" → "x"
  if node.kind ~= "call" or node.callee.kind ~= "name" or node.callee.name ~= "require" or node.callee.variable then
    return nil
  end
  local name = node.arguments[1]
  return name and name.kind == "string" and name.value
end

-- The table of functions that a module returns: { names = set, of = name → node }, or nil when
-- more is done to it than the text shows.
local function members_of(file)
  local last = file.main.returns[1]
  local node = last and #file.main.returns == 1 and last.values[1]
  local variable = node and node.kind == "name" and node.variable
  if not variable or #variable.sets > 0 then return nil end
  local made = variable.values[1] and variable.values[1].node
  if not made or made.kind ~= "table" then return nil end
  local members = { names = {}, of = {} }
  local function add(name, value)
    if not name then return false end
    members.names[name], members.of[name] = true, not members.names[name] and value or nil
    return true
  end
  for _, item in ipairs(made.items) do
    if not add(item.name, item.value) then return nil end
  end
  for _, store in ipairs(file.stores) do
    local target = store.target
    if target.object.kind == "name" and target.object.variable == variable
      and not add(target.key.kind == "string" and target.key.value, store.value) then return nil end
  end
  for _, call in ipairs(file.calls) do              -- setmetatable(t, …), fill(t): may hold anything
    for _, argument in ipairs(call.arguments) do
      if argument.kind == "name" and argument.variable == variable then return nil end
    end
  end
  return members
end

function Infer:members(file)
  if file.members == nil then file.members = file.main and members_of(file) or false end
  return file.members or nil
end

function Infer:member(file, name)
  local members = self:members(file)
  return members and members.of[name] and self:type_of(members.of[name], file)
end

local function merged(a, b)
  if a.kind ~= b.kind then return nil end
  if a.kind == "answer" and a.forms and b.forms then
    local forms = {}
    for _, set in ipairs { a.forms, b.forms } do
      for id in pairs(set) do forms[id] = true end
    end
    return { kind = "answer", forms = forms, maybe = a.maybe or b.maybe }
  end
  if a.kind == "answer" and a.rule and a.rule == b.rule then return a end
  if a.kind == "run" or a.kind == "facts" or a.kind == "aw" then return a end
  if a.kind == "function" and a.fn == b.fn then return a end
  return nil
end

function Infer:type_of_variable(variable, file)
  if variable.role ~= nil then return variable.role or nil end
  if variable.looking or variable.what == "parameter" or variable.what == "for" then return nil end
  variable.looking = true
  local found
  for i, value in ipairs(variable.values) do
    local one = value.node and value.result == 1 and self:type_of(value.node, file)
    found = i == 1 and one or found and one and merged(found, one)
    if not found then break end
  end
  variable.looking = nil
  return found or nil
end

local function index(self, node, file)
  local object = self:type_of(node.object, file)
  if not object or node.key.kind ~= "string" then return nil end
  if object.kind == "module" then return self:member(object.file, node.key.value) end
  if (object.kind == "run" or object.kind == "facts") and node.key.value == "patient" then return { kind = "patient" } end
  return nil
end

-- What p:ask and its kin give.
local function given(self, node, file)
  local object = self:type_of(node.object, file)
  if not object or object.kind ~= "run" then return nil end
  local first = node.arguments[1]
  if node.name == "ask" and first and first.kind == "string" then
    return { kind = "answer", forms = { [first.value] = true }, maybe = true }
  elseif node.name == "wait" and first and first.kind == "string" and node.arguments[2] then
    return { kind = "event", maybe = true }
  end
end

function Infer:type_of(node, file)
  local kind = node.kind
  if kind == "name" then
    if node.variable then return self:type_of_variable(node.variable, file) end
    return host.globals[node.name] and { kind = "library", name = node.name } or nil
  elseif kind == "string" then
    return { kind = "text" }
  elseif kind == "function" then
    return { kind = "function", fn = node, file = file }
  elseif kind == "paren" then
    return self:type_of(node.inner, file)
  elseif kind == "index" then
    return index(self, node, file)
  elseif kind == "method" then
    return given(self, node, file)
  end
  local name = kind == "call" and required(node)
  if name == "afterward" then return { kind = "aw" } end
  local module = name and self:resolve(name, file)
  if not module or not module.main then return nil end
  local last = module.main.returns[1]
  local value = last and last.values[1]
  if value and value.kind == "function" then return self:type_of(value, module) end
  return { kind = "module", file = module }
end

-- The function that a call calls, and the file it stands in.
function Infer:callee(call, file)
  local found
  if call.kind == "call" then
    found = self:type_of(call.callee, file)
  else
    local object = self:type_of(call.object, file)
    found = object and object.kind == "module" and self:member(object.file, call.name)
  end
  if found and found.kind == "function" then return found.fn, found.file end
end

-- Gives a parameter what it is called with. True when that is news.
local function give(variable, role)
  if not variable or variable.role == false then return false end
  local before = variable.role
  if before == nil then
    variable.role = role
    return true
  end
  local both = merged(before, role)
  variable.role = both or false
  if not both then return true end
  if both.forms then
    for id in pairs(both.forms) do
      if not before.forms[id] then return true end
    end
  end
  variable.role = before
  return false
end

local PASSED = { run = true, facts = true, answer = true }

function Infer:pass_on(file)
  local news = false
  for _, call in ipairs(file.calls) do
    local fn = self:callee(call, file)
    local shift = fn and call.kind == "method" and 1 or 0
    for i, argument in ipairs(fn and call.arguments or {}) do
      local role = self:type_of(argument, file)
      if role and role.maybe then role = { kind = role.kind, forms = role.forms } end
      if role and PASSED[role.kind] then news = give(fn.parameters[i + shift], role) or news end
    end
  end
  return news
end

-- The functions of a file by the line where they begin.
local function by_line(file)
  if file.by_line then return file.by_line end
  file.by_line = {}
  for _, fn in ipairs(file.functions) do
    local line = file:place(fn.at)
    file.by_line[line] = file.by_line[line] or {}
    table.insert(file.by_line[line], fn)
  end
  return file.by_line
end

-- The function that a declaration keeps; of several on one line, the one under that key.
local function find_function(place, files)
  local file = files[place.file]
  local list = file and file.main and by_line(file)[place.line]
  if not list then return nil end
  if #list == 1 then return list[1], file end
  local found
  for _, fn in ipairs(list) do
    if fn.name == place.which then
      if found then return nil end
      found = fn
    end
  end
  return found, file
end

-- What a declared function's parameters are.
local function roles_of(place, definitions)
  local RUN, FACTS = { kind = "run" }, { kind = "facts" }
  if place.kind == "rule" then
    local rule = definitions.rule[place.id]
    if rule and #rule.fields > 0 then return { { kind = "answer", rule = place.id } } end
    return {}
  elseif place.kind == "form" then
    return { { kind = "answer", forms = { [place.id] = true }, before = place.item } }
  elseif place.which == "run" then
    RUN.job = place.kind == "job"
    return { RUN }
  end
  return { FACTS }
end

local function reach(self, fn, file, reached)
  if reached[fn] then return end
  reached[fn] = file
  for _, inner in ipairs(fn.inner) do reach(self, inner, file, reached) end
  for _, call in ipairs(fn.calls) do
    local callee, where = self:callee(call, file)
    if callee then reach(self, callee, where, reached) end
    for _, argument in ipairs(call.arguments) do
      local passed = self:type_of(argument, file)
      if passed and passed.kind == "function" then reach(self, passed.fn, passed.file, reached) end
    end
  end
end

-- Each function knows what stands in it, and the key or name that it was given.
local function index_functions(file)
  file.main.calls, file.main.inner = {}, {}
  for _, fn in ipairs(file.functions) do fn.calls, fn.inner = {}, {} end
  for _, fn in ipairs(file.functions) do table.insert(fn.fn.inner, fn) end
  for _, call in ipairs(file.calls) do table.insert(call.fn.calls, call) end
end

-- files: path → file (with main when it could be read); places: where each declared function
-- begins, { kind, id, which, file, line }; definitions as the bundle keeps them.
return function(files, places, definitions, paths)
  local self = setmetatable({ files = files, reached = {}, roots = {} }, Infer)
  for _, path in ipairs(paths) do
    if files[path].main then index_functions(files[path]) end
  end
  for _, place in ipairs(places) do
    local fn, file = find_function(place, files)
    if fn then
      table.insert(self.roots, { fn = fn, file = file, place = place })
      for i, role in ipairs(roles_of(place, definitions)) do give(fn.parameters[i], role) end
    end
  end
  for _ = 1, 8 do                                   -- as deep as helpers call helpers
    local news = false
    for _, path in ipairs(paths) do
      if files[path].main then news = self:pass_on(files[path]) or news end
    end
    if not news then break end
  end
  for _, root in ipairs(self.roots) do reach(self, root.fn, root.file, self.reached) end
  return self
end
