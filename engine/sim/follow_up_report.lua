-- A month or week of follow-up as tables (WARD 26), against the two before it. Every rate has its numerator and denominator beside it.
local figures = require "figures"
local tables = require "tables"

-- { head, numerator, denominator }: what each counts is in docs/reports.md.
local RATES = { { "Coverage 覆盖率", "covered", "due" }, { "Connected 接通率", "connected", "calls" }, { "Effective 有效率", "effective", "covered" },
  { "Timely 及时率", "timely", "tasks" }, { "Lost 失访率", "lost", "due" }, { "Return visits 复诊率", "came", "booked" } }
local MORE = { { "Refused 拒访率", "refused", "due" }, { "Readmitted unplanned within 31 days 非计划再入院率", "readmitted_unplanned", "alive" },
  { "Complications 并发症率", "complicated", "effective" }, { "Answers by page 网页填答率", "by_page", "answers" },
  { "Bad numbers, charged to registration 登记错号率", "bad_numbers", "dialled" }, { "Alert yield 预警有效率", "acted", "alerts" },
  { "Alerts acknowledged 预警确认率", "acknowledged", "alerts" } }
local ENTRIES = { "Entry errors 录入差错率", "refused_entries", "entries" }
local QUALITY = { { "Drawn by lot 抽样", "sampled" }, { "Suspected: under 40 s 通话不足40秒", "suspected_short" },
  { "Suspected: no record of the exchange 无话单", "suspected_no_record" }, { "Suspected: same answers 答案雷同", "suspected_same" } }
local JUDGED = { { "Judged 已评分", "judged", "drawn" }, { "Found made up 判定虚假", "fake", "judged" }, { "Rubric's points 得分率", "points", "points_most" } }
local GROUPS = { { "department", "department · 科室" }, { "ward", "ward · 病区" }, { "pathway", "pathway · 随访方案" } }
local COUNTS = { { "Discharges 出院", "discharges" }, { "− deaths 死亡", "deaths" }, { "− transfers 转院", "transfers" },
  { "− readmitted before due 应访前再入院", "readmitted_before" }, { "− listed reasons 其他列明原因", "listed" }, { "= due 应随访", "due" } }

-- Numbers that are sums of others.
local function complete(row)
  row.alive, row.dialled = row.discharges - row.deaths, row.calls + row.bad_numbers
  row.drawn = row.sampled + row.suspected_short + row.suspected_no_record + row.suspected_same
  row.readmitted_planned = row.readmitted - row.readmitted_unplanned - row.readmitted_unknown
  return row
end

-- Nought of what nobody was told is no nought.
local function unsaid(row, what) return what == "readmitted_unplanned" and row.readmitted > 0 and row.readmitted_unknown == row.readmitted end

-- Now, with the sign of a change that is more than chance; before: that period's row, or nil.
local function rate(row, what, before)
  if unsaid(row, what[2]) then return ("unknown 未知 (of %d readmitted nobody said whether it was planned)"):format(row.readmitted) end
  local known = before and not unsaid(before, what[2])
  local change = known and figures.moved(row[what[2]], row[what[3]], before[what[2]], before[what[3]])
  return figures.rate(row[what[2]], row[what[3]], change and change.mark)
end

local function ack(row) return row.median_ack_ms and figures.hours(row.median_ack_ms) or "-" end

-- Rows of now, before, older and the change.
local function rate_row(what, now, before, older)
  local change = not unsaid(now, what[2]) and not unsaid(before, what[2])
    and figures.moved(now[what[2]], now[what[3]], before[what[2]], before[what[3]])
  return { what[1], rate(now, what), rate(before, what), rate(older, what), change and change.text or "" }
end

local function count_row(name, what, now, before, older)
  return { name, now[what], before[what], older[what], figures.trend { now = now[what], before = before[what] } }
end

local HEADS = { "Figure", "Now 本期", "Before 上期", "Before that 再上期", "Trend 变化" }

local function chart_of(now, before)
  local bars = {}
  for i, what in ipairs(RATES) do
    local function percent(row) return row[what[3]] > 0 and math.floor(100 * row[what[2]] / row[what[3]] + 0.5) or 0 end
    bars[i] = { what[1], percent(now), percent(before) }
  end
  return tables.bars(bars, "Per cent: now 本期", "before 上期")
end

