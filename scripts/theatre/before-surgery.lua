-- 术前宣教: when the theatre books an operation, what to practise; three days before it, whether all is understood.
local aw = require "afterward"

local function theatre(f) return f.event.department == "theatre" end

return {
  aw.rule { id = "ready-flags", run = function(a)
    if a.fever then
      return { level = "soon", reason = "术前发热或感冒", advice = { zh = "请告诉病房护士，医生会决定手术时间。",
        en = "Tell the ward nurse; the doctor decides about the time." } }
    elseif a.thinner then
      return { level = "soon", reason = "正在吃抗凝药", advice = { zh = "请不要自己停药，护士今天来问您。",
        en = "Don't stop it yourself; a nurse will see you today." } }
    end
  end },
  aw.form { id = "ready", title = { zh = "准备情况", en = "Getting ready" }, abnormal = "ready-flags", class = "education",
    { id = "fever", kind = "yesno", zh = "这几天发热、咳嗽吗？", en = "Fever or a cough these days?" },
    { id = "thinner", kind = "yesno", zh = "吃阿司匹林、华法林等药吗？", en = "Taking aspirin, warfarin or the like?" },
    { id = "fasting", kind = "choice", zh = "术前几小时不能吃固体食物？", en = "How long before may you eat nothing solid?", options = {
      { "8", zh = "8小时", en = "8 hours" }, { "2", zh = "2小时", en = "2 hours" }, { "unsure", zh = "不清楚", en = "not sure" } } } },
  aw.template { id = "what-happens", class = "education",
    zh = "{patient.title}您好，请练习深呼吸和床上翻身；取下首饰和活动假牙；有不明白的请问护士。",
    en = "{patient.title}, please practise deep breaths and turning in bed; take off jewellery and loose teeth; ask us anything." },

  aw.pathway {
    id = "before-surgery", program = "shuqian", title = { zh = "术前宣教", en = "Before the operation" },
    enroll = { on = "appointment", where = theatre, again = "restart" },
    anchor = "appointment", ends = "1d",
    steps = {
      aw.step { id = "what-happens", at = "enroll", run = function(p) p:send "what-happens" end },
      aw.step { id = "ready", at = "-3d", valid_for = "3d", run = function(p)    -- who is booked later is asked at once
        local a, why = p:ask("ready", { within = "24h", remind = "8h" })
        if why == "opted-out" then return end
        if not a then
          p:task { id = "teach", role = "nurse", form = "ready", due = "4bh", note = "没有看术前宣教，请打电话讲" }
        elseif a.fasting ~= "8" then
          p:task { id = "teach", role = "nurse", due = "4bh", note = "禁食时间没有记对，请再讲一遍并请患者复述" }
        end
      end },
    },
    watches = {
      aw.watch { id = "called-off", on = "appointment-cancelled", where = theatre,
        run = function(p) p:stop "the operation was called off" end },
    },
  },
}
