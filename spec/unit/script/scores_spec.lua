-- aw.score: published scores, by the papers' own tables. Public copies of these tables contain errors; the vectors here are the
-- papers', and where a copy is known to be wrong it stands here with the right value.
local unit = require "afterward.unit.script"

local BASE = [[
local aw = require "afterward"
return {
  aw.department { id = "ortho", title = "Ward" },
  aw.rule { id = "ask", result = "list", run = function(name, given)
    local r = aw.score[name](given)
    return { r.score or "none", r.level or "none", r.alarm == true, table.concat(r.missing, " "), r.least, r.most, r.version, r.source }
  end },
  aw.rule { id = "parts", result = "text", run = function(name, given)
    local out = {}
    for part, points in pairs(aw.score[name](given).parts) do out[#out + 1] = part .. "=" .. points end
    return table.concat(out, " ")
  end },
}]]

describe("aw.score", function()
  local bundle
  setup(function() bundle = assert(unit.turn.load { ["ortho/base.lua"] = BASE }) end)
  local json = require "dkjson"
  local function ask(name, given)
    local value, why = unit.turn.rule(bundle, "ask", json.encode { name, setmetatable(given, { __jsontype = "object" }) })
    if not value then error(why, 0) end
    return (json.decode(value))
  end
  local function points(name, given)
    local r = ask(name, given)
    return r[1], r[2]
  end
  local function with(base, key, value)
    local out = {}
    for k, v in pairs(base) do out[k] = v end
    out[key] = value
    return out
  end

  describe("lace", function()
    local function lace(days, acute, charlson, visits)
      return (points("lace", { days = days, acute = acute, charlson = charlson, visits = visits }))
    end
    it("gives what the paper and independent code give", function()
      assert.equal(14, lace(5, true, 5, 2))                   -- CRAN cliot
      assert.equal(2, lace(2, false, 0, 0))                   -- CRAN cliot
      assert.equal(15, lace(10, true, 4, 2))                  -- one public test expects 14
      assert.equal(19, lace(20, true, 9, 9))                  -- the most there is
      assert.equal(3, lace(0, false, 0, 3))                   -- a textbook prints 4 for fewer than 3 visits
    end)
    it("counts the days by the paper's steps", function()
      local got = {}
      for i, days in ipairs { 0, 0.5, 1, 2, 3, 4, 6, 7, 13, 14, 60 } do got[i] = lace(days, false, 0, 0) end
      assert.same({ 0, 0, 1, 2, 3, 4, 4, 5, 5, 7, 7 }, got)
    end)
    it("is high from 10", function()
      assert.same({ "moderate", "high" }, { select(2, points("lace", { days = 3, acute = true, charlson = 3, visits = 0 })),
        (select(2, points("lace", { days = 3, acute = true, charlson = 3, visits = 1 }))) })
    end)
  end)

  describe("hospital", function()
    local none = { hemoglobin = 140, oncology = false, sodium = 140, procedure = false, urgent = false, admissions = 0, days = 2 }
    it("says by which version it counts admissions", function()
      local got = {}
      for i, n in ipairs { 0, 1, 2, 5, 6 } do
        got[i] = { (points("hospital", with(none, "admissions", n))), (points("hospital2013", with(none, "admissions", n))) }
      end
      assert.same({ { 0, 0 }, { 0, 2 }, { 2, 2 }, { 2, 2 }, { 5, 5 } }, got)
      assert.same({ "2016", "2013" }, { ask("hospital", none)[7], ask("hospital2013", none)[7] })
    end)
    it("counts hemoglobin under 12 g/dL, sodium under 135, five days", function()
      for key, case in pairs { hemoglobin = { 119, 120, 1 }, sodium = { 134, 135, 1 }, days = { 5, 4, 2 }, oncology = { true, false, 2 },
        procedure = { true, false, 1 }, urgent = { true, false, 1 } } do
        assert.same({ case[3], 0 }, { (points("hospital", with(none, key, case[1]))), (points("hospital", with(none, key, case[2]))) }, key)
      end
    end)
    it("is intermediate from 5 and high from 7", function()
      local five = with(with(none, "admissions", 6), "days", 2)
      assert.same({ 5, "intermediate" }, { points("hospital", five) })
      assert.same({ 7, "high" }, { points("hospital", with(five, "days", 5)) })
      assert.same({ 13, "high" }, { points("hospital", { hemoglobin = 80, oncology = true, sodium = 120, procedure = true, urgent = true,
        admissions = 9, days = 30 }) })
    end)
  end)

  describe("news2", function()
    local well = { respiration = 16, spo2 = 97, oxygen = false, systolic = 120, pulse = 70, consciousness = "alert", temperature = 37 }
    for key, list in pairs {
      respiration = { [8] = 3, [9] = 1, [11] = 1, [12] = 0, [20] = 0, [21] = 2, [24] = 2, [25] = 3 },
      spo2 = { [91] = 3, [92] = 2, [93] = 2, [94] = 1, [95] = 1, [96] = 0 },
      systolic = { [90] = 3, [91] = 2, [100] = 2, [101] = 1, [110] = 1, [111] = 0, [219] = 0, [220] = 3 },
      pulse = { [40] = 3, [41] = 1, [50] = 1, [51] = 0, [90] = 0, [91] = 1, [110] = 1, [111] = 2, [130] = 2, [131] = 3 },
      temperature = { [35] = 3, [35.1] = 1, [36] = 1, [36.1] = 0, [38] = 0, [38.1] = 1, [39] = 1, [39.1] = 2 },
      consciousness = { alert = 0, confused = 3, voice = 3, pain = 3, unresponsive = 3 },
      oxygen = { [true] = 2, [false] = 0 },
    } do
      it("counts " .. key .. " by the chart", function()
        for value, expected in pairs(list) do
          assert.equal(expected, (points("news2", with(well, key, value))), key .. " " .. tostring(value))
        end
      end)
    end
    it("has a second scale of saturation, on which too much oxygen counts", function()
      local got = {}
      for _, case in ipairs { { 83, true }, { 84, true }, { 86, true }, { 88, true }, { 92, true }, { 93, true }, { 95, true }, { 97, true },
        { 97, false } } do
        local o = with(with(with(well, "scale", 2), "spo2", case[1]), "oxygen", case[2])
        got[#got + 1] = points("news2", o) - (case[2] and 2 or 0)
      end
      assert.same({ 3, 2, 1, 0, 0, 1, 2, 3, 0 }, got)
    end)
    it("calls for somebody at a single 3, and at 5 and 7", function()
      assert.same({ 3, "low-medium", true }, { table.unpack(ask("news2", with(well, "pulse", 135)), 1, 3) })
      local worse = with(with(with(well, "oxygen", true), "respiration", 22), "pulse", 95)
      assert.same({ 5, "medium", false }, { table.unpack(ask("news2", worse), 1, 3) })
      local ill = with(with(with(well, "respiration", 30), "pulse", 140), "spo2", 94)
      assert.same({ 7, "high", true }, { table.unpack(ask("news2", ill), 1, 3) })
    end)
  end)

  local function items(count, value)
    local out = {}
    for i = 1, count do out["item" .. i] = value end
    return out
  end

  it("phq9 cuts at 5, 10, 15, 20, and alarms at item 9 whatever the sum", function()
    local function level(sum)
      local given = items(9, 0)
      for i = 1, 8 do given["item" .. i] = math.max(0, math.min(3, sum - 3 * (i - 1))) end
      return { points("phq9", given) }
    end
    assert.same({ { 4, "minimal" }, { 5, "mild" }, { 10, "moderate" }, { 15, "moderately-severe" }, { 20, "severe" } },
      { level(4), level(5), level(10), level(15), level(20) })
    assert.equal(27, (points("phq9", items(9, 3))))
    assert.same({ 1, "minimal", true }, { table.unpack(ask("phq9", with(items(9, 0), "item9", 1)), 1, 3) })
  end)

  it("gad7 cuts at 5, 10, 15", function()
    assert.same({ 21, "severe" }, { points("gad7", items(7, 3)) })
    assert.same({ 7, "mild" }, { points("gad7", items(7, 1)) })
    assert.same({ 14, "moderate" }, { points("gad7", items(7, 2)) })
  end)

  it("nrs is mild to 4, moderate to 6", function()
    local got = {}
    for i, n in ipairs { 0, 1, 4, 5, 6, 7, 10 } do got[i] = select(2, points("nrs", { pain = n })) end
    assert.same({ "none", "mild", "mild", "moderate", "moderate", "severe", "severe" }, got)
  end)

  describe("caprini2013", function()
    local function caprini(given) return points("caprini2013", with(with(given, "rest", false), "sex", given.sex or "male")) end
    it("counts age by 41, 61, 75", function()
      local got = {}
      for i, age in ipairs { 40, 41, 60, 61, 74, 75 } do got[i] = (caprini { age = age }) end
      assert.same({ 0, 1, 1, 2, 2, 3 }, got)
    end)
    it("gives a knee replacement at 66 with BMI 27 and varicose veins 9, high", function()
      assert.same({ 9, "high" }, { caprini { age = 66, joint_replacement = true, bmi_over_25 = true, varicose_veins = true } })
    end)
    it("counts what 2013 added: BMI over 40 beside over 25, smoking, insulin, chemotherapy, transfusion, 2 hours", function()
      assert.equal(7, (caprini { age = 30, bmi_over_25 = true, bmi_over_40 = true, smoking = true, insulin = true, chemotherapy = true,
        transfusion = true, surgery_over_2h = true }))
    end)
    it("asks women's factors of women alone", function()
      assert.same({ 1, 0 }, { (caprini { age = 30, sex = "female", hormones = true }), (caprini { age = 30, sex = "male", hormones = true }) })
    end)
    it("takes nothing for absent unless somebody says so", function()
      local r = ask("caprini2013", { age = 66, sex = "male", joint_replacement = true })
      assert.same({ "none", "none" }, { r[1], r[2] })
      assert.matches("minor_surgery past_surgery", r[4])
      assert.equal(7, r[5])
    end)
  end)

  it("says what it was not told, and between what the score lies", function()
    local r = ask("lace", { days = 5, acute = true })
    assert.same({ "none", "none", false, "charlson visits", 7, 16 }, { table.unpack(r, 1, 6) })
    assert.equal("van Walraven C et al., CMAJ 2010;182(6):551-557", r[8])
  end)

  it("gives the points of each input", function()
    assert.equal('"acute=3 charlson=5 days=4 visits=2"', unit.turn.rule(bundle, "parts", '["lace",{"days":5,"acute":true,"charlson":5,"visits":2}]'))
  end)

  for sentence, call in pairs {
    ["aw.score.lace: days: must be a number from 0 to 3650, not \"5\""] = { "lace", { days = "5" } },
    ["aw.score.lace: has no input \"day\"; did you mean \"days\"?"] = { "lace", { day = 5 } },
    ["aw.score.phq9: item1: must be a whole number, not 1.5"] = { "phq9", { item1 = 1.5 } },
    ["aw.score.phq9: item1: must be a number from 0 to 3, not 4"] = { "phq9", { item1 = 4 } },
    ["aw.score.news2: consciousness: must be one of alert, confused, voice, pain, unresponsive, not \"awake\""] =
      { "news2", { consciousness = "awake" } },
    ["aw.score.news2: oxygen: must be true or false, not 2"] = { "news2", { oxygen = 2 } },
    ["aw.score has no \"morse\""] = { "morse", { x = 1 } },
  } do
    it("refuses: " .. sentence, function()
      local good, why = pcall(ask, call[1], call[2])
      assert.is_false(good)
      assert.truthy(why:find(sentence, 1, true), why)
    end)
  end
end)
