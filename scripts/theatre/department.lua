-- 手术室: what patients should know before an operation.
local aw = require "afterward"

return {
  aw.department {
    id = "theatre", title = { zh = "手术室", en = "Operating theatre" }, zone = "Asia/Shanghai", calendar = "cn",
    alerts = { emergency = "urgent-clinical", urgent = "urgent-clinical", soon = "same-day" }, overdue = "overdue",
  },
  aw.program { id = "shuqian", name = { zh = "安心准备", en = "Getting ready" }, color = "#7a6a3b" },
}
