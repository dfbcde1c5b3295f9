-- A nurse takes a step that is still ahead out of one patient's plan, says why, and can put it back.
local H = require "functional.sim.helper"

local STEPS = [[
  aw.step { id = "first", at = "1d 10:00", run = function(p) p:send "hello" p:note "first" end },
  aw.step { id = "pill", every = "2d", from = "2d", to = "8d", run = function(p) p:note("pill " .. p.day) end },
  aw.step { id = "last", at = "20d 10:00", valid_for = "1d", missed = "nurse", run = function(p) p:note "last" end },
]]

local function skip(w, step, o, undo)
  local body = { enrollment = 1, step = step, staff = "li", reason = not undo and "declined" or nil }
  for k, v in pairs(o or {}) do body[k] = v end
  return w:_submit(undo and "step.unskip" or "step.skip", body)
end
local function unskip(w, step, o) return skip(w, step, o, true) end
local function ahead(w)
  local out = {}
  for i, item in ipairs(w.core:planned(1, 100)) do out[i] = item.step .. " " .. item.day end
  return out
end

describe("a step ahead that a nurse skips", function()
  it("does not begin; the others do, and what became of it is kept at its hour with the reason", function()
    local w = H.discharged { steps = STEPS }
    assert.equal(200, skip(w, "first", { reason = "told", note = "电话里已说" }).status)
    assert.same({ "pill 2026-03-04", "pill 2026-03-06", "pill 2026-03-08", "pill 2026-03-10", "last 2026-03-22" }, ahead(w))
    assert.same({}, H.reasons(w))                            -- it has not come due yet
    w:advance "30d"
    assert.same({ "first: told" }, H.reasons(w))
    assert.equal(0, H.count(w, "message"))
    assert.same({ "pill 2026-03-04", "pill 2026-03-06", "pill 2026-03-08", "pill 2026-03-10", "last" }, H.notes(w))
    local night = w.core:query "SELECT value AS b_value FROM meta WHERE key='reconciliation'"[1].value
    assert.equal(0, night.faults)
    assert.equal("completed", w.core:query("SELECT ended_reason AS why FROM enrollment")[1].why)
    assert.same({ { actor = "li", action = "step.skip", object = "enrollment:1", detail = "first of 2026-03-03: told" } },
      w.core:query "SELECT actor, action, object, detail FROM audit WHERE action LIKE 'step.%'")
  end)

  it("of those that come again is the one of the day that was named, and no other", function()
    local w = H.discharged { steps = STEPS }
    local reply = skip(w, "pill")
    assert.equal(409, reply.status)
    assert.matches("pill is ahead on 4 days: name one, 2026%-03%-04, 2026%-03%-06, 2026%-03%-08, 2026%-03%-10", reply.detail)
    assert.equal(200, skip(w, "pill", { day = "2026-03-06" }).status)
    w:advance "10d"
    assert.same({ "first", "pill 2026-03-04", "pill 2026-03-08", "pill 2026-03-10" }, H.notes(w))
    assert.same({ "pill: declined" }, H.reasons(w))
  end)

  it("may be skipped on every day from now on, also those that newer scripts bring", function()
    local w = H.discharged { steps = STEPS }
    w:advance "50h"
    assert.equal(200, skip(w, "pill", { day = "*" }).status)
    assert.same({ "last 2026-03-22" }, ahead(w))
    assert.matches("pill of every day is skipped already, by li: declined", skip(w, "pill", { day = "*" }).detail)
    assert.matches("pill of every day is skipped already, by li: declined", skip(w, "pill", { day = "2026-03-06" }).detail)
    local one = unskip(w, "pill", { day = "2026-03-06" })
    assert.same({ 409, "pill is skipped on every day: put that back, with the day \"*\"" }, { one.status, one.detail })
    w:load { ["w/w.lua"] = H.source { steps = STEPS:gsub('every = "2d"', 'every = "1d"'), windows = "00:00-24:00" } }
    assert.same({ "last 2026-03-22" }, ahead(w))
    w:advance "3d"
    assert.same({ "first", "pill 2026-03-04" }, H.notes(w))
    assert.same({ "pill: declined", "pill: declined", "pill: declined" }, H.reasons(w))
    assert.equal(200, unskip(w, "pill").status)
    w:advance "1d"
    assert.same({ "first", "pill 2026-03-04", "pill 2026-03-08" }, H.notes(w))
  end)

  it("may be put back as long as it is ahead", function()
    local w = H.discharged { steps = STEPS }
    local all = ahead(w)
    skip(w, "first")
    assert.not_same(all, ahead(w))
    assert.equal(200, unskip(w, "first").status)
    assert.same(all, ahead(w))
    local again = unskip(w, "first")
    assert.same({ 409, "first of this enrollment is not skipped" }, { again.status, again.detail })
    skip(w, "first")
    w:advance "30h"
    local late = unskip(w, "first", { day = "2026-03-03" })
    assert.equal(409, late.status)
    assert.matches("its hour has passed", late.detail)
    assert.same({}, H.notes(w))
    assert.equal(3, H.count(w, "audit WHERE action LIKE 'step.%'"))
  end)

  it("is not skipped when it has begun, is over, was skipped, or is no step of this plan", function()
    local w = H.discharged { steps = STEPS }
    for reply, said in pairs {
      [skip(w, "frist")] = "no step 'frist'; did you mean 'first'? (steps: first, pill, last)",
      [skip(w, "first", { day = "2026-03-04" })] = "first of 2026-03-04 is not ahead: it is ahead on 2026-03-03",
      [skip(w, "first", { enrollment = 99 })] = "there is no such enrollment",
      [skip(w, "first", { reason = "tired" })] = 'reason is "tired": say one of told declined unneeded wrong',
      [skip(w, "first", { reason = 7 })] = 'field "reason" must be a text',
      [w:_submit("step.skip", { enrollment = 1, step = "first", staff = "li" })] = 'field "reason" is missing',
      [w:_submit("step.skip", { enrollment = 1, staff = "li", reason = "told" })] = 'field "step" is missing',
      [w:_submit("step.skip", { enrollment = 1, step = "first", reason = "told" })] = 'field "staff" is missing',
    } do
      assert.truthy(reply.status >= 400 and reply.status < 500, said)
      assert.truthy(reply.detail:find(said, 1, true), reply.detail)
    end
    assert.equal(0, H.count(w, "audit WHERE action LIKE 'step.%'"))
    skip(w, "last")
    assert.matches("last of 2026%-03%-22 is skipped already, by li: declined", skip(w, "last").detail)
    w:advance "2d"
    assert.matches("first of 2026%-03%-03 has begun", skip(w, "first", { day = "2026-03-03" }).detail)
    assert.matches("first has begun, or its hour has passed: nothing of it is ahead", skip(w, "first").detail)
    w:advance "30d"
    assert.matches("this enrollment has ended: nothing is ahead", skip(w, "last").detail)
  end)

  it("gives nobody work as one that was missed, and makes nothing up after a stay in a bed", function()
    local w, pt = H.discharged { steps = STEPS }
    w:advance "9d"
    w:event(pt, "admission")
    assert.same({ "last 2026-03-22" }, ahead(w))
    assert.equal(200, skip(w, "last").status)
    w:advance "15d"
    w:discharge(pt)
    w:advance "1d"
    assert.same({ "last: declined" }, H.reasons(w))
    assert.is_nil(w:task "missed-last")
  end)

  it("stays skipped over a crash, and when newer scripts move its hour on that day", function()
    local w = H.discharged { steps = STEPS }
    skip(w, "first")
    w:crash()
    w:load { ["w/w.lua"] = H.source { steps = STEPS:gsub("1d 10:00", "1d 15:00"), windows = "00:00-24:00" } }
    w:advance "30h"
    assert.same({ "first: declined" }, H.reasons(w))
    assert.same({}, H.notes(w))
  end)

  it("is not made up by another event of the same stay", function()
    local o = { steps = [[aw.step { id = "first", at = "1d 10:00", valid_for = "9d", run = function(p) p:note "first" end },
      aw.step { id = "far", at = "90d", run = function(p) end },]], enroll = 'again = "both"' }
    local w, pt = H.discharged(o)
    skip(w, "first")
    w:advance "3d"
    w:event(pt, "discharge", { at = "2026-03-02 10:00" })
    w:advance "1d"
    assert.same({}, H.notes(w))
  end)
end)

describe("what is ahead", function()
  it("ends where the pathway ends", function()
    local w = H.discharged { steps = 'aw.step { id = "pill", every = "2d", from = "2d", run = function(p) end },', keys = 'ends = "5d",' }
    assert.same({ "pill 2026-03-04", "pill 2026-03-06" }, ahead(w))
  end)
end)
