-- 胰腺外科, and 胰路同行. The brand's name tells the organ, so most phones read another one (WARD 1).
local aw = require "afterward"

return {
  aw.department {
    id = "pancreas", title = { zh = "胰腺外科", en = "Pancreatic surgery" }, zone = "Asia/Shanghai", calendar = "cn",
    alerts = { emergency = "urgent-clinical", urgent = "urgent-clinical", soon = "same-day" }, overdue = "overdue",
  },
  aw.program { id = "yilu", name = { zh = "胰路同行", en = "The pancreas road" }, color = "#3b5d7a", discloses = true,
    discreet = { zh = "一路同行", en = "Along the road" } },
}
