-- What a run is promised while it waits: each event once, a link that lives as long as the wait, chance of its own.
local H = require "functional.sim.helper"

local function appointment(w, pt, id, at)
  w:event(pt, "appointment", { appointment = { id = id, at = at, status = "booked" } })
end
local EVENTS = [[for i = 1, 3 do
  local e, why = p:wait("appointment", { within = "10d" })
  p:note(tostring(e and e.at or why))
  p:wait "2d"
end]]

describe("a run that waits for the same event again", function()
  -- when the visits are booked, in hours after the run began; what it is told
  for name, case in pairs {
    ["gets the next one while it waits"] = { 10, 100, 200, told = { "A1", "A2", "A3" } },
    ["gets each of those that came while it did something else"] = { 10, 11, 12, told = { "A1", "A2", "A3" } },
    ["gets none twice"] = { 10, told = { "A1", "silent", "silent" } },
    ["gets the first one after a silence"] = { 250, 251, told = { "silent", "A1", "A2" } },
  } do
    for _, crash in ipairs { false, true } do
      it(name .. (crash and ", also over a crash" or ""), function()
        local w, pt = H.body(EVENTS)
        local began = w:now() + 3600000
        local names = { silent = "silent" }
        for i, hours in ipairs(case) do
          w.core:advance_to(began + hours * 3600000)
          appointment(w, pt, "A" .. i, "2026-06-0" .. i .. " 09:00")
          names[tostring(w:now())] = "A" .. i
          if crash then w:crash() end
        end
        w:advance "40d"
        local told = {}
        for i, note in ipairs(H.notes(w)) do told[i] = names[note] or note end
        assert.same(case.told, told)
      end)
    end
  end
end)

describe("an event of a kind that no run waited for before", function()
  local LATER = [[p:wait "2d" local e, why = p:wait("appointment", { within = "10d" }) p:note(e and "came" or tostring(why))]]
  for _, crash in ipairs { false, true } do
    it("wakes the first run that waits for it" .. (crash and ", also over a crash" or ""), function()
      local w, pt = H.body(LATER)
      appointment(w, w:patient { mrn = "other" }, "A1", "2026-06-01 09:00")
      w:advance "3d"
      if crash then w:crash() end
      w:event(pt, "procedure", { procedures = { "81.53" } })
      assert.same({}, H.notes(w))
      appointment(w, pt, "A2", "2026-06-02 09:00")
      w:advance "1h"
      assert.same({ "came" }, H.notes(w))
    end)
  end
end)

describe("a question that may be answered for 60 days", function()
  local ASK = [[local a, why = p:ask("check", { within = "60d", remind = "40d" }) p:note(a and "answer " .. a.temp or tostring(why))]]
  it("takes the answer of the 55th, and reminds on the 40th", function()
    local w, pt = H.body(ASK)
    w:advance "55d"
    assert.equal(2, #w:sent "check")
    assert.equal(200, pt:answer("check", { temp = 37 }).status)
    assert.same({ "answer 37" }, H.notes(w))
  end)
  it("keeps that time when a nurse is given the same form", function()
    local w, pt = H.discharged { steps = H.step(ASK) .. [[aw.step { id = "call", at = "5d", run = function(p)
      p:task { id = "call", role = "nurse", form = "check" }
    end },]] }
    w:advance "55d"
    assert.equal(200, pt:answer("check", { temp = 37 }).status)
  end)
  it("is over for the patient 30 days after the last asking, when no longer wait says otherwise", function()
    local w, pt = H.body [[p:ask("check", { within = "3d" }) p:wait "90d"]]
    w:advance "29d"
    assert.is_nil((select(2, pt:try_answer("check", { temp = 37 }))))
    w, pt = H.body [[p:ask("check", { within = "3d" }) p:wait "90d"]]
    w:advance "31d"
    assert.is_nil((pt:try_answer("check", { temp = 37 })))
  end)
end)

describe("chance in a rule", function()
  local RULE = [[aw.rule { id = "dice", result = "number", run = function() return math.random(1000000) end },]]
  local BODY = [[local first = p:rule "dice"
    p:note("rule " .. first)
    for _ = 1, 2 do p:wait "1d" p:note("run " .. math.random(1000000)) end
    p:note("rule " .. p:rule "dice")]]
  local function play(body)
    local w = H.discharged { more = RULE, steps = H.step(body) }
    w:advance "5d"
    return H.notes(w)
  end
  it("is the rule's own: the same each time, and the run's numbers go on as if it had not been asked", function()
    local told = play(BODY)
    assert.equal(told[1], told[4])
    assert.same({ told[2], told[3] }, play [[for _ = 1, 2 do p:wait "1d" p:note("run " .. math.random(1000000)) end]])
  end)
  it("doesn't set the journal and its replay apart", function()
    local w = H.discharged { more = RULE, steps = H.step [[local day = p:rule "dice" + math.random(1000000)
      p:wait "1d"
      p:note("first " .. day) p:wait "1d" p:note("then " .. day)]] }
    w:advance "5d"
    local told = H.notes(w)
    assert.equal(told[1]:match "%d+", told[2]:match "%d+")
  end)
end)
