-- aw.trend: what a series of readings does. Pure functions of the list that p:read and f:read give, and of a window.
local _, use = ...
local words = use "words.lua"
local trend = {}

local RUN, WINDOW = { rising = true, falling = true }, { slope = true, change = true, outside = true }
local DAYS = { missing = true }
-- What scripts are told of it: name, meaning, what it gives; and the keys of the window, with the functions that alone have them.
local calls = {
  { "rising", "each of the last `days` or `count` beyond the one before", "{ from, to, change, since, at, points } or nil" },
  { "falling", "the same downwards", "{ from, to, change, since, at, points } or nil" },
  { "slope", "least squares over the window", "units a day, or nil: fewer than `least` (3) points, or all of one moment" },
  { "change", "the last of the window less the first", "a number, with `percent` in percent of the first, or nil: fewer than two" },
  { "missing", "days without a reading, the last `days` before `today`", "list of days, or nil when there is none" },
  { "outside", "readings below `low` or above `high`; when neither is given, outside of their own reference range",
    "{ count, of, share, worst, at, last } or nil: fewer than `least` (1)" },
}
local options = {
  { name = "days", type = "count", doc = "the window: so many days up to that of the newest reading, one value each" },
  { name = "count", type = "count", doc = "the window: so many readings up to the newest" },
  { name = "day", type = "one:last,first,mean,max,min", doc = "how several readings of one day become one", default = "last" },
  { name = "gap", type = "number", doc = "days without a reading that are passed over", default = 0, only = RUN },
  { name = "by", type = "number", doc = "the whole change must be this much", only = RUN },
  { name = "least", type = "count", doc = "fewer points say nothing", only = WINDOW },
  { name = "percent", type = "boolean", doc = "of the first value", only = { change = true } },
  { name = "today", type = "string", doc = "p.today or f.today", only = DAYS },
  { name = "low", type = "number", doc = "below it", only = { outside = true } },
  { name = "high", type = "number", doc = "above it", only = { outside = true } },
}

-- Days since 1970 of "2026-03-02", so that days can be counted over the ends of months.
local function number_of(day)
  local y, m, d = day:match "^(%d%d%d%d)-(%d%d)-(%d%d)$"
  y, m, d = math.tointeger(y), math.tointeger(m), math.tointeger(d)
  if m <= 2 then y, m = y - 1, m + 12 end
  return 365 * y + y // 4 - y // 100 + y // 400 + (153 * (m - 3) + 2) // 5 + d - 719469
end

