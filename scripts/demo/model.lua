-- What patients and families answer and what comes of a call, at the rates of population.csv: the demo's people live by
-- it, and `afterward sim` plays by it. Everything drawn depends on the seed, the person and the question alone.
-- model(rates, seed) gives the functions below; `who` is { key, age, day }, day counted from the discharge.
local rates = require "rates"

local GOOD = { no = true, none = true, dry = true, normal = true, good = true, fine = true, well = true, same = true,
               ok = true, all = true, better = true, continue = true, free = true, street = true, light = true, far = true }
local USUAL = { days = { 0, 7 }, bend = { 70, 125 } } -- numbers whose range the form does not show
local WHILE_FREE = { { 0, 8 }, { 12, 14 }, { 20, 32 } } -- hours when no nurse works a list, and when she is back

local function good_option(options)
  for _, option in ipairs(options) do
    if GOOD[option] then return option end
  end
  return options[1]
end

return function(population, seed)
  local model = {}

  function model.rate(key) return assert(population[key], key) end
  local rate = model.rate
  local function chance(probability, ...) return rates.chance(probability, seed, ...) end

  -- Whether somebody answers what came by this channel; again: a reminder.
  function model.answers(who, question, again, channel)
    local wechat = channel == "wechat"
    if again then return chance(rate "answer/reminder_gain_of_silent"[wechat and 1 or 2], who.key, question, "reminded") end
    local by_age = rate(wechat and "answer/wechat_form_lt60/60-74/75plus" or "answer/sms_code_lt60/60-74/75plus")
    local decay = rate "answer/decay_per_week"[1] ^ (who.day / 7)
    return chance(rates.by_age(by_age, who.age) * decay, who.key, question, "answers")
  end

  -- Minutes until then.
  function model.delay(who, question, what, channel)
    local delay = rate(channel == "wechat" and "delay/wechat" or "delay/sms_code")
    return rates.lognormal(delay[1], delay[2], seed, who.key, question, what)
  end

  local function temperature(key, week)
    local hot = week < 1 and chance(rate "clinical/fever_week1"[1], key, "fever")
    local value = hot and 38.5 + rates.draw(seed, key, "t") * 1.2 or 36.2 + rates.draw(seed, key, "t") * 0.9
    return math.floor(value * 10 + 0.5) / 10
  end

  local function pain(key, week, item)
    local share = rate "clinical/pain_7plus"
    if chance(share[1] + (share[3] - share[1]) * math.min(1, week / 3), key, "pain") then return math.min(item.max or 10, 8) end
    return math.max(item.min or 0, math.floor(rates.normal(4 - week * 0.6, 1.2, seed, key)))
  end

  -- A person weighs about as much as yesterday; a few hold water and gain day by day.
  local function weight(who, item)
    local base = rates.normal(66, 9, seed, who.key, "weight")
    local wet = chance(rate "clinical/yellow_per_answer"[1], who.key, "wet")
    local gain = wet and 0.8 * (who.day % 9) or rates.normal(0, 0.25, seed, who.key, math.floor(who.day))
    local value = math.max(item.min or 35, math.min(item.max or 10000, base + gain))
    return math.floor(value * 10 + 0.5) / 10
  end

  local function choose(key, options)
    local red, yellow = rate "clinical/red_per_answer"[1], rate "clinical/yellow_per_answer"[1]
    local drawn = rates.draw(seed, key, "choice")
    if drawn < red then return options[#options] end
    if drawn < red + yellow then return options[math.min(2, #options)] end
    return good_option(options)
  end

  local function yes_or_no(key, id)
    local wanted = id:find "took" or id:find "taken" or id:find "book" or id:find "done" or id:find "spoke" or id:find "walk"
    if wanted then return chance(0.85, key) end
    return chance(rate "clinical/red_per_answer"[1] * 2, key)
  end

  -- What is said to an item { id, kind, options, min, max, required } of a form on this date; nil: nothing.
  function model.value(who, question, item, date)
    local key, week, id = who.key .. question .. item.id, who.day / 7, item.id
    if item.kind == "photo" then return nil end
    if item.kind == "yesno" then return yes_or_no(key, id) end
    if item.kind == "choice" then return choose(key, item.options) end
    if item.kind == "date" then return date end
    if item.kind == "text" then return item.required and "都好" or nil end
    if id:find "temp" then return temperature(key, week) end
    if id:find "pain" then return pain(key, week, item) end
    if id:find "weight" then return weight(who, item) end
    local usual = USUAL[id] or { item.min or 0, item.max or 10 }
    local low, high = usual[1], usual[2]
    local middle = (low + high) / 2 + (high - low) * 0.12 * rates.normal(0, 1, seed, key)
    return math.floor(math.max(low, math.min(high, middle)))
  end

  local function hour_factor(hour, weekend)
    local text = rate "call/hour_factor".text
    local slot = hour >= 12 and hour < 14 and "12%-14" or hour >= 18.5 and hour < 20 and "18:30%-20" or nil
    local factor = slot and tonumber(text:match(slot .. " ([%d.]+)")) or 1
    return weekend and factor * tonumber(text:match "weekend ([%d.]+)") or factor
  end

  local function connected(who, key)
    local share = rate "call/of_connected"
    local dialect = who.age >= 70 and share[5] or share[3]
    local proxy = rates.by_age(rate "call/proxy_answers_lt60/60-74/75plus", who.age)
    return rates.pick({ { "wrong-person", share[1] }, { "refused-today", share[2] * 0.7 }, { "refused", share[2] * 0.3 },
      { "language", dialect }, { "deceased", share[6] }, { "proxy", proxy }, { "done", 1 } }, seed, key, "connected")
  end

  -- What comes of the first, second or third ring at this hour; nil: nobody picks up.
  function model.call(who, task, try, hour, weekend)
    local key = task .. "|" .. try
    local share = rate "call/pickup_try_1/2/3"[try] * hour_factor(hour, weekend)
      * (who.age >= 65 and rate "call/age_65plus_factor"[1] or 1)
    return chance(share, who.key, key) and connected(who, who.key .. key) or nil
  end

  -- And of a call whose every ring was in vain: somebody else's number, or why not.
  function model.unreached(who, task, family)
    if family and chance(rate "call/second_contact"[1], who.key, task, "second") then return "proxy" end
    local share = rate "call/of_unanswered"
    return rates.pick({ { "no-answer", share[1] }, { "busy", share[2] }, { "off", share[3] }, { "void", share[4] } },
      seed, who.key .. task, "unanswered")
  end

  local function fill_in(patient, question)
    local values, count = {}, 0
    for _, item in ipairs(question.items) do
      local value = model.value(patient, question.key, item, question.date)
      if item.many and value ~= nil then value = { value } end
      if value ~= nil then values[item.id], count = value, count + 1 end
    end
    return count > 0 and values or nil
  end

  local function minutes(number) return ("%dm"):format(math.max(1, math.floor(number))) end

  -- The three that `afterward sim` asks: docs/simulation.md says what it gives and takes.
  function model.answer(patient, question)
    if not model.answers(patient, question.key, question.again, question.channel) then return nil end
    local what = question.again and "reminded" or "first"
    return fill_in(patient, question), minutes(model.delay(patient, question.key, what, question.channel))
  end

  local function until_work(hour)
    for _, free in ipairs(WHILE_FREE) do
      if hour >= free[1] and hour < free[2] then return (free[2] - hour) * 60 end
    end
    return 0
  end

  -- Rings in the same and the next hours of work, two hours apart. A colleague who speaks the dialect is found.
  function model.task(patient, task)
    local took = until_work(task.hour) + rates.lognormal(60, 0.8, seed, patient.key, task.key, "begun")
    if not task.form and not task.name:find "call" then return "done", nil, minutes(took) end
    local code
    for try = 1, 3 do
      code = model.call(patient, task.key, try, (task.hour + took / 60) % 24, task.weekend)
      took = took + (code and rate "call/minutes"[1] or try < 3 and 120 or 2)
      if code then break end
    end
    code = code or model.unreached(patient, task.key, patient.family)
    if code == "language" and task.tries > 0 then code = "done" end
    local spoken = (code == "done" or code == "proxy") and task.form
    return code, spoken and fill_in(patient, task) or nil, minutes(took)
  end

  -- When somebody sees an alert, does something, and closes it.
  function model.alert(patient, alert)
    local seen = rates.lognormal(6, 0.8, seed, alert.key, "ack")
    local acted = seen + rates.lognormal(40, 0.6, seed, alert.key, "act")
    return minutes(seen), minutes(acted), minutes(acted + rates.lognormal(480, 0.6, seed, alert.key, "close"))
  end

  return model
end
