-- 门诊预约服务: reminders, missed visits, cancellations and delays of every clinic.
local aw = require "afterward"

return {
  aw.department {
    id = "visits", title = { zh = "门诊预约服务", en = "Appointments" }, zone = "Asia/Shanghai", calendar = "cn",
    alerts = { emergency = "urgent-clinical", urgent = "urgent-clinical", soon = "same-day" }, overdue = "overdue",
  },
  aw.program { id = "jiuzhen", name = { zh = "就诊服务", en = "Your visit" }, color = "#3d6b8e" },
}
