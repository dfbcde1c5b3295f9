-- A clock that is set while the engine runs.
local H = require "functional.sim.helper"

local HOUR = 3600000
local STEP = 'aw.step { id = "s", at = "2d", valid_for = "40d", run = function(p) p:send "hello" end },'
  .. 'aw.step { id = "t", at = "40d", run = function(p) p:note "end" end },'

describe("after a jump of the clock", function()
  local w
  before_each(function() w = H.discharged { steps = STEP } end)
  after_each(function() w:close() end)

  local function got() return H.count(w, "attempt") end

  for _, hours in ipairs { 49, 30 * 24, 60 * 24 } do
    it(("of %d hours, patients get nothing until a person says that it is right"):format(hours), function()
      w.core:jump_to(w:now() + hours * HOUR, true)
      w:advance "30m"
      assert.equal(0, got())
      assert.equal(200, w:_submit("clock.confirm", { by = "chen" }).status)
      w:advance "5m"
      local expired = hours * HOUR > 42 * 24 * HOUR
      assert.equal(expired and 0 or 1, got())
    end)
  end

  it("the wait outlives a crash", function()
    w.core:jump_to(w:now() + 49 * HOUR, true)
    w:crash()
    w:advance "30m"
    assert.equal(0, got())
    assert.equal(1, H.count(w, "message WHERE status='held' AND reason='clock'"))
  end)

  it("of less than an hour, nothing waits", function()
    w:advance "47h"
    w.core:jump_to(w:now() + HOUR - 60000, true)
    w:advance "30m"
    assert.equal(1, got())
  end)

  it("back, patients get nothing twice", function()
    w:advance "49h"
    assert.equal(1, got())
    w.core:jump_to(w:now() - 30 * 24 * HOUR, true)
    w:_submit("clock.confirm", { by = "chen" })
    w:advance "60d"
    assert.equal(1, H.count(w, "message WHERE kind='send'"))
    assert.equal(1, H.count(w, "attempt"))
  end)
end)
