-- A new version is tried on some patients first: which, and what the others notice of it (nothing).
local H = require "functional.sim.helper"

local function ward(word, at, keys)
  local step = H.step(('p:note "%s" p:wait "1d" p:note "%s end"'):format(word, word)):gsub('"1h"', '"' .. at .. '"')
  return { ["w/w.lua"] = H.source { keys = keys, steps = step .. [[aw.step { id = "end", at = "90d", run = function(p) end },]] } }
end
local function enrolled(w, n, o)
  for _ = 1, n do w:discharge(w:patient { age = 60 }, o) end
end
local function count(w, word) return H.count(w, "note WHERE text='" .. word .. "'") end

describe("a version with a rollout", function()
  it("takes so many of a hundred enrollments, always the same; the others go on as before", function()
    local w = H.world { steps = ward("old", "1h")["w/w.lua"]:match "steps = {(.*)} },\n}" }
    enrolled(w, 100)
    w:load(ward("new", "3h", [[rollout = { percent = 30 },]]))
    w:advance "2h"
    local old = count(w, "old")
    assert.is_true(old > 55 and old < 85, old .. " of 100 follow the active version")
    assert.equal(0, count(w, "new"))
    w:advance "2h"
    assert.equal(100 - old, count(w, "new"))
    w:crash()
    w:advance "2d"
    assert.same({ old, 100 - old }, { count(w, "old end"), count(w, "new end") })
    enrolled(w, 100)
    w:advance "5h"
    local more = count(w, "new") - (100 - old)
    assert.is_true(more > 15 and more < 45, more .. " of 100 new ones follow the new version")
  end)

  it("takes those who left one of its wards", function()
    local w = H.world { steps = H.step [[p:note "old"]] }
    w:load { ["w/w.lua"] = H.source { keys = [[rollout = { ward = { "骨科一病区" } },]], steps = H.step [[p:note "new"]] } }
    enrolled(w, 2, { ward = "骨科一病区" })
    enrolled(w, 3, { ward = "骨科二病区" })
    w:advance "2h"
    assert.same({ 3, 2 }, { count(w, "old"), count(w, "new") })
  end)

  it("runs that began before stay with what they began, or move with their enrollment", function()
    local w = H.world { steps = H.step [[p:note "old" p:wait "1d" p:note "old end"]] }
    enrolled(w, 20)
    w:advance "2h"
    w:load { ["w/w.lua"] = H.source { keys = [[rollout = { percent = 50 },]],
      steps = H.step [[p:note "old" p:wait "1d" p:note "new end"]] } }
    w:advance "2d"
    assert.equal(20, count(w, "old end") + count(w, "new end"))
    assert.is_true(count(w, "new end") > 3 and count(w, "old end") > 3)
  end)

  it("may ask a form that only it has", function()
    local w = H.world { steps = H.step [[p:note "old"]] }
    w:load { ["w/w.lua"] = H.source { keys = [[rollout = { percent = 99 },]], more = [[
      aw.form { id = "mood", title = { zh = "心情", en = "Mood" }, { id = "mood", kind = "scale", min = 0, max = 10, zh = "几分？", en = "How?" } },]],
      steps = H.step [[local a = p:ask("mood", { within = "1d" }) p:note("mood " .. tostring(a and a.mood))]] } }
    local pt = w:patient { age = 60 }
    w:discharge(pt)
    w:advance "2h"
    pt:answer("mood", { mood = 7 })
    assert.same({ "mood 7" }, H.notes(w))
  end)

  it("is for all at once when there is nothing to go on with, and when a version without one follows", function()
    local w = H.world { keys = [[rollout = { percent = 1 },]], steps = H.step [[p:note "first"]] }
    enrolled(w, 5)
    w:advance "2h"
    assert.equal(5, count(w, "first"))
    w:load { ["w/w.lua"] = H.source { keys = [[rollout = { percent = 1 },]], steps = H.step [[p:note "tried"]] } }
    w:load { ["w/w.lua"] = H.source { steps = H.step [[p:note "all"]] } }
    enrolled(w, 5)
    w:advance "2h"
    assert.equal(5, count(w, "all"))
  end)

  it("that passes its limits stops for those who try it alone", function()
    local w = H.world { steps = H.step [[p:note "old"]] }
    w.expects_stuck = true
    w:load { ["w/w.lua"] = H.source { keys = [[rollout = { percent = 50 },]], steps = H.step [[while true do end]] } }
    enrolled(w, 20)
    w:advance "2h"
    assert.is_true(count(w, "old") > 3)
    assert.equal(20, count(w, "old") + #w.stuck)
    assert.is_true(H.count(w, "run WHERE cause LIKE '%quarantined%'") > 0)
  end)

  it("must say whom it takes", function()
    for keys, why in pairs { ["percent = 0"] = "percent", ["percent = 100"] = "1 to 99", [""] = "neither percent nor ward" } do
      local ok, said = pcall(H.world, { keys = ("rollout = { %s },"):format(keys), steps = H.step "" })
      assert.is_false(ok)
      assert.matches(why, said)
    end
  end)
end)
