-- afterward report feedback|follow-up|cockpit: figures of a month or a week, for those who answer for them.
local period = require "period"
local tables = require "tables"

local REPORTS = { feedback = { "feedback_report", "Feedback · 意见与投诉" }, ["follow-up"] = { "follow_up_report", "Follow-up · 随访" } }

local function days(o)
  if o.month and o.week or (o.from or o.to) and (o.month or o.week) then error { usage = "--month, --week, or --from with --to" } end
  if o.from or o.to then return period.days(o.from, o.to) end
  if o.week then return period.week(o.week) end
  return period.month(o.month)
end

-- Both in one: what a head of department looks at on Monday.
local function cockpit(o, host, from, to)
  local all, found, reports = {}, {}, {}
  for _, name in ipairs { "follow-up", "feedback" } do
    local report, list, sentences = require(REPORTS[name][1]).ask(host, from, to, o)
    if not report then return list end
    reports[name] = report
    table.move(list, 1, #list, #all + 1, all)
    table.move(sentences, 1, #sentences, #found + 1, found)
  end
  return tables.show(o, host, reports, "Weekly cockpit · 每周驾驶舱", ("%s – %s"):format(from, to), all, found)
end

return function(given)
  local o, word = given.options, given.words[1]
  local kind = REPORTS[word]
  if not kind and word ~= "cockpit" then error { usage = "reports are feedback, follow-up and cockpit" } end
  if word == "cockpit" and not (o.week or o.month or o.from) then error { usage = "cockpit takes a week: --week 2026-W47" } end
  local from, to = days(o)
  if word == "cockpit" then return cockpit(o, given.host, from, to) end
  local report, list, found = require(kind[1]).ask(given.host, from, to, o)
  if not report then return list end
  return tables.show(o, given.host, report, kind[2], ("%s – %s"):format(from, to), list, found)
end
