-- Patients and families with a phone: a text comes, and some of them, some time, answer by the page it leads to.
local http = require "http"
local browser = require "browser"
local clock = require "clock"
local rates = require "rates"

local patients = {}
local MINUTE, HOUR = 60000, 3600000

local function address_of(phone) -- each phone has an address of its own, behind the hospital's front machine
  local number = tonumber(phone:sub(-6)) or 0
  return ("10.%d.%d.%d"):format(number >> 16 & 255, number >> 8 & 255, number & 255)
end

-- The patient the text may be about, those first whose family name it calls.
local function candidates(self, message)
  local first, rest = {}, {}
  for _, person in ipairs(self.people.by_phone[message.mobile] or {}) do
    local surname = person.name:match(utf8.charpattern)
    table.insert(message.content:find(surname, 1, true) and first or rest, person)
  end
  return table.move(rest, 1, #rest, #first + 1, first)
end

local function births(self, persons, code)
  local out = {}
  for _, person in ipairs(persons) do out[#out + 1] = browser.birth_of(person) end
  if self.people:chance(0.04, code, "misread") then table.insert(out, 1, browser.somebody(self.people.seed, self.clock:now())) end
  return out
end

local function count(self, what) self.counts[what] = (self.counts[what] or 0) + 1 end

-- Whether a nurse wrote down an answer of one of them in the meantime: the page thanks for hers then, too.
local function raced(persons, since)
  for _, person in ipairs(persons) do
    if (person.nurse_writes or 0) > 0 or (person.nurse_wrote or 0) >= since then return true end
  end
end

local function note(self, person, code, what, seen, text)
  count(self, what)
  if what == "answered" then
    self.by_code[code] = true
    local advice = text:match "给您的建议 (.-) 您可以关掉" or text:match "紧急 (.-) 您可以关掉"
    self.tell("answer", person, advice and "填写完成，见到建议：" .. advice or "填写完成", advice and "answered, saw advice" or "answered")
  elseif what == "lost" then
    self.trouble(("page %s: %s"):format(code, seen))
  end
end

local function visit(self, person, persons, message, code, more)
  if self.stopping then return end
  local visit_ = {
    client = self.client, path = "/f/" .. code, address = address_of(message.mobile),
    births = births(self, persons, code), family = message.mobile ~= person.phone,
    answer = function(item) return self.people:value(person, code, item, self.clock:now()) end,
    wait = function(what) http.sleep(self.clock:real(what == "door" and MINUTE or 20000)) end,
  }
  for key, value in pairs(more) do visit_[key] = value end
  while self.at_page[code] do http.sleep(20) end -- one phone, or one family: not two at once
  self.open, self.at_page[code] = self.open + 1, true
  local since = clock.steady_ms()
  local what, seen, text = browser.walk(visit_)
  self.open, self.at_page[code] = self.open - 1, nil
  if what == "answered" then
    local which = raced(persons, since) and "raced" or "answers"
    self[which] = self[which] + 1
  end
  note(self, person, code, what, seen, text)
  return what
end

local function answer(self, person, persons, message, code, again)
  local delay = self.people:delay_ms(person, code, again and "reminded" or "first")
  http.sleep(self.clock:real(delay))
  local key = code .. (again and "again" or "")
  local more = { twice = self.people:chance(0.03, key, "twice") }
  if self.people:chance(0.05, key, "half way") then
    if visit(self, person, persons, message, code, { stop_after = 1 }) ~= "left" then return end
    self.tell("pause", person, "填了一半，稍后再填", "left half-way")
    http.sleep(self.clock:real(rates.lognormal(3 * HOUR, 0.5, self.people.seed, key, "back")))
  end
  visit(self, person, persons, message, code, more)
end

local function shown(text) return (text:gsub("http%S+%s*", "…"):gsub("（非实时.*$", "")) end

-- A text arrived: { mobile, content }; it may ask several things, each with its link.
function patients.receive(self, message)
  count(self, "texts")
  local persons = candidates(self, message)
  local person = persons[1]
  if message.content:find("【预警】", 1, true) then
    self.tell("page", nil, message.content, "page to staff")
    return
  end
  local again = message.content:find "还没有收到" ~= nil
  if person then self.tell(again and "remind" or "text", person, shown(message.content), again and "reminder" or "text") end
  if not person or self.stopping then return end
  for code in message.content:gmatch "/f/(%d+)" do
    if self.by_code[code] == nil and self.people:answers(person, code, again, self.clock:now()) then
      http.go(answer, self, person, persons, message, code, again)
    end
  end
end

-- given: client, clock, people, tell, trouble.
function patients.start(given)
  return setmetatable({ counts = {}, by_code = {}, at_page = {}, open = 0, answers = 0, raced = 0 }, { __index = given })
end

return patients
