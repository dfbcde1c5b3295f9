-- Scripts that change in a busy house: a million enrollments planned again, and fifty departments with a hundred thousand
-- live runs whose files are all saved at once.
local machine = require "bench.machine"
local ground = require "bench.ground"
local wards = require "bench.wards"
local reload = { name = "reload" }

local AT = "2026-03-02T15:30:00"
local SLEEPERS, LIVE, DEPARTMENTS = 1000000, 100000, 50

-- The longest of what was counted between two looks at a histogram, in ms: the top of its step.
local function longest(before, after)
  for i = #after, 1, -1 do
    local function count(look) return look and look[i].count - (i > 1 and look[i - 1].count or 0) or 0 end
    if count(after) > count(before) then return after[i].up_to * 1000 end
  end
  return 0
end

function reload.look(place, name) return ground.histograms(place)[name][""] end
-- How long the loop did not look at its sockets, at most, since `before`.
function reload.stall(place, before)
  return math.min(longest(before, reload.look(place, "loop_stall_seconds")), ground.metrics(place).loop_stall_most_seconds * 1000)
end

local function till_replanned(place, moved)
  machine.till("planned again", 300, 50, function()
    local m = ground.metrics(place)
    return m.bundle_replanning == 0 and m.bundle_replanned_total >= moved
  end)
end

-- The far step comes an hour earlier for everybody.
local function replan(sleepers, count)
  return ground.on(sleepers, function(place)
    ground.start_daemon(place, AT)
    machine.sleep(1000)
    local before, began, cpu = reload.look(place, "loop_stall_seconds"), machine.now_us(), machine.cpu(place.daemon)
    wards.pathway(place.scripts, "d1", { month = "719h" })
    till_replanned(place, count)
    local out = { seconds = (machine.now_us() - began) / 1e6, stall = reload.stall(place, before), cpu = machine.cpu(place.daemon) - cpu,
      rss = machine.rss_mb(place.daemon, "VmHWM") }
    local left = ground.ask(place, "SELECT count(*) AS count FROM enrollment e WHERE status='active' AND NOT EXISTS (SELECT 1 FROM " ..
      "due WHERE class=5 AND at=e.anchor_at+719*3600000 AND kind=7 AND ref=e.id)").count
    assert(left == 0, ("%d of them are not planned by the new schedule"):format(left))
    ground.stop_daemon(place)
    return out
  end)
end

local function all_active(place, count)
  local m = ground.metrics(place)
  return m.bundle_activation_seconds_count >= count and m.bundle_replanning == 0
end

-- Every department's pathway is saved with a longer question: runs in flight agree.
local function save_all(live, departments)
  return ground.on(live, function(place)
    ground.start_daemon(place, AT)
    machine.sleep(1000)
    local before, began, cpu = reload.look(place, "loop_stall_seconds"), machine.now_us(), machine.cpu(place.daemon)
    for n = 1, departments do
      wards.pathway(place.scripts, "d" .. n, { asks = true, body = wards.ASKED:gsub("90d", "91d") })
    end
    machine.till("all active", 300, 20, function() return all_active(place, departments) end)
    local out = { seconds = (machine.now_us() - began) / 1e6, stall = reload.stall(place, before), cpu = machine.cpu(place.daemon) - cpu,
      rss = machine.rss_mb(place.daemon, "VmHWM"), activation = longest(nil, reload.look(place, "bundle_activation_seconds")) }
    local replayed = ground.metrics(place).bundle_replayed_total
    assert(replayed == live.count, ("%d of %d runs were held against the candidates"):format(replayed, live.count))
    ground.stop_daemon(place)
    return out
  end)
end

function reload.run(o)
  local sleepers = { kind = "sleep", count = o.quick and 2000 or SLEEPERS, departments = 1, wards = { asks = false } }
  local live = { kind = "live", count = o.quick and 1000 or LIVE, departments = o.quick and 5 or DEPARTMENTS, wards = { asks = true } }
  local plans, saves = {}, {}
  for i = 1, o.runs do
    plans[i], saves[i] = replan(sleepers, sleepers.count), save_all(live, live.departments)
    machine.say("planned again in %.1f s, stalls of %.0f ms; %d departments in %.1f s, stalls of %.0f ms", plans[i].seconds,
      plans[i].stall, live.departments, saves[i].seconds, saves[i].stall)
  end
  local plan, save = machine.medians(plans), machine.medians(saves)
  return {
    { name = "planned again", value = plan.seconds, unit = "s", at_most = 30, cpu = plan.cpu, rss = plan.rss,
      note = ("%d enrollments, each an hour earlier, in no order of their rows"):format(sleepers.count) },
    { name = "longest stall meanwhile", value = plan.stall, unit = "ms", at_most = 100 },
    { name = "saved to active", value = save.seconds, unit = "s", at_most = 10, cpu = save.cpu, rss = save.rss,
      note = ("%d departments of 20 files with %d live runs, saved at once: read, loaded, replayed, active")
        :format(live.departments, live.count) },
    { name = "longest stall meanwhile", value = save.stall, unit = "ms", at_most = 50 },
    { name = "longest activation", value = save.activation, unit = "ms", at_most = 200 },
  }, ("%d departments, %d live runs; %d asleep"):format(live.departments, live.count, sleepers.count)
end

return reload
