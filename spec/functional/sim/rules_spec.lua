-- The thirteen rules of the script API, and the time grammar, as a ward meets them.
local H = require "functional.sim.helper"

describe("rule 1: one open question per enrollment and form", function()
  local LADDER = [[
    local a, why = p:ask("check", { within = "2h", remind = "1h" })
    if a then p:note("patient " .. a.temp) return end
    local call = p:wait(p:task { id = "call", role = "nurse", form = "check", due = "8bh" })
    p:note("call " .. call.code .. " " .. tostring(call.answer and call.answer.temp))]]

  it("a reminder and a call with the form are rungs of the same question", function()
    local w = H.body(LADDER)
    w:advance "4h"
    assert.equal(1, H.count(w, "question"))
    assert.equal(2, #w:sent "check")
    assert.truthy(w:task "call")
  end)
  it("one answer settles all rungs, also after `within`", function()
    local w, pt = H.body(LADDER)
    w:advance "4h"
    pt:answer("check", { temp = 37 })
    assert.is_nil(w:task "call")
    assert.same({ "call answered 37" }, H.notes(w))
  end)
  it("an answer that comes in time cancels the reminder", function()
    local w, pt = H.body(LADDER)
    w:advance "90m"
    pt:answer("check", { temp = 37 })
    w:advance "1d"
    assert.equal(1, #w:sent "check")
    assert.same({ "patient 37" }, H.notes(w))
  end)
  it("two steps that ask at once put one question, and both get its answer", function()
    local w, pt = H.discharged { steps = [[
      aw.step { id = "a", at = "1h", run = function(p) p:note("a " .. p:ask("check").temp) end },
      aw.step { id = "b", at = "2h", run = function(p) p:note("b " .. p:ask("check").temp) end },]] }
    w:advance "3h"
    assert.equal(1, H.count(w, "question"))
    pt:answer("check", { temp = 36 })
    local notes = H.notes(w)
    table.sort(notes)
    assert.same({ "a 36", "b 36" }, notes)
  end)
  it("an answer to a newer question of the same form ends an older ladder", function()
    local w, pt = H.discharged { steps = [[
      aw.step { id = "old", at = "1h", run = function(p)
        if p:ask("check", { within = "1h" }) then return end
        p:wait "5h"
        local a, why = p:ask("check", { within = "1d" })
        p:note("old " .. tostring(a and a.temp or why))
      end },
      aw.step { id = "new", at = "4h", run = function(p) p:note("new " .. p:ask("check").temp) end },]] }
    w:advance "5h"
    pt:answer("check", { temp = 36 })
    assert.same({ "new 36" }, H.notes(w))
  end)
  it("another enrollment's question stays its own", function()
    local w, pt = H.discharged { enroll = 'again = "both"', steps = H.step [[p:note("got " .. p:ask("check").temp)]] }
    w:event(pt, "admission") w:discharge(pt)
    w:advance "2h"
    assert.equal(2, H.count(w, "question WHERE status='open'"))
    pt:answer("check", { temp = 36 })
    assert.equal(1, H.count(w, "question WHERE status='open'"))
  end)
  it("an answer twice is answered as the first was", function()
    local w, pt = H.body [[p:note("got " .. p:ask("check").temp)]]
    w:advance "2h"
    assert.falsy(pt:answer("check", { temp = 36 }).repeated)
    assert.is_true(pt:answer("check", { temp = 39 }).repeated)
    assert.same({ "got 36" }, H.notes(w))
  end)
end)

describe("rule 2: tasks", function()
  it("one still open from the last time is joined, not doubled", function()
    local w = H.discharged { steps = [[
      aw.step { id = "daily", every = "1d", from = "1d", to = "3d", run = function(p)
        p:task { id = "call", role = "nurse", due = "5bd" }
      end },]] }
    w:advance "4d"
    assert.equal(1, H.count(w, "task"))
  end)
  it("已故 is the death event", function()
    local w, pt = H.body [[p:task { id = "call", role = "nurse", due = "8bh" } p:wait "9d"]]
    w:advance "2h"
    w:task("call"):done { code = "已故" }
    assert.is_true(pt.dead)
    assert.equal("death", w:enrollment("way").ended)
  end)
  it("a step that only leaves work behind leaves it, though it was the last", function()
    local w = H.body [[p:task { id = "book", role = "nurse", due = "2bd" }]]
    w:advance "2h"
    assert.equal("completed", w:enrollment("way").ended)
    assert.is_true(w:task("book").open)
  end)
  it("gives code, note and who did it to the script that waits", function()
    local w = H.body [[local r = p:wait(p:task { id = "call", role = "nurse", due = "8bh" })
      p:note(r.code .. "/" .. r.note .. "/" .. r.by)]]
    w:advance "2h"
    w:task("call"):done { code = "no-answer", note = "rang twice" }
    assert.same({ "no-answer/rang twice/nurse-1" }, H.notes(w))
  end)
  it("still open after `within` is nil, open", function()
    local w = H.body [[local r, why = p:wait(p:task { id = "call", role = "nurse", due = "8bh" }, { within = "1h" })
      p:note(tostring(r) .. " " .. why)]]
    w:advance "3h"
    assert.same({ "nil open" }, H.notes(w))
    assert.is_true(w:task("call").open)
  end)
end)

describe("rule 3: time counts from the moment that the message may leave", function()
  local NIGHT = { at = "2026-03-02 21:30", site = { quiet_hours = "21:00-08:00" } }
  local function night(body)
    return H.body(body, { at = NIGHT.at, site = NIGHT.site })
  end
  it("`within` starts at eight in the morning for a question of half past ten at night", function()
    local w = night [[local a, why = p:ask("check", { within = "2h" }) p:note(why)]]
    w:advance_to "2026-03-03 09:59" assert.same({}, H.notes(w))
    w:advance_to "2026-03-03 10:00" assert.same({ "silent" }, H.notes(w))
  end)
  it("so does `remind`", function()
    local w = night [[p:ask("check", { within = "1d", remind = "2h" })]]
    w:advance_to "2026-03-03 09:59" assert.equal(1, #w:sent "check")
    w:advance_to "2026-03-03 10:00" assert.equal(2, #w:sent "check")
  end)
  it("a day-offset without a time of day waits for the department's contact hours", function()
    local w = H.discharged { windows = "15:00-17:30", steps = [[aw.step { id = "s", at = "1d", run = function(p) end },
      aw.step { id = "exact", at = "25h", run = function(p) end },]] }
    assert.same({ "03-03 Tue 15:00" }, w:planned("way", "s"))
    assert.same({ "03-03 Tue 11:00" }, w:planned("way", "exact"))
  end)
end)

describe("rule 4: one grammar of time", function()
  local function planned(at, keys, o)
    o = o or {}
    o.at, o.steps = at, ('aw.step { id = "s", %s, run = function(p) end },'):format(keys)
    local w = H.discharged(o)
    return w:planned("way", "s", o.n or 3), w
  end
  for _, case in ipairs {
    -- discharged             written                        falls on
    { "2026-03-02 10:00", 'at = "5m"', { "03-02 Mon 10:05" } },
    { "2026-03-02 10:00", 'at = "90s"', { "03-02 Mon 10:01" } },
    { "2026-03-02 10:00", 'at = "36h"', { "03-03 Tue 22:00" } },
    { "2026-03-02 10:00", 'at = "3d 10:30"', { "03-05 Thu 10:30" } },
    { "2026-01-31 10:00", 'at = "1mo"', { "02-28 Sat 10:00" } },                  -- month ends clamp
    { "2024-01-31 10:00", 'at = "1mo"', { "02-29 Thu 10:00" } },
    { "2024-02-29 10:00", 'at = { "1y", "4y" }', { "02-28 Fri 10:00", "02-29 Tue 10:00" } },
    { "2026-03-02 10:00", 'at = "5y 09:00"', { "03-02 Sun 09:00" } },             -- 2031
    { "2026-08-31 10:00", 'every = "1mo", from = "1mo", count = 3', { "09-30 Wed 10:00", "10-31 Sat 10:00", "11-30 Mon 10:00" } },
    { "2026-03-02 10:00", 'every = "mon,fri 08:00", from = "1d", to = "9d"', { "03-06 Fri 08:00", "03-09 Mon 08:00" } },
    { "2026-03-02 10:00", 'every = "2d 09:00", from = "2d", to = "6d"', { "03-04 Wed 09:00", "03-06 Fri 09:00", "03-08 Sun 09:00" } },
    { "2026-03-02 10:00", 'every = "12h", from = "1d", count = 2', { "03-03 Tue 10:00", "03-03 Tue 22:00" } },
    { "2026-03-06 16:00", 'at = "1bd"', { "03-09 Mon 16:00" } },                  -- over the weekend
    { "2026-02-13 10:00", 'at = "1bd"', { "02-14 Sat 10:00" } },                  -- a make-up working Saturday
    { "2026-02-14 10:00", 'at = "1bd"', { "02-24 Tue 10:00" } },                  -- and New Year after it
    { "2026-03-06 16:00", 'at = "3bh"', { "03-09 Mon 09:30" } },
  } do
    it(("discharged %s, %s"):format(case[1], case[2]), function() assert.same(case[3], (planned(case[1], case[2]))) end)
  end

  describe("over a change of the clocks", function()
    for _, case in ipairs {
      { "Europe/Berlin", "2026-03-28 10:00", 'at = "24h"', "03-29 Sun 11:00" },      -- an hour is an hour
      { "Europe/Berlin", "2026-03-28 10:00", 'at = "1d"', "03-29 Sun 10:00" },       -- a day keeps the clock time
      { "Europe/Berlin", "2026-03-28 10:00", 'at = "1d 02:30"', "03-29 Sun 03:30" }, -- an hour that isn't there
      { "Europe/Berlin", "2026-10-24 10:00", 'at = "24h"', "10-25 Sun 09:00" },
      { "Europe/Berlin", "2026-10-24 10:00", 'at = "1d 02:30"', "10-25 Sun 02:30" }, -- an hour that is there twice
      { "America/New_York", "2026-03-07 10:00", 'at = "1d"', "03-08 Sun 10:00" },
      { "America/New_York", "2026-03-07 10:00", 'at = "24h"', "03-08 Sun 11:00" },
      { "America/New_York", "2026-10-31 10:00", 'at = "24h"', "11-01 Sun 09:00" },
    } do
      it(("%s: %s from %s"):format(case[1], case[3], case[2]), function()
        local w = H.world { zone = case[1], at = case[2],
          steps = ('aw.step { id = "s", %s, run = function(p) p:note "ran" end },'):format(case[3]) }
        w:load { ["w/w.lua"] = H.source { steps = ('aw.step { id = "s", %s, run = function(p) p:note "ran" end },'):format(case[3]) }
          :gsub('calendar = "cn",', 'calendar = "cn", zone = "' .. case[1] .. '",', 1) }
        w:discharge(w:patient {})
        assert.same({ case[4] }, w:planned("way", "s"))
        w:advance "2d"
        assert.same({ "ran" }, H.notes(w))
      end)
    end
  end)

  it("runs what was planned five years ahead", function()
    local w = H.discharged { steps = [[aw.step { id = "s", at = "5y 09:00", run = function(p) p:note "ran" end },]] }
    w:advance_to "2031-03-02 08:59" assert.same({}, H.notes(w))
    w:advance_to "2031-03-02 09:00" assert.same({ "ran" }, H.notes(w))
  end)
  it("a time of day alone is the next one; hours in a run are exact", function()
    local w = H.body [[p:wait "10:00" p:note "ten" p:wait "90m" p:note "later"]]
    w:advance_to "2026-03-03 09:59" assert.same({}, H.notes(w))
    w:advance_to "2026-03-03 10:00" assert.same({ "ten" }, H.notes(w))
    w:advance "90m" assert.same({ "ten", "later" }, H.notes(w))
  end)
  it("a task's due counts the working time of its role, or all hours of a post on duty all night", function()
    local w = H.discharged { at = "2026-03-06 16:00", more = [[aw.roster { role = "night-nurse", file = "roster/n.csv", calendar = "always" },]],
      steps = H.step [[p:task { id = "day", role = "nurse", due = "8h" } p:task { id = "night", role = "night-nurse", due = "8h" }]] ,
      scripts = { ["w/roster/n.csv"] = "from,to,staff\n" } }
    w:advance "2h"
    local function due(name) local c = H.sim.iso(w:task(name).due, w.zone) return c end
    assert.equal("2026-03-07 01:00:00", due "night")
    assert.equal("2026-03-09 17:00:00", due "day")                    -- Friday 17:00–17:30, Monday 08:00–12:00 and 13:30–17:00
  end)
  it("a deadline that is past already raises, and the run says where", function()
    local w = H.body [[p:task { id = "call", role = "nurse", due = p:now() - 1000 }]]
    w.expects_stuck = true
    w:advance "2h"
    assert.match("due: is already past", w.stuck[1].cause)
    assert.match("w/w.lua:%d+", w.stuck[1].cause)
  end)
end)

describe("rule 5: tier", function()
  local TIERS = { keys = [[tier = function(f) return f:get "close" and "high" or "low" end,]],
    steps = [[aw.step { id = "s", every = { high = "1d 09:00", low = "7d 09:00" }, from = "1d", to = "28d", run = function(p)
        p:note(p.tier)
        p:wait "36h"
        p:note("still " .. p.day)
      end },
      aw.step { id = "only-high", every = { high = "7d 12:00" }, from = "1d", to = "28d", run = function(p) end },
      aw.step { id = "turn", at = "10d 08:00", run = function(p) p:set("close", true) end },]] }
  it("a tier that is not named has no occurrence; after a change the newer grid holds from there on", function()
    local w = H.discharged(TIERS)
    assert.same({ "03-03 Tue 09:00", "03-10 Tue 09:00" }, w:planned("way", "s", 2))
    assert.same({}, w:planned("way", "only-high"))
    w:advance_to "2026-03-12 08:30"
    assert.equal("high", w:enrollment("way").tier)
    assert.same({ "03-12 Thu 09:00", "03-13 Fri 09:00" }, w:planned("way", "s", 2))
    assert.same({ "03-17 Tue 12:00" }, w:planned("way", "only-high", 1))
    assert.equal(2, H.count(w, "run WHERE name='s'"))                -- past points are not made up
  end)
  it("bodies that run go on", function()
    local w = H.discharged(TIERS)
    w:advance_to "2026-03-11 22:00"
    assert.same({ "low", "still 2026-03-03", "low", "still 2026-03-10" }, H.notes(w))
  end)
  it("an occurrence that is due at the moment of the change is not lost", function()
    local w = H.discharged { keys = TIERS.keys, steps = [[
      aw.step { id = "turn", at = "2d 09:00", run = function(p) p:set("close", true) end },
      aw.step { id = "same", at = "2d 09:00", run = function(p) p:note "same" end },
      aw.step { id = "soon", at = "2d 09:05", run = function(p) p:note "soon" end },
      aw.step { id = "end", at = "30d", run = function(p) end },]] }
    w:advance_to "2026-03-04 08:00"
    w:sleep "3h"                                                      -- all three came due while the machine was off
    local notes = H.notes(w)
    table.sort(notes)
    assert.same({ "same", "soon" }, notes)
  end)
  it("a tier function that fails is told to the department, and the tier stays", function()
    local w = H.discharged { keys = [[tier = function(f) if f:get "close" then error "no idea" end return "low" end,]], steps = [[
      aw.step { id = "turn", at = "1d", run = function(p) p:set("close", true) end },
      aw.step { id = "later", at = "9d", run = function(p) end },]] }
    w:advance "2d"
    assert.equal("low", w:enrollment("way").tier)
    assert.match("no idea", w:alert_named("way").reason)
  end)
end)

describe("rule 6: a patient in a bed again", function()
  it("keeps the time that is left, and holds tasks", function()
    local w, pt = H.body [[local a, why = p:ask("check", { within = "10h" })
      p:note(why)
      p:task { id = "call", role = "nurse", due = "4bh" }]]
    w:advance "3h"                                                    -- asked at 11:00, two of ten hours gone
    w:event(pt, "admission")
    assert.equal("paused", w:enrollment("way").status)
    w:advance "5d" assert.same({}, H.notes(w))
    w:discharge(pt)
    w:advance "7h" assert.same({}, H.notes(w))
    w:advance "1h" assert.same({ "silent" }, H.notes(w))
  end)
  it("a run past its validity ends as stale, and its tasks and its question with it", function()
    local w, pt = H.discharged { enroll = 'again = "ignore"', steps = [[
      aw.step { id = "s", at = "1h", valid_for = "2d", run = function(p)
        p:ask("check", { within = "1h" })
        p:wait(p:task { id = "call", role = "nurse", form = "check", due = "5bd" })
      end },
      aw.step { id = "end", at = "60d", run = function(p) end },]] }
    w:advance "3h"
    w:event(pt, "admission")
    assert.equal("held", w:task("call").status)
    w:advance "3d"
    w:discharge(pt)
    assert.equal("stale", w:run("s").result)
    assert.is_nil(w:task "call")
    assert.equal(0, H.count(w, "question WHERE status='open'"))
  end)
  it("a message that was held goes with a run that is still valid, not with a stale one", function()
    for _, case in ipairs { { "1d", 1 }, { "5d", 0 } } do
      local w, pt = H.discharged { at = "2026-03-02 21:30", site = { quiet_hours = "21:00-08:00" }, steps = [[
        aw.step { id = "s", at = "5m", valid_for = "3d", run = function(p) p:ask("check", { within = "5d" }) end },
        aw.step { id = "end", at = "60d", run = function(p) end },]] }
      w:advance "1h"
      w:event(pt, "admission")
      w:advance(case[1])
      w:discharge(pt)
      w:advance "11h"
      assert.equal(case[2], #w:sent "check")
    end
  end)
  it("watches with the patient as subject still work, and so do messages of class visit", function()
    local w, pt = H.discharged { steps = [[aw.step { id = "end", at = "60d", run = function(p) end },]], more = [[
      aw.watch { id = "no-clinic", on = "appointment-cancelled", run = function(p)
        p:send "clinic" p:note "told" end },]] }
    w:event(pt, "admission")
    w:event(pt, "appointment", { appointment = { id = "A1", at = "2026-03-20 09:00", status = "cancelled" } })
    assert.equal(1, #w:sent "clinic")
    assert.same({ "told" }, H.notes(w))
  end)
end)

describe("rule 7: death", function()
  local CARE = [[p:alert { id = "worry", level = "soon", reason = "x" }
    p:task { id = "call", role = "nurse", due = "8bh" }
    p:ask("check", { remind = "1h" }) p:send "hello"]]
  it("ends runs, withdraws calls, closes alerts with that reason and sends nothing, in the same commit", function()
    local w, pt = H.body(CARE)
    w:advance "90m"
    w:event(pt, "death")
    assert.equal("death", w:enrollment("way").ended)
    assert.equal("ended", w:run("s").status)
    assert.is_nil(w:task "call")
    assert.is_false(w:alert_named("worry").open)
    assert.match("d[ei]", w:alert_named("worry").closed_reason)
    local n = #w.messages
    w:advance "30d"
    assert.equal(n, #w.messages)
  end)
  it("what the ward does next is a person's task", function()
    local w, pt = H.body(CARE, { more = [[aw.watch { id = "death", on = "death", run = function(p)
      p:task { id = "condolence", role = "head-nurse", due = "2bd" } end },]] })
    w:advance "90m"
    w:event(pt, "death")
    assert.equal("head-nurse", w:task("condolence").role)
  end)
  it("nobody who died is enrolled by codes that come late", function()
    local w, pt = H.discharged { enroll = [[where = function(f) return f.event:has_procedure("81.51") end]], steps = H.step "" }
    w:event(pt, "death")
    w:event(pt, "procedure", { procedures = { "81.51" } })
    assert.is_nil(w:enrollment "way")
  end)
end)

describe("rule 8: who can be addressed", function()
  it("the family, by its order; without one there is no contact", function()
    local w = H.body [[p:note(tostring((p:ask("check", { to = "family", within = "1h" }))))]]
    w:advance "61m"
    assert.equal(1, #w:sent("check", "family"))
    w = H.body([[local a, why = p:ask("check", { to = "family", within = "1h" }) p:note(why)]], { patient = { age = 60 } })
    w:advance "61m"
    assert.same({ "no-contact" }, H.notes(w))
  end)
  it("a nurse is no addressee", function()
    local ok, why = pcall(H.body, [[p:send("hello", { to = "nurse" })]])
    if ok then
      local w = why
      w.expects_stuck = true
      w:advance "2h"
      why = w.stuck[1].cause
    end
    assert.match("to", why)
  end)
  it("a proxy is asked in the patient's place", function()
    local w = H.body([[p:ask("check", { within = "1h" })]], { patient = { age = 80,
      contacts = { { name = "子", phone = "13800000001", relation = "child", proxy = true } } } })
    w:advance "61m"
    local sent = w:sent "check"
    assert.equal(1, #sent)
    assert.not_equal(sent[1].person, sent[1].patient)
  end)
end)

describe("rule 10: a measurement that comes by itself", function()
  it("answers the open one-question form of the same observation", function()
    local w, pt = H.body [[p:note("got " .. p:ask("sugar", { within = "2d" }).value)]]
    w:advance "2h"
    w:observe(pt, "glucose", 7.5)
    assert.same({ "got 7.5" }, H.notes(w))
    assert.equal(1, H.count(w, "observation"))
  end)
  it("does not answer a form of another code, nor an answered one", function()
    local w, pt = H.body [[p:note("got " .. p:ask("check", { within = "2d" }).temp)]]
    w:advance "2h"
    w:observe(pt, "glucose", 7.5)
    assert.same({}, H.notes(w))
  end)
end)

describe("rule 11: a run and its record", function()
  local ONE = [[p:ask("check", { within = "1d" }) p:note "end"]]
  it("a run that ends with records left over is a mismatch that names both sides", function()
    local w, pt = H.body(ONE)
    w.expects_stuck = true
    w:advance "2h"
    w.core:query "UPDATE bundle_file SET digest='gone' WHERE 0"
    w:load { ["w/w.lua"] = H.source { steps = H.step [[ ]] } }
    pt:answer("check", { temp = 37 })
    assert.equal("done", w:run("s").status)                          -- the newest disagrees: the run stays on its own version
    assert.same({ "end" }, H.notes(w))
  end)
end)

describe("rule 12: the contact budget", function()
  it("counts questionnaires and notices together, medicine and safety apart", function()
    local w = H.body([[
      for i = 1, 4 do local at, why = p:send "hello" if why then p:note(why) end end
      for i = 1, 3 do local at, why = p:send "dose" p:note(at and "dose" or why) end]], { site = { budget_day = 3 } })
    w:advance_to "2026-03-02 23:30"
    assert.equal(3, #w:sent "hello")
    w:advance_to "2026-03-03 12:00"
    assert.equal(4, #w:sent "hello")
    assert.same({ "dose", "dose", "dose" }, H.notes(w))
  end)
end)

describe("rule 13 and declarations", function()
  local function refused(o)
    local ok, why = pcall(H.world, o)
    assert.is_false(ok)
    return why
  end
  it("a level that the department has not is refused with the nearest word", function()
    local w = H.body [[p:alert { id = "x", level = "urgnt", reason = "y" }]]
    w.expects_stuck = true
    w:advance "2h"
    assert.match("urgent", w.stuck[1].cause)
  end)
  it("a step named twice, a form nobody declared, an impossible time are found at loading", function()
    assert.match("s", refused { steps = H.step "" .. H.step "" })
    assert.match("chekc", refused { steps = H.step [[p:ask "chekc"]] })
    assert.match("at", refused { steps = [[aw.step { id = "s", at = "3 dayz", run = function(p) end },]] })
  end)
end)
