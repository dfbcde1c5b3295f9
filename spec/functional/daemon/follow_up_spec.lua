-- The month's follow-up: who was due, who was reached, and what came of it; each rate with its numerator and denominator (WARD 26).
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"
local json = require "dkjson"

describe("a month of follow-up", function()
  local h, report, text
  local function send(kind, mrn, at, more)
    local event = { id = kind .. mrn .. at, kind = kind, at = Hospital.iso(at), patient = { mrn = mrn, name = "患者" .. mrn, birth = "1960-01-01",
      sex = "male", phone = "138000000" .. mrn }, visit = "v" .. mrn, department = "w", ward = mrn < "20" and "3 East" or "4 West" }
    for key, value in pairs(more or {}) do event[key] = value end
    local status, why = h:call("POST", "/events?wait=applied", event, { token = "his" })
    assert.equal(202, status, why and why.detail)
  end
  local function call(mrn, code, more)
    local patient = h:get("/patients?mrn=" .. mrn).items[1].id
    local task = wait.till("a call is due", function() return h:get("/tasks?patient=" .. patient).items[1] end)
    local body = { code = code, note = "n" }
    for key, value in pairs(more or {}) do body[key] = value end
    local status, why = h:call("POST", "/tasks/" .. task.id .. "/done", body)
    assert.equal(200, status, why and why.detail)
  end
  setup(function()
    local steps = [[aw.step { id = "call", at = "1h", run = function(p) p:task { id = "call", role = "nurse", form = "check", due = "90d" } end } ]]
    h = Hospital.open { speed = 600, keyed = "24h", scripts = { ["w/w.lua"] = Hospital.ward("w", steps) } }
    h:start()
    local now = h:now()
    for _, mrn in ipairs { "11", "12", "13", "21", "22" } do send("discharge", mrn, now, { leaving = "order" }) end
    send("discharge", "14", now, { leaving = "transfer" })
    send("discharge", "15", now, { leaving = "against-advice" })
    send("discharge", "16", now, { leaving = "death" })
    send("discharge", "17", now, { leaving = "order" })
    send("admission", "17", now + 1000, { visit = "v17b" })                  -- back before anything was due
    call("11", "done", { answer = { temp = 36.5 } })
    call("12", "done", { answer = { temp = 39 } })                            -- an alert
    call("13", "refused")
    call("21", "void")
    call("22", "no-answer")
    send("admission", "11", h:now(), { visit = "v11b" })
    report = json.decode((h:afterward("report", "follow-up", "--month", "2026-03", "--json")))
    text = h:afterward("report", "follow-up", "--month", "2026-03")
  end)
  teardown(function() h:close() end)
  local function row(group, key)
    for _, one in ipairs(report.by[group]) do if one.key == key then return one end end
  end

  it("takes from the discharges those who need no call: deaths, transfers, those who were back before it, listed reasons", function()
    local t = report.total
    assert.same({ 9, 1, 1, 1, 1, 5 }, { t.discharges, t.deaths, t.transfers, t.readmitted_before, t.listed, t.due }, text)
    assert.truthy(text:find "= due 应随访 +5")
  end)

  it("keeps coverage, connected, effective, timely, lost and readmitted apart", function()
    local t = report.total
    assert.same({ 2, 2 }, { t.effective, t.answers })
    assert.same({ 0, 1 }, { t.lost, t.refused })
    assert.same({ 5, 5 }, { t.tasks, t.timely })
    assert.same({ 2, 1 }, { t.calls, t.connected })                           -- "done" says nothing of a telephone
    assert.equal(2, t.readmitted)
    for _, words in ipairs { "Coverage 覆盖率", "Connected 接通率", "Effective 有效率", "Timely 及时率", "Lost 失访率", "Return visits 复诊率" } do
      assert.truthy(text:find(words .. " +[%d-]"), words)
    end
    assert.truthy(text:find "Lost 失访率 +0 %% %(0 of 5" and text:find "Refused 拒访率 +20 %% %(1 of 5")
  end)

  it("counts what the hospital's systems entered wrongly, for who sees all of it", function()
    assert.equal(0, report.total.refused_entries)
    assert.equal(11, report.total.entries)
    assert.truthy(text:find "Entry errors 录入差错率 +0 %% %(0 of 11")
  end)

  it("charges a number that is nobody's to registration, not to who rang", function()
    assert.equal(1, report.total.bad_numbers)
    assert.equal(2, row("person", "chen").calls)
    assert.truthy(text:find "Bad numbers, charged to registration 登记错号率 +33 %% %(1 of 3")
  end)

  it("is told for each ward, pathway and person, and for one alone", function()
    assert.same({ 3, 2 }, { row("ward", "3 East").due, row("ward", "4 West").due })
    assert.same({ 5, 5 }, { row("pathway", "way").due, row("department", "w").due })
    assert.equal(5, row("person", "chen").timely)
    local one = h:afterward("report", "follow-up", "--month", "2026-03", "--ward", "4 West")
    assert.truthy(one:find "4 West" and not one:find "3 East")
    assert.truthy((h:afterward("report", "follow-up", "--month", "2026-03", "--person", "chen")):find "chen")
  end)

  it("counts alerts, whether something was done, and how soon somebody saw them", function()
    assert.equal(1, report.total.alerts)
    local alert = h:get "/alerts".items[1]
    assert.equal(200, (h:call("POST", "/alerts/" .. alert.id .. "/ack", { note = "seen" })))
    assert.equal(200, (h:call("POST", "/alerts/" .. alert.id .. "/act", { act = "rang" })))
    local now = h:get "/reports/follow-up?from=2026-03-01&to=2026-04-01"
    assert.same({ 1, 1, 1 }, { now.total.acknowledged, now.total.acted, now.total.complicated })
    assert.is_true(now.total.median_ack_ms > 0)
  end)

  it("stands with feedback on the week's one page, which opens offline", function()
    local file = os.tmpname()
    local out, code = h:afterward("report", "cockpit", "--week", "2026-W10", "--html", file)
    assert.equal(0, code, out)
    local page = assert(io.open(file)):read "a"
    os.remove(file)
    assert.truthy(page:find("2026-03-02 – 2026-03-09", 1, true) and page:find("应随访", 1, true) and page:find("时限兑现", 1, true))
    assert.falsy(page:find "https?://" or page:find "138000000")
    for _, wrong in ipairs { { "cockpit" }, { "cockpit", "--week", "2026-W60" }, { "cockpit", "--week", "March" },
      { "follow-up", "--month", "2026-03", "--week", "2026-W10" }, { "follow-up" }, { "weather", "--month", "2026-03" } } do
      assert.equal(2, select(2, h:afterward("report", table.unpack(wrong))), table.concat(wrong, " "))
    end
  end)

  it("shows a ward's staff their own department alone", function()
    local status, answer = h:call("GET", "/reports/follow-up?from=2026-03-01&to=2026-04-01", nil, { token = "other" })
    assert.equal(200, status)
    assert.equal(0, answer.total.discharges)
  end)
end)
