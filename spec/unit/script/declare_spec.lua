-- What a department is told about its mistakes: file, line, what is wrong, what was meant.
local unit = require "afterward.unit.script"

local BASE = [[
local aw = require "afterward"
local function run() end
return {
  aw.department { id = "ward", title = "Ward", alerts = { urgent = "ladder" } },
  aw.program { id = "brand", name = "Brand" },
  aw.escalation { id = "ladder", levels = { { page = "nurse", ack_within = "15m" } } },
  aw.form { id = "wound-check", { id = "temp", kind = "number", zh = "体温" } },
  aw.rule { id = "red-flags", run = run },
  aw.template { id = "hello", zh = "好", en = "Hello" },
}]]

-- One declaration in a file of its own; it stands on line 3.
local function told(text, more)
  local sources = { ["ward/base.lua"] = BASE,
    ["ward/x.lua"] = "local aw, run = require \"afterward\", function() end\nreturn {\n" .. text .. "\n}" }
  for path, other in pairs(more or {}) do sources[path] = other or nil end
  local _, _, report = unit.bundle_load("ward", sources)
  return report
end

local function pathway(steps, more)
  return ([[aw.pathway { id = "way", program = "brand", title = "W", enroll = { on = "discharge" }, %s steps = {
%s } }]]):format(more or "", steps)
end
local function step(keys) return pathway(("aw.step { id = \"one\", run = run, %s }"):format(keys)) end

-- what stands in the file → what is said, "" when nothing is
local function each(cases)
  for name, case in pairs(cases) do
    it(name, function()
      local want = case[2] == "" and "" or "ward/x.lua:" .. case[2]:gsub("\n", "\nward/x.lua:") .. "\n"
      assert.equal(want, told(case[1], case[3]))
    end)
  end
end

describe("a job's times", function()
  each {
    ["are times of day"] = { 'aw.job { id = "a", at = { "mon 08:00", "mon-fri 17:30", "08:00" }, run = run }', "" },
    ["and nothing else"] = { 'aw.job { id = "a", at = { "7d", "noon" }, run = run }',
      '3: job "a": at: "7d" is no time of day: write for example "mon 08:00" or "08:00"\n'
      .. '3: job "a": at: "noon" is neither a span nor weekdays; write for example "24h", "3d 10:00" or "mon,wed,fri 08:00"' },
  }
end)

describe("keys", function()
  each {
    ["unknown, one is near"] = { 'aw.rule { id = "a", run = run, titel = "x" }',
      '3: rule "a" has no key "titel"; did you mean "title"?' },
    ["unknown, none is near"] = { 'aw.rule { id = "a", run = run, colour = "x" }',
      '3: rule "a" has no key "colour"; its keys: id, title, run, result' },
    ["a list where keys belong"] = { 'aw.rule { id = "a", run = run, 5 }',
      '3: rule "a" has no key 1; its keys: id, title, run, result' },
    ["missing"] = { 'aw.rule { id = "a" }', '3: rule "a" needs run: run(a) → nil or { level, reason, advice }, or what result says' },
    ["without id"] = { 'aw.rule { run = run }', '3: a rule needs id: its name in scripts' },
    ["of a wrong type"] = { 'aw.rule { id = "a", run = "x" }', '3: rule "a": run must be a function, not "x"' },
    ["all at once, not the first alone"] = { 'aw.rule { id = "a", rnu = run, title = 5 }',
      '3: rule "a": title must be text or { zh =, en = }, not 5\n' ..
      '3: rule "a" needs run: run(a) → nil or { level, reason, advice }, or what result says\n' ..
      '3: rule "a" has no key "rnu"; did you mean "run"?' },
    ["an id with capitals"] = { 'aw.rule { id = "RedFlags", run = run }',
      '3: rule "RedFlags": id must be lower-case words with dashes, such as "wound-check", not "RedFlags"' },
    ["an id with a dash at its end"] = { 'aw.rule { id = "red-", run = run }',
      '3: rule "red-": id must be lower-case words with dashes, such as "wound-check", not "red-"' },
    ["no table"] = { 'aw.rule("a")', '3: aw.rule takes a table, not "a"' },
    ["a constructor that does not exist"] = { 'aw.patway { id = "a" }', '3: aw has no "patway"; did you mean "pathway"?' },
    ["a kind of key that can't be sorted"] = { 'aw.rule { id = "a", run = run, [true] = 1 }',
      '3: rule "a" can\'t be read: a table with a boolean as a key has no order: use numbers or texts' },
    ["triage"] = { 'aw.triage { id = "a", run = function() end }', '3: triage "a" needs on: the channels it listens to' },
    ["text without Chinese"] = { 'aw.program { id = "p", name = { en = "P" } }',
      '3: program "p": name must have Chinese text: zh = …, not a table' },
    ["text that is not UTF-8"] = { 'aw.program { id = "p", name = "\\xFF" }',
      '3: program "p": name must be UTF-8 text, not "?"' },
    ["an address"] = { 'aw.program { id = "p", name = "P", consult = { url = "javascript:alert(1)" } }',
      '3: program "p": consult: url must be an address, such as "https://h.example.cn/ask", not "javascript:alert(1)"' },
    ["a colour"] = { 'aw.program { id = "p", name = "P", color = "red" }',
      '3: program "p": color must be a colour, such as "#1f6f8b", not "red"' },
  }
end)

