-- Postfix as Debian has it, on loopback, in a folder of its own: it takes mail for wang@example.test, whose neighbour's box is
-- full, and relays for nobody.
local uv = require "luv"
local lfs = require "lfs"
local Servers = require "functional.support.servers"

local Postfix = {}
Postfix.__index = Postfix

local MAIN = [[
compatibility_level = 3.6
queue_directory = FOLDER/queue
data_directory = FOLDER/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = mail.test
mydestination = example.test
local_recipient_maps = inline:{ {wang=x}, {full=x} }
mailbox_transport = box
message_size_limit = 20000
mynetworks = 127.0.0.2/32
smtpd_tls_cert_file = FOLDER/cert.pem
smtpd_tls_key_file = FOLDER/key.pem
smtpd_tls_security_level = may
smtpd_recipient_restrictions = check_recipient_access inline:{ {full@example.test=450 4.2.2 mailbox full} }, reject_unauth_destination
smtpd_relay_restrictions = reject_unauth_destination
maillog_file = FOLDER/mail.log
maillog_file_prefixes = FOLDER
]]

local MASTER = [[
%d inet n - n - - smtpd
postlog unix-dgram n - n - 1 postlogd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
anvil unix - - n - 1 anvil
tlsmgr unix - - n 1000? 1 tlsmgr
local unix - n n - - local
proxymap unix - - n - - proxymap
box unix - n n - - pipe flags=F user=nobody argv=/bin/sh -c cat>>FOLDER/box/mail
]]

-- It drops its rights by itself, so only root can start it.
function Postfix.there() return lfs.attributes("/usr/sbin/postfix", "mode") and uv.getuid() == 0 end

local function write(path, text)
  local file <close> = assert(io.open(path, "w"))
  file:write(text)
end

function Postfix.open()
  local servers = Servers.open "postfix"
  local folder = servers.folder
  local self = setmetatable({ servers = servers, folder = folder, port = Servers.ports(1), ca_file = folder .. "/cert.pem" }, Postfix)
  local function filled(text) return (text:gsub("FOLDER", folder)) end
  assert(os.execute(([[cd %s && chmod 755 . && mkdir conf queue data box && chown postfix data && chmod 777 box && openssl req -x509 \
    -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem 2>/dev/null]])
    :format(folder)))
  write(folder .. "/conf/main.cf", filled(MAIN))
  write(folder .. "/conf/master.cf", filled(MASTER:format(self.port)))
  servers:run("/usr/sbin/postfix", { "-c", folder .. "/conf", "start-fg" })
  Servers.listens(self.port)
  return self
end

-- What has come into the boxes.
function Postfix:mail()
  local file = io.open(self.folder .. "/box/mail")
  if not file then return "" end
  local text = file:read "a"
  file:close()
  return text
end

-- The process that was started waits for another, whose number is in a file.
function Postfix:close()
  local file <close> = assert(io.open(self.folder .. "/queue/pid/master.pid"))
  uv.kill(file:read "n", "sigterm")
  self.servers:stop()
end

return Postfix
