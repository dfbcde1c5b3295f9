local world = require "unit.script.world"
local start = world.start

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
