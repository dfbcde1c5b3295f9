-- The far side of a real Kannel: a fake SMSC, to which each part of a text is a line, and behind it the people with their phones.
local uv = require "luv"
local http = require "http"

local smsc = {}

local function bytes_of(text)
  return (text:gsub("%+", " "):gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

local function utf8_of(text)                                  -- of UCS-2, which has its characters over FFFF in two
  local out, high = {}, nil
  for a, b in text:gmatch "(.)(.)" do
    local unit = a:byte() << 8 | b:byte()
    if unit & 0xFC00 == 0xD800 then
      high = unit
    else
      out[#out + 1] = utf8.char(high and 0x10000 + ((high & 0x3FF) << 10 | unit & 0x3FF) or unit)
      high = nil
    end
  end
  return table.concat(out)
end

-- The text of a line, or nil while parts of it are missing. All that the demo sends is Chinese, so parts are UCS-2.
local function text_of(self, to, rest)
  local header, data = rest:match "^udh (%S+) data (.*)$"
  if not header then
    local kind, text = rest:match "^(%S+) (.*)$"
    return kind == "ucs-2" and utf8_of(bytes_of(text)) or text
  end
  local _, _, _, number, count, at = bytes_of(header):byte(1, 6)
  local key = to .. "/" .. number
  local parts = self.parts[key] or { left = count }
  self.parts[key] = parts
  parts[at], parts.left = bytes_of(data), parts.left - 1
  if parts.left > 0 then return nil end
  self.parts[key] = nil
  return utf8_of(table.concat(parts, "", 1, count))
end

local function arrived(self, line)
  local to, rest = line:match "^%S+ (%S+) (.*)$"
  if not to then return end
  self.counts.parts = self.counts.parts + 1
  local text = text_of(self, to, rest)
  if not text then return end
  self.counts.texts = self.counts.texts + 1
  if self.people:is_unusable(to) then self.counts.unusable = self.counts.unusable + 1 else self.deliver { mobile = to, content = text } end
end

-- given: port of bearerbox's fake SMSC, log: its access log, people, deliver(message).
function smsc.start(given)
  local self = setmetatable({ parts = {}, counts = { texts = 0, parts = 0, unusable = 0 } }, { __index = given })
  local tcp, rest = uv.new_tcp(), ""
  tcp:connect("127.0.0.1", given.port, function(failure)
    if failure then return given.trouble("Kannel does not let its SMSC in: " .. failure) end
    tcp:read_start(function(_, chunk)
      rest = rest .. (chunk or "")
      rest = rest:gsub("([^\n]*)\n", function(line)
        http.go(arrived, self, line)
        return ""
      end)
    end)
  end)
  self.tcp = tcp
  return self
end

-- Keys of all texts that Kannel says it sent, by its own access log; it always says what it took.
function smsc.taken(self, unsaid)
  local keys, seen = {}, {}
  local file <close> = assert(io.open(self.log))
  for line in file:lines() do
    local key = not unsaid and line:match " Sent SMS .- %[BINF:([^%]]+)%]"
    if key and not seen[key] then keys[#keys + 1] = key end
    if key then seen[key] = true end
  end
  table.sort(keys)
  return keys
end

return smsc