describe("ids", function()
  each {
    ["used twice"] = { 'aw.rule { id = "a", run = run },\naw.rule { id = "a", run = run }',
      '4: rule "a" is declared twice, also at ward/x.lua:3' },
    ["the same in two kinds"] = { 'aw.rule { id = "wound-check", run = run }', "" },
    ["two steps alike"] = { pathway 'aw.step { id = "one", at = "1d", run = run },\naw.step { id = "one", at = "2d", run = run }',
      '5: pathway "way" has two of step "one"' },
    ["declared, not returned"] = { '}, aw.rule { id = "lost", run = run }, {',
      '3: rule "lost" is declared but not returned by its file: it would not exist' },
    ["a step alone"] = { 'aw.step { id = "s", at = "1d", run = run }',
      '3: step "s" stands alone: a step belongs in a pathway\'s steps' },
  }
end)

describe("schedules", function()
  each {
    ["both"] = { step 'at = "1d", every = "2d"', '4: step "one" has both at and every: take one' },
    ["neither"] = { step 'valid_for = "1d"', '4: step "one" has neither at nor every: it would never happen' },
    ["to before from"] = { step 'every = "2d", from = "9d", to = "3d"', '4: step "one": to "3d" is before from "9d"' },
    ["a day that is none"] = { step 'every = "mon,wen 08:00", to = "9d"',
      '4: step "one": every: "mon,wen 08:00" is neither a span nor weekdays; write for example "24h", "3d 10:00" or "mon,wed,fri 08:00"' },
    ["back from the anchor"] = { step 'at = { "-3d", "-1d 09:00", "-2h" }', "" },
    ["back in working days"] = { step 'at = "-3bd"',
      '4: step "one": at: "-3bd" counts working time back, which is not known; write for example "-3d 09:00"' },
    ["no unit"] = { step 'at = { "1d", "3w" }',
      '4: step "one": at: "3w" has no unit of s m h d mo y bd bh (a week is 7d); write for example "24h", "7d" or "6mo"' },
    ["a period of nothing"] = { step 'every = "0d", to = "9d"',
      '4: step "one": every: "0d" never moves on; write for example "2d" or "12h"' },
    ["past the end"] = { pathway('aw.step { id = "one", at = "40d", run = run }', 'ends = "30d",'),
      '4: step "one": at: "40d" is past the pathway\'s end' },
    ["tiers without a tier"] = { step 'every = { high = "1d" }, to = "9d"',
      '4: step "one": every names tiers, but the pathway has no tier function' },
    ["the same moment twice"] = { step 'at = { "1d", "1d" }', '4: step "one": at names "1d" twice' },
    ["range keys with at"] = { step 'at = "1d", to = "9d"', '4: step "one": to belongs to every, and this step has at' },
    ["no end"] = { step 'every = "2d"', '4: warning: step "one" never ends: give to or count, or give the pathway ends' },
    ["ended by a count"] = { step 'every = "mon,wed,fri 08:00", count = 9', "" },
    ["no time to begin"] = { step 'at = "1d", valid_for = "0h"', '4: step "one": valid_for "0h" leaves no time to begin' },
    ["valid past the next"] = { step 'every = "1d", to = "9d", valid_for = "3d"',
      '4: warning: step "one": valid_for "3d" is longer than the time between two occurrences' },
    ["missed for ever"] = { step 'at = "1d", missed = "nurse"',
      '4: step "one": missed needs valid_for: without it no occurrence is ever missed' },
    ["at enrollment"] = { step 'at = "enroll"', "" },
    ["a count of nothing"] = { step 'every = "1d", count = 0', '4: step "one": count must be a whole number above 0, not 0\n' ..
      '4: warning: step "one" never ends: give to or count, or give the pathway ends' },
  }
end)

