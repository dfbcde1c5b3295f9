-- Nurses who work the list and doctors who answer alerts, through the API alone.
local http = require "http"
local json = require "json"
local clock = require "clock"
local rates = require "rates"
local calls = require "calls"

local staff = {}
local MINUTE, HOUR = 60000, 3600000

local function ask(self, method, path, body, key)
  if self.stopping then return 0, {} end
  local headers = { Authorization = "Bearer " .. self.token }
  if body then headers["Content-Type"] = "application/json" end
  if key then headers["Idempotency-Key"] = key end
  self.open = self.open + 1
  local status, text = self.client:ask(method, "/api/v1/" .. path, headers, body and json.encode(body))
  self.open = self.open - 1
  local answer = status and json.decode(text)
  if not status or status >= 500 then self.trouble(("%s %s: %s %s"):format(method, path, status, text)) end
  return status, answer or {}
end

-- Whose chart it is: looked up once a patient.
local function person_of(self, patient)
  if not patient then return nil end
  local known = self.charts[patient]
  if known ~= nil then return known or nil end
  local _, chart = ask(self, "GET", "patients/" .. patient)
  self.charts[patient] = false
  for _, numbers in ipairs(chart.numbers or {}) do
    for _, identity in ipairs(numbers.identities) do
      local person = identity.kind == "mrn" and self.people.by_mrn[identity.value]
      if person then self.charts[patient] = person end
    end
  end
  return self.charts[patient] or nil
end

local function form_items(self, department, form)
  local path = "forms/" .. department .. "/" .. form
  if not self.forms[path] then
    local _, answer = ask(self, "GET", path)
    self.forms[path] = answer.form and answer.form.items or {}
  end
  return self.forms[path]
end

local function fill_in(self, person, task)
  local values, count = {}, 0
  for _, item in ipairs(form_items(self, task.department, task.form)) do
    local options = {}
    for _, option in ipairs(item.options or {}) do options[#options + 1] = option.value or option[1] end
    local value = self.people:value(person, task.id, { id = item.id, kind = item.kind, options = options,
      min = item.min, max = item.max, required = not item.optional }, self.clock:now())
    if item.many then value = { value } end
    if value ~= nil then values[item.id], count = value, count + 1 end
  end
  return count > 0 and values or nil
end

local ANSWERED = { done = true, proxy = true }

local function finish(self, task, person, code)
  local body = { code = code, note = "演示" }
  if ANSWERED[code] and task.form then body.answer = fill_in(self, person, task) end
  if code == "language" then body.note = "需要会方言的同事" end
  person.nurse_writes = (person.nurse_writes or 0) + (body.answer and 1 or 0)
  local status, answer = ask(self, "POST", "tasks/" .. task.id .. "/done", body, task.id .. code .. task.revision)
  if body.answer then person.nurse_writes, person.nurse_wrote = person.nurse_writes - 1, clock.steady_ms() end
  if status == 200 then
    self.counts.done = self.counts.done + 1
    self.counts.answered = self.counts.answered + (body.answer and 1 or 0)
    self.tell("call", person, ("%s: %s"):format(task.name, self.words[code] or code), "call " .. code)
  elseif status ~= 409 and status ~= 0 then -- 409: the patient answered meanwhile
    self.trouble(("task %s %s: %s %s"):format(task.name, code, status, answer.detail))
  end
end

local function work(self, task)
  local person = person_of(self, task.patient)
  local status = ask(self, "POST", "tasks/" .. task.id .. "/claim", nil, "claim" .. task.id .. task.revision)
  local code = "done"
  if status == 200 then
    local begun = self.clock:now()
    if person and task.name ~= "condolence" then code = calls.ring(self, person, task) end
    http.sleep(self.clock:real(self.people:rate "call/minutes"[1] * MINUTE))
    if code == "language" and task.note and task.note:find "dialect" then code = "done" end -- a colleague speaks it
    if code then finish(self, task, person or self.people.list[1], code) end
    self.minutes = self.minutes + (self.clock:now() - begun) / MINUTE
  end
  self.busy[task.id] = nil
end

local function all_of(self, what)
  local items, cursor = {}, ""
  for _ = 1, 50 do
    local _, page = ask(self, "GET", what .. (what:find "?" and "&" or "?") .. "limit=200" .. cursor)
    for _, item in ipairs(page.items or {}) do items[#items + 1] = item end
    if not page.next then break end
    cursor = "&after=" .. page.next
  end
  return items
end

local function at_work(now)
  local hour = clock.hour(now)
  return hour >= 8 and hour < 12 or hour >= 14 and hour < 20
end

-- So many calls a day as the nurses can make; the soonest due first.
local function work_the_list(self)
  local today = clock.day(self.clock:now())
  local most = self.nurses * self.people:rate "call/finished_calls_per_nurse_day"[1]
  if today ~= self.today then self.today, self.left = today, most end
  local tasks = all_of(self, "tasks")
  table.sort(tasks, function(a, b) return (a.due_at or "9") < (b.due_at or "9") end)
  for _, task in ipairs(tasks) do
    if self.left <= 0 then break end
    if task.status == "open" and not task.claimed_by and not self.busy[task.id] then
      self.busy[task.id] = true
      self.left = self.left - 1
      http.go(work, self, task)
    end
  end
end

local function answer_alert(self, alert)
  local person = person_of(self, alert.patient)
  local seconds = rates.lognormal(6 * MINUTE, 0.8, self.people.seed, alert.id, "ack")
  http.sleep(self.clock:real(seconds))
  if ask(self, "POST", "alerts/" .. alert.id .. "/ack", {}, "ack" .. alert.id) == 200 then
    self.counts.acks = self.counts.acks + 1
    self.tell("ack", person, ("%s (%s)"):format(alert.name, alert.level), "alert acknowledged")
  end
  http.sleep(self.clock:real(rates.lognormal(40 * MINUTE, 0.6, self.people.seed, alert.id, "act")))
  ask(self, "POST", "alerts/" .. alert.id .. "/act", { act = "已电话联系患者并处理" }, "act" .. alert.id)
  http.sleep(self.clock:real(rates.lognormal(8 * HOUR, 0.6, self.people.seed, alert.id, "close")))
  ask(self, "POST", "alerts/" .. alert.id .. "/done", { answer = "已处理" }, "done" .. alert.id)
  self.busy[alert.id] = nil
end

local function answer_alerts(self)
  for _, alert in ipairs(all_of(self, "alerts?status=open")) do
    if not self.busy[alert.id] then
      self.busy[alert.id] = true
      http.go(answer_alert, self, alert)
    end
  end
end

-- given: client, token, clock, people, nurses, words, tell(kind, person, zh, en), trouble(text).
function staff.start(given)
  local self = setmetatable({ charts = {}, forms = {}, busy = {}, minutes = 0, left = 0, open = 0,
    counts = { calls = 0, done = 0, answered = 0, acks = 0 } }, { __index = given })
  self.words = {}
  http.go(function()
    local _, codes = ask(self, "GET", "codes")
    for _, code in ipairs(codes.items or {}) do self.words[code.code] = code.zh end
    while not self.stopping do
      answer_alerts(self)
      if at_work(self.clock:now()) then work_the_list(self) end
      http.sleep(math.max(20, self.clock:real(HOUR)))
    end
  end)
  return self
end

return staff
