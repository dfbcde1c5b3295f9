-- A simulation's account as one HTML file: charts and tables, Chinese, opens offline, prints well.
local chart = require "chart"
local report = require "report"
local words = require "words"
local e = chart.escape

local STYLE = [[body{font:15px/1.6 "Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif;color:#222;max-width:1000px;
margin:1.5em auto;padding:0 1em}h1{font-size:1.5em;margin:0}h2{font-size:1.15em;margin:1.6em 0 .3em;border-bottom:2px solid #1f6f8b}
table{border-collapse:collapse;width:100%;margin:.4em 0}th,td{padding:.2em .6em;text-align:left;border-bottom:1px solid #ddd}
td.r,th.r{text-align:right;font-variant-numeric:tabular-nums}svg{width:100%;height:auto}.g{stroke:#ddd}.n{font-size:12px;fill:#555;
text-anchor:end}.d{font-size:12px;fill:#555}.legend span{margin-right:1.4em}.legend i{display:inline-block;width:.9em;height:.9em;
margin-right:.4em;vertical-align:-1px;-webkit-print-color-adjust:exact;print-color-adjust:exact}.sum{display:flex;flex-wrap:wrap;
gap:.6em;margin:1em 0}.sum div{flex:1 1 8em;border:1px solid #ccc;border-radius:6px;padding:.4em .8em}.sum b{display:block;font-size:1.5em}
.bad{color:#a00}footer{color:#666;margin-top:2em;font-size:.9em}section{break-inside:avoid}svg rect{print-color-adjust:exact;
-webkit-print-color-adjust:exact}@media print{body{max-width:none;margin:0;font-size:11pt}@page{size:A4;margin:14mm}}]]

local function row(cells, tag)
  local out = {}
  for i, cell in ipairs(cells) do
    local right = tostring(cell):find "^[%d.%-]+%%?$" or type(cell) == "table"
    out[i] = ("<%s%s>%s</%s>"):format(tag, right and ' class="r"' or "", e(type(cell) == "table" and cell[1] or cell), tag)
  end
  return "<tr>" .. table.concat(out) .. "</tr>"
end

local function htable(head, rows)
  local out = { "<table><thead>", row(head, "th"), "</thead><tbody>" }
  for _, cells in ipairs(rows) do out[#out + 1] = row(cells, "td") end
  return table.concat(out) .. "</tbody></table>"
end

local function summary(account)
  local t, out = account.totals, {}
  for _, item in ipairs { { "患者", t.patients }, { "入组", t.enrolled }, { "消息", t.messages }, { "本人或家属填答", t.answers },
    { "电话随访填答", t.answers_by_staff }, { "待办任务", t.tasks }, { "预警", t.alerts } } do
    out[#out + 1] = ("<div>%s<b>%d</b></div>"):format(item[1], item[2])
  end
  return '<div class="sum">' .. table.concat(out) .. "</div>"
end

local function days_of(account, part)
  local out = {}
  for i, day in ipairs(account.days) do out[i] = { date = day.date, values = day[part] } end
  return out
end

local function draw(account, title, part)
  if #account.names[part] == 0 then return "" end
  return ("<section><h2>%s</h2>%s</section>"):format(title, chart.bars(days_of(account, part), account.names[part], words))
end

local function title_of(account, kind)
  local title = account.titles and account.titles[kind.pathway]
  return (title or kind.pathway) .. (kind.tier ~= "" and " · " .. (words[kind.tier] or kind.tier) or "")
end

local function kind_section(account, kind)
  local rows = {}
  for i, got in ipairs(kind.got) do
    rows[i] = { words[got.what] or got.what, (account.titles and account.titles[got.name]) or got.name, words[got.to] or got.to,
      ("%.1f"):format(got.count / kind.patients), report.share(got.patients, kind.patients), report.span(got.first, got.last) }
  end
  return ("<section><h2>%s:%d 人</h2><p>提问 %d 次;本人或家属填答 %s,连同电话随访共 %s。</p>%s</section>"):format(
    e(title_of(account, kind)), kind.patients, kind.asked, report.share(kind.answered, kind.asked),
    report.share(kind.answered + kind.by_staff, kind.asked),
    htable({ "", "内容", "对象", { "人均次数" }, { "涉及患者" }, "出院后" }, rows))
end

local function alerts(account)
  local rows = {}
  for i, a in ipairs(account.alerts) do
    rows[i] = { (account.titles and account.titles[a.name]) or a.name, words[a.level] or a.level, a.count, a.patients,
      a.seen_minutes and ("%.0f"):format(a.seen_minutes) or "-", a.pages, a.open }
  end
  if #rows == 0 then return "<h2>预警</h2><p>没有。</p>" end
  return "<section><h2>预警</h2>" .. htable({ "名称", "级别", { "次数" }, { "患者" }, { "确认用时(分钟)" }, { "呼叫次数" }, { "未关闭" } },
    rows) .. "</section>"
end

local function roles(account)
  local rows = {}
  for i, name in ipairs(account.names.roles) do
    local sum, most, on = 0, 0, "-"
    for _, day in ipairs(account.days) do
      local value = day.roles[name] or 0
      sum = sum + value
      if value > most then most, on = value, day.date end
    end
    rows[i] = { words[name] or name, sum, ("%.1f"):format(sum / #account.days), most, on }
  end
  return #rows > 0 and htable({ "岗位", { "任务" }, { "日均" }, { "最多一天" }, "日期" }, rows) or ""
end

local function stuck(account)
  local out = {}
  for i, run in ipairs(account.stuck or {}) do
    out[i] = ('<p class="bad">卡住 %d 次:%s %s:%s</p>'):format(run.count, e(run.pathway or ""), e(run.name), e(run.cause))
  end
  return table.concat(out)
end

return function(account)
  local out = { '<!DOCTYPE html><html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
    ("<title>随访模拟:%s</title><style>%s</style></head><body>"):format(e(account.title), STYLE),
    ("<h1>随访模拟:%s</h1><p>%s 至 %s。虚拟时间推演,没有发送任何消息。</p>"):format(e(account.title), account.from, account.till),
    stuck(account), summary(account),
    draw(account, "每日消息(按渠道)", "channels"), draw(account, "每日新增任务(按岗位)", "roles"), roles(account),
    draw(account, "每日预警(按级别)", "alerts"), alerts(account) }
  for _, kind in ipairs(account.kinds) do out[#out + 1] = kind_section(account, kind) end
  out[#out + 1] = ("<footer>%d 名患者,种子 %d。应答与电话结果来自应答模型,不是预测。afterward sim %s</footer></body></html>\n"):format(
    account.totals.patients, account.seed, e(account.department))
  return table.concat(out, "\n")
end
