-- 封存病历: what stands of a medical dispute stays as it is until two persons lift it (WARD 5).
local sim = require "afterward.sim"

describe("a locked record", function()
  local w
  before_each(function() w = sim.world { scripts = { "scripts/feedback" }, at = "2026-03-05 16:00" } end)
  local function complaint(o)
    o.channel, o.nature, o.patient, o.stage, o.type, o.stay = "web", "complaint", w:patient { age = 50 }, "examination", "process", true
    return w:feedback(o)
  end

  it("the record of a dispute is locked: nothing of it is corrected until two persons lift it, and its ledger only grows", function()
    local c = complaint { urgency = "dispute", text = "不给说法就封存病历" }
    local ok, why = pcall(c.correct, c, { type = "cost" })
    assert.is_false(ok)
    assert.matches("记录已封存", why)
    assert.equal("process", c.type)
    for _, who in ipairs { "office-ma", "office-ma" } do c:correct({ urgency = "general" }, who) end     -- one person twice is not two
    assert.equal("dispute", c.urgency)
    c:correct({ urgency = "low" }, "dr-xu")                                                            -- nor are two who say different things
    assert.equal("dispute", c.urgency)
    c:correct({ urgency = "general" }, "dr-xu")
    assert.equal("general", c.urgency)
    c:correct { type = "cost" }
    assert.equal("cost", c.type)
    local ledger = table.concat(c.ledger, "\n")
    assert.truthy(ledger:find("lift%-asked general.*corrected urgency=general.*no%-dispute"), ledger)
    for _, sql in ipairs { "UPDATE case_step SET what='closed', detail='x'", "DELETE FROM case_step" } do
      local before = #c.ledger
      pcall(w.core.query, w.core, sql)
      assert.same({ before, ledger }, { #c.ledger, table.concat(c.ledger, "\n") })
    end
  end)

  it("the patient of a dispute is made one with nobody else, and whom it is about is not changed", function()
    local c = complaint { urgency = "dispute" }
    local other = w:patient { age = 40 }
    local reply = w:_submit("case.link", { case = c.enrollment, patient = other.number, staff = "office-ma", reason = "x" })
    assert.same({ 409, true }, { reply.status, reply.detail:find("封存", 1, true) ~= nil })
    local twin = complaint {}
    assert.equal(409, w:_submit("case.merge", { case = twin.enrollment, into = c.enrollment, staff = "office-ma", reason = "x" }).status)
    local ok = pcall(w.event, w, c.patient, "merge", { merge = { from_mrn = other.mrn, into_mrn = c.patient.mrn } })
    assert.equal(1, #w.core:query("SELECT 1 FROM identity WHERE kind='mrn' AND value=?1 AND person=?2", other.mrn, other.number), tostring(ok))
  end)

  it("nor is a patient of a dispute taken apart again, who was made one with another before", function()
    local other, one = w:patient { age = 40 }, complaint {}
    w:event(one.patient, "merge", { merge = { from_mrn = other.mrn, into_mrn = one.patient.mrn } })
    one:correct { urgency = "dispute" }
    local ok, why = pcall(w.event, w, one.patient, "unmerge", { merge = { from_mrn = other.mrn, into_mrn = one.patient.mrn } })
    assert.is_false(ok)
    assert.truthy(tostring(why):find("封存", 1, true), tostring(why))
  end)

  it("keeps a laboratory's value beside its correction: the new one is a row of its own, the old one can still be read", function()
    local c = complaint { urgency = "dispute" }
    local function reading(value, status)
      return w:event(c.patient, "observation", { observation = { code = "crp", value = value, unit = "mg/L", reading = "K1", status = status } })
    end
    reading(8)
    w:advance "1h"
    reading(80, "corrected")
    local rows = w.core:query "SELECT CAST(value AS INTEGER) AS i_value, gone FROM observation WHERE code='crp' ORDER BY id"
    assert.same({ 8, "corrected", 80 }, { rows[1].value, rows[1].gone, rows[2].value })
    assert.is_nil(rows[2].gone)
    assert.is_nil(rows[3])
  end)
end)
