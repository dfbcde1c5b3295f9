-- Alerts climb, tasks fall due, people close them: driven on a store in memory with a clock that jumps.
local care = require "afterward.unit.care"

local WARD = [[{
  "department": { "ortho": { "alerts": { "urgent": "urgent-clinical", "emergency": "at-once", "soon": "same-day" },
                             "overdue": "overdue" } },
  "calendar": { "office": { "hours": { "mon-fri": "08:00-12:00,13:30-17:30" } } },
  "roster": { "on-call-doctor": { "role": "on-call-doctor", "path": "shared/roster/on-call.csv", "backup": ["chief"] },
              "chief": { "role": "chief", "backup": ["dean", "on-call-doctor"] },
              "night": { "role": "night", "calendar": "always" } },
  "escalation": {
    "urgent-clinical": { "act_within": "2h", "levels": [
      { "page": ["ward-nurse"], "via": ["wecom", "sms"], "ack_within": "15m", "hours": "07:30-21:30" },
      { "page": ["on-call-doctor"], "via": ["phone"], "ack_within": "10m" },
      { "page": ["chief", "head-nurse"], "ack_within": "20m" } ] },
    "at-once": { "levels": [ { "page": "chief", "ack_within": "5m" } ] },
    "same-day": { "hours": "08:00-18:00", "levels": [
      { "page": ["ward-nurse"], "ack_within": "4bh" }, { "page": ["head-nurse"], "ack_within": "4bh" } ] },
    "overdue": { "levels": [ { "page": ["head-nurse"], "ack_within": "1bd" } ] } } }]]

-- 2026-03-02 is a Monday.
local function ward(at) return care.work("ortho", WARD, at or "2026-03-02 16:00") end
local function pages(w)
  local out = {}
  for i, line in ipairs(w:rows "SELECT at, role FROM page ORDER BY id") do
    local at, role = line:match "^(%d+) (.*)$"
    out[i] = w:time(math.tointeger(at)):sub(12) .. " " .. role
  end
  return out
end
local function alert(w, id)
  return w:rows("SELECT level, status, next_at IS NOT NULL FROM alert WHERE id=?1", id)[1]
end
local function due(w, id)
  local at = w:rows("SELECT due_at FROM task WHERE id=?1", id)[1]
  return at ~= "-" and w:time(math.tointeger(at)) or nil
end
local function task(w, id) return w:rows("SELECT status, code FROM task WHERE id=?1", id)[1] end
local function submit(w, kind, format, ...) return w:submit(kind, format:format(...)) end
local function done(w, id, rest)
  return submit(w, "task.done", '{ "task": %d, "staff": "zhao"%s }', id, rest and ", " .. rest or "")
end

