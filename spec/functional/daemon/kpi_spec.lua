-- Every figure of WARD 26 against a ward counted by hand: eight stays of this month, four of the month before.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"
local json = require "dkjson"

local DAY = 86400000

describe("a ward's month", function()
  local h, report, text, now
  local n = 0
  local function tell(kind, mrn, at, more)
    n = n + 1
    local event = { id = "e" .. n, kind = kind, at = Hospital.iso(at), patient = { mrn = mrn, name = "患者" .. mrn, birth = "1960-01-01", sex = "male",
      phone = "138000000" .. mrn }, visit = "v" .. mrn, department = "w", ward = "3 East" }
    for key, value in pairs(more or {}) do event[key] = value end
    local status, why = h:call("POST", "/events?wait=applied", event, { token = "his" })
    assert.equal(202, status, why and why.detail)
  end
  local function task_of(mrn)
    local patient = h:get("/patients?mrn=" .. mrn).items[1].id
    return wait.till("a call is due", function() return h:get("/tasks?patient=" .. patient).items[1] end).id
  end
  local function done(mrn, code, temp, o)
    local status, why = h:call("POST", "/tasks/" .. task_of(mrn) .. "/done", { code = code, answer = temp and { temp = temp } or nil, note = "n",
      at = code == "call-later" and Hospital.iso(h:now() + DAY) or nil }, o)
    assert.equal(200, status, why and why.detail)
  end
  local function alert_of(temp_of)
    local patient = h:get("/patients?mrn=" .. temp_of).items[1].id
    return wait.till("there is an alert", function()
      for _, alert in ipairs(h:get "/alerts".items) do if alert.patient == patient then return alert end end
    end).id
  end
  local function booked(mrn, id, at, status)
    tell("appointment", mrn, now, { appointment = { id = id, status = "booked", at = Hospital.iso(at) } })
    if status then tell("appointment", mrn, now, { appointment = { id = id, status = status, at = Hospital.iso(at) } }) end
  end
  setup(function()
    local steps = [[aw.step { id = "call", at = "1m", valid_for = "90d", run = function(p)
      p:task { id = "call", role = "nurse", form = "check", due = "30d" } end } ]]
    h = Hospital.open { speed = 600, keyed = "24h", scripts = { ["w/w.lua"] = Hospital.ward("w", steps) } }
    h:start()
    now = h:now()
    for _, mrn in ipairs { "21", "22", "23", "24" } do tell("discharge", mrn, now - 10 * DAY, { leaving = "order" }) end    -- February
    for _, mrn in ipairs { "11", "12", "13", "14", "15", "16", "17" } do tell("discharge", mrn, now, { leaving = "order" }) end
    tell("discharge", "18", now, { leaving = "death" })
    done("21", "reached", 36.5)                                                  -- February: one of four covered
    done("11", "reached", 36.5)
    done("12", "reached", 39)                                                    -- an alert that is acted on
    done("13", "proxy", 39.5)                                                    -- one that is acknowledged, and nothing done
    done("14", "no-answer")
    done("15", "no-answer", nil, { token = "ward" })                             -- another's call
    done("16", "void")                                                           -- nobody's number: no call of hers
    for _, mrn in ipairs { "12", "13" } do assert.equal(200, (h:call("POST", "/alerts/" .. alert_of(mrn) .. "/ack", { note = "seen" }))) end
    assert.equal(200, (h:call("POST", "/alerts/" .. alert_of "12" .. "/act", { act = "came in" })))
    local soon = h:now() + 60000
    booked("11", "a1", soon, "done")
    booked("12", "a2", soon, "no-show")
    booked("13", "a3", soon, "done")
    booked("14", "a4", soon, "cancelled")
    booked("15", "a5", soon + 20 * DAY)                                          -- its day has not come
    tell("admission", "11", h:now(), { visit = "w11", planned = false })
    tell("admission", "12", h:now(), { visit = "w12", planned = true })
    wait.till("the bookings' day has come", function() return h:get "/reports/follow-up?from=2026-03-01&to=2026-04-01".total.booked == 3 end)
    report = json.decode((h:afterward("report", "follow-up", "--month", "2026-03", "--json")))
    text = h:afterward("report", "follow-up", "--month", "2026-03")
  end)
  teardown(function() h:close() end)

  local function row(name)
    for _, line in ipairs(report.tables[1].rows) do
      if line[1]:match "([^ ]+)$" == name then return line end
    end
    error("no row " .. name)
  end

  it("has seven due of eight discharges, one of whom died", function()
    assert.same({ "8", "1", "7" }, { row "出院"[2], row "死亡"[2], row "应随访"[2] })
  end)

  for name, figure in pairs { ["覆盖率"] = "6 of 7", ["接通率"] = "3 of 5", ["有效率"] = "3 of 6", ["及时率"] = "6 of 6", ["失访率"] = "0 of 7",
    ["复诊率"] = "2 of 3", ["拒访率"] = "0 of 7", ["非计划再入院率"] = "1 of 7", ["并发症率"] = "1 of 3", ["网页填答率"] = "0 of 3", ["登记错号率"] = "1 of 6",
    ["预警有效率"] = "1 of 2", ["预警确认率"] = "2 of 2" } do
    it("has " .. name .. " " .. figure, function()
      assert.equal(figure, row(name)[2]:match "%((%d+ of %d+)")
    end)
  end

  it("stands against the month before, and says what is more than chance", function()
    local line, due = row "覆盖率", row "应随访"
    assert.matches("^86 %% %(6 of 7", line[2])
    assert.matches("^25 %% %(1 of 4", line[3])
    assert.equal("- (0 of 0)", line[4])
    assert.equal("+61 points ▲", line[5])                                        -- Newcombe: +3.9 to +83
    assert.same({ "7", "4", "0", "+75 %" }, { due[2], due[3], due[4], due[5] })
    assert.matches("覆盖率 +86 %% %(6 of 7; 95 %%: 49 to 97 %%%) +25 %% %(1 of 4", text)
  end)

  it("is told for its department, ward, pathway and people, with the same figures", function()
    local by = {}
    for _, group in ipairs { "department", "ward", "pathway" } do
      local one = report.by[group][1]
      by[group] = { one.key, one.due, one.covered, one.effective, one.alerts, one.acted, one.complicated }
    end
    assert.same({ 2, 3, 1 }, { report.by.pathway[1].came, report.by.pathway[1].booked, report.by.pathway[1].readmitted_unplanned })
    assert.same({ department = { "w", 7, 6, 3, 2, 1, 1 }, ward = { "3 East", 7, 6, 3, 2, 1, 1 }, pathway = { "way", 7, 6, 3, 2, 1, 1 } }, by)
    local people = {}
    for _, one in ipairs(report.by.person) do people[one.key] = { one.calls, one.connected, one.tasks, one.timely, one.alerts, one.acted } end
    assert.same({ chen = { 4, 3, 5, 5, 2, 1 }, li = { 1, 0, 1, 1, 0, 0 } }, people)
    assert.is_true(report.total.median_ack_ms > 0)
  end)
end)
