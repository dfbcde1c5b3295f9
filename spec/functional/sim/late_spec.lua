-- A patient who comes in late: the list is sent days after the discharge, or the code that enrolls is.
local H = require "functional.sim.helper"

local DAY = 86400000
local FAR = [[aw.step { id = "review", at = "90d", run = function(p) p:note "review" end },]]
local CHECK = [[aw.step { id = "first-day", at = "24h", valid_for = "3d", missed = "nurse", run = function(p)
  p:ask("check", { within = "2d" })
end },]]

-- Discharged `days` ago, told of now.
local function late(days, o)
  o.at = o.at or "2026-03-10 10:00"
  local w = H.world(o)
  local pt = w:patient { age = 60, family = true }
  w:discharge(pt, { at = w:now() - math.floor(days * DAY) })
  return w, pt
end
local function listed(w)
  local out = {}
  for i, row in ipairs(w.core:query "SELECT step, day, reason FROM skip ORDER BY id") do
    out[i] = row.step .. " " .. row.day .. " " .. row.reason
  end
  return out
end
local function enrollments(w)
  local out = {}
  for i, row in ipairs(w.core:query "SELECT status, coalesce(ended_reason,'') AS why FROM enrollment ORDER BY id") do
    out[i] = row.status .. " " .. row.why
  end
  return out
end

