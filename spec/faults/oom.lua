-- Memory that runs out in the simulated engine: every nth allocation of its own code and of SQLite fails. The process ends
-- with a clear word or goes on; the next one finds what was acknowledged, and nothing twice. A script's own memory is
-- capped softly instead (spec/functional/sim/contained_spec.lua): its run is stuck, the others go on.
local MODULE = package.searchpath("afterward.sim_starved", package.cpath)
package.preload["afterward.sim"] = assert(package.loadlib(assert(MODULE, "build the modules of spec/faults first"), "luaopen_afterward_sim"))
package.loaded["afterward.sim"], package.loaded["functional.sim.helper"] = nil, nil
package.loaded["functional.sim.lives"] = nil
local faults = require "afterward.faults"
local lives = require "functional.sim.lives"

local WAYS = {
  { name = "the engine's own code", strike = function(nth) faults.starve(MODULE, nth) end, count = function() return faults.starved(MODULE) end },
  { name = "SQLite", strike = function(nth) faults.memory(nth) end, count = function() return faults.allocations() end },
}

return {
  about = "every nth allocation of the engine's own code, and of SQLite, fails",
  figure = "0 crashes, 0 acknowledged lost or done twice",
  rounds = 400,                                        -- places of each; there are some 100,000
  short = 12,
  run = function(o)
    local folder = (os.getenv "TMPDIR" or "/tmp") .. "/afterward-oom-" .. tostring(o.seed) .. "-" .. os.time()
    local places, crashes, differ, ends = 0, 0, 0, { done = 0, refused = 0, ended = 0 }
    for i, way in ipairs(WAYS) do
      local books, counts = lives.calm(folder, function() way.strike(0) end, function() return { way.count() } end)
      local most = counts[1]
      local stride = math.max(1, most / o.rounds)
      for k = 0, math.min(o.rounds, most) - 1 do
        local nth = math.min(most, math.floor(k * stride + (o.seed * 7 + i * 3) % stride) + 1)
        local how, after, last = lives.story(folder, function() way.strike(nth) end)
        places = places + 1
        if ends[how] then ends[how] = ends[how] + 1 else crashes = crashes + 1 end
        if after ~= books then differ = differ + 1 end
        if not ends[how] or after ~= books then
          o.say(("%s at %d of %d: %s, then %s%s"):format(way.name, nth, most, how, last, after and after ~= books and ": other books" or ""))
        end
      end
      o.say(("%s: %d allocations"):format(way.name, most))
    end
    os.execute("rm -rf '" .. folder .. "'")
    o.say(("%d places: %d went on, %d gave up with a sentence, %d ended on purpose"):format(places, ends.done, ends.refused, ends.ended))
    return {
      { figure = ("crashes at %d places"):format(places), value = crashes, target = "0", ok = crashes == 0 },
      { figure = "lost or done twice after the next start", value = differ, target = "0", ok = differ == 0 },
    }
  end,
}
