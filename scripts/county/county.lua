-- 县医院满意办: another hospital's way with the same engine. Three tiers, its own deadlines, nobody works at weekends, one person answers,
-- the director looks at what is red, nothing is asked afterwards.
local aw = require "afterward"

local CLOCKS = {
  red    = { { "call", "2bh" }, { "answer", "1bd" } },
  yellow = { { "answer", "5bd" } },
  green  = { { "answer", "10bd" } },
}

return {
  aw.calendar { id = "office", hours = { ["mon-fri"] = "08:30-12:00,14:00-17:00" } },
  aw.department { id = "county", title = { zh = "满意办", en = "Satisfaction office" }, calendar = "office",
    alerts = { ["at-risk"] = "director", breach = "director" }, overdue = "director" },
  aw.program { id = "manyi", name = { zh = "县医院满意办", en = "County hospital" }, color = "#2f6f4f" },
  aw.escalation { id = "director", levels = { { page = "receiver", ack_within = "4bh" }, { page = "director", ack_within = "1bd" } } },

  -- accept unjudged: staff write it, about a case
  aw.form { id = "county-answer", title = { zh = "答复", en = "Answer" }, { id = "reply", kind = "text", zh = "答复", en = "Reply" } },
  aw.template { id = "county-received", zh = "已收到您的意见，编号{case.number}。", en = "We have it: no. {case.number}." },
  aw.template { id = "county-reply", fields = { "reply" }, zh = "您好，关于{case.number}：{reply}", en = "About {case.number}: {reply}" },

  aw.triage {
    id = "county", program = "manyi", title = { zh = "意见", en = "Opinion" },
    on = { "web", "qr", "counter", "hotline", "letter", "wechat" },
    classify = { nature = "nature.csv", urgency = { "phrases/danger", "phrases/modifiers" } },
    tier = function(f)
      if f.urgency or (f.stars or 5) <= 1 then return "red" end
      return f.nature == "complaint" and "yellow" or "green"
    end,
    route = function(f) return f.ward and "head-nurse" or "office" end,     -- no other department has a say here
    clocks = function(f) return CLOCKS[f.tier] end,
    at_risk = 0.5, levels = 1, receiver = "office",

    run = function(c)
      c:send "county-received"
      if c.tier == "red" then
        c:wait(c:task { id = "call", role = "director", due = "2bh", note = c.because })
        c:met "call"
      end
      local r = c:wait(c:task { id = "answer", role = c.lead, form = "county-answer", due = c:due "answer" })
      c:send("county-reply", { fields = { reply = (r.answer or {}).reply or "" } })
      c:met "answer"
      c:close "answered"
    end,
  },
}
