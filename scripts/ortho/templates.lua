-- Texts of the knee. A lock screen may show them to anybody: no diagnosis (WARD 1).
local aw = require "afterward"

return {
  aw.template { id = "knee-exercise", class = "education",
    zh = "{patient.title}您好，每天三次、每次十分钟：踝泵、直腿抬高、坐位屈伸。做完冷敷一刻钟，痛得厉害就停。",
    en = "{patient.title}, three times a day, ten minutes: ankle pumps, straight-leg raises, bending while seated. "
      .. "Then ice; stop if it hurts badly." },
}
