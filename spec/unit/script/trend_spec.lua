-- aw.trend: what a series of readings does, by stated rules for windows, gaps and several readings of a day.
local unit = require "afterward.unit.script"

local BASE = [[
local aw = require "afterward"
local function show(value)
  if type(value) == "number" then return ("%.6g"):format(value) end
  if type(value) ~= "table" then return tostring(value) end
  local out = {}
  for key, item in pairs(value) do out[#out + 1] = math.type(key) and show(item) or key .. "=" .. show(item) end
  return "{" .. table.concat(out, " ") .. "}"
end
return {
  aw.department { id = "ortho", title = "Ward" },
  aw.rule { id = "ask", result = "text", run = function(name, series, o) return show(aw.trend[name](series, o)) end },
}]]

local DAY, NOON = 86400000, 1772424000000                     -- 2026-03-02 12:00 in Shanghai
local function day_of(n) return os.date("!%Y-%m-%d", (NOON + n * DAY) // 1000) end

describe("aw.trend", function()
  local bundle
  setup(function() bundle = assert(unit.turn.load { ["ortho/base.lua"] = BASE }) end)

  -- Readings as "day value", days counted from the 2nd of March; "0.25" is six hours after noon.
  local function ask(name, readings, o)
    local items = {}
    for day, value in readings:gmatch "([-%d.]+):([-%d.]+)" do
      items[#items + 1] = ('{"at":%d,"code":"glucose","day":"%s","value":%s}'):format(math.floor(NOON + day * DAY), day_of(math.floor(day)), value)
    end
    return unit.turn.rule(bundle, "ask", ('["%s",[%s],%s]'):format(name, table.concat(items, ","), o or "{}"))
  end
  local function says(expected, name, readings, o) assert.equal(('"%s"'):format(expected), ask(name, readings, o)) end

  it("calls three days rising when each lies above the one before", function()
    says("{at=1.7726e+12 change=2 from=7 points=3 since=1.77242e+12 to=9}", "rising", "0:7 1:8 2:9", '{"days":3}')
    says("nil", "rising", "0:7 1:8 2:8", '{"days":3}')
    says("nil", "rising", "0:7 1:6 2:9", '{"days":3}')
    says("nil", "rising", "1:8 2:9", '{"days":3}')
    says("nil", "rising", "0:7 1:7.5 2:8", '{"days":3,"by":1.5}')
  end)

  it("takes the day's last reading, or the one that is asked for", function()
    local dense = "0:7 0.1:5 1:8 1.1:6 2:9 2.1:7"
    says("{at=1.77261e+12 change=2 from=5 points=3 since=1.77243e+12 to=7}", "rising", dense, '{"days":3}')
    says("{at=1.77261e+12 change=2 from=7 points=3 since=1.77243e+12 to=9}", "rising", dense, '{"days":3,"day":"max"}')
    says("{at=1.77261e+12 change=2 from=6 points=3 since=1.77243e+12 to=8}", "rising", dense, '{"days":3,"day":"mean"}')
    says("nil", "rising", "0:7 1:8 2:9 2.1:1", '{"days":3}')
  end)

  it("is broken by a day without a reading, unless so many may be passed over", function()
    says("nil", "rising", "0:7 1:8 3:9", '{"days":3}')
    assert.not_equal('"nil"', ask("rising", "0:7 1:8 3:9", '{"days":3,"gap":1}'))
    says("nil", "rising", "0:7 1:8 4:9", '{"days":3,"gap":1}')
  end)

  it("goes over the ends of months and years", function()
    assert.not_equal('"nil"', ask("rising", "-3:7 -2:8 -1:9 0:10", '{"days":4}'))           -- 27 and 28 February, 1 and 2 March
    assert.not_equal('"nil"', ask("falling", "-62:9 -61:8 -60:7", '{"days":3}'))            -- 30 and 31 December, 1 January
  end)

  it("counts readings instead of days; of one moment the one recorded last", function()
    assert.not_equal('"nil"', ask("falling", "0:9 0.1:8 0.2:7", '{"count":3}'))
    assert.not_equal('"nil"', ask("falling", "0:9 0.1:99 0.1:8 0.2:7", '{"count":3}'))
    says("nil", "falling", "0:9 0.1:8 0.1:99 0.2:7 0.3:100", '{"count":3}')
    assert.not_equal('"nil"', ask("rising", "2:9 0:7 1:8", '{"days":3}'))                   -- in whatever order
  end)

  it("gives a slope a day by least squares, of three points at least", function()
    says("0.5", "slope", "0:70 1:70.5 2:71 3:71.5")
    says("-2", "slope", "0:10 0.5:9 1:8")
    says("1", "slope", "-5:99 0:1 1:2 2:3", '{"days":3}')
    says("nil", "slope", "0:70 1:71")
    says("1", "slope", "0:70 1:71", '{"least":2}')
    says("nil", "slope", "0:70 0:71 0:72")
  end)

  it("gives the change over the window, in percent when asked", function()
    says("2.5", "change", "0:70 2:72 3:72.5")
    says("0.5", "change", "0:70 2:72 3:72.5", '{"days":2}')
    says("-10", "change", "0:80 3:72", '{"percent":true}')
    says("nil", "change", "0:70")
    says("nil", "change", "0:0 1:5", '{"percent":true}')
  end)

  it("names the days that are missing, today not among them", function()
    says("{2026-03-03 2026-03-04}", "missing", "0:70 3:71", '{"days":4,"today":"2026-03-06"}')
    says("nil", "missing", "0:70 1:71", '{"days":2,"today":"2026-03-04"}')
    says("{2026-02-28 2026-03-01}", "missing", "", '{"days":2,"today":"2026-03-02"}')
  end)

  it("counts what lies outside, by the limits given or each reading's own", function()
    says("{at=1.77251e+12 count=2 last=6 of=3 share=0.666667 worst=17}", "outside", "0:3 1:17 2:6", '{"low":4,"high":10}')
    says("nil", "outside", "0:5 1:6", '{"low":4,"high":10}')
    says("nil", "outside", "0:3 1:17 2:6", '{"high":10,"least":2}')
    says("nil", "outside", "0:3 1:17 2:6", '{"days":1,"high":10}')
    says("nil", "outside", "0:3 1:17", "{}")
    assert.matches("count=1 last=7", unit.turn.rule(bundle, "ask", '["outside",[{"at":1,"day":"1970-01-01","value":7,"low":3.9,"high":6.1}],{}]'))
  end)

  it("passes over what is no number", function()
    assert.matches("change=2", unit.turn.rule(bundle, "ask", '["rising",[{"at":1,"day":"1970-01-01","value":7},'
      .. '{"at":2,"day":"1970-01-01","value":"haemolytic"},{"at":86400001,"day":"1970-01-02","value":9}],{"days":2}]'))
  end)

  for sentence, call in pairs {
    ["aw.trend.rising: needs days or count, 2 or more"] = { "rising", "0:7", "{}" },
    ["aw.trend.rising: takes days or count, not both"] = { "rising", "0:7", '{"days":3,"count":3}' },
    ['aw.trend.slope: there is no key "day_s"; did you mean "days"?'] = { "slope", "0:7", '{"day_s":3}' },
    ["aw.trend.change: days: must be a whole number, not 2.5"] = { "change", "0:7", '{"days":2.5}' },
    ["aw.trend.missing: needs today = p.today, the local date, not nil"] = { "missing", "0:7", '{"days":2}' },
    ['aw.trend.rising: day: must be one of first, last, max, mean, min, not "median"'] = { "rising", "0:7", '{"days":2,"day":"median"}' },
    ['aw.trend has no "rsing"; did you mean "rising"?'] = { "rsing", "0:7", "{}" },
  } do
    it("says " .. sentence, function()
      local items = ('[{"at":%d,"day":"2026-03-02","value":7}]'):format(NOON)
      local value, why = unit.turn.rule(bundle, "ask", ('["%s",%s,%s]'):format(call[1], items, call[3]))
      assert.is_nil(value)
      assert.truthy(why:find("base.lua:11: " .. sentence, 1, true), why)
    end)
  end
end)
