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
  aw.step { id = "next", at = { "3d 10:00" }, run = function(p) p:wait(p:task { id = "ring", role = "nurse", due = "8bh" }) end },
  aw.step { id = "far", at = "60d 10:00", run = function(p) p:send "hello" end },
]]

local MORE = [[
  aw.watch { id = "cooled", on = "observation:temperature", where = function(f) return false end, run = function(p) p:note "x" end },
  aw.job { id = "digest", at = "mon 08:00", run = function(j) j:note "x" end },
]]

describe("the forecast of a ward", function()
  randomize(false)
  local h
  setup(function()
    h = Hospital.open { speed = 1, scripts = { ["w/w.lua"] = Hospital.ward("w", STEPS, MORE) } }:start()
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

  it("lists of one patient all that is ahead, as far as one asks", function()
    local id = h:patient(1).id
    local function steps(query)
      local out = {}
      for i, step in ipairs(h:get("/enrollments?patient=" .. id .. query).items[1].planned) do
        out[i] = step.step .. step.due_at:sub(11, 16)
      end
      return out
    end
    assert.same({ "laterT10:00", "nextT10:00", "laterT10:00", "farT10:00" }, steps "&planned=200")
    assert.same({ "laterT10:00", "nextT10:00" }, steps "&planned=2")
    local shown = h:afterward("enrollments", "--patient", id, "--planned", "100")
    assert.matches("way of w, active, since .*later.*next.*later.*far", shown)
    assert.equal(2, select(2, h:afterward("enrollments", "--planned", "9")))      -- of everybody would be too much
    assert.equal(2, select(2, h:afterward("enrollments", "--patient", id, "--planned", "x")))
  end)

  it("leaves out what a nurse skips of it, which the list and the timeline keep with the reason", function()
    local id = h:patient(1).id
    local course = h:get("/enrollments?patient=" .. id).items[1]
    local function deed(...) return h:afterward("enrollment", "skip", course.id, ...) end
    local function count(step)
      for _, one in ipairs(ward("w", "--json").steps) do if one.step == step then return one.planned end end
    end
    assert.same({ 6, 3 }, { count "later", count "next" })
    assert.equal(2, (select(2, deed "next")))                                     -- why is missing
    local _, refused, days = deed("later", "--reason", "told")
    assert.equal(1, refused)
    assert.matches("later is ahead on 2 days: name one, %d+%-%d+%-%d+, %d+%-%d+%-%d+\n", days)
    local day = days:match "one, (%S+),"
    assert.equal(0, (select(2, deed("later", day, "--reason", "told", "--note", "at the visit"))))
    assert.matches("^Skipped: next of %d+%-%d+%-%d+ does not begin%.", (deed("next", "--reason", "declined")))
    assert.same({ 5, 2 }, { count "later", count "next" })

    local now = h:get("/enrollments?patient=" .. id .. "&planned=9").items[1]
    assert.same({ "later", "far", nil }, { now.planned[1].step, now.planned[2].step, now.planned[3] })
    assert.equal(now.planned[1].due_at, now.next_at)
    assert.same({ "later", day, "told", "at the visit", "next", "declined" }, { now.skipped[1].step, now.skipped[1].day, now.skipped[1].reason,
      now.skipped[1].note, now.skipped[2].step, now.skipped[2].reason })
    local list, story = h:afterward("enrollments", "--patient", id, "--planned", "9"), h:afterward("timeline", id)
    assert.matches("SKIPPED BY A PERSON\nDUE .*later *" .. day:gsub("%-", "%%-") .. " *told.*at the visit", list)
    assert.truthy(story:find("later of " .. day .. " will not begin: told, by ", 1, true), story)
    assert.equal(404, (h:call("POST", "/enrollments/e1/skip", { step = "next", reason = "told" })))

    assert.matches("^Put back: next of %d+%-%d+%-%d+ is ahead again%.", (deed("next", "--undo")))
    assert.equal(0, (select(2, deed("later", day, "--undo"))))
    assert.equal(2, (select(2, deed("later", day, "--all", "--reason", "told"))))
    assert.matches("^Skipped: later of every day does not begin%.", (deed("later", "--all", "--reason", "declined")))
    assert.equal(4, count "later")
    assert.equal("*", h:get("/enrollments?patient=" .. id).items[1].skipped[1].day)
    assert.matches("later of every day will not begin: declined, by ", (h:afterward("timeline", id)))
    assert.matches("^Put back: later of every day is ahead again%.", (deed("later", "--undo")))
    assert.same({ 6, 3 }, { count "later", count "next" })
  end)

  it("counts the steps of the coming four weeks on their days, and none beyond", function()
    local w = ward("w", "--json")
    local steps, planned = {}, {}
    for i, day in ipairs(w.days) do if day.steps > 0 then steps[#steps + 1] = { i, day.steps } end end
    assert.equal(28, #w.days)
    assert.same({ { 3, 3 }, { 4, 3 }, { 6, 3 } }, steps)
    for _, step in ipairs(w.steps) do planned[step.step] = step end
    assert.equal(6, planned.later.planned)
    assert.is_nil(planned.far)
  end)

  it("knows by history what a step leads to, and says where there is none", function()
    local by = {}
    for _, step in ipairs(ward("w", "--json").steps) do by[step.step] = step end
    assert.same({ "history", 3, 1, 1 }, { by.now.basis, by.now.runs, by.now.sends_each, by.now.tasks_each })
    assert.same({ "none", 0 }, { by.later.basis, by.later.runs })
    local output = h:afterward("forecast", "w", "--scripts", "docs") -- a folder that has no such department
    assert.matches("Counted as steps alone:\n.*way later %(6%): from docs: w can't be read", output)
  end)

  it("plays what nobody has been through yet, and says which figures are from that", function()
    local w = ward("w", "--json", "--scripts", h.folder .. "/scripts")
    local by = {}
    for _, step in ipairs(w.steps) do by[step.step] = step end
    assert.same({ "simulation", 0 }, { by.later.basis, by.later.tasks_each })
    assert.is_true(by.later.sends_each > 0.8 and by.later.sends_each <= 1) -- some have said meanwhile that they want no more
    assert.same({ "simulation", 0, 1 }, { by.next.basis, by.next.sends_each, by.next.tasks_each })
    assert.same({ "history", 1, 1 }, { by.now.basis, by.now.sends_each, by.now.tasks_each })
    assert.equal(w.days[3].sends, w.days[3].simulated.sends)
    assert.is_true(math.abs(w.days[3].sends - 3 * by.later.sends_each) < 0.02)
    assert.same({ 3, 3 }, { w.days[4].tasks, w.days[4].simulated.tasks })
    assert.equal(0, w.days[5].simulated.sends)
    local output = h:afterward("forecast", "w", "--scripts", h.folder .. "/scripts")
    assert.matches("Of these from a simulation.*way later %(6%): each [01]%.%d sends, 0.0 tasks", output)
    assert.matches("2026%-03%-04 +3.0 +[23].%d +0.0 +0.0 +[23].%d/0.0/0.0", output)
  end)

  it("names what begins by no schedule", function()
    assert.same({ { kind = "watch", id = "cooled", began = 0 }, { kind = "job", id = "digest" } }, ward("w", "--json").not_counted)
    assert.matches("Not counted.*watch cooled: began 0 times.*job digest", (h:afterward("forecast", "w")))
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
