-- HL7 over MLLP: how many ADT one core reads and maps; A08 and whole A03 discharges acknowledged after their commit, over
-- eight connections, each waiting for its answer as most hospital systems do, then each with 32 in flight as interface engines can.
local machine = require "bench.machine"
local ground = require "bench.ground"
local hl7 = { name = "hl7" }

local CONNECTIONS, AHEAD, PATIENTS, STRIDE = 8, 32, 20000, 7919
local AT = "2026-03-02T16:00:00"
local BEGIN, END = "\x0B", "\x1C\r"

local function message(event, id, segments)
  local msh = ("MSH|^~\\&|HIS|HOSP|AW|HOSP|20260302160000||ADT^%s|%s|P|2.4|||||CHN|UNICODE UTF-8"):format(event, id)
  return BEGIN .. table.concat({ msh, ("EVN|%s|20260302153000"):format(event), table.unpack(segments) }, "\r") .. "\r" .. END
end

local function pid(mrn, n)
  return ("PID|1||%s^^^HOSP^MR~330106195102030%03d^^^GOV^NI||王^小%d||19560115|F|||解放路%d号^^杭州^浙江^310000||138%08d^PRN^PH"):format(mrn,
    n % 1000, n % 97, n % 300, n)
end

local function discharge(n)
  return message("A03", "D" .. n, { pid("h" .. n, n), ("NK1|1|王^大%d|CHD|解放路1号|139%08d"):format(n % 97, n),
    ("PV1|1|I|3W^%d^1||||D7^李^医生|||bench|||||||||V%d|||||||||||||||||01||||||||20260222090000|20260302153000"):format(n % 40, n),
    "DG1|1||M17.1^膝关节骨关节炎^ICD10|||F", "PR1|1||81.51^全髋关节置换术^ICD9||20260225" })
end

local function update(n, patients)
  local at = n * STRIDE % patients
  return message("A08", "U" .. n, { pid("wait" .. at, at), ("PV1|1|I|3W^%d^1||||D7^李^医生|||bench|||||||||W%d"):format(n % 40, at) })
end

local function write(path, count, make, ...)
  local file <close> = assert(io.open(path, "wb"))
  for n = 1, count do file:write(make(n, ...)) end
end

-- The daemon with a listener of its own, and where that is.
local function start(place)
  place.plugins = machine.build .. "/plugins"
  place.more = 'connectors = { his = { plugin = "hl7", listen = "127.0.0.1:0", map = "' .. place.folder .. '/map.lua" } },'
  machine.run("cp plugins/hl7/map.lua '%s/map.lua'", place.folder)
  ground.start_daemon(place, AT)
  local _, body = machine.get(place.port, "/api/v1/plugins", ground.token)
  return assert(tonumber(body:match '"listens":%["127.0.0.1:(%d+)"'), body)
end

local function play(base, ahead, count, make, table_name, expected, ...)
  local arguments = { ... }
  return ground.on(base, function(place)
    local frames = place.folder .. "/frames"
    write(frames, count, make, table.unpack(arguments))
    local port = start(place)
    local cpu, before = machine.cpu(place.daemon), ground.metrics(place)
    local load = machine.tool("bench_mllp %d %d '%s' %d", port, CONNECTIONS, frames, ahead)
    machine.till("the last message's work", 120, 20, function()
      local m = ground.metrics(place)
      return m.inbox_waiting == 0 and m.due_lateness_seconds == 0
    end)
    local after = ground.metrics(place)
    local out = { per_second = load.per_second, p50 = load.p50_us / 1000, p99 = load.p99_us / 1000, most = load.max_us / 1000,
      cpu = machine.cpu(place.daemon) - cpu, rss = machine.rss_mb(place.daemon, "VmHWM"),
      commits = (after.batches_total - before.batches_total) / load.seconds }
    ground.stop_daemon(place)
    assert(load.good == count, ("%d of %d messages were acknowledged"):format(load.good, count))
    local found = ground.ask(place, "SELECT count(*) AS count FROM " .. table_name).count
    assert(found == expected, ("%d acknowledged, %d in the books"):format(count, found))
    return out
  end)
end

