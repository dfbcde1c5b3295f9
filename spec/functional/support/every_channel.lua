-- Every channel plugin against a provider that misbehaves in every way, each in each: texts to patients, pages to staff, calls. A part of
-- ./dev faults gateway.
local Calls = require "functional.support.every_call"
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
-- Each patient's own alert pages the same nurse, once.
local PAGED = 'aw.step { id = "s", at = "10m", run = function(p) p:alert { id = "page", level = "urgent", reason = "r" } end },'
local LADDER = 'levels = { { page = "nurse", via = { "wecom-app" }, ack_within = "90d" } }, act_within = "90d"'
local RECEIPTS = { "none", "once", "twice", "early", "late", "failed", "contradicted", "forged", "unreadable" }

-- As they are, but that WeChat's knows people by their telephone number: no event brings an openid.
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
    if call(self.h, self.providers, sent, delivered) ~= 200 then return end
    local state = delivered and "delivered" or "failed"
    person.first = person.first or state
    person.said[state] = true
  end
  ways[person.receipts](say, function() person.forged = call(self.h, self.providers, sent, false, true) end,
    function(body) call(self.h, self.providers, sent, true, sent.name == "kannel", body) end)
end

local function ward_of(name, department)
  if name == "pbx" then return Calls.ward(department) end
  if name ~= "wecom-app" then return Hospital.ward(department, STEP:format(name, name)) end
  local text, count = Hospital.ward(department, PAGED):gsub("levels = %b{}, act_within = \"2h\"", LADDER)
  assert(count == 1)
  return text
end

-- Whom a request is for: by number, or, of pages, by the alert, whose manner is chosen when it is first seen.
local function find_person(self, name, to)
  if name ~= "wecom-app" or self.by_alert[to] then return self.by_number[to] or self.by_alert[to] end
  local person = table.remove(self.unpaged, 1)
  self.by_alert[to] = person
  return person
end

