-- aw.model: a department's own logistic model as data, explained term by term; what it was not made for is said.
local unit = require "afterward.unit.script"
local json = require "dkjson"

local BASE = [[
local aw = require "afterward"
local risk = aw.model "risk.json"
local function show(value)
  if type(value) == "number" then return ("%.4f"):format(value) end
  if type(value) ~= "table" then return tostring(value) end
  local out = {}
  for key, item in pairs(value) do out[#out + 1] = math.type(key) and show(item) or key .. "=" .. show(item) end
  return "{" .. table.concat(out, " ") .. "}"
end
return {
  aw.department { id = "ortho", title = "Ward" },
  aw.rule { id = "ask", result = "text", run = function(given, key)
    local r = risk(given)
    return key and show(r[key]) or show { r.probability, r.level, table.concat(r.missing, " "), show(r.outside) }
  end },
}]]
local MODEL = { id = "falls", version = "2026-01", source = "our own 2,400 discharges of 2024", kind = "logistic", intercept = -2,
  terms = { { name = "age", coefficient = 0.5, mean = 70, sd = 10, low = 18, high = 105 },
    { name = "cane", coefficient = 1.2, low = 0, high = 1 },
    { name = "sex", values = { female = 0.3, male = 0 } } },
  levels = { { below = 0.2, level = "low" }, { below = 1, level = "high" } } }

local function changed(change)
  local out = json.decode(json.encode(MODEL))
  change(out)
  return json.encode(out)
end

describe("aw.model", function()
  local function load(text) return unit.turn.load { ["ortho/base.lua"] = BASE, ["ortho/risk.json"] = text or json.encode(MODEL) } end
  local function ask(given, key)
    local value, why = unit.turn.rule(assert(load()), "ask", ("[%s%s]"):format(given, key and (',"%s"'):format(key) or ""))
    if not value then error(why, 0) end
    return (value:gsub('^"(.*)"$', "%1"))
  end

  it("gives a probability, and each term's part of it", function()
    -- logit = -2 + 0.5·(80-70)/10 + 1.2 + 0.3 = 0, so the odds are even
    assert.equal("{0.5000 high  {}}", ask '{"age":80,"cane":true,"sex":"female"}')
    assert.equal("{{adds=0.5000 name=age odds=1.6487 value=80.0000} {adds=1.2000 name=cane odds=3.3201 value=true} "
      .. "{adds=0.3000 name=sex odds=1.3499 value=female}}", ask('{"age":80,"cane":true,"sex":"female"}', "terms"))
    assert.equal("{0.1192 low  {}}", ask '{"age":70,"cane":0,"sex":"male"}')
    assert.equal("2026-01", ask('{"age":80,"cane":true,"sex":"female"}', "version"))
  end)

  it("says what is missing and what it was not made for, and gives no number then", function()
    assert.equal("{cane {}}", (ask('{"age":80,"sex":"female"}'):gsub("^{nil nil ", "{")))
    assert.matches("{{high=105.0000 low=18.0000 name=age value=12.0000}}", ask '{"age":12,"cane":true,"sex":"female"}', 1, true)
    assert.matches("{{known={female male} name=sex value=other}}", ask '{"age":80,"cane":true,"sex":"other"}', 1, true)
    assert.equal("nil", ask('{"age":12,"cane":true,"sex":"female"}', "probability"))
  end)

  it("knows its inputs", function()
    local good, why = pcall(ask, '{"aeg":80}')
    assert.is_false(good)
    assert.matches('model falls: has no input "aeg"; did you mean "age"?', why, 1, true)
  end)

  it("is part of the version: another coefficient is another bundle", function()
    local function hash(text) return assert(unit.bundle_load("ortho", { ["ortho/base.lua"] = BASE, ["ortho/risk.json"] = text })):hash() end
    local first = hash(json.encode(MODEL))
    assert.equal(first, hash(json.encode(MODEL)))
    assert.not_equal(first, hash(changed(function(m) m.intercept = -2.1 end)))
  end)

  for sentence, change in pairs {
    ['kind must be "logistic", not "linear"'] = function(m) m.kind = "linear" end,
    ['the model needs "version", a string, not nil'] = function(m) m.version = nil end,
    ['the model needs "source", a string, not nil'] = function(m) m.source = nil end,
    ['the model has no key "intercpt"; did you mean "intercept"?'] = function(m) m.intercpt = 1 end,
    ['term "age" needs "low", a number, not nil'] = function(m) m.terms[1].low = nil end,
    ['term "age": low must be below high: what values was the model made from?'] = function(m) m.terms[1].high = 18 end,
    ['term "age": scaling needs mean and sd, a number above 0'] = function(m) m.terms[1].sd = 0 end,
    ['term "age" stands twice'] = function(m) m.terms[2].name = "age" end,
    ['term "sex": the coefficient of "male" is no number'] = function(m) m.terms[3].values.male = "0" end,
    ["the last of levels must be below 1"] = function(m) m.levels[2] = nil end,
  } do
    it("is refused when it can't be meant: " .. sentence, function()
      local bundle, _, report = unit.bundle_load("ortho", { ["ortho/base.lua"] = BASE, ["ortho/risk.json"] = changed(change) })
      assert.is_nil(bundle)
      assert.truthy(report:find("base.lua:2: aw.model: ortho/risk.json: " .. sentence, 1, true), report)
    end)
  end

  it("is refused with the place when it is no JSON, or not there", function()
    local _, _, report = unit.bundle_load("ortho", { ["ortho/base.lua"] = BASE, ["ortho/risk.json"] = "{" })
    assert.matches("aw.model: ortho/risk.json: ", report, 1, true)
    _, _, report = unit.bundle_load("ortho", { ["ortho/base.lua"] = BASE })
    assert.matches('aw.model: no file "risk.json" in ortho/ or shared/', report, 1, true)
  end)
end)
