-- The days that a report is of, of --month 2026-10 or --week 2026-W47: the first one, and the first one after it.
local period = {}

local function iso(time) return os.date("%Y-%m-%d", time) end
local function noon(year, month, day) return os.time { year = year, month = month, day = day, hour = 12 } end

function period.month(text)
  local year, month = (text or ""):match "^(%d%d%d%d)%-(%d%d)$"
  if not month or tonumber(month) < 1 or tonumber(month) > 12 then error { usage = "--month takes a month, such as 2026-10" } end
  return text .. "-01", iso(noon(tonumber(year), tonumber(month) + 1, 1))
end

-- The week that has the year's first Thursday is W01; it begins on Monday.
function period.week(text)
  local year, week = (text or ""):match "^(%d%d%d%d)%-W(%d%d)$"
  week = tonumber(week)
  if not week or week < 1 or week > 53 then error { usage = "--week takes a week, such as 2026-W47" } end
  local fourth = noon(tonumber(year), 1, 4)
  local monday = noon(tonumber(year), 1, 4 - (tonumber(os.date("%w", fourth)) + 6) % 7 + 7 * (week - 1))
  if os.date("%G-W%V", monday) ~= text then error { usage = ("there is no week %s"):format(text) } end
  local day = os.date("*t", monday)
  return iso(monday), iso(noon(day.year, day.month, day.day + 7))
end

-- Any days, the last one included.
function period.days(from, to)
  local function day(text, name)
    local y, m, d = (text or ""):match "^(%d%d%d%d)%-(%d%d)%-(%d%d)$"
    if not y or iso(noon(tonumber(y), tonumber(m), tonumber(d))) ~= text then
      error { usage = ("--%s takes a day, such as 2026-10-01; both --from and --to are needed"):format(name) }
    end
    return text
  end
  from, to = day(from, "from"), day(to, "to")
  if to < from then error { usage = "--to lies before --from" } end
  local y, m, d = to:match "^(%d+)-(%d+)-(%d+)"
  return from, iso(noon(tonumber(y), tonumber(m), tonumber(d) + 1))
end

-- Seconds, for differences, of "2026-10-01T00:00:00+08:00": of the wall clock there.
function period.stamp(text)
  local y, m, d, h, min, s = text:match "^(%d+)-(%d+)-(%d+)T(%d+):(%d+):(%d+)"
  return os.time { year = tonumber(y), month = tonumber(m), day = tonumber(d), hour = tonumber(h), min = tonumber(min), sec = tonumber(s) }
end

-- "2026-W42" of a day.
function period.name(day)
  local y, m, d = day:match "^(%d+)-(%d+)-(%d+)"
  return os.date("%G-W%V", noon(tonumber(y), tonumber(m), tonumber(d)))
end

return period
