-- 患者关系办公室: feedback from any channel, answered against the clock until the patient is satisfied.
local aw = require "afterward"

return {
  aw.department {
    id = "feedback", title = { zh = "患者关系办公室", en = "Patient relations" }, zone = "Asia/Shanghai", calendar = "cn",
    contact_windows = "08:00-21:00",
    alerts = { emergency = "urgent-clinical", urgent = "urgent-clinical", dispute = "sla", ["at-risk"] = "sla", breach = "sla" },
    overdue = "sla",
  },
  aw.program { id = "listen", name = { zh = "我们在听", en = "We listen" }, color = "#6d597a" },

  aw.escalation { id = "sla", levels = {
    { page = { "receiver", "handler" }, via = { "wecom" }, ack_within = "2bh" },
    { page = "patient-relations-head", via = { "wecom", "sms" }, ack_within = "4bh" },
    { page = "quality-committee", via = { "wecom", "email" }, ack_within = "1bd" } } },

  aw.roster { role = "doctor", file = "roster/doctor.csv", backup = "on-call-doctor", calendar = "always" },
  aw.roster { role = "patient-relations", file = "roster/office.csv", backup = "patient-relations-head" },
}
