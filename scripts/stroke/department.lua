-- 神经内科, and 重新出发.
local aw = require "afterward"

return {
  aw.department {
    id = "stroke", title = { zh = "神经内科", en = "Neurology" }, zone = "Asia/Shanghai", calendar = "cn",
    alerts = { emergency = "urgent-clinical", urgent = "urgent-clinical", soon = "same-day" }, overdue = "overdue",
  },
  aw.program { id = "chufa", name = { zh = "重新出发", en = "Setting out again" }, color = "#5a4a8a" },
}
