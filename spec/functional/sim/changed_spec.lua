-- New numbers and merged patients: what waits goes to the right person, and nobody's contacts are lost (D5, WARD 7).
local H = require "functional.sim.helper"

describe("what waits in the night", function()
  local w, pt
  local function home(to, contacts)
    w = H.world { steps = H.step(('p:send("hello", { to = %q })'):format(to)), site = { quiet_hours = "20:00-08:00" }, at = "2026-03-02 19:30" }
    pt = w:patient { name = "王桂兰", contacts = contacts or { { name = "王芳", phone = "13811112222", relation = "child" } } }
    w:discharge(pt)
    w:advance "2h"
  end
  local function address()
    w:advance "12h"
    return w.core:query "SELECT i.value FROM attempt a JOIN identity i ON i.id=a.address ORDER BY a.id DESC LIMIT 1"[1].value
  end

  it("goes to the number that the hospital sent meanwhile", function()
    home "patient"
    w:_post { kind = "contact", patient = { mrn = pt.mrn, phone = "13700007777" } }
    assert.equal("13700007777", address())
  end)

  it("goes to the family's new number, also when the old one was wrong", function()
    home "family"
    w:_submit("inbound", { channel = "sms", items = { { id = "x", from = "13811112222", text = "打错了" } } })
    w:_post { kind = "contact", patient = { mrn = pt.mrn, contacts = { { name = "王芳", phone = "13700008888", relation = "child" } } } }
    assert.equal("13700008888", address())
  end)

  it("goes nowhere when the hospital says meanwhile that the number is theirs no more, and says why", function()
    home "patient"
    w:_post { kind = "contact", patient = { mrn = pt.mrn, no_phone = true } }
    w:advance "12h"
    assert.equal(0, #w:sent "hello")
    assert.same({ "hello: no-contact" }, H.reasons(w))
    assert.equal(1, H.count(w, "contact WHERE relation='child'"))
  end)

  it("goes to the contacts of the other number of a patient who has two, each with what is known of it", function()
    home "family"
    local twin = w:patient { name = "王桂兰", contacts = { { name = "王强", phone = "13800003333", relation = "child" } } }
    local number = w.core:query "SELECT id AS i_id FROM identity WHERE value='13811112222'"[1].id
    w:_submit("number.prove", { patient = pt.number, identity = number, how = "ring", by = "li" })
    w:_post { kind = "merge", merge = { from_mrn = pt.mrn, into_mrn = twin.mrn } }
    assert.equal(2, H.count(w, "contact WHERE patient=?1 AND relation='child'", twin.number))
    assert.equal(1, H.count(w, "identity WHERE value='13811112222' AND proved_how='ring'"))
    assert.truthy(address():match "^138")
    assert.equal(twin.number, w:sent "hello"[1].patient)
  end)

  it("goes nowhere when the one who is left wants no messages: a merge forgets no wish", function()
    home "family"
    local twin = w:patient { name = "王桂兰", contacts = { { name = "王芳", phone = "13811112222", relation = "child" } } }
    local child = w.core:query("SELECT person AS i_id FROM contact WHERE patient=?1 AND relation='child'", pt.number)[1].id
    w:_submit("opt-out", { patient = twin.number, person = child, by = "li" })
    w:_post { kind = "merge", merge = { from_mrn = twin.mrn, into_mrn = pt.mrn } }
    w:advance "12h"
    assert.same({ "hello: opted-out" }, H.reasons(w))
  end)
end)
