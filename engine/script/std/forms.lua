-- Items of forms: their kinds, keys, ranges, options and what they observe.
local _, use = ...
local words = use "words.lua"
local forms = {}

local OWN = { flag = true, score = true, by = true, at = true }     -- fields that every answer has

-- Options of a choice: { { "yes", zh =, en =, score = }, … } → { { value, text, score }, … }.
function forms.options(value, label, check)
  if type(value) ~= "table" or #value < 2 then return nil, "must be a list of two options or more" end
  local out, seen = {}, {}
  for i = 1, #value do
    local option, name = value[i], ("%s %d"):format(label, i)
    if type(option) ~= "table" then return nil, "must be a list of { value, zh =, en = }" end
    local good = check:record(check.api.option, option, name, true)
    local mark = option[1]
    if type(mark) ~= "string" and math.type(mark) ~= "integer" or mark == "" then
      check.report("item", ("%s: an option begins with its value: { \"yes\", zh = … }"):format(name))
    elseif option[2] ~= nil then
      check.report("item", ("%s: an option has one value, not also %s"):format(name, words.show(option[2])))
    elseif seen[mark] then
      check.report("item", ("%s: %s is an option twice"):format(label, words.show(mark)))
    else
      seen[mark] = true
    end
    out[i] = { value = mark, text = { zh = good.zh, en = good.en }, score = good.score }
  end
  return out
end

local function check_observed(item, label, check)
  if not item.observe then return end
  local unit = check.api.observations[item.observe]
  if not unit then
    local near = words.nearest(item.observe, words.keys(check.api.observations), 1)
    if near then
      check.report("item", ("%s: observe: no code %s; did you mean %s?"):format(label, words.quote(item.observe), words.quote(near)))
    end
  elseif item.unit and item.unit ~= unit then
    check.report("item", ("%s: unit %s, but %s is kept in %s"):format(label, words.quote(item.unit), item.observe,
      words.quote(unit)))
  end
end

-- A mark that can't be low, or always is, opens no case or all of them.
local function check_low(item, label, check)
  if not item.low then return end
  local least, most = item.min, item.max
  for _, option in ipairs(item.options or {}) do
    least, most = math.min(least or math.huge, option.score or math.huge), math.max(most or -math.huge, option.score or -math.huge)
  end
  if not least or least == math.huge then
    check.report("item", label .. ": low: its options have no score to be below it")
  elseif item.low <= least or item.low > most then
    check.report("item", ("%s: low %s must be above %s, the worst, and at most %s"):format(label, words.show(item.low), words.show(least),
      words.show(most)))
  end
end

local function check_item(item, label, check)
  local kinds = words.keys(check.api.items)
  local keys = check.api.items[item.kind]
  if not keys then
    check.report("item", ("%s: no kind of item %s%s"):format(label, words.show(item.kind), words.hint(item.kind, kinds, "kinds")))
    return nil
  end
  local out = check:record(keys, item, label)
  if out.min and out.max and (item.kind == "scale" or item.kind == "number") and out.min >= out.max then
    check.report("item", ("%s: min %s is not below max %s"):format(label, words.show(out.min), words.show(out.max)))
  end
  if OWN[out.id] then
    check.report("item", ("%s: every answer has a field %s of its own: take another id"):format(label, words.quote(out.id)))
  end
  out.text, out.zh, out.en = { zh = out.zh, en = out.en }, nil, nil
  check_observed(out, label, check)
  check_low(out, label, check)
  return out
end

-- The items of a form's body, checked; keep(item id, function) gets every `when`.
function forms.items(body, label, check, keep)
  local out, seen = {}, {}
  if #body == 0 then check.report("item", label .. " has no items") end
  for i = 1, #body do
    local item = body[i]
    if type(item) ~= "table" then
      check.report("item", ("%s: item %d must be a table, not %s"):format(label, i, words.show(item)))
    else
      local name = type(item.id) == "string" and words.quote(item.id) or i
      local good = check_item(item, ("%s: item %s"):format(label, name), check)
      if good and good.id then
        if seen[good.id] then check.report("item", ("%s has two items %s"):format(label, words.quote(good.id))) end
        seen[good.id] = true
        if good.when then keep(good.id, item.when) end
        out[#out + 1] = good
      end
    end
  end
  return out
end

return forms
