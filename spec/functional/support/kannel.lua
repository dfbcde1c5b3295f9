-- Kannel as Debian has it: bearerbox, smsbox and its fake SMSC, on loopback, in a folder of their own.
local uv = require "luv"
local lfs = require "lfs"
local wait = require "functional.support.wait"
local Servers = require "functional.support.servers"
local demo = require "demo.kannel"
local http = require "demo.http"

local Kannel = {}
Kannel.__index = Kannel
Kannel.FAKE = "/usr/lib/kannel/test/fakesmsc"

function Kannel.there()
  return lfs.attributes(demo.BEARERBOX, "mode") and lfs.attributes(demo.SMSBOX, "mode") and lfs.attributes(Kannel.FAKE, "mode")
end

-- All ports are known before anything runs, that of the daemon too, since each calls the other.
function Kannel.prepare()
  local self = setmetatable({ servers = Servers.open "kannel" }, Kannel)
  self.folder = self.servers.folder
  self.admin, self.box, self.smsc, self.sendsms, self.daemon = Servers.ports(5)
  return self
end

-- token: what it says when it calls the daemon. smsc: its group; else the fake one, which connects.
function Kannel:start(token, smsc)
  demo.write { folder = self.folder, admin = self.admin, box = self.box, sendsms = self.sendsms, smsc = smsc or demo.fake(self.smsc),
    inbound = ("http://127.0.0.1:%d/channels/sms/inbound?token=%s"):format(self.daemon, token) }
  self.servers:run(demo.BEARERBOX, { "kannel.conf" })
  Servers.listens(self.box)
  self.servers:run(demo.SMSBOX, { "kannel.conf" })
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
  self.fake = self.servers:run(Kannel.FAKE, { "-H", "127.0.0.1", "-r", tostring(self.smsc), "-i", "0.05", "-m", message and "1" or "0",
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

function Kannel:stop() self.servers:stop() end

return Kannel
