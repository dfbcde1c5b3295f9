-- All that happens around a hospital's daemon, counted outside of it: systems that tell events, patients who answer,
-- nurses who work the list, scripts that change. Each keeps what the daemon acknowledged. What got no answer is told
-- again when the daemon is back, as real systems and people do.
local Hospital = require "functional.support.hospital"
local dice = require "functional.support.dice"
local wait = require "functional.support.wait"
local json = require "dkjson"

local Outside = {}
Outside.__index = Outside

-- A question, a text and a nurse's task for each patient, an hour apart.
Outside.STEPS = [[
  aw.step { id = "one", at = "4h", valid_for = "90d", run = function(p) p:ask("check", { within = "200d" }) end },
  aw.step { id = "two", at = "5h", valid_for = "90d", run = function(p) p:send "hello" end },
  aw.step { id = "three", at = "6h", valid_for = "90d", run = function(p)
    p:task { id = "call", role = "nurse", form = "check", due = "100d" }
  end },
]]
Outside.STEPS_EACH, Outside.TELLING = 3, { one = true, two = true } -- steps that send
Outside.SITE = 'trusted_proxies = "127.0.0.1", page_session_minutes = 100000,'
local DUTIES = { nurse = "zhao", chief = "qian", ["duty-officer"] = "sun" }

-- A hospital with such a ward. o: what Hospital.open takes, and seed.
function Outside.hospital(o)
  local given = { speed = 7200, scripts = { ["w/w.lua"] = Hospital.ward("w", Outside.STEPS) }, site = Outside.SITE }
  for name, value in pairs(o) do given[name] = value end
  local h = Hospital.open(given)
  local self = setmetatable({ h = h, seed = o.seed or 1, posted = {}, count = 0, codes = {}, answered = {}, deeds = {}, delivered = {},
    acknowledged = 0, thanked = 0, rung = 0, fevers = 0, reloads = 0, odd = {}, actors = 0 }, Outside)
  local roll = dice(self.seed, "receipts")
  h.gateway.on_sent = function(message)
    local code = Hospital.code(message)
    -- A patient's: pages to staff have other numbers in them.
    if code and message.to:find "^138" then table.insert(self.codes, code) end
    if roll(1, 3) == 1 then self:tell_receipt(message.key, roll(1, 300)) end
  end
  return h, self
end

-- Runs this with such a hospital, which ends with it: well, or by force after an error.
function Outside.during(o, run)
  local h, self = Outside.hospital(o)
  local out = table.pack(xpcall(run, debug.traceback, h, self))
  self.over = true
  if not out[1] and h.daemon then h:kill() end
  h:close()
  if not out[1] then error(out[2], 0) end
  return table.unpack(out, 2, out.n)
end

local function words_of(page) return (page:gsub("<style.-</style>", ""):gsub("<[^>]*>%s*", " ")) end

-- What was answered and should not have been is kept for the report.
local function strange(self, what, status, body)
  if #self.odd < 20 then table.insert(self.odd, ("%s: %s %s"):format(what, status, words_of(tostring(body)):sub(1, 300))) end
end

-- Asks until somebody answers: nil only when all is over. 507 and 503 mean: later; on a dying disk (disk_dies) 500 too.
local function insist(self, method, path, headers, body)
  while not self.over do
    if self.up then
      local status, text, got = self.h.client:ask(method, path, headers, body)
      local later = status == 503 or status == 507 or status == 500 and self.disk_dies
      if status and not later then return status, text, got end
      if status then self.put_off = (self.put_off or 0) + 1 end
    end
    wait.sleep(20)
  end
end

local function actor(self, name, act, pause)
  self.actors = self.actors + 1
  wait.go(function()
    local roll = dice(self.seed, name)
    while not self.ending do
      if not act(self, roll) then wait.sleep(20) end
      wait.sleep(roll(1, pause))
    end
    self.actors = self.actors - 1
  end)
end

local GATEWAY = { ["Content-Type"] = "application/json", ["X-Token"] = "gateway-knows" }

-- The gateway says that a message has arrived, until it is thanked.
function Outside:tell_receipt(key, after_ms)
  self.actors = self.actors + 1
  wait.go(function()
    wait.sleep(after_ms)
    local status, body = insist(self, "POST", "/channels/sms/receipt", GATEWAY, json.encode { id = "g-" .. key, state = "DELIVRD" })
    if status == 200 then
      self.delivered[key:match "^(.-)%-%d+$"] = true
    elseif status then
      strange(self, "receipt", status, body)
    end
    self.actors = self.actors - 1
  end)
end

local HIS = { Authorization = "Bearer " .. Hospital.TOKENS.his, ["Content-Type"] = "application/json" }

local function tell_events(self, roll)
  if self.quota and self.count >= self.quota then return false end
  local batch = {}
  for i = 1, roll(1, 4) do
    self.count = self.count + 1
    batch[i] = self.h:discharge(self.count)
  end
  local status, body = insist(self, "POST", "/api/v1/events", HIS, json.encode { events = batch })
  if not status then return end
  if status ~= 202 then return strange(self, "events", status, body) end
  for i, result in ipairs(json.decode(body).results) do
    if result.status ~= 202 then strange(self, result.id, result.status, result.detail) end
    self.posted[result.id] = batch[i]
    self.acknowledged = self.acknowledged + 1
  end
  return true
