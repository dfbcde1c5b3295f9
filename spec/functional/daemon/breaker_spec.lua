-- A provider that dies while the daemon runs: what operators see, what waits, and what they may write about its pace.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"

local STEP = 'aw.step { id = "s", at = "1h", run = function(p) p:send "hello" end },'
local function fleet(n)
  local h = Hospital.open { speed = 3600, scripts = { ["w/w.lua"] = Hospital.ward("w", STEP) } }
  local sms = h.gateway:channel "24h"
  h:configure("sms = " .. (n and sms:gsub("}%s*$", ", " .. n .. " }") or sms) .. ", log = {}")
  return h
end

describe("a gateway that dies", function()
  local h
  setup(function()
    h = fleet()
    h.gateway.behave = function() return { status = 503 } end
    h:start()
    for n = 1, 9 do h:event(h:discharge(n)) end
  end)
  teardown(function() h:close() end)
  local function sms()
    for _, item in ipairs(h:get("/api/v1/channels").items) do if item.name == "sms" then return item end end
  end
  local function metric(text)
    local _, metrics = h:call("GET", "/metrics", nil, { token = false })
    return metrics:find(text, 1, true) ~= nil
  end

  it("is listed as down, since when and why; its messages wait; the metric says so; the house is told", function()
    wait.till("all wait", function() return sms().state == "down" and sms().held == 9 end)
    assert.truthy(sms().since and sms()["until"])
    assert.matches("503", sms().error)
    assert.matches("sms +sms%-http +down +%d%d%d%d", (h:afterward "channels"))
    assert.is_true(metric 'afterward_channel_up{channel="sms"} 0')
    assert.is_true(metric 'afterward_channel_state{channel="sms",state="down"} 1')
    assert.is_true(metric 'afterward_channel_up{channel="log"} 1')
    local list = h:get("/messages?status=held&reason=breaker").items
    assert.truthy(#list >= 8)
    assert.truthy(list[1].due_at < list[1].valid_until)     -- tried again then, not held until it is worth nothing
    wait.till("the alert is there", function() return h:afterward("alerts"):find("channel-down:sms", 1, true) end)
  end)

  it("is up again when it answers, and each gets hers once", function()
    h.gateway.behave = nil
    wait.till("all have left", function() return #h.gateway.list == 9 end)
    wait.till("nobody waits", function() return sms().state == "up" and sms().held == 0 end)
    assert.is_true(metric 'afterward_channel_up{channel="sms"} 1')
    wait.till("the alert is closed", function() return not h:afterward("alerts"):find("channel-down:sms", 1, true) end)
    assert.equal(9, #h.gateway.list)
  end)
end)

describe("a channel's pace", function()
  for what, case in pairs {
    ["a rate of nothing"] = { "per_second = 0", 'channel "sms": per_second must be a number of 0.001 or more' },
    ["a rate that is a text"] = { 'per_second = "ten"', 'channel "sms": per_second must be a number of 0.001 or more' },
    ["half a message a day"] = { "per_day = 0.5", 'channel "sms": per_day must be a whole number of 1 or more' },
    ["a burst of nothing said"] = { "burst = 5", "burst says how many of per_second may go at once: set both" },
  } do
    it("is refused with a sentence: " .. what, function()
      local h = fleet(case[1])
      local process = h:launch()
      wait.till("it ends", function() return process.ended end)
      assert.equal(1, process.code)
      assert.truthy(process.errors:find(case[2], 1, true), process.errors)
      h:close()
    end)
  end

  it("is kept and shown", function()
    local h = fleet "per_second = 0.01, burst = 2"           -- 36 a real second at this speed
    h:start()
    for n = 1, 6 do h:event(h:discharge(n)) end
    wait.till("all have left", function() return #h.gateway.list == 6 end)
    local at = {}
    for _, message in ipairs(h:get "/messages?template=hello".items) do
      local hour, minute, second = h:get("/messages/" .. message.id).tries[1].started_at:match "T(%d+):(%d+):(%d+)"
      at[#at + 1] = (hour * 60 + minute) * 60 + second
    end
    table.sort(at)
    assert.truthy(at[6] - at[1] >= 398, table.concat(at, " ")) -- two, then one each 100 s
    local item
    for _, one in ipairs(h:get("/api/v1/channels").items) do if one.name == "sms" then item = one end end
    assert.same({ 0.01, 2 }, { item.per_second, item.burst })
    h:close()
  end)
end)
