-- afterward sim: a department sees what its scripts would do to a discharge list before anybody is sent anything.
local json = require "dkjson"
local bench = require "functional.support.play"

local SCRIPT = [[
local aw = require "afterward"
return {
  aw.department { id = "w", title = { zh = "试验科", en = "Ward" }, calendar = "cn", contact_windows = "00:00-24:00",
    alerts = { urgent = "ladder" }, overdue = "ladder" },
  aw.program { id = "brand", name = { zh = "随访", en = "Care" } },
  aw.escalation { id = "ladder", levels = { { page = "nurse", ack_within = "15m" } }, act_within = "2h" },
  aw.rule { id = "flags", run = function(a) if a.temp >= 38.5 then return { level = "urgent", reason = "fever" } end end },
  aw.form { id = "check", title = { zh = "体温", en = "Check" }, abnormal = "flags",
    { id = "temp", kind = "number", min = 34, max = 43, zh = "体温？", en = "Temperature?" } },
  aw.pathway { id = "way", program = "brand", title = { zh = "术后随访", en = "Way" }, enroll = { on = "discharge" }, anchor = "discharge",
    tier = function(f) return f.patient.age >= 75 and "high" or "standard" end,
    steps = { aw.step { id = "first", every = "2d 10:00", from = "1d", to = "5d", run = function(p)
      if not p:ask("check", { within = "24h", remind = "8h" }) then
        p:task { id = "call", role = "nurse", form = "check", due = "8bh" }
      end
    end } } },
}
]]
local HEAD = "科室,姓名,性别,出生日期,手机号,病案号,出院时间,离院方式,手术名称\n"
local MAP = [[return { columns = { ["科室"] = "department", ["姓名"] = "name", ["性别"] = "sex", ["出生日期"] = "birth", ["手机号"] = "phone",
  ["病案号"] = "mrn", ["出院时间"] = "discharged", ["离院方式"] = "leaving", ["手术名称"] = "procedure_name" },
  departments = { ["试验科"] = "w", ["别科"] = "v" }, sex = { ["男"] = "male", ["女"] = "female" }, leaving = { ["1"] = "order" },
  times = "%Y-%m-%d %H:%M", dates = "%Y-%m-%d" }]]
local function row(n, birth, department)
  return ("%s,王%d,女,%s,1381000%04d,Z%04d,2026-03-02 10:30,1,手术\n"):format(department or "试验科", n, birth, n, n)
end
-- The young answer after half an hour, one of them with a fever; the old stay silent and are rung up.
local MODEL = [[return {
  answer = function(patient, question)
    assert(question.form == "check" and question.items[1].id == "temp" and question.channel == "sms")
    if patient.age < 75 then return { temp = patient.key == "Z0001" and question.day == 1 and 39 or 36.8 }, "30m" end
  end,
  task = function(patient, task) return "done", { temp = 36.5 }, "2h" end,
}]]

