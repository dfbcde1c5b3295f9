-- The disk of the state folder fills up under load, stays full, and has room again; now and then the daemon is killed
-- while it is full.
local Outside = require "functional.support.outside"
local balance = require "functional.support.balance"
local dice = require "functional.support.dice"
local mounted = require "functional.support.mounted"
local wait = require "functional.support.wait"
local uv = require "luv"

local MEGABYTES, RECOVERY_MS, REST_MS = 64, 10000, 40

local function ms() return uv.hrtime() / 1e6 end

-- Takes all room that is left; what the log has of its own it may still use.
local function fill(folder)
  local file = assert(io.open(folder .. "/ballast", "a"))
  file:setvbuf "no"
  for _, size in ipairs { 1 << 20, 1 << 12, 1 } do
    local block = ("x"):rep(size)
    while file:write(block) do end
  end
  file:close()
end

local function event(h, id)
  local number = 9000000 + tonumber((id:gsub("%D", "")))
  return (h:event(h:discharge(number, { id = id })))
end

-- Until the daemon says that it can't take more: the answer to a new event, and what it says of its health.
local function see_refusal(h, round, found)
  local probes = 0
  wait.till("an event is refused", function()
    probes = probes + 1
    local status = event(h, ("probe-%d-%d"):format(round, probes))
    if status == 202 then found.probes = found.probes + 1 end
    return status == 507
  end, 30)
  local status, health = h:call("GET", "/healthz", nil, { token = false })
  if status ~= 503 or not health.reasons:find "refused" then found.not_red = found.not_red + 1 end
  if not h:words():find "commit%.refused[^\n]*full" then found.silent = found.silent + 1 end
end

-- From the moment there is room until an event is taken again and health speaks of the disk's size only.
local function see_recovery(h, folder, round)
  local began, probes = ms(), 0
  os.remove(folder .. "/ballast")
  local function well()
    probes = probes + 1
    local status, health = h:call("GET", "/healthz", nil, { token = false })
    return status and type(health) == "table" and not health.reasons:find "refused" and event(h, ("back-%d"):format(round)) == 202
  end
  wait.till("work goes on", well, 60)
  return ms() - began
end

local function killed_while_full(h, outside, folder)
  outside.up = false
  h:kill()
  h.daemon = h:launch()
  h.client = { close = function() end }
  wait.ms(300)
  if not h.daemon.ended then h:signal "sigkill" end
  h:kill()
  os.remove(folder .. "/ballast")
  h:start()
  outside.up = true
end

local function live_through(o, folder, h, outside)
  local roll, found = dice(o.seed, "disk-full"), { probes = 0, not_red = 0, silent = 0, slowest = 0 }
  h:start()
  outside:staff_on_duty()
  outside:begin(REST_MS)
  for round = 1, o.rounds do
    wait.ms(roll(300, 1200))
    fill(folder)
    see_refusal(h, round, found)
    wait.ms(roll(200, 1500))
    if roll(1, 3) == 1 then killed_while_full(h, outside, folder) end
    found.slowest = math.max(found.slowest, see_recovery(h, folder, round))
    found.probes = found.probes + 1
  end
  outside:finish()
  outside.acknowledged = outside.acknowledged + found.probes
  found.books = balance.compare(h, outside, balance.settled(h, outside), true, { "disk is full" })
  found.put_off = outside.put_off or 0
  return found
end

local function rows(found)
  local out = balance.figures(found.books)
  local function row(figure, value, target, ok) table.insert(out, { figure = figure, value = value, target = target, ok = ok }) end
  row("requests answered 507 or 503 while full", found.put_off, "> 0", found.put_off > 0)
  row("times health was not red", found.not_red, "0", found.not_red == 0)
  row("times the log did not say it", found.silent, "0", found.silent == 0)
  row("slowest recovery, ms", math.floor(found.slowest), "<= " .. RECOVERY_MS, found.slowest <= RECOVERY_MS)
  return out
end

return {
  about = "the disk of the state folder is full under load, again and again; kills while it is",
  figure = "refused with 507, red, 0 acknowledged lost, back within 10 s",
  rounds = 30,
  short = 4,
  run = function(o)
    local found, why = mounted.tmpfs(MEGABYTES, function(folder)
      return Outside.during({ seed = o.seed, keyed = "24h", state = folder .. "/state" }, function(h, outside)
        return live_through(o, folder, h, outside)
      end)
    end)
    return found and rows(found), why
  end,
}
