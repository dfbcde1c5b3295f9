-- What specs are written in: a whole hospital in memory, patients, staff and a clock that jumps.
-- The arguments: the C half (engine/sim.c), which is the engine itself, and what loads scripts (engine/sim/world/scripts.lua),
-- what plays many cases (engine/sim/world/cases.lua), and what cuts the power (engine/sim/world/torture.lua).
local core, load_scripts, cases, add_torture, cases_of = ...
local sim = { civil = core.civil, parse_time = core.parse_time, each = cases.each, permuted = cases.permuted }
-- civil and parse_time: (ms, zone): { year, month, … }; (text, zone): ms

local ZONE = "Asia/Shanghai"
local WEEKDAYS = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" }
local live = setmetatable({}, { __mode = "k" })            -- worlds of the running test

-- Proxies: a table whose fields are looked up in the engine each time, so that nothing shown is stale.
local function proxy(fields, methods, self, setters)
  return setmetatable(self, {
    __index = function(t, key)
      local method = methods and methods[key]
      if method then return method end
      return fields(t, key)
    end,
    __newindex = function(t, key, value)
      local set = setters and setters[key]
      if not set then error(("%s can't be set here"):format(key), 2) end
      set(t, value)
    end,
  })
end

local function day_text(ms, zone)
  local c = core.civil(ms, zone)
  return ("%02d-%02d %s %02d:%02d"):format(c.month, c.day, WEEKDAYS[c.weekday], c.hour, c.min)
end

-- Rows --------------------------------------------------------------------------------------------------------------

local function first(world, sql, ...) return world.core:query(sql, ...)[1] end

local Task = {}
local function task_fields(self, key)
  local row = first(rawget(self, "world"), [[SELECT name, role, department, form, note, status, code,
    due_at AS i_due, opened_at AS i_at, overdue_at AS i_overdue_at, claimed_by, reason, question AS i_question
    FROM task WHERE id=?1]], rawget(self, "number"))
  if key == "open" then return row.status == "open" or row.status == "held" end
  if key == "overdue" then return row.overdue_at ~= nil end
  return row[key]
end
function Task:done(result)
  local world = rawget(self, "world")
  result = result or {}
  local reply = world:_submit("task.done", { task = rawget(self, "number"), staff = result.staff or "nurse-1",
    code = result.code, answer = result.answer, note = result.note, to = result.to, at = result.at })
  if reply.status ~= 200 then error(reply.detail or ("status " .. reply.status), 2) end
  return reply
end
function Task:try(result)
  result.task, result.staff = rawget(self, "number"), result.staff or "nurse-1"
  return rawget(self, "world"):_submit("task.done", result)
end
function Task:claim(staff)
  return rawget(self, "world"):_submit("task.claim", { task = rawget(self, "number"), staff = staff or "nurse-1" })
end
local function task_of(world, number) return proxy(task_fields, Task, { world = world, number = number }) end

local Alert = {}
local function alert_fields(self, key)
  local row = first(rawget(self, "world"), [[SELECT name, level, reason, status, rung AS i_rung, joined AS i_joined,
    opened_at AS i_at, closed_reason, department FROM alert WHERE id=?1]], rawget(self, "number"))
  if key == "open" then return row.status ~= "closed" end
  return row[key]
end
local function alert_action(kind)
  return function(self, o)
    local body = { alert = rawget(self, "number"), staff = "dr-li" }
    for k, v in pairs(o or {}) do body[k] = v end
    local reply = rawget(self, "world"):_submit(kind, body)
    if reply.status ~= 200 then error(reply.detail or ("status " .. reply.status), 2) end
    return reply
  end
end
Alert.ack, Alert.act, Alert.done = alert_action "alert.ack", alert_action "alert.act", alert_action "alert.done"
local function alert_of(world, number) return proxy(alert_fields, Alert, { world = world, number = number }) end

local function enrollment_fields(self, key)
  local world, number = rawget(self, "world"), rawget(self, "number")
  if key == "state" then
    return setmetatable({}, {
      __index = function(_, name)
        local row = first(world, "SELECT state AS b_state FROM enrollment WHERE id=?1", number)
        return row.state and row.state[name]
      end,
      __newindex = function(_, name, value) world.core:set_state(number, name, value) end,
    })
  end
  local row = first(world, [[SELECT pathway, status, tier, ended_reason AS ended, anchor_at AS i_anchor,
    department, patient AS i_patient FROM enrollment WHERE id=?1]], number)
  if key == "live" then return row.status ~= "ended" end
  return row[key]
end
local function enrollment_of(world, number)
  return proxy(enrollment_fields, nil, { world = world, number = number })
