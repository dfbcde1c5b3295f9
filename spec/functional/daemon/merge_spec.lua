-- Texts that leave together, and texts to too many, as the nurse at the command line sees them: the daemon and a gateway.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"

local MORE = 'aw.template { id = "walk", class = "education", zh = "{patient.title}您好，每天走路两次。", en = "Walk." },'
local TOGETHER = [[aw.step { id = "ask", at = "1h", run = function(p) p:ask("check", { within = "30d" }) end },
  aw.step { id = "tell", at = "1h", run = function(p) p:send "walk" end },]]
local SEND = 'aw.step { id = "s", at = "1h", run = function(p) p:send "walk" end },'

local function patients(h, from, to)
  local list = {}
  for n = from, to do
    assert.equal(202, h:event(h:discharge(n)))
    list[#list + 1] = wait.till("the patient is known", function() return h:patient(n) end).id
  end
  return list
end
local function messages(h, query, count)
  return wait.till(count .. " messages with " .. query, function()
    local items = h:get("/messages?" .. query).items
    return #items == count and items
  end, 30)
end

describe("two messages due at one hour", function()
  randomize(false)
  local h
  setup(function() h = Hospital.open { speed = 3600, scripts = { ["w/w.lua"] = Hospital.ward("w", TOGETHER, MORE) } }:start() end)
  teardown(function() h:close() end)

  it("reach the phone as one text, and each can be shown with what it left with", function()
    local patient = patients(h, 1, 1)[1]
    local items = messages(h, "status=accepted&patient=" .. patient, 2)
    local got = h.gateway:to(Hospital.phone(1))
    assert.equal(1, #got)
    assert.truthy(got[1].text:find "有2件事：1、.*2、.*每天走路" or got[1].text:find "有2件事：1、每天走路.*2、")
    for i, item in ipairs(items) do
      local shown = h:get("/messages/" .. item.id)
      local other = items[3 - i]
      assert.same({ { id = other.id, name = other.name } }, shown.together)
    end
    local story = h:afterward("timeline", "--mrn", "M1")
    assert.truthy(story:find("walk by sms: accepted, sent together with check", 1, true)
      or story:find("check by sms: accepted, sent together with walk", 1, true), story)
  end)
  it("are both delivered by one receipt", function()
    local patient = h:patient(1).id
    local key = h.gateway:to(Hospital.phone(1))[1].key
    assert.equal(200, (h:call("POST", "/channels/sms/receipt", { id = "g-" .. key, state = "DELIVRD" },
      { token = false, ["X-Token"] = "gateway-knows" })))
    messages(h, "status=delivered&patient=" .. patient, 2)
  end)
end)

describe("a text to more people than the limit", function()
  randomize(false)
  local h
  setup(function()
    h = Hospital.open { speed = 3600, site = "mass_limit = 2,", scripts = { ["w/w.lua"] = Hospital.ward("w", SEND, MORE) } }:start()
  end)
  teardown(function() h:close() end)

  it("shows in the alerts with the commands that decide, which do", function()
    patients(h, 1, 4)
    local held = messages(h, "status=held&reason=mass-send", 2)
    local alert = wait.till("the alert", function() return h:get("/alerts?department=w").items[1] end)
    assert.equal("mass-send:walk", alert.name)
    local approve, id = alert.reason:match "afterward (messages approve (m%w+))"
    assert.truthy(id == held[1].id or id == held[2].id)
    local output, code, errors = h:afterward("messages", "approve", "m000000000000")
    assert.equal(1, code, output .. (errors or ""))
    output, code = h:afterward("messages", "approve", id, "--json")
    assert.equal(0, code, approve)
    assert.equal(2, require "dkjson".decode(output).released)
    messages(h, "status=accepted", 4)
    assert.equal("closed", h:get("/alerts/" .. alert.id).status)
  end)
  it("is stopped by the other command", function()
    local id = h:get("/messages?status=accepted").items[1].id
    local output, code = h:afterward("messages", "withdraw", id)
    assert.equal(0, code, output)
    patients(h, 5, 5)
    assert.equal("withdrawn", messages(h, "status=suppressed&reason=withdrawn", 1)[1].reason)
    assert.equal(2, select(2, h:afterward("messages", "withdraw")))
  end)
end)
