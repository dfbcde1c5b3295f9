-- afterward report feedback --month 2026-10: what came, how it was answered, what rises and what recurs. Rates have their numerator and
-- denominator beside them, shares their 95 % interval (Wilson 1927).
local chart = require "chart"
local e = chart.escape

local GROUPS = { { "stage", "Stage of the visit", "环节" }, { "type", "What it is about", "类型" }, { "nature", "Nature", "性质" },
  { "channel", "How it came", "渠道" }, { "lead", "Who answers", "主办" }, { "tier", "Tier", "级别" } }
local RISING, RECURRING = 10, 3

-- 95 % interval of part of whole as two shares; nil of nothing.
local function wilson(part, whole)
  if whole == 0 then return nil end
  local z, p = 1.959964, part / whole
  local middle = (p + z * z / (2 * whole)) / (1 + z * z / whole)
  local half = z * math.sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole)) / (1 + z * z / whole)
  return math.max(0, middle - half), math.min(1, middle + half)
end

local function percent(part, whole) return whole > 0 and ("%.0f %%"):format(100 * part / whole) or "-" end

local function rate(part, whole)
  local low, high = wilson(part, whole)
  return low and ("%s (%d of %d; 95 %%: %.0f to %.0f %%)"):format(percent(part, whole), part, whole, 100 * low, 100 * high) or "- (0 of 0)"
end

local function trend(row)
  if row.before == 0 then return row.now > 0 and "new" or "" end
  return ("%+.0f %%"):format(100 * (row.now - row.before) / row.before)
end

local function by_now(list)
  table.sort(list, function(a, b) if a.now ~= b.now then return a.now > b.now end return a.key < b.key end)
  return list
end