describe("forms", function()
  local function form(item) return ('aw.form { id = "f", %s }'):format(item) end
  each {
    ["no items"] = { form "", '3: form "f" has no items' },
    ["a kind"] = { form '{ id = "a", kind = "yesnoo", zh = "?" }',
      '3: form "f": item "a": no kind of item "yesnoo"; did you mean "yesno"?' },
    ["a key of another kind"] = { form '{ id = "a", kind = "yesno", zh = "?", min = 3 }',
      '3: form "f": item "a" has no key "min"; its keys: id, kind, zh, en, help, optional, when, score, observe' },
    ["a scale without ends"] = { form '{ id = "a", kind = "scale", zh = "?", min = 0 }', '3: form "f": item "a" needs max: largest' },
    ["ends that cross"] = { form '{ id = "a", kind = "scale", zh = "?", min = 5, max = 5 }',
      '3: form "f": item "a": min 5 is not below max 5' },
    ["options alike"] = { form '{ id = "a", kind = "choice", zh = "?", options = { { "y", zh = "是" }, { "y", zh = "否" } } }',
      '3: form "f": item "a": options: "y" is an option twice' },
    ["an option without text"] = { form '{ id = "a", kind = "choice", zh = "?", options = { { "y", zh = "是" }, { "n" } } }',
      '3: form "f": item "a": options 2 needs zh: in Chinese' },
    ["when is no function"] = { form '{ id = "a", kind = "yesno", zh = "?", when = "b" }',
      '3: form "f": item "a": when must be a function, not "b"' },
    ["a code"] = { form '{ id = "a", kind = "number", zh = "?", observe = "temprature" }',
      '3: form "f": item "a": observe: no code "temprature"; did you mean "temperature"?' },
    ["a code's unit"] = { form '{ id = "a", kind = "number", zh = "?", observe = "glucose", unit = "mg/dL" }',
      '3: form "f": item "a": unit "mg/dL", but glucose is kept in "mmol/L"' },
    ["items alike"] = { form '{ id = "a", kind = "yesno", zh = "?" }, { id = "a", kind = "date", zh = "?" }',
      '3: form "f" has two items "a"' },
    ["the engine's own field"] = { form '{ id = "flag", kind = "yesno", zh = "?" }',
      '3: form "f": item "flag": every answer has a field "flag" of its own: take another id' },
    ["a rule"] = { form 'abnormal = "red-flag", { id = "a", kind = "yesno", zh = "?" }',
      '3: form "f": abnormal: no such rule: "red-flag"; did you mean "red-flags"?' },
    ["a title that tells"] = { form 'title = "化疗之后", { id = "a", kind = "yesno", zh = "?" }',
      '3: form "f": title: zh tells a diagnosis ("化疗"): change the words, or say discloses = true' },
  }
end)

