-- Forms and the rules that judge them, and steps that no patient can come to.
local host, use = ...
local words = use "words.lua"
local templates = use "templates.lua"

local function check_judged(world, id, form)
  if form.abnormal then return end
  world.report_at("unjudged", form, ("form %s has no abnormal rule: no answer to it alarms anybody. Name a rule, or say "
    .. "why none is needed: -- accept unjudged: …"):format(words.quote(id)))
end

-- Values that an item may take, the ends of what is allowed.
local function values(item)
  if item.kind == "yesno" then return { true, false } end
  if item.kind == "choice" then
    local list = {}
    for i, option in ipairs(item.options) do list[i] = item.many and { option.value } or option.value end
    return list
  end
  if item.kind == "scale" or item.kind == "number" then
    local low, high = item.min or 0, item.max or 1000
    return { low, (low + high) / 2, high }
  end
  if item.kind == "date" then return { "2026-03-02" } end
  if item.kind == "photo" then return {} end
  return { "文字" }
end

-- Answers worth trying: all at each end, then each item alone at each of its values and, where
-- it may be empty, without it.
local function answers(form)
  local list, base = {}, {}
  for _, item in ipairs(form.items) do base[item.id] = values(item)[1] end
  local function with(id, value)
    local answer = {}
    for name, one in pairs(base) do answer[name] = one end
    answer[id] = value
    list[#list + 1] = { answer = answer, id = id, value = value }
  end
  list[1] = { answer = base }
  for _, item in ipairs(form.items) do
    for i, value in ipairs(values(item)) do
      if i > 1 then with(item.id, value) end
    end
    if item.optional or item.when then with(item.id, nil) end
  end
  return list
end

local function shown(try)
  if not try.id then return "the first answer to each item" end
  if type(try.value) == "table" then return ("%s = %s"):format(try.id, words.show(try.value[1])) end
  if try.value == nil then return ("%s left empty"):format(try.id) end
  return ("%s = %s"):format(try.id, words.show(try.value))
end

-- Runs the rule on answers to the form.
local function try_rule(world, form_id, form, rule_id, rule)
  local levels = ((world.definitions.department or {})[world.department] or {}).alerts
  local told = {}
  local function once(code, message)
    if not told[code] then world.report_at(code, rule, message) end
    told[code] = true
  end
  for _, try in ipairs(answers(form)) do
    local good, flag = host.try_rule(rule_id, try.answer)
    if not good then
      local why = flag:gsub("^[^:]+:%d+: ", "")
      if world.misread[rule_id] and why:find ": no form of rule" then return end   -- told where it stands
      once("rule-fails", ("rule %s fails on form %s with %s: %s. An item may be empty, and a form may lack it")
        :format(words.quote(rule_id), words.quote(form_id), shown(try), why))
      return                                        -- one that fails, or runs on, is not tried again
    elseif type(flag) == "table" and flag.level then
      if levels and not levels[flag.level] then
        once("unrouted-level", ("rule %s gives level %s, which the department's alerts don't route: the site's ladder takes it%s")
          :format(words.quote(rule_id), words.quote(flag.level), words.hint(flag.level, words.keys(levels))))
      end
      local advice = type(flag.advice) == "string" and { zh = flag.advice } or flag.advice
      local word = advice and templates.telling(advice)
      if word then
        once("may-tell", ("rule %s: the advice says %s, and not every patient knows: change the words")
          :format(words.quote(rule_id), words.quote(word)))
      end
    end
  end
end

-- The words that an expression may give; false when the text does not show them all.
local function words_of(node, set)
  if node.kind == "string" then
    set[node.value] = true
    return true
  elseif node.kind == "paren" then
    return words_of(node.inner, set)
  elseif node.kind == "binary" and node.sign == "and" then
    return words_of(node.right, set)
  elseif node.kind == "binary" and node.sign == "or" then
    return words_of(node.left, set) and words_of(node.right, set)
  end
  return node.kind == "nil"
end

local function tiers_of(world, id)
  for _, root in ipairs(world.infer.roots) do
    if root.place.kind == "pathway" and root.place.id == id and root.place.which == "tier" then
      local set = {}
      for _, given in ipairs(root.fn.returns) do
        if #given.values ~= 1 or not words_of(given.values[1], set) then return nil end
      end
      return set
    end
  end
end

local function check_steps(world, id, pathway)
  local tiers = tiers_of(world, id)
  for _, step in ipairs(pathway.steps or {}) do
    for _, tier in ipairs(tiers and type(step.every) == "table" and words.keys(step.every) or {}) do
      if not tiers[tier] then
        world.report_at("unreachable", step, ("step %s: every names tier %s, which the pathway's tier never gives%s")
          :format(words.quote(step.id), words.quote(tier), words.hint(tier, words.keys(tiers), "it gives")))
      end
    end
  end
end

return function(world)
  if not world.loaded then return end
  world.each(function(kind, id, definition)
    if kind == "form" then
      check_judged(world, id, definition)
      local rule = definition.abnormal and world.definitions.rule[definition.abnormal]
      if rule then try_rule(world, id, definition, definition.abnormal, rule) end
    elseif kind == "pathway" then
      check_steps(world, id, definition)
    end
  end)
end
