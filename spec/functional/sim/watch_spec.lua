-- A watch on readings: fires on the rising edge, re-arms as it says, never twice for one reading.
local H = require "functional.sim.helper"

local function ward(keys)
  return H.discharged { steps = [[aw.step { id = "end", at = "90d", run = function(p) end },]],
    keys = ([[watches = { aw.watch { id = "sweet", on = "observation:glucose", where = function(f) return f.event.value >= 16.7 end, %s
      run = function(p) p:note("high " .. p.event.value) end } },]]):format(keys or "") }
end

describe("A watch on readings", function()
  local n = 0
  -- A reading of its own id, or of this one.
  local function read(w, pt, value, o)
    o = o or {}
    n = n + 1
    w:event(pt, "observation", { observation = { code = "glucose", value = value, reading = o.reading or "R" .. n, status = o.status } })
  end

  it("fires when the condition begins to hold, and again only after it has ceased", function()
    local w, pt = ward()
    for _, value in ipairs { 10, 17, 18, 19, 10, 20 } do read(w, pt, value) end
    assert.same({ "high 17", "high 20" }, H.notes(w))
  end)

  it("waits for its own condition of re-arming: between the two nothing happens", function()
    local w, pt = ward "clear = function(f) return f.event.value <= 11.1 end,"
    for _, value in ipairs { 17, 14, 18, 12, 19, 11, 20 } do read(w, pt, value) end
    assert.same({ "high 17", "high 20" }, H.notes(w))
  end)

  it("fires again after its span although the condition has held all the time", function()
    local w, pt = ward [[rearm = "12h",]]
    read(w, pt, 17)
    w:advance "11h" read(w, pt, 18)
    w:advance "2h" read(w, pt, 19)
    w:advance "2h" read(w, pt, 20)
    assert.same({ "high 17", "high 19" }, H.notes(w))
  end)

  it("keeps its edge over a crash and a new version of the scripts", function()
    local w, pt = ward()
    read(w, pt, 17)
    w:crash()
    read(w, pt, 18)
    w:load { ["w/w.lua"] = H.source { steps = [[aw.step { id = "end", at = "91d", run = function(p) end },]],
      keys = [[watches = { aw.watch { id = "sweet", on = "observation:glucose", where = function(f) return f.event.value >= 16 end,
        run = function(p) p:note("newer " .. p.event.value) end } },]] } }
    read(w, pt, 19)
    assert.same({ "high 17" }, H.notes(w))
    read(w, pt, 9) read(w, pt, 16.5)
    assert.same({ "high 17", "newer 16.5" }, H.notes(w))
  end)

  it("fires for a correction that begins to hold, once for the reading whatever it is corrected to after that", function()
    local w, pt = ward()
    read(w, pt, 7, { reading = "A" })
    for _, value in ipairs { 17, 18, 8, 19 } do read(w, pt, value, { reading = "A", status = "corrected" }) end
    assert.same({ "high 17" }, H.notes(w))
    read(w, pt, 20)                                           -- it holds already
    assert.equal(1, #H.notes(w))
    read(w, pt, 8) read(w, pt, 21) read(w, pt, 8)
    read(w, pt, 22, { reading = "A", status = "corrected" })  -- of long ago: it has had its turn
    assert.same({ "high 17", "high 21" }, H.notes(w))
  end)

  it("is as if it had not fired once its reading is taken back", function()
    local w, pt = ward()
    read(w, pt, 17, { reading = "A" })
    read(w, pt, 17, { reading = "A", status = "deleted" })
    read(w, pt, 18)
    assert.same({ "high 17", "high 18" }, H.notes(w))
  end)

  it("of two departments has two edges", function()
    local function source(department)
      return (H.source { steps = [[aw.step { id = "end", at = "90d", run = function(p) end },]],
        more = [[aw.watch { id = "sweet", on = "observation:glucose", where = function(f) return f.event.value >= 16.7 end,
          run = function(p) p:note("w") end },]] }:gsub('id = "w"', ('id = "%s"'):format(department)):gsub('p:note%("w"%)',
          ('p:note("%s")'):format(department)))
    end
    local w = H.world { scripts = { ["w/w.lua"] = source "w", ["v/v.lua"] = source "v" } }
    local pt = w:patient {}
    w:discharge(pt)
    read(w, pt, 17) read(w, pt, 18)
    local notes = H.notes(w)
    table.sort(notes)
    assert.same({ "v", "w" }, notes)
  end)

  it("tells what was taken back", function()
    local w, pt = H.discharged { steps = [[aw.step { id = "end", at = "90d", run = function(p) end },]],
      more = [[aw.watch { id = "back", on = "observation-withdrawn",
        run = function(p) p:note(p.event.code .. " " .. p.event.value .. " " .. p.event.why) end },]] }
    read(w, pt, 17, { reading = "A" })
    read(w, pt, 17, { reading = "A", status = "wrong-patient" })
    assert.same({ "glucose 17 wrong-patient" }, H.notes(w))
  end)

  it("gives readings with unit and range, without what was corrected, and one a day when asked", function()
    local w, pt = H.body [[p:wait "3d" local all, days = p:read "glucose", p:read("glucose", { each = "day" })
      p:note(("%d %d %g %s %g"):format(#all, #days, days[1].value, days[1].unit, days[1].high))]]
    local function at(hours, value, o)
      w:advance(hours .. "h")
      w:event(pt, "observation", { observation = { code = "glucose", value = value, unit = "mmol/L", low = 3.9, high = 6.1,
        reading = o and o.reading, status = o and o.status } })
    end
    at(2, 7, { reading = "A" }) at(1, 8, { reading = "A", status = "corrected" }) at(1, 9) at(24, 10)
    w:advance "4d"
    assert.same({ "3 2 9 mmol/L 6.1" }, H.notes(w))
  end)
end)
