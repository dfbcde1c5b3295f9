-- A story played while the power fails again and again.
local sim = require "afterward.sim"
local T = {}

local function compare(want, got, how)
  for i = 1, math.max(#want, #got) do
    if want[i] ~= got[i] then error(("power failed %s\n  expected %s\n  got      %s"):format(how, want[i], got[i]), 3) end
  end
end
-- T.storm(make, play, seed, all): plays a story, then again on a machine whose power fails at every seventh commit, twice
-- (after it, and in the middle of it) from a commit that the seed chooses; or, with all, from each of the seven.
-- The books must be the same. Gives the operations that its runs recorded.
function T.storm(make, play, seed, all)
  -- A text in doubt is sent again a moment later, and what follows from it is that much later: an alert may be closed by
  -- then, a deadline of working time be on the next day.
  local LATE = "page"
  local EVERY = 7                                      -- a message in doubt eight times in a row is rightly given up
  local calm = make()
  play(calm)
  local want, ops = sim.books(calm, LATE), {}
  for _, run in ipairs(calm.core:query "SELECT id AS i_id FROM run") do
    for _, record in ipairs(calm.core:journal(run.id)) do ops[record[2] or ""] = true end
  end
  calm:close()
  for first = 1, all and EVERY or 1 do
    for _, lost in ipairs { false, true } do
      local at = (first + seed + (lost and 3 or 0)) % EVERY + 1
      local world = make()
      world.core:cut(at, lost, EVERY)
      play(world)
      compare(want, sim.books(world, LATE), ("%s commit %d and every %d from there, seed %d"):format(lost and "in" or "after", at, EVERY, seed))
      world:close()
    end
  end
  return ops
end

return T
