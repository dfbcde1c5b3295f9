-- Daily weight of those at high risk: asked when no scale has told by ten; a quick gain pages the ward.
local weight = {}

-- Half a day over, because people weigh themselves at seven today and at nine three days ago.
local THREE_DAYS = "84h"

function weight.ask(p)
  if #p:read("weight", { since = p:time "0d 00:00" }) > 0 then return end
  local a, why = p:ask("weight", { within = "9h" })
  if not a and why == "silent" and p:silences "weight" % 2 == 0 then
    p:task { id = "weigh-call", role = "nurse", form = "weight", due = "4bh", note = "连续两天没有体重" }
  end
end

function weight.gain(f)
  return f:rule("weight-gain", f:read("weight", { within = THREE_DAYS }))
end

function weight.alarm(p, flag)
  p:set("close", true)
  p:alert { id = "weight-gain", level = flag.level, reason = flag.reason }
  p:send "weight-advice"
end

return weight
