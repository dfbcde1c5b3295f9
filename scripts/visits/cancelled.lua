-- 停诊改约: the doctor can't see them. All channels at once, other times to choose from, the choice to the booking desk.
local aw = require "afterward"
local booking = require "booking"

local ALL = { "wechat", "sms", "email" }

local function by_hospital(f) return f.event.by == "hospital" and booking.clinic(f) end

-- Messages don't leave at night; a person decides whether to ring about a visit of the early morning.
local function at_night(p)
  local now, eight = p:now(), p:time "08:00"
  local night = now >= p:time "0d 21:00" or now < p:time "0d 08:00"
  if night and p.event.when < eight + 2 * booking.HOUR then
    p:task { id = "ring-early", role = "booking-desk", due = eight,
      note = ("%s停诊，短信夜里不发，请决定何时打电话"):format(booking.label(p)) }
  end
end

local function offers(p)
  local out = {}
  for i, one in ipairs(p.event.alternatives or {}) do
    local words = ("%s %s%s"):format(one.date, one.time, one.doctor and " " .. one.doctor or "")
    out[i] = { value = one.id, zh = words, en = words }
  end
  out[#out + 1] = { value = "other", zh = "都不合适，请来电", en = "none fits; ring me" }
  out[#out + 1] = { value = "none", zh = "不再需要", en = "no need" }
  return out
end

local function record(p, slot)
  for _, offer in ipairs(offers(p)) do
    if offer.value == slot then
      p:set("choice", slot)
      p:note(("改约：%s"):format(offer.zh))
      p:wait(p:task { id = "rebook", role = "booking-desk", due = "2bh",
        note = ("原%s停诊，患者选择：%s（%s）"):format(booking.label(p), offer.zh, slot) })
    end
  end
end

local function call(p, due, more)
  return p:task { id = "call", role = "booking-desk", form = "new-time", due = due,
    note = ("%s停诊，请电话改约%s"):format(booking.label(p), more or "") }
end

local function choose(p)
  p:set("appointment", p.event.appointment)
  at_night(p)
  local soon = p.event.when - p:now() < booking.DAY
  local a, why
  if p.event.alternatives then
    a, why = p:ask("new-time", { options = { slot = offers(p) }, within = soon and "2h" or "24h", remind = soon and "1h" or "8h" })
  end
  if not a then
    local optout = why == "opted-out" and "；患者不收消息，是否打电话请您决定" or ""
    a = p:wait(call(p, soon and "1h" or "4bh", optout)).answer
  end
  p:set("settled", true)
  if a then record(p, a.slot) end
end

return {
  aw.template { id = "visit-cancelled", class = "visit", fields = { "when" },
    zh = "{patient.title}您好，很抱歉，您{when}的门诊因医生停诊取消，请不要前来；新的时间请您选，或等我们来电。",
    en = "{patient.title}, we are sorry: your visit of {when} is cancelled by the clinic. Please choose another time, "
      .. "or wait for our call." },
  -- accept unjudged: asks about a booking
  aw.form { id = "new-time", class = "visit", title = { zh = "门诊改约，请选时间", en = "Another time for your visit" },
    { id = "slot", kind = "choice", zh = "停诊很抱歉，哪个时间合适？", en = "We are sorry. Which time suits you?", options = {
      { "other", zh = "都不合适，请来电", en = "none fits; ring me" }, { "none", zh = "不再需要", en = "no need" } } } },

  aw.pathway {
    id = "cancelled", program = "jiuzhen", title = { zh = "停诊改约", en = "Cancelled by the clinic" },
    enroll = { on = "appointment-cancelled", where = by_hospital, again = "both" },
    steps = {
      aw.step { id = "tell", at = "enroll", valid_for = "1d", run = function(p)
        p:send("visit-cancelled", { via = ALL, together = true, fields = { when = booking.label(p) } })
      end },
      aw.step { id = "choose", at = "enroll", valid_for = "3d", run = choose },
      -- The question may be held back by the contact budget: a visit of the next day can't wait for that.
      aw.step { id = "ring", at = "2h", valid_for = "1d", run = function(p)
        if not p:get "settled" and p.event.when - p:now() < booking.DAY then call(p, "1h") end
      end },
    },
    watches = {
      aw.watch { id = "booked", on = "appointment", where = function(f)
        return booking.own(f) or f.event.appointment == f:get "choice"
      end, run = function(p) p:stop "booked anew" end },
    },
  },
}
