-- 膝关节置换术后: like the hip, and the bend that must come back in the first weeks.
local aw = require "afterward"
local joint = require "joint"

-- A knee that does not bend to a right angle by the fourth week wants hands, not messages.
local function week(p)
  local a = joint.weekly(p, "knee-week")
  if a and a.bend < 90 and p:now() >= p:time("28d 00:00", p.anchor) then
    p:task { id = "stiff", role = "physiotherapist", due = "2bd", note = ("术后四周屈膝只有 %d 度"):format(a.bend) }
  end
end

return {
  aw.pathway {
    id = "knee-replacement", program = "gudong", title = { zh = "膝关节置换术后随访", en = "After knee replacement" },
    enroll = { on = "discharge", procedure = { "81.54", "81.55", "00.8", "膝关节置换", "单髁置换" } },
    anchor = "discharge", tier = joint.tier,
    steps = {
      aw.step { id = "first-day", at = "24h", valid_for = "3d", missed = "nurse", run = joint.wound_check },
      aw.step { id = "third-day", at = "3d 09:00", valid_for = "2d", missed = "nurse", run = function(p)
        p:send "knee-exercise"
        joint.wound_check(p)
      end },
      aw.step { id = "week", every = { high = "3d 09:00", standard = "7d 09:00" }, from = "7d", to = "42d",
        valid_for = "2d", run = week },
      aw.step { id = "six-weeks", at = "42d 09:00", valid_for = "14d", run = joint.six_weeks },
      aw.step { id = "half-year", at = "6mo 09:00", valid_for = "30d", run = joint.half_year },
    },
  },
}
