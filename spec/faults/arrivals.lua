-- The process is killed at any moment while a HIS and a laboratory press: HL7 over MLLP, several on their way in each connection, and
-- readings in batches. What was answered AA or 202 must be there once, by the senders' own record; what got no answer they
-- send again, as it was, when the listener is back.
local Hospital = require "functional.support.hospital"
local mllp = require "functional.support.mllp"
local balance = require "functional.support.balance"
local dice = require "functional.support.dice"
local wait = require "functional.support.wait"
local json = require "dkjson"
local uv = require "luv"

local SENDERS, AHEAD, BATCHES, REST_MS, READINGS = 3, 8, 2, 12, 40
local PER_HOSPITAL = 25
local STEP = 'aw.step { id = "s", at = "90d", run = function(p) end },'

-- A line whose listener has just been killed is written to all the same: that must not end this process.
local broken_pipe = uv.new_signal()
broken_pipe:start "sigpipe"
broken_pipe:unref()

-- stays: patient number → acknowledged; readings: patient number → value → acknowledged; odd: answers that should not have been.
local function open(seed)
  local h = Hospital.open { plugins = os.getenv "AFTERWARD_BUILD" .. "/plugins", channels = "log = {}",
    scripts = { ["w/w.lua"] = Hospital.ward("w", STEP) }, site = 'connectors = { his = { plugin = "hl7", listen = "127.0.0.1:0" } },' }
  return { h = h, seed = seed, patients = 0, values = 0, stays = {}, known = {}, readings = {}, odd = {}, actors = 0, again = 0,
    messages = 0, batches = 0 }
end

local function strange(o, text) if #o.odd < 20 then table.insert(o.odd, text) end end

