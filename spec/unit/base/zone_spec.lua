local time = require("afterward.unit.base").time

local function here(text) return assert(time.ms("Asia/Shanghai", text)) end

describe("a zone", function()
  it("agrees with the system's own date command, summer and winter, before and after its table", function()
    local moments = {}
    for year = 1930, 2090, 7 do
      for _, day in ipairs { "01-01", "03-09", "03-31", "04-05", "06-15", "10-05", "10-27", "11-02", "12-31" } do
        moments[#moments + 1] = (time.ms("UTC", year .. "-" .. day .. "T23:30:00Z")) // 1000
      end
    end
    local list = os.tmpname()
    local file = assert(io.open(list, "w"))
    for _, moment in ipairs(moments) do file:write("@", moment, "\n") end
    file:close()
    for _, zone in ipairs { "Asia/Shanghai", "America/New_York", "Europe/Dublin", "Australia/Lord_Howe", "Pacific/Apia",
      "America/Sao_Paulo", "Africa/Casablanca", "Asia/Kathmandu", "America/Nuuk", "Antarctica/Troll", "UTC" } do
      local dates = io.popen(("TZ=%s date -f %s +%%Y-%%m-%%dT%%H:%%M:%%S%%:z"):format(zone, list))
      for _, moment in ipairs(moments) do
        assert.equal(zone .. " " .. dates:read "l":gsub("-00:00$", "+00:00"), zone .. " " .. time.iso(zone, moment * 1000))
      end
      dates:close()
    end
    os.remove(list)
  end)

  it("brings every local time around the changes back to where it came from, but for the second hour of autumn", function()
    for _, zone in ipairs { "Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Asia/Shanghai" } do
      local twice = 0
      for from, days in pairs { ["2026-03-20"] = 30, ["2026-09-01"] = 70 } do
        local start = time.ms("UTC", from)
        for ms = start, start + days * 86400000, 1800000 do
          local back = time.ms(zone, (time.iso(zone, ms):gsub("[+-]%d%d:%d%d$", "")))
          if back ~= ms then
            twice = twice + 1
            assert.is_true(back < ms and ms - back <= 3600000, zone .. " " .. time.iso(zone, ms))
          end
        end
      end
      assert.equal(({ ["Asia/Shanghai"] = 0, ["Australia/Lord_Howe"] = 1 })[zone] or 2, twice)
    end
  end)

  it("moves a time that is skipped by the gap, and takes the first of one that comes twice", function()
    for given, moment in pairs {
      ["Europe/Berlin 2026-03-29 01:59:59"] = "2026-03-29T01:59:59+01:00",
      ["Europe/Berlin 2026-03-29 02:00"] = "2026-03-29T03:00:00+02:00",
      ["Europe/Berlin 2026-03-29 02:30"] = "2026-03-29T03:30:00+02:00",
      ["Europe/Berlin 2026-10-25 02:30"] = "2026-10-25T02:30:00+02:00",
      ["Europe/Berlin 2026-10-25 03:00"] = "2026-10-25T03:00:00+01:00",
      ["Europe/Berlin 2060-03-28 02:30"] = "2060-03-28T03:30:00+02:00",
      ["Australia/Lord_Howe 2026-10-04 02:10"] = "2026-10-04T02:40:00+11:00",
      ["Pacific/Apia 2011-12-30 12:00"] = "2011-12-31T12:00:00+14:00",
    } do
      local zone, text = given:match "(%S+) (.+)"
      assert.equal(moment, time.iso(zone, time.ms(zone, text)))
    end
  end)

  it("counts milliseconds, also before 1970", function()
    assert.same({ 1969, 12, 31, 23, 59, 59, 999, 3, 0 }, { time.civil("UTC", -1) })
    assert.same({ 2026, 3, 2, 15, 0, 0, 250, 1, 28800 }, { time.civil("Asia/Shanghai", here "2026-03-02T15:00:00.25") })
    assert.equal("2026-03-02T15:00:00.250+08:00", time.iso("Asia/Shanghai", here "2026-03-02 15:00:00.25"))
  end)

  it("reads the forms that hospitals write", function()
    local moment = time.ms("UTC", "2026-03-02T07:00:00Z")
    for _, text in ipairs { "2026-03-02T15:00:00+08:00", "2026-03-02 15:00", "2026-03-02T15:00", "20260302150000", "202603021500",
      "2026030215", "20260302150000.0+0800", "202603020700+0000", "2026-03-02T07:00Z", "2026-03-02T02:00:00,000-05" } do
      assert.equal(moment, here(text), text)
    end
    assert.equal(here "2026-03-02 00:00", here "20260302")
    assert.equal(here "2026-03-02 00:00", here "2026-03-02")
  end)

  it("refuses what is no time", function()
    for _, text in ipairs { "", "2026", "2026-3-2", "2026-02-29", "2026-13-01", "2026-00-10", "2026-03-02T", "2026-03-02 24:00",
      "2026-03-02 15:60", "2026-03-02 15:00 ", "2026-03-02T15:00+8", "2026-03-02T15:00+08:", "2026-0302", "202603021", "2026030215000",
      "2026-03-02T15:00:00.", "2026-03-02T15:00:00.1234567890", "2026-03-02T15:00+08:75", "0000-01-01",
      "２０２６-03-02", ("9"):rep(1000) } do
      local ms, why = time.ms("Asia/Shanghai", text)
      assert.is_nil(ms, text)
      assert.truthy(why:find "write for example" or why:find "does not exist")
    end
  end)

  it("is found by a plain name only", function()
    for _, name in ipairs { "", "/etc/passwd", "../../etc/passwd", "Asia/../UTC", "Asia/./Shanghai", "Asia//Shanghai", "Asia/",
      ("A"):rep(65), "Asia/Shanghai\n" } do
      local known, why = time.zone(name)
      assert.is_nil(known, name)
      assert.matches("no zone name", why)
    end
    for _, name in ipairs { "Asia/Atlantis", "Asia", "Asia/Shanghai/x" } do
      assert.matches('zone "' .. name .. '" is not known; write one', select(2, time.zone(name)))
    end
    assert.matches("can't be read: it is not a zone file", select(2, time.zone "leapseconds"))
    assert.matches("^%d%d%d%d%l$", time.version())
  end)

  describe("file", function()
    local folder, bytes
    setup(function()
      local file = assert(io.open("/usr/share/zoneinfo/America/New_York", "rb"))
      bytes = file:read "a"
      file:close()
      folder = os.tmpname()
      os.remove(folder)
      assert(os.execute("mkdir " .. folder))
    end)
    teardown(function() os.execute("rm -r " .. folder) end)

    local function put(content)
      local out = assert(io.open(folder .. "/Here", "wb"))
      out:write(content):close()
      return (time.zone("Here", folder))
    end
    local function rule(text) return put((bytes:gsub("\n[^\n]*\n$", "\n" .. text .. "\n"))) end

    it("damaged is refused, wherever it is cut", function()
      assert.is_true(put(bytes))
      for cut = 0, #bytes - 1, 7 do assert.is_nil(put(bytes:sub(1, cut))) end
      for place = 21, 44 do assert.is_nil(put(bytes:sub(1, place - 1) .. "\xff" .. bytes:sub(place + 1))) end
      for place = 1, #bytes, 13 do put(bytes:sub(1, place - 1) .. "\x81" .. bytes:sub(place + 1)) end
      for _, text in ipairs { "E", "EST", "EST5EDT", "EST5EDT,M3.2.0", "EST5EDT,M13.2.0,M11.1.0", "EST5EDT,J0,J9", "<-03", "EST99",
        "EST5EDT,M3.2.0,M11.1.0,M1.1.1", "EST5EDT,M3.2.0/168,M11.1.0" } do
        assert.is_nil(rule(text), text)
      end
    end)

    it("says by its last line what holds after its table", function()
      for _, case in ipairs {
        { "EST5EDT,J60/0,J300", "2040-03-01T04:59:59Z", "2040-02-29T23:59:59-05:00" },      -- J60 is 1 March in every year
        { "EST5EDT,J60/0,J300", "2040-03-01T05:00:00Z", "2040-03-01T01:00:00-04:00" },
        { "EST5EDT,59/0,300", "2040-02-29T05:00:00Z", "2040-02-29T01:00:00-04:00" },
        { "XXX3EDT4,0/0,J365/23", "2041-01-01T02:59:59Z", "2040-12-31T22:59:59-04:00" },      -- summer time all year
        { "XXX3EDT4,0/0,J365/23", "2041-01-01T03:00:00Z", "2040-12-31T23:00:00-04:00" },
        { "<+0330>-3:30", "2040-07-01T00:00:00Z", "2040-07-01T03:30:00+03:30" },
      } do
        assert.is_true(rule(case[1]))
        assert.equal(case[3], time.iso("Here", time.ms("UTC", case[2]), folder))
      end
    end)
  end)
end)
