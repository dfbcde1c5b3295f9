-- 取消出院: the hospital takes a discharge back, and the patient is still in the bed.
local H = require "functional.sim.helper"

local STEPS = [[
  aw.step { id = "day", at = "24h", valid_for = "2d", run = function(p) p:ask("check", { within = "2d" }) end },
  aw.step { id = "week", at = "7d", valid_for = "3d", missed = "nurse", run = function(p) p:note "week" end },
  aw.step { id = "month", at = "30d", run = function(p) p:note "month" end },
]]
local WATCH = [[
  aw.watch { id = "home", on = "discharge", run = function(p)
    p:task { id = "call", role = "nurse", due = "8h" }
    p:wait("3d")
    p:send "hello"
  end },
]]

local function ward(again, more)
  local w = H.world { steps = STEPS, enroll = ('again = "%s"'):format(again or "restart"), more = more }
  return w, w:patient { age = 60 }
end
local function cancel(w, pt) w:event(pt, "cancel-discharge", { visit = pt.mrn .. "-" .. pt.visits }) end
local function enrollments(w)
  local out = {}
  for i, row in ipairs(w.core:query "SELECT status, coalesce(ended_reason,'') AS why FROM enrollment ORDER BY id") do
    out[i] = row.status .. " " .. row.why
  end
  return out
end

describe("A discharge that is taken back", function()
  it("ends the follow-up that it began, with that reason; nothing of it is sent", function()
    local w, pt = ward()
    w:discharge(pt)
    w:advance "2h"
    cancel(w, pt)
    assert.same({ "ended discharge-cancelled" }, enrollments(w))
    w:advance "40d"
    assert.same({}, w:sent "check")
    assert.same({}, H.notes(w))
  end)

  it("leaves the way free for the right one, of the same stay", function()
    local w, pt = ward()
    w:discharge(pt)
    cancel(w, pt)
    w:discharge(pt)
    w:advance "25h"
    assert.same({ "ended discharge-cancelled", "active " }, enrollments(w))
    assert.equal(1, #w:sent "check")
  end)

  it("closes what was asked and under way, and withdraws the calls of watches that it set off", function()
    local w, pt = ward("restart", WATCH)
    w:discharge(pt, { department = "w" })
    assert.truthy(w:task "call")
    w:advance "25h"
    assert.equal(1, #w:sent "check")
    cancel(w, pt)
    assert.equal(0, w:open_tasks())
    assert.equal(0, H.count(w, "question WHERE status='open'"))
    assert.equal(0, H.count(w, "run WHERE ended_at IS NULL"))
    w:advance "5d"
    assert.same({}, w:sent "hello")
  end)

  it("takes the head nurse's decision back", function()
    local w, pt = ward()
    w:discharge(pt, { leaving = "against-advice" })
    assert.truthy(w:task "decide-follow-up")
    cancel(w, pt)
    assert.is_nil(w:task "decide-follow-up")
  end)

  -- An earlier stay's follow-up, the patient in again on its third day, discharged by mistake on its fourth.
  local function mistaken(again)
    local w, pt = ward(again)
    w:discharge(pt)
    w:advance "2d"
    pt:answer("check", { temp = 36.6 })
    w:advance "1d"
    w:event(pt, "admission")
    w:advance "1d"
    w:discharge(pt)
    w:advance "2h"
    return w, pt
  end

  it("brings back, paused, the follow-up that it had restarted", function()
    local w, pt = mistaken()
    assert.same({ "ended restarted", "active " }, enrollments(w))
    cancel(w, pt)
    assert.same({ "paused ", "ended discharge-cancelled" }, enrollments(w))
    w:advance "40d"
    assert.same({}, H.notes(w))                               -- the patient is in a bed
  end)

  it("and what comes back goes on as after any stay: no step twice, none made up, too late ones listed", function()
    local w, pt = mistaken()
    cancel(w, pt)
    w:advance "8d"                                            -- its week is over by two days
    local before = #w:sent "check"
    w:event(pt, "cancel-admission", { visit = pt.mrn .. "-" .. pt.visits })
    assert.same({ "active ", "ended discharge-cancelled" }, enrollments(w))
    assert.same({ "week: too-late" }, H.reasons(w))
    assert.truthy(w:task "missed-week")
    w:advance "30d"
    assert.same({ "month" }, H.notes(w))
    assert.equal(before, #w:sent "check")
  end)

  it("and the right discharge restarts it as the mistaken one did", function()
    local w, pt = mistaken()
    cancel(w, pt)
    w:advance "1d"
    w:discharge(pt)
    w:advance "25h"
    assert.same({ "ended restarted", "ended discharge-cancelled", "active " }, enrollments(w))
    assert.equal(2, #w:sent "check")
  end)

  it("leaves alone the follow-up that it had not touched, but for the pause", function()
    for _, again in ipairs { "ignore", "both" } do
      local w, pt = mistaken(again)
      cancel(w, pt)
      assert.same("paused ", enrollments(w)[1])
    end
  end)

  it("brings nothing back for who has died since", function()
    local w, pt = mistaken()
    w:event(pt, "death")
    cancel(w, pt)
    assert.same({ "ended restarted", "ended death" }, enrollments(w))
  end)
end)
