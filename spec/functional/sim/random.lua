-- Random scripts of random commands, and the random life of a patient on one: a seed gives the same again.
local H = require "functional.sim.helper"
local T = require "functional.sim.torture"
local R = {}

-- Numbers of a seed, apart from Lua's own generator, which specs share.
local function dice(seed)
  local state = (seed * 2654435761 + 12345) % 2 ^ 31 // 1 | 0
  return function(n)
    state = (state * 1103515245 + 12345) & 0x7fffffff
    return (state >> 8) % n + 1
  end
end

local SPANS = { "59m", "113m", "197m", "541m", "1447m", "1823m" }  -- two never end in the same minute by chance
local block

-- Each gives a statement; s: roll, depth and the number of the next name.
local COMMANDS = {
  function(s) return ('local at, why = p:send("hello", { to = "%s" }) p:note("sent " .. tostring(at and "yes" or why))')
    :format(s.roll(3) == 1 and "family" or "patient") end,
  function(s) return ('local a, why = p:ask("check", { within = "%s"%s%s }) p:note("told " .. tostring(a and a.temp or why))\n'
      .. 'if a and a.flag then %s else %s end')
    :format(s.span(), s.roll(2) == 1 and ', remind = "31m"' or "", s.roll(4) == 1 and ', to = "family"' or "", block(s), block(s)) end,
  function(s) return ('local a, why = p:ask("check", { via = { { "wechat", within = "%s" }, { "sms", within = "%s"%s }, %s } })\n'
      .. 'p:note("told " .. tostring(a and a.temp or why))'):format(s.span(), s.span(), s.roll(3) == 1 and ', to = "family"' or "",
      s.roll(2) == 1 and '"call"' or '{ "sms", to = "family" }') end,
  function(s) return ('local at, why = p:send("dose", { via = { { "sms", within = "%s" }, "call" } })\n'
      .. 'p:note("sent " .. tostring(at and "yes" or why))'):format(s.span()) end,
  function(s) return ('p:task { id = "%s", role = "nurse", due = "4bh"%s }'):format(s.name "task", s.roll(2) == 1 and ', form = "check"' or "") end,
  function(s) return ('local r, why = p:wait(p:task { id = "call", role = "nurse", due = "8bh" }, { within = "%s" })\n'
    .. 'if r then p:note("task " .. r.code) %s else p:note(why) end'):format(s.span(), block(s)) end,
  function(s) return ('p:note("late " .. p:wait "%s")'):format(s.span()) end,
  function(s) return ('local e, why = p:wait("appointment", { within = "%s" }) p:note("visit " .. tostring(e and e.kind or why))')
    :format(s.span()) end,
  function(s) return ('p:alert { id = "%s", level = "%s", reason = "looks odd" }'):format(s.name "alert", s.roll(2) == 1 and "soon" or "urgent") end,
  function(s) return ('p:set("k%d", %s)'):format(s.roll(3), s.roll(3) == 1 and "nil" or s.roll(2) == 1 and "p:now()" or s.roll(9)) end,
  function(s) return ('if p:get "k%d" then %s else %s end'):format(s.roll(3), block(s), block(s)) end,
  function(s) return ('local list = p:read("glucose", { last = %d }) p:note("sugars " .. #list)\nif #list > 1 then %s end')
    :format(s.roll(4), block(s)) end,
  function(s) return ('local f = p:rule("flags", { temp = %d }) if f then %s end'):format(35 + s.roll(6), block(s)) end,
  function(s) return ('if p:silences "check" > %d then %s end'):format(s.roll(2) - 1, block(s)) end,
  function() return 'p:note("drew " .. math.random(1000))' end,
  function(s) return ('for i = 1, %d do p:note("turn " .. i) %s end'):format(s.roll(3), block(s)) end,
  function(s) return ('if p.patient.age > %d then %s end'):format(40 + s.roll(40), block(s)) end,
  function(s) return s.roll(6) == 1 and 'p:stop "enough"' or 'p:note "goes on"' end,
}

