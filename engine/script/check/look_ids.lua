-- Ids that scripts name: forms, templates, levels, posts, keys of state; and what nothing names.
local host, use = ...
local words = use "words.lua"

local NAMES = { ask = "form", silences = "form", send = "template", rule = "rule" }
local OWN = { id = true, observe = true, kind = true, unit = true, class = true, level = true }

local function is_run(object) return object and (object.kind == "run" or object.kind == "facts") end  -- p or f

local function check_id(call, kind, node, world, file)
  if not node or node.kind ~= "string" then return end
  local known = words.keys(world.definitions[kind] or {})
  if words.set(known)[node.value] then return end
  world.report("unknown-id", file, node.at, ("%s names %s %s: no such %s%s"):format(call.name, kind,
    words.quote(node.value), kind, words.hint(node.value, known)))
end

local function check_level(node, world, file)
  local department = (world.definitions.department or {})[host.department]
  local levels = department and department.alerts and words.keys(department.alerts)
  if node.kind ~= "string" or not levels or words.set(levels)[node.value] then return end
  world.report("unrouted-level", file, node.at, ("alert has level %s, which the department's alerts don't route: the "
    .. "site's ladder takes it%s"):format(words.quote(node.value), words.hint(node.value, levels)))
end

-- A post that is nearly a roster's is a slip of the pen.
local function check_role(node, world, file)
  local near = node.kind == "string" and not world.posts[node.value] and words.nearest(node.value, words.keys(world.posts))
  if near then
    world.report("unknown-role", file, node.at, ("task is for %s, which has no roster; did you mean %s?")
      :format(words.quote(node.value), words.quote(near)))
  end
end

local function check_names(call, world, file)
  local first = call.arguments[1]
  if NAMES[call.name] then check_id(call, NAMES[call.name], first, world, file) end
  if not first or first.kind ~= "table" then return end
  for _, item in ipairs(first.items) do
    if call.name == "task" and item.name == "form" then check_id(call, "form", item.value, world, file) end
    if call.name == "task" and item.name == "role" then check_role(item.value, world, file) end
    if call.name == "alert" and item.name == "level" then check_level(item.value, world, file) end
  end
end

local function collect_posts(world)
  world.posts = {}
  for role, roster in pairs(world.definitions.roster or {}) do
    world.posts[role] = true
    for _, backup in ipairs(roster.backup or {}) do world.posts[backup] = true end
  end
end

-- State that is asked for and that nothing keeps: only when every p:set says its key.
local function check_state(world)
  local set, gets, all_known = {}, {}, true
  world.each_call(function(call, file, object)
    local first = call.arguments[1]
    if first and call.name == "set" then
      all_known = all_known and first.kind == "string"
      if first.kind == "string" then set[first.value] = true end
    elseif first and call.name == "get" and first.kind == "string" and is_run(object) then
      gets[#gets + 1] = { file, first }
    end
  end)
  for _, get in ipairs(all_known and gets or {}) do
    local file, node = get[1], get[2]
    if not set[node.value] then
      world.report("unset-state", file, node.at, ("nothing sets %s: it is always nil%s"):format(words.quote(node.value),
        words.hint(node.value, words.keys(set))))
    end
  end
end

-- The words in the tables that steps come from.
local function see_plans(world, seen)
  local function see(path)
    for word in host.text(path):gmatch "[%w-]+" do seen[word] = true end
  end
  for _, pathway in pairs(world.definitions.pathway or {}) do
    for _, step in ipairs(pathway.steps or {}) do
      if step.file:find "%.csv$" then see(step.file) end
    end
  end
end

-- An id of the department's own that stands nowhere but in its declaration.
local function check_unused(world)
  local seen = {}
  for _, path in ipairs(world.paths) do
    local file = world.files[path]
    local kinds, says = file.tokens.kinds, file.tokens.says
    for i, kind in ipairs(kinds) do
      local names = kinds[i - 1] == "=" and OWN[says[i - 2]]    -- id = "x": its own, or something else's
      if kind == "string" and not names then seen[says[i]] = true end
    end
  end
  see_plans(world, seen)
  for _, kind in ipairs { "form", "template", "rule", "escalation", "program", "calendar" } do
    for _, id in ipairs(words.keys(world.definitions[kind] or {})) do
      local definition = world.definitions[kind][id]
      if not seen[id] and not definition.file:find "^shared/" then
        world.report_at("unused", definition, ("%s %s is never used: name it where it belongs, or remove it")
          :format(kind, words.quote(id)))
      end
    end
  end
end

return function(world)
  if not world.loaded then return end
  collect_posts(world)
  -- Also of objects that are not known to be p: no other has these calls.
  world.each_call(function(call, file, object)
    if is_run(object) or not object then check_names(call, world, file) end
  end)
  check_state(world)
  check_unused(world)
end
