-- Scripts that change while patients are on them: what becomes of their plans, their open questions and their answers.
local H = require "functional.sim.helper"

local function step(id, keys) return ('aw.step { id = "%s", %s, run = function(p) p:note "%s" end },'):format(id, keys, id) end
local END = step("end", 'at = "90d"')
local function edit(w, steps, o)
  o = o or {}
  o.steps = steps
  w:load { ["w/w.lua"] = H.source(o) }
end
local function ended(w) return w.core:query("SELECT ended_reason FROM enrollment")[1].ended_reason end
local function replans(w) return H.count(w, "replan") end

describe("when the schedule changes under an enrollment", function()
  it("a new step in the future comes, one in the past does not, and each comes once", function()
    local w = H.discharged { steps = step("old", 'at = "10d"') .. END }
    w:advance "3d"
    edit(w, step("past", 'at = "2d"') .. step("soon", 'at = "4d"') .. step("old", 'at = "10d"') .. END)
    assert.same({}, w:planned("way", "past"))
    w:advance "20d"
    assert.same({ "soon", "old" }, H.notes(w))
    assert.same({}, w:skipped())
  end)

  it("a step that is put off does not come at its old time, whose row stands there still", function()
    local w = H.discharged { steps = step("s", 'at = "5d 10:00"') .. END }
    w:advance "1d"
    edit(w, step("s", 'at = "8d 10:00"') .. END)
    assert.equal(1, H.count(w, "enrollment WHERE next_at < ?1 + 5*86400000", w:now()))     -- not written again
    w:advance "5d"
    assert.same({}, H.notes(w))
    assert.same({ "03-10 Tue 10:00" }, w:planned("way", "s"))
    w:advance "4d"
    assert.same({ "s" }, H.notes(w))
  end)

  it("a step that was taken out does not come, though its row is not planned again yet", function()
    local w = H.discharged { steps = step("gone", 'at = "5d"') .. END }
    w:advance "4d"
    w.core:cut(1, true)                                                   -- the first look at the enrollment is lost
    pcall(edit, w, END)
    w:advance "3d"
    assert.same({}, H.notes(w))
    w:advance "90d"
    assert.same({ "end" }, H.notes(w))
  end)

  it("what is left of a plan decides whether the enrollment is over", function()
    local w = H.discharged { steps = step("s", 'at = "5d"') }
    w:advance "1d"
    edit(w, step("other", 'at = "1h"'))
    assert.equal("completed", ended(w))
  end)

  it("an enrollment with nothing ahead is given what the new schedule has for it", function()
    local w = H.discharged { steps = H.step [[p:wait "30d"]] }
    w:advance "2d"
    edit(w, H.step [[p:wait "30d"]] .. step("past", 'at = "1d"') .. step("more", 'at = "3d"'))
    w:advance "40d"
    assert.same({ "more" }, H.notes(w))
    assert.equal("completed", ended(w))
  end)

  it("one who is in hospital again gets it when she goes home", function()
    local w, pt = H.discharged { steps = step("old", 'at = "30d"') .. END }
    w:advance "2d"
    w:event(pt, "admission")
    edit(w, step("soon", 'at = "6d"') .. step("old", 'at = "30d"') .. END)
    w:advance "2d"
    w:discharge(pt)
    w:advance "5d"
    assert.same({ "soon" }, H.notes(w))
  end)

  it("is looked after by calls beside its own row, of which none outlives the schedule that asked for it", function()
    local w = H.discharged { steps = step("s", 'at = "20d 10:00"') .. END }
    local function rows()
      local out = {}
      for i, row in ipairs(w.core:query "SELECT (at - 1772416800000) / 86400000 AS i_day FROM due WHERE class=5 AND kind=7 ORDER BY at") do
        out[i] = row.day
      end
      return out
    end
    w:advance "1d"
    assert.same({ 20 }, rows())
    for day = 15, 10, -1 do
      edit(w, step("s", ('at = "%dd 10:00"'):format(day)) .. END)
      assert.same({ day, 20 }, rows())
    end
    edit(w, step("s", 'at = "30d 10:00"') .. END)
    assert.same({ 20 }, rows())
    edit(w, step("s", 'at = "5d 10:00"') .. END)
    w:advance "5d"
    assert.same({ "s" }, H.notes(w))
    assert.same({ 90 }, rows())
  end)

  it("nobody is planned again when only what steps do has changed", function()
    local w = H.discharged { steps = step("s", 'at = "5d"') .. END }
    local before = replans(w)
    edit(w, step("s", 'at = "5d"'):gsub('p:note "s"', 'p:note "other"') .. END)
    assert.equal(before, replans(w))
    w:advance "6d"
    assert.same({ "other" }, H.notes(w))
  end)

  it("several edits, and power that fails at any moment of planning again, come to the same", function()
    local function make() return H.world { steps = step("old", 'at = "20d"') .. END } end
    local function play(w)
      for _ = 1, 2 do w:discharge(w:patient { age = 60 }) end
      w:advance "2d"
      edit(w, step("early", 'at = "3d 09:00"') .. step("old", 'at = "20d"') .. END)
      w:advance "6h"
      edit(w, step("early", 'at = "3d 10:00"') .. step("past", 'at = "1d"') .. step("old", 'at = "30d"') .. END)
      w:advance "2d"
      edit(w, step("late", 'at = "9d"') .. step("early", 'at = "3d 11:00"'))
      w:advance "10d"
    end
    local w = make()
    play(w)
    assert.same({ "early", "early", "late", "late" }, H.notes(w))
    w:close()
    assert.is_true(H.sim.torture(make, play) > 8)
  end)
end)

