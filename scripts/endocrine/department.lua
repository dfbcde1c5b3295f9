-- 内分泌科, and 稳稳, the brand that its patients see.
local aw = require "afterward"

return {
  aw.department {
    id = "endocrine", title = { zh = "内分泌科", en = "Endocrinology" }, zone = "Asia/Shanghai", calendar = "cn",
    alerts = { emergency = "urgent-clinical", urgent = "urgent-clinical", soon = "same-day" }, overdue = "overdue",
  },
  aw.program { id = "wenwen", name = { zh = "稳稳", en = "Steady" }, color = "#2f6b4f" },
}
