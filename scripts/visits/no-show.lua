-- 爽约随访: who did not come is asked why, without reproach; nobody is left without a new visit who wants one.
local aw = require "afterward"
local booking = require "booking"

local function rebook(p) p:task { id = "rebook", role = "booking-desk", due = "1bd",
  note = ("%s的门诊没有来，想再约"):format(booking.label(p)) } end

local function ask(p)
  p:set("appointment", p.event.appointment)
  p:set("clinic", p.event.department)
  if p.patient.inpatient then return p:note "住院中，未到诊不追问" end
  local a, why = p:ask("missed", { within = "24h", remind = "8h" })
  if why == "opted-out" then return end
  if not a then
    local call = p:task { id = "call", role = "booking-desk", form = "missed", due = "1bd",
      note = ("%s的门诊没有来，也没有回音，请电话问问"):format(booking.label(p)) }
    a = p:wait(call).answer
  end
  if a and a.reason == "again" then rebook(p) end
end

return {
  aw.rule { id = "missed-flags", run = function(a)
    if a.reason == "unwell" then
      return { level = "soon", reason = "不舒服，没能来就诊", advice = { zh = "护士今天联系您；加重时请拨打120。",
        en = "A nurse calls today. Getting worse? Call 120." } }
    end
  end },
  aw.form { id = "missed", class = "visit", abnormal = "missed-flags",
    title = { zh = "门诊没有来（可回复1再约 2不用了 3已在别处看 4身体不适）",
      en = "Your missed visit: reply 1 book again, 2 no need, 3 seen elsewhere, 4 unwell" },
    { id = "reason", kind = "choice", zh = "门诊您没有来，需要我们做什么？", en = "You missed your visit. What can we do?", options = {
      { "again", zh = "想再约", en = "book again" }, { "better", zh = "不用了", en = "no need" },
      { "elsewhere", zh = "已在别处看", en = "seen elsewhere" }, { "unwell", zh = "身体不适，来不了", en = "too unwell" } } } },

  aw.pathway {
    id = "no-show", program = "jiuzhen", title = { zh = "爽约随访", en = "After a missed visit" },
    enroll = { on = "no-show", where = booking.clinic, again = "both" },
    steps = { aw.step { id = "ask", at = "enroll", valid_for = "2d", run = ask } },
    watches = {
      -- The desk corrected itself, or there is a new visit of the same clinic.
      aw.watch { id = "settled", on = { "appointment", "appointment-done" }, where = function(f)
        return booking.own(f) or f.event.department ~= nil and f.event.department == f:get "clinic"
      end, run = function(p) p:stop(p.event.kind) end },
    },
  },
}
