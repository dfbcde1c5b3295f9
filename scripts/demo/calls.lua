-- What comes of a telephone call, at the rates of population.csv (model.lua).
local http = require "http"
local clock = require "clock"

local calls = {}
local MINUTE, HOUR = 60000, 3600000

-- Up to three tries at different hours, then the second contact: a code of the result list, nil when it was broken off.
-- self: clock, people, counts, stopping.
function calls.ring(self, person, task)
  local model, who = self.people.model, { key = person.mrn, age = person.age }
  for try = 1, 3 do
    self.counts.calls = self.counts.calls + 1
    http.sleep(self.clock:real(2 * MINUTE))
    local code = model.call(who, task.id, try, clock.hour(self.clock:now()))
    if code then return code end
    if self.stopping then return nil end
    if try < 3 then http.sleep(self.clock:real(2 * HOUR)) end
  end
  return model.unreached(who, task.id, person.family_phone ~= "")
end

return calls
