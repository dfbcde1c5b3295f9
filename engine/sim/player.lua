-- Plays a simulated hospital by an answer model: patients answer or stay silent, staff do their tasks, see their alerts.
-- Everything is met at its own moment; nothing is sent.
local sim = require "afterward.sim"
local agenda = require "agenda"

local DAY, HOUR = 86400000, 3600000
local TRIES_MOST = 5 -- of one task that stays open whatever comes of it
local player = {}
player.__index = player

-- o: at (ms), model { call(name, patient, thing) }, zone, site. The world has no scripts yet.
function player.new(o)
  local site = { mass_limit = 1000000 } -- nobody is there to approve a send to many
  for key, value in pairs(o.site or {}) do site[key] = value end
  local world = sim.world { at = sim.iso(o.at, o.zone), zone = o.zone, site = site }
  return setmetatable({ world = world, core = world.core, model = o.model, zone = o.zone, agenda = agenda.new(),
    seen = { attempt = 0, task = 0, alert = 0 }, people = {}, forms = {}, asked = {}, pending = {},
    refused = {} }, player)
end

-- A department's scripts from a scripts folder. Raises { text } with the problems when they are not to be used. known: they
-- were looked through before.
function player:load(folder, department, known)
  local ok, problems, why = self.core:load_folder(folder, department, not known)
  if not ok then error { text = table.concat({ why, table.unpack(problems) }, "\n  ") } end
end

local function first(self, sql, ...) return self.core:query(sql, ...)[1] end

-- A discharge (or any event) at its time; key says who, so that chance is the same whatever else is played.
function player:expect(at, event)
  self.agenda:add(at, function()
    local reply, why = self.core:event(event)
    if not reply or reply.status and reply.status >= 300 then
      table.insert(self.refused, { event = event, reason = why or reply.detail or "refused" })
    end
  end)
end

local function age_at(self, birth, at)
  local year, month, day = (birth or ""):match "^(%d+)-(%d+)-(%d+)"
  if not year then return 60 end
  local now = sim.civil(at, self.zone)
  local before = now.month < tonumber(month) or now.month == tonumber(month) and now.day < tonumber(day)
  return now.year - tonumber(year) - (before and 1 or 0)
end

-- Who a patient is for the model: { key, age, sex, family }, and when the last stay ended.
function player:person(id)
  local known = self.people[id]
  if known then return known end
  local row = first(self, [[SELECT birth, sex, (SELECT value FROM identity WHERE person=patient.id AND kind='mrn') AS mrn,
    (SELECT count(*) FROM contact WHERE contact.patient=patient.id) AS i_contacts,
    (SELECT max(discharged_at) FROM encounter WHERE encounter.patient=patient.id) AS i_left FROM patient WHERE id=?1]], id)
  local left = row.left or self.core:now()
  known = { key = row.mrn or tostring(id), age = age_at(self, row.birth, left), sex = row.sex, family = row.contacts > 1, left = left }
  self.people[id] = known
  return known
end

-- The same, as of now: the model's first argument.
function player:patient(id)
  local person = self:person(id)
  return { key = person.key, age = person.age, sex = person.sex, family = person.family,
    day = math.max(0, (self.core:now() - person.left) / DAY) }
end

local function options_of(item)
  local values = {}
  for i, option in ipairs(item.options or {}) do values[i] = option.value or option[1] or option end
  return #values > 0 and values or nil
end

-- What the department's active scripts declare: kind → id → body.
function player:definitions(department)
  local row = first(self, "SELECT definitions AS b_all FROM bundle WHERE department=?1 AND active=1", department)
  return row and row.all or {}
end

-- The items of a form as the model sees them.
function player:items(department, form)
  local known = self.forms[department .. "/" .. form]
  if known then return known end
  local forms, items = self:definitions(department).form or {}, {}
  for _, item in ipairs((forms[form] or {}).items or {}) do
    items[#items + 1] = { id = item.id, kind = item.kind, options = options_of(item), min = item.min, max = item.max,
      many = item.many, required = not item.optional }
  end
  self.forms[department .. "/" .. form] = items
  return items
end

function player:now()
  local now = self.core:now()
  local c = sim.civil(now, self.zone)
  return now, { date = ("%04d-%02d-%02d"):format(c.year, c.month, c.day), hour = c.hour + c.min / 60, weekend = c.weekday > 5 }
end

-- Draws go by the how manieth asking of a patient it is, not by row numbers, which depend on everybody else.
local function name_it(self, patient, name, row)
  local key = patient .. "/" .. name
  local list = self.asked[key] or { count = 0 }
  self.asked[key] = list
  if not list[row] then list.count, list[row] = list.count + 1, list.count + 1 end
  return name .. "#" .. list[row]
end

-- A mistake of the model's, at its own place.
local function wrong(self, name, format, ...)
  error { text = self.model:place(name) .. name .. " " .. format:format(...) }
end

-- Some time after now; name says which of the model's functions gave the delay.
function player:after(name, delay, act)
  local ok, at = pcall(self.core.span, self.core, delay, self.core:now())
  if not ok or at < self.core:now() then
    wrong(self, name, "gives the delay %s: write it like \"40m\" or \"2h\"", type(delay) == "string" and '"' .. delay .. '"' or tostring(delay))
  end
  self.agenda:add(at, act)
end

