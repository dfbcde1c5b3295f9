-- Whom @NAME@ pages and when, in a department that does nothing but raise an alert.
local sim = require "afterward.sim"

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

local DEPARTMENT = [[
local aw = require "afterward"
return {
  aw.department { id = "@DEPARTMENT@", title = "试", alerts = { urgent = "@NAME@" } },
  aw.program { id = "program", name = "试" },
  aw.pathway { id = "try", program = "program", title = "试", enroll = { on = "discharge" }, steps = {
    aw.step { id = "alarm", at = "enroll", run = function(p) p:alert { id = "alarm", level = "urgent", reason = "试" } end } } },
}]]

describe("@NAME@", function()
  local w
  local function alarm(at)
    w = sim.world { at = at, scripts = {
      ["@DEPARTMENT@/@NAME@.lua"] = read "scripts/@DEPARTMENT@/@NAME@.lua", ["@DEPARTMENT@/department.lua"] = DEPARTMENT } }
    w.roster = { nurse = "li", doctor = "dr-wu", ["head-nurse"] = "zhang", chief = "dr-chen" }
    w:discharge(w:patient { age = 68 })
    w:advance "1m"
  end
  local function paged()
    local roles = {}
    for i, page in ipairs(w.pages) do roles[i] = page.role end
    return table.concat(roles, " ")
  end

  it("goes from post to post while nobody acknowledges", function()
    alarm "2026-03-02 15:00"
    assert.equal("nurse", paged())
    w:advance "16m"
    assert.equal("nurse doctor", paged())
    w:advance "10m"
    assert.equal("nurse doctor head-nurse chief", paged())
  end)

  it("begins with the doctor at night", function()
    alarm "2026-03-02 23:00"
    assert.equal("doctor", paged())
  end)

  it("stops when somebody acts", function()
    alarm "2026-03-02 15:00"
    w:alert_named "alarm":done { note = "已到床旁" }
    w:advance "12h"
    assert.equal("nurse", paged())
  end)
end)
