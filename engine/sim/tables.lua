-- A report as tables: { title, heads, rows, chart = html }; for a terminal, a spreadsheet, or one HTML file that opens offline.
local chart = require "chart"
local figures = require "figures"
local e = chart.escape
local tables = {}

local function width(text)
  local cells = 0
  for _, code in utf8.codes(tostring(text)) do cells = cells + (code >= 0x2E80 and 2 or 1) end
  return cells
end

function tables.print(list)
  for _, t in ipairs(list) do
    print("\n" .. t[1])
    local all = #t[3] > 0 and { t[2], table.unpack(t[3]) } or { { "nothing" } }
    local widths = {}
    for _, row in ipairs(all) do
      for i, cell in ipairs(row) do widths[i] = math.max(widths[i] or 0, width(cell)) end
    end
    for _, row in ipairs(all) do
      local line = {}
      for i, cell in ipairs(row) do line[i] = tostring(cell) .. (" "):rep(widths[i] - width(cell)) end
      print(("  " .. table.concat(line, "  ")):gsub("%s+$", "") .. "")
    end
  end
end

local function quote(cell)
  cell = tostring(cell)
  if cell:find "^[=+@-]" and not tonumber(cell) then cell = "'" .. cell end       -- no formula in a spreadsheet
  return cell:find '[",\n]' and '"' .. cell:gsub('"', '""') .. '"' or cell
end

-- Which columns hold rates: a spreadsheet reckons with their numbers, each in a column of its own.
local function rated(t)
  local out = {}
  for _, row in ipairs(t[3]) do
    for i, cell in ipairs(row) do out[i] = out[i] or figures.is_rate(cell) end
  end
  return out
end

