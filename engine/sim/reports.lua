-- afterward report feedback --month 2026-10: figures of a month, for those who answer for them.
local period = require "period"
local tables = require "tables"

local REPORTS = { feedback = { "feedback_report", "Feedback · 意见与投诉" } }

return function(given)
  local o, kind = given.options, REPORTS[given.words[1]]
  if not kind then error { usage = "there is a report of feedback: afterward report feedback --month 2026-10" } end
  local from, to = period.month(o.month)
  local report, list, found = require(kind[1]).ask(given.host, from, to, o.department)
  if not report then return list end
  return tables.show(o, given.host, report, kind[2], ("%s – %s"):format(from, to), list, found)
end
