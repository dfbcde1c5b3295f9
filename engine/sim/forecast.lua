-- afterward forecast [DEPARTMENT]: what the daemon expects of the coming weeks; what no run has shown yet is played.
local sim = require "afterward.sim"
local report = require "report"
local foresee = require "foresee"
local progress = require "progress"

local WHAT = { "sends", "tasks", "calls" }

local function number(value) return ("%.1f"):format(value) end

-- pathway → set of the steps that are to come and have no history.
local function unknown(department)
  local out = {}
  for _, step in ipairs(department.steps) do
    local live = step.planned
    for _, runs in ipairs(step.under_way or {}) do live = live + runs end
    if step.basis == "none" and live > 0 then
      out[step.pathway] = out[step.pathway] or {}
      out[step.pathway][step.step] = step
    end
  end
  return out
end

local function total(lags)
  local all = 0
  for _, n in pairs(lags) do all = all + n end
  return all
end

-- Adds to the days what the step brings by its simulation, as care/forecast.c does by what was.
local function add(days, step, seen)
  step.basis, step.runs = "simulation", seen.runs
  for _, what in ipairs(WHAT) do
    step[what .. "_each"] = math.floor(total(seen[what]) / seen.runs * 100 + 0.5) / 100
    for i, day in ipairs(days) do
      local expected = 0
      for lag, n in pairs(seen[what]) do
        local begun = lag < i and step.by_day[i - lag] or 0
        if i > 1 and lag >= i - 1 then begun = begun + step.under_way[lag - i + 2] end
        expected = expected + begun * n / seen.runs
      end
      day.simulated[what] = day.simulated[what] + expected
    end
  end
end

local function load_model(given)
  local ok, model = pcall(given.host.model, given.options.answers, 1)
  if not ok then error { text = model } end
  return model
end

-- What is left without a basis is told with its reason.
local function play(given, department, at)
  local host, o = given.host, given.options
  for _, day in ipairs(department.days) do day.simulated = { sends = 0.0, tasks = 0.0, calls = 0.0 } end
  for pathway, steps in pairs(unknown(department)) do
    local bar <close> = progress.bar(host, "playing " .. pathway, 0, 1)
    local seen, why = foresee.pathway(department.department, pathway, steps,
      { scripts = o.scripts, at = at, model = load_model(given) }, function(share) bar:show(share) end)
    for name, step in pairs(steps) do
      if seen and seen[name] then add(department.days, step, seen[name]) end
      if not (seen and seen[name]) then step.why = why or "no made-up patient came to it in ten years" end
    end
  end
  for _, day in ipairs(department.days) do
    for _, what in ipairs(WHAT) do
      day.simulated[what] = math.floor(day.simulated[what] * 100 + 0.5) / 100
      day[what] = day[what] + day.simulated[what]
    end
  end
end

local function list(department, basis, line)
  local out = {}
  for _, step in ipairs(department.steps) do
    if step.planned > 0 and step.basis == basis then out[#out + 1] = "  " .. line(step) end
  end
  return table.concat(out, "\n")
end

local function say(sentence, lines) if lines ~= "" then print(sentence .. "\n" .. lines) end end

local function show_basis(department)
  say("Of these from a simulation, because nobody has been through the step yet:", list(department, "simulation", function(step)
    return ("%s %s (%d): each %s sends, %s tasks, %s calls"):format(step.pathway, step.step, step.planned, number(step.sends_each),
      number(step.tasks_each), number(step.calls_each))
  end))
  say("Counted as steps alone:", list(department, "none", function(step)
    return ("%s %s (%d): %s"):format(step.pathway, step.step, step.planned, step.why or "nobody has been through it yet")
  end))
  local lines = {}
  for i, one in ipairs(department.not_counted) do
    lines[i] = ("  %s %s%s%s"):format(one.kind, one.pathway and one.pathway .. " " or "", one.id,
      one.began and (": began %d times in the last 4 weeks"):format(one.began) or "")
  end
  say("Not counted, because no schedule says when or for whom:", table.concat(lines, "\n"))
end

local function show(department)
  local rows, simulated = {}, false
  for _, day in ipairs(department.days) do
    local played = day.simulated.sends + day.simulated.tasks + day.simulated.calls > 0
    simulated = simulated or played
    if day.steps + day.sends + day.tasks + day.calls > 0 then
      rows[#rows + 1] = { day.day, number(day.steps), number(day.sends), number(day.tasks), number(day.calls),
        played and ("%s/%s/%s"):format(number(day.simulated.sends), number(day.simulated.tasks), number(day.simulated.calls)) or "" }
    end
  end
  print("\n" .. department.department)
  print(#rows > 0 and report.table({ "DAY", "STEPS", "SENDS", "TASKS", "CALLS", simulated and "SIMULATED" or "" }, rows)
    or "Nothing is planned.")
  show_basis(department)
end

return function(given)
  local path = "/api/v1/forecast?weeks=" .. given.host.escape(given.options.weeks or "4")
  if given.words[1] then path = path .. "&department=" .. given.host.escape(given.words[1]) end
  local answer, code = given.host.ask(path)
  if not answer then return code end
  local at = sim.parse_time(answer.at, "Asia/Shanghai")
  for _, department in ipairs(answer.departments) do play(given, department, at) end
  if given.options.json then print(given.host.json(answer)) return 0 end
  if #answer.departments == 0 then print "Nobody is enrolled and nothing has been done yet." end
  for _, department in ipairs(answer.departments) do show(department) end
  return 0
end
