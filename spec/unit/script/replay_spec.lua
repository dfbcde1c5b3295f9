local world = require "unit.script.world"
local start, edited, NOW = world.start, world.edited, world.NOW

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
