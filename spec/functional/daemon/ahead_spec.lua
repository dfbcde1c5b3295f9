-- afterward ahead: what each step that has not begun would send, to whom and by which channel, as far as it can be known.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"
local json = require "dkjson"

local HOUR = 3600000
local STEPS = [[
  aw.step { id = "now", at = "enroll", run = function(p) p:note "here" end },
  aw.step { id = "advice", at = "1d 10:00", run = function(p)
    p:send("hello", { to = "family" })
    p:wait "2h"
    p:send("hello", { to = "patient", via = { "sms" } })
  end },
  aw.step { id = "asked", at = "2d 10:00", run = function(p)
    local a = p:ask("check", { within = "1d", remind = "8h" })
    if a then p:alert { id = "hot", level = "urgent", reason = "x" } return end
    p:ask("check", { to = "family", within = "8h" })
    p:wait(p:task { id = "call", role = "nurse", due = "8bh" })
    p:send "hello"
  end },
  aw.step { id = "rungs", at = "3d 10:00", run = function(p)
    p:ask("check", { via = { { "sms", within = "2h" }, { "call", role = "nurse" } } })
  end },
  aw.step { id = "old", at = "4d 10:00", run = function(p) if p.patient.age >= 75 then p:task { id = "visit", role = "nurse", due = "1bd" } end end },
  aw.step { id = "broken", at = "5d 10:00", run = function(p) local x = nil; p:send(x.y) end },
  aw.step { id = "endless", at = "6d 10:00", run = function(p) while true do end end },
  aw.step { id = "far", at = "60d 10:00", run = function(p) p:send "hello" end },
]]

describe("what is ahead of a patient", function()
  randomize(false)
  local h, id
  setup(function()
    h = Hospital.open { speed = 1, scripts = { ["w/w.lua"] = Hospital.ward("w", STEPS), ["v/v.lua"] = Hospital.ward("v", STEPS) } }:start()
    for n = 1, 3 do
      h:event(h:discharge(n, { department = n < 3 and "w" or "v", at = Hospital.iso(h:now() - HOUR), leaving = "order",
        patient = { mrn = "M" .. n, name = "王小兰", birth = n == 1 and "1940-02-03" or "1990-02-03", phone = Hospital.phone(n),
          contacts = n == 1 and { { name = "王强", phone = "13900000009", relation = "child" } } or nil } }))
    end
    wait.till("all three are enrolled", function() return #h:get("/enrollments?status=active").items == 3 end)
    id = h:patient(1).id
  end)
  teardown(function() h:close() end)

  local function steps(query)
    local by = {}
    for _, course in ipairs(h:get("/ahead?" .. query).items) do
      for _, step in ipairs(course.steps) do by[step.step] = step end
    end
    return by
  end
  local function does(step)
    local out = {}
    for i, one in ipairs(step.does) do
      out[i] = table.concat({ one.what, one.name, one.to or one.level or "-", one.person or "-", one.channel or one.reason or "-",
        one["if"] or "always" }, " ")
    end
    return out
  end

  it("is said with whom it is for, by which channel it would go, and what it depends on", function()
    local by = steps("patient=" .. id)
    assert.same({ "send hello family child sms always", "send hello patient - sms always" }, does(by.advice))
    assert.same({}, by.advice.depends_on)
    assert.same({ "ask check patient - sms always", "ask check family child sms silent", "task call nurse - - silent" }, does(by.asked))
    assert.same({ "answer check", "task call" }, by.asked.depends_on)
    assert.same({ "questionnaire", "8h", "1d" }, { by.asked.does[1].class, by.asked.does[1].remind, by.asked.does[1].within })
    assert.same({ "ask check patient - sms always" }, does(by.rungs))
    assert.same({ "sms", "call" }, { by.rungs.does[1].via[1].channel, by.rungs.does[1].via[2].channel })
    assert.same({ "task visit nurse - - always" }, does(by.old))
    assert.matches("T10:00:00", by.far.due_at)
    assert.is_nil(by.now)                                    -- it has begun: its messages are in the log
  end)

  it("differs by what is known of the patient", function()
    local by = steps("patient=" .. h:patient(2).id)
    assert.same({}, does(by.old))
    assert.same({ "send hello family - no-contact always", "send hello patient - sms always" }, does(by.advice))
    assert.equal(0, (select(2, h:afterward("opt-out", h:patient(2).id))))
    assert.same({ "ask check patient - opted-out always", "ask check family - no-contact silent", "task call nurse - - silent" },
      does(steps("patient=" .. h:patient(2).id).asked))
  end)

  it("says where the scripts would stop, and nothing comes of having asked", function()
    local by = steps("patient=" .. id)
    assert.matches("w/w.lua:%d+: .*nil value", by.broken.stuck)
    assert.matches("the time for one turn is used up", by.endless.stuck)
    steps("patient=" .. id)
    steps("patient=" .. id)
    assert.same({}, h:get("/messages").items)
    assert.same({}, h:get("/tasks").items)
    assert.same({}, h:get("/alerts").items)
    assert.same({}, h:get("/runs?status=stuck").items)
  end)

  it("is listed of a department as far as one looks, page by page", function()
    local function list(query)
      local page, out = h:get("/ahead?" .. query), {}
      for _, course in ipairs(page.items) do for _, step in ipairs(course.steps) do out[#out + 1] = step.step end end
      return table.concat(out, " "), page
    end
    local week = "advice asked rungs old broken endless"
    local words, first = list "department=v"
    assert.equal(week, words)
    assert.equal("way", first.items[1].pathway)
    assert.equal("advice", (list("department=v&until=2026-03-03T12:00")))
    assert.equal("", (list("department=v&until=2026-03-03")))
    local got, cursor = 0, nil
    repeat
      local _, page = list("department=w&limit=1" .. (cursor and "&after=" .. cursor or ""))
      got, cursor = got + #page.items, page.next
    until not cursor
    assert.equal(2, got)
    assert.equal(404, (h:call("GET", "/ahead?department=nowhere")))
    assert.equal(400, (h:call("GET", "/ahead?until=soon")))
  end)

  it("is told to people by afterward ahead", function()
    local text = h:afterward("ahead", "--patient", id)
    for _, said in ipairs { "advice of way, w, patient " .. id, "send hello to family (child) by sms, general",
      "ask check to patient by sms, questionnaire, within 1d, reminded after 8h", "not answered: task call for nurse",
      "then it depends on: answer check, task call", "the scripts would stop: w/w.lua:" } do
      assert.truthy(text:find(said, 1, true), said .. " in\n" .. text)
    end
    assert.equal("hello", json.decode((h:afterward("ahead", "--patient", id, "--json"))).items[1].steps[1].does[1].name)
    assert.matches("No steps ahead", select(3, h:afterward("ahead", "--department", "v", "--until", "2026-03-02 12:00")))
  end)

  it("leaves out what a nurse has skipped", function()
    local course = h:get("/enrollments?patient=" .. id).items[1].id
    assert.equal(0, (select(2, h:afterward("enrollment", "skip", course, "rungs", "--reason", "unneeded"))))
    assert.is_nil(steps("patient=" .. id).rungs)
  end)
end)
