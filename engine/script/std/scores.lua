-- aw.score: published scores. Each says what it counted, from which version of which paper, and what it was not told; what is
-- missing is never taken for normal.
local _, use = ...
local words = use "words.lua"

local function steps(value, list)                   -- the points of the first step that value does not pass
  for _, step in ipairs(list) do
    if value <= step[1] then return step[2] end
  end
  return list.above
end
local function rounded(value, digits)
  local scale = 10 ^ (digits or 0)
  return math.floor(value * scale + 0.5) / scale
end
local function flag(points) return function(value) return value and points or 0 end end

-- id → { version, source, inputs = list of { name, kind, low, high, most }, points = name → function(value, all), levels }. Points
-- of an input that is not known lie between 0 and its most.
local scores = {}

scores.lace = {
  version = "2010", source = "van Walraven C et al., CMAJ 2010;182(6):551-557",
  inputs = {
    { name = "days", kind = "number", low = 0, high = 3650, most = 7, doc = "length of the stay in days" },
    { name = "acute", kind = "boolean", most = 3, doc = "came as an emergency" },
    { name = "charlson", kind = "number", low = 0, high = 40, most = 5, doc = "Charlson comorbidity index" },
    { name = "visits", kind = "number", low = 0, high = 200, most = 4, doc = "emergency department visits in the six months before" },
  },
  points = {
    days = function(n) return n < 1 and 0 or steps(math.floor(n), { { 1, 1 }, { 2, 2 }, { 3, 3 }, { 6, 4 }, { 13, 5 }, above = 7 }) end,
    acute = flag(3),
    charlson = function(n) return n >= 4 and 5 or math.floor(n) end,
    visits = function(n) return math.min(math.floor(n), 4) end,
  },
  levels = { { 4, "low" }, { 9, "moderate" }, above = "high" },
}

local function hospital(version, admissions)
  return {
    version = version, source = version == "2013" and "Donzé J et al., JAMA Intern Med 2013;173(8):632-638"
      or "Donzé JD et al., JAMA Intern Med 2016;176(4):496-502",
    inputs = {
      { name = "hemoglobin", kind = "number", low = 10, high = 300, most = 1, doc = "at discharge, g/L" },
      { name = "oncology", kind = "boolean", most = 2, doc = "discharged from oncology" },
      { name = "sodium", kind = "number", low = 80, high = 200, most = 1, doc = "at discharge, mmol/L" },
      { name = "procedure", kind = "boolean", most = 1, doc = "any procedure in the stay" },
      { name = "urgent", kind = "boolean", most = 1, doc = "admitted urgently" },
      { name = "admissions", kind = "number", low = 0, high = 200, most = 5, doc = "in the twelve months before" },
      { name = "days", kind = "number", low = 0, high = 3650, most = 2, doc = "length of the stay in days" },
    },
    points = {
      hemoglobin = function(n) return n < 120 and 1 or 0 end, oncology = flag(2), sodium = function(n) return n < 135 and 1 or 0 end,
      procedure = flag(1), urgent = flag(1), admissions = admissions, days = function(n) return n >= 5 and 2 or 0 end,
    },
    levels = { { 4, "low" }, { 6, "intermediate" }, above = "high" },
  }
end
scores.hospital = hospital("2016", function(n) return steps(n, { { 1, 0 }, { 5, 2 }, above = 5 }) end)
scores.hospital2013 = hospital("2013", function(n) return steps(n, { { 0, 0 }, { 5, 2 }, above = 5 }) end)

local function saturation(n, all)
  n = rounded(n)
  if all.scale == 2 then
    if n <= 92 then return steps(n, { { 83, 3 }, { 85, 2 }, { 87, 1 }, { 92, 0 } }) end
    if all.oxygen == nil then return nil end        -- above 92 the second scale depends on it
    return all.oxygen and steps(n, { { 94, 1 }, { 96, 2 }, above = 3 }) or 0
  end
  return steps(n, { { 91, 3 }, { 93, 2 }, { 95, 1 }, above = 0 })
end

