-- A department's bad script harms that department alone: the others' work goes on, on time, and so do promises.
local H = require "functional.sim.helper"

local OTHER = [[
local aw = require "afterward"
return {
  aw.department { id = "good", title = { zh = "好", en = "Good" }, contact_windows = "00:00-24:00" },
  aw.program { id = "g", name = { zh = "好", en = "Good" } },
  aw.template { id = "good-day", zh = "好", en = "Good" },
  aw.pathway { id = "good-way", program = "g", title = { zh = "好", en = "Good" }, enroll = { on = "discharge" }, anchor = "discharge",
    steps = { aw.step { id = "g", every = "1h", from = "1h", to = "6h", run = function(p) p:send "good-day" end } } },
}
]]
local ATTACKS = {
  { "an endless loop", "while true do end", "time" },
  { "a text that doubles", "local s = 'x' while true do s = s .. s end", "1 MB" },
  { "a memory bomb", "local t = {} for i = 1, 1e9 do t[i] = { i } end", "used up" },   -- of memory, or on a slow machine of time
  { "an evil pattern", "local s = ('a'):rep(5e4) for i = 1, 1e6 do s:find('a*a*a*a*a*x') end", "" },
}
local function ward(o)
  o.scripts = { ["good/good.lua"] = OTHER }
  return H.discharged(o)
