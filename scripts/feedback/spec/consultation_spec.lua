-- Questions, answered by machine or by a person within their tier; the queue is honest.
local sim = require "afterward.sim"

describe("a consultation", function()
  local w, pt
  before_each(function()
    w = sim.world { scripts = { "scripts/feedback" }, at = "2026-03-05 10:00" }
    pt = w:patient {}
  end)
  local function ask(o) o.channel, o.patient = "wechat", pt o.nature = o.nature or "question" return w:feedback(o) end

  it("with danger words gets advice at once and a page, and a person in five minutes", function()
    local c = ask { text = "我现在胸痛得厉害，怎么办？" }
    assert.equal("danger", c.tier)
    assert.equal(1, #w:sent "emergency")
    assert.equal("ward-nurse", w.pages[1].role)
    w:advance "6m" assert.truthy(c.clocks["first-response"].breached)
  end)

  it("that a machine can answer is answered in the same second, and handed on when that does not help", function()
    local c = ask { text = "请问门诊时间？" }
    assert.truthy(w:sent("faq")[1].text:find "周一至周五")
    w:advance "2m" pt:answer("enough", { ok = "person" })
    assert.equal("service-desk", w:task("answer").role)
    assert.truthy(w:task("answer").note:find("请问门诊时间？（机器答：", 1, true))
    w:task("answer"):done { answer = { reply = "yes" } }
    assert.equal("answered", c.closed)
  end)

  it("says honestly at once when the queue is longer than the tier", function()
    for _ = 1, 3 do ask { topic = "medicine" } end
    w:task("answer"):done { answer = { reply = "x" } }            -- one in four hours, and two before
    ask { topic = "medicine" }
    assert.truthy(w:sent("hold")[1].text:find "大约12小时")
  end)

  it("says after ten minutes that it does not know, and goes on waiting for the same task", function()
    local c = ask { topic = "medicine" }
    w:advance "9m" assert.equal(0, #w:sent "hold-unknown")
    w:advance "2m" assert.equal(1, #w:sent "hold-unknown")
    assert.equal(1, w:open_tasks())
    w:task("answer"):done { answer = { reply = "take it with food" } }
    assert.equal("answered", c.closed)
    assert.truthy(c.clocks["first-response"].breached)
  end)

  it("at night says that nobody is there", function()
    w:advance_to "2026-03-05 22:00"
    ask { topic = "medicine" }
    assert.equal(1, #w:sent "closed-now")
  end)
end)
