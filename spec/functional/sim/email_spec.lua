-- A text by e-mail goes to the address that an event brought.
local H = require "functional.sim.helper"

local function mailed(email)
  local w = H.world { steps = H.step [[p:send("hello", { via = { "email" } })]] }
  w:discharge(w:patient { age = 60, email = email })
  w:advance "1h"
  return w
end
local function address(w)
  return w.core:query("SELECT i.value FROM attempt a JOIN identity i ON i.id=a.address ORDER BY a.rowid DESC")[1].value
end

describe("a text by e-mail", function()
  it("goes to the address that an event brought", function()
    local w = mailed "wang@example.org"
    assert.equal("email", w.texts[1].channel)
    assert.equal("wang@example.org", address(w))
  end)

  it("goes nowhere without one, though there is a telephone number, and says no-contact", function()
    local w = mailed()
    assert.equal(0, #w.texts)
    assert.equal("no-contact", w.core:query("SELECT reason FROM message")[1].reason)
  end)

  it("still goes when the only number turns out to be somebody else's", function()
    local w = H.world { steps = [[aw.step { id = "a", at = "1h", run = function(p) p:send("hello", { via = { "sms" } }) end },
      aw.step { id = "b", at = "2d", run = function(p) p:send("hello", { via = { "sms", "email" } }) end },]] }
    local pt = w:patient { age = 60, email = "wang@example.org" }
    w:discharge(pt)
    w:advance "3h"
    assert.equal("wrong-number", pt:reply "打错了")
    w:advance "3d"
    assert.same({ "sms", "email" }, { w.texts[1].channel, w.texts[2].channel })
    assert.equal("wang@example.org", address(w))
  end)
end)
