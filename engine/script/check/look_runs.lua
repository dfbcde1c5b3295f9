-- What a run does that will not go as it reads: state in top-level variables, days of waiting
-- in a loop, an answer used that may never come, words after the end, two tasks of one id.
local host, use = ...
local words = use "words.lua"

local DAY, CHANGES = 24 * 3600 * 1000, { insert = true, remove = true, sort = true, move = true }

local function root_of(node)                        -- the variable at the bottom of a.b.c
  while node.kind == "index" or node.kind == "paren" do node = node.object or node.inner end
  return node.kind == "name" and node.variable or nil
end

-- Declared outside of everything that runs later: it is one for all patients, and frozen.
local function outer(variable, world)
  return variable and not world.infer.reached[variable.fn] and variable.what ~= "parameter" and variable.what ~= "for"
end

local function check_outer(file, world)
  local function tell(variable, at)
    world.report("outer-variable", file, at, ("%s stands outside of the run, for all patients, and is read-only there: "
      .. "keep state with p:set, or declare it inside"):format(words.quote(variable.name)))
  end
  for _, variable in ipairs(file.variables) do
    for _, set in ipairs(variable.sets) do
      if world.infer.reached[set.fn] and outer(variable, world) then tell(variable, set.at) end
    end
  end
  for _, store in ipairs(file.stores) do
    local variable = root_of(store.target)
    if world.infer.reached[store.fn] and outer(variable, world) then tell(variable, store.at) end
  end
  for _, call in ipairs(file.calls) do
    local callee, first = call.callee, call.arguments[1]
    if callee and callee.kind == "index" and callee.object.kind == "name" and callee.object.name == "table"
      and CHANGES[callee.key.value] and first and world.infer.reached[call.fn] then
      local variable = root_of(first)
      if outer(variable, world) then tell(variable, first.at) end
    end
  end
end

local function is_call(node, name, file, world)
  if not node or node.kind ~= "method" or node.name ~= name then return false end
  local object = world.infer:type_of(node.object, file)
  return object ~= nil and object.kind == "run"
end

local function loop_of(call, endless)               -- the loop around it, within its function
  local block = call.block
  while block and block.fn == call.fn do
    if block.loop and not (endless and block.loop == "for") then return block end
    block = block.up
  end
end

local function option(call, name)
  local options = call.arguments[2]
  for _, item in ipairs(options and options.kind == "table" and options.items or {}) do
    if item.name == name then return item.value end
  end
end

local function is_days(node)
  local ms = node and node.kind == "string" and host.span(node.value)
  return ms and ms >= DAY
end

local function check_loops(file, world)
  for _, call in ipairs(file.calls) do
    local waits = is_call(call, "wait", file, world) and loop_of(call) and is_days(call.arguments[1])
    local asks = is_call(call, "ask", file, world) and loop_of(call, true) and is_days(option(call, "within"))
    if waits or asks then
      world.report("day-loop", file, call.name_at, "days of waiting in a loop: an edit can't reach a run that has begun. "
        .. "Let the step have every = … (and count or to), one occurrence a time")
    end
  end
end

-- A statement after one that never comes back.
local function check_ends(file, world)
  for _, block in ipairs(file.blocks) do
    for i, statement in ipairs(block.list or {}) do
      local call, after = statement.call, block.list[i + 1]
      local ends = call and after and (is_call(call, "stop", file, world)
        or call.kind == "call" and call.callee.kind == "name" and call.callee.name == "error" and not call.callee.variable)
      if ends then
        world.report("unreachable", file, after.at, ("nothing runs after %s: move this before it, or remove it")
          :format(call.kind == "method" and "p:stop, which ends the run" or "error"))
        break
      end
    end
  end
end

-- Variables that get results of the same calls, such as `why` beside `a`.
local function tested_beside(variable, file)
  if not file.by_call then
    file.by_call = {}
    for _, other in ipairs(file.variables) do
      for _, value in ipairs(other.values) do
        if value.node and value.result > 1 then
          file.by_call[value.node] = file.by_call[value.node] or {}
          table.insert(file.by_call[value.node], other)
        end
      end
    end
  end
  local first
  for _, value in ipairs(variable.values) do
    for _, other in ipairs(value.node and file.by_call[value.node] or {}) do
      if other.tested then first = math.min(first or other.tested, other.tested) end
    end
  end
  return first
end

local function check_answers(file, world)
  local told = {}
  for _, node in ipairs(file.indexes) do
    local object = node.object
    local found = (object.kind == "name" or object.kind == "method") and world.infer:type_of(object, file)
    if found and found.maybe then
      local variable = object.variable
      local tested = variable and math.min(variable.tested or math.huge, tested_beside(variable, file) or math.huge)
      if not variable or tested > node.at and not told[variable] then
        told[variable or node] = true
        world.report("unchecked-answer", file, node.at, found.kind == "answer"
          and "whoever stays silent gives no answer, only nil and why: test it first, as in `if a then`"
          or "what does not happen in time gives nil: test it first")
      end
    end
  end
end

-- Tasks with one id: the second joins the first while that is open.

local function chain(block, fn)
  local list = {}
  while block and block.fn == fn do
    table.insert(list, 1, block)
    block = block.up
  end
  return list
end

local function one_or_other(a, b)                   -- never both in one pass
  local first, second = chain(a.block, a.fn), chain(b.block, b.fn)
  local i = 1
  while first[i] and first[i] == second[i] do i = i + 1 end
  if first[i] and second[i] and first[i].fork and first[i].fork == second[i].fork then return true end
  for j = i, #first do
    if first[j].leaves then return true end
  end
  return false
end

local function literal(call, name)
  local first = call.arguments[1]
  for _, item in ipairs(first and first.kind == "table" and first.items or {}) do
    if item.name == name and item.value.kind == "string" then return item.value.value end
  end
end

local function check_tasks(file, world)
  for _, fn in ipairs(file.functions) do
    local seen = {}
    for _, call in ipairs(fn.calls) do
      local id = is_call(call, "task", file, world) and literal(call, "id")
      local before = id and seen[id]
      if before and not one_or_other(before, call)
        and (literal(before, "role") ~= literal(call, "role") or literal(before, "form") ~= literal(call, "form")) then
        world.report("twice-used", file, call.name_at, ("task %s is already given on line %d: while that is open this one "
          .. "joins it and changes nothing; take another id"):format(words.quote(id), (file:place(before.at))))
      end
      if id then seen[id] = call end
    end
  end
end

return function(world)
  for _, path in ipairs(world.paths) do
    local file = world.files[path]
    if file.main then
      check_outer(file, world)
      check_loops(file, world)
      check_ends(file, world)
      check_answers(file, world)
      check_tasks(file, world)
    end
  end
end
