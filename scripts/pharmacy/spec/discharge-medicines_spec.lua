local sim = require "afterward.sim"

describe("discharge medicines", function()
  local w, pt
  local WELL = { taken = "all", bleeding = false }
  local function home(drug)
    w = sim.world { scripts = { "scripts/pharmacy" }, at = "2026-03-06 11:00" }                  -- a Friday
    pt = w:patient { age = 70 }
    w:discharge(pt, { drugs = { drug } })
  end

  it("a pharmacist rings who goes home with a high-alert medicine, and nobody else", function()
    home "华法林钠片"
    w:advance "24h"
    assert.equal("pharmacist", w:task("pharmacist-call").role)
    home "维生素C片"
    assert.is_nil(w:enrollment "discharge-medicines")
  end)

  it("within two working days: a Friday's discharge by Wednesday morning", function()
    home "胰岛素注射液"
    w:advance_to "2026-03-10 07:59" assert.falsy(w:task("pharmacist-call").overdue)
    w:advance_to "2026-03-11 08:01" assert.truthy(w:task("pharmacist-call").overdue)
  end)

  it("bleeding heard on the phone is urgent", function()
    home "华法林钠片"
    w:advance "3d" w:task("pharmacist-call"):done { code = "reached", answer = { taken = "all", bleeding = true } }
    assert.equal("urgent", w:alert_named("medicine-flags").level)
  end)

  it("after a fortnight a question, or missed doses, bring a second call", function()
    home "华法林钠片"
    w:advance "3d" w:task("pharmacist-call"):done { code = "reached", answer = WELL }
    w:advance_to "2026-03-20 10:00" pt:answer("medicines", { taken = "all", bleeding = false, question = "可以喝酒吗？" })
    assert.equal("可以喝酒吗？", w:task("pharmacist-call").note)
  end)

  for text, level in pairs {
    ["吃了药有点胸痛，要紧吗？"] = "emergency", ["昨天吃錯藥了"] = "urgent", ["以前胸痛，现在不痛了，可以停药吗"] = "urgent",
  } do
    it(("a question that tells of danger is no mere question: %s"):format(text), function()
      home "华法林钠片"
      w:advance "3d" w:task("pharmacist-call"):done { code = "reached", answer = WELL }
      w:advance_to "2026-03-20 10:00" pt:answer("medicines", { taken = "all", bleeding = false, question = text })
      assert.equal(level, w:alert_named("medicine-flags").level)
    end)
  end

  it("a question that denies danger is for the pharmacist alone", function()
    home "华法林钠片"
    w:advance "3d" w:task("pharmacist-call"):done { code = "reached", answer = WELL }
    w:advance_to "2026-03-20 10:00"
    pt:answer("medicines", { taken = "all", bleeding = false, question = "没有胸痛、没有黑便，可以喝茶吗？" })
    assert.is_nil(w:alert_named "medicine-flags")
    assert.truthy(w:task "pharmacist-call")
  end)

  it("who takes all and asks nothing is left in peace", function()
    home "华法林钠片"
    w:advance "3d" w:task("pharmacist-call"):done { code = "reached", answer = WELL }
    w:advance_to "2026-03-20 10:00" pt:answer("medicines", WELL)
    w:advance "20d" assert.equal(0, w:open_tasks())
  end)
end)
