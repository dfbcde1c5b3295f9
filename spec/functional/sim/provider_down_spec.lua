-- A provider that is dead: nothing is thrown at it, nobody is forgotten, the house is told, and what waited leaves in order.
local H = require "functional.sim.helper"

-- So many patients, whose text is due an hour after their discharge.
local function ward(count, body, o)
  o = o or {}
  o.steps = H.step(body, o.step_keys) .. [[aw.step { id = "end", at = "90d", run = function(p) end },]]
  local w, first = H.discharged(o)
  local patients = { first }
  for i = 2, count do
    patients[i] = w:patient { age = 60 }
    w:discharge(patients[i])
  end
  return w, patients
end
local function held(w) return H.count(w, "message WHERE status='held' AND reason='queued'") end
local function tries(w, status) return H.count(w, "attempt WHERE channel='sms' AND (?1='' OR status=?1)", status or "") end
local function state(w)
  local row = w.core:query("SELECT coalesce(shut, 'up') AS shut FROM channel WHERE name='sms'")[1]
  return row and row.shut or "up"
end

describe("when the gateway is dead", function()
  it("a few find out, the others wait untried", function()
    local w = ward(40, [[p:send("hello")]])
    w:channel("sms", "dead")
    w:advance "61m"
    assert.equal(40, held(w))
    w:advance "10m"
    assert.truthy(tries(w) < 50, tries(w))                  -- 40 at once before anybody knew, then one a pause
    assert.equal(40, held(w))
  end)

  it("what comes later is not even tried", function()
    local w = ward(6, [[p:send("hello")]])
    w:channel("sms", "dead")
    w:advance "61m"
    local before = tries(w)
    local late = w:patient { age = 60 }
    w:discharge(late)
    w:advance "61m"
    assert.equal(7, held(w))
    assert.equal(0, H.count(w, "attempt JOIN message m ON m.id=message WHERE m.patient=(SELECT max(id) FROM patient)"
      .. " AND attempt.lost IS NULL"))
    assert.truthy(tries(w) - before <= 10)
  end)

  it("they leave when it lives again, the oldest first, once each", function()
    local w = ward(20, [[p:send("hello")]])
    w:channel("sms", "dead")
    w:advance "61m"
    w:channel("sms", "accept")
    w:advance "11m"
    assert.equal(20, H.count(w, "message WHERE kind='send' AND status='accepted'"))
    assert.equal(20, tries(w, "accepted"))
    assert.equal(0, H.count(w, "waiting"))
    assert.equal("up", state(w))
  end)

  it("a day of it costs no message its life, however often one is tried", function()
    local w = ward(2, [[p:send("hello")]])
    w:channel("sms", "dead")
    w:advance "1d"
    assert.equal(2, H.count(w, "message WHERE status='held'"))
    w:channel("sms", "accept")
    w:advance "11m"
    assert.equal(2, H.count(w, "message WHERE kind='send' AND status='accepted'"))
  end)

  it("a hold that lasts longer than the message is good for ends it, with the reason", function()
    local w = ward(6, [[local ok, why = p:send("hello") p:note(tostring(why))]])
    w:channel("sms", "dead")
    w:advance "8d"
    assert.equal(6, H.count(w, "message WHERE status='suppressed' AND reason='breaker'"))
    assert.equal(0, H.count(w, "waiting"))
    assert.same({ "suppressed", "suppressed", "suppressed", "suppressed", "suppressed", "suppressed" }, H.notes(w))
  end)

  it("hours are the question's own: they begin when it is accepted", function()
    local w = ward(6, [[local a, why = p:ask("check", { within = "4h" }) p:note(tostring(why))]])
    w:channel("sms", "dead")
    w:advance "6h"
    assert.same({}, H.notes(w))
    w:channel("sms", "accept")
    w:advance "11m"
    assert.equal(6, H.count(w, "question WHERE status='open'"))
    w:advance "5h"
    assert.equal(6, #H.notes(w))
    assert.equal("silent", H.notes(w)[1])
  end)

  it("safety texts leave by another channel at once", function()
    local w, patients = ward(6, [[p:send("hello")]],
      { more = [[aw.template { id = "danger", class = "safety", zh = "请拨120", en = "Call 120" },]],
        keys = [[watches = { aw.watch { id = "sweet", on = "observation:glucose", run = function(p)
          p:send("danger", { via = { "sms", "log" } }) end } },]] })
    w:channel("sms", "dead")
    w:advance "61m"
    w:observe(patients[1], "glucose", 30)
    w:advance "1m"
    assert.equal(1, H.count(w, "message WHERE name='danger' AND status='accepted' AND channel='log'"))
  end)

  it("a question by rungs goes on with the next one, also where it waited already", function()
    local w = ward(8, [[p:ask("check", { within = "3d", via = { { "sms", within = "1d" }, { "log", within = "1d" } } })]])
    w:channel("sms", "dead")
    w:advance "62m"
    assert.equal(8, H.count(w, "message WHERE kind='ask' AND channel='log' AND status='accepted'"))
    assert.equal(8, H.count(w, "rung WHERE channel='sms' AND why='unavailable'"))
    w:channel("sms", "accept")
    w:advance "20m"
    assert.equal(0, H.count(w, "message WHERE kind='ask' AND channel='sms' AND status='accepted'"))
    assert.equal(0, H.count(w, "waiting"))
  end)

  it("the house is told after five minutes, and again when it is over", function()
    local w = ward(6, [[p:send("hello")]])
    w:channel("sms", "dead")
    w:advance "64m"
    assert.equal(0, H.count(w, "alert WHERE name='channel-down:sms'"))
    w:advance "3m"
    local alert = w.core:query "SELECT status, level, reason FROM alert WHERE name='channel-down:sms'"
    assert.equal(1, #alert)
    assert.same({ "open", "urgent" }, { alert[1].status, alert[1].level })
    assert.truthy(alert[1].reason:find("6 messages wait", 1, true), alert[1].reason)
    assert.truthy(H.count(w, "message WHERE kind='page' AND name='channel-down:sms'") >= 1)
    w:channel("sms", "accept")
    w:advance "11m"
    assert.equal(1, H.count(w, "alert WHERE name='channel-down:sms' AND status='closed'"))
  end)

  it("a number that is refused says nothing against the gateway", function()
    local w = ward(12, [[p:send("hello")]])
    w:channel("sms", "fail")
    w:advance "61m"
    assert.equal("up", state(w))
    assert.equal(0, held(w))
  end)

  it("wrong settings are a state of their own, looked at every quarter of an hour by one message", function()
    local w = ward(12, [[p:send("hello")]])
    w:channel("sms", "config")
    w:advance "61m"
    assert.equal("channel-config", state(w))
    local before = tries(w)
    w:advance "40m"
    assert.truthy(tries(w) - before <= 3, tries(w) - before)
    w:channel("sms", "accept")
    w:advance "16m"
    assert.equal(12, H.count(w, "message WHERE kind='send' AND status='accepted'"))
  end)

  it("one that stands in no line is found at night", function()
    local w = ward(6, [[p:send("hello")]])
    w:channel("sms", "dead")
    w:advance "61m"
    w.core:query "DELETE FROM waiting WHERE message=(SELECT min(message) FROM waiting)"
    w:advance "1d"
    assert.matches("messages that nothing sends: %d+", w:alert_named "reconciliation".reason)
  end)

  it("a restart finds the door as it was", function()
    local w = ward(12, [[p:send("hello")]], { file = os.tmpname() })
    w:channel("sms", "dead")
    w:advance "70m"
    local before, since = tries(w), w.core:query("SELECT since AS i_since FROM channel")[1].since
    w.core:crash()
    w:advance "1m"
    assert.equal("breaker", state(w))
    assert.equal(since, w.core:query("SELECT since AS i_since FROM channel")[1].since)
    assert.truthy(tries(w) - before <= 1)
    w:channel("sms", "accept")
    w:advance "11m"
    assert.equal(12, H.count(w, "message WHERE kind='send' AND status='accepted'"))
  end)

  it("a hundred that wait are not looked at one by one", function()
    local w = ward(120, [[p:send("hello")]])
    w:channel("sms", "dead")
    w:advance "61m"
    w:advance "30m"
    local before, few = w.core:commits(), held(w)
    w:advance "10h"
    local all = w.core:commits() - before
    assert.equal(120, few)
    assert.truthy(all < 300, all)                           -- ten hours: a try every ten minutes, pages, nothing for each
  end)
end)
