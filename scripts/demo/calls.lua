-- What comes of a telephone call, at the rates of population.csv.
local http = require "http"
local clock = require "clock"
local rates = require "rates"

local calls = {}
local MINUTE, HOUR = 60000, 3600000

local function hour_factor(self, now)
  local hour, weekend = clock.hour(now)
  local text = self.people:rate "call/hour_factor".text
  local slot = hour >= 12 and hour < 14 and "12%-14" or hour >= 18.5 and hour < 20 and "18:30%-20" or nil
  local factor = slot and tonumber(text:match(slot .. " ([%d.]+)")) or 1
  return weekend and factor * tonumber(text:match "weekend ([%d.]+)") or factor
end

local function unanswered(self, key)
  local share = self.people:rate "call/of_unanswered"
  return rates.pick({ { "no-answer", share[1] }, { "busy", share[2] }, { "off", share[3] }, { "void", share[4] } },
    self.people.seed, key, "unanswered")
end

local function connected(self, person, key)
  local share = self.people:rate "call/of_connected"
  local dialect = person.age >= 70 and share[5] or share[3]
  local proxy = rates.by_age(self.people:rate "call/proxy_answers_lt60/60-74/75plus", person.age)
  return rates.pick({ { "wrong-person", share[1] }, { "refused-today", share[2] * 0.7 }, { "refused", share[2] * 0.3 },
    { "language", dialect }, { "deceased", share[6] }, { "proxy", proxy }, { "done", 1 } }, self.people.seed, key, "connected")
end

-- Up to three tries at different hours, then the second contact: a code of the result list, nil when it was broken off.
-- self: clock, people, counts, stopping.
function calls.ring(self, person, task)
  local pickup, older = self.people:rate "call/pickup_try_1/2/3", self.people:rate "call/age_65plus_factor"[1]
  for try = 1, 3 do
    local key = task.id .. "|" .. try
    local rate = pickup[try] * hour_factor(self, self.clock:now()) * (person.age >= 65 and older or 1)
    self.counts.calls = self.counts.calls + 1
    http.sleep(self.clock:real(2 * MINUTE))
    if self.people:chance(rate, person.mrn, key) then return connected(self, person, person.mrn .. key) end
    if self.stopping then return nil end
    if try < 3 then http.sleep(self.clock:real(2 * HOUR)) end
  end
  if person.family_phone ~= "" and self.people:chance(self.people:rate "call/second_contact"[1], person.mrn, task.id, "second") then
    return "proxy"
  end
  return unanswered(self, person.mrn .. task.id)
end

return calls
