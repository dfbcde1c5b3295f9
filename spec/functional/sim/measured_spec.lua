-- What was not measured, what a series does, what a score gave: in the scripts of a department, over days.
local H = require "functional.sim.helper"
local END = [[aw.step { id = "end", at = "90d", run = function(p) end },]]

local function ward(keys, more) return H.discharged { steps = END, keys = keys, more = more, at = "2026-03-02 11:00" } end

describe("A watch on what is missing", function()
  local function missing(more)
    return ([[watches = { aw.watch { id = "not-measured", on = "missing:glucose", by = "10:00", from = "1d", to = "4d", %s
      run = function(p, gone) p:note(gone.code .. " " .. p.day) end } },]]):format(more or "")
  end

  it("begins on each day on which nothing was measured by its hour", function()
    local w, pt = ward(missing())
    w:advance_to "2026-03-03 09:00" w:observe(pt, "glucose", 7)
    w:advance_to "2026-03-04 10:01"
    assert.same({ "glucose 2026-03-04" }, H.notes(w))
    w:observe(pt, "glucose", 7)                               -- too late for this day, no help for the next
    w:advance_to "2026-03-06 09:59" w:observe(pt, "glucose", 7)
    w:advance_to "2026-03-20 12:00"
    assert.same({ "glucose 2026-03-04", "glucose 2026-03-05" }, H.notes(w))
  end)

  it("counts what came in its span, also of the evening before", function()
    local w, pt = ward(missing [[within = "24h",]])
    w:advance_to "2026-03-02 21:00" w:observe(pt, "glucose", 7)
    w:advance_to "2026-03-04 10:01"
    assert.same({ "glucose 2026-03-04" }, H.notes(w))
  end)

  it("does not count what was taken back, and takes what came while the machine was off", function()
    local w, pt = ward(missing())
    w:advance_to "2026-03-03 09:00"
    w:event(pt, "observation", { observation = { code = "glucose", value = 7, reading = "A" } })
    w:event(pt, "observation", { observation = { code = "glucose", value = 7, reading = "A", status = "deleted" } })
    w:advance_to "2026-03-03 10:01"
    assert.same({ "glucose 2026-03-03" }, H.notes(w))
    w:advance_to "2026-03-04 08:00"
    w:sleep "2h"
    assert.same({ "glucose 2026-03-03", "glucose 2026-03-04" }, H.notes(w))
  end)

  it("rests while the patient is in a bed", function()
    local w, pt = ward(missing())
    w:advance_to "2026-03-02 20:00" w:event(pt, "admission", {})
    w:advance_to "2026-03-05 12:00"
    assert.same({}, H.notes(w))
  end)

  it("is planned, so that it can be listed", function()
    local w = ward(missing())
    assert.same({ "03-03 Tue 10:00", "03-04 Wed 10:00" }, w:planned("way", "not-measured", 2))
  end)

  for what, case in pairs {
    ["an hour"] = { missing():gsub('by = "10:00",', ""), 'watch "not-measured": on "missing:glucose" needs by' },
    ["known keys"] = { missing "where = function(f) return true end,", 'watch "not-measured" on what is missing has no key "where"' },
  } do
    it("needs " .. what, function()
      local good, why = pcall(ward, case[1])
      assert.is_false(good)
      assert.truthy(tostring(why):find(case[2], 1, true), why)
    end)
  end
  it("belongs to a pathway", function()
    local good, why = pcall(ward, "", [[aw.watch { id = "x", on = "missing:glucose", by = "10:00", run = function(p) end },]])
    assert.is_false(good)
    assert.truthy(tostring(why):find("is for a watch in a pathway's watches", 1, true), why)
  end)
end)

describe("A series", function()
  it("that rises three days starts a watch with what was seen, also over a crash", function()
    local w, pt = ward [[watches = { aw.watch { id = "gain", on = "observation:weight",
      where = function(f) return aw.trend.rising(f:read("weight", { within = "7d" }), { days = 3, by = 1.5 }) end,
      run = function(p, seen) p:wait "1h" p:note(("%g to %g"):format(seen.from, seen.to)) end } },]]
    for i, kilos in ipairs { 70, 70.8, 70.9, 71.2, 72.4, 73 } do
      w:advance_to(("2026-03-%02d 07:00"):format(2 + i)) w:observe(pt, "weight", kilos)
      if i == 5 then w:crash() end
    end
    w:advance "2h"
    assert.same({ "70.9 to 72.4" }, H.notes(w))
  end)

  it("is asked by a step for the days without a reading, by the local date", function()
    local w, pt = H.discharged { at = "2026-03-02 11:00", steps = [[aw.step { id = "look", at = "4d 00:30", run = function(p)
      p:note(p.today .. ": " .. table.concat(aw.trend.missing(p:read "weight", { days = 3, today = p.today }) or {}, " "))
      end },]] .. END }
    w:advance_to "2026-03-04 23:50" w:observe(pt, "weight", 70)
    w:advance_to "2026-03-06 01:00"
    assert.same({ "2026-03-06: 2026-03-03 2026-03-05" }, H.notes(w))
  end)
end)

describe("A score", function()
  it("is kept with its version and the inputs that it counted, once, whatever happens after", function()
    local w, pt = H.body [[local r = aw.score.lace { days = 5, acute = true, charlson = 2, visits = p.patient.stays or 0 }
      p:keep(r) p:wait "1h" p:keep(aw.score.lace { days = 5 }) p:note(r.level)]]
    w:advance "90m" w:crash() w:advance "1h"
    assert.same({ "moderate" }, H.notes(w))
    local kept = w.core:query "SELECT name, version, value, level, body AS b_body FROM score ORDER BY id"
    assert.equal(2, #kept)
    assert.same({ "lace", "2010", "9.0", "moderate" }, { kept[1].name, kept[1].version, tostring(kept[1].value), kept[1].level })
    assert.same({ days = 5, acute = true, charlson = 2, visits = 0 }, kept[1].body.inputs)
    assert.same({ acute = 3, charlson = 2, days = 4, visits = 0 }, kept[1].body.parts)
    assert.is_nil(kept[2].value)
    assert.same({ "acute", "charlson", "visits" }, kept[2].body.missing)
    assert.truthy(pt)
  end)

  it("of a wrong shape is refused before it is kept", function()
    local w = H.body [[p:keep { id = "own", version = "1", score = 3, missing = {} }]]
    w.expects_stuck = true
    w:advance "2h"
    assert.matches("keep: argument 1: needs source", w.stuck[1].cause)
    assert.equal(0, H.count(w, "score"))
  end)
end)
