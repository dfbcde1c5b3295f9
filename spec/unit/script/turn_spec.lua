local turn = require("afterward.unit.script").turn

local NOW = 1772434800000                                  -- 2026-03-02 15:00 in Shanghai
local UNIT = { s = 1000, m = 60000, h = 3600000, d = 86400000 }

local function time(when, base)
  local n, unit = when:match "^(%-?%d+)([smhd])$"
  if not n then return nil, ('"%s" is no time'):format(when) end
  return (base == 0 and NOW or base) + n * UNIT[unit]
end

-- Facts as they are when nothing is said; a spec changes what it needs.
local function facts(change)
  local f = {
    field = function(name)
      return ({ patient = '{"age":77,"sex":"female"}', tier = '"high"', anchor = tostring(NOW),
        event = [[{"kind":"discharge","procedures":[{"code":"81.5100x001","name":"全髋关节置换术"}],
          "diagnoses":[{"code":"S72.0","name":"股骨颈骨折"}],"drugs":[{"name":"Warfarin"}]}]] })[name]
    end,
    read = function() return "[]" end, get = function() return nil end, silences = function() return "0" end,
    rule = function(id) return nil, "no rule " .. id end, time = time, estimate = function() return '"unknown"' end,
    now = function() return NOW end,
  }
  for k, v in pairs(change or {}) do f[k] = v end
  return f
end

