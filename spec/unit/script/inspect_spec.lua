-- What a department is told of scripts that would run, and not as they were meant: place, code, next word.
local unit = require "afterward.unit.script"

local BASE = [[
local aw = require "afterward"
local function run() end
return {
  aw.department { id = "ward", title = "Ward", alerts = { urgent = "ladder" } },
  aw.program { id = "brand", name = "Brand" },
  aw.escalation { id = "ladder", levels = { { page = "nurse", ack_within = "15m" } } },
  aw.form { id = "wound-check", abnormal = "red-flags", { id = "temp", kind = "number", zh = "T" },
    { id = "pain", kind = "scale", min = 0, max = 10, optional = true, zh = "P" } },
  aw.rule { id = "red-flags", run = run },
  aw.template { id = "hello", zh = "Hi" },
}]]

-- Everything about ward/x.lua, "line:column code message"; accepted ones are left out.
local function told(text, more)
  local sources = { ["ward/base.lua"] = BASE, ["ward/x.lua"] = text }
  for path, other in pairs(more or {}) do sources[path] = other end
  local _, problems = unit.bundle_check("ward", sources)
  local lines = {}
  for _, problem in ipairs(problems) do
    local lone = problem.message:find "^this file declares nothing" and not text:find "{}"  -- a spec of its own
    if problem.file == "ward/x.lua" and not problem.accepted and not lone then
      lines[#lines + 1] = ("%d:%d %s %s"):format(problem.line, problem.column, problem.code, problem.message)
    end
  end
  return table.concat(lines, "\n")
end

local function each(wrap, cases)
  for name, case in pairs(cases) do
    it(name, function() assert.equal(case[2], told(wrap(case[1]), case[3])) end)
  end
end

local function file(text) return 'local aw = require "afterward"\n' .. text end
-- The body of a step, from line 4 on.
local function step(body)
  return file('return aw.pathway { id = "way", program = "brand", title = "W", enroll = { on = "discharge" },\n' ..
    'steps = { aw.step { id = "one", at = "1d", run = function(p)\n' .. body .. '\nend } } }')
end
local function rule(body)
  return file('return { aw.form { id = "f", abnormal = "r", { id = "temp", kind = "number", max = 43, optional = true, zh = "T" } },\n' ..
    'aw.rule { id = "r", run = function(a)\n' .. body .. '\nend } }, "f"')
end

describe("names that nothing stands behind", function()
  each(step, {
    ["a global"] = { "prnt(p.tier)", '4:1 undefined-global there is no "prnt" here: it is nil' },
    ["a global with a neighbour"] = { "return pairz({})", '4:8 undefined-global there is no "pairz" here: it is nil; did you mean "pairs"?' },
    ["print"] = { "print(1)", '4:1 undefined-global there is no "print" here: it is nil; p:note writes into the timeline' },
    ["a global that is made"] = { "x = 1", "4:1 set-global x = … sets a global, which is read-only once the files are loaded: write local x" },
    ["a call of p"] = { "p:aks 'wound-check'", '4:3 unknown-call there is no p:aks; did you mean "ask"?' },
    ["a field of p"] = { "return p.teir", '4:10 undefined-field there is no p.teir; did you mean "tier"?' },
    ["a call without its colon"] = { "p.now()", "4:3 undefined-field now is a call: write p:now" },
    ["a field of the patient"] = { "return p.patient.name",
      '4:18 undefined-field nothing is known of a patient as "name"; there are: age, dialect, disclosure, inpatient, language, sex, stays' },
    ["a function of a library"] = { "return math.flor(3)", '4:13 undefined-field there is no math.flor; did you mean "floor"?' },
    ["a function of texts"] = { 'return ("x"):uper()', '4:14 undefined-field there is no string.uper; did you mean "upper"?' },
    ["locals, parameters, loops and what they hide are names"] = { [[
local print, t = function(x) return x end, { a = 1 }
for name, value in pairs(t) do print(name .. value) end
for i = 1, 2 do local function f(n) return n > 0 and f(n - 1) or i end f(i) end
repeat local done = p:now() > 0 until done
goto out
::out:: return t.a, p.tier, #"x", -1, not t, 0x10, 1e3, [==[x]==], p.patient.age, "\u{6cbb}\x41\65\z
   end"]], "" },
  })

  it("in another file of the department", function()
    local module = { ["ward/joint.lua"] = 'local joint = {}\nfunction joint.week() end\nreturn joint' }
    assert.equal('5:3 undefined-field ward/joint.lua has no weak; did you mean "week"?',
      told(step 'local j = require "joint"\nj.weak() j.week()', module))
    -- A table that is handed on may get anything.
    module["ward/joint.lua"] = 'local joint = {}\nsetmetatable(joint, nil)\nreturn joint'
    assert.equal("", told(step 'local j = require "joint"\nj.weak()', module))
  end)

  it("in what callbacks get", function()
    local function way(key) return file(('return aw.pathway { id = "way", program = "brand", title = "W",\n%s }'):format(key)) end
    local rest = ', steps = { aw.step { id = "s", at = "1d", run = function() end } }'
    assert.equal('3:70 undefined-field f has only facts: f:ask can\'t be called here, f has get, read, rule',
      told(way('enroll = { on = "discharge", where = function(f) return f.tier and f:ask "wound-check" end }' .. rest)))
    assert.equal('3:60 undefined-field there is no f.teir; did you mean "tier"?',
      told(way('enroll = { on = "discharge" }, tier = function(f) return f.teir end' .. rest)))
  end)

  it("in helpers that are given p or an answer", function()
    assert.equal('4:26 unknown-call there is no p:aks; did you mean "ask"?', told(step [[
local function help(q) q:aks "wound-check" end
help(p)]]))
    assert.equal('4:33 unknown-field no form "wound-check" asks for "wound"; there are: temp, pain', told(step [[
local function help(a) return a.wound end
local a = p:ask "wound-check"
if a then help(a) end]]))
  end)

  it("that are declared and never used", function()
    assert.equal('1:1 unused this file declares nothing and no other requires it: remove it', told "return {}")
    assert.equal('4:7 unused "b" is never used: remove it', told(step "local b = 1\nlocal _c, a, d = 1, p:now()\nreturn a, d"))
  end)
end)

describe("calls", function()
  each(step, {
    ["a key"] = { 'p:ask("wound-check", { withn = "2d" })', '4:24 bad-call p:ask: there is no key "withn"; did you mean "within"?' },
    ["a time"] = { 'p:ask("wound-check", { within = "2x" })', '4:33 bad-call p:ask: within: "2x" has no unit of s m h d mo y bd bh ' ..
      '(a week is 7d); write for example "24h", "7d" or "6mo"' },
    ["one of some words"] = { 'p:ask("wound-check", { to = "famly" })',
      '4:29 bad-call p:ask: to: must be one of patient, family, sender; did you mean "family"?' },
    ["something needed"] = { 'p:alert { id = "x", level = "urgent" }', "4:3 bad-call p:alert needs reason: why, in words" },
    ["something needed, argument"] = { "p:set()", "4:3 bad-call p:set needs key: which" },
    ["too much"] = { 'p:note("x", 2)', "4:13 bad-call p:note takes 1 argument, the last of them text" },
    ["as many values as a rule takes"] = { 'return p:rule("red-flags", 1, 2, 3)', "" },
    ["a wait for nothing"] = { 'p:wait "dischrge"',
      '4:8 bad-call p:wait: "dischrge" is no time, no event and no task of these scripts; did you mean "discharge"?' },
    ["waits that are meant"] = { 'p:wait "2d" p:wait "discharge" p:wait "observation:pain" p:wait(p:task { id = "t", role = "x" }) p:wait "t"', "" },
    ["what is computed is left alone"] = { [[
local o, form = { within = p.tier }, "wound-" .. p.tier
p:ask(form, o) p:ask("wound-check", { within = p.tier == "high" and "1d" or "2d" })
p:task { id = form, role = form, note = ("x"):rep(2) } p:set(form, nil)]], "" },
    ["rungs that are right"] = { 'p:ask("wound-check", { within = "3d", via = { { "wechat", within = "2h" }, ' ..
      '{ "sms", to = "family", within = p.tier }, { "call", role = "nurse", due = "4h" } } }) ' ..
      'p:ask("wound-check", { via = { "city-sms", "call" } })', "" },
    ["a rung's key"] = { 'p:ask("wound-check", { via = { { "sms", wihin = "2h" } } })',
      '4:41 bad-call p:ask: via: a rung has no key "wihin"; did you mean "within"?' },
    ["a rung's values"] = { 'p:send("hello", { via = { { "sms", within = "soon", to = "uncle", role = "nurse" }, { within = "1d" }, "smss" } })',
      '4:45 bad-call p:send: via: within of a rung: "soon" is neither a span nor weekdays; write for example "24h", "3d 10:00" or ' ..
      '"mon,wed,fri 08:00"\n4:58 bad-call p:send: via: to of a rung: must be one of patient, family\n' ..
      '4:67 bad-call p:send: via: role is for the rung "call" alone\n4:85 bad-call p:send: via: a rung begins with its channel: ' ..
      '{ "sms", within = "1d" }\n4:104 bad-call p:send: via: no channel is called "smss"; did you mean "sms"?' },
    ["a rung that nobody waits for"] = { 'p:ask("wound-check", { within = "1d", via = { { "sms", within = "2d" }, "call" } })',
      '4:73 bad-call p:ask: via: rung 2 would begin when nobody waits for the answer any more: `within` is "1d"' },
    ["rungs together"] = { 'p:ask("wound-check", { together = true, via = { "sms", "call" } })',
      "4:35 bad-call p:ask: via: rungs go one after the other, not together" },
    ["a reminder that comes too late"] = { 'p:ask("wound-check", { within = "8h", remind = "8h" })',
      '4:39 no-reminder p:ask: remind "8h" is not before within "8h": nobody is reminded' },
    ["fields of a template"] = { 'p:send("left", { fields = { lfet = 3 } }) p:send "left" p:send("left", { fields = { left = 3 } })\n' ..
      'local o = {} p:send("left", o) p:send("left", { fields = o }) p:send("left", { fields = { [p.day] = 1 } })',
      '4:18 template-fields template "left" needs field "left": without it nothing is sent\n' ..
      '4:29 template-fields template "left" has no field "lfet"; did you mean "left"?\n' ..
      '4:45 template-fields template "left" needs field "left": without it nothing is sent',
      { ["ward/left.lua"] = 'return require "afterward".template { id = "left", fields = { "left" }, zh = "{left}" }' } },
    ["state that nothing keeps"] = { 'p:set("close", true) return p:get "clsoe" or p:get "close"',
      '4:35 unset-state nothing sets "clsoe": it is always nil; did you mean "close"?' },
    ["state kept under a computed key"] = { 'p:set("close" .. p.day, true) return p:get "clsoe"', "" },
    ["a post that is nearly a roster's"] = { 'p:task { id = "t", role = "ward-nures" }',
      '4:27 unknown-role task is for "ward-nures", which has no roster; did you mean "ward-nurse"?',
      { ["ward/posts.lua"] = 'return require "afterward".roster { role = "ward-nurse", file = "n.csv" }', ["ward/n.csv"] = "from,to,staff\n" } },
    ["form"] = { 'p:ask "wound-chek"', '4:7 unknown-id ask names form "wound-chek": no such form; did you mean "wound-check"?' },
    ["template"] = { 'p:send "helo"', '4:8 unknown-id send names template "helo": no such template; did you mean "hello"?' },
    ["a task's form"] = { 'p:task { id = "x", role = "n", form = "wound" }', '4:39 unknown-id task names form "wound": no such form' },
    ["silences"] = { 'return p:silences "wound-chack" % 2',
      '4:19 unknown-id silences names form "wound-chack": no such form; did you mean "wound-check"?' },
    ["an alert's level"] = { 'p:alert { id = "x", level = "urgnt", reason = "r" }', '4:29 unrouted-level alert has level "urgnt", ' ..
      'which the department\'s alerts don\'t route: the site\'s ladder takes it; did you mean "urgent"?' },
    ["remarks and texts are no calls"] = { '-- p:ask "a"\n--[[ p:ask "b" ]] local s = "p:ask \\"c\\"" .. [=[ p:send "d" ]=] return s', "" },
  })

  it("refuse a bundle for an id and for a call that does not exist", function()
    local function loads(body)
      return unit.bundle_check("ward", { ["ward/base.lua"] = BASE, ["ward/x.lua"] = step(body) }) ~= nil
    end
    assert.is_true(loads "x = p.teir")
    assert.is_false(loads "if p.tier then p:aks() end")
    assert.is_false(loads 'p:ask "wound-chek"')
  end)
end)

describe("what nobody names", function()
  it("is told, unless it is shared", function()
    local _, _, report = unit.bundle_check("ward", { ["ward/base.lua"] = BASE,
      ["ward/use.lua"] = "return function(p) p:ask 'wound-check' p:send 'hello' end", ["ward/x.lua"] = "return require 'use'",
      ["shared/s.lua"] = 'return require "afterward".template { id = "bye", zh = "再见" }' })
    assert.truthy(report:find('ward/base.lua:5: warning: program "brand" is never used: name it', 1, true))
    assert.falsy(report:find('"bye" is never', 1, true))
  end)
end)

describe("runs", function()
  local OUTER = '%s outer-variable "%s" stands outside of the run, for all patients, and is read-only there: ' ..
    "keep state with p:set, or declare it inside"
  local function around(text) return file("local count, list = 0, {}\n" .. text) end
  local function body(text)
    return 'return aw.pathway { id = "way", program = "brand", title = "W", enroll = { on = "discharge" },\n' ..
      'steps = { aw.step { id = "one", at = "1d", run = function(p)\n' .. text .. "\nend } } }"
  end
  each(around, {
    ["assign a top-level variable"] = { body "count = count + #list", OUTER:format("5:1", "count") },
    ["fill a top-level table"] = { body "list[count] = p:now()", OUTER:format("5:1", "list") },
    ["insert into a top-level table"] = { body "table.insert(list, count)", OUTER:format("5:14", "list") },
    ["in a helper that they call"] = { "local function add() count = count + #list end\n" .. body "add(p:now())", OUTER:format("3:22", "count") },
    ["keep what is their own"] = { "list[1], count = 1, 2\nlocal function fill(t) t.x = count end\n" .. body [[
local own, n = { list }, 0
local function more() n = n + 1 own[n] = n end
more() fill(own)
for i = 1, 2 do own[i] = i end]], "" },
  })

  local DAYS = " day-loop days of waiting in a loop: an edit can't reach a run that has begun. " ..
    "Let the step have every = … (and count or to), one occurrence a time"
  local STOP = " unreachable nothing runs after p:stop, which ends the run: move this before it, or remove it"
  local SILENT = " unchecked-answer whoever stays silent gives no answer, only nil and why: test it first, as in `if a then`"
  local JOINED = ' twice-used task "t" is already given on line 4: while that is open this one joins it and changes nothing; take another id'
  each(step, {
    ["wait days in a loop"] = { 'for i = 1, 9 do p:wait "2d" p:set("i", i) end', "4:19" .. DAYS },
    ["ask for days without an end"] = { 'while true do p:ask("wound-check", { within = "1d" }) end', "4:17" .. DAYS },
    ["climb a ladder, which is no loop of days"] = {
      'for _, to in ipairs { "patient", "family" } do p:ask("wound-check", { to = to, within = "1d" }) p:wait "10m" end', "" },
    ["go on after the end"] = { 'p:stop "x"\np:note "y"', "5:1" .. STOP },
    ["limit a wait and not look whether it came"] = { 'p:wait("appointment", { within = "2d" })\np:note "x"',
      '4:34 unmet-clock nothing looks whether this ran out: the run goes on the same; test what p:wait gives, as in `if not p:wait(…) then`' },
    ["limit a wait and look"] = {
      'local e = p:wait("appointment", { within = "2d" })\nif not p:wait("no-show", { within = "1d" }) and e then p:note "x" end', "" },
    ["limit an asking, whose silence is counted"] = { 'p:ask("wound-check", { within = "1d" })', "" },
    ["use an answer that may not come"] = { 'local a = p:ask "wound-check"\nif a.pain then p:note "x" end', "5:4" .. SILENT },
    ["use it at once"] = { 'return p:ask "wound-check".pain', "4:8" .. SILENT },
    ["test it first"] = { [[
local a, why = p:ask "wound-check"
if why then return end
local b = p:ask "wound-check"
local c = p:ask "wound-check"
assert(c)
local e, answered
repeat e = p:ask "wound-check" until e
local f = p:ask "wound-check" or { pain = 0 }
local g = p:ask "wound-check"
answered = g ~= nil
if answered then p:note(("%d %d %d"):format(e.pain, f.pain, g.pain)) end
local d = p:ask "wound-check"
while d do p:note(d.by) break end
return a.pain, b and b.pain, c.flag, not p and d.pain]], "" },
    ["use an event that may not come"] = { 'local e = p:wait("appointment", { within = "2d" })\nreturn e.at',
      "5:8 unchecked-answer what does not happen in time gives nil: test it first" },
    ["two tasks of one id"] = { 'p:task { id = "t", role = "nurse" }\np:task { id = "t", role = "doctor" }', "5:3" .. JOINED },
    ["one task or the other"] = { [[
if p.tier then p:task { id = "t", role = "nurse" } else p:task { id = "t", role = "doctor" } end
if p.day then p:task { id = "u", role = "nurse" } return end
p:task { id = "u", role = "doctor" }
p:task { id = "u", role = "doctor" }]], "" },
  })
end)

describe("clocks that run past the pathway's end", function()
  local function way(schedule, within)
    return file('return aw.pathway { id = "way", program = "brand", title = "W", ends = "30d", enroll = { on = "discharge" },\n' ..
      'steps = { aw.step { id = "one", ' .. schedule .. ', run = function(p)\n' ..
      'if not p:ask("wound-check", { within = "' .. within .. '" }) then p:note "x" end\nend } } }')
  end
  local function meets(schedule, within, wanted) assert.equal(wanted or "", told(way(schedule, within))) end
  local function past(from, within)
    return ('4:40 unmet-clock from "%s" on, within "%s" runs past the pathway\'s end (30d): no branch meets it then; ' ..
      'let the pathway end later, or wait less'):format(from, within)
  end
  it("are told", function()
    meets('at = "29d"', "2d", past("29d", "2d"))
    meets('at = { "1d", "29d 10:00" }', "1d", past("29d 10:00", "1d"))
    meets('every = "7d", from = "7d", to = "28d"', "3d", past("28d", "3d"))
  end)
  it("are not when they end in time, or when the text can't tell", function()
    meets('at = "28d"', "2d")
    meets('at = "enroll"', "2d")
    meets('every = "7d", from = "7d", count = 4', "2d")
  end)
end)

describe("rules", function()
  each(rule, {
    ["read what no form asks"] = { "return a.pulse", '4:10 unknown-field no form that names rule "r" asks for "pulse"; there are: temp' },
    ["fail when an item stays empty"] = { 'if a.temp > 38 then return { level = "urgent", reason = "x" } end',
      '3:1 rule-fails rule "r" fails on form "f" with temp left empty: attempt to compare number with nil. ' ..
      "An item may be empty, and a form may lack it" },
    ["fail at one end of what is allowed"] = { 'if a.temp then return a.temp > 0 and { reason = "x" } or nil end',
      '3:1 rule-fails rule "r" fails on form "f" with temp = 21.5: rule r: must give nil or { level =, reason =, advice = }. ' ..
      "An item may be empty, and a form may lack it" },
    ["give a level that goes nowhere"] = { 'return a.temp and { level = "urgnt", reason = "x" }',
      '3:1 unrouted-level rule "r" gives level "urgnt", which ' ..
      'the department\'s alerts don\'t route: the site\'s ladder takes it; did you mean "urgent"?' },
    ["tell in their advice"] = { 'return a.temp and { level = "urgent", reason = "x", advice = { zh = "化疗后请多喝水" } }',
      '3:1 may-tell rule "r": the advice says "化疗", and not every patient knows: change the words' },
    ["are right"] = { 'if a.temp and a.temp > 38 then return { level = "urgent", reason = "x" } end', "" },
  })

  it("of helpers are followed into shared files", function()
    local _, _, report = unit.bundle_check("ward", { ["ward/base.lua"] = BASE, ["ward/x.lua"] = rule 'return require("shared.f").hot(a)',
      ["shared/f.lua"] = "local f = {}\nfunction f.hot(answer) return answer.tmp and nil end\nreturn f" })
    assert.truthy(report:find('shared/f.lua:2: warning: no form that names rule "r" asks for "tmp"; did you mean "temp"?', 1, true))
  end)
end)

describe("steps and forms", function()
  it("show an item by answers that are given before it", function()
    local function form(items) return file(('return aw.form { id = "f", abnormal = "red-flags", %s }, "f"'):format(items)) end
    local asked, shown = '{ id = "a", kind = "yesno", zh = "?" }', '{ id = "b", kind = "date", zh = "?", when = function(x) return x.a end }'
    assert.equal("", told(form(asked .. ", " .. shown)))
    assert.equal('2:117 unknown-field "a" is not answered yet when "b" is to be shown: put it before', told(form(shown .. ", " .. asked)))
    assert.equal('2:157 unknown-field no form "f" asks for "c"; did you mean "a"?', told(form(asked .. ", " .. shown:gsub("x%.a", "x.c"))))
  end)

  local function way(tier)
    return file(('return aw.pathway { id = "way", program = "brand", title = "W", enroll = { on = "discharge" }, tier = function(f)\n%s\nend,\n' ..
      'steps = { aw.step { id = "one", every = { hihg = "1d" }, to = "9d", run = function() end } } }'):format(tier))
  end
  local NEVER = '5:11 unreachable step "one": every names tier "hihg", which the pathway\'s tier never gives; did you mean "high"?'
  each(way, {
    ["of a tier that is never given"] = { 'if f.patient.age then return "high" end return f.tier and "low" or nil', NEVER },
    ["of a tier that is computed"] = { 'return f.patient.sex or "high"', "" },
  })
  each(file, {
    ["that nobody judges"] = { 'return aw.form { id = "wound", { id = "a", kind = "date", zh = "?" } }, nil, "wound"',
      '2:8 unjudged form "wound" has no abnormal rule: no answer to it alarms anybody. Name a rule, or say why none is ' ..
      "needed: -- accept unjudged: …" },
  })
end)

describe("texts", function()
  each(file, {
    ["that tell on a page"] = { 'return aw.form { id = "wound", abnormal = "red-flags", { id = "a", kind = "date", zh = "化疗是哪天？" } }, "wound"',
      '2:8 may-tell form "wound": item "a" says "化疗", and not every patient knows: change the words, or say discloses = true' },
    ["that tell although they are discreet"] = {
      'return aw.template { id = "t", discloses = true, zh = "化疗", discreet = { zh = "化疗" } }, "t"',
      '2:8 may-tell template "t": discreet says "化疗", and not every patient knows: change the words' },
    ["that tell on a page behind a discreet title"] = {
      'return aw.form { id = "wound", title = "化疗后", discloses = true, discreet = { zh = "随访" }, abnormal = "red-flags",\n' ..
      '{ id = "a", kind = "yesno", zh = "化疗后吐了吗？" } }, "wound"',
      '2:8 may-tell form "wound": item "a" says "化疗", and not every patient knows: change the words, or take discreet out: ' ..
      "then they are not asked" },
    ["that tell on a page which only who knows may see"] = {
      'return aw.form { id = "wound", title = "化疗后", discloses = true, abnormal = "red-flags",\n' ..
      '{ id = "a", kind = "yesno", zh = "化疗后吐了吗？" } }, "wound"', "" },
    ["too long for one short message"] = {
      ('return aw.template { id = "t", zh = "%s{patient.title}" }, "t"'):format(("长"):rep(46)),
      '2:8 sms-length template "t": zh makes 2 short messages of 71 signs with 【Brand】 and the foot; 1 fewer make it one' },
    ["that fit"] = { ('return aw.template { id = "t", zh = "%s" }, "t"'):format(("长"):rep(48)), "" },
    ["in one language, where the department writes two"] = {
      'return { aw.template { id = "t", zh = "好", en = "Good" },\naw.template { id = "u", zh = "好" } }, "t", "u"',
      '3:1 translation template "u": text has no English text: add en = …' },
    ["in one language everywhere"] = { 'return aw.template { id = "t", zh = "好" }, "t"', "" },
  })
end)

describe("what loading says of a key", function()
  each(file, {
    ["stands where the key does"] = { [[
return {
  aw.form { id = "one", abnormal = "red-flags",
    { id = "a", kind = "scale", zh = "?",
      min = "0", max = 10 } }, aw.rule {
    id = "r", rnu = 1, run = function() end },
  aw.escalation { id = "e", levels = {
    { page = "nurse", ack_within = "1x" } } },
}]], '5:7 value form "one": item "a": min must be a number, not "0"\n6:15 unknown-key rule "r" has no key "rnu"; did you mean "run"?\n' ..
      '8:23 value escalation "e": levels 1: ack_within: "1x" has no unit of s m h d mo y bd bh (a week is 7d); ' ..
      'write for example "24h", "7d" or "6mo"' },
  })
end)

describe("a warning accepted in place", function()
  local FORM = 'aw.form { id = "wound", { id = "a", kind = "date", zh = "?" } }, "wound"'
  local function reason(text)
    local _, problems, report = unit.bundle_check("ward", { ["ward/base.lua"] = BASE, ["ward/x.lua"] = file(text) })
    assert.falsy(report:find("no abnormal rule", 1, true))
    for _, problem in ipairs(problems) do
      if problem.code == "unjudged" then return problem.accepted end
    end
  end

  it("is kept with its reason, and told no more", function()
    assert.equal("only a date", reason("return " .. FORM .. " -- accept unjudged: only a date"))
    assert.equal("only a date", reason("-- accept unjudged: only a date\n-- about the form\nreturn " .. FORM))
    assert.equal("a: b", reason("-- Remark\n--   accept unjudged: c\n-- accept unjudged a: b \nreturn " .. FORM))
  end)

  local function first(remark) return remark .. "\nreturn 'x'" end
  each(first, {
    ["needs a reason"] = { "-- accept unjudged", "1:1 acceptance say why unjudged is right here: -- accept unjudged: the reason" },
    ["needs a code"] = { "-- accept unjuged: x", '1:1 acceptance "unjuged" is not a warning that can be accepted; did you mean "unjudged"?' },
    ["is no error"] = { "-- accept unknown-id: x", '1:1 acceptance "unknown-id" is not a warning that can be accepted' },
    ["has something to accept"] = { "-- accept unjudged: x", "1:1 acceptance nothing here is unjudged any more: remove this remark" },
  })
end)

describe("scripts that don't load", function()
  it("end in a sentence, however hostile", function()
    for _, text in ipairs { "return " .. ("("):rep(3000), "return " .. ("{"):rep(3000), ("[=[ [==[ "):rep(500), ("'\""):rep(200),
      ("if x then "):rep(500), "return a" .. (".b"):rep(300), "\0\255--[[", ("-- accept unused: x\n"):rep(50) } do
      local _, problems = unit.bundle_check("ward", { ["ward/base.lua"] = BASE, ["ward/x.lua"] = text })
      assert.truthy(#problems > 0)
    end
  end)

  it("are looked through as far as they can be read", function()
    local _, problems = unit.bundle_check("ward", { ["ward/base.lua"] = BASE, ["ward/x.lua"] = "x = = 1",
      ["ward/y.lua"] = "return prnt(1) -- accept unjudged: what can't be looked for is not missed" })
    local seen = {}
    for i, problem in ipairs(problems) do seen[i] = ("%s:%d:%d %s"):format(problem.file, problem.line, problem.column, problem.code) end
    assert.same({ "ward/x.lua:1:1 load", "ward/y.lua:1:1 load", "ward/y.lua:1:8 undefined-global" }, seen)
  end)
end)
