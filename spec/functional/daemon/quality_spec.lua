-- One in twenty of each nurse's calls is heard by somebody else, and every one that looks as if it never was (WARD 27).
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"

describe("quality samples", function()
  local h
  local COUNT = 25
  setup(function()
    local steps = [[aw.step { id = "call", at = "1h", run = function(p) p:task { id = "call", role = "nurse", form = "long", due = "90d" } end } ]]
    local forms = [[aw.form { id = "long", title = { zh = "电话", en = "Call" },
        { id = "a1", kind = "text", zh = "一", en = "1" }, { id = "a2", kind = "text", zh = "二", en = "2" },
        { id = "a3", kind = "text", zh = "三", en = "3" }, { id = "a4", kind = "text", zh = "四", en = "4" } },
      aw.form { id = "rubric", title = { zh = "质控", en = "Rubric" }, { id = "mark", kind = "scale", min = 0, max = 10, zh = "分", en = "Score" } }, ]]
    h = Hospital.open { speed = 600, keyed = "24h", scripts = { ["w/w.lua"] = Hospital.ward("w", steps, forms) } }
    h:start()
    for i = 1, COUNT do
      assert.equal(202, (h:event { id = "d" .. i, kind = "discharge", at = Hospital.iso(h:now()), visit = "v" .. i, department = "w", ward = "1",
        leaving = "order", patient = { mrn = "m" .. i, name = "患者" .. i, birth = "1960-01-01", sex = "male", phone = ("1380000%04d"):format(i) } }))
    end
    local tasks = wait.till("all are due", function()
      local list = h:get "/tasks?role=nurse&limit=100".items
      return #list == COUNT and list
    end)
    for i, task in ipairs(tasks) do
      local same = i > COUNT - 4                                               -- the last four were written at one desk, at one time
      local status, why = h:call("POST", "/tasks/" .. task.id .. "/done", { code = "done", answer = { a1 = same and "好" or "伤口" .. i,
        a2 = same and "好" or "饮食" .. i, a3 = same and "没有不舒服" or "睡眠" .. i, a4 = same and "谢谢" or "用药" .. i } })
      assert.equal(200, status, why and why.detail)
    end
  end)
  teardown(function() h:close() end)

  it("are drawn once, by a lot, each a task with the rubric; what looks made up is always among them", function()
    local text, code = h:afterward("quality", "draw", "--department", "w", "--month", "2026-03", "--role", "head-nurse", "--form", "rubric")
    assert.equal(0, code, text)
    local why, tasks = {}, 0
    for _, item in ipairs(h:get "/quality?month=2026-03".items) do
      why[item.why] = (why[item.why] or 0) + 1
      local task = h:get("/tasks/" .. item.task)
      assert.same({ "head-nurse", "rubric", "open" }, { task.role, task.form, task.status })
      assert.equal("chen", item.who)
      tasks = tasks + 1
    end
    assert.equal(4, why["same-answers"])
    assert.is_true(tasks - 4 >= 0 and tasks - 4 <= 2, text)                      -- 5 % of 25, rounded up; the lot may have met a suspect
    assert.truthy(h:afterward("quality", "draw", "--department", "w", "--month", "2026-03", "--role", "head-nurse"):find "^0 sampled, 0 suspected")
    assert.truthy((h:afterward("quality", "list", "--month", "2026-03")):find "same%-answers")
  end)

  it("say what is wrong with what was asked", function()
    for _, wrong in ipairs { { month = "March" }, { role = false }, { form = "nothing" }, { department = "nowhere" } } do
      local body = { department = "w", month = "2026-03", role = "head-nurse" }
      for key, value in pairs(wrong) do body[key] = value or nil end
      local status, answer = h:call("POST", "/quality/draw", body)
      assert.is_true(status == 422 or status == 404, answer.detail)
    end
    assert.equal(404, (h:call("POST", "/quality/draw", { department = "w", month = "2026-03", role = "x" }, { token = "other" })))
  end)
end)

