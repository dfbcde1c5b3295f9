-- What these specs share: a small ward of one department, its pathway written in the spec.
local sim = require "afterward.sim"
local H = {}

local WARD = [[
local aw = require "afterward"
return {
  aw.department { id = "w", title = { zh = "科", en = "Ward" }, calendar = "cn",
    contact_windows = "%s", alerts = { emergency = "ladder", urgent = "ladder", soon = "ladder" }, overdue = "ladder", %s },
  aw.program { id = "brand", name = { zh = "随访", en = "Care" } },
  aw.escalation { id = "ladder", levels = {
    { page = "nurse", ack_within = "15m" }, { page = "chief", ack_within = "20m" } }, act_within = "2h" },
  aw.rule { id = "flags", run = function(a)
    if (a.temp or 0) >= 38.5 then return { level = "urgent", reason = "fever", advice = { zh = "请等电话", en = "Wait" } } end
  end },
  aw.form { id = "check", title = { zh = "表", en = "Check" }, abnormal = "flags",
    { id = "temp", kind = "number", min = 34, max = 43, zh = "体温？", en = "Temperature?" } },
  aw.form { id = "sugar", title = { zh = "血糖", en = "Sugar" },
    { id = "value", kind = "number", observe = "glucose", zh = "血糖？", en = "Glucose?" } },
  aw.template { id = "hello", zh = "您好 {link}", en = "Hello {link}" },
  aw.template { id = "dose", class = "medicine", zh = "请服药", en = "Take it" },
  aw.template { id = "clinic", class = "visit", zh = "门诊停诊", en = "Clinic cancelled" },
  %s
  aw.pathway { id = "way", program = "brand", title = { zh = "随访", en = "Way" },
    enroll = { on = "discharge" %s }, anchor = "discharge",
    %s
    steps = { %s } },
}
]]

-- o.steps: the pathway's steps; o.department, o.keys: other keys of the department, of the pathway; o.more: other declarations;
-- o.enroll; the rest is sim.world's.
function H.source(o)
  return WARD:format(o.windows or "00:00-24:00", o.department or "", o.more or "",
    o.enroll and ", " .. o.enroll or "", o.keys or "", o.steps or "")
end
function H.world(o)
  local site = { quiet_hours = "03:00-03:01", contact_windows = "00:00-24:00", budget_day = 50, budget_week = 200 }
  for k, v in pairs(o.site or {}) do site[k] = v end
  local scripts = { ["w/w.lua"] = H.source(o) }
  for k, v in pairs(o.scripts or {}) do scripts[k] = v end
  local w = sim.world { scripts = scripts, at = o.at or "2026-03-02 10:00", zone = o.zone, site = site, file = o.file, patience = o.patience }
  w.roster = { nurse = "zhao", chief = "dr-wu", ["head-nurse"] = "li" }
  return w
end
-- A patient discharged into such a ward: world, patient.
function H.discharged(o)
  local w = H.world(o)
  local pt = w:patient(o.patient or { age = 60, family = true })
  w:discharge(pt)
  return w, pt
end
-- One step at 1 h whose body is given.
function H.step(body, keys) return ('aw.step { id = "s", at = "1h", %s run = function(p) %s end },'):format(keys or "", body) end
function H.body(body, o)
  o = o or {}
  o.steps = H.step(body, o.step_keys)
  return H.discharged(o)
end
function H.notes(w)
  local out = {}
  for i, row in ipairs(w.core:query "SELECT text FROM note ORDER BY id") do out[i] = row.text end
  return out
end
function H.count(w, sql, ...) return w.core:query("SELECT count(*) AS i_n FROM " .. sql, ...)[1].n end
function H.reasons(w)
  local out = {}
  for i, row in ipairs(w:skipped()) do out[i] = row.what .. ": " .. row.reason end
  return out
end
H.sim = sim
return H
