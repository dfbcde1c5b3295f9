-- A nurse's table of steps: the same schedule as steps written by hand, and where each slip of the pen stands.
local unit = require "afterward.unit.script"

local BASE = [[
local aw = require "afterward"
local function judged() end
return {
  aw.department { id = "ward", title = "Ward", alerts = { urgent = "ladder" } },
  aw.program { id = "brand", name = "Brand" },
  aw.escalation { id = "ladder", levels = { { page = "nurse", ack_within = "15m" } } },
  aw.rule { id = "flags", run = judged },
  aw.form { id = "wound", abnormal = "flags", { id = "temp", kind = "number", zh = "体温" } },
  aw.form { id = "mood", { id = "low", kind = "yesno", zh = "低落？" } },
  aw.template { id = "hello", zh = "好", en = "Hello" },
  aw.template { id = "who", fields = { "name" }, zh = "{name}好", en = "Hello {name}" },
  aw.roster { role = "nurse", file = "nurse.csv" },
}]]

local function load(table_text, o)
  o = o or {}
  local script = ([[local aw = require "afterward"
return aw.pathway { id = "way", program = "brand", title = "W", enroll = { on = "discharge" }, %s
  tier = function() return "high" end,
  steps = %s }]]):format(o.more or "", o.steps or 'aw.plan "plan.csv"')
  return unit.bundle_load("ward", { ["ward/base.lua"] = BASE, ["ward/way.lua"] = script,
    [o.path or "ward/plan.csv"] = table_text, ["ward/nurse.csv"] = "from,to,staff\n" })
end

-- The schedule alone: what people read, and where it stands, aside.
local function steps(...)
  local bundle, _, report = load(...)
  assert(bundle, report)
  local way, list = bundle:definition("pathway", "way"), {}
  for i, step in ipairs(way.steps) do
    list[i] = { id = step.id, at = step.at, every = step.every, from = step.from, to = step.to, valid_for = step.valid_for,
      missed = step.missed }
  end
  return list, way.hash
end

local function told(text, o)
  local _, _, report = load(text, o)
  return report
end

local HEAD = "节点,时间,频次,表单,异常处理,未答处理,消息\n"

