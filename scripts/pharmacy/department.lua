-- 药学部: follows discharge medicines of every ward.
local aw = require "afterward"

return {
  aw.department {
    id = "pharmacy", title = { zh = "药学部", en = "Pharmacy" }, zone = "Asia/Shanghai", calendar = "cn",
    alerts = { emergency = "urgent-clinical", urgent = "urgent-clinical", soon = "same-day" }, overdue = "overdue",
  },
  aw.roster { role = "pharmacist", file = "roster/pharmacist.csv", backup = "head-nurse" },
  aw.program { id = "yongyao", name = { zh = "安心用药", en = "Medicines at home" }, color = "#6b705c" },
}
