-- A sending system, as specs need one: a connection over MLLP, and messages as real systems write them.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"
local uv = require "luv"

local BEGIN, END = "\x0B", "\x1C\r"
local mllp = { BEGIN = BEGIN, END = END, control = 0 }

-- A peer with a connection of its own.
function mllp.peer(port)
  local self = { got = "", tcp = uv.new_tcp() }
  self.tcp:connect("127.0.0.1", port, function(failure)
    if failure then self.failure = failure return end
    self.tcp:read_start(function(_, chunk)
      if chunk then self.got = self.got .. chunk else self.gone = true end
    end)
    self.open = true
  end)
  wait.till("it is connected", function() return self.open or self.failure end)
  if self.failure then error(self.failure) end
  function self.raw(bytes) self.tcp:write(bytes) end
  function self.answer()                                     -- the next acknowledgment, without its frame
    local message = wait.till("it is answered", function() return self.got:match("^" .. BEGIN .. "(.-)\x1C\r") end)
    self.got = self.got:sub(#message + 4)
    return message
  end
  function self.send(message)
    self.raw(BEGIN .. message .. END)
    return self.answer()
  end
  function self.close() if not self.tcp:is_closing() then self.tcp:close() end end
  return self
end

-- A message with these segments after MSH; o: app, id, event, charset, accept, application.
function mllp.message(event, segments, o)
  o = o or {}
  mllp.control = mllp.control + 1
  local msh = ("MSH|^~\\&|%s|HOSP|AW|HOSP|20260302110000||%s|%s|P|2.4|||%s|%s||%s"):format(o.app or "HIS", event, o.id or "C" .. mllp.control,
    o.accept or "", o.application or "", o.charset or "")
  return table.concat({ msh, table.unpack(segments) }, "\r") .. "\r"
end

function mllp.pid(n, o)
  o = o or {}
  return ("PID|1||%s||%s||%s|F|||%s||%s"):format(o.mrn or "M" .. n .. "^^^HOSP^MR", o.name or "王^小" .. n, o.birth or "19510203",
    o.address or "解放路1号^^杭州", o.phone or Hospital.phone(n))
end
function mllp.pv1(n, o)
  o = o or {}
  return ("PV1|1|I|3W^12^1||||D7^李^医生|||%s|||||||||V%d|||||||||||||||||%s||||||||%s|%s"):format(o.department or "w", n, o.leaving or "01",
    o.admitted or "20260226090000", o.discharged or "20260302103000")
end
function mllp.evn(event, at) return ("EVN|%s|%s"):format(event, at or "20260302103000") end
function mllp.discharge(n, o)
  return mllp.message("ADT^A03", { mllp.evn "A03", mllp.pid(n, o), "NK1|1|王^大|CHD||13900000" .. 100 + n, mllp.pv1(n, o), "DG1|1||M17.1^膝关节病|||F",
    "PR1|1||81.54^全膝关节置换||20260227" }, o)
end

-- Where the connectors of a running hospital listen, by name.
function mllp.ports(h)
  local out = {}
  for _, item in ipairs(h:get "/plugins".items) do
    if item.kind == "connector" then out[item.name] = tonumber(item.listens[1]:match ":(%d+)$") end
  end
  return out
end

return mllp