local function text_of(number)
  local z = number + 719468
  local era = z // 146097
  local doe = z % 146097
  local yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
  local doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
  local mp = (5 * doy + 2) // 153
  local m = mp < 10 and mp + 3 or mp - 9
  return ("%04d-%02d-%02d"):format(yoe + era * 400 + (m <= 2 and 1 or 0), m, doy - (153 * mp + 2) // 5 + 1)
end

local function wrong(name, text) error(("aw.trend.%s: %s"):format(name, text), 0) end

local function check(name, series, o)
  if type(series) ~= "table" then wrong(name, "argument 1: needs the list that p:read gives, not " .. words.show(series)) end
  o = o or {}
  if type(o) ~= "table" then wrong(name, "argument 2: must be a table, not " .. words.show(o)) end
  local known = {}
  for _, key in ipairs(options) do
    if not key.only or key.only[name] then known[#known + 1] = key.name end
  end
  for key, value in pairs(o) do
    if not words.set(known)[key] then wrong(name, ("there is no key %s%s"):format(words.show(key), words.hint(key, known, "its keys"))) end
    if (key == "days" or key == "count" or key == "least" or key == "gap")
      and (math.type(value) ~= "integer" or value < (key == "gap" and 0 or 1)) then
      wrong(name, ("%s: must be a whole number, not %s"):format(key, words.show(value)))
    end
  end
  if o.days and o.count then wrong(name, "takes days or count, not both") end
  return o
end

local function is_reading(item) return type(item) == "table" and type(item.at) == "number" and item.value ~= nil end

-- The readings that are numbers, in the order of time; of one moment the one recorded last.
local function in_order(series)
  local list = {}
  for _, item in ipairs(series) do
    if is_reading(item) and type(item.value) == "number" then list[#list + 1] = item end
  end
  table.sort(list, function(a, b) return a.at < b.at end)      -- stable: equals stay in the order in which they were given
  local out = {}
  for _, item in ipairs(list) do
    if out[#out] and out[#out].at == item.at then out[#out] = item else out[#out + 1] = item end
  end
  return out
end

local one_of_day = {}                               -- how several readings of a day become one
function one_of_day.last(list) return list[#list].value end
function one_of_day.first(list) return list[1].value end
function one_of_day.max(list)
  local out = list[1].value
  for _, item in ipairs(list) do out = math.max(out, item.value) end
  return out
end
function one_of_day.min(list)
  local out = list[1].value
  for _, item in ipairs(list) do out = math.min(out, item.value) end
  return out
end
function one_of_day.mean(list)
  local sum = 0
  for _, item in ipairs(list) do sum = sum + item.value end
  return sum / #list
end

-- One point a day: { at, value, n = number of the day }.
local function by_day(name, list, o)
  local join = one_of_day[o.day or "last"]
  if not join then wrong(name, ("day: must be one of %s, not %s"):format(table.concat(words.keys(one_of_day), ", "), words.show(o.day))) end
  local out, today = {}, {}
  local function close()
    if #today > 0 then
      out[#out + 1] = { at = today[#today].at, value = join(today), n = number_of(today[1].day), day = today[1].day }
    end
  end
  for _, item in ipairs(list) do
    if today[1] and today[1].day ~= item.day then close() today = {} end
    today[#today + 1] = item
  end
  close()
  return out
end

-- The points of the window, oldest first.
local function window(name, series, o)
  local list = in_order(series)
  if o.days then
    list = by_day(name, list, o)
    local from = #list > 0 and list[#list].n - o.days + 1 or 0
    while list[1] and list[1].n < from do table.remove(list, 1) end
  elseif o.count then
    while #list > o.count do table.remove(list, 1) end
  end
  return list
end

-- So many in a row up to the newest, each beyond the one before; sign 1 upwards, -1 downwards.
local function run(name, sign, series, o)
  o = check(name, series, o)
  local need = o.days or o.count
  if not need or need < 2 then wrong(name, "needs days or count, 2 or more") end
  local list = in_order(series)
  if o.days then list = by_day(name, list, o) end
  local last = #list
  local first = last - need + 1
  if first < 1 then return nil end
  for i = first + 1, last do
    if (list[i].value - list[i - 1].value) * sign <= 0 then return nil end
    if o.days and list[i].n - list[i - 1].n > 1 + (o.gap or 0) then return nil end
  end
  local change = list[last].value - list[first].value
  if o.by and change * sign < o.by then return nil end
  return { from = list[first].value, to = list[last].value, change = change, since = list[first].at, at = list[last].at, points = need }
end

function trend.rising(series, o) return run("rising", 1, series, o) end
function trend.falling(series, o) return run("falling", -1, series, o) end

function trend.slope(series, o)
  o = check("slope", series, o)
  local list = window("slope", series, o)
  local n, sx, sy, sxx, sxy = #list, 0, 0, 0, 0
  if n < (o.least or 3) then return nil end
  for _, item in ipairs(list) do
    local x = (item.at - list[1].at) / 86400000
    sx, sy, sxx, sxy = sx + x, sy + item.value, sxx + x * x, sxy + x * item.value
  end
  local spread = n * sxx - sx * sx
  if spread <= 0 then return nil end
  return (n * sxy - sx * sy) / spread
end

function trend.change(series, o)
  o = check("change", series, o)
  local list = window("change", series, o)
  if #list < (o.least or 2) or #list < 2 then return nil end
  local change = list[#list].value - list[1].value
  if not o.percent then return change end
  if list[1].value == 0 then return nil end
  return change / math.abs(list[1].value) * 100
end

function trend.missing(series, o)
  o = check("missing", series, o)
  if not o.days then wrong("missing", "needs days: how many, up to the day before today") end
  if type(o.today) ~= "string" or not o.today:find "^%d%d%d%d%-%d%d%-%d%d$" then
    wrong("missing", "needs today = p.today, the local date, not " .. words.show(o.today))
  end
  local seen, out = {}, {}
  for _, item in ipairs(series) do
    if is_reading(item) then seen[item.day] = true end         -- "<0.1" was measured, too
  end
  local today = number_of(o.today)
  for n = today - o.days, today - 1 do
    local day = text_of(n)
    if not seen[day] then out[#out + 1] = day end
  end
  if #out == 0 then return nil end
  return out
end

function trend.outside(series, o)
  o = check("outside", series, o)
  local list = window("outside", series, o)
  local count, worst, distance = 0, nil, 0
  for _, item in ipairs(list) do
    local low, high = o.low, o.high
    if not low and not high then low, high = item.low, item.high end
    local beyond = math.max(low and low - item.value or 0, high and item.value - high or 0)
    if beyond > 0 then
      count = count + 1
      if beyond > distance then worst, distance = item, beyond end
    end
  end
  if count < (o.least or 1) then return nil end
  return { count = count, of = #list, share = count / #list, worst = worst.value, at = worst.at, last = list[#list].value }
end

-- Readings that are no numbers say nothing of a course: how many there were is given beside the result.
local function with_passed(ask)
  return function(series, o)
    local result, passed = ask(series, o), 0
    for _, item in ipairs(series) do
      if is_reading(item) and type(item.value) ~= "number" then passed = passed + 1 end
    end
    if passed == 0 then return result end
    return result, passed
  end
end
for _, name in ipairs { "rising", "falling", "slope", "change", "outside" } do trend[name] = with_passed(trend[name]) end

return { functions = trend, calls = calls, options = options }
