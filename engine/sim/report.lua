-- A simulation's account as text for a terminal.
local report = {}

local words = require "words"
local fill = words.fill

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

-- Days counted from the pathway's anchor; before it, too.
function report.span(say, first, last)
  local function at(day) return (day < 0 and say.before or say.at):format(math.abs(day)) end
  first, last = math.floor(first), math.floor(last)
  return first == last and at(first) or at(first) .. "–" .. at(last)
end

-- What one kind of patient gets, by each one: rows of what, name, to, times a patient, share of the patients, when. Given
-- name(row): what stands for the name.
function report.got(kind, say, name)
  local rows = {}
  for i, row in ipairs(kind.got) do
    rows[i] = { say.names[row.what] or row.what, name(row), say.names[row.to] or row.to, ("%.1f"):format(row.count / kind.patients),
      share(row.patients, kind.patients), report.span(say, row.first, row.last) }
  end
  return rows
end

-- Levels by how much they hurry, then whatever else a department has.
local RANK = { emergency = 1, urgent = 2, soon = 3 }
function report.levels(names)
  local out = table.move(names, 1, #names, 1, {})
  table.sort(out, function(a, b)
    if (RANK[a] or 9) ~= (RANK[b] or 9) then return (RANK[a] or 9) < (RANK[b] or 9) end
    return a < b
  end)
  return out
end

function report.alert_rows(account, say, name)
  local rows = {}
  for i, row in ipairs(account.alerts) do
    rows[i] = { name(row), say.names[row.level] or row.level, row.count, row.patients,
      row.seen_minutes and ("%.0f"):format(row.seen_minutes) or "-", row.pages, row.open }
  end
  return rows
end

local function day_rows(account, say)
  local names, head, rows = account.names, { say.date }, {}
  local parts = { { "channels", "%s", names.channels }, { "roles", say.tasks_of, names.roles },
    { "alerts", say.alerts_of, report.levels(names.alerts) } }
  for _, part in ipairs(parts) do
    for _, name in ipairs(part[3]) do head[#head + 1] = part[2]:format(say.names[name] or name) end
  end
  for _, day in ipairs(account.days) do
    local row, any = { day.date }, false
    for _, part in ipairs(parts) do
      for _, name in ipairs(part[3]) do
        row[#row + 1], any = day[part[1]][name] or 0, any or day[part[1]][name]
      end
    end
    if any then rows[#rows + 1] = row end
  end
  return head, rows
end

local function id(row) return row.name end

-- For a script's author: what is named goes by its id.
function report.text(account, lang)
  local say, t, out = words[lang], account.totals, {}
  local function put(...) out[#out + 1] = fill(...) end
  local got_head, alert_head = table.move(say.got, 1, 6, 1, {}), table.move(say.alert_head, 1, 7, 1, {})
  got_head[2] = say.got_name
  put(say.line, account.department, account.from, account.till, t.patients, t.enrolled)
  put(say.line_work, t.messages, t.answers, t.answers_by_staff, t.tasks, t.alerts, t.runs, t.stuck)
  if account.invented then put("%s", say.invented) end
  for _, kind in ipairs(account.kinds) do
    local name = kind.pathway .. (kind.tier ~= "" and " · " .. kind.tier or "")
    put("\n%s%s%s", fill(say.kind, name, kind.patients), lang == "zh" and "；" or "; ", fill(say.kind_work, kind.asked,
      share(kind.answered, kind.asked), share(kind.answered + kind.by_staff, kind.asked)))
    put("%s", report.table(got_head, report.got(kind, say, id)))
  end
  local head, rows = day_rows(account, say)
  put("\n%s", say.each_day)
  put("%s", report.table(head, rows))
  if #account.alerts > 0 then
    put("\n%s", say.alerts)
    put("%s", report.table(alert_head, report.alert_rows(account, say, id)))
  end
  return table.concat(out, "\n")
end

return report
