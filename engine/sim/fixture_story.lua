-- What a spec tells of a patient's past: what is done and what is to be seen then, in the order of time, to the minute.
local sim = require "afterward.sim"

local story = {}

local MINUTE, DAY = 60000, 86400000
local SEE, DO = 0, 1 -- of one minute, what is to be seen comes first
local WORD = "……" -- in the place of what somebody wrote

-- Moved in time as a whole: history is changed.
function story.shift(history, ms)
  local function move(row)
    for key, value in pairs(row) do
      if type(value) == "table" then move(value)
      elseif math.type(value) == "integer" and (key == "at" or key == "when" or key:find "_at$") then row[key] = value + ms end
    end
  end
  for _, rows in pairs(history) do
    if type(rows) == "table" and rows[1] then
      for _, row in ipairs(rows) do move(row) end
    end
  end
  history.now = history.now + ms
end

local function floor(at) return at // MINUTE * MINUTE end

local function add(self, at, rank, op)
  op.at, op.rank, op.order = at, rank, #self.ops + 1
  self.ops[#self.ops + 1] = op
end
local function see(self, at, op) add(self, floor(at) + MINUTE, SEE, op) end
local function act(self, at, op) add(self, floor(at), DO, op) end

local function is_near(at, other) return not at or math.abs(at - other) < MINUTE end

-- Nothing that somebody wrote, unless it is to be kept; dates move with everything else.
local function without_text(self, values, kinds)
  local out = {}
  for key, value in pairs(values) do
    local kind = kinds and kinds[key] or "text"
    if kind == "photo" then
      out[key] = "photo"
    elseif kind == "date" then
      out[key] = sim.iso(sim.parse_time(value, "UTC") + self.moved // DAY * DAY, "UTC"):sub(1, 10)
    elseif type(value) == "string" and kind == "text" and not self.keep_text then
      out[key] = WORD
    else
      out[key] = value
    end
  end
  return out
end

-- From the stay on that led to the enrollment: earlier ones would enroll anew.
local function is_told(self, item, begun, visit)
  return item.at >= begun or item.event.visit and item.event.visit == visit
end

local function enrolling(self, events)
  local from = self.past:beginning(self.enrollment.enrolled_at)
  local begun, visit = from, nil
  for _, item in ipairs(events) do
    if item.at <= from then begun, visit = item.at, item.event.visit or visit end
  end
  return begun, visit
end

local function add_events(self)
  local events = self.past:events()
  local begun, visit = enrolling(self, events)
  for _, item in ipairs(events) do
    local event = item.event
    if event.kind == "reply" and item.at >= begun and item.at <= self.till then
      act(self, item.at, { what = "reply", text = self.keep_text and event.text or WORD })
    elseif event.kind ~= "reply" and is_told(self, item, begun, visit) and item.at <= self.till then
      self.start = math.min(self.start or item.at, item.at)
      local when = sim.parse_time(event.at, self.past.zone)
      local op = { what = "event", kind = event.kind, on = not is_near(when, item.at) and sim.iso(when, self.past.zone):sub(1, 16) or nil,
        fields = { department = event.department, ward = event.ward, leaving = event.leaving, procedures = event.procedures,
          diagnoses = event.diagnoses, drugs = event.drugs, data = event.data and without_text(self, event.data) or nil,
          appointment = event.appointment }, observation = event.observation }
      act(self, item.at, op)
    end
  end
end

local function add_answers(self)
  for _, question in ipairs(self.past.questions) do
    local answer = question.answer
    if answer and (answer.by == "patient" or answer.by == "family") and answer.at <= self.till and question.opened_at >= self.start then
      act(self, answer.at, { what = "answer", form = question.form, values = without_text(self, answer.values, answer.items),
        by = answer.by == "family" and "family" or nil })
    end
  end
end

local function add_messages(self)
  local count = {}
  for _, m in ipairs(self.past.history.messages) do
    if m.accepted_at and m.accepted_at >= self.start and m.accepted_at <= self.till then self.sent[#self.sent + 1] = m end
  end
  table.sort(self.sent, function(a, b) return a.accepted_at < b.accepted_at end)
  for _, m in ipairs(self.sent) do
    local key = m.name .. "\0" .. m.audience
    count[key] = (count[key] or 0) + 1
    see(self, m.accepted_at, { what = "sent", name = m.name, to = m.audience, count = count[key] })
  end
end

local function add_task(self, task)
  local at_once = task.closed_at and task.closed_at < floor(task.opened_at) + MINUTE
  local seen = at_once and act or see                      -- done within its minute, it is seen before
  seen(self, task.opened_at, { what = "task", name = task.name, role = task.role })
  for _, call in ipairs(task.calls) do
    if call.at <= self.till and (task.status ~= "done" or call.at < task.closed_at) then
      act(self, call.at, { what = "try", name = task.name, code = call.code })
    end
  end
  if not task.closed_at or task.closed_at > self.till then return end
  if task.status == "done" then
    act(self, task.closed_at, { what = "done", name = task.name, code = task.code,
      values = task.answer and without_text(self, task.answer.values, task.answer.items) or nil })
  else
    see(self, task.closed_at, { what = "gone", name = task.name })
  end
end

local function add_alert(self, alert)
  see(self, alert.opened_at, { what = "alert", name = alert.name, level = alert.level })
  for _, deed in ipairs { { "ack", alert.acknowledged_at }, { "act", alert.acted_at }, { "done", alert.closed_at } } do
    local same = deed[1] ~= "done" and alert.closed_at and is_near(deed[2], alert.closed_at)
    if deed[2] and deed[2] <= self.till and not same then
      act(self, deed[2], { what = "deed", name = alert.name, deed = deed[1], text = deed[1] == "act" and WORD or nil })
    end
  end
end

local function add_work(self)
  for _, task in ipairs(self.past.tasks) do
    if task.opened_at >= self.start and task.opened_at <= self.till then add_task(self, task) end
  end
  for _, alert in ipairs(self.past.alerts) do
    if alert.opened_at >= self.start and alert.opened_at <= self.till then add_alert(self, alert) end
  end
end

-- A minute before each occurrence of the run's step, it is the next of the plan.
local function add_plan(self)
  for _, run in ipairs(self.past.history.runs) do
    if run.enrollment == self.enrollment.id and run.kind == "step" and run.name == self.run.name and run.scheduled_at <= self.run.scheduled_at
      and run.scheduled_at - 2 * MINUTE > self.enrollment.enrolled_at and is_near(run.scheduled_at, run.started_at) then
      add(self, floor(run.scheduled_at) - MINUTE, SEE, { what = "planned", step = run.name, due = run.scheduled_at })
    end
  end
end

-- The patient's own number: bad until its next try, if that failed.
local function add_numbers(self)
  local since, bad = self.start, false
  for _, attempt in ipairs(self.past.history.attempts) do
    if attempt.self and attempt.channel == "sms" and attempt.started_at >= self.start and attempt.started_at <= self.till then
      local fails = attempt.status == "failed"
      if fails ~= bad then act(self, since, { what = "number", bad = fails }) end
      bad, since = fails, attempt.started_at + MINUTE
    end
  end
  for _, contact in ipairs(self.past.history.contacts) do
    local at = contact.opted_out_at
    if contact.self and at and at >= self.start and at <= self.till then act(self, at, { what = "opt-out" }) end
  end
end

-- o: past, run (of the history), enrollment, till, moved (ms), keep_text. Gives { start, till, ops, sent, … }.
function story.of(o)
  local self = { past = o.past, run = o.run, enrollment = o.enrollment, till = o.till, moved = o.moved, keep_text = o.keep_text, ops = {},
    sent = {}, pathway = o.enrollment.pathway }
  add_events(self)
  add_plan(self)
  add_messages(self)
  add_answers(self)
  add_work(self)
  add_numbers(self)
  table.sort(self.ops, function(a, b)
    if a.at ~= b.at then return a.at < b.at end
    if a.rank ~= b.rank then return a.rank < b.rank end
    return a.order < b.order
  end)
  return self
end

return story
