-- Somebody sends one word, 投诉: what it is about comes later, and is the same matter.
local sim = require "afterward.sim"

local HOUR = 3600000

describe("feedback that begins as a keyword alone", function()
  local w, pt
  before_each(function()
    w = sim.world { scripts = { "scripts/feedback" }, at = "2026-03-05 16:00" }      -- a Thursday
    pt = w:patient { age = 70, wechat = true }
    w:event(pt, "admission", { department = "ortho", ward = "3 East" })
  end)
  local function case()
    return w.core:query([[SELECT enrollment AS i_id, number, facts AS b_facts, closed, (SELECT count(*) FROM case_file) AS i_count,
      (SELECT min(due_at)-received_at FROM clock WHERE name='dispatch' AND enrollment=case_file.enrollment) AS i_dispatch,
      (SELECT group_concat(what, ' ') FROM case_step s WHERE s.enrollment=case_file.enrollment) AS ledger
      FROM case_file ORDER BY enrollment DESC LIMIT 1]])[1]
  end
  local function add(text, more)
    local body = more or {}
    body.case, body.text = case().id, text
    return w:_submit("case.add", body)
  end

  it("is answered with its number and the page to write on, where the ward stands already", function()
    for _, word in ipairs { "投诉", "我要投诉！", "complaint" } do
      assert.equal("feedback", pt:reply(word))
      local c, told = case(), w:sent "tell-us"
      local text = told[#told].text
      assert.truthy(text:find(c.number, 1, true), text)
      assert.truthy(text:find("/feedback?case=" .. c.number .. "&code=", 1, true) and text:find "code=%d%d%d%d%d%d%d%d", text)
      assert.equal("3 East", c.facts.ward)
    end
    assert.same({}, w:sent "received")
    assert.is_nil(w:task "answer")                                              -- nobody is given a case of one word
    w:_submit("inbound", { channel = "wechat", items = { { id = "wx-1", from = "openid-of-nobody", text = "投诉" } } })
    assert.equal("wechat", w.core:query("SELECT channel FROM message WHERE name='tell-us' ORDER BY id DESC LIMIT 1")[1].channel)
  end)

  it("is one with what is written on that page, and its work begins with those words, on the clocks of the keyword", function()
    pt:reply "投诉"
    w:advance "2h"
    assert.equal(200, add("护士态度很差，叫了半天没人来", { stars = 1 }).status)
    local c = case()
    assert.same({ 1, "attitude", "complaint", 1 }, { c.count, c.facts.type, c.facts.nature, c.facts.stars })
    assert.truthy(c.facts.text:find("叫了半天没人来", 1, true))
    assert.equal(48 * HOUR, c.dispatch)
    assert.truthy(w:task "first-call")                                          -- one star
    assert.equal(1, #w:sent "tell-us")
    w:advance "5h"
    assert.is_nil(w:task "ask-what")
  end)

  it("is one with what its sender replies instead, of the same number or account", function()
    pt:reply "投诉"
    assert.equal("feedback", pt:reply "住院收费不清楚，重复收费")
    assert.same({ 1, "cost" }, { case().count, case().facts.type })
    assert.truthy(w:task "answer")
    assert.equal("given", pt:reply "谢谢")                                       -- it has its words: what comes now is read by a person
    for i, text in ipairs { "表扬", "表扬三楼王护士，特别有耐心" } do
      w:_submit("inbound", { channel = "wechat", items = { { id = "wx-" .. i, from = "openid-of-nobody", text = text } } })
    end
    assert.same({ 2, "praise" }, { case().count, case().facts.nature })
  end)

  it("is asked about by a person when nothing comes in four hours", function()
    pt:reply "投诉"
    w:advance "239m" assert.is_nil(w:task "ask-what")
    w:advance "2m"
    assert.truthy(w:task("ask-what").note:find("投诉", 1, true))
    assert.equal(200, add("药房发错药了，我要投诉", { staff = "office-ma" }).status)  -- as he was told
    assert.equal("pharmacy", case().facts.stage)
    assert.is_nil(w:task "ask-what")
  end)

  it("becomes what its words say: danger is rung within the hour, a dispute stops what goes by itself", function()
    pt:reply "投诉"
    add "手术后胸痛喘不上气，没人管"
    assert.truthy(w:alert_named("danger").open)
    local other = w:patient { age = 50 }
    other:reply "投诉"
    add "不给说法我就找律师，封存病历"
    assert.truthy(w.core:query("SELECT disputed_at AS i_at FROM patient WHERE id=?1", other.number)[1].at)
    assert.equal("medical-affairs", w:task("first-call").role)
  end)

  it("takes further words, too: they are read by its receiver, and what a person corrected stays", function()
    pt:reply "投诉"
    add "食堂的饭太咸"
    w:_submit("case.correct", { case = case().id, field = "type", value = "cost", staff = "office-ma" })
    assert.equal(200, add("昨天晚上也是这样").status)
    local c = case()
    assert.same({ 1, "cost" }, { c.count, c.facts.type })
    assert.truthy(w:task("read-added").note:find("昨天晚上", 1, true))
    assert.truthy(c.ledger:find "added.*added", c.ledger)
  end)

  it("closed, or without a word, is not added to", function()
    pt:reply "投诉"
    assert.equal(422, add("").status)
    assert.equal(404, w:_submit("case.add", { case = 999, text = "x" }).status)
    w.core:query("UPDATE case_file SET closed_at=1 WHERE enrollment=?1", case().id)
    local refused = add "又来了"
    assert.same({ 409, true }, { refused.status, refused.detail:find("closed", 1, true) ~= nil })
  end)
end)
