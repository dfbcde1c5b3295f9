-- Several departments handle one case: put beside its lead by hand, taken away again, and passed on once too often (B3).
local sim = require "afterward.sim"

describe("a case", function()
  local w
  before_each(function() w = sim.world { scripts = { "scripts/feedback" }, at = "2026-03-05 16:00" } end)
  local function complaint(o)
    o.channel, o.nature, o.patient, o.type, o.stay = "web", "complaint", w:patient { age = 50 }, "process", true
    return w:feedback(o)
  end

  describe("to which a person adds a department", function()
    local function hand(kind, c, to, reason) return w:_submit(kind, { case = c.enrollment, to = to, reason = reason, staff = "office-ma" }) end
    local c
    before_each(function() c = complaint { stage = "pharmacy" } end)

    it("gives it a part of its own, says so in the ledger, and begins no other work or clock again", function()
      local resolution, began = c.clocks.resolution.due, c.clocks.resolution.started
      assert.equal(422, hand("case.join", c, "nursing", "").status)
      assert.equal(422, hand("case.join", c, nil, "涉及护理").status)
      w:advance "1h"
      assert.equal(200, hand("case.join", c, "nursing", "涉及护理").status)
      w:advance "1m"
      assert.equal("joined nursing: 涉及护理", c.ledger[#c.ledger - 1])
      assert.same({ "nursing" }, c.joint)
      assert.same({ "nursing", "case-part" }, { w:task("part-nursing").role, w:task("part-nursing").form })
      assert.same({ resolution, began }, { c.clocks.resolution.due, c.clocks.resolution.started })
      assert.equal(409, hand("case.join", c, "nursing", "again").status)
      assert.equal(409, hand("case.join", c, c.lead, "again").status)
    end)

    it("has the law's ten days instead of five, counted from when it came, and five again when it is taken away", function()
      local came = c.clocks.statutory.due
      w:advance "26h"
      hand("case.join", c, "nursing", "涉及护理")
      w:advance "1m"
      assert.equal("10bd", c.clocks.statutory.span)
      w:advance_to "2026-03-12 16:01" assert.is_nil(c.clocks.statutory.breached)
      w:advance "1h"
      assert.equal(200, hand("case.leave", c, "nursing", "与护理无关").status)
      w:advance "1m"
      assert.same({ "5bd", came }, { c.clocks.statutory.span, c.clocks.statutory.due })
      assert.truthy(c.clocks.statutory.breached)
      assert.is_nil(w:task "part-nursing")
      assert.same({}, c.joint)
      assert.equal(409, hand("case.leave", c, "nursing", "again").status)
    end)

    it("is answered when all have answered, the added one too", function()
      hand("case.join", c, "nursing", "涉及护理")
      w:task("answer"):done { answer = { reply = "we mended it" } }
      assert.is_nil(c.clocks.resolution.met)
      w:task("part-nursing"):done { answer = { part = "our part" } }
      if w:task "approve" then w:task("approve"):done { answer = {} } end
      assert.truthy(c.clocks.resolution.met)
    end)

    it("waits no longer for one that was taken away, on which it waits", function()
      hand("case.join", c, "nursing", "涉及护理")
      w:task("answer"):done { answer = { reply = "we mended it" } }
      hand("case.leave", c, "nursing", "与护理无关")
      if w:task "approve" then w:task("approve"):done { answer = {} } end
      assert.truthy(c.clocks.resolution.met)
    end)
  end)

  it("a case passed on three times is the office head's, who is told so", function()
    local c = complaint { stage = "pharmacy" }
    for _, to in ipairs { "billing", "nursing", "laboratory" } do
      assert.is_nil(w:alert_named "ping-pong")
      w:task("answer"):done { code = "transfer", to = to, note = "不归我们" }
    end
    assert.equal("patient-relations-head", w:task("answer").role)
    assert.truthy(w:alert_named "ping-pong".open)
    assert.equal("patient-relations-head", w.pages[1].role)
    assert.equal(w.pages[1].name, "ping-pong")
    assert.is_nil(c.clocks.resolution.breached)
  end)
end)
