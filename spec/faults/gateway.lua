-- A gateway that behaves in every way gateways do, and receipts that come twice, late, out of order, before the answer
-- or from somebody else. One hospital's gateway knows keys, the other's doesn't.
local Every = require "functional.support.every_channel"
local Hospital = require "functional.support.hospital"
local balance = require "functional.support.balance"
local dice = require "functional.support.dice"
local wait = require "functional.support.wait"
local json = require "dkjson"
local uv = require "luv"

local SPEED, HOUR = 7200, 3600000
local STEP = 'aw.step { id = "s", at = "1h", valid_for = "36h", run = function(p) p:ask("check", { within = "30d" }) end },'
local HEALTH_MS = 500

local MANNERS = { "accept", "reset", "hang", "drip", "garbage", { status = 500 }, { status = 503 }, { status = 429 },
  { status = 429, headers = { ["Retry-After"] = "7200" } }, { status = 429, headers = { ["Retry-After"] = "99999999999999" } },
  { status = 400, body = '{"code":"bad"}' }, { status = 401 }, { status = 200, body = '{"code":', may = true },
  { status = 200, body = '{"code":77}', may = true }, { status = 200, body = "", may = true },
  { status = 200, body = '{"code":0,"id":{"a":[]}}', taken = true }, { status = 302, headers = { Location = "http://127.0.0.1:1/" } },
  { status = 200, body = "[" .. ("["):rep(100000), may = true }, { status = 200, body = ("x"):rep(3 << 20), may = true } }

local RECEIPTS = { "none", "once", "twice", "early", "late", "failed", "contradicted", "forged", "unreadable" }

