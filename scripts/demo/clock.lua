-- The engine's time as the demo sees it, and times as people write them. The demo's hospital lies at UTC+8.
local uv = require "luv"

local ZONE_MS = 8 * 3600 * 1000
local clock = { speed = 1, base = 0, steady = 0 }
local Clock = { __index = clock }

-- The engine had this time (ms) when the steady clock, which all processes share, stood at steady (ms).
function clock.new(engine_ms, steady_ms, speed)
  return setmetatable({ base = engine_ms, steady = steady_ms, speed = speed }, Clock)
end

function clock.steady_ms() return uv.hrtime() / 1e6 end

function clock:now() return math.floor(self.base + (clock.steady_ms() - self.steady) * self.speed) end

-- How long such a span of the engine's is in truth.
function clock:real(ms) return ms / self.speed end

local function days_of(year, month, day)
  local y = month <= 2 and year - 1 or year
  local era = y // 400
  local of_era, of_year = y - era * 400, (153 * ((month + 9) % 12) + 2) // 5 + day - 1
  return era * 146097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719468
end

-- "2026-03-02", "2026-03-02 15:00", "2026-03-02T15:00:00.000+08:00": ms
function clock.parse(text)
  local year, month, day = text:match "^(%d+)-(%d+)-(%d+)"
  if not year then return nil end
  local hour, minute = text:match "^%S-[T ](%d+):(%d+)"
  local second = text:match "^%S-[T ]%d+:%d+:([%d.]+)" or 0
  local sign, off_hour, off_minute = text:match "([+-])(%d%d):?(%d%d)$"
  local offset = text:find "Z$" and 0 or ZONE_MS
  if text:find ":" and sign then
    offset = (off_hour * 60 + off_minute) * 60000 * (sign == "-" and -1 or 1)
  end
  local days = days_of(tonumber(year), tonumber(month), tonumber(day))
  return math.floor(days * 86400000 + ((hour or 0) * 60 + (minute or 0)) * 60000 + second * 1000 - offset)
end

local function parts(ms) return os.date("!*t", (ms + ZONE_MS) // 1000) end

function clock.text(ms) return os.date("!%m-%d %H:%M", (ms + ZONE_MS) // 1000) end

function clock.iso(ms) return os.date("!%Y-%m-%dT%H:%M:%S+08:00", (ms + ZONE_MS) // 1000) end

-- Hours since midnight, and whether it is a Saturday or Sunday.
function clock.hour(ms)
  local now = parts(ms)
  return now.hour + now.min / 60, now.wday == 1 or now.wday == 7
end

function clock.day(ms) return os.date("!%Y-%m-%d", (ms + ZONE_MS) // 1000) end

return clock
