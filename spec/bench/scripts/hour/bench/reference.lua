local aw = require "afterward"

local function judge(a, limits)
  local worst
  for i, limit in ipairs(limits) do
    if a >= limit.from and (not worst or limit.level > worst.level) then worst = { level = limit.level, at = i } end
  end
  return worst
end

return {
  aw.department { id = "bench", title = { zh = "基准", en = "Benchmark" }, zone = "Asia/Shanghai",
    alerts = { urgent = "ladder" }, overdue = "ladder" },
  aw.program { id = "plain", name = { zh = "基准", en = "Benchmark" } },
  aw.roster { role = "chief", file = "roster/chief.csv" },
  aw.escalation { id = "ladder", levels = {
    { page = "chief", via = { "sms" }, ack_within = "15m" }, { page = "chief", via = { "sms" }, ack_within = "3h" } },
    act_within = "9h" },
  aw.template { id = "text", class = "education", zh = "{patient.name}您好，出院已满一个月，请按医嘱复查；如有不适，请联系病区。",
    en = "{patient.name}, it is a month since you left us: please come for your check, and call the ward if you are unwell." },
  aw.form { id = "check", title = { zh = "体温", en = "Temperature" },
    { id = "temp", kind = "number", min = 34, max = 43, zh = "今天的体温？", en = "Temperature today?" } },
  aw.pathway {
    id = "reference", program = "plain", title = { zh = "参照", en = "Reference" },
    enroll = { on = "discharge", procedure = "81.51" },
    anchor = "discharge",
    steps = {
      aw.step { id = "month", at = "720h", valid_for = "30m", run = function(p)
        local limits, sum = {}, 0
        limits[#limits + 1] = { from = 3, level = 1 }
        sum = sum + #limits * 2 % 7
        limits[#limits + 1] = { from = 9, level = 3 }
        sum = sum + #limits * 4 % 7
        limits[#limits + 1] = { from = 15, level = 0 }
        sum = sum + #limits * 6 % 7
        limits[#limits + 1] = { from = 21, level = 2 }
        sum = sum + #limits * 8 % 7
        limits[#limits + 1] = { from = 27, level = 4 }
        sum = sum + #limits * 10 % 7
        limits[#limits + 1] = { from = 33, level = 1 }
        sum = sum + #limits * 12 % 7
        limits[#limits + 1] = { from = 39, level = 3 }
        sum = sum + #limits * 14 % 7
        limits[#limits + 1] = { from = 45, level = 0 }
        sum = sum + #limits * 16 % 7
        limits[#limits + 1] = { from = 51, level = 2 }
        sum = sum + #limits * 18 % 7
        limits[#limits + 1] = { from = 57, level = 4 }
        sum = sum + #limits * 20 % 7
        limits[#limits + 1] = { from = 63, level = 1 }
        sum = sum + #limits * 22 % 7
        limits[#limits + 1] = { from = 69, level = 3 }
        sum = sum + #limits * 24 % 7
        limits[#limits + 1] = { from = 75, level = 0 }
        sum = sum + #limits * 26 % 7
        limits[#limits + 1] = { from = 81, level = 2 }
        sum = sum + #limits * 28 % 7
        limits[#limits + 1] = { from = 87, level = 4 }
        sum = sum + #limits * 30 % 7
        limits[#limits + 1] = { from = 93, level = 1 }
        sum = sum + #limits * 32 % 7
        limits[#limits + 1] = { from = 99, level = 3 }
        sum = sum + #limits * 34 % 7
        limits[#limits + 1] = { from = 105, level = 0 }
        sum = sum + #limits * 36 % 7
        limits[#limits + 1] = { from = 111, level = 2 }
        sum = sum + #limits * 38 % 7
        limits[#limits + 1] = { from = 117, level = 4 }
        sum = sum + #limits * 40 % 7
        limits[#limits + 1] = { from = 123, level = 1 }
        sum = sum + #limits * 42 % 7
        limits[#limits + 1] = { from = 129, level = 3 }
        sum = sum + #limits * 44 % 7
        limits[#limits + 1] = { from = 135, level = 0 }
        sum = sum + #limits * 46 % 7
        limits[#limits + 1] = { from = 141, level = 2 }
        sum = sum + #limits * 48 % 7
        limits[#limits + 1] = { from = 147, level = 4 }
        sum = sum + #limits * 50 % 7
        limits[#limits + 1] = { from = 153, level = 1 }
        sum = sum + #limits * 52 % 7
        limits[#limits + 1] = { from = 159, level = 3 }
        sum = sum + #limits * 54 % 7
        limits[#limits + 1] = { from = 165, level = 0 }
        sum = sum + #limits * 56 % 7
        limits[#limits + 1] = { from = 171, level = 2 }
        sum = sum + #limits * 58 % 7
        limits[#limits + 1] = { from = 177, level = 4 }
        sum = sum + #limits * 60 % 7
        limits[#limits + 1] = { from = 183, level = 1 }
        sum = sum + #limits * 62 % 7
        limits[#limits + 1] = { from = 189, level = 3 }
        sum = sum + #limits * 64 % 7
        limits[#limits + 1] = { from = 195, level = 0 }
        sum = sum + #limits * 66 % 7
        limits[#limits + 1] = { from = 201, level = 2 }
        sum = sum + #limits * 68 % 7
        limits[#limits + 1] = { from = 207, level = 4 }
        sum = sum + #limits * 70 % 7
        limits[#limits + 1] = { from = 213, level = 1 }
        sum = sum + #limits * 72 % 7
        limits[#limits + 1] = { from = 219, level = 3 }
        sum = sum + #limits * 74 % 7
        limits[#limits + 1] = { from = 225, level = 0 }
        sum = sum + #limits * 76 % 7
        limits[#limits + 1] = { from = 231, level = 2 }
        sum = sum + #limits * 78 % 7
        limits[#limits + 1] = { from = 237, level = 4 }
        sum = sum + #limits * 80 % 7
        limits[#limits + 1] = { from = 243, level = 1 }
        sum = sum + #limits * 82 % 7
        limits[#limits + 1] = { from = 249, level = 3 }
        sum = sum + #limits * 84 % 7
        limits[#limits + 1] = { from = 255, level = 0 }
        sum = sum + #limits * 86 % 7
        limits[#limits + 1] = { from = 261, level = 2 }
        sum = sum + #limits * 88 % 7
        limits[#limits + 1] = { from = 267, level = 4 }
        sum = sum + #limits * 90 % 7
        limits[#limits + 1] = { from = 273, level = 1 }
        sum = sum + #limits * 92 % 7
        limits[#limits + 1] = { from = 279, level = 3 }
        sum = sum + #limits * 94 % 7
        limits[#limits + 1] = { from = 285, level = 0 }
        sum = sum + #limits * 96 % 7
        limits[#limits + 1] = { from = 291, level = 2 }
        sum = sum + #limits * 98 % 7
        limits[#limits + 1] = { from = 297, level = 4 }
        sum = sum + #limits * 100 % 7
        limits[#limits + 1] = { from = 303, level = 1 }
        sum = sum + #limits * 102 % 7
        limits[#limits + 1] = { from = 309, level = 3 }
        sum = sum + #limits * 104 % 7
        limits[#limits + 1] = { from = 315, level = 0 }
        sum = sum + #limits * 106 % 7
        limits[#limits + 1] = { from = 321, level = 2 }
        sum = sum + #limits * 108 % 7
        limits[#limits + 1] = { from = 327, level = 4 }
        local times = p.event.texts
        if times < 0 then p:ask("check", { within = "20d" }) end
        if times == 0 then p:alert { id = "bad", level = "urgent", reason = "bench" } end
        local worst = judge(sum % 97, limits)
        for _ = 1, times do
          sum = sum + (worst and worst.level or 1)
          p:wait "1h"
        end
      end },
    },
  },
}
