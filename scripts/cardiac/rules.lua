-- What is abnormal here. Signs that every department knows come from shared/red-flags.lua.
local aw = require "afterward"
local flags = require "shared.red-flags"

local GAIN_KG = 2

-- 胸骨: a click, or bone that moves under the hand, is urgent whatever the skin looks like.
local function sternum(a)
  if a.click then
    return { level = "urgent", reason = "胸骨有响声或活动感", advice = {
      zh = "请不要用手臂撑起或提物，咳嗽时抱住枕头，护士会马上联系您。",
      en = "Don't push or lift with your arms; hold a pillow when you cough. A nurse will call you." } }
  end
end

return {
  aw.rule { id = "heart-red-flags", run = function(a)
    return flags.worst(a, "chest", "breath", sternum, "wound", "fever")
  end },

  aw.rule { id = "effort-flags", run = function(a) return flags.worst(a, "chest", "breath") end },

  -- The newest weight against the lowest of the days before it that are given.
  aw.rule { id = "weight-gain", run = function(series)
    local newest = series[#series]
    local lowest
    for i = 1, #series - 1 do lowest = math.min(lowest or series[i].value, series[i].value) end
    local gain = lowest and newest.value - lowest or 0
    if gain > GAIN_KG - 0.05 then                   -- scales show one decimal
      return { level = "urgent", reason = ("三天内体重增加 %.1f 公斤"):format(gain) }
    end
  end },

  -- Outside these the doctor wants to know; what the dose becomes is the doctor's alone (WARD 4).
  aw.rule { id = "inr-odd", run = function(value)
    if value >= 5 then return { level = "urgent", reason = ("INR %.1f，出血风险"):format(value) } end
    if value >= 3.5 or value < 1.5 then return { level = "soon", reason = ("INR %.1f，请医生决定"):format(value) } end
  end },
}
