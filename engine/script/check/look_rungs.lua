-- The rungs of `via`, as far as they are written out: what the call itself would refuse (engine/script/rungs.c), and channels that
-- look like a slip of the pen.
local host, use = ...
local words = use "words.lua"
local api = use "api.lua"

local OF_CALL = words.set { "role", "due" }
local CHANNELS = { "call", table.unpack(api.channels) }

local keys, key_names = {}, {}
for _, key in ipairs(api.records.rung) do
  keys[key.name] = key
  if key.name ~= "[1]" then key_names[#key_names + 1] = key.name end
end

local function options_of(call)
  local options, out = call.arguments[2], {}
  for _, item in ipairs(options and options.kind == "table" and options.items or {}) do
    if item.name then out[item.name] = item.value end
  end
  return out
end

local function ms_of(node) return node and node.kind == "string" and host.span(node.value) or nil end

local function wrong_value(key, node)
  if node.kind ~= "string" then return end
  if key.type == "span" then
    local ms, why = host.span(node.value)
    return not ms and why or nil
  end
  local choices = key.type:match "^one:(.*)$"
  local list = {}
  for word in (choices or ""):gmatch "[^,]+" do list[#list + 1] = word end
  if choices and not words.set(list)[node.value] then
    return "must be one of " .. table.concat(list, ", ") .. words.hint(node.value, list)
  end
end

local function check_channel(node, say)
  if node.kind ~= "string" or words.set(CHANNELS)[node.value] then return end
  local hint = words.hint(node.value, CHANNELS)
  if hint ~= "" then say(node.at, ("no channel is called %s%s"):format(words.quote(node.value), hint)) end
end

-- Its channel and its time, as nodes.
local function check_rung(node, say)
  local channel, within
  for _, item in ipairs(node.items) do
    if not item.key and not item.name then channel = channel or item.value end
  end
  if not channel then say(node.at, "a rung begins with its channel: { \"sms\", within = \"1d\" }") end
  for _, item in ipairs(node.items) do
    local key = item.name and keys[item.name]
    if item.name and not key then
      say(item.at, ("a rung has no key %s%s"):format(words.quote(item.name), words.hint(item.name, key_names, "its keys")))
    elseif key then
      local wrong = wrong_value(key, item.value)
      if wrong then say(item.value.at, ("%s of a rung: %s"):format(key.name, wrong)) end
      if OF_CALL[key.name] and channel and channel.kind == "string" and channel.value ~= "call" then
        say(item.at, ("%s is for the rung \"call\" alone"):format(key.name))
      end
      if key.name == "within" then within = item.value end
    end
  end
  return channel, within
end

-- Each begins when the time of those before it is over, at the soonest.
local function check_times(times, limit, say)
  local sum, total = 0, ms_of(limit)
  for at, time in ipairs(times) do
    if total and sum >= total then
      return say(time.at, ("rung %d would begin when nobody waits for the answer any more: `within` is %s"):format(at,
        words.quote(limit.value)))
    end
    local ms = ms_of(time.within)
    if not ms then return end
    sum = sum + ms
  end
end

local function check(call, world, file)
  local function say(at, what) world.report("bad-call", file, at, ("p:%s: via: %s"):format(call.name, what)) end
  local options, times, rungs = options_of(call), {}, false
  if not options.via or options.via.kind ~= "table" then return end
  for at, item in ipairs(options.via.items) do
    local channel, within = item.value, nil
    if channel.kind == "table" then channel, within = check_rung(channel, say) end
    if channel then check_channel(channel, say) end
    rungs = rungs or item.value.kind == "table" or channel and channel.kind == "string" and channel.value == "call"
    times[at] = { at = item.value.at or item.at, within = within }
  end
  if not rungs then return end
  check_times(times, options.within, say)
  if options.together and options.together.kind == "true" then
    say(options.together.at, "rungs go one after the other, not together")
  end
end

return function(world)
  if not world.loaded then return end
  world.each_call(function(call, file, object)
    if object and object.kind == "run" and (call.name == "ask" or call.name == "send") then check(call, world, file) end
  end)
end