scores.news2 = {
  version = "2017", source = "Royal College of Physicians, National Early Warning Score (NEWS) 2, London 2017",
  inputs = {
    { name = "respiration", kind = "number", low = 2, high = 100, most = 3, doc = "breaths a minute" },
    { name = "spo2", kind = "number", low = 20, high = 100, most = 3, doc = "oxygen saturation, %" },
    { name = "oxygen", kind = "boolean", most = 2, doc = "gets oxygen" },
    { name = "systolic", kind = "number", low = 30, high = 300, most = 3, doc = "mm[Hg]" },
    { name = "pulse", kind = "number", low = 10, high = 300, most = 3, doc = "a minute" },
    { name = "consciousness", kind = "one", words = { "alert", "confused", "voice", "pain", "unresponsive" }, most = 3,
      doc = "alert, newly confused, or reacts to voice, to pain, not at all" },
    { name = "temperature", kind = "number", low = 25, high = 45, most = 3, doc = "Cel" },
    { name = "scale", kind = "number", low = 1, high = 2, otherwise = 1, doc = "of saturation: 2 only when a doctor said so (hypercapnia)" },
  },
  points = {
    respiration = function(n) return steps(rounded(n), { { 8, 3 }, { 11, 1 }, { 20, 0 }, { 24, 2 }, above = 3 }) end,
    spo2 = saturation, oxygen = flag(2),
    systolic = function(n) return steps(rounded(n), { { 90, 3 }, { 100, 2 }, { 110, 1 }, { 219, 0 }, above = 3 }) end,
    pulse = function(n) return steps(rounded(n), { { 40, 3 }, { 50, 1 }, { 90, 0 }, { 110, 1 }, { 130, 2 }, above = 3 }) end,
    consciousness = function(word) return word == "alert" and 0 or 3 end,
    temperature = function(n) return steps(rounded(n, 1), { { 35, 3 }, { 36, 1 }, { 38, 0 }, { 39, 1 }, above = 2 }) end,
  },
  levels = { { 4, "low" }, { 6, "medium" }, above = "high" },
  finish = function(result)                         -- a single 3 calls somebody although the sum is low
    for _, points in pairs(result.parts) do result.alarm = result.alarm or points == 3 end
    if result.alarm and result.level == "low" then result.level = "low-medium" end
  end,
}

local function questionnaire(count, source, levels, alarm)
  local score = { version = "1999", source = source, inputs = {}, points = {}, levels = levels }
  for i = 1, count do
    score.inputs[i] = { name = "item" .. i, kind = "number", low = 0, high = 3, whole = true, most = 3, doc = ("answer %d, 0 to 3"):format(i) }
    score.points["item" .. i] = function(n) return n end
  end
  if alarm then
    function score.finish(result) result.alarm = (result.parts["item" .. alarm] or 0) >= 1 end
  end
  return score
end
scores.phq9 = questionnaire(9, "Kroenke K, Spitzer RL, Williams JBW, J Gen Intern Med 2001;16(9):606-613",
  { { 4, "minimal" }, { 9, "mild" }, { 14, "moderate" }, { 19, "moderately-severe" }, above = "severe" }, 9)
scores.phq9.version = "2001"
scores.gad7 = questionnaire(7, "Spitzer RL et al., Arch Intern Med 2006;166(10):1092-1097",
  { { 4, "minimal" }, { 9, "mild" }, { 14, "moderate" }, above = "severe" })
scores.gad7.version = "2006"

scores.nrs = {
  version = "0-10", source = "numeric rating scale; cut points of Serlin RC et al., Pain 1995;61(2):277-284",
  inputs = { { name = "pain", kind = "number", low = 0, high = 10, whole = true, most = 10, doc = "0 to 10" } },
  points = { pain = function(n) return n end },
  levels = { { 0, "none" }, { 4, "mild" }, { 6, "moderate" }, above = "severe" },
}