end

-- Patients ----------------------------------------------------------------------------------------------------------

local Patient = {}

-- A photo in a spec is any text: it becomes the attachment that a page would have made of it.
local function keep_photos(world, row, form, values)
  local given = {}
  for key, value in pairs(values) do given[key] = value end
  for _, item in ipairs(world.core:photos(row.department, form)) do
    local photo = given[item]
    if type(photo) == "string" then
      local count = first(world, "SELECT count(*) AS i_n FROM attachment").n
      given[item] = ("photo%011d"):format(count + 1)
      world:_submit("photo.keep", { question = row.id, photos = { { id = given[item], item = item, kind = "jpeg",
        bytes = #photo, sha256 = ("0"):rep(64) } } })
    end
  end
  return given
end

function Patient:answer(form, values, o)
  local world = rawget(self, "world")
  local row = first(world, [[SELECT max(id) AS i_id, department FROM question WHERE patient=?1 AND form=?2 AND
    status IN ('open','lapsed','answered')]], self.number, form)
  if not row or not row.id then error(("this patient was never asked %s"):format(form), 2) end
  local reply = world:_submit("answer", { question = row.id, by_kind = o and o.by or "patient",
    values = keep_photos(world, row, form, values) })
  if reply.status ~= 200 then error(reply.detail, 2) end
  return reply
end
-- The page of the newest question of that form is opened, and nothing filled in.
function Patient:open(form)
  return rawget(self, "world"):_submit("question.opened", { question = first(rawget(self, "world"),
    "SELECT max(id) AS i_id FROM question WHERE patient=?1 AND form=?2", self.number, form).id })
end
function Patient:try_answer(form, values)
  local ok, reply = pcall(self.answer, self, form, values)
  return ok and reply or nil, not ok and reply or nil
end
-- What the patient, or whoever has the number o.from, writes back in a short message. Gives what became of it.
function Patient:reply(text, o)
  local world = rawget(self, "world")
  local id = "reply-" .. world:_number()
  world:_submit("inbound", { channel = "sms", items = { { id = id, from = o and o.from or rawget(self, "phone"), text = text } } })
  return first(world, "SELECT outcome FROM inbound WHERE provider_id=?1", id).outcome
end
-- o.person: only this one of the patient's contacts; else the patient and the family.
function Patient:opt_out(o)
  return rawget(self, "world"):_submit("opt-out", { patient = self.number, person = o and o.person, by = "patient" })
end
function Patient:opt_in(o)
  return rawget(self, "world"):_submit("opt-in", { patient = self.number, person = o and o.person, by = "patient" })
end
local function patient_fields(self, key)
  if key == "number" then
    local row = first(rawget(self, "world"), "SELECT person AS i_id FROM identity WHERE kind='mrn' AND value=?1", rawget(self, "mrn"))
    return row and row.id
  end
  if key == "dead" then
    return first(rawget(self, "world"), "SELECT died_at AS i_at FROM patient WHERE id=?1", self.number).at ~= nil
  end
end
local patient_setters = {
  unreachable = function(self, flag)
    rawget(self, "world").core:channel("sms", flag and "fail" or "accept", rawget(self, "phone"))
  end,
}

-- The world ---------------------------------------------------------------------------------------------------------

local World = {}

function World:_number()
  rawset(self, "_last", rawget(self, "_last") + 1)
  return rawget(self, "_last")
end
function World:_submit(kind, body)
  local reply = self.core:submit("spec", kind .. "-" .. self:_number(), kind, body)
  return reply or { status = 0, detail = "no reply" }
end
function World:_post(event)
  event.id = event.id or ("e" .. self:_number())
  event.at = event.at or self.core:now()
  if type(event.at) == "number" then event.at = sim.iso(event.at, rawget(self, "zone")) end
  local reply, why = self.core:event(event)
  if not reply then error(why, 3) end
  if reply.status ~= 200 then error(reply.detail or ("status " .. reply.status), 3) end
  return reply
end

-- w:patient { age, sex, family, … }: a patient with a mobile phone of their own, unless phone = false; wechat = true: bound at the bedside.
-- email: an address, to be reached by mail.
function World:patient(o)
  o = o or {}
  local n = self:_number()
  local c = core.civil(self.core:now(), self.zone)
  local phone = o.phone
  if phone == nil then phone = ("139%08d"):format(10000000 + n) end
  local contacts = o.contacts
  if o.family and not contacts then
    contacts = { { name = "家属" .. n, phone = ("138%08d"):format(10000000 + n), relation = "child" } }
  end
  local patient = { mrn = o.mrn or ("M%05d"):format(n), name = o.name or ("患者" .. n), sex = o.sex or "female",
    birth = o.birth or ("%04d-01-15"):format(c.year - (o.age or 60) - (c.month == 1 and c.day < 15 and 1 or 0)),
    phone = phone or nil, email = o.email, prefers = o.prefers, language = o.language, disclosure = o.disclosure, contacts = contacts,
    dialect = o.dialect }
  self:_post { kind = "patient", patient = patient }
  if o.wechat then self.core:query([[INSERT INTO identity (person, kind, value) SELECT person, 'wechat', 'o-' || value FROM identity
    WHERE kind='mrn' AND value=?1]], patient.mrn) end
  return proxy(patient_fields, Patient, { world = self, mrn = patient.mrn, phone = phone, visits = 0 }, patient_setters)
end

local function coded(list)
  local out = {}
  for i, item in ipairs(list or {}) do
    out[i] = type(item) == "table" and item or item:find "^[%w.]+$" and { code = item } or { name = item }
  end
  return #out > 0 and out or nil
end

-- w:event(pt, "admission", { … }): what the hospital's systems would post.
function World:event(pt, kind, o)
  local event = { kind = kind, patient = { mrn = pt.mrn } }
  for k, v in pairs(o or {}) do event[k] = v end
  for _, key in ipairs { "procedures", "diagnoses", "drugs" } do event[key] = coded(event[key]) end
  if kind == "admission" and not event.visit then rawset(pt, "visits", pt.visits + 1) end
  if kind == "admission" or kind == "discharge" or kind == "transfer" or kind == "procedure" or kind == "diagnosis" then
    event.visit = event.visit or (pt.mrn .. "-" .. math.max(pt.visits, 1))
  end
  return self:_post(event)
end
function World:discharge(pt, o)
  if pt.visits == 0 then rawset(pt, "visits", 1) end
  return self:event(pt, "discharge", o)
end
function World:feedback(o) return cases_of(self, o) end
function World:observe(pt, code, value, o)
  local text = type(value) == "string" and value or nil
  return self:event(pt, "observation", { observation = { code = code, value = not text and value or nil, text = text, unit = o and o.unit,
    at = o and o.at } })
end

function World:advance(span) self.core:advance_to(self.core:span(span, self.core:now())) end
function World:advance_to(text) self.core:advance_to(core.parse_time(text, self.zone)) end
-- The machine is off meanwhile: what came due is met at once and late.
function World:sleep(span) self.core:jump_to(self.core:span(span, self.core:now())) end
function World:now() return self.core:now() end
function World:clock() return day_text(self.core:now(), self.zone) end
function World:crash() self.core:crash() end
function World:close() live[self] = nil self.core:close() end
-- Newer scripts, as a saved file would bring them; what they say of the files themselves is raised.
function World:load(scripts) load_scripts(self, scripts) self.core:advance_to(self.core:now()) end
-- What these sources of one department would do to the runs that live now; nothing changes.
function World:replay(sources)
  local files, department = {}, nil
  for name, text in pairs(sources) do
    files[name] = text
    if not name:find "^shared/" then department = name:match "^([^/]+)/" end
  end
  return self.core:replay(department, files)
end
-- The records of the newest run of a step or watch, oldest first: { kind, op, label, value }.
function World:journal(name)
  local row = first(self, "SELECT max(id) AS i_id FROM run WHERE name=?1", name)
  return row.id and self.core:journal(row.id) or nil
end
-- The newest run of a step or watch: { status, cause, … }.
function World:run(name)
  return first(self, [[SELECT id AS i_id, name, day, status, cause, result, wait, records AS i_records, scheduled_at AS i_scheduled,
    started_at AS i_started FROM run WHERE name=?1 ORDER BY id DESC LIMIT 1]], name)
end
function World:channel(name, word, address) self.core:channel(name, word, address) end
-- What a gateway says later of messages of that name that were accepted: "delivered", "read" or "failed"; to: an audience or a channel.
function World:receipt(name, state, to)
  for _, row in ipairs(self.core:query([[SELECT attempt.channel, provider_id, audience FROM attempt JOIN message ON message.id=attempt.message
      WHERE message.name=?1 AND attempt.status IN ('accepted','delivered') AND provider_id IS NOT NULL ORDER BY attempt.id]], name)) do
    if not to or row.audience == to or row.channel == to then self.core:receipt(row.channel, row.provider_id, state) end
  end
end
function World:retier(enrollment) self.core:retier(rawget(enrollment, "number")) end
function World:duty(role, staff) return self:_submit("duty.set", { role = role, staff = staff, since = 0 }) end

-- w:task(name): the newest open task of that name, or nil.
function World:task(name)
  local row = first(self, "SELECT max(id) AS i_id FROM task WHERE name=?1 AND status IN ('open','held')", name)
  return row.id and task_of(self, row.id) or nil
end
function World:open_tasks()
  return first(self, "SELECT count(*) AS i_n FROM task WHERE status IN ('open','held')").n
end
function World:alert_named(name)
  local row = first(self, "SELECT max(id) AS i_id FROM alert WHERE name=?1", name)
  return row.id and alert_of(self, row.id) or nil
end
function World:enrollment(pathway)
  local row = first(self, "SELECT max(id) AS i_id FROM enrollment WHERE pathway=?1", pathway)
  return row.id and enrollment_of(self, row.id) or nil
end
-- w:sent(form or template, to): messages of that name that were taken by a channel, oldest first.
function World:sent(name, to)
  local out = {}
  for _, row in ipairs(self.core:query([[SELECT name, audience, status, text, channel, kind, fields AS b_fields, person AS i_person,
      patient AS i_patient, accepted_at AS i_at FROM message WHERE accepted_at IS NOT NULL AND name=?1 ORDER BY accepted_at, id]], name)) do
    if not to or row.audience == to then out[#out + 1] = row end
  end
  return out
end
-- w:rungs(form or template): what became of each rung of the newest ask or send of it, in their order.
function World:rungs(name)
  return self.core:query([[SELECT channel, audience, began_at AS i_began, taken_at AS i_taken, left_at AS i_left, why FROM rung WHERE
    ladder=(SELECT max(id) FROM ladder WHERE name=?1) ORDER BY position]], name)
end
-- w:planned(pathway, step, n): the next n occurrences of a step of the newest enrollment, as "03-05 Thu 09:00".
function World:planned(pathway, step, n)
  local enrollment, out = self:enrollment(pathway), {}
  for _, item in ipairs(enrollment and self.core:planned(rawget(enrollment, "number"), 2000) or {}) do
    if item.step == step and #out < (n or 2000) then out[#out + 1] = day_text(item.due_at, self.zone) end
  end
  return out
end
-- w:skipped(): everything that did not happen, with its reason.
function World:skipped()
  return self.core:query [[SELECT step AS what, day, reason, at AS i_at FROM skip UNION ALL
    SELECT name, '', reason, settled_at FROM message WHERE status IN ('suppressed','failed','cancelled') ORDER BY 4]]
end
-- w:paged(): the duty posts that were paged, in their order.
function World:paged()
  local out = {}
  for i, page in ipairs(self.pages) do out[i] = page.role end
  return out
end
function World:timeline(pt) return sim.timeline(self, pt) end

local lists = {
  pages = [[SELECT page.role, page.staff, page.via, page.at AS i_at, page.rung AS i_rung, alert.name, alert.level
    FROM page JOIN alert ON alert.id = page.alert ORDER BY page.id]],
  messages = [[SELECT name, audience, kind, status, text, patient AS i_patient, accepted_at AS i_at FROM message
    WHERE accepted_at IS NOT NULL AND kind <> 'page' ORDER BY accepted_at, id]],
  texts = [[SELECT attempt.channel, message.text, message.name, attempt.key, attempt.status, started_at AS i_at FROM attempt JOIN message ON
    message.id=attempt.message WHERE kind<>'page' AND substr(key, 1, length(number))=number
    ORDER BY attempt.id]],                                -- what left, a row each time: that of the message which carried others
  stuck = "SELECT name, pathway, cause FROM run WHERE status='stuck' ORDER BY id",
}
local function world_fields(self, key)
  if lists[key] then return self.core:query(lists[key]) end
  if key == "enrollments" then
    local out = {}
    for i, row in ipairs(self.core:query "SELECT id AS i_id FROM enrollment ORDER BY id") do out[i] = enrollment_of(self, row.id) end
    return out
  end
end
local world_setters = {
  expects_stuck = function(self, flag) rawset(self, "_expects_stuck", flag) end,
  roster = function(self, posts) for role, staff in pairs(posts) do self:duty(role, staff) end end,
}

-- The story of a patient, a line each, for people whose assertion failed.
local STORY = {
  [[SELECT at AS i_at, kind || ' ' || coalesce(encounter, (SELECT coalesce(round(o.value, 3), o.text) FROM observation o WHERE
    o.patient=?1 AND o.code=substr(kind, 13) AND o.at=event.at AND o.kept_at=recorded_at LIMIT 1), '') AS what FROM event
    WHERE patient=?1]],
  "SELECT enrolled_at AS i_at, 'enrolled on ' || pathway || ' ' || tier AS what FROM enrollment WHERE patient=?1",
  "SELECT ended_at AS i_at, 'ended ' || pathway || ': ' || ended_reason AS what FROM enrollment WHERE patient=?1 AND ended_at IS NOT NULL",
  "SELECT started_at AS i_at, 'began ' || name || ' (' || day || ')' AS what FROM run WHERE patient=?1",
  [[SELECT ended_at AS i_at, status || ' ' || name || ' ' || coalesce(cause, result, '') AS what FROM run
    WHERE patient=?1 AND ended_at IS NOT NULL]],
  "SELECT at AS i_at, 'skipped ' || step || ': ' || reason AS what FROM skip WHERE patient=?1",
  [[SELECT created_at AS i_at, kind || ' ' || name || ' to ' || audience || ': ' || status || ' ' || coalesce(reason, '') AS what
    FROM message WHERE patient=?1]],
  "SELECT at AS i_at, by_kind || ' answered ' || form || ' ' || coalesce(level, '') AS what FROM answer WHERE patient=?1",
  "SELECT opened_at AS i_at, 'task ' || name || ' for ' || role AS what FROM task WHERE patient=?1",
  [[SELECT closed_at AS i_at, 'task ' || name || ' ' || status || ' ' || coalesce(code, reason, '') AS what FROM task
    WHERE patient=?1 AND closed_at IS NOT NULL]],
  "SELECT opened_at AS i_at, 'alert ' || name || ' ' || level AS what FROM alert WHERE patient=?1",
  "SELECT page.at AS i_at, 'paged ' || role || ' ' || coalesce(staff, '') AS what FROM page JOIN alert ON alert.id=page.alert WHERE patient=?1",
  "SELECT at AS i_at, 'note ' || text AS what FROM note WHERE patient=?1",
}
function sim.timeline(world, pt)
  local entries, lines = {}, {}
  for rank, sql in ipairs(STORY) do
    for _, row in ipairs(world.core:query(sql, pt.number)) do entries[#entries + 1] = { row.at, rank, row.what } end
  end
  table.sort(entries, function(a, b) if a[1] ~= b[1] then return a[1] < b[1] end return a[2] < b[2] end)
  for i, entry in ipairs(entries) do lines[i] = day_text(entry[1], world.zone) .. "  " .. entry[3] end
  return table.concat(lines, "\n")
end

function sim.iso(ms, zone)
  local c = core.civil(ms, zone)
  return ("%04d-%02d-%02d %02d:%02d:%02d"):format(c.year, c.month, c.day, c.hour, c.min, (ms // 1000) % 60)
end

-- sim.world { scripts = { files or folders }, at = "2026-03-02 15:00", zone, site = { … } }
-- file: the database, which may be there already; patience: failures of its disk that are met by trying again.
function sim.world(o)
  local zone = o.zone or ZONE
  local settings = { zone = zone, hospital = "示范医院", phone = "0571-87654321" }
  for k, v in pairs(o.site or {}) do settings[k] = v end
  local self = { zone = zone, _last = 0 }
  self.core = core.new(core.parse_time(o.at or "2026-03-02 15:00", zone), settings, o.file, o.patience)
  local world = proxy(world_fields, World, self, world_setters)
  load_scripts(world, o.scripts or {})
  live[world] = true
  return world
end

-- Nothing stuck is checked after every test unasked, and a failed one shows what happened to its patients.
local function story_of_all(world)
  local out = {}
  for _, row in ipairs(world.core:query "SELECT id AS i_id FROM patient ORDER BY id LIMIT 5") do
    out[#out + 1] = ("patient %d\n%s"):format(row.id, sim.timeline(world, { number = row.id }))
  end
  return table.concat(out, "\n")
end

local function after_test(element, _, status)
  local stuck = {}
  for world in pairs(live) do
    live[world] = nil
    if status == "failure" or status == "error" then
      io.stderr:write("\n", element.name or "", "\n", story_of_all(world), "\n")
    elseif not rawget(world, "_expects_stuck") then
      for _, run in ipairs(world.stuck) do stuck[#stuck + 1] = ("a run is stuck: %s: %s"):format(run.name, run.cause) end
    end
  end
  if #stuck > 0 then error(table.concat(stuck, "\n"), 0) end
  return nil, true
end

local ok, busted = pcall(require, "busted")
add_torture(sim)
if ok and type(busted) == "table" and busted.subscribe then busted.subscribe({ "test", "end" }, after_test) end

return sim
