-- A department's work by the clock: once for each time, whatever happens meanwhile.
local H = require "functional.sim.helper"

local STEP = H.step 'p:note "s"'
local TELL = 'j:task { id = "tell-" .. j.day, role = "nurse", note = tostring(j:now()) }'
local function job(at, body) return ("aw.job { id = \"tell\", at = %s, run = function(j) %s end },"):format(at, body or TELL) end
local function world(at, body, o)
  o = o or {}
  o.more, o.steps = job(at, body), STEP
  return H.world(o)
end
local function times(w)                              -- when each task was opened, in the zone
  local out = {}
  for i, row in ipairs(w.core:query "SELECT opened_at FROM task WHERE name LIKE 'tell%' ORDER BY id") do
    out[i] = H.sim.iso(row.opened_at, w.zone):sub(6, 16)
  end
  return out
end

describe("a recurring job", function()
  it("runs at each of its times", function()
    local w = world '{ "mon 08:00", "thu 17:30" }'                        -- begins on a Monday at ten
    w:advance_to "2026-03-13 00:00"
    assert.same({ "03-05 17:30", "03-09 08:00", "03-12 17:30" }, times(w))
  end)

  it("keeps its time of day when the clocks are changed", function()
    local w = H.world { zone = "Europe/Berlin", at = "2026-03-27 10:00",
      scripts = { ["w/w.lua"] = H.source({ more = job '"08:00"', steps = STEP })
        :gsub('calendar = "cn",', 'calendar = "cn", zone = "Europe/Berlin",', 1) } }
    w:advance_to "2026-03-30 09:00"
    assert.same({ "03-28 08:00", "03-29 08:00", "03-30 08:00" }, times(w))
  end)

  it("is neither lost nor made twice when the power fails at its commit", function()
    for _, lost in ipairs { true, false } do
      local w = world '"08:00"'
      w:advance_to "2026-03-03 07:59"
      w.core:cut(1, lost)
      w:advance "1h"
      assert.equal(1, H.count(w, "task WHERE name='tell-2026-03-03'"))
      assert.equal(1, H.count(w, "job_run"))
    end
  end)

  it("that fails is told to the department, and comes again at its next time", function()
    local w = world('"08:00"', 'j:ask "check"')
    w:advance_to "2026-03-03 08:01"
    assert.matches("a job has no patient and doesn't wait: ask can't be called", w:alert_named("tell").reason)
    w:advance_to "2026-03-04 08:01"
    assert.equal(2, H.count(w, "job_run WHERE status='stuck'"))
  end)

  it("has its new time after an edit, and none after it was taken out; an edit of other things changes nothing", function()
    local w = world '"08:00"'
    w:load { ["w/w.lua"] = H.source { more = job('"08:00"', TELL .. " local _ = 1"), steps = STEP } }
    w:advance_to "2026-03-03 08:01"
    w:load { ["w/w.lua"] = H.source { more = job '"09:00"', steps = STEP } }
    w:advance_to "2026-03-04 09:01"
    w:load { ["w/w.lua"] = H.source { steps = STEP } }
    w:advance "3d"
    local ran = {}
    for i, row in ipairs(w.core:query "SELECT at FROM job_run ORDER BY id") do ran[i] = H.sim.iso(row.at, w.zone):sub(6, 16) end
    assert.same({ "03-03 08:00", "03-03 09:00", "03-04 09:00" }, ran)
    assert.equal(0, H.count(w, "job"))
  end)

  it("gives the department's figures and raises its alerts", function()
    local w = world('"08:00"', [[local f = j.figures
      if f.overdue_tasks > 0 then j:alert { id = "behind", level = "soon", reason = f.overdue_tasks .. "/" .. f.open_tasks } end]])
    w:advance_to "2026-03-03 08:01"
    assert.is_nil(w:alert_named "behind")
    w:load { ["w/w.lua"] = H.source { more = job('"09:00"', [[j:task { id = "x", role = "nurse", due = "1h" }]]), steps = STEP } }
    w:advance_to "2026-03-03 12:00"
    w:load { ["w/w.lua"] = H.source { more = job('"13:00"', [[local f = j.figures
      j:alert { id = "behind", level = "soon", reason = f.overdue_tasks .. "/" .. f.open_tasks }]]), steps = STEP } }
    w:advance_to "2026-03-03 13:01"
    assert.equal("1/1", w:alert_named("behind").reason)
  end)
end)
