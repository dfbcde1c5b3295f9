-- A mixed load for as long as it is told; memory and descriptors are read from outside, a minute apart after the first
-- ten minutes (a tenth of the time in shorter runs). Measured on the release build: sanitizers keep freed memory.
local Outside = require "functional.support.outside"
local balance = require "functional.support.balance"
local wait = require "functional.support.wait"
local lfs = require "lfs"

local REST_MS, SLOPE_MB_H, MINUTES_SAMPLED = 250, 1, 50

local function rss_kb(pid)
  for line in io.lines("/proc/" .. pid .. "/status") do
    local kb = line:match "^VmRSS:%s*(%d+)"
    if kb then return tonumber(kb) end
  end
end

local function descriptors(pid)
  local count = 0
  for _ in lfs.dir("/proc/" .. pid .. "/fd") do count = count + 1 end
  return count
end

-- By least squares: MB an hour.
local function slope(samples)
  local n, sx, sy, sxx, sxy = #samples, 0, 0, 0, 0
  for _, s in ipairs(samples) do
    sx, sy, sxx, sxy = sx + s.hour, sy + s.mb, sxx + s.hour ^ 2, sxy + s.hour * s.mb
  end
  return (n * sxy - sx * sy) / (n * sxx - sx * sx)
end

local function live(o, h, outside)
  local minutes, samples = o.rounds, {}
  local step = minutes * 60000 * 5 / 6 / MINUTES_SAMPLED
  h:start()
  outside:staff_on_duty()
  outside:begin(REST_MS)
  wait.ms(minutes * 60000 / 6)
  local first = descriptors(h.daemon.pid)
  for i = 1, MINUTES_SAMPLED do
    wait.ms(step)
    samples[i] = { hour = i * step / 3600000, mb = rss_kb(h.daemon.pid) / 1024 }
    if i % 10 == 0 then o.say(("%d of %d samples: %.1f MB, %d events"):format(i, MINUTES_SAMPLED, samples[i].mb, outside.count)) end
  end
  local growth = descriptors(h.daemon.pid) - first
  outside:finish()
  local figures = balance.figures(balance.compare(h, outside, balance.settled(h, outside), true))
  local climb = slope(samples)
  table.insert(figures, { figure = "RSS slope after the first sixth, MB/h", value = ("%.2f"):format(climb), target = "< " .. SLOPE_MB_H,
    ok = climb < SLOPE_MB_H })
  table.insert(figures, { figure = "descriptors gained", value = growth, target = "<= 4", ok = growth <= 4 })
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