-- A patient who is known, with room for one reading more, and a value that no other reading has.
local function next_reading(o, roll)
  for _ = 1, 5 do
    local n = o.known[roll(1, math.max(1, #o.known))]
    local had = n and o.readings[n]
    if had and had.count < READINGS then
      had.count, o.values = had.count + 1, o.values + 1
      return n, o.values
    end
  end
end

local function keep(o, n, value, acknowledged) o.readings[n].values[value] = acknowledged end

-- --- the HIS

local function new_message(o, roll)
  local n, value = nil, nil
  if roll(1, 2) == 1 then n, value = next_reading(o, roll) end
  if n then
    keep(o, n, value, false)
    local id = "R" .. value
    return { id = id, took = function() keep(o, n, value, true) end, text = mllp.message("ORU^R01", { mllp.pid(n), mllp.pv1(n),
      ("OBR|1||%s|LOAD|||20260302090000"):format(id), ("OBX|1|NM|load||%d|||||||F"):format(value) }, { id = id }) }
  end
  o.patients = o.patients + 1
  n = o.patients
  return { id = "S" .. n, text = mllp.discharge(n, { id = "S" .. n }), took = function()
    o.stays[n], o.readings[n] = true, { count = 0, values = {} }
    table.insert(o.known, n)
  end }
end

local function send(line, message) line.tcp:write(mllp.BEGIN .. message.text .. mllp.END) end

local function hear(o, line, flight)
  for answer in function()
    local one = line.got:match("^[^\x0B]*\x0B(.-)\x1C\r")
    if one then line.got = line.got:sub(select(2, line.got:find("\x1C\r", 1, true)) + 1) end
    return one
  end do
    local code, id = answer:match "\rMSA|(%u%u)|([^|\r]*)"
    local message = table.remove(flight, 1)
    if not message or code ~= "AA" or id ~= message.id then
      strange(o, ("%s was answered %s"):format(message and message.id or "nothing", answer:gsub("\r", " / ")))
    else
      o.messages = o.messages + 1
      message.took()
    end
  end
end

-- A line to where the listener is now: nil when nobody is there.
local function connect(o, flight)
  local line, state = { tcp = uv.new_tcp(), got = "" }, nil
  line.tcp:connect("127.0.0.1", o.port, function(failure)
    state = failure and "gone" or "open"
    if failure then return end
    line.tcp:read_start(function(_, chunk)
      if not chunk then line.gone = true return end
      line.got = line.got .. chunk
      hear(o, line, flight)
    end)
  end)
  while not state do wait.sleep(2) end
  if state == "open" then return line end
  line.tcp:close()
end

local function press(o, line, flight, roll)
  for _, message in ipairs(flight) do
    o.again = o.again + 1
    send(line, message)
  end
  while not line.gone and (#flight > 0 or not o.ending) do
    if #flight < AHEAD and not o.ending then
      table.insert(flight, new_message(o, roll))
      send(line, flight[#flight])
    end
    wait.sleep(roll(1, REST_MS))
  end
  line.tcp:close()
end

local function his(o, roll)
  local flight = {}
  while not o.over and (#flight > 0 or not o.ending) do
    local line = o.up and connect(o, flight)
    if line then press(o, line, flight, roll) else wait.sleep(10) end
  end
end

-- --- the laboratory

local TOKEN = { Authorization = "Bearer " .. Hospital.TOKENS.his, ["Content-Type"] = "application/json" }

local function new_batch(o, roll)
  local out, body = {}, {}
  for i = 1, roll(1, 20) do
    local n, value = next_reading(o, roll)
    if not n then break end
    keep(o, n, value, false)
    out[i], body[i] = { n = n, value = value }, { id = "B" .. value, mrn = "M" .. n, code = "load", value = value,
      at = "2026-03-02T09:00:00+08:00" }
  end
  return out, json.encode { observations = body }
end

local function post(o, batch, body)
  while not o.over do
    local status, text
    if o.up then status, text = o.h.client:ask("POST", "/api/v1/observations", TOKEN, body) end
    if status == 202 then
      for i, result in ipairs(json.decode(text).results) do
        if result.status ~= 202 then strange(o, json.encode(result)) end
        keep(o, batch[i].n, batch[i].value, true)
      end
      o.batches = o.batches + 1
      return
    elseif status then strange(o, status .. " " .. tostring(text)) end
    wait.sleep(10)
  end
end

local function laboratory(o, roll)
  while not o.ending do
    local batch, body = new_batch(o, roll)
    if batch[1] then post(o, batch, body) end
    wait.sleep(roll(1, REST_MS * 2))
  end
end

-- --- kills

local function actors(o, name, count, act)
  for i = 1, count do
    o.actors = o.actors + 1
    wait.go(function()
      act(o, dice(o.seed, name, i))
      o.actors = o.actors - 1
    end)
  end
end

local function start(o)
  o.h:start()
  o.port = mllp.ports(o.h).his
  o.up = true
end

local function live_through(o, rounds, roll)
  start(o)
  actors(o, "his", SENDERS, his)
  actors(o, "laboratory", BATCHES, laboratory)
  for _ = 1, rounds do
    wait.ms(roll(60, 500))
    o.up = false
    o.h:kill()
    start(o)
  end
  wait.ms(100)
  o.ending = true
  wait.till("every sender has its answers", function() return o.actors == 0 end, 60)
end

-- --- the books

local function say(text, ...) io.stderr:write("  differs: ", text:format(...), "\n") end

-- How often each is there against what the sender knows: once.
local function count(out, what, acknowledged, here)
  out.arrived = out.arrived + 1
  if acknowledged and here == 0 then out.lost = out.lost + 1 end
  if here > 1 then out.applied_twice = out.applied_twice + 1 end
  if acknowledged and here ~= 1 then say("%s: acknowledged, %d here", what, here) end
end

local function compare_patient(o, out, n)
  local patient = o.h:patient(n)
  local stays = patient and #o.h:get("/patients/" .. patient.id .. "/history?department=w").stays or 0
  local enrolled = patient and #o.h:get("/enrollments?patient=" .. patient.id).items or 0
  count(out, "stay V" .. n, true, stays)
  count(out, "enrollment of M" .. n, true, enrolled)
  local here = {}
  if patient then
    for _, row in ipairs(o.h:get("/patients/" .. patient.id .. "/facts?department=w").observations) do
      here[row.value] = (here[row.value] or 0) + 1
    end
  end
  for value, acknowledged in pairs(o.readings[n].values) do
    count(out, ("reading %d of M%d"):format(value, n), acknowledged, here[value] or 0)
    here[value] = nil
  end
  for value, times in pairs(here) do
    out.odd = out.odd + times
    say("reading %g of M%d: nobody sent it", value, n)
  end
end

local function compare(o)
  local out = { arrived = 0, lost = 0, applied_twice = 0, odd = #o.odd, log = balance.faults_in_log(o.h:words()), again = o.again,
    messages = o.messages, batches = o.batches }
  wait.till("all is applied", function()
    local status, text = o.h:call("GET", "/metrics", nil, { token = false })
    return status == 200 and text:match "\nafterward_inbox_waiting (%d+)" == "0" and #o.h:get("/enrollments?limit=1").items == 1
  end, 60)
  wait.till("every one is enrolled", function() return o.h:get "/summary".enrolled >= #o.known end, 60)
  for _, n in ipairs(o.known) do compare_patient(o, out, n) end
  for _, letter in ipairs(o.h:get "/dead-letters?state=open".items) do strange(o, "dead letter: " .. letter.reason) end
  for _, text in ipairs(o.odd) do io.stderr:write("  odd: ", text, "\n") end
  out.odd = out.odd + #o.odd - out.odd
  return out
end

local function hospital(seed, number, rounds)
  local o = open(seed .. "/" .. number)
  local good, result = xpcall(function()
    live_through(o, rounds, dice(seed, number, "kill"))
    return compare(o)
  end, debug.traceback)
  o.over, o.ending = true, true
  if not good and o.h.daemon then o.h:kill() end
  o.h:close()
  if not good then error(result, 0) end
  return result
end

return {
  about = "kill -9 while HL7 messages and batches of readings arrive, compared with the senders' own record",
  figure = "0 acknowledged and lost, 0 applied twice",
  rounds = 200,
  short = 12,
  run = function(o)
    local total, left, number = {}, o.rounds, 0
    while left > 0 do
      number = number + 1
      local rounds = math.min(left, PER_HOSPITAL)
      balance.add(total, hospital(o.seed, number, rounds))
      left = left - rounds
      o.say(("%d kills: %d messages were answered AA, %d batches 202; %d sent again; %d things compared"):format(o.rounds - left,
        total.messages, total.batches, total.again, total.arrived))
    end
    local out = {}
    for _, pair in ipairs { { "acknowledged and lost (stays, enrollments, readings)", "lost" }, { "applied twice", "applied_twice" },
      { "answers that should not have been given, readings nobody sent", "odd" }, { "errors in the log, sanitizers' findings", "log" } } do
      out[#out + 1] = { figure = pair[1], value = total[pair[2]], target = "0", ok = total[pair[2]] == 0 }
    end
    return out
  end,
}