describe("a form that is renamed while it is asked", function()
  local function ask(form) return H.step(([[local a, why = p:ask("%s", { within = "9d" }) p:note(tostring(a and a.flag or why))]]):format(form)) end
  local function renamed(text) return (text:gsub('aw%.form { id = "check"', 'aw.form { id = "check-2"')) end
  local function world()
    local w, pt = H.discharged { steps = ask "check" .. END }
    w:advance "2h"
    return w, pt
  end

  it("stays open, is answered by the questions it asked, and judged by its rule", function()
    local w, pt = world()
    w:load { ["w/w.lua"] = renamed(H.source { steps = ask "check-2" .. END }) }
    w:advance "1d"
    local reply = pt:answer("check", { temp = 39.1 })
    assert.equal(200, reply.status)
    assert.equal("urgent", w:alert_named("flags").level)
    assert.same({ "urgent" }, H.notes(w))                  -- the run stayed on the scripts it began with
    w:discharge(w:patient { age = 50 })
    w:advance "2h"
    assert.equal(1, H.count(w, "question WHERE form='check-2'"))
  end)

  it("also when its rule went with it, and after a restart", function()
    local w, pt = world()
    w:load { ["w/w.lua"] = renamed(H.source { steps = ask "check-2" .. END }):gsub('"flags"', '"signs"') }
    w:crash()
    pt:answer("check", { temp = 39.1 })
    assert.equal("urgent", w:alert_named("flags").level)
    assert.same({ "urgent" }, H.notes(w))
  end)

  it("is asked by its newest words again when it comes back", function()
    local w = world()
    w:load { ["w/w.lua"] = renamed(H.source { steps = ask "check-2" .. END }) }
    assert.equal(1, H.count(w, "departed WHERE id='check'"))
    w:load { ["w/w.lua"] = H.source { steps = ask "check" .. END } }
    assert.equal(0, H.count(w, "departed WHERE id='check'"))
    assert.equal(1, H.count(w, "departed WHERE id='check-2'"))
  end)
end)

describe("a ward that edits its scripts again and again", function()
  it("has each patient's run end on the version that it began with, however many there were since", function()
    local function version(n) return H.step(([[p:note "begin %d" p:wait "40d" p:note "end %d"]]):format(n, n)) end
    local w, expected = H.world { steps = version(1) }, {}
    for n = 1, 24 do
      if n > 1 then edit(w, version(n)) end
      w:discharge(w:patient { age = 50 })
      w:advance "2h"
      expected[n] = "end " .. n
    end
    w:advance "41d"
    assert.same(expected, table.move(H.notes(w), 25, 48, 1, {}))
    assert.equal(0, H.count(w, "run WHERE status='stuck'"))
  end)
end)
