-- Whether a step's schedule can be meant: at or every, periods, order, the pathway's end.
local _, use = ...
local words = use "words.lua"

local HOUR, FOREVER = 3600000, math.huge

local function check_at(step, label, report, host, ends)
  local seen, list = {}, type(step.at) == "table" and step.at or { step.at }
  for _, text in ipairs(list) do
    local ms, why = 0, nil
    if text ~= "enroll" then ms, why = host.offset(text) end
    if not ms then
      report("schedule", ("%s: at: %s"):format(label, why))
    elseif ms > ends then
      report("schedule", ("%s: at: %s is past the pathway's end"):format(label, words.show(text)))
    end
    if seen[text] then report("schedule", ("%s: at names %s twice"):format(label, words.show(text))) end
    seen[text] = true
  end
  step.at = list
  for _, name in ipairs { "from", "to", "count" } do
    if step[name] ~= nil then report("schedule", ("%s: %s belongs to every, and this step has at"):format(label, name)) end
  end
  return FOREVER
end

local function check_every(step, label, report, host, tiered)
  local shortest = FOREVER
  local function one(text, name)
    local ms, why = host.recurrence(text)
    if ms then
      shortest = math.min(shortest, ms)
    else
      report("schedule", ("%s: %s: %s"):format(label, name, why))
    end
  end
  if type(step.every) == "string" then
    one(step.every, "every")
  else
    if not tiered then
      report("schedule", ("%s: every names tiers, but the pathway has no tier function"):format(label))
    end
    for _, tier in ipairs(words.keys(step.every)) do one(step.every[tier], "every." .. tier) end
  end
  return shortest
end

local function check_range(step, label, report, host, ends)
  local from = step.from and host.span(step.from) or 0
  local to = step.to and host.span(step.to)
  if to and to < from then
    report("schedule", ("%s: to %s is before from %s"):format(label, words.show(step.to), words.show(step.from)))
  end
  if from > ends then report("schedule", ("%s: from %s is past the pathway's end"):format(label, words.show(step.from))) end
  if to and to > ends then report("schedule", ("%s: to %s is past the pathway's end"):format(label, words.show(step.to))) end
  if not to and not step.count and ends == FOREVER then
    report("endless", ("%s never ends: give to or count, or give the pathway ends"):format(label))
  end
end

local function check_validity(step, label, report, host, shortest)
  local valid = step.valid_for and host.span(step.valid_for)
  if not valid then
    if step.missed and not step.every then
      report("schedule", ("%s: missed needs valid_for: without it no occurrence is ever missed"):format(label))
    end
    return
  end
  if valid == 0 then
    report("schedule", ("%s: valid_for %s leaves no time to begin"):format(label, words.show(step.valid_for)))
  elseif valid > shortest and shortest >= HOUR then
    report("overlap", ("%s: valid_for %s is longer than the time between two occurrences"):format(label,
      words.show(step.valid_for)))
  end
end

-- step: a checked copy, whose at becomes a list. pathway: { tiered, ends in ms or nil }.
-- report(code, message); host: span, offset and recurrence, text → ms or nil, why.
return function(step, label, pathway, report, host)
  local ends = pathway.ends or FOREVER
  if step.at and step.every then return report("schedule", label .. " has both at and every: take one") end
  if not step.at and not step.every then return report("schedule", label .. " has neither at nor every: it would never happen") end
  local shortest
  if step.at then
    shortest = check_at(step, label, report, host, ends)
  else
    shortest = check_every(step, label, report, host, pathway.tiered)
    check_range(step, label, report, host, ends)
  end
  check_validity(step, label, report, host, shortest)
end
