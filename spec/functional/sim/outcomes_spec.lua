-- One outcome table for everything a script can wait for: what happens, and what the script is told.
local H = require "functional.sim.helper"

local DAY = { quiet_hours = "21:00-08:00", budget_day = 50, budget_week = 200 }
local ASK = [[local a, why = p:ask("check", { within = "1d" }) p:note(a and "answer " .. a.temp or tostring(why))]]
local SEND = [[local at, why = p:send "hello" p:note(at and "sent" or tostring(why))]]
local TIME = [[local late = p:wait "1d" p:note("woke " .. late)]]
local EVENT = [[local e, why = p:wait("appointment", { within = "1d" }) p:note(e and e.kind or tostring(why))]]
local TASK = [[local r, why = p:wait(p:task { id = "call", role = "nurse", due = "8bh" }, { within = "1d" })
  p:note(r and r.code or tostring(why))]]
local BODIES = { ask = ASK, send = SEND, time = TIME, event = EVENT, task = TASK }
local END = [[aw.step { id = "end", at = "90d", run = function(p) end },]]

-- What happens to the world an hour after the question; each returns nothing.
local HAPPEN = {
  nothing = function() end,
  answer = function(_, pt) pt:answer("check", { temp = 37 }) end,
  opt_out = function(_, pt) pt:opt_out() end,
  death = function(w, pt) w:event(pt, "death") end,
  bed = function(w, pt) w:event(pt, "admission") w:advance "5d" w:discharge(pt) end,
  failed_receipt = function(w) w:receipt("check", "failed") end,
  delivered = function(w) w:receipt("check", "delivered") w:receipt("hello", "delivered") end,
  appointment = function(w, pt) w:event(pt, "appointment", { appointment = { id = "A", at = "2026-03-20 09:00", status = "booked" } }) end,
  done = function(w) w:task("call"):done { code = "done" } end,
}

-- channel: how it behaves; told: the script's note, false: it hears nothing, because its run is over; run: how the run stands.
local CELLS = {
  -- wait, column, how
  { "ask", "accepted", told = nil, run = "waiting" },
  { "ask", "delivered", happen = "delivered", run = "waiting" },
  { "ask", "answered", happen = "answer", told = "answer 37" },
  { "ask", "silent", after = "2d", told = "silent" },
  { "ask", "held", at = "2026-03-02 21:30", after = "2h", run = "waiting", status = "held" },
  { "ask", "suppressed", channel = "delay", after = "3d", step = 'valid_for = "12h",', told = "suppressed" },
  { "ask", "suppressed", site = { festivals = "2026-03-02,2026-03-03,2026-03-04,2026-03-05" }, after = "5d", told = "suppressed" },
  { "ask", "unreachable", channel = "fail", told = "unreachable" },
  { "ask", "unreachable", happen = "failed_receipt", told = "unreachable" },
  { "ask", "no-contact", patient = { age = 60, phone = false }, told = "no-contact" },
  { "ask", "opted-out", happen = "opt_out", told = "opted-out" },
  { "ask", "opted-out", before = "opt_out", told = "opted-out" },
  { "ask", "cancelled", happen = "death", told = false, run = "ended" },
  { "ask", "stale", happen = "bed", step = 'valid_for = "2d",', told = false, run = "ended", result = "stale" },
  { "ask", "in-doubt", channel = "ambiguous", after = "8d", told = "in-doubt" },
  { "send", "accepted", told = "sent" },
  { "send", "delivered", happen = "delivered", told = "sent" },
  { "send", "held", at = "2026-03-02 21:30", after = "2h", run = "waiting", status = "held" },
  { "send", "suppressed", channel = "delay", after = "3d", step = 'valid_for = "12h",', told = "suppressed" },
  { "send", "unreachable", channel = "fail", told = "unreachable" },
  { "send", "no-contact", patient = { age = 60, phone = false }, told = "no-contact" },
  { "send", "opted-out", before = "opt_out", told = "opted-out" },
  { "send", "opted-out", at = "2026-03-02 21:30", happen = "opt_out", told = "opted-out" },
  { "send", "cancelled", at = "2026-03-02 21:30", happen = "death", told = false, run = "ended" },
  { "send", "stale", at = "2026-03-02 21:30", happen = "bed", step = 'valid_for = "2d",', told = false, run = "ended", result = "stale" },
  { "send", "in-doubt", channel = "ambiguous", after = "8d", told = "in-doubt" },
  { "time", "answered", after = "2d", told = "woke 0" },
  { "time", "cancelled", happen = "death", told = false, run = "ended" },
  { "time", "stale", happen = "bed", step = 'valid_for = "2d",', told = false, run = "ended", result = "stale" },
  { "event", "answered", happen = "appointment", told = "appointment" },
  { "event", "silent", after = "2d", told = "silent" },
  { "event", "cancelled", happen = "death", told = false, run = "ended" },
  { "event", "stale", happen = "bed", step = 'valid_for = "2d",', told = false, run = "ended", result = "stale" },
  { "task", "answered", happen = "done", told = "done" },
  { "task", "silent", after = "2d", told = "open" },                   -- a task is not silent, it is open
  { "task", "cancelled", happen = "death", told = false, run = "ended" },
  { "task", "stale", happen = "bed", step = 'valid_for = "2d",', told = false, run = "ended", result = "stale" },
}
-- What cannot occur: a wait for a time, an event or a task has no message.
local NEVER = { time = { "accepted", "delivered", "silent", "held", "suppressed", "unreachable", "no-contact", "opted-out", "in-doubt" },
  event = { "accepted", "delivered", "held", "suppressed", "unreachable", "no-contact", "opted-out", "in-doubt" },
  task = { "accepted", "delivered", "held", "suppressed", "unreachable", "no-contact", "opted-out", "in-doubt" },
  send = { "answered", "silent" } }
