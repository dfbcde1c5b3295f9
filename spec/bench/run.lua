-- ./dev bench [core] [--json]: figures of the core beside the raw limit of this machine, measured in the same run.
local build = assert(os.getenv "AFTERWARD_BUILD", "AFTERWARD_BUILD: run this through ./dev bench")
local json, names = false, {}
for _, word in ipairs(arg) do
  if word == "--json" then json = true else names[#names + 1] = word end
end
if #names > 1 or names[1] and names[1] ~= "core" then
  io.stderr:write("bench: there is one benchmark: core\n")
  os.exit(2)
end

local RUNS, TURNS, ASLEEP = 3, 10000, 100000

local function read(command)
  local pipe = assert(io.popen(command))
  local text = pipe:read "a"
  assert(pipe:close(), command .. ": failed")
  return text
end

local function figures(text)
  local out = {}
  for name, value in text:gmatch "(%S+) (%S+)" do out[name] = tonumber(value) end
  return out
end

local function in_folder(work)
  local folder = read("mktemp -d"):gsub("%s+$", "")
  local ok, result = pcall(work, folder)
  os.execute("rm -rf '" .. folder .. "'")
  if not ok then error(result, 0) end
  return result
end

local function core(what, folder, count)
  io.stderr:write(("  %s %d …\n"):format(what, count))
  return figures(read(("'%s/bench_core' %s '%s' %d 2>/dev/null"):format(build, what, folder, count)))
end

local function median(list)
  table.sort(list)
  return list[(#list + 1) // 2]
end

-- Medians of three runs, figure by figure.
local function measure(what, count)
  local all, out = {}, {}
  for _ = 1, RUNS do
    for name, value in pairs(in_folder(function(folder) return core(what, folder, count) end)) do
      all[name] = all[name] or {}
      table.insert(all[name], value)
    end
  end
  for name, list in pairs(all) do out[name] = median(list) end
  return out
end

local function now() return tonumber(read "date +%s%N") / 1e6 end

local function rss(pid)
  for line in io.lines("/proc/" .. pid .. "/status") do
    local kb = line:match "^VmRSS:%s*(%d+)"
    if kb then return tonumber(kb) / 1024 end
  end
end

-- The real daemon over a database with sleepers: how soon it answers, and what it weighs then.
local function restart(folder)
  local port = folder .. "/port"
  local started = now()
  local pid = read(([['%s/afterward' serve --state '%s' --scripts spec/bench/scripts --plugins plugins \
    --listen 127.0.0.1:0 --port-file '%s' --clock-start 2026-03-02T15:00:00 >/dev/null 2>&1 & echo $!]]):format(build, folder, port))
  pid = pid:gsub("%s+$", "")
  for _ = 1, 2000 do
    local file = io.open(port)
    if file then file:close() break end
    os.execute "sleep 0.005"
  end
  local ready = now() - started
  os.execute "sleep 1"
  local weight = rss(pid)
  os.execute("kill " .. pid)
  os.execute("while kill -0 " .. pid .. " 2>/dev/null; do sleep 0.05; done; rm -f '" .. port .. "'")
  return ready, weight
end

local function sleepers()
  return in_folder(function(folder)
    local fill, ready, weight = core("fill", folder, ASLEEP), {}, {}
    for i = 1, RUNS do ready[i], weight[i] = restart(folder) end
    return { fill = fill, ready_ms = median(ready), rss_mb = median(weight) }
  end)
end

local raw, turns, asleep = measure("raw", TURNS), measure("turns", TURNS), sleepers()
local rows = {
  { "CPU a turn", turns.cpu_us, "µs", 100, turns.cpu_us / raw.cpu_us, "one durable row" },
  { "RSS, 100,000 asleep", asleep.rss_mb, "MB", 60 },
  { "start to ready", asleep.ready_ms, "ms", 300 },
  { "whole discharges", asleep.fill.per_second, "/s", nil, 1e6 / asleep.fill.per_second / raw.wall_us, "time of one durable row" },
}

local missed = false
for _, row in ipairs(rows) do if row[4] and row[2] > row[4] then missed = true end end
if json then
  local parts = {}
  for i, row in ipairs(rows) do
    parts[i] = ('{"name":"%s","value":%.1f,"unit":"%s","target":%s,"ratio":%s}'):format(row[1], row[2], row[3],
      row[4] or "null", row[5] and ("%.2f"):format(row[5]) or "null")
  end
  print("[" .. table.concat(parts, ",") .. "]")
else
  print(("%-22s %12s %10s   %s"):format("figure", "median", "target", "against the raw limit of this run"))
  for _, row in ipairs(rows) do
    print(("%-22s %9.1f %-3s %10s   %s"):format(row[1], row[2], row[3], row[4] and "≤ " .. row[4] or "",
      row[5] and ("%.1f × %s"):format(row[5], row[6]) or ""))
  end
end
os.exit(missed and 1 or 0)
