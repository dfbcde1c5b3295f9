-- 卒中出院后: week 1 speech, week 2 limbs, month 1 swallowing. Whoever lives with the patient may answer (the ladder asks them).
local aw = require "afterward"
local follow = require "shared.ladder"

-- Face, arm, speech: new or worse is an emergency at any hour, in every form.
local fresh = { id = "fresh", kind = "yesno", zh = "今天有没有新出现或加重的口角歪斜、一侧无力、说不清话？",
  en = "Today, anything new or worse: a crooked face, one side weak, unclear speech?" }

local function again(a)
  if a.fresh then
    return { level = "emergency", reason = "新发口角歪斜、无力或言语不清", advice = {
      zh = "请记下时间，立即拨打120，不要喂水喂药。", en = "Note the time and ring 120 now. Give nothing to eat or drink." } }
  end
end

local function step(id, at, form, of)               -- of(a): role and note of what a person should do, or nil
  return aw.step { id = id, at = at, valid_for = "5d", missed = "nurse", run = function(p)
    local a = follow(p, form)
    local role, note = nil, nil
    if a then role, note = of(a) end
    if role then p:task { id = id .. "-therapy", role = role, due = "2bd", note = note } end
  end }
end

return {
  aw.rule { id = "again", run = again },
  aw.rule { id = "swallow-flags", run = function(a)
    if a.fresh then return again(a) end
    if a.cough ~= "never" and (a.temp or 0) >= 38 then
      return { level = "urgent", reason = ("呛咳并发热 %.1f℃"):format(a.temp), advice = {
        zh = "请先不要进食，坐直，护士马上联系您。", en = "Nothing to eat for now, sit upright; a nurse will ring." } }
    elseif a.cough == "often" then
      return { level = "soon", reason = "进食常呛咳", advice = { zh = "请吃糊状食物、小口慢咽，护士今天联系您。",
        en = "Thick food, small mouthfuls, slowly; a nurse rings today." } }
    end
  end },

  aw.form { id = "speech", title = { zh = "第一周", en = "Week 1" }, abnormal = "again", fresh,
    { id = "understood", kind = "choice", zh = "说话家人听得懂吗？", en = "Does the family understand the speech?", options = {
      { "all", zh = "都懂", en = "all" }, { "some", zh = "一部分", en = "some" }, { "none", zh = "听不懂", en = "none" } } } },
  aw.form { id = "limbs", title = { zh = "第二周", en = "Week 2" }, abnormal = "again", fresh,
    { id = "walks", kind = "choice", zh = "走路？", en = "Walking?", options = { { "alone", zh = "自己走", en = "alone" },
      { "helped", zh = "要人扶", en = "with help" }, { "not", zh = "不能走", en = "not at all" } } },
    { id = "fell", kind = "yesno", zh = "这两周摔过吗？", en = "Any fall in these two weeks?" } },
  aw.form { id = "swallowing", title = { zh = "一个月", en = "One month" }, abnormal = "swallow-flags", fresh,
    { id = "cough", kind = "choice", zh = "吃饭喝水时呛咳吗？", en = "Coughing when eating or drinking?", options = {
      { "never", zh = "不呛", en = "never" }, { "seldom", zh = "偶尔", en = "seldom" }, { "often", zh = "经常", en = "often" } } },
    { id = "temp", kind = "number", unit = "Cel", min = 34, max = 43, decimals = 1, observe = "temperature",
      zh = "今天的体温？", en = "Temperature today?" } },

  aw.pathway {
    id = "stroke", program = "chufa", title = { zh = "卒中出院随访", en = "After a stroke" },
    enroll = { on = "discharge", diagnosis = { "I60", "I61", "I63", "脑梗死", "脑出血", "卒中" } },
    anchor = "discharge",
    steps = {
      step("speech", "7d 09:30", "speech", function(a)
        if a.understood ~= "all" then return "speech-therapist", "言语：家人" .. (a.understood == "none" and "听不懂" or "只懂一部分") end
      end),
      step("limbs", "14d 09:30", "limbs", function(a)
        if a.fell then return "rehab-therapist", "两周内摔过，请评估" end
        if a.walks ~= "alone" then return "rehab-therapist", "走路还要帮助，请安排训练" end
      end),
      step("swallowing", "1mo 09:30", "swallowing", function(a)
        if a.cough ~= "never" then return "speech-therapist", "进食呛咳，请做吞咽评估" end
      end),
    },
  },
}