describe("calls that look as if they never were", function()
  local Peer = require "functional.support.peer"
  local channel = require "afterward.channel"
  local json = require "dkjson"
  local SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
  local h, peer, signer, tasks
  local n = 0
  local function tell(item)
    local body, at = json.encode(item), ("%d"):format(h:now() // 1000)
    assert.equal(200, (h:call("POST", "/channels/pbx/receipt", body, { token = false, ["webhook-id"] = "w", ["webhook-timestamp"] = at,
      ["webhook-signature"] = signer:call("sign", "w", at, body) })))
  end
  local function done(task)
    n = n + 1
    local status, why = h:call("POST", "/tasks/" .. task .. "/done", { code = "reached", answer = { temp = 36 + n / 10 } })
    assert.equal(200, status, why and why.detail)
  end
  -- As the exchange has it: said with so many seconds, or nothing at all of it.
  local function rung(task, call)
    assert.equal(200, (h:call("POST", "/tasks/" .. task .. "/dial", "{}")))
    local key = wait.till("the exchange has it", function() return h:get("/tasks/" .. task).dials[1].status == "accepted" and peer.last end)
    call.id = key
    tell(call)
  end
  setup(function()
    signer = assert(channel.open("plugins/pbx", { url = "http://x.example.org", secret = SECRET }))
    peer = Peer.open(function(request)
      local id = json.decode(request.body).id
      peer.last = id
      return 202, json.encode { id = "pbx-" .. id }
    end)
    local steps = [[aw.step { id = "s", at = "1s", run = function(p)
      p:task { id = "ring", role = p.patient.sex == "female" and "nurse" or "community-nurse", form = "check", due = "30d" } end },]]
    local rubric = [[aw.form { id = "rubric", title = { zh = "质控", en = "Rubric" },
      { id = "heard", kind = "choice", zh = "录音", en = "Record", options = {
      { "good", zh = "好", en = "good", score = 60 }, { "fair", zh = "中", en = "fair", score = 30 } } },
      { id = "polite", kind = "yesno", score = 40, zh = "礼貌", en = "Polite" }, { id = "fake", kind = "yesno", zh = "虚假", en = "Made up" } }, ]]
    h = Hospital.open { speed = 60, scripts = { ["w/w.lua"] = Hospital.ward("w", steps, rubric) } }
    h:configure("sms = " .. h.gateway:channel() .. ', pbx = { plugin = "pbx", secret = "' .. SECRET .. '", url = "' .. peer.url
      .. '/dial", callers = "127.0.0.1" }')
    h:start()
    assert.equal(0, select(2, h:afterward("staff", "set", "chen", "--extension", "8001")))
    tasks = {}
    for i = 1, 6 do
      local event = h:discharge(i)
      event.patient.sex = i == 6 and "male" or "female"
      assert.equal(202, (h:event(event)))
      local patient = wait.till("is known", function() return h:patient(i) end).id
      tasks[i] = wait.till("there is a call to make", function() return h:get("/tasks?patient=" .. patient).items[1] end, 30).id
    end
    rung(tasks[1], { call = "answered", seconds = 39 })
    rung(tasks[2], { call = "answered", seconds = 40 })
    rung(tasks[3], { call = "answered" })                                       -- an exchange that does not say how long
    rung(tasks[4], { call = "no-answer" })
    for i = 1, 6 do done(tasks[i]) end                                          -- 5 was never dialled; 6 is a visit by a post without telephone
    local text, code = h:afterward("quality", "draw", "--department", "w", "--month", "2026-03", "--role", "head-nurse", "--form", "rubric")
    assert.equal(0, code, text)
  end)
  teardown(function()
    h:close()
    peer:close()
    signer:close()
  end)
  local function why(i) return (h:get("/tasks/" .. tasks[i]).quality or {}).why or "none" end

  it("were over in under 40 seconds", function()
    assert.equal("short", why(1))
    assert.is_true(why(2) == "none" or why(2) == "sample")
    assert.is_true(why(3) == "none" or why(3) == "sample")
  end)

  it("are on no record of the exchange, of a post that rings through it", function()
    assert.same({ "no-record", "no-record" }, { why(4), why(5) })
    assert.is_true(why(6) == "none" or why(6) == "sample")
  end)

  it("are listed with their reasons, judged, and counted in the report of follow-up", function()
    local by = {}
    for _, item in ipairs(h:get "/quality?month=2026-03".items) do by[item.work] = item end
    local sample = by[tasks[4]]
    assert.same({ "no-record", "chen" }, { sample.why, sample.who })
    local verdict = { code = "done", answer = { heard = "fair", polite = true, fake = true } }
    local status, refused = h:call("POST", "/tasks/" .. sample.task .. "/done", verdict)
    assert.equal(409, status)
    assert.truthy(refused.detail:find("your own work, so somebody else has to judge it", 1, true))
    status, refused = h:call("POST", "/tasks/" .. sample.task .. "/done", verdict, { token = "ward" })
    assert.equal(200, status, refused and refused.detail)
    local kept = h:get("/tasks/" .. tasks[4]).quality
    assert.same({ 70, 100, true, "li" }, { kept.score, kept.most, kept.fake, kept.judged_by })
    assert.truthy((h:afterward("quality", "list", "--month", "2026-03")):find "no%-record[^\n]+70 +100 +yes")
    local t = h:get "/reports/follow-up?from=2026-03-01&to=2026-04-01".total
    assert.same({ 1, 2, 0 }, { t.suspected_short, t.suspected_no_record, t.suspected_same })
    assert.same({ 1, 1, 70, 100 }, { t.judged, t.fake, t.points, t.points_most })
    local text = h:afterward("report", "follow-up", "--month", "2026-03")
    assert.truthy(text:find "under 40 s 通话不足40秒 +1 ", text)
    assert.truthy(text:find "no record of the exchange 无话单 +2 ", text)
    assert.truthy(text:find "Judged 已评分 +%d+ %% %(1 of [34]", text)
    assert.truthy(text:find "made up 判定虚假 +100 %% %(1 of 1", text)
  end)
end)