describe("a plan table", function()
  it("is the same schedule as steps written by hand", function()
    local by_hand = steps("", { steps = [[{
      aw.step { id = "care", at = "2h", valid_for = "1d", run = function() end },
      aw.step { id = "days", at = { "3d 09:30", "14d 09:30" }, valid_for = "2d", missed = "nurse", run = function() end },
      aw.step { id = "pain", every = { high = "3d 09:00", standard = "mon,wed,fri 08:00" }, from = "3d", to = "42d",
        run = function() end },
      aw.step { id = "half-year", at = "6mo", run = function() end },
      aw.step { id = "now", at = "enroll", run = function() end },
    }]] })
    assert.same(by_hand, (steps([[
节点,时间,频次 高危,频次 标准,表单,消息,异常处理,未答处理,有效期,逾期,备注
care 回家,2小时,,,,hello,,,1天,,
days 复查,3天 9:30、2周 09：30,,,wound,,护士 4小时,家属 24小时；护士 8小时,2天,护士,重要
pain 疼痛,第3天到第42天,每3天 09:00,每周一三五 08:00,wound,,,,,,
half-year 半年,6个月,,,mood,,,,,,
now 现在,入组,,,,hello,,,,,
]])))
  end)

  it("may be written in the grammar's own words, under English headings", function()
    assert.same({ { id = "a", every = "mon,wed,fri 08:00", from = "1d", to = "30d" }, { id = "b", at = { "3d 09:30" } },
      { id = "c", every = "3d", from = "1d", to = "9d" } }, (steps([[
step,when,frequency,form,message,if abnormal,if silent
a Morning,1d-30d,"mon,wed,fri 08:00",wound,,nurse 1bd,nurse 8bh
b,3d 09:30,,,hello,,
c,1d-9d,every 3d,,hello,,
]])))
  end)

  it("says the times a nurse says", function()
    for said, meant in pairs { ["3天"] = "3d", ["2周"] = "14d", ["6个月"] = "6mo", ["半年"] = "6mo", ["3天后 8点"] = "3d 08:00",
      ["１２小时"] = "12h", ["2个工作日"] = "2bd", ["1年"] = "1y", ["2星期 10:00"] = "14d 10:00" } do
      assert.equal(meant, steps(HEAD .. "a," .. said .. ",,,,,hello\n")[1].at[1], said)
    end
    for said, meant in pairs { ["每3天"] = "3d", ["每天 8:00"] = "1d 08:00", ["每周一三五 08:00"] = "mon,wed,fri 08:00", ["每周"] = "7d",
      ["每周一、四 9点"] = "mon,thu 09:00", ["每2周 10:00"] = "14d 10:00", ["每月"] = "1mo", ["每星期日 10:00"] = "sun 10:00" } do
      assert.equal(meant, steps(HEAD .. "a,\"" .. said .. "\",,,,,hello\n", { more = 'ends = "90d",' })[1].every, said)
    end
  end)

  it("is read as Excel saves it: UTF-8 with its mark, or GB18030", function()
    local want = { { id = "a", at = { "3d" } } }
    assert.same(want, (steps("\xEF\xBB\xBF节点,时间,消息\r\na 三天,3天,hello\r\n\r\n,,\r\n")))
    assert.same(want, (steps("\xBD\xDA\xB5\xE3,\xCA\xB1\xBC\xE4,\xCF\xFB\xCF\xA2\r\na \xC8\xFD\xCC\xEC,3\xCC\xEC,hello\r\n")))
  end)

  it("saved in another encoding is the same version", function()
    local _, plain = steps("节点,时间,消息\na,3天,hello\n")
    local _, marked = steps("\xEF\xBB\xBF节点,时间,消息\na,3天,hello\n")
    local _, other = steps("\xBD\xDA\xB5\xE3,\xCA\xB1\xBC\xE4,\xCF\xFB\xCF\xA2\na,3\xCC\xEC,hello\n")
    assert.same({ plain, plain }, { marked, other })
  end)

  it("stands beside steps written by hand, and may be every department's", function()
    local list = steps("节点,时间,消息\na,3天,hello\n", { path = "shared/plan.csv",
      steps = '{ aw.step { id = "z", at = "1d", run = function() end }, table.unpack(aw.plan "plan.csv") }' })
    assert.same({ "z", "a" }, { list[1].id, list[2].id })
  end)

  it("is part of what its pathway is made of: another number is another version", function()
    local function version(days)
      return select(2, steps(("节点,时间,消息\na,%s,hello\n"):format(days)))
    end
    assert.equal(version "3天", version "3天")
    assert.not_equal(version "3天", version "5天")
  end)
end)

