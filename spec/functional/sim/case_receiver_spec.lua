-- Who takes a case in stays its contact to the end (首诉负责, WARD 22), and is never the one it complains of.
local sim = require "afterward.sim"

local SOURCE = [[
local aw = require "afterward"
return {
  aw.department { id = "w", title = "W", calendar = "cn", alerts = { breach = "u", ["at-risk"] = "u" }, overdue = "u" },
  aw.escalation { id = "u", levels = { { page = "receiver", ack_within = "2h" }, { page = "head", ack_within = "9d" } } },
  aw.roster { role = "counter", file = "counter.csv", backup = "office" },
  aw.program { id = "brand", name = "B" },
  -- accept unjudged: staff write it
  aw.form { id = "reply", { id = "text", kind = "text", zh = "答复" } },
  aw.triage { id = "t", program = "brand", on = { "counter" }, receiver = "office", at_risk = 1, route = function() return "lab" end,
    clocks = function() return { { "answer", "2h" } } end,
    run = function(c)
      local r
      repeat r = c:wait(c:task { id = "answer", role = r and r.to or c.lead, form = "reply" }) until r.code ~= "transfer"
      c:wait(c:task { id = "approve", role = c.receiver })
      c:met "answer"
      c:close "answered"
    end },
}]]
local ROSTER = "from,to,staff\n2026-03-02 08:00,2026-03-02 17:00,wang\n2026-03-02 17:00,2026-03-03 08:00,zhao\n" ..
  "2026-03-03 08:00,2026-03-03 17:00,wang\n"

describe("whoever takes a case in", function()
  local w
  before_each(function()
    w = sim.world { scripts = { ["w/w.lua"] = SOURCE, ["w/counter.csv"] = ROSTER }, at = "2026-03-02 15:30" }
  end)
  local function complaint(o)
    o = o or {}
    o.patient, o.text, o.channel, o.nature, o.receiver = w:patient {}, "x", "counter", o.nature or "complaint", o.receiver or "staff:wang"
    return w:feedback(o)
  end
  local function number(name) return w.core:query("SELECT id AS i_id FROM task WHERE name=?1 AND status='open'", name)[1].id end
  local function answer() w:task("answer"):done { answer = { text = "sorry" } } end

  it("is its contact while on duty, and the deputy of the post when not; the case stays hers", function()
    local c = complaint()
    answer()
    assert.equal("staff:wang", w:task("approve").role)
    w:advance "2h"                                                       -- 17:30: zhao has the counter
    assert.same({ "counter", "zhao" }, { w.pages[1].role, w.pages[1].staff })
    assert.equal("staff:wang", c.receiver)
    local night = complaint()
    answer()
    assert.equal("counter", w:task("approve").role)
    assert.equal("staff:wang", night.receiver)
  end)

  it("is paged in person while on duty, and so is one of whose hours nothing is known", function()
    w:advance_to "2026-03-02 14:00"
    complaint()
    complaint { receiver = "staff:guest" }
    w:advance "121m"
    assert.same({ "zhao", "head", "staff:guest", "head" }, { w.pages[1].staff, w.pages[2].role, w.pages[3].role, w.pages[4].role })
  end)

  it("stays so through transfers: who answers changes, the contact doesn't", function()
    local c = complaint()
    for _, to in ipairs { "pharmacy", "billing" } do w:task("answer"):done { code = "transfer", to = to, note = "not ours" } end
    assert.equal("billing", w:task("answer").role)
    answer()
    assert.same({ "staff:wang", "staff:wang" }, { c.receiver, w:task("approve").role })
  end)

  it("is not whom it complains of: the office is, and that person neither works on it nor hears of it", function()
    local c = complaint { concerns = "wang" }
    assert.equal("office", c.receiver)
    local task = number "answer"
    local refused = w:_submit("task.claim", { task = task, staff = "wang" })
    assert.same({ 409, "this case is about you: somebody else has to work on it" }, { refused.status, refused.detail })
    assert.equal(409, w:_submit("task.done", { task = task, staff = "wang", answer = { text = "it was nothing" } }).status)
    answer()
    assert.equal("office", w:task("approve").role)
  end)

  it("hands it on when a person finds out later whom it complains of", function()
    local c = complaint()
    w:advance "5m"
    c:correct { concerns = "wang" }
    assert.equal("office", c.receiver)
    assert.truthy(table.concat(c.ledger, "\n"):find("receiver office", 1, true))
    w:advance "2h"
    for _, page in ipairs(w.pages) do assert.not_equal("wang", page.staff) end
  end)

  it("may well be whom it praises", function()
    local c = complaint { nature = "praise", concerns = "wang" }
    assert.equal("staff:wang", c.receiver)
    assert.equal(200, w:_submit("task.claim", { task = number "answer", staff = "wang" }).status)
  end)

  it("is passed over by a page to a post that the one complained of holds", function()
    w:_submit("duty.set", { role = "head", staff = "wang", since = "2026-03-02T08:00" })
    complaint { concerns = "wang" }
    w:advance "5h"
    local heads = {}
    for _, page in ipairs(w.pages) do heads[#heads + 1] = page.role .. " " .. tostring(page.staff) end
    assert.truthy(table.concat(heads, ","):find("duty-officer", 1, true), table.concat(heads, ","))
    assert.is_nil(table.concat(heads, ","):find("wang", 1, true))
  end)
end)
