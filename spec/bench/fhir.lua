-- Patients and readings as FHIR, in transactions of 100 over kept connections: each transaction is answered after its one commit.
local machine = require "bench.machine"
local ground = require "bench.ground"
local fhir = { name = "fhir" }

local BATCH, PATIENTS, READINGS, CONNECTIONS, KNOWN, STRIDE = 100, 40000, 100000, 8, 20000, 7919
local AT = "2026-03-02T16:00:00"
-- Rows of one patient (patient, identity × 2) and of one reading (event, observation); the inbox has one a transaction.
local PATIENT_ROWS, READING_ROWS = 3, 2

local function patient(n)
  return "Patient", ('{"resourceType":"Patient","identifier":[{"system":"urn:mrn","value":"F%d"}],"name":[{"family":"王","given":["小%d"]}],' ..
    '"gender":"female","birthDate":"1951-02-%02d","telecom":[{"system":"phone","value":"138%08d"}]}'):format(n, n % 97, n % 28 + 1, n)
end

local function reading(n, known)
  return "Observation", ('{"resourceType":"Observation","status":"final","subject":{"identifier":{"value":"wait%d"}},' ..
    '"identifier":[{"value":"R%d"}],"code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},' ..
    '"effectiveDateTime":"2026-03-02T15:59:00+08:00","valueQuantity":{"value":%d,"code":"/min"}}'):format(n * STRIDE % known, n, 60 + n % 40)
end

local function write(path, count, make, known)
  local file <close> = assert(io.open(path, "w"))
  for whole = 0, count // BATCH - 1 do
    local list = {}
    for i = 1, BATCH do
      local type, resource = make(whole * BATCH + i, known)
      list[i] = ('{"request":{"method":"POST","url":"%s"},"resource":%s}'):format(type, resource)
    end
    file:write('POST /fhir {"resourceType":"Bundle","type":"transaction","entry":[', table.concat(list, ","), "]}\n")
  end
end

local function play(base, count, make, counted)
  return ground.on(base, function(place)
    local calls = place.folder .. "/calls"
    write(calls, count, make, base.count)
    local before = ground.ask(place, counted).count
    ground.start_daemon(place, AT)
    local cpu = machine.cpu(place.daemon)
    local load = ground.load(place, CONNECTIONS, 0, calls)
    local out = { per_second = load.per_second * BATCH, p50 = load.p50_us / 1000, p99 = load.p99_us / 1000,
      cpu = machine.cpu(place.daemon) - cpu, rss = machine.rss_mb(place.daemon, "VmHWM") }
    ground.stop_daemon(place)
    local found = ground.ask(place, counted).count - before
    assert(load.good == count // BATCH, ("%d of %d transactions were acknowledged"):format(load.good, count // BATCH))
    assert(found == count, ("%d sent, %d in the books"):format(count, found))
    return out
  end)
end

function fhir.run(o)
  local known = o.quick and 200 or KNOWN
  local base = { kind = "watch", count = known, cohorts = { ("wait,%d,1,%s,0"):format(known, "2026-03-02T15:00:00") } }
  local rows = {}
  local function measure(name, count, make, counted, of_one)
    local raw = ground.in_folder(function(folder)
      return ground.raw("commits '%s' %d %d", folder, o.quick and 20 or 300, BATCH * of_one).per_second * BATCH
    end)
    local all = {}
    for i = 1, o.runs do
      all[i] = play(base, count, make, counted)
      machine.say("%s: %.0f/s acknowledged, p99 %.1f ms", name, all[i].per_second, all[i].p99)
    end
    local m = machine.medians(all)
    rows[#rows + 1] = { name = name, value = m.per_second, unit = "/s", cpu = m.cpu, rss = m.rss, ratio = m.per_second / raw,
      of = ("%.0f times %d plain rows/s in commits of %d"):format(raw, of_one, BATCH * of_one),
      note = ("%.0f µs of CPU each; a transaction p50 %.1f, p99 %.1f ms"):format(m.cpu / count * 1e6, m.p50, m.p99) }
  end
  measure("Patients", o.quick and 400 or PATIENTS, patient, "SELECT count(*) AS count FROM identity WHERE kind='mrn'", PATIENT_ROWS)
  measure("Observations", o.quick and 400 or READINGS, reading, "SELECT count(*) AS count FROM observation", READING_ROWS)
  return rows, ("transactions of %d over %d connections; %d patients known"):format(BATCH, CONNECTIONS, known)
end

return fhir
