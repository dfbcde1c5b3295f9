-- What can be checked only when all is known: ids that name other declarations.
local host, use = ...
local words = use "words.lua"
local api = use "api.lua"
local references = {}

local function known_ids(definitions, kind)
  local list = words.keys(definitions[kind] or {})
  if kind == "calendar" then
    for _, id in ipairs(api.builtin_calendars) do list[#list + 1] = id end
  end
  return list
end

-- refs: { kind, id, label, place } of keys such as abnormal = "joint-red-flags".
local function check_keys(refs, definitions, report)
  for _, ref in ipairs(refs) do
    local known = known_ids(definitions, ref.kind)
    local said = ref.kind == "role" or ref.more and ref.more.judged    -- elsewhere
    if not said and not words.set(known)[ref.id] then
      report("unknown-id", ("%s: no such %s: %s%s"):format(ref.label, ref.kind, words.quote(ref.id), words.hint(ref.id, known)),
        ref.place)
    end
  end
end

-- What a plan's step can do with a form or template depends on how that was declared.
local function check_plans(refs, definitions, report)
  for _, ref in ipairs(refs) do
    local more, found = ref.more or {}, (definitions[ref.kind] or {})[ref.id]
    if more.judged and found and not found.abnormal then
      report("plan", ("%s: this form has no abnormal rule, so 异常处理 would never happen: give the form one"):format(ref.label),
        ref.place)
    elseif more.bare and found and #found.fields > 0 then
      report("plan", ("%s: this template needs fields, which a plan can't give: take one without, or write the step as aw.step")
        :format(ref.label), ref.place)
    end
  end
end

-- A post that is nearly a roster's is a slip of the pen.
local function check_roles(refs, definitions, report)
  local set = {}
  for _, id in ipairs(words.keys(definitions.roster or {})) do
    set[id] = true
    for _, backup in ipairs(definitions.roster[id].backup or {}) do set[backup] = true end
  end
  local roles = words.keys(set)
  for _, ref in ipairs(refs) do
    local near = ref.kind == "role" and not set[ref.id] and words.nearest(ref.id, roles)
    if near then
      report("unknown-role", ("%s: %s has no roster; did you mean %s?"):format(ref.label, words.quote(ref.id), words.quote(near)),
        ref.place)
    end
  end
  for _, id in ipairs(words.keys(definitions.escalation or {})) do
    local escalation = definitions.escalation[id]
    for i, level in ipairs(escalation.levels or {}) do
      for _, role in ipairs(level.page or {}) do
        local near = not set[role] and words.nearest(role, roles)
        if near then
          report("unknown-role", ("escalation %s: level %d pages %s, which has no roster; did you mean %s?"):format(words.quote(id), i,
            words.quote(role), words.quote(near)), escalation)
        end
      end
    end
  end
end

-- Each rule gets the fields of the forms that name it.
local function gather_fields(definitions)
  local sets = {}
  for _, id in ipairs(words.keys(definitions.form or {})) do
    local form = definitions.form[id]
    local set = sets[form.abnormal] or {}
    for _, item in ipairs(form.items) do set[item.id] = true end
    if form.abnormal then sets[form.abnormal] = set end
  end
  for _, id in ipairs(words.keys(definitions.rule or {})) do
    definitions.rule[id].fields = words.keys(sets[id] or {})
  end
end

-- A triage that names no brand answers under the department's first.
local function brand_cases(definitions)
  local first = words.keys(definitions.program or {})[1]
  for _, id in ipairs(words.keys(definitions.pathway or {})) do
    local pathway = definitions.pathway[id]
    if pathway.case and not pathway.program then pathway.program = first end
  end
end

local function check_watched(definitions, report)
  local codes = words.set(words.keys(api.observations))
  for _, id in ipairs(words.keys(definitions.form or {})) do
    for _, item in ipairs(definitions.form[id].items) do
      if item.observe then codes[item.observe] = true end
    end
  end
  local function look(watch)
    for _, event in ipairs(watch.on or {}) do
      local code = event:match "^observation:(.+)$"
      if code and not codes[code] then
        report("unheard-event", ("watch %s: nothing gives observation %s%s"):format(words.show(watch.id), words.quote(code),
          words.hint(code, words.keys(codes))), watch)
      end
    end
  end
  for _, id in ipairs(words.keys(definitions.watch or {})) do look(definitions.watch[id]) end
  for _, id in ipairs(words.keys(definitions.pathway or {})) do
    for _, watch in ipairs(definitions.pathway[id].watches or {}) do look(watch) end
  end
end

function references.check(definitions, refs, report)
  local department = (definitions.department or {})[host.department]
  if not department then
    report("no-department", ("the folder has no department: one of its files must return aw.department { id = %s, … }")
      :format(words.quote(host.department)), { file = host.department, line = 0 })
  end
  check_keys(refs, definitions, report)
  check_plans(refs, definitions, report)
  check_roles(refs, definitions, report)
  check_watched(definitions, report)
  gather_fields(definitions)
  brand_cases(definitions)
end

return references
