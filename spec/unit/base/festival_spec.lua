-- Festivals follow the moon and the sun, not a notice: the days in the file are worked out anew, and must agree
-- (Meeus, Astronomical Algorithms, chapters 25 and 49).
local sin, rad, floor = math.sin, math.rad, math.floor

local DELTA_T = 70 / 86400                                      -- dynamical time is so many days ahead of UTC in the 2020s
local CHINA = 8 / 24

-- The moment of the k-th new moon since 2000, as a Julian day in dynamical time.
local function new_moon(k)
  local T = k / 1236.85
  local E = 1 - 0.002516 * T - 0.0000074 * T * T
  local M = rad(2.5534 + 29.10535670 * k - 0.0000014 * T * T)
  local m = rad(201.5643 + 385.81693528 * k + 0.0107582 * T * T)
  local F = rad(160.7108 + 390.67050284 * k - 0.0016118 * T * T)
  local O = rad(124.7746 - 1.56375588 * k + 0.0020672 * T * T)
  local day = 2451550.09766 + 29.530588861 * k + 0.00015437 * T * T
  day = day - 0.40720 * sin(m) + 0.17241 * E * sin(M) + 0.01608 * sin(2 * m) + 0.01039 * sin(2 * F) + 0.00739 * E * sin(m - M)
    - 0.00514 * E * sin(m + M) + 0.00208 * E * E * sin(2 * M) - 0.00111 * sin(m - 2 * F) - 0.00057 * sin(m + 2 * F)
    + 0.00056 * E * sin(2 * m + M) - 0.00042 * sin(3 * m) + 0.00042 * E * sin(M + 2 * F) + 0.00038 * E * sin(M - 2 * F)
    - 0.00024 * E * sin(2 * m - M) - 0.00017 * sin(O) - 0.00007 * sin(m + 2 * M) + 0.00004 * sin(2 * m - 2 * F)
    + 0.00004 * sin(3 * M) + 0.00003 * sin(m + M - 2 * F) + 0.00003 * sin(2 * m + 2 * F) - 0.00003 * sin(m + M + 2 * F)
    + 0.00003 * sin(m - M + 2 * F) - 0.00002 * sin(m - M - 2 * F) - 0.00002 * sin(3 * m + M) + 0.00002 * sin(4 * m)
  for _, A in ipairs { { 325, 299.77, 0.107408 }, { 165, 251.88, 0.016321 }, { 164, 251.83, 26.651886 }, { 126, 349.42, 36.412478 },
    { 110, 84.66, 18.206239 }, { 62, 141.74, 53.303771 }, { 60, 207.14, 2.453732 }, { 56, 154.84, 7.306860 }, { 47, 34.52, 27.261239 },
    { 42, 207.19, 0.121824 }, { 40, 291.34, 1.844379 }, { 37, 161.72, 24.198154 }, { 35, 239.56, 25.513099 }, { 23, 331.55, 3.592518 } } do
    day = day + A[1] / 1e6 * sin(rad(A[2] + A[3] * k))
  end
  return day
end

-- The sun's apparent longitude in degrees, to a hundredth: a quarter of an hour.
local function sun(jd)
  local T = (jd - 2451545) / 36525
  local M = rad(357.52911 + 35999.05029 * T - 0.0001537 * T * T)
  local C = (1.914602 - 0.004817 * T) * sin(M) + (0.019993 - 0.000101 * T) * sin(2 * M) + 0.000289 * sin(3 * M)
  local O = rad(125.04 - 1934.136 * T)
  return (280.46646 + 36000.76983 * T + 0.0003032 * T * T + C - 0.00569 - 0.00478 * sin(O)) % 360
end

-- The calendar's day in China of such a moment, as days since 1970.
local function china(jd) return floor(jd - DELTA_T + CHINA - 2440587.5) end
local function days(date)
  local y, m, d = date:match "(%d+)-(%d+)-(%d+)"
  return os.time { year = tonumber(y), month = tonumber(m), day = tonumber(d), hour = 12 } // 86400
end
local function date(day) return os.date("!%Y-%m-%d", day * 86400) end

-- The day on which the sun passes a longitude, near a date.
local function passes(longitude, near)
  for day = days(near) - 10, days(near) + 10 do
    local begins = day + 2440587.5 - CHINA + DELTA_T
    if (sun(begins) - longitude + 180) % 360 - 180 < 0 and (sun(begins + 1) - longitude + 180) % 360 - 180 >= 0 then return day end
  end
end

-- The first month is the one in which the sun passes 330 degrees (雨水): it begins with the last new moon up to then.
local function new_year(year)
  local rain, last = passes(330, year .. "-02-19"), nil
  for k = floor((year - 2000) * 12.3685) - 1, floor((year - 2000) * 12.3685) + 4 do
    local day = china(new_moon(k))
    if day <= rain then last = day end
  end
  return last
end

describe("the festivals of the calendar file", function()
  local found = {}
  for day in assert(io.open "scripts/shared/calendar/cn.csv"):read "a":gmatch "\n(%d+-%d+-%d+),festival," do found[#found + 1] = day end

  it("are, for 2024 to 2027, New Year's Eve to the third day, and Qingming, as moon and sun have it", function()
    local expected = {}
    for year = 2024, 2027 do
      local first = new_year(year)
      for day = first - 1, first + 2 do expected[#expected + 1] = date(day) end
      expected[#expected + 1] = date(passes(15, year .. "-04-05"))
    end
    assert.same(expected, found)
  end)

  it("are worked out by a rule that knows the years of which everybody knows", function()
    local known = {}
    for year = 2019, 2023 do known[#known + 1] = date(new_year(year)) .. " " .. date(passes(15, year .. "-04-05")) end
    assert.same({ "2019-02-05 2019-04-05", "2020-01-25 2020-04-04", "2021-02-12 2021-04-04", "2022-02-01 2022-04-05",
      "2023-01-22 2023-04-05" }, known)
  end)
end)
