-- The power fails at any moment, again and again, under load: what client and gateway counted outside the daemon must
-- agree with what it knows when it is back. AFTERWARD_ROUNDS says how many rounds, AFTERWARD_SPEC_SEED which moments.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"
local json = require "dkjson"

local ROUNDS = tonumber(os.getenv "AFTERWARD_ROUNDS") or 8
local SEED = tonumber(os.getenv "AFTERWARD_SPEC_SEED") or 1
local STEPS = [[
  aw.step { id = "one", at = "1h", valid_for = "9d", run = function(p) p:ask("check", { within = "20d" }) end },
  aw.step { id = "two", at = "2h", valid_for = "9d", run = function(p) p:send "hello" end },
]]

local Load = {}
Load.__index = Load

-- What is true outside: events that were acknowledged, answers that were thanked for.
local function load_of(h)
  local self = setmetatable({ h = h, next = 0, acknowledged = {}, thanked = {}, codes = {}, asked = 0 }, Load)
  h.gateway.on_sent = function(message)
    local code = Hospital.code(message)
    if code then self.codes[#self.codes + 1] = code end
  end
  return self
end

function Load:post_events()
  while self.going do
    local batch, count = {}, math.random(1, 4)
    for i = 1, count do
      self.next = self.next + 1
      batch[i] = self.h:discharge(self.next)
    end
    local status, body = self.client:ask("POST", "/api/v1/events", { Authorization = "Bearer " .. Hospital.TOKENS.his,
      ["Content-Type"] = "application/json" }, json.encode { events = batch })
    if status == 202 then
      for i, result in ipairs(json.decode(body).results) do
        assert(result.status == 202)
        self.acknowledged[result.id] = batch[i]
      end
    end
    wait.sleep(math.random(1, 15))
  end
end

function Load:answer_pages()
  local type = { ["Content-Type"] = "application/x-www-form-urlencoded" }
  while self.going do
    local code = table.remove(self.codes, 1)
    if code then
      local status, _, headers = self.client:ask("POST", "/f", type, "code=" .. code .. "&birth=19510203")
      if status == 303 then
        status = self.client:ask("POST", headers.location, type, "by=patient&all=1&step=0&a_temp=36.8")
        if status == 303 then self.thanked[code] = true end
      end
    end
    wait.sleep(math.random(1, 10))
  end
end

-- Work on all sides until the power fails, so many ms from now.
function Load:until_power_fails(ms)
  self.going, self.client = true, self.h.client
  for _ = 1, 2 do
    wait.go(function() self:post_events() end)
    wait.go(function() self:answer_pages() end)
  end
  wait.ms(ms)
  self.h:signal "sigkill"
  self.going = false
  self.h:kill()
  wait.ms(50)
end

local function size(map)
  local count = 0
  for _ in pairs(map) do count = count + 1 end
  return count
end

-- Messages that mean the same: one patient, one kind of text. The code of a page is drawn once a question.
local function intents(requests)
  local out = {}
  for _, message in ipairs(requests) do
    local intent = message.to .. (Hospital.code(message) and " question" or " hello")
    out[intent] = out[intent] or { keys = {}, requests = 0 }
    out[intent].keys[message.key] = true
    out[intent].requests = out[intent].requests + 1
  end
  return out
end

local function play(keyed)
  math.randomseed(SEED)
  local h = Hospital.open { speed = 7200, keyed = keyed, scripts = { ["w/w.lua"] = Hospital.ward("w", STEPS) } }:start()
  local load, moments = load_of(h), {}
  h.gateway.behave = function()
    if math.random() < 0.05 then return { status = 503 } end
  end
  for round = 1, ROUNDS do
    moments[round] = math.random(50, 900)
    load:until_power_fails(moments[round])
    h:start()
  end
  h.gateway.behave = nil
  local function settled()
    local books = h:get "/summary"
    local waiting = h:get("/messages?status=held").items
    return books.enrolled > 0 and books.due_steps == 2 * books.enrolled and #waiting == 0 and #h:get("/messages?status=in_flight").items == 0
      and books
  end
  local books = wait.till("everything due has happened", settled, 60)
  print(("  seed %d, %d power cuts%s: %d events acknowledged, %d answers thanked for, %d messages sent, %d in doubt"):format(SEED,
    ROUNDS, keyed and " (keyed)" or "", size(load.acknowledged), size(load.thanked), #h.gateway.list,
    books.messages_by_status.in_doubt or 0))
  return h, load, books
end

for _, keyed in ipairs { "24h", false } do
  describe("after power cuts at any moment, with a gateway that " .. (keyed and "knows keys" or "knows no keys"), function()
    randomize(false)
    local h, load, books
    setup(function() h, load, books = play(keyed or nil) end)
    teardown(function() h:close() end)

    it("no acknowledged event is lost, and none is applied twice", function()
      assert.is_true(size(load.acknowledged) > 10)
      for id, event in pairs(load.acknowledged) do
        local found = h:get("/patients?mrn=" .. event.patient.mrn).items
        assert.equal(1, #found, id)
      end
      assert.equal(books.patients, books.enrolled)
      assert.is_true(books.enrolled <= load.next)
    end)

    it("no answer that was thanked for is lost, and none is counted twice", function()
      assert.is_true(size(load.thanked) > 0)
      local answered = books.answered
      assert.is_true(answered >= size(load.thanked), answered .. " of " .. size(load.thanked))
      for code in pairs(load.thanked) do
        local status, page = h:answer(code, { temp = "36.8" })
        assert.equal(200, status, page)
      end
      assert.equal(answered, h:get("/summary").answered)
    end)

    it("no patient is sent the same thing twice", function()
      for intent, seen in pairs(intents(h.gateway.requests)) do
        assert.equal(1, size(seen.keys), intent)
      end
      for intent, seen in pairs(intents(h.gateway.list)) do assert.equal(1, seen.requests, intent) end
    end)

    it(keyed and "nothing is in doubt" or "what was under way is in doubt and was not sent again", function()
      local doubts = h:get("/messages?status=in_doubt&limit=200").items
      if keyed then return assert.same({}, doubts) end
      local taken = {}
      for _, message in ipairs(h.gateway.requests) do
        if message.how == "accept" then taken[message.key] = (taken[message.key] or 0) + 1 end
      end
      for key, count in pairs(taken) do assert.equal(1, count, key) end
    end)

    it("every due step is accounted for", function()
      assert.equal(0, books.unaccounted)
      assert.is_true(books.balanced)
    end)

    it("the daemon never called a fault its own", function()
      assert.is_nil(h:words():find "Sanitizer")
      assert.is_nil(h:words():find "runtime error")
      assert.is_nil(h:words():find "\nerror ")
    end)
  end)
end
