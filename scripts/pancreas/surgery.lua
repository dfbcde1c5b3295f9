-- 胰路同行: five years after pancreatic surgery. Glucose on Monday, Wednesday and Friday for three months, then monthly.
local aw = require "afterward"
local ask = require "shared.questions"
local flags = require "shared.red-flags"
local follow = require "shared.ladder"

local function odd(value)
  if value < 3.9 then
    return { level = "urgent", reason = ("血糖 %.1f，偏低"):format(value), advice = {
      zh = "请马上喝半杯糖水，十五分钟后再测；意识不清请家人拨打120。护士会联系您。",
      en = "Drink half a glass of sugar water now, measure again in 15 minutes; drowsy? Family: ring 120. A nurse will call." } }
  elseif value >= 13.9 then
    return { level = "urgent", reason = ("血糖 %.1f，过高"):format(value), advice = {
      zh = "请多喝水，不要自己加减药；恶心、气促、嗜睡请拨打120。护士会联系您。",
      en = "Drink water, don't change the dose yourself; sick, breathless or drowsy? Ring 120. A nurse will call." } }
  end
end

-- One value a day, the first of it; the newest three days each higher than the one before, and the last above 7.
local function rising(series)
  local days = {}
  for _, one in ipairs(series) do
    if #days == 0 or days[#days].day ~= one.day then days[#days + 1] = one end
  end
  local a, b, c = days[#days - 2], days[#days - 1], days[#days]
  if a and a.value < b.value and b.value < c.value and c.value > 7 then
    return { level = "soon", reason = ("空腹血糖三次连升：%.1f、%.1f、%.1f"):format(a.value, b.value, c.value) }
  end
end

local function measure(p)                           -- a meter that reports by itself is not asked
  if #p:read("glucose", { since = p:time "0d 00:00" }) > 0 then return end
  local a, why = p:ask("glucose", { within = "10h", remind = "3h" })
  if not a and why == "silent" and p:silences "glucose" % 3 == 0 then
    p:task { id = "glucose-call", role = "nurse", form = "glucose", due = "1bd", note = "连续三次没有血糖" }
  end
end

return {
  aw.rule { id = "glucose-flags", run = function(a) return a.glucose and odd(a.glucose) end },
  aw.rule { id = "glucose-odd", run = odd },
  aw.rule { id = "glucose-rising", run = rising },
  aw.rule { id = "belly-flags", run = function(a)
    if a.stool == "black" then
      return { level = "emergency", reason = "黑便", advice = { zh = "请立即来急诊或拨打120。", en = "Come to emergency now or ring 120." } }
    end
    return flags.worst(a, "fever", "wound", "pain")
  end },

  -- Part of the treatment: must not use up what other questions may take of a week.
  aw.form { id = "glucose", class = "medicine", title = { zh = "今天的数值", en = "Today's value" }, abnormal = "glucose-flags",
    { id = "glucose", kind = "number", unit = "mmol/L", min = 1, max = 35, decimals = 1, observe = "glucose",
      zh = "今天早上空腹的血糖？", en = "Your fasting glucose this morning?" } },
  aw.form { id = "belly", title = { zh = "近来情况", en = "How you have been" }, abnormal = "belly-flags",
    ask.temp, ask.pain, ask.wound,
    { id = "stool", kind = "choice", zh = "大便？", en = "Stools?", options = { { "normal", zh = "正常", en = "normal" },
      { "greasy", zh = "油腻、次数多", en = "greasy and frequent" }, { "black", zh = "黑色", en = "black" } } },
    { id = "weight", kind = "number", unit = "kg", min = 30, max = 200, decimals = 1, observe = "weight",
      zh = "体重多少公斤？（不是斤）", en = "Weight, in kilograms?" } },
  aw.template { id = "review", class = "visit", zh = "{patient.title}您好，到复查的时候了，请预约：{link}",
    en = "{patient.title}, it is time for your check-up. Please book: {link}" },

  aw.pathway {
    id = "five-years", program = "yilu", title = { zh = "胰路同行五年随访", en = "Five years after pancreatic surgery" },
    enroll = { on = "discharge", procedure = { "52.5", "52.6", "52.7", "胰十二指肠", "胰体尾", "胰腺" } },
    anchor = "discharge", ends = "61mo",
    steps = {
      aw.step { id = "first-weeks", at = { "3d 09:30", "14d 09:30", "30d 09:30" }, valid_for = "3d", missed = "nurse", run = function(p)
        local a = follow(p, "belly")
        if a and a.stool == "greasy" then
          p:task { id = "dietitian", role = "dietitian", due = "2bd", note = "大便油腻，请医生与营养师看酶的用法" }
        end
      end },
      aw.step { id = "glucose", every = "mon,wed,fri 08:30", from = "1d", to = "90d", valid_for = "4h", run = measure },
      aw.step { id = "glucose-monthly", every = "1mo 08:30", from = "4mo", to = "60mo", valid_for = "2d", run = measure },
      aw.step { id = "review", at = { "3mo 15:30", "6mo 15:30", "12mo 15:30", "18mo 15:30", "24mo 15:30", "36mo 15:30",
        "48mo 15:30", "60mo 15:30" }, valid_for = "30d", run = function(p)
        p:send "review"
        if not p:wait("appointment", { within = "14d" }) then
          p:task { id = "book", role = "nurse", due = "3bd", note = "复查还没有预约" }
        end
      end },
    },
    watches = {
      aw.watch { id = "glucose-odd", on = "observation:glucose",       -- a form's answer was judged by the form's rule
        where = function(f) return not f.event.answer and f:rule("glucose-odd", f.event.value) end,
        run = function(p, flag) p:alert { id = "glucose-odd", level = flag.level, reason = flag.reason } end },
      aw.watch { id = "glucose-rising", on = "observation:glucose",
        where = function(f) return f:rule("glucose-rising", f:read("glucose", { within = "14d" })) end,
        run = function(p, flag) p:alert { id = "glucose-rising", level = flag.level, reason = flag.reason } end },
    },
  },
}
