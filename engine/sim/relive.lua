-- Plays a patient's past through other scripts: events come when they came; what is asked as it was asked then is answered
-- as it was then, after as long; tasks and alerts likewise. What was never asked is kept as unanswerable, and stays silent.
local sim = require "afterward.sim"
local player = require "player"

local relive = setmetatable({}, { __index = player })
relive.__index = relive

local DAY = 86400000
local WORDS = { accepted = "accept", delivered = "accept", failed = "fail", retry = "retry", delayed = "delay", config = "config",
  in_doubt = "ambiguous" }

local function unanswerable(self, what)
  what.at = self.core:now()
  table.insert(self.unanswered, what)
end

-- The enrollment of then that a row of now belongs to.
function relive:enrollment_then(id)
  if not id then return nil end
  local known = self.mapped[id]
  if known == nil then
    local row = self.core:query("SELECT pathway, enrolled_at AS i_at FROM enrollment WHERE id=?1", id)[1]
    known = self.past:enrollment(row.pathway, row.at) or false
    self.mapped[id] = known
  end
  return known or nil
end

-- Questions ----------------------------------------------------------------------------------------------------------------

-- An answer's values as the form of now takes them: items that it no longer has are left out, those that it has anew are told.
local function values_of(self, row, answer)
  local values = {}
  for _, item in ipairs(self:items(row.department, row.form)) do
    local value = answer.values[item.id]
    if not answer.items[item.id] then
      unanswerable(self, { what = "item", name = row.form .. "." .. item.id, enrollment = row.enrollment, why = "item" })
    elseif value ~= nil and item.kind == "photo" and row.question then
      value = ("photo%011d"):format(row.question)
      self:submit("photo.keep", { question = row.question, photos = { { id = value, item = item.id, kind = "jpeg", bytes = 1,
        sha256 = ("0"):rep(64) } } })
    end
    values[item.id] = value
  end
  return values
end

local function answer(self, row, question)
  local reply = self:submit("answer", { question = row.question, values = values_of(self, row, question.answer),
    by_kind = question.answer.by })
  question.given = true
  if reply.status ~= 200 then
    unanswerable(self, { what = "ask", name = row.form, enrollment = row.enrollment, why = "refused", detail = reply.detail })
  end
end

-- What was heard then by those who are asked now; whoever answered was asked on that way, or on the patient's.
local function heard_by(question, audience)
  local by = question.answer and question.answer.by
  if by ~= "family" or audience == "family" or not question.heard.family then return question.heard[audience] end
end

-- The question of then that a message of now puts. One that stays open is put again under the same number: then it may
-- have been answered in between, and the next is meant.
local function question_then(self, row)
  local known = self.asked_then[row.question]
  if known == nil or row.kind == "ask" and (not known or known.given) then
    local moments = { self.core:now(), known == nil and row.opened or nil }
    known = self.past:question(self:enrollment_then(row.enrollment), row.form, moments) or false
    self.asked_then[row.question] = known
    if not known then unanswerable(self, { what = "ask", name = row.form, enrollment = row.enrollment, why = "never" }) end
  end
  return known or nil
end

local function was_heard(self, question, row)
  if question.heard[row.audience] then return true end
  if not question.told then
    unanswerable(self, { what = "ask", name = row.form, enrollment = row.enrollment, why = next(question.heard) and "person" or "unheard" })
  end
  question.told = true
end

function relive:hear(row)
  local question = row.question and question_then(self, row)
  if not question or question.spent or not was_heard(self, question, row) then return end
  local heard = heard_by(question, row.audience)
  if not heard or not question.answer or question.answer.by == "staff" or question.answer.by == "device" then return end
  question.spent = true
  self.agenda:add(self.core:now() + math.max(0, question.answer.at - heard), function() answer(self, row, question) end)
end

-- Tasks and alerts -----------------------------------------------------------------------------------------------------------

