-- A month or week of follow-up as tables (WARD 26). Every rate has its numerator and denominator beside it.
local figures = require "figures"
local tables = require "tables"

-- { head, numerator, denominator }: what each counts is in docs/reports.md.
local RATES = { { "Coverage 覆盖率", "covered", "due" }, { "Connected 接通率", "connected", "calls" }, { "Effective 有效率", "effective", "covered" },
  { "Timely 及时率", "timely", "tasks" }, { "Lost 失访率", "lost", "due" }, { "Return visits 复诊率", "came", "booked" } }
local MORE = { { "Refused 拒访率", "refused", "due" }, { "Readmitted unplanned within 31 days 非计划再入院率", "readmitted_unplanned", "alive" },
  { "Complications 并发症率", "complicated", "effective" }, { "Answers by page 网页填答率", "by_page", "answers" },
  { "Bad numbers, charged to registration 登记错号率", "bad_numbers", "dialled" }, { "Alert yield 预警有效率", "acted", "alerts" },
  { "Alerts acknowledged 预警确认率", "acknowledged", "alerts" }, { "Entry errors 录入差错率", "refused_entries", "entries" } }
local GROUPS = { { "department", "By department · 科室" }, { "ward", "By ward · 病区" }, { "pathway", "By pathway · 随访方案" } }

-- Numbers that are sums of others.
local function complete(row)
  row.alive, row.dialled = row.discharges - row.deaths, row.calls + row.bad_numbers
  return row
end

-- Nought of what nobody was told is no nought.
local function unsaid(row) return row.readmitted > 0 and row.readmitted_unknown == row.readmitted end
local function rate(row, rate_)
  if rate_[2] == "readmitted_unplanned" and unsaid(row) then
    return ("unknown 未知 (of %d readmitted nobody said whether it was planned)"):format(row.readmitted)
  end
  return figures.rate(row[rate_[2]], row[rate_[3]])
end
local function ack(row) return row.median_ack_ms and figures.hours(row.median_ack_ms) or "-" end

local function summary(t)
  local rows = {
    { "Discharges 出院", t.discharges }, { "− deaths 死亡", t.deaths }, { "− transfers 转院", t.transfers },
    { "− readmitted before due 应访前再入院", t.readmitted_before }, { "− listed reasons 其他列明原因", t.listed }, { "= due 应随访", t.due } }
  for _, list in ipairs { RATES, MORE } do
    for _, one in ipairs(list) do
      if t[one[2]] and t[one[3]] then rows[#rows + 1] = { one[1], rate(t, one) } end
    end
  end
  rows[#rows + 1] = { "  readmitted planned 计划内再入院", t.readmitted - t.readmitted_unplanned - t.readmitted_unknown }
  rows[#rows + 1] = { "  readmitted, not said whether planned 再入院未说明是否计划", t.readmitted_unknown }
  rows[#rows + 1] = { "Median time to acknowledge an alert 预警确认中位时间", ack(t) }
  return { "Follow-up · 随访", { "Figure", "Value" }, rows }
end

-- only: the one key that is asked for, or nil.
local function group_table(r, group, only)
  local rows, heads, bars = {}, { "", "Due 应随访" }, {}
  for i, one in ipairs(RATES) do heads[i + 2] = one[1] end
  heads[#heads + 1] = "Acknowledged after 确认"
  for _, row in ipairs(r.by[group[1]] or {}) do
    if not only or row.key == only then
      local cells = { row.key, row.due }
      for i, one in ipairs(RATES) do cells[i + 2] = rate(complete(row), one) end
      cells[#cells + 1] = ack(row)
      rows[#rows + 1], bars[#bars + 1] = cells, { row.key, row.due, row.covered }
    end
  end
  return (#rows > 0 or only) and { group[2], heads, rows, chart = #rows > 0 and tables.bars(bars) or nil } or nil
end

local function people(r, only)
  local rows = {}
  for _, row in ipairs(r.by.person or {}) do
    if not only or row.key == only then
      rows[#rows + 1] = { row.key, figures.rate(row.connected, row.calls), figures.rate(row.timely, row.tasks), row.acknowledged, ack(row) }
    end
  end
  return { "By person · 人员", { "", "Connected 接通率", "Timely 及时率", "Alerts acknowledged", "After" }, rows }
end

local function tables_of(r, o)
  local narrowed = o.ward or o.pathway or o.person
  local out = narrowed and {} or { summary(complete(r.total)) }
  for _, group in ipairs(GROUPS) do
    if not narrowed or o[group[1]] and group[1] ~= "department" then out[#out + 1] = group_table(r, group, o[group[1]]) end
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
