-- A story played while the power fails at each of its commits.
local T = {}

-- Everything that must be the same however often the power fails: lines of text, times by the hour, in a fixed order.
local BOOKS = {
  "SELECT 'enrollment', pathway, status, tier, ended_reason FROM enrollment ORDER BY id",
  "SELECT 'run', name, day, status, result, cause, records AS i_records FROM run ORDER BY scheduled_at, name, day",
  "SELECT 'skip', step, day, reason FROM skip ORDER BY due_at, step",
  [[SELECT 'message', kind, name, audience, status, reason, created_at/3600000 AS i_hour FROM message
    ORDER BY created_at/3600000, kind, name, audience]],
  "SELECT 'question', form, status, reason FROM question ORDER BY opened_at/3600000, form",
  "SELECT 'answer', form, by_kind, level FROM answer ORDER BY at/3600000, form",
  "SELECT 'task', name, role, status, code, reason FROM task ORDER BY opened_at/3600000, name",
  "SELECT 'alert', name, level, status, joined AS i_joined FROM alert ORDER BY opened_at/3600000, name",
  "SELECT 'page', role, at/3600000 AS i_hour FROM page ORDER BY at/3600000, role",
  "SELECT 'note', text FROM note ORDER BY text",
}
local function plain(value)
  if math.type(value) == "integer" and value > 10 ^ 12 then return tostring(value // 3600000) .. "h" end
  if type(value) ~= "table" then return tostring(value) end
  local keys, out = {}, {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for i, key in ipairs(keys) do out[i] = tostring(key) .. "=" .. plain(value[key]) end
  return "{" .. table.concat(out, " ") .. "}"
end
function T.books(world, but)                           -- but: a pattern of lines to leave out
  local lines = {}
  for _, sql in ipairs(BOOKS) do
    for _, row in ipairs(world.core:query(sql)) do
      local line = plain(row)
      if not (but and line:find(but)) then lines[#lines + 1] = line end
    end
  end
  for _, run in ipairs(world.core:query "SELECT id AS i_id, name, day FROM run ORDER BY scheduled_at, name, day") do
    for i, record in ipairs(world.core:journal(run.id)) do
      lines[#lines + 1] = ("%s %s %d %s"):format(run.name, run.day, i, plain(record))
    end
  end
  return lines
end
local function compare(want, got, how)
  for i = 1, math.max(#want, #got) do
    if want[i] ~= got[i] then error(("power failed %s\n  expected %s\n  got      %s"):format(how, want[i], got[i]), 3) end
  end
end
-- T.torture(make, play): plays a story, then once more for each of its commits with the power failing there,
-- after the commit and in the middle of it. The books must be the same. Gives the number of commits.
function T.torture(make, play)
  local calm = make()
  play(calm)
  local commits, want = calm.core:commits(), T.books(calm)
  calm:close()
  for n = 1, commits do
    for _, lost in ipairs { false, true } do
      local world = make()
      world.core:cut(n, lost)
      play(world)
      compare(want, T.books(world), ("%s commit %d of %d"):format(lost and "in" or "after", n, commits))
      world:close()
    end
  end
  return commits
end
-- T.storm(make, play, seed, all): plays a story, then again on a machine whose power fails at every seventh commit, twice
-- (after it, and in the middle of it) from a commit that the seed chooses; or, with all, from each of the seven.
-- The books must be the same. Gives the operations that its runs recorded.
function T.storm(make, play, seed, all)
  -- A text in doubt is sent again a moment later, and what follows from it is that much later: an alert may be closed by
  -- then, a deadline of working time be on the next day.
  local LATE = "page"
  local EVERY = 7                                      -- a message in doubt eight times in a row is rightly given up
  local calm = make()
  play(calm)
  local want, ops = T.books(calm, LATE), {}
  for _, run in ipairs(calm.core:query "SELECT id AS i_id FROM run") do
    for _, record in ipairs(calm.core:journal(run.id)) do ops[record[2] or ""] = true end
  end
  calm:close()
  for first = 1, all and EVERY or 1 do
    for _, lost in ipairs { false, true } do
      local at = (first + seed + (lost and 3 or 0)) % EVERY + 1
      local world = make()
      world.core:cut(at, lost, EVERY)
      play(world)
      compare(want, T.books(world, LATE), ("%s commit %d and every %d from there, seed %d"):format(lost and "in" or "after", at, EVERY, seed))
      world:close()
    end
  end
  return ops
end

return T
