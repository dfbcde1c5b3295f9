-- Messages that are due together: one text, in which each keeps what is its own.
local messages = require "unit.care.messages"

describe("a message with others that are due", function()
  local w, plan, ask, change, state, sent
  before_each(function()
    local scene = messages()
    w, plan, ask, change, state, sent = scene.w, scene.plan, scene.ask, scene.change, scene.state, scene.sent
  end)

  -- Each is planned in the quiet hours; in the morning so many texts leave, with these in the first of them.
  local function morning(...)
    local ids = {}
    w:set("merge_most", 500)
    w:at "2026-03-02 22:00"
    for i, spec in ipairs { ... } do ids[i] = spec.kind == "ask" and ask(spec) or plan(spec) end
    w:at "2026-03-03 08:00"
    return ids
  end
  local ASK, EDU, DOSE = { kind = "ask" }, { class = "education", name = "plain" }, { class = "medicine", fields = '{"what":"请服药"}' }

  it("goes under its own key, the others with it", function()
    local ids = morning(EDU, ASK, DOSE)
    assert.equal(1, sent())
    assert.equal(w:one("SELECT number FROM message WHERE id=" .. ids[1]) .. "-0", sent(1).key)
    assert.equal("【骨动新生】王先生您好，有3件事：1、请拨120 2、市一院请您填写“疼痛与活动”：https://f.example.org/f/ABCD23 "
      .. "3、请服药，0571-1 （非实时值守，紧急请拨120）", sent(1).text)
    w:result(sent(1).attempt, "accepted", "g1")
    for _, id in ipairs(ids) do assert.equal("accepted", state(id)) end
  end)
  for what, case in pairs {
    ["other programs"] = { ASK, { class = "education", name = "plain", program = "knee" }, texts = 2 },
    ["programs that name a disease"] = { ASK, { class = "education", name = "plain", program = "lung" }, texts = 2 },
    ["a safety text"] = { ASK, { class = "safety" }, texts = 2 },
    ["a text that lacks words"] = { ASK, { name = "wrong" }, EDU, texts = 1 },
    ["what its first lacks"] = { { name = "wrong" }, ASK, EDU, texts = 1 },
    ["six at most"] = { ASK, EDU, EDU, EDU, EDU, EDU, EDU, texts = 2 },
    ["another contact of the patient"] = { ASK, { class = "education", name = "plain", audience = "2" }, texts = 2 },
  } do
    it("leaves out " .. what, function()
      morning(table.unpack(case))
      assert.equal(case.texts, sent())
    end)
  end
  it("as far as the channel's longest text goes, the rest in the next", function()
    w:set("merge_most", 500)
    w:at "2026-03-02 22:00"
    for _, what in ipairs { "一", "二", "三" } do plan { fields = ('{"what":"%s"}'):format(what:rep(30)) } end
    w:set("merge_most", 120)
    w:at "2026-03-03 08:00"
    assert.equal(2, sent())
    assert.truthy(sent(1).text:find "有2件事：1、一.*2、二" and sent(2).text:find "您好，三")
  end)
  -- a day's budget; what leaves in one text; whether another one of a class may follow
  for what, case in pairs {
    ["once, whatever they are"] = { 2, ASK, EDU, DOSE, another = { class = "general" }, may = true },
    ["though medicine carries them"] = { 1, DOSE, ASK, EDU, another = { class = "general" }, may = false },
    ["not, where all are medicine"] = { 1, DOSE, DOSE, another = { class = "general" }, may = true },
    ["in each class"] = { 9, ASK, DOSE, another = { class = "medicine" }, may = false },
    ["in each class once"] = { 9, { class = "visit" }, { class = "visit" }, another = { class = "visit" }, may = true },
  } do
    it("counts for the contact budget " .. what, function()
      w:set("budget_day", case[1])
      morning(table.unpack(case, 2))
      assert.equal(1, sent())
      w:result(sent(1).attempt, "accepted", "g1")
      assert.equal(case.may and "in_flight" or "held budget", state(plan(case.another)))
    end)
  end
  it("counts towards the mass-send limit each by itself", function()
    w:set("mass_limit", 9)
    morning(ASK, EDU)
    assert.equal("plain 1,pain 1", (w:one "SELECT group_concat(name || ' ' || count) FROM (SELECT * FROM mass ORDER BY name DESC)"))
  end)
  it("fails with them, for the same reason, when it was tried often enough", function()
    local ids = morning(ASK, EDU)
    for i = 1, 8 do
      assert.equal(i, sent())
      w:result(sent(i).attempt, "retry", "HTTP 429", 1, "busy")
      w:at(("2026-03-03 %02d:00"):format(8 + i))
    end
    for _, id in ipairs(ids) do assert.equal("failed unreachable", state(id)) end
  end)
  it("is in doubt with them, expires with them", function()
    local ids = morning(ASK, EDU)
    w:recover()
    assert.same({ "in_doubt in-doubt", "in_doubt in-doubt" }, { state(ids[1]), state(ids[2]) })
    assert.equal("in_doubt,in_doubt", (w:one "SELECT group_concat(status) FROM attempt"))
    w:at "2026-04-10 08:00"
    assert.same({ "failed in-doubt", "failed in-doubt" }, { state(ids[1]), state(ids[2]) })
  end)
  it("is in doubt with them, and cancelled alone: a person decides about the rest", function()
    local ids = morning(ASK, EDU)
    w:recover()
    change "UPDATE question SET status='answered' WHERE id=6"
    w:batch(function() w:cancel("question", 6, "answered") end)
    assert.same({ "cancelled answered", "in_doubt in-doubt" }, { state(ids[1]), state(ids[2]) })
    w:inbox("message.resolve", "r1", ('{"message":%d,"decision":"resend","by":"li"}'):format(ids[2]))
    assert.equal("【骨动新生】请拨120（非实时值守，紧急请拨120）", sent(2).text)
  end)
  it("is taken as sent with them, by whom is kept for each", function()
    local ids = morning(ASK, EDU)
    w:recover()
    w:inbox("message.resolve", "r1", ('{"message":%d,"decision":"sent","by":"li"}'):format(ids[2]))
    assert.same({ "accepted", "accepted", 1 }, { state(ids[1]), state(ids[2]), sent() })
    assert.equal("sent li,sent li", (w:one "SELECT group_concat(deed||' '||staff) FROM message_deed"))
  end)
  it("of which a person says none arrived goes again, whichever of them was named", function()
    local ids = morning(ASK, EDU)
    w:recover()
    w:inbox("message.resolve", "r1", ('{"message":%d,"decision":"resend","by":"li"}'):format(ids[2]))
    assert.same({ 2, sent(1).text }, { sent(), sent(2).text })
    assert.truthy(w:inbox("message.resolve", "r2", ('{"message":%d,"decision":"sent","by":"li"}'):format(ids[1])):find "not in doubt")
  end)
end)
