-- 卒中后的血压: once a week for a month, by the road that the patient reads: WeChat, a text, the family, a nurse who rings. One question,
-- whoever answers it and wherever. The review is told until somebody has it.
local aw = require "afterward"

local ASKED = { within = "5d", remind = "3h", via = {
  { "wechat", within = "4h" }, { "sms", within = "1d" }, { "sms", to = "family", within = "1d" }, { "call", role = "nurse", due = "8h" },
} }
local TOLD = { valid_for = "2d", via = { { "wechat", within = "2h" }, { "sms", within = "1d" }, { "call", due = "1bd" } } }

return {
  aw.rule { id = "pressure-flags", run = function(a)
    if a.high >= 180 or a.low >= 110 then
      return { level = "urgent", reason = ("血压 %d/%d"):format(a.high, a.low), advice = {
        zh = "请坐下休息15分钟再量一次，仍然这样高请拨打120，护士马上联系您。",
        en = "Sit and rest for 15 minutes and measure again; if it stays so high ring 120. A nurse rings at once." } }
    elseif a.high >= 140 or a.low >= 90 then
      return { level = "soon", reason = ("血压 %d/%d，未达标"):format(a.high, a.low), advice = {
        zh = "请按时服药，护士会联系您。", en = "Please take your medicine on time; a nurse will be in touch." } }
    end
  end },
  aw.form { id = "pressure", title = { zh = "本周血压", en = "This week's blood pressure" }, abnormal = "pressure-flags",
    { id = "high", kind = "number", min = 60, max = 260, unit = "mm[Hg]", observe = "systolic", zh = "高压？", en = "Upper value?" },
    { id = "low", kind = "number", min = 30, max = 160, unit = "mm[Hg]", observe = "diastolic", zh = "低压？", en = "Lower value?" } },
  aw.template { id = "pressure-review", class = "visit", zh = "{patient.title}您好，请下周到神经内科门诊复查血压，带上家里的血压记录。",
    en = "{patient.title}, please come to the neurology clinic next week, with your home blood-pressure record." },

  aw.pathway {
    id = "stroke-pressure", program = "chufa", title = { zh = "卒中后血压随访", en = "Blood pressure after a stroke" },
    enroll = { on = "discharge", diagnosis = { "I60", "I61", "I63", "脑梗死", "脑出血", "卒中" } },
    anchor = "discharge",
    steps = {
      aw.step { id = "weekly", every = "7d 09:30", from = "3d", to = "31d", valid_for = "2d", missed = "nurse", run = function(p)
        local a, why = p:ask("pressure", ASKED)
        if a or why == "opted-out" then return end
        p:task { id = "unheard", role = "head-nurse", due = "1bd",     -- a person decides what a silence means (WARD 14)
          note = "血压随访各条途径都没有回音（" .. why .. "），连续 " .. p:silences "pressure" .. " 次，请决定" }
      end },
      aw.step { id = "review", at = "28d 10:00", valid_for = "3d", run = function(p)
        local told, why = p:send("pressure-review", TOLD)
        if not told and why ~= "opted-out" then
          p:task { id = "not-told", role = "head-nurse", due = "1bd", note = "复查通知没有送到（" .. why .. "）" }
        end
      end },
    },
  },
}
