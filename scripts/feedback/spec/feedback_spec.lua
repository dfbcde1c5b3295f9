-- The patient-relations office: listen → answer → mend → tell, against the clock.
local sim = require "afterward.sim"

local HOUR = 3600000

describe("feedback", function()
  local w
  before_each(function() w = sim.world { scripts = { "scripts/feedback" }, at = "2026-03-05 16:00" } end)      -- a Thursday
  local function complaint(o)
    o = o or {}
    o.channel, o.nature, o.patient = o.channel or "web", o.nature or "complaint", w:patient { age = 50 }
    o.stage, o.type = o.stage or "examination", o.type or "process"
    if o.stay == nil then o.stay = true end
    return w:feedback(o)
  end
  local function work()                                                                     -- everybody does their part
    if w:task "part-nursing" then w:task("part-nursing"):done { answer = { part = "ours" } } end
    w:task("answer"):done { answer = { reply = "we mended the queue" } }
    w:task("approve"):done { answer = {} }
  end

  it("has a public number at once, and tells it", function()
    local c = complaint {}
    assert.truthy(c.number:find "^20260305%-%d%d%d%d%d$", c.number)
    assert.truthy(w:sent("received")[1].text:find(c.number, 1, true))
    assert.truthy(w:sent("received")[1].text:find("/case/" .. c.number, 1, true))
  end)

  it("is read: where, what, how and how urgent, and why", function()
    local c = w:feedback { channel = "wechat", text = "昨天在B超室排队排了两个多小时，没人管，我要投诉！", sender = { phone = "13912340001" } }
    assert.same({ "examination", "process", "complaint", "general" }, { c.stage, c.type, c.nature, c.tier })
    assert.truthy(c.because:find "投诉" and c.because:find "排队", c.because)
    assert.equal("laboratory", c.lead)
    assert.same({ "nursing" }, c.joint)
    c:correct { type = "attitude" }
    assert.equal("attitude", c.type)
    assert.truthy(table.concat(c.ledger, "\n"):find("corrected type=attitude", 1, true))
  end)

  it("runs the urgent clocks around the clock: 1 h for a person's call, 24 h for a plan; the solution has three working days", function()
    local c = complaint { urgency = "danger" }
    assert.equal("urgent", c.tier)
    w:advance "61m"
    assert.truthy(c.clocks["first-response"].breached)
    assert.equal("breach", w:alert_named("breach-first-response").level)
    w:advance "23h"
    assert.truthy(c.clocks.plan.breached)
    assert.equal("3bd", c.clocks.resolution.span)
    w:task("first-call"):done {}
    w:task("plan"):done { answer = { plan = "周五前答复" } }
    assert.truthy(w:sent("plan")[1].text:find("周五前答复", 1, true))
    assert.truthy(c.clocks.plan.met)
    assert.is_nil(c.clocks.resolution.met)
    assert.equal("laboratory", w:task("answer").role)
  end)

  it("runs the general clocks: dispatch 48 h, result three working days, warned before", function()
    local c = complaint {}
    assert.truthy(c.clocks.dispatch.met)
    assert.equal(c.at + 48 * HOUR, c.clocks.dispatch.due)
    w:advance_to "2026-03-09 16:30"                                  -- Monday: 75 % of the span
    assert.truthy(w:alert_named "at-risk-resolution")
    w:advance_to "2026-03-10 15:59" assert.is_nil(c.clocks.resolution.breached)
    w:advance_to "2026-03-10 16:01" assert.truthy(c.clocks.resolution.breached)
    assert.is_false(w:alert_named("at-risk-resolution").open)
    assert.is_true(w:alert_named("breach-resolution").open)
  end)

  it("pages the receiver and who has the work before the time is over, at its end the office head, then the committee", function()
    complaint { receiver = "staff:wang", urgency = "danger" }
    local function roles(name)
      local out = {}
      for _, page in ipairs(w.pages) do if page.name:find(name, 1, true) then out[#out + 1] = page.role end end
      return table.concat(out, " ")
    end
    w:advance "46m"
    assert.equal("staff:wang", roles "at-risk-first-response")
    w:advance "15m"
    assert.equal("patient-relations-head", roles "breach-first-response")
    w:advance_to "2026-03-06 12:00"
    assert.matches("^patient%-relations%-head quality%-committee", roles "breach-first-response")
  end)

  it("a hospital's own deadline for external complaints is a setting", function()
    local c = complaint { channel = "external" }
    w:advance_to "2026-03-12 15:59" assert.is_nil(c.clocks.resolution.breached)      -- five working days
    w:advance_to "2026-03-12 16:01" assert.truthy(c.clocks.resolution.breached)
  end)

  it("a complaint has the law's clock beside the hospital's own: five working days, ten when several departments handle it", function()
    local alone = complaint { stage = "pharmacy" }
    assert.same({ "3bd", "5bd" }, { alone.clocks.resolution.span, alone.clocks.statutory.span })
    local several = complaint {}
    assert.same({ "nursing" }, several.joint)
    assert.equal("10bd", several.clocks.statutory.span)
    assert.is_nil(complaint { nature = "suggestion" }.clocks.statutory)
    w:advance_to "2026-03-12 15:59" assert.is_nil(alone.clocks.statutory.breached)
    w:advance_to "2026-03-12 16:01"
    assert.truthy(alone.clocks.statutory.breached)
    assert.is_nil(several.clocks.statutory.breached)
  end)

  local function order(o)
    o = o or {}
    o.channel, o.order, o.stay = "external", "12345-77", false
    return complaint(o)
  end
  local function extend(c, clock, reason)
    return w:_submit("case.extend", { case = c.enrollment, clock = clock, reason = reason or "需外院会诊", staff = "office-ma" })
  end

  it("an order of 12345 is taken by a person, its sender rung, answered, and what was done uploaded, each against its clock", function()
    local c = order {}
    assert.equal("12345-77", c.order)
    assert.same({ "1bd", "1bd", "5bd" }, { c.clocks["reject-by"].span, c.clocks["first-response"].span, c.clocks.resolution.span })
    w:task("accept"):done { answer = { ours = true } }
    assert.truthy(c.clocks["reject-by"].met)
    w:task("first-call"):done {}
    assert.truthy(c.clocks["first-response"].met)
    c.patient:answer("which-stay", { ward = "3 East", when = "2026-03-01" })
    work()
    assert.is_nil(c.clocks.upload.met)
    assert.equal("we mended the queue", w:task("upload").note)
    w:task("upload"):done {}
    assert.truthy(c.clocks.upload.met)
    assert.equal(200, w:_submit("case.told", { case = c.enrollment, solved = "yes", satisfied = "partly", staff = "office-ma" }).status)
    assert.equal("told solved=yes satisfied=partly", c.ledger[#c.ledger])
    assert.equal(422, w:_submit("case.told", { case = c.enrollment, solved = "yes", satisfied = "very", staff = "office-ma" }).status)
  end)

  it("an order that is not the hospital's is sent back by a person, or the time for that is breached", function()
    local c = order {}
    w:task("accept"):done { answer = { ours = false, why = "属医保局" } }
    assert.equal("sent back", c.closed)
    local late = order {}
    w:advance "25h"
    assert.truthy(late.clocks["reject-by"].breached)
  end)

  it("an order never waits for its sender: no clock of it stands still", function()
    local c = order {}
    local due = c.clocks.resolution.due
    w:task("accept"):done { answer = { ours = true } }
    w:task("first-call"):done {}
    assert.equal("which stay?", c.paused)
    w:advance "20h"
    c.patient:answer("which-stay", { ward = "3 East", when = "2026-03-01" })
    assert.equal(due, c.clocks.resolution.due)
  end)

  it("an order is extended once, before it is due, with a reason; nothing else is", function()
    local c = order {}
    assert.equal(422, w:_submit("case.extend", { case = c.enrollment, clock = "resolution", staff = "office-ma" }).status)
    assert.equal(409, extend(c, "statutory").status)
    assert.equal(422, extend(c, "nothing").status)
    w:advance_to "2026-03-11 20:00"
    assert.truthy(w:alert_named("at-risk-resolution").open)
    assert.equal(200, extend(c, "resolution").status)
    assert.is_false(w:alert_named("at-risk-resolution").open)
    assert.equal("extended resolution by 5bd: 需外院会诊", c.ledger[#c.ledger])
    assert.equal(c.at + 14 * 24 * HOUR, c.clocks.resolution.due)                  -- ten working days in all
    assert.equal(409, extend(c, "resolution").status)
    w:advance_to "2026-03-19 15:59"
    assert.truthy(w:alert_named("at-risk-resolution").open)                       -- the new time is warned of, too
    assert.is_nil(c.clocks.resolution.breached)
    w:advance_to "2026-03-19 16:01" assert.truthy(c.clocks.resolution.breached)
    local late = order {}
    w:advance "30d"
    assert.equal(409, extend(late, "resolution").status)
  end)

  it("waits for joint departments and the lead, has the first receiver approve, then answers as it came", function()
    local c = complaint { receiver = "staff:wang" }
    w:task("answer"):done { answer = { reply = "r" } }
    assert.is_nil(w:task "approve")
    w:task("part-nursing"):done { answer = { part = "p" } }
    assert.equal("staff:wang", w:task("approve").role)
    w:task("approve"):done { answer = {} }
    assert.equal("r", w:sent("reply")[1].fields.reply)
    assert.truthy(c.clocks.resolution.met)
    assert.truthy(c.clocks["call-back"].due)
  end)

  it("a third transfer goes to the office head, on the same clock", function()
    local c = complaint {}
    local due = c.clocks.resolution.due
    for _, to in ipairs { "pharmacy", "billing", "laboratory" } do w:task("answer"):done { code = "transfer", to = to, note = "not ours" } end
    assert.equal("patient-relations-head", w:task("answer").role)
    assert.equal(due, c.clocks.resolution.due)
  end)

  it("asks for satisfaction, calls the silent, closes", function()
    local c = complaint {} work()
    w:advance "23h" assert.equal(0, #w:sent "satisfied")
    w:advance "2h" assert.truthy(w:sent("satisfied")[1])
    assert.is_nil(w:task "call-back")
    w:advance "24h"
    w:task("call-back"):done { answer = { satisfied = "partly" } }
    assert.equal("partly", c.closed)
    assert.truthy(c.clocks["call-back"].met)
  end)

  it("calls back within 72 hours of the answer, or the clock says so", function()
    local c = complaint {} work()
    w:advance "71h" assert.is_nil(c.clocks["call-back"].breached)
    w:advance "2h" assert.truthy(c.clocks["call-back"].breached)
  end)

  it("reopens one level up, with a clock of its own, until nobody is left", function()
    local c = complaint {} work()
    for level = 2, 4 do
      w:advance "25h" c.patient:answer("satisfied", { satisfied = "no" })
      assert.equal(level, c.level)
      assert.is_nil(c.clocks.resolution.breached)
      assert.equal(({ [2] = "department-head", [3] = "patient-relations-head", [4] = "quality-committee" })[level], w:task("answer").role)
      work()
    end
    w:advance "25h" c.patient:answer("satisfied", { satisfied = "no" })
    assert.equal("unresolved", c.closed)
    assert.truthy(w:alert_named "unresolved".open)
  end)

  it("pauses only while waiting for the patient", function()
    local c = complaint { stay = false, channel = "sms" }
    local due = c.clocks.resolution.due
    assert.equal("which stay?", c.paused)
    w:advance "20h"
    assert.is_nil(w:task "answer")
    c.patient:answer("which-stay", { ward = "3 East", when = "2026-03-01" })
    assert.equal(due + 20 * HOUR, c.clocks.resolution.due)
    assert.is_nil(c.paused)
    assert.truthy(w:task "answer")
  end)

  it("goes on without the stay when nobody says it, and the pause ends", function()
    local c = complaint { stay = false, channel = "sms" }
    w:advance "49h" assert.truthy(w:task "answer")
    w:advance "10d" assert.truthy(c.clocks.resolution.breached)
  end)

  it("an anonymous item is answered on its page and not called about", function()
    local c = w:feedback { channel = "qr", nature = "complaint", stage = "examination", type = "process", anonymous = true }
    assert.is_nil(w:task "answer")                                   -- given out in the morning: its hour says nothing of when it was written
    w:advance_to "2026-03-06 09:01" work()
    assert.equal("anonymous", c.closed)
    assert.equal(0, #w:sent "satisfied")
    assert.is_nil(c.about)
  end)

  it("a dispute is told nothing by machine: medical affairs answers, two approve, a person tells", function()
    local c = complaint { text = "不给说法就封存病历，找律师", nature = "complaint", urgency = "dispute" }
    assert.equal("urgent", c.tier)
    assert.truthy(w:alert_named "dispute".open)
    assert.same({}, w:sent "received")
    w:task("first-call"):done {}
    assert.equal("medical-affairs", w:task("answer").role)
    w:task("answer"):done { answer = { reply = "we meet on Monday" } }
    w:task("approve-patient-relations-head"):done { answer = {}, staff = "office-ma" }
    assert.is_nil(w:task "tell")
    w:task("approve-hospital-office"):done { answer = {}, staff = "office-ma" }       -- one person twice is not two
    assert.is_nil(w:task "tell")
    w:task("approve-another"):done { answer = { reply = "we meet on Monday at nine" }, staff = "dr-xu" }
    assert.equal("we meet on Monday at nine", w:task("tell").note)
    w:task("tell"):done {}
    assert.equal("told by a person", c.closed)
    assert.same({}, w.messages)
  end)

  it("a dispute that is told in passing stops what goes by itself; what else is said so is no case", function()
    local pt = complaint {}.patient
    local function cases() return #w.core:query "SELECT enrollment AS i_e FROM case_file" end
    local function disputed() return w.core:query("SELECT disputed_at AS i_at FROM patient WHERE id=?1", pt.number)[1].at end
    assert.equal("given", pt:reply "护士态度真差，药也贵")
    w:event(pt, "feedback", { item = { channel = "robot", text = "药太贵了，我要投诉" } })   -- an outside robot's transcript
    assert.same({ 1 }, { cases(), disputed() })
    assert.is_nil(w:task "unrouted-feedback")
    assert.equal("given", pt:reply "再不给说法我就去法院起诉")
    assert.equal(2, cases())
    assert.truthy(disputed())
    assert.equal("medical-affairs", w:task("first-call").role)
  end)

  it("what a person finds to be a dispute, or to be none, stops what goes by itself, or lets it go on", function()
    local c = complaint {}
    local function disputed() return w.core:query("SELECT disputed_at AS i_at FROM patient WHERE id=?1", c.patient.number)[1].at end
    c:correct { urgency = "dispute" }
    assert.is_nil(w:task "part-nursing")                                 -- the departments have no more to do with it
    assert.equal("medical-affairs", w:task("first-call").role)
    assert.same({ "1h", "24h" }, { c.clocks["first-response"].span, c.clocks.plan.span })
    w:feedback { patient = c.patient, channel = "web", text = "食堂太咸", nature = "suggestion" }
    assert.same({ "received", "disputed" }, { w:skipped()[1].what, w:skipped()[1].reason })
    local other = w:feedback { patient = c.patient, channel = "sms", text = "y", nature = "complaint", urgency = "dispute" }
    for _, staff in ipairs { "office-ma", "dr-xu" } do c:correct({ urgency = "general" }, staff) end
    assert.truthy(disputed())
    for _, staff in ipairs { "office-ma", "dr-xu" } do other:correct({ urgency = "general" }, staff) end
    assert.is_nil(disputed())
  end)

  it("is approved only where its department asks for it: column 审批 of duty.csv", function()
    local c = complaint { type = "environment", stage = "inpatient" }
    assert.equal("logistics", c.lead)
    w:task("answer"):done { answer = { reply = "已修好" } }
    assert.is_nil(w:task "approve")
    assert.equal("已修好", w:sent("reply")[1].fields.reply)
  end)

  it("is answered by the channel it came by, whatever the department's first one is", function()
    for i, way in ipairs { "sms", "wechat" } do
      local c = w:feedback { channel = way, nature = "complaint", type = "environment", stage = "inpatient", anonymous = false, text = "灯坏了",
        sender = { phone = "1391234000" .. i, wechat = "openid-" .. i } }
      w:advance "49h"                                                     -- nobody says which stay it was
      w:task("answer"):done { answer = { reply = way } }
      assert.equal(way, w.core:query("SELECT channel FROM message WHERE enrollment=?1 AND name='reply'", c.enrollment)[1].channel)
    end
  end)

  it("praise is passed on to the person praised, in the patient's words", function()
    complaint { nature = "praise", concerns = "wang", text = "王护士夜里守了一宿，非常感谢" }
    assert.same({ "wang", "表扬：王护士夜里守了一宿，非常感谢" }, { w:task("pass-on").role, w:task("pass-on").note })
  end)

  it("praise is thanked and passed on", function()
    local c = complaint { nature = "praise" }
    assert.equal(1, #w:sent "thanks")
    w:task("pass-on"):done {}
    assert.equal("praised", c.closed)
  end)

  it("fewer than three stars: a person calls within 24 hours", function()
    complaint { stars = 2, channel = "survey" }
    w:advance "24h" assert.truthy(w:task("first-call").overdue)
  end)

  it("a bad review is answered in public within the hour, with the solution in a day; nothing says who was a patient", function()
    local c = w:feedback { channel = "review", text = "这家医院挂号排队三小时，太差了", stars = 1, sender = { name = "匿名网友" } }
    assert.equal("review", c.tier)
    assert.equal(c.at + HOUR, c.clocks["first-response"].due)
    assert.equal(c.at + 24 * HOUR, c.clocks.resolution.due)
    w:task("first-answer"):done { answer = { reply = "经查您住院期间等待较久，十分抱歉" } }
    assert.is_nil(c.clocks["first-response"].met)
    assert.truthy(w:task("first-answer").note:find("您住院", 1, true))
    w:task("first-answer"):done { answer = {} }                                             -- as drafted
    assert.truthy(c.clocks["first-response"].met)
    w:task("answer"):done { answer = { reply = "增开了窗口" } }
    w:task("approve"):done { answer = {} }
    w:task("answer-in-public"):done { answer = { reply = "王先生，3月2日您的检查已安排" } }
    w:task("answer-in-public"):done { answer = { reply = "已增开挂号窗口，谢谢您的意见" } }
    assert.truthy(c.clocks.resolution.met)
    assert.equal("answered in public", c.closed)
    assert.same({}, w:sent "reply")
  end)

  it("a text that begins with 投诉 or 表扬 opens a case, which tells its number; from whoever it comes", function()
    local pt = w:patient { age = 70, family = true }
    local function newest() return w.core:query [[SELECT channel, sure, patient AS i_about, facts AS b_facts, number FROM case_file
      ORDER BY enrollment DESC LIMIT 1]][1] end
    assert.equal("feedback", pt:reply "投诉：护士态度很差，叫了半天没人来")
    local c = newest()
    assert.same({ "sms", "phone", pt.number, "complaint" }, { c.channel, c.sure, c.about, c.facts.nature })
    assert.truthy(w:sent("received")[1].text:find(c.number, 1, true))
    assert.equal("feedback", pt:reply("表扬三楼的护士", { from = "13700009999" }))           -- a number that nobody knows
    c = newest()
    assert.same({ nil, "praise" }, { c.about, c.facts.nature })
    w:_submit("inbound", { channel = "wechat", items = { { id = "wx-1", from = "openid-of-nobody", text = "投诉 挂号排队太久" } } })
    c = newest()
    assert.same({ "wechat", nil }, { c.channel, c.about })
    assert.equal("given", pt:reply "没什么意见，谢谢")
    assert.equal("given", pt:reply "建议您再看看")
    assert.equal("feedback", pt:reply "意见")
    assert.equal(4, #w.core:query "SELECT 1 FROM case_file")
  end)

  it("is about nobody when a number serves two patients: who it is is not guessed", function()
    local one = w:patient { age = 70 }
    w:patient { age = 72, phone = one.phone }
    local c = w:feedback { channel = "hotline", text = "投诉", sender = { phone = one.phone } }
    assert.same({}, { c.about, c.sure })
  end)

  it("says how sure it is of the stay: said, the only one lately, or told by the sender", function()
    local function how(c) return w.core:query("SELECT stay_sure FROM case_file WHERE enrollment=?1", c.enrollment)[1].stay_sure end
    assert.equal("said", how(complaint { stay = true }))
    local pt = w:patient {}
    w:event(pt, "admission", { department = "ortho", ward = "3 East" })
    assert.equal("only", how(w:feedback { patient = pt, channel = "web", text = "投诉护士态度差" }))
    local asked = complaint { stay = false, channel = "sms" }
    w:event(asked.patient, "admission", { department = "ortho", ward = "3 East" })
    asked.patient:answer("which-stay", { ward = "3 East", when = "2026-03-05" })
    assert.equal("sender", how(asked))
  end)

  it("is linked to the patient by the sender's number: the patient, or the one whose family rings", function()
    local pt = w:patient { family = true }
    local own = w:feedback { channel = "hotline", text = "投诉", sender = { phone = pt.phone } }
    assert.same({ pt.number, "phone" }, { own.about, own.sure })
    local son = w.core:query("SELECT value FROM identity WHERE kind='phone' AND value LIKE '138%' LIMIT 1")[1].value
    local his = w:feedback { channel = "hotline", text = "投诉", sender = { phone = son, name = "家属" } }
    assert.equal(pt.number, his.about)
    assert.is_nil(w:feedback { channel = "web", text = "投诉", sender = { phone = "13700001111" } }.about)
  end)

  it("a patient in a bed has her case go on; a complaint of the bereaved is no patient's", function()
    local c = complaint { stay = false }
    w:event(c.patient, "admission", { department = "ortho" })
    w:advance "49h" assert.truthy(w:task "answer")
  end)
end)