-- What came of a task: every call, and its end. later: when the next was agreed on.
local function results(task)
  local list = {}
  for _, call in ipairs(task.calls) do
    if task.status ~= "done" or call.at < task.closed_at then list[#list + 1] = { at = call.at, code = call.code } end
  end
  if task.status == "done" then list[#list + 1] = { at = task.closed_at, code = task.code, last = true } end
  for i, call in ipairs(list) do call.later = not call.last and (list[i + 1] and list[i + 1].at - call.at or DAY) or nil end
  return list
end

local function finish(self, row, task, call)
  if not self:is_open("task", row.id) then return end
  local values = call.last and task.answer and row.form and values_of(self, row, task.answer) or nil
  local reply = self:submit("task.done", { task = row.id, staff = "sim", to = row.role, code = call.code, answer = values, note = "模拟",
    at = call.later and self.core:now() + call.later })
  if reply.status ~= 200 then
    self.unknown_tasks[row.id] = true
    unanswerable(self, { what = "task", name = row.name, enrollment = row.enrollment, why = "refused", detail = reply.detail })
  end
end

function relive:work(row)
  local task = self.past:task(self:enrollment_then(row.enrollment), row)
  if not task then
    self.unknown_tasks[row.id] = true
    unanswerable(self, { what = "task", name = row.name, enrollment = row.enrollment, why = "never" })
    return
  end
  for _, call in ipairs(results(task)) do
    self.agenda:add(row.opened + call.at - task.opened_at, function() finish(self, row, task, call) end)
  end
end

-- One that nobody had then is seen at once and closed after a day: until then the same joins it.
local STRANGE = { { "alert.act", 0 }, { "alert.done", DAY } }

local function deeds_of(alert)
  if not alert then return STRANGE end
  local list = {}
  for _, deed in ipairs { { "alert.ack", alert.acknowledged_at }, { "alert.act", alert.acted_at }, { "alert.done", alert.closed_at } } do
    if deed[2] then list[#list + 1] = { deed[1], deed[2] - alert.opened_at } end
  end
  return list
end

function relive:react(row)
  local alert = self.past:alert(self:enrollment_then(row.enrollment), row)
  for _, deed in ipairs(deeds_of(alert)) do
    self.agenda:add(row.opened + deed[2], function()
      if not self:is_open("alert", row.id) then return end
      self:submit(deed[1], { alert = row.id, staff = "sim", act = deed[1] == "alert.act" and "模拟处理" or nil,
        answer = deed[1] == "alert.done" and "模拟" or nil })
    end)
  end
end

-- The world ------------------------------------------------------------------------------------------------------------------

-- A number is good or bad until its next try as it was at that.
local function set_channels(self)
  local before = {}
  for _, attempt in ipairs(self.past.history.attempts) do
    local word = WORDS[attempt.status]
    if word and attempt.number then
      local address = self.past.address(attempt.self and 0 or attempt.contact or 0, attempt.number)
      local key = attempt.channel .. address
      self.agenda:add(before[key] or 0, function() self.core:channel(attempt.channel, word, address) end)
      before[key] = attempt.started_at + 1
    end
  end
end

local function contact_numbers(self)
  return self.core:query [[SELECT person AS i_person, person=patient AS i_self, position AS i_position FROM contact]]
end

local function opt_out(self, contact)
  for _, row in ipairs(contact_numbers(self)) do
    if row.self == 1 and contact.self or row.self == 0 and not contact.self and row.position == contact.position then
      self:submit("opt-out", { patient = self.number, person = row.person, by = "patient" })
    end
  end
end

-- Who wrote it is not told: taken for the patient, or the first contact that has a number.
local function reply(self, event)
  local history, person = self.past.history, 0
  for _, contact in ipairs(history.contacts) do
    if history.patient.phones == 0 and person == 0 and contact.phones > 0 then person = contact.position end
  end
  if person == 0 and history.patient.phones == 0 then return end
  self:submit("inbound", { channel = "sms", items = { { id = event.id, from = self.past.address(person, 1), text = event.text } } })
end

local function site_of(history)
  local site = { mass_limit = 1000000 }
  for _, key in ipairs { "quiet_hours", "contact_windows", "via", "festivals", "overdue_role", "budget_day", "budget_week" } do
    site[key] = history.site[key]
  end
  return site
end

-- past: made ready (past.lua). from: when the first enrollment that is looked at began; scripts are there from the event on
-- that brought it about. o: scripts (folder), department, known (they were looked through before).
function relive.new(past, from, o)
  local begun, events = nil, past:events()
  local born = events[1] and events[1].at or from
  local self = player.new { at = born - DAY, zone = past.zone, site = site_of(past.history) }
  setmetatable(self, relive)
  self.past, self.unanswered, self.mapped, self.asked_then, self.unknown_tasks = past, {}, {}, {}, {}
  from = past:beginning(from)
  for _, item in ipairs(events) do
    if item.at <= from and item.at > (begun or 0) then begun = item.at end
    if item.event.kind == "reply" then
      self.agenda:add(item.at, function() reply(self, item.event) end)
    else
      self:expect(item.at, item.event)
    end
  end
  set_channels(self)
  local patient = past:patient()
  self.core:event { id = "past-patient", kind = "patient", at = sim.iso(born - DAY, past.zone), patient = patient,
    stays = past.history.patient.stays }
  self.number = self.core:query("SELECT id AS i_id FROM patient")[1].id
  for _, contact in ipairs(past.history.contacts) do
    if contact.opted_out_at then self.agenda:add(contact.opted_out_at, function() opt_out(self, contact) end) end
  end
  self:run((begun or from) - 1)
  self:load(o.scripts, o.department, o.known)
  return self
end

-- What could not be answered in one enrollment of now.
function relive:unanswered_of(id)
  local out = {}
  for _, what in ipairs(self.unanswered) do
    if what.enrollment == id then out[#out + 1] = what end
  end
  return out
end

-- Until it is over for everybody, at the latest until this moment.
function relive:play(till, latest)
  self:run(math.min(till, latest))
  while self.core:now() < latest and self.core:query("SELECT count(*) AS i_n FROM enrollment WHERE status<>'ended'")[1].n > 0 do
    self:run(math.min(self.core:now() + DAY, latest))
  end
end

return relive
