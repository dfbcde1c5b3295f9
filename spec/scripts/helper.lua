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
-- A department whole, with everything of shared/, on the duty posts of its own rosters.
function H.department(name, at, o)
  o = o or {}
  o.scripts, o.at = { "scripts/" .. name }, at
  return sim.world(o)
end
function H.pages(w, from)
  local out = {}
  for i = from or 1, #w.pages do out[#out + 1] = w.pages[i].role end
  return out
end
function H.calm(w) assert.same({}, w.stuck) end

return H
