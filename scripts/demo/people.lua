-- The people of the list: who they are, how they are, and what they would answer. Everything drawn depends on the
-- seed, the person and the question alone.
local csv = require "csv"
local clock = require "clock"
local rates = require "rates"

local people = {}
local DAY, WEEK = 86400000, 7 * 86400000
local GOOD = { no = true, none = true, dry = true, normal = true, good = true, fine = true, well = true, same = true,
               ok = true, all = true, better = true, continue = true, free = true, street = true, light = true, far = true }
local USUAL = { days = { 0, 7 }, bend = { 70, 125 } } -- numbers whose range the page does not show

local function mask(name)
  local letters = {}
  for _, code in utf8.codes(name) do letters[#letters + 1] = utf8.char(code) end
  if #letters < 2 then return name end
  return letters[1] .. "*" .. (#letters > 2 and letters[#letters] or "")
end

local function person_of(row)
  return { mrn = row["病案号"], name = row["姓名"], shown = mask(row["姓名"]), birth = row["出生日期"],
           phone = row["手机号"], family_phone = row["联系人电话"], discharged = clock.parse(row["出院时间"]) }
end

-- by_mrn, by_phone (lists: numbers are shared).
function people.load(folder, seed, now)
  local self = { by_mrn = {}, by_phone = {}, list = {}, seed = seed, rates = rates.load(folder .. "/population.csv") }
  for _, row in ipairs(csv.read(folder .. "/discharges.csv", "GB18030")) do
    local person = person_of(row)
    if not self.by_mrn[person.mrn] then
      person.age = (now - clock.parse(person.birth)) / (365.25 * DAY)
      self.by_mrn[person.mrn] = person
      self.list[#self.list + 1] = person
    end
    people.add_phone(self, self.by_mrn[person.mrn], person.phone)
    people.add_phone(self, self.by_mrn[person.mrn], person.family_phone)
  end
  return setmetatable(self, { __index = people })
end

function people:add_phone(person, phone)
  phone = phone:gsub("%D", "")
  if phone == "" then return end
  local list = self.by_phone[phone] or {}
  self.by_phone[phone] = list
  for _, known in ipairs(list) do
    if known == person then return end
  end
  list[#list + 1] = person
end

function people:chance(probability, ...) return rates.chance(probability, self.seed, ...) end
function people:rate(key) return assert(self.rates[key], key) end

local function week_of(person, now) return math.max(0, (now - person.discharged) / WEEK) end

-- Whether a person answers a text by way of the code in it.
function people:answers(person, code, again, now)
  local gain = self:rate "answer/reminder_gain_of_silent"[2]
  if again then return self:chance(gain, person.mrn, code, "reminded") end
  local rate = rates.by_age(self:rate "answer/sms_code_lt60/60-74/75plus", person.age)
  local decay = self:rate "answer/decay_per_week"[1] ^ week_of(person, now)
  return self:chance(rate * decay, person.mrn, code, "answers")
end

function people:delay_ms(person, code, what)
  local delay = self:rate "delay/sms_code"
  return rates.lognormal(delay[1], delay[2], self.seed, person.mrn, code, what) * 60000
end

local function number_in(item, least, most)
  local value = math.max(item.min or least, math.min(item.max or most, most))
  return value
end

local function temperature(self, person, key, week)
  local hot = week < 1 and self:chance(self:rate "clinical/fever_week1"[1], key, "fever")
  local value = hot and 38.5 + rates.draw(self.seed, key, "t") * 1.2 or 36.2 + rates.draw(self.seed, key, "t") * 0.9
  return ("%.1f"):format(value)
end

local function pain(self, key, week, item)
  local rate = self:rate "clinical/pain_7plus"
  local share = rate[1] + (rate[3] - rate[1]) * math.min(1, week / 3)
  if self:chance(share, key, "pain") then return math.min(item.max or 10, 8) end
  return math.max(item.min or 0, math.floor(rates.normal(4 - week * 0.6, 1.2, self.seed, key)))
end

-- A person weighs about as much as yesterday; a few hold water and gain day by day.
local function weight(self, person, item, now)
  local base = rates.normal(66, 9, self.seed, person.mrn, "weight")
  local wet = self:chance(self:rate "clinical/yellow_per_answer"[1], person.mrn, "wet")
  local gain = wet and 0.8 * ((now - person.discharged) / DAY % 9) or rates.normal(0, 0.25, self.seed, person.mrn, clock.day(now))
  return ("%.1f"):format(number_in(item, 35, base + gain))
end

local function good_option(options)
  for _, option in ipairs(options) do
    if GOOD[option] then return option end
  end
  return options[1]
end

local function choose(self, key, options)
  local red, yellow = self:rate "clinical/red_per_answer"[1], self:rate "clinical/yellow_per_answer"[1]
  local drawn = rates.draw(self.seed, key, "choice")
  if drawn < red then return options[#options] end
  if drawn < red + yellow then return options[math.min(2, #options)] end
  return good_option(options)
end

local function yes_or_no(self, key, id)
  local wanted = id:find "took" or id:find "taken" or id:find "book" or id:find "done" or id:find "spoke" or id:find "walk"
  if wanted then return self:chance(0.85, key) end
  return self:chance(self:rate "clinical/red_per_answer"[1] * 2, key)
end

-- What somebody says to an item { id, kind, options, min, max } at this time; nil: nothing. Kinds are those of forms.
function people:value(person, question, item, now)
  local key, week, id = person.mrn .. question .. item.id, week_of(person, now), item.id
  if item.kind == "photo" then return nil end
  if item.kind == "yesno" then return yes_or_no(self, key, id) end
  if item.kind == "choice" then return choose(self, key, item.options) end
  if item.kind == "date" then return clock.day(now) end
  if item.kind == "text" then return item.required and "都好" or nil end
  if id:find "temp" then return temperature(self, person, key, week) end
  if id:find "pain" then return pain(self, key, week, item) end
  if id:find "weight" then return weight(self, person, item, now) end
  local usual = USUAL[id] or { item.min or 0, item.max or 10 }
  local low, high = usual[1], usual[2]
  local middle = (low + high) / 2 + (high - low) * 0.12 * rates.normal(0, 1, self.seed, key)
  return math.floor(math.max(low, math.min(high, middle)))
end

return people
