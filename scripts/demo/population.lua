-- The world outside, a process of its own: the SMS gateway, the patients, the nurses and doctors. Tells what happens as
-- JSON lines on its standard output. "stop" on its standard input: nobody begins anything more; "end": the end. When that
-- input closes without a word the demo is gone, and the engine (given.daemon, or the last "pid") must not be left behind.
local uv = require "luv"
local here = arg[0]:match "^(.*)/" or "."
package.path = here .. "/?.lua;" .. package.path

local http = require "http"
local json = require "json"
local clock = require "clock"
local gateway = require "gateway"
local smsc = require "smsc"
local patients = require "patients"
local people = require "people"
local staff = require "staff"

-- port gateway_port token receipt_token seed speed engine_ms steady_ms most_ms daemon; with a real Kannel: smsc_port, sent_log,
-- and the others that must not be left behind
local given = json.decode(arg[1])
local now = clock.new(given.engine_ms, given.steady_ms, given.speed)
local crowd = people.load(here, given.seed, now:now())
local troubles = 0

local function say(line)
  io.stdout:write(json.encode(line), "\n")
  io.stdout:flush()
end

local function tell(kind, person, zh, en)
  say { at = now:now(), kind = kind, who = person and person.shown or "", zh = zh, en = en }
end

local function trouble(text)
  troubles = troubles + 1
  if troubles <= 200 then say { at = now:now(), kind = "trouble", who = "", zh = text, en = "" } end
end

local phones = patients.start { client = http.client(given.port, 8), clock = now, people = crowd, tell = tell, trouble = trouble }
local function deliver(message) patients.receive(phones, message) end
local far = given.smsc_port and smsc or gateway
local sms = given.smsc_port and smsc.start { port = given.smsc_port, log = given.sent_log, people = crowd, deliver = deliver, trouble = trouble }
  or gateway.start { port = given.gateway_port, clock = now, people = crowd, client = http.client(given.port, 4),
    path = "/channels/sms/receipt?token=" .. given.receipt_token, deliver = deliver }
local desk = staff.start { client = http.client(given.port, 6), token = given.token, clock = now, people = crowd,
  nurses = 6, tell = tell, trouble = trouble }

local function stop()
  phones.stopping, desk.stopping = true, true
  http.go(function()
    for _ = 1, 100 do
      if phones.open + desk.open == 0 then break end
      http.sleep(50)
    end
    say { kind = "stopped" }
  end)
end

local function finish()
  say { kind = "totals", gateway = sms.counts, keys = far.taken(sms, false), unsaid = far.taken(sms, true), pages = phones.counts,
        answered = phones.answers, raced = phones.raced, staff = desk.counts, minutes = math.floor(desk.minutes), troubles = troubles }
  os.exit(0)
end

local input, rest = uv.new_pipe(false), ""
input:open(0)
input:read_start(function(_, chunk)
  if not chunk then
    for _, pid in ipairs { given.daemon, table.unpack(given.others or {}) } do uv.kill(pid, "sigkill") end
    os.exit(0)
  end
  rest = rest .. chunk
  given.daemon = tonumber(rest:match "pid (%d+)\n") or given.daemon
  if rest:find "end\n" then finish() end
  if rest:find "stop\n" then
    rest = ""
    stop()
  end
end)
local last = uv.new_timer() -- ends by itself whatever happens to the others
last:start(given.most_ms, 0, finish)
say { kind = "ready" }
uv.run()
