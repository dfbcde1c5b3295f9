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
    assert.matches("rows of other departments are left out: v 1\n", errors)
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
    assert.matches("way · standard: 2 patients; 6 questions", output)
    assert.matches("way · high: 1 patient; ", output)
    local page = place:read "report.html"
    assert.matches("<svg", page)
    assert.matches("随访模拟：试验科", page)
    assert.matches("术后随访 · 高风险：1 人", page)
    assert.matches("<td>任务</td><td>电话随访</td><td>护士</td>", page)     -- no ids where there are words
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
    { "a model with a fault, by line", { "--answers", "broken.lua" }, "^afterward: broken.lua:2: .*nothing" },
    { "a model that never ends", { "--answers", "endless.lua" }, "^afterward: endless.lua:1: .*time" },
    { "a model that reads files", { "--answers", "reader.lua" }, "^afterward: reader.lua:1: .*io" },
    { "a model whose answer the form refuses", { "--answers", "wild.lua" }, "^afterward: wild.lua:1: .*form check refuses: .*temp" },
    { "a model that gives no table", { "--answers", "number.lua" }, "number.lua gives a number instead of a table of functions" },
    { "a model with a function that nobody asks", { "--answers", "typo.lua" },
      '^afterward: typo.lua:2: a model has no "anwser"; did you mean "answer"%?; its functions are answer, task and alert' },
    { "a model with something else for a function", { "--answers", "value.lua" }, '^afterward: value.lua: a model has no "task"' },
    { "a model's answer that is no table", { "--answers", "bare.lua" }, "^afterward: bare.lua:1: answer gives a number" },
    { "a model's delay", { "--answers", "late.lua" }, '^afterward: late.lua:1: answer gives the delay "soon": write it like "40m"' },
    { "a model's result code", { "--answers", "code.lua" }, "^afterward: code.lua:1: task gave what the engine refuses: .*doen" },
    { "a language that it doesn't have", { "--lang", "fr" }, '%-%-lang takes zh or en, not "fr"' },
  }
  for _, slip in ipairs(slips) do
    it("explains " .. slip[1], function()
      place:write("broken.lua", "return { answer = function()\nreturn nothing.at.all end }")
      place:write("endless.lua", "return { answer = function() while true do end end }")
      place:write("reader.lua", "return { answer = function() io.open('x') end }")
      place:write("wild.lua", "return { answer = function() return { temp = 99 } end }")
      place:write("number.lua", "return 7")
      place:write("typo.lua", "return {\nanwser = function() end }")
      place:write("value.lua", "return { task = 'done' }")
      place:write("bare.lua", "return { answer = function() return 36.8 end }")
      place:write("late.lua", "return { answer = function() return { temp = 36.8 }, 'soon' end }")
      place:write("code.lua", "return { task = function() return 'doen' end }")
      local _, code, errors = play(table.unpack(slip[2]))
      assert.is_true(code == 1 or code == 2)
      assert.matches(slip[3], errors)
    end)
  end

  it("tells bad rows by line and column, and plays the rest", function()
    place:write("bad.csv", HEAD .. row(1, "1980-01-01") .. row(2, "in spring"))
    local output, code, errors = place:afterward("sim", "w", "--patients", "bad.csv", "--map", "map.lua", "--scripts", "scripts", "--json")
    assert.equal(1, code, errors)
    assert.matches("line 3, 出生日期: ", errors)
    assert.matches("1 row of bad.csv could not be read and had to be left out", errors)
    local a = json.decode(output)
    assert.equal(1, a.totals.patients)
    assert.equal(3, a.rejects[1].line)
  end)

  it("names a line of the list once", function()
    place:write("bad.csv", HEAD .. row(1, "1980-01-01") .. '"王"2,x\n')
    local _, code, errors = place:afterward("sim", "w", "--patients", "bad.csv", "--map", "map.lua", "--scripts", "scripts", "--json")
    assert.equal(1, code, errors)
    assert.matches("\nline 3: text follows a closing quote", "\n" .. errors)
  end)

  it("invents people whom the department's pathways take in, when nobody names a list", function()
    local output, code, errors = place:afterward("sim", "w", "--days", "2", "--json")     -- ./scripts, as afterward test
    assert.equal(0, code, errors)
    local a = json.decode(output)
    assert.same({ 100, 100, true }, { a.totals.patients, a.totals.enrolled, a.invented })
    assert.equal("high", a.kinds[2].tier)
  end)

  it("says when nobody came onto a pathway", function()
    place:write("none/w/w.lua", (SCRIPT:gsub('on = "discharge"', '%0, where = function() return false end')))
    place:write("none/shared/calendar/cn.csv", bench.file "scripts/shared/calendar/cn.csv")
    local _, code, errors = place:afterward("sim", "w", "--days", "2", "--scripts", "none")
    assert.equal(0, code, errors)
    assert.matches("nobody came onto way: its `where` takes none", errors)
  end)

  it("speaks one language: the environment's, or the one that is asked for", function()
    local zh, _, _ = play("--answers", "model.lua", "--lang", "zh", "--html", "zh.html")
    assert.matches("way · high：1 人；提问 3 次", zh)
    assert.is_nil(zh:find "patients" or zh:find "answered")
    local en = play("--answers", "model.lua", "--html", "en.html", "--lang", "en")
    assert.is_nil(en:find "[\x80-\xff][\x80-\xff][\x80-\xff][\x80-\xff]")
    assert.matches("Way · high: 1 patient<", place:read "en.html")
    assert.is_nil(place:read "en.html":find "患者")
  end)

  it("ends with 1 and says which runs would be stuck", function()
    place:write("other/w/w.lua", (SCRIPT:gsub("p:task {", "error \"nothing was said\" p:task {")))
    place:write("other/shared/calendar/cn.csv", bench.file "scripts/shared/calendar/cn.csv")
    local _, code, errors = play("--scripts", "other", "--answers", "model.lua")
    assert.equal(1, code)
    assert.matches("stuck: way first, 3 runs: .*nothing", errors)
  end)

  it("names the file that does not load, and not what follows from it", function()
    place:write("torn/w/w.lua", 'require "kit"\n' .. SCRIPT)
    place:write("torn/w/kit.lua", "return {\n  1 +\n}")
    place:write("torn/shared/calendar/cn.csv", bench.file "scripts/shared/calendar/cn.csv")
    local _, code, errors = play("--scripts", "torn")
    assert.equal(1, code)
    assert.equal("afterward: department w: 1 error in its scripts\n  w/kit.lua:3: unexpected symbol near '}'\n" ..
      "  w/w.lua:1: warning: not looked at because w/kit.lua does not load\n", errors:match "afterward: .*$")
  end)

  it("reads the demo's list with the demo's map", function()
    local root = bench.root
    local output, code, errors = place:afterward("sim", "ortho", "--patients", root .. "/scripts/demo/discharges.csv", "--scripts",
      root .. "/scripts", "--days", "1", "--json")
    assert.equal(0, code, errors)
    assert.is_true(json.decode(output).totals.enrolled > 100)
  end)
end)
