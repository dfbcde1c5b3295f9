-- What the demo is asked for, and how it shows what happens.
local clock = require "clock"
local json = require "json"

local options = {}

local USAGE = [[
Usage: ./dev demo [--for 60s] [--speed 43200] [--seed 1] [--sms kannel] [--hl7] [--json]
  --for TIME    how long it plays: 90s, 2m
  --speed N     engine seconds a second; 43200 is half a day
  --seed N      which people answer, and what
  --json        happenings and books as JSON lines
  --sms kannel  texts go through a real Kannel, bearerbox and smsbox, in place of the demo's own gateway
  --hl7         the discharges arrive as HL7 over MLLP in place of a list
  --scripts DIR other departments' scripts
  --keep        leave the folder with database and log, and say where
]]

local function usage(text)
  io.stderr:write(text, "\n", USAGE)
  os.exit(2)
end

local SWITCH = { json = true, keep = true, hl7 = true }
local VALUE = { ["for"] = true, speed = true, seed = true, scripts = true, sms = true }

-- { seconds, speed, seed, scripts, sms, hl7, json, keep }
function options.read(words)
  local out = { ["for"] = "60s", speed = "43200", seed = "1" }
  local at = 1
  while words[at] do
    local name = words[at]:match "^%-%-([%l%d]+)$"
    if SWITCH[name] then
      out[name] = true
    elseif VALUE[name] then
      at = at + 1
      out[name] = words[at] or usage("--" .. name .. " needs a value")
    else
      usage("demo does not know " .. words[at])
    end
    at = at + 1
  end
  local count, unit = out["for"]:match "^(%d+)([sm]?)$"
  out.seconds = count and tonumber(count) * (unit == "m" and 60 or 1) or usage "--for needs a time such as 60s"
  out.speed, out.seed = tonumber(out.speed), math.tointeger(tonumber(out.seed))
  if not out.speed or out.speed < 1 or out.speed > 1000000 then usage "--speed needs a number from 1 to 1000000" end
  if out.sms and out.sms ~= "kannel" then usage "--sms knows kannel" end
  if not out.seed then usage "--seed needs a whole number" end
  return out
end

local SIGNS = { text = "→ 短信", remind = "→ 提醒", answer = "✓ 填答", pause = "… 暂停", call = "☎ 电话", ack = "⚑ 预警确认",
  page = "⚠ 呼叫", alert = "⚠ 预警", task = "□ 待办", enroll = "＋ 入组", event = "⌂ 院内", trouble = "! 故障", skip = "– 未发" }

-- A function that shows a happening { at, kind, who, zh, en } as a line.
function options.show(as_json)
  return function(line)
    if as_json then
      print(json.encode(line))
    else
      print(("%s  %s %s %s%s"):format(clock.text(line.at), SIGNS[line.kind] or line.kind, line.who, line.zh,
        line.en ~= "" and "  (" .. line.en .. ")" or ""))
    end
  end
end

return options
