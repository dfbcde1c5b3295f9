-- What a run does after a joint replacement, whichever joint: hip.lua and knee.lua say when.
local follow = require "shared.ladder"
local joint = {}

local function watched(p, a)                        -- an abnormal answer makes the rest of the plan closer
  if a and a.flag then p:set("close", true) end
  return a
end

-- Old, or once abnormal: asked every three days instead of every week.
function joint.tier(f)
  return (f:get "close" or (f.patient.age or 0) >= 75) and "high" or "standard"
end

function joint.wound_check(p)
  return watched(p, follow(p, "wound-check"))
end

-- A single silence of a patient who does well is let pass; two, or one of a patient at risk, are not.
function joint.weekly(p, form)
  local a, why = p:ask(form, { within = "2d", remind = "1d" })
  if not a and (why ~= "silent" or p:silences(form) % 2 == 0 or p.tier == "high") then
    a = follow(p, form, { within = "1d" })
  end
  return watched(p, a)
end

function joint.six_weeks(p)
  p:send "six-week-visit"
  if not p:wait("appointment", { within = "14d" }) then
    p:task { id = "book", role = "nurse", due = "2bd", note = "六周复查拍片还没有预约" }
  end
end

function joint.half_year(p)
  local a = watched(p, follow(p, "joint-review", { within = "7d" }))
  if a and a.satisfied == "no" then
    p:task { id = "surgeon-call", role = "surgeon", due = "5bd", note = "半年复查：患者对手术效果不满意" }
  end
end

return joint
