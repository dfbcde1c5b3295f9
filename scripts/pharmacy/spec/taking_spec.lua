local sim = require "afterward.sim"

describe("medicines by the patient's own plan", function()
  local w, pt
  local function plan(times, days) w:event(pt, "drug", { drugs = { "氨氯地平片" }, data = { times = times, days = days } }) end
  before_each(function()
    w = sim.world { scripts = { "scripts/pharmacy" }, at = "2026-03-02 15:00" }
    pt = w:patient { age = 70, family = true }
  end)

  it("are asked about at its hours, and confirmed by a reply", function()
    plan "8:00, 18:30"
    w:advance_to "2026-03-02 18:29" assert.equal(0, #w.messages)
    w:advance_to "2026-03-02 18:31" assert.equal(1, #w:sent "taken")
    assert.equal("answered", pt:reply "1")
    w:advance_to "2026-03-03 08:01" assert.equal(2, #w:sent "taken")
    pt:answer("taken", { taken = "yes" })
    w:advance_to "2026-03-03 12:00" assert.equal(0, #w:sent "not-confirmed")
  end)

  it("are told to the family after half an hour of silence, and a pharmacist rings after three", function()
    plan "09:00 12:00 18:00"
    w:advance_to "2026-03-02 18:29" assert.equal(0, #w:sent "not-confirmed")
    w:advance_to "2026-03-02 18:31" assert.equal(1, #w:sent("not-confirmed", "family"))
    w:advance_to "2026-03-03 11:00" assert.is_nil(w:task "pharmacist-call")
    w:advance_to "2026-03-03 12:31" assert.equal("pharmacist", w:task("pharmacist-call").role)
  end)

  it("that were not taken are a pharmacist's matter", function()
    plan "18:00" w:advance_to "2026-03-02 18:01" pt:reply "3"
    assert.matches("18:00", w:task("pharmacist-call").note)
  end)

  it("of the night are told in the evening, and not asked about", function()
    plan "06:30 22:00" w:advance_to "2026-03-02 20:31"
    assert.matches("06:30 22:00", w:sent "tonight"[1].text)
    w:advance_to "2026-03-03 12:00" assert.equal(1, #w.messages)
  end)

  it("end with the plan; a new plan takes the old one's place", function()
    plan("18:00", 2) w:advance "1h" plan("19:00", 2)
    w:advance "5d"
    local sent = 0
    for _, m in ipairs(w:sent "taken") do if m.kind == "ask" then sent = sent + 1 end end
    assert.equal(2, sent)
  end)

  it("that can't be read are asked after, not guessed", function()
    plan "一天三次"
    assert.matches("一天三次", w:task("pharmacist-call").note)
  end)

  it("are nothing to who lies in a bed or has died", function()
    plan "18:00" w:event(pt, "admission") w:advance "3d" assert.equal(0, #w.messages)
    w:discharge(pt) w:event(pt, "death") w:advance "3d" assert.equal(0, #w.messages)
  end)
end)

describe("medicines to collect", function()
  local w, pt
  local function told(id, status) w:event(pt, "delivery", { department = "pharmacy", delivery = { id = id, status = status, place = "门诊药房" } }) end
  before_each(function()
    w = sim.world { scripts = { "scripts/pharmacy" }, at = "2026-03-02 15:00" }
    pt = w:patient { age = 70 }
  end)

  it("are told, reminded of, rung about, and go back", function()
    told("D1", "ready")
    w:advance "5m" assert.matches("门诊药房", w:sent "delivery-ready"[1].text)
    w:advance_to "2026-03-05 10:05" assert.equal(1, #w:sent "delivery-waits")
    w:advance_to "2026-03-07 09:05" assert.equal("pharmacist", w:task("delivery-call").role)
    w:advance_to "2026-03-12 09:05" w:task "delivery-back":done { code = "done" }
    assert.matches("药已退库", w:timeline(pt))
  end)

  it("are left in peace once collected: that one, not the other", function()
    told("D1", "ready") told("D2", "ready") w:advance "1d" told("D1", "collected")
    w:advance_to "2026-03-05 12:00" assert.equal(1, #w:sent "delivery-waits")
  end)

  it("collected by the family while the patient was in a bed are not asked for afterwards", function()
    told("D1", "ready") w:advance "1d" w:event(pt, "admission") told("D1", "collected")
    w:advance "10h" w:discharge(pt) w:advance "12d"
    assert.equal(0, #w:sent "delivery-waits")
    assert.is_nil(w:task "delivery-call")
    assert.is_nil(w:task "delivery-back")
  end)

  it("that come late: somebody asks", function()
    told("D1", "late") w:advance "5m"
    assert.equal("pharmacist", w:task("delivery-late").role)
    assert.equal(1, #w:sent "delivery-late")
  end)
end)
