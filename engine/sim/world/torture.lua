-- A story played while the power fails at each of its commits. Called with sim, to which it adds its verbs.
local sim = ...

-- What must be the same however often the power fails: lines of text, times by the hour, in a fixed order.
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
  [[SELECT 'rung', name, position AS i_position, rung.channel, audience, why FROM ladder JOIN rung ON rung.ladder=ladder.id
    ORDER BY opened_at/3600000, name, position, rung.channel, audience, why]],
  "SELECT 'note', text FROM note ORDER BY text",
}
local CHANNELS = { "sms", "wechat", "email" }

local function plain(value)
  if math.type(value) == "integer" and value > 10 ^ 12 then return tostring(value // 3600000) .. "h" end
  if type(value) ~= "table" then return tostring(value) end
  local keys, out = {}, {}
  for key in pairs(value) do keys[#keys + 1] = key end
  table.sort(keys, function(a, b) return tostring(a) < tostring(b) end)
  for i, key in ipairs(keys) do out[i] = tostring(key) .. "=" .. plain(value[key]) end
  return "{" .. table.concat(out, " ") .. "}"
end

-- sim.books(world, but): everything that is kept of a world, journals among it, a line each; but: a pattern of lines
-- to leave out.
function sim.books(world, but)
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

-- Worlds are made by a function, or from the options of sim.world; then a gateway asked twice sends once.
local function maker(make)
  if type(make) == "function" then return make end
  return function()
    local world = sim.world(make)
    for _, name in ipairs(CHANNELS) do world:channel(name, "keyed") end
    return world
  end
end

-- sim.torture(world options or function that makes a world, function(w) … end): plays the story, then once more for
-- each of its commits with the power failing there: after the commit, and in the middle of it. Journals, messages,
-- tasks and all else must be the same. Raises what differs; gives the number of commits.
function sim.torture(make, story)
  make = maker(make)
  local calm = make()
  story(calm)
  local commits, want = calm.core:commits(), sim.books(calm)
  calm:close()
  for n = 1, commits do
    for _, lost in ipairs { false, true } do
      local world = make()
      world.core:cut(n, lost)
      story(world)
      compare(want, sim.books(world), ("%s commit %d of %d"):format(lost and "in" or "after", n, commits))
      world:close()
    end
  end
  return commits
end