local FRAME = [[
local aw = require "afterward"
local function text(zh) return { zh = zh, en = zh } end
local counter, kept = 0, { n = 0 }
local body = function(p, flag) %s
end
return {
  aw.department { id = "ortho", title = text "骨科", alerts = { urgent = "page" } },
  aw.escalation { id = "page", levels = { { page = "nurse", ack_within = "15m" } } },
  aw.program { id = "moving", name = text "骨动新生" },
  aw.rule { id = "red", run = function(a) %s end },
  aw.rule { id = "count", result = "number", run = function(a, b) return a.n + b end },
  aw.form { id = "wound", title = text "伤口", abnormal = "red",
    { id = "temp", kind = "number", min = 34, max = 43, zh = "体温？" },
    { id = "dry", kind = "yesno", zh = "干燥？" },
    { id = "photo", kind = "photo", zh = "照片", when = function(a) return a.dry == false end },
    { id = "typo", kind = "text", zh = "其他", when = function(a) return a.dri end } },
  aw.form { id = "pain", title = text "疼痛", { id = "pain", kind = "scale", min = 0, max = 10, zh = "几分？" } },
  aw.template { id = "hold", fields = { "left" }, zh = "大约{left}后回复您。" },
  aw.template { id = "thanks", zh = "谢谢您。" },
  aw.pathway { id = "hip", program = "moving", title = text "关节置换术后随访", anchor = "discharge",
    enroll = { on = "discharge", where = function(f) %s end },
    tier = function(f) return f.patient.age >= 75 and "high" or "standard" end,
    steps = { aw.step { id = "first", at = "24h", run = body } },
    watches = { aw.watch { id = "hot", on = "observation:temperature", run = body } } },
  aw.watch { id = "back", on = "admission", where = function(f) return #f:read "enrollments" > 0 end, run = body },
}]]

local function bundle(o)
  local source = FRAME:format(o.body or "", o.rule or "", o.where or "return true")
  local loaded, report = turn.load { ["ortho/hip.lua"] = source, ["shared/empty.lua"] = "return {}" }
  return assert(loaded, report)
end

-- A run of one body over many turns; its journal is all that lasts.
local Run = {}
Run.__index = Run
local function start(body, change, o)
  local run = { facts = facts(change), bundle = bundle { body = body }, journal = "", input = o or {} }
  return setmetatable(run, Run):go()
end

function Run:go(b)
  local input = { pathway = "hip", kind = "step", name = "first", seed = 7, journal = self.journal }
  for k, v in pairs(self.input) do input[k] = v end
  local out = turn.run(b or self.bundle, input, self.facts)
  self.finish, self.cause, self.count, self.crowded = out.finish, out.cause, out.count, out.crowded
  self.replayed, self.new = out.replayed, turn.list(out.records)
  self.journal = self.journal .. out.records
  return self
end

function Run:resume(json, why)
  self.journal = self.journal .. turn.outcome(json, why)
  return self:go()
end

-- The body's last note, as what it saw is told here.
function Run:said()
  assert(#self.new > 0, self.cause)
  return self.new[#self.new]:match '^%[1,"note","(.*)",null%]$'
end

local function edited(run, body)
  return setmetatable({ journal = run.journal, facts = run.facts, bundle = bundle { body = body }, input = run.input }, Run)
end

describe("a turn", function()
  it("runs to the first wait, and from there to the next with the outcome in hand", function()
    local run = start [[
      local a, why = p:ask("wound", { within = "24h", remind = "8h" })
      if not a then p:task { id = "call", role = "nurse", form = "wound", due = "8h" } end
      local r = p:wait("call", { within = "2d" })
      p:note("nurse: " .. r.code .. " after " .. why)]]
    assert.equal("waiting", run.finish)
    assert.same({ '[1,"ask","wound",{"remind":"8h","within":"24h"}]' }, run.new)
    run:resume(nil, "silent")
    assert.equal("waiting", run.finish)
    assert.same({ '[1,"task","call",{"due":"8h","form":"wound","id":"call","role":"nurse"}]',
      '[1,"wait","call",{"kind":"task","within":"2d"}]' }, run.new)
    run:resume '{"code":"完成"}'
    assert.equal("finished", run.finish, run.cause)
    assert.equal(5, run.replayed)
    assert.equal("nurse: 完成 after silent", run:said())
  end)

  it("gives the answer's fields, its flag, or why there is none", function()
    local body = [[local a, why = p:ask "wound"
      p:note(a and a.temp .. " " .. tostring(a.dry) .. " " .. tostring(a.flag) .. " " .. a.by or "nil " .. why)]]
    assert.equal("38.5 false urgent nurse",
      start(body):resume('{"temp":38.5,"dry":false,"flag":"urgent","by":"nurse"}'):said())
    assert.equal("37 true nil patient", start(body):resume('{"temp":37,"dry":true,"by":"patient"}'):said())
    assert.equal("nil opted-out", start(body):resume(nil, "opted-out"):said())
  end)

  it("waits again when it is run without an outcome, and adds nothing", function()
    local run = start [[p:ask "wound"]]
    run:go()
    assert.equal("waiting", run.finish)
    assert.equal(0, run.count)
    assert.equal(1, run.replayed)
  end)

  it("waits for a task of this run, an event or a time, and says which", function()
    local run = start [[p:task { id = "appointment", role = "nurse" }
      p:wait "appointment" p:wait("discharge", { within = "14d" }) p:wait "24h" p:wait(p:now() + 5)
      p:wait "observation:glucose"]]
    assert.equal('[1,"wait","appointment",{"kind":"task"}]', run.new[2])
    assert.same({ '[1,"wait","discharge",{"kind":"event","within":"14d"}]' }, run:resume("{}").new)
    assert.same({ ('[1,"wait","24h",{"at":%d,"kind":"time"}]'):format(NOW + UNIT.d) }, run:resume("{}").new)
    assert.same({ ('[2,"now",null,%d]'):format(NOW), ('[1,"wait","%d",{"at":%d,"kind":"time"}]'):format(NOW + 5, NOW + 5) },
      run:resume("0").new)
    assert.same({ '[1,"wait","observation:glucose",{"kind":"event"}]' }, run:resume("0").new)
  end)

  it("goes on at once after alerts, state and notes; send gives the time, task its id", function()
    local run = start [[
      p:alert { id = "wound", level = "urgent", reason = "leaks" }
      p:set("close", true) p:set("old")
      local at = p:send("hold", { fields = { left = "25m" } })
      p:note(p:task { id = "call", role = "staff:wang", due = p:now() + 1 } .. at)]]
    assert.same({ '[1,"alert","wound",{"id":"wound","level":"urgent","reason":"leaks"}]',
      '[1,"set","close",{"value":true}]', '[1,"set","old",{}]', '[1,"send","hold",{"fields":{"left":"25m"}}]' }, run.new)
    assert.equal("call5", run:resume("5"):said())
  end)

  it("reads its own state in the same turn, and the store's after a wait", function()
    local store
    local run = start([[
      p:set("lost", "yes") local mine = p:get "lost"
      p:set("lost") local gone = p:get "lost"
      p:wait "1h"
      p:note(mine .. " " .. tostring(gone) .. " " .. p:get "lost")]],
      { get = function() return store end })
    store = '"by another"'
    assert.equal("yes nil by another", run:resume("0"):said())
  end)

  it("records what it reads, once between two waits for fields, and sees the same at replay", function()
    local age, body = 77, [[local a, b = p.patient.age, p.patient.age p:wait "1h" p:note(a .. b .. p.patient.age)]]
    local run = start(body, { field = function() return ('{"age":%d}'):format(age) end })
    assert.same({ '[2,"field","patient",{"age":77}]', ('[1,"wait","1h",{"at":%d,"kind":"time"}]'):format(NOW + UNIT.h) }, run.new)
    age = 78
    assert.equal("777778", run:resume("0"):said())
  end)

  it("gives reads, rules, silences, spans and moments as facts say", function()
    local asked = {}
    local run = start([[
      local l = p:read("pain", { within = "2d", last = 3 })
      local r = p:rule("count", { n = 1 }, 2)
      local queue, none = p:estimate "nurse", select(2, p:estimate "doctor")
      p:note(("%d %s %s %s %s %d"):format(#l, l[1].value, r, p:silences "pain", queue .. none, p:time("2h", 10)))]], {
      read = function(code, options) asked[1] = code .. options return '[{"value":4},{"value":5.5}]' end,
      rule = function(id, arguments) asked[2] = id .. arguments return "3" end,
      silences = function() return "2" end,
      estimate = function(role) return role == "nurse" and "1490000" or '"closed"' end })
    assert.same({ 'pain{"last":3,"within":"2d"}', 'count[{"n":1},2]' }, asked)
    assert.equal("2 4 3 2 1490sclosed 7200010", run:said())
  end)

  it("lets no more than 32 values into a script", function()
    local run = start([[p:read "pain"]], { read = function() return "[" .. ("1,"):rep(32) .. "1]" end })
    assert.equal("stuck", run.finish)
    assert.matches("ortho/hip.lua:%d+: read: pain has 33 values and a script may read 32: use a rule", run.cause)
  end)

  it("knows events by code prefix, dots ignored, or by name", function()
    local run = start [[local e, s = p.event, ""
      for _, c in ipairs { "81.51", "8151", "81.54", "1.51", "关节置换", "髋", "膝" } do s = s .. (e:has_procedure(c) and 1 or 0) end
      for _, c in ipairs { "s72", "S72.00", "骨折" } do s = s .. (e:has_diagnosis("X", c) and 1 or 0) end
      p:note(s .. (e:has_drug "warfarin" and 1 or 0) .. (e:has_order "x" and 1 or 0) .. e.kind)]]
    assert.equal("110011010110discharge", run:said())
  end)

  it("hands a watch the flag that where gave", function()
    local body = [[p:note(flag.reason .. p.flag.reason)]]
    for _, pathway in ipairs { "hip", false } do
      local run = start(body, nil, { pathway = pathway or nil, kind = "watch", name = pathway and "hot" or "back", flag = '{"reason":"39"}' })
      if pathway then assert.equal("3939", run:said()) end
    end
    local b = bundle { body = body }
    local out = turn.run(b, { kind = "watch", name = "back", flag = '{"reason":"in"}', journal = "" }, facts())
    assert.same({ '[1,"note","inin",null]' }, turn.list(out.records))
  end)

  it("stops where it says stop, through any pcall", function()
    local run = start [[pcall(function() p:wait "1h" pcall(p.stop, p, "opted-out") end) p:note "after"]]
    run:resume "0"
    assert.equal("finished", run.finish, run.cause)
    assert.same({ '[1,"stop","opted-out",null]' }, run.new)
    run:go()
    assert.equal("finished", run.finish, run.cause)
    assert.equal(0, run.count)
  end)

  it("waits through pcall, and cannot inside sort, gsub or a metamethod", function()
    local run = start [[local ok, a = pcall(function() return p:ask "wound" end) p:note(a.by)]]
    assert.equal("nurse", run:resume('{"by":"nurse"}'):said())
    for _, body in ipairs { [[table.sort({ 1, 2 }, function() p:ask "wound" end)]],
      [[("x"):gsub("x", function() p:ask "wound" end)]], [[return setmetatable({}, { __index = function() return p:ask "wound" end }).x .. ""]] } do
      run = start(body)
      if run.finish ~= "waiting" then
        assert.equal("stuck", run.finish)
        assert.matches("ask: cannot wait inside", run.cause)
      end
    end
  end)

  it("draws the same random numbers at each replay, others with another seed", function()
    local body = [[local a = math.random(1 << 40) p:wait "1h" p:note(a .. " " .. math.random(1 << 40))]]
    local first, again, other = start(body), start(body), start(body, nil, { seed = 8 })
    assert.equal(first:resume("0"):said(), again:resume("0"):said())
    assert.not_equal(first:said(), other:resume("0"):said())
  end)

  it("is stuck with file and line when the script fails", function()
    assert.matches("ortho/hip.lua:%d+: attempt to perform arithmetic", start([[local x = nil + 1]]).cause)
    assert.matches("ortho/hip.lua:%d+: later", start([[p:wait "1h" error "later"]]):resume("0").cause)
    local run = start [[p:note "lost" error {}]]
    assert.equal("stuck", run.finish)
    assert.equal(0, run.count)
    assert.same({}, run.new)
  end)

  it("is a breach when it takes all the time or memory, whatever pcall says", function()
    for _, body in ipairs { "while true do pcall(function() while true do end end) end",
      "local t = {} for i = 1, 1e9 do t[i] = ('x'):rep(1000) .. i end" } do
      local run = start("p:note 'x' " .. body)
      assert.equal("breach", run.finish)
      assert.equal(0, run.count)
      assert.is_string(run.cause)
    end
  end)

  it("is stuck when it changes a variable outside, and the next run doesn't see it", function()
    local b = bundle { body = [[counter = counter + 1 p:note(tostring(counter))]] }
    for _ = 1, 2 do
      local out = turn.run(b, { pathway = "hip", kind = "step", name = "first", journal = "" }, facts())
      assert.equal("stuck", out.finish)
      assert.matches("counter", out.cause)
    end
    assert.matches("read%-only", start([[kept.n = 1]]).cause)
    assert.matches("read%-only", start([[p.seen = 1]]).cause)
  end)

  it("says so when the bundle has no such step or watch", function()
    assert.equal("the bundle has no step gone", start("", nil, { name = "gone" }).cause)
    assert.equal("the bundle has no watch gone", start("", nil, { name = "gone", kind = "watch" }).cause)
  end)
end)

describe("a replay", function()
  local BODY = [[local x = p.tier local a = p:ask("wound", { within = "1d" })
    p:task { id = "call", role = "nurse" } p:wait "call"]]
  local run
  before_each(function() run = start(BODY):resume "{}" end)

  local function cause(body)
    local other = edited(run, body):go()
    return other.finish == "stuck" and other.cause or other.finish
  end

  it("agrees with edits that change arguments: what was recorded wins", function()
    assert.equal("waiting", cause(BODY:gsub('"1d"', '"9d"')))
    assert.equal("waiting", cause("local more = 1 " .. BODY:gsub('role = "nurse"', 'role = "doctor"')))
    local timed = start [[p:wait "24h" p:note "done"]]
    timed = edited(timed, [[p:wait "48h" p:note "done"]]):resume "0"
    assert.equal("finished", timed.finish)
  end)

  it("says in a sentence where the script went another way", function()
    assert.matches("^recorded ask 'wound' at 2, the script did task 'call' %(ortho/hip.lua:%d+%)$",
      cause(BODY:gsub("local a = .-\n", "\n")))
    assert.matches("^recorded field 'tier' at 1, the script did ask 'wound' %(", cause [[p:ask "wound"]])
    assert.matches("^recorded ask 'wound' at 2, the script did ask 'pain' %(", cause(BODY:gsub('ask%("wound"', 'ask("pain"')))
    assert.matches("^recorded task 'call' at 4, the script ended$", cause [[local x = p.tier p:ask "wound"]])
    assert.matches("^recorded task 'call' at 4, the script did stop 'x' %(", cause [[local x = p.tier p:ask "wound" p:stop "x"]])
    assert.matches("^recorded ask 'wound' at 2, the script did now %(", cause [[local x = p.tier pcall(p.now, p) p:note "x"]])
  end)

  it("says where the journal is damaged", function()
    for at, bytes in pairs { [2] = "\255", [1] = "" } do
      local broken = edited(start [[p:wait "1h"]], [[p:wait "1h"]])
      broken.journal = at == 1 and "\6\1" or broken.journal .. bytes
      assert.matches("^the journal is damaged at " .. at, broken:go().cause)
    end
  end)

  it("asks the facts nothing that it has recorded", function()
    run.facts = setmetatable({}, { __index = function(_, name) error("asked " .. name) end })
    assert.equal("waiting", run:go().finish)
  end)

  it("passes a change by when the run began before it, and takes it when it began with it", function()
    local new = [[local x = p.tier local a = p:ask("wound") if p:changed "shorter" then p:note "new" end
      p:task { id = "call", role = "nurse" } p:wait "call" if p:changed "shorter" then p:note "new" else p:note "old" end]]
    assert.equal("waiting", cause(new))
    local fresh = edited({ journal = "", facts = run.facts, input = {} }, new):go():resume "{}"
    assert.same({ '[2,"changed","shorter",true]', '[1,"note","new",null]' }, { fresh.new[1], fresh.new[2] })
    assert.equal("waiting", fresh:go().finish)
    assert.equal("new", fresh:resume("{}"):said())
  end)

  it("raises a caught misuse again, at the same place", function()
    local past = NOW - 1
    local caught = start(([[local ok, why = pcall(p.task, p, { id = "call", role = "nurse", due = %d })
      p:wait "1h" p:note(why)]]):format(past))
    assert.equal("waiting", caught.finish)
    caught.facts.now = function() return past - 10 end
    assert.matches("task: argument 1, due: is already past", caught:resume("0"):said())
  end)

  it("warns at 500 records and refuses past 5,000", function()
    assert.is_false(start([[for i = 1, 499 do p:note "x" end]]).crowded)
    assert.is_true(start([[for i = 1, 500 do p:note "x" end]]).crowded)
    assert.equal(5000, start([[for i = 1, 5000 do p:note "x" end]]).count)
    local over = start [[for i = 1, 5001 do pcall(p.note, p, "x") end]]
    assert.equal("stuck", over.finish)
    assert.matches("5000 records", over.cause)
  end)
end)

describe("misuse", function()
  for body, message in pairs {
    [ [[p:ask("won" .. "d")]] ] = 'ask: argument 1: no form has this id; did you mean "wound"?',
    [ [[p:ask()]] ] = "ask: argument 1: needs form: which",
    [ [[p:ask(5)]] ] = "ask: argument 1: must be the id of a form, not 5",
    [ [[p:ask("wound", { wthin = "1d" })]] ] = 'ask: argument 2: there is no key "wthin"; did you mean "within"?',
    [ [[p:ask("wound", { within = 5 })]] ] = 'ask: argument 2, within: must be a time such as "24h", not 5',
    [ [[p:ask("wound", { within = "5x" })]] ] = 'ask: argument 2, within: "5x" is no time',
    [ [[p:ask("wound", { to = "familly" })]] ] = 'ask: argument 2, to: must be one of patient,family,sender; did you mean "family"?',
    [ [[p:ask("wound", { via = "sms" })]] ] = "ask: argument 2, via: must be a list",
    [ [[p:ask("wound", { together = 1 })]] ] = "ask: argument 2, together: must be true or false",
    [ [[p:ask("wound", "1d")]] ] = "ask: argument 2: must be a table",
    [ [[p:ask("wound", { "1d" })]] ] = "ask: argument 2: must be a table with keys",
    [ [[p:ask("wound", { fields = { x = pcall } })]] ] = "ask: argument 2: ",
    [ [[p:task { id = "call" }]] ] = "task: argument 1: needs role: ",
    [ [[p:task { id = "Call", role = "nurse" }]] ] = "task: argument 1, id: must be lower-case words",
    [ [[p:task { id = "call", role = "nurse", form = "pia" .. "n" }]] ] = 'did you mean "pain"?',
    [ [[p:task { id = "call", role = "nurse", due = "-1h" }]] ] = "task: argument 1, due: is already past",
    [ [[p:wait "apointment"]] ] = 'wait: argument 1: "apointment" is no time, no event and no task of this run; did you mean "appointment"?',
    [ [[p:task { id = "phone-call", role = "nurse" } p:wait "fone-call"]] ] = 'did you mean "phone-call"?',
    [ [[p:wait {}]] ] = "wait: argument 1: must be a time, an event or a task's id",
    [ [[p:wait("1h", { within = "1d" })]] ] = "wait: argument 2, within: a time needs none",
    [ [[p:send "hold"]] ] = 'send: argument 2, fields: template "hold" needs left',
    [ [[p:send("hold", { fields = { left = 1, lft = 2 } })]] ] = 'template "hold" has no lft; did you mean "left"?',
    [ [[p:alert { id = "x", level = "urgnt", reason = "x" }]] ] = 'alerts have no urgnt; did you mean "urgent"?',
    [ [[p:alert { id = "x", level = "urgent" }]] ] = "alert: argument 1: needs reason",
    [ [[p:set("f", function() end)]] ] = "set: argument 2: ",
    [ [[p:note(("x"):rep(4001))]] ] = "note: argument 1: must be text of 1 to 4,000 bytes",
    [ [[p:set("x", ("x"):rep(70000))]] ] = "more than 64 KB",
    [ [[p:read("pain", { last = 0 })]] ] = "read: argument 2, last: must be a whole number above 0",
    [ [[p:rule("ra" .. "d")]] ] = 'rule: argument 1: no rule has this id; did you mean "red"?',
    [ [[p:time "soon"]] ] = '"soon" is no time',
    [ [[p.ask("wound")]] ] = "ask: write p:ask(…), with a colon",
    [ [[p:aks("wound")]] ] = 'there is no p.aks; did you mean "ask"?',
    [ [[return p.patiant.age]] ] = 'there is no p.patiant; did you mean "patient"?',
    [ [[p.event:has_procedure()]] ] = "has_procedure: argument 1: needs a code or a name",
    [ [[p.event:has_procedure("81.51", 5)]] ] = "has_procedure: argument 2: must be a code or a name, not a number",
  } do
    it("is told with place, argument and the right word: " .. body, function()
      local run = start(body)
      assert.equal("stuck", run.finish)
      assert.equal(0, run.count)
      assert.matches("^ortho/hip.lua:%d+: ", run.cause)
      assert.is_truthy(run.cause:find(message, 1, true), run.cause)
    end)
  end
end)

describe("a callback", function()
  it("decides from facts alone", function()
    local b = bundle { where = [[return f.event:has_procedure("81.51") and f:get "close" == 1 and f.tier == "high"]] }
    local f = facts { get = function() return "1" end }
    assert.equal("true", turn.callback(b, "hip", nil, "enroll.where", f))
    assert.equal('"high"', turn.callback(b, "hip", nil, "tier", f))
    assert.equal("false", turn.callback(b, nil, "back", "where", f))
    f.read = function(code) return code == "enrollments" and '[{"pathway":"hip"}]' or "[]" end
    assert.equal("true", turn.callback(b, nil, "back", "where", f))
  end)

  it("that nobody wrote holds; what is not there is not found", function()
    local b = bundle {}
    assert.equal("true", turn.callback(b, "hip", "hot", "where", facts()))
    assert.same({ nil, "the bundle has no watch gone", -2 }, { turn.callback(b, "hip", "gone", "where", facts()) })
    assert.same({ nil, "the bundle has no pathway gone", -2 }, { turn.callback(b, "gone", nil, "tier", facts()) })
  end)

  it("cannot wait, act, misspell or run on", function()
    for body, message in pairs {
      [ [[return f:ask "wound"]] ] = "ask cannot wait here: f has only facts",
      [ [[f:task { id = "x", role = "nurse" }]] ] = "task cannot be called here: f has only facts",
      [ [[return f.tir]] ] = 'there is no f.tir; did you mean "tier"?',
      [ [[return f:rule("ra" .. "d")]] ] = 'did you mean "red"?',
      [ [[counter = 1]] ] = "counter",
      [ [[return pcall]] ] = "function",
      [ [[while true do end]] ] = "time",
    } do
      local ok, why = turn.callback(bundle { where = body }, "hip", nil, "enroll.where", facts())
      assert.is_nil(ok, body)
      assert.is_truthy(why:find(message, 1, true), why)
    end
  end)
end)

describe("a rule", function()
  local JUDGE = [[if a.temp and a.temp >= 38.5 then return { level = "urgent", reason = "fever" } end
    if a.dry == false then return 5 end if a.by == "slip" then return a.tmp end]]

  it("judges an answer", function()
    local b = bundle { rule = JUDGE }
    assert.equal('{"level":"urgent","reason":"fever"}', turn.rule(b, "red", '[{"temp":39}]'))
    assert.equal("null", turn.rule(b, "red", "[{}]"))
    assert.equal("5", turn.rule(b, "count", '[{"n":2},3]'))
  end)

  it("that reads what no form has, gives what it should not, or is not there, says so", function()
    local b = bundle { rule = JUDGE }
    local function why(...) return (select(2, turn.rule(b, ...))) end
    assert.matches('ortho/hip.lua:%d+: a.tmp: no form of rule red has it; did you mean "temp"%?', why("red", '[{"by":"slip"}]'))
    assert.matches("rule red: must give nil or { level", why("red", '[{"dry":false}]'))
    assert.matches("arithmetic", why("count", '[{"n":1}]'))
    assert.equal("the bundle has no rule gone", why("gone", "[]"))
  end)

  it("runs within a turn of its own department, whose budget goes on", function()
    local run = setmetatable({ facts = facts(), journal = "", input = {} }, Run)
    run.bundle = bundle { body = [[p:note(tostring(p:rule("count", { n = 1 }, 2)) .. p:rule("red", { dry = true }))]],
      rule = [[while true do end]] }
    run.facts.rule = function(id, arguments) return turn.rule(run.bundle, id, arguments) end
    assert.equal("breach", run:go().finish)
    run.bundle = bundle { body = [[p:note(tostring(p:rule("count", { n = 1 }, 2)))]] }
    assert.equal("3", run:go():said())
  end)
end)

describe("an item's when", function()
  it("shows or hides it by the answers so far", function()
    local b = bundle {}
    assert.is_true(turn.shown(b, "wound", "photo", '{"dry":false}'))
    assert.is_false(turn.shown(b, "wound", "photo", '{"dry":true}'))
    assert.is_false(turn.shown(b, "wound", "photo", "{}"))
    assert.is_true(turn.shown(b, "wound", "temp", "{}"))
    assert.matches('no form of form wound has it; did you mean "dry"%?', select(2, turn.shown(b, "wound", "typo", "{}")))
  end)
end)

describe("any run", function()
  -- Each command with the outcome of its wait, if it waits.
  local COMMANDS = {
    { [[a, why = p:ask("wound", { within = "1d" }) p:note(tostring(a and a.temp) .. tostring(why))]], { "null", "silent" } },
    { [[a = p:ask "pain" p:set("pain", a.pain)]], { '{"pain":7}' } },
    { [[p:note("late " .. p:wait "2h")]], { "90" } }, { [[p:send "thanks"]], { "1" } },
    { [[p:task { id = "call", role = "nurse" } a = p:wait("call") p:note(a.code)]], { '{"code":"完成"}' } },
    { [[p:note(tostring(p.tier) .. p.patient.age .. p:now())]] }, { [[n = n + math.random(1000) p:note(n .. "")]] },
    { [[p:set("n", n) n = n + (p:get "n")]] }, { [[if p:silences "pain" % 2 == 0 then p:alert { id = "x", level = "urgent", reason = "x" } end]] },
    { [[pcall(p.ask, p, "gone")]] }, { [[for k, v in pairs(p:read("pain")[1]) do p:note(k .. v) end]] },
    { [[if p:changed "c" then p:note "c" end]] }, { [[pcall(function() p:wait "1h" error "x" end)]], { "0" } },
  }

  it("leaves the same records wherever it is cut", function()
    math.randomseed(tonumber(os.getenv "SEED") or 20260302)
    for _ = 1, 40 do
      local lines, outcomes, tick = { "local n, a, why = 0" }, {}, 0
      for i = 1, math.random(1, 12) do
        local command = COMMANDS[math.random(#COMMANDS)]
        lines[i + 1] = command[1]
        outcomes[#outcomes + 1] = command[2]
      end
      local moving = { now = function() tick = tick + 1 return NOW + tick end, get = function() return "1" end,
        silences = function() tick = tick + 1 return tostring(tick) end, read = function() return '[{"code":"pain","value":3,"at":1}]' end }
      local run, ends = start(table.concat(lines, "\n"), moving), {}
      for _, o in ipairs(outcomes) do
        ends[#ends + 1] = #run.journal
        assert.equal("waiting", run.finish, run.cause)
        run:resume(o[1], o[2])
      end
      assert.equal("finished", run.finish, run.cause)
      for _, cut in ipairs(ends) do                        -- each prefix replays silently, and so does the whole
        local part = edited(run, table.concat(lines, "\n"))
        part.journal = run.journal:sub(1, cut)
        part.facts = setmetatable({}, { __index = function(_, name) error("asked " .. name) end })
        assert.equal("waiting", part:go().finish, part.cause)
        assert.equal(0, part.count)
      end
      assert.equal("finished", run:go().finish)
      assert.equal(0, run.count)
    end
  end)
end)
