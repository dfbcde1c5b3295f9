-- 血糖随访: a meter tells its readings by itself (POST /api/v1/observations); who is at high risk of coming back is asked for one by ten.
-- Limits are the department's own and are signed by it; the engine knows none.
local aw = require "afterward"

local HIGH, CALM, LOW = 16.7, 13.9, 3.9               -- mmol/L: alarm, alarm may come again, too low

-- LACE: a nurse fills in what no system knows; what is missing is asked for again, not guessed.
local function risk(p)
  local result = p:wait(p:task { id = "lace", role = "nurse", form = "lace", due = "1bd", note = "填写再入院风险（LACE）" })
  local a = result.answer
  if not a then return p:note("没有填 LACE：" .. result.code) end
  local score = aw.score.lace { days = a.days, acute = a.acute, charlson = a.charlson, visits = a.visits }
  p:keep(score)
  if not score.score then
    p:task { id = "lace-rest", role = "nurse", due = "2bd", note = "LACE 缺：" .. table.concat(score.missing, "、") }
  elseif score.level == "high" then
    p:set("high", true)
  end
end

return {
  -- accept unjudged: a score is made of it
  aw.form {
    id = "lace", title = { zh = "再入院风险", en = "Risk of coming back" },
    { id = "days", kind = "number", min = 0, max = 365, zh = "本次住院天数", en = "Days of this stay" },
    { id = "acute", kind = "yesno", zh = "急诊入院？", en = "Came as an emergency?" },
    { id = "charlson", kind = "number", min = 0, max = 40, optional = true, zh = "Charlson 合并症指数", en = "Charlson index" },
    { id = "visits", kind = "number", min = 0, max = 99, optional = true, zh = "前六个月急诊次数", en = "Emergency visits in six months" },
  },

  -- Part of the treatment.
  -- accept unjudged: the watches judge each value and the series
  aw.form { id = "glucose", class = "medicine", title = { zh = "今天的数值", en = "Today's value" },
    { id = "glucose", kind = "number", unit = "mmol/L", min = 1, max = 35, decimals = 1, observe = "glucose",
      zh = "今天早上空腹的数值是多少？", en = "Your value this morning, before breakfast?" } },

  aw.template { id = "low-advice", class = "safety",
    zh = "您的数值偏低：请马上吃 15 克糖（四块方糖或半杯果汁），15 分钟后再测。神志不清请家人拨打120。",
    en = "Your value is low: take 15 g of sugar now and measure again in 15 minutes. If confused, have somebody call 120." },
  aw.template { id = "high-advice", class = "safety",
    zh = "您的数值偏高：多喝白开水，不要自行加药，护士马上联系您；恶心、呕吐、呼吸深快请拨打120。",
    en = "Your value is high: drink water, take nothing extra; a nurse will call. Sick, vomiting, breathing hard? Call 120." },

  aw.pathway {
    id = "glucose", program = "wenwen", title = { zh = "血糖随访", en = "Glucose" }, anchor = "discharge",
    enroll = { on = "discharge", diagnosis = { "E10", "E11", "E13", "糖尿病" },
      where = function(f) return f.event.leaving ~= "transfer" and f.event.leaving ~= "against-advice" end },
    tier = function(f) return f:get "high" and "high" or "standard" end,

    steps = {
      aw.step { id = "risk", at = "2h", valid_for = "3d", run = risk },
      aw.step { id = "morning", every = { standard = "mon,thu 07:00" }, from = "1d", to = "90d", valid_for = "3h", run = function(p)
        if #p:read("glucose", { since = p:time "0d 00:00" }) == 0 then p:ask("glucose", { within = "8h" }) end
      end },
      aw.step { id = "quarter", at = "90d 09:00", valid_for = "14d", missed = "nurse", run = function(p)
        p:task { id = "quarter", role = "nurse", due = "5bd", note = "三个月小结：看曲线，约糖化血红蛋白复查" }
      end },
    },

    watches = {
      aw.watch { id = "low", on = "observation:glucose", where = function(f) return f.event.value < LOW end, run = function(p)
        p:alert { id = "low", level = "emergency", reason = ("血糖 %.1f"):format(p.event.value) }
        p:send "low-advice"
      end },

      aw.watch { id = "high", on = "observation:glucose", rearm = "24h",
        where = function(f) return f.event.value >= HIGH end, clear = function(f) return f.event.value <= CALM end,
        run = function(p)
          p:alert { id = "high", level = "urgent", reason = ("血糖 %.1f"):format(p.event.value) }
          p:send "high-advice"
        end },

      -- The last value of each day; a day without one breaks the row.
      aw.watch { id = "rising", on = "observation:glucose",
        where = function(f) return aw.trend.rising(f:read("glucose", { within = "14d", each = "day" }), { days = 3, by = 1.5 }) end,
        run = function(p, seen)
          p:alert { id = "rising", level = "soon", reason = ("三天连升：%.1f 到 %.1f"):format(seen.from, seen.to) }
        end },

      -- Those at high risk measure every day: who has not by ten is asked, and rung after two days of it.
      aw.watch { id = "not-measured", on = "missing:glucose", by = "10:00", from = "1d", to = "90d", valid_for = "4h", run = function(p)
        if p.tier ~= "high" or p:ask("glucose", { within = "6h" }) then return end
        local gone = aw.trend.missing(p:read("glucose", { within = "3d" }), { days = 2, today = p.today })
        if gone and #gone == 2 then p:task { id = "ring", role = "nurse", due = "4bh", note = "两天没有数值，请电话" } end
      end },
    },

    curves = {
      { code = "glucose", title = { zh = "每天的数值", en = "Your values" }, page = true, source = "科室约定的目标，请按本院意见更换", expected = {
        { at = "0h", low = 4.4, high = 13.9 }, { at = "30d", low = 4.4, high = 10 }, { at = "90d", low = 4.4, high = 10 } } },
    },
  },
}
