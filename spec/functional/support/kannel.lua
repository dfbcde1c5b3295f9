-- Kannel as Debian has it: bearerbox, smsbox and its fake SMSC, on loopback, in a folder of their own.
local uv = require "luv"
local lfs = require "lfs"
local wait = require "functional.support.wait"

local Kannel = {}
Kannel.__index = Kannel
Kannel.FAKE = "/usr/lib/kannel/test/fakesmsc"

local CONF = [[
group = core
admin-port = %d
admin-port-ssl = false
admin-password = admin
admin-interface = 127.0.0.1
smsbox-port = %d
smsbox-port-ssl = false
log-file = "%s/bearerbox.log"
access-log = "%s/bearerbox-access.log"
log-level = 1
dlr-storage = internal
box-allow-ip = "127.0.0.1"
box-deny-ip = "*.*.*.*"
sms-incoming-queue-limit = 100

group = smsc
smsc = fake
smsc-id = fake
port = %d
connect-allow-ip = 127.0.0.1

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = %d
sendsms-port = %d
sendsms-interface = 127.0.0.1
log-file = "%s/smsbox.log"
log-level = 1
mo-recode = true
global-sender = 1069

group = sendsms-user
username = ward
password = p4ss
max-messages = 10
concatenation = true

group = sms-service
keyword = default
catch-all = true
max-messages = 0
get-url = "http://127.0.0.1:%d/channels/sms/inbound?token=%s&id=%%I&from=%%p&at=%%T&text=%%a"
]]

function Kannel.there()
  return lfs.attributes("/usr/sbin/bearerbox", "mode") and lfs.attributes("/usr/sbin/smsbox", "mode") and lfs.attributes(Kannel.FAKE, "mode")
end

-- Ports that nobody has now.
local function free_ports(count)
  local held, ports = {}, {}
  for i = 1, count do
    held[i] = uv.new_tcp()
    held[i]:bind("127.0.0.1", 0)
    ports[i] = held[i]:getsockname().port
  end
  for _, tcp in ipairs(held) do tcp:close() end
  return ports
end

local function spawn(self, program, args)
  local process = { text = "" }
  local pipes = { uv.new_pipe(false), uv.new_pipe(false) }
  local env = { "PATH=" .. os.getenv "PATH", "HOME=" .. self.folder } -- without the sanitizer of what runs the specs
  process.handle, process.pid = uv.spawn(program, { args = args, cwd = self.folder, env = env, stdio = { nil, pipes[1], pipes[2] } }, function()
    process.ended = true
    process.handle:close()
  end)
  assert(process.handle, process.pid)
  for _, pipe in ipairs(pipes) do
    pipe:read_start(function(_, chunk)
      if chunk then process.text = process.text .. chunk else pipe:close() end
    end)
  end
  table.insert(self.processes, 1, process)
  return process
end

local function answers(port)
  local found
  wait.for_it(function()
    local tcp = uv.new_tcp()
    tcp:connect("127.0.0.1", port, function(failure)
      found = not failure
      tcp:close()
    end)
    while found == nil do wait.sleep(5) end
  end)
  return found
end

-- All ports are known before anything runs, that of the daemon too, since each calls the other.
function Kannel.prepare()
  local self = setmetatable({ processes = {} }, Kannel)
  self.folder = assert(uv.fs_mkdtemp((os.getenv "TMPDIR" or "/tmp") .. "/afterward-kannel-XXXXXX"))
  self.admin, self.box, self.smsc, self.sendsms, self.daemon = table.unpack(free_ports(5))
  return self
end

-- token: what it says when it calls the daemon.
function Kannel:start(token)
  local file = assert(io.open(self.folder .. "/kannel.conf", "w"))
  file:write(CONF:format(self.admin, self.box, self.folder, self.folder, self.smsc, self.box, self.sendsms, self.folder, self.daemon, token))
  file:close()
  spawn(self, "/usr/sbin/bearerbox", { "kannel.conf" })
  wait.till("bearerbox listens", function() return answers(self.box) end)
  spawn(self, "/usr/sbin/smsbox", { "kannel.conf" })
  wait.till("smsbox listens", function() return answers(self.sendsms) end)
  return self
end

-- An SMSC comes, perhaps with a message of somebody: "sender receiver text words"; its text shows what is sent to people.
function Kannel:connect(message)
  self.fake = spawn(self, Kannel.FAKE, { "-H", "127.0.0.1", "-r", tostring(self.smsc), "-i", "0.05", "-m", message and "1" or "0",
    message or "1 2 text nothing" })
  return self.fake
end

function Kannel:disconnect()
  local fake = self.fake
  self.fake = nil
  if not fake then return end
  if not fake.ended then uv.kill(fake.pid, "sigkill") end
  wait.till("the SMSC is gone", function() return fake.ended end)
end

-- What bearerbox, smsbox or bearerbox-access has written.
function Kannel:log(name)
  local file <close> = assert(io.open(("%s/%s.log"):format(self.folder, name)))
  return file:read "a"
end

function Kannel:stop()
  for _, process in ipairs(self.processes) do if not process.ended then uv.kill(process.pid, "sigterm") end end
  local patience = 0
  wait.till("Kannel ends", function()
    patience = patience + 1
    local left = false
    for _, process in ipairs(self.processes) do
      if not process.ended then
        left = true
        if patience == 100 then uv.kill(process.pid, "sigkill") end
      end
    end
    return not left
  end)
  os.execute(("rm -rf '%s'"):format(self.folder))
end

return Kannel
