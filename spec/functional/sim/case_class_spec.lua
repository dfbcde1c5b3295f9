-- A person corrects what a case is: its route and clocks follow, and nothing of what was is lost.
local sim = require "afterward.sim"

local SOURCE = [[
local aw = require "afterward"
local CLOCKS = {
  urgent = { { "first-response", "1h" }, { "resolution", "3d" } },
  general = { { "first-response", "24h" }, { "resolution", "3d" }, { "call-back", "72h", from = "resolution" } },
}
return {
  aw.department { id = "w", title = "W", calendar = "cn", alerts = { breach = "u", ["at-risk"] = "u" }, overdue = "u" },
  aw.escalation { id = "u", levels = { { page = "office", ack_within = "9d" } } },
  aw.program { id = "brand", name = "B" },
  -- accept unjudged: staff write it
  aw.form { id = "reply", { id = "text", kind = "text", zh = "答复" } },
  -- accept unjudged: about a stay
  aw.form { id = "which", { id = "ward", kind = "text", zh = "哪个病区？" } },
  aw.template { id = "received", zh = "收到{case.number}。" },
  aw.triage { id = "ask", program = "brand", on = { "web" }, receiver = "office",
    where = function(f) return f.nature == "question" end,
    clocks = function() return { { "first-response", "10m" } } end,
    run = function(c)
      c:wait(c:task { id = "answer", role = "desk", form = "reply" })
      c:met "first-response"
      c:close "answered"
    end },
  aw.triage { id = "complain", program = "brand", on = { "web" }, receiver = "office",
    where = function(f) return f.nature ~= "question" end,
    tier = function(f) return f.urgency == "danger" and "urgent" or "general" end,
    route = function(f) return f.type == "cost" and "billing" or "nursing", f.type == "quality" and { "medical-affairs" } or {} end,
    clocks = function(f) return CLOCKS[f.tier] end,
    run = function(c)
      if not c.corrected then c:send "received" end
      if c.stars == 1 then c:ask("which", { within = "2d", pauses = "which ward?" }) end
      c:wait(c:task { id = "call", role = c.lead })
      c:met "first-response"
      c:wait(c:task { id = "answer", role = c.lead, form = "reply" })
      c:met "resolution"
      c:wait "70h"
      c:close "answered"
    end },
}]]

