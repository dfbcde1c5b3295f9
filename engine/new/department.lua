-- @NAME@: the department itself, the brand that its patients see, and who is told of an alarm.
-- Change the titles, then put your duty posts where it says nurse and doctor.
local aw = require "afterward"

return {
  aw.department {
    id = "@NAME@", title = { zh = "新科室", en = "New department" }, zone = "Asia/Shanghai", calendar = "cn",
    alerts = { urgent = "@NAME@-urgent", soon = "@NAME@-same-day" },      -- a rule's level → who is paged
    overdue = "@NAME@-same-day",                                          -- who hears of overdue tasks
  },

  -- Stands in 【】 before every message, on a lock screen for anybody to read: no diagnosis (WARD 1).
  aw.program { id = "@NAME@", name = { zh = "康复伙伴", en = "Recovery" }, color = "#1f6f8b" },

  aw.escalation {
    id = "@NAME@-urgent",
    levels = {
      { page = "nurse", via = { "wecom", "sms" }, ack_within = "15m", hours = "07:30-21:30" },
      { page = "doctor", via = { "phone", "sms" }, ack_within = "15m" },  -- the last level repeats until somebody acts
    },
    act_within = "2h",
  },
  aw.escalation { id = "@NAME@-same-day", levels = { { page = "nurse", via = { "wecom" }, ack_within = "4bh" } } },
}
