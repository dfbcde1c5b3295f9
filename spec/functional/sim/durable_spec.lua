-- Runs survive: power that fails at any commit, restarts, edits of the script, a machine that was off.
local H = require "functional.sim.helper"

local END = [[aw.step { id = "end", at = "90d", run = function(p) end },]]

describe("when the power fails", function()
  local STORY = { keys = [[tier = function(f) return f:get "close" and "high" or "low" end,
      watches = { aw.watch { id = "sweet", on = "observation:glucose",
        where = function(f) local l = f:read("glucose", { last = 1 }) return l[1] and l[1].value > 10 and { value = l[1].value } end,
        run = function(p, flag) p:note("sweet " .. flag.value) p:alert { id = "sweet", level = "soon", reason = "glucose" } end } },]],
    steps = [[
      aw.step { id = "s", at = "1h", run = function(p)
        p:send "hello"
        local a = p:ask("check", { within = "4h", remind = "2h" })
        if not a then
          local r = p:wait(p:task { id = "call", role = "nurse", form = "check", due = "8bh" })
          a = r.answer
        end
        p:set("close", a.flag ~= nil)
        local e, why = p:wait("appointment", { within = "1d" })
        p:note(e and e.kind or why)
        p:wait "2h"
      end },
      aw.step { id = "sugar", every = { low = "7d 09:00", high = "1d 09:00" }, from = "1d", to = "3d", run = function(p)
        local a, why = p:ask("sugar", { within = "6h" })
        p:note("sugar " .. tostring(a and a.value or why) .. " " .. math.random(1000))
      end },]] }
  local function make()
    local w = H.world(STORY)
    w:channel("sms", "keyed")
    return w
  end
  local function play(w)
    local pt = w:patient { age = 60, family = true }
    w:discharge(pt)
    w:advance "7h"
    w:task("call"):done { code = "done", answer = { temp = 39 } }
    w:advance "10m"
    w:alert_named("flags"):ack()
    w:alert_named("flags"):act { act = "saw her" }
    w:alert_named("flags"):done { reason = "better" }
    w:event(pt, "appointment", { appointment = { id = "A", at = "2026-03-20 09:00", status = "booked" } })
    w:advance "17h"
    w:observe(pt, "glucose", 12.5)
    w:alert_named("sweet"):act { act = "rang" }
    w:alert_named("sweet"):done { reason = "rang" }
    w:advance "1d"
    w:event(pt, "admission")
    w:advance "6h"
    w:discharge(pt)
    w:advance "2d"
  end
  it("after any commit, or in the middle of one, the story ends the same", function()
    assert.is_true(H.sim.torture(make, play) > 30)
  end)
  it("nor does it matter where every work has a commit of its own, as when time is short", function()
    assert.is_true(H.sim.torture(function()
      local w = make()
      w.core:follow(false)
      return w
    end, play) > 60)
  end)
  it("a department's own specs say it in one call, from the options of a world", function()
    local source = H.source { steps = H.step [[p:ask("check", { within = "4h" }) p:note "asked"]] }
    local commits = H.sim.torture({ scripts = { ["w/w.lua"] = source }, at = "2026-03-02 10:00" }, function(w)
      local pt = w:patient { age = 60 }
      w:discharge(pt)
      w:advance "2h"
      pt:answer("check", { temp = 39 })
      w:advance "1h"
    end)
    assert.is_true(commits > 3)
  end)
  it("the torture does see a difference", function()
    local worlds = 0
    local ok, why = pcall(H.sim.torture, function()
      worlds = worlds + 1
      return H.world { steps = H.step(worlds == 1 and 'p:note "one"' or 'p:note "two"') }
    end, function(w) w:discharge(w:patient {}) w:advance "2h" end)
    assert.is_false(ok)
    assert.match("expected.*one.*got.*two", why)
  end)
  it("a questionnaire that was under way is in doubt, never sent again by itself", function()
    local w = H.body [[p:note(tostring(select(2, p:ask("check", { within = "1d" }))))]]
    w:channel("sms", "silent")
    w:advance "61m"
    w:channel("sms", "accept")
    w:crash()
    w:advance "1d"
    assert.equal(0, #w:sent "check")
    assert.equal(1, H.count(w, "message WHERE status='in_doubt'"))
    assert.equal(1, H.count(w, "attempt WHERE status='in_doubt'"))
  end)
  it("what a sender sends again after no answer is applied once", function()
    local w, pt = H.discharged { steps = END }
    local event = { id = "lab-1", kind = "observation", patient = { mrn = pt.mrn }, observation = { code = "glucose", value = 5 } }
    event.at = H.sim.iso(w:now(), w.zone)
    assert.equal(200, w.core:event(event).status)
    w:crash()
    assert.equal(200, w.core:event(event).status)
    assert.equal(1, H.count(w, "observation"))
    event.observation.value = 6
    assert.equal(409, w.core:event(event).status)
  end)
end)

describe("a run", function()
  it("is replayed at every resume: its draws and its reads stay as they were", function()
    local w = H.body [[
      local n, age, t = math.random(1e9), p.patient.age, p:now()
      p:set("k", n)
      p:wait "1h"
      p:note(tostring(n == p:get "k" and t + 3600000 == p:now() and age == 60))]]
    w:advance "90m" w:crash() w:advance "1h"
    assert.same({ "true" }, H.notes(w))
  end)
  it("that does something else than its record says is stuck; the cause names both sides, the department is told", function()
    local w, pt = H.body [[p:ask("check", { within = "1d" })]]
    w.expects_stuck = true
    w:advance "2h"
    w:load { ["w/w.lua"] = H.source { steps = H.step [[p:wait(p:task { id = "call", role = "nurse", due = "8bh" })]] } }
    w.core:query "UPDATE run SET bundle=(SELECT max(id) FROM bundle)"   -- as if its own version were this one
    pt:answer("check", { temp = 37 })
    assert.equal("stuck", w:run("s").status)
    assert.match("recorded ask 'check' at 1, the script did task 'call'", w:run("s").cause)
    local alert = w:alert_named "stuck-way"
    assert.equal("w", alert.department)
    assert.is_true(#w.pages > 0)
    assert.equal(0, H.count(w, "due WHERE kind=2 AND ref=?1", w:run("s").id))
  end)
  it("moves to newer scripts when its record agrees, and stays when it does not", function()
    local function source(note, first)
      return { ["w/w.lua"] = H.source { steps = H.step((first or "") .. [[local a = p:ask("check", { within = "1d" }) p:note "]] .. note .. '"') } }
    end
    local w, pt = H.discharged { steps = H.step [[local a = p:ask("check", { within = "1d" }) p:note "old"]] }
    w:advance "2h"
    w:load(source "new")
    pt:answer("check", { temp = 37 })
    assert.same({ "new" }, H.notes(w))
    w, pt = H.discharged { steps = H.step [[local a = p:ask("check", { within = "1d" }) p:note "old"]] }
    w:advance "2h"
    w:load(source("new", [[p:send "hello" ]]))
    pt:answer("check", { temp = 37 })
    assert.same({ "old" }, H.notes(w))
  end)
  it("with more than 5,000 records is refused, and says so", function()
    local w = H.body [[for i = 1, 200 do for j = 1, 40 do p:get "x" end p:wait "1h" end]]
    w.expects_stuck = true
    w:advance "9d"
    assert.equal("stuck", w:run("s").status)
    assert.match("5000", w:run("s").cause)
    assert.is_true(w:run("s").records <= 5000)
  end)
  it("that stops ends its enrollment with that reason", function()
    local w = H.body [[p:task { id = "call", role = "nurse", due = "8bh" } p:stop "moved away" p:note "never"]]
    w:advance "2h"
    assert.equal("moved away", w:enrollment("way").ended)
    assert.is_nil(w:task "call")
    assert.same({}, H.notes(w))
  end)
end)

describe("after the machine was off", function()
  local STEPS = [[
    aw.step { id = "wound", at = "1d", valid_for = "2d", missed = "nurse", run = function(p) p:note "wound" end },
    aw.step { id = "late", at = "3d", run = function(p) p:note "late" end },
    aw.step { id = "daily", every = "1d 09:00", from = "1d", to = "9d", run = function(p) p:note("daily " .. p.day) end },]] .. END
  it("steps begin while they are valid, of recurring ones the newest, and the rest is listed", function()
    local w = H.discharged { steps = STEPS }
    w:sleep "5d"
    local notes = H.notes(w)
    table.sort(notes)
    assert.same({ "daily 2026-03-07", "late" }, notes)
    local skips = H.reasons(w)
    table.sort(skips)
    assert.same({ "daily: too-late", "daily: too-late", "daily: too-late", "daily: too-late", "wound: too-late" }, skips)
    assert.equal("nurse", w:task("missed-wound").role)
    w:advance "10d"
    assert.equal(6, #H.notes(w))                                     -- those of 8 to 11 March as ever
  end)
  it("escalations come first, then the rest", function()
    local w = H.discharged { steps = [[
      aw.step { id = "a", at = "1h", run = function(p) p:alert { id = "x", level = "urgent", reason = "y" } end },
      aw.step { id = "b", at = "70m", run = function(p) p:send "hello" end },]] .. END }
    w:advance "61m"
    assert.equal("nurse", w.pages[#w.pages].role)
    w:sleep "1h"
    local page = w.core:query "SELECT max(id) AS i_id FROM message WHERE kind='page'"[1].id
    local send = w.core:query "SELECT id AS i_id FROM message WHERE kind='send'"[1].id
    assert.equal("chief", w.pages[#w.pages].role)
    assert.is_true(page < send)
  end)
  it("a clock that is set back does not turn time back", function()
    local w = H.body [[p:note(tostring(p:now())) p:wait "5m" p:note(tostring(p:now()))]]
    w:advance "61m"
    w.core:jump_to(w:now() - 7200000)
    w:crash()
    w:advance "4h"
    local notes = H.notes(w)
    assert.is_true(tonumber(notes[2]) - tonumber(notes[1]) >= 300000)
    assert.equal(0, H.count(w, "journal a JOIN journal b ON b.id > a.id WHERE b.at < a.at"))
  end)
  it("a wait says how late it woke", function()
    local w = H.body [[p:note(tostring(p:wait "1h"))]]
    w:advance "61m" w:sleep "2h"
    assert.same({ tostring(61 * 60000) }, H.notes(w))
  end)
end)

describe("an occurrence begins once", function()
  local function steps(every, note) return ([[aw.step { id = "s", every = { a = "%s 09:00", b = "1d 09:00" }, from = "1d", to = "8d",
    run = function(p) p:note("%s" .. p.day) end },]]):format(every, note or "") .. END end
  local TIER = [[tier = function(f) return f:get "b" and "b" or "a" end,]]
  it("when the schedule changes: none twice, none of the past made up, the future as newly written", function()
    local w = H.discharged { keys = TIER, steps = steps "2d" }
    w:advance_to "2026-03-05 09:30"
    assert.same({ "2026-03-03", "2026-03-05" }, H.notes(w))
    w:load { ["w/w.lua"] = H.source { keys = TIER, steps = steps("1d", "new ") } }
    assert.same({ "03-06 Fri 09:00", "03-07 Sat 09:00" }, w:planned("way", "s", 2))
    w:advance_to "2026-03-06 09:30"
    assert.same({ "2026-03-03", "2026-03-05", "new 2026-03-06" }, H.notes(w))
    w:load { ["w/w.lua"] = H.source { keys = TIER, steps = steps "1d":gsub("09:00", "10:00") } }   -- moved to an hour from now
    w:advance_to "2026-03-06 12:00"
    assert.equal(3, #H.notes(w))                                     -- today's was already
  end)
  it("when the tier changes on that day", function()
    local w = H.discharged { keys = TIER, steps = steps "2d" }
    w:advance_to "2026-03-03 09:30"
    w:enrollment("way").state.b = true
    w:retier(w:enrollment "way")
    w:advance_to "2026-03-04 09:30"
    assert.same({ "2026-03-03", "2026-03-04" }, H.notes(w))
  end)
  it("a step taken out vanishes from the plan, and the run that began goes on", function()
    local GONE = [[aw.step { id = "gone", at = "5d", run = function(p) p:note "gone" end },]]
    local w = H.discharged { steps = H.step [[p:wait "2d" p:note "end"]] .. GONE .. END }
    w:advance "2h"
    w:load { ["w/w.lua"] = H.source { steps = H.step [[p:wait "2d" p:note "end"]] .. END } }
    assert.same({}, w:planned("way", "gone"))
    w:advance "9d"
    assert.same({ "end" }, H.notes(w))
  end)
  it("the same content again changes nothing", function()
    local w = H.discharged { steps = END }
    w:load { ["w/w.lua"] = H.source { steps = END } }
    assert.equal(1, H.count(w, "bundle"))
  end)
end)

describe("a run with a long journal", function()
  it("goes on where it was, and its records stay in their order in few rows", function()
    local w = H.body 'for i = 1, 200 do p:wait "10m" p:set("at", i) end p:note(tostring(p:get "at"))'
    w:advance "20h"
    w:crash()
    w:advance "20h"
    assert.same({ "200" }, H.notes(w))
    local run = w:run "s"
    local kinds, expected = {}, {}
    for i, record in ipairs(w.core:journal(run.id)) do kinds[i] = record[2] or "woke" end
    for _ = 1, 200 do
      expected[#expected + 1], expected[#expected + 2], expected[#expected + 3] = "wait", 0, "set"
    end
    assert.equal(602, #kinds)
    for i, kind in ipairs(expected) do
      if kind ~= 0 then assert.equal(kind, kinds[i]) end
    end
    assert.is_true(H.count(w, "journal") < 80)
  end)
end)
