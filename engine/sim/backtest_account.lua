-- What a backtest came to, summed up: by pathway, by step, by rule, by what could not be answered.
local differ = require "differ"

local account = {}

local KINDS = { "messages", "tasks", "alerts" }

function account.new(o)
  return { from = o.from, to = o.to, scripts = o.scripts, department = o.department, pathway = o.pathway, pathways = {}, details = {},
    unanswerable = {}, new = {}, stuck = {}, refused = {}, by = {} }
end

local function find(list, by, key, make)
  local one = by[key]
  if not one then
    one = make()
    by[key], list[#list + 1] = one, one
  end
  return one
end

local function counts() return { same = 0, added = 0, dropped = 0, moved = 0 } end

local function pathway_of(out, department, id)
  return find(out.pathways, out.by, "pathway\0" .. department .. "\0" .. id, function()
    return { department = department, pathway = id, enrollments = 0, identical = 0, not_enrolled = 0, messages = counts(), tasks = counts(),
      alerts = counts(), unanswerable = 0, steps = {}, rules = {} }
  end)
end

local function add_counts(into, lists)
  into.same = into.same + #lists.same + #lists.changed
  into.added, into.dropped, into.moved = into.added + #lists.added, into.dropped + #lists.dropped, into.moved + #lists.moved
end

-- By step, name and whom it goes to.
local function add_steps(out, pathway, what, lists)
  local function row(item)
    local kind = item.kind or what
    local key = table.concat({ "step", pathway.department, pathway.pathway, item.step or "", kind, item.name, item.to }, "\0")
    return find(pathway.steps, out.by, key, function()
      return { step = item.step or "", what = kind, name = item.name, to = item.to, same = 0, added = 0, dropped = 0, moved = 0 }
    end)
  end
  for how, list in pairs(lists) do
    for _, item in ipairs(list) do
      local one = row(item[2] or item)
      how = how == "changed" and "same" or how
      one[how] = one[how] + 1
    end
  end
end

local function first_of(rows, name)
  local first
  for _, row in ipairs(rows) do
    if row.name == name and (not first or row.at < first.at) then first = row end
  end
  return first
end

local function rule_of(out, pathway, name)
  return find(pathway.rules, out.by, table.concat({ "rule", pathway.department, pathway.pathway, name }, "\0"), function()
    return { rule = name, before = 0, after = 0, gained = 0, lost = 0, earlier = 0, later = 0, level_changed = 0, gained_by = {}, lost_by = {},
      times_before = {}, times_after = {} }
  end)
end

local function note(list, patient)
  if list[#list] ~= patient then list[#list + 1] = patient end
end

local function add_rules(out, pathway, one)
  local lists = one.differs.alerts
  for _, row in ipairs(one.before.alerts) do local rule = rule_of(out, pathway, row.name) rule.before = rule.before + 1 end
  for _, row in ipairs(one.after.alerts) do local rule = rule_of(out, pathway, row.name) rule.after = rule.after + 1 end
  for _, row in ipairs(lists.added) do
    local rule = rule_of(out, pathway, row.name)
    rule.gained = rule.gained + 1
    note(rule.gained_by, one.patient)
  end
  for _, row in ipairs(lists.dropped) do
    local rule = rule_of(out, pathway, row.name)
    rule.lost = rule.lost + 1
    note(rule.lost_by, one.patient)
  end
  for _, pairs_of in ipairs { lists.changed, lists.moved } do
    for _, pair in ipairs(pairs_of) do
      local rule = rule_of(out, pathway, pair[1].name)
      if pair[1].level ~= pair[2].level then rule.level_changed = rule.level_changed + 1 end
    end
  end
end

-- From the beginning of the pathway to the first alert of a rule, and whether it would come sooner.
local function add_times(out, pathway, one)
  for _, rule in ipairs(pathway.rules) do
    local before, after = first_of(one.before.alerts, rule.rule), first_of(one.after.alerts, rule.rule)
    if before then table.insert(rule.times_before, before.at - one.enrollment.anchor_at) end
    if after then table.insert(rule.times_after, after.at - one.now.anchor) end
    if before and after and after.at < before.at - differ.SAME then rule.earlier = rule.earlier + 1 end
    if before and after and after.at > before.at + differ.SAME then rule.later = rule.later + 1 end
  end
end

local function add_unanswered(out, pathway, one)
  for _, what in ipairs(one.unanswered) do
    local key = table.concat({ "un", one.department, pathway.pathway, what.what, what.name, what.why }, "\0")
    local row = find(out.unanswerable, out.by, key, function()
      return { department = one.department, pathway = pathway.pathway, what = what.what, name = what.name, why = what.why,
        detail = what.detail, count = 0, patients = {} }
    end)
    row.count = row.count + 1
    note(row.patients, one.patient)
    pathway.unanswerable = pathway.unanswerable + 1
  end
end

local function detail(out, pathway, one)
  local rows = {}
  for _, kind in ipairs(KINDS) do
    local lists, what = one.differs[kind], kind:sub(1, -2)
    for _, row in ipairs(lists.added) do rows[#rows + 1] = { what = what, how = "added", item = row, after = row.at } end
    for _, row in ipairs(lists.dropped) do rows[#rows + 1] = { what = what, how = "dropped", item = row, before = row.at } end
    for _, pair in ipairs(lists.moved) do
      rows[#rows + 1] = { what = what, how = "moved", item = pair[2], before = pair[1].at, after = pair[2].at, level_before = pair[1].level }
    end
    for _, pair in ipairs(lists.changed) do
      rows[#rows + 1] = { what = what, how = "changed", item = pair[2], before = pair[1].at, after = pair[2].at, level_before = pair[1].level }
    end
  end
  for _, what in ipairs(one.unanswered) do
    rows[#rows + 1] = { what = what.what, how = "unanswerable", item = { name = what.name }, after = what.at, why = what.why, detail = what.detail }
  end
  if #rows == 0 and one.now then return end
  table.sort(rows, function(a, b)
    local first, second = a.before or a.after, b.before or b.after
    if first ~= second then return first < second end
    return a.what .. a.item.name < b.what .. b.item.name
  end)
  table.insert(out.details, { enrollment = one.enrollment.id, patient = one.patient, department = one.department,
    pathway = pathway.pathway, enrolled = one.now ~= nil, differences = rows })
end

-- one: { patient, department, enrollment (then), now, before, after, differs, unanswered }
function account.add(out, one)
  local pathway = pathway_of(out, one.department, one.enrollment.pathway)
  pathway.enrollments = pathway.enrollments + 1
  if one.now and one.differs.identical and #one.unanswered == 0 then pathway.identical = pathway.identical + 1 end
  if not one.now then pathway.not_enrolled = pathway.not_enrolled + 1 end
  for _, kind in ipairs(KINDS) do
    add_counts(pathway[kind], one.differs[kind])
    if kind ~= "alerts" then add_steps(out, pathway, kind == "tasks" and "task" or nil, one.differs[kind]) end
  end
  add_rules(out, pathway, one)
  add_times(out, pathway, one)
  add_unanswered(out, pathway, one)
  detail(out, pathway, one)
end

function account.add_new(out, life, enrollments)
  for _, row in ipairs(enrollments) do
    table.insert(out.new, { department = life.department, patient = life.patient, pathway = row.pathway, enrolled_at = row.at })
  end
end

function account.add_stuck(out, life, runs)
  for _, run in ipairs(runs) do
    local key = table.concat({ "stuck", life.department, run.pathway or "", run.name, run.cause }, "\0")
    local row = find(out.stuck, out.by, key, function()
      return { department = life.department, pathway = run.pathway, name = run.name, cause = run.cause, count = 0, patients = {} }
    end)
    row.count = row.count + 1
    note(row.patients, life.patient)
  end
end

function account.add_refused(out, life, refused)
  table.insert(out.refused, { patient = life.patient, event = refused.event.kind, reason = refused.reason })
end

local function spread(times)
  table.sort(times)
  local n = #times
  if n == 0 then return nil end
  return { median = n % 2 == 1 and times[n // 2 + 1] or (times[n // 2] + times[n // 2 + 1]) // 2, worst = times[n] }
end

-- What was only needed for counting goes.
function account.finish(out)
  for _, pathway in ipairs(out.pathways) do
    for _, rule in ipairs(pathway.rules) do
      rule.first_before, rule.first_after = spread(rule.times_before), spread(rule.times_after)
      rule.times_before, rule.times_after = nil, nil
    end
    table.sort(pathway.rules, function(a, b) return a.rule < b.rule end)
    table.sort(pathway.steps, function(a, b)
      return table.concat({ a.step, a.what, a.name, a.to }, "\0") < table.concat({ b.step, b.what, b.name, b.to }, "\0")
    end)
  end
  table.sort(out.pathways, function(a, b) return a.department .. "\0" .. a.pathway < b.department .. "\0" .. b.pathway end)
  out.by = nil
end

return account
