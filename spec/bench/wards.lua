-- Scripts of many departments, written for the benchmark: each of 20 files, a pathway with a question that is open for
-- months and a step far ahead.
local machine = require "bench.machine"
local wards = {}

local FILES = 20

local function write(path, text)
  local file <close> = assert(io.open(path, "w"))
  file:write(text)
end

local DEPARTMENT = [[
local aw = require "afterward"
return {
  aw.department { id = "%s", title = { zh = "基准", en = "Benchmark" }, zone = "Asia/Shanghai",
    alerts = { urgent = "ladder" }, overdue = "ladder", contact_windows = "00:00-24:00" },
  aw.program { id = "plain", name = { zh = "基准", en = "Benchmark" } },
  aw.escalation { id = "ladder", levels = { { page = "chief", via = { "sms" }, ack_within = "15m" } }, act_within = "9h" },
}
]]

-- o.asks: whether enrolling leaves a run that waits for an answer; o.month: when the far step is due.
local PATHWAY = [[
local aw = require "afterward"
%s
return aw.pathway {
  id = "reference", program = "plain", title = { zh = "参照", en = "Reference" },
  enroll = { on = "discharge", where = function(f) return f.event.department == "%s" end }, anchor = "discharge",
  steps = { %s
    aw.step { id = "month", at = "%s", run = function(p) p:note "month" end },
  },
}
]]
local ASKED = [[

    aw.step { id = "asked", at = "enroll", run = function(p)
      local a, why = p:ask("check-1", { within = "90d" })
      p:note(a and tostring(a.flag) or why)
    end },]]

local FORM = [[
local aw = require "afterward"
return {
  aw.rule { id = "rule-%d", run = function(a)
    if (a.temp or 0) >= 38.5 then return { level = "urgent", reason = "fever" } end
  end },
  aw.form { id = "check-%d", title = { zh = "体温", en = "Temperature" }, abnormal = "rule-%d",
    { id = "temp", kind = "number", min = 34, max = 43, zh = "今天的体温？", en = "Temperature today?" } },
  aw.template { id = "text-%d", class = "education", zh = "{patient.name}您好，请按医嘱复查。", en = "{patient.name}, please come." },
}
]]

function wards.pathway(folder, department, o)
  write(("%s/%s/pathway.lua"):format(folder, department),
    PATHWAY:format(o.remark or "", department, o.asks and (o.body or ASKED) or "", o.month or "720h"))
end
wards.ASKED = ASKED

function wards.write(folder, count, o)
  for n = 1, count do
    local department = "d" .. n
    machine.run("mkdir -p '%s/%s'", folder, department)
    write(("%s/%s/department.lua"):format(folder, department), DEPARTMENT:format(department))
    wards.pathway(folder, department, o)
    for i = 1, FILES - 2 do write(("%s/%s/form-%d.lua"):format(folder, department, i), FORM:format(i, i, i, i)) end
  end
end

return wards
