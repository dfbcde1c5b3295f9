-- What @NAME@ makes of answers, in a department that does nothing but ask it.
local sim = require "afterward.sim"

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

local DEPARTMENT = [[
local aw = require "afterward"
return {
  aw.department { id = "@DEPARTMENT@", title = "试", alerts = { ["@LEVEL@"] = "ladder" } },
  aw.program { id = "program", name = "试" },
  aw.escalation { id = "ladder", levels = { { page = "nurse", ack_within = "1h" } } },
  aw.pathway { id = "try", program = "program", title = "试", enroll = { on = "discharge" }, steps = {
    aw.step { id = "ask", at = "enroll", run = function(p) p:ask "@NAME@" end } } },
}]]

describe("@NAME@", function()
  local w, pt
  before_each(function()
    w = sim.world { at = "2026-03-02 15:00", scripts = {
      ["@DEPARTMENT@/@NAME@.lua"] = read "scripts/@DEPARTMENT@/@NAME@.lua", ["@DEPARTMENT@/department.lua"] = DEPARTMENT } }
    pt = w:patient { age = 68 }
    w:discharge(pt)
    w:advance "1m"
  end)

  it("alarms at seven", function()
    pt:answer("@NAME@", { pain = 7, where = "膝" })
    assert.equal("@LEVEL@", w:alert_named("@NAME@-flags").level)
  end)

  it("does not at six, nor when there is nothing to say", function()
    pt:answer("@NAME@", { pain = 6, where = "膝" })
    assert.is_nil(w:alert_named "@NAME@-flags")
  end)

  it("asks where only when it hurts", function()
    assert.is_nil((pt:try_answer("@NAME@", { pain = 1 })))                    -- the form refuses: where is missing
    assert.truthy((pt:try_answer("@NAME@", { pain = 0 })))
  end)
end)
