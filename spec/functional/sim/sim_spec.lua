-- The simulation is itself specified: what it checks unasked, and what it shows when something is wrong.
local H = require "functional.sim.helper"

local function run(body)
  local path = os.tmpname()
  local spec, out = path .. "_spec.lua", path .. ".out"
  local file = assert(io.open(spec, "w"))
  file:write([[local H = require "functional.sim.helper"
describe("a ward", function() it("is played", function() ]] .. body .. [[ end) end)]])
  file:close()
  local _, _, code = os.execute(("lua5.4 /usr/bin/busted --lpath='spec/?.lua' -o plainTerminal '%s' >'%s' 2>&1"):format(spec, out))
  local shown = io.open(out):read "a"
  os.remove(path) os.remove(spec) os.remove(out)
  return code, shown
end

describe("the simulation", function()
  it("fails a test that leaves a run stuck, unasked, and says why", function()
    local code, shown = run [[local w = H.body "error 'broken'" w:advance "2h"]]
    assert.not_equal(0, code)
    assert.match("a run is stuck: s: .*broken", shown)
  end)
  it("lets a test expect it", function()
    assert.equal(0, (run [[local w = H.body "error 'broken'" w.expects_stuck = true w:advance "2h"]]))
  end)
  it("shows the patient's story when an assertion fails", function()
    local code, shown = run [[local w = H.body "p:send 'hello'" w:advance "2h" assert.equal(2, #w.messages)]]
    assert.not_equal(0, code)
    assert.match("03%-02 Mon 11:00  send hello to patient: accepted", shown)
  end)
  it("says nothing of a test that goes well", function()
    local code, shown = run [[local w = H.body "p:send 'hello'" w:advance "2h"]]
    assert.equal(0, code)
    assert.not_match("03%-02", shown)
  end)
  it("refuses a world whose scripts are wrong, with file and line", function()
    local ok, why = pcall(H.world, { steps = 'aw.step { id = "s", att = "1h", run = function(p) end },' })
    assert.is_false(ok)
    assert.match("w/w.lua:%d+: .*att", why)
  end)
  it("keeps nothing of a run in memory between turns: after a crash the story goes on", function()
    local w, pt = H.body [[local a = p:ask("check", { within = "1d" }) p:wait "1h" p:note("t " .. a.temp)]]
    w:advance "2h" w:crash() pt:answer("check", { temp = 37 }) w:crash() w:advance "2h"
    assert.same({ "t 37" }, H.notes(w))
  end)
  it("begins each world with nothing of the one before, and plays it the same", function()
    local stories = {}
    for i = 1, 3 do
      local w, pt = H.body [[local a = p:ask("check", { within = "1d" }) p:note("t " .. a.temp) p:set("n", 1)]]
      w:advance "2h"
      pt:answer("check", { temp = 37 })
      pt:reply "再见"
      stories[i] = w:timeline(pt) .. pt.number
      w:close()
      local fresh = H.world { steps = 'aw.step { id = "s", at = "1h", run = function() end },' }
      for name in ("person patient identity contact encounter event enrollment run journal question answer message attempt "
        .. "task alert page note inbound skip observation patient_state silence"):gmatch "%S+" do
        assert.equal(0, fresh.core:query(("SELECT count(*) AS i_n FROM %s"):format(name))[1].n, name)
      end
      fresh:close()
    end
    assert.equal(stories[1], stories[2])
    assert.equal(stories[1], stories[3])
  end)
end)