local function behave(self)
  self.providers.behave = function(name, to)
    local person = find_person(self, name, to)
    person.seen = person.seen + 1
    return person.seen <= person.tries and person.manner or "accept"
  end
  -- Every other time; else nobody would ever be told.
  self.providers.behave_token = function(name)
    self.tokens[name] = (self.tokens[name] or 0) + 1
    return self.tokens[name] % 2 == 0 and "accept" or Providers.MANNERS[self.roll(1, #Providers.MANNERS)]
  end
  local function told(early)
    return function(sent)
      local person = find_person(self, sent.name, sent.to)
      if (person.receipts == "early") ~= early then return end
      wait.go(function()
        if not early then wait.sleep(100) end
        tell(self, person, sent)
      end)
    end
  end
  ways.early = ways.once
  self.providers.on_early, self.providers.on_taken = told(true), told(false)
end

local function add_person(self, name, department, manner, receipts)
  local person = { n = #self.people + 1, channel = name, department = department, manner = manner, seen = 0, said = {},
    tries = self.roll(1, 3) == 1 and math.huge or self.roll(1, 3), receipts = receipts }
  self.people[person.n] = person
  if name == "wecom-app" then self.unpaged[#self.unpaged + 1] = person end
end

local function add_people(self, name, department, rounds)
  for _, manner in ipairs(Providers.MANNERS) do
    if name == "pbx" then
      for _, receipts in ipairs(RECEIPTS) do add_person(self, name, department, manner, receipts) end
    else
      for _ = 1, rounds do add_person(self, name, department, manner, RECEIPTS[self.roll(1, #RECEIPTS)]) end
    end
  end
end

local function free_port()
  local tcp = uv.new_tcp()
  tcp:bind("127.0.0.1", 0)
  local port = tcp:getsockname().port
  tcp:close()
  return port
end

-- rounds: texts a channel and manner; of calls one a manner and way with receipts.
function Every.open(seed, rounds)
  local self = setmetatable({ providers = Providers.open(), people = {}, unpaged = {}, by_number = {}, by_alert = {}, tokens = {},
    plugins = plugins_by_phone(), roll = dice(seed, "every channel") }, Every)
  local scripts = {}
  for i, name in ipairs(Providers.NAMES) do
    scripts[("c%d/w.lua"):format(i)] = ward_of(name, "c" .. i)
    add_people(self, name, "c" .. i, rounds)
  end
  for _, person in ipairs(self.people) do self.by_number[Hospital.phone(person.n)] = person end
  local port = free_port()
  self.h = Hospital.open { speed = SPEED, plugins = self.plugins, scripts = scripts, listen = "127.0.0.1:" .. port,
    channels = self.providers:channels("http://127.0.0.1:" .. port) }
  behave(self)
  self.h:start()
  assert(self.h:call("POST", "/staff", { login = "zhao", wecom = Providers.WECOM }) < 300)
  assert(self.h:call("POST", "/duty", { role = "nurse", staff = "zhao" }) < 300)
  return self
end

function Every:discharge_all()
  local h = self.h
  for from = 1, #self.people, 50 do
    local batch = {}
    for n = from, math.min(#self.people, from + 49) do
      local event = h:discharge(n, { department = self.people[n].department })
      event.patient.email = Hospital.phone(n) .. "@example.test"
      batch[#batch + 1] = event
    end
    assert(h:call("POST", "/events", { events = batch }, { token = "boss" }) == 202)
  end
  for _, person in ipairs(self.people) do if person.channel == "pbx" then Calls.dial(h, person) end end
end

-- How long all of it takes, ms.
function Every.span() return (10 * MINUTE + VALID + LATEST) // SPEED + 3000 end

local SIGNS = { accepted = "ok", delivered = "ok", in_doubt = "doubt", failed = "failed", suppressed = "late" }
local WAITS = { planned = true, held = true, in_flight = true }

-- What is wrong with one attempt; whether it may have been taken.
local function look_at_try(self, person, try, page, wrong, found)
  found.attempts = found.attempts + 1
  local ended = try.ended_at or page and Hospital.iso(self.h:now()) -- a page that waits may just be tried again
  local took = ended and (Hospital.instant(ended) - Hospital.instant(try.started_at)) / SPEED
  if not took then wrong "open_attempts" end
  if took and took > TIMEOUT + ASKED then wrong "slow" end
  found.slowest = math.max(found.slowest, took or 0)
  return try.status == "accepted" or try.status == "delivered" or try.status == "in_doubt" or person.said.failed
end

-- A receipt that names the provider's number says nothing of a try whose answer was lost, and with it the number.
local function look_at_receipts(person, message, doubts, wrong)
  local unknown = doubts > 0 and not Providers.kinds[person.channel].names_key
  if person.said.delivered and not person.said.failed and message.status ~= "delivered" and not unknown then wrong "untrue" end
  if message.status == "delivered" and not person.said.delivered then wrong "untrue" end
  if person.forged and person.forged ~= 403 then wrong "forged" end
end

-- What is wrong with one person's text or page; counts into found. A page in doubt goes again, as it must.
local function look_at(self, person, message, found)
  local page = message.kind == "page"
  local taken = #(self.providers.taken[person.channel][page and person.alert or Hospital.phone(person.n)] or {})
  local function wrong(what)
    found[what] = found[what] + 1
    io.stderr:write(("  %s by %s (%s, receipts %s): %d taken, here %s: %s\n"):format(person.channel, person.manner, tostring(person.tries),
      person.receipts, taken, message.status, what))
  end
  local sign = message.reason == "in-doubt" and "doubt" or message.status == "failed" and person.said.failed and "undelivered"
    or SIGNS[message.status] or page and WAITS[message.status] and "waits" -- until its alert is acknowledged
  if not sign then wrong "open" end
  local known, doubts = false, 0
  for _, try in ipairs(message.tries) do
    known = look_at_try(self, person, try, page, wrong, found) or known
    if try.status == "in_doubt" then doubts = doubts + 1 end
  end
  if taken > (page and 1 + doubts or 1) then wrong "sent_twice" end
  if taken > 0 and not known then wrong "disagree" end
  if taken == 0 and (message.status == "accepted" or message.status == "delivered") then wrong "disagree" end
  look_at_receipts(person, message, doubts, wrong)
  return sign or "open"
end

-- Pages whose alert nobody was told of, as no token was had: they wait, and their person is whoever is left.
local function judge_page(self, patient, found)
  local alert = self.h:get("/alerts?patient=" .. patient.id).items[1]
  local person = self.by_alert[alert.id] or find_person(self, "wecom-app", alert.id)
  person.alert = alert.id
  local message = self.h:get("/messages?patient=" .. patient.id).items[1]
  return look_at(self, person, self.h:get("/messages/" .. message.id), found), person.manner
end

local function judge_text(self, person, patient, found)
  return look_at(self, person, self.h:get("/messages/" .. self.h:get("/messages?patient=" .. patient.id).items[1].id), found), person.manner
end

local function judge_one(self, person, found)
  local patient = self.h:patient(person.n)
  if person.channel == "pbx" then return Calls.look_at(self.h, person, patient, found), person.manner end
  if person.channel == "wecom-app" then return judge_page(self, patient, found) end
  return judge_text(self, person, patient, found)
end

local SHOWN = { "ok", "undelivered", "unknown", "doubt", "failed", "late", "waits", "open" }

local function table_of(cells)
  local lines = { ("%-13s"):format "channel" }
  for _, manner in ipairs(Providers.MANNERS) do lines[1] = lines[1] .. (" %-17s"):format(manner) end
  for _, name in ipairs(Providers.NAMES) do
    local line = ("%-13s"):format(name)
    for _, manner in ipairs(Providers.MANNERS) do
      local words = {}
      for _, sign in ipairs(SHOWN) do
        local count = cells[name .. "/" .. manner][sign]
        if count then words[#words + 1] = count .. " " .. sign end
      end
      line = line .. (" %-17s"):format(table.concat(words, " "))
    end
    lines[#lines + 1] = line
  end
  return lines
end

-- Counts differences into found and gives the table: lines of channels × manners. ok: taken, of a call: its end was told; undelivered: so a
-- receipt said; doubt: a person had to decide, and nobody did; failed: never taken, tried often enough; late: never taken while it was
-- worth something; waits: a page, as long as its alert does; unknown: nobody told how the call ended.
function Every:judge(found)
  local cells = {}
  for _, name in ipairs(Providers.NAMES) do for _, manner in ipairs(Providers.MANNERS) do cells[name .. "/" .. manner] = {} end end
  for _, person in ipairs(self.people) do
    local sign, manner = judge_one(self, person, found)
    local cell = cells[person.channel .. "/" .. manner]
    cell[sign] = (cell[sign] or 0) + 1
  end
  found.log = found.log + balance.faults_in_log(self.h:words(), { "message%.channel%-config" })
  return table_of(cells)
end

function Every:close()
  self.h:close()
  self.providers:close()
  os.execute(("rm -rf '%s'"):format(self.plugins))
end

return Every
