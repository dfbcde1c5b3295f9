-- 耳鼻咽喉科.
local aw = require "afterward"

return {
  aw.department {
    id = "ent", title = { zh = "耳鼻咽喉科", en = "Ear, nose and throat" }, zone = "Asia/Shanghai", calendar = "cn",
    alerts = { emergency = "urgent-clinical", urgent = "urgent-clinical", soon = "same-day" }, overdue = "overdue",
  },
  aw.program { id = "xiaohe", name = { zh = "小荷健康", en = "Little Lotus" }, color = "#4a8f52" },
}
