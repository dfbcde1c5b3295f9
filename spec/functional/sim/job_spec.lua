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
    assert.matches("a job has no patient and doesn't wait: ask can't be called", w:alert_named("stuck-tell").reason)
    w:advance_to "2026-03-04 08:01"
    assert.equal(2, H.count(w, "job_run WHERE status='stuck'"))
  end)

  it("that passes its limit three times rests until its script is mended, and the department is told", function()
    local w = world('"08:00"', "while true do end")
    w:advance_to "2026-03-06 08:01"
    assert.equal(4, H.count(w, "job_run WHERE status='stuck'"))
    assert.equal(1, H.count(w, "job_run WHERE cause LIKE '%three times%'"))
    w:load { ["w/w.lua"] = H.source { more = job '"08:00"', steps = STEP } }
    w:advance_to "2026-03-07 08:01"
    assert.equal(1, H.count(w, "job_run WHERE status='done'"))
  end)

  it("keeps state from one run to the next, with the commit of the run that set it", function()
    local w = world('"08:00"', [[local n = (j:get "n" or 0) + 1
      j:set("n", n) j:set("old", { n = n }) j:set("old", nil)
      j:task { id = "tell-" .. n, role = "nurse", note = tostring(j:get "n") .. tostring(j:get "old") }]])
    w:advance_to "2026-03-04 07:59"
    w.core:cut(1, true)                                                  -- the second run's commit is lost: so is its state
    w:advance_to "2026-03-05 08:01"
    local notes = {}
    for i, row in ipairs(w.core:query "SELECT note FROM task WHERE name LIKE 'tell%' ORDER BY id") do notes[i] = row.note end
    assert.same({ "1nil", "2nil", "3nil" }, notes)
  end)

  it("keeps none of what a failed run set", function()
    local w = world('"08:00"', [[local n = (j:get "n" or 0) + 1 j:set("n", n) j:note("n " .. n) if n == 2 then error "no" end]])
    w:advance_to "2026-03-06 08:01"
    local seen = {}
    for i, row in ipairs(w.core:query "SELECT status, note FROM job_run ORDER BY id") do seen[i] = row.status .. " " .. (row.note or "-") end
    assert.same({ "done n 1", "stuck -", "stuck -", "stuck -" }, seen)
  end)

  it("refuses state over the limit that holds for p:set", function()
    local w = world('"08:00"', [[j:set("big", ("x"):rep(70000))]])
    w:advance_to "2026-03-03 08:01"
    assert.matches("more than 64 KB", w:alert_named("stuck-tell").reason)
  end)

  it("keeps as many keys as it likes, whatever their length", function()
    local w = world('"08:00"', [[for i = 1, 100 do j:set(("k"):rep(60) .. i, i) end
      local n = 0 for i = 1, 100 do n = n + (j:get(("k"):rep(60) .. i) or 0) end
      j:note(tostring(n) .. " " .. tostring(j:get "seen")) j:set("seen", true)]])
    w:advance_to "2026-03-04 08:01"
    assert.equal("5050 true", w.core:query "SELECT note FROM job_run ORDER BY id DESC"[1].note)
    local state = w.core:query "SELECT length(state) AS i_n FROM job"[1].n
    assert.is_true(state > 100 * 60)
  end)

  it("notes what it found, for who looks at its runs", function()
    local w = world('"08:00"', [[j:note "looked" j:note("open: " .. j.figures.open_tasks)]])
    w:advance_to "2026-03-03 08:01"
    assert.equal("looked\nopen: 0", w.core:query "SELECT note FROM job_run"[1].note)
    assert.equal(0, H.count(w, "note"))                                  -- of no patient's timeline
  end)

  it("keeps its state while it is out of the scripts", function()
    local w = world('"08:00"', [[j:set("n", (j:get "n" or 0) + 1) j:note(tostring(j:get "n"))]])
    w:advance_to "2026-03-03 08:01"
    local with = H.source { more = job('"08:00"', [[j:set("n", (j:get "n" or 0) + 1) j:note(tostring(j:get "n"))]]), steps = STEP }
    w:load { ["w/w.lua"] = H.source { steps = STEP } }
    w:advance_to "2026-03-05 08:01"
    w:load { ["w/w.lua"] = with }
    w:advance_to "2026-03-06 08:01"
    assert.equal("2", w.core:query "SELECT note FROM job_run ORDER BY id DESC LIMIT 1"[1].note)
    w:load { ["w/w.lua"] = H.source { steps = STEP } }
    w:advance "91d"
    w:load { ["w/w.lua"] = H.source { more = job('"09:00"'):gsub("tell", "other"), steps = STEP } }
    assert.equal(0, H.count(w, "job_run"))                               -- forgotten after 90 days
  end)

  it("keeps its last 50 runs, and what failed for 90 days", function()
    local w = world('"08:00"', [[if j.day == "2026-03-04" then error "no" end]])
    w:advance_to "2026-05-20 08:01"
    assert.equal(51, H.count(w, "job_run"))
    assert.equal("stuck", w.core:query "SELECT status FROM job_run ORDER BY id"[1].status)
    w:advance_to "2026-06-03 08:01"
    assert.equal(50, H.count(w, "job_run"))
  end)

  describe("that failed", function()
    local function failed()
      local w = world('"08:00"', 'error "no bed"')
      w:advance_to "2026-03-03 08:01"
      return w, w.core:query "SELECT id AS i_id FROM job_run"[1].id
    end
    local function retry(w, id, o)
      return w:_submit("job.retry", { job_run = id, staff = "li", reason = o and o.reason or "mended" })
    end

    it("is made again for its time when a person says so, with the scripts of now, who and why kept", function()
      local w, id = failed()
      w:load { ["w/w.lua"] = H.source { more = job '"08:00"', steps = STEP } }
      assert.equal(200, retry(w, id).status)
      w:advance "1h"
      assert.equal(1, H.count(w, "task WHERE name='tell-2026-03-03'"))
      assert.equal(1, H.count(w, "job_run WHERE status='done' AND cause IS NULL"))
      assert.same({ actor = "li", action = "job.retry", object = "job:" .. id, detail = "mended" },
        w.core:query "SELECT actor, action, object, detail FROM audit WHERE action='job.retry'"[1])
      assert.equal(409, retry(w, id).status)                             -- it is done
      w:advance_to "2026-03-04 08:01"                                    -- and its next time came as ever
      assert.equal(1, H.count(w, "task WHERE name='tell-2026-03-04'"))
    end)

    it("fails again when it is not mended, once, and says so", function()
      local w, id = failed()
      retry(w, id)
      w:advance "1h"
      assert.equal(1, H.count(w, "job_run WHERE status='stuck'"))
    end)

    it("is not made again without a reason, when there is none, or when the scripts have it no more", function()
      local w, id = failed()
      assert.equal(422, retry(w, id, { reason = "" }).status)
      assert.equal(404, retry(w, 99).status)
      w:load { ["w/w.lua"] = H.source { steps = STEP } }
      assert.equal(409, retry(w, id).status)
    end)
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
    assert.equal(0, H.count(w, "job WHERE next_at > 0"))
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
