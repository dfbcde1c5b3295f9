-- A fever that a thermometer or a visiting nurse reports by itself. What a form asks is judged by the form's rule.
local aw = require "afterward"
local flags = require "shared.red-flags"

return {
  aw.watch { id = "fever", on = "observation:temperature",
    where = function(f)
      if f.event.answer or f.patient.inpatient or #f:read "enrollments" == 0 then return nil end
      local sign = flags.fever { temp = f.event.value }
      return sign and sign.level == "urgent" and sign
    end,
    run = function(p, flag)
      p:alert { id = "fever", level = flag.level, reason = flag.reason }
      p:send "fever-advice"
    end },

  aw.template { id = "fever-advice", class = "safety",
    zh = "您的体温偏高，护士马上联系您。请多喝水，不要自行加药；寒战、气促、意识不清请拨120。",
    en = "Your temperature is high; a nurse will call. Drink water, take nothing extra. Shivering, breathless or "
      .. "confused? Call 120." },
}
