-- Calls of p and f against api.lua, as far as their arguments are written out, and ids that
-- calls name.
local host, use = ...
local words = use "words.lua"
local api = use "api.lua"

local NAMES = { ask = "form", silences = "form", send = "template", rule = "rule" }
local NOT_TEXT = { table = true, ["function"] = true, number = true, ["true"] = true, ["false"] = true }

local function known_ids(world, kind)
  local list = words.keys(world.definitions[kind] or {})
  if kind == "calendar" then
    for _, id in ipairs(api.builtin_calendars) do list[#list + 1] = id end
  end
  return list
end

local fits = {}                                     -- type → function(node, world): nil, or what is wrong

local function text(node, what)
  if NOT_TEXT[node.kind] then return "must be " .. what end
end

function fits.span(node)
  if node.kind ~= "string" then return text(node, "a time, such as \"24h\"") end
  local ms, why = host.span(node.value)
  return not ms and why or nil
end

function fits.event(node)
  if node.kind ~= "string" then return text(node, "an event") end
  if words.set(api.events)[node.value] or node.value:find "^observation:%l" then return nil end
  return ("no event is called %s%s"):format(words.quote(node.value), words.hint(node.value, api.events))
end

function fits.task(node, world)
  if node.kind ~= "string" or world.task_ids[node.value] then return text(node, "a task's id") end
  local known = words.keys(world.task_ids)
  table.move(api.events, 1, #api.events, #known + 1, known)
  return ("%s is no time, no event and no task of these scripts%s"):format(words.quote(node.value),
    words.hint(node.value, known))
end

function fits.boolean(node)
  if NOT_TEXT[node.kind] and node.kind ~= "true" and node.kind ~= "false" or node.kind == "string" then
    return "must be true or false"
  end
end

function fits.count(node)
  if node.kind == "number" and math.tointeger(tonumber(node.value)) and tonumber(node.value) > 0 then return nil end
  if node.kind == "string" or NOT_TEXT[node.kind] then return "must be a whole number above 0" end
end

function fits.string(node)
  if node.kind == "string" and node.value == "" then return "must say something" end
  return text(node, "text")
end
fits.word, fits.id, fits.role = fits.string, fits.string, fits.string

function fits.time(node)
  if node.kind == "string" or node.kind == "table" then return "must be a time in ms, such as p:now() or p:time \"1d\"" end
end

function fits.table(node)
  if node.kind == "string" or NOT_TEXT[node.kind] and node.kind ~= "table" then return "must be a table" end
end

local function check_type(type_name, node, world)
  local said
  for part in type_name:gmatch "[^|]+" do
    local wrong
    local choices = part:match "^one:(.*)$"
    if choices then
      local list = {}
      for word in choices:gmatch "[^,]+" do list[#list + 1] = word end
      if node.kind == "string" and not words.set(list)[node.value] then
        wrong = "must be one of " .. table.concat(list, ", ") .. words.hint(node.value, list)
      end
    elseif part:find "^list of " or part:find "^map of " then
      wrong = fits.table(node)
    elseif fits[part] then
      wrong = fits[part](node, world)
    end
    if not wrong then return nil end
    said = part == "task" and wrong or said or wrong
  end
  return said
end

local function ms_of(item) return item and item.value.kind == "string" and host.span(item.value.value) end

local function check_remind(call, given, world, file)
  local within, remind = ms_of(given.within), ms_of(given.remind)
  if within and remind and remind >= within then
    world.report("no-reminder", file, given.remind.at, ("p:%s: remind %s is not before within %s: nobody is reminded")
      :format(call.name, words.quote(given.remind.value.value), words.quote(given.within.value.value)))
  end
end

local function check_table(call, i, param, node, world, file)
  if node.kind ~= "table" then return end
  local given, dynamic = {}, false
  for _, item in ipairs(node.items) do
    dynamic = dynamic or item.key ~= nil and not item.name
    if item.name then given[item.name] = item end
  end
  for _, item in ipairs(node.items) do
    local key
    for _, one in ipairs(param.keys) do key = one.name == item.name and one or key end
    if item.name and not key then
      world.report("bad-call", file, item.at, ("p:%s: there is no key %s%s"):format(call.name, words.quote(item.name),
        words.hint(item.name, words.names(param.keys), "its keys")))
    elseif key then
      local wrong = check_type(key.type, item.value, world)
      if wrong then world.report("bad-call", file, item.value.at, ("p:%s: %s: %s"):format(call.name, key.name, wrong)) end
    elseif not item.key and not item.name then
      world.report("bad-call", file, item.at, ("p:%s: argument %d is a table with names: write name = value"):format(call.name, i))
    end
  end
  check_remind(call, given, world, file)
  for _, key in ipairs(param.keys) do
    if key.required and not given[key.name] and not dynamic then
      world.report("bad-call", file, call.name_at, ("p:%s needs %s: %s"):format(call.name, key.name, key.doc))
    end
  end
end

local function check_arguments(call, world, file)
  local known = api.run[call.name]
  local last = call.arguments[#call.arguments]
  local open = last and (last.kind == "..." or last.kind == "call" or last.kind == "method")
  for i, param in ipairs(known.params) do
    local node = call.arguments[i]
    if not node or node.kind == "nil" then
      if param.required and not open then
        world.report("bad-call", file, call.name_at, ("p:%s needs %s: %s"):format(call.name, param.name, param.doc))
      end
    else
      local wrong = check_type(param.type, node, world)
      if wrong then
        world.report("bad-call", file, node.at, ("p:%s: %s"):format(call.name, wrong))
      elseif param.keys then
        check_table(call, i, param, node, world, file)
      end
    end
  end
  if #call.arguments > #known.params then
    world.report("bad-call", file, call.arguments[#known.params + 1].at, ("p:%s takes %d %s%s"):format(call.name,
      #known.params, #known.params == 1 and "argument" or "arguments",
      #known.params > 0 and ", the last of them " .. known.params[#known.params].name or ""))
  end
end

local function check_id(call, kind, node, world, file)
  if not node or node.kind ~= "string" then return end
  local known = known_ids(world, kind)
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

-- Also of objects that are not known to be p: no other has these calls.
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

local function collect_tasks(world)
  world.task_ids = {}
  for _, path in ipairs(world.paths) do
    for _, call in ipairs(world.files[path].calls or {}) do
      local first = call.kind == "method" and call.name == "task" and call.arguments[1]
      for _, item in ipairs(first and first.kind == "table" and first.items or {}) do
        if item.name == "id" and item.value.kind == "string" then world.task_ids[item.value.value] = true end
      end
    end
  end
end

local OWN = { id = true, observe = true, kind = true, unit = true, class = true, level = true }

local function collect_posts(world)
  world.posts = {}
  for role, roster in pairs(world.definitions.roster or {}) do
    world.posts[role] = true
    for _, backup in ipairs(roster.backup or {}) do world.posts[backup] = true end
  end
end

-- State that is asked for and that nothing keeps: only when every p:set says its key.
local function check_state(world)
  local set, gets = {}, {}
  for _, path in ipairs(world.paths) do
    local file = world.files[path]
    for _, call in ipairs(file.calls or {}) do
      local first = call.kind == "method" and (call.name == "set" or call.name == "get") and call.arguments[1]
      if first and call.name == "set" then
        if first.kind ~= "string" then return end
        set[first.value] = true
      elseif first and first.kind == "string" then
        gets[#gets + 1] = { file, first }
      end
    end
  end
  for _, get in ipairs(gets) do
    local file, node = get[1], get[2]
    local object = world.infer.known[node]
    if object and not set[node.value] then
      world.report("unset-state", file, node.at, ("nothing sets %s: it is always nil%s"):format(words.quote(node.value),
        words.hint(node.value, words.keys(set))))
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
  collect_tasks(world)
  collect_posts(world)
  world.infer.known = {}                            -- first arguments of calls of what is p or f
  for _, path in ipairs(world.paths) do
    local file = world.files[path]
    for _, call in ipairs(file.calls or {}) do
      if call.kind == "method" then
        local object = world.infer:type_of(call.object, file)
        if object and (object.kind == "run" or object.kind == "facts") and api.run[call.name] then
          check_arguments(call, world, file)
          if call.arguments[1] then world.infer.known[call.arguments[1]] = true end
        end
        if not object or object.kind == "run" or object.kind == "facts" then check_names(call, world, file) end
      end
    end
  end
  check_state(world)
  check_unused(world)
end
