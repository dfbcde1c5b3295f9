-- The arithmetic of clocks against a second implementation, which is slow and knows nothing of the first: it walks in
-- quarters of an hour, and has its own zones, days off and working hours.
local due = require("afterward.unit.care").clock.due

local MIN, HOUR, DAY = 60000, 3600000, 86400000
local STEP = 15 * MIN

local function days_of(year, month, day)                            -- since 1970
  if month <= 2 then year, month = year - 1, month + 12 end
  return 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day - 719469
end
local function weekday(day) return (day + 3) % 7 + 1 end            -- Monday is 1
local function sunday(year, month, which)                           -- the which-th, or the last when 0
  if which == 0 then
    local day = days_of(year, month, 31)
    return day - weekday(day) % 7
  end
  local first = days_of(year, month, 1)
  return first + (7 - weekday(first)) + 7 * (which - 1)
end

-- zone → ms UTC → offset. 2026 alone: starts lie in its spring and autumn.
local function summer(from, to, winter_offset)
  return function(ms) return winter_offset + ((ms >= from and ms < to) and HOUR or 0) end
end
local ZONES = {
  ["Asia/Shanghai"] = function() return 8 * HOUR end,
  ["Asia/Kathmandu"] = function() return 5 * HOUR + 45 * MIN end,
  ["Europe/Berlin"] = summer(sunday(2026, 3, 0) * DAY + HOUR, sunday(2026, 10, 0) * DAY + HOUR, HOUR),
  ["America/New_York"] = summer(sunday(2026, 3, 2) * DAY + 7 * HOUR, sunday(2026, 11, 1) * DAY + 6 * HOUR, -5 * HOUR),
}
local NAMES = { "Asia/Shanghai", "Asia/Kathmandu", "Europe/Berlin", "America/New_York" }

local Slow = {}
Slow.__index = Slow
function Slow:local_of(ms) return ms + self.offset(ms) end
-- Of a time of a day that the clock shows once.
function Slow:moment(day, of_day)
  local ms = day * DAY + of_day
  return ms - self.offset(ms - self.offset(ms - HOUR))
end
function Slow:ranges(day)
  local special = self.special[day]
  if special == "off" then return {} end
  if special == "work" then
    for i = 1, 7 do if #self.week[i] > 0 then return self.week[i] end end
  end
  return self.week[weekday(day)]
