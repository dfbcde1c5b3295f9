-- 送药取药: what lies ready and is not collected: a reminder, a call, and back to the shelf. Late: somebody asks.
local aw = require "afterward"

-- Collected meanwhile, also while the patient was in a bed and watches rested?
local function waits(p)
  local status
  for _, told in ipairs(p:read "deliveries") do
    if told.delivery == p.event.delivery then status = told.status end
  end
  return (status == "ready" or status == "late") and not p.patient.inpatient
end

local function own(f) return f.event.delivery == f:get "delivery" end

local function tell(p, template)
  p:send(template, { fields = { place = p.event.place or "药房" } })
end

local function is(status) return function(f) return f.event.status == status end end

return {
  aw.template { id = "delivery-ready", class = "medicine", fields = { "place" },
    zh = "{patient.title}您好，您的药已备好，请到{place}取，请带身份证；家人可以代取。",
    en = "{patient.title}, your medicines are ready at {place}. Bring your ID; family may collect them." },
  aw.template { id = "delivery-waits", class = "medicine", fields = { "place" },
    zh = "{patient.title}您好，您的药还在{place}等您取；不方便来请告诉我们：{hospital.phone}",
    en = "{patient.title}, your medicines still wait at {place}. Can't come? Ring {hospital.phone}" },
  aw.template { id = "delivery-late", class = "medicine",
    zh = "{patient.title}您好，您的药会晚到，很抱歉；手里的药不够时请来电，不要自行停药：{hospital.phone}",
    en = "{patient.title}, your medicines come late; we are sorry. Running out? Don't stop them, ring {hospital.phone}" },

  aw.pathway {
    id = "delivery", program = "yongyao", title = { zh = "取药", en = "Medicines to collect" },
    enroll = { on = "delivery", where = is "ready", again = "both" },
    steps = {
      aw.step { id = "ready", at = "enroll", valid_for = "1d", run = function(p)
        p:set("delivery", p.event.delivery)
        if waits(p) then tell(p, "delivery-ready") end
      end },
      aw.step { id = "remind", at = "3d 10:00", valid_for = "1d", run = function(p)
        if waits(p) then tell(p, "delivery-waits") end
      end },
      aw.step { id = "call", at = "5d 09:00", valid_for = "4d", run = function(p)
        if waits(p) then
          p:task { id = "delivery-call", role = "pharmacist", due = "1bd", note = "备好的药五天没有取，请打电话问问" }
        end
      end },
      aw.step { id = "back", at = "10d 09:00", run = function(p)
        if not waits(p) then return end
        local back = p:wait(p:task { id = "delivery-back", role = "pharmacist", due = "1bd",
          note = "备好的药十天没有取，请退库，并告诉开药的科室" })
        p:note(back.code == "done" and "药已退库" or "药没有退库：" .. back.code)
      end },
    },
    watches = {
      aw.watch { id = "settled", on = "delivery", where = function(f) return own(f) and f.event.status ~= "late" end,
        run = function(p) p:stop(p.event.status) end },
    },
  },
  aw.pathway {
    id = "late-delivery", program = "yongyao", title = { zh = "送药延迟", en = "A late delivery" },
    enroll = { on = "delivery", where = is "late", again = "restart" },
    steps = {
      aw.step { id = "late", at = "enroll", valid_for = "1d", run = function(p)
        p:task { id = "delivery-late", role = "pharmacist", due = "4bh", note = "药晚到，请问手里的药够不够" }
        if not p.patient.inpatient then p:send "delivery-late" end
      end },
    },
  },
}
