-- Every channel plugin against a provider that misbehaves in every way, each in each: a part of ./dev faults gateway.
local Hospital = require "functional.support.hospital"
local Providers = require "functional.support.providers"
local balance = require "functional.support.balance"
local dice = require "functional.support.dice"
local wait = require "functional.support.wait"
local uv = require "luv"

local SPEED, MINUTE, HOUR = 1200, 60000, 3600000
local VALID, LATEST = 6 * HOUR, HOUR                          -- a text's worth; how much later it may have ended
local TIMEOUT, ASKED = 1500, 20000                            -- real ms of a call; until a provider said what became of it, on a busy machine
local STEP = 'aw.step { id = "s", at = "10m", valid_for = "6h", run = function(p) p:send("hello", { via = { %q } }) end },\n'
  .. 'aw.step { id = "z", at = "90d", run = function(p) p:send("hello", { via = { %q } }) end },'
local RECEIPTS = { "none", "once", "twice", "early", "late", "failed", "contradicted", "forged", "unreadable" }

-- As they are, but that everybody is known by a telephone number: no event brings an openid or an address of mail.
local function plugins_by_phone()
  local folder = os.tmpname()
  os.remove(folder)
  os.execute(("cp -r plugins '%s'"):format(folder))
  local function change(name, from, to)
    local path = folder .. "/" .. name .. "/plugin.lua"
    local text = assert(io.open(path)):read "a"
    local at, stop = text:find(from, 1, true)
    local file <close> = assert(io.open(path, "w"))
    file:write(text:sub(1, assert(at, from) - 1), to, text:sub(stop + 1))
  end
  change("wechat-oa", 'address = "wechat"', 'address = "phone"')
  change("wecom-app", 'address = "wecom"', 'address = "phone"')
  change("smtp", 'address = "email"', 'address = "phone"')
  change("smtp", "local function send(message, config)", "local function send(message, config)\n  message.to = message.to .. '@example.test'")
  return folder
end

local function call(h, providers, sent, delivered, forged, body)
  local method, path, headers, usual = providers:tell(sent, delivered, forged, h:now())
  return (h.client:ask(method, path, headers, body or usual))
end

local Every = {}
Every.__index = Every

-- One that says the same again, or something else, in each of the ways that providers have.
local ways = {
  none = function() end,
  once = function(tell) tell(true) end,
  twice = function(tell) tell(true) tell(true) end,
  late = function(tell) wait.sleep(2500) tell(true) end,
  failed = function(tell) tell(false) end,
  contradicted = function(tell) tell(false) tell(true) end,
  forged = function(_, forge) forge() end,
  unreadable = function(_, _, nonsense)
    for _, body in ipairs { "", "{", "[1,2", "<xml>", ("["):rep(10000), ("<a>"):rep(5000) } do nonsense(body) end
  end,
}

local function tell(self, person, sent)
  local kind = Providers.kinds[sent.name]
  if not kind.tell or sent.told then return end
  sent.told = true
  local function say(delivered)
    if call(self.h, self.providers, sent, delivered) == 200 then person.said[delivered and "delivered" or "failed"] = true end
  end
  ways[person.receipts](say, function() person.forged = call(self.h, self.providers, sent, false, true) end,
    function(body) call(self.h, self.providers, sent, true, sent.name == "kannel", body) end)
end