local PARTS = { " %", " numerator 分子", " denominator 分母", " 95 % from", " to", " ▲▼" }
local function put_rate(cells, cell)
  local function share(x) return x and ("%.1f"):format(100 * x) or "" end
  for _, part in ipairs { share(cell.whole > 0 and cell.part / cell.whole or nil), cell.part, cell.whole, share(cell.low), share(cell.high),
    cell.mark or "" } do cells[#cells + 1] = quote(part) end
end

local function put_line(row, wide, head)
  local cells = {}
  for i, cell in ipairs(row) do
    if not wide[i] then
      cells[#cells + 1] = quote(cell)
    elseif figures.is_rate(cell) then
      put_rate(cells, cell)
    else
      for at, part in ipairs(PARTS) do cells[#cells + 1] = quote(head and cell .. part or at == 1 and cell or "") end
    end
  end
  print(table.concat(cells, ","))
end

-- found: sentences, before everything else. The mark at the front has spreadsheets read Chinese as what it is.
function tables.csv(list, found)
  print "\u{FEFF}"
  for _, text in ipairs(found or {}) do print(quote(text)) end
  for _, t in ipairs(list) do
    local wide = rated(t)
    print(quote(t[1]))
    put_line(t[2], wide, true)
    for _, row in ipairs(t[3]) do put_line(row, wide) end
    print ""
  end
end

-- What the tables say, for programs: each cell as it is read.
local function texts(list)
  local out = {}
  for i, t in ipairs(list) do
    local rows = {}
    for n, row in ipairs(t[3]) do
      rows[n] = {}
      for at, cell in ipairs(row) do rows[n][at] = tostring(cell) end
    end
    out[i] = { title = t[1], heads = t[2], rows = rows }
  end
  return out
end

-- Bars of one number over another: rows of { name, one, other }; what the two are called.
function tables.bars(rows, one, other)
  one, other = one or "Now 本期", other or "before 上期"
  local most, out = 1, {}
  for _, row in ipairs(rows) do most = math.max(most, row[2], row[3]) end
  for i, row in ipairs(rows) do
    local y = (i - 1) * 34
    out[#out + 1] = ('<text x="0" y="%d">%s</text><rect x="180" y="%d" width="%.1f" height="12" fill="#1f6f8b"/><rect x="180" y="%d" width="%.1f" '
      .. 'height="8" fill="#b9c7cf"/><text x="%.1f" y="%d">%d</text>'):format(y + 18, e(row[1]), y + 6, 460 * row[2] / most, y + 20,
      460 * row[3] / most, 188 + 460 * row[2] / most, y + 17, row[2])
  end
  return ('<p class="legend"><span><svg class="key" viewBox="0 0 10 10"><rect width="10" height="10" fill="#1f6f8b"/></svg>%s</span><span>'
    .. '<svg class="key" viewBox="0 0 10 10"><rect width="10" height="10" fill="#b9c7cf"/></svg>%s</span></p><svg viewBox="0 0 720 %d" role="img" '
    .. 'aria-label="%s over %s">%s</svg>'):format(e(one), e(other), #rows * 34 + 8, e(one), e(other), table.concat(out))
end

local STYLE = [[body{font:15px/1.6 "Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif;color:#222;max-width:960px;margin:1.5em auto;
padding:0 1em}h1{font-size:1.5em}h2{font-size:1.15em;border-bottom:2px solid #1f6f8b}table{border-collapse:collapse;width:100%}th,td{text-align:left;
padding:.2em .6em;border-bottom:1px solid #ddd}svg{width:100%;height:auto;font-size:13px}section{break-inside:avoid}.g{stroke:#ddd}.n{font-size:12px;
fill:#555;text-anchor:end}.d{font-size:12px;fill:#555}.legend span{margin-right:1.4em;white-space:nowrap}.legend .key{width:1em;height:1em;
margin-right:.4em;vertical-align:-2px}td small{display:block;color:#555;white-space:nowrap}section{overflow-x:auto}
.find{border-left:8px solid #b3261e;padding:.3em .8em;margin:.4em 0;background:#fff3f3}
@media print{body{max-width:none;margin:0;font-size:11pt}@page{size:A4;margin:14mm}svg{print-color-adjust:exact}}]]

-- A rate's numbers stand small under it.
local function shown(cell)
  if not figures.is_rate(cell) or not cell.low then return e(tostring(cell)) end
  return ("%s%s<small>%s</small>"):format(e(cell.percent), cell.mark and " " .. cell.mark or "", e(cell.detail))
end

local function section(t)
  local out = { "<section><h2>", e(t[1]), "</h2>", t.chart or "" }
  if #t[3] == 0 and not t.chart then out[#out + 1] = "<p>–</p>" end
  if #t[3] > 0 then
    out[#out + 1] = "<table>"
    for i, row in ipairs { t[2], table.unpack(t[3]) } do
      local tag, cells = i == 1 and "th" or "td", {}
      for at, cell in ipairs(row) do cells[at] = ("<%s>%s</%s>"):format(tag, shown(cell), tag) end
      out[#out + 1] = "<tr>" .. table.concat(cells) .. "</tr>"
    end
    out[#out + 1] = "</table>"
  end
  return table.concat(out) .. "</section>"
end

-- found: sentences that stand before everything else.
function tables.html(title, period, list, found)
  local out = { '<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>', e(title),
    "</title><style>", STYLE, "</style><h1>", e(title), "</h1><p>", e(period), "</p>" }
  for _, text in ipairs(found or {}) do out[#out + 1] = '<p class="find">' .. e(text) .. "</p>" end
  for _, t in ipairs(list) do out[#out + 1] = section(t) end
  return table.concat(out) .. "</html>\n"
end

-- A period that goes on is compared with whole ones: its reader must know; nil of one that is over.
function tables.until_row(r)
  if r.counted_at >= r.to then return nil end
  return { "Counted until, the period goes on · 统计截至(本期未结束)", r.counted_at:sub(1, 16):gsub("T", " "), nil }
end

-- As the options say. report: what --json prints.
function tables.show(o, host, report, title, period, list, found)
  if o.html then
    local file, why = io.open(o.html, "w")
    if not file then error { usage = why } end
    file:write(tables.html(title, period, list, found))
    file:close()
    print(o.html)
  elseif o.json then
    report.tables, report.found = texts(list), found or {}
    print(host.json(report))
  elseif o.csv then
    tables.csv(list, found)
  else
    print(title .. "  " .. period)
    for _, text in ipairs(found or {}) do print("! " .. text) end
    tables.print(list)
  end
  return 0
end

return tables
