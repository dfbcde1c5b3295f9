-- Forms of 心随动. Titles stand on lock screens: no diagnosis, no organ (WARD 1).
local aw = require "afterward"
local ask = require "shared.questions"

local click = { id = "click", kind = "yesno", zh = "咳嗽或翻身时胸口有响声、活动感吗？",
  en = "Does the breastbone click or move when you cough or turn?" }
local taken = { id = "taken", kind = "choice", zh = "出院带药都按时吃了吗？", en = "Taking all your medicines on time?", options = {
  { "all", zh = "都按时", en = "all" }, { "some", zh = "漏过", en = "missed some" }, { "none", zh = "停了", en = "stopped" } } }

return {
  aw.form {
    id = "recovery", title = { zh = "出院后情况", en = "Since you went home" }, abnormal = "heart-red-flags",
    ask.chest, ask.breath, ask.temp, ask.wound, click, taken, ask.photo,
    { id = "mood", kind = "choice", zh = "今天心情如何？", en = "How do you feel today?", options = {
      { "good", zh = "不错", en = "good" }, { "fair", zh = "一般", en = "so-so" }, { "low", zh = "低落", en = "low" } } },
  },

  aw.form {
    id = "wound", title = { zh = "伤口情况", en = "Your wound" }, abnormal = "heart-red-flags",
    ask.temp, ask.wound, click, ask.photo,
  },

  aw.form {
    id = "home-visit", title = { zh = "上门随访", en = "Home visit" }, abnormal = "heart-red-flags",
    ask.chest, ask.breath, ask.temp, ask.wound, click, taken,
    { id = "scale", kind = "yesno", zh = "家里有体重秤，并教会每天早上称？",
      en = "A scale at home, and how to use it each morning taught?" },
    { id = "alone", kind = "yesno", zh = "白天独自在家？", en = "Alone in the daytime?" },
  },

  -- Part of the treatment: thirty mornings of it must not use up what other questions may take of a week.
  -- accept unjudged: one weight says nothing; the watch weight-gain judges the series
  aw.form { id = "weight", class = "medicine", title = { zh = "今天的体重", en = "Today's weight" },
    { id = "weight", kind = "number", unit = "kg", min = 30, max = 200, decimals = 1, observe = "weight",
      zh = "今天早上的体重是多少公斤？（不是斤）", en = "Your weight this morning, in kilograms?" } },

  -- accept unjudged: asks about a booking
  aw.form { id = "clinic", title = { zh = "一周门诊", en = "Clinic after a week" },
    { id = "booked", kind = "yesno", zh = "出院一周的门诊约好了吗？", en = "Is your visit one week after discharge booked?" } },

  aw.form {
    id = "rehab", title = { zh = "康复锻炼", en = "Exercise" }, abnormal = "effort-flags",
    ask.chest, ask.breath,
    { id = "days", kind = "number", min = 0, max = 7, zh = "上周有几天走路半小时以上？",
      en = "On how many days last week did you walk for half an hour?" },
    { id = "effort", kind = "scale", min = 0, max = 10, zh = "走路时有多吃力？（0 不吃力，10 吃不消）",
      en = "How hard was it, 0 to 10?" },
  },

  aw.form {
    id = "lifestyle", title = { zh = "半年生活方式", en = "Half a year on" }, abnormal = "effort-flags",
    ask.chest, ask.breath, taken,
    { id = "smoke", kind = "yesno", zh = "现在吸烟吗？", en = "Do you smoke?" },
    { id = "salt", kind = "choice", zh = "口味咸吗？", en = "How salty is your food?", options = {
      { "light", zh = "清淡", en = "light" }, { "middle", zh = "一般", en = "middling" }, { "salty", zh = "偏咸", en = "salty" } } },
    { id = "days", kind = "number", min = 0, max = 7, zh = "每周锻炼几天？", en = "Days of exercise a week?" },
  },
}
