-- Calls of p and f against api.lua, as far as their arguments are written out.
local host, use = ...
local words = use "words.lua"
local api = use "api.lua"

local NOT_TEXT = { table = true, ["function"] = true, number = true, ["true"] = true, ["false"] = true }

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
  local final = known.params[#known.params]
  if #call.arguments > #known.params and not (final and final.more) then
    world.report("bad-call", file, call.arguments[#known.params + 1].at, ("p:%s takes %d %s%s"):format(call.name,
      #known.params, #known.params == 1 and "argument" or "arguments",
      final and ", the last of them " .. final.name or ""))
  end
end

-- What a template's text needs, and what a send gives it.
local function check_fields(call, world, file)
  local first, options = call.arguments[1], call.arguments[2]
  local template = first and first.kind == "string" and (world.definitions.template or {})[first.value]
  if not template or options and options.kind ~= "table" then return end
  local given, at, open = {}, call.name_at, false
  for _, item in ipairs(options and options.items or {}) do
    if item.name == "fields" and item.value.kind ~= "table" or not item.name then return end
    for _, field in ipairs(item.name == "fields" and item.value.items or {}) do
      at, open = item.at, open or not field.name
      if field.name then given[field.name] = field end
    end
  end
  local needed = words.set(template.fields)
  for _, name in ipairs(words.keys(given)) do
    if not needed[name] then
      world.report("template-fields", file, given[name].at, ("template %s has no field %s%s"):format(words.quote(first.value),
        words.quote(name), words.hint(name, template.fields, "its fields")))
    end
  end
  for _, name in ipairs(open and {} or template.fields) do
    if not given[name] then
      world.report("template-fields", file, at, ("template %s needs field %s: without it nothing is sent")
        :format(words.quote(first.value), words.quote(name)))
    end
  end
end

local function collect_tasks(world)
  world.task_ids = {}
  world.each_call(function(call)
    local first = call.name == "task" and call.arguments[1]
    for _, item in ipairs(first and first.kind == "table" and first.items or {}) do
      if item.name == "id" and item.value.kind == "string" then world.task_ids[item.value.value] = true end
    end
  end)
end

return function(world)
  if not world.loaded then return end
  collect_tasks(world)
  world.each_call(function(call, file, object)
    if not object or not api.run[call.name] then return end
    if object.kind == "run" or object.kind == "facts" then check_arguments(call, world, file) end
    if call.name == "send" then check_fields(call, world, file) end
  end)
end
