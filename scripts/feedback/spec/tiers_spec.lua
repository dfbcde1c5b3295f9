-- Every question has its tier, by whatever way it was asked: 30 s by machine, 5 min for danger, 10 min pharmacist or doctor, 30 min the rest.
local sim = require "afterward.sim"

for _, way in ipairs { "wechat", "sms", "web" } do
  describe("a question by " .. way, function()
    local w, pt
    before_each(function()
      w = sim.world { scripts = { "scripts/feedback" }, at = "2026-03-05 10:00" }
      pt = w:patient { age = 50, wechat = way == "wechat" }
    end)
    local function ask(text, o)
      o = o or {}
      o.channel, o.patient, o.text, o.nature = way, pt, text, "question"
      return w:feedback(o)
    end
    local function due(name) return w.core:query("SELECT due_at-opened_at AS i_span FROM task WHERE name=?1 AND status='open'", name)[1].span end
    local MINUTE = 60000

    it("that a machine can answer is answered within 30 seconds, and 30 seconds is its clock", function()
      local c = ask "请问门诊时间？"
      assert.equal("30s", w.core:query("SELECT span FROM clock WHERE enrollment=?1 AND name='first-response'", c.enrollment)[1].span)
      w:advance "30s"
      assert.truthy(w:sent("faq")[1].text:find "周一至周五")
      assert.truthy(c.clocks["first-response"].met and not c.clocks["first-response"].breached)
      assert.equal(0, w:open_tasks())
    end)

    it("about a medicine is the pharmacist's within ten minutes, about a symptom the doctor's, any other the service desk's within thirty", function()
      for text, of in pairs { ["这个药饭前吃还是饭后吃？"] = { "pharmacist", 10, "10m" }, ["伤口有点痒，正常吗？"] = { "doctor", 10, "10m" },
        ["轮椅在哪里借？"] = { "service-desk", 30, "30m" } } do
        local c = ask(text)
        local task = w:task "answer"
        assert.same({ of[1], of[2] * MINUTE }, { task.role, due "answer" }, text)
        w:advance(of[2] - 1 .. "m") assert.is_nil(c.clocks["first-response"].breached)
        w:advance "2m" assert.truthy(c.clocks["first-response"].breached)
        assert.equal(1, #w:sent "hold-unknown")
        task:done { answer = { reply = "您好" } }
        assert.equal("answered", c.closed)
        w = sim.world { scripts = { "scripts/feedback" }, at = "2026-03-05 10:00" }
        pt = w:patient { age = 50, wechat = way == "wechat" }
      end
    end)

    it("with danger words gets emergency advice at once, and a page; a doctor rings within five minutes", function()
      for _, text in ipairs { "胸痛得厉害怎么办", "突然喘不上气，怎么办" } do
        local before, pages = #w:sent "emergency", #w.pages
        local c = ask(text)
        assert.equal(before + 1, #w:sent "emergency", text)
        assert.truthy(w:sent("emergency")[1].text:find "120")
        assert.is_true(#w.pages > pages, text)
        assert.equal(5 * MINUTE, due "doctor-call")
        w:task("doctor-call"):done { answer = { reply = "已联系" } }
        assert.truthy(c.clocks["first-response"].met)
      end
    end)

    it("is told an honest time when the queue is longer than its tier", function()
      for _ = 1, 3 do ask("这个药怎么吃？", { topic = "medicine" }) end
      w:advance "20m"
      w:task("answer"):done { answer = { reply = "x" } }                    -- one in four hours
      ask("那个药怎么吃？", { topic = "medicine" })
      assert.truthy(w:sent("hold")[1].text:find "大约%d+小时后回复您", w:sent("hold")[1].text)
      w:advance "1d"
      for _, message in ipairs(w:sent "hold") do assert.falsy(message.text:find("大约0", 1, true)) end
    end)

    it("that a machine could not answer is handed on with all that was said", function()
      ask "请问门诊时间？"
      w:advance "1m"
      pt:answer("enough", { ok = "person" })
      local note = w:task("answer").note
      assert.truthy(note:find("请问门诊时间", 1, true) and note:find("周一至周五", 1, true), note)
      w:task("answer"):done { answer = { reply = "周六上午也有" } }
      assert.truthy(w:sent("reply")[1].text:find("周六上午也有", 1, true))
    end)
  end)
end
