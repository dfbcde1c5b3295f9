-- Who goes home on warfarin after surgery: a blood test weekly for a month, then monthly for half a year.
-- Reminders count as medicine, not as questionnaires (SCRIPTING rule 12).
local aw = require "afterward"
local risk = require "risk"

local function remind(p)
  if #p:read("inr", { within = "5d" }) == 0 then p:send "blood-test" end
end

return {
  aw.pathway {
    id = "anticoagulant", program = "xinsuidong", title = { zh = "服药复查提醒", en = "Blood test reminders" },
    enroll = { on = "discharge", drug = { "华法林", "warfarin" }, where = function(f)
      return risk.operated(f, risk.VALVE) or risk.operated(f, risk.BYPASS)
    end },
    anchor = "discharge",
    steps = {
      aw.step { id = "test", run = remind, valid_for = "3d", at = { "7d 09:00", "14d 09:00", "21d 09:00", "28d 09:00",
        "2mo 09:00", "3mo 09:00", "4mo 09:00", "5mo 09:00", "6mo 09:00" } },
    },
    watches = {
      aw.watch { id = "inr-odd", on = "observation:inr",
        where = function(f) return f:rule("inr-odd", f.event.value) end,
        run = function(p, flag)
          p:alert { id = "inr-odd", level = flag.level, reason = flag.reason }
          p:send "blood-test-odd"
        end },
    },
  },
}
