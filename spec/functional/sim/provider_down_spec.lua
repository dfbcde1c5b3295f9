-- A gateway that is dead: what has another way leaves by it, what has none waits and leaves when it lives again.
local H = require "functional.sim.helper"

local function ward(body)
  local w, first = H.discharged { steps = H.step(body) .. [[aw.step { id = "end", at = "90d", run = function(p) end },]] }
  local patients = { first }
  for i = 2, 8 do
    patients[i] = w:patient { age = 60 }
    w:discharge(patients[i])
  end
  return w, patients
end
local function tries(w, channel) return H.count(w, "attempt WHERE channel=?1", channel) end

describe("when the gateway is dead", function()
  it("the ward's texts leave by the other channel", function()
    local w = ward [[p:send("hello", { via = { "sms", "log" } })]]
    w:channel("sms", "dead")
    w:advance "62m"
    w:advance "30m"
    assert.equal(8, H.count(w, "message WHERE status='accepted' AND channel='log'"))
    assert.equal(0, H.count(w, "message WHERE status='held'"))
  end)

  it("what has no other way waits, is not tried, and leaves once when it lives again", function()
    local w = ward [[p:send("hello", { via = { "sms" } })]]
    w:channel("sms", "dead")
    w:advance "62m"
    w:advance "20m"
    assert.truthy(H.count(w, "message WHERE status='held' AND reason='provider-down'") >= 6)
    assert.truthy(tries(w, "sms") <= 8 + 6)
    w:channel("sms", "accept")
    w:advance "15m"
    assert.equal(8, H.count(w, "message WHERE status='accepted'"))
    assert.equal(8, H.count(w, "attempt WHERE status='accepted'"))
  end)

  it("a text that may have arrived keeps its channel", function()
    local w = ward [[p:send("hello", { via = { "sms", "log" } })]]
    w:channel("sms", "ambiguous")
    w:advance "62m"
    assert.equal(8, H.count(w, "message WHERE status='in_doubt'"))
    assert.equal(0, tries(w, "log"))
  end)
end)