describe("a slip of the pen in a plan", function()
  -- the rows below HEAD → what is said
  local function each(cases)
    for name, case in pairs(cases) do
      it(name, function()
        local report = told(case[3] or HEAD .. "ok,1天,,,,,hello\n" .. case[1] .. "\n")
        assert.equal("ward/plan.csv:" .. case[2]:gsub("\n", "\nward/plan.csv:"):gsub("plan.csv:way", "way") .. "\n", report)
      end)
    end
  end
  each {
    ["a time"] = { "a 三天,3填,,,,,hello", '3: column B (时间), "3填": it is no time: write for example 24小时, 3天 10:00, 2周 or 6个月 '
      .. "(24h, 3d 10:00, 14d, 6mo)" },
    ["times with and without a time of day"] = { "a,3天、7天 09:00,,,,,hello",
      '3: column B (时间), "3天、7天 09:00": it gives some of its times a time of day: write it with each, 3天 09:00、7天 09:00' },
    ["a frequency"] = { "a,1天-9天,有时,,,,hello", '3: column C (频次), "有时": it says no times that come again: write for example '
      .. "每3天 09:00, 每周一三五 08:00 or 每天 10:00 (3d 09:00, mon,wed,fri 08:00)" },
    ["a range"] = { "a,1天-九天,每天 09:00,,,,hello",
      '3: column B (时间), "1天-九天": it is no range of days: write for example 3天-42天 (3d-42d)' },
    ["never"] = { "a,,,,,,hello", '3: column A (节点), "a": it has neither 时间 nor 频次: it would never happen' },
    ["nothing to do"] = { "a,3天,,,,,", '3: column A (节点), "a": it does nothing: give it 表单 or 消息' },
    ["no name"] = { ",3天,,,,,hello", '3: column A (节点), "": it is empty: every row needs a 节点, for example day-3 术后三天' },
    ["a name that scripts can't use"] = { "术后三天,3天,,,,,hello",
      '3: column A (节点), "术后三天": it begins with no short name for scripts: write for example day-3 术后三天' },
    ["a name twice"] = { "a,3天,,,,,hello\na,4天,,,,,hello", '4: pathway "way" has two of step "a"' },
    ["a form that there is not"] = { "a,3天,,wuond,,,", '3: column D (表单), "wuond": no such form: "wuond"; did you mean "wound"?' },
    ["a template that there is not"] = { "a,3天,,,,,helo", '3: column G (消息), "helo": no such template: "helo"; did you mean "hello"?' },
    ["a template with fields"] = { "a,3天,,,,,who", '3: column G (消息), "who": this template needs fields, which a plan can\'t give: '
      .. "take one without, or write the step as aw.step" },
    ["who, and not by when"] = { "a,3天,,wound,,护士,", '3: column F (未答处理), "护士": it says not who and by when: write for example '
      .. "护士 8小时; 社区护士 3个工作日 (nurse 8h; community-nurse 3bd)" },
    ["an abnormal answer for the family"] = { "a,3天,,wound,家属 4小时,,",
      '3: column E (异常处理), "家属 4小时": it gives an abnormal answer to the family: name a duty post, 护士 8小时' },
    ["abnormal, of a form that nothing judges"] = { "a,3天,,mood,护士 4小时,,", '3: column E (异常处理), "护士 4小时": this form has '
      .. "no abnormal rule, so 异常处理 would never happen: give the form one" },
    ["silent, and nothing is asked"] = { "a,3天,,,,护士 4小时,hello",
      '3: column F (未答处理), "护士 4小时": it needs an answer: give this step a 表单' },
    ["a cell beside the headings"] = { "a,3天,,,,,hello,x", '3: column H (without heading), "x": it stands in a column without heading: '
      .. "give the column one of 节点 (step), 时间 (when), 频次 (frequency), 表单 (form), 消息 (message), 异常处理 (if abnormal), "
      .. "未答处理 (if silent), 有效期 (valid for), 逾期 (missed), 备注 (remark)" },
    ["a quote that never closes"] = { 'a,"3天,,,,,hello', "3: a quoted field has no closing quote\n"
      .. "way.lua:4: aw.plan: ward/plan.csv has no step that can be read" },
    ["all of them, not the first alone"] = { "a,3填,,,,,hello\nb,3天,,,,,", '3: column B (时间), "3填": it is no time: write for example '
      .. '24小时, 3天 10:00, 2周 or 6个月 (24h, 3d 10:00, 14d, 6mo)\n4: column A (节点), "b": it does nothing: give it 表单 or 消息' },
  }

  it("a spreadsheet that was not saved as CSV", function()
    assert.matches("ward/plan.csv: this is a spreadsheet file; save it as CSV", told("PK\3\4xxxx"))
    assert.matches("ward/plan.csv: this is UTF%-16 text", told("\xFF\xFEa\0,\0"))
  end)

  it("headings", function()
    assert.matches('ward/plan.csv:1: column B %(时刻%), "时刻": it is no heading of a plan; there are 节点 %(step%)',
      told("节点,时刻,时间,消息\na,,3天,hello\n"))
    assert.matches('ward/plan.csv:1: column C %(时间%), "时间": it stands twice', told("节点,时间,时间,消息\na,3天,,hello\n"))
    assert.matches("ward/plan.csv:1: the first row has no heading 节点", told("时间,消息\n3天,hello\n"))
    assert.matches("ward/plan.csv: the plan is empty", told "")
  end)

  it("no such file", function()
    assert.matches('ward/way.lua:%d: aw.plan: no file "x.csv" in ward/ or shared/', told("", { steps = 'aw.plan "x.csv"' }))
    assert.matches("ward/way.lua:%d: aw.plan takes the name of a CSV file, not 5", told("", { steps = "aw.plan(5)" }))
  end)

  it("a duty post that is nearly one of a roster", function()
    assert.matches('ward/plan.csv:2: warning: column F %(未答处理%), "nurs 4小时": "nurs" has no roster; did you mean "nurse"%?',
      told(HEAD .. "a,3天,,wound,,nurs 4小时,\n"))
  end)
end)