describe("an unacknowledged alert", function()
  it("is paged up the ladder, and the last rung repeats", function()
    local w = ward() w:alert { patient = 1 }
    w:to "2026-03-02 17:20"
    assert.same({ "16:00 ward-nurse", "16:15 on-call-doctor", "16:25 chief", "16:25 head-nurse",
      "16:45 chief", "16:45 head-nurse", "17:05 chief", "17:05 head-nurse" }, pages(w))
  end)

  it("is paged by the site's ladder too once the last rung has repeated three times", function()
    local w = ward() w:alert { patient = 1 }
    w:to "2026-03-02 17:24" assert.equal(8, #pages(w))
    w:to "2026-03-02 17:25"
    assert.same({ "17:25 chief", "17:25 head-nurse", "17:25 duty-office" }, { table.unpack(pages(w), 9) })
  end)

  it("passes over a rung outside its hours, by night", function()
    local w = ward "2026-03-02 23:00" w:alert { patient = 1 }
    assert.same({ "23:00 on-call-doctor" }, pages(w))
  end)

  it("waits for the morning when its level does not page at night", function()
    local w = ward "2026-03-02 23:00" local id = w:alert { patient = 1, level = "soon" }
    assert.same({}, pages(w)) assert.equal("soon open 1", alert(w, id))
    w:to "2026-03-03 14:00"                                -- four working hours from 08:00 end at 12:00
    assert.same({ "08:00 ward-nurse", "12:00 head-nurse" }, pages(w))
  end)

  for why, spec in pairs { ["has no department"] = { department = "nowhere" },
    ["has an unknown level"] = { level = "odd" }, ["names a lost escalation"] = { escalation = "gone" } } do
    it("goes to the site's ladder when it " .. why, function()
      local w = ward() spec.patient = 1 w:alert(spec)
      w:to "2026-03-02 17:00"
      assert.same({ "16:00 duty-office", "16:30 duty-office", "17:00 duty-office" }, pages(w))
    end)
  end

  it("always has its next moment", function()
    local w = ward() local id = w:alert { patient = 1 }
    for _, at in ipairs { "16:00", "16:15", "18:00", "23:00" } do
      w:to("2026-03-02 " .. at)
      assert.equal(1, #w:rows("SELECT 1 FROM due JOIN alert ON alert.id=?1 AND ref=alert.id AND at=next_at AND kind=0", id))
    end
  end)
end)

describe("an acknowledged alert", function()
  it("is quiet for the time to act, then starts again one level up", function()
    local w = ward() local id = w:alert { patient = 1 }
    w:to "2026-03-02 16:05"
    assert.equal(200, submit(w, "alert.ack", '{ "alert": %d, "staff": "zhao" }', id).status)
    w:to "2026-03-02 18:04" assert.equal(1, #pages(w))
    w:to "2026-03-02 18:05" assert.same({ "16:00 ward-nurse", "18:05 on-call-doctor" }, pages(w))
    assert.equal("urgent open 1", alert(w, id))
  end)

  it("tells a second person who was first", function()
    local w = ward() local id = w:alert { patient = 1 }
    submit(w, "alert.ack", '{ "alert": %d, "staff": "zhao" }', id)
    local second = submit(w, "alert.ack", '{ "alert": %d, "staff": "li" }', id)
    assert.equal(200, second.status) assert.equal("zhao", second.by)
  end)

  it("is looked at again a day after an act that did not close it", function()
    local w = ward() local id = w:alert { patient = 1 }
    submit(w, "alert.act", '{ "alert": %d, "staff": "zhao", "act": "dressing changed" }', id)
    w:to "2026-03-03 15:59" assert.equal(1, #pages(w))
    w:to "2026-03-03 16:00" assert.equal(2, #pages(w))
  end)

  it("ends when somebody says it is done, and refuses what comes after", function()
    local w = ward() local id = w:alert { patient = 1 }
    assert.equal(200, submit(w, "alert.done", '{ "alert": %d, "staff": "zhao", "act": "seen" }', id).status)
    assert.equal("urgent closed 0", alert(w, id))
    assert.equal(409, submit(w, "alert.ack", '{ "alert": %d, "staff": "li" }', id).status)
    assert.equal("zhao", submit(w, "alert.done", '{ "alert": %d, "staff": "li" }', id).by)
    w:to "2026-03-04 16:00" assert.equal(1, #pages(w))
  end)
end)

describe("an alert of the same name", function()
  it("joins the open one of that patient", function()
    local w = ward()
    local id = w:alert { patient = 1 }
    assert.equal(id, w:alert { patient = 1, level = "soon" })
    assert.equal("urgent open 1", alert(w, id)) assert.equal(1, #pages(w))
    assert.not_equal(id, w:alert { patient = 2 })
  end)

  it("raises it and starts the higher level's escalation at once, also after an acknowledgement", function()
    local w = ward() local id = w:alert { patient = 1 }
    submit(w, "alert.ack", '{ "alert": %d, "staff": "zhao" }', id)
    w:alert { patient = 1, level = "emergency" }
    w:to "2026-03-02 16:05"
    assert.equal("emergency open 1", alert(w, id))
    assert.same({ "16:00 ward-nurse", "16:00 chief", "16:05 chief" }, pages(w))
  end)

  it("is closed with the patient's others by death", function()
    local w = ward() local id = w:alert { patient = 1 } w:die(1)
    assert.equal("urgent closed 0", alert(w, id))
    w:to "2026-03-03 16:00" assert.equal(1, #pages(w))
  end)
end)

describe("a duty post", function()
  local w
  before_each(function()
    w = ward()
    w:exec "INSERT INTO bundle VALUES (1,'ortho','b',x'00',1,0,'')"
    w:exec ([[INSERT INTO source VALUES ('d', CAST('from,to,staff
2026-03-01 08:00,2026-03-08 08:00,dr-week
2026-03-02 08:00,2026-03-03 08:00,"dr-day"
nonsense
2026-03-03 08:00,2026-03-04 08:00,' AS BLOB))]])
    w:exec "INSERT INTO bundle_file VALUES (1,'shared/roster/on-call.csv','d')"
  end)

  it("is held by the line of the roster that began last", function()
    assert.equal("dr-day", w:duty "on-call-doctor")
    w:to "2026-03-03 08:00" assert.equal("dr-week", w:duty "on-call-doctor")
  end)
  it("falls to its backup, and backups that lead back end", function()
    w:to "2026-03-09 08:00" assert.equal("", w:duty "on-call-doctor")
    w:submit("duty.set", '{ "role": "dean", "staff": "dr-wu" }') assert.equal("dr-wu", w:duty "on-call-doctor")
  end)
  it("is taken over by hand, for a time", function()
    w:submit("duty.set", '{ "role": "on-call-doctor", "staff": "dr-li", "until": "2026-03-02 20:00" }')
    assert.equal("dr-li", w:duty "on-call-doctor")
    w:to "2026-03-02 20:00" assert.equal("dr-day", w:duty "on-call-doctor")
  end)
  it("moves open pages to its new holder", function()
    w:alert { patient = 1 } w:to "2026-03-02 16:16"
    w:submit("duty.set", '{ "role": "on-call-doctor", "staff": "dr-li" }')
    assert.same({ "ward-nurse -", "on-call-doctor dr-day", "on-call-doctor dr-li" }, w:rows "SELECT role, staff FROM page ORDER BY id")
    assert.same({ "role:ward-nurse", "staff:dr-day", "staff:dr-li" }, w:rows "SELECT audience FROM message ORDER BY id")
  end)
  it("may be a person", function()
    w:submit("staff.put", '{ "login": "zhao", "phone": "139", "dialects": ["sichuan"] }')
    assert.equal("zhao", w:duty "zhao")
  end)
end)

describe("a task's deadline", function()
  for _, case in ipairs {
    { "2026-03-06 11:00", "8h", "nurse", "2026-03-09 11:00" },     -- a Friday: an hour, four after lunch, three on Monday
    { "2026-03-06 11:00", "8bh", "nurse", "2026-03-09 11:00" },
    { "2026-03-06 11:00", "8h", "night", "2026-03-06 19:00" },
    { "2026-03-07 10:05", "1bd", "nurse", "2026-03-10 08:00" },
    { "2026-03-06 11:00", "2d", "nurse", "2026-03-09 08:00" },
    { "2026-03-06 11:00", "2d", "night", "2026-03-08 11:00" },
    { "2026-03-06 11:00", "10:00", "nurse", "2026-03-09 08:00" },
  } do
    it(("of %s for %s, opened %s, is %s"):format(case[2], case[3], case[1], case[4]), function()
      local w = ward(case[1])
      assert.equal(case[4], due(w, w:task { patient = 1, role = case[3], due = case[2] }))
    end)
  end

  it("raises an alert to the department when it passes, which closes with the task", function()
    local w = ward "2026-03-02 09:00" local id = w:task { patient = 1, due = "1h" }
    w:to "2026-03-02 09:59" assert.same({}, pages(w))
    w:to "2026-03-02 10:00" assert.same({ "10:00 head-nurse" }, pages(w))
    assert.same({ "overdue-call open" }, w:rows "SELECT name, status FROM alert")
    assert.matches("^task 'call' of nurse was due at ", w:rows("SELECT reason FROM alert")[1])
    done(w, id)
    assert.same({ "overdue-call closed" }, w:rows "SELECT name, status FROM alert")
  end)

  it("keeps the working time that is left while the patient is in hospital", function()
    local w = ward "2026-03-02 10:00"
    w:exec "INSERT INTO person VALUES (1,'patient')"
    w:exec "INSERT INTO patient (id, created_at) VALUES (1,0)"
    w:exec [[INSERT INTO enrollment (id,patient,department,pathway,status,event,enrolled_at,anchor_at,cursor_at)
      VALUES (7,1,'ortho','hip','active',1,0,0,0)]]
    local id = w:task { patient = 1, enrollment = 7, due = "4h" }   -- 12:00 and two hours more
    w:to "2026-03-02 11:00" w:hold(7, true)
    w:to "2026-03-05 17:00" assert.same({}, pages(w))
    w:hold(7, false)
    assert.equal("2026-03-06 10:30", due(w, id))
    w:to "2026-03-06 10:30" assert.equal(1, #pages(w))
  end)
end)

describe("a task", function()
  it("still open from an earlier occurrence of its step is joined, one of another step is not", function()
    local w = ward()
    for i, name in ipairs { "pain", "pain", "wound" } do
      w:exec(([[INSERT INTO run (id,patient,enrollment,department,kind,name,day,bundle,status,scheduled_at,started_at)
        VALUES (%d,1,7,'ortho','step','%s','d%d',1,'waiting',0,0)]]):format(i, name, i))
    end
    local first = w:task { patient = 1, enrollment = 7, run = 1 }
    assert.equal(first, w:task { patient = 1, enrollment = 7, run = 2 })
    assert.not_equal(first, w:task { patient = 1, enrollment = 7, run = 3 })
    done(w, first)
    assert.not_equal(first, w:task { patient = 1, enrollment = 7, run = 2 })
  end)

  it("is claimed until the range of working time ends; others are told by whom", function()
    local w = ward() local id = w:task { patient = 1 }
    assert.equal(200, submit(w, "task.claim", '{ "task": %d, "staff": "zhao" }', id).status)
    local other = submit(w, "task.claim", '{ "task": %d, "staff": "li" }', id)
    assert.equal(409, other.status) assert.matches("claimed by zhao until 2026%-03%-02T17:30", other.detail)
    assert.equal(409, submit(w, "task.release", '{ "task": %d, "staff": "li" }', id).status)
    w:to "2026-03-02 17:30"
    assert.equal(200, submit(w, "task.claim", '{ "task": %d, "staff": "li" }', id).status)
    assert.equal(200, submit(w, "task.release", '{ "task": %d, "staff": "li" }', id).status)
  end)

  it("refuses a claim on what was read too long ago", function()
    local w = ward() local id = w:task { patient = 1 }
    assert.equal(409, submit(w, "task.claim", '{ "task": %d, "staff": "zhao", "revision": 9 }', id).status)
  end)

  it("is withdrawn by an answer, and says so", function()
    local w = ward()
    w:exec [[INSERT INTO question (id,patient,department,form,bundle,status,code,opened_at,expires_at)
      VALUES (3,1,'ortho','pain',1,'open','x',0,0)]]
    local id = w:task { patient = 1, question = 3, form = "pain" }
    assert.is_nil(w:result(id)) w:answered(3, 99)
    assert.equal("answered", w:result(id).code)
    assert.equal(409, done(w, id, '"code": "no-answer"').status)
  end)

  it("of the dead is withdrawn", function()
    local w = ward() local id = w:task { patient = 1, due = "1h" } w:die(1)
    assert.equal("withdrawn withdrawn", task(w, id))
    w:to "2026-03-04 16:00" assert.same({}, pages(w))
  end)
end)

describe("a result", function()
  local w, id
  before_each(function()
    w = ward()
    w:exec "INSERT INTO person VALUES (1,'patient'), (2,'contact')"
    w:exec "INSERT INTO patient (id, dialect, created_at) VALUES (1,'wenzhou',0)"
    w:exec "INSERT INTO contact (patient, person, relation) VALUES (1,1,'self'), (1,2,'child')"
    w:exec "INSERT INTO identity (id,person,kind,value) VALUES (11,1,'phone','111'), (12,2,'phone','222')"
    id = w:task { patient = 1, due = "1h" }
  end)

  it("is done when nothing else is said, and the same again is harmless", function()
    assert.equal(200, done(w, id, '"note": "went well"').status)
    assert.same({ code = "done", by = "zhao", note = "went well" }, w:result(id))
    assert.equal(200, done(w, id).status)
    assert.equal(409, done(w, id, '"code": "busy"').status)
  end)

  it("with an unknown code is told the right ones", function()
    local answer = done(w, id, '"code": "gone-fishing"')
    assert.equal(422, answer.status) assert.matches("use one of done reached .* lost", answer.detail)
  end)

  it("needs a code when there is a form and no answer", function()
    local filled = w:task { patient = 1, name = "visit", form = "wound-check" }
    assert.equal(422, done(w, filled).status)
    assert.equal(422, done(w, filled, '"code": "done"').status)
    assert.equal(200, done(w, filled, '"code": "no-answer"').status)
  end)

  it("may be given in the ward's words", function()
    assert.equal("busy", done(w, id, '"code": "占线"').code)
    assert.same({ "busy 1 11" }, w:rows "SELECT code, counts, identity FROM call")
  end)

  it("that agrees on another time moves the deadline and lets go of the claim", function()
    submit(w, "task.claim", '{ "task": %d, "staff": "zhao" }', id)
    assert.equal(422, done(w, id, '"code": "call-later"').status)
    assert.equal("open", done(w, id, '"code": "call-later", "at": "2026-03-03 19:00"').state)
    assert.equal("2026-03-03 19:00", due(w, id))
    w:to "2026-03-03 18:59" assert.same({}, pages(w))
    w:to "2026-03-03 19:00" assert.equal(1, #pages(w))
  end)

  it("of no common language counts as no try and goes on with the dialect noted", function()
    done(w, id, '"code": "language", "to": "dialect-desk"')
    assert.same({ "open dialect-desk dialect: wenzhou" }, w:rows("SELECT status, role, note FROM task WHERE id=?1", id))
    assert.same({ "language 0" }, w:rows "SELECT code, counts FROM call")
  end)

  it("of a wrong number voids that number, and the person only when it was the last", function()
    done(w, id, '"code": "void", "identity": 12')
    assert.same({ "11 -", "12 void" }, w:rows "SELECT id, flag FROM identity ORDER BY id")
    assert.same({ "1 0", "2 1" }, w:rows "SELECT person, wrong_number_at IS NOT NULL FROM contact ORDER BY person")
  end)

  it("of a death withdraws the rest and closes the alerts, and one of a refusal stops messages to whoever was rung", function()
    local other, flags = w:task { patient = 1, name = "visit" }, w:alert { patient = 1 }
    done(w, id, '"code": "refused"')
    assert.same({ "1", "0" }, w:rows "SELECT opted_out_at IS NOT NULL FROM contact ORDER BY person")
    assert.equal(200, done(w, other, '"code": "已故"').status)
    assert.same({ "1" }, w:rows "SELECT died_at IS NOT NULL FROM patient")
    assert.equal("urgent closed 0", alert(w, flags))
    assert.equal("done deceased", task(w, other))
  end)

  it("of a transfer that no run waits for gives the task to the other post", function()
    assert.equal(422, done(w, id, '"code": "transfer"').status)
    done(w, id, '"code": "transfer", "to": "pharmacist"')
    assert.same({ "open pharmacist" }, w:rows("SELECT status, role FROM task WHERE id=?1", id))
  end)

  it("of a transfer that a run waits for is the run's business", function()
    w:exec [[INSERT INTO run (id,patient,department,kind,name,day,bundle,status,wait,wait_ref,scheduled_at,started_at)
      VALUES (5,1,'ortho','watch','x','d',1,'waiting','task',1,0,0)]]
    done(w, id, '"code": "transfer", "to": "pharmacist"')
    assert.equal("pharmacist", w:result(id).to)
  end)

  it("of no hands is the head nurse's alone", function()
    assert.equal(409, done(w, id, '"code": "not-done"').status)
    w:submit("duty.set", '{ "role": "head-nurse", "staff": "zhao" }')
    assert.equal(200, done(w, id, '"code": "not-done"').status)
  end)

  describe("lost to follow-up", function()
    local function try(at, code, number)
      w:to("2026-03-" .. at)
      assert.equal(200, done(w, w:task { patient = 1, name = "try" }, ('"code": "%s", "identity": %d'):format(code, number)).status)
    end
    local function lost() return done(w, id, '"code": "lost"') end

    for why, tries in pairs {
      ["fewer than three attempts"] = { { "03 09:00", "busy", 11 }, { "04 16:00", "off", 12 } },
      ["a single day"] = { { "03 09:00", "busy", 11 }, { "03 10:00", "busy", 11 }, { "03 16:00", "off", 12 } },
      ["a single time of day"] = { { "03 09:00", "busy", 11 }, { "04 09:00", "busy", 11 }, { "05 10:00", "off", 12 } },
      ["a number never rung"] = { { "03 09:00", "busy", 11 }, { "04 09:00", "busy", 11 }, { "05 16:00", "off", 11 } },
      ["tries without a common language"] = { { "03 09:00", "language", 11 }, { "04 16:00", "off", 11 }, { "05 16:00", "off", 12 } },
      ["somebody who answered since"] = { { "03 09:00", "busy", 11 }, { "04 09:00", "busy", 12 }, { "05 16:00", "off", 12 },
        { "06 09:00", "refused-today", 11 } },
    } do
      it("is refused for " .. why, function()
        for _, t in ipairs(tries) do try(table.unpack(t)) end
        local answer = lost()
        assert.equal(409, answer.status) assert.matches("needs 3 attempts on 2 days at 2 times of day", answer.detail)
      end)
    end

    it("is taken after all of them, and can be taken back", function()
      try("03 09:00", "busy", 11) try("03 16:00", "no-answer", 12) try("04 09:00", "off", 11)
      assert.equal(200, lost().status)
      assert.same({ "1", "1" }, w:rows "SELECT unreachable_at IS NOT NULL FROM contact")
      w:submit("patient.found", '{ "patient": 1, "staff": "zhao", "note": "rang back" }')
      assert.same({ "0", "0" }, w:rows "SELECT unreachable_at IS NOT NULL FROM contact")
    end)
  end)
end)

it("has a Chinese word for each of the twenty codes", function()
  local count = 0
  for _ in pairs(care.result_codes()) do count = count + 1 end
  assert.equal(20, count)
end)

describe("an answer", function()
  it("by nobody that answers is refused in a sentence, before it is looked at", function()
    local w = ward()
    w:exec [[INSERT INTO question (id,patient,department,form,bundle,status,code,opened_at,expires_at)
      VALUES (1,1,'ortho','wound-check',1,'open','ABCD23',0,9000000000000)]]
    local reply = w:submit("answer", '{ "question": 1, "by_kind": "neighbour", "values": {} }')
    assert.equal(422, reply.status)
    assert.equal('field "by_kind": must be one of patient, family, staff, device', reply.detail)
    assert.same({ "open" }, w:rows "SELECT status FROM question")
  end)
end)
