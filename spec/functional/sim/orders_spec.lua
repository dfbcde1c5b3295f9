-- What a department's spec may say once for many cases, and of events that come in any order.
local sim = require "afterward.sim"

describe("a table of cases", function()
  local seen = 0
  sim.each({ { "an old patient", 80, "high" }, { "a younger one", 60, "standard" } }, function(age, tier)
    seen = seen + 1
    assert.equal(tier, age >= 75 and "high" or "standard")
  end)
  teardown(function() assert(seen == 2, "not each row was a spec") end)
  it("is refused when it is empty, or a row has no name", function()
    assert.has_error(function() sim.each({}, print) end, "sim.each: there are no rows, so nothing would be looked at")
    assert.has_error(function() sim.each({ { 80 } }, print) end, "sim.each: row 1 does not begin with its name")
  end)
end)

describe("events in every order", function()
  local function said(word) return { word, function(w) w.text = w.text .. word end } end
  local function start() return { text = "" } end
  it("are played once in each, the given one first", function()
    local orders, different = {}, {}
    local played = sim.permuted { start = start, events = { said "a", said "b", said "c" },
      ends = function(w) orders[#orders + 1] = w.text different[w.text] = true return "" end }
    local count = 0
    for _ in pairs(different) do count = count + 1 end
    assert.same({ 6, 6, 6, "abc" }, { played, #orders, count, orders[1] })
  end)
  it("name the order that ends otherwise", function()
    local ok, why = pcall(sim.permuted, { start = start, events = { said "x", said "y" }, ends = function(w) return w.text end })
    assert.is_false(ok)
    assert.truthy(why:find("in the order y, x it ends otherwise:\nyx\ninstead of\nxy", 1, true))
  end)
  it("are a sample when there are too many", function()
    local events = {}
    for i = 1, 8 do events[i] = said(tostring(i)) end
    assert.equal(20, sim.permuted { start = start, events = events, ends = function(w) return tostring(#w.text) end, most = 20 })
  end)
  it("a discharge and a death leave nobody enrolled, whichever is heard first", function()
    local someone
    local played = sim.permuted {
      start = function()
        local w = sim.world { scripts = { "scripts/ortho" }, at = "2026-03-02 15:00" }
        someone = w:patient { age = 68 }
        return w
      end,
      events = { { "discharge", function(w) w:discharge(someone, { procedures = { "81.51" } }) end },
        { "death", function(w) w:event(someone, "death") end } },
      ends = function(w)
        w:advance "3d"
        return #w.core:query "SELECT id AS i_id FROM enrollment WHERE status = 'active'" .. " active"
      end,
    }
    assert.equal(2, played)
  end)
end)