end
local function good_on_time(w, hours)
  local sent = w:sent "good-day"
  assert.equal(hours, #sent)
  for i, message in ipairs(sent) do assert.equal(w:enrollment("good-way").anchor + i * 3600000, message.at) end
end

for _, attack in ipairs(ATTACKS) do
  describe(attack[1], function()
    it("in a step: the run is stuck with a clear cause, the department is told, the others' texts go on time", function()
      local w = ward { steps = H.step(attack[2]) }
      w.expects_stuck = true
      local began = os.clock()
      w:advance "3h"
      assert.is_true(os.clock() - began < 2)
      assert.equal("stuck", w:run("s").status)
      assert.match(attack[3], w:run("s").cause)
      assert.truthy(w:run("s").cause:find "w/w.lua:%d" or w:run("s").cause:find "(step s)")
      assert.truthy(w:alert_named "stuck-way")
      good_on_time(w, 3)
    end)
    it("in where: nobody comes in, the department is told", function()
      local w = ward { enroll = "where = function(f) " .. attack[2] .. " return true end", steps = H.step "" }
      w:advance "2h"
      assert.is_nil(w:enrollment "way")
      assert.match(attack[3], w:alert_named("way").reason)
      good_on_time(w, 2)
    end)
    it("in tier: the patient comes in without one, the department is told", function()
      local w = ward { keys = "tier = function(f) " .. attack[2] .. " end,", steps = H.step 'p:note "ran"' }
      w.expects_stuck = true                                     -- the third breach stops the pathway
      w:advance "2h"
      assert.truthy(w:enrollment "way")
      assert.match(attack[3], w:alert_named("way").reason)
      good_on_time(w, 2)
    end)
    it("in a rule: the answer is kept, and a person must look at it", function()
      local w, pt = ward { more = [[aw.rule { id = "bad", run = function(a) if a.x then ]] .. attack[2] .. [[ end end },
        aw.form { id = "bad-form", abnormal = "bad", { id = "x", kind = "yesno", zh = "？", en = "?" } },]],
        steps = H.step [[p:note(tostring(p:ask("bad-form").x))]] }
      w:advance "2h"
      pt:answer("bad-form", { x = true })
      assert.same({ "true" }, H.notes(w))
      assert.equal("urgent", w:alert_named("bad").level)
      good_on_time(w, 2)
    end)
    it("in an item's when: the item is shown", function()
      local w, pt = ward { more = [[aw.form { id = "bad-form", { id = "x", kind = "yesno", zh = "？", en = "?" },
          { id = "y", kind = "yesno", zh = "？", en = "?", optional = true, when = function(a) ]] .. attack[2] .. [[ end } },]],
        steps = H.step [[p:note(tostring(p:ask("bad-form").y))]] }
      w:advance "2h"
      pt:answer("bad-form", { x = true, y = true })
      assert.same({ "true" }, H.notes(w))
      good_on_time(w, 2)
    end)
  end)
end

describe("the third breach", function()
  local STEPS = [[
    aw.step { id = "promise", at = "30m", run = function(p)
      p:task { id = "call", role = "nurse", due = "4bh" }
      p:alert { id = "x", level = "urgent", reason = "y" }
      p:ask("check", { within = "1d" })
    end },
    aw.step { id = "bad", every = "1h", from = "1h", to = "5h", run = function(p) while true do end end },
    aw.step { id = "fine", at = "6h", run = function(p) p:note "ran" end },]]
  it("quarantines the pathway, not the department's promises", function()
    local w, pt = ward { steps = STEPS }
    w.expects_stuck = true
    w:advance "61m"
    assert.equal("stuck", w:run("bad").status)
    w:advance "6h"
    local causes = {}
    for i, row in ipairs(w.stuck) do causes[i] = row.cause:find "quarantined" and "quarantined" or "breach" end
    assert.same({ "breach", "breach", "breach", "quarantined", "quarantined", "quarantined" }, causes)
    assert.same({}, H.notes(w))
    good_on_time(w, 6)
    local pages = #w.pages
    w:advance "1h"
    assert.is_true(#w.pages > pages)                              -- the escalation climbs on
    assert.is_true(w:task("call").overdue)
    pt:answer("check", { temp = 39 })
    assert.equal("urgent", w:alert_named("flags").level)          -- forms are judged
  end)
  it("is forgotten when the department activates other scripts", function()
    local w = ward { steps = STEPS }
    w.expects_stuck = true
    w:advance "4h"
    w:load { ["w/w.lua"] = H.source { steps = (STEPS:gsub("while true do end", "")) } }
    w:advance "3h"
    assert.same({ "ran" }, H.notes(w))
  end)
end)

describe("a department with many slow runs", function()
  local LIGHT = OTHER:gsub("enroll = { on = \"discharge\" }",
      "enroll = { on = \"discharge\", where = function(f) return f.patient.sex == 'male' end }")
    :gsub("every = .-run = function%(p%) p:send", "at = \"1h\", run = function(p) p:note \"light\" p:send")
  it("lets the others have their turn after each batch of its own, and what is no script's work goes on", function()
    local w = H.world { scripts = { ["good/good.lua"] = LIGHT }, enroll = "where = function(f) return f.patient.sex == 'female' end",
      steps = H.step 'local n = 0 for i = 1, 1e6 do n = n + i end p:note "slow"' }
    for i = 1, 70 do w:discharge(w:patient { sex = i <= 60 and "female" or "male" }) end
    w:sleep "61m"                                               -- all of it is due at once, the others' last
    local slow_before = [[SELECT count(*) AS i_n FROM note WHERE text='slow' AND id < (SELECT max(id) FROM note WHERE text='light')]]
    assert.equal(70, H.count(w, "note"))
    assert.equal(10, #w:sent "good-day")
    assert.is_true(w.core:query(slow_before)[1].n <= 30)
  end)
  it("lets the others begin theirs as soon, however many of its own steps are due before them", function()
    local w = H.world { scripts = { ["good/good.lua"] = LIGHT }, enroll = "where = function(f) return f.patient.sex == 'female' end",
      steps = H.step "local n = 0 for i = 1, 2e5 do n = n + i end" }
    for i = 1, 530 do w:discharge(w:patient { sex = i <= 520 and "female" or "male" }) end
    w:sleep "61m"
    assert.equal(10, #w:sent "good-day")
    local begun_before = "SELECT count(*) AS i_n FROM run WHERE department<>'good' AND id < (SELECT max(id) FROM run WHERE department='good')"
    assert.equal(256, w.core:query(begun_before)[1].n)          -- one batch
  end)
end)
