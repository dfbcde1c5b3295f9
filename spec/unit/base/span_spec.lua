local time = require("afterward.unit.base").time

local OFFICE = "mon-fri=08:00-12:00,13:30-17:30\n\n2026-04-06,off,清明节\n2026-02-28,work,春节\n"

local function after(span, base, zone)
  local moment, why = time.add(zone or "Asia/Shanghai", OFFICE, base, span)
  return moment and moment:gsub("T", " "):sub(1, 16) or why
end

-- 2026-03-02 is a Monday.
local cases = {
  { "90s", "2026-03-02 15:00", "2026-03-02 15:01" },
  { "15m", "2026-03-02 23:50", "2026-03-03 00:05" },
  { "24h", "2026-03-02 15:00", "2026-03-03 15:00" },
  { "0h", "2026-03-02 15:00", "2026-03-02 15:00" },
  { "7d", "2026-03-02 15:00", "2026-03-09 15:00" },
  { "1mo", "2026-01-31 15:00", "2026-02-28 15:00" },
  { "1mo", "2028-01-31 15:00", "2028-02-29 15:00" },
  { "6mo", "2026-08-31 15:00", "2027-02-28 15:00" },
  { "14mo", "2026-12-15 15:00", "2028-02-15 15:00" },
  { "1y", "2028-02-29 15:00", "2029-02-28 15:00" },
  { "4y", "2028-02-29 15:00", "2032-02-29 15:00" },
  { "3d 10:00", "2026-03-02 15:00", "2026-03-05 10:00" },
  { "0d 20:00", "2026-03-02 15:00", "2026-03-02 20:00" },
  { "6mo 09:00", "2026-08-31 15:00", "2027-02-28 09:00" },
  { "10:00", "2026-03-02 09:59", "2026-03-02 10:00" },
  { "10:00", "2026-03-02 10:00", "2026-03-03 10:00" },
  { "mon,wed,fri 08:00", "2026-03-02 08:00", "2026-03-04 08:00" },
  { "mon,wed,fri 08:00", "2026-03-06 09:00", "2026-03-09 08:00" },
  { "sat-sun 08:00", "2026-03-08 07:00", "2026-03-08 08:00" },
  { "1bd", "2026-03-02 10:00", "2026-03-03 10:00" },
  { "3bd", "2026-03-05 16:00", "2026-03-10 16:00" },
  { "1bd", "2026-03-07 10:05", "2026-03-10 08:00" },      -- Saturday: opens Monday, one day on
  { "1bd", "2026-03-02 18:00", "2026-03-04 08:00" },      -- after hours
  { "1bd", "2026-03-02 12:30", "2026-03-03 13:30" },      -- in the lunch break
  { "1bd", "2026-04-03 10:00", "2026-04-07 10:00" },      -- over Qingming
  { "1bd", "2026-02-27 10:00", "2026-02-28 10:00" },      -- a make-up Saturday
  { "1bd 10:00", "2026-03-07 10:05", "2026-03-10 10:00" },
  { "0bd", "2026-03-07 10:05", "2026-03-09 08:00" },
  { "8bh", "2026-03-02 08:00", "2026-03-02 17:30" },
  { "8bh", "2026-03-02 15:00", "2026-03-03 15:00" },
  { "4bh", "2026-03-06 16:30", "2026-03-09 11:00" },
  { "2bh", "2026-02-27 17:30", "2026-02-28 10:00" },
}

describe("a span", function()
  for _, case in ipairs(cases) do
    it(("%s from %s is %s"):format(table.unpack(case)), function() assert.equal(case[3], after(case[1], case[2])) end)
  end

  it("of hours is exact and of days keeps the clock where clocks change", function()
    for _, case in ipairs {
      { "24h", "2026-03-28 10:00", "2026-03-29 11:00" },
      { "1d", "2026-03-28 10:00", "2026-03-29 10:00" },
      { "1d", "2026-03-28 02:30", "2026-03-29 03:30" },
      { "24h", "2026-10-24 10:00", "2026-10-25 09:00" },
      { "1mo", "2026-09-25 02:30", "2026-10-25 02:30" },
      { "02:30", "2026-03-29 01:00", "2026-03-29 03:30" },
      { "02:30", "2026-10-25 01:00", "2026-10-25 02:30" },
      { "02:30", "2026-10-25T02:40:00+02:00", "2026-10-26 02:30" },
    } do
      assert.equal(case[3], after(case[1], case[2], "Europe/Berlin"))
    end
  end)

  it("counts every hour and day on a calendar that never closes", function()
    for span, moment in pairs { ["3bd"] = "2026-03-10T02:00:00+08:00", ["8bh"] = "2026-03-07T10:00:00+08:00" } do
      assert.equal(moment, time.add("Asia/Shanghai", "always", "2026-03-07 02:00", span))
    end
  end)

  it("needs a calendar for working time", function()
    assert.matches("bd or bh needs a working calendar", select(2, time.add("UTC", "", "2026-03-07", "3bd")))
  end)

  it("is refused with what is wrong and a right example", function()
    for text, why in pairs {
      [""] = "neither a span nor weekdays",
      ["soon"] = "neither a span nor weekdays",
      ["-3d"] = "neither a span nor weekdays",
      ["mon,mon 08:00"] = "neither a span nor weekdays",
      ["mon,wed"] = "lacks the time of day",
      ["mon 8:00"] = "no time of day at its end",
      ["3"] = "has no unit",
      ["3w"] = "a week is 7d",
      ["3 d"] = "has no unit",
      ["3D"] = "has no unit",
      ["1.5h"] = "has no unit",
      ["3dd"] = "has no unit",
      ["1d12h"] = '"1d12h" puts two spans together; give one in the smaller unit; write for example "36h"',
      ["1d 12h"] = "puts two spans together",
      ["24h 10:00"] = "gives a time of day to a span that is not of days",
      ["3d 25:00"] = "does not end with a time of day",
      ["3d  10:00"] = "does not end with a time of day",
      ["3d 10:00 "] = "does not end with a time of day",
      ["25:00"] = "is not a time of day",
      ["9:00"] = "is not a time of day",
      ["24:00"] = "is not a time of day",
      ["999999999999999999999h"] = "has no unit",
      ["101y"] = "over a hundred years",
      [("a"):rep(5000)] = "neither a span",
    } do
      local message = after(text, "2026-03-02")
      assert.truthy(message:find(why, 1, true), text .. ": " .. message)
      assert.matches("write for example", message)
    end
  end)

  it("recurs when it is of days, months, hours, weekdays or a clock time", function()
    for _, text in ipairs { "2d", "7d 09:00", "1mo", "1y 09:00", "mon,wed,fri 08:00", "12h", "1m", "08:00" } do
      assert.is_true(time.recurrence(text))
    end
    for text, why in pairs { ["0d"] = "never moves on", ["0h"] = "never moves on", ["30s"] = "more than once a minute",
      ["1bd"] = "mon%-fri 09:00", ["8bh"] = "can't recur", ["3"] = "has no unit" } do
      assert.matches(why, select(2, time.recurrence(text)))
    end
  end)
end)
