-- A day of an informatics officer who edits the ward's scripts while many patients are on them: what was promised of each
-- edit, compared with what the database then holds.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"
local json = require "dkjson"
local uv = require "luv"
local edits = {}

local DAY_NS, LIST = 86400 * 10 ^ 9, 100

local ASK = [[aw.step { id = "asked", at = "enroll", run = function(p)
  %s local a, why = p:ask("check", { within = "60d" })
  p:note("%s " .. tostring(a and a.flag or why))
end },]]
local function noted(id, at) return ('aw.step { id = "%s", at = "%s", run = function(p) p:note "%s" end },'):format(id, at, id) end
local FIRST = Hospital.ward("w", ASK:format("", "first") .. noted("far", "10d") .. noted("end", "90d"))
local SECOND = Hospital.ward("w", ASK:format("", "second") .. noted("soon", "2d") .. noted("far", "10d") .. noted("end", "90d"))
local OTHER = Hospital.ward("w", ASK:format('p:task { id = "call", role = "nurse", due = "8bh" }', "other") .. noted("soon", "2d") ..
  noted("far", "10d") .. noted("end", "90d"))
local WITHOUT = Hospital.ward("w", ASK:format("", "third") .. noted("soon", "2d") .. noted("end", "90d"))
local RENAMED = WITHOUT:gsub('"check"', '"check-2"')

local function sql(h, text)
  local pipe = assert(io.popen(('env -u LD_PRELOAD sqlite3 -readonly -cmd ".timeout 5000" "%s/afterward.db" "%s"'):format(h.state, text)))
  local out = pipe:read "a"
  pipe:close()
  return tonumber(out) or out:gsub("%s+$", "")
end

-- Starting a program costs more than what it asks.
local function till(what, test, seconds)
  wait.till(what, function() return test() or wait.ms(250) end, seconds)
end

local function bundle(h) return h:get "/bundles/w" end
local function candidate(h) local now = bundle(h).candidate return type(now) == "table" and now or nil end

-- Saves, and waits until the files are active or refused and nobody is being planned again.
local function save(h, text)
  local function state(now) return now.active.hash .. " " .. (type(now.candidate) == "table" and now.candidate.at or "") end
  local was = state(bundle(h))
  h:script("w/w.lua", text)
  return wait.till("the edit is judged", function()
    local now = bundle(h)
    return not now.doing and not now.replanning and state(now) ~= was and now
  end, 120)
end

local function code_of(h, n)
  return wait.till("she has been asked", function()
    local message = h.gateway:to(Hospital.phone(n))[1]
    return message and Hospital.code(message)
  end, 120)
end

local function discharge_all(h, from, to)
  for first = from, to, LIST do
    local list = {}
    for n = first, math.min(first + LIST - 1, to) do list[#list + 1] = h:discharge(n) end
    assert(h:call("POST", "/events", { events = list }, { token = "his" }) < 300)
  end
  till("all are enrolled and asked", function()
    return sql(h, "SELECT count(*) FROM run WHERE name='asked' AND status='waiting'") == to
  end, 300)
end

-- The machine is off for some days.
local function sleep(h, days)
  h:stop()
  h.born = h.born - days * DAY_NS // h.speed
  h:start()
  h:call("POST", "/clock/confirm", {})
end

-- o.count: how many are in flight; o.kills; o.roll: draws. Gives a list of { what, value, wanted }.
function edits.play(h, o)
  local count, out = o.count, {}
  local function check(what, value, wanted) out[#out + 1] = { what = what, value = value, wanted = wanted } end
  local function live() return sql(h, "SELECT count(*) FROM run WHERE name='asked' AND status='waiting'") end
  local function stuck() return sql(h, "SELECT count(*) FROM run WHERE status='stuck'") end
  discharge_all(h, 1, count)

  local first = bundle(h).active.hash
  local good = save(h, SECOND)
  check("a good edit is active", good.active.hash ~= first, true)
  check("… and its runs wait as before", live(), count)
  check("… and agree with it", good.active.report.agree, count)
  check("… and everybody has the new step ahead", sql(h, "SELECT count(*) FROM enrollment e WHERE EXISTS (SELECT 1 FROM due WHERE " ..
    "class=5 AND kind=7 AND ref=e.id AND at=(SELECT anchor_at FROM enrollment WHERE id=e.id)+2*86400000)"), count)

  local broken = save(h, SECOND .. "\nlocal x = = 1\n")
  check("a syntax error changes nothing", broken.active.hash, good.active.hash)
  check("… and is told with its file", broken.candidate.file, "w/w.lua")
  check("… and with its line", math.type(broken.candidate.line), "integer")
  discharge_all(h, count + 1, count + 1)
  count = count + 1

  local other = save(h, OTHER)
  check("a diverging edit is active for those to come", other.active.hash ~= good.active.hash, true)
  check("… and says beforehand which runs it could not go on with", other.active.report.diverge, count)
  local code = code_of(h, 1)
  check("a patient of before answers", (h:answer(code, { temp = 39.5 })), 200)
  till("the run goes on", function() return live() == count - 1 end)
  check("… and her run ends by the scripts it began with",
    sql(h, "SELECT count(*) FROM note WHERE text='second urgent' OR text='first urgent'"), 1)
  check("… and the nurse hears of her fever", sql(h, "SELECT count(*) FROM alert WHERE level='urgent'"), 1)

  save(h, RENAMED)
  code = code_of(h, 2)
  check("a question outlives its form", (h:answer(code, { temp = 40 })), 200)
  till("the run goes on", function() return live() == count - 2 end)
  check("… and its answer is judged", sql(h, "SELECT count(*) FROM alert WHERE level='urgent'"), 2)

  save(h, WITHOUT)
  for round = 1, o.kills do
    local text = (round % 2 == 1 and OTHER or WITHOUT) .. "\n-- round " .. round .. "\n"
    h:script("w/w.lua", text)
    wait.ms(o.roll(150, 900))
    h:kill()
    h:start()
  end
  local goal = save(h, WITHOUT .. "\n-- the last one\n")
  check("after kills in the middle of reloads the last edit is active", goal.active.hash ~= other.active.hash, true)
  check("… and no file is left over as a candidate", candidate(h), nil)
  check("… and no run was lost", live(), count - 2)

  sleep(h, 12)
  till("what is due has run", function()
    return sql(h, "SELECT count(*) FROM run WHERE name='soon' AND status='done'") >= count
  end, 300)
  check("the step that came has run once for each", sql(h, "SELECT count(*) FROM run WHERE name='soon'"), count)
  check("the step that was taken out has not run", sql(h, "SELECT count(*) FROM run WHERE name='far'"), 0)
  check("each has its next one ahead", sql(h, "SELECT count(*) FROM enrollment WHERE status='active' AND next_at IN (SELECT at FROM due " ..
    "WHERE class=5 AND kind=7 AND ref=enrollment.id)"), count)
  check("nothing is stuck", stuck(), 0)
  check("nothing is in the log that should not be", select(2, h:words():gsub("Sanitizer", "")), 0)
  return out
end

edits.FIRST = FIRST

-- What differs, as text; "" when every promise was kept.
function edits.differences(list)
  local lines = {}
  for _, item in ipairs(list) do
    if item.value ~= item.wanted then
      lines[#lines + 1] = ("%s: %s, not %s"):format(item.what, json.encode(item.value), json.encode(item.wanted))
    end
  end
  return table.concat(lines, "\n")
end

function edits.open() return Hospital.open { scripts = { ["w/w.lua"] = FIRST }, keyed = "24h", speed = 60 } end
edits.seconds = function() return uv.hrtime() / 1e9 end

return edits