function block(s)
  if s.depth >= 3 then return 'p:note "deep"' end
  s.depth = s.depth + 1
  local out = {}
  for i = 1, s.roll(s.depth == 1 and 5 or 2) do out[i] = "do " .. COMMANDS[s.roll(#COMMANDS)](s) .. " end" end
  s.depth = s.depth - 1
  return table.concat(out, "\n")
end

-- A pathway of a few random steps, for helper.lua's ward.
function R.ward(seed)
  local roll, names = dice(seed), 0
  local s = { roll = roll, depth = 0, span = function() return SPANS[roll(#SPANS)] end,
    name = function(word) names = names + 1 return word .. names end }
  local steps = {}
  for i = 1, 1 + roll(2) do
    local when = roll(3) == 1 and 'every = "1d", from = "2h", to = "2d"' or ('at = "%s"'):format(s.span())
    steps[i] = ('aw.step { id = "s%d", %s, valid_for = "2d", run = function(p)\n%s\nend },'):format(i, when, block(s))
  end
  return { steps = table.concat(steps, "\n"),
    keys = ([[tier = function(f) return f:get "k1" and "high" or "low" end,
      watches = { aw.watch { id = "sweet", on = "observation:glucose",
        where = function(f) local l = f:read("glucose", { last = 1 }) return l[1] and l[1].value > 10 and { value = l[1].value } end,
        run = function(p, flag) p:note("sweet " .. flag.value)
%s
        end } },]]):format(block(s)) }
end

local function close_alerts(w)
  for _, row in ipairs(w.core:query "SELECT name FROM alert WHERE status<>'closed' ORDER BY id") do
    local alert = w:alert_named(row.name)
    if alert.open then alert:act { act = "rang" } alert:done { reason = "better" } end
  end
end
local DEEDS = {                                        -- what may happen to the patient next
  function(_, pt, roll) pt:try_answer("check", { temp = 35 + roll(6) }) end,
  function(_, pt, roll) pt:try_answer("check", { temp = 35 + roll(6) }) end,
  function(w, pt, roll) w:observe(pt, "glucose", 4.5 + roll(9)) end,
  function(w, pt, roll)
    w:event(pt, "appointment", { appointment = { id = "A" .. roll(3), at = "2026-03-20 09:00", status = "booked" } })
  end,
  function(w) local task = w:task "call" if task then task:done { code = task.form and "no-answer" or "done" } end end,
  function(w) local task = w:task "call" if task then task:claim() end end,
  close_alerts,
  function(w) local alert = w:alert_named "alert1" if alert and alert.open then alert:ack() end end,
  function(w, pt) w:event(pt, "admission") w:advance "5h" w:discharge(pt) end,
  function(w, pt, roll) if roll(3) == 1 then pt:opt_out() elseif roll(3) == 1 then w:event(pt, "death") end end,
  function(w) w:receipt("hello", "delivered") end,
  function(_, pt) pt:open "check" end,
  function(w, _, roll)
    local s = w.core:planned(1, 9)[1]
    if s then w:_submit("step.skip", { enrollment = 1, step = s.step, day = roll(3) > 1 and s.day or "*", staff = "li", reason = "told" }) end
  end,
  function(w) w:_submit("step.unskip", { enrollment = 1, step = "s1", staff = "li" }) end,
}

function R.make(seed)
  local w = H.world(R.ward(seed))
  rawset(w, "_expects_stuck", true)                    -- a watch may find nothing to wait for: the same must be stuck again
  for _, channel in ipairs { "sms", "wechat", "email", "log" } do w:channel(channel, "keyed") end
  return w
end
function R.play(seed, w)
  local roll = dice(seed + 1000003)
  local pt = w:patient { age = 45 + roll(40), family = roll(2) == 1 }
  w:discharge(pt)
  for _ = 1, 8 do
    w:advance(SPANS[roll(#SPANS)])
    w:advance "13m"                                    -- never while a message in doubt waits to be sent again
    DEEDS[roll(#DEEDS)](w, pt, roll)
    if roll(2) == 1 then close_alerts(w) end
  end
  close_alerts(w)
  w:advance "1d"
end
-- One seed's script, its life without and with power cuts; all: from every commit (torture.lua). Raises what differs.
function R.round(seed, all)
  return T.storm(function() return R.make(seed) end, function(w) R.play(seed, w) end, seed, all)
end
return R
