-- 就诊记错了人 (ADT^A45): a stay was written down under another patient's number. It moves to whose it is, with all that hangs on it.
local H = require "functional.sim.helper"

local STEPS = [[
  aw.step { id = "day", at = "24h", valid_for = "2d", run = function(p) p:ask("check", { within = "2d" }) end },
  aw.step { id = "week", at = "7d", valid_for = "3d", run = function(p) p:note("week " .. p.patient.age) end },
]]
local WATCH = [[aw.watch { id = "high", on = "observation:glucose", where = function(f) return (f.event.value or 0) >= 16.7 end,
  run = function(p) p:alert { id = "glucose", level = "urgent", reason = "血糖高" } p:wait "3d" p:note "late" end },]]

local function two(more)
  local w = H.world { steps = STEPS, enroll = 'again = "restart"', more = more }
  return w, w:patient { age = 60 }, w:patient { age = 70 }
end
local function move(w, from, into, o)
  o = o or {}
  return w:event(into, "move-visit", { visit = o.visit or from.mrn .. "-1", move = { from_mrn = from.mrn, from_visit = o.from_visit } })
end
local function enrollments(w)
  local out = {}
  for i, row in ipairs(w.core:query [[SELECT patient AS i_patient, status, coalesce(ended_reason,'') AS why FROM enrollment ORDER BY id]]) do
    out[i] = row.patient .. " " .. row.status .. " " .. row.why
  end
  return out
end
local function owner(w, rows)
  local out = {}
  for i, row in ipairs(w.core:query("SELECT DISTINCT patient AS i_patient FROM " .. rows)) do out[i] = row.patient end
  return out
end

describe("A stay under the wrong patient's number", function()
  it("moves: the wrong one's follow-up ends with that reason, the right one's begins on the days of the discharge", function()
    local w, wrong, right = two()
    w:discharge(wrong, { procedures = { "81.51" } })
    w:advance "2h"
    move(w, wrong, right)
    assert.same({ "1 ended visit-moved", "2 active " }, enrollments(w))
    w:advance "30h"
    local asked = w:sent "check"
    assert.equal(1, #asked)
    assert.same({ 2 }, owner(w, "message WHERE kind='ask' AND status<>'cancelled'"))
    w:advance "8d"
    assert.same({ "week 70" }, H.notes(w))
    for _, rows in ipairs { "encounter", "clinical", "event WHERE encounter IS NOT NULL" } do assert.same({ 2 }, owner(w, rows), rows) end
  end)

  it("what was asked of the wrong one is closed, what was queued never leaves", function()
    local w, wrong, right = two()
    w:discharge(wrong)
    w:advance "25h"
    assert.equal(1, #w:sent "check")
    move(w, wrong, right)
    assert.equal(0, H.count(w, "question WHERE patient=1 AND status='open'"))
    w:advance "3d"
    assert.equal(0, H.count(w, "message WHERE patient=1 AND (status='planned' OR status='held')"))
    assert.same({ "1 ended visit-moved", "2 active " }, enrollments(w))
  end)

  it("moved back, it is as it was: the first follow-up goes on, the second ends", function()
    local w, wrong, right = two()
    w:discharge(wrong)
    w:advance "2h"
    move(w, wrong, right)
    w:advance "1h"
    move(w, right, wrong, { visit = wrong.mrn .. "-1" })
    assert.same({ "1 active ", "2 ended visit-moved" }, enrollments(w))
    w:advance "9d"
    assert.same({ "week 60" }, H.notes(w))
    assert.same({ 1 }, owner(w, "message WHERE kind='ask' AND status<>'cancelled'"))
  end)

  it("lets the follow-up of an earlier stay go on that it had restarted", function()
    local w, wrong, right = two()
    w:discharge(wrong)
    w:advance "3d"
    w:event(wrong, "admission")
    w:advance "1d"
    w:discharge(wrong)
    move(w, wrong, right, { visit = wrong.mrn .. "-2" })
    assert.same({ "1 active ", "1 ended visit-moved", "2 active " }, enrollments(w))
  end)

  it("takes the bed along: the wrong one is followed again, the right one rests", function()
    local w, wrong, right = two()
    w:discharge(wrong)
    w:discharge(right)
    w:advance "1h"
    w:event(wrong, "admission")
    assert.same({ "1 paused ", "2 active " }, enrollments(w))
    move(w, wrong, right, { visit = wrong.mrn .. "-2" })
    assert.same({ "1 active ", "2 paused " }, enrollments(w))
  end)

  it("takes the stay's readings along, and the alert that one of them raised; what was waiting for it ends", function()
    local w, wrong, right = two(WATCH)
    w:event(wrong, "admission", { department = "w" })
    local visit = wrong.mrn .. "-1"
    w:event(wrong, "observation", { visit = visit, observation = { code = "glucose", value = 20 } })
    w:event(wrong, "observation", { observation = { code = "glucose", value = 6 } })       -- at home, of no stay
    assert.truthy(w:alert_named "glucose")
    move(w, wrong, right, { visit = visit })
    assert.same({ 2 }, owner(w, "observation WHERE value=20"))
    assert.same({ 1 }, owner(w, "observation WHERE value=6"))
    assert.same({ 2 }, owner(w, "alert WHERE name='glucose'"))
    w:advance "4d"
    assert.same({}, H.notes(w))
  end)

  it("may get another number; a stay that has it already takes over all that it has", function()
    local w, wrong, right = two()
    w:discharge(wrong, { procedures = { "81.51" } })
    move(w, wrong, right, { visit = "NEW-7", from_visit = wrong.mrn .. "-1" })
    assert.equal("NEW-7", w.core:query "SELECT visit FROM encounter"[1].visit)
    w:event(right, "admission", { visit = "OWN-8" })
    move(w, right, right, { visit = "OWN-8", from_visit = "NEW-7" })
    local stays = {}
    for i, row in ipairs(w.core:query "SELECT visit || ' ' || status AS what FROM encounter ORDER BY id") do stays[i] = row.what end
    assert.same({ "NEW-7 cancelled", "OWN-8 out" }, stays)
    assert.equal(1, H.count(w, "clinical JOIN encounter n ON n.id=clinical.encounter WHERE n.visit='OWN-8'"))
  end)

  it("is refused with a sentence when it can't be meant; told twice it has moved already", function()
    local w, wrong, right = two()
    w:discharge(wrong)
    local other = w:patient { age = 50 }
    local function why(...) local good, text = pcall(move, w, ...) return not good and tostring(text) or nil end
    assert.matches("no stay has this number", why(wrong, right, { visit = "X" }))
    assert.matches("the stay is not this patient's", why(other, right, { visit = wrong.mrn .. "-1" }))
    move(w, wrong, right)
    assert.is_nil(why(wrong, right))
    w:discharge(other, { leaving = "death" })
    assert.matches("ended with a death", why(other, right, { visit = other.mrn .. "-1" }))
  end)
end)
