-- A backtest as text for a terminal.
local sim = require "afterward.sim"
local report = require "report"

local backtest = {}

local WHY = { never = "was not asked then", person = "somebody else was asked then", unheard = "reached nobody then",
  item = "the item is new", refused = "what was said then does not fit" }
local MANY = 8 -- patients that are named of a row

local function span(ms)
  if not ms then return "-" end
  local minutes = ms / 60000 -- before an appointment, less than nothing
  if math.abs(minutes) < 120 then return ("%.0f min"):format(minutes) end
  if math.abs(minutes) < 2880 then return ("%.1f h"):format(minutes / 60) end
  return ("%.1f d"):format(minutes / 1440)
end

local function list(patients)
  local shown = table.concat(patients, " ", 1, math.min(MANY, #patients))
  return #patients > MANY and ("%s and %d more"):format(shown, #patients - MANY) or shown
end

local function change(counts) return ("+%d -%d ~%d"):format(counts.added, counts.dropped, counts.moved) end

local function pathways(out)
  local rows = {}
  for i, p in ipairs(out.pathways) do
    rows[i] = { p.department, p.pathway, p.enrollments, p.identical, change(p.messages), change(p.tasks), change(p.alerts), p.unanswerable }
  end
  return report.table({ "DEPARTMENT", "PATHWAY", "ENROLLMENTS", "IDENTICAL", "MESSAGES", "TASKS", "ALERTS", "UNANSWERABLE" }, rows)
end

local function both(before, after) return before == after and before or before .. " → " .. after end

local function rules(p)
  local rows = {}
  for i, r in ipairs(p.rules) do
    local was, is = r.first_before or {}, r.first_after or {}
    rows[i] = { r.rule, ("%d → %d"):format(r.before, r.after), r.gained, r.lost, r.earlier, r.later, r.level_changed,
      both(span(was.median), span(is.median)), both(span(was.worst), span(is.worst)) }
  end
  return report.table({ "RULE", "ALERTS", "GAINED", "LOST", "EARLIER", "LATER", "OTHER LEVEL", "FIRST AFTER, MEDIAN", "WORST" }, rows)
end

local function patients_of(p, put)
  for _, r in ipairs(p.rules) do
    if #r.gained_by > 0 then put("  %s gained: %s", r.rule, list(r.gained_by)) end
    if #r.lost_by > 0 then put("  %s lost: %s", r.rule, list(r.lost_by)) end
  end
end

local function steps(p)
  local rows = {}
  for _, s in ipairs(p.steps) do
    if s.added + s.dropped + s.moved > 0 then
      rows[#rows + 1] = { s.step, s.what .. " " .. s.name, s.to, s.same, s.added, s.dropped, s.moved }
    end
  end
  return #rows > 0 and report.table({ "STEP", "WHAT", "TO", "AS THEN", "ADDED", "DROPPED", "MOVED" }, rows)
end

local function unanswerable(out)
  local rows = {}
  for i, u in ipairs(out.unanswerable) do
    rows[i] = { u.pathway, u.what .. " " .. u.name, u.count, #u.patients, WHY[u.why] .. (u.detail and ": " .. u.detail or "") }
  end
  return report.table({ "PATHWAY", "WHAT", "TIMES", "PATIENTS", "WHY" }, rows)
end

local function moment(zone, ms) return ms and sim.iso(ms, zone):sub(1, 16) or "-" end

local function details(out, put)
  for _, one in ipairs(out.details) do
    local rows = {}
    for i, d in ipairs(one.differences) do
      local level = d.item.level and (d.level_before and d.level_before ~= d.item.level and d.level_before .. " → " or "") .. d.item.level
      rows[i] = { d.how, d.what, d.item.step or "", (d.item.kind and d.item.kind .. " " or "") .. d.item.name, d.item.to or level or "",
        d.before and moment(out.zone, d.before) or "-", d.after and moment(out.zone, d.after) or "-",
        d.why and WHY[d.why] .. (d.detail and ": " .. d.detail or "") or "" }
    end
    put("\n%s of %s on %s%s", one.enrollment, one.patient, one.pathway, one.enrolled and "" or ": would not be enrolled")
    put("%s", report.table({ "HOW", "WHAT", "STEP", "NAME", "TO, LEVEL", "THEN", "NOW", "" }, rows))
  end
end

local function head(out)
  local number = 0
  for _, p in ipairs(out.pathways) do number = number + p.enrollments end
  return ("%d enrollments closed from %s to %s, lived again under %s"):format(number, out.from, out.to, out.scripts)
end

function backtest.text(out, with_details)
  local lines = {}
  local function put(format, ...) lines[#lines + 1] = format:format(...) end
  if #out.pathways == 0 then
    return ("No enrollment%s%s was closed from %s to %s."):format(out.pathway and " on " .. out.pathway or "",
      out.department and " of " .. out.department or "", out.from, out.to)
  end
  put("%s", head(out))
  put("%s", pathways(out))
  put("+ would come, - would not, ~ at another time; what is less than 15 minutes away counts as the same")
  for _, p in ipairs(out.pathways) do
    if p.not_enrolled > 0 then put("\n%s: %d of %d would not be enrolled", p.pathway, p.not_enrolled, p.enrollments) end
    if #p.rules > 0 then
      put("\n%s: alerts by rule", p.pathway)
      put("%s", rules(p))
      patients_of(p, put)
    end
    local table_of_steps = steps(p)
    if table_of_steps then
      put("\n%s: what else would differ, by step", p.pathway)
      put("%s", table_of_steps)
    end
  end
  if #out.new > 0 then
    local by, words = {}, {}
    for _, row in ipairs(out.new) do by[row.pathway] = (by[row.pathway] or 0) + 1 end
    for id, count in pairs(by) do words[#words + 1] = ("%s %d"):format(id, count) end
    table.sort(words)
    put("\nWould be enrolled besides: %s", table.concat(words, ", "))
  end
  if #out.unanswerable > 0 then
    put("\nUnanswerable: nobody was asked that then, so it is played as silence")
    put("%s", unanswerable(out))
  end
  if #out.refused > 0 then put("\n%d events could not be played again; --json lists them", #out.refused) end
  if with_details then details(out, put) end
  return table.concat(lines, "\n")
end

return backtest
