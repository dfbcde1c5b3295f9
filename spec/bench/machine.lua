-- What the benchmarks ask of the machine: commands, processes and what they used, HTTP by the way, medians.
local uv = require "luv"
local http = require "demo.http"
local machine = {}

machine.build = assert((os.getenv "AFTERWARD" or ""):match "^(.*)/afterward$", "AFTERWARD: run this through ./dev bench")
machine.now_us = function() return uv.hrtime() // 1000 end

function machine.say(text, ...) io.stderr:write("  ", text:format(...), "\n") end

-- The output of a command; an error when it fails.
function machine.read(command, ...)
  command = command:format(...)
  local pipe = assert(io.popen(command))
  local text = pipe:read "a"
  assert(pipe:close(), command .. ": failed")
  return (text:gsub("%s+$", ""))
end

function machine.run(command, ...) machine.read(command, ...) end

-- "name value name value …"
function machine.figures(text)
  local out = {}
  for name, value in text:gmatch "(%S+) (%S+)" do out[name] = tonumber(value) or value end
  return out
end

function machine.tool(command, ...) return machine.figures(machine.read(machine.build .. "/" .. command, ...)) end

function machine.sleep(ms) uv.sleep(math.floor(ms)) end

local started = {} -- the numbers of processes

-- Starts a program; what it says goes to a file. The number of its process.
function machine.start(log, command, ...)
  local pid = tonumber(machine.read("exec 2>>'%s'; %s >>'%s' & echo $!", log, command:format(...), log))
  started[#started + 1] = pid
  return pid
end

function machine.is_alive(pid) return uv.kill(pid, 0) == 0 end

function machine.stop(pid, signal)
  uv.kill(pid, signal or "sigterm")
  while machine.is_alive(pid) do machine.sleep(5) end
  for i, other in ipairs(started) do
    if other == pid then table.remove(started, i) break end
  end
end

-- As xpcall with a traceback; whatever the work has started and not stopped is killed when it ends, well or badly.
function machine.during(work, ...)
  local before = #started
  local ok, result = xpcall(work, debug.traceback, ...)
  while #started > before do machine.stop(started[#started], "sigkill") end
  return ok, result
end

local TICKS = 100
function machine.cpu(pid)
  local file <close> = assert(io.open("/proc/" .. pid .. "/stat"))
  local user, system = file:read "a":match "%) %S+ %S+ %S+ %S+ %S+ %S+ %S+ %S+ %S+ %S+ %S+ (%d+) (%d+)"
  return (user + system) / TICKS
end

function machine.rss_mb(pid, what)
  for line in io.lines("/proc/" .. pid .. "/status") do
    local kb = line:match("^" .. (what or "VmRSS") .. ":%s*(%d+)")
    if kb then return kb / 1024 end
  end
end

function machine.size(path) return assert(uv.fs_stat(path)).size end

-- Status and body.
function machine.get(port, path, token)
  local done, status, body
  http.go(function()
    local client = http.client(port, 1)
    status, body = client:ask("GET", path, token and { Authorization = "Bearer " .. token } or {})
    client:close()
    done = true
  end)
  while not done do uv.run "once" end
  uv.run "nowait"
  return status, body
end

-- Until it is true; an error after so many seconds.
function machine.till(what, seconds, every_ms, test)
  local stop = machine.now_us() + seconds * 1000000
  while true do
    local found = test()
    if found then return found end
    if machine.now_us() > stop then error(("waited %d s in vain: %s"):format(seconds, what), 2) end
    machine.sleep(every_ms)
  end
end

function machine.median(list)
  table.sort(list)
  return list[(#list + 1) // 2]
end

-- Figure by figure, of several runs that give the same names.
function machine.medians(runs)
  local all, out = {}, {}
  for _, run in ipairs(runs) do
    for name, value in pairs(run) do
      all[name] = all[name] or {}
      table.insert(all[name], value)
    end
  end
  for name, list in pairs(all) do out[name] = type(list[1]) == "number" and machine.median(list) or list[1] end
  return out
end

return machine
