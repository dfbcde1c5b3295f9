-- Signs that cannot wait, for the rules of every department: each takes an answer and gives a flag, or nil.
-- Thresholds live here once. What the patient reads names no diagnosis.
local aw = require "afterward"
local heard = aw.phrases("phrases/danger.csv", "phrases/modifiers.csv")

local flags = {}

local GRAVITY = { soon = 1, urgent = 2, emergency = 3 }

local function flag(level, reason, zh, en)
  return { level = level, reason = reason, advice = { zh = zh, en = en } }
end

function flags.chest(a)
  if a.chest then
    return flag("emergency", "胸痛", "请立即停止活动，坐下休息，拨打120。", "Stop, sit down and call 120 now.")
  end
end

function flags.breath(a)
  if a.breath == "rest" then
    return flag("emergency", "静息时气促", "请坐起，立即拨打120。", "Sit upright and call 120 now.")
  elseif a.breath == "effort" then
    return flag("soon", "活动后气促加重", "请减少活动，护士今天联系您；平卧也气促时请拨打120。",
      "Do less; a nurse calls today. Breathless lying down? Call 120.")
  end
end

function flags.calf(a)
  if a.calf then
    return flag("emergency", "小腿肿痛", "请勿按摩，立即来院或拨打120。", "Do not massage. Come in now or call 120.")
  end
end

function flags.wound(a)
  if a.wound == "open" or a.wound == "leaking" then
    return flag("urgent", a.wound == "open" and "伤口裂开" or "伤口渗液",
      "护士会马上联系您，请保持伤口清洁，不要自行换药。", "A nurse will call you. Keep it clean and leave it covered.")
  elseif a.wound == "red" then
    return flag("soon", "伤口发红", "请保持伤口干燥，护士今天联系您。", "Keep it dry; a nurse calls today.")
  end
end

function flags.fever(a)
  local temp = a.temp or 0
  if temp >= 38.5 then
    return flag("urgent", ("发热 %.1f℃"):format(temp), "护士会马上联系您，请多喝水，不要自行加药。",
      "A nurse will call you. Drink water; take nothing that was not prescribed.")
  elseif temp >= 38 then
    return flag("soon", ("低热 %.1f℃"):format(temp), "请四小时后再测一次，护士今天联系您。",
      "Measure again in four hours; a nurse calls today.")
  end
end

function flags.pain(a)
  if (a.pain or 0) >= 7 then
    return flag("soon", ("疼痛 %d 分"):format(a.pain), "请按医嘱服药，护士今天联系您。",
      "Take your medicine as prescribed; a nurse calls today.")
  end
end

local ADVICE = {
  emergency = { zh = "您写到的情况不能等：请立即停止活动，拨打120。护士马上联系您。", en = "What you write cannot wait: stop and call 120 now. A nurse calls." },
  urgent = { zh = "护士会马上联系您。加重时请拨打120。", en = "A nurse will call you at once. Getting worse? Call 120." },
  soon = { zh = "护士今天联系您。加重时请拨打120。", en = "A nurse calls today. Getting worse? Call 120." },
}
local DOUBT = { emergency = "urgent", urgent = "soon" }   -- 以前胸痛，现在不痛了: a person must read

-- What somebody writes in free words; nil when it is empty or tells of no danger.
function flags.words(text)
  local found = heard(text)
  local level = found.class or DOUBT[found.doubt]
  if level then
    local words = found.class and found.because or found.unsure
    return { level = level, reason = "写到：" .. table.concat(words, "、"), advice = ADVICE[level] }
  end
end

-- The worst of these signs that an answer shows; of equals the one named first. A department's own sign is given
-- as the function itself.
function flags.worst(a, ...)
  local worst
  for _, sign in ipairs { ... } do
    if type(sign) == "string" then sign = flags[sign] end
    local found = sign(a)
    if found and (not worst or GRAVITY[found.level] > GRAVITY[worst.level]) then worst = found end
  end
  return worst
end

return flags
