-- afterward test DEPARTMENT: its specs in a child process, once or on each save.
local sim = require "afterward.sim"
local coverage = require "coverage"
local survivors = require "survivors"

local FAILED = 1

local function fail(...) error { text = string.format(...) } end

local function sh_quoted(text) return "'" .. text:gsub("'", "'\\''") .. "'" end
local function lines_of(command)
  local pipe <close> = assert(io.popen(command))
  local lines = {}
  for line in pipe:lines() do lines[#lines + 1] = line end
  return lines
end

-- { folder, scripts, department, path }: where busted runs, the scripts folder below it, and in full.
local function find(o, department)
  local path = lines_of(("realpath -e %s 2>/dev/null"):format(sh_quoted(o.scripts)))[1]
  local specs = lines_of(("find -L %s -name '*_spec.lua' 2>/dev/null"):format(sh_quoted(("%s/%s/spec"):format(path, department))))
  if #specs == 0 then
    fail("there is no spec: write %s/%s/spec/…_spec.lua, or let afterward new write an example", o.scripts, department)
  end
  local folder, name = path:match "^(.*)/([^/]+)$"
  return { folder = folder ~= "" and folder or "/", scripts = name, department = department, path = path }
end

local function counts(output)
  local good, bad, broken, pending
  for a, b, c, d in output:gmatch "(%d+) success%a* / (%d+) failure%a* / (%d+) errors? / (%d+) pending" do
    good, bad, broken, pending = a, b, c, d
  end
  return { successes = tonumber(good), failures = tonumber(bad), errors = tonumber(broken), pending = tonumber(pending) }
end

local function find_survivors(tester, place, covered, host)
  return survivors.find(place, covered, host, function(variable)
    return (tester:run { folder = place.folder, scripts = place.scripts, department = place.department, quiet = true,
      first_only = true, env = { variable } })
  end)
end

-- Scripts that can't be loaded would fail every spec with the same words: they are told once, and no spec is run.
local function unloadable(place)
  local plugin <close> = io.open(("%s/%s/plugin.lua"):format(place.path, place.department))
  if plugin then return nil end                             -- no department: a channel's specs
  local world <close> = setmetatable({ world = sim.world {} }, { __close = function(self) self.world:close() end })
  local ok, problems, why = world.world.core:load_folder(place.path, place.department, true)
  if ok then return nil end
  local told = {}
  for _, problem in ipairs(problems) do
    if not problem:find "^[^:]*:%d+: warning: " then told[#told + 1] = place.scripts .. "/" .. problem end
  end
  return #told > 0 and told or { why }
end

local function refuse(place, problems, o, host)
  if o.json then
    print(host.json { department = place.department, passed = false, problems = problems })
  else
    io.stderr:write(table.concat(problems, "\n"), "\nThe scripts can't be loaded, so no spec was run.\n")
  end
  return FAILED
end

local function tell(result, place, o, host)
  if o.json then return print(host.json(result)) end
  if o.coverage then io.write(coverage.text(result.coverage)) end
  if result.mutations then io.write(survivors.text(result.mutations, place)) end
end

-- Runs all once; gives an exit code.
local function run(tester, place, o, host)
  local problems = unloadable(place)
  if problems then return refuse(place, problems, o, host) end
  local began, met = host.steady_ms(), (o.coverage or o.mutate) and os.tmpname()
  local code, output, late = tester:run { folder = place.folder, scripts = place.scripts, department = place.department,
    quiet = o.json, env = met and { "AFTERWARD_COVERAGE=" .. met } }
  local covered = met and coverage.take(met, place.path, place.department)
  if code == nil then fail("%s", output) end
  if code == false then return FAILED end
  if late then io.stderr:write "afterward: the specs took longer than ten minutes and were stopped\n" end
  local result = counts(output)
  result.department, result.output, result.passed, result.late = place.department, output, code == 0 and not late, late
  result.coverage = covered
  if o.mutate and result.passed then
    result.mutations = find_survivors(tester, place, covered, host)
    if not result.mutations then return FAILED end
  end
  result.seconds = (host.steady_ms() - began) / 1000
  tell(result, place, o, host)
  return result.passed and not (result.mutations and result.mutations.survivors[1]) and 0 or FAILED
end

return function(command)
  local o, host = command.options, command.host
  local department = command.words[1]
  if not department:find "^%w[%w_-]*$" then error { usage = department .. " is no name of a department" } end
  local missing = host.department(department)
  if missing then return missing end
  local place = find(o, department)
  local tester = host.tester(o.watch and place.path or nil)
  local code = run(tester, place, o, host)
  while o.watch do
    io.stderr:write(("-- %s; saving below %s runs the specs again, ^C ends\n"):format(code == 0 and "all pass" or "not all pass", place.path))
    if not tester:wait() then break end
    code = run(tester, place, o, host)
  end
  return code
end