describe("templates", function()
  local function template(keys) return ('aw.template { id = "t", %s }'):format(keys) end
  local function form(keys) return ('aw.form { id = "t", title = { zh = "表" }, %s, { id = "a", kind = "yesno", zh = "吗？" } }'):format(keys) end
  each {
    ["an unknown placeholder"] = { template 'fields = { "left" }, zh = "{left}{lfet}", en = "{left}"',
      '3: template "t": {lfet} is neither a declared field nor the engine\'s; did you mean {left}?\n' ..
      '3: warning: template "t": en leaves out {lfet}' },
    ["the engine's, misspelt"] = { template 'zh = "{lnik}", en = "{lnik}"',
      '3: template "t": {lnik} is neither a declared field nor the engine\'s; did you mean {link}?\n' ..
      '3: template "t": {lnik} is neither a declared field nor the engine\'s; did you mean {link}?' },
    ["a field not declared"] = { template 'zh = "{reply}", en = "{reply}"',
      '3: warning: template "t" uses {reply} without declaring it: fields = { "reply" }' },
    ["a field not used"] = { template 'fields = { "left" }, zh = "好", en = "Hello"',
      '3: template "t" declares field "left" and does not use it' },
    ["only Chinese"] = { template 'zh = "好"', "" },
    ["only English"] = { template 'en = "Hello"', '3: template "t" needs zh: Chinese text' },
    ["other words for a channel"] = { template 'zh = "{patient.title}您好，请看{link}", channels = { wechat = { zh = "请看" } }', "" },
    ["a channel's words with an unknown placeholder"] = { template 'zh = "{link}", channels = { wechat = { zh = "{lnik}" } }',
      '3: template "t": channels.wechat: {lnik} is neither a declared field nor the engine\'s; did you mean {link}?' },
    ["a channel's words that tell a diagnosis"] = { template 'zh = "好", channels = { wechat = { zh = "化疗" } }',
      '3: template "t": channels.wechat: zh tells a diagnosis ("化疗"): change the words, or say discloses = true' },
    ["a provider's number and its variables in order"] = {
      template 'zh = "{patient.title}，{code}", approved = { sms = { id = "1110", params = { "patient.title", "code" } } }', "" },
    ["and by name"] = {
      template 'zh = "{patient.title}，{code}", approved = { sms = { id = "SMS_1", params = { name = "patient.title", c_1 = "code" } } }', "" },
    ["a text without variables"] = { template 'zh = "好", approved = { sms = { id = "1" } }', "" },
    ["a variable for what the text doesn't say"] = {
      template 'zh = "{patient.title}，{code}", approved = { sms = { id = "1", params = { "patient.title", "code", "link" } } }',
      '3: template "t": approved.sms: params: the text has no {link}; its placeholders: code, patient.title' },
    ["a variable misspelt"] = {
      template 'zh = "{patient.title}", approved = { sms = { id = "1", params = { "patient.titel" } } }',
      '3: template "t": approved.sms: params: the text has no {patient.titel}; did you mean "patient.title"?\n' ..
      '3: template "t": approved.sms: params: {patient.title} is in the text, and no variable of the provider\'s stands for it' },
    ["a placeholder without a variable"] = {
      template 'zh = "{patient.title}，{code}", approved = { sms = { id = "1", params = { "code" } } }',
      '3: template "t": approved.sms: params: {patient.title} is in the text, and no variable of the provider\'s stands for it' },
    ["a question's number, and its reminder's"] = {
      form 'approved = { sms = { id = "1", params = { "patient.title", "form", "code" }, remind = { id = "2", params = { "form" } } } }', "" },
    ["a question's variable misspelt"] = {
      form('approved = { wechat = { id = "1", params = { thing1 = "fom", thing2 = "patient.titel" }, ' ..
        'en = { id = "2", params = { thing1 = "titel" } } } }'),
      '3: form "t": approved.wechat: params: {fom} is none of the engine\'s; did you mean "form"?\n' ..
      '3: form "t": approved.wechat: params: {patient.titel} is not available; did you mean "patient.title"?\n' ..
      '3: form "t": approved.wechat.en: params: {titel} is none of the engine\'s; did you mean "time"?' },
    ["variables of a channel's own words"] = {
      template 'zh = "{link}", channels = { wechat = { zh = "{code}" } }, approved = { wechat = { id = "x", params = { thing1 = "code" } } }', "" },
    ["an approved English text that there isn't"] = {
      template 'zh = "{code}", approved = { sms = { id = "1", params = { "code" }, en = { id = "2", params = { "code" } } } }',
      '3: template "t": approved.sms: en is approved, and the template has no English text for this channel: add en = …' },
    ["variables that are no names"] = {
      template 'zh = "{code}", approved = { sms = { id = "1", params = { ["a b"] = "code" } } }',
      '3: template "t": approved.sms: params must be a list, or names of letters, digits and _ → placeholder, not a table\n' ..
      '3: template "t": approved.sms: params: {code} is in the text, and no variable of the provider\'s stands for it' },
    ["a mapping without a number"] = { template 'zh = "好", approved = { sms = {} }',
      '3: template "t": approved.sms needs id: the provider\'s number of the text' },
    ["words of the configuration"] = { template 'zh = "{practice.phone}{hospital.name}", en = "{practice.phone}{hospital.name}"', "" },
    ["a root nobody knows"] = { template 'zh = "{hospitel.name}", en = "x"',
      '3: template "t": no {hospitel.…}; did you mean "hospital"?\n3: warning: template "t": en leaves out {hospitel.name}' },
    ["what the patient may not know"] = { template 'zh = "{patient.diagnosis}", en = "{patient.diagnosis}"',
      ('3: template "t": {patient.diagnosis} is not available; the engine\'s own: link, code, date, time, ' ..
      'patient.name, patient.title, case.number, case.link, case.page\n'):rep(2):sub(1, -2) },
    ["words that tell"] = { template 'zh = "好", en = "After your chemotherapy"',
      '3: template "t": en tells a diagnosis ("chemotherap"): change the words, or say discloses = true' },
    ["words that tell those who know"] = { template 'discloses = true, zh = "化疗", en = "Chemotherapy"', "" },
    ["a brace alone"] = { template 'zh = "{link", en = "x"', '3: template "t": zh has a brace without its partner' },
    ["a class"] = { template 'class = "safty", zh = "好", en = "x"',
      '3: template "t": class must be one of general, questionnaire, medicine, visit, education, safety, marketing, not "safty"' },
  }
end)

