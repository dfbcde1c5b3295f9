-- 就诊提醒: three days before, can you come? The evening before, when and where. At an hour when messages may leave.
local aw = require "afterward"
local booking = require "booking"

-- Not to who lies in a bed, nor for what was moved or called off meanwhile.
local function worth_it(p)
  return not p.patient.inpatient and booking.stands(p) and not p:get "not-coming"
end

local function remind(p) p:send("visit-reminder", { fields = booking.fields(p) }) end

local function coming(p)
  local at = booking.before(p, 3, "10:00")
  p:set("appointment", p.event.appointment)
  if not booking.stands(p) then return p:stop "changed at once" end
  if p:now() > at then return end                     -- booked only now: asked nothing
  p:wait(at)
  if p:now() > at + 2 * booking.HOUR or not worth_it(p) then return end
  local a = p:ask("coming", { within = "60h" })
  if a and a.coming ~= "yes" then
    p:set("not-coming", true)
    p:task { id = "rebook", role = "booking-desk", due = "4bh",
      note = ("%s的门诊，患者%s"):format(booking.label(p), a.coming == "change" and "要改期" or "不来了，请取消") }
  end
end

-- The last contact window of the day before: also for a visit at eight tomorrow, or at two in the night.
local function evening(p)
  local at, last = booking.before(p, 1, "18:30"), booking.before(p, 1, "20:00")
  if p:now() < at then p:wait(at) end
  if p:now() <= last and worth_it(p) then remind(p) end
end

-- Booked too late for that evening: two hours before, between eight in the morning and eight in the evening.
local function same_day(p)
  if p:now() <= booking.before(p, 1, "20:00") then return end
  local at = math.max(p.event.when - 2 * booking.HOUR, booking.before(p, 0, "08:00"))
  at = math.min(at, booking.before(p, 0, "20:00"))
  if at <= p:now() or at >= p.event.when then return end
  p:wait(at)
  if worth_it(p) then remind(p) end
end

return {
  aw.template { id = "visit-reminder", class = "visit", fields = { "date", "time" },
    zh = "{patient.title}您好，提醒您{date} {time}的门诊预约，请带身份证和就诊卡，来不了请来电改期：{hospital.phone}",
    en = "{patient.title}, your clinic visit is on {date} at {time}. Bring your ID and card. Can't come? Ring {hospital.phone}" },
  -- accept unjudged: asks about a booking
  aw.form { id = "coming", class = "visit",
    title = { zh = "三天后的门诊能来吗（可回复1能来 2改期 3不来）", en = "Your visit in 3 days: reply 1 coming, 2 another day, 3 no" },
    { id = "coming", kind = "choice", zh = "三天后的门诊您能来吗？", en = "Can you come to your visit in three days?", options = {
      { "yes", zh = "能来", en = "yes" }, { "change", zh = "想改期", en = "another day" },
      { "no", zh = "不来了", en = "no" } } } },

  aw.pathway {
    id = "visit", program = "jiuzhen", title = { zh = "就诊提醒", en = "Before a visit" },
    enroll = { on = "appointment", where = booking.clinic, again = "both" }, anchor = "appointment", ends = "1m",
    steps = {
      aw.step { id = "coming", at = "enroll", run = coming },
      aw.step { id = "evening", at = "enroll", run = evening },
      aw.step { id = "same-day", at = "enroll", run = same_day },
    },
    watches = {
      -- What waits to be sent is withdrawn with it; a new hour is an enrollment of its own.
      aw.watch { id = "changed", on = { "appointment", "appointment-cancelled", "appointment-done", "no-show" },
        where = booking.own, run = function(p) p:stop(p.event.kind) end },
    },
  },
}
