-- Feedback against its clocks: listen → answer → mend → tell. The first receiver is responsible to the end (首诉负责制).
local aw = require "afterward"
local deadlines = require "deadlines"
local public = require "public"

local UP = { "department-head", "patient-relations-head", "quality-committee" }   -- who leads after each reopening
local DANGER = { danger = true, emergency = true, urgent = true }
local CALL = { urgent = "1h", review = "1h", low = "24h", external = "8h", ["external-urgent"] = "1h" }
local PLANNED = { urgent = true, ["external-urgent"] = true }
local function is_low(f) return (f.stars or 5) < 3 or f.channel == "survey" end    -- a mark that its form calls low comes by "survey"
local AT_ONCE = { danger = true, emergency = true, urgent = true, dispute = true }

local function lead_answers(c, lead)   -- transfers keep their clocks; the third goes to the office head
  local hops = 0
  while true do
    local r = c:wait(c:task { id = "answer", role = lead, form = "case-answer", due = c:due "resolution",
      draft = c.nature == "suggestion" and "draft-suggestion" or "draft-complaint" })
    if r.code ~= "transfer" then return r.answer or {} end
    hops = hops + 1
    lead = hops >= 3 and "patient-relations-head" or r.to
    c:note(("transferred to %s: %s"):format(lead, r.note or ""))
  end
end

-- Nothing but a keyword came: the page asks what it is about, and who writes nothing there is rung. Words that come begin the run anew.
local function hear(c)
  c:send "tell-us"
  c:wait "4h"
  local r = c:wait(c:task { id = "ask-what", role = c.receiver, due = c:due "dispatch" or "1bd",
    note = "只发来“" .. c.text .. "”，没有写是什么事：请打电话问清楚，再补记到诉求里" })
  c:note("asked what it is about: " .. (r.note or r.code))
end

local function met_all(c, ...) for _, name in ipairs { ... } do c:met(name) end end

-- "24 h" means a plan (WARD 23): what will be done and by when, told before it is done.
local function plans(c, lead)
  if not PLANNED[c.tier] then return end
  local r = c:wait(c:task { id = "plan", role = lead, form = "case-plan", due = c:due "plan" })
  if r.answer then c:send("plan", { fields = { plan = r.answer.plan } }) end
  c:met "plan"
end

-- An order of 12345 is taken or sent back by a person while that is possible; what was done goes up to the bureau.
local function is_ours(c)
  local a = c:wait(c:task { id = "accept", role = c.receiver, form = "order-accept", due = c:due "reject-by" }).answer or {}
  c:met "reject-by"
  return a.ours ~= false
end

local function upload(c, reply)
  c:wait(c:task { id = "upload", role = c.receiver, due = c:due "upload", note = reply })
  c:met "upload"
end

local function handle(c)
  if not c.stay and not c.anonymous then           -- the only thing that pauses: waiting for the patient, with a reason
    local a = c:ask("which-stay", { within = "2d", pauses = "which stay?" })
    if a then c:link { ward = a.ward, when = a.when } end
  end
  if c.anonymous and not CALL[c.tier] then c:wait "09:00" end     -- the hour of the work would say when somebody stood there and wrote
  local asked = {}
  local function ask_part(d)
    if not asked[d] then c:task { id = "part-" .. d, role = d, form = "case-part", due = c:due "resolution" } end
    asked[d] = true
    return "part-" .. d
  end
  for _, d in ipairs(c.joint) do ask_part(d) end   -- joint handling: all start now …
  c:met "dispatch"
  local lead = c.level == 1 and c.lead or UP[c.level - 1]
  plans(c, lead)
  local answer = lead_answers(c, lead)
  for _, d in ipairs(c.joint) do c:wait(ask_part(d)) end                      -- … and all must be in, those too that a person added

  local reply = answer.reply or ""
  if c.approver then                                            -- its department asks for it: column 审批 of duty.csv
    local role = c.approver == "receiver" and c.receiver or c.approver
    local ok = c:wait(c:task { id = "approve", role = role, form = "approve", due = "4bh", note = reply })
    reply = (ok.answer or {}).reply or reply
  end
  if c.channel == "review" then
    public.put(c, "answer-in-public", reply, c:due "resolution")
  else
    c:send("reply", { fields = { reply = reply } })
  end
  met_all(c, "resolution", "statutory")
  if c.channel == "external" then upload(c, reply) end
end