describe("afterward sim", function()
  local place
  setup(function()
    place = bench.folder { ["scripts/w/w.lua"] = SCRIPT, ["scripts/shared/calendar/cn.csv"] = bench.file "scripts/shared/calendar/cn.csv",
      ["map.lua"] = MAP, ["model.lua"] = MODEL,
      ["list.csv"] = HEAD .. row(1, "1980-01-01") .. row(2, "1981-01-01") .. row(3, "1940-01-01") .. row(4, "1980-01-01", "别科") }
  end)
  teardown(function() place:remove() end)
  local function play(...)
    return place:afterward("sim", "w", "--patients", "list.csv", "--map", "map.lua", "--scripts", "scripts", "--days", "7", ...)
  end
  local function account(...)
    local output, code, errors = play("--json", ...)
    assert.equal(0, code, errors)
    return json.decode(output), errors
  end

  it("tells for each kind of patient what they would get, and who would have to call", function()
    local a, errors = account("--answers", "model.lua")
    assert.equal(3, a.totals.enrolled)
    assert.matches("1 rows of v are left out", errors)
    local old, young = a.kinds[2], a.kinds[1]
    assert.same({ "high", 1, "standard", 2 }, { old.tier, old.patients, young.tier, young.patients })
    assert.same({ 6, 6, 0 }, { young.asked, young.answered, young.by_staff }) -- three times each
    assert.same({ 3, 0, 3 }, { old.asked, old.answered, old.by_staff })
    assert.equal(12, a.totals.messages)                    -- nine questions, and three reminders of the silent one
    assert.equal(3, a.totals.tasks)
    assert.same({ "call", "nurse", 3 }, { old.got[3].name, old.got[3].to, old.got[3].count })
  end)

  it("tells the texts, tasks and alerts of each day", function()
    local a = account("--answers", "model.lua")
    local sms, calls, alerts = {}, {}, {}
    for _, day in ipairs(a.days) do
      sms[#sms + 1], calls[#calls + 1], alerts[#alerts + 1] = day.channels.sms or 0, day.roles.nurse or 0, day.alerts.urgent or 0
    end
    assert.same({ 0, 4, 0, 4, 0, 4, 0, 0 }, sms)
    assert.same({ 0, 0, 1, 0, 1, 0, 1, 0 }, calls)
    assert.same({ 0, 0, 0, 0, 0, 0, 0, 0 }, alerts)
  end)

  it("raises the alarm where an answer would", function()
    place:write("fever.lua", "return { answer = function(p) if p.key == 'Z0001' then return { temp = 39 }, '1h' end end }")
    local a = account("--answers", "fever.lua")
    assert.equal("urgent", a.alerts[1].level)
    assert.is_true(a.alerts[1].seen_minutes > 0)           -- the staff of the model that ships see it
  end)

  it("plays by the rates that ship, the same for the same seed", function()
    local first, again, other = account(), account(), account("--seed", "7")
    first.seconds, again.seconds = nil, nil
    assert.same(first, again)
    assert.are_not.same(first.totals, other.totals)
  end)

  it("lets a model of one's own go on from the one that ships", function()
    place:write("mine.lua", [[local usual = require "usual"
      return { answer = function(p, q) if p.age < 75 then return usual.answer(p, q) end end }]])
    local a = account("--answers", "mine.lua")
    assert.equal(0, a.kinds[2].answered)
  end)

  it("writes a report that opens without a network", function()
    local output, code, errors = play("--html", "report.html", "--answers", "model.lua")
    assert.equal(0, code, errors)
    assert.matches("way · standard: 2 patients", output)
    local page = place:read "report.html"
    assert.matches("<svg", page)
    assert.matches("随访模拟:试验科", page)
    assert.matches("术后随访 · 高风险:1 人", page)
    assert.is_nil(page:find "https?://" or page:find "<script" or page:find "src=")
  end)

  it("shows no progress where nobody looks, and what it took", function()
    local _, _, errors = play("--answers", "model.lua")
    assert.is_nil(errors:find "█")
    assert.matches("3 patients, 7 days, %d+%.%d s", errors)
  end)

  local slips = {
    { "a list that isn't there", { "--patients", "none.csv" }, "none.csv can't be opened" },
    { "days that are no number", { "--days", "many" }, "%-%-days takes a whole number from 1 to 3660, not \"many\"" },
    { "a model with a fault, by line", { "--answers", "broken.lua" }, "broken.lua:2: .*nothing" },
    { "a model that never ends", { "--answers", "endless.lua" }, "endless.lua:1: .*time" },
    { "a model that reads files", { "--answers", "reader.lua" }, "reader.lua:1: .*io" },
    { "a model whose answer the form refuses", { "--answers", "wild.lua" }, "form check refuses: .*temp" },
    { "a model that gives no table", { "--answers", "number.lua" }, "number.lua gives a number instead of a table of functions" },
  }
  for _, slip in ipairs(slips) do
    it("explains " .. slip[1], function()
      place:write("broken.lua", "return { answer = function()\nreturn nothing.at.all end }")
      place:write("endless.lua", "return { answer = function() while true do end end }")
      place:write("reader.lua", "return { answer = function() io.open('x') end }")
      place:write("wild.lua", "return { answer = function() return { temp = 99 } end }")
      place:write("number.lua", "return 7")
      local _, code, errors = play(table.unpack(slip[2]))
      assert.is_true(code == 1 or code == 2)
      assert.matches(slip[3], errors)
    end)
  end

  it("tells bad rows by line and column, and plays the rest", function()
    place:write("bad.csv", HEAD .. row(1, "1980-01-01") .. row(2, "in spring"))
    local output, code, errors = place:afterward("sim", "w", "--patients", "bad.csv", "--map", "map.lua", "--scripts", "scripts", "--json")
    assert.equal(0, code, errors)
    assert.matches("line 3, 出生日期: ", errors)
    assert.equal(1, json.decode(output).totals.patients)
  end)

  it("ends with 1 and says which runs would be stuck", function()
    place:write("other/w/w.lua", (SCRIPT:gsub("p:task {", "p:nothing {")))
    place:write("other/shared/calendar/cn.csv", bench.file "scripts/shared/calendar/cn.csv")
    local _, code, errors = play("--scripts", "other", "--answers", "model.lua")
    assert.equal(1, code)
    assert.matches("stuck: way first, 3 runs: .*nothing", errors)
  end)

  it("reads the demo's list with the demo's map", function()
    local root = bench.root
    local output, code, errors = place:afterward("sim", "ortho", "--patients", root .. "/scripts/demo/discharges.csv", "--scripts",
      root .. "/scripts", "--days", "1", "--json")
    assert.equal(0, code, errors)
    assert.is_true(json.decode(output).totals.enrolled > 100)
  end)
end)
