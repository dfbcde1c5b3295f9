-- The people of the list: who they are, and what they would answer (model.lua).
local csv = require "csv"
local clock = require "clock"
local rates = require "rates"
local model = require "model"

local people = {}
local DAY = 86400000

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
  local file = assert(io.open(folder .. "/population.csv"))
  local self = { by_mrn = {}, by_phone = {}, list = {}, seed = seed, model = model(rates.parse(file:read "a"), seed) }
  file:close()
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

-- Whether nobody is behind this number.
function people:is_unusable(phone)
  return rates.chance(self:rate "contact/first_number_unusable_at_discharge"[1], self.seed, phone, "unusable")
end

function people:chance(probability, ...) return rates.chance(probability, self.seed, ...) end
function people:rate(key) return self.model.rate(key) end

-- How the model knows somebody: who, how old, and how many days at home.
local function known(person, now)
  return { key = person.mrn, age = person.age, day = math.max(0, (now - person.discharged) / DAY) }
end

-- Whether a person answers a text by way of the code in it.
function people:answers(person, code, again, now) return self.model.answers(known(person, now), code, again, "sms") end

function people:delay_ms(person, code, what)
  return self.model.delay(known(person, person.discharged), code, what, "sms") * 60000
end

-- What somebody says to an item { id, kind, options, min, max } at this time; nil: nothing. Kinds are those of forms.
function people:value(person, question, item, now)
  return self.model.value(known(person, now), question, item, clock.day(now))
end

return people
