-- 按时服药: asked at the hours of the patient's own plan; silent for half an hour, the family is told; silent three
-- times in a row, a pharmacist rings. The plan comes with a `drug` event: data = { times = "08:00 20:00", days = 14 }.
local aw = require "afterward"
local times = require "times"

local UNCONFIRMED = "30m"                             -- then the family is told
local LATE = 30 * 60 * 1000                           -- ms: an hour missed by more is not asked about
local DAY = 24 * 60 * 60 * 1000
local DAYS = 14                                       -- unless the plan says so

local function call(p, note)
  p:task { id = "pharmacist-call", role = "pharmacist", due = "4bh", note = note }
end

local function over(p) return p:now() >= p:time("0d 00:00", p.anchor) + (p.event.days or DAYS) * DAY end

local function dose(p, clock)
  local a, why = p:ask("taken", { within = UNCONFIRMED, remind = "15m" })
  if a then
    if a.taken == "not" then call(p, ("%s的药没有服，请问原因；剂量由医生决定"):format(clock)) end
  elseif why == "silent" then
    if p:silences "taken" % 3 == 0 then call(p, "连续三次没有确认服药，请打电话") end
    p:send("not-confirmed", { to = "family", fields = { clock = clock } })
  elseif why == "opted-out" then
    p:stop "opted-out"
  end
end

local function day(p)
  if over(p) then return p:stop "the plan is over" end
  local clocks, due = times.read(p.event.times), {}
  for i, clock in ipairs(clocks or {}) do due[i] = p:time("0d " .. clock) end
  for i, at in ipairs(due) do
    if at > p:now() then p:wait(at) end
    if p:now() <= at + LATE and not p.patient.inpatient then dose(p, clocks[i]) end
  end
end

return {
  -- accept unjudged: what was not taken becomes a pharmacist's task
  aw.form { id = "taken", class = "medicine",
    title = { zh = "已服药？（可回复1已服 2稍后服 3没有服）", en = "Taken your medicine? Reply 1 yes, 2 later, 3 no" },
    { id = "taken", kind = "choice", zh = "这一次的药，已服了吗？", en = "Have you taken this dose?", options = {
      { "yes", zh = "已服", en = "yes" }, { "later", zh = "稍后服", en = "later" }, { "not", zh = "没有服", en = "no" } } } },
  aw.template { id = "tonight", class = "medicine", fields = { "times" },
    zh = "{patient.title}您好，今晚到明早的用药时间：{times}，请按医嘱服用；不适请先来电，不要自行停药。",
    en = "{patient.title}, your medicine until tomorrow morning: {times}. Unwell? Ring us before you stop it." },
  aw.template { id = "not-confirmed", class = "medicine", fields = { "clock" },
    zh = "您好，{patient.title}今天{clock}的用药还没有确认，请帮忙看看是否已服；已服请不要再服。",
    en = "Hello, {patient.title} has not confirmed the {clock} medicine. Please have a look; if taken, don't give it again." },

  aw.pathway {
    id = "taking", program = "yongyao", title = { zh = "按时服药", en = "Taking medicines" },
    enroll = { on = "drug", where = function(f) return f.event.times ~= nil end, again = "restart" },
    steps = {
      aw.step { id = "today", at = "enroll", valid_for = "12h", run = function(p)
        if times.read(p.event.times) then return day(p) end
        call(p, ("用药时间读不懂：%s，请在系统里改正"):format(tostring(p.event.times)))
      end },
      aw.step { id = "day", every = "1d 05:00", from = "1d", to = "180d", valid_for = "8h", run = day },
      -- No message leaves at night: what is due until eight tomorrow is said in the evening, and not asked about.
      aw.step { id = "night", every = "1d 20:30", from = "0d", to = "180d", valid_for = "25m", run = function(p)
        local _, night = times.read(p.event.times)
        if night and #night > 0 and not over(p) and not p.patient.inpatient then
          p:send("tonight", { fields = { times = table.concat(night, " ") } })
        end
      end },
    },
  },
}
