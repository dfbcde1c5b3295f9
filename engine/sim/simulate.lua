-- afterward sim DEPARTMENT: a cohort through a department's scripts.
local player = require "player"
local cohort = require "cohort"
local tally = require "tally"
local report = require "report"
local progress = require "progress"
local words = require "words"

local ZONE, DAYS_MOST = "Asia/Shanghai", 3660
local SHOWN = 10 -- bad rows that are told one by one

local function whole(options, name, otherwise, least, most)
  local text = options[name]
  if not text then return otherwise end
  local number = math.tointeger(tonumber(text))
  if not number or number < least or number > most then
    error { usage = ("--%s takes a whole number from %d to %d, not \"%s\""):format(name, least, most, text) }
  end
  return number
end

local function say(...) io.stderr:write(words.fill(...), "\n") end

-- The first of a list, each as a sentence, and how many more there are.
local function tell_each(list, what, sentence)
  for i, row in ipairs(list) do
    if i > SHOWN then say("and %d " .. what .. " more", #list - SHOWN) break end
    say(sentence(row))
  end
end

local function tell_bad(bad)
  tell_each(bad, "bad row(s)", function(row) return "line %d%s: %s", row.line, row.column ~= "" and ", " .. row.column or "", row.reason end)
end

local function listed(others)
  local names, out = {}, {}
  for name in pairs(others) do names[#names + 1] = name end
  table.sort(names)
  for i, name in ipairs(names) do out[i] = ("%s %d"):format(name, others[name]) end
  return #out > 0 and table.concat(out, ", ") or nil
end

local function write(path, text)
  local file, why = io.open(path, "wb")
  if not file or not file:write(text) or not file:close() then error { text = why or path .. " can't be written" } end
end

local function load_model(host, file, seed)
  local ok, model = pcall(host.model, file, seed)
  if not ok then error { text = model } end
  return model
end

-- What the department declares, as it would be activated.
local function declared(scripts, department)
  local try = player.new { at = os.time() * 1000, zone = ZONE }
  try:load(scripts, department)
  local definitions = try:definitions(department)
  try.world:close()
  return definitions
end

-- { list, bad, others, invented }: who is played.
local function people(host, o, department, definitions, zone)
  if not o.patients then
    if o.map then error { usage = "--map goes with --patients" } end
    return { list = cohort.invent(definitions.pathway or {}, department, zone), bad = {}, invented = true }
  end
  local list, bad, others = cohort.read(host, o, department, zone)
  tell_bad(bad)
  if #list == 0 then
    local found = listed(others)
    error { text = ("%s has no patient of %s that can be played%s"):format(o.patients, department, found and "; it has of " .. found or "") }
  end
  return { list = list, bad = bad, others = listed(others) }
end

local function play(host, model, scripts, department, list, days, zone)
  local from, till = list[1].at, list[#list].at + days * player.DAY
  local world = player.new { at = from - player.HOUR, zone = zone, model = model }
  world:load(scripts, department, true)
  for _, item in ipairs(list) do world:expect(item.at, item.event) end
  local bar <close> = progress.bar(host, "playing", from, till)
  world:run(till, function(now) bar:show(now) end)
  return world, from, till
end

local function refusals(world)
  local out = {}
  for i, row in ipairs(world.refused) do out[i] = { kind = row.event.kind, mrn = row.event.patient.mrn, reason = row.reason } end
  return out
end

-- What is wrong is said last, where it is seen. Gives the exit code.
local function conclude(account, o, seconds)
  if account.left_out then say("rows of other departments are left out: %s", account.left_out) end
  tell_each(account.refused, "event(s) refused", function(row) return "refused: %s of %s: %s", row.kind, row.mrn, row.reason end)
  for _, row in ipairs(account.empty) do
    say(account.invented and "nobody came onto %s: its `where` takes none of these invented people; name a cohort with --patients"
      or "nobody came onto %s", row.pathway)
  end
  for _, run in ipairs(account.stuck) do say("stuck: %s %s, %d run(s): %s", run.pathway or "", run.name, run.count, run.cause) end
  if not o.json then say("%d patient(s), %d day(s), %.1f s", account.totals.patients, account.days_played, seconds) end
  local bad = #account.rejects
  if bad > 0 then say("%d row(s) of %s could not be read and had to be left out; the lines are named above", bad, o.patients) end
  return (bad > 0 or #account.refused > 0 or #account.stuck > 0) and 1 or 0
end

return function(given)
  local host, o, department = given.host, given.options, given.words[1]
  local missing = host.department(department)
  if missing then return missing end
  local days, seed = whole(o, "days", 90, 1, DAYS_MOST), whole(o, "seed", 1, 0, 1 << 31)
  local lang, began, scripts = words.language(o.lang), host.steady_ms(), o.scripts
  local page_lang = o.lang or "zh"
  local model = load_model(host, o.answers, seed)
  local definitions = declared(scripts, department)
  local zone = ((definitions.department or {})[department] or {}).zone or ZONE
  local who = people(host, o, department, definitions, zone)
  local world, from, till = play(host, model, scripts, department, who.list, days, zone)
  local function account_in(language)
    local account = tally.of { core = world.core, zone = zone, from = from, till = till, department = department,
      definitions = definitions, lang = language }
    account.seed, account.days_played, account.invented = seed, days, who.invented
    account.rejects, account.left_out, account.refused = who.bad, who.others, refusals(world)
    account.stuck = world.core:query "SELECT pathway, name, cause, count(*) AS i_count FROM run WHERE status='stuck' GROUP BY 1,2,3"
    account.seconds = (host.steady_ms() - began) / 1000
    return account
  end
  local account = account_in(lang)
  if o.html then write(o.html, require "page"(account_in(page_lang), page_lang)) end
  print(o.json and host.json(account) or report.text(account, lang))
  return conclude(account, o, account.seconds)
end
