-- What becomes of a message when the gateway is slow, rude, broken or lies: the daemon against a real one over HTTP.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"
local json = require "dkjson"

local STEP = 'aw.step { id = "s", at = "1h", run = function(p) p:ask("check", { within = "30d" }) end },'

-- A hospital an hour a second fast; each patient's number tells the gateway how to behave.
local function hospital(keyed)
  local h = Hospital.open { speed = 3600, keyed = keyed, scripts = { ["w/w.lua"] = Hospital.ward("w", STEP) } }:start()
  h.manners, h.next = {}, 0
  h.gateway.behave = function(message)
    local manner = h.manners[message.to]
    return type(manner) == "function" and manner(message) or manner
  end
  return h
end

-- A new patient to whom the gateway behaves so: number, and a reader of the patient's only message.
local function follow(h, manner)
  h.next = h.next + 1
  local n = h.next
  local number = Hospital.phone(n)
  h.manners[number] = manner
  assert(h:event(h:discharge(n)) == 202)
  local id = wait.till("the patient is known", function() return h:patient(n) end).id
  return number, function(status)
    return wait.till("the message is " .. status, function()
      local message = h:get("/messages?patient=" .. id).items[1]
      return message and message.status == status and h:get("/messages/" .. message.id)
    end, 30)
  end
end

