-- Results that are no numbers: a blood group, a culture, a C-reactive protein below what can be measured.
local H = require "functional.sim.helper"
local END = [[aw.step { id = "end", at = "90d", run = function(p) end },]]

local function ward(more) return H.discharged { steps = END, more = more, at = "2026-03-02 11:00" } end

describe("A result that is no number", function()
  it("starts a watch by what it says, and is handed to it", function()
    local w, pt = ward [[aw.watch { id = "grown", on = "observation:culture",
      where = function(f) return f.event.text and f.event.text:find("阳性", 1, true) and f.event.text end,
      run = function(p, said) p:note(said) p:alert { id = "culture", level = "urgent", reason = "培养" .. said } end },]]
    w:observe(pt, "culture", "阴性")
    assert.same({}, H.notes(w))
    w:observe(pt, "culture", "阳性：金黄色葡萄球菌")
    assert.same({ "阳性：金黄色葡萄球菌" }, H.notes(w))
    assert.truthy(w:alert_named "culture")
  end)

  it("is read like any other, and stands on the timeline", function()
    local w, pt = ward [[aw.watch { id = "ask", on = "observation:blood-group",
      run = function(p) p:note(p:read("blood-group")[1].value) end },]]
    w:observe(pt, "blood-group", "B型 RhD阳性")
    assert.same({ "B型 RhD阳性" }, H.notes(w))
    assert.truthy(w:timeline(pt):find("observation:blood-group B型 RhD阳性", 1, true))
  end)

  it("says nothing of a course: a trend passes it over and says how many it passed over; but measured it was", function()
    local w, pt = ward [[aw.watch { id = "crp", on = "observation:crp", where = function(f) return f.event.value end, run = function(p)
      local series = p:read("crp", { within = "30d" })
      local change, passed = aw.trend.change(series, { days = 10 })
      local gone = aw.trend.missing(series, { days = 3, today = p.today })
      p:note(("%s %s %s"):format(change, passed, gone and #gone or "none"))
    end },]]
    for day = 3, 6 do
      w:advance_to(("2026-03-%02d 08:00"):format(day))
      w:observe(pt, "crp", ({ [3] = 40, [4] = "<0.5", [5] = "<0.5", [6] = 12 })[day])
    end
    assert.same({ "nil nil 3", "-28 2 none" }, H.notes(w))
  end)

  it("that a watch compares as a number is told to the department as its mistake; the watch goes on", function()
    local w, pt = ward [[aw.watch { id = "high", on = "observation:glucose", where = function(f) return f.event.value >= 16.7 end,
      run = function(p) p:note("high") end },]]
    w:observe(pt, "glucose", ">33.3")
    w:observe(pt, "glucose", 20)
    assert.same({ "high" }, H.notes(w))
    assert.matches("compare", w:alert_named "high".reason)
  end)
end)
