local sim = require "afterward.sim"

describe("胰路同行", function()
  local w, pt
  local function home(disclosure)
    w = sim.world { scripts = { "scripts/pancreas" }, at = "2026-03-02 15:00" }                  -- a Monday
    pt = w:patient { age = 61, family = true, disclosure = disclosure }
    w:discharge(pt, { procedures = { "52.7x00" } })
  end
  before_each(function() home() end)
  local function measures(list)                                       -- on mornings from the 4th on
    for i, value in ipairs(list) do
      w:advance_to(("2026-03-%02d 07:00"):format(3 + i))
      w:observe(pt, "glucose", value, { unit = "mmol/L" })
    end
  end

  it("asks for glucose on Monday, Wednesday and Friday, then monthly, for five years", function()
    assert.same({ "03-04 Wed 08:30", "03-06 Fri 08:30", "03-09 Mon 08:30" }, w:planned("five-years", "glucose", 3))
    local weekly, monthly = w:planned("five-years", "glucose"), w:planned("five-years", "glucose-monthly")
    assert.equal(38, #weekly)
    assert.equal(57, #monthly)
    assert.equal(8, #w:planned("five-years", "review"))
  end)

  it("does not ask who measured already this morning", function()
    w:advance_to "2026-03-04 07:30" w:observe(pt, "glucose", 6.1, { unit = "mmol/L" })
    w:advance_to "2026-03-04 12:00" assert.equal(0, #w:sent "glucose")
    w:advance_to "2026-03-06 09:00" assert.equal(1, #w:sent "glucose")
  end)

  it("three rising days are told the same day, once", function()
    measures { 6.8, 7.4 }
    assert.is_nil(w:alert_named "glucose-rising")
    measures { 6.8, 7.4, 8.2 }
    assert.equal("soon", w:alert_named("glucose-rising").level)
    assert.matches("8.2", w:alert_named("glucose-rising").reason, 1, true)
  end)

  it("rising within what is normal, or with a dip between, is nothing", function()
    measures { 5.1, 5.8, 6.5 }
    assert.is_nil(w:alert_named "glucose-rising")
    measures { 5.1, 5.8, 6.5, 6.2, 8.0 }
    assert.is_nil(w:alert_named "glucose-rising")
  end)

  it("a dangerous value is urgent, from a form or from a meter", function()
    w:advance_to "2026-03-04 09:00" pt:answer("glucose", { glucose = 2.9 })
    assert.equal("urgent", w:alert_named("glucose-flags").level)
    assert.is_nil(w:alert_named "glucose-odd")
    home()
    w:advance_to "2026-03-05 07:00" w:observe(pt, "glucose", 15.2, { unit = "mmol/L" })
    assert.equal("urgent", w:alert_named("glucose-odd").level)
  end)

  it("three times without a value: a nurse rings", function()
    w:advance_to "2026-03-09 08:00" assert.is_nil(w:task "glucose-call")
    w:advance_to "2026-03-10 08:00" assert.truthy(w:task "glucose-call")
  end)

  it("greasy stools are for the dietitian, black ones an emergency", function()
    w:advance_to "2026-03-05 10:00" pt:answer("belly", { temp = 36.5, pain = 2, wound = "dry", stool = "greasy", weight = 58 })
    assert.equal("dietitian", w:task("dietitian").role)
    w:advance_to "2026-03-16 10:00" pt:answer("belly", { temp = 36.5, pain = 2, wound = "dry", stool = "black", weight = 58 })
    assert.equal("emergency", w:alert_named("belly-flags").level)
  end)

  it("the organ stands on the phones of those alone who know", function()
    w:advance_to "2026-03-05 10:00"
    for _, message in ipairs(w.messages) do assert.is_nil(message.text:find("胰", 1, true), message.text) end
    home "self"
    w:advance_to "2026-03-05 10:00"
    assert.truthy(w:sent("belly")[1].text:find("胰路同行", 1, true))
  end)
end)