local CAPRINI = {
  [1] = { "minor_surgery", "past_surgery", "varicose_veins", "bowel_inflammation", "swollen_legs", "bmi_over_25", "heart_attack",
    "heart_failure", "serious_infection", "lung_disease", "restricted_mobility", "bmi_over_40", "smoking", "insulin", "chemotherapy",
    "transfusion", "surgery_over_2h" },
  [2] = { "major_surgery", "malignancy", "plaster_cast", "central_line", "bed_over_72h" },
  [3] = { "thrombosis", "family_thrombosis", "thrombophilia" },
  [5] = { "joint_replacement", "leg_fracture", "serious_trauma", "paralysis", "stroke" },
}
local WOMEN = { "hormones", "pregnancy", "pregnancy_loss" }
scores.caprini2013 = {
  version = "2013", source = "Cronin M et al., Clin Appl Thromb Hemost 2019;25:1076029619838052 (Caprini risk assessment model, 2013 version)",
  note = "Caprini's own table of 2013 was not at hand when this was written, and versions of 2005, 2010 and 2013 differ: before a department goes " ..
    "by it, a clinician checks factors, points and levels against the form that the hospital uses.",
  inputs = {
    { name = "age", kind = "number", low = 18, high = 130, most = 3, doc = "years" },
    { name = "sex", kind = "one", words = { "female", "male" }, doc = "three factors are women's alone" },
  },
  points = { age = function(n) return steps(math.floor(n), { { 40, 0 }, { 60, 1 }, { 74, 2 }, above = 3 }) end },
  levels = { { 0, "very-low" }, { 2, "low" }, { 4, "moderate" }, above = "high" },
  rest = true,
}
local function add_factor(name, points, only)
  local inputs = scores.caprini2013.inputs
  inputs[#inputs + 1] = { name = name, kind = "boolean", most = points, only = only, doc = ("%d point%s"):format(points, points > 1 and "s" or "") }
  scores.caprini2013.points[name] = flag(points)
end
for _, points in ipairs { 1, 2, 3, 5 } do
  for _, name in ipairs(CAPRINI[points]) do add_factor(name, points) end
end
for _, name in ipairs(WOMEN) do add_factor(name, 1, "female") end

local function wrong(id, text) error(("aw.score.%s: %s"):format(id, text), 0) end

local kinds = {}
function kinds.boolean(_, value) return type(value) ~= "boolean" and "must be true or false" or nil end
function kinds.number(input, value)
  if type(value) ~= "number" or value ~= value or value < input.low or value > input.high then
    return ("must be a number from %d to %d"):format(input.low, input.high)
  end
  return input.whole and value % 1 ~= 0 and "must be a whole number" or nil
end
function kinds.one(input, value)
  return not words.set(input.words)[value] and "must be one of " .. table.concat(input.words, ", ") or nil
end

local function check(id, score, given)
  if type(given) ~= "table" then wrong(id, "takes a table of its inputs, not " .. words.show(given)) end
  local known = score.rest and { "rest" } or {}
  for i, input in ipairs(score.inputs) do
    known[#known + 1] = input.name
    local value = given[input.name]
    local why = value ~= nil and kinds[input.kind](score.inputs[i], value)
    if why then wrong(id, ("%s: %s, not %s"):format(input.name, why, words.show(value))) end
  end
  for name in pairs(given) do
    if not words.set(known)[name] then
      wrong(id, ("has no input %s%s"):format(words.show(name), words.hint(name, known, "its inputs")))
    end
  end
end

-- What counts as given: what is, what was said of all the rest, and what an input is unless said otherwise.
local function complete(score, given)
  local all = {}
  for _, input in ipairs(score.inputs) do
    local value = given[input.name]
    if value == nil then value = input.otherwise end
    if value == nil and score.rest and given.rest == false and input.kind == "boolean" then value = false end
    all[input.name] = value
  end
  return all
end

local function level_of(score, sum) return steps(sum, score.levels) end

local function count(id, score, given)
  check(id, score, given)
  local all = complete(score, given)
  local result = { id = id, version = score.version, source = score.source, inputs = all, parts = {}, missing = {}, least = 0, most = 0 }
  for _, input in ipairs(score.inputs) do
    local value, points = all[input.name], nil
    local asked = not (input.only and all.sex and all.sex ~= input.only)
    if asked and value ~= nil and score.points[input.name] then points = score.points[input.name](value, all) end
    if points then
      result.parts[input.name] = math.tointeger(points) or points
      result.least, result.most = result.least + points, result.most + points
    elseif asked and (score.points[input.name] or value == nil) then
      result.missing[#result.missing + 1] = input.name
      result.most = result.most + (input.most or 0)
    end
  end
  result.least, result.most = math.tointeger(result.least) or result.least, math.tointeger(result.most) or result.most
  if #result.missing == 0 then result.score, result.level = result.least, level_of(score, result.least) end
  if score.finish then score.finish(result) end
  return result
end

local out = { described = scores, functions = {},
  order = { "lace", "hospital", "hospital2013", "news2", "phq9", "gad7", "nrs", "caprini2013" } }
for _, id in ipairs(out.order) do
  out.functions[id] = function(given) return count(id, scores[id], given) end
end
return out
