-- @NAME@: who is paged, in turn, until somebody acts.
local aw = require "afterward"

return {
  -- Route a level to it in aw.department { alerts = { urgent = "@NAME@" } }, then remove the next line.
  -- accept unused: no level leads here yet
  aw.escalation {
    id = "@NAME@",
    levels = {
      -- Outside these hours the level is passed over. Not so the last: it repeats until somebody acts.
      { page = "nurse", via = { "wecom", "sms" }, ack_within = "15m", hours = "07:30-21:30" },
      { page = "doctor", via = { "wecom", "sms", "phone" }, ack_within = "10m" },
      { page = { "head-nurse", "chief" }, via = { "phone", "sms" }, ack_within = "20m" },
    },
    act_within = "2h",                              -- acknowledged, but nothing done: starts again one level up
  },
}