end

-- Each patient sits behind an address of her own.
local function patient_at(code)
  return { ["Content-Type"] = "application/x-www-form-urlencoded",
    ["X-Forwarded-For"] = ("10.%d.%d.%d"):format(code:sub(1, 2), code:sub(3, 4), code:sub(5, 6)) }
end

local function answer_page(self, roll)
  local code = table.remove(self.codes, 1)
  if not code then return false end
  local headers, fever = patient_at(code), roll(1, 12) == 1
  local status, page, got = insist(self, "POST", "/f", headers, "code=" .. code .. "&birth=19510203")
  if status == 303 then
    status, page = insist(self, "POST", got.location, headers, "by=patient&all=1&step=0&a_temp=" .. (fever and "39.1" or "36.8"))
  end
  if status == 303 or status == 200 then
    self.answered[code] = true
    self.thanked = self.thanked + 1
    self.fevers = self.fevers + (fever and 1 or 0)
    return true
  end
  if status then strange(self, "page of code " .. code, status, page) end
end

local function staff(key)
  return { Authorization = "Bearer " .. Hospital.TOKENS.boss, ["Content-Type"] = "application/json", ["Idempotency-Key"] = key }
end

local function do_deed(self, kind, id, verb, body)
  local deed = self.deeds[id] or { kind = kind, verbs = {} }
  self.deeds[id] = deed                               -- from now on nobody else takes it
  local status, text = insist(self, "POST", ("/api/v1/%ss/%s/%s"):format(kind, id, verb), staff(verb .. id), json.encode(body))
  if status == 200 then
    deed.verbs[verb] = body.note or body.act
    return true
  end
  if status == 409 and text:find("by engine", 1, true) then -- the patient was faster
    deed.beaten = true
  elseif status then strange(self, ("%s %s %s"):format(kind, id, verb), status, text) end
end

local function page_of(self, kind)
  local status, body = insist(self, "GET", ("/api/v1/%ss?limit=20"):format(kind), staff())
  return status == 200 and json.decode(body).items or {}
end

local function first_open(self, kind, roll)
  local left = {}
  for _, item in ipairs(page_of(self, kind)) do if not self.deeds[item.id] then left[#left + 1] = item end end
  return left[1] and left[roll(1, #left)]
end

-- One of the list; who is diligent works all of it that no colleague has begun.
local function work_on(self, kind, roll, close)
  if not self.diligent then
    local item = first_open(self, kind, roll)
    return item and close(self, item.id, roll)
  end
  local any = false
  for _, item in ipairs(page_of(self, kind)) do
    if not self.deeds[item.id] and not self.ending then any = close(self, item.id, roll) or any end
  end
  return any
end

local function ring(self, id, roll)
  if not do_deed(self, "task", id, "done", { code = "no-answer", note = "打过 " .. roll(1, 1000000) }) then return false end
  self.rung = self.rung + 1
  return true
end

local function treat(self, id, roll)
  return do_deed(self, "alert", id, "ack", { note = "" })
    and do_deed(self, "alert", id, "act", { act = "电话 " .. roll(1, 1000000) })
    and do_deed(self, "alert", id, "done", { note = "好转" })
end

local function close_task(self, roll) return work_on(self, "task", roll, ring) end
local function close_alert(self, roll) return work_on(self, "alert", roll, treat) end

local function change_script(self)
  self.reloads = self.reloads + 1
  self.h:script("w/w.lua", Hospital.ward("w", Outside.STEPS) .. ("\n-- version %d\n"):format(self.reloads))
  if self.up then self.h:signal "sighup" end
  return true
end

local function crew(self, name, count, act, pause)
  for i = 1, count do actor(self, count > 1 and name .. i or name, act, pause) end
end

-- Everybody begins. slow: how many ms the busiest rest at most. diligent: there are enough patients and staff to keep up with
-- all that comes.
function Outside:begin(slow, diligent)
  slow = slow or 15
  self.up, self.diligent = true, diligent
  crew(self, "his", 2, tell_events, slow)
  crew(self, "patient", diligent and 6 or 2, answer_page, slow)
  crew(self, "nurse", diligent and 4 or 1, close_task, slow * 2)
  crew(self, "doctor", 1, close_alert, slow * 8)
  crew(self, "author", 1, change_script, slow * 40)
end

-- Nobody begins anything new; what was begun is finished, and every alert is closed.
function Outside:finish()
  self.ending, self.diligent = true, false
  wait.till("everybody outside has finished", function() return self.actors == 0 end, 60)
  local roll = dice(self.seed, "last rounds")
  wait.for_it(function()
    repeat until not close_alert(self, roll)
  end)
end

-- People to page, so that alerts are messages too.
function Outside:staff_on_duty()
  for role, login in pairs(DUTIES) do
    local phone = "1370000" .. login:byte(1, 1) .. #login
    assert(self.h:call("POST", "/staff", { login = login, phone = phone, department = "w" }) == 200)
    local output, exit, errors = self.h:afterward("duty", "set", role, login)
    assert(exit == 0, output .. errors)
  end
end

return Outside
