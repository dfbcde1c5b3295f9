-- What the specs of turns share: a bundle with one pathway, facts, and a run whose journal is all that lasts.
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
    now = function() return NOW end, changed = function() return true end,
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

return { NOW = NOW, UNIT = UNIT, facts = facts, bundle = bundle, Run = Run, start = start, edited = edited }
