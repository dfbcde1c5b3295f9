-- WeChat at the bedside: scan the card's code, type the stay number's tail, say who you are (WARD 9).
local H = require "functional.sim.helper"

describe("an account at the bedside", function()
  local w, pt, code
  local function home(o)
    o = o or {}
    w = H.world { steps = H.step('p:send("hello") p:send("hello", { to = "family" })'), site = o.site }
    pt = w:patient { name = "王桂兰", contacts = o.contacts }
    w:event(pt, "admission", { department = "w", visit = "ZY20260001234" })
    code = w:_submit("card.make", { patient = pt.number, by = "li" }).code
  end
  local function bind(o)
    local body = { account = "o1", channel = "wechat", code = code, relation = "self", tail = "1234" }
    for k, v in pairs(o or {}) do body[k] = v end
    return w:_submit("bind", body)
  end
  local function sent() -- to whom the texts about this patient went
    w:discharge(pt, { visit = "ZY20260001234" })
    w:advance "2h"
    local out = {}
    for i, row in ipairs(w:sent "hello") do out[i] = row.channel .. " " .. row.person end
    return table.concat(out, ", ")
  end

  it("is bound to the patient by the tail of the stay number", function()
    home()
    assert.same({ 200, "self" }, { bind().status, bind().relation })
    assert.equal(("wechat %d"):format(pt.number), sent())
    assert.equal(1, H.count(w, "binding"))
  end)

  it("is a new contact's, when it is nobody's here", function()
    home()
    assert.equal(200, bind({ relation = "child" }).status)
    local row = w.core:query("SELECT person AS i_id, relation FROM contact WHERE patient=?1 AND relation<>'self'", pt.number)[1]
    assert.equal("child", row.relation)
    assert.equal(("sms %d, wechat %d"):format(pt.number, row.id), sent())
  end)

  it("is that of the contact whose number it gives, and of no other of that relation", function()
    home { contacts = { { name = "王芳", phone = "13811112222", relation = "child" }, { name = "王强", phone = "13811113333", relation = "child" } } }
    bind { relation = "child", phone = "138 1111 3333" }
    local row = w.core:query("SELECT i.person AS i_id FROM identity i WHERE kind='wechat'")[1]
    assert.equal(row.id, w.core:query("SELECT person AS i_id FROM identity WHERE value='王强'")[1].id)
    assert.equal(2, H.count(w, "contact WHERE patient=?1 AND relation='child'", pt.number))
  end)

  it("serves several patients, and one of them can be unbound", function()
    home()
    local first, first_code = pt, code
    bind { relation = "child" }
    pt = w:patient {}
    w:event(pt, "admission", { department = "w", visit = "ZY-9-8765" })
    code = w:_submit("card.make", { patient = pt.number, by = "li" }).code
    assert.equal(200, bind({ relation = "child", tail = "8765" }).status)
    assert.equal(1, #w.core:query "SELECT DISTINCT person FROM identity WHERE kind='wechat'")
    assert.equal(1, w:_submit("unbind", { account = "o1", channel = "wechat", code = first_code }).ended)
    w:discharge(pt, { visit = "ZY-9-8765" })
    w:discharge(first, { visit = "ZY20260001234" })
    w:advance "2h"
    local out = {}
    for i, row in ipairs(w:sent "hello") do out[i] = row.channel .. (row.patient == pt.number and " second" or " first") end
    table.sort(out)
    assert.same({ "sms first", "sms second", "wechat second" }, out)
    w:_submit("inbound", { channel = "wechat", items = { { id = "x", from = "o1", text = "你好" } } })
    assert.equal(pt.number, w.core:query("SELECT patient AS i_id FROM inbound")[1].id) -- nobody asks which of them
  end)

  it("is unbound by staff, and bound again by its owner", function()
    home()
    bind()
    assert.equal(1, w:_submit("unbind", { patient = pt.number, person = pt.number, by = "li" }).ended)
    assert.equal(0, w:_submit("unbind", { patient = pt.number, person = pt.number, by = "li" }).ended)
    assert.equal("li", w.core:query("SELECT ended_by FROM binding")[1].ended_by)
    bind()
    assert.equal(("wechat %d"):format(pt.number), sent())
  end)

  it("is not bound by a wrong number, nor by guessing", function()
    home()
    for _ = 1, 5 do assert.equal(422, bind({ tail = "9999" }).status) end
    assert.equal(429, bind().status)
    w:advance "61m"
    assert.equal(200, bind().status)
    for _, wrong in ipairs { { tail = "" }, { tail = "34" }, { relation = "nobody" } } do assert.equal(422, bind(wrong).status) end
    assert.equal(404, bind({ code = "000000000" }).status)
  end)

  it("takes the stay number as it is written, or the record number", function()
    home()
    assert.equal(200, bind({ tail = "zy2026-0001234" }).status)
    assert.equal(200, bind({ tail = pt.mrn }).status)
  end)

  it("that stops following gets nothing until it is back", function()
    home()
    bind()
    local function say(kind) w:_submit("inbound", { channel = "wechat", items = { { id = kind, from = "o1", kind = kind } } }) end
    say "unfollow"
    assert.equal(("sms %d"):format(pt.number), sent())
    say "follow"
    assert.equal(0, H.count(w, "identity WHERE kind='wechat' AND flag IS NOT NULL"))
  end)

  it("is kept when the hospital sends its list of contacts again", function()
    home()
    bind { relation = "spouse" }
    w:_post { kind = "contact", patient = { mrn = pt.mrn, contacts = { { name = "王芳", phone = "13811112222", relation = "child" } } } }
    assert.equal(1, H.count(w, "contact WHERE patient=?1 AND relation='spouse'", pt.number))
  end)

  it("goes with the patient when two numbers are merged", function()
    home()
    bind { relation = "child" }
    bind()
    local twin = w:patient { name = "王桂兰" }
    w:_post { kind = "merge", merge = { from_mrn = pt.mrn, into_mrn = twin.mrn } }
    assert.equal(2, H.count(w, "binding WHERE patient=?1", twin.number))
    assert.equal(1, H.count(w, "binding WHERE person=?1", twin.number))
    assert.equal(1, H.count(w, "contact WHERE patient=?1 AND relation='child'", twin.number))
  end)
end)
