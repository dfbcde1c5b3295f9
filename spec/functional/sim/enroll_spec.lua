-- Who comes in: the words of `enroll` are looked at before any script is asked.
local H = require "functional.sim.helper"

local STEP = H.step 'p:note "ran"'
local HIP = { { code = "8151x001", name = "全髋关节置换术" } }
local AF = { { code = "I48.0", name = "心房颤动" } }

local CASES = {  -- what enroll says, the discharge, does the patient come in
  { 'procedure = "81.51"', { procedures = HIP }, true },
  { 'procedure = { "81.54", "81.51" }', { procedures = HIP }, true },
  { 'procedure = "髋关节置换"', { procedures = HIP }, true },
  { 'procedure = "81.54"', { procedures = HIP }, false },
  { 'procedure = "81.51"', {}, false },
  { 'diagnosis = "i48"', { diagnoses = AF }, true },
  { 'procedure = "81.51", diagnosis = "I48"', { procedures = HIP }, false },
  { 'procedure = "81.51", diagnosis = "I48"', { procedures = HIP, diagnoses = AF }, true },
  { 'drug = { "华法林", "warfarin" }', { drugs = { { name = "Warfarin 3 mg" } } }, true },
  { 'department = { "w", "v" }', { department = "w" }, true },
  { 'department = "w"', { department = "elsewhere" }, false },
  { 'procedure = "81.51", where = function(f) return f.patient.age < 50 end', { procedures = HIP }, false },
  { 'procedure = "81.51", where = function(f) return f.patient.age > 50 end', { procedures = HIP }, true },
}

describe("A pathway that says in words whom it is for", function()
  for _, case in ipairs(CASES) do
    local words, discharge, comes = table.unpack(case)
    it(("enroll { %s }: %s"):format(words, comes and "the patient comes in" or "nobody comes in"), function()
      local w = H.world { enroll = words, steps = STEP }
      local pt = w:patient { age = 60 }
      w:discharge(pt, discharge)
      assert.equal(comes, w:enrollment "way" ~= nil)
    end)
  end

  it("begins at once also when the hospital system's clock is a minute ahead", function()
    local w = H.world { steps = 'aw.step { id = "now", at = "enroll", run = function(p) p:note "now" end },' .. STEP }
    w:discharge(w:patient { age = 60 }, { at = w:now() + 60000 })
    assert.same({ "now" }, H.notes(w))
    w:advance "2h"
    assert.same({ "now", "ran" }, H.notes(w))
  end)

  it("never calls `where` for those whom the words leave out", function()
    local w = H.world { enroll = 'procedure = "81.51", where = function(f) error "was asked" end', steps = STEP }
    w:discharge(w:patient { age = 60 }, { procedures = { "47.0" } })
    assert.is_nil(w:alert_named "way")
    w:discharge(w:patient { age = 60 }, { procedures = { "81.51" } })
    assert.match("was asked", w:alert_named("way").reason)
  end)

  it("takes the patient in when the code comes days after the discharge (WARD 21)", function()
    local w = H.world { enroll = 'procedure = "81.51"', steps = STEP }
    local pt = w:patient { age = 60 }
    w:discharge(pt)
    w:advance "4d"
    assert.is_nil(w:enrollment "way")
    w:event(pt, "procedure", { procedures = { "81.51" } })
    assert.truthy(w:enrollment "way")
  end)

  it("refuses words that are no text, with file, line and key", function()
    local ok, why = pcall(H.world, { enroll = "procedure = { 81.51 }", steps = STEP })
    assert.is_false(ok)
    assert.match("w/w.lua:%d+.*procedure.*must be text", why)
  end)
end)

it("A patient back in a bed before the discharge was heard of: the enrollment waits", function()
  local w = H.world { steps = STEP }
  local pt = w:patient { age = 60 }
  w:event(pt, "admission", { visit = "second" })
  w:discharge(pt, { visit = "first" })
  assert.equal("paused", w:enrollment("way").status)
  w:advance "3h"
  assert.same({}, H.notes(w))
  w:discharge(pt, { visit = "second" })
  assert.same({ "ran" }, H.notes(w))
end)
