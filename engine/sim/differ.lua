-- What became of an enrollment then and under other scripts, side by side.
local SAME = 15 * 60000 -- what came so near to its moment came at it
local differ = { SAME = SAME }

-- A row each: key (what it is the same as), at, and what is to be shown of it.
local function shown(row, at, ...)
  local key = {}
  for i = 1, select("#", ...) do key[i] = tostring((select(i, ...)) or "-") end
  row.at, row.key = at, table.concat(key, "\0")
  return row
end

local function step_of(past, row)
  local run = past.runs[row.run]
  return run and run.name
end

-- What was then, of one enrollment: { messages, tasks, alerts }.
function differ.before(past, enrollment)
  local out = { messages = {}, tasks = {}, alerts = {} }
  for _, m in ipairs(past.history.messages) do
    if m.enrollment == enrollment.id and m.accepted_at then
      local step = step_of(past, m)
      table.insert(out.messages, shown({ step = step, kind = m.kind, name = m.name, to = m.audience }, m.accepted_at, step, m.kind,
        m.name, m.audience))
    end
  end
  for _, t in ipairs(past.tasks) do
    if t.enrollment == enrollment.id then
      local step = step_of(past, t)
      table.insert(out.tasks, shown({ step = step, name = t.name, to = t.role }, t.opened_at, step, t.name, t.role))
    end
  end
  for _, a in ipairs(past.alerts) do
    if a.enrollment == enrollment.id then
      table.insert(out.alerts, shown({ name = a.name, level = a.level }, a.opened_at, a.name))
    end
  end
  return out
end

local NOW = {
  messages = [[SELECT run.name AS step, message.kind, message.name, audience AS 'to', accepted_at AS i_at FROM message LEFT JOIN run ON
    run.id=message.run WHERE message.enrollment=?1 AND accepted_at IS NOT NULL AND message.kind<>'page' ORDER BY accepted_at, message.id]],
  tasks = [[SELECT run.name AS step, task.name, role AS 'to', opened_at AS i_at FROM task LEFT JOIN run ON run.id=task.run
    WHERE task.enrollment=?1 ORDER BY task.id]],
  alerts = "SELECT name, level, task AS i_task, opened_at AS i_at FROM alert WHERE enrollment=?1 ORDER BY id",
}

-- What is now. Alarms about tasks that nobody had then, or had otherwise, are left out: what would have become of those is
-- not known.
function differ.after(world, id)
  local out = { messages = {}, tasks = {}, alerts = {} }
  for _, m in ipairs(world.core:query(NOW.messages, id)) do
    table.insert(out.messages, shown(m, m.at, m.step, m.kind, m.name, m.to))
  end
  for _, t in ipairs(world.core:query(NOW.tasks, id)) do table.insert(out.tasks, shown(t, t.at, t.step, t.name, t.to)) end
  for _, a in ipairs(world.core:query(NOW.alerts, id)) do
    if not world.unknown_tasks[a.task] then table.insert(out.alerts, shown(a, a.at, a.name)) end
  end
  return out
end

local function by_key(rows)
  local out, order = {}, {}
  for _, row in ipairs(rows) do
    if not out[row.key] then
      out[row.key] = {}
      order[#order + 1] = row.key
    end
    table.insert(out[row.key], row)
  end
  return out, order
end

-- Takes out the pairs of the same moment.
local function take_same(before, after, pair)
  for i = #before, 1, -1 do
    for j = #after, 1, -1 do
      if math.abs(before[i].at - after[j].at) <= SAME then
        pair(table.remove(before, i), table.remove(after, j))
        break
      end
    end
  end
end

-- Those of one moment are the same; the others are moved, in the order of time; what is left was added or dropped.
-- Gives { same, added, dropped, moved, changed }: lists; of pairs { before, after }; changed: another level.
function differ.lists(before, after)
  local out = { same = {}, added = {}, dropped = {}, moved = {}, changed = {} }
  local was, order = by_key(before)
  local is, more = by_key(after)
  for _, key in ipairs(more) do if not was[key] then order[#order + 1] = key end end
  for _, key in ipairs(order) do
    local old, new = was[key] or {}, is[key] or {}
    take_same(old, new, function(a, b) table.insert(a.level == b.level and out.same or out.changed, { a, b }) end)
    for i = 1, math.min(#old, #new) do table.insert(out.moved, { old[i], new[i] }) end
    for i = #new + 1, #old do table.insert(out.dropped, old[i]) end
    for i = #old + 1, #new do table.insert(out.added, new[i]) end
  end
  return out
end

local KINDS = { "messages", "tasks", "alerts" }

-- Of one enrollment: { messages, tasks, alerts, identical }.
function differ.compare(before, after)
  local out = { identical = true }
  for _, kind in ipairs(KINDS) do
    local lists = differ.lists(before[kind], after[kind])
    out[kind] = lists
    out.identical = out.identical and #lists.added + #lists.dropped + #lists.moved + #lists.changed == 0
  end
  return out
end

return differ