describe("what is named elsewhere", function()
  each {
    ["a program"] = { pathway('aw.step { id = "s", at = "1d", run = run }'):gsub("brand", "brnd"),
      '3: pathway "way": program: no such program: "brnd"; did you mean "brand"?' },
    ["an event"] = { 'aw.watch { id = "w", on = "dischrage", run = run }',
      '3: watch "w": on must be an event or "observation:<code>", not "dischrage"; did you mean "discharge"?' },
    ["an observation nobody gives"] = { 'aw.watch { id = "w", on = "observation:weigth", run = run }',
      '3: warning: watch "w": nothing gives observation "weigth"; did you mean "weight"?' },
    ["a form's own code"] = { 'aw.watch { id = "w", on = "observation:drain", run = run },\n' ..
      'aw.form { id = "f", { id = "d", kind = "number", zh = "?", observe = "drain" } }', "" },
    ["a roster's file"] = { 'aw.roster { role = "nurse", file = "roster/nurse.csv" }',
      '3: roster "nurse": file: no file "roster/nurse.csv" in ward/ or shared/' },
    ["a roster's file in shared"] = { 'aw.roster { role = "nurse", file = "n.csv" }', "", { ["shared/n.csv"] = "from,to,staff\n" } },
    ["steps not made by aw.step"] = { pathway '{ id = "s", at = "1d", run = run }',
      '3: pathway "way": steps: must be a list of aw.step { … } (entry 1)' },
  }
end)

