-- What no script can turn off, and the nightly look at what was promised.
local H = require "functional.sim.helper"

local END = [[aw.step { id = "end", at = "90d", run = function(p) end },]]
local SAFE = { quiet_hours = "21:00-08:00", budget_day = 2, budget_week = 4 }

describe("no script can turn off that", function()
  it("a patient who dies between a message's planning and its dispatch gets none", function()
    local w, pt = H.body([[p:send "hello"]], { at = "2026-03-02 21:30", site = SAFE })
    w:advance "1h"
    assert.equal(1, H.count(w, "message WHERE status='held'"))
    w:event(pt, "death")
    assert.equal(0, H.count(w, "message WHERE status IN ('held','planned')"))
    assert.equal("death", w:enrollment("way").ended)
    w:advance "2d"
    assert.equal(0, #w.messages)
  end)
  it("in the commit of the death nothing is left that could send", function()
    local w, pt = H.body([[p:send "hello"]], { at = "2026-03-02 21:30", site = SAFE })
    w:advance "1h"
    w.core:cut(1)                                                  -- the commit that records it applies it: then no power
    w:event(pt, "death")
    assert.equal("ended", w:enrollment("way").status)
    assert.equal(0, H.count(w, "message WHERE status='held'"))
  end)
  it("a patient in a bed again is not asked, one who leaves is", function()
    local w, pt = H.discharged { steps = [[aw.step { id = "s", at = "1d", valid_for = "9d", run = function(p) p:send "hello" end },]] .. END }
    w:event(pt, "admission")
    w:advance "2d" assert.equal(0, #w.messages)
    w:discharge(pt)
    w:advance "1h" assert.equal(1, #w:sent "hello")
  end)
  it("who opted out gets nothing from that moment, and the family is not silenced with him", function()
    local w, pt = H.body([[p:send "hello" p:send("hello", { to = "family" })]], { at = "2026-03-02 21:30", site = SAFE })
    w:advance "61m"
    pt:opt_out { person = pt.number }
    w:advance "1d"
    assert.equal(0, #w:sent("hello", "patient"))
    assert.equal(1, #w:sent("hello", "family"))
    assert.same({ "hello: opted-out" }, H.reasons(w))
  end)
  it("at night nobody is written to, but staff are paged", function()
    local w = H.body([[p:alert { id = "x", level = "urgent", reason = "y" } p:send "hello"]], { at = "2026-03-02 21:30", site = SAFE })
    w:advance "61m"
    assert.equal(0, #w:sent "hello")
    assert.is_true(#w.pages > 0)
    w:advance_to "2026-03-03 08:00"
    assert.equal(1, #w:sent "hello")
  end)
  it("the day's budget holds over all pathways; what can't wait that long is a row with its reason", function()
    local w = H.discharged { site = SAFE, steps = [[
      aw.step { id = "a", at = { "1h", "2h", "3h" }, valid_for = "5h", run = function(p) p:send "hello" end },]] .. END }
    w:advance "4h"
    assert.equal(2, #w:sent "hello")
    w:advance "1d"
    assert.equal(2, #w:sent "hello")
    assert.same({ "hello: budget" }, H.reasons(w))
  end)
  it("a question that was answered meanwhile is not sent: it is asked again at dispatch whether it is open", function()
    local w, pt = H.body([[p:ask("check", { within = "3d", remind = "11h" })]], { site = SAFE })
    w:advance_to "2026-03-02 23:00"                                -- the reminder is held for the morning
    pt:answer("check", { temp = 37 })
    w:advance "1d"
    assert.equal(1, #w:sent "check")
    assert.same({ "check: answered" }, H.reasons(w))
  end)
  it("an open alert always has a deadline to come", function()
    local w = H.body [[p:alert { id = "x", level = "urgent", reason = "y" }]]
    local function promised()
      return H.count(w, "alert JOIN due ON due.class=0 AND due.kind=0 AND due.ref=alert.id AND due.at>?1 WHERE status<>'closed'", w:now())
    end
    w:advance "61m"
    for _ = 1, 20 do
      assert.equal(1, promised())
      w:advance "13m"
    end
    w:alert_named("x"):ack() assert.equal(1, promised())
    w:advance "3h" assert.equal(1, promised())
    w:alert_named("x"):act { act = "seen" } w:alert_named("x"):done { reason = "seen" }
    assert.equal(0, promised())
    assert.equal(0, H.count(w, "due WHERE kind=0"))
  end)
  it("who left against advice is a person's decision, once", function()
    for _, leaving in ipairs { "against-advice", "transfer" } do
      local w = H.world { steps = END, enroll = [[where = function(f) return f.event:has_procedure("81.51") end]] }
      local pt = w:patient {}
      w:discharge(pt, { leaving = leaving, procedures = { "81.51" } })
      w:event(pt, "procedure", { procedures = { "81.52" } })
      w:event(pt, "diagnosis", { diagnoses = { "M16.1" } })
      assert.is_nil(w:enrollment "way")
      assert.equal(1, H.count(w, "task WHERE name='decide-follow-up' AND role='head-nurse'"))
    end
  end)
  it("a patient under two numbers is one after the merge, and what was asked goes on", function()
    local w, pt = H.body [[p:note("got " .. p:ask("check", { within = "2d" }).temp)]]
    local other = w:patient {}
    w:advance "90m"
    w:event(other, "merge", { merge = { from_mrn = pt.mrn, into_mrn = other.mrn } })
    other:answer("check", { temp = 36 })
    assert.same({ "got 36" }, H.notes(w))
  end)
  it("codes that come late bring a patient in; what is past is listed, not made up", function()
    local w = H.world { enroll = [[where = function(f) return f.event:has_procedure("81.51") end]],
      steps = [[aw.step { id = "s", every = "1d 09:00", from = "1d", to = "6d", run = function(p) p:note(p.day) end },]] .. END }
    local pt = w:patient {}
    w:discharge(pt)
    w:advance "4d"
    assert.is_nil(w:enrollment "way")
    w:event(pt, "procedure", { procedures = { "81.5100x001" } })
    assert.truthy(w:enrollment "way")
    w:advance "2d"
    assert.same({ "2026-03-07", "2026-03-08" }, H.notes(w))
    assert.equal(4, H.count(w, "skip WHERE reason='past-at-enrollment'"))
  end)
end)

describe("the nightly reconciliation", function()
  local function last(w) return w.core:query "SELECT value AS b_value FROM meta WHERE key='reconciliation'"[1].value end
  it("at 02:30 of the site's clock counts what the day brought", function()
    local w = H.discharged { steps = [[aw.step { id = "s", at = "1h", run = function(p) p:ask "check" end },
      aw.step { id = "quiet", at = "2h", run = function(p) end },]] .. END }
    local pt = w:patient {}
    w:discharge(pt, { leaving = "transfer" })
    w:advance_to "2026-03-03 02:29" assert.equal(0, H.count(w, "meta WHERE key='reconciliation'"))
    w:advance_to "2026-03-03 02:30"
    local night = last(w)
    assert.same({ 1, 1, 2, 1, 1, 0 }, { night.eligible, night.enrolled, night.due, night.attempted, night.reached, night.faults })
    w:advance "1d"
    night = last(w)
    assert.same({ 0, 0, 0, 0 }, { night.eligible, night.enrolled, night.due, night.faults })
  end)
  -- WARD 26: 应随访 = discharges - deaths - transfers - readmitted before due - listed reasons.
  describe("counts who should be followed up:", function()
    local function go(pt, w, o) w:discharge(pt, o) return pt end
    local fates = {
      { "an ordinary discharge, also to the community", 1, 0, 0, 0, 0, 1, function(w, pt) go(pt, w, { leaving = "community" }) end },
      { "a death in the ward", 1, 1, 0, 0, 0, 0, function(w, pt) go(pt, w, { leaving = "death" }) end },
      { "a death at home", 1, 1, 0, 0, 0, 0, function(w, pt) w:event(go(pt, w), "death") end },
      { "a transfer", 1, 0, 1, 0, 0, 0, function(w, pt) go(pt, w, { leaving = "transfer" }) end },
      { "a readmission before the first step", 1, 0, 0, 1, 0, 0, function(w, pt)
        w:event(go(pt, w), "admission")
      end },
      { "a readmission after the first step", 1, 0, 0, 0, 0, 1, function(w, pt)
        go(pt, w)
        w:advance "3h"
        w:event(pt, "admission")
      end },
      { "an admission that was a mistake", 1, 0, 0, 0, 0, 1, function(w, pt)
        w:event(go(pt, w), "admission")
        w:event(pt, "cancel-admission", { visit = pt.mrn .. "-" .. pt.visits })
      end },
      { "against advice", 1, 0, 0, 0, 1, 0, function(w, pt) go(pt, w, { leaving = "against-advice" }) end },
      { "a discharge taken back", 0, 0, 0, 0, 0, 0, function(w, pt)
        w:event(go(pt, w), "cancel-discharge", { visit = pt.mrn .. "-1" })
      end },
      { "one taken back and told again", 1, 0, 0, 0, 0, 1, function(w, pt)
        w:event(go(pt, w), "cancel-discharge", { visit = pt.mrn .. "-1" })
        w:discharge(pt)
      end },
      { "a list that comes twice", 1, 0, 0, 0, 0, 1, function(w, pt) go(go(pt, w), w) end },
    }
    local STEP = [[aw.step { id = "s", at = "2h", run = function(p) p:ask "check" end },]] .. END
    local function figures(w)
      local n = last(w)
      return { n.discharges, n.deaths, n.transfers, n.readmitted, n.listed, n.eligible }
    end
    local all = { 0, 0, 0, 0, 0, 0 }
    for _, fate in ipairs(fates) do
      local expected = { table.unpack(fate, 2, 7) }
      for i = 1, 6 do all[i] = all[i] + expected[i] end
      it(fate[1], function()
        local w = H.world { steps = STEP }
        fate[8](w, w:patient {})
        w:advance_to "2026-03-03 02:30"
        assert.same(expected, figures(w))
        w:advance "1d"
        assert.same({ 0, 0, 0, 0, 0, 0 }, figures(w))
      end)
    end
    it("one of each, together", function()
      local w = H.world { steps = STEP }
      for _, fate in ipairs(fates) do fate[8](w, w:patient {}) end
      w:advance_to "2026-03-03 02:30"
      assert.same(all, figures(w))
    end)
    it("who is readmitted in a later night, still before the first step, is taken off then", function()
      local w = H.world { steps = [[aw.step { id = "s", at = "3d", run = function(p) p:ask "check" end },]] .. END }
      local pt = go(w:patient {}, w)
      w:advance_to "2026-03-03 02:30" assert.same({ 1, 0, 0, 0, 0, 1 }, figures(w))
      w:advance "1d"
      w:event(pt, "admission")
      w:advance_to "2026-03-05 02:30" assert.same({ 0, 0, 0, 1, 0, -1 }, figures(w))
      w:discharge(pt)
      w:advance "5d"
      w:event(pt, "admission")
      w:advance_to "2026-03-11 02:30" assert.same({ 0, 0, 0, 0, 0, 0 }, figures(w))
    end)
  end)

  it("goes on every night, also over a change of the clocks and after the machine was off", function()
    local w = H.world { zone = "Europe/Berlin", at = "2026-03-28 10:00", steps = END }
    w:advance "3d"
    w:sleep "10d"
    assert.equal(1, H.count(w, "due WHERE class=6"))
    assert.is_true(w:now() - last(w).at < 60000)
    w:crash()
    assert.equal(1, H.count(w, "due WHERE class=6"))
  end)
  -- A night looks at 5,000 ids at a time; 23 rows lie across four such pieces.
  describe("of more rows than one look takes", function()
    local w
    before_each(function()
      w = H.discharged { steps = [[aw.step { id = "s", at = "1h", run = function(p) p:ask "check" end },]] .. END }
      w:advance_to "2026-03-03 02:29"
      w.core:query("WITH RECURSIVE n(i) AS (SELECT 4990 UNION ALL SELECT i+500 FROM n WHERE i<15900) INSERT INTO alert (id,patient,"
        .. "department,name,level,escalation,status,next_at,opened_at) SELECT i,1,'w','x','soon','','open',9,1 FROM n")
      w.core:query("UPDATE run SET id=14000 WHERE kind='step'")
    end)

    it("counts each once, and names the first", function()
      w:advance_to "2026-03-03 02:31"
      assert.same({ 23, 1, 1, 1 }, { last(w).faults - H.count(w, "run WHERE id=14000 AND status='waiting'"), last(w).due, last(w).eligible,
        H.count(w, "due WHERE class=6") })
      assert.match("alerts without a deadline: 4990 5490 5990 6490 6990 and 18 more", w:alert_named "reconciliation".reason, 1, true)
      assert.equal(0, H.count(w, "meta WHERE key='reconciling'"))
    end)

    it("counts a stay once whose discharge was told again, in another piece", function()
      w.core:query("INSERT INTO event (id,patient,kind,at,recorded_at,encounter,inbox,body) SELECT id+12000,patient,kind,at,recorded_at,"
        .. "encounter,inbox,body FROM event WHERE kind='discharge'")
      w:advance_to "2026-03-03 02:31"
      assert.same({ 1, 1, 1 }, { last(w).discharges, last(w).eligible, last(w).enrolled })
      assert.equal(12001, last(w).event)
      w:advance "1d"
      assert.same({ 0, 0, 0 }, { last(w).discharges, last(w).eligible, last(w).enrolled })
    end)
  end)
  for what, harm in pairs {
    ["enrollments without a plan"] = "DELETE FROM due WHERE class=5",
    ["alerts without a deadline"] = "DELETE FROM due WHERE class=0",
    ["runs that nothing wakes"] = "DELETE FROM due WHERE class=2",
    ["messages that nothing sends"] = "DELETE FROM due WHERE class=3",
  } do
    it("finds " .. what .. " and pages the site's ladder", function()
      local w = H.body([[p:alert { id = "x", level = "soon", reason = "y" } p:ask("check", { within = "9d" })]],
        { more = "", steps = nil, site = { quiet_hours = "03:00-03:01" } })
      w:load { ["w/w.lua"] = H.source { steps = H.step [[p:alert { id = "x", level = "soon", reason = "y" } p:ask("check", { within = "9d" })]]
        .. [[aw.step { id = "night", at = "2d 01:00", valid_for = "3d", run = function(p) p:send "hello" end },]] .. END } }
      w:advance_to "2026-03-03 12:00"
      if what:find "messages" then w:channel("sms", "delay") w:advance_to "2026-03-04 01:30" end
      w.core:query(harm)
      w:advance "1d"
      local alert = w:alert_named "reconciliation"
      assert.truthy(alert)
      assert.match(what .. ": %d+", alert.reason)
      local paged = {}
      for _, page in ipairs(w.pages) do paged[page.name] = page.role end
      assert.equal("duty-officer", paged.reconciliation)
    end)
  end
end)