-- Each number has a manner for its first tries, and a way with receipts.
local function characters(roll, count)
  local out = {}
  for n = 1, count do
    local how = roll(1, 2) == 1 and "accept" or MANNERS[roll(1, #MANNERS)] -- else it would be taken for dead all the time
    out[Hospital.phone(n)] = { how = how, tries = roll(1, 3) == 1 and math.huge or roll(1, 4), seen = 0,
      receipts = RECEIPTS[roll(1, #RECEIPTS)], said = {} }
  end
  return out
end

local function receipt(h, key, state, token, body)
  return h.client:ask("POST", "/channels/sms/receipt", { ["Content-Type"] = "application/json", ["X-Token"] = token or "gateway-knows" },
    body or json.encode { id = "g-" .. key, state = state })
end

-- What a receipt said is kept only when the daemon thanked for it.
local function tell(h, person, key, state)
  local status = receipt(h, key, state)
  if status == 200 then person.said[#person.said + 1] = state end
end

local ways = {
  none = function() end,
  once = function(h, person, key) tell(h, person, key, "DELIVRD") end,
  twice = function(h, person, key)
    tell(h, person, key, "DELIVRD")
    tell(h, person, key, "DELIVRD")
  end,
  late = function(h, person, key)
    wait.sleep(2500)
    tell(h, person, key, "DELIVRD")
  end,
  failed = function(h, person, key) tell(h, person, key, "UNDELIV") end,
  contradicted = function(h, person, key)
    tell(h, person, key, "UNDELIV")
    tell(h, person, key, "DELIVRD")
  end,
  forged = function(h, person, key)
    person.forged = receipt(h, key, "DELIVRD", "gateway-knew")
  end,
  unreadable = function(h, person, key)
    for _, body in ipairs { "", "{", "[1,2", '{"id":{},"state":[]}', ("["):rep(10000), '{"id":"g-' .. key .. '","state":"?"}' } do
      receipt(h, key, nil, nil, body)
    end
  end,
}

local function behave(h, people)
  h.gateway.behave = function(message)
    local person = people[message.to]
    if not person then return "accept" end
    person.seen = person.seen + 1
    if person.seen <= person.tries and person.how ~= "accept" then return person.how end
    if person.receipts == "early" then wait.go(function() tell(h, person, message.key, "DELIVRD") end) end
    return "accept"
  end
  h.gateway.on_sent = function(message)
    local person = people[message.to]
    local way = person and ways[person.receipts]
    if way then
      wait.go(function()
        wait.sleep(100)
        way(h, person, message.key)
      end)
    end
  end
end

local function discharge_all(h, count)
  for from = 1, count, 50 do
    local batch = {}
    for n = from, math.min(count, from + 49) do batch[#batch + 1] = h:discharge(n) end
    assert(h:call("POST", "/events", { events = batch }, { token = "his" }) == 202)
    wait.ms(100)
  end
end

-- How long the worst of health questions took while all that went on.
local function until_over(hospitals, ms)
  local slowest, stop = 0, uv.hrtime() + ms * 1e6
  while uv.hrtime() < stop do
    for _, h in ipairs(hospitals) do
      local began = uv.hrtime()
      assert(h:call("GET", "/healthz", nil, { token = false }))
      slowest = math.max(slowest, (uv.hrtime() - began) / 1e6)
    end
    wait.ms(100)
  end
  return slowest
end

local OPEN = { planned = true, held = true, in_flight = true }

-- Nothing leaves past its time. What left before may be answered after it: a call takes as long as its time-out, hours of this clock, and
-- a receipt longer.
local function is_late(message)
  local due, try = Hospital.instant(message.valid_until), message.tries[#message.tries]
  if try and Hospital.instant(try.started_at) > due then return true end
  if not message.settled_at or message.status == "delivered" then return false end
  local over = math.max(due, try and try.ended_at and Hospital.instant(try.ended_at) or 0)
  return Hospital.instant(message.settled_at) > over + HOUR * 3
end

-- Its attempts took no longer than they may, and nothing is open past its time.
local function look_at(h, message, found)
  found.attempts = found.attempts + #message.tries
  for _, try in ipairs(message.tries) do
    local took = try.ended_at and (Hospital.instant(try.ended_at) - Hospital.instant(try.started_at)) / SPEED
    if not took then found.open_attempts = found.open_attempts + 1 end
    found.slowest = math.max(found.slowest, took or 0)
  end
  if OPEN[message.status] then found.open = found.open + 1 end
  if is_late(message) then found.late = found.late + 1 end
  return h
end

local function last(list) return list[#list] end

-- Whether a message's end is what its receipts said. UNDELIV sends it on to the next address, which nobody here has.
local function told_right(person, message)
  local said = {}
  for _, state in ipairs(person.said) do said[state] = true end
  if message.status == "delivered" then return said.DELIVRD end
  if message.status == "accepted" then return not said.DELIVRD end
  return not said.DELIVRD or last(person.said) ~= "DELIVRD"
end

local function judge(h, people, keyed, found)
  local numbers = {}
  for _, request in ipairs(h.gateway.requests) do numbers[request.key:match "^(.-)%-%d+$"] = request.to end
  for _, row in ipairs(balance.list(h, "/messages")) do
    local message = h:get("/messages/" .. row.id)
    look_at(h, message, found)
    local person = people[numbers[message.number] or ""]
    if person and not told_right(person, message) then
      found.untrue = found.untrue + 1
      io.stderr:write(("  receipts %s said %s: %s\n"):format(person.receipts, json.encode(person.said), json.encode(message)))
    end
    if person and person.forged and person.forged ~= 403 then found.forged = found.forged + 1 end
  end
  balance.compare_messages(h, keyed, found)
  found.log = found.log + balance.faults_in_log(h:words(), { "message%.channel%-config" })
end

local function rows(found)
  local out = {}
  local function row(figure, value, most)
    out[#out + 1] = { figure = figure, value = math.floor(value), target = most == 0 and "0" or "<= " .. most, ok = value <= most }
  end
  row("messages neither ended nor in doubt at their deadline", found.open, 0)
  row("attempts without an end", found.open_attempts, 0)
  row("attempts of every channel that took longer than a call may", found.slow, 0)
  row("messages that left past their time, or ended 3 h after it and their last try", found.late, 0)
  row("sent twice (keyed: under two keys)", found.sent_twice, 0)
  row("resent in doubt (keyless)", found.resent_in_doubt, 0)
  row("other here than at the gateway", found.disagree, 0)
  row("other than what receipts said", found.untrue, 0)
  row("forged receipts taken", found.forged, 0)
  row("errors in the log, sanitizers' findings", found.log, 0)
  row("slowest /healthz meanwhile, ms", found.health, HEALTH_MS)
  return out
end

local function open(o, keyed)
  local roll = dice(o.seed, keyed and "keyed" or "keyless")
  local h = Hospital.open { speed = SPEED, keyed = keyed and "48h" or nil, scripts = { ["w/w.lua"] = Hospital.ward("w", STEP) } }:start()
  h.people = characters(roll, o.rounds)
  behave(h, h.people)
  return h
end

return {
  about = "gateways that cut, hang, drip, stall and talk nonsense; receipts twice, late, early, contradicting, forged",
  figure = "every attempt ends or is in doubt within its deadline",
  rounds = 2000,   -- messages a gateway
  short = 150,
  run = function(o)
    local found = { open = 0, open_attempts = 0, late = 0, sent_twice = 0, resent_in_doubt = 0, disagree = 0, untrue = 0, forged = 0,
      log = 0, slow = 0, attempts = 0, slowest = 0, messages = 0, intended = 0, done = 0, waiting = 0, failed = 0, in_doubt = 0, suppressed = 0 }
    local hospitals = { open(o, true), open(o, false) }
    local every = Every.open(o.seed, math.max(1, o.rounds // 150))
    for _, h in ipairs(hospitals) do discharge_all(h, o.rounds) end
    every:discharge_all()
    found.health = until_over({ every.h, table.unpack(hospitals) }, math.max(48 * HOUR / SPEED + o.rounds * 5, every.span()))
    local lines = every:judge(found)
    every:close()
    for i, h in ipairs(hospitals) do judge(h, h.people, i == 1, found) end
    for _, h in ipairs(hospitals) do h:close() end
    for _, line in ipairs(lines) do o.say(line) end
    o.say(("%d messages, %d attempts (slowest %d ms): %d done, %d failed, %d suppressed, %d in doubt"):format(found.messages,
      found.attempts, found.slowest, found.done, found.failed, found.suppressed, found.in_doubt))
    return rows(found)
  end,
}
