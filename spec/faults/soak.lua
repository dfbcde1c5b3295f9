-- A mixed load for as long as it is told; memory and descriptors are read from outside. A hospital in a steady state: what comes
-- is answered and worked off as fast as it comes, so that nothing but a leak can make memory climb for ever. Measured on the
-- release build: sanitizers keep freed memory.
local Outside = require "functional.support.outside"
local balance = require "functional.support.balance"
local wait = require "functional.support.wait"
local lfs = require "lfs"

local REST_MS, SLOPE_MB_H, SAMPLES, SAID = 250, 1, 120, 20
local WARM_UP = 1 / 3       -- of the time: until SQLite's caches are full
local UNWORKED_MOST = 2000  -- a minute's discharges wait for their task by the schedule

-- In MB: heap and stacks; what is mapped of files (the program, the log's index).
local function memory(pid)
  local out = {}
  for line in io.lines("/proc/" .. pid .. "/status") do
    local name, kb = line:match "^Rss(%a+):%s*(%d+)"
    if name then out[name:lower()] = tonumber(kb) / 1024 end
  end
  return out
end

local function descriptors(pid)
  local count = 0
  for _ in lfs.dir("/proc/" .. pid .. "/fd") do count = count + 1 end
  return count
end

local function median(list)
  table.sort(list)
  return (list[(#list + 1) // 2] + list[#list // 2 + 1]) / 2
end

-- MB an hour, by Theil and Sen: the median of the slopes between every two samples. A burst that is given back again, or one that
-- is measured at its height, moves it little.
local function slope(samples)
  local slopes = {}
  for i, a in ipairs(samples) do
    for j = i + 1, #samples do slopes[#slopes + 1] = (samples[j].mb - a.mb) / (samples[j].hour - a.hour) end
  end
  return median(slopes)
end

local function unworked(outside) return outside.acknowledged - outside.rung end

local function sample(o, h, outside, samples, step)
  local now = memory(h.daemon.pid)
  samples[#samples + 1] = { hour = #samples * step / 3600000, mb = now.anon + now.file }
  if #samples % SAID == 0 then
    o.say(("%d of %d samples: %.1f MB (heap and stacks %.1f), %d discharges, %d tasks done, %d answers, %d versions of the scripts"):format(#samples,
      SAMPLES, now.anon + now.file, now.anon, outside.acknowledged, outside.rung, outside.thanked, outside.reloads))
  end
end

local function measure(o, h, outside)
  local warm_up, samples = o.rounds * 60000 * WARM_UP, {}
  local step = o.rounds * 60000 * (1 - WARM_UP) / SAMPLES
  wait.ms(warm_up)
  local open, waiting = descriptors(h.daemon.pid), unworked(outside)
  o.say(("after %.0f minutes: %.1f MB, %d wait to be rung"):format(warm_up / 60000, memory(h.daemon.pid).anon, waiting))
  for _ = 1, SAMPLES do
    wait.ms(step)
    sample(o, h, outside, samples, step)
  end
  return { slope = slope(samples), descriptors = descriptors(h.daemon.pid) - open, unworked = unworked(outside) }
end

local function live(o, h, outside)
  h:start()
  outside:staff_on_duty()
  outside:begin(REST_MS, true)
  local met = measure(o, h, outside)
  outside:finish()
  local figures = balance.figures(balance.compare(h, outside, balance.settled(h, outside), true))
  for _, row in ipairs {
    { "RSS slope after the first third, MB/h", ("%.2f"):format(met.slope), "< " .. SLOPE_MB_H, met.slope < SLOPE_MB_H },
    { "descriptors gained", met.descriptors, "<= 4", met.descriptors <= 4 },
    { "discharged and not rung yet (a steady state)", met.unworked, "<= " .. UNWORKED_MOST, met.unworked <= UNWORKED_MOST },
  } do figures[#figures + 1] = { figure = row[1], value = row[2], target = row[3], ok = row[4] } end
  return figures
end

return {
  about = "an hour of mixed load; memory and descriptors stay flat (rounds are minutes; use --build release)",
  figure = "RSS slope < 1 MB/h, descriptors flat",
  rounds = 60,
  alone = true,
  run = function(o)
    return Outside.during({ seed = o.seed, keyed = "24h", speed = 600 }, function(h, outside) return live(o, h, outside) end)
  end,
}
