-- aw.model "FILE.json": a department's own logistic model as data, explained term by term. What lies outside of what it was made
-- from is said; nothing is guessed.
local host, use = ...
local words = use "words.lua"

local function wrong(path, text) error(("aw.model: %s: %s"):format(path, text), 0) end

local function need(path, where, body, key, kind)
  local value = body[key]
  if type(value) ~= kind then wrong(path, ("%s needs %s, a %s, not %s"):format(where, words.quote(key), kind, words.show(value))) end
  return value
end

local function known_keys(path, where, body, known)
  for key in pairs(body) do
    if not words.set(known)[key] then
      wrong(path, ("%s has no key %s%s"):format(where, words.show(key), words.hint(key, known, "its keys")))
    end
  end
end

local function read_term(path, i, body, seen)
  local where = ("term %d"):format(i)
  if type(body) ~= "table" then wrong(path, where .. " is no object") end
  local name = need(path, where, body, "name", "string")
  where = "term " .. words.quote(name)
  if seen[name] then wrong(path, where .. " stands twice") end
  seen[name] = true
  if body.values ~= nil then
    known_keys(path, where, body, { "name", "values", "doc" })
    if next(need(path, where, body, "values", "table")) == nil then wrong(path, where .. ": values is empty") end
    for word, coefficient in pairs(body.values) do
      if type(coefficient) ~= "number" then wrong(path, ("%s: the coefficient of %s is no number"):format(where, words.quote(word))) end
    end
    return { name = name, values = body.values }
  end
  known_keys(path, where, body, { "name", "coefficient", "mean", "sd", "low", "high", "doc" })
  need(path, where, body, "coefficient", "number")
  need(path, where, body, "low", "number")
  need(path, where, body, "high", "number")
  if body.low >= body.high then wrong(path, where .. ": low must be below high: what values was the model made from?") end
  if (body.mean or body.sd) and not (type(body.mean) == "number" and type(body.sd) == "number" and body.sd > 0) then
    wrong(path, where .. ": scaling needs mean and sd, a number above 0")
  end
  return { name = name, coefficient = body.coefficient, mean = body.mean or 0, sd = body.sd or 1, low = body.low, high = body.high }
end

local function read(path)
  local body, why = host.json(path)
  if body == nil then wrong(path, why) end
  if type(body) ~= "table" then wrong(path, "is no object") end
  known_keys(path, "the model", body, { "id", "version", "source", "kind", "intercept", "terms", "levels", "doc" })
  need(path, "the model", body, "id", "string")
  need(path, "the model", body, "version", "string")
  need(path, "the model", body, "source", "string")
  need(path, "the model", body, "intercept", "number")
  if body.kind ~= "logistic" then wrong(path, "kind must be \"logistic\", not " .. words.show(body.kind)) end
  local terms, seen = {}, {}
  for i, term in ipairs(need(path, "the model", body, "terms", "table")) do terms[i] = read_term(path, i, term, seen) end
  if #terms == 0 then wrong(path, "has no terms") end
  local last = 0
  for i, level in ipairs(body.levels or {}) do
    if type(level) ~= "table" or type(level.level) ~= "string" or type(level.below) ~= "number" or level.below <= last or level.below > 1 then
      wrong(path, ("level %d must be { \"below\": a probability above the one before, \"level\": a word }"):format(i))
    end
    last = level.below
  end
  if body.levels and last ~= 1 then wrong(path, "the last of levels must be below 1") end
  return { id = body.id, version = body.version, source = body.source, intercept = body.intercept, terms = terms, levels = body.levels }
end

-- What the input adds to the logit, or nil and why it can't be said.
local function contribution(term, value)
  if term.values then
    local found = type(value) ~= "table" and term.values[tostring(value)]
    if found then return found end
    return nil, { name = term.name, value = value, known = words.keys(term.values) }
  end
  if type(value) == "boolean" then value = value and 1 or 0 end
  if type(value) ~= "number" or value < term.low or value > term.high then
    return nil, { name = term.name, value = value, low = term.low, high = term.high }
  end
  return term.coefficient * (value - term.mean) / term.sd
end

local function level_of(model, probability)
  for _, level in ipairs(model.levels or {}) do
    if probability < level.below or level.below == 1 then return level.level end
  end
end

local function apply(model, given)
  local function misuse(text) error(("model %s: %s"):format(model.id, text), 0) end
  if type(given) ~= "table" then misuse("takes a table of its inputs, not " .. words.show(given)) end
  local names = {}
  for i, term in ipairs(model.terms) do names[i] = term.name end
  for name in pairs(given) do
    if not words.set(names)[name] then misuse(("has no input %s%s"):format(words.show(name), words.hint(name, names, "its inputs"))) end
  end
  local result = { id = model.id, version = model.version, source = model.source, inputs = {}, terms = {}, missing = {}, outside = {} }
  local logit = model.intercept
  for _, term in ipairs(model.terms) do
    local value = given[term.name]
    result.inputs[term.name] = value
    if value == nil then
      result.missing[#result.missing + 1] = term.name
    else
      local adds, why = contribution(term, value)
      if adds then
        logit = logit + adds
        result.terms[#result.terms + 1] = { name = term.name, value = value, adds = adds, odds = math.exp(adds) }
      else
        result.outside[#result.outside + 1] = why
      end
    end
  end
  if #result.missing == 0 and #result.outside == 0 then
    result.intercept, result.logit = model.intercept, logit
    result.probability = 1 / (1 + math.exp(-logit))
    result.level = level_of(model, result.probability)
  end
  return result
end

local described = { doc = "a department's own logistic model as data, a function of its inputs; explained term by term",
  file = "JSON file in the department's folder, or in shared/", example = [[
```json
{ "id": "readmission", "version": "2026-01", "source": "2,400 own discharges of 2024", "kind": "logistic", "intercept": -2.1,
  "terms": [
    { "name": "age", "coefficient": 0.4, "mean": 68, "sd": 12, "low": 18, "high": 105 },
    { "name": "sex", "values": { "female": 0, "male": 0.2 } } ],
  "levels": [ { "below": 0.2, "level": "low" }, { "below": 1, "level": "high" } ] }
```

`low` and `high` are what the model was made from. It gives `{ id, version, source, probability, level, logit, intercept,
terms = list of { name, value, adds, odds }, inputs, missing, outside }`; with an input missing, outside of its range or of a word that it
doesn't know there is no probability, and `missing` or `outside` says why.
]] }

-- new: the function that scripts get of a file.
return { described = described, new = function(path)
  local model = read(path)
  return host.bridge(function(_, _, given) return apply(model, given) end)
end }
