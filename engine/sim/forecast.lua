-- afterward forecast [DEPARTMENT]: what the daemon expects of the coming weeks.
local report = require "report"

local function number(value) return ("%.1f"):format(value) end

local function show(department)
  local rows, unknown = {}, {}
  for _, day in ipairs(department.days) do
    if day.steps + day.sends + day.tasks + day.calls > 0 then
      rows[#rows + 1] = { day.day, number(day.steps), number(day.sends), number(day.tasks), number(day.calls) }
    end
  end
  for _, step in ipairs(department.steps) do
    if step.planned > 0 and step.basis == "none" then unknown[#unknown + 1] = ("%s %s (%d)"):format(step.pathway, step.step, step.planned) end
  end
  print("\n" .. department.department)
  print(#rows > 0 and report.table({ "DAY", "STEPS", "SENDS", "TASKS", "CALLS" }, rows) or "Nothing is planned.")
  if #unknown > 0 then
    print("Without history yet, counted as steps alone (afterward sim shows what they would lead to): " .. table.concat(unknown, ", "))
  end
end

return function(given)
  local path = "/api/v1/forecast?weeks=" .. given.host.escape(given.options.weeks or "4")
  if given.words[1] then path = path .. "&department=" .. given.host.escape(given.words[1]) end
  local answer, code = given.host.ask(path)
  if not answer then return code end
  if given.options.json then print(given.host.json(answer)) return 0 end
  if #answer.departments == 0 then print "Nobody is enrolled and nothing has been done yet." end
  for _, department in ipairs(answer.departments) do show(department) end
  return 0
end
