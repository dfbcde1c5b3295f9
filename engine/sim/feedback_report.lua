-- A month of feedback as tables, and what in it is out of the common. Rates have their numerator and denominator beside them.
local chart = require "chart"
local figures = require "figures"
local period = require "period"
local tables = require "tables"

local GROUPS = { { "stage", "By stage of the visit · 环节" }, { "type", "By type · 类型" }, { "nature", "By nature · 性质" },
  { "lead", "By department that answers · 主办科室" }, { "ward", "By ward · 病区" }, { "channel", "By channel · 渠道" }, { "tier", "By tier · 级别" } }
local FEWEST, TELLING, LEAST = 2, 4, 5                          -- other weeks that a week needs, that tell a deviation; items
local RISING, RECURRING, DRAWN, LIKELY, WORDS = 10, 3, 7, 0.01, 3

local function by_now(list)
  table.sort(list, function(a, b) if a.now ~= b.now then return a.now > b.now end return a.key < b.key end)
  return list
end

local function top(list, count) return table.move(list, 1, math.min(count, #list), 1, {}) end

-- Phrases that are said more often than in the period before, by more than chance.
local function rising(list)
  local out = {}
  for _, row in ipairs(list or {}) do
    if row.now > row.before and figures.differ(row.now, row.before) then out[#out + 1] = row end
  end
  table.sort(out, function(a, b)
    local x, y = a.now - a.before, b.now - b.before
    if x ~= y then return x > y end
    return a.key < b.key
  end)
  return top(out, RISING)
end

-- Problems of three periods running.
local function recurring(list)
  local out = {}
  for _, row in ipairs(list or {}) do
    if math.min(row.now, row.before, row.older) >= RECURRING then out[#out + 1] = row end
  end
  return by_now(out)
end

-- --- weeks that are out of the common

-- The mean and deviation of a row's weeks but one, from the first week that had any item at all; how many these are, and their sum.
local function others(r, row, but, whole)
  local sum, squares, count, begun = 0, 0, 0, false
  for i = 1, whole do
    begun = begun or r.items.weeks[i] > 0
    if begun and i ~= but then sum, squares, count = sum + row.weeks[i], squares + row.weeks[i] ^ 2, count + 1 end
  end
  local mean = count > 0 and sum / count or 0
  return mean, count > 1 and math.sqrt(math.max(0, (squares - count * mean * mean) / (count - 1))) or 0, count, sum
end

-- The weeks that end within the reported period, and how many are whole: over within it, and by now.
local function weeks_of(r)
  local first, whole = #r.weeks + 1, 0
  local counted = math.min(period.stamp(r.to), period.stamp(r.counted_at))
  for i = #r.weeks, 1, -1 do
    if (r.weeks[i + 1] or r.to) > r.from then first = i end
  end
  while whole < #r.weeks and period.stamp(r.weeks[whole + 1]) + 7 * 86400 <= counted do whole = whole + 1 end
  return first, whole
end

local function said(r, lead, week)
  local list = {}
  for _, row in ipairs(r.by.why or {}) do
    local word = row.key:sub(1, #lead + 1) == lead .. "/" and row.key:sub(#lead + 2)
    local usual = word and others(r, row, week, #r.weeks)
    if word and row.weeks[week] > usual then list[#list + 1] = { word, row.weeks[week] - usual, row.weeks[week] } end
  end
  table.sort(list, function(a, b) if a[2] ~= b[2] then return a[2] > b[2] end return a[1] < b[1] end)
  local out = {}
  for i, item in ipairs(top(list, WORDS)) do out[i] = ("%s %d"):format(item[1], item[3]) end
  return table.concat(out, ", ")
end

-- A week of a group is told when so many items would come by chance in less than one of a hundred reports (of all its weeks' items, divided
-- among all weeks that were looked at), and it stands twofold above the group's other weeks and three deviations, where four weeks or more
-- tell how much they differ by themselves.
local function unusual(r)
  local first, whole = weeks_of(r)
  local found, looked = {}, 0
  for _, group in ipairs { "lead", "ward", "pair" } do
    for _, row in ipairs(r.by[group] or {}) do
      for i = first, math.min(whole + 1, #r.weeks) do                    -- the one that goes on may stand out already
        local mean, deviation, count, sum = others(r, row, i, whole)
        looked = looked + 1
        if count >= FEWEST and row.weeks[i] >= LEAST and row.weeks[i] > 2 * mean
          and (count < TELLING or row.weeks[i] > mean + 3 * deviation) then
          found[#found + 1] = { group = group, key = row.key, week = i, items = row.weeks[i], mean = mean, known = count,
            p = figures.surprise(row.weeks[i], sum, count) }
        end
      end
    end
  end
  local out = {}
  for _, item in ipairs(found) do if item.p * looked < LIKELY then out[#out + 1] = item end end
  table.sort(out, function(a, b) if a.p ~= b.p then return a.p < b.p end return a.items > b.items end)
  return out
end

local WHAT = { lead = "", ward = "ward ", pair = "problem " }

-- Sentences that name who and when, and what was said.
local function sentences(r)
  local out = {}
  for i, item in ipairs(unusual(r)) do
    local words = item.group == "lead" and said(r, item.key, item.week) or ""
    out[i] = ("%s%s, week %s (from %s): %d items, %.1f in the %d other weeks known%s"):format(WHAT[item.group], item.key,
      period.name(r.weeks[item.week]), r.weeks[item.week]:sub(1, 10), item.items, item.mean, item.known, words ~= "" and "; said: " .. words or "")
  end
  return out
end

-- --- tables

-- What each week was compared with.
local function compared(r)
  local first, whole = weeks_of(r)
  local _, _, known = others(r, r.items, 0, whole)
  local count = math.max(0, known - 1)
  if first > whole then return "no week of the period is over yet" end
  if count < FEWEST then return ("%d other weeks known: too few to tell an unusual one (已知周数不足,不作判断)"):format(count) end
  return ("each of the period's weeks against the %d others known, %d at most"):format(count, #r.weeks - 1)
end

local function nps_text(nps)
  local score, low, high, count = figures.nps(nps)
  local function points(x) return (("%+.0f"):format(x):gsub("^[+-]0$", "0")) end
  return score and ("%s (95 %%: %s to %s; %d promoters − %d detractors of %d)"):format(points(score), points(low), points(high), nps.promoters,
    nps.detractors, count) or "- (no answers)"
end

local function summary(r)
  local s, n = r.satisfaction, r.nps
  local answered = s.yes + s.partly + s.no
  return { "Summary · 概况", { "Figure", "Value" }, {
    { "Items · 件数", ("%d (%s against the period before)"):format(r.items.now, figures.trend(r.items)) },
    { "CSAT: satisfied, yes or partly · 满意率", figures.rate(s.yes + s.partly, answered) },
    { "  answered when asked · 应答率", figures.rate(answered, s.asked) },
    { "NPS · 净推荐值", nps_text(n) },
    { "  answered when asked · 应答率", figures.rate(n.answered, n.asked) },
    { "Stars · 星级", r.stars.count > 0 and ("%.1f (%d)"):format(r.stars.sum / r.stars.count, r.stars.count) or "-" },
    { "Weeks compared · 周比较", compared(r) }, tables.until_row(r) } }
end

local function group_table(r, group)
  local rows, list = {}, by_now(r.by[group[1]] or {})
  for i, row in ipairs(list) do
    rows[i] = { row.key, row.now, row.before, figures.trend(row), figures.rate(row.met, row.met + row.late),
      figures.rate(row.satisfied, row.satisfied + row.unsatisfied) }
  end
  return #rows > 0 and { group[2], { "", "Now", "Before", "Trend", "Clocks in time", "Satisfied" }, rows, chart = tables.bars(rows) }
end

local function clocks(r)
  local rows = {}
  for i, clock in ipairs(r.clocks) do rows[i] = { clock.name, figures.rate(clock.met, clock.met + clock.late), clock.open } end
  return { "Clocks kept · 时限兑现", { "Clock", "In time", "Still running" }, rows }
end

local function answered(r)
  local rows, from = {}, 0
  for i, band in ipairs(r.bands) do
    rows[i] = { band.hours > 0 and ("%d to %d h"):format(from, band.hours) or ("over %d h"):format(from),
      figures.rate(band.satisfied, band.satisfied + band.unsatisfied) }
    from = band.hours
  end
  local ends = {}
  for i, row in ipairs(r.answered) do ends[i] = { row.closed, row.cases, figures.hours(row.median_ms) } end
  return { "Time to the answer against satisfaction · 答复用时与满意", { "Answered after", "Satisfied" }, rows },
    { "Time to the answer, by how it ended · 结案与用时", { "Ended", "Cases", "Median" }, ends }
end

local function improvements(r)
  local rows = {}
  for i, row in ipairs(r.improvements) do
    local ratio, low, high = figures.ratio(row.after.items, row.before.items)
    rows[i] = { row.title, row.done_at:sub(1, 10), row.days, row.before.items, row.after.items,
      ratio and row.days > 0 and ("× %.2f (95 %%: %.2f to %.2f)"):format(ratio, low, high) or "-",
      figures.rate(row.before.satisfied, row.before.satisfied + row.before.unsatisfied),
      figures.rate(row.after.satisfied, row.after.satisfied + row.after.unsatisfied) }
  end
  return { "Before and after what was mended · 改进前后", { "Improvement", "Done", "Days each", "Items before", "Items after", "After : before",
    "Satisfied before", "Satisfied after" }, rows }
end

local function drawn(r)
  local list, names, days = top(by_now(r.by.lead or {}), DRAWN), {}, {}
  for i, row in ipairs(list) do names[i] = row.key end
  for i, week in ipairs(r.weeks) do
    days[i] = { date = week:sub(1, 10), values = {} }
    for _, row in ipairs(list) do days[i].values[row.key] = row.weeks[i] end
  end
  return #list > 0 and chart.bars(days, { names = names, called = {}, mark = "lead", unit = "Items a week · 每周件数" }) or nil
end

local function rows_of(list, ...)
  local out = {}
  for i, row in ipairs(list) do
    out[i] = { row.key }
    for at, name in ipairs { ... } do out[i][at + 1] = row[name] end
  end
  return out
end

local function tables_of(r)
  local out = { summary(r) }
  out[1].chart = drawn(r)
  for _, group in ipairs(GROUPS) do out[#out + 1] = group_table(r, group) or nil end
  out[#out + 1] = clocks(r)
  local bands, ends = answered(r)
  table.move({ bands, ends }, 1, 2, #out + 1, out)
  out[#out + 1] = { "Phrases that rise · 上升的说法", { "Phrase", "Now", "Before" }, rows_of(rising(r.by.word), "now", "before") }
  out[#out + 1] = { "Problems of three periods running · 连续三期的问题", { "Stage/type", "Now", "Before", "Before that" },
    rows_of(recurring(r.by.pair), "now", "before", "older") }
  out[#out + 1] = improvements(r)
  return out
end

local feedback = {}

-- The report of days as JSON, its tables and its sentences; or nil and an exit code.
function feedback.ask(host, from, to, o)
  local report, code = host.ask(("/api/v1/reports/feedback?from=%s&to=%s"):format(from, to)
    .. (o.department and "&department=" .. host.escape(o.department) or ""))
  if not report then return nil, code end
  report.unusual = {}
  for i, item in ipairs(unusual(report)) do
    report.unusual[i] = { group = item.group, key = item.key, week = report.weeks[item.week]:sub(1, 10), items = item.items, mean = item.mean,
      known = item.known }
  end
  return report, tables_of(report), sentences(report)
end

return feedback