local function summary(r, now, before, older)
  local rows = { tables.until_row(r) }
  if rows[1] then rows[1][3], rows[1][4], rows[1][5] = "", "", "" end
  for _, one in ipairs(COUNTS) do rows[#rows + 1] = count_row(one[1], one[2], now, before, older) end
  for _, list in ipairs { RATES, MORE, { ENTRIES } } do
    for _, one in ipairs(list) do rows[#rows + 1] = rate_row(one, now, before, older) end
  end
  rows[#rows + 1] = count_row("  readmitted planned 计划内再入院", "readmitted_planned", now, before, older)
  rows[#rows + 1] = count_row("  readmitted, not said whether planned 再入院未说明是否计划", "readmitted_unknown", now, before, older)
  rows[#rows + 1] = { "Median time to acknowledge an alert 预警确认中位时间", ack(now), ack(before), ack(older), "" }
  return { "Follow-up · 随访", HEADS, rows, chart = chart_of(now, before) }
end

local function quality(now, before, older)
  local rows = {}
  for i, one in ipairs(QUALITY) do rows[i] = count_row(one[1], one[2], now, before, older) end
  for _, one in ipairs(JUDGED) do rows[#rows + 1] = rate_row(one, now, before, older) end
  return { "Calls and answers heard and read · 质控抽样", HEADS, rows }
end

local function find(list, key)
  for _, row in ipairs(list or {}) do if row.key == key then return complete(row) end end
end

-- only: the one key that is asked for, or nil. Two tables: how it was done, what came of it.
local function group_tables(r, group, only)
  local done, came, bars = {}, {}, {}
  for _, row in ipairs(r.by[group[1]] or {}) do
    if not only or row.key == only then
      local before = find(r.before.by[group[1]], complete(row).key)
      local left = { row.key, row.due, figures.trend { now = row.due, before = before and before.due or 0 } }
      for _, one in ipairs(RATES) do left[#left + 1] = rate(row, one, before) end
      local right = { row.key }
      for _, one in ipairs(MORE) do right[#right + 1] = rate(row, one, before) end
      right[#right + 1] = ack(row)
      done[#done + 1], came[#came + 1], bars[#bars + 1] = left, right, { row.key, row.due, row.covered }
    end
  end
  if #done == 0 and not only then return {} end
  local heads, others = { "", "Due 应随访", "Trend 变化" }, { "" }
  for _, one in ipairs(RATES) do heads[#heads + 1] = one[1] end
  for _, one in ipairs(MORE) do others[#others + 1] = one[1] end
  others[#others + 1] = "Acknowledged after 确认用时"
  return { { "By " .. group[2], heads, done, chart = #done > 0 and tables.bars(bars, "Due 应随访", "covered 已覆盖") or nil },
    { "What came of it, by " .. group[2], others, came } }
end

local function people(r, only)
  local rows = {}
  for _, row in ipairs(r.by.person or {}) do
    if not only or row.key == only then
      local before = find(r.before.by.person, complete(row).key)
      rows[#rows + 1] = { row.key, rate(row, RATES[2], before), rate(row, RATES[4], before), row.acknowledged, ack(row), rate(row, MORE[6], before),
        row.drawn, row.suspected_short + row.suspected_no_record + row.suspected_same, rate(row, JUDGED[2], before), rate(row, JUDGED[3], before) }
    end
  end
  return { "By person · 人员", { "", "Connected 接通率", "Timely 及时率", "Alerts acknowledged 确认预警", "After 用时", "Alert yield 预警有效率", "Sampled 抽查",
    "Suspected 疑似虚假", "Found made up 判定虚假", "Rubric's points 得分率" }, rows }
end

local function tables_of(r, o)
  local narrowed = o.ward or o.pathway or o.person
  local now, before, older = complete(r.total), complete(r.before.total), complete(r.older.total)
  local out = narrowed and {} or { summary(r, now, before, older), quality(now, before, older) }
  for _, group in ipairs(GROUPS) do
    if not narrowed or o[group[1]] and group[1] ~= "department" then
      for _, one in ipairs(group_tables(r, group, o[group[1]])) do out[#out + 1] = one end
    end
  end
  if not narrowed or o.person then out[#out + 1] = people(r, o.person) end
  return out
end

local follow_up = {}

function follow_up.ask(host, from, to, o)
  local report, code = host.ask(("/api/v1/reports/follow-up?from=%s&to=%s"):format(from, to)
    .. (o.department and "&department=" .. host.escape(o.department) or ""))
  if not report then return nil, code end
  return report, tables_of(report, o), {}
end

return follow_up
