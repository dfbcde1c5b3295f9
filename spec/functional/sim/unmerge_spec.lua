-- 合并错了 (D5): two patients were taken for one. The merge is taken back: each has again what was theirs, and goes on with it.
local H = require "functional.sim.helper"

local STEPS = [[
  aw.step { id = "day", at = "24h", valid_for = "2d", run = function(p) p:ask("check", { within = "2d" }) end },
  aw.step { id = "week", at = "7d", valid_for = "3d", run = function(p) p:note("week " .. p.patient.age) end },
]]

local function two(o)
  o = o or {}
  local w = H.world { steps = STEPS, enroll = 'again = "restart"', more = o.more }
  local one = w:patient { age = 60, name = "王桂兰", phone = "13811112222", contacts = { { name = "王芳", phone = "13811113333", relation = "child" } } }
  local other = w:patient { age = 70, name = "王桂兰", phone = "13822224444" }
  w:discharge(one, { procedures = { "81.51" } })
  w:discharge(other)
  w:advance "2h"
  return w, one, other
end
local function pair(from, into) return { merge = { from_mrn = from.mrn, into_mrn = into.mrn } } end
local function told(w, kind, from, into)
  local event = pair(from, into)
  event.kind = kind
  return w:_post(event)
end
local function who(w, patient)
  return w.core:query("SELECT CASE WHEN birth<'1960' THEN 'other' ELSE 'one' END AS who FROM patient WHERE id=?1", patient)[1].who
end
local function refused(w, from, into)
  assert.has_error(function() told(w, "unmerge", from, into) end,
    'field "merge.from_mrn": no merge of this number into merge.into_mrn is known, or it was undone; a later one into a third is undone first')
end
local function enrollments(w)
  local out = {}
  for i, row in ipairs(w.core:query [[SELECT patient AS i_patient, status, coalesce(ended_reason,'') AS why FROM enrollment ORDER BY id]]) do
    out[i] = who(w, row.patient) .. " " .. row.status .. " " .. row.why
  end
  return out
end

