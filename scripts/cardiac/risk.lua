-- Who is followed more closely. 高: old, a valve or the aorta, or once abnormal; 中: from 65; 低: the rest.
local risk = {}

risk.BYPASS = { "36.1", "冠状动脉旁路移植", "冠状动脉搭桥" }
risk.VALVE = { "35.1", "35.2", "瓣膜置换", "瓣膜成形", "瓣置换", "瓣成形" }
risk.AORTA = { "38.34", "38.44", "38.45", "主动脉置换" }

risk.HEART = {}                                     -- any of them
for _, list in ipairs { risk.BYPASS, risk.VALVE, risk.AORTA } do
  for _, word in ipairs(list) do risk.HEART[#risk.HEART + 1] = word end
end

function risk.operated(f, list)
  return f.event:has_procedure(table.unpack(list))
end

function risk.tier(f)
  local age = f.patient.age or 75                   -- unknown: as if old
  if age >= 75 or f:get "close" or risk.operated(f, risk.VALVE) or risk.operated(f, risk.AORTA) then return "high" end
  return age >= 65 and "medium" or "low"
end

return risk