end
function Slow:open(ms)
  local at = self:local_of(ms)
  for _, range in ipairs(self:ranges(at // DAY)) do
    if at % DAY >= range[1] * MIN and at % DAY < range[2] * MIN then return true end
  end
end
local function stands(pauses, ms)
  for i = 1, #pauses, 2 do if ms >= pauses[i] and ms < pauses[i + 1] then return true end end
end

-- Walks until so much time has passed in which it did not stand (and people worked).
function Slow:walk(start, amount, pauses, working)
  local at = start
  while amount > 0 do
    if not stands(pauses, at) and (not working or self:open(at)) then amount = amount - STEP end
    at = at + STEP
  end
  return at
end
-- Where the day's hand stands when all the standing is over: no pause begins after the end that it led to.
function Slow:days(start, count, pauses, working)
  local function finish(stood)
    local from = start + stood
    local at = self:local_of(from)
    local day, of_day = at // DAY, at % DAY
    if working and (stood == 0 and not self:open(from) or #self:ranges(day) == 0) then
      while not self:open(from) do from = from + STEP end
      at = self:local_of(from)
      day, of_day = at // DAY, at % DAY
    end
    local left = count
    while left > 0 do
      day = day + 1
      if not working or #self:ranges(day) > 0 then left = left - 1 end
    end
    return self:moment(day, of_day), day, of_day
  end
  local stood, due_at, day, of_day = 0, finish(0)
  for i = 1, #pauses, 2 do
    if pauses[i] >= due_at then break end
    stood = stood + pauses[i + 1] - pauses[i]
    due_at, day, of_day = finish(stood)
  end
  return due_at, day, of_day
end

local function clock_text(minutes) return ("%02d:%02d"):format(minutes // 60, minutes % 60) end
local function date_text(day)
  local z = day + 719468
  local era = z // 146097
  local doe = z - era * 146097
  local yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
  local doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
  local mp = (5 * doy + 2) // 153
  local month = mp < 10 and mp + 3 or mp - 9
  return ("%04d-%02d-%02d"):format(yoe + era * 400 + (month <= 2 and 1 or 0), month, doy - (153 * mp + 2) // 5 + 1)
end

local function random_calendar(slow, first_day)
  local names, hours = { "mon", "tue", "wed", "thu", "fri", "sat", "sun" }, {}
  slow.week, slow.special = {}, {}
  for i = 1, 7 do
    slow.week[i] = {}
    if i == 3 or math.random() < (i < 6 and 0.9 or 0.2) then
      local from = math.random(24, 40) * 15
      local noon, back = from + math.random(4, 16) * 15, math.random(1, 8) * 15
      slow.week[i] = { { from, noon }, { noon + back, noon + back + math.random(4, 16) * 15 } }
      if math.random() < 0.2 then slow.week[i][2] = nil end
      local ranges = {}
      for k, range in ipairs(slow.week[i]) do ranges[k] = clock_text(range[1]) .. "-" .. clock_text(range[2]) end
      hours[#hours + 1], hours[#hours + 2] = names[i], table.concat(ranges, ",")
    end
  end
  local days = {}
  for day = first_day, first_day + 30 do
    if math.random() < 0.12 then
      slow.special[day] = math.random() < 0.6 and "off" or "work"
      days[#days + 1] = date_text(day) .. "," .. slow.special[day] .. ",x"
    end
  end
  return hours, table.concat(days, "\n")
end

local function random_pauses(start)
  local list, at = {}, start
  for _ = 1, math.random(0, 3) do
    local from = at + math.random(0, 100) * STEP
    at = from + math.random(1, 300) * STEP
    list[#list + 1], list[#list + 2] = from, at
    at = at + STEP
  end
  return list
end

local SPANS = {
  function() local n = math.random(1, 60) return ("%dm"):format(n * 15), function(s, at, p) return s:walk(at, n * STEP, p) end end,
  function() local n = math.random(1, 80) return ("%dh"):format(n), function(s, at, p) return s:walk(at, n * HOUR, p) end end,
  function() local n = math.random(1, 24) return ("%dbh"):format(n), function(s, at, p) return s:walk(at, n * HOUR, p, true) end end,
  function() local n = math.random(1, 10) return ("%dbd"):format(n), function(s, at, p) return s:days(at, n, p, true) end end,
  function() local n = math.random(1, 10) return ("%dd"):format(n), function(s, at, p) return s:days(at, n, p) end end,
}
-- The days on which the hand jumps: the clock then shows a time twice or never, which days count by.
local JUMPS = { [sunday(2026, 3, 0)] = true, [sunday(2026, 10, 0)] = true, [sunday(2026, 3, 2)] = true, [sunday(2026, 11, 1)] = true }

describe("a clock", function()
  it("is due when a walk in quarters of an hour says so, over 10,000 random calendars, pauses and zones", function()
    math.randomseed(20261128)
    local checked = { 0, 0, 0, 0, 0 }
    for n = 1, 10000 do
      local kind, zone = math.random(#SPANS), NAMES[math.random(#NAMES)]
      local first_day = days_of(2026, math.random() < 0.5 and 3 or 10, math.random(1, 28))
      local slow = setmetatable({ offset = ZONES[zone] }, Slow)
      local hours, holidays = random_calendar(slow, first_day)
      local start = first_day * DAY + math.random(0, 95) * STEP
      local pauses = random_pauses(start)
      local span, reckon = SPANS[kind]()
      local expected, day, of_day = reckon(slow, start, pauses)
      if not (day and JUMPS[day] and of_day < 4 * HOUR) then
        local found, why = due(zone, hours, holidays, start, span, pauses)
        if found ~= expected then
          assert.same({ n, zone, span, expected }, { n, zone, span, found or why })
        end
        checked[kind] = checked[kind] + 1
      end
    end
    for kind, count in ipairs(checked) do assert.truthy(count > 1500, kind) end
  end)

  it("is not moved by a waiting that began after it had run out, and counts no waiting before it began", function()
    local at, week = days_of(2026, 3, 2) * DAY, { "mon-sun", "08:00-12:00" }
    assert.same({ at + 2 * HOUR, 0 }, { due("UTC", week, "", at, "2h", { at + 3 * HOUR, at + 9 * HOUR }) })
    assert.same({ at + 3 * HOUR, HOUR }, { due("UTC", week, "", at, "2h", { at - 5 * HOUR, at + HOUR }) })
  end)

  it("of working hours is given back the working time of a waiting alone", function()
    local at, week = days_of(2026, 3, 2) * DAY, { "mon-fri", "09:00-17:00" }             -- a Monday
    assert.equal(at + DAY + 12 * HOUR, (due("UTC", week, "", at + 9 * HOUR, "4bh", { at + 10 * HOUR, at + 20 * HOUR })))
  end)
end)