-- A result with a document in it, so many megabytes: what the daemon takes for it at most, in times of its size.
local function swelling(base, megabytes)
  return ground.on(base, function(place)
    local port, frames, size = start(place), place.folder .. "/frames", megabytes << 20
    write(frames, 1, function()
      return (message("R01", "E1", { pid("wait0", 0), "OBR|1||E1|CT|||20260302090000", "OBX|1|ED|pdf||^application^pdf^Base64^"
        .. ("QUJD"):rep(size // 4) .. "||||||F" }):gsub("ADT%^R01", "ORU^R01"))
    end)
    write(place.folder .. "/first", 50, update, 50)
    machine.tool("bench_mllp %d 1 '%s'", port, place.folder .. "/first")    -- what a start still reads is not the document's
    machine.run("echo 5 > /proc/%d/clear_refs", place.daemon)
    local before = machine.rss_mb(place.daemon, "VmHWM")
    local load = machine.tool("bench_mllp %d 1 '%s'", port, frames)
    local more = machine.rss_mb(place.daemon, "VmHWM") - before
    ground.stop_daemon(place)
    assert(load.good == 1, "the document was not acknowledged")
    return more / megabytes
  end)
end

function hl7.run(o)
  local patients = o.quick and 200 or PATIENTS
  local base = { kind = "watch", count = patients, cohorts = { ("wait,%d,1,%s,0"):format(patients, "2026-03-02T15:00:00") } }
  local syncs = ground.in_folder(function(folder) return ground.raw("syncs '%s' %d", folder, o.quick and 50 or 2000).per_second end)
  local rows = {}
  local function mapped()
    return ground.in_folder(function(folder)
      local frames = folder .. "/frames"
      write(frames, 1000, function(n) return n % 2 == 0 and discharge(n) or update(n, patients) end)
      return machine.tool("bench_hl7 '%s' '%s' %d", machine.read "pwd" .. "/plugins/hl7/map.lua", frames, o.quick and 1 or 60)
    end)
  end
  local all = {}
  for i = 1, o.runs do
    local m = mapped()
    all[i] = { rate = m.per_second, events = m.events / m.messages, bytes = m.bytes / 1000 }
    machine.say("read and mapped: %.0f/s", m.per_second)
  end
  local m = machine.medians(all)
  rows[#rows + 1] = { name = "ADT read and mapped, one core", value = m.rate, unit = "/s", at_least = 10000,
    note = ("A03 and A08 in turns, %.0f bytes each; without listener and store"):format(m.bytes) }
  local function measure(name, target, ...)
    local runs = {}
    for i = 1, o.runs do
      runs[i] = play(base, ...)
      machine.say("%s: %.0f/s acknowledged, p99 %.1f ms", name, runs[i].per_second, runs[i].p99)
    end
    local r = machine.medians(runs)
    rows[#rows + 1] = { name = name, value = r.per_second, unit = "/s", at_least = target, cpu = r.cpu, rss = r.rss,
      ratio = r.per_second / syncs, of = ("%.0f fdatasync/s of 4 KiB"):format(syncs),
      note = ("%.0f commits/s; p50 %.1f, longest %.0f ms"):format(r.commits, r.p50, r.most) }
    rows[#rows + 1] = { name = name .. ", p99", value = r.p99, unit = "ms", at_most = not name:find "in flight" and 30 or nil }
  end
  local updates, discharges = o.quick and 200 or 50000, o.quick and 100 or 20000
  for _, ahead in ipairs { 1, AHEAD } do
    local name = ahead > 1 and (", %d in flight"):format(ahead) or ""
    measure("A08" .. name, 5000, ahead, updates, update, "inbox WHERE kind='event' AND state=1 AND source_id LIKE 'HIS:U%'", updates, patients)
    measure("A03, whole discharges" .. name, 2500, ahead, discharges, discharge, "encounter WHERE visit GLOB 'V*' AND status='out'", discharges)
  end
  local megabytes = 5
  rows[#rows + 1] = { name = "memory for a document (ED)", value = swelling(base, megabytes), unit = "×", at_most = 3,
    note = ("%d MB in one field, in times of its size"):format(megabytes) }
  return rows, ("over %d connections, each waiting for its answer, or with %d in flight; %d patients known"):format(CONNECTIONS, AHEAD,
    patients)
end

return hl7
