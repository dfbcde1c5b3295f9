-- Runs the text of a spec here, without busted: whether it holds under the scripts that it is for.
local sim = require "afterward.sim"

local function same(a, b)
  if type(a) ~= "table" or type(b) ~= "table" then return a == b end
  for key, value in pairs(a) do if not same(value, b[key]) then return false end end
  for key in pairs(b) do if a[key] == nil then return false end end
  return true
end

local function show(value) return type(value) == "table" and table.concat(value, ", ") or tostring(value) end

local function check(good, wanted, got)
  if not good then error(("%s instead of %s"):format(show(got), show(wanted)), 3) end
end

local assertions = {
  equal = function(wanted, got) check(wanted == got, wanted, got) end,
  same = function(wanted, got) check(same(wanted, got), wanted, got) end,
  is_nil = function(got) check(got == nil, "nothing", "something") end,
}

-- folder: where the department's scripts lie, whatever the spec calls it. True, or nil, what was wrong, and the line.
return function(text, folder)
  local world
  local mine = setmetatable({ world = function(o)
    o.scripts = { folder }
    world = sim.world(o)
    return world
  end }, { __index = sim })
  local function at_once(_, body) body() end
  local env = { describe = at_once, it = at_once, assert = assertions, require = function() return mine end }
  local chunk = assert(load(text, "=spec", "t", env))
  local ok, why = pcall(chunk)
  local stuck = ok and world.stuck[1]
  if stuck and not rawget(world, "_expects_stuck") then ok, why = false, ("spec:0: a run is stuck: %s"):format(stuck.cause) end
  if world then world:close() end
  if ok then return true end
  local line, words = tostring(why):match "spec:(%d+): (.*)"
  return nil, words or tostring(why), tonumber(line)
end
