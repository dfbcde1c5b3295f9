-- A disk under the simulated engine whose nth read, write, sync or truncation fails, once or from then on. The process tries
-- again, gives up with a sentence, or ends on purpose; the next one finds what was acknowledged, and nothing twice.
local faults = require "afterward.faults"
local lives = require "functional.sim.lives"

local KINDS = { "read", "write", "sync", "truncate" }
local WAYS = { { kind = "read" }, { kind = "read", for_ever = true }, { kind = "write" }, { kind = "write", for_ever = true },
  { kind = "write", full = true }, { kind = "write", for_ever = true, full = true }, { kind = "sync" }, { kind = "sync", for_ever = true },
  { kind = "truncate" }, { kind = "truncate", for_ever = true } }

local function name_of(way)
  return ("%s %s%s"):format(way.kind, way.full and "full " or "", way.for_ever and "for ever" or "once")
end

return {
  about = "every nth read, write, sync, truncation of the database fails, once or for ever",
  figure = "0 crashes, 0 acknowledged lost or done twice, a failed sync ends the process",
  rounds = 100000,                                     -- places of each kind at most: by hand all there are
  short = 3,
  run = function(o)
    local folder = (os.getenv "TMPDIR" or "/tmp") .. "/afterward-io-" .. tostring(o.seed) .. "-" .. os.time()
    local strike = function() faults.disk("read", 0) end
    local books, counts = lives.calm(folder, strike, function()
      local out = {}
      for i, kind in ipairs(KINDS) do out[i] = faults.operations(kind) end
      return out
    end)
    local most = {}
    for i, kind in ipairs(KINDS) do most[kind] = counts[i] end
    local places, crashes, differ, survived_sync, ends = 0, 0, 0, 0, { done = 0, refused = 0, ended = 0 }
    for i, way in ipairs(WAYS) do
      local stride = math.max(1, most[way.kind] / o.rounds)
      for k = 0, math.min(o.rounds, most[way.kind]) - 1 do
        local nth = math.min(most[way.kind], math.floor(k * stride + (o.seed * 7 + i * 3) % stride) + 1)
        local how, after, last = lives.story(folder, function() faults.disk(way.kind, nth, way.for_ever, way.full) end)
        places = places + 1
        if ends[how] then ends[how] = ends[how] + 1 else crashes = crashes + 1 end
        if after ~= books then differ = differ + 1 end
        if way.kind == "sync" and how == "done" then
          survived_sync = survived_sync + 1
          o.say(("%s at %d of %d: %s"):format(name_of(way), nth, most.sync, how))
        end
        if not ends[how] or after ~= books then
          o.say(("%s at %d of %d: %s, then %s%s"):format(name_of(way), nth, most[way.kind], how, last,
            after and after ~= books and ": other books" or ""))
        end
      end
    end
    os.execute("rm -rf '" .. folder .. "'")
    o.say(("%d places: %d went on, %d gave up with a sentence, %d ended on purpose"):format(places, ends.done, ends.refused, ends.ended))
    return {
      { figure = ("crashes at %d places"):format(places), value = crashes, target = "0", ok = crashes == 0 },
      { figure = "lost or done twice after the next start", value = differ, target = "0", ok = differ == 0 },
      { figure = "failed syncs that the process outlived", value = survived_sync, target = "0", ok = survived_sync == 0 },
    }
  end,
}
