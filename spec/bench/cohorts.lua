-- Who among the sleepers comes due, and when: spread evenly over the whole database, so that their rows lie apart.
local cohorts = {}

local ASLEEP, FEW, SHARE = 1000000, 2000, 100         -- a quick run has a hundredth of each cohort among a few

cohorts.steps = { count = 10000, texts = 3, due = "2026-03-03T15:00:00", start = "2026-03-03T14:59:55" }
cohorts.burst = { count = 20000, texts = 1, due = "2026-03-03T16:00:00", start = "2026-03-03T15:59:55" }
cohorts.alarm = { count = 200, texts = 0, due = "2026-03-03T15:45:00" }
cohorts.asked = { count = 400, texts = -1, due = "2026-03-03T16:30:00" }
cohorts.mixed = { count = 30000, texts = 1, due = "2026-03-03T17:00:00", start = "2026-03-03T16:59:50", spread = 60 }

function cohorts.count(name, quick) return cohorts[name].count // (quick and SHARE or 1) end
function cohorts.spread(quick) return quick and 6 or cohorts.mixed.spread end

-- As bench_core takes it.
function cohorts.words(name, quick)
  local cohort = cohorts[name]
  return ("%s,%d,%d,%s,%d"):format(name, cohorts.count(name, quick), cohort.texts, cohort.due,
    cohort.spread and cohorts.spread(quick) or 0)
end

-- The database with the million. With a time: brought there from the day it was filled; the steps of cohorts that came due
-- over half an hour before are not valid any more and were passed over. asleep: how many, a million unless said.
function cohorts.million(quick, until_, asleep)
  local words = {}
  for i, name in ipairs { "steps", "burst", "alarm", "asked", "mixed" } do words[i] = cohorts.words(name, quick) end
  return { kind = "send", count = quick and FEW or asleep or ASLEEP, cohorts = words, until_ = until_ }
end

return cohorts
