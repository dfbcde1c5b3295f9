-- What is due together for one person: an old man gets one text in the morning, not three within a minute.
local H = require "functional.sim.helper"

local MORE = [[
  aw.template { id = "walk", class = "education", zh = "{patient.title}您好，每天走路两次。", en = "{patient.title}, walk twice a day." },
  aw.template { id = "visit", class = "visit", zh = "{patient.title}您好，明天复诊请带出院小结：{link}", en = "Hello {patient.title}, bring your papers: {link}" },
  aw.template { id = "danger", class = "safety", zh = "请马上来院", en = "Come at once" },
  aw.template { id = "tumour", class = "education", discloses = true, zh = "化疗后吃清淡的。", en = "Eat lightly after chemotherapy." },
  aw.template { id = "long", class = "education", zh = "]] .. ("长" ):rep(420) .. [[", en = "long" },
]]
-- Steps that all begin at 22:00, in the quiet hours: what they tell is due at 08:00.
local function steps(list)
  local out = {}
  for i, body in ipairs(list) do
    out[i] = ('aw.step { id = "s%d", at = "12h", valid_for = "5d", run = function(p) %s end },'):format(i, body)
  end
  return table.concat(out)
end
local ASK = [[local a, why = p:ask("check", { within = "1d", remind = "6h" }) p:note("check " .. (a and a.temp or tostring(why)))]]
local function send(name, o) return ([[local at, why = p:send("%s", %s) p:note("%s " .. (at and "sent" or why))]]):format(name, o or "{}", name) end
local THREE = { ASK, send "visit", send "walk" }

local function evening(list, o)
  o = o or {}
  o.steps, o.more, o.at = steps(list), MORE, "2026-03-02 10:00"
  o.patient = o.patient or { age = 82, sex = "male", name = "王建国" }
  local site = { quiet_hours = "21:00-08:00" }
  for k, v in pairs(o.site or {}) do site[k] = v end
  o.site = site
  local w, pt = H.discharged(o)
  w:advance_to "2026-03-02 23:00"
  return w, pt
end
local function morning(...)
  local w, pt = evening(...)
  w:advance_to "2026-03-03 08:01"
  return w, pt
