-- Rules of the ward (WARD.md) that no other spec plays through. Where the rest is proved:
--  1 disclosure       unit/care/message "no more than the patient may know", unit/script/declare, scripts/cardiac
--  2 how they left    promises "against advice", import (离院方式, wards, contacts), the night's counts in promises
--  3 a loss           here; unit/care/event          6 who is paged at night   unit/care/work, unit/api/page (120)
--  7 contacts         here; unit/care/message, /event  8 one number, two patients here
-- 10 flagged numbers  unit/care/event                 12 call results           unit/care/work, rules 2
-- 14 失访             unit/care/work "lost to follow-up" 16 dialects            unit/care/work
-- 17 working time     rules 3 and 4, scripts/cardiac, unit/care/work  18 claims, hand-over  unit/care/work, cli
-- 20 budgets, feasts  unit/care/message, unit/base/worktime           21 late codes  promises, unit/care/event
local H = require "functional.sim.helper"

local ASK = [[aw.step { id = "s", at = "1d", run = function(p) p:ask("check", { within = "2d" }) end },
  aw.step { id = "later", at = "5d", run = function(p) p:send "hello" end },]]

describe("a stillbirth or an infant's death", function()
  local function home()
    local w = H.world { steps = ASK }
    local mother, child = w:patient { age = 30 }, w:patient { age = 0, family = true }
    w:discharge(mother)
    w:discharge(child)
    w:advance "25h"
    assert.equal(2, #w:sent "check")
    return w, mother, child
  end
  local function quiet(w)
    assert.equal(0, H.count(w, "enrollment WHERE status<>'ended'"))
    assert.equal(1, #w.core:query "SELECT DISTINCT ended_at AS i_at FROM enrollment", "not in the same commit")
    assert.equal(0, H.count(w, "question WHERE status='open'"))
    w:advance "30d"
    assert.same({}, w:sent "hello")
    assert.equal(2, #w:sent "check")
  end

  it("stops the mother's programme and the child's in the same commit, and nothing more is sent to either", function()
    local w, mother, child = home()
    w:event(mother, "birth-loss", { child = { mrn = child.mrn } })
    quiet(w)
  end)

  it("is there after a crash", function()
    local w, mother, child = home()
    w:event(mother, "birth-loss", { child = { mrn = child.mrn } })
    w:crash()
    quiet(w)
  end)
end)

describe("one son's number for father and mother", function()
  local w, father, mother
  before_each(function()
    w = H.world { steps = ASK }
    local son = { { name = "王大", phone = "13900000009", relation = "child", proxy = true } }
    father = w:patient { name = "王建国", sex = "male", phone = false, contacts = son }
    mother = w:patient { name = "李秀兰", phone = false, contacts = son }
    w:discharge(father)
    w:discharge(mother)
  end)

  local function codes()
    local out, seen = {}, 0
    for _, row in ipairs(w.core:query "SELECT code FROM question ORDER BY id") do
      if not out[row.code] then seen = seen + 1 end
      out[row.code] = true
    end
    return seen
  end

  it("each question has a code of its own, so that no answer is about the wrong one", function()
    w:advance "25h"
    assert.equal(2, #w:sent "check")
    assert.equal(2, codes())
    mother:answer("check", { temp = 39 })
    assert.truthy(w:alert_named "flags")
    assert.equal(1, H.count(w, "answer"))
    assert.equal(1, H.count(w, "question WHERE status='open'"))
    assert.equal(1, H.count(w, "answer a JOIN identity i ON i.person=a.patient AND i.kind='mrn' WHERE i.value=?1", mother.mrn))
  end)

  it("silenced for the father, it still serves the mother", function()
    father:opt_out()
    w:advance "6d"
    local reached = {}
    for _, row in ipairs(w:sent "hello") do reached[row.patient] = true end
    local id = w.core:query("SELECT person AS i_id FROM identity WHERE kind='mrn' AND value=?1", mother.mrn)[1].id
    assert.same({ [id] = true }, reached)
  end)
end)

describe("rule 9: several departments at one matter", function()
  it("all tasks are begun first, then each is waited for, in whatever order they are done", function()
    for _, order in ipairs { { "diet", "drugs" }, { "drugs", "diet" } } do
      local w = H.body [[
        p:task { id = "diet", role = "nurse", due = "8bh" }
        p:task { id = "drugs", role = "chief", due = "8bh" }
        local diet, drugs = p:wait "diet", p:wait "drugs"
        p:note(diet.note .. " " .. drugs.note)]]
      w:advance "2h"
      assert.equal(2, w:open_tasks())
      for _, id in ipairs(order) do
        assert.same({}, H.notes(w))
        w:task(id):done { code = "reached", note = id }
      end
      assert.same({ "diet drugs" }, H.notes(w))
    end
  end)
end)
