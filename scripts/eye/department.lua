-- 眼科. Who is paged, and on which roster, stands in shared/urgent-clinical.lua.
local aw = require "afterward"

return {
  aw.department {
    id = "eye", title = { zh = "眼科", en = "Ophthalmology" }, zone = "Asia/Shanghai", calendar = "cn",
    alerts = { emergency = "urgent-clinical", urgent = "urgent-clinical", soon = "same-day" }, overdue = "overdue",
  },
  aw.program { id = "mingmou", name = { zh = "清晰生活", en = "Clear days" }, color = "#2d6a8e",
    phone_script = { zh = "您好，这里是医院随访。请慢慢说，不着急；先核对姓名和出生年月。",
      en = "Hello, this is the hospital. Take your time. May I check your name and month of birth?" } },
}
