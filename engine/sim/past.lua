-- A patient's past as the daemon tells it (GET /api/v1/patients/ID/history), made ready to be lived again: events as a
-- hospital's systems would post them, and for everything that comes up what came of it then.
local sim = require "afterward.sim"

local MINUTE = 60000
local WINDOW = 12 * 3600000 -- so far apart in time two askings are the same one at most
local past = { WINDOW = WINDOW }
past.__index = past

local LISTS = { procedure = "procedures", diagnosis = "diagnoses", drug = "drugs" }
local TOLD = { department = true, ward = true, leaving = true, code = true, name = true, when = true } -- the rest is the site's own

local function by_id(rows)
  local out = {}
  for _, row in ipairs(rows) do out[row.id] = row end
  return out
end

local function grouped(rows, key)
  local out = {}
  for _, row in ipairs(rows) do
    local name = row[key]
    if name then
      out[name] = out[name] or {}
      table.insert(out[name], row)
    end
  end
  return out
end

-- What the form asked when each answer was given: kinds of items by id.
local function add_items(history)
  local items = {}
  for _, form in ipairs(history.forms) do
    local set = {}
    for _, item in ipairs(form.items) do set[item.id] = item.kind end
    items[form.version .. form.form] = set
  end
  for _, answer in ipairs(history.answers) do answer.items = items[answer.version .. answer.form] end
end

-- heard: when each audience was first reached. asked: every moment at which it was put, the first may have been held.
local function add_questions(self, history)
  local questions = by_id(self.questions)
  for _, question in ipairs(self.questions) do question.heard, question.asked = {}, { question.opened_at } end
  for _, message in ipairs(history.messages) do
    local question = questions[message.question]
    if question and message.accepted_at then
      question.heard[message.audience] = question.heard[message.audience] or message.accepted_at
      if message.kind == "ask" then table.insert(question.asked, message.accepted_at) end
    end
  end
  for _, answer in ipairs(history.answers) do
    local question = questions[answer.question]
    if question then question.answer = answer end
  end
end

local function add_tasks(self, history)
  local calls, answers = grouped(history.calls, "task"), grouped(history.answers, "task")
  for _, task in ipairs(self.tasks) do
    task.calls, task.answer = calls[task.id] or {}, (answers[task.id] or {})[1]
  end
end

function past.new(history)
  local self = setmetatable({ history = history, zone = history.site.zone, used = {}, enrollments = history.enrollments,
    questions = history.questions, tasks = history.tasks, alerts = history.alerts }, past)
  for _, rows in ipairs { history.events, history.clinical } do
    for _, row in ipairs(rows) do row.stay = row.stay or false end
  end
  self.runs, self.enrollment_of = by_id(history.runs), by_id(history.enrollments)
  add_items(history)
  add_questions(self, history)
  add_tasks(self, history)
  return self
end

-- Events -------------------------------------------------------------------------------------------------------------------

-- The event of a stay that its first codes came with: its discharge, if there was one.
local function bearer_of(self, stay)
  local first
  for _, event in ipairs(self.history.events) do
    if event.stay == stay.id then
      if event.kind == "discharge" then return event end
      if event.kind == "admission" then first = first or event end
    end
  end
  return first
end

-- Somebody was enrolled when it came: what the pathway looks for was known by its name, if not by its code.
local function enrolled_at_once(self, bearer)
  for _, enrollment in ipairs(self.enrollments) do
    if bearer and math.abs(enrollment.enrolled_at - bearer.recorded_at) < MINUTE then return true end
  end
  return false
end

local function begins(late, item)
  return late and (late.event.body.code or "") == item.code and (late.event.body.name or "") == item.name
end

