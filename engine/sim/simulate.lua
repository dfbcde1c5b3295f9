-- afterward sim DEPARTMENT: a cohort through a department's scripts.
local sim = require "afterward.sim"
local player = require "player"
local tally = require "tally"
local report = require "report"
local progress = require "progress"

local ZONE, DAYS_MOST = "Asia/Shanghai", 3660
local SHOWN = 10 -- bad rows that are told one by one

local function whole(options, name, otherwise, least, most)
  local text = options[name]
  if not text then return otherwise end
  local number = math.tointeger(tonumber(text))
  if not number or number < least or number > most then
    error { usage = ("--%s takes a whole number from %d to %d, not \"%s\""):format(name, least, most, text) }
  end
  return number
end

-- The events of the department, in time order, with their moments; rows of others are counted by department.
local function cohort(host, o, department)
  local ok, events, bad = pcall(host.cohort, o.patients, o.map)
  if not ok then error { text = events } end
  local list, others = {}, {}
  for _, event in ipairs(events) do
    local its = event.department or department
    if its ~= department then
      others[its] = (others[its] or 0) + 1
    else
      list[#list + 1] = { at = sim.parse_time(event.at, ZONE), event = event, order = #list }
    end
  end
  table.sort(list, function(a, b) if a.at ~= b.at then return a.at < b.at end return a.order < b.order end)
  return list, bad, others
end

local function tell_bad(bad, others)
  for i, row in ipairs(bad) do
    if i > SHOWN then io.stderr:write(("and %d bad rows more\n"):format(#bad - SHOWN)) break end
    io.stderr:write(("line %d%s: %s\n"):format(row.line, row.column ~= "" and ", " .. row.column or "", row.reason))
  end
  for name, count in pairs(others) do io.stderr:write(("%d rows of %s are left out\n"):format(count, name)) end
end

local function write(path, text)
  local file, why = io.open(path, "wb")
  if not file or not file:write(text) or not file:close() then error { text = why or path .. " can't be written" } end
end

local function load_model(host, file, seed)
  local ok, model = pcall(host.model, file, seed)
  if not ok then error { text = model } end
  return model
end

local function play(host, o, list, department, days, seed)
  local from, till = list[1].at, list[#list].at + days * player.DAY
  local world = player.new { at = from - player.HOUR, zone = ZONE, model = load_model(host, o.answers, seed) }
  world:load(o.scripts, department)
  for _, item in ipairs(list) do world:expect(item.at, item.event) end
  local bar <close> = progress.bar(host, "playing", from, till)
  world:run(till, function(now) bar:show(now) end)
  return world, from, till
end

return function(given)
  local host, o, department = given.host, given.options, given.words[1]
  if not o.patients then error { usage = "--patients is missing: the cohort, a discharge list" } end
  local missing = host.department(department)
  if missing then return missing end
  local days, seed = whole(o, "days", 90, 1, DAYS_MOST), whole(o, "seed", 1, 0, 1 << 31)
  local began = host.steady_ms()
  local list, bad, others = cohort(host, o, department)
  tell_bad(bad, others)
  if #list == 0 then error { text = ("%s has no patient of %s that can be played"):format(o.patients, department) } end
  local world, from, till = play(host, o, list, department, days, seed)
  local account = tally.of(world.core, ZONE, from, till)
  account.titles, account.seed = tally.titles(world.core, department), seed
  account.title = account.titles[department] or department
  account.department, account.bad_rows, account.refused = department, #bad, #world.refused
  account.from, account.till = account.days[1].date, account.days[#account.days].date
  account.stuck = world.core:query "SELECT pathway, name, cause, count(*) AS i_count FROM run WHERE status='stuck' GROUP BY 1,2,3"
  account.seconds = (host.steady_ms() - began) / 1000
  if o.html then write(o.html, require "page"(account)) end
  print(o.json and host.json(account) or report.text(account))
  for _, row in ipairs(world.refused) do
    io.stderr:write(("refused: %s of %s: %s\n"):format(row.event.kind, row.event.patient.mrn, row.reason))
  end
  for _, run in ipairs(account.stuck) do
    io.stderr:write(("stuck: %s %s, %d runs: %s\n"):format(run.pathway or "", run.name, run.count, run.cause))
  end
  if not o.json then io.stderr:write(("%d patients, %d days, %.1f s\n"):format(#list, days, account.seconds)) end
  return #account.stuck > 0 and 1 or 0
end