end
local function statuses(w)
  local out = {}
  for _, row in ipairs(w.core:query "SELECT name, status FROM message WHERE kind<>'page' AND kind<>'remind' ORDER BY id") do
    out[#out + 1] = row.name .. " " .. row.status
  end
  return table.concat(out, ", ")
end
local function count(text, what) return select(2, text:gsub(what, "")) end

describe("a question, a visit and advice held until morning", function()
  it("leave as one text with one greeting, one signature, one foot and both links", function()
    local w = morning(THREE)
    assert.equal(1, #w.texts)
    local text = w.texts[1].text
    assert.truthy(text:find("^【随访】王先生您好，有3件事：1、"), text)
    assert.equal(1, count(text, "您好"))
    assert.equal(1, count(text, "【"))
    assert.equal(1, count(text, "请拨120"))
    assert.equal(2, count(text, "/f"))
    assert.truthy(text:find("2、明天复诊请带出院小结：%S+ 3、每天走路两次。 （非"), text)
  end)
  it("in the patient's language", function()
    local w = morning(THREE, { patient = { age = 82, sex = "male", name = "John Smith", language = "en" } })
    assert.truthy(w.texts[1].text:find("^【Care】Dear Mr Smith, 3 things for you: 1%) .* 2%) bring your papers: %S+ 3%) walk twice a day%."),
      w.texts[1].text)
  end)
  it("are each accepted, for their own run, and delivered", function()
    local w = morning(THREE)
    assert.equal("check accepted, visit accepted, walk accepted", statuses(w))
    assert.same({ "visit sent", "walk sent" }, H.notes(w))
    w:receipt("check", "delivered") w:receipt("check", "delivered")
    assert.equal("check delivered, visit delivered, walk delivered", statuses(w))
  end)
  it("keep their question's reminder and deadline", function()
    local w, pt = morning(THREE)
    w:advance "7h"
    assert.equal(2, #w.texts)
    assert.truthy(w.texts[2].text:find "还没有收到")
    pt:answer("check", { temp = 37 })
    assert.equal("check 37", H.notes(w)[3])
  end)
  it("count once for the contact budget", function()
    local w = morning({ ASK, send "visit", send "walk", [[p:wait "14h" ]] .. send "hello" .. [[ p:wait "1h" ]] .. send "walk" },
      { site = { budget_day = 2 } })
    w:advance_to "2026-03-03 20:00"
    assert.equal("check accepted, visit accepted, walk accepted, hello accepted, walk held", statuses(w))
  end)
  it("are one text when two steps ask the same, in the words of one", function()
    local w = morning { ASK, ASK }
    assert.equal(1, #w.texts)
    assert.truthy(w.texts[1].text:find "^【随访】王先生您好，[^有]*请您填写")
    assert.equal(1, count(w.texts[1].text, "/f/"))
  end)
  it("go together too when they come from two pathways of one program", function()
    for _, program in ipairs { "brand", "other" } do
      local w = H.discharged { more = MORE .. [[aw.program { id = "other", name = { zh = "别的", en = "Other" } },
        aw.pathway { id = "second", program = "]] .. program .. [[", title = { zh = "二", en = "Second" }, enroll = { on = "discharge" },
          anchor = "discharge", steps = { aw.step { id = "t", at = "1d 09:00", run = function(p) ]] .. send "walk" .. [[ end } } },]],
        steps = [[aw.step { id = "s", at = "1d 09:00", run = function(p) ]] .. ASK .. [[ end }]] }
      w:advance_to "2026-03-03 09:01"
      assert.equal(program == "brand" and 1 or 2, #w.texts)
      assert.equal("check accepted, walk accepted", (statuses(w):gsub("(walk %w+), (check %w+)", "%2, %1")))
    end
  end)
  it("go together too when they come due by day, at one moment", function()
    local w = H.discharged { more = MORE, steps = steps(THREE), at = "2026-03-02 21:00", site = { quiet_hours = "21:00-08:00" } }
    w:advance_to "2026-03-03 09:01"
    assert.equal(1, #w.texts)
  end)
end)

describe("what is left out of the text", function()
  -- who is written to beside the question: how many texts leave, what stands in none of them
  for name, case in pairs {
    ["safety goes by itself, at once"] = { { ASK, send "danger" }, texts = 2 },
    ["another person's goes to that person"] = { { ASK, send("walk", [[{ to = "family" }]]) }, texts = 2, patient = { age = 82, family = true } },
    ["another channel's goes there"] = { { ASK, send("walk", [[{ via = { "email" } }]]) }, texts = 1, held = "walk" },
    ["what names a diagnosis goes by itself"] = { { ASK, send "tumour" }, texts = 2, patient = { age = 82, disclosure = "self" } },
    ["what may not be told is not told"] = { { ASK, send "tumour", send "walk" }, texts = 1, held = "tumour" },
    ["what would make it too long goes by itself"] = { { ASK, send "walk", send "long" }, texts = 2 },
    ["a channel of fixed texts takes each by itself"] = { THREE, texts = 3, channel = "single" },
  } do
    it(name, function()
      local w = evening(case[1], { patient = case.patient })
      if case.channel then w:channel("sms", case.channel) end
      w:advance_to "2026-03-03 08:01"
      assert.equal(case.texts, #w.texts)
      for _, text in ipairs(w.texts) do
        assert.falsy(case.held and text.text:find(case.held == "tumour" and "化疗" or "走路"))
      end
    end)
  end
  it("what was answered, or belongs to what has ended, meanwhile", function()
    local w, pt = evening(THREE)
    pt:answer("check", { temp = 36.5 })
    w:advance_to "2026-03-03 08:01"
    assert.equal("check cancelled, visit accepted, walk accepted", statuses(w))
    assert.falsy(w.texts[1].text:find "填写")
  end)
  it("what the patient does not want told", function()
    local w = evening({ ASK, send "walk", send "visit" })
    w.core:query [[INSERT INTO consent (patient, person, class, channel, given, at, by_who, how)
      SELECT id, id, 'education', '', 0, 0, 'li', 'spoken' FROM patient LIMIT 1]]
    w:advance_to "2026-03-03 08:01"
    assert.equal("check accepted, visit accepted, walk suppressed",
      (statuses(w):gsub("(walk %w+), (visit %w+)", "%2, %1")))
    assert.falsy(w.texts[1].text:find "走路")
  end)
end)

describe("a text with several messages", function()
  it("that a crash leaves in doubt is so for all of them, and sent again for all when a person says so", function()
    local w = evening(THREE)
    w:channel("sms", "silent")
    w:advance_to "2026-03-03 08:01"
    assert.equal("check in_flight, visit in_flight, walk in_flight", statuses(w))
    w:crash()
    assert.equal("check in_doubt, visit in_doubt, walk in_doubt", statuses(w))
    w:channel("sms", "accept")
    w:advance "1h"
    assert.equal(1, #w.texts)                                           -- nothing goes again by itself
    local id = w.core:query "SELECT id AS i_id FROM message WHERE name='walk'"[1].id
    assert.equal(200, w:_submit("message.resolve", { message = id, decision = "resend", by = "zhao" }).status)
    assert.equal("check accepted, visit accepted, walk accepted", statuses(w))
    assert.equal(2, #w.texts)
    assert.equal(3, count(w.texts[2].text, "、"))
    assert.not_equal(w.texts[1].key, w.texts[2].key)
  end)
  it("is taken as sent for all of them, and their runs go on", function()
    local w = evening(THREE)
    w:channel("sms", "ambiguous")
    w:advance_to "2026-03-03 08:01"
    local id = w.core:query "SELECT id AS i_id FROM message WHERE name='check'"[1].id
    w:_submit("message.resolve", { message = id, decision = "sent", by = "zhao" })
    assert.equal("check accepted, visit accepted, walk accepted", statuses(w))
    assert.equal(1, #w.texts)
  end)
  it("is asked again with its own key and words where the channel knows the key", function()
    local w, pt = evening { send "visit", ASK, send "walk" }
    w:channel("sms", "silent")
    w:advance_to "2026-03-03 08:01"
    w:channel("sms", "keyed")
    w:crash()
    pt:answer("check", { temp = 37 })                                   -- too late: the text may have left
    w:advance "10m"
    assert.equal(2, #w.texts)
    assert.equal(w.texts[1].key, w.texts[2].key)
    assert.equal(w.texts[1].text, w.texts[2].text)
    assert.equal("visit accepted, check accepted, walk accepted", statuses(w))
  end)
  it("that can't be sent now is tried again whole, under one key", function()
    local w = evening(THREE)
    w:channel("sms", "retry")
    w:advance_to "2026-03-03 08:00"
    assert.equal("check held, visit in_flight, walk in_flight", statuses(w))
    w:channel("sms", "accept")
    w:advance "5m"
    assert.equal(2, #w.texts)
    assert.equal(w.texts[1].key, w.texts[2].key)
    assert.equal("check accepted, visit accepted, walk accepted", statuses(w))
  end)
  it("is written anew without what was answered before the next try", function()
    for _, answered in ipairs { "check", "sugar" } do                    -- the one that carries, and one that is carried
      local w, pt = evening { ASK, (ASK:gsub("check", "sugar"):gsub("a.temp", "a.value")), send "walk" }
      w:channel("sms", "retry")
      w:advance_to "2026-03-03 08:00"
      pt:answer(answered, answered == "check" and { temp = 37 } or { value = 6 })
      w:channel("sms", "accept")
      w:advance "5m"
      local text = w.texts[#w.texts].text
      assert.truthy(text:find "有2件事", text)
      assert.truthy(text:find(answered == "check" and "血糖" or "“表”"), text)
      assert.falsy(text:find(answered == "check" and "“表”" or "血糖"), text)
      assert.equal(1, count(statuses(w), answered .. " cancelled"))
      assert.equal(2, count(statuses(w), "accepted"))
    end
  end)
  it("that the network refuses for good goes to nobody: each run is told", function()
    local w = evening(THREE)
    w:channel("sms", "fail")
    w:advance_to "2026-03-03 08:01"
    assert.same({ "check unreachable", "visit unreachable", "walk unreachable" }, H.notes(w))
    assert.equal(1, #w.texts)
  end)
  it("whose receipt says failed goes by the next road, and all of it", function()
    local w = evening({ ASK, send "walk" }, { patient = { age = 82, contacts = nil } })
    w.core:query [[INSERT INTO identity (person, kind, value, position) SELECT person, 'phone', '13900009999', 2 FROM identity
      WHERE kind='phone' LIMIT 1]]
    w:advance_to "2026-03-03 08:01"
    w:receipt("check", "failed")
    w:advance "1m"
    assert.equal(2, #w.texts)
    assert.truthy(w.texts[2].text:find "有2件事")
    assert.equal("check accepted, walk accepted", statuses(w))
  end)
  it("is never sent to the dead", function()
    local w, pt = evening(THREE)
    w:channel("sms", "retry")
    w:advance_to "2026-03-03 08:00"
    w:event(pt, "death")
    w:channel("sms", "accept")
    w:advance "1h"
    assert.equal(1, #w.texts)
    assert.equal("check cancelled, visit cancelled, walk cancelled", statuses(w))
  end)
  it("leaves nothing behind that the nightly reconciliation would miss", function()
    local w = evening(THREE)
    w:channel("sms", "config")
    w:advance_to "2026-03-04 03:00"
    assert.is_nil(w:alert_named "reconciliation")
  end)
end)
