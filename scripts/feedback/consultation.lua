-- Consultations: 30 s by machine, 5 min for danger words, 10 min pharmacist or doctor, 30 min the rest.
local aw = require "afterward"

local WHO = { medicine = "pharmacist", symptom = "doctor", other = "service-desk" }
local FIRST = { danger = "5m", machine = "30s", medicine = "10m", symptom = "10m", other = "30m" }
local DANGER = { danger = true, emergency = true, urgent = true }

local function spoken(left)                       -- "12h" as people say it
  local n, unit = left:match "^(%d+)(%a)$"
  return { zh = n .. ({ h = "小时", m = "分钟", s = "秒" })[unit], en = n .. ({ h = " h", m = " min", s = " s" })[unit] }
end

local function answered(c, role, tier)            -- a person answers; if not in time, say honestly how long
  local left, why = c:estimate(role)              -- from the queue and the last hours' pace; or nil, "closed" | "unknown"
  local asked = c.faq and ("%s（机器答：%s 没有解决）"):format(c.text or "", c.faq) or c.text
  local answer = c:task { id = "answer", role = role, form = "consult-answer", due = why == "closed" and "4bh" or tier, note = asked }
  if why == "closed" then
    c:send "closed-now"
    return c:wait(answer).answer
  elseif left and c:time(left) > c:due "first-response" then
    c:send("hold", { fields = { left = spoken(left) } })  -- known beforehand: say so now, not in ten minutes
    tier = left
  end
  local r = c:wait(answer, { within = tier })
  while not r do
    left = c:estimate(role)
    if left then c:send("hold", { fields = { left = spoken(left) } }) else c:send "hold-unknown" end
    r = c:wait(answer, { within = left or "30m" })
  end
  return r.answer
end

return {
  aw.triage {
    id = "consultation", program = "listen", title = { zh = "咨询", en = "Consultation" }, on = { "wechat", "sms", "web" },
    where = function(f)                              -- a low mark is rung about by the office (triage.lua), unless there is danger
      return f.nature == "question" and f.stage ~= "billing" and ((f.stars or 5) >= 3 or f.anonymous or DANGER[f.urgency])
    end,
    classify = { stage = "phrases/stage", type = "phrases/type", nature = "phrases/nature", topic = "phrases/topic", faq = "phrases/faq",
      urgency = { "phrases/urgency", "phrases/danger", "phrases/modifiers" } },
    tier = function(f)
      if DANGER[f.urgency] then return "danger" end
      return f.faq and "machine" or WHO[f.topic] and f.topic or "other"
    end,
    clocks = function(f) return { { "first-response", FIRST[f.tier] } } end,

    run = function(c)
      if c.tier == "danger" then
        c:send "emergency"                                   -- at once; the person within 5 minutes
        c:alert { id = "danger", level = "emergency", reason = c.because or "danger" }
        c:wait(c:task { id = "doctor-call", role = "doctor", form = "consult-answer", due = c:time "5m" })
        c:met "first-response"
        return c:close "danger"
      end
      if c.tier == "machine" then
        c:send("faq", { fields = { reply = c.faq } })
        c:met "first-response"
        local a, why = c:ask("enough", { within = "30m" })
        if why == "no-contact" then a = c:wait("reply", { within = "30m" }) end       -- reads it on the page, and writes there
        if not a or a.ok == "yes" then return c:close "machine" end
      end
      local topic = WHO[c.topic] and c.topic or "other"
      local a = answered(c, WHO[topic], FIRST[topic]) or {}
      c:send("reply", { fields = { reply = a.reply or "" } })
      c:met "first-response"
      c:close "answered"
    end,
  },
}
