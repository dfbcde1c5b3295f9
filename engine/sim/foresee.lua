-- What steps lead to that nobody has been through yet: made-up patients are brought onto their pathway and played, as
-- afterward sim plays a list, until the last of these steps has been begun for weeks.
local sim = require "afterward.sim"
local player = require "player"

local ZONE, PEOPLE, LAGS, DAYS_MOST = "Asia/Shanghai", 100, 28, 3660
local DAY = player.DAY
local WEEK = 7 * DAY
local foresee = {}

local function first_of(list) return type(list) == "table" and list[1] or list end

local function coded(word)
  word = first_of(word)
  return word and { word:find "^[%w.]+$" and { code = word } or { name = word } } or nil
end

-- The event that the pathway's `enroll` waits for, as far as it says so in plain words.
local function event_of(enroll, department, at, n)
  local kind = first_of(enroll.on) or "discharge"
  local age = 20 + n * 37 % 71 -- 20 to 90, each alike
  return { id = "made-up-" .. n, kind = kind, at = sim.iso(at, ZONE), visit = "V" .. n,
    department = first_of(enroll.department) or department, leaving = kind == "discharge" and "order" or nil,
    patient = { mrn = ("X%04d"):format(n), name = "某某", sex = n % 2 == 0 and "female" or "male", phone = ("139%08d"):format(n),
      birth = ("%04d-01-15"):format(sim.civil(at, ZONE).year - age),
      contacts = n % 3 > 0 and { { name = "家属", phone = ("138%08d"):format(n), relation = "child" } } or nil },
    procedures = coded(enroll.procedure), diagnoses = coded(enroll.diagnosis),
    drugs = coded(enroll.drug) or kind == "drug" and { { name = "示例药" } } or nil,
    appointment = kind == "appointment" and { id = "A" .. n, status = "booked", at = sim.iso(at + WEEK, ZONE) } or nil }
end

-- Fills a world with people who come in over a week.
local function fill(world, department, pathway, enroll, at)
  for n = 1, PEOPLE do
    local came = at + n * WEEK // PEOPLE
    local event = event_of(enroll, department, came, n)
    world:expect(came, event)
    world.agenda:add(came, function()
      local row = world.core:query("SELECT person AS i_id FROM identity WHERE kind='mrn' AND value=?1", event.patient.mrn)[1]
      if row then world.core:enroll(row.id, department, pathway) end
    end)
  end
end

local function is_over(world, pathway, steps, now)
  local begun, all = {}, true
  for _, row in ipairs(world.core:query("SELECT name, min(started_at) AS i_at FROM run WHERE pathway=?1 AND kind='step' GROUP BY 1", pathway)) do
    begun[row.name] = row.at
  end
  for step in pairs(steps) do all = all and begun[step] and begun[step] + LAGS * DAY + WEEK <= now end
  return all or world.core:query("SELECT count(*) AS i_n FROM enrollment WHERE pathway=?1 AND status<>'ended'", pathway)[1].n == 0
    and world.core:query "SELECT count(*) AS i_n FROM run WHERE ended_at IS NULL"[1].n == 0
end

-- How long after the first patient's coming the last of these steps is due for the first time.
local function last_of(world, pathway, steps, at)
  local last, found = 0, {}
  local row = world.core:query("SELECT min(id) AS i_id FROM enrollment WHERE pathway=?1", pathway)[1]
  for _, item in ipairs(row and row.id and world.core:planned(row.id, 2000) or {}) do
    if steps[item.step] and not found[item.step] then found[item.step], last = true, math.max(last, item.due_at - at) end
  end
  return last
end

local LED_TO = { -- days after the run began, as care/forecast.c counts what was
  sends = [[SELECT r.name, (m.accepted_at-r.started_at)/86400000 AS i_lag, count(*) AS i_n FROM message m JOIN run r ON r.id=m.run
    WHERE r.pathway=?1 AND r.kind='step' AND r.started_at<=?2 AND r.ended_at IS NOT NULL AND m.accepted_at IS NOT NULL AND m.kind<>'page'
    GROUP BY 1,2]],
  tasks = [[SELECT r.name, (t.opened_at-r.started_at)/86400000 AS i_lag, count(*) AS i_n FROM task t JOIN run r ON r.id=t.run
    WHERE r.pathway=?1 AND r.kind='step' AND r.started_at<=?2 AND r.ended_at IS NOT NULL GROUP BY 1,2]],
  calls = [[SELECT r.name, (c.at-r.started_at)/86400000 AS i_lag, count(*) AS i_n FROM call c JOIN task t ON t.id=c.task JOIN run r
    ON r.id=t.run WHERE r.pathway=?1 AND r.kind='step' AND r.started_at<=?2 AND r.ended_at IS NOT NULL GROUP BY 1,2]],
}

local function count(world, pathway, steps, until_ms)
  local out = {}
  for _, row in ipairs(world.core:query([[SELECT name, count(*) AS i_n FROM run WHERE pathway=?1 AND kind='step' AND started_at<=?2
      AND ended_at IS NOT NULL GROUP BY 1]], pathway, until_ms)) do
    if steps[row.name] then out[row.name] = { runs = row.n, sends = {}, tasks = {}, calls = {} } end
  end
  for what, sql in pairs(LED_TO) do
    for _, row in ipairs(world.core:query(sql, pathway, until_ms)) do
      local lags, lag = out[row.name] and out[row.name][what], math.min(math.max(row.lag, 0), LAGS - 1)
      if lags then lags[lag] = (lags[lag] or 0) + row.n end
    end
  end
  return out
end

local function enroll_of(world, department, pathway)
  local row = world.core:query("SELECT definitions AS b_all FROM bundle WHERE department=?1 AND active=1", department)[1]
  local body = row and (row.all.pathway or {})[pathway]
  return body and body.enroll
end

-- steps: a set of ids. → step → { runs, sends, tasks, calls: by days after }; or nil and why. o: scripts, model, at (ms).
-- progress(share) is told how far it is.
function foresee.pathway(department, pathway, steps, o, progress)
  local world = player.new { at = o.at, zone = ZONE, model = o.model }
  local ok, why = pcall(world.load, world, o.scripts, department)
  if not ok then return nil, ("from %s: %s"):format(o.scripts, type(why) == "table" and why.text or why) end
  local enroll = enroll_of(world, department, pathway)
  if not enroll then return nil, ("%s has no pathway %s of %s"):format(o.scripts, pathway, department) end
  fill(world, department, pathway, enroll, o.at)
  local now, till = o.at + WEEK, o.at + DAYS_MOST * DAY
  repeat
    now = now + WEEK
    world:run(now)
    progress((now - o.at) / (last_of(world, pathway, steps, o.at) + 2 * WEEK + LAGS * DAY))
  until now >= till or is_over(world, pathway, steps, now)
  local seen = count(world, pathway, steps, now - LAGS * DAY)
  if next(seen) == nil then seen = count(world, pathway, steps, now) end
  world.core:close()
  return seen
end

return foresee
