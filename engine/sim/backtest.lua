-- afterward backtest [DEPARTMENT]: closed enrollments of a period through other scripts.
local sim = require "afterward.sim"
local past = require "past"
local relive = require "relive"
local differ = require "differ"
local account = require "backtest_account"
local report = require "backtest_report"
local progress = require "progress"

local SCRIPTS, DAY = "/usr/share/afterward/scripts", 86400000

-- A day as a query's moment; the end of a period is the beginning of the day after.
local function day(options, name, days)
  local text = options[name]
  if not text then error { usage = ("--%s is missing: a day, such as 2026-03-01"):format(name) } end
  local ok, at = pcall(sim.parse_time, text, "UTC")
  if not text:find "^%d%d%d%d%-%d%d%-%d%d$" or not ok then
    error { usage = ("--%s takes a day such as 2026-03-01, not \"%s\""):format(name, text) }
  end
  return sim.iso(at + days * DAY, "UTC"):sub(1, 10)
end

-- Closed enrollments of the period, or nil and the exit code.
local function closed(host, o, department)
  local from, to = day(o, "from", 0), day(o, "to", 1)
  if from >= to then error { usage = ("--from %s lies behind --to %s"):format(o.from, o.to) } end
  local query, list, after = ("?limit=200&from=%s&to=%s"):format(from, to), {}, ""
  if department then query = query .. "&department=" .. host.escape(department) end
  if o.pathway then query = query .. "&pathway=" .. host.escape(o.pathway) end
  while after do
    local page, code = host.ask("/api/v1/enrollments/closed" .. query .. after)
    if not page then return nil, code end
    table.move(page.items, 1, #page.items, #list + 1, list)
    after = page.next and "&after=" .. page.next
  end
  return list
end

-- By patient and department: one life is played once.
local function lives(list)
  local out, by = {}, {}
  for _, row in ipairs(list) do
    local key = row.department .. " " .. row.patient
    if not by[key] then
      by[key] = { department = row.department, patient = row.patient, wanted = {} }
      out[#out + 1] = by[key]
    end
    by[key].wanted[row.id] = true
  end
  return out
end

local function bounds(life, story)
  local from, till = math.maxinteger, 0
  for _, enrollment in ipairs(story.enrollments) do
    if life.wanted[enrollment.id] then
      from, till = math.min(from, enrollment.enrolled_at), math.max(till, enrollment.ended_at)
    end
  end
  return from, till
end

local function play(life, history, scripts, known)
  local story = past.new(history)
  local from, till = bounds(life, story)
  local world = relive.new(story, from, { scripts = scripts, department = life.department, known = known })
  world:play(till, history.now)
  return world, story
end

-- Those of now that began since, and the one of then that each of them is.
local function enrollments(world)
  local of_then, new = {}, {}
  for _, row in ipairs(world.core:query "SELECT id AS i_id, pathway, enrolled_at AS i_at, anchor_at AS i_anchor FROM enrollment ORDER BY id") do
    local known = world:enrollment_then(row.id)
    if known then of_then[known.id] = row else new[#new + 1] = row end
  end
  return of_then, new
end

local function compare(life, world, story, out)
  local of_then, new = enrollments(world)
  for _, enrollment in ipairs(story.enrollments) do
    if life.wanted[enrollment.id] then
      local now = of_then[enrollment.id]
      local before = differ.before(story, enrollment)
      local after = now and differ.after(world, now.id) or { messages = {}, tasks = {}, alerts = {} }
      account.add(out, { patient = life.patient, enrollment = enrollment, department = life.department, now = now, before = before,
        after = after, differs = differ.compare(before, after), unanswered = now and world:unanswered_of(now.id) or {} })
    end
  end
  account.add_new(out, life, new)
  account.add_stuck(out, life, world.core:query "SELECT name, pathway, cause FROM run WHERE status='stuck'")
  for _, refused in ipairs(world.refused) do account.add_refused(out, life, refused) end
end

local function run_all(host, list, scripts, out)
  local known, bar <close> = {}, progress.bar(host, "playing", 0, #list)
  for i, life in ipairs(list) do
    local history, code = host.ask(("/api/v1/patients/%s/history?department=%s"):format(life.patient, host.escape(life.department)))
    if not history then return code end
    out.zone = history.site.zone
    local world, story = play(life, history, scripts, known[life.department])
    known[life.department] = true
    compare(life, world, story, out)
    world.world:close()
    bar:show(i)
  end
end

return function(given)
  local host, o = given.host, given.options
  local began = host.steady_ms()
  local list, code = closed(host, o, given.words[1])
  if not list then return code end
  local out = account.new { from = o.from, to = o.to, scripts = o.scripts or SCRIPTS, department = given.words[1], pathway = o.pathway }
  code = run_all(host, lives(list), out.scripts, out)
  if code then return code end
  account.finish(out)
  out.seconds = (host.steady_ms() - began) / 1000
  print(o.json and host.json(out) or report.text(out, o.details))
  for _, run in ipairs(out.stuck) do
    io.stderr:write(("stuck: %s %s, %d runs: %s\n"):format(run.pathway or "", run.name, run.count, run.cause))
  end
  return #out.stuck > 0 and 1 or 0
end
