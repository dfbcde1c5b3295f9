-- 心脏外科术后: call at 24 h, clinic after a week, rehabilitation after a month, life after half a year;
-- for those at high risk a home visit within 24 h and the weight every day.
local aw = require "afterward"
local risk, weight, visits = require "risk", require "weight", require "visits"
local follow = require "shared.ladder"

local function watched(p, a)                        -- once abnormal, followed closely
  if a and a.flag then p:set("close", true) end
  return a
end

-- The promise is a voice, so the nurse rings first; who is not reached is asked in writing, and so on up the ladder.
local function first_call(p)
  local call = p:wait(p:task { id = "first-call", role = "nurse", form = "recovery", due = "4bh",
    note = "出院24小时电话，问心情" })
  if call.code == "refused" then return end
  local a = watched(p, call.answer or follow(p, "recovery"))
  if a and a.mood == "low" then
    p:task { id = "low-mood", role = "nurse", due = "2bd", note = "情绪低落，请再打一次电话，需要时请心理会诊" }
  end
end

local function home_visit(p)
  if p.tier ~= "high" then return end
  local visit = p:wait(p:task { id = "home-visit", role = "home-nurse", form = "home-visit", due = "23h",
    note = "高风险，出院24小时内上门；住址超出半径请转当地医院" })
  watched(p, visit.answer)
end

local function rehabilitation(p)
  local a = watched(p, follow(p, "rehab", { within = "2d", remind = "1d" }))
  if a and (a.days < 3 or a.effort >= 6) then
    p:task { id = "rehab-call", role = "rehab-therapist", due = "3bd",
      note = ("每周走路 %d 天，费力程度 %d"):format(a.days, a.effort) }
  end
end

local function lifestyle(p)
  local a = watched(p, follow(p, "lifestyle", { within = "3d", remind = "1d" }))
  if not a then return end
  if a.smoke then p:send "quit-smoking" end
  if a.taken ~= "all" then p:task { id = "medicines", role = "pharmacist", due = "2bd", note = "半年：没有按时服药" } end
end

local function text(template, at)                   -- an education text
  return aw.step { id = template, at = at, valid_for = "3d", run = function(p) p:send(template) end }
end

return {
  aw.pathway {
    id = "heart-surgery", program = "xinsuidong", title = { zh = "心随动术后随访", en = "In Step after surgery" },
    enroll = { on = "discharge", procedure = risk.HEART },
    anchor = "discharge", tier = risk.tier,
    steps = {
      -- An hour on: a discharge that was a slip of the pen is taken back by then.
      aw.step { id = "home-visit", at = "1h", valid_for = "12h", missed = "nurse", run = home_visit },
      aw.step { id = "first-call", at = "24h", valid_for = "3d", missed = "nurse", run = first_call },
      aw.step { id = "weigh", every = { high = "1d 10:00" }, from = "1d", to = "30d", valid_for = "9h", run = weight.ask },
      aw.step { id = "wound", at = { "3d 09:00", "14d 09:00" }, valid_for = "3d",
        run = function(p) watched(p, follow(p, "wound")) end },
      text("no-lifting", "2d 15:00"), text("food-and-water", "4d 15:00"), text("walking", "10d 15:00"),
      aw.step { id = "clinic", at = "5d 09:00", valid_for = "7d", run = visits.clinic },
      aw.step { id = "rehab", at = "30d 09:00", valid_for = "14d", run = rehabilitation },
      aw.step { id = "lifestyle", at = "6mo 09:00", valid_for = "30d", run = lifestyle },
    },
    watches = {
      aw.watch { id = "weight-gain", on = "observation:weight", where = weight.gain, run = weight.alarm },
      aw.watch { id = "missed-visit", on = "no-show", run = visits.missed },
    },
  },
}
