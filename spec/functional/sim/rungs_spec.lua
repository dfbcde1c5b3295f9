-- `via` with rungs: a question, or a text, goes to the next channel, the family, a call, until somebody has it.
local H = require "functional.sim.helper"

local THREE = '{ { "email", within = "2h" }, { "sms", within = "1d" }, "call" }'

-- A patient with mail, for whom mail is the first rung.
local function discharged(body, o)
  o = o or {}
  o.steps = H.step(body)
  local w = H.world(o)
  local pt = w:patient(setmetatable({ email = "x@example.org" }, { __index = o.patient or { age = 60, family = true } }))
  for channel, word in pairs(o.channels or {}) do w:channel(channel, word) end
  w:discharge(pt)
  w:advance "1h"
  return w, pt
end
local function asked(o)
  o = o or {}
  local more = o.keys_of_ask and ", " .. o.keys_of_ask or ""
  return discharged(([[local a, why = p:ask("check", { via = %s%s }) p:note(a and "answer " .. a.temp or tostring(why))]])
    :format(o.via or THREE, more), o)
end
local function sent(o)
  return discharged(([[local at, why = p:send("%s", { via = %s }) p:note(at and "told" or tostring(why))]]):format(o.name or "hello", o.via), o)
end
-- "email unread, sms no-receipt, call": the rungs that were begun, and why each was left.
local function story(w, name)
  local out = {}
  for _, rung in ipairs(w:rungs(name or "check")) do
    if rung.began or rung.why then out[#out + 1] = rung.channel .. (rung.why and " " .. rung.why or "") end
  end
  return table.concat(out, ", ")
end
local function channels(w)
  local out = {}
  for i, text in ipairs(w.texts) do out[i] = text.channel end
  return table.concat(out, " ")
end

describe("a question by rungs", function()
  it("goes to the next channel when the form was not opened in the rung's time, and then to a nurse who rings", function()
    local w = asked()
    assert.equal("email", channels(w))
    w:advance "119m"
    assert.equal("email", channels(w))
    w:advance "2m"
    assert.equal("email sms", channels(w))
    assert.is_nil(w:task "call")
    w:advance "24h"
    local call = w:task "call"
    assert.equal("check", call.form)
    assert.equal("nurse", call.role)
    assert.truthy(call.note:find("请电话联系患者（邮件未打开，短信未打开） / please ring the patient (email unread, sms unread)", 1, true))
    assert.equal("email unread, sms unread, call", story(w))
    assert.same({}, H.notes(w))
  end)

  it("is asked once: an answer by any rung settles it, and withdraws what is queued and the call", function()
    local w, pt = asked()
    w:advance "27h"
    local call = w:task "call"
    pt:answer("check", { temp = 37 })
    assert.same({ "answer 37" }, H.notes(w))
    assert.equal("withdrawn", call.status)
    w:advance "5d"
    assert.equal("email sms", channels(w))
    assert.equal(1, H.count(w, "question"))
    assert.equal(1, H.count(w, "ladder WHERE reason='answered'"))
  end)

  it("is answered by the nurse who rings", function()
    local w = asked()
    w:advance "27h"
    w:task("call"):done { code = "reached", answer = { temp = 36.5 } }
    assert.same({ "answer 36.5" }, H.notes(w))
  end)

  it("stays with who has opened the form, for the rung's time once more", function()
    local w, pt = asked()
    w:advance "110m"
    pt:open "check"
    w:advance "100m"
    assert.equal("email", channels(w))
    w:advance "30m"
    assert.equal("email unanswered, sms", story(w))
  end)

  it("moves on at once when a channel refuses, when the person has no address there, and when the channel is not there", function()
    assert.equal("email unreachable, sms", story((asked { channels = { email = "fail" } })))
    assert.equal("email unavailable, sms", story((asked { channels = { email = "down" } })))
    assert.equal("email unavailable, sms", story((asked { channels = { email = "config" } })))
    assert.equal("email unavailable, sms", story((asked { channels = { email = "delay" } })))
    assert.equal("wechat no-contact, sms", story((asked { via = '{ { "wechat", within = "2h" }, "sms" }' })))
  end)

  it("rings when every channel refuses", function()
    local w = asked { channels = { email = "fail", sms = "fail" } }
    assert.equal("email unreachable, sms unreachable, call", story(w))
    assert.equal("open", w:task("call").status)
  end)

  it("hears why when the last rung is gone too", function()
    local w = asked { via = '{ { "email", within = "2h" }, "sms" }', channels = { email = "fail", sms = "fail" } }
    assert.same({ "unreachable" }, H.notes(w))
  end)

  it("says that no receipt came, where the gateway promises one, and that it was unread, where one did", function()
    local w = asked { channels = { email = "receipts" } }
    w:advance "2h"
    assert.equal("email no-receipt, sms", story(w))
    w = asked { channels = { email = "receipts" } }
    w:receipt("check", "delivered", "email")
    w:advance "2h"
    assert.equal("email unread, sms", story(w))
    w = asked { channels = { email = "reads" } }
    w:advance "1h"
    w:receipt("check", "read", "email")
    w:advance "90m"
    assert.equal("email", story(w))
    w:advance "31m"
    assert.equal("email unanswered, sms", story(w))
  end)

  it("moves on when a receipt says later that it failed", function()
    local w = asked { channels = { email = "receipts" } }
    w:advance "1h"
    w:receipt("check", "failed", "email")
    assert.equal("email unreachable, sms", story(w))
  end)

  it("takes no harm from receipts that come late, twice, or say the contrary", function()
    local w, pt = asked { channels = { email = "receipts", sms = "receipts" } }
    w:advance "3h"
    w:receipt("check", "failed", "email")
    w:receipt("check", "delivered", "email")
    w:receipt("check", "delivered", "email")
    w:receipt("check", "delivered", "sms")
    w:advance "1h"
    assert.equal("email no-receipt, sms", story(w))
    assert.equal("email sms", channels(w))
    pt:answer("check", { temp = 37 })
    assert.same({ "answer 37" }, H.notes(w))
  end)

  it("counts a rung's time from when the channel took it: what waits for the morning has not been unread", function()
    local w = asked { at = "2026-03-02 21:30", site = { quiet_hours = "21:00-08:00", budget_day = 50, budget_week = 200 } }
    w:advance_to "2026-03-03 09:59"
    assert.equal("email", story(w))
    w:advance_to "2026-03-03 10:01"
    assert.equal("email unread, sms", story(w))
  end)

  it("ends as silent after `within`, and without one three days after the last rung began", function()
    local w = asked { keys_of_ask = 'within = "2d"' }
    w:advance "2d"
    assert.same({ "silent" }, H.notes(w))
    w = asked()
    w:advance "97h"
    assert.same({}, H.notes(w))
    w:advance "2h"
    assert.same({ "silent" }, H.notes(w))
  end)

  it("is no silence of the patient's when no receipt says that anything arrived", function()
    local w = asked { via = '{ { "email", within = "2h" }, { "sms", within = "1d" } }', keys_of_ask = 'within = "2d"',
      channels = { email = "receipts", sms = "receipts" } }
    w:advance "3d"
    assert.same({ "no-receipt" }, H.notes(w))
    assert.equal(0, H.count(w, "silence"))
  end)

  it("goes on to the family, who may answer", function()
    local w, pt = asked { via = '{ { "email", within = "2h" }, { "sms", to = "family", within = "1d" }, { "call", to = "family", role = "chief" } }' }
    w:advance "3h"
    assert.equal("family", w:rungs("check")[2].audience)
    assert.equal(1, #w:sent("check", "family"))
    w:advance "24h"
    assert.equal("chief", w:task("call").role)
    assert.truthy(w:task("call").note:find("家属", 1, true))
    pt:answer("check", { temp = 38 }, { by = "family" })
    assert.same({ "answer 38" }, H.notes(w))
  end)

  it("reminds on the rung it is on, and no more on one that was left", function()
    local w = asked { keys_of_ask = 'remind = "90m"', via = '{ { "email", within = "2h" }, { "sms", within = "1h" }, "call" }' }
    w:advance "95m"
    assert.equal("email email", channels(w))
    w:advance "30m"
    assert.equal("email email sms", channels(w))
    w:advance "1d"
    assert.equal("email email sms", channels(w))
  end)

  it("stops where the patient wants no more messages, dies, or the run is over", function()
    local w, pt = asked()
    pt:opt_out()
    assert.same({ "opted-out" }, H.notes(w))
    w:advance "3d"
    assert.equal("email", channels(w))
    assert.equal(0, H.count(w, "task"))
    w, pt = asked()
    w:event(pt, "death")
    w:advance "3d"
    assert.equal("email", channels(w))
    assert.equal(0, H.count(w, "task"))
    assert.equal(0, H.count(w, "ladder WHERE closed_at IS NULL"))
  end)

  it("waits while the patient is in a bed again", function()
    local w, pt = asked()
    w:event(pt, "admission")
    w:advance "2d"
    assert.equal("email", channels(w))
    w:discharge(pt)
    w:advance "3h"
    assert.equal("email sms", channels(w))
  end)

  it("waits while somebody has its run paused", function()
    local w = asked()
    local function deed(verb) assert.equal(200, w:_submit("run.deed", { run = w:run "s".id, verb = verb, staff = "li", reason = "x" }).status) end
    deed "pause"
    w:advance "2d"
    assert.equal("email", channels(w))
    deed "resume"
    w:advance "3h"
    assert.equal("email sms", channels(w))
  end)

  it("gets its time where it is in doubt whether the text left, and goes on then", function()
    local w = asked { channels = { email = "ambiguous" } }
    assert.equal("email", story(w))
    w:advance "3h"
    assert.equal("email in-doubt, sms", story(w))
  end)

  it("tries the next rung when the nurse reached nobody", function()
    local w = asked { via = '{ { "call", within = "1d" }, { "sms", within = "1d" } }' }
    w:task("call"):done { code = "no-answer" }
    assert.equal("call no-answer, sms", story(w))
    w:advance "4d"
    assert.same({ "silent" }, H.notes(w))
  end)

  it("goes on by the rungs that it was asked with, whatever the scripts say now, or if they can't run", function()
    local w = asked()
    w:load { ["w/w.lua"] = H.source { steps = H.step [[p:ask("check", { via = { "email" } })]] } }
    w:advance "3h"
    assert.equal("email unread, sms", story(w))
    w:load { ["w/w.lua"] = H.source { steps = H.step [[error "broken"]] } }
    w.expects_stuck = true
    w:advance "25h"
    assert.equal("email unread, sms unread, call", story(w))
  end)

  it("ends with its run: cancelled by a person, or asked anew", function()
    local w = asked()
    assert.equal(200, w:_submit("run.deed", { run = w:run "s".id, verb = "cancel", staff = "li", reason = "a mistake" }).status)
    w:advance "3d"
    assert.equal("email", channels(w))
    w = discharged([[p:ask("check", { within = "30m", via = ]] .. [[{ { "email", within = "20m" }, "sms" } }) p:ask("check", { via = { "sms" } })]])
    w:advance "10m"
    assert.equal("email", channels(w))
    w:advance "3h"
    assert.equal("email sms sms", channels(w))
    assert.equal(1, H.count(w, "question"))
    assert.equal(0, H.count(w, "ladder WHERE closed_at IS NULL"))
  end)

  it("is one question of two runs: the newer one's rungs are climbed, an answer ends both, and so does a silence", function()
    local NIGHT = { quiet_hours = "21:00-08:00", budget_day = 50, budget_week = 200 }
    local steps = H.step([[local a = p:ask("check", { within = "2d", via = { { "sms", within = "1d" }, "call" } })
      p:note("first " .. tostring(a and a.temp))]])
      .. ('aw.step { id = "t", at = "2h", run = function(p) %s end },'):format(
        [[local a = p:ask("check", { within = "2d", via = { { "sms", within = "1h" }, "call" } })
          p:note("second " .. tostring(a and a.temp))]])
    for _, answers in ipairs { true, false } do
      local w = H.world { steps = steps, at = "2026-03-02 20:30", site = NIGHT }
      local pt = w:patient { age = 60 }
      w:discharge(pt)
      w:advance_to "2026-03-03 08:30"
      assert.equal("sms", channels(w))
      w:advance "1h"
      assert.equal("sms unread, call", story(w))
      if answers then pt:answer("check", { temp = 37 }) else w:advance "3d" end
      table.sort(H.notes(w))
      assert.same(answers and { "first 37", "second 37" } or { "first nil", "second nil" }, H.notes(w))
      assert.equal(1, H.count(w, "question"))
    end
  end)

  it("follows a patient who turns out to be another one", function()
    local w, pt = asked()
    local other = w:patient { age = 60, phone = "13700000001" }
    w:event(pt, "merge", { patient = nil, merge = { from_mrn = pt.mrn, into_mrn = other.mrn } })
    w:advance "3h"
    assert.equal("email unread, sms", story(w))
    assert.equal(1, H.count(w, "message WHERE patient=?1 AND channel='sms' AND accepted_at IS NOT NULL", other.number))
  end)

  it("goes on after a crash where it was", function()
    local w = asked()
    w:advance "1h"
    w:crash()
    w:advance "61m"
    w:crash()
    w:advance "24h"
    assert.equal("email unread, sms unread, call", story(w))
    assert.equal("email sms", channels(w))
  end)
end)

describe("a power cut", function()
  it("changes nothing, at whichever commit: what was sent, what was left and why, the call, the answer", function()
    local source = H.source { steps = H.step([[local a = p:ask("check", { within = "3d", via = { { "sms", within = "2h" },
      { "sms", to = "family", within = "2h" }, { "call", within = "4h" } } }) p:note("answer " .. tostring(a and a.temp))
      p:send("clinic", { via = { { "sms", within = "1h" }, "call" } }) p:note "told"]]) }
    local commits = H.sim.torture({ scripts = { ["w/w.lua"] = source }, at = "2026-03-02 10:00",
      site = { quiet_hours = "03:00-03:01", contact_windows = "00:00-24:00" } }, function(w)
      w:channel("sms", "keyed")
      local pt = w:patient { age = 60, family = true }
      w:discharge(pt)
      w:advance "2h"
      pt:open "check"
      w:advance "4h"
      w:advance "2h"
      pt:answer("check", { temp = 37 })
      w:advance "2h"
    end)
    assert.is_true(commits > 8)
  end)
end)

describe("a text by rungs", function()
  local TWO = '{ { "email", within = "2h" }, { "sms", within = "1d" } }'

  it("is told when the receipt comes, and goes to the next channel when none does", function()
    local w = sent { via = TWO, channels = { email = "receipts", sms = "receipts" } }
    assert.same({}, H.notes(w))
    w:advance "2h"
    assert.equal("email no-receipt, sms", story(w, "hello"))
    w:receipt("hello", "delivered", "sms")
    assert.same({ "told" }, H.notes(w))
    w:advance "3d"
    assert.equal("email sms", channels(w))
  end)

  it("needs no other road when a late receipt says that it had arrived", function()
    local w = sent { via = '{ { "email", within = "10h" }, { "sms", within = "1d" }, "call" }', channels = { email = "receipts" },
      site = { quiet_hours = "20:00-08:00", budget_day = 50, budget_week = 200 } }
    w:advance "11h"
    assert.equal("email no-receipt, sms", story(w, "hello"))
    assert.equal("email", channels(w))
    w:receipt("hello", "delivered", "email")
    assert.same({ "told" }, H.notes(w))
    w:advance "3d"
    assert.equal("email", channels(w))
  end)

  it("has arrived, as far as anybody knows, where the channel tells no receipts", function()
    local w = sent { via = TWO }
    w:advance "2h"
    assert.same({ "told" }, H.notes(w))
    assert.equal("email", channels(w))
  end)

  it("was read or not, where the channel says so", function()
    local w = sent { via = TWO, channels = { email = "reads" } }
    w:receipt("hello", "delivered")
    assert.same({}, H.notes(w))
    w:advance "2h"
    assert.equal("email unread, sms", story(w, "hello"))
    w = sent { via = TWO, channels = { email = "reads" } }
    w:receipt("hello", "read")
    assert.same({ "told" }, H.notes(w))
  end)

  it("hears no-receipt when no rung brought one", function()
    local w = sent { via = TWO, channels = { email = "receipts", sms = "receipts" } }
    w:advance "27h"
    assert.same({ "no-receipt" }, H.notes(w))
  end)

  it("is told by telephone, when nothing else reached anybody", function()
    local w = sent { name = "clinic", via = '{ "sms", "call" }', channels = { sms = "fail" } }
    local call = w:task "call"
    assert.is_nil(call.form)
    assert.truthy(call.note:find("（短信送不到） / please ring the patient (sms unreachable): 门诊停诊", 1, true), call.note)
    call:done { code = "reached" }
    assert.same({ "told" }, H.notes(w))
    w = sent { via = '{ "sms", "call" }', channels = { sms = "fail" } }
    w:task("call"):done { code = "no-answer" }
    assert.same({ "unreachable" }, H.notes(w))
  end)
end)

describe("the daily budget", function()
  it("has one contact for a question that goes by three rungs", function()
    local w = discharged([[p:ask("check", { via = { { "email", within = "1h" }, { "sms", within = "1h" }, "call" }, within = "3h" })
      p:send "hello" p:note "told"]],
      { site = { quiet_hours = "03:00-03:01", budget_day = 2, budget_week = 200 } })
    w:advance "5h"
    assert.equal("email sms sms", channels(w))
    assert.same({ "told" }, H.notes(w))
  end)

  it("has one contact for a text that goes by all channels at once", function()
    local w = discharged([[p:send("hello", { via = { "email", "sms" }, together = true }) p:send "hello" p:note "told"]],
      { site = { quiet_hours = "03:00-03:01", budget_day = 2, budget_week = 200 } })
    assert.equal("email sms sms", channels(w))
    assert.same({ "told" }, H.notes(w))
  end)
end)

describe("valid_for of a call", function()
  local NIGHT = { at = "2026-03-02 21:30", site = { quiet_hours = "21:00-08:00", budget_day = 50, budget_week = 200 } }
  it("says how long a text may be held: what is too late is not sent", function()
    local w = discharged([[local at, why = p:send("hello", { valid_for = "2h" }) p:note(tostring(at or why))]],
      { at = NIGHT.at, site = NIGHT.site })
    assert.same({ "suppressed" }, H.notes(w))
    w = discharged([[local a, why = p:ask("check", { valid_for = "12h", within = "1d" }) p:note(tostring(why))]],
      { at = NIGHT.at, site = NIGHT.site })
    w:advance "1d"
    assert.equal(1, #w:sent "check")
  end)
end)

describe("what is wrong with `via`", function()
  local function cause(body)
    local w = discharged(body)
    w.expects_stuck = true
    return w.stuck[1] and w.stuck[1].cause
  end
  for via, said in pairs {
    ['{ { "sms", wihin = "1d" } }'] = 'via: rung 1 has no key "wihin"; did you mean "within"?',
    ['{ { "sms", within = "soon" } }'] = "rung 1, within: \"soon\" is neither",
    ['{ { "sms", to = "uncle" } }'] = "rung 1, to: must be one of patient,family",
    ['{ { "sms", role = "nurse" } }'] = 'rung 1, role: is for "call" alone',
    ['{ { within = "1d" } }'] = "rung 1, channel: must be lower-case",
    ['{ 7 }'] = "must be a channel or a rung",
    ['{ { "email", within = "2d" }, "sms" }, within = "1d"'] = "rung 2 would begin when nobody waits",
    ['{ { "sms", within = "1d" } }, together = true'] = "rungs go one after the other",
  } do
    it("is said: " .. via, function()
      local text = cause('p:ask("check", { via = ' .. via .. " })")
      assert.truthy(text and text:find(said, 1, true), tostring(text))
    end)
  end
end)