describe("escalations and calendars", function()
  each {
    ["the last rung can't be passed over"] = {
      'aw.escalation { id = "e", levels = { { page = "nurse", ack_within = "1h", hours = "08:00-20:00" } } }',
      '3: escalation "e": level 1 is the last and repeats, so it can\'t have hours' },
    ["a rung without a deadline"] = { 'aw.escalation { id = "e", levels = { { page = { "chief", "nurse" } } } }',
      '3: escalation "e": levels 1 needs ack_within: then the next level' },
    ["a calendar's days"] = { 'aw.calendar { id = "c", hours = { ["mon-fir"] = "08:00-12:00" } }',
      '3: calendar "c": hours: "mon-fir" names no weekdays; write for example "mon-fri" or "sat"' },
    ["a day twice"] = { 'aw.calendar { id = "c", hours = { ["mon-fri"] = "08:00-12:00", fri = "08:00-09:00" } }',
      '3: calendar "c": hours: "mon-fri" names a day that another line names too' },
    ["a whole one"] = { 'aw.calendar { id = "c", hours = { ["mon-fri"] = "08:00-12:00,13:30-17:30" }, holidays = "cn" }', "" },
  }
end)

describe("the department", function()
  local function department(keys) return { ["ward/base.lua"] = false,
    ["ward/d.lua"] = ('return require "afterward".department { id = "ward", title = "W", %s }'):format(keys) } end
  local function said(keys) return told("", department(keys)) end

  it("is one for each folder", function()
    assert.equal('ward: the folder has no department: one of its files must return aw.department { id = "ward", … }\n',
      told("", { ["ward/base.lua"] = false }))
    assert.equal('ward/x.lua:3: department "ward" is declared twice, also at ward/base.lua:4\n',
      told 'aw.department { id = "ward", title = "W" }')
    assert.equal('ward/x.lua:3: department "bed" stands in the folder "ward": id must be "ward"\n',
      told 'aw.department { id = "bed", title = "W" }')
    assert.matches("shared/d.lua:1: department \"ward\" is declared in shared/",
      told("", { ["shared/d.lua"] = 'return require "afterward".department { id = "ward", title = "W" }' }))
  end)

  it("has a zone, a calendar, windows and budgets that exist", function()
    assert.equal("", said('calendar = "always", contact_windows = "09:00-11:30,15:00-17:30", ' ..
      'quiet_hours = "21:00-08:00", via = { "sms" }, budget = { questionnaire = { day = 1, week = 3 } }'))
    assert.matches('ward/d.lua:1: department "ward": calendar: no such calendar: "chn"; did you mean "cn"?', said('calendar = "chn"'), 1, true)
    assert.matches('ward/d.lua:1: department "ward": zone: .*Asia/Shangai', said 'zone = "Asia/Shangai"')
    assert.matches('ward/d.lua:1: department "ward": contact_windows: .*25:00', said 'contact_windows = "09:00-25:00"')
    assert.matches('ward/d.lua:1: department "ward": alerts.urgent: no such escalation: "none"', said('alerts = { urgent = "none" }'), 1, true)
    assert.matches('budget: no message class "medicin"; did you mean "medicine"?', said('budget = { medicin = { day = 1 } }'), 1, true)
    assert.equal("", said 'class_quiet_hours = { marketing = "18:00-10:00", education = "12:00-14:00,21:00-08:00" }')
    assert.matches('class_quiet_hours: no message class "markting"; did you mean "marketing"?',
      said 'class_quiet_hours = { markting = "18:00-10:00" }', 1, true)
    assert.matches("class_quiet_hours: .*25:00", said 'class_quiet_hours = { marketing = "18:00-25:00" }')
  end)
end)
