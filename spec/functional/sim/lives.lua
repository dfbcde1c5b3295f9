-- A short story of a ward that is lived through in several processes: each begins where the one before it ended, on the
-- database that it left. What a sender was not told it sends again, as senders do.
local faults = require "afterward.faults"
local H = require "functional.sim.helper"
local L = {}

local MINUTE, HOUR = 60000, 3600000
local START = 1772416800000                            -- 2026-03-02 10:00 in Shanghai
local TRIES = 6                                        -- of a sender that is told to come again
local WARD = { keys = [[tier = function(f) return f:get "close" and "high" or "low" end,
    watches = { aw.watch { id = "sweet", on = "observation:glucose",
      where = function(f) local l = f:read("glucose", { last = 1 }) return l[1] and l[1].value > 10 and { value = l[1].value } end,
      run = function(p, flag) p:note("sweet " .. flag.value) p:alert { id = "sweet", level = "soon", reason = "glucose" } end } },]],
  steps = [[
    aw.step { id = "s", at = "1h", run = function(p)
      p:send "hello"
      local a = p:ask("check", { within = "4h", remind = "2h" })
      p:set("close", a and a.flag ~= nil)
      local r = p:wait(p:task { id = "call", role = "nurse", due = "8bh" }, { within = "2h" })
      p:note(r and r.code or "open")
      local list = p:read("glucose", { last = 3 })
      p:note(#list .. " sugars, " .. math.random(1000))
    end },]] }

local function event(id, kind, more)
  return function(w)
    local body = { id = id, kind = kind, at = H.sim.iso(START, w.zone), patient = { mrn = "M1" } }
    for key, value in pairs(more) do body[key] = value end
    return w.core:event(body)
  end
end
local function submit(id, kind, make)
  return function(w) return w.core:submit("spec", id, kind, make(w)) end
end
local function row(w, sql) return assert(w.core:query(sql)[1], "nothing there: " .. sql).id end
local function advance(ms) return { at = START + ms } end

local STORY = {
  event("p1", "patient", { patient = { mrn = "M1", name = "患者", sex = "female", birth = "1960-01-15", phone = "13900000001" } }),
  event("e1", "discharge", { visit = "M1-1" }),
  advance(61 * MINUTE),
  advance(2 * HOUR),
  submit("a1", "answer", function(w)
    return { question = row(w, "SELECT max(id) AS i_id FROM question"), by_kind = "patient", values = { temp = 39.5 } }
  end),
  event("o1", "observation", { observation = { code = "glucose", value = 12.5 } }),
  advance(3 * HOUR),
  submit("t1", "task.done", function(w)
    return { task = row(w, "SELECT min(id) AS i_id FROM task WHERE name='call'"), staff = "zhao", code = "done" }
  end),
  submit("c1", "alert.act", function(w)
    return { alert = row(w, "SELECT min(id) AS i_id FROM alert WHERE name='flags'"), staff = "li", act = "rang" }
  end),
  event("x1", "death", {}),
  advance(5 * HOUR),
}

local STEP, CLOCK, AGAIN = 1, 2, 3                     -- places of faults.note

local function acknowledged(w, step)
  for _ = 1, TRIES do
    local reply, why = step(w)
    if reply and reply.status == 200 then return end
    if reply and reply.status < 500 then error("refused: " .. tostring(reply.detail or reply.status)) end
    if why then error(why) end
    faults.note(AGAIN, faults.noted(AGAIN) + 1)
  end
  error "told to come again too often"
end

local function open(file)
  local w = H.sim.world { scripts = { ["w/w.lua"] = H.source(WARD) }, file = file, patience = TRIES,
    at = H.sim.iso(faults.noted(CLOCK), "Asia/Shanghai"),
    site = { quiet_hours = "03:00-03:01", contact_windows = "00:00-24:00", budget_day = 50, budget_week = 200 } }
  for _, channel in ipairs { "sms", "wechat", "log" } do w:channel(channel, "keyed") end
  w.roster = { nurse = "zhao" }
  return w
end

local function live_on(file)
  local w = open(file)
  for number = faults.noted(STEP) + 1, #STORY do
    local step = STORY[number]
    if type(step) == "table" then w.core:advance_to(step.at) faults.note(CLOCK, step.at)
    else acknowledged(w, step) end
    faults.note(STEP, number)
  end
  return w
end

local function read(path)
  local file = io.open(path)
  return file and file:read "a", file and file:close()
end

-- Words with which the engine ends on purpose rather than go on with what it can't trust.
local ON_PURPOSE = { "store%.sync_failed", "afterward: out of memory" }
-- How a life ended: "done", "refused" (a sentence was raised), "ended" (on purpose), else what a crash said.
local function ending(how, number, words)
  if how == "done" then return "done" end
  if how == "raised" and not words:find "Sanitizer" then return "refused" end
  for _, pattern in ipairs(ON_PURPOSE) do
    if how == "signal" and number == 6 and words:find(pattern) then return "ended" end
  end
  return ("%s %d: %s"):format(how, number, words:sub(-600))
end

local function life(folder, strike)
  local words = folder .. (strike and "/first-words" or "/words")
  local how, number = faults.apart(function()
    if strike then strike() end
    local w = live_on(folder .. "/ward.db")
    local file <close> = assert(io.open(folder .. "/books", "w"))
    file:write(table.concat(H.sim.books(w, "page"), "\n"))
    w:close()
  end, words)
  return ending(how, number, read(words) or "")
end

-- The story with a fault in its first life. strike is called in that process before anything is opened. Gives how that life
-- ended, and the books at the end of the last one, or nil and why there are none. after(): told in the last process.
function L.story(folder, strike)
  os.execute(("rm -rf '%s' && mkdir -p '%s'"):format(folder, folder))
  faults.note(STEP, 0)
  faults.note(CLOCK, START)
  faults.note(AGAIN, 0)
  local first = life(folder, strike)
  local last = first
  for _ = 1, 3 do
    if last == "done" then break end
    last = life(folder)
  end
  return first, last == "done" and read(folder .. "/books") or nil, last
end

-- Counts of operations in one undisturbed life: count() is called at its end, in its process, and gives a list of up to 8.
function L.calm(folder, strike, count)
  local books = select(2, L.story(folder, strike))
  assert(books, "the story does not come to its end even undisturbed: " .. (read(folder .. "/words") or ""))
  local words = folder .. "/words"
  os.execute(("rm -f '%s'/ward.db*"):format(folder))
  faults.note(STEP, 0)
  faults.note(CLOCK, START)
  local how = faults.apart(function()
    strike()
    live_on(folder .. "/ward.db"):close()
    for i, number in ipairs(count()) do faults.note(8 + i, number) end
  end, words)
  assert(how == "done", read(words))
  local out = {}
  for i = 1, 8 do out[i] = faults.noted(8 + i) end
  return books, out
end

return L
