-- Twenty watches on ten measures: a limit, and what the series does. Every reading of the benchmark is looked at by two of them.
local aw = require "afterward"

local LIMITS = {
  temperature = { 38.5, 1 }, systolic = { 180, 20 }, diastolic = { 110, 15 }, pulse = { 130, 30 }, respiration = { 25, 6 }, spo2 = { 100.5, 5 },
  glucose = { 16.7, 4 }, weight = { 180, 2 }, potassium = { 5.5, 1 }, inr = { 4, 1 },
}

local out = {
  aw.department { id = "bench", title = { zh = "基准", en = "Benchmark" }, zone = "Asia/Shanghai", alerts = { urgent = "ladder" },
    overdue = "ladder" },
  aw.program { id = "plain", name = { zh = "基准", en = "Benchmark" } },
  aw.roster { role = "chief", file = "roster/chief.csv" },
  aw.escalation { id = "ladder", levels = { { page = "chief", via = { "sms" }, ack_within = "15m" } }, act_within = "9h" },
  aw.pathway { id = "reference", program = "plain", title = { zh = "参照", en = "Reference" }, anchor = "discharge",
    enroll = { on = "discharge", procedure = "81.51" },
    steps = { aw.step { id = "month", at = "720h", valid_for = "30m", run = function(p) p:wait "1h" end } } },
}
local codes = {}
for code in pairs(LIMITS) do codes[#codes + 1] = code end
for _, code in ipairs(codes) do
  local limit, gain = LIMITS[code][1], LIMITS[code][2]
  out[#out + 1] = aw.watch { id = code .. "-high", on = "observation:" .. code, where = function(f) return f.event.value >= limit end,
    run = function(p) p:alert { id = code .. "-high", level = "urgent", reason = code } end }
  out[#out + 1] = aw.watch { id = code .. "-rising", on = "observation:" .. code,
    where = function(f) return aw.trend.rising(f:read(code, { within = "7d" }), { days = 3, by = gain }) end,
    run = function(p) p:alert { id = code .. "-rising", level = "urgent", reason = code } end }
end
return out
