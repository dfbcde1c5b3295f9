-- afterward fixture RUN: a spec from a live run, de-identified, that holds under the scripts the run was on.
local past = require "past"
local story = require "fixture_story"
local text_of = require "fixture_text"
local try = require "fixture_trial"
local progress = require "progress"

local sim = require "afterward.sim"

local WEEK, WEEKS = 7 * 86400000, 26 -- moved by as many at most, either way

local function real_path(path)
  local pipe <close> = assert(io.popen(("realpath -e '%s' 2>/dev/null"):format((path:gsub("'", "'\\''")))))
  return pipe:read "l"
end

-- The scripts folder: in full, and as a spec below it names it.
local function scripts_of(o, department)
  local given = o.scripts or "scripts"
  local path = real_path(given)
  local found = path and real_path(path .. "/" .. department)
  if not found then
    error { usage = ("there is no folder %s/%s: name the scripts folder with --scripts"):format(given, department) }
  end
  return found, path:match "[^/]+$" .. "/" .. department
end

local function copy(value)
  if type(value) ~= "table" then return value end
  local out = {}
  for key, item in pairs(value) do out[key] = copy(item) end
  return out
end

local function row_of(rows, id)
  for _, row in ipairs(rows) do if row.id == id then return row end end
end

-- Whether no other run of its step began after it.
local function is_last(history, run, till)
  for _, other in ipairs(history.runs) do
    if other.name == run.name and other.started_at > run.started_at and other.started_at <= till then return false end
  end
  return true
end

-- What is planned now, if the run is under way: the next of each step.
local function ahead(host, run, department)
  if run.ended_at then return {} end
  local answer, code = host.ask(("/api/v1/enrollments?patient=%s&department=%s&limit=200"):format(run.patient, host.escape(department)))
  if not answer then return nil, code end
  local list, met = {}, {}
  local enrollment = row_of(answer.items, run.enrollment)
  for _, item in ipairs(enrollment and enrollment.planned or {}) do
    if not met[item.step] then list[#list + 1] = { step = item.step, due = sim.parse_time(item.due_at, "UTC") } end
    met[item.step] = true
  end
  return list
end

-- The spec with the past moved by so many weeks.
local function write(source, weeks)
  local history = copy(source.history)
  story.shift(history, weeks * WEEK)
  local run = row_of(history.runs, source.run)
  local made = past.new(history)
  local told = story.of { past = made, run = run, enrollment = made.enrollment_of[run.enrollment], till = run.ended_at or history.now,
    moved = weeks * WEEK, keep_text = source.keep_text }
  told.is_last = is_last(history, run, told.till)
  told.ahead = {}
  for i, item in ipairs(source.ahead) do told.ahead[i] = { step = item.step, due = item.due + weeks * WEEK } end
  return text_of(told, source.named)
end

local function shuffled()
  local list = {}
  for weeks = -WEEKS, WEEKS do if weeks ~= 0 then list[#list + 1] = weeks end end
  for i = #list, 2, -1 do
    local j = math.random(i)
    list[i], list[j] = list[j], list[i]
  end
  return list
end

local function line_of(text, number)
  local at = 0
  for line in text:gmatch "[^\n]*\n" do
    at = at + 1
    if at == number then return line:match "^%s*(.-)%s*$" end
  end
  return ""
end

-- First on the days of then: whether these are the scripts at all; then on others.
local function find(host, source, run)
  local text = write(source, 0)
  local ok, why, line = try(text, source.folder)
  if not ok and not source.keep_text then
    source.keep_text = true
    if try(write(source, 0), source.folder) then
      error { text = "what the patient wrote matters to these scripts, and a placeholder does not do: --keep-text leaves it; read it "
        .. "before you share it" }
    end
  end
  if not ok then
    error { text = ("the scripts in %s do something else than the run did under version %s: %s: %s\n"
      .. "Name a folder with the scripts of that version: --scripts DIR; afterward run replay ID --bundle DIR shows where they part")
      :format(source.folder, run.version, line and line_of(text, line) or "the spec", why) }
  end
  local list = shuffled()
  local bar <close> = progress.bar(host, "trying other days", 0, #list)
  for i, weeks in ipairs(list) do
    text = write(source, weeks)
    if try(text, source.folder) then return text end
    bar:show(i)
  end
  error { text = "what happened hangs on the calendar of those very days (holidays, festivals): on no others within half a year does "
    .. "it go the same way. afterward run show ID tells the story to write by hand" }
end

local function read(host, id, o)
  local run, code = host.ask("/api/v1/runs/" .. host.escape(id))
  if not run then return nil, code end
  if not run.enrollment then error { text = "this run is on no pathway (a watch of its own): a fixture is of runs on a pathway" } end
  local folder, named = scripts_of(o, run.department)
  local history
  history, code = host.ask(("/api/v1/patients/%s/history?department=%s"):format(run.patient, host.escape(run.department)))
  if not history then return nil, code end
  local source = { history = history, run = run.id, keep_text = o["keep-text"], folder = folder, named = named }
  source.ahead, code = ahead(host, run, run.department)
  if not source.ahead then return nil, code end
  return source, run
end

return function(given)
  local host, o = given.host, given.options
  local source, run = read(host, given.words[1], o)
  if not source then return run end
  local text = find(host, source, run)
  if o.json then print(host.json { department = run.department, pathway = run.pathway, step = run.name, version = run.version, spec = text })
  elseif not o.output then io.write(text)
  else
    local file, why = io.open(o.output, "wb")
    if not file or not file:write(text) or not file:close() then error { text = why or o.output .. " can't be written" } end
  end
  return 0
end