-- Phrases that are said more often than before, by how much.
local function rising(list)
  local out = {}
  for _, row in ipairs(list or {}) do
    if row.now >= 3 and row.now > row.before then out[#out + 1] = row end
  end
  table.sort(out, function(a, b)
    local x, y = a.now - a.before, b.now - b.before
    if x ~= y then return x > y end
    return a.key < b.key
  end)
  return table.move(out, 1, RISING, 1, {})
end

-- Problems of three periods running.
local function recurring(list)
  local out = {}
  for _, row in ipairs(list or {}) do
    if math.min(row.now, row.before, row.older) >= RECURRING then out[#out + 1] = row end
  end
  return by_now(out)
end

local function nps_of(nps)
  local all = nps.promoters + nps.passives + nps.detractors
  return all > 0 and ("%+.0f (%d answers: %d promoters, %d detractors)"):format(100 * (nps.promoters - nps.detractors) / all, all,
    nps.promoters, nps.detractors) or "- (no answers)"
end

local function hours(ms) return ("%.1f h"):format(ms / 3600000) end

-- { title, heads, rows }: the whole report as tables, for every way of showing it.
local function tables_of(r)
  local out, s = {}, r.satisfaction
  local answered = s.yes + s.partly + s.no
  out[1] = { "Summary", { "Figure", "Value" }, {
    { "Items", ("%d (%s against the period before)"):format(r.items.now, trend(r.items)) },
    { "Satisfied (yes or partly)", rate(s.yes + s.partly, answered) },
    { "Answered when asked", rate(answered, math.max(s.asked, answered)) },
    { "Stars", r.stars.count > 0 and ("%.1f (%d)"):format(r.stars.sum / r.stars.count, r.stars.count) or "-" },
    { "NPS", nps_of(r.nps) } } }
  for _, group in ipairs(GROUPS) do
    local rows = {}
    for i, row in ipairs(by_now(r.by[group[1]] or {})) do rows[i] = { row.key, row.now, row.before, trend(row) } end
    if #rows > 0 then out[#out + 1] = { group[2], { group[2], "Now", "Before", "Trend" }, rows, bars = true } end
  end
  local rows = {}
  for i, clock in ipairs(r.clocks) do rows[i] = { clock.name, rate(clock.met, clock.met + clock.late), clock.open } end
  out[#out + 1] = { "Clocks kept", { "Clock", "In time", "Still running" }, rows }
  rows = {}
  for i, row in ipairs(r.answered) do rows[i] = { row.closed, row.cases, hours(row.median_ms) } end
  out[#out + 1] = { "Time to the answer, by how it ended", { "Ended", "Cases", "Median" }, rows }
  rows = {}
  for i, row in ipairs(rising(r.by.word)) do rows[i] = { row.key, row.now, row.before } end
  out[#out + 1] = { "Phrases that rise", { "Phrase", "Now", "Before" }, rows }
  rows = {}
  for i, row in ipairs(recurring(r.by.pair)) do rows[i] = { row.key, row.now, row.before, row.older } end
  out[#out + 1] = { "Problems of three periods running", { "Stage/type", "Now", "Before", "Before that" }, rows }
  return out
end

local function width(text) return utf8.len(tostring(text)) or #tostring(text) end

local function print_tables(tables)
  for _, t in ipairs(tables) do
    print("\n" .. t[1])
    local all = { t[2], table.unpack(t[3]) }
    local widths = {}
    for _, row in ipairs(all) do
      for i, cell in ipairs(row) do widths[i] = math.max(widths[i] or 0, width(cell)) end
    end
    if #t[3] == 0 then all = { { "nothing" } } end
    for _, row in ipairs(all) do
      local line = {}
      for i, cell in ipairs(row) do line[i] = tostring(cell) .. (" "):rep((widths[i] or 0) - width(cell)) end
      print(("  " .. table.concat(line, "  ")):gsub("%s+$", "") .. "")
    end
  end
end

local function quote(cell)
  cell = tostring(cell)
  if cell:find "^[=+@-]" and not tonumber(cell) then cell = "'" .. cell end       -- no formula in a spreadsheet
  return cell:find '[",\n]' and '"' .. cell:gsub('"', '""') .. '"' or cell
end

local function print_csv(tables)
  for _, t in ipairs(tables) do
    print(quote(t[1]))
    for _, row in ipairs { t[2], table.unpack(t[3]) } do
      local cells = {}
      for i, cell in ipairs(row) do cells[i] = quote(cell) end
      print(table.concat(cells, ","))
    end
    print ""
  end
end

-- Bars of now over before, each row a group of two.
local function bars(rows)
  local most, out = 1, {}
  for _, row in ipairs(rows) do most = math.max(most, row[2], row[3]) end
  for i, row in ipairs(rows) do
    local y = (i - 1) * 34
    out[#out + 1] = ('<text x="0" y="%d">%s</text><rect x="180" y="%d" width="%.1f" height="12" fill="#1f6f8b"/><rect x="180" y="%d" width="%.1f" '
      .. 'height="8" fill="#b9c7cf"/><text x="%.1f" y="%d">%d</text>'):format(y + 18, e(row[1]), y + 6, 460 * row[2] / most, y + 20,
      460 * row[3] / most, 188 + 460 * row[2] / most, y + 17, row[2])
  end
  return ('<svg viewBox="0 0 720 %d" role="img">%s</svg>'):format(#rows * 34 + 8, table.concat(out))
end

local STYLE = [[body{font:15px/1.6 "Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif;color:#222;max-width:900px;margin:1.5em auto;
padding:0 1em}h1{font-size:1.5em}h2{font-size:1.15em;border-bottom:2px solid #1f6f8b}table{border-collapse:collapse;width:100%}th,td{text-align:left;
padding:.2em .6em;border-bottom:1px solid #ddd}svg{width:100%;height:auto;font-size:13px}section{break-inside:avoid}]]

local function html(tables, r)
  local out = { '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>Feedback</title><style>', STYLE,
    "</style><h1>Feedback · 意见与投诉</h1><p>",
    e(r.from:sub(1, 10)), " – ", e(r.to:sub(1, 10)), "</p>" }
  for _, t in ipairs(tables) do
    out[#out + 1] = "<section><h2>" .. e(t[1]) .. "</h2>"
    if t.bars then out[#out + 1] = bars(t[3]) end
    out[#out + 1] = "<table>"
    for i, row in ipairs { t[2], table.unpack(t[3]) } do
      local tag, cells = i == 1 and "th" or "td", {}
      for at, cell in ipairs(row) do cells[at] = ("<%s>%s</%s>"):format(tag, e(cell), tag) end
      out[#out + 1] = "<tr>" .. table.concat(cells) .. "</tr>"
    end
    out[#out + 1] = "</table></section>"
  end
  return table.concat(out) .. "</html>\n"
end

local function period(o)
  local year, month = (o.month or ""):match "^(%d%d%d%d)%-(%d%d)$"
  month = tonumber(month)
  if not month or month < 1 or month > 12 then error { usage = "--month takes a month, such as 2026-10" } end
  local next_year, next_month = tonumber(year), month + 1
  if next_month == 13 then next_year, next_month = next_year + 1, 1 end
  return o.month .. "-01", ("%04d-%02d-01"):format(next_year, next_month)
end

return function(given)
  local o, host = given.options, given.host
  if given.words[1] ~= "feedback" then error { usage = "there is a report of feedback: afterward report feedback --month 2026-10" } end
  local from, to = period(o)
  local query = ("?from=%s&to=%s"):format(from, to) .. (o.department and "&department=" .. host.escape(o.department) or "")
  local report, code = host.ask("/api/v1/reports/feedback" .. query)
  if not report then return code end
  local tables = tables_of(report)
  if o.html then
    local file, why = io.open(o.html, "w")
    if not file then error { usage = why } end
    file:write(html(tables, report))
    file:close()
    print(o.html)
  elseif o.json then
    print(host.json(report))
  elseif o.csv then
    print_csv(tables)
  else
    print(("Feedback from %s to %s"):format(from, to))
    print_tables(tables)
  end
  return 0
end
