local H = require "functional.sim.helper"

describe("a call back that a patient asks for", function()
  local STEPS = H.step [[p:ask("check", { within = "9d" })]]
  local w, pt
  local function ward(consult)
    local source = H.source { steps = STEPS }:gsub('(id = "brand", name = )(%b{})', "%1%2" .. consult)
    w = H.world { steps = STEPS, scripts = { ["w/w.lua"] = source } }
    pt = w:patient { age = 60, family = true }
    w:discharge(pt)
    w:advance "2h"
  end
  local function ask()
    local question = w.core:query("SELECT max(id) AS i_id FROM question")[1].id
    return w:_submit("consult.call", { question = question })
  end
  local function calls() return w.core:query "SELECT role, status, due_at AS i_due FROM task WHERE name='call-back'" end

  it("is one task for the program's post, due in its working time, over a weekend too", function()
    ward ', consult = { role = "case-nurse", due = "2h", phone = "0571-1", zh = "问我们" }'
    w:advance_to "2026-03-06 17:00"
    pt:answer("check", { temp = 39 })
    for _ = 1, 2 do assert.equal(200, ask().status) end
    assert.equal(1, #calls())
    assert.same({ "case-nurse", "2026-03-09 09:30" },
      { calls()[1].role, os.date("!%Y-%m-%d %H:%M", calls()[1].due // 1000 + 8 * 3600) })
    w:task("call-back"):done { code = "done" }
    assert.equal(200, ask().status)
    assert.same({ "done" }, { calls()[1].status, calls()[2] })
  end)

  it("is the nurse's within four hours when the program says nothing", function()
    ward ""
    pt:answer("check", { temp = 39 })
    ask()
    assert.same({ "nurse", "2026-03-02 17:30" },
      { calls()[1].role, os.date("!%Y-%m-%d %H:%M", calls()[1].due // 1000 + 8 * 3600) })
  end)

  it("can't come before the answer", function()
    ward ""
    assert.equal(409, ask().status)
    assert.equal(0, #calls())
  end)
end)
