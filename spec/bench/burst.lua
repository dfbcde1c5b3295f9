-- Many of the sleepers are due in the same second, and with them escalations, which must leave first.
local machine = require "bench.machine"
local cohorts = require "bench.cohorts"
local due = require "bench.due"
local burst = { name = "burst" }

-- Texts that may stand before the last page: those that were on their way when it came due. And how soon all pages leave.
local ON_THE_WAY, PAGES_MS = 400, 500

function burst.run(o)
  local texts, pages = cohorts.count("burst", o.quick), cohorts.count("alarm", o.quick)
  local all, raw = {}, {}
  for i = 1, o.runs do
    raw[i] = due.raw_posts(o.quick and 1000 or 30000)
    all[i] = due.play(cohorts.million(o.quick, cohorts.alarm.due), { texts = texts, pages = pages, start = cohorts.burst.start })
    machine.say("last result after %.2f s; last page after %.0f ms and %d texts; %s", all[i].seconds, all[i].page_ms,
      all[i].texts_before_page, due.note(all[i]))
  end
  local m, limit = machine.medians(all), machine.median(raw)
  local batch = math.max(1, math.floor(m.batch))
  return {
    { name = "last one answered", value = m.seconds, unit = "s", at_most = 2.5, cpu = m.cpu, rss = m.rss, note = due.note(m),
      ratio = texts / m.seconds / limit, of = ("%.0f POST/s of the HTTP client alone"):format(limit) },
    { name = "texts before the last page", value = m.texts_before_page, unit = "", at_most = ON_THE_WAY,
      note = ("of %d pages"):format(pages) },
    { name = "the last page after the first", value = m.page_ms, unit = "ms", at_most = PAGES_MS },
    { name = "SQLite alone", value = due.raw_commits(batch, o.quick and 20 or 500), unit = "/s",
      note = ("commits of %d rows, synchronous=FULL"):format(batch) },
  }, ("%d of %d sleepers and %d second rungs of alerts due in the same second; script of 150 lines"):format(texts,
    cohorts.million(o.quick).count, pages)
end

return burst
