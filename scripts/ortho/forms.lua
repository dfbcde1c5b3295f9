-- Forms of the knee. What every joint is asked stands in hip.lua.
local aw = require "afterward"
local ask = require "shared.questions"

return {
  aw.form {
    id = "knee-week", title = { zh = "疼痛与屈伸", en = "Pain and bending" }, abnormal = "joint-red-flags",
    ask.pain, ask.wound, ask.calf,
    { id = "bend", kind = "number", unit = "deg", min = 0, max = 150, observe = "knee-bend",
      zh = "坐着能弯到多少度？（大腿与小腿成直角是90）", en = "How far does it bend? (a right angle is 90)" },
    { id = "straight", kind = "yesno", zh = "平躺时能完全伸直吗？", en = "Does it lie flat when you stretch it?" },
  },
}
