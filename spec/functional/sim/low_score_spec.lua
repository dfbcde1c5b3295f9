-- Fewer than three stars, in any department's form: a person calls within a day.
local sim = require "afterward.sim"
local H = require "functional.sim.helper"

local WARD = H.source {
  more = [[
    -- accept unjudged: a mark and words, no symptom
    aw.form { id = "marks", title = { zh = "评价", en = "Marks" },
      { id = "stars", kind = "scale", min = 1, max = 5, low = 3, zh = "几颗星？", en = "Stars?" },
      { id = "why", kind = "text", optional = true, zh = "为什么？", en = "Why?" } },
    -- accept unjudged: a mark, no symptom
    aw.form { id = "words", { id = "how", kind = "choice", low = 2, zh = "满意吗？", en = "Satisfied?", options = {
      { "yes", zh = "满意", score = 3 }, { "partly", zh = "一般", score = 2 }, { "no", zh = "不满意", score = 1 } } } },]],
  steps = H.step 'p:ask("marks", { within = "2d" }) p:ask("words", { within = "2d" })' }

describe("a low mark", function()
  local w, pt
  before_each(function()
    w = sim.world { scripts = { "scripts/feedback", ["w/w.lua"] = WARD }, at = "2026-03-05 09:00" }
    pt = w:patient { age = 60, family = true }
    w:discharge(pt, { department = "w", ward = "3 East" })
    w:advance "61m"
  end)
  local function cases() return w.core:query "SELECT enrollment AS i_id, sure, patient AS i_about, encounter AS i_stay, receiver FROM case_file" end
  local function facts() return w.core:query("SELECT facts AS b_facts FROM case_file")[1].facts end

  it("opens a case of who gave it, with the words of the same answer; a person calls within 24 hours, by the clock", function()
    pt:answer("marks", { stars = 2, why = "护士态度很差" })
    assert.equal(1, #cases())
    local case = cases()[1]
    assert.same({ "form", pt.number }, { case.sure, case.about })
    assert.truthy(case.stay)
    local said = facts()
    assert.same({ "survey", 2, "护士态度很差", "3 East", "attitude" }, { said.channel, said.stars, said.text, said.ward, said.type })
    assert.equal("patient-relations", w:task("first-call").role)
    w:advance "23h" assert.is_false(w:task("first-call").overdue)
    w:advance "61m"
    assert.is_true(w:task("first-call").overdue)
    assert.truthy(w:alert_named "breach-first-response")
  end)

  it("is low below three, and not at three", function()
    pt:answer("marks", { stars = 3, why = "一般" })
    assert.same({}, cases())
  end)

  it("opens a case once an answer: sent again, it opens none", function()
    pt:answer("marks", { stars = 1 })
    pcall(pt.answer, pt, "marks", { stars = 1 })
    assert.equal(1, #cases())
    w:advance "1h"
    pt:answer("words", { how = "no" })
    assert.equal(2, #cases())
    w:advance "30d"
    assert.equal(2, #cases())
  end)

  it("counts in words that have points, too", function()
    pt:answer("marks", { stars = 5 })
    w:advance "1h"
    pt:answer("words", { how = "partly" })
    assert.same({}, cases())
  end)

  it("of a daughter's answer is about her mother; one that a nurse took down is the nurse's until it is solved", function()
    pt:answer("marks", { stars = 1 }, { by = "family" })
    assert.equal(pt.number, cases()[1].about)
    local called = sim.world { scripts = { "scripts/feedback", ["w/w.lua"] = WARD:gsub('p:ask%("marks", { within = "2d" }%)',
      'p:task { id = "call", role = "nurse", form = "marks", due = "8h" }') }, at = "2026-03-05 09:00" }
    local other = called:patient {}
    called:discharge(other, { department = "w" })
    called:advance "61m"
    called:task("call"):done { answer = { stars = 2 }, staff = "zhao" }
    assert.same({ receiver = "staff:zhao", about = other.number },
      called.core:query "SELECT receiver, patient AS i_about FROM case_file"[1])
  end)

  it("in a question of a case is that case's own", function()
    local c = w:feedback { patient = pt, channel = "web", nature = "complaint", stage = "billing", type = "cost", stay = true }
    w:task("answer"):done { answer = { reply = "r" } }
    w:task("approve"):done { answer = {} }
    w:advance "25h"
    pt:answer("satisfied", { satisfied = "no" })
    assert.equal(2, c.level)
    assert.equal(1, #cases())
  end)

  it("without a name is answered on its page: nobody is rung, and no clock says that somebody must be", function()
    local c = w:feedback { channel = "qr", stars = 1, text = "厕所太脏", anonymous = true }
    assert.is_nil(w:task "first-call")
    assert.is_nil(c.clocks["first-response"])
    w:advance "24h"
    assert.truthy(w:task "answer")
  end)
end)

describe("what is low", function()
  local function findings(item)
    local ok, why = pcall(sim.world, { at = "2026-03-05 09:00", scripts = { ["w/w.lua"] = H.source {
      more = 'aw.form { id = "marks", ' .. item .. " },", steps = H.step 'p:ask("marks", { within = "2d" })' } } })
    return ok and "" or tostring(why)
  end
  it("must be a mark that some have and not all", function()
    assert.matches("low 1 must be above 1, the worst", findings '{ id = "stars", kind = "scale", min = 1, max = 5, low = 1, zh = "星" }')
    assert.matches("low 6 must be above 1, .* at most 5", findings '{ id = "stars", kind = "scale", min = 1, max = 5, low = 6, zh = "星" }')
    assert.matches("its options have no score", findings
      '{ id = "how", kind = "choice", low = 2, zh = "？", options = { { "a", zh = "甲" }, { "b", zh = "乙" } } }')
    assert.equal("", findings '{ id = "stars", kind = "scale", min = 1, max = 5, low = 3, zh = "星" }')
  end)
end)