-- Every row of every table, but ledgers, what is told of changes, and the times and counts that say that there was one.
local NOT = { meta = true, audit = true, fhir_change = true, inbox = true, merged = true, arrival = true, sqlite_sequence = true }
local function rows(w)
  local out = {}
  for _, t in ipairs(w.core:query "SELECT name FROM sqlite_master WHERE type='table' ORDER BY name") do
    local columns = {}
    for _, c in ipairs(w.core:query(("SELECT name FROM pragma_table_info('%s')"):format(t.name))) do
      if c.name ~= "revision" and c.name ~= "updated_at" then columns[#columns + 1] = ("quote(%s)"):format(c.name) end
    end
    if not NOT[t.name] then
      out[t.name] = {}
      local sql = ("SELECT %s AS row FROM %s ORDER BY 1"):format(table.concat(columns, "||','||"), t.name)
      for i, r in ipairs(w.core:query(sql)) do out[t.name][i] = r.row end
    end
  end
  return out
end

describe("Two patients who were taken for one", function()
  it("are what they were, in every row, when it is taken back at once", function()
    local w, one, other = two()
    local before = rows(w)
    told(w, "merge", one, other)
    assert.same({ "other ended merged", "other active " }, enrollments(w))
    told(w, "unmerge", one, other)
    for name, list in pairs(rows(w)) do assert.same(before[name], list, name) end
  end)

  it("each go on with their own follow-up: asked on their own day, at their own number", function()
    local w, one, other = two()
    told(w, "merge", one, other)
    w:advance "2h"
    told(w, "unmerge", one, other)
    assert.same({ "one active ", "other active " }, enrollments(w))
    w:advance "26h"
    local asked = {}
    for i, row in ipairs(w.core:query [[SELECT m.patient AS i_patient, i.value FROM message m JOIN attempt a ON a.message=m.id
      JOIN identity i ON i.id=a.address WHERE m.kind='ask' ORDER BY i.value]]) do
      asked[i] = who(w, row.patient) .. " " .. row.value
    end
    assert.same({ "one 13811112222", "other 13822224444" }, asked)
    w:advance "8d"
    assert.same({ "week 60", "week 70" }, H.notes(w))
  end)

  it("get nothing late for the days between: what was missed is skipped, and says why", function()
    local w, one, other = two()
    told(w, "merge", one, other)
    w:advance "5d"
    assert.equal(1, #w:sent "check")
    told(w, "unmerge", one, other)
    w:advance "5d"
    assert.equal(1, #w:sent "check")
    assert.equal(1, H.count(w, "skip WHERE patient=?1 AND step='day'", one.number))
    assert.same({ "week 60", "week 70" }, H.notes(w))
  end)

  it("take along what has come since for their own stay, and no more", function()
    local w, one, other = two()
    told(w, "merge", one, other)
    w:event(other, "observation", { visit = one.mrn .. "-1", observation = { code = "glucose", value = 7.1, unit = "mmol/L" } })
    w:event(other, "observation", { observation = { code = "glucose", value = 8.2, unit = "mmol/L" } })
    told(w, "unmerge", one, other)
    local function readings(patient)
      local out = {}
      for i, r in ipairs(w.core:query("SELECT value FROM observation WHERE patient=?1 ORDER BY id", patient)) do out[i] = r.value end
      return out
    end
    assert.same({ "7.1" }, readings(one.number))
    assert.same({ "8.2" }, readings(other.number))
  end)

  it("keep what they have said since: who wants no more messages gets none", function()
    local w, one, other = two()
    told(w, "merge", one, other)
    w:_submit("opt-out", { patient = other.number, by = "li" })
    told(w, "unmerge", one, other)
    w:advance "30h"
    local asked = w:sent "check"
    assert.equal(1, #asked)
    assert.equal(one.number, asked[1].patient)
  end)

  it("are found by their own numbers again, and can be made one again", function()
    local w, one, other = two()
    told(w, "merge", one, other)
    told(w, "unmerge", one, other)
    w:_post { kind = "death", patient = { mrn = one.mrn } }
    assert.same({ "one ended death", "other active " }, enrollments(w))
    told(w, "merge", one, other)
    assert.equal(0, H.count(w, "enrollment WHERE status<>'ended'"))
  end)

  it("with a third are taken apart in the order in which they were made one, last first", function()
    local w, one, other = two()
    local third = w:patient { age = 80 }
    told(w, "merge", one, other)
    told(w, "merge", other, third)
    refused(w, one, other)
    told(w, "unmerge", other, third)
    told(w, "unmerge", one, other)
    assert.same({ "one active ", "other active " }, enrollments(w))
  end)

  it("once are taken apart once; who was never one can't be", function()
    local w, one, other = two()
    refused(w, one, other)
    told(w, "merge", one, other)
    told(w, "unmerge", one, other)
    refused(w, one, other)
  end)

  it("one of whom is in a bed again since: the other's follow-up waits for that no longer", function()
    local w, one, other = two()
    told(w, "merge", one, other)
    w:event(other, "cancel-discharge", { visit = one.mrn .. "-1" })
    assert.equal("other paused ", enrollments(w)[2])
    told(w, "unmerge", one, other)
    assert.equal("other active ", enrollments(w)[2])
    assert.equal(1, H.count(w, "patient WHERE id=?1 AND inpatient", one.number))
  end)

  it("one of whom had died: the other's follow-up goes on", function()
    local w, one, other = two()
    w:_post { kind = "death", patient = { mrn = one.mrn } }
    told(w, "merge", one, other)
    assert.equal(0, H.count(w, "enrollment WHERE status<>'ended'"))
    told(w, "unmerge", one, other)
    assert.same({ "one ended death", "other active " }, enrollments(w))
  end)
end)
