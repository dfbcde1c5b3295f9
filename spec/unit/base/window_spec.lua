local time = require("afterward.unit.base").time

local CONTACT, QUIET = "09:00-11:30,15:00-17:30,18:30-20:00", "21:00-08:00"

local function at(ranges, moment, zone)
  local inside, enters, leaves = time.window(zone or "Asia/Shanghai", ranges, moment)
  if inside == nil then return enters end
  return { inside, (enters:gsub("T", " "):sub(6, 16)), (leaves:gsub("T", " "):sub(6, 16)) }
end

describe("a daily window", function()
  for _, case in ipairs {
    { CONTACT, "08:00", { false, "03-02 09:00", "03-02 08:00" } },
    { CONTACT, "09:00", { true, "03-02 09:00", "03-02 11:30" } },
    { CONTACT, "11:30", { false, "03-02 15:00", "03-02 11:30" } },
    { CONTACT, "19:59", { true, "03-02 19:59", "03-02 20:00" } },
    { CONTACT, "20:00", { false, "03-03 09:00", "03-02 20:00" } },
    { QUIET, "20:59", { false, "03-02 21:00", "03-02 20:59" } },
    { QUIET, "21:00", { true, "03-02 21:00", "03-03 08:00" } },
    { QUIET, "03:00", { true, "03-02 03:00", "03-02 08:00" } },
    { QUIET, "08:00", { false, "03-02 21:00", "03-02 08:00" } },
    { "21:00-24:00,00:00-08:00", "22:00", { true, "03-02 22:00", "03-03 08:00" } },
    { "00:00-24:00", "22:00", { true, "03-02 22:00", "never" } },
  } do
    it(("%s at %s"):format(case[1], case[2]), function()
      local expected = case[3]
      assert.same({ expected[1], expected[2]:sub(1, 11), expected[3] == "never" and "" or expected[3] },
        at(case[1], "2026-03-02 " .. case[2]))
    end)
  end

  it("follows the clock on the wall where clocks change", function()
    for _, case in ipairs {
      { "02:30-04:00", "2026-03-29 01:00", { false, "03-29 03:00", "03-29 01:00" } },      -- half of it was skipped
      { "02:00-03:00", "2026-03-29 01:00", { false, "03-30 02:00", "03-29 01:00" } },      -- all of it was
      { "02:00-02:30", "2026-10-25T02:40:00+02:00", { false, "10-25 02:00", "10-25 02:40" } },      -- it comes again
      { "21:00-08:00", "2026-10-24 23:00", { true, "10-24 23:00", "10-25 08:00" } },
    } do
      assert.same(case[3], at(case[1], case[2], "Europe/Berlin"))
    end
  end)

  it("is refused with the range that is wrong", function()
    for ranges, why in pairs {
      [""] = "is not a range", ["09:00"] = "is not a range", ["9:00-11:00"] = "is not a range",
      ["09:00-11:00,"] = "is not a range", ["09:00-11:00, 12:00-13:00"] = "is not a range", ["24:00-08:00"] = "is not a range",
      ["09:00-09:00"] = "is empty", ["21:00-08:00,07:00-09:00"] = '"07:00-09:00" overlaps',
      ["09:00-11:00,10:00-12:00"] = '"10:00-12:00" overlaps', ["21:00-08:00,22:00-07:00"] = "overlaps",
    } do
      local message = at(ranges, "2026-03-02")
      assert.truthy(message:find(why, 1, true), ranges .. ": " .. message)
      assert.matches("write ranges of the day such as", message)
    end
    local many = {}
    for hour = 0, 16 do many[#many + 1] = ("%02d:00-%02d:30"):format(hour, hour) end
    assert.matches("16 at most", at(table.concat(many, ","), "2026-03-02"))
  end)
end)
