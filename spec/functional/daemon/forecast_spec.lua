-- afterward forecast: what the enrolled still have before them, times what such steps led to until now.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"
local json = require "dkjson"

local HOUR = 3600000
local STEPS = [[
  aw.step { id = "now", at = "enroll", run = function(p)
    p:send "hello"
    p:task { id = "call", role = "nurse", due = "8bh" }
  end },
  aw.step { id = "later", at = { "2d 10:00", "5d 10:00" }, run = function(p) p:send "hello" end },
  aw.step { id = "far", at = "60d 10:00", run = function(p) p:send "hello" end },
]]

describe("the forecast of a ward", function()
  randomize(false)
  local h
  setup(function()
    h = Hospital.open { speed = 1, scripts = { ["w/w.lua"] = Hospital.ward("w", STEPS) } }:start()
    for n = 1, 3 do
      h:event(h:discharge(n, { department = "w", at = Hospital.iso(h:now() - HOUR), leaving = "order",
        patient = { mrn = "M" .. n, name = "王小兰", birth = "1951-02-03", phone = Hospital.phone(n) } }))
    end
    wait.till("three sent", function() return #h:get("/messages?status=accepted").items == 3 or #h:get("/messages?status=delivered").items == 3 end)
  end)
  teardown(function() h:close() end)

  local function ward(...)
    local output, code, errors = h:afterward("forecast", ...)
    assert.equal(0, code, errors)
    return json.decode(output).departments[1], output
  end

  it("counts the steps of the coming four weeks on their days, and none beyond", function()
    local w = ward("w", "--json")
    local steps, planned = {}, {}
    for i, day in ipairs(w.days) do if day.steps > 0 then steps[#steps + 1] = { i, day.steps } end end
    assert.equal(28, #w.days)
    assert.same({ { 3, 3 }, { 6, 3 } }, steps)
    for _, step in ipairs(w.steps) do planned[step.step] = step end
    assert.equal(6, planned.later.planned)
    assert.is_nil(planned.far)
  end)

  it("knows by history what a step leads to, and says where there is none", function()
    local by = {}
    for _, step in ipairs(ward("w", "--json").steps) do by[step.step] = step end
    assert.same({ "history", 3, 1, 1 }, { by.now.basis, by.now.runs, by.now.sends_each, by.now.tasks_each })
    assert.same({ "none", 0 }, { by.later.basis, by.later.runs })
    local output = h:afterward("forecast", "w")
    assert.matches("Without history yet.*way later %(6%)", output)
  end)

  it("reaches as far as it is asked, and refuses more than twelve weeks", function()
    assert.equal(63, #ward("w", "--weeks", "9", "--json").days)
    local _, code, errors = h:afterward("forecast", "--weeks", "13")
    assert.equal(2, code)
    assert.matches("weeks must be 1 to 12", errors)
  end)

  it("shows a department to those who may see it alone", function()
    assert.equal(404, (h:call("GET", "/forecast?department=w", nil, { token = "other" })))
  end)
end)
