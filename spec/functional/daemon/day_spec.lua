-- A patient's way home, told by HTTP and command line alone: what README.md promises, on the real daemon.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"
local json = require "dkjson"

local HOUR = 3600000
local STAFF = "13777770001"

local function until_code(h, number)
  return wait.till("a message with a code to " .. number, function()
    for _, message in ipairs(h.gateway:to(number)) do
      if Hospital.code(message) then return Hospital.code(message), message end
    end
  end, 30)
end
local function lines(h, patient)
  local out = {}
  for i, entry in ipairs(h:get("/patients/" .. patient .. "/timeline").items) do out[i] = entry end
  return out
end
local function story(h, patient)
  local out = {}
  for _, entry in ipairs(lines(h, patient)) do out[#out + 1] = entry.what .. " " .. (entry.text or "") end
  return table.concat(out, "\n")
end

describe("the day of a patient with a new hip", function()
  randomize(false)
  local h, code, patient, alert
  setup(function()
    h = Hospital.open { speed = 600, scripts_from = { "ortho", "shared" } }:start()
    assert(h:call("POST", "/staff", { login = "zhao", phone = STAFF, department = "ortho" }) == 200)
    for _, role in ipairs { "ward-nurse", "on-call-doctor", "chief", "head-nurse" } do
      local output, exit, errors = h:afterward("duty", "set", role, "zhao")
      assert(exit == 0, output .. errors)
    end
  end)
  teardown(function() h:close() end)

  it("begins with a discharge, and the plan of half a year stands", function()
    local status = h:event(h:discharge(1, { department = "ortho", at = Hospital.iso(h:now() - 24 * HOUR + 10 * 60000),
      leaving = "order", procedures = { "81.51" },
      patient = { mrn = "M1", name = "王小兰", birth = "1951-02-03", sex = "female", phone = Hospital.phone(1), disclosure = "self" } }))
    assert.equal(202, status)
    patient = wait.till("known", function() return h:patient(1) end).id
    local plan = wait.till("enrolled", function() return h:get("/enrollments?patient=" .. patient).items[1] end)
    assert.equal("hip-replacement", plan.pathway)
    local text = story(h, patient)
    for _, step in ipairs { "first%-day", "pain", "six%-weeks", "half%-year" } do assert.matches(step, text) end
  end)

  it("brings a message with an address and a code, in the programme's name", function()
    local message
    code = until_code(h, Hospital.phone(1))
    message = h.gateway:to(Hospital.phone(1))[1]
    assert.matches("骨动新生", message.text)
    assert.is_nil(message.text:find("髋", 1, true))           -- a lock screen shows it to anybody
    assert.is_nil(message.text:find("王小兰", 1, true))
    wait.till("the API says accepted", function()
      return h:get("/messages?patient=" .. patient).items[1].status == "accepted"
    end)
  end)

  it("opens to code and birth date, not to a guess", function()
    local status = h:post_form("/f", { code = code, birth = "19510204" })
    assert.equal(422, status)
    status = h:post_form("/f", { code = code == "00000000" and "00000001" or "00000000", birth = "19510203" })
    assert.equal(422, status)
  end)

  it("shows the rule's advice at once when the answer is abnormal; sent twice it counts once", function()
    local status, page, link = h:answer(code, { temp = "38.9", wound = "dry", calf = "no" })
    assert.equal(200, status, page)
    assert.truthy(page:find("护士会马上联系您", 1, true) or page:find("A nurse will call", 1, true), page)
    h:post_form(link, { by = "patient", all = "1", step = "0", a_temp = "36.5", a_wound = "dry", a_calf = "no" })
    assert.equal(1, h:get("/summary").answered)
  end)

  it("pages the post on duty, who acknowledges, acts and closes by command line", function()
    alert = wait.till("the alert", function() return h:get("/alerts").items[1] end)
    assert.equal("urgent", alert.level)
    wait.till("the page", function() return h.gateway:to(STAFF)[1] end)
    assert.truthy(h:afterward("alerts"):find(alert.id, 1, true))
    for _, deed in ipairs { { "ack" }, { "act", "--note", "已电话联系" }, { "done", "--note", "退热" } } do
      local words = { "alert", deed[1], alert.id, table.unpack(deed, 2) }
      local output, exit, errors = h:afterward(table.unpack(words))
      assert.equal(0, exit, output .. errors)
    end
    assert.equal("closed", h:get("/alerts/" .. alert.id).status)
    local _, exit = h:afterward("alert", "ack", alert.id)
    assert.equal(1, exit)
  end)

  it("is told in order by the timeline, the planned future last", function()
    local entries, before, planned = lines(h, patient), "", false
    for _, entry in ipairs(entries) do
      assert.is_true(entry.at >= before, json.encode(entry))
      assert.is_true(entry.planned or not planned, "what is planned comes after what was")
      before, planned = entry.at, entry.planned
    end
    assert.is_true(planned)
    local text, from = story(h, patient), 1
    for _, chapter in ipairs { "event", "enrolled", "message", "answer", "alert", "half%-year" } do
      from = assert(text:find(chapter, from), chapter .. "\n" .. text)
    end
    local output, exit = h:afterward("timeline", "--mrn", "M1")
    assert.equal(0, exit)
    assert.matches("half%-year", output)
    assert.equal(select(2, text:gsub("\n", "")) + 1, #json.decode((h:afterward("timeline", "--mrn", "M1", "--json"))).items)
  end)

  it("keeps who looked at whom, how and when; who was shown nothing looked at nobody", function()
    local before = h:now()
    assert.equal(200, (h:call("GET", "/patients/" .. patient)))
    assert.equal(200, (h:call("GET", "/patients/" .. patient .. "/timeline")))
    assert.equal(200, (h:call("GET", "/patients?phone=" .. Hospital.phone(1))))
    assert.equal(404, (h:call("GET", "/patients/" .. patient, nil, { token = "ward" })))
    local db = assert(require "afterward.unit.store".reader(h.state .. "/afterward.db"))
    local rows = db:text(([[SELECT group_concat(line, char(10)) FROM (SELECT actor||' '||action||' '||object||
      coalesce(' '||detail,'') AS line FROM audit WHERE action LIKE 'patient.%%' AND at >= %d ORDER BY id)]]):format(before - 60000 * 600))
    local last = {}
    for line in rows:gmatch "[^\n]+" do last[#last + 1] = line end
    assert.same({ "chen patient.read patient:1", "chen patient.timeline patient:1", "chen patient.find patient:1 phone" },
      { table.unpack(last, #last - 2) })
    assert.equal(0, db:int "SELECT count(*) FROM audit WHERE action LIKE 'patient.%' AND actor<>'chen'")
    db:close()
  end)
end)

local STEPS = [[
  aw.step { id = "call", at = "1h", run = function(p) p:task { id = "call", role = "nurse", form = "check", due = "8h" } end },
  aw.step { id = "ask", at = "2h", run = function(p) p:ask("check", { within = "40d" }) end },
  aw.step { id = "later", at = "5h", run = function(p) p:send "hello" end },
]]

describe("on the ward's desk", function()
  local h, count
  setup(function()
    h = Hospital.open { speed = 3600, scripts = { ["w/w.lua"] = Hospital.ward("w", STEPS) } }:start()
    count = 0
  end)
  teardown(function() h:close() end)

  local function newcomer(o)
    count = count + 1
    assert.equal(202, (h:event(h:discharge(count, o))))
    return wait.till("known", function() return h:patient(count) end).id, count
  end
  local function task_of(patient)
    return wait.till("the task", function() return h:get("/tasks?patient=" .. patient).items[1] end)
  end

  it("two nurses who take the same task don't both get it", function()
    local task = task_of((newcomer()))
    local path = "/tasks/" .. task.id
    local _, _, headers = h:call("GET", path, nil, { token = "ward" })
    local tag = assert(headers.etag)
    local status, mine = h:call("POST", path .. "/claim", nil, { token = "ward", ["If-Match"] = tag })
    assert.equal(200, status)
    assert.equal("li", mine.claimed_by)
    assert.equal(412, (h:call("POST", path .. "/claim", nil, { token = "boss", ["If-Match"] = tag })))
    local problem
    status, problem = h:call("POST", path .. "/claim", nil, { token = "boss" })
    assert.equal(409, status)
    assert.matches("li", problem.detail)
    assert.equal(200, (h:call("POST", path .. "/release", nil, { token = "ward" })))
    assert.equal(200, (h:call("POST", path .. "/claim", nil, { token = "boss" })))
  end)

  it("a task closed with a result is closed once, however often the button is pressed", function()
    local patient = newcomer()
    local task = task_of(patient)
    local path, key = "/tasks/" .. task.id .. "/done", { token = "ward", ["Idempotency-Key"] = "press-1" }
    local deed = { code = "reached", answer = { temp = 36.8 }, note = "好" }
    local status, done = h:call("POST", path, deed, key)
    assert.equal(200, status, json.encode(done))
    assert.equal("done", done.status)
    local again, same = h:call("POST", path, deed, key)
    assert.same({ 200, done }, { again, same })
    assert.equal(409, (h:call("POST", path, { code = "refused" }, key)))
    assert.equal(409, (h:call("POST", path, { code = "refused" }, { token = "ward" })))
    assert.equal(409, (h:call("POST", path, deed, { token = "boss" })))
    assert.equal(1, select(2, story(h, patient):gsub("answer ", "")))
    local _, exit, errors = h:afterward("task", "done", task.id, "--code", "answered")
    assert.equal(2, exit, errors)
  end)

  it("a result that nobody knows is refused with the nearest right word", function()
    local task = task_of((newcomer()))
    local status, problem = h:call("POST", "/tasks/" .. task.id .. "/done", { code = "reched" })
    assert.equal(422, status)
    assert.matches("reached", problem.detail)
  end)

  it("an opt-out is immediate, and can be taken back", function()
    local patient, n = newcomer()
    assert.equal(0, select(2, h:afterward("opt-out", patient)))
    wait.till("the question is held back", function()
      return h:afterward("messages", "--patient", patient, "--all"):find("opted-out", 1, true)
    end)
    assert.equal(0, select(2, h:afterward("opt-out", patient, "--undo")))
    wait.till("the later text goes again", function() return h.gateway:to(Hospital.phone(n))[1] end)
    assert.is_nil(Hospital.code(h.gateway:to(Hospital.phone(n))[1]))
  end)

  it("the dead get nothing more, and their page is closed politely", function()
    local patient, n = newcomer()
    local code = until_code(h, Hospital.phone(n))
    assert.equal(202, (h:event { id = "X" .. n, kind = "death", at = Hospital.iso(h:now()), patient = { mrn = "M" .. n } }))
    wait.till("ended", function() return h:get("/enrollments?patient=" .. patient).items[1].status == "ended" end)
    wait.ms(4000)                                             -- four hours: past the step that would have sent
    assert.equal(1, #h.gateway:to(Hospital.phone(n)))
    local status, page = h:answer(code, { temp = "36.6" })
    assert.equal(410, status, page)
    assert.same({}, h:get("/tasks?status=open&patient=" .. patient).items)
  end)

  it("two records of one person become one, with one story", function()
    local first, n = newcomer()
    local second, m = newcomer()
    assert.equal(202, (h:event { id = "G" .. n, kind = "merge", at = Hospital.iso(h:now()),
      merge = { from_mrn = "M" .. m, into_mrn = "M" .. n } }))
    wait.till("merged", function() return h:get("/patients?mrn=M" .. m).items[1].id == first end)
    assert.truthy(second)
    local enrolled = h:get("/enrollments?patient=" .. first).items
    assert.is_true(#enrolled >= 1)
  end)
end)