-- Two persons, not one who holds both posts; the words as they left them.
local function two_approve(c, reply)
  local ids, posts, by = {}, { "patient-relations-head", "hospital-office" }, {}
  for i, role in ipairs(posts) do ids[i] = c:task { id = "approve-" .. role, role = role, form = "approve", due = "4bh", note = reply } end
  for i, role in ipairs(posts) do
    local r = c:wait(ids[i])
    while r.by and r.by == by[1] do
      r = c:wait(c:task { id = "approve-another", role = role, form = "approve", due = "4bh", note = "须由另一人审批：" .. reply })
    end
    by[i], reply = r.by, (r.answer or {}).reply or reply
  end
  return reply
end

-- 医疗纠纷: the engine writes to that family no more. Medical affairs answers, two approve, a person tells.
local function dispute(c)
  c:alert { id = "dispute", level = "dispute", reason = c.because or "dispute" }
  c:wait(c:task { id = "first-call", role = "medical-affairs", due = c:time "1h" })
  c:met "first-response"
  local answer = lead_answers(c, "medical-affairs")
  c:met "plan"
  local reply = two_approve(c, answer.reply or "")
  c:wait(c:task { id = "tell", role = "medical-affairs", due = c:due "resolution", note = reply })
  met_all(c, "resolution", "statutory")
  if c.channel == "external" then upload(c, reply) end
  c:close "told by a person"
end

local function satisfied(c)                        -- called back within 72 h of the answer
  if c.anonymous then return "anonymous" end
  if c.channel == "review" and not c.about then return "answered in public" end       -- nobody to ring
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
    on = { "web", "qr", "hotline", "counter", "letter", "sms", "wechat", "review", "survey", "external", "robot", "reply" },
    where = function(f)
      if f.urgency == "dispute" then return true end
      if f.channel == "robot" or f.channel == "reply" then return false end     -- said in passing: its nurse reads it
      return f.nature ~= "question" or f.stage == "billing" or is_low(f)         -- the rest are consultations
    end,
    classify = { stage = "phrases/stage", type = "phrases/type", nature = "phrases/nature",
      urgency = { "phrases/urgency", "phrases/danger", "phrases/modifiers" } },
    tier = function(f)
      if f.channel == "external" then return AT_ONCE[f.urgency] and "external-urgent" or "external" end
      if AT_ONCE[f.urgency] then return "urgent" end
      if f.channel == "review" and (f.nature == "complaint" or is_low(f)) then return "review" end
      return f.nature == "question" and "question" or is_low(f) and not f.anonymous and "low" or "general"
    end,
    part = "case-part", route = "duty.csv",                                  -- stage, type, ward → lead, joint, who approves
    clocks = function(f)
      local list = {}
      for _, clocks in ipairs { deadlines.tier[f.tier], f.nature == "complaint" and deadlines.complaint or {}, deadlines.all } do
        table.move(clocks, 1, #clocks, #list + 1, list)
      end
      return list
    end,
    at_risk = 0.75,

    run = function(c)
      if c.urgency == "dispute" then return dispute(c) end
      if DANGER[c.urgency] then c:alert { id = "danger", level = "urgent", reason = c.because or "danger" } end
      if c.bare then hear(c) elseif not c.corrected then c:send "received" end
      if c.channel == "external" and not is_ours(c) then return c:close "sent back" end
      local call = CALL[c.tier] or is_low(c) and not c.anonymous and "24h"         -- a person calls; who is anonymous is answered on the page
      local ring = c.channel == "review" and c.about and is_low(c) and c:task { id = "first-call", role = c.receiver, due = c:time "24h" }
      if c.channel == "review" then
        public.put(c, "first-answer", public.first, c:due "first-response")
      elseif call then c:wait(c:task { id = "first-call", role = c.receiver, due = c:due "first-response" or c:time(call) }) end
      c:met "first-response"
      if c.nature == "praise" then
        c:send "thanks"
        c:wait(c:task { id = "pass-on", role = c.concerns or c.lead, due = "3bd", note = "表扬：" .. (c.text or "") })
        return c:close "praised"
      end
      repeat
        handle(c)
        if ring then c:wait(ring) end
        local s = satisfied(c)
        if s ~= "no" then return c:close(s) end
      until not c:reopen "not satisfied"                 -- one level up; nil when there is no level left
      c:alert { id = "unresolved", level = "breach", reason = "not satisfied at the highest level" }
      c:close "unresolved"
    end,
  },
}
