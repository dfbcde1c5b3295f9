-- Messages: what leaves, to whom, when; and why not. 2026-03-02 is a Monday.
local messages = require "unit.care.messages"

describe("a message", function()
  local w, plan, ask, change, state, due, sent
  before_each(function()
    local scene = messages()
    w, plan, ask, change, state, due, sent = scene.w, scene.plan, scene.ask, scene.change, scene.state, scene.due, scene.sent
  end)

  describe("says", function()
    for what, case in pairs {
      ["a template with its words filled in"] = { {}, "【骨动新生】王先生您好，请按时服药，0571-1（非实时值守，紧急请拨120）" },
      ["the foot under a text that names 120 itself"] = { { name = "plain" }, "【骨动新生】请拨120（非实时值守，紧急请拨120）" },
      ["a pressure of 120"] = { { fields = '{"what":"120/80"}' }, "【骨动新生】王先生您好，120/80，0571-1（非实时值守，紧急请拨120）" },
      ["a number from the script"] = { { fields = '{"what":7.5}' }, "【骨动新生】王先生您好，7.5，0571-1（非实时值守，紧急请拨120）" },
      ["a placeholder's words as they are, not looked through again"] =
        { { fields = '{"what":"{patient.name}"}' }, "【骨动新生】王先生您好，{patient.name}，0571-1（非实时值守，紧急请拨120）" },
      ["a form's question with its link"] = { { kind = "ask", class = "questionnaire", name = "pain", question = 6 },
        "【骨动新生】王先生您好，市一院请您填写“疼痛与活动”：https://f.example.org/f/ABCD23 （非实时值守，紧急请拨120）" },
      ["no form's id, which may tell a diagnosis"] = { { kind = "ask", class = "questionnaire", name = "chemo-day-3", question = 6 },
        "【骨动新生】王先生您好，市一院请您填写“随访问卷”：https://f.example.org/f/ABCD23 （非实时值守，紧急请拨120）" },
    } do
      it(what, function()
        plan(case[1])
        assert.equal(case[2], sent(1).text)
      end)
    end
    it("it in the patient's language", function()
      change "UPDATE patient SET language='en' WHERE id=1"
      ask()
      assert.equal('【Moving again】Dear Mr 王建国, 市一院 asks you to fill in "Pain and movement": https://f.example.org/f/ABCD23 '
        .. " (Not attended round the clock. In an emergency call 120.)", sent(1).text)
    end)
    it("with its program's name and colour beside it", function()
      plan {}
      plan { program = "knee" }
      assert.same({ "骨动新生", "#ffd54a", "膝下生风", "" }, { sent(1).program, sent(1).color, sent(2).program, sent(2).color })
    end)
    it("family names of two characters whole, and names whose sex is not known whole", function()
      for name, title in pairs { ["欧阳修文"] = "欧阳先生", ["王"] = "王先生", ["Li Wei"] = "Li Wei先生" } do
        change(("UPDATE identity SET value='%s' WHERE id=11"):format(name))
        plan {}
        assert.truthy(sent(sent()).text:find("】" .. title .. "您好", 1, true), sent(sent()).text)
      end
      change "UPDATE patient SET sex=NULL WHERE id=1"
      change "UPDATE identity SET value='欧阳修文' WHERE id=11"
      plan {}
      assert.truthy(sent(sent()).text:find("】欧阳修文您好", 1, true))
    end)
    it("nothing when the template is wrong", function()
      assert.equal("suppressed template", state(plan { name = "wrong" }))
      assert.equal("suppressed template", state(plan { name = "gone" }))
      assert.equal("suppressed template", state(plan { fields = '{"what":[1]}' }))
      assert.equal(0, sent())
    end)
    it("no more than the patient may know", function()
      assert.equal("suppressed disclosure", state(plan { name = "tumour" }))
      plan { name = "chemo", program = "lung" }
      assert.equal("【安心随访】请来院复查（非实时值守，紧急请拨120）", sent(1).text)
      change "UPDATE patient SET disclosure='family' WHERE id=1"
      assert.equal("suppressed disclosure", state(plan { name = "tumour" }))
      plan { name = "tumour", audience = "family" }
      assert.equal("13822220001", sent(2).to)
      change "UPDATE patient SET disclosure='self' WHERE id=1"
      plan { name = "chemo", program = "lung" }
      assert.equal("【肺癌随访】化疗复查（非实时值守，紧急请拨120）", sent(3).text)
    end)
    it("the same words however often it is sent, whatever is edited meanwhile", function()
      plan {}
      change "UPDATE identity SET value='李四' WHERE id=11"
      w:result(sent(1).attempt, "retry")
      w:at "2026-03-02 10:02"
      assert.same({ 2, sent(1).text, sent(1).key }, { sent(), sent(2).text, sent(2).key })
    end)
  end)

  it("goes by WeChat to somebody whose numbers are all somebody else's, and rings no stranger", function()
    w:set("channels", "sms wechat")
    change "UPDATE contact SET wrong_number_at=1 WHERE person=1"
    change "INSERT INTO identity (person,kind,value) VALUES (1,'wechat','openid1')"
    assert.equal("in_flight", state(plan { via = "sms,wechat" }))
    assert.equal("openid1", sent(1).to)
  end)

  describe("is not sent", function()
    for what, case in pairs {
      ["to the dead"] = { "UPDATE patient SET died_at=1 WHERE id=1", {}, "suppressed dead" },
      ["in a dispute"] = { "UPDATE patient SET disputed_at=1 WHERE id=1", {}, "suppressed disputed" },
      ["when the pathway has ended"] = { "UPDATE enrollment SET status='ended'", { enrollment = 5 }, "cancelled ended" },
      ["when the pathway is paused"] = { "UPDATE enrollment SET status='paused'", { enrollment = 5 }, "held paused" },
      ["when the question is answered"] =
        { "UPDATE question SET status='answered'", { question = 6, kind = "ask", name = "pain" }, "cancelled answered" },
      ["when the question is closed"] =
        { "UPDATE question SET status='closed'", { question = 6, kind = "remind", name = "pain" }, "cancelled closed" },
      ["to somebody who opted out"] = { "UPDATE contact SET opted_out_at=1 WHERE person=1", {}, "suppressed opted-out" },
      ["past a proxy who opted out"] = { "UPDATE contact SET proxy=1, opted_out_at=1 WHERE person=2", {}, "suppressed opted-out" },
      ["to a wrong number"] = { "UPDATE contact SET wrong_number_at=1 WHERE person=1", {}, "suppressed unreachable" },
      ["to void numbers"] = { "UPDATE identity SET flag='void' WHERE person=1 AND kind='phone'", {}, "suppressed unreachable" },
      ["without any number"] = { "DELETE FROM identity WHERE kind='phone' AND person=1", {}, "suppressed no-contact" },
      ["without family"] = { "DELETE FROM contact WHERE person<>patient", { audience = "family" }, "suppressed no-contact" },
      ["to a stranger"] = { "DELETE FROM contact WHERE person=3", { audience = "3" }, "suppressed no-contact" },
      ["against a refusal of its class"] =
        { "INSERT INTO consent VALUES (1,1,'education','',0,0,'x','spoken'),(1,1,'','',1,0,'x','spoken')", { class = "education" },
          "suppressed no-consent" },
      ["against a refusal of all"] = { "INSERT INTO consent VALUES (1,1,'','',0,0,'x','spoken')", {}, "suppressed no-consent" },
      ["as marketing without consent to that"] =
        { "INSERT INTO consent VALUES (1,1,'','',1,0,'x','spoken')", { class = "marketing" }, "suppressed no-consent" },
      ["on a channel that isn't there"] = { "SELECT 1 WHERE 0", { via = "wechat" }, "held no-channel" },
    } do
      it(what, function()
        if not case[1]:find "^SELECT" then change(case[1]) end
        assert.equal(case[3], state(plan(case[2])))
        assert.equal(0, sent())
      end)
    end
    it("after it has expired", function()
      w:at "2026-03-02 22:00"
      local id = plan { valid_hours = 12 }
      assert.equal("held quiet-hours", state(id))
      change "UPDATE message SET valid_until=valid_until-7200000*2"
      w:at "2026-03-03 09:00"
      assert.equal("suppressed expired", state(id))
    end)
  end)

  describe("goes to", function()
    it("the proxy, where there is one", function()
      change "UPDATE contact SET proxy=1 WHERE person=3"
      plan {}
      assert.equal("13833330001", sent(1).to)
    end)
    it("the first of the family who is not silenced; silencing a son keeps his mother", function()
      plan { audience = "family" }
      change "UPDATE contact SET opted_out_at=1 WHERE person=2"
      plan { audience = "family" }
      change "UPDATE contact SET opted_out_at=1 WHERE person=3"
      assert.equal("suppressed opted-out", state(plan { audience = "family" }))
      plan {}
      assert.same({ "13822220001", "13833330001", "13811110001" }, { sent(1).to, sent(2).to, sent(3).to })
    end)
    it("the survivor of a merge", function()
      change "UPDATE patient SET merged_into=9 WHERE id=1" plan {}
      assert.equal("13899990001", sent(1).to)
    end)
    it("a patient in a bed when a visit is cancelled", function()
      change "UPDATE enrollment SET status='paused'" plan { enrollment = 5, class = "visit" }
      assert.equal(1, sent())
    end)
    it("a staff member's number, or the log when there is none, with no patient in it", function()
      w:set("channels", "sms log")
      change "INSERT INTO staff (login,phone) VALUES ('n1','13700000001')"
      change [[INSERT INTO alert (id,patient,department,name,level,escalation,status,opened_at)
        VALUES (8,1,'ortho','joint-red-flags','urgent','e','open',0)]]
      change "UPDATE patient SET died_at=1"
      w:at "2026-04-05 23:00"
      plan { kind = "page", class = "staff", name = "joint-red-flags", audience = "staff:n1", alert = 8, patient = 1 }
      plan { kind = "page", class = "staff", name = "joint-red-flags", audience = "staff:n2", alert = 8, via = "wecom" }
      assert.same({ "13700000001", "sms", "", "log" }, { sent(1).to, sent(1).channel, sent(2).to, sent(2).channel })
      assert.matches("^【预警】urgent 骨科 joint%-red%-flags a%w%w%w%w%w%w%w%w%w%w%w%w，请确认接收。$", sent(1).text)
      assert.equal(sent(1).text, sent(2).text)
      change "UPDATE alert SET status='closed'"
      assert.equal("cancelled closed", state(plan { kind = "page", name = "x", audience = "staff:n1", alert = 8 }))
    end)
  end)

  describe("pages by WeCom", function()
    before_each(function()
      w:set("channels", "sms wecom log")
      change "INSERT INTO staff (login,phone,wecom) VALUES ('n1','13700000001','ZhaoLi'), ('n2','13700000002',NULL)"
      change [[INSERT INTO alert (id,department,name,level,escalation,status,opened_at) VALUES (8,'ortho','x','urgent','e','open',0)]]
    end)
    local function page(who, via)
      plan { kind = "page", class = "staff", name = "x", audience = "staff:" .. who, alert = 8, via = via }
      return { sent(sent()).channel, sent(sent()).to }
    end
    it("go to the id on file, and to whoever has none by the next channel", function()
      assert.same({ "wecom", "ZhaoLi" }, page("n1", "wecom,sms"))
      assert.same({ "sms", "13700000002" }, page("n2", "wecom,sms"))
      assert.equal("log", page("n2", "wecom")[1])
    end)
    it("go on by the next channel when WeCom knows nobody of that id", function()
      page("n1", "wecom,sms")
      w:result(sent(1).attempt, "permanent", "invaliduser")
      assert.same({ 2, "sms", "13700000001" }, { sent(), sent(2).channel, sent(2).to })
    end)
  end)

  describe("by a channel that takes no links", function()
    local WITH, WITHOUT = "https://f.example.org/f/ABCD23", "https://f.example.org/f 短码ABCD23"
    before_each(function()
      w:set("linkless", "sms")
      w:set("channels", "sms wechat")
      change "INSERT INTO identity (id,person,kind,value) VALUES (15,1,'wechat','openid-1')"
    end)
    local function says(n, link)
      local text = sent(n).text
      assert.truthy(text:find(link, 1, true) and (link == WITH or not text:find(WITH, 1, true)), text)
    end
    it("names the page and the code to type there, in the patient's language", function()
      ask()
      assert.equal("【骨动新生】王先生您好，市一院请您填写“疼痛与活动”：" .. WITHOUT .. " （非实时值守，紧急请拨120）", sent(1).text)
      change "UPDATE patient SET language='en' WHERE id=1"
      ask()
      says(2, "https://f.example.org/f code ABCD23")
    end)
    it("leaves a text without a question as it is: its address is everybody's", function()
      plan { fields = '{"what":"{link}"}' }
      assert.falsy(sent(1).text:find "短码")
    end)
    it("has its words chosen anew when the first channel took links; by that one they stay", function()
      ask { via = "wechat,sms" }
      says(1, WITH)
      w:result(sent(1).attempt, "retry")
      w:at "2026-03-02 10:30"
      says(2, WITH)
      assert.equal("wechat", sent(2).channel)
      w:result(sent(2).attempt, "permanent", "not-following")
      assert.equal("sms", sent(3).channel)
      says(3, WITHOUT)
      w:result(sent(3).attempt, "permanent", "BAD")
    end)
    it("keeps its words when the next channel does take links", function()
      ask { via = "sms,wechat" }
      says(1, WITHOUT)
      for n = 1, 2 do w:result(sent(n).attempt, "permanent", "BAD") end -- both numbers
      assert.equal("wechat", sent(3).channel)
      says(3, WITHOUT)
    end)
    it("tells several things in one text, too, without a link", function()
      w:set("merge_most", 300)
      w:batch(function()
        w:plan { patient = 1, kind = "ask", class = "questionnaire", name = "pain", question = 6, enrollment = 5 }
        w:plan { patient = 1, kind = "send", class = "general", name = "hello", fields = '{"what":"请按时服药"}' }
      end)
      assert.equal(1, sent())
      says(1, WITHOUT)
      assert.truthy(sent(1).text:find("请按时服药", 1, true))
    end)
  end)

  describe("waits", function()
    it("for the end of a pause", function()
      change "UPDATE enrollment SET status='paused'"
      local id = plan { enrollment = 5 }
      change "UPDATE enrollment SET status='active'"
      w:batch(function() w:wake(1) end)
      assert.equal("in_flight", state(id))
    end)
    it("for tomorrow when the patient has had enough today, whatever the pathway; medicine and safety are apart", function()
      w:set("budget_day", 2) plan {} ask()
      local third = plan {}
      assert.same({ "held budget", "03-03 00:00" }, { state(third), due(third) })
      plan { class = "safety" }
      plan { class = "medicine" }
      assert.equal(4, sent())
      assert.equal("held budget", state(plan { class = "medicine" }))     -- the department allows one a day
      assert.equal("suppressed budget", state(plan { valid_hours = 5 }))
      plan { patient = 9 }
      assert.equal(5, sent())
      for i = 1, 5 do w:result(sent(i).attempt, "accepted", "g" .. i) end
      w:at "2026-03-03 08:00"
      assert.equal("in_flight", state(third))
    end)
    it("for next week when the week's budget is used up", function()
      w:set("budget_week", 2)
      plan {} w:result(1, "accepted", "g1")
      w:at "2026-03-03 10:00"
      plan {} w:result(2, "accepted", "g2")
      local third = plan { valid_hours = 24 * 10 }
      w:at "2026-03-08 20:00"
      assert.equal("held budget", state(third))
      w:at "2026-03-09 08:00"
      assert.equal("in_flight", state(third))
    end)
    it("for a second person when too many get the same text", function()
      w:set("mass_limit", 2)
      change [[INSERT INTO bundle (id,department,digest,definitions,active,activated_by) VALUES (1,'ortho','d',x'00',1,'li')]]
      plan {} plan { patient = 9 }
      local third = plan {}
      assert.equal("held mass-send", state(third))
      plan { name = "plain" } plan { class = "safety" }
      assert.equal(4, sent())
      assert.truthy(w:inbox("message.approve", "a1", '{"department":"ortho","name":"hello","by":"li"}'):find "second person")
      assert.equal("held mass-send", state(third))
      assert.equal('{"released":1,"status":200}', w:inbox("message.approve", "a2", '{"department":"ortho","name":"hello","by":"zhou"}'))
      assert.same({ "in_flight", 5 }, { state(third), sent() })
      plan {}
      assert.equal(6, sent())
      plan { name = "plain" }
      local never = plan { name = "plain", valid_hours = 48 }
      w:at "2026-03-04 10:00"
      assert.equal("suppressed expired", state(never))
      assert.equal("zhou message.approve", table.concat({ w:one "SELECT actor, action FROM audit" }, " "))
    end)
  end)

  describe("whose channel says", function()
    it("accepted is accepted, and delivered when the receipt comes, once or often", function()
      local id = plan {}
      w:result(1, "accepted", "g1")
      w:result(1, "permanent", "late and wrong")
      assert.equal("accepted", state(id))
      for _, receipt in ipairs { "delivered", "failed", "delivered" } do w:receipt("g1", receipt) end
      assert.equal("delivered", state(id))
      w:receipt("unknown", "failed")
      assert.equal("delivered", state(id))
    end)
    it("delivered before accepted: the receipt waits for it", function()
      local id = plan {}
      w:receipt("g1", "delivered") w:receipt("g1", "failed")
      assert.equal("in_flight", state(id))
      w:result(1, "accepted", "g1")
      assert.equal("delivered", state(id))
      assert.equal("0", (w:one "SELECT count(*) FROM receipt"))
    end)
    it("try again, waits longer each time, eight times", function()
      local id = plan {}
      local waits = {}
      for try = 1, 7 do
        local from = w:one "SELECT max(started_at) FROM attempt"
        w:result(try, "retry")
        waits[try] = (tonumber((w:one("SELECT due_at FROM message WHERE id=" .. id))) - tonumber(from)) / 1000
        w:at(w:one("SELECT strftime('%Y-%m-%dT%H:%M:%SZ', due_at/1000+1, 'unixepoch') FROM message WHERE id=" .. id))
      end
      for try, most in ipairs { 30, 60, 120, 240, 480, 960, 1920 } do
        assert.is_true(waits[try] <= most and waits[try] > most * 0.79, try .. ": " .. waits[try])
      end
      w:result(8, "retry")
      assert.equal("failed unreachable", state(id))
      assert.same({ 8, sent(1).key }, { sent(), sent(8).key })
    end)
    it("retry after, is not tried sooner, nor after its time", function()
      local id = plan {}
      w:result(1, "retry", "", 3600)
      assert.equal("03-02 11:00", due(id))
      local short = plan { valid_hours = 1, patient = 9 }
      w:result(2, "retry", "", 7200)
      assert.equal("failed unreachable", state(short))
    end)
    it("not today, is put off and never dropped while it is good", function()
      local id = plan {}
      w:result(1, "delayed", "DAY", 86400)
      assert.same({ "held delayed", "03-03 10:00" }, { state(id), due(id) })
      local short = plan { valid_hours = 3, patient = 9 }
      w:result(2, "delayed", "DAY", 86400)
      assert.equal("suppressed delayed", state(short))
    end)
    it("never, goes to the next number, then the next channel, each with a key of its own, then is unreachable", function()
      w:set("channels", "sms wechat")
      change "INSERT INTO identity (id,person,kind,value) VALUES (14,1,'wechat','openid1')"
      local id = plan { via = "sms,wechat" }
      for i = 1, 3 do w:result(i, "permanent", "BAD") end
      assert.equal("failed unreachable", state(id))
      assert.same({ "13811110001", "13811110002", "openid1" }, { sent(1).to, sent(2).to, sent(3).to })
      assert.truthy(sent(1).key ~= sent(2).key and sent(2).key ~= sent(3).key)
    end)
    it("accepted and then failed, goes to the next number", function()
      local id = plan {}
      w:result(1, "accepted", "g1") w:receipt("g1", "failed")
      assert.same({ "in_flight", "13811110002" }, { state(id), sent(2).to })
      w:receipt("g1", "delivered")                   -- it was there after all
      w:result(2, "permanent", "BAD")
      assert.same({ "delivered", 2 }, { state(id), sent() })
    end)
    it("accepted and then failed, with nothing left to try, is unreachable; a late receipt mends that", function()
      change "DELETE FROM identity WHERE id=13"
      local id = plan {}
      w:result(1, "accepted", "g1") w:receipt("g1", "failed")
      assert.same({ "failed unreachable", 1 }, { state(id), sent() })
      w:receipt("g1", "delivered")
      assert.equal("delivered", state(id))
    end)
    it("configuration is wrong, is looked at again every quarter of an hour", function()
      local id = plan {}
      w:result(1, "config", "401")
      assert.same({ "held channel-config", "03-02 10:15" }, { state(id), due(id) })
      w:at "2026-03-02 10:15"
      assert.equal(2, sent())
    end)
  end)

  describe("and its question:", function()
    it("one reminder after its span, also past the quiet hours", function()
      ask { remind = "8h" }
      w:at "2026-03-02 15:00"
      w:result(1, "accepted", "g1")                  -- counts from acceptance
      w:at "2026-03-02 23:30"
      assert.equal(1, sent())
      w:at "2026-03-03 08:00"
      assert.equal(2, sent())
      assert.truthy(sent(2).text:find("还没有收到", 1, true))
      w:result(2, "accepted", "g2")
      w:at "2026-03-06 08:00"
      assert.equal(2, sent())
    end)
    it("answered, no reminder", function()
      ask { remind = "2h" }
      w:result(1, "accepted", "g1")
      change "UPDATE question SET status='answered'"
      w:at "2026-03-02 20:00"
      assert.equal(1, sent())
    end)
    it("answered while a try is under way, the try is the last", function()
      local id = ask()
      w:batch(function() w:cancel("question", 6, "answered") end)
      w:result(1, "retry")
      assert.equal("cancelled answered", state(id))
      local other = ask()
      w:batch(function() w:cancel("question", 6, "answered") end)
      w:result(2, "accepted", "g2")
      assert.equal("accepted", state(other))
    end)
    it("withdrawn with the enrollment or the patient, pages stay", function()
      w:at "2026-03-02 22:00"
      local one, two = ask(), plan {}
      w:batch(function() w:cancel("enrollment", 5, "ended") end)
      assert.same({ "cancelled ended", "held quiet-hours" }, { state(one), state(two) })
      w:batch(function() w:cancel("patient", 1, "dead") end)
      assert.equal("cancelled dead", state(two))
      assert.equal("0", (w:one "SELECT count(*) FROM due"))
    end)
  end)
end)
