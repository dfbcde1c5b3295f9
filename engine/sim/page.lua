-- A simulation's account as one HTML file to show a head nurse: charts and tables in one language, opens offline, prints well.
local chart = require "chart"
local report = require "report"
local words = require "words"
local e, fill = chart.escape, words.fill

local STYLE = [[body{font:15px/1.6 "Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif;color:#222;max-width:1000px;
margin:1.5em auto;padding:0 1em}h1{font-size:1.5em;margin:0}h2{font-size:1.15em;margin:1.6em 0 .3em;border-bottom:2px solid #1f6f8b}
h3{font-size:1em;margin:1.2em 0 .2em}table{border-collapse:collapse;width:100%;margin:.4em 0}
th,td{padding:.2em .6em;text-align:left;border-bottom:1px solid #ddd}th{font-weight:600;color:#444}
td.r,th.r{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}svg{width:100%;height:auto}.g{stroke:#ddd}
.n{font-size:12px;fill:#555;text-anchor:end}.d{font-size:12px;fill:#555}.legend{margin:.2em 0 0 46px}.legend span{margin-right:1.4em;
white-space:nowrap}.legend .key{width:1em;height:1em;margin-right:.4em;vertical-align:-2px}.sum{display:grid;
grid-template-columns:repeat(7,1fr);gap:.6em;margin:1em 0}.sum div{border:1px solid #ccc;border-radius:6px;padding:.4em .6em;font-size:.9em;
display:flex;flex-direction:column;justify-content:space-between}.sum b{font-size:1.6em;line-height:1.3}
.level{display:inline-block;border-radius:4px;padding:0 .5em;color:#fff;font-weight:600}.bad{color:#a00}.note{color:#555}
footer{color:#666;margin-top:2em;font-size:.9em}section{break-inside:avoid}svg,.level{print-color-adjust:exact;
-webkit-print-color-adjust:exact}@media(max-width:820px){.sum{grid-template-columns:repeat(2,1fr)}}
@media print{body{max-width:none;margin:0;font-size:11pt}@page{size:A4;margin:14mm}}]]

-- A cell is text, { number } (stands to the right) or { html = … }.
local function row(cells, tag)
  local out = {}
  for i, cell in ipairs(cells) do
    local html = type(cell) == "table" and cell.html
    local text = type(cell) == "table" and cell[1] or cell
    local right = not html and (type(cell) == "table" or tostring(cell):find "^[%d.%-]+%%?$")
    out[i] = ("<%s%s>%s</%s>"):format(tag, right and ' class="r"' or "", html or e(text), tag)
  end
  return "<tr>" .. table.concat(out) .. "</tr>"
end

local function htable(head, rows)
  local out = { "<table><thead>", row(head, "th"), "</thead><tbody>" }
  for _, cells in ipairs(rows) do out[#out + 1] = row(cells, "td") end
  return table.concat(out) .. "</tbody></table>"
end

-- Heads of numbers stand above them.
local function heads(list, first_number, last_number)
  local out = {}
  for i, text in ipairs(list) do out[i] = i >= first_number and i <= last_number and { text } or text end
  return out
end

local function title(item) return item.title or item.name end

local function summary(account, say)
  local t, out = account.totals, {}
  local numbers = { t.patients, t.enrolled, t.messages, t.answers, t.answers_by_staff, t.tasks, t.alerts }
  for i, text in ipairs(say.sums) do out[i] = ("<div>%s<b>%d</b></div>"):format(e(text), numbers[i]) end
  return '<div class="sum">' .. table.concat(out) .. "</div>"
end

local function days_of(account, part)
  local out = {}
  for i, day in ipairs(account.days) do out[i] = { date = day.date, values = day[part] } end
  return out
end

local function draw(account, say, part, head, unit)
  local names = account.names[part]
  if #names == 0 then return "" end
  return ("<section><h2>%s</h2>%s</section>"):format(e(head), chart.bars(days_of(account, part), {
    names = part == "alerts" and report.levels(names) or names, called = say.names, mark = part, unit = unit }))
end

-- A level in its colour, and in words.
local function level(say, name)
  return { html = ('<span class="level" style="background:%s">%s</span>'):format(chart.level(name) or "#555", e(say.names[name] or name)) }
end

local function kind_section(account, say, kind)
  local rows = report.got(kind, say, title)
  for i, got in ipairs(kind.got) do if got.what == "alert" then rows[i][3] = level(say, got.to) end end
  local name = (kind.title or kind.pathway) .. (kind.tier ~= "" and " · " .. (say.names[kind.tier] or kind.tier) or "")
  return ("<section><h3>%s</h3><p>%s</p>%s</section>"):format(e(fill(say.kind, name, kind.patients)),
    e(fill(say.kind_work, kind.asked, report.share(kind.answered, kind.asked), report.share(kind.answered + kind.by_staff, kind.asked))),
    htable(heads(say.got, 4, 5), rows))
end

local function alerts(account, say)
  local rows = report.alert_rows(account, say, title)
  for i, alert in ipairs(account.alerts) do rows[i][2] = level(say, alert.level) end
  return ("<section><h2>%s</h2>%s</section>"):format(e(say.alerts),
    #rows > 0 and htable(heads(say.alert_head, 3, 7), rows) or "<p>" .. e(say.no_alerts) .. "</p>")
end

local function roles(account, say)
  local rows = {}
  for i, name in ipairs(account.names.roles) do
    local sum, most, on = 0, 0, "-"
    for _, day in ipairs(account.days) do
      local value = day.roles[name] or 0
      sum = sum + value
      if value > most then most, on = value, day.date end
    end
    rows[i] = { say.names[name] or name, sum, ("%.1f"):format(sum / #account.days), most, on }
  end
  return #rows > 0 and htable(heads(say.role_head, 2, 5), rows) or ""
end

local function paragraph(out, class, ...) out[#out + 1] = ('<p class="%s">%s</p>'):format(class, e(fill(...))) end

-- What is not in the figures, before anybody believes them.
local SHOWN = 20
local function troubles(account, say)
  local out = {}
  for _, run in ipairs(account.stuck) do paragraph(out, "bad", say.stuck, run.count, run.pathway or "", run.name, run.cause) end
  if #account.rejects > 0 then paragraph(out, "bad", say.rejects, #account.rejects) end
  for i, bad in ipairs(account.rejects) do
    if i > SHOWN then paragraph(out, "note", say.more, #account.rejects - SHOWN) break end
    paragraph(out, "note", say.reject, bad.line, bad.column ~= "" and say.comma .. bad.column or "", bad.reason)
  end
  if #account.refused > 0 then paragraph(out, "bad", say.refused, #account.refused) end
  for i, refused in ipairs(account.refused) do
    if i > SHOWN then break end
    paragraph(out, "note", "%s %s: %s", refused.mrn, refused.kind, refused.reason)
  end
  if account.left_out then paragraph(out, "note", say.others, account.left_out) end
  for _, way in ipairs(account.empty) do paragraph(out, "bad", say.empty, way.title or way.pathway) end
  return table.concat(out)
end

return function(account, lang)
  local say = words[lang]
  local head = e(say.title:format(account.title))
  local out = { ('<!DOCTYPE html><html lang="%s"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'):format(say.lang),
    ("<title>%s</title><style>%s</style></head><body>"):format(head, STYLE),
    ("<h1>%s</h1><p>%s%s</p>"):format(head, e(say.period:format(account.from, account.till)), account.invented and " " .. e(say.invented) or ""),
    troubles(account, say), summary(account, say),
    draw(account, say, "channels", say.by_channel, say.unit), draw(account, say, "roles", say.by_role, say.unit_tasks), roles(account, say),
    draw(account, say, "alerts", say.by_level, say.unit_alerts), alerts(account, say),
    ("<h2>%s</h2>"):format(e(say.contents)) }
  for _, kind in ipairs(account.kinds) do out[#out + 1] = kind_section(account, say, kind) end
  out[#out + 1] = ("<footer>%s afterward sim %s</footer></body></html>\n"):format(e(fill(say.foot, account.totals.patients, account.seed)),
    e(account.department))
  return table.concat(out, "\n")
end
