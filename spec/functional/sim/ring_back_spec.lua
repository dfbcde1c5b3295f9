-- A patient rings back and nobody hears it: whoever rang or wrote last has it as a task (WARD 11).
local H = require "functional.sim.helper"

describe("a missed ring-back", function()
  local w, pt
  local function home(body, o)
    w, pt = H.body(body or 'p:send "hello"', { patient = o or { name = "王桂兰", family = true } })
    w:advance "2h"
  end
  local function missed(o)
    o = o or {}
    o.phone, o.by = o.phone or pt.phone, "li"
    return w:_submit("ring-back", o)
  end

  it("is a task of the post that wrote, with when it was", function()
    home()
    assert.equal("task", missed({ at = "2026-03-02 11:40" }).outcome)
    local task = w:task "ring-back"
    assert.same({ "nurse", "w" }, { task.role, w.core:query("SELECT department FROM task WHERE name='ring-back'")[1].department })
    assert.matches("03-02 11:40 回电未接", task.note, 1, true)
  end)

  it("twice is one task", function()
    home()
    local first = missed().task
    assert.equal(first, missed({ note = "第二次" }).task)
    assert.matches("第二次$", w:task("ring-back").note)
  end)

  it("from a PBX comes by its channel, each once", function()
    home()
    for _ = 1, 2 do
      w:_submit("inbound", { channel = "sms", items = { { id = "call-7", from = "0" .. pt.phone, kind = "missed-call" } } })
    end
    assert.equal("task", w.core:query("SELECT outcome FROM inbound WHERE provider_id='call-7'")[1].outcome)
    assert.equal(1, select(2, w:task("ring-back").note:gsub("回电未接", "")))
  end)

  it("is of the patient whom we rang last, and names the others of that number", function()
    home('p:task { id = "call", role = "nurse", due = "8h" }')
    local other = w:patient { phone = pt.phone }
    w:discharge(other)
    w:advance "2h"
    w.core:query "SELECT 1"
    w:_submit("task.done", { task = w.core:query("SELECT id AS i_id FROM task WHERE patient=?1 AND name='call'", pt.number)[1].id,
      staff = "zhao", code = "no-answer" })
    missed()
    local row = w.core:query("SELECT patient AS i_patient, note FROM task WHERE name='ring-back'")[1]
    assert.equal(pt.number, row.patient)
    assert.matches("同号患者 / same number: patients " .. other.number, row.note, 1, true)
  end)

  it("of a number that is nobody's is kept, and is a task only where somebody says of whom", function()
    home()
    assert.equal("unknown", missed({ phone = "13700000001" }).outcome)
    assert.equal(0, w:open_tasks())
    assert.equal("task", missed({ phone = "13700000001", department = "w", note = "找王护士" }).outcome)
    assert.matches("找王护士$", w:task("ring-back").note)
  end)

  it("says what is wrong", function()
    home()
    assert.matches('"phone" must be the number', missed({ phone = "王" }).detail)
    assert.matches('"at" lies in the future', missed({ at = "2027-01-01 10:00" }).detail)
  end)
end)
