-- A crowd of due runs of one department's bad script in the real daemon, and the ward next door, whose texts fall due one by
-- one meanwhile. How late they are is read off at the gateway, by the hospital's clock.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"

local P99_MS, APART_MS, AHEAD_MS, BATCH = 500, 50, 4000, 200
local SCRIPTS = {
  { name = "an endless loop", body = "while true do end", breaches = true },
  { name = "memory without end", body = 'local t = {} while true do t[#t + 1] = ("x"):rep(100000) end', breaches = true },
  -- Within the budget of a turn, so that nothing ever stops it: turns of the departments alone keep the others on time.
  { name = "long, but lawful", body = "local n = 0 for i = 1, 300000 do n = n + i end" },
}

local function open(script)
  return Hospital.open { scripts = {
    ["v/v.lua"] = Hospital.ward("v", ('aw.step { id = "bad", at = "10m", run = function(p) %s end },'):format(script.body)),
    ["w/w.lua"] = Hospital.ward("w", 'aw.step { id = "good", at = "10m", run = function(p) p:ask("check", { within = "2d" }) end },'),
  } }:start()
end

-- Patients first to last leave so that their step is due ten minutes later: when is asked for the moment.
local function discharge(h, first, last, department, when)
  for from = first, last, BATCH do
    local events = {}
    for n = from, math.min(last, from + BATCH - 1) do
      events[#events + 1] = h:discharge(n, { at = Hospital.iso(when(n) - 600000), department = department })
    end
    local status = h:event { events = events }
    assert(status == 202, "the events were not taken: " .. status)
  end
end

local function p99(late)
  table.sort(late)
  return late[math.max(1, math.ceil(#late * 0.99))] or math.huge
end

local function play(script, crowd, neighbours)
  local h = open(script)
  local due, late = h:now() + AHEAD_MS + crowd * 5, {}
  discharge(h, 1, crowd, "v", function() return due end)
  discharge(h, crowd + 1, crowd + neighbours, "w", function(n) return due + (n - crowd) * APART_MS end)
  local told = h:now() - due
  wait.till("the neighbours' texts are out", function() return #h.gateway.list >= neighbours end,
    (neighbours * APART_MS - told) / 1000 + 60)
  for _, message in ipairs(h.gateway.list) do
    late[#late + 1] = message.at - (due + (tonumber(message.to:sub(4)) - crowd) * APART_MS)
  end
  local stuck = h:get "/runs?status=stuck&department=v&limit=10".items
  h:close()
  return { late = p99(late), missing = neighbours - #late, told = told, stuck = #stuck }
end

return {
  about = "thousands of due runs of a hostile script at once, beside a ward whose texts fall due meanwhile",
  figure = "the other ward's lateness p99 <= 500 ms",
  rounds = 10000,                                      -- due runs of the hostile script
  short = 300,
  run = function(o)
    local rows, limit = {}, P99_MS * ((os.getenv "LD_PRELOAD" or ""):find "asan" and 5 or 1) -- the sanitizer's share
    for _, script in ipairs(SCRIPTS) do
      local got = play(script, o.rounds, o.short and 60 or 400)
      if got.told > 0 then o.say(("%s: the list came %d ms after the first was due"):format(script.name, got.told)) end
      rows[#rows + 1] = { figure = ("lateness p99 beside %d runs: %s"):format(o.rounds, script.name), value = ("%d ms"):format(got.late),
        target = limit .. " ms", ok = got.late <= limit and got.missing == 0 and got.told <= 0 and (got.stuck > 0) == (script.breaches or false) }
    end
    return rows
  end,
}
