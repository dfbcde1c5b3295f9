-- A script names a channel that nobody has configured: it is said once, and stands where operators look.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"

describe("a message for a channel that is not configured", function()
  local h
  setup(function()
    h = Hospital.open { speed = 3600, scripts = { ["w/w.lua"] = Hospital.ward("w",
      'aw.step { id = "s", at = "1h", run = function(p) p:send("hello", { via = { "wechat", "sms" }, together = true }) end },') } }
    h:start()
  end)
  teardown(function() h:close() end)

  it("is said once, not at each look, and the health page warns while it waits", function()
    assert(h:event(h:discharge(1)) == 202)
    wait.till("the health page warns", function()
      return h:get("/healthz").warnings:find("1 message(s) of w wait for a channel that is not configured (wechat)", 1, true)
    end, 30)
    local from = h:now()
    wait.till("it was looked at four times more", function() return h:now() > from + 3600000 end, 30)
    assert.equal(1, select(2, h:words():gsub("message%.no%-channel", "")))
    assert.equal(1, #h.gateway:to(Hospital.phone(1)))                       -- the other road was taken
  end)
end)
