-- Numbers are proved before the patient leaves (WARD 10): by a code that comes back, or by ringing at the bedside.
local H = require "functional.sim.helper"

describe("a number", function()
  local w, pt, number
  local function home(o)
    o = o or {}
    o.site = o.site or { base_url = "https://f.example.org", quiet_hours = "20:00-08:00" }
    o.steps = H.step "p:note \"there\""
    w = H.world(o)
    pt = w:patient { name = "王桂兰", phone = o.phone, contacts = o.contacts }
    w:event(pt, "admission", { department = "w" })
    number = w.core:query("SELECT id AS i_id FROM identity WHERE person=?1 AND kind='phone'", pt.number)[1].id
  end
  local function post(kind, fields)
    fields.patient, fields.identity, fields.by = pt.number, fields.identity or number, "li"
    return w:_submit(kind, fields)
  end
  local function code()
    w:advance "1s"
    local sent = w:sent "number-code"
    return sent[#sent].text:match "验证码 (%d%d%d%d%d%d)", sent[#sent].text
  end
  local function proof(id)
    return w.core:query("SELECT proved_at AS i_at, proved_how AS how, proved_by AS who, flag FROM identity WHERE id=?1", id or number)[1]
  end

  it("is sent a code, which proves it when it is told to the nurse", function()
    home()
    assert.is_nil(proof().at)
    assert.equal(200, post("number.code", {}).status)
    local digits, text = code()
    assert.matches("30 分钟内请告诉护士，或在 https://f.example.org/f/number 填写", text, 1, true)
    assert.equal(200, post("number.prove", { code = digits }).status)
    assert.same({ at = w:now(), how = "code", who = "li" }, proof())
  end)

  it("learns nothing of the patient from the code: it may be anybody's", function()
    home()
    post("number.code", {})
    local _, text = code()
    assert.matches("^【示范医院】核对联系号码", text)
    for _, word in ipairs { "王", "女士", "科" } do assert.is_nil(text:find(word, 1, true), word) end
  end)

  it("is sent its code at any hour and whatever was told that day", function()
    home { site = { quiet_hours = "09:00-22:00", budget_day = 1 } }
    post("number.code", {})
    assert.truthy(code())
  end)

  it("is proved by whoever types the code on our page", function()
    home()
    post("number.code", {})
    local digits = code()
    assert.equal(422, w:_submit("number.typed", { phone = pt.phone, code = "000000" }).status)
    assert.equal(422, w:_submit("number.typed", { phone = "13900001111", code = digits }).status)
    assert.equal(200, w:_submit("number.typed", { phone = "+86 " .. pt.phone, code = digits }).status)
    assert.same({ at = w:now(), how = "page", who = "li" }, proof())
  end)

  it("that rang at the bedside is proved, also one that looked like nobody's", function()
    home { phone = "13800138000" }
    assert.equal("placeholder", proof().flag)
    assert.matches("looks like nobody's", post("number.code", {}).detail)
    assert.equal(200, post("number.prove", { how = "ring" }).status)
    assert.same({ at = w:now(), how = "ring", who = "li" }, proof())
  end)

  it("that can't be one is not proved", function()
    home { phone = "138001" }
    assert.equal(422, post("number.code", {}).status)
    assert.equal(422, post("number.prove", { how = "ring" }).status)
    assert.is_nil(proof().at)
  end)

  it("takes no code that is over, was mistyped five times or was never sent", function()
    home()
    assert.matches("send one first", post("number.prove", { code = "123456" }).detail)
    post("number.code", {})
    local digits = code()
    local wrong = digits == "111111" and "222222" or "111111"
    w:advance "31m"
    assert.equal(410, post("number.prove", { code = digits }).status)
    post("number.code", {})
    digits = code()
    for _ = 1, 5 do assert.equal(422, post("number.prove", { code = wrong }).status) end
    assert.equal(429, post("number.prove", { code = digits }).status)
    assert.is_nil(proof().at)
  end)

  it("is not sent codes without end", function()
    home()
    assert.equal(200, post("number.code", {}).status)
    assert.matches("less than a minute ago", post("number.code", {}).detail)
    for _ = 1, 4 do w:advance "2m" assert.equal(200, post("number.code", {}).status) end
    w:advance "2m"
    assert.matches("five codes within the hour", post("number.code", {}).detail)
    w:advance "1h"
    assert.equal(200, post("number.code", {}).status)
  end)

  it("of somebody else is no number of this patient", function()
    home()
    local other = w:patient {}
    assert.equal(404, w:_submit("number.code", { patient = other.number, identity = number, by = "li" }).status)
  end)

  it("that one person of the family has proved is proved for the patient too", function()
    home { phone = "13811112222", contacts = { { name = "王芳", phone = "13811112222", relation = "child" } } }
    post("number.prove", { how = "ring" })
    assert.equal(2, H.count(w, "identity WHERE value='13811112222' AND proved_at IS NOT NULL"))
  end)

  it("that turns out to be wrong is proved no longer", function()
    home()
    post("number.prove", { how = "ring" })
    w:_submit("inbound", { channel = "sms", items = { { id = "x", from = pt.phone, text = "打错了" } } })
    assert.is_nil(proof().at)
  end)

  it("stays proved when two numbers of one patient are merged", function()
    home()
    post("number.prove", { how = "ring" })
    local twin = w:patient { name = "王桂兰", phone = pt.phone }
    w:_post { kind = "merge", merge = { from_mrn = pt.mrn, into_mrn = twin.mrn } }
    assert.equal(1, H.count(w, "identity WHERE kind='phone' AND proved_at IS NOT NULL AND person=?1", twin.number))
  end)

  describe("at discharge", function()
    local function leave(o)
      home(o)
      w:discharge(pt, { department = "w" })
    end
    it("unproved is a task for the ward that asks for it, until one is proved", function()
      leave { department = [[prove_numbers = "nurse",]] }
      local task = w:task "prove-number"
      assert.equal("nurse", task.role)
      post("number.prove", { how = "ring" })
      assert.is_nil(w:task "prove-number")
    end)

    it("proved is none, nor in a ward that does not ask", function()
      home { department = [[prove_numbers = "nurse",]] }
      post("number.prove", { how = "ring" })
      w:discharge(pt, { department = "w" })
      assert.is_nil(w:task "prove-number")
      leave {}
      assert.is_nil(w:task "prove-number")
    end)
  end)
end)
