-- SIGTERM at random moments, with every kind of caller at the doors and every kind of work in hand: the service ends in its grace,
-- says whom it cut off, and starts again with all that it acknowledged.
local Hospital = require "functional.support.hospital"
local dice = require "functional.support.dice"
local wait = require "functional.support.wait"
local balance = require "functional.support.balance"
local uv = require "luv"
local json = require "dkjson"

local GRACE_S, SLACK_S = 5, 4          -- a stop may take two graces only when doors would not shut; sanitizers need their time
local STEPS = [[aw.step { id = "one", at = "1h", valid_for = "90d", run = function(p) p:ask("check", { within = "30d" }) end },
  aw.step { id = "two", at = "2h", valid_for = "90d", run = function(p) p:send "hello" end },]]
local SLOW_SPEC = [[
describe("specs that take their time", function()
  it("count", function() local n = 0 for i = 1, 3e6 do n = n + i end assert(n > 0) end)
end)]]

-- A caller that writes bytes and reads answers, or not.
local function caller(doors, port, o)
  local tcp = uv.new_tcp()
  doors.open[#doors.open + 1] = tcp
  tcp:connect("127.0.0.1", port, function(failure)
    if failure or tcp:is_closing() then return end
    if not o.deaf then tcp:read_start(function(_, chunk) if not chunk and not tcp:is_closing() then tcp:close() end end) end
    for _, bytes in ipairs(o) do tcp:write(bytes) end
    if not o.drip then return end
    local timer = uv.new_timer()
    timer:start(0, o.each or 5, function()
      if tcp:is_closing() or doors.over then return timer:close() end
      tcp:write(o.drip())
    end)
  end)
end

local function ward(version)
  local text, count = Hospital.ward("w", STEPS):gsub('calendar = "cn"', 'gate = "specs", calendar = "cn"')
  assert(count == 1)
  return text .. ("\n-- version %d\n"):format(version)
end

local BOSS = "Host: x\r\nAuthorization: Bearer " .. Hospital.TOKENS.boss .. "\r\n"
local function get(path) return ("GET %s HTTP/1.1\r\n%s\r\n"):format(path, BOSS) end
local function post(path, body, length)
  return ("POST %s HTTP/1.1\r\n%sContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"):format(path, BOSS, length or #body, body)
end
local MONTH = "?from=2026-02-01&to=2026-03-01"

-- What stands at the doors, or goes on within. Each gets the hospital, its doors, and dice.
local KINDS = {
  { "an idle connection", function(h, doors) caller(doors, h.port, { get "/healthz" }) end },
  { "half a head", function(h, doors) caller(doors, h.port, { "GET /healthz HTTP/1.1\r\nHo" }) end },
  { "half a body", function(h, doors) caller(doors, h.port, { post("/api/v1/events", "{", 5000) }) end },
  { "a body that drips", function(h, doors) caller(doors, h.port, { post("/api/v1/events", "{", 5000000), drip = function() return " " end }) end },
  { "a reader who reads nothing", function(h, doors) caller(doors, h.port, { get("/api/v1/messages?limit=200"):rep(400), deaf = true }) end },
  { "one request after another", function(h, doors)
    caller(doors, h.port, { drip = function() return get "/api/v1/tasks" .. get "/f" end, each = 1 })
  end },
  { "summaries", function(h, doors) for _ = 1, 6 do caller(doors, h.port, { get "/api/v1/summary" }) end end },
  { "reports", function(h, doors)
    for _, name in ipairs { "feedback", "follow-up" } do caller(doors, h.port, { get("/api/v1/reports/" .. name .. MONTH) }) end
  end },
  { "a forecast", function(h, doors) caller(doors, h.port, { get "/api/v1/forecast" }) end },
  { "a comparison", function(h, doors) caller(doors, h.port, { get "/api/v1/pathways/w/compare" }) end },
  { "events that wait for their commit", function(h, doors, roll)
    for _ = 1, 8 do
      doors.told = doors.told + 1
      caller(doors, h.port, { post("/api/v1/events?wait=applied", json.encode(h:discharge(100000 + doors.told + roll(1, 9) * 1000))) })
    end
  end },
  { "HL7 without a pause", function(_, doors)
    caller(doors, doors.mllp, { drip = function()
      doors.told = doors.told + 1
      return ("\x0BMSH|^~\\&|HIS|H|AW|H|20260302110000||ADT^A08|C%d|P|2.4\rEVN|A08|20260302110000\rPID|1||M%d^^^H^MR||王^小\r\x1C\r")
        :format(doors.told, doors.told)
    end, each = 2 })
  end },
  { "a reload with specs", function(h, _, roll)
    h:script("w/w.lua", ward(roll(1, 1000000)))
    h:signal "sighup"
  end },
  { "a gateway that hangs", function(h) h.gateway.behave = function() return "hang" end end },
  { "a gateway that drips", function(h) h.gateway.behave = function() return "drip" end end },
}
local AT_ONCE = 6

-- Those of this tree, and the built ones.
local function plugins()
  local folder = assert(uv.fs_mkdtemp((os.getenv "TMPDIR" or "/tmp") .. "/afterward-plugins-XXXXXX"))
  assert(uv.fs_symlink(uv.cwd() .. "/plugins/sms-http", folder .. "/sms-http"))
  assert(uv.fs_symlink(os.getenv "AFTERWARD_BUILD" .. "/plugins/hl7", folder .. "/hl7"))
  return folder
end

local function open(o)
  local h = Hospital.open { speed = 3600, plugins = plugins(), scripts = { ["w/w.lua"] = ward(0), ["w/spec/slow_spec.lua"] = SLOW_SPEC } }
  h:configure("sms = " .. h.gateway:channel():gsub("timeout_ms = %d+", "timeout_ms = 600000"),
    'connectors = { his = { plugin = "hl7", listen = "127.0.0.1:0" } },')
  h.roll, h.told, h.longest, h.cuts, h.silent, h.bad = dice(o.seed, "stop"), 0, 0, 0, 0, 0
  return h
end

local function hl7_port(h)
  for _, item in ipairs(h:get "/plugins".items) do
    if item.kind == "connector" then return tonumber(item.listens[1]:match ":(%d+)$") end
  end
end

local function crowd(h, doors)
  local names, left = {}, { table.unpack(KINDS) }
  for _ = 1, AT_ONCE do
    local kind = table.remove(left, h.roll(1, #left))
    names[#names + 1] = kind[1]
    kind[2](h, doors, h.roll)
  end
  return table.concat(names, ", ")
end

local function on_the_way(h)
  for _, request in ipairs(h.gateway.requests) do
    if request.how == "hang" or request.how == "drip" then return true end
  end
end

local function judge(h, round, kinds, seconds, code, words)
  local said = words:find("daemon.cut_off", 1, true) ~= nil
  local silent = on_the_way(h) and not said
  h.longest = math.max(h.longest, seconds)
  h.cuts = h.cuts + (said and 1 or 0)
  h.silent = h.silent + (silent and 1 or 0)
  if code ~= 0 then h.bad = h.bad + 1 end
  if code ~= 0 or silent or seconds > GRACE_S + SLACK_S then
    io.stderr:write(("  round %d ended with %s after %.1f s, with %s: %s\n"):format(round, code, seconds, kinds, words:sub(-2000)))
  end
end

local function stop_once(h, round)
  local doors = { open = {}, told = h.told }
  h.gateway.behave, h.gateway.requests = nil, {}
  h:start()
  doors.mllp = hl7_port(h)
  for n = 1, 10 do assert(h:event(h:discharge(round * 1000 + n)) == 202) end
  local kinds = crowd(h, doors)
  wait.ms(h.roll(0, 2500))
  local asked = uv.hrtime()
  local code, words = h:stop()
  judge(h, round, kinds, (uv.hrtime() - asked) / 1e9, code, words)
  doors.over, h.told = true, doors.told
  for _, tcp in ipairs(doors.open) do if not tcp:is_closing() then tcp:close() end end
end

local function lost(h, rounds)
  local count = 0
  h.gateway.behave = nil
  h:start()
  for round = 1, rounds do
    for n = 1, 10 do if not h:patient(round * 1000 + n) then count = count + 1 end end
  end
  return count
end

local function play(h, o)
  for round = 1, o.rounds do
    stop_once(h, round)
    if round % 10 == 0 then o.say(("%d stops, the longest %.1f s, %d cut somebody off"):format(round, h.longest, h.cuts)) end
  end
  local gone, odd, most = lost(h, o.rounds), balance.faults_in_log(h:words()), GRACE_S + SLACK_S
  return {
    { figure = "the longest stop, s", value = ("%.1f"):format(h.longest), target = "<= " .. most, ok = h.longest <= most },
    { figure = "stops with another end than exit 0", value = h.bad, target = "0", ok = h.bad == 0 },
    { figure = "stops that cut a call off and said nothing", value = h.silent, target = "0", ok = h.silent == 0 },
    { figure = "acknowledged and lost", value = gone, target = "0", ok = gone == 0 },
    { figure = "errors in the log, sanitizers' findings", value = odd, target = "0", ok = odd == 0 },
  }
end

return {
  about = "SIGTERM at random moments with every kind of caller and work in hand: it ends in its grace, and says what it cut off",
  figure = "seconds until the longest stop has ended",
  rounds = 60,
  short = 5,
  run = function(o)
    local h = open(o)
    local ok, out = xpcall(play, debug.traceback, h, o)
    if not ok and h.daemon then h:kill() end
    h:close()
    os.execute(("rm -rf '%s'"):format(h.o.plugins))
    if not ok then error(out, 0) end
    return out
  end,
}
