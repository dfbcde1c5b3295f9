local turn = require("afterward.unit.script").turn
local world = require "unit.script.world"
local facts, bundle, Run = world.facts, world.bundle, world.Run

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
