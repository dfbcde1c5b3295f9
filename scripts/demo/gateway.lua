-- An SMS gateway as hospitals know them: takes texts over HTTP, gives them numbers, tells later what arrived, and is
-- not always well. It drops a second text with the same key, as sms-http's `keyed` promises.
local http = require "http"
local json = require "json"
local rates = require "rates"

local gateway = {}
local MINUTE = 60000

local function send_receipt(self, id, state, times, delay)
  http.sleep(self.clock:real(delay))
  for _ = 1, times do
    self.client:ask("POST", self.path, { ["Content-Type"] = "application/json" },
      json.encode { msgid = id, status = state })
    self.counts.receipts = self.counts.receipts + 1
  end
end

local function promise_receipt(self, entry)
  local drawn = rates.draw(self.people.seed, entry.key, "receipt")
  local delay = rates.lognormal(2 * MINUTE, 1, self.people.seed, entry.key, "receipt delay")
  if drawn < 0.01 then return http.go(send_receipt, self, entry.id, "UNDELIV", 1, delay) end
  if drawn < 0.03 then return http.go(send_receipt, self, entry.id, "DELIVRD", 2, delay) end
  if drawn < 0.05 then delay = delay + 2 * 86400000 end -- two days late
  if drawn < 0.95 then http.go(send_receipt, self, entry.id, "DELIVRD", 1, delay) end
end

local function count(self, what) self.counts[what] = (self.counts[what] or 0) + 1 end

local function take(self, message)
  self.counts.tries = self.counts.tries + 1
  local known = self.by_key[message.uid]
  if known and known.id then
    known.unsaid = nil
    count(self, "repeats")
    return 200, json.encode { code = 0, msgid = known.id }
  end
  if self.people:is_unusable(message.mobile) then
    count(self, "refused")
    self.by_key[message.uid] = { key = message.uid }
    return 200, json.encode { code = "BAD_NUMBER" }
  end
  local tries = known and known.tries or 0
  local mood = rates.draw(self.people.seed, message.uid, tries, "mood")
  if mood < 0.01 then
    count(self, "busy")
    self.by_key[message.uid] = { key = message.uid, tries = tries + 1 }
    return 503, json.encode { code = "BUSY" }
  end
  self.numbered = self.numbered + 1
  local entry = { key = message.uid, id = "g" .. self.numbered }
  self.by_key[message.uid] = entry
  self.counts.accepted = self.counts.accepted + 1
  promise_receipt(self, entry)
  self.deliver(message)
  if mood < 0.02 then -- it took the text and then fell over: the engine has to ask again
    count(self, "fell")
    entry.unsaid = true
    return 500, "the gateway fell over"
  end
  return 200, json.encode { code = 0, msgid = entry.id }
end

-- given: port, clock, people, client (of the daemon), path (of receipts), deliver(message).
function gateway.start(given)
  local self = setmetatable({ by_key = {}, numbered = 0, counts = { tries = 0, accepted = 0, receipts = 0 } },
    { __index = given })
  self.server = http.serve(given.port, function(request)
    local message = json.decode(request.body)
    if not message or not message.uid then return 400, "{}" end
    return take(self, message)
  end)
  return self
end

-- Keys of all texts that were taken; or of those where the engine was never told so.
function gateway.taken(self, unsaid)
  local keys = {}
  for key, entry in pairs(self.by_key) do
    if entry.id and (entry.unsaid or false) == unsaid then keys[#keys + 1] = key end
  end
  table.sort(keys)
  return keys
end

return gateway