-- What came with the stay itself, and what each later event brought, which names its first.
local function split_codes(self, stay, kind)
  local first, late, at = {}, {}, 0
  for _, event in ipairs(self.history.events) do
    if event.stay == stay.id and event.kind == kind then late[#late + 1] = { event = event, items = {} } end
  end
  local by_name = enrolled_at_once(self, bearer_of(self, stay))
  for _, item in ipairs(self.history.clinical) do
    if item.stay == stay.id and item.kind == kind then
      local code, name = item.code ~= "" and item.code or nil, item.name ~= "" and item.name or nil
      if begins(late[at + 1], item) then at = at + 1 end
      table.insert(at > 0 and late[at].items or first, { code = code, name = name })
      if at > 0 and by_name and name then first[#first + 1] = { name = name } end
    end
  end
  -- A list that came again with its codes names none: names were known before.
  for i = at + 1, #late do
    for n, item in ipairs(first) do late[i].items[n] = { code = item.code, name = item.name } end
    for _, item in ipairs(first) do if item.name then item.code = nil end end
  end
  return first, late
end

local function codes_of(self)
  local with, of_stay = {}, {}
  for _, stay in ipairs { { id = false }, table.unpack(self.history.stays) } do
    of_stay[stay.id] = { stay = stay }
    for kind, list in pairs(LISTS) do
      local first, late = split_codes(self, stay, kind)
      of_stay[stay.id][list] = first
      for _, one in ipairs(late) do with[one.event] = { [list] = one.items } end
    end
  end
  return with, of_stay
end

local function site_data(body)
  local data = {}
  for key, value in pairs(body) do if not TOLD[key] then data[key] = value end end
  return next(data) and data or nil
end

local function stay_event(self, event, codes, of_stay)
  local known = of_stay[event.stay]
  local out = { kind = event.kind, visit = event.stay or nil, data = site_data(event.body), department = event.body.department,
    ward = event.body.ward, leaving = event.body.leaving }
  local lists = codes[event] or known and bearer_of(self, known.stay) == event and known
  for _, list in pairs(LISTS) do
    if lists and lists[list] and #lists[list] > 0 then out[list] = lists[list] end
  end
  if known then
    out.department = out.department or known.stay.department
    out.ward = out.ward or known.stay.ward
  end
  return out
end

-- An event says no booking's number. One that names the moment that a booking is at in the end was its last; the next of the
-- same department is another's.
local function booking_of(self, event)
  local department = event.body.department or ""
  local booking = self.bookings[department]
  if not booking or booking.is_last and event.kind == "appointment" then
    self.booked = (self.booked or 0) + 1
    booking = { id = "A" .. self.booked }
    self.bookings[department] = booking
  end
  for _, row in ipairs(self.history.appointments) do
    if event.kind == "appointment" and row.at == event.body.when and not row.taken then booking.is_last, row.taken = true, true end
  end
  return booking.id
end

local BOOKINGS = { appointment = "booked", ["appointment-cancelled"] = "cancelled", ["no-show"] = "no-show",
  ["appointment-delayed"] = "delayed", ["appointment-done"] = "done" }
local function booking(self, event)
  local body = event.body
  return { kind = "appointment", appointment = { id = booking_of(self, event), status = BOOKINGS[event.kind], department = body.department,
    by = body.by, minutes = body.minutes, at = body.when and sim.iso(body.when, self.zone) } }
end

-- Corrections and what was taken back are of one reading, as they were.
local function measured(self, event, taken_back)
  local body = event.body
  return { kind = "observation", observation = { code = body.code, unit = body.unit, value = body.value, text = body.text, low = body.low,
    high = body.high, flag = body.flag, device = body.device, reading = body.reading and "past-" .. body.reading,
    status = taken_back and "deleted" or body.corrects and "corrected" or nil, at = not taken_back and sim.iso(event.at, self.zone) or nil } }
end

local function as_posted(self, event, codes, of_stay)
  if event.kind:find "^observation:" then return not event.body.answer and measured(self, event) or nil end
  if event.kind == "observation-withdrawn" then return measured(self, event, true) end
  if BOOKINGS[event.kind] then return booking(self, event) end
  if event.kind == "reply" then return event.body.department == self.history.department and { kind = "reply", text = event.body.text } or nil end
  if event.kind == "death" or event.kind == "birth-loss" then return { kind = event.kind } end
  local of_a_stay = event.kind == "admission" or event.kind == "discharge" or event.kind == "transfer"
  if not of_a_stay and not codes[event] then return nil end
  return stay_event(self, event, codes, of_stay)
end

-- { at, event } each, in time order; nobody is named. Of kind "reply", with text: what somebody wrote back.
function past:events()
  self.bookings = {}
  local codes, of_stay = codes_of(self)
  local list = {}
  local function add(at, when, event)
    event.id, event.at, event.patient = ("past-%d"):format(#list + 1), sim.iso(when, self.zone), { mrn = "P" }
    list[#list + 1] = { at = at, event = event }
  end
  for _, event in ipairs(self.history.events) do
    local posted = as_posted(self, event, codes, of_stay)
    if posted then add(event.recorded_at, event.at, posted) end
  end
  for _, enrollment in ipairs(self.enrollments) do
    if enrollment.ended_reason == "discharge-cancelled" then
      add(enrollment.ended_at, enrollment.ended_at, { kind = "cancel-discharge" })
    end
  end
  table.sort(list, function(a, b)
    if a.at ~= b.at then return a.at < b.at end
    return tonumber(a.event.id:match "%d+") < tonumber(b.event.id:match "%d+")
  end)
  return list
end

-- When the earliest of those began that lived together with what began at this moment, or gave way to it.
function past:beginning(from)
  local earlier = true
  while earlier do
    earlier = false
    for _, one in ipairs(self.enrollments) do
      if one.enrolled_at < from and (one.ended_at or math.maxinteger) >= from then from, earlier = one.enrolled_at, true end
    end
  end
  return from
end

local function phones(n, count)
  local out = {}
  for i = 1, count do out[i] = ("139%03d%05d"):format(n, i) end
  return #out > 0 and out or nil
end

-- The patient, with numbers that are nobody's.
function past:patient()
  local p = self.history.patient
  local event = { mrn = "P", name = "患者", birth = p.birth, sex = p.sex, language = p.language, dialect = p.dialect,
    disclosure = p.disclosure, phones = phones(0, p.phones), contacts = {} }
  for _, contact in ipairs(self.history.contacts) do
    if not contact.self then
      table.insert(event.contacts, { name = "家属", relation = contact.relation ~= "self" and contact.relation or "other",
        proxy = contact.proxy or nil, phones = phones(contact.position, contact.phones) })
    end
  end
  if #event.contacts == 0 then event.contacts = nil end
  return event
end

function past.address(person, number) return phones(person, number)[number] end

-- What came of it ------------------------------------------------------------------------------------------------------

-- The nearest of those that fit and were not taken yet; far(row): how far in time; nil when none is near enough.
local function nearest(self, list, window, fits, far)
  local best, least = nil, window
  for _, row in ipairs(list) do
    local away = not self.used[row] and fits(row) and far(row) or math.huge
    if away <= least and (not best or away < least) then best, least = row, away end
  end
  if best then self.used[best] = true end
  return best
end

-- The enrollment of then that one of now is, which began at that moment.
function past:enrollment(pathway, at)
  return nearest(self, self.enrollments, WINDOW, function(row) return row.pathway == pathway end,
    function(row) return math.abs(row.enrolled_at - at) end)
end

-- enrollment: that of then, or nil. The same form, put within half a day of one of these moments.
function past:question(enrollment, form, moments)
  return nearest(self, self.questions, WINDOW, function(row) return row.form == form and row.enrollment == (enrollment and enrollment.id) end,
    function(row)
      local least = math.maxinteger
      for _, then_at in ipairs(row.asked) do
        for _, at in ipairs(moments) do least = math.min(least, math.abs(then_at - at)) end
      end
      return least
    end)
end

function past:task(enrollment, task)
  return nearest(self, self.tasks, WINDOW, function(row)
    return row.name == task.name and row.form == task.form and row.enrollment == (enrollment and enrollment.id)
  end, function(row) return math.abs(row.opened_at - task.opened) end)
end

-- However far: an alert that comes earlier is still that of the same rule.
function past:alert(enrollment, alert)
  return nearest(self, self.alerts, math.maxinteger,
    function(row) return row.name == alert.name and row.enrollment == (enrollment and enrollment.id) end,
    function(row) return math.abs(row.opened_at - alert.opened) end)
end

return past
