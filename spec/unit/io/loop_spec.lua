local io_unit = require "afterward.unit.io"

describe("the loop", function()
  local world
  before_each(function() world = io_unit.new() end)
  after_each(function() world:close() end)

  it("fires a timer once, at the delay armed last", function()
    local fired = 0
    world:timer(function() fired = fired + 1 end, 60000, 5)
    assert.equal(1, fired)
    world:timer(function() fired = fired + 1 end, 5, 60000)
    assert.equal(1, fired)
  end)

  it("works off what is queued in a timer before it sleeps", function()
    local queued, worked = 0, 0
    world:work(function()
      if queued == 0 then return false end
      queued, worked = queued - 1, worked + 1
      return queued > 0
    end)
    world:timer(function() queued = 3 end, 1)
    assert.equal(3, worked)
  end)

  it("keeps serving timers while work never ends", function()
    world:work(function() return true end)
    local fired = false
    world:timer(function() fired = true end, 5)
    assert.is_true(fired)
  end)

  it("does other work between two calls of a timer that is armed again for at once", function()
    local told = {}
    world:work(function()
      if told[#told] == "fired" then told[#told + 1] = "worked" end
      return false
    end)
    world:again(function() told[#told + 1] = "fired" end, 5)
    assert.equal(("fired worked "):rep(4) .. "fired", table.concat(told, " ", 1, 9))
  end)

  it("is woken by another thread", function()
    local woken = 0
    world:wake(function() woken = woken + 1 end)
    assert.equal(1, woken)
  end)

  it("hands over SIGHUP, SIGINT and SIGTERM", function()
    local seen = {}
    world:signals(function(number) seen[#seen + 1] = number end)
    for _, number in ipairs { 1, 2, 15 } do
      io_unit.raise(number)
      local count = #seen
      for _ = 1, 100 do
        if #seen > count then break end
        world:step(5)
      end
    end
    assert.same({ 1, 2, 15 }, seen)
  end)

  it("runs until it is stopped, from a timer as well", function() world:run(5) end)
end)
