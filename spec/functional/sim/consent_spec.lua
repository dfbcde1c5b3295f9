-- Consent is of one patient and one person, to a class of messages and a channel (WARD 7, M7).
local H = require "functional.sim.helper"
local api = dofile "engine/script/api.lua"

local OFFER = [[aw.template { id = "offer", class = "marketing", zh = "体检套餐优惠" },
  aw.template { id = "walk", class = "education", zh = "请多走路" },]]

describe("consent", function()
  local w, pt, child
  local function home(body, o)
    o = o or {}
    w, pt = H.body(body, { more = OFFER, patient = { family = true, name = "王桂兰" }, department = o.department, site = o.site })
    child = w.core:query("SELECT person AS i_id FROM contact WHERE patient=?1 AND relation='child'", pt.number)[1].id
  end
  local function say(o)
    o.patient, o.by, o.how = pt.number, "li", o.how or "signed"
    return w:_submit("consent", o)
  end

  it("to marketing must be asked first", function()
    home 'p:note(tostring(select(2, p:send("offer"))))'
    w:advance "2h"
    assert.same({ "suppressed" }, H.notes(w))
    assert.same({ "offer: no-consent" }, H.reasons(w))
  end)

  it("to marketing is kept with who, when and how, and the text goes", function()
    home 'p:send("offer")'
    assert.equal(200, say { class = "marketing", given = true }.status)
    assert.same({ { class = "marketing", given = 1, by = "li", how = "signed", at = w:now() } },
      w.core:query("SELECT class, given AS i_given, by_who AS by, how, at AS i_at FROM consent WHERE person=?1", pt.number))
    assert.equal(1, H.count(w, "audit WHERE action='consent' AND actor='li'"))
    w:advance "2h"
    assert.equal(1, #w:sent "offer")
  end)

  it("of the patient is not the family's", function()
    home 'p:send("offer", { to = "family" })'
    say { class = "marketing", given = true }
    w:advance "2h"
    assert.equal(0, #w:sent "offer")
  end)

  it("that is refused for education leaves what belongs to care", function()
    home 'p:send("walk") p:send("hello")'
    say { class = "education", given = false }
    w:advance "2h"
    assert.same({ 0, 1 }, { #w:sent "walk", #w:sent "hello" })
  end)

  it("that is refused on one channel goes by the next", function()
    home('p:send("hello", { via = { "sms", "email" } })')
    w.core:query("INSERT INTO identity (person, kind, value) VALUES (?1, 'email', 'wang@example.org')", pt.number)
    say { channel = "sms", given = false }
    w:advance "2h"
    assert.equal("email", w:sent "hello"[1].channel)
  end)

  it("refused on a channel is refused for every class, also one that was consented to", function()
    home 'p:send("offer", { via = { "sms" } })'
    say { class = "marketing", given = true }
    say { channel = "sms", given = false }
    w:advance "2h"
    assert.same({ "offer: no-consent" }, H.reasons(w))
    say { class = "marketing", channel = "sms", given = true }
    assert.equal(200, say({ given = true }).status)
  end)

  it("of a son for his father is not that for his mother", function()
    home 'p:send("hello", { to = "family" })'
    local mother = w:patient { contacts = { { name = w.core:query("SELECT value FROM identity WHERE person=?1 AND kind='name'", child)[1].value,
      phone = w.core:query("SELECT value FROM identity WHERE person=?1 AND kind='phone'", child)[1].value, relation = "child" } } }
    w:discharge(mother)
    assert.equal(200, say { person = child, given = false }.status)
    w:advance "2h"
    assert.same({ mother.number }, { w:sent "hello"[1].patient, (w:sent "hello"[2] or {}).patient })
  end)

  it("withdrawn reaches what waits", function()
    home('p:send("walk")', { site = { quiet_hours = "10:00-16:00" } })
    w:advance "2h"
    say { class = "education", given = false }
    w:advance "1m"
    assert.same({ "walk: no-consent" }, H.reasons(w))
  end)

  it("of two numbers of one patient: the refusal stays", function()
    home ''
    say { class = "education", given = true }
    local twin = w:patient { name = "王桂兰" }
    w:_submit("consent", { patient = twin.number, class = "education", given = false, how = "phone", by = "li" })
    w:_submit("consent", { patient = twin.number, class = "visit", given = false, how = "phone", by = "li" })
    w:_post { kind = "merge", merge = { from_mrn = twin.mrn, into_mrn = pt.mrn } }
    assert.same({ { class = "education", given = 0 }, { class = "visit", given = 0 } },
      w.core:query("SELECT class, given AS i_given FROM consent WHERE patient=?1 AND person=?1 ORDER BY class", pt.number))
  end)

  it("knows the words that scripts know, and says them to who mistypes", function()
    home ''
    for _, class in ipairs(api.classes) do assert.equal(200, say { class = class, given = true }.status, class) end
    for _, channel in ipairs(api.channels) do assert.equal(200, say { channel = channel, given = true }.status, channel) end
    for _, case in ipairs {
      { { class = "markting", given = true }, 'field "class" must be one of general' },
      { { channel = "fax", given = true }, 'field "channel" must be one of wechat' },
      { { given = true, how = "guessed" }, 'field "how" must be one of signed' },
      { {}, 'field "given" is missing' },
      { { given = true, person = 9999 }, "no such contact" },
    } do assert.matches(case[2], say(case[1]).detail, 1, true) end
  end)
end)
