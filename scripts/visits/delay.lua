-- 候诊延迟: who waits is told when the clinic runs late, and again only when it is a quarter of an hour more.
local aw = require "afterward"
local booking = require "booking"

local WORTH = 15                                      -- minutes

local function news(f)
  local told = f:get "told"
  local before = told and told.appointment == f.event.appointment and told.minutes or 0
  return booking.clinic(f) and f.event.minutes >= before + WORTH
end

return {
  aw.template { id = "visit-delayed", class = "visit", fields = { "clock", "minutes" },
    zh = "{patient.title}您好，您今天{clock}的门诊约推迟{minutes}分钟，很抱歉；您可以先休息，不会过号。",
    en = "{patient.title}, your visit at {clock} today begins about {minutes} minutes late. We are sorry; you keep your place." },

  aw.pathway {
    id = "delay", program = "jiuzhen", title = { zh = "候诊延迟", en = "A late clinic" },
    enroll = { on = "appointment-delayed", where = news, again = "both" },
    steps = {
      -- Half an hour later it is no news any more: what can't leave until then doesn't.
      aw.step { id = "tell", at = "enroll", valid_for = "30m", run = function(p)
        if p.patient.inpatient or not booking.stands(p) then return end
        p:send("visit-delayed", { fields = { clock = p.event.time, minutes = p.event.minutes } })
      end },
    },
  },
  -- The patient's own: one enrollment doesn't see what another has told.
  aw.watch { id = "delay-told", on = "appointment-delayed", where = news, run = function(p)
    p:set("told", { appointment = p.event.appointment, minutes = p.event.minutes })
  end },
}
