-- 乳腺外科, and 愈见她, the brand that its patients see.
local aw = require "afterward"

return {
  aw.department {
    id = "breast", title = { zh = "乳腺外科", en = "Breast surgery" }, zone = "Asia/Shanghai", calendar = "cn",
    alerts = { emergency = "urgent-clinical", urgent = "urgent-clinical", soon = "same-day" }, overdue = "overdue",
  },
  aw.roster { role = "counsellor", file = "roster/counsellor.csv", backup = "head-nurse" },
  aw.program { id = "yujianta", name = { zh = "愈见她", en = "Herself again" }, color = "#b5547a",
    phone_script = {
      { id = "greeting", minutes = 3, zh = "您好，这里是愈见她。先核对姓名和出生年月，本次通话会录音。",
        en = "Hello. May I check your name and month of birth? This call is recorded." },
      { id = "care", minutes = 5, must_ask = true, zh = "今天心情如何？", en = "How do you feel today?" },
    } },
}