local function times(h, number)
  local out = {}
  for _, request in ipairs(h.gateway.requests) do if request.to == number then out[#out + 1] = request.at end end
  return out
end

-- The first so many requests are answered so, later ones are taken.
local function first(count, how)
  local seen = 0
  return function()
    seen = seen + 1
    return seen <= count and how or nil
  end
end

describe("a gateway that knows no keys", function()
  local h
  setup(function() h = hospital(nil) end)
  teardown(function() h:close() end)

  local unclear = {
    ["takes the message and cuts the line"] = "reset",
    ["takes the message and never answers"] = "hang",
    ["answers with a page instead of JSON"] = "garbage",
    ["falls over with a 500"] = { status = 500 },
    ["gives a code that nobody configured"] = { status = 200, body = '{"code":77}' },
  }
  for what, how in pairs(unclear) do
    it("that " .. what .. " leaves it in doubt: never sent again by itself", function()
      local number, message = follow(h, how)
      local doubt = message "in_doubt"
      assert.equal("in_doubt", doubt.tries[1].status)
      assert.truthy(h:afterward("messages", "--status", "in_doubt"):find(doubt.id, 1, true))
      wait.ms(400)                                          -- most of half an hour
      assert.equal(1, #times(h, number))
    end)
  end

  it("a person may have it sent again, and it goes once more", function()
    local number, message = follow(h, first(1, "reset"))
    local doubt = message "in_doubt"
    local output, code = h:afterward("message", "resolve", doubt.id, "resend")
    assert.equal(0, code, output)
    message "accepted"
    assert.equal(2, #times(h, number))
    assert.equal(1, #h.gateway:to(number))
  end)

  it("a person may take it as sent, and it is over", function()
    local number, message = follow(h, "reset")
    local doubt = message "in_doubt"
    local shown = h:afterward("messages", "in-doubt")
    for _, words in ipairs { doubt.id .. "  check (ask, questionnaire) of w to patient", "in doubt since", "the gateway may know it as ",
      "resend: It goes again by the first channel that is open", "sent: Nothing goes. If it did not arrive, nobody was asked",
      "The time for an answer (30d) begins now" } do
      assert.truthy(shown:find(words, 1, true), words .. "\n" .. shown)
    end
    assert.equal(doubt.id, json.decode((h:afterward("messages", "in-doubt", "--json", "--patient", doubt.patient))).items[1].id)
    assert.equal(2, select(2, h:afterward("messages", "in-doubt", "--channel", "sms")))
    assert.equal(0, select(2, h:afterward("message", "resolve", doubt.id, "sent", "--note", "the gateway's console shows it")))
    assert.equal("the gateway's console shows it", message "accepted".decided[1].note)
    local status = h:call("POST", "/messages/" .. doubt.id .. "/resolve", { decision = "resend" })
    assert.equal(409, status)
    wait.ms(300)
    assert.equal(1, #times(h, number))
  end)

  it("what it refused before it sent anything is tried again: 503, 429 not before Retry-After", function()
    local number, message = follow(h, first(2, { status = 503 }))
    message "accepted"
    assert.equal(3, #times(h, number))
    number, message = follow(h, first(1, { status = 429, headers = { ["Retry-After"] = "7200" } }))
    message "accepted"
    local at = times(h, number)
    assert.equal(2, #at)
    assert.is_true(at[2] - at[1] >= 7200 * 1000 - 100, at[2] - at[1])
  end)

  it("what it says can never go is not tried again", function()
    local number, message = follow(h, { status = 400, body = '{"code":"bad number"}' })
    message "failed"
    wait.ms(200)
    assert.equal(1, #times(h, number))
  end)

  it("bad credentials hold the message until they are right, and the log names the channel", function()
    local number, message = follow(h, first(1, { status = 401 }))
    message "accepted"
    local at = times(h, number)
    assert.is_true(at[2] - at[1] >= 14 * 60000, at[2] - at[1])
    assert.matches("message%.channel%-config message=%d+ channel=sms", h:words())
  end)
end)

describe("a gateway that drops what it has under the same key", function()
  local h
  setup(function() h = hospital "24h" end)
  teardown(function() h:close() end)

  it("is asked again after a 500, a cut line and silence, ever more slowly, and the patient gets one message", function()
    for _, how in ipairs { { status = 500 }, "reset" } do
      local number, message = follow(h, first(3, how))
      message "accepted"
      local at, keys = times(h, number), {}
      assert.equal(4, #at)
      for i, least in ipairs { 24, 48, 96 } do assert.is_true(at[i + 1] - at[i] >= least * 1000) end -- it doubles from 30 s
      for _, request in ipairs(h.gateway.requests) do if request.to == number then keys[request.key] = true end end
      assert.truthy(next(keys))
      assert.is_nil(next(keys, (next(keys))))
      assert.equal(1, #h.gateway:to(number))
    end
  end)

  it("that says it took it, before the line is cut, is not sent to twice", function()
    local cut = first(1, true)
    local number, message = follow(h, function(request)
      if cut() then
        h.gateway.sent[request.key] = request
        return "reset"
      end
    end)
    message "accepted"
    assert.equal(0, #h.gateway:to(number))                  -- only the first, before the cut, counted
  end)
end)

describe("a receipt", function()
  local h
  setup(function() h = hospital(nil) end)
  teardown(function() h:close() end)

  local function receipt(key, state, token)
    return (h:call("POST", "/channels/sms/receipt", { id = "g-" .. key, state = state },
      { token = false, ["X-Token"] = token or "gateway-knows" }))
  end

  it("twice is the same as once", function()
    local number, message = follow(h, nil)
    message "accepted"
    local key = h.gateway:to(number)[1].key
    for _ = 1, 2 do assert.equal(200, receipt(key, "DELIVRD")) end
    message "delivered"
    assert.equal(200, receipt(key, "DELIVRD"))
    assert.equal(1, #message("delivered").tries)
  end)

  it("that comes before the gateway's own answer is kept for it", function()
    local client = h.client
    h.gateway.on_sent = function(sent)
      wait.go(function()
        client:ask("POST", "/channels/sms/receipt", { ["Content-Type"] = "application/json", ["X-Token"] = "gateway-knows" },
          ('{"id":"g-%s","state":"DELIVRD"}'):format(sent.key))
      end)
    end
    local _, message = follow(h, nil)
    message "delivered"
    h.gateway.on_sent = nil
  end)

  it("that comes after a restart still counts", function()
    local number, message = follow(h, nil)
    message "accepted"
    h:restart()
    assert.equal(200, receipt(h.gateway:to(number)[1].key, "DELIVRD"))
    message "delivered"
  end)

  it("is answered once it is safe: a power cut after the answer loses nothing", function()
    local number, message = follow(h, nil)
    message "accepted"
    assert.equal(200, receipt(h.gateway:to(number)[1].key, "DELIVRD"))
    h:kill()
    h:start()
    message "delivered"
  end)

  it("without the gateway's token is refused and changes nothing", function()
    local number, message = follow(h, nil)
    message "accepted"
    for _, token in ipairs { "gateway-known", "", "gateway-knows-more" } do
      assert.equal(403, receipt(h.gateway:to(number)[1].key, "UNDELIV", token))
    end
    wait.ms(100)
    message "accepted"
  end)

  it("of a message that nobody sent is taken politely and forgotten", function()
    assert.equal(200, receipt("nobody", "DELIVRD"))
    assert.equal(404, (h:call("POST", "/channels/pigeon/receipt", { id = "x" }, { token = false })))
  end)
end)
