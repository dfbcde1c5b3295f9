-- Points: what options and a yes are worth, as a.score in a run and in a rule, and as the observation of a choice.
local sim = require "afterward.sim"

local TEXT = [[
local aw = require "afterward"
local OPTIONS = { { "no", zh = "无", score = 0 }, { "some", zh = "有", score = 1 }, { "much", zh = "多", score = 2.5 } }
return {
  aw.department { id = "w", title = "w", alerts = { urgent = "page" } },
  aw.escalation { id = "page", levels = { { page = "nurse", ack_within = "1h" } } },
  aw.program { id = "p", name = { zh = "随访" } },
  aw.form { id = "points", abnormal = "many",
    { id = "a", kind = "choice", zh = "甲", options = OPTIONS, observe = "a-points" },
    { id = "b", kind = "choice", zh = "乙", options = OPTIONS, many = true },
    { id = "c", kind = "yesno", zh = "丙", score = 3, optional = true } },
  aw.form { id = "plain", { id = "x", kind = "yesno", zh = "问" } },
  aw.rule { id = "many", run = function(a) if a.score >= 5 then return { level = "urgent", reason = "points " .. a.score } end end },
  aw.pathway { id = "x", program = "p", title = "x", enroll = { on = "discharge" }, anchor = "discharge",
    steps = { aw.step { id = "ask", at = "24h", run = function(p)
      local a = p:ask("points", { within = "1d" })
      if a then p:note(("score %s of %s"):format(a.score, p:read "a-points"[1].value)) end
      local b = p:ask("plain", { within = "1d" })
      p:note("plain " .. tostring(b and b.score))
    end } } },
}]]

describe("points", function()
  local w, pt
  before_each(function()
    w = sim.world { scripts = { ["w/w.lua"] = TEXT }, at = "2026-03-02 15:00" }
    pt = w:patient {}
    w:discharge(pt)
    w:advance "24h"
  end)

  it("are summed over options, several options and a yes, for the run and its rule", function()
    pt:answer("points", { a = "some", b = { "some", "much" }, c = true })
    assert.matches("score 7.5 of 1", w:timeline(pt), 1, true)
    assert.matches("points 7.5", w:alert_named("many").reason, 1, true)
  end)

  it("are whole when they are, nothing for what is left empty, and no alarm below", function()
    pt:answer("points", { a = "no", b = { "some" } })
    assert.matches("score 1 of 0", w:timeline(pt), 1, true)
    assert.is_nil(w:alert_named "many")
  end)

  it("are nil where a form gives none", function()
    pt:answer("points", { a = "no", b = { "no" } })
    pt:answer("plain", { x = true })
    assert.matches("plain nil", w:timeline(pt), 1, true)
  end)
end)
