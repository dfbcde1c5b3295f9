-- Every hostile script of spec/unit/script/hostile.lua as the step of a pathway: stopped in time, told to its department,
-- quarantined at the third breach, and the ward next door is on time. The daemon under such scripts in real time is
-- spec/functional/daemon/hostile_spec.lua.
local H = require "functional.sim.helper"
local hostile = require "unit.script.hostile"

local LIMIT_MS, LEAST = 200, 60
local OTHER = [[
local aw = require "afterward"
return {
  aw.department { id = "good", title = { zh = "好", en = "Good" }, contact_windows = "00:00-24:00" },
  aw.program { id = "g", name = { zh = "好", en = "Good" } },
  aw.pathway { id = "good-way", program = "g", title = { zh = "好", en = "Good" }, enroll = { on = "discharge" }, anchor = "discharge",
    steps = { aw.step { id = "g", every = "1h", from = "1h", to = "5h", run = function(p) p:note "on time" end } } },
}
]]
local BREACH = { time = true, memory = true, breach = true }

local function play(script)
  local w = H.world { scripts = { ["good/good.lua"] = OTHER }, steps = ([[aw.step { id = "s", every = "1h", from = "1h", to = "5h",
    run = function(p) %s
    end },]]):format(script) }
  rawset(w, "_expects_stuck", true)
  w:discharge(w:patient {})
  local slowest = 0
  for _ = 1, 5 do
    local began = os.clock()
    w:advance "1h"
    slowest = math.max(slowest, (os.clock() - began) * 1000)
  end
  local out = { slowest = slowest, notes = H.count(w, "note WHERE text='on time'"), stuck = w.stuck }
  w:close()
  return out
end

return {
  about = #hostile .. " hostile scripts as steps of a pathway, with a ward beside them",
  figure = "each stopped within 200 ms, quarantined at the third breach, the others on time",
  rounds = 1,
  run = function(o)
    local limit = LIMIT_MS * ((os.getenv "LD_PRELOAD" or ""):find "asan" and 5 or 1)
    local late, uncaught, unquarantined, slowest, played = 0, 0, 0, 0, 0
    for _, case in ipairs(hostile) do
      local name, script, ends = table.unpack(case)
      local loaded, got = pcall(play, script)
      if loaded and ends ~= "ok" then                  -- else the file is refused when it is loaded, or harmless
        played = played + 1
        local breaches, held = 0, 0
        for _, run in ipairs(got.stuck) do
          if run.cause:find "quarantined" then held = held + 1 else breaches = breaches + 1 end
        end
        slowest = math.max(slowest, got.slowest)
        if got.notes ~= 5 or got.slowest > limit then
          late = late + 1
          o.say(("%s: %.0f ms, %d of 5 on time"):format(name, got.slowest, got.notes))
        end
        if #got.stuck == 0 then uncaught = uncaught + 1 o.say(name .. ": nobody was told") end
        local breach = BREACH[ends] and got.stuck[1] and not got.stuck[1].cause:find "read%-only"  -- else a plain error in a step
        if breach and (breaches ~= 3 or held ~= 2) then
          unquarantined = unquarantined + 1
          o.say(("%s: stuck %d times, held %d times: %s"):format(name, breaches, held, got.stuck[1] and got.stuck[1].cause or ""))
        end
      elseif not loaded then o.say(name .. ": " .. tostring(got):sub(1, 120)) end
    end
    return {
      { figure = "scripts played", value = played, target = ">= " .. LEAST, ok = played >= LEAST },
      { figure = ("slowest of %d scripts stopped (CPU)"):format(played), value = ("%.0f ms"):format(slowest),
        target = limit .. " ms", ok = slowest <= limit },
      { figure = "scripts that held the other ward up", value = late, target = "0", ok = late == 0 },
      { figure = "scripts of which nobody was told", value = uncaught, target = "0", ok = uncaught == 0 },
      { figure = "breaches without quarantine at the third", value = unquarantined, target = "0", ok = unquarantined == 0 },
    }
  end,
}
