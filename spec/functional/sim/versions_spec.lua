-- Scripts that change while patients are on them: what a run does with a newer version, and what is said before.
local H = require "functional.sim.helper"

local function source(body, more) return { ["w/w.lua"] = H.source { steps = H.step(body) .. (more or "") } } end
local function rows(w, sql, ...) return w.core:query(sql, ...) end

describe("before new scripts are made active", function()
  local ASK = [[local a = p:ask("check", { within = "1d" }) p:note "old"]]
  local function asked(n)
    local w = H.world { steps = H.step(ASK) }
    for _ = 1, n do w:discharge(w:patient { age = 60 }) end
    w:advance "2h"
    return w
  end

  it("each live run is replayed: those that agree are counted, nothing changes", function()
    local w = asked(3)
    local before = #rows(w, "SELECT id FROM journal")
    local report = w:replay(source [[local a = p:ask("check", { within = "2d" }) p:note "new"]])
    assert.same({ 3, 3, 0 }, { report.runs, report.agree, report.diverge })
    assert.same({}, report.list)
    assert.equal(before, #rows(w, "SELECT id FROM journal"))
    assert.same({}, H.notes(w))
  end)

  it("a run that would do something else is named, with the record and both sides", function()
    local w = asked(2)
    w:discharge(w:patient { age = 50 })                      -- its step has not begun: no run yet
    local report = w:replay(source [[p:wait(p:task { id = "call", role = "nurse", due = "8bh" })]])
    assert.same({ 2, 0, 2 }, { report.runs, report.agree, report.diverge })
    assert.match("^recorded ask 'check' at 1, the script did task 'call' %(w/w.lua:%d+%)$", report.list[1].cause)
    assert.same({ 1, "way", "step", "s", rows(w, "SELECT min(id) AS i_id FROM run")[1].id },
      { report.list[1].position, report.list[1].pathway, report.list[1].kind, report.list[1].name, report.list[1].run })
    assert.same({ { pathway = "way", kind = "step", name = "s", runs = 2, diverge = 2 } }, report.steps)
  end)

  it("a step that vanished, one that fails on its way to its place, and one that never ends are told too", function()
    local w = asked(1)
    local function cause(steps) return w:replay({ ["w/w.lua"] = H.source { steps = steps } }).list[1].cause end
    assert.match("^the bundle has no step s$", cause [[aw.step { id = "t", at = "1h", run = function(p) end },]])
    assert.match("w/w.lua:%d+: attempt to index a nil value", cause(H.step [[local x = nil; p:note(x.y)]]))
    assert.match("the time for one turn is used up", cause(H.step [[while true do end]]))
  end)

  it("nothing of what comes after its place is done or looked at", function()
    local w = asked(1)
    local report = w:replay(source [[local a = p:ask("check", { within = "1d" }) error "later"]])
    assert.equal(1, report.agree)
  end)

  it("runs of other departments are not looked at, nor those that have ended", function()
    local w, pt = H.discharged { steps = H.step(ASK), scripts = { ["x/x.lua"] = (H.source { steps = H.step "" }:gsub('id = "w"', 'id = "x"')) } }
    w:advance "2h"
    pt:answer("check", { temp = 37 })
    assert.equal(0, w:replay(source(ASK)).runs)
  end)
end)

describe("when a run resumes and its scripts are newer", function()
  local OLD = [[local a = p:ask("check", { within = "1d" }) p:note "old" p:wait "1d" p:note "old end"]]
  local function kept(w)
    return rows(w, [[SELECT run AS i_run, bundle AS i_bundle, began AS i_began, position AS i_position, reason
      FROM run_version ORDER BY at, bundle]])
  end
  local function versions(w) return rows(w, "SELECT bundle AS i_bundle FROM run ORDER BY id") end

  it("it moves when its replay agrees, and that is kept", function()
    local w, pt = H.discharged { steps = H.step(OLD) }
    w:advance "2h"
    w:load(source [[local a = p:ask("check", { within = "1d" }) p:note "new"]])
    pt:answer("check", { temp = 37 })
    assert.same({ "new" }, H.notes(w))
    assert.same({ { run = 1, bundle = 2, began = 1, position = 2 } }, kept(w))
    assert.same({ { bundle = 2 } }, versions(w))
  end)

  it("else it stays on its own, with the reason; also after a restart, though the files are gone", function()
    local w, pt = H.discharged { steps = H.step(OLD) }
    w:advance "2h"
    w:load(source [[p:send "hello" local a = p:ask("check", { within = "1d" }) p:note "new"]])
    pt:answer("check", { temp = 37 })
    w:crash()
    w:advance "2d"
    assert.same({ "old", "old end" }, H.notes(w))
    assert.match("^recorded ask 'check' at 1, the script did send 'hello' %(w/w.lua:%d+%)$", kept(w)[1].reason)
    assert.same({ 1, 2, 1 }, { kept(w)[1].began, kept(w)[1].bundle, kept(w)[1].position + 1 })
    assert.same({ { bundle = 1 } }, versions(w))
  end)

  it("that is kept for 90 days after its end; of one that is live or stuck, for as long as it is", function()
    local w = H.world { steps = H.step [[local a = p:ask("check", { within = "2d" }) if a and a.temp < 36 then error "no" end
      if a then p:wait "200d" end]] }
    w.expects_stuck = true
    local people = {}
    for i = 1, 3 do people[i] = w:patient { age = 60 } w:discharge(people[i]) end
    w:advance "2h"
    w:load(source [[local a = p:ask("check", { within = "3d" }) if a and a.temp < 36 then error "no" end if a then p:wait "200d" end]])
    people[1]:answer("check", { temp = 37 })                 -- waits on
    people[2]:answer("check", { temp = 35 })                 -- is stuck
    w:alert_named "stuck-way":done { note = "mended" }
    w:advance "80d"                                          -- the third was silent
    local function runs()
      local out = {}
      for i, row in ipairs(kept(w)) do out[i] = row.run end
      table.sort(out)
      return out
    end
    assert.same({ 1, 2, 3 }, runs())
    w:advance "20d"
    assert.same({ 1, 2 }, runs())
    assert.is_nil(w:alert_named "reconciliation")            -- what is stuck is told as that, not every night as a fault
  end)

  it("one whose step vanished goes on to its end", function()
    local w, pt = H.discharged { steps = H.step(OLD) }
    w:advance "2h"
    w:load { ["w/w.lua"] = H.source { steps = [[aw.step { id = "t", at = "90d", run = function(p) end },]] } }
    pt:answer("check", { temp = 37 })
    w:advance "2d"
    assert.same({ "old", "old end" }, H.notes(w))
  end)

  it("a watch of the pathway and one in a file of its own do the same", function()
    local function ward(first, word)
      local body = ('%s p:wait "1d" p:note "%s"'):format(first, word)
      return { ["w/w.lua"] = H.source { steps = [[aw.step { id = "t", at = "90d", run = function(p) end },]],
        keys = ('watches = { aw.watch { id = "sweet", on = "observation:glucose", run = function(p) %s end } },'):format(body),
        more = ('aw.watch { id = "bed", on = "observation:glucose", run = function(p) %s end },'):format(body) } }
    end
    for _, case in ipairs { { "", "new" }, { [[p:note "first"]], "old" } } do
      local w = H.world { steps = "" , scripts = ward("", "old") }
      local pt = w:patient { age = 60 }
      w:discharge(pt)
      w:observe(pt, "glucose", 12)
      w:advance "1h"
      w:load(ward(case[1], case[2]))
      w:advance "2d"
      assert.same({ case[2], case[2] }, H.notes(w))
      assert.equal(2, #kept(w))
    end
  end)

  it("one that has done nothing yet begins with the newest, and that is no move", function()
    local w = H.world { steps = H.step(OLD), file = nil }
    w:discharge(w:patient { age = 60 })
    w:load(source [[p:note "new"]])
    w:advance "2h"
    assert.same({ "new" }, H.notes(w))
    assert.same({}, kept(w))
  end)
end)

describe("p:changed", function()
  local OLD = [[local a = p:ask("check", { within = "1d" }) p:note "old"]]
  local NEW = [[local a = p:ask("check", { within = "1d" })
    if p:changed "call-first" then p:note "new" else p:note "old" end]]

  it("is false for runs that began before the edit, also where they have not been yet", function()
    local w, pt = H.discharged { steps = H.step(OLD) }
    w:advance "2h"
    w:load(source(NEW))
    pt:answer("check", { temp = 37 })
    assert.same({ "old" }, H.notes(w))
    assert.same({ 2, "changed", "call-first", false }, w:journal("s")[3])
  end)

  it("is true for those that begin after it, and stays so over later edits", function()
    local w = H.world { steps = H.step(OLD) }
    w:load(source(NEW))
    local pt = w:patient { age = 60 }
    w:discharge(pt)
    w:advance "2h"
    w:load(source(NEW .. [[ p:note "and more"]]))
    pt:answer("check", { temp = 37 })
    assert.same({ "new", "and more" }, H.notes(w))
  end)

  it("is decided once: a run that goes past it in one version keeps that in the next", function()
    local w, pt = H.discharged { steps = H.step [[local a = p:ask("check", { within = "1d" }) p:wait "1d" p:note "old"]] }
    w:advance "2h"
    local next = [[local a = p:ask("check", { within = "1d" }) if p:changed("x") then p:note "new" end p:wait "1d" %s]]
    w:load(source(next:format "p:note 'b'"))
    pt:answer("check", { temp = 37 })
    w:load(source(next:format "p:note(tostring(p:changed 'x'))"))
    w:advance "2d"
    assert.same({ "false" }, H.notes(w))
  end)
end)

describe("the newest rules and templates are used", function()
  it("a message planned before the edit leaves with the text of after it, and says which version that was", function()
    local function ward(word)
      return { ["w/w.lua"] = (H.source { steps = H.step [[p:send "hello"]] }:gsub("您好", word):gsub("Hello", word)) }
    end
    local w = H.world { scripts = ward "early", site = { quiet_hours = "10:30-12:30" } }
    w:discharge(w:patient { age = 60 })
    w:advance "90m"                                          -- planned at 11:00, held until 12:30
    assert.equal(0, #w:sent "hello")
    w:load(ward "late")
    w:advance "2h"
    assert.matches("late", w:sent("hello")[1].text)
    assert.equal(2, rows(w, "SELECT bundle AS i_bundle FROM message WHERE name='hello'")[1].bundle)
  end)

  it("an answer is judged by the newest rule, and says which version that was", function()
    local RULE = 'if (a.temp or 0) >= 38.5'
    local steps = H.step [[local a = p:ask("check", { within = "1d" }) p:note(tostring(a.flag))]]
    local w, pt = H.discharged { steps = steps }
    w:advance "2h"
    w:load { ["w/w.lua"] = (H.source { steps = steps }:gsub(RULE:gsub("%p", "%%%0"), "if (a.temp or 0) >= 37")) }
    pt:answer("check", { temp = 37.5 })
    assert.same({ "urgent" }, H.notes(w))
    assert.equal(2, rows(w, "SELECT rule_bundle AS i_bundle FROM answer")[1].bundle)
  end)

  it("and a run's record says which version of the rule was asked", function()
    local RULE = 'aw.rule { id = "limit", result = "number", run = function() return %d end },'
    local steps = H.step [[p:note(tostring(p:rule("limit"))) p:wait "1d" p:note(tostring(p:rule("limit")))]]
    local w = H.discharged { steps = steps, more = RULE:format(7) }
    w:advance "2h"
    w:load { ["w/w.lua"] = H.source { steps = steps, more = RULE:format(8) } }
    w:advance "2d"
    assert.same({ "7", "8" }, H.notes(w))
    local asked = {}
    for _, record in ipairs(w:journal "s") do if record[2] == "rule" then asked[#asked + 1] = record[5] end end
    assert.same({ 1, 2 }, asked)
  end)
end)