describe("a case of another class", function()
  local w
  before_each(function() w = sim.world { scripts = { ["w/w.lua"] = SOURCE }, at = "2026-03-02 10:00" } end)
  local function complaint(o)
    o = o or {}
    o.patient, o.text, o.nature, o.type = w:patient {}, "x", o.nature or "complaint", o.type or "process"
    return w:feedback(o)
  end
  local function tasks()
    local out = {}
    for i, row in ipairs(w.core:query "SELECT name, role, status, code, closed_by FROM task ORDER BY id") do
      out[i] = row.name .. " " .. row.role .. " " .. row.status
    end
    return out
  end
  local function says(c, text)
    for _, line in ipairs(c.ledger) do if line:find(text, 1, true) then return true end end
    return false
  end

  it("goes to those who answer for it: the old work is closed with the reason, new work begins, and nothing is told twice", function()
    local c = complaint()
    assert.same({ "call nursing open" }, tasks())
    c:correct { type = "cost" }
    assert.same({ "call nursing withdrawn", "call billing open" }, tasks())
    assert.equal("reclassified", w.core:query("SELECT result FROM run ORDER BY id")[1].result)
    assert.truthy(says(c, "corrected type=cost") and says(c, "reclassified triage=complain tier=general lead=billing"))
    assert.equal(1, #w:sent "received")
    assert.equal("billing", c.lead)
  end)

  it("keeps its work and its clocks when the correction changes neither who answers nor what kind it is", function()
    local c = complaint()
    local due = c.clocks["first-response"].due
    c:correct { stage = "pharmacy" }
    c:correct { type = "attitude" }
    assert.same({ "call nursing open" }, tasks())
    assert.equal(due, c.clocks["first-response"].due)
    assert.is_false(says(c, "reclassified"))
  end)

  it("has the clocks of its class, counted from when it came in; the old one stays in the ledger as it was", function()
    local c = complaint()
    w:advance "30m"
    local resolution = c.clocks.resolution
    c:correct { urgency = "danger" }
    assert.equal("urgent", c.tier)
    assert.equal(c.at + 3600000, c.clocks["first-response"].due)
    assert.truthy(says(c, "replaced first-response (24h)") and says(c, "replaced call-back (72h)"))
    assert.same(resolution, c.clocks.resolution)                                       -- both classes have it: it goes on
    local old = w.core:query "SELECT span, due_at AS i_due, replaced_at AS i_replaced FROM clock WHERE name='first-response' ORDER BY id"[1]
    assert.same({ "24h", c.at + 24 * 3600000 }, { old.span, old.due })
    assert.truthy(old.replaced)
    w:advance "31m"
    assert.truthy(c.clocks["first-response"].breached)
    w:advance "30h"
    assert.equal(1, #w.core:query "SELECT 1 FROM alert WHERE name='breach-first-response'")   -- the old one runs no more
  end)

  it("is late at once, and says so, when its class would have had it done before", function()
    local c = complaint()
    w:advance "5h"
    c:correct { urgency = "danger" }
    w:advance "1m"
    assert.truthy(c.clocks["first-response"].breached)
    assert.truthy(w:alert_named "breach-first-response".open)
  end)

  it("keeps what was met as met, and a clock that follows it begins when it was", function()
    local c = complaint { urgency = "danger" }
    w:task("call"):done {}
    local met = c.clocks["first-response"]
    w:task("answer"):done { answer = { text = "sorry" } }
    local resolved = c.clocks.resolution.met
    w:advance "2h"
    c:correct { urgency = "general" }
    assert.same(met, c.clocks["first-response"])
    assert.equal(resolved + 72 * 3600000, c.clocks["call-back"].due)
  end)

  it("that was waiting for its patient waits no more", function()
    local c = complaint { stars = 1 }
    assert.equal("which ward?", c.paused)
    w:advance "3h"
    c:correct { type = "cost" }
    assert.equal("which ward?", c.paused)                                              -- the new run asks anew
    assert.equal(2, #w.core:query "SELECT 1 FROM case_step WHERE what='paused'")
    assert.equal(1, #w.core:query "SELECT 1 FROM case_step WHERE what='resumed'")
  end)

  it("a question that is a complaint after all is handed to the triage that takes complaints, and back", function()
    local c = complaint { nature = "question" }
    assert.same({ "answer desk open" }, tasks())
    c:correct { nature = "complaint" }
    assert.same({ "answer desk withdrawn", "call nursing open" }, tasks())
    assert.truthy(says(c, "replaced first-response (10m)") and says(c, "reclassified triage=complain"))
    assert.equal(c.at + 24 * 3600000, c.clocks["first-response"].due)
    c:correct { nature = "question" }
    assert.same({ "answer desk withdrawn", "call nursing withdrawn", "answer desk open" }, tasks())
    w:task("answer"):done { answer = { text = "yes" } }
    assert.equal("answered", c.closed)
  end)

  it("is the same case when the same is said again, and a closed one is only counted otherwise", function()
    local c = complaint()
    c:correct { type = "process" }
    assert.is_false(says(c, "corrected"))
    w:task("call"):done {}
    w:task("answer"):done { answer = { text = "sorry" } }
    w:advance "71h"
    assert.equal("answered", c.closed)
    c:correct { type = "cost" }
    assert.equal("cost", c.type)
    assert.equal(0, w:open_tasks())
  end)

  it("comes through a loss of power at every commit", function()
    sim.torture({ scripts = { ["w/w.lua"] = SOURCE }, at = "2026-03-02 10:00" }, function(world)
      local c = world:feedback { patient = world:patient {}, text = "x", nature = "complaint", type = "process" }
      c:correct { urgency = "danger" }
      c:correct { type = "cost" }
      world:task("call"):done {}
      world:task("answer"):done { answer = { text = "sorry" } }
      world:advance "71h"
    end)
  end)
end)
