-- What comes in is recorded, applied and followed in one commit, and is more work only when a definition listens to it.
local H = require "functional.sim.helper"

local END = [[aw.step { id = "end", at = "90d", run = function(p) end },]]
local WATCH = [[aw.watch { id = "fast", on = %s, run = function(p) p:note "fast" end },]]

describe("A measurement", function()
  -- Works that it took: the message itself, the look at who listens, the run that begins.
  local function taken(w, pt, code)
    local commits, works = w.core:commits()
    w:observe(pt, code, 12)
    assert.equal(1, H.count(w, "observation WHERE code='" .. code .. "'"))
    local commits_after, works_after = w.core:commits()
    assert.equal(1, commits_after - commits)
    return works_after - works
  end
  for what, case in pairs {
    ["that nothing listens to asks for no work"] = { {}, "pulse", 1 },
    ["that answers a form of one question does"] = { {}, "glucose", 2 },
    ["that a pathway's watch listens to does"] = { { keys = "watches = { " .. WATCH:format '"observation:pulse"' .. " }," }, "pulse", 3 },
    ["that a watch of its own listens to among others does"] =
      { { more = WATCH:format '{ "drug", "observation:pulse" }' }, "pulse", 3 },
    ["that enrolls does"] = { { more = [[aw.pathway { id = "fast", program = "brand",
      title = { zh = "快", en = "Fast" }, enroll = { on = "observation:pulse" }, anchor = "enrollment",
      steps = { aw.step { id = "s", at = "1d", run = function(p) end } } },]] }, "pulse", 2 },
  } do
    it(what, function()
      local w, pt = H.discharged { keys = case[1].keys, more = case[1].more, steps = END }
      assert.equal(case[3], taken(w, pt, case[2]))
    end)
  end
  it("that nothing listens to may move a tier", function()
    local w, pt = H.discharged { steps = END,
      keys = [[tier = function(f) local l = f:read("pulse", { last = 1 }) return l[1] and l[1].value > 120 and "high" or "low" end,]] }
    assert.equal("low", w:enrollment("way").tier)
    w:observe(pt, "pulse", 140)
    assert.equal("high", w:enrollment("way").tier)
  end)
  it("is heard from the moment that a new version listens", function()
    local w, pt = H.discharged { steps = END }
    w:observe(pt, "pulse", 140)
    w:load { ["w/w.lua"] = H.source { steps = END, more = WATCH:format '"observation:pulse"' } }
    assert.same({}, H.notes(w))
    w:observe(pt, "pulse", 141)
    assert.same({ "fast" }, H.notes(w))
  end)
end)

describe("A code that comes after the discharge", function()
  it("has the discharge looked at again", function()
    local w, pt = H.discharged { enroll = [[where = function(f) return f.event:has_procedure("81.51") end]], steps = END }
    assert.is_nil(w:enrollment "way")
    w:event(pt, "procedure", { procedures = { "81.51" } })
    assert.truthy(w:enrollment "way")
  end)
end)
