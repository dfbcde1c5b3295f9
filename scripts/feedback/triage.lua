-- Feedback against its clocks: listen → answer → mend → tell. The first receiver is responsible to the end (首诉负责制).
local aw = require "afterward"

local TIER = {                         -- clocks start at intake unless they say from; bd is working time, h is natural
  urgent   = { { "first-response", "1h" },  { "resolution", "24h" } },        -- around the clock
  general  = { { "dispatch", "48h" },       { "resolution", "3bd" } },
  question = { { "first-response", "10m" }, { "resolution", "1bd" } },
  external = { { "first-response", "1bd" }, { "resolution", "5bd" } },        -- statutory, and the bureau's
}
local UP = { "department-head", "patient-relations-head", "quality-committee" }   -- who leads after each reopening
local DANGER = { danger = true, emergency = true, urgent = true }
local AT_ONCE = { danger = true, emergency = true, urgent = true, dispute = true }

local function lead_answers(c, lead)   -- transfers keep their clocks; the third goes to the office head
  local hops = 0
  while true do
    local r = c:wait(c:task { id = "answer", role = lead, form = "case-answer", due = c:due "resolution" })
    if r.code ~= "transfer" then return r.answer or {} end
    hops = hops + 1
    lead = hops >= 3 and "patient-relations-head" or r.to
    c:note(("transferred to %s: %s"):format(lead, r.note or ""))
  end
end

local function handle(c)
  if not c.stay and not c.anonymous then           -- the only thing that pauses: waiting for the patient, with a reason
    local a = c:ask("which-stay", { within = "2d", pauses = "which stay?" })
    if a then c:link { ward = a.ward, when = a.when } end
  end
  for _, d in ipairs(c.joint) do                   -- joint handling: all start now …
    c:task { id = "part-" .. d, role = d, form = "case-part", due = c:due "resolution" }
  end
  c:met "dispatch"
  local answer = lead_answers(c, c.level == 1 and c.lead or UP[c.level - 1])
  for _, d in ipairs(c.joint) do c:wait("part-" .. d) end                     -- … and all must be in

  local ok = c:wait(c:task { id = "approve", role = c.receiver, form = "approve", due = "4bh", note = answer.reply })
  c:send("reply", { fields = { reply = (ok.answer or {}).reply or answer.reply or "" } })
  c:met "resolution"
end

-- 医疗纠纷: the engine writes to that family no more. Medical affairs answers, two approve, a person tells.
local function dispute(c)
  c:alert { id = "dispute", level = "dispute", reason = c.because or "dispute" }
  c:wait(c:task { id = "first-call", role = "medical-affairs", due = c:time "1h" })
  c:met "first-response"
  local answer = lead_answers(c, "medical-affairs")
  for _, role in ipairs { "patient-relations-head", "hospital-office" } do
    c:task { id = "approve-" .. role, role = role, form = "approve", due = "4bh", note = answer.reply }
  end
  for _, role in ipairs { "patient-relations-head", "hospital-office" } do c:wait("approve-" .. role) end
  c:wait(c:task { id = "tell", role = "medical-affairs", due = c:due "resolution", note = answer.reply })
  c:met "resolution"
  c:close "told by a person"
end

local function satisfied(c)                        -- called back within 72 h of the answer
  if c.anonymous then return "anonymous" end
  c:wait "24h"
  local a = c:ask("satisfied", { within = "24h" })
  if not a then
    a = c:wait(c:task { id = "call-back", role = c.receiver, form = "satisfied", due = c:due "call-back" }).answer
  end
  c:met "call-back"
  return a and a.satisfied or "not-reached"
end

return {
  aw.triage {
    id = "feedback", program = "listen", title = { zh = "意见与投诉", en = "Feedback" },
    on = { "web", "qr", "hotline", "counter", "letter", "sms", "wechat", "review", "survey", "external" },
    where = function(f) return f.nature ~= "question" or f.stage == "billing" or f.urgency == "dispute" end,  -- the rest are consultations
    classify = { stage = "phrases/stage", type = "phrases/type", nature = "phrases/nature",
      urgency = { "phrases/urgency", "phrases/danger", "phrases/modifiers" } },
    tier = function(f)
      if f.channel == "external" then return "external" end
      if AT_ONCE[f.urgency] or f.channel == "review" and f.nature == "complaint" then return "urgent" end
      return f.nature == "question" and "question" or "general"
    end,
    route = "duty.csv",                                  -- stage, type, ward → lead, joint
    clocks = function(f)
      local list = { { "call-back", "72h", from = "resolution" } }
      for i, k in ipairs(TIER[f.tier]) do list[i + 1] = k end
      return list
    end,
    at_risk = 0.75,

    run = function(c)
      if c.urgency == "dispute" then return dispute(c) end
      if DANGER[c.urgency] then c:alert { id = "danger", level = "urgent", reason = c.because or "danger" } end
      c:send "received"
      if c.tier == "urgent" or (c.stars or 5) < 3 then   -- a person calls
        c:wait(c:task { id = "first-call", role = c.receiver, due = c:time(c.tier == "urgent" and "1h" or "24h") })
      end
      c:met "first-response"
      if c.nature == "praise" then
        c:send "thanks"
        c:wait(c:task { id = "pass-on", role = c.lead, due = "3bd", note = "praise: tell the person praised" })
        return c:close "praised"
      end
      repeat
        handle(c)
        local s = satisfied(c)
        if s ~= "no" then return c:close(s) end
      until not c:reopen "not satisfied"                 -- one level up; nil when there is no level left
      c:alert { id = "unresolved", level = "breach", reason = "not satisfied at the highest level" }
      c:close "unresolved"
    end,
  },
}
