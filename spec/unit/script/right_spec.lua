-- Scripts that are right, written in the ways people write Lua: check has nothing to say of them.
local unit = require "afterward.unit.script"

local SCRIPTS = { ["ward/d.lua"] = [[
local aw = require "afterward"
local risk = require "risk"
local LEVELS <const> = { low = 1, high = 2 }
local names = {}
for name in pairs(LEVELS) do names[#names + 1] = name end
table.sort(names)
local handlers = {
  yes = function(p, a) p:set("yes", a.walk) end,
  no = function(p) local n = 0 local function more() n = n + 1 return n end return more() + (p:get "yes" and 1 or 0) end,
}
local function text(id, at)
  local when = { at, "3d 10:00" }
  return aw.step { id = id, at = when, valid_for = "2d", run = function(p) p:send(id) end }
end
local function try(p, form, ...)
  local a, why = p:ask(form, ...)
  if why == "silent" and p:silences(form) % 2 == 0 then return nil, "twice" end
  return a, why
end
local Walk = {}
Walk.__index = Walk
function Walk.new(p) return setmetatable({ p = p, seen = {} }, Walk) end
function Walk:go(a) self.seen[#self.seen + 1] = a.walk self.p:note(table.concat(names, ",")) return self end
return {
  aw.department { id = "ward", title = "W", alerts = { soon = "ladder" } },
  aw.program { id = "brand", name = "B" },
  aw.escalation { id = "ladder", levels = { { page = "nurse", ack_within = "15m" } } },
  aw.form { id = "f", abnormal = "r", { id = "walk", kind = "choice", zh = "?", options = { { "yes", zh = "y" }, { "no", zh = "n" } } } },
  aw.rule { id = "r", run = function(a) return risk.judge(a, LEVELS) end },
  aw.template { id = "t1", zh = "x" }, aw.template { id = "t2", zh = "x" },
  aw.pathway { id = "way", program = "brand", title = "W", enroll = { on = "discharge", where = risk.all }, tier = risk.tier,
    steps = { text("t1", "1d"), text("t2", "2d"),
      aw.step { id = "s", every = { low = "7d", high = "2d" }, to = "30d", run = function(p)
        local a, why = try(p, "f", { within = p.tier == "high" and "1d" or "2d" })
        if not a then return p:note(why or "?") end
        handlers[a.walk](p, a)
        Walk.new(p):go(a):go(a)
        local list = p:read("pain", { since = p:time("0d 00:00"), last = 3 })
        for i, item in ipairs(list) do if item.value > 3 then p:set("bad" , i) end end
        local sum, best = 0, nil
        for i = #list, 1, -1 do sum, best = sum + list[i].value, list[i] end
        if sum > p.patient.age and best and p.event:has_drug("x") then p:stop("y") end
        p:wait(p:task { id = "call", role = "nurse", due = "8bh", note = ("%d"):format(sum) })
        local event = p:wait("appointment", { within = "3d" })
        if not event then return end
        p:alert { id = "x-" .. p.day, level = p.tier == "high" and "soon" or "soon", reason = event.kind }
      end } } },
}]], ["ward/risk.lua"] = [[
local risk = {}
local function score(a, levels) return a.walk == "no" and levels.high or levels.low end
function risk.judge(a, levels)
  local s = score(a, levels)
  if s > 1 then return { level = "soon", reason = "x" } end
end
function risk.all(f) return (f.patient.age or 0) >= 18 and f.event:has_procedure("81") end
function risk.tier(f)
  local t = (f.patient.age or 0) > 70 and "high"
  return t or "low"
end
return risk]] }

describe("scripts that are right", function()
  it("are left in peace", function()
    local bundle, _, report = unit.bundle_check("ward", SCRIPTS)
    assert.equal("", report)
    assert.truthy(bundle)
  end)
end)
