local time = require("afterward.unit.base").time

local HOURS = "mon-fri=08:00-12:00,13:30-17:30\n"
local file = assert(io.open "scripts/shared/calendar/cn.csv")
local CN = HOURS .. "\n" .. file:read "a"
file:close()

local function works(moment, calendar) return (time.works("Asia/Shanghai", calendar or CN, moment)) end
local function opens(moment, calendar, zone)
  local found, why = time.next_open(zone or "Asia/Shanghai", calendar or CN, moment)
  return found and found:gsub("T", " "):sub(1, 16) or why
end
local function refused(calendar) return select(2, time.works("UTC", calendar, "2026-03-02")) end

describe("working time", function()
  it("has ranges in a day, each without its last moment", function()
    for moment, open in pairs { ["07:59:59"] = false, ["08:00:00"] = true, ["11:59:59"] = true, ["12:00:00"] = false,
      ["13:30:00"] = true, ["17:29:59"] = true, ["17:30:00"] = false } do
      assert.equal(open, works("2026-03-02 " .. moment), moment)
    end
  end)

  it("follows the Chinese holidays and their make-up days", function()
    for day, open in pairs { ["2024-02-09"] = true, ["2024-02-10"] = false, ["2024-02-18"] = true, ["2025-01-26"] = true,
      ["2025-02-04"] = false, ["2025-10-08"] = false, ["2025-10-11"] = true, ["2026-01-04"] = true, ["2026-02-28"] = true,
      ["2026-03-01"] = false, ["2026-09-20"] = true, ["2026-09-25"] = false, ["2026-10-08"] = true } do
      assert.equal(open, works(day .. " 09:00"), day)
    end
    assert.equal("春节", select(2, time.works("Asia/Shanghai", CN, "2026-02-17 09:00")))
    assert.equal("2026-02-24 08:00", opens "2026-02-14 17:30")
  end)

  it("has as many days off and make-up days as the notices gave", function()
    local count = {}
    for year, kind in CN:gmatch "\n(%d+)-%d+-%d+,(%l+)" do
      count[year .. kind] = (count[year .. kind] or 0) + 1
    end
    assert.same({ ["2024off"] = 28, ["2024work"] = 8, ["2025off"] = 28, ["2025work"] = 5, ["2026off"] = 33, ["2026work"] = 6,
      ["2024festival"] = 5, ["2025festival"] = 5, ["2026festival"] = 5, ["2027festival"] = 5 },
      count)
  end)

  it("says for which years it knows the holidays", function()
    for year, known in pairs { [2023] = { false, false }, [2024] = { true, true }, [2026] = { true, true }, [2027] = { false, true },
      [2028] = { false, false } } do
      assert.same(known, { time.knows_year(CN, year) }, year)
    end
    assert.is_true((time.knows_year(HOURS, 2031)))      -- no holidays were asked for
    assert.is_true((time.knows_year("always", 2031)))
    assert.is_false((time.knows_year(HOURS .. "\n2026-01-01,off,x\n2027-01-03,work,x", 2027)))
  end)

  it("gives a make-up day the hours of the first working weekday", function()
    local calendar = "tue=09:00-11:00\nwed=13:00-15:00\n\n2026-03-07,work,x\n"
    assert.equal("2026-03-07 09:00", opens("2026-03-06 00:00", calendar))
  end)

  it("works through the hour that comes twice and not in the one that is skipped", function()
    local nights = "sun-sat=00:00-06:00"
    local function add(base, span) return time.add("Europe/Berlin", nights, base, span):sub(1, 16) end
    assert.equal("2026-03-29T06:00", add("2026-03-29 00:00", "5bh"))
    assert.equal("2026-10-25T06:00", add("2026-10-25 00:00", "7bh"))
    assert.equal("2026-03-29 03:00", opens("2026-03-29 01:30", "sun=02:30-06:00", "Europe/Berlin"))
  end)

  it("ends when there is none left to find", function()
    local shut = "mon=08:00-09:00\n\n"
    local moment, why = time.add("UTC", shut, "2026-03-02", "96000bh")
    assert.is_nil(moment)
    assert.matches("not that much working time in 60 years", why)
  end)

  it("refuses hours that can't be", function()
    for hours, why in pairs {
      ["weekdays=08:00-12:00"] = "are not weekdays; write",
      ["mon=8-12"] = 'hours of mon: "8-12" is not a range',
      ["mon="] = "is not a range",
      ["mon=12:00-12:00"] = "is empty",
      ["mon=08:00-12:00,11:00-13:00"] = '"11:00-13:00" overlaps',
      ["mon=18:00-08:00"] = "runs over midnight; write",
      ["\n"] = "no weekday has any",
    } do
      assert.truthy(refused(hours):find(why, 1, true), hours .. ": " .. refused(hours))
    end
  end)

  it("takes a festival beside a day off, and only once", function()
    local eve = HOURS .. "\n2024-02-10,off,x\n2024-02-10,festival,x\n"
    assert.is_false((works("2024-02-10 09:00", eve)))
    assert.is_true((works("2024-02-09 09:00", HOURS .. "\n2024-02-09,festival,除夕\n")))     -- people work, and are left alone
    assert.truthy(refused(eve .. "2024-02-10,festival,x"):find "line 3 names a festival that was given before")
  end)

  it("refuses a holiday file with its name and line", function()
    for line, why in pairs {
      ["2024-02-30,off,x"] = "does not begin with a date",
      ["20240210,off"] = "does not begin with a date",
      ["2024-02-10"] = "does not begin with a date",
      ["2024-02-10,holiday,x"] = "none of off, work and festival",
      ["2024-02-10,,x"] = "none of off, work and festival",
      ["2024-02-09,off,x"] = "was given before",
      ["2024-02-10,off," .. ("x"):rep(201)] = "name of over 200 bytes",
    } do
      local message = refused(HOURS .. "\ndate,kind,name\n# remark\r\n\n2024-02-09,off,除夕\r\n" .. line)
      assert.truthy(message:find("cn.csv line 5 ", 1, true) and message:find(why, 1, true), message)
    end
    assert.is_true(works("2024-02-09 09:00", HOURS .. "\n\xEF\xBB\xBF2024-02-09,work"))
  end)
end)
