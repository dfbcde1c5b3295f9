-- Who among the sleepers comes due, and when: spread evenly over the whole database, so that their rows lie apart.
local cohorts = { asleep = 1000000 }

cohorts.steps = { count = 10000, texts = 3, due = "2026-03-03T15:00:00", start = "2026-03-03T14:59:55" }
cohorts.burst = { count = 20000, texts = 1, due = "2026-03-03T16:00:00", start = "2026-03-03T15:59:55" }
cohorts.alarm = { count = 200, texts = 0, due = "2026-03-03T15:45:00" }
cohorts.asked = { count = 400, texts = -1, due = cohorts.alarm.due }
cohorts.mixed = { count = 30000, texts = 1, due = "2026-03-03T17:00:00", start = "2026-03-03T16:59:50", spread = 60 }

-- As bench_core takes it; a quick run has fewer.
function cohorts.words(name, count)
  local cohort = cohorts[name]
  return ("%s,%d,%d,%s,%d"):format(name, count or cohort.count, cohort.texts, cohort.due, cohort.spread or 0)
end

-- The database with the million, brought to shortly before a cohort's time. Earlier cohorts have passed by then: their
-- steps were not valid any more.
function cohorts.million(quick, until_)
  local share = quick and 100 or 1
  local words = {}
  for _, name in ipairs { "steps", "burst", "alarm", "asked", "mixed" } do
    words[#words + 1] = cohorts.words(name, cohorts[name].count // share)
  end
  return { kind = "send", count = cohorts.asleep // (quick and 500 or 1), cohorts = words, until_ = until_ }
end

return cohorts
