-- 青光眼术后: the steps stand in glaucoma.csv, which the head nurse keeps in her spreadsheet.
local aw = require "afterward"

return {
  aw.template { id = "glaucoma-care", class = "education",
    zh = "{patient.title}您好，眼药水按单子滴，不自己停；一个月内不揉眼、不低头提重物。",
    en = "{patient.title}, drops as listed, don't stop them by yourself; no rubbing and no lifting for a month." },
  aw.template { id = "pressure-visit", class = "visit", zh = "{patient.title}您好，三个月复查的时间到了，请预约门诊。",
    en = "{patient.title}, it is time for your visit after three months. Please book it." },

  aw.pathway {
    id = "glaucoma", program = "mingmou", title = { zh = "青光眼术后随访", en = "After glaucoma surgery" },
    enroll = { on = "discharge", procedure = { "12.64", "12.65", "12.66", "小梁切除", "青光眼" } },
    anchor = "discharge", tier = function(f) return (f.patient.age or 0) >= 75 and "high" or "standard" end,
    steps = aw.plan "glaucoma.csv",
  },
}
