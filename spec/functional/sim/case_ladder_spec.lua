-- Time runs out on a case: who is told, in which order, and that it is never left to silence (B4).
local sim = require "afterward.sim"

local SOURCE = [[
local aw = require "afterward"
return {
  aw.department { id = "w", title = "W", calendar = "cn", alerts = { breach = "sla", ["at-risk"] = "sla", dispute = "sla" }, overdue = "quiet" },
  aw.escalation { id = "sla", levels = { { page = { "receiver", "handler" }, ack_within = "2h" },
    { page = "office-head", ack_within = "6h" }, { page = "quality-committee", ack_within = "1d" } } },
  aw.escalation { id = "quiet", levels = { { page = "nobody-asks", ack_within = "90d" } } },
  aw.program { id = "brand", name = "B" },
  -- accept unjudged: staff write it
  aw.form { id = "reply", { id = "text", kind = "text", zh = "答复" } },
  -- accept unjudged: where it was
  aw.form { id = "where", { id = "ward", kind = "text", zh = "哪个病区" } },
  aw.triage { id = "t", program = "brand", on = { "web", "hotline" }, receiver = "office", at_risk = 0.75,
    clocks = function(f)
      local name = (f.text or ""):match "^clock (%S+)" or "resolution"
      return { { name, "24h", pauses = f.channel == "web" } }
    end,
    run = function(c)
      local name = (c.text or ""):match "^clock (%S+)" or "resolution"
      if c.text == "unclear" then c:ask("where", { within = "3d", pauses = "哪个病区" }) end
      if c.text == "late and unclear" then c:wait "25h" c:ask("where", { within = "3d", pauses = "哪个病区" }) end
      local r
      repeat r = c:wait(c:task { id = "answer", role = r and r.to or "lab", form = "reply" }) until r.code ~= "transfer"
      c:met(name)
      c:close "answered"
    end },
}]]

local world
local function paged(after)      -- "hour rung post", by the hours since the case came
  local out = {}
  for _, page in ipairs(world.pages) do
    local hours = (page.at - world.began) / 3600000
    if page.at > (after or 0) then out[#out + 1] = ("%gh %d %s %s"):format(hours, page.rung, page.staff or page.role, page.name) end
  end
  return out
end
local function complaint(o)
  o = o or {}
  o.patient, o.nature, o.text = world:patient {}, "complaint", o.text or "x"
  world.began = world:now()
  return world:feedback(o)
end
local function begin() world = sim.world { scripts = { ["w/w.lua"] = SOURCE }, at = "2026-03-02 08:00" } rawset(world, "began", 0) end

describe("a case whose time runs out", function()
  before_each(begin)

  for _, name in ipairs { "first-response", "dispatch", "resolution", "call-back" } do
    it("on the clock " .. name .. " warns its handler before, and is a level higher at the breach", function()
      local c = complaint { text = "clock " .. name }
      world:advance "17h"
      assert.same({}, paged())
      world:advance "65m"
      assert.same({ "18h 1 office at-risk-" .. name, "18h 1 lab at-risk-" .. name }, paged())
      world:alert_named("at-risk-" .. name):ack()-- who has seen it is not asked again
      world:advance "6h"
      assert.same("24h 2 office-head breach-" .. name, paged()[3])
      assert.truthy(c.clocks[name].breached)
    end)
  end

  it("that nobody answers reaches the quality committee, and comes again for ever", function()
    local c = complaint()
    world:advance "2d"
    assert.same({ "18h 1 office at-risk-resolution", "18h 1 lab at-risk-resolution", "20h 2 office-head at-risk-resolution",
      "24h 3 quality-committee breach-resolution", "48h 3 quality-committee breach-resolution" }, paged())
    world:advance "30d"
    local last = world.core:query "SELECT max(at) AS i_at FROM page"[1].at
    assert.is_true(world:now() - last <= 24 * 3600000)
    assert.truthy(world:alert_named "breach-resolution".open)
    assert.same({ "escalated at-risk-resolution level 2: office-head", "breached resolution",
      "escalated breach-resolution level 3: quality-committee" }, { table.unpack(c.ledger, #c.ledger - 2) })
  end)

  it("pages nobody once it is closed, met or passed", function()
    complaint()
    world:advance "25h"
    world:task "answer":done { answer = { text = "sorry" } }
    local after = world:now()
    world:advance "10d"
    assert.same({}, paged(after))
  end)

  it("and was passed on many times pages nobody once it is closed", function()
    complaint()
    for _, to in ipairs { "pharmacy", "billing", "lab" } do world:task "answer":done { code = "transfer", to = to, note = "not ours" } end
    world:task "answer":done { answer = { text = "sorry" } }
    local after = world:now()
    world:advance "10d"
    assert.same({}, paged(after))
  end)

  it("pages who has its work after a transfer, and not who had it", function()
    complaint()
    world:advance "10h"
    world:task "answer":done { code = "transfer", to = "pharmacy", note = "not ours" }
    world:advance "9h"
    assert.same({ "18h 1 office at-risk-resolution", "18h 1 pharmacy at-risk-resolution" }, paged())
  end)

  it("pages who claimed the work, and one person once", function()
    world:duty("office", "zhang")
    complaint()
    world:advance "17h"
    world:task "answer":claim "zhang"
    world:advance "2h"
    assert.same({ "18h 1 zhang at-risk-resolution" }, paged())
  end)

  it("pages nobody while its patient is waited for, and again when the answer came", function()
    complaint { text = "unclear" }
    world:advance "2d"
    assert.same({}, paged())
  end)

  it("after its breach pages nobody while its patient is waited for, and then on the same level", function()
    complaint { text = "late and unclear" }
    world:advance "26h"
    assert.equal("closed", world.core:query "SELECT status FROM alert WHERE name='breach-resolution'"[1].status)
    local after = world:now()
    world:advance "2d"
    assert.same({}, paged(after))
    world:advance "26h"
    assert.matches("^97h 3 quality%-committee breach%-resolution", paged(after)[1])
  end)

  it("reaches the site's own post at once when nobody holds the one that is called", function()
    world:duty("duty-officer", "wang")
    complaint()
    world:advance "19h"
    assert.same({ "18h 1 office at-risk-resolution", "18h 1 lab at-risk-resolution", "18h 1 wang at-risk-resolution" }, paged())
    world:duty("office-head", "zhao")
    world:advance "90m"
    assert.same("20h 2 zhao at-risk-resolution", paged()[4])
    assert.is_nil(paged()[5])                                             -- somebody was reached
  end)

  it("tells its handler and the level above when nobody could be warned, the machine having been off", function()
    complaint()
    world:sleep "30h"
    assert.same({ "30h 1 office breach-resolution", "30h 1 lab breach-resolution", "30h 2 office-head breach-resolution" }, paged())
  end)

  it("never ends silently, whenever the power fails", function()
    sim.torture({ scripts = { ["w/w.lua"] = SOURCE }, at = "2026-03-02 08:00" }, function(w)
      w:feedback { patient = w:patient {}, text = "x", nature = "complaint" }
      w:advance "50h"
    end)
  end)
end)