-- rounds: texts a channel and manner. Not started yet.
function Every.open(seed, rounds)
  local self = setmetatable({ providers = Providers.open(), people = {}, plugins = plugins_by_phone() }, Every)
  local scripts, roll = {}, dice(seed, "every channel")
  for i, name in ipairs(Providers.NAMES) do
    scripts[("c%d/w.lua"):format(i)] = Hospital.ward("c" .. i, STEP:format(name, name))
    for _, manner in ipairs(Providers.MANNERS) do
      for _ = 1, rounds do
        self.people[#self.people + 1] = { n = #self.people + 1, channel = name, department = "c" .. i, manner = manner, seen = 0, said = {},
          tries = roll(1, 3) == 1 and math.huge or roll(1, 3), receipts = RECEIPTS[roll(1, #RECEIPTS)] }
      end
    end
  end
  local tcp = uv.new_tcp()
  tcp:bind("127.0.0.1", 0)
  local port = tcp:getsockname().port
  tcp:close()
  self.h = Hospital.open { speed = SPEED, plugins = self.plugins, scripts = scripts, listen = "127.0.0.1:" .. port,
    channels = self.providers:channels("http://127.0.0.1:" .. port) }
  self.by_number = {}
  for _, person in ipairs(self.people) do self.by_number[Hospital.phone(person.n)] = person end
  self.providers.behave = function(_, to)
    local person = self.by_number[to]
    person.seen = person.seen + 1
    return person.seen <= person.tries and person.manner or "accept"
  end
  local function told(early)
    return function(sent)
      local person = self.by_number[sent.to]
      if (person.receipts == "early") ~= early then return end
      wait.go(function()
        if not early then wait.sleep(100) end
        tell(self, person, sent)
      end)
    end
  end
  ways.early = ways.once
  self.providers.on_early, self.providers.on_taken = told(true), told(false)
  self.h:start()
  return self
end

function Every:discharge_all()
  local h = self.h
  for from = 1, #self.people, 50 do
    local batch = {}
    for n = from, math.min(#self.people, from + 49) do batch[#batch + 1] = h:discharge(n, { department = self.people[n].department }) end
    assert(h:call("POST", "/events", { events = batch }, { token = "boss" }) == 202)
  end
end

-- How long all of it takes, ms.
function Every.span() return (10 * MINUTE + VALID + LATEST) // SPEED + 3000 end

local SIGNS = { accepted = "ok", delivered = "ok", in_doubt = "doubt", failed = "failed", suppressed = "late" }

-- What is wrong with one person's text; counts into found.
local function look_at(self, person, message, found)
  local taken = #(self.providers.taken[person.channel][Hospital.phone(person.n)] or {})
  local function wrong(what)
    found[what] = found[what] + 1
    io.stderr:write(("  %s by %s (%s, receipts %s): %d taken, here %s: %s\n"):format(person.channel, person.manner, tostring(person.tries),
      person.receipts, taken, message.status, what))
  end
  local sign = message.reason == "in-doubt" and "doubt" or message.status == "failed" and person.said.failed and "undelivered"
    or SIGNS[message.status]
  if not sign then wrong "open" end
  local known, last = false, "none"
  for _, try in ipairs(message.tries) do
    found.attempts = found.attempts + 1
    local took = try.ended_at and (Hospital.instant(try.ended_at) - Hospital.instant(try.started_at)) / SPEED
    if not took then wrong "open_attempts" end
    if took and took > TIMEOUT + ASKED then wrong "slow" end
    found.slowest = math.max(found.slowest, took or 0)
    known = known or try.status == "accepted" or try.status == "delivered" or try.status == "in_doubt" or person.said.failed
    last = try.status
  end
  if taken > 1 then wrong "sent_twice" end
  if taken > 0 and not known then wrong "disagree" end
  if taken == 0 and (message.status == "accepted" or message.status == "delivered") then wrong "disagree" end
  if person.said.delivered and not person.said.failed and message.status ~= "delivered" and last ~= "in_doubt" then wrong "untrue" end
  if message.status == "delivered" and not person.said.delivered then wrong "untrue" end
  if person.forged and person.forged ~= 403 then wrong "forged" end
  return sign or "open"
end

-- Counts differences into found and gives the table: lines of channels × manners. ok: taken; undelivered: so a receipt said; doubt:
-- a person had to decide, and nobody did; failed: never taken, tried often enough; late: never taken while it was worth something.
function Every:judge(found)
  local cells = {}
  for _, person in ipairs(self.people) do
    local patient = self.h:patient(person.n)
    local message = self.h:get("/messages/" .. self.h:get("/messages?patient=" .. patient.id).items[1].id)
    local key = person.channel .. "/" .. person.manner
    cells[key] = cells[key] or {}
    local sign = look_at(self, person, message, found)
    cells[key][sign] = (cells[key][sign] or 0) + 1
  end
  found.log = found.log + balance.faults_in_log(self.h:words(), { "message%.channel%-config" })
  local lines = { ("%-13s"):format "channel" }
  for _, manner in ipairs(Providers.MANNERS) do lines[1] = lines[1] .. (" %-17s"):format(manner) end
  for _, name in ipairs(Providers.NAMES) do
    local line = ("%-13s"):format(name)
    for _, manner in ipairs(Providers.MANNERS) do
      local words = {}
      for _, sign in ipairs { "ok", "undelivered", "doubt", "failed", "late", "open" } do
        local count = cells[name .. "/" .. manner][sign]
        if count then words[#words + 1] = count .. " " .. sign end
      end
      line = line .. (" %-17s"):format(table.concat(words, " "))
    end
    lines[#lines + 1] = line
  end
  return lines
end

function Every:close()
  self.h:close()
  self.providers:close()
  os.execute(("rm -rf '%s'"):format(self.plugins))
end

return Every
