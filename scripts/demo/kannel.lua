-- Kannel as Debian has it: what its bearerbox and smsbox read, for one SMSC and all of it on loopback.
local kannel = { BEARERBOX = "/usr/sbin/bearerbox", SMSBOX = "/usr/sbin/smsbox" }

local CONF = [[
group = core
admin-port = {admin}
admin-port-ssl = false
admin-password = admin
admin-interface = 127.0.0.1
smsbox-port = {box}
smsbox-port-ssl = false
smsbox-interface = 127.0.0.1
log-file = "{folder}/bearerbox.log"
access-log = "{folder}/bearerbox-access.log"
log-level = 1
dlr-storage = internal
box-allow-ip = "127.0.0.1"
box-deny-ip = "*.*.*.*"
sms-incoming-queue-limit = 100

group = smsc
{smsc}

group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {box}
sendsms-port = {sendsms}
sendsms-interface = 127.0.0.1
log-file = "{folder}/smsbox.log"
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
get-url = "{inbound}&id=%I&from=%p&at=%T&text=%a"
]]

-- The fake SMSC, whose lines come and go over a connection to this port.
function kannel.fake(port)
  return ("smsc = fake\nsmsc-id = fake\nport = %d\nconnect-allow-ip = 127.0.0.1"):format(port)
end

-- Writes folder/kannel.conf. given: folder; admin, box, sendsms: free ports; smsc: what its group says; inbound: the address that
-- is called with what people write, with a query already.
function kannel.write(given)
  local file = assert(io.open(given.folder .. "/kannel.conf", "w"))
  file:write((CONF:gsub("{(%l+)}", given)))
  file:close()
end

return kannel
