-- What department specs share: a world with some of the scripts of this tree.
local sim = require "afterward.sim"
local assert = require "luassert"
local H = {}

local function path(list)
  local out = {}
  for i, name in ipairs(list) do out[i] = "scripts/" .. name .. ".lua" end
  return out
end

function H.world(files, at, o)
  o = o or {}
  o.scripts, o.at = path(files), at
  local w = sim.world(o)
  w.roster = { ["ward-nurse"] = "zhao", ["on-call-doctor"] = "dr-li", chief = "dr-wu" }
  return w
end
function H.calm(w) assert.same({}, w.stuck) end

return H