local COLUMNS = { "accepted", "delivered", "answered", "silent", "held", "suppressed", "unreachable", "no-contact", "opted-out",
  "cancelled", "stale", "in-doubt" }

local function play(cell)
  local site = {}
  for k, v in pairs(DAY) do site[k] = v end
  for k, v in pairs(cell.site or {}) do site[k] = v end
  local w, pt = H.discharged { steps = H.step(BODIES[cell[1]], cell.step) .. END, at = cell.at, patient = cell.patient, site = site }
  if cell.channel then w:channel("sms", cell.channel) end
  if cell.before then HAPPEN[cell.before](w, pt) end
  w:advance "61m"
  HAPPEN[cell.happen or "nothing"](w, pt)
  if cell.after then w:advance(cell.after) end
  return w, pt
end

describe("the outcome table:", function()
  for _, cell in ipairs(CELLS) do
    it(("%s, %s%s"):format(cell[1], cell[2], cell.happen and " by " .. cell.happen or cell.channel and " by " .. cell.channel or ""), function()
      local w = play(cell)
      assert.same({ cell.told or nil }, H.notes(w))
      assert.equal(cell.run or "done", w:run("s").status)
      if cell.result then assert.equal(cell.result, w:run("s").result) end
      if cell.status then assert.equal(1, H.count(w, "message WHERE status=?1", cell.status)) end
    end)
  end

  it("has every cell that can occur, and says of the others why not", function()
    local seen = {}
    for _, cell in ipairs(CELLS) do seen[cell[1] .. cell[2]] = true end
    for wait, columns in pairs(NEVER) do
      for _, column in ipairs(columns) do
        assert.is_nil(seen[wait .. column])
        seen[wait .. column] = true
      end
    end
    for wait in pairs(BODIES) do
      for _, column in ipairs(COLUMNS) do assert.is_true(seen[wait .. column], wait .. " " .. column) end
    end
  end)
  it("a wait without a message makes none", function()
    for wait in pairs { time = 1, event = 1, task = 1 } do
      local w = play { wait, "" }
      assert.equal(0, H.count(w, "message WHERE kind<>'page'"))
    end
  end)
end)

describe("what counts", function()
  it("a failed receipt of an earlier rung says nothing of a later one", function()
    local w = H.body [[
      local _, why = p:ask("check", { within = "1h" })
      local a, later = p:ask("check", { to = "family", within = "1d" })
      p:note(why .. " " .. tostring(a and a.temp or later))]]
    w:advance "3h"
    w:receipt("check", "failed", "patient")
    assert.same({}, H.notes(w))
    w:advance "2d"
    assert.same({ "silent silent" }, H.notes(w))
  end)
  it("of one text sent to two people in the same moment each has its own end", function()
    local w = H.body([[
      local _, first = p:send "hello"
      local _, second = p:send("hello", { to = "family" })
      p:note(tostring(first) .. " " .. tostring(second))]], { patient = { age = 60 } })
    w:advance "61m"
    assert.same({ "nil no-contact" }, H.notes(w))
  end)
  it("unreachable is no silence; an answer, also a late one, sets the count back", function()
    local w, pt = H.discharged { steps = [[aw.step { id = "s", every = "1d", from = "1d", to = "4d", run = function(p)
      p:ask("check", { within = "2h" })
      p:note(tostring(p:silences "check"))
    end },]] .. END }
    w:advance "30h"
    w:channel("sms", "fail") w:advance "1d"
    w:channel("sms", "accept") w:advance "1d"
    assert.same({ "1", "1", "2" }, H.notes(w))
    pt:answer("check", { temp = 36 })
    w:advance "1d"
    assert.equal("1", H.notes(w)[4])
  end)
  it("on all channels at once: enough when one takes it, unreachable when none does", function()
    local BOTH = [[local a, why = p:ask("check", { via = { "sms", "log" }, together = true, within = "1d" })
      p:note(tostring(a and a.temp or why))]]
    local w, pt = H.body(BOTH)
    w:channel("sms", "fail")
    w:advance "61m"
    assert.equal(1, #w:sent "check")
    pt:answer("check", { temp = 36 })
    assert.same({ "36" }, H.notes(w))
    w = H.body(BOTH)
    w:channel("sms", "fail") w:channel("log", "fail")
    w:advance "61m"
    assert.same({ "unreachable" }, H.notes(w))
  end)
  it("a hold does not count: two days of a question begin at eight", function()
    local w = H.body(ASK, { at = "2026-03-02 21:30", site = DAY })
    w:advance_to "2026-03-04 07:59" assert.same({}, H.notes(w))
    w:advance_to "2026-03-04 08:00" assert.same({ "silent" }, H.notes(w))
  end)
end)
