-- Writes the fixed script of 150 lines that benchmarks run, so that its size is no accident: make_script.lua KIND FILE.
-- KIND says what its one step does, as often as the discharge says (data.texts): send, hear (wait for an event), hour (wait).
-- None: it raises an alert. Less than none: it asks a question.
local LINES = 150
local KINDS = { send = 'p:send "text"', hear = 'p:wait "observation:pulse"', hour = 'p:wait "1h"' }
local out = { [[local aw = require "afterward"

local function judge(a, limits)
  local worst
  for i, limit in ipairs(limits) do
    if a >= limit.from and (not worst or limit.level > worst.level) then worst = { level = limit.level, at = i } end
  end
  return worst
end

return {
  aw.department { id = "bench", title = { zh = "基准", en = "Benchmark" }, zone = "Asia/Shanghai",
    alerts = { urgent = "ladder" }, overdue = "ladder" },
  aw.program { id = "plain", name = { zh = "基准", en = "Benchmark" } },
  aw.roster { role = "chief", file = "roster/chief.csv" },
  aw.escalation { id = "ladder", levels = {
    { page = "chief", via = { "sms" }, ack_within = "15m" }, { page = "chief", via = { "sms" }, ack_within = "3h" } },
    act_within = "9h" },
  aw.template { id = "text", class = "education", zh = "{patient.name}您好，出院已满一个月，请按医嘱复查；如有不适，请联系病区。",
    en = "{patient.name}, it is a month since you left us: please come for your check, and call the ward if you are unwell." },
  aw.form { id = "check", title = { zh = "体温", en = "Temperature" },
    { id = "temp", kind = "number", min = 34, max = 43, zh = "今天的体温？", en = "Temperature today?" } },
  aw.pathway {
    id = "reference", program = "plain", title = { zh = "参照", en = "Reference" },
    enroll = { on = "discharge", procedure = "81.51" },
    anchor = "discharge",
    steps = {
      aw.step { id = "month", at = "720h", valid_for = "30m", run = function(p)
        local limits, sum = {}, 0]] }
local function count() local n = 0 for _, text in ipairs(out) do n = n + select(2, text:gsub("\n", "")) + 1 end return n end
local TAIL = [[
        local times = p.event.texts
        if times < 0 then p:ask("check", { within = "20d" }) end
        if times == 0 then p:alert { id = "bad", level = "urgent", reason = "bench" } end
        local worst = judge(sum %% 97, limits)
        for _ = 1, times do
          sum = sum + (worst and worst.level or 1)
          %s
        end
      end },
    },
  },
}]]
local kind, path = KINDS[arg[1]], arg[2]
assert(kind and path, "usage: make_script.lua send|hear|hour FILE")
local tail = TAIL:format(kind)
local tail_lines = select(2, tail:gsub("\n", "")) + 1
local i = 0
while count() + tail_lines < LINES do
  i = i + 1
  out[#out + 1] = i % 2 == 1 and ("        limits[#limits + 1] = { from = %d, level = %d }"):format(i * 3, i % 5)
    or ("        sum = sum + #limits * %d %% 7"):format(i)
end
out[#out + 1] = tail
local file = assert(io.open(path, "w"))
file:write(table.concat(out, "\n"), "\n")
file:close()
