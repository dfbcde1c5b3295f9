-- w:feedback { channel, text, patient, stay, stars, sender, anonymous, receiver, concerns, ward, nature … }: an item as it comes in; gives
-- the case that it became, or nil when no triage took it. A case has number, at, tier, level, round, closed, patient, nature …
-- and clocks: name → { due, met, breached, warned, started } of its round, in ms.
local ITEM = { "channel", "text", "stars", "score", "ward", "nature", "stage", "type", "urgency", "topic", "faq", "receiver", "anonymous",
  "sender", "order", "concerns" }

local function first(world, sql, ...) return world.core:query(sql, ...)[1] end

local function clocks_of(case)
  return setmetatable({}, { __index = function(_, name)
    return first(case.world, [[SELECT due_at AS i_due, met_at AS i_met, breached_at AS i_breached, warned_at AS i_warned,
      started_at AS i_started, span, extended_at AS i_extended FROM clock JOIN case_file USING (enrollment) WHERE enrollment=?1 AND name=?2 AND
      clock.round=case_file.round AND replaced_at IS NULL]], case.enrollment, name)
  end })
end

local COLUMNS = [[SELECT case_file.number, received_at AS i_at, tier, level AS i_level, case_file.round AS i_round, closed, receiver,
  paused_why AS paused, facts AS b_facts, case_file.patient AS i_about, sure, case_file.encounter AS i_stay FROM case_file JOIN enrollment ON
  enrollment.id=case_file.enrollment WHERE case_file.enrollment=?1]]

local function field(case, key)
  if key == "clocks" then return clocks_of(case) end
  if key == "ledger" then
    local out = {}
    for i, row in ipairs(case.world.core:query("SELECT what, detail FROM case_step WHERE enrollment=?1 ORDER BY id", case.enrollment)) do
      out[i] = row.what .. (row.detail and " " .. row.detail or "")
    end
    return out
  end
  local row = first(case.world, COLUMNS, case.enrollment)
  if row[key] ~= nil then return row[key] end
  return row.facts[key]
end

-- A person corrects what the phrases made of it: field → word.
local function correct(case, values, staff)
  for name, value in pairs(values) do
    local reply = case.world:_submit("case.correct", { case = case.enrollment, field = name, value = value, staff = staff or "office-ma" })
    if reply.status ~= 200 then error(reply.detail, 2) end
  end
end

return function(world, o)
  local item, event = {}, { kind = "feedback", at = o.at }
  for _, key in ipairs(ITEM) do item[key] = o[key] end
  item.channel = item.channel or "web"
  event.item, event.patient = item, o.patient and { mrn = o.patient.mrn } or nil
  if o.stay and o.patient then
    if o.patient.visits == 0 then world:event(o.patient, "admission", { department = "ortho", ward = o.ward or "3 East" }) end
    event.visit = o.patient.mrn .. "-" .. math.max(o.patient.visits, 1)
  end
  world:_post(event)
  local row = first(world, "SELECT max(enrollment) AS i_id FROM case_file")
  local event_row = first(world, "SELECT max(id) AS i_id FROM event WHERE kind='feedback'")
  local mine = row.id and first(world, "SELECT event AS i_event FROM enrollment WHERE id=?1", row.id).event == event_row.id
  if not mine then return nil end
  return setmetatable({ world = world, enrollment = row.id, patient = o.patient, correct = correct }, { __index = field })
end
