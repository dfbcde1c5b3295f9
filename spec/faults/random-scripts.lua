-- Random scripts of random commands in a simulated ward whose power fails at every commit: journal and books as without.
-- Its short form is spec/functional/sim/random_spec.lua.
local R = require "functional.sim.random"

return {
  about = "random scripts of random commands, power cut at every commit, in it and after it",
  figure = "journals or books that differ",
  rounds = 300,
  run = function(o)
    local differ = 0
    for round = 1, o.rounds do
      local ok, why = pcall(R.round, o.seed * 100000 + round, true)
      if not ok then
        differ = differ + 1
        o.say(tostring(why))
      end
    end
    return { { figure = "journals or books that differ, of " .. o.rounds, value = differ, target = "0", ok = differ == 0 } }
  end,
}
