-- 心脏外科, and 心随动, the brand that its patients see.
local aw = require "afterward"

return {
  aw.department {
    id = "cardiac", title = { zh = "心脏外科", en = "Cardiac surgery" }, zone = "Asia/Shanghai", calendar = "cn",
    alerts = { emergency = "urgent-clinical", urgent = "urgent-clinical", soon = "same-day" },
    overdue = "overdue",
  },

  -- Goes on duty on every day of the year, so that 24 hours mean 24 hours.
  aw.roster { role = "home-nurse", file = "roster/home.csv", backup = "head-nurse", calendar = "always" },

  aw.program {
    id = "xinsuidong", name = { zh = "心随动", en = "In Step" }, color = "#a63d40",
    logo = [[<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 22"><path fill="#fff"
      d="M12 22C5 16 0 11 0 6a6 6 0 0 1 12-2 6 6 0 0 1 12 2c0 5-5 10-12 16z"/></svg>]],
    slogan = { zh = "出院以后，我们还在", en = "Still with you after the hospital" },
    phone_script = {
      { id = "greeting", minutes = 3, zh = "您好，这里是医院的心随动随访。先核对姓名和出生年月，本次通话会录音。",
        en = "Hello, In Step from the hospital. May I check your name and month of birth? This call is recorded." },
      { id = "professional", minutes = 5, zh = "逐项询问伤口、体温、气促、体重、服药；有警示症状先给建议再上报。",
        en = "Ask about wound, temperature, breath, weight and medicines; advice first, then report." },
      { id = "care", minutes = 2, must_ask = true, zh = "今天心情如何？还有什么担心的吗？",
        en = "How do you feel today? Any worries?" },
    },
  },
}
