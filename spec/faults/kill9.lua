-- The process is killed at any moment under load; what client and gateway counted must agree with what the daemon knows
-- when it is back. A hospital lives through PER_HOSPITAL kills, then its books are compared; every other one's gateway
-- knows keys.
local Outside = require "functional.support.outside"
local balance = require "functional.support.balance"
local dice = require "functional.support.dice"
local wait = require "functional.support.wait"

local PER_HOSPITAL = 25
local REST_MS = 60          -- of each actor at most, between two things done: about 60 discharges a second

-- Now and then the gateway is busy, or cuts the line with the message in its hands.
local function manners(roll)
  return function()
    local share = roll()
    if share < 0.05 then return { status = 503 } end
    if share < 0.06 then return "reset" end
  end
end

local function kill(h, outside)
  outside.up = false
  h:kill()
end

-- Also while it starts: the first time ever, and in every fifth round after a crash.
local function kill_in_start(h, after_ms)
  h.daemon = h:launch()
  h.client = { close = function() end }
  wait.ms(after_ms)
  if not h.daemon.ended then h:signal "sigkill" end
  h:kill()
end

local function live_through(h, outside, rounds, roll)
  kill_in_start(h, roll(1, 120))
  h:start()
  outside:staff_on_duty()
  outside:begin(REST_MS)
  for _ = 1, rounds do
    wait.ms(roll(100, 600))
    kill(h, outside)
    if roll(1, 5) == 1 then kill_in_start(h, roll(1, 120)) end
    h:start()
    outside.up = true
  end
  h.gateway.behave = nil
  outside:finish()
end

local function hospital(seed, number, rounds)
  local keyed = number % 2 == 1
  return Outside.during({ seed = seed .. "/" .. number, keyed = keyed and "24h" or nil }, function(h, outside)
    h.gateway.behave = manners(dice(seed, number, "gateway"))
    live_through(h, outside, rounds, dice(seed, number, "kill"))
    return balance.compare(h, outside, balance.settled(h, outside), keyed)
  end)
end

return {
  about = "kill -9 at random moments under load, also during a start; keyed and keyless gateways",
  figure = "0 lost, 0 sent twice, 0 resent in doubt",
  rounds = 1000,
  short = 50,
  run = function(o)
    local total, left, number = {}, o.rounds, 0
    while left > 0 do
      number = number + 1
      local rounds = math.min(left, PER_HOSPITAL)
      balance.add(total, hospital(o.seed, number, rounds))
      left = left - rounds
      o.say(("%d kills: %d events, %d answers, %d deeds, %d receipts, %d messages (%d done, %d in doubt)"):format(o.rounds - left,
        total.events, total.answers, total.deeds, total.receipts, total.messages, total.done, total.in_doubt))
    end
    return balance.figures(total)
  end,
}
