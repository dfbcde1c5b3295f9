-- A simulation's account as text for a terminal.
local report = {}

local WORDS = { ask = "问", remind = "催", send = "发", task = "任务", alert = "预警" }

local function width(text)
  local cells = 0
  for _, code in utf8.codes(text) do cells = cells + (code >= 0x2E80 and 2 or 1) end
  return cells
end

-- Rows of cells as lines; numbers stand to the right.
function report.table(head, rows)
  local widest = {}
  for _, row in ipairs { head, table.unpack(rows) } do
    for i, cell in ipairs(row) do widest[i] = math.max(widest[i] or 0, width(tostring(cell))) end
  end
  local lines = {}
  for _, row in ipairs { head, table.unpack(rows) } do
    local cells = {}
    for i, cell in ipairs(row) do
      local text = tostring(cell)
      local space = (" "):rep(widest[i] - width(text))
      local number = row ~= head and text:find "^[%d.%-]+%%?$" or row == head and rows[1] and tostring(rows[1][i]):find "^[%d.%-]+%%?$"
      cells[i] = number and space .. text or text .. space
    end
    lines[#lines + 1] = (table.concat(cells, "  "):gsub("%s+$", ""))
  end
  return table.concat(lines, "\n")
end

local function share(part, whole) return whole > 0 and ("%.0f%%"):format(part * 100 / whole) or "-" end
report.share = share

local function span(first, last)
  if math.floor(first) == math.floor(last) then return ("第%d天"):format(math.floor(first)) end
  return ("第%d–%d天"):format(math.floor(first), math.floor(last))
end
report.span = span

function report.name_of(kind) return kind.pathway .. (kind.tier ~= "" and " · " .. kind.tier or "") end

-- What one kind of patient gets: per hundred patients, so that rare things are seen.
function report.got(kind)
  local rows = {}
  for i, row in ipairs(kind.got) do
    rows[i] = { WORDS[row.what] or row.what, row.name, row.to, ("%.1f"):format(row.count / kind.patients),
      share(row.patients, kind.patients), span(row.first, row.last) }
  end
  return rows
end
report.got_head = { "", "NAME", "TO", "A PATIENT", "PATIENTS", "DAYS AFTER" }

local function day_rows(account)
  local names, head, rows = account.names, { "DAY" }, {}
  local parts = { { "channels", "" }, { "roles", "tasks " }, { "alerts", "alerts " } }
  for _, part in ipairs(parts) do
    for _, name in ipairs(names[part[1]]) do head[#head + 1] = part[2] .. name end
  end
  for _, day in ipairs(account.days) do
    local row, any = { day.date }, false
    for _, part in ipairs(parts) do
      for _, name in ipairs(names[part[1]]) do
        row[#row + 1], any = day[part[1]][name] or 0, any or day[part[1]][name]
      end
    end
    if any then rows[#rows + 1] = row end
  end
  return head, rows
end

local function alert_rows(account)
  local rows = {}
  for i, row in ipairs(account.alerts) do
    rows[i] = { row.name, row.level, row.count, row.patients, row.seen_minutes and ("%.0f"):format(row.seen_minutes) or "-", row.pages,
      row.open }
  end
  return rows
end

function report.text(account)
  local t, out = account.totals, {}
  local function put(format, ...) out[#out + 1] = format:format(...) end
  put("%s, %s to %s: %d patients, %d enrolled", account.department, account.from, account.till, t.patients, t.enrolled)
  put("%d messages, %d answered by patients and families, %d by staff; %d tasks, %d alerts; %d runs, %d stuck", t.messages, t.answers,
    t.answers_by_staff, t.tasks, t.alerts, t.runs, t.stuck)
  for _, kind in ipairs(account.kinds) do
    put("\n%s: %d patients; %d questions, %s answered by themselves, %s with staff", report.name_of(kind), kind.patients, kind.asked,
      share(kind.answered, kind.asked), share(kind.answered + kind.by_staff, kind.asked))
    put("%s", report.table(report.got_head, report.got(kind)))
  end
  local head, rows = day_rows(account)
  put("\nA day: texts by channel, tasks by post, alerts by level")
  put("%s", report.table(head, rows))
  if #account.alerts > 0 then
    put("\nAlerts")
    put("%s", report.table({ "NAME", "LEVEL", "ALERTS", "PATIENTS", "SEEN AFTER min", "PAGES", "STILL OPEN" }, alert_rows(account)))
  end
  return table.concat(out, "\n")
end

return report
