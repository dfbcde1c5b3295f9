-- A text to more people than the limit: it waits for a second person, who is called and told what to do.
local H = require "functional.sim.helper"

local HELLO = H.step [[local at, why = p:send "hello" p:note(at and "sent" or why)]]

-- So many patients go home at once from a ward where three a day may get the same text.
local function crowd(count, o)
  o = o or {}
  o.steps, o.site = o.steps or HELLO, { mass_limit = 3 }
  local w = H.world(o)
  local patients = {}
  for i = 1, count do
    patients[i] = w:patient { age = 70 }
    w:discharge(patients[i])
  end
  w:advance "61m"
  return w, patients
end
local function decide(w, kind, by) return w:_submit("message." .. kind, { department = "w", name = "hello", by = by }) end
local function another(w)
  local pt = w:patient { age = 71 }
  w:discharge(pt)
  w:advance "61m"
end

describe("the same text to more people than the limit", function()
  it("calls the department once, with how many wait and what to do", function()
    local w = crowd(5)
    assert.equal(3, #w:sent "hello")
    local alert = w:alert_named "mass-send:hello"
    assert.same({ "urgent", "open", "w" }, { alert.level, alert.status, alert.department })
    assert.truthy(alert.reason:find('the text "hello" went to 3 people today', 1, true), alert.reason)
    assert.truthy(alert.reason:find("2 more wait", 1, true), alert.reason)
    assert.truthy(alert.reason:find("afterward messages approve m%w+, or afterward messages withdraw m%w+$"), alert.reason)
    assert.equal("zhao", w.pages[1].staff)
    assert.equal(1, H.count(w, "alert"))
    w:advance "20m"
    assert.equal("dr-wu", w.pages[#w.pages].staff)                      -- and climbs like any other
  end)
  it("says nothing within the limit, nor of safety texts", function()
    local w = crowd(3)
    assert.is_nil(w:alert_named "mass-send:hello")
    w = crowd(5, { more = [[aw.template { id = "hello2", class = "safety", zh = "请来院", en = "Come" },]],
      steps = H.step [[p:send "hello2"]] })
    assert.same({ 5, 0 }, { #w:sent "hello2", H.count(w, "alert") })
  end)
  it("goes when a second person releases it, and the alert is closed in that name", function()
    local w = crowd(5)
    w.core:query "UPDATE bundle SET activated_by='li'"
    assert.equal(409, decide(w, "approve", "li").status)                -- who put the text into force
    assert.equal(3, #w:sent "hello")
    local reply = decide(w, "approve", "zhou")
    assert.same({ 200, 2 }, { reply.status, reply.released })
    assert.equal(5, #w:sent "hello")
    assert.same({ "closed", "released" }, { w:alert_named "mass-send:hello".status, w:alert_named "mass-send:hello".closed_reason })
    another(w)
    assert.equal(6, #w:sent "hello")                                    -- for three days
    assert.equal(1, H.count(w, "audit WHERE action='message.approve' AND actor='zhou' AND object='w/hello'"))
  end)
  it("goes to nobody when it is withdrawn, that day; everyone left out is listed with the reason", function()
    local w = crowd(5)
    local reply = decide(w, "withdraw", "zhao")
    assert.same({ 200, 2 }, { reply.status, reply.withdrawn })
    another(w)
    assert.equal(3, #w:sent "hello")
    assert.same({ "hello: withdrawn", "hello: withdrawn", "hello: withdrawn" }, H.reasons(w))
    assert.equal("suppressed", H.notes(w)[6])
    assert.equal("withdrawn", w:alert_named "mass-send:hello".closed_reason)
    assert.equal(1, H.count(w, "alert"))
    w:advance_to "2026-03-03 10:00"
    another(w)
    assert.equal(4, #w:sent "hello")                                    -- the next day is another
  end)
  it("may be withdrawn after it was released, and released after it was withdrawn", function()
    local w = crowd(5)
    decide(w, "approve", "zhou")
    decide(w, "withdraw", "zhou")
    another(w)
    assert.equal(5, #w:sent "hello")
    decide(w, "approve", "zhou")
    another(w)
    assert.equal(6, #w:sent "hello")
  end)
  it("that nobody decides about is never sent, and the alert stays", function()
    local w = crowd(5)
    w:advance "8d"
    assert.equal(3, #w:sent "hello")
    assert.equal("hello: expired", H.reasons(w)[1])
    assert.is_true(w:alert_named "mass-send:hello".open)
  end)
  it("survives a crash as it was", function()
    local w = crowd(5)
    w:crash()
    assert.same({ "open", 3 }, { w:alert_named "mass-send:hello".status, #w:sent "hello" })
    decide(w, "approve", "zhou")
    assert.equal(5, #w:sent "hello")
  end)
end)
