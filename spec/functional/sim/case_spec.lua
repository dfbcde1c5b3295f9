local sim = require "afterward.sim"

local SOURCE = [[
local aw = require "afterward"
return {
  aw.department { id = "w", title = "W", calendar = "cn", alerts = { breach = "u", ["at-risk"] = "u" }, overdue = "u" },
  aw.escalation { id = "u", levels = { { page = "office", ack_within = "9d" } } },
  aw.program { id = "brand", name = "B" },
  -- accept unjudged: staff write it
  aw.form { id = "reply", { id = "text", kind = "text", zh = "答复" } },
  aw.triage { id = "t", program = "brand", on = { "web", "sms", "hotline" }, receiver = "office",
    clocks = function() return { { "resolution", "24h" } } end,
    run = function(c)
      local r
      repeat r = c:wait(c:task { id = "answer", role = r and r.to or "lab", form = "reply" }) until r.code ~= "transfer"
      c:met "resolution"
      c:close "answered"
    end },
}]]

describe("a case", function()
  local w
  before_each(function() w = sim.world { scripts = { ["w/w.lua"] = SOURCE }, at = "2026-03-02 16:00" } end)
  local function complaint(pt, o)
    o = o or {}
    o.patient, o.text, o.nature = pt, o.text or "x", "complaint"
    return w:feedback(o)
  end
  local function deed(kind, case, o)
    local body = { case = case.enrollment, staff = "ma", reason = "said so" }
    for k, v in pairs(o or {}) do body[k] = v end
    return w:_submit(kind, body)
  end
  local function alerts(name) return w.core:query("SELECT enrollment AS i_case, status, closed_reason FROM alert WHERE name=?1 ORDER BY id", name) end

  it("of one sender has alerts of its own beside another's, and each ends with its clock", function()
    local pt = w:patient {}
    local one = complaint(pt)
    w:advance "2h"
    local two = complaint(pt, { channel = "sms" })
    w:advance "27h"
    assert.same({ one.enrollment, two.enrollment }, { alerts("breach-resolution")[1].case, alerts("breach-resolution")[2].case })
    assert.same({ "closed", "it has run out" }, { alerts("at-risk-resolution")[1].status, alerts("at-risk-resolution")[1].closed_reason })
    w:task("answer"):done { answer = { text = "sorry" } }
    assert.same({ "open", "closed", "met, late" }, { alerts("breach-resolution")[1].status, alerts("breach-resolution")[2].status,
      alerts("breach-resolution")[2].closed_reason })
  end)

  it("that came before by another way about the same patient is proposed for merging, and merged by a person with a reason", function()
    local pt = w:patient {}
    local one = complaint(pt)
    local two = complaint(pt, { channel = "sms" })
    assert.same("like " .. one.number, two.ledger[#two.ledger])
    assert.equal(422, deed("case.merge", two, { into = one.enrollment, reason = "" }).status)
    assert.equal(422, deed("case.merge", two, { into = two.enrollment }).status)
    assert.equal(200, deed("case.merge", two, { into = one.enrollment }).status)
    assert.equal("merged", two.closed)
    assert.equal("took " .. two.number .. ": said so", one.ledger[#one.ledger])
    assert.equal(1, w:open_tasks())
    assert.equal(409, deed("case.merge", two, { into = one.enrollment }).status)
  end)

  it("passed on keeps its clock and says so in its ledger; at the third time the office is told", function()
    local c = complaint(w:patient {})
    local due = c.clocks.resolution.due
    for i, to in ipairs { "pharmacy", "billing", "lab" } do
      assert.is_nil(w:alert_named "ping-pong")
      w:task("answer"):done { code = "transfer", to = to, note = "not ours" }
      assert.equal("transferred answer to " .. to .. ": not ours", c.ledger[#c.ledger], i)
    end
    assert.truthy(w:alert_named "ping-pong".open)
    assert.equal(due, c.clocks.resolution.due)
  end)

  it("of a stranger is linked to a patient by a person; an anonymous one never", function()
    local pt = w:patient {}
    w:discharge(pt, { ward = "3 East" })
    local c = complaint(nil, { channel = "hotline", sender = { phone = "13912345678" } })
    assert.is_nil(c.about)
    assert.equal(404, deed("case.link", c, { patient = 999 }).status)
    assert.equal(200, deed("case.link", c, { patient = pt.number }).status)
    assert.same({ pt.number, "staff" }, { c.about, c.sure })
    assert.truthy(c.stay)
    local nobody = complaint(nil, { anonymous = true })
    assert.equal(409, deed("case.link", nobody, { patient = pt.number }).status)
  end)

  it("goes on when the patient is in a bed, and is answered there", function()
    local pt = w:patient {}
    local c = complaint(pt)
    w:event(pt, "admission", { department = "ortho", ward = "3 East" })
    w:task("answer"):done { answer = { text = "sorry" } }
    assert.truthy(c.clocks.resolution.met)
    assert.equal("answered", c.closed)
  end)

  it("keeps running on its clock while the power fails, at every commit", function()
    sim.torture({ scripts = { ["w/w.lua"] = SOURCE }, at = "2026-03-02 16:00" }, function(world)
      local pt = world:patient {}
      world:feedback { patient = pt, text = "x", nature = "complaint" }
      world:advance "25h"
      world:task("answer"):done { answer = { text = "sorry" } }
    end)
  end)
end)
