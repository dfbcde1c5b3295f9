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
  "SELECT 'page', role, at/3600000 AS i_hour FROM page ORDER BY at, role",
  "SELECT 'note', text FROM note ORDER BY at, text",
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
function T.books(world)
  local lines = {}
  for _, sql in ipairs(BOOKS) do
    for _, row in ipairs(world.core:query(sql)) do lines[#lines + 1] = plain(row) end
  end
  for _, run in ipairs(world.core:query "SELECT id AS i_id, name, day FROM run ORDER BY scheduled_at, name, day") do
    for i, record in ipairs(world.core:journal(run.id)) do
      lines[#lines + 1] = ("%s %s %d %s"):format(run.name, run.day, i, plain(record))
    end
  end
  return lines
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
      local got = T.books(world)
      for i = 1, math.max(#want, #got) do
        if want[i] ~= got[i] then
          error(("power failed %s commit %d of %d\n  expected %s\n  got      %s"):format(lost and "in" or "after", n, commits, want[i], got[i]), 2)
        end
      end
      world:close()
    end
  end
  return commits
end

return T
