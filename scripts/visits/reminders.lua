-- 就诊提醒: three days before, can you come? The evening before, when and where. At an hour when messages may leave.
local aw = require "afterward"
local booking = require "booking"

-- Not to who lies in a bed, nor for what was moved or called off meanwhile.
local function worth_it(p)
  return not p.patient.inpatient and booking.stands(p) and not p:get "not-coming"
end

local function remind(p) p:send("visit-reminder", { fields = { when = booking.label(p) } }) end

local function coming(p)
  if not booking.is_in(p, 3) or not worth_it(p) then return end
  local a = p:ask("coming", { within = "60h" })
  if a and a.coming ~= "yes" then
    p:set("not-coming", true)
    p:task { id = "rebook", role = "booking-desk", due = "4bh",
      note = ("%s的门诊，患者%s"):format(booking.label(p), a.coming == "change" and "要改期" or "不来了，请取消") }
  end
end

-- The last contact window of the day before: also for a visit at eight tomorrow, or at two in the night.
local function evening(p)
  if p:now() >= p.event.when then return p:stop "the visit's hour is over" end
  if booking.is_in(p, 1) and worth_it(p) then remind(p) end
end

-- Booked too late for that evening: two hours before, between eight in the morning and eight in the evening.
local function same_day(p)
  p:set("appointment", p.event.appointment)
  if not booking.stands(p) then return p:stop "changed at once" end
  if p:now() <= booking.before(p, 1, "20:00") then return end
  local at = math.max(p.event.when - 2 * booking.HOUR, booking.before(p, 0, "08:00"))
  at = math.min(at, booking.before(p, 0, "20:00"))
  if at <= p:now() or at >= p.event.when then return end
  p:wait(at)
  if p:now() < p.event.when and worth_it(p) then remind(p) end
end

return {
  aw.template { id = "visit-reminder", class = "visit", fields = { "when" },
    zh = "{patient.title}您好，提醒您{when}的门诊预约，请带证件，来不了请来电：{hospital.phone}",
    en = "{patient.title}, your clinic visit is on {when}. Bring your ID and card. Can't come? Ring {hospital.phone}" },
  -- accept unjudged: asks about a booking
  aw.form { id = "coming", class = "visit",
    title = { zh = "三天后的门诊能来吗（可回复1能来 2改期 3不来）", en = "Your visit in 3 days: reply 1 coming, 2 another day, 3 no" },
    { id = "coming", kind = "choice", zh = "三天后的门诊您能来吗？", en = "Can you come to your visit in three days?", options = {
      { "yes", zh = "能来", en = "yes" }, { "change", zh = "想改期", en = "another day" },
      { "no", zh = "不来了", en = "no" } } } },

  aw.pathway {
    id = "visit", program = "jiuzhen", title = { zh = "就诊提醒", en = "Before a visit" },
    enroll = { on = "appointment", where = booking.clinic, again = "both" },     steps = {
      -- By the day, not by a long wait: a stay in hospital would push that back. What can't leave in time doesn't.
      aw.step { id = "same-day", at = "enroll", valid_for = "2h", run = same_day },
      aw.step { id = "coming", every = "1d 10:00", from = "1d", to = "366d", valid_for = "2h", run = coming },
      aw.step { id = "evening", every = "1d 18:30", from = "0d", to = "366d", valid_for = "90m", run = evening },
    },
    watches = {
      -- What waits to be sent is withdrawn with it; a new hour is an enrollment of its own.
      aw.watch { id = "changed", on = { "appointment", "appointment-cancelled", "appointment-done", "no-show" },
        where = booking.own, run = function(p) p:stop(p.event.kind) end },
    },
  },
}