describe("When the list comes three days after the discharge", function()
  it("the first day's check, valid for three days, is asked at once", function()
    local w, pt = late(3, { steps = CHECK .. FAR })
    w:advance "1m"
    assert.equal(1, #w:sent "check")
    assert.same({}, w:skipped())
    pt:answer("check", { temp = 36.6 })
    assert.same({ "done" }, { w:run("first-day").status })
    w:advance "5d"
    assert.equal(1, #w:sent "check")
  end)

  it("the nurse's task of that day is given, and its time counts from now", function()
    local w = late(3, { steps = [[aw.step { id = "call", at = "24h", valid_for = "3d", run = function(p)
      p:task { id = "call", role = "nurse", due = "8h" }
    end },]] .. FAR })
    w:advance "1m"
    assert.is_true(w:task("call").due > w:now())
  end)

  it("a step that does not say how late it may begin is past: listed, not made up", function()
    local w = late(3, { steps = [[aw.step { id = "hello", at = "1d", run = function(p) p:send "hello" end },
      aw.step { id = "daily", every = "1d 09:00", from = "1d", to = "20d", run = function(p) p:note(p.day) end },]] .. FAR })
    w:advance "1d"
    assert.equal(0, #w:sent "hello")
    assert.same({ "daily 2026-03-08 past-at-enrollment", "hello 2026-03-08 past-at-enrollment", "daily 2026-03-09 past-at-enrollment",
      "daily 2026-03-10 past-at-enrollment" }, listed(w))
    assert.same({ "2026-03-11" }, H.notes(w))
  end)

  it("a step too late by its own word is listed, and nobody is told to make up for it", function()
    local w = late(5, { steps = CHECK .. FAR })
    w:advance "1d"
    assert.equal(0, #w:sent "check")
    assert.same({ "first-day 2026-03-06 past-at-enrollment" }, listed(w))
    assert.equal(0, w:open_tasks())
  end)

  it("of a step that recurs only the newest begins", function()
    local w = late(6.5, { steps = [[aw.step { id = "pain", every = "2d 09:00", from = "2d", to = "20d", valid_for = "40h",
      missed = "nurse", run = function(p) p:note(p.day) end },]] .. FAR })
    w:advance "1m"
    assert.same({ "2026-03-09" }, H.notes(w))
    assert.same({ "pain 2026-03-05 past-at-enrollment", "pain 2026-03-07 past-at-enrollment" }, listed(w))
    w:advance "1d"
    assert.same({ "2026-03-09", "2026-03-11" }, H.notes(w))
    assert.equal(0, w:open_tasks())
  end)

  it("moments listed one by one stand each for itself", function()
    local w = late(3, { steps = [[aw.step { id = "s", at = { "12h", "24h", "60h" }, valid_for = "2d 12:00",
      run = function(p) p:note(p.day) end },]] .. FAR })
    w:advance "1m"
    assert.same({ "2026-03-08", "2026-03-09" }, H.notes(w))
    assert.same({ "s 2026-03-07 past-at-enrollment" }, listed(w))
  end)

  it("in the night, the message waits for the morning as any does; too late then, it is not sent", function()
    local o = { at = "2026-03-10 23:00", site = { quiet_hours = "21:00-08:00" }, steps = CHECK .. FAR }
    local w = late(3, o)
    w:advance "8h"
    assert.equal(0, #w:sent "check")
    w:advance_to "2026-03-11 08:01"
    assert.equal(1, #w:sent "check")
  end)

  it("a patient who is back in a bed is not asked before she leaves it", function()
    local w = H.world { steps = CHECK .. FAR, at = "2026-03-10 10:00" }
    local pt = w:patient { age = 60 }
    w:event(pt, "admission", { at = w:now() - DAY, visit = pt.mrn .. "-2" })
    w:discharge(pt, { at = w:now() - 2 * DAY, visit = pt.mrn .. "-1" })
    w:advance "1d"
    assert.same({ "paused " }, enrollments(w))
    assert.equal(0, #w:sent "check")
    w:event(pt, "cancel-admission", { visit = pt.mrn .. "-2" })
    w:advance "1m"
    assert.equal(1, #w:sent "check")
  end)

  it("and nothing else is to come, the follow-up lasts until what began has ended", function()
    local w, pt = late(3, { steps = CHECK })
    w:advance "1m"
    assert.same({ "active " }, enrollments(w))
    pt:answer("check", { temp = 36.6 })
    w:advance "1m"
    assert.same({ "ended completed" }, enrollments(w))
  end)

  it("after the pathway's own end nothing begins", function()
    local w = late(3, { keys = 'ends = "2d",', steps = CHECK })
    w:advance "1d"
    assert.equal(0, #w:sent "check")
    assert.same({ "first-day 2026-03-08 past-at-enrollment" }, listed(w))
  end)

  it("what began late is no longer planned, and the night finds the books in order", function()
    local w, pt = late(3, { steps = CHECK .. FAR })
    assert.same({}, w:planned("way", "first-day"))
    assert.equal(1, #w:planned("way", "review"))
    w:advance "1d"
    local night = w.core:query "SELECT value AS b_value FROM meta WHERE key='reconciliation'"[1].value
    assert.same({ 1, 1, 0 }, { night.due, night.attempted, night.faults })
    assert.match("began first%-day %(2026%-03%-08%)", w:timeline(pt))
  end)
end)

describe("When the code that enrolls comes four days after the discharge", function()
  local BY_CODE = [[where = function(f) return f.event:has_procedure("81.51") end]]
  local STEPS = [[aw.step { id = "call", at = "3d 09:00", valid_for = "2d", run = function(p) p:note "call" end },]] .. CHECK .. FAR

  it("what may still begin begins, the rest is listed", function()
    local w = H.world { enroll = BY_CODE, steps = STEPS }
    local pt = w:patient { age = 60 }
    w:discharge(pt)
    w:advance "97h"
    assert.is_nil(w:enrollment "way")
    w:event(pt, "procedure", { procedures = { "81.5100x001" } })
    w:advance "1m"
    assert.same({ "call" }, H.notes(w))
    assert.equal(0, #w:sent "check")
    assert.same({ "first-day 2026-03-03 past-at-enrollment" }, listed(w))
  end)

end)

describe("When the same stay begins the follow-up a second time, what was done is not begun again, what was broken off is:", function()
  local STEPS = [[aw.step { id = "call", at = "2d 09:00", valid_for = "2d", run = function(p) p:note "call" end },]] .. CHECK .. FAR
  local function lived(enroll)
    local w = H.world { enroll = enroll, steps = STEPS }
    local pt = w:patient { age = 60 }
    w:discharge(pt)
    w:event(pt, "procedure", { procedures = { "81.51" } })
    w:advance "71h"
    assert.same({ "call" }, H.notes(w))
    assert.equal(1, #w:sent "check")
    return w, pt
  end
  local function goes_on(w, ended)
    w:advance "1m"
    assert.same({ "ended " .. ended, "active " }, enrollments(w))
    assert.same({ "call" }, H.notes(w))
    assert.equal(2, #w:sent "check")
    assert.same({ "call 2026-03-04 past-at-enrollment" }, listed(w))
  end

  it("its discharge was taken back by mistake, and is told again", function()
    local w, pt = lived()
    w:event(pt, "cancel-discharge", { visit = pt.mrn .. "-1" })
    w:discharge(pt, { at = w:now() - 71 * 3600000 })
    goes_on(w, "discharge-cancelled")
  end)
  it("a further operation starts it anew", function()
    local w, pt = lived 'on = "procedure", again = "restart"'
    w:event(pt, "procedure", { procedures = { "81.53" } })
    goes_on(w, "restarted")
  end)
end)

it("A list of the year before last brings nobody work: a part of it is listed, all of it is looked through", function()
  local w = late(600, { steps = [[aw.step { id = "dose", every = "1d 08:30", from = "1d", to = "900d", valid_for = "2h", missed = "nurse",
    run = function(p) p:note "dose" end },
    aw.step { id = "visit", at = "590d", valid_for = "30d", run = function(p) p:note "visit" end },]] .. FAR })
  w:advance "1m"
  assert.same({ "dose", "visit" }, (function(t) table.sort(t) return t end)(H.notes(w)))
  assert.equal(400, #listed(w))
  assert.equal(0, w:open_tasks())
end)
