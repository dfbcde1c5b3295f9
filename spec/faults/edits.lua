-- Scripts are edited under a live daemon with thousands of runs in flight, well and badly, and it is killed in the middle
-- of it.
local edits = require "functional.support.edits"
local dice = require "functional.support.dice"

local COUNT = 10000

return {
  about = "edits of scripts with 10,000 runs in flight: good, broken, diverging, a step gone, a form renamed, kill -9",
  figure = "promises broken",
  rounds = 20,
  run = function(o)
    local h = edits.open():start()
    local began = edits.seconds()
    local list = edits.play(h, { count = COUNT, kills = o.rounds, roll = dice(o.seed, "edits") })
    local differences = edits.differences(list)
    h:close()
    if differences ~= "" then io.stderr:write(differences, "\n") end
    o.say(("%d promises, %d runs, %d kills, %.0f s"):format(#list, COUNT, o.rounds, edits.seconds() - began))
    local broken = select(2, differences:gsub("[^\n]+", ""))
    return { { figure = "promises broken", value = broken, target = "0", ok = broken == 0 } }
  end,
}
