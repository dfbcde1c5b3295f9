-- sim_play.lua PATIENTS DAYS: plays the orthopaedics pathway and prints figures.
local uv = require "luv"
local sim = require "afterward.sim"
local patients, days = tonumber(arg[1]), tonumber(arg[2])

local WELL = { ["wound-check"] = { temp = 36.5, wound = "dry", calf = false }, pain = { pain = 3, wound = "dry" },
  ["knee-week"] = { pain = 3, wound = "dry", calf = false, bend = 95, straight = true } }
local A_DAY = 86400000

local began = uv.hrtime()
local w = sim.world { scripts = { "scripts/ortho" }, at = "2026-03-02 15:00", site = { mass_limit = 1000000 } }
local by_number, answers = {}, 0
for i = 1, patients do
  local pt = w:patient { age = 55 + i % 30, family = i % 2 == 0 }
  w:discharge(pt, { procedures = { i % 2 == 0 and "81.51" or "81.54" } })
  by_number[pt.number] = pt
end

-- Two of three questions are answered in the evening; the rest stay silent, and a nurse rings.
local function evening()
  for _, row in ipairs(w.core:query "SELECT id AS i_id, patient AS i_patient, form FROM question WHERE status='open'") do
    if WELL[row.form] and row.id % 3 > 0 and by_number[row.patient]:try_answer(row.form, WELL[row.form]) then
      answers = answers + 1
    end
  end
  for _, row in ipairs(w.core:query "SELECT id AS i_id FROM task WHERE status='open'") do
    w:_submit("task.done", { task = row.id, staff = "nurse-1", code = "no-answer" })
  end
end

local from = w:now()
for day = 1, days do
  w:advance(("%dm"):format((from + day * A_DAY + 5 * 3600000 - w:now()) // 60000))
  evening()
end

local function count(sql) return w.core:query("SELECT count(*) AS i_n FROM " .. sql)[1].n end
local usage = uv.getrusage()
local function seconds(time) return time.sec + time.usec / 1e6 end
print(("seconds %.3f cpu %.3f rss %.1f enrolled %d runs %d messages %d answers %d tasks %d stuck %d unaccounted %d"):format(
  (uv.hrtime() - began) / 1e9, seconds(usage.utime) + seconds(usage.stime), usage.maxrss / 1024, count "enrollment", count "run",
  count "message", answers, count "task", count "run WHERE status='stuck'", count "message WHERE status='planned'"))