local function check_values(self, name, values)
  if values ~= nil and type(values) ~= "table" then
    wrong(self, name, "gives a %s where the form's values are meant: { temp = 36.8 }", type(values))
  end
end

-- A reply of the engine's that says that the model is wrong.
local function check_reply(self, name, reply, form)
  if reply.status ~= 422 and reply.status ~= 400 then return end
  wrong(self, name, "gave what %s refuses: %s", form and "form " .. form or "the engine", reply.detail)
end

function player:submit(kind, body)
  self.serial = (self.serial or 0) + 1
  return self.core:submit("sim", "sim-" .. self.serial, kind, body)
end

local function give(self, question, row, values)
  self.pending[question] = nil
  local reply = self:submit("answer", { question = question, values = values,
    by_kind = row.audience == "patient" and "patient" or "family" })
  check_reply(self, "answer", reply, row.form)
end

-- A question, a task, an alert came up: what is to follow is put on the agenda.
function player:hear(row)
  if not row.question or self.pending[row.question] then return end
  local patient = self:patient(row.patient)
  local now, time = self:now()
  local values, delay = self.model:call("answer", patient, { form = row.form, key = name_it(self, row.patient, row.form, row.question),
    channel = row.channel, again = row.kind == "remind", by = row.audience == "patient" and "patient" or "family",
    opened = row.opened, now = now, date = time.date, hour = time.hour, weekend = time.weekend,
    items = self:items(row.department, row.form) })
  if values == nil then return end
  check_values(self, "answer", values)
  self.pending[row.question] = true
  self:after("answer", delay or "0s", function() give(self, row.question, row, values) end)
end

function player:is_open(what, id)
  return first(self, "SELECT count(*) AS i_n FROM " .. what .. " WHERE id=?1 AND status IN ('open','held','acknowledged')", id).n > 0
end

local try
local function finish(self, row, tries, code, values)
  if not self:is_open("task", row.id) then return end
  local reply = self:submit("task.done", { task = row.id, staff = "sim", code = code, answer = values or nil, note = "模拟" })
  check_reply(self, "task", reply, values and row.form)
  if self:is_open("task", row.id) and tries < TRIES_MOST then try(self, row, tries + 1) end
end

function try(self, row, tries)
  local now, time = self:now()
  local patient = row.patient and self:patient(row.patient) or { key = "0", age = 60, day = 0 }
  local code, values, delay = self.model:call("task", patient, { name = row.name, role = row.role, form = row.form, note = row.note,
    key = name_it(self, row.patient or 0, row.name, row.id), tries = tries, now = now, date = time.date, hour = time.hour,
    weekend = time.weekend, opened = row.opened, items = row.form and self:items(row.department, row.form) or {} })
  check_values(self, "task", values)
  if code then self:after("task", delay or "0s", function() finish(self, row, tries, code, values) end) end
end

function player:work(row) try(self, row, 0) end

function player:react(row)
  local patient = row.patient and self:patient(row.patient) or { key = "0", age = 60, day = 0 }
  local seen, acted, closed = self.model:call("alert", patient, { name = row.name, level = row.level, opened = row.opened,
    key = name_it(self, row.patient or 0, row.name, row.id) })
  local function deed(kind, body)
    body.alert, body.staff = row.id, "sim"
    return function() if self:is_open("alert", row.id) then self:submit(kind, body) end end
  end
  if seen then self:after("alert", seen, deed("alert.ack", {})) end
  if acted then self:after("alert", acted, deed("alert.act", { act = "模拟处理" })) end
  if closed then self:after("alert", closed, deed("alert.done", { answer = "模拟" })) end
end

-- What came since it was last asked for.
local NEWS = {
  { "attempt", [[SELECT attempt.id AS i_id, attempt.channel, kind, audience, message.patient AS i_patient, question AS i_question,
      message.enrollment AS i_enrollment, question.form, question.department, question.opened_at AS i_opened FROM attempt
      JOIN message ON message.id=attempt.message LEFT JOIN question ON question.id=message.question
      WHERE attempt.id>?1 AND attempt.status IN ('accepted','delivered') ORDER BY attempt.id]], "hear" },
  { "task", [[SELECT id AS i_id, patient AS i_patient, enrollment AS i_enrollment, name, role, form, note, department,
      opened_at AS i_opened FROM task WHERE id>?1 AND status IN ('open','held') ORDER BY id]], "work" },
  { "alert", [[SELECT id AS i_id, patient AS i_patient, enrollment AS i_enrollment, name, level, opened_at AS i_opened FROM alert
      WHERE id>?1 ORDER BY id]], "react" },
}

local function collect(self)
  local news = self.core:news()
  if news == self.news then return end
  self.news = news
  for _, what in ipairs(NEWS) do
    for _, row in ipairs(self.core:query(what[2], self.seen[what[1]])) do
      self.seen[what[1]] = row.id
      self[what[3]](self, row)
    end
  end
end

-- Plays until this moment. progress(now) is called now and then.
function player:run(until_ms, progress)
  collect(self)
  while true do
    local at = self.agenda:next_at() or math.maxinteger
    if self.core:advance_to(math.min(at, until_ms), true) then
      collect(self)
    elseif at <= until_ms then
      self.agenda:take()()
      collect(self)
    else
      return
    end
    if progress then progress(self.core:now()) end
  end
end

player.DAY, player.HOUR = DAY, HOUR
return player
