local turn = require("afterward.unit.script").turn
local world = require "unit.script.world"
local facts, bundle, start, NOW, UNIT = world.facts, world.bundle, world.start, world.NOW, world.UNIT

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
