-- Kannel as Debian has it: bearerbox, smsbox and its fake SMSC, on loopback, in a folder of their own.
local uv = require "luv"
local lfs = require "lfs"
local wait = require "functional.support.wait"
local demo = require "demo.kannel"
local http = require "demo.http"

local Kannel = {}
Kannel.__index = Kannel
Kannel.FAKE = "/usr/lib/kannel/test/fakesmsc"

function Kannel.there()
  return lfs.attributes(demo.BEARERBOX, "mode") and lfs.attributes(demo.SMSBOX, "mode") and lfs.attributes(Kannel.FAKE, "mode")
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

-- token: what it says when it calls the daemon. smsc: its group; else the fake one, which connects.
function Kannel:start(token, smsc)
  demo.write { folder = self.folder, admin = self.admin, box = self.box, sendsms = self.sendsms, smsc = smsc or demo.fake(self.smsc),
    inbound = ("http://127.0.0.1:%d/channels/sms/inbound?token=%s"):format(self.daemon, token) }
  spawn(self, demo.BEARERBOX, { "kannel.conf" })
  wait.till("bearerbox listens", function() return answers(self.box) end)
  spawn(self, demo.SMSBOX, { "kannel.conf" })
  -- It listens before it knows its users, and refuses them then.
  wait.till("smsbox knows its users", function()
    return wait.for_it(function()
      local client = http.client(self.sendsms)
      local status = client:ask("GET", "/cgi-bin/sendsms?username=ward&password=p4ss")
      client:close()
      return status == 400
    end)
  end)
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
