-- Numbers of a patient's people over the API and on the page: proving them (WARD 10).
local World = require "unit.api.world"

describe("a patient's numbers", function()
  local w
  before_each(function() w = World.open() end)
  after_each(function() w:close() end)

  local function patient() return "/patients/" .. w.core:id("p", 1) end
  local function number(row) return w.core:id("n", row) end
  local function phone_row(phone) return tonumber(w.core:sql("SELECT id FROM identity WHERE kind='phone' AND value=?1", phone)) end
  local function code() return w.core:sql "SELECT code FROM proof ORDER BY sent_at DESC LIMIT 1" end
  local function send(o) return w:call("POST", patient() .. "/send-code",
    { identity = number(phone_row "13900005678"), department = "ortho" }, o) end

  it("are sent a code and proved by it, which the patient then shows", function()
    local status, sent = send { token = "ward" }
    assert.equal(200, status)
    assert.equal("2026-03-02T11:30:00+08:00", sent.expires_at)
    assert.equal("number-code", select(2, w:call("GET", "/messages/" .. sent.message)).name)
    local body = { identity = number(phone_row "13900005678"), code = code() }
    local proved
    status, proved = w:call("POST", patient() .. "/prove", body, { token = "ward" })
    assert.same({ 200, "2026-03-02T11:00:00+08:00" }, { status, proved.proved_at })
    local _, shown = w:call("GET", patient(), nil, { token = "ward" })
    local found
    for _, one in ipairs(shown.numbers) do
      for _, identity in ipairs(one.identities) do if identity.id == body.identity then found = identity end end
    end
    assert.same({ "code", "li", "*******5678" }, { found.proved_how, found.proved_by, found.value })
  end)

  it("and wishes for a channel are kept, shown and taken back", function()
    assert.equal(200, (w:call("POST", patient() .. "/prefer", { person = w.core:id("c", 2), channels = { "phone", "sms" } })))
    local function wish()
      local _, shown = w:call("GET", patient())
      for _, contact in ipairs(shown.contacts) do if contact.relation == "child" then return contact.prefers end end
    end
    assert.equal("phone,sms", wish())
    local status, problem = w:call("POST", patient() .. "/prefer", { channels = { "fax" } })
    assert.equal(422, status)
    assert.truthy(problem.detail:find("wechat, sms, phone", 1, true))
    assert.equal(200, (w:call("POST", patient() .. "/prefer", { person = w.core:id("c", 2), channels = {} })))
    assert.is_nil(wish())
  end)

  it("and consents are kept with who and how, and shown", function()
    local child = w.core:id("c", 2)
    assert.equal(200, (w:call("POST", patient() .. "/consent", { person = child, class = "marketing", channel = "sms", given = true,
      how = "signed" }, { token = "ward" })))
    assert.equal(200, (w:call("POST", patient() .. "/consent", { class = "education", given = false, how = "spoken" })))
    local _, shown = w:call("GET", patient(), nil, { token = "ward" })
    assert.same({ { person = w.core:id("c", 1), class = "education", given = false, by = "chen", how = "spoken", at = "2026-03-02T11:00:00+08:00" },
      { person = child, class = "marketing", channel = "sms", given = true, by = "li", how = "signed", at = "2026-03-02T11:00:00+08:00" } },
      shown.consents)
  end)

  it("say in a sentence what is wrong", function()
    local one = number(phone_row "13900005678")
    for _, case in ipairs {
      { "/prove", { identity = one, code = "123456" }, 422, "was sent no code" },
      { "/prove", { identity = one }, 422, 'give "code"' },
      { "/prove", { identity = one, how = "guess" }, 422, '"how": "ring"' },
      { "/prove", { identity = "x", how = "ring" }, 422, "identity" },
      { "/prove", { identity = number(phone_row "13900005678" + 999), how = "ring" }, 404, "no phone number of the patient" },
      { "/send-code", { identity = one }, 422, "no stay of this patient is known" },
    } do
      local status, problem = w:call("POST", patient() .. case[1], case[2])
      assert.equal(case[3], status, case[4])
      assert.matches(case[4], problem.detail, 1, true)
    end
    assert.equal(404, (w:call("POST", patient() .. "/prove", { identity = one, how = "ring" }, { token = "other" })))
    assert.equal(403, (w:call("POST", patient() .. "/prove", { identity = one, how = "ring" }, { token = "his" })))
  end)

  it("are proved on the page by whoever has the phone", function()
    local status, text = w:get "/f/number"
    assert.equal(200, status)
    assert.matches("核对联系号码", text, 1, true)
    send()
    status, text = w:post("/f/number", { phone = "13900005678", code = "0" })
    assert.equal(422, status)
    assert.matches("号码或验证码不对", text, 1, true)
    status, text = w:post("/f/number", { phone = "139 0000 5678", code = " " .. code():gsub("^...", "%0 ") })
    assert.equal(200, status)
    assert.matches("号码已核对", text, 1, true)
    assert.is_nil(text:find("王", 1, true))
    assert.equal("page chen", w.core:sql("SELECT proved_how || ' ' || proved_by FROM identity WHERE value='13900005678'"))
  end)

  it("are not guessed on the page", function()
    send()
    local last
    for i = 1, 25 do last = w:post("/f/number", { phone = "13900005678", code = ("%06d"):format(i) }) end
    assert.equal(429, last)
    assert.equal("5", w.core:sql("SELECT wrong FROM proof"))
  end)
end)

describe("somebody rings back", function()
  local w
  before_each(function() w = World.open() end)
  after_each(function() w:close() end)

  it("and sees why: what is to do, what was rung, what was written, to whom", function()
    w.core:sql "INSERT INTO call (task, patient, at, by_who, code, counts) VALUES (1, 1, 1772410000000, 'li', 'no-answer', 1)"
    w.core:sql("INSERT INTO message (number, patient, person, department, kind, class, name, audience, status, created_at, valid_until, "
      .. "accepted_at, channel) VALUES ('x', 1, 2, 'ortho', 'ask', 'questionnaire', 'wound', 'family', 'accepted', 1, 2, 1772400000000, 'sms')")
    w.core:sql "UPDATE identity SET proved_at=1772400000000 WHERE value='13900005678'"
    local status, found = w:call("GET", "/ring-back?phone=0139-0000-5678", nil, { token = "ward" })
    assert.equal(200, status)
    local one = found.items[1]
    assert.same({ 1, w.core:id("p", 1), "王*兰", "child", "1951-02", "2026-03-02T05:20:00+08:00" },
      { #found.items, one.patient, one.name, one.relation, one.birth_month, one.proved_at })
    assert.same({ "call", "call" }, { one.tasks[1].name, one.tasks[2].name })
    assert.same({ "no-answer", "li" }, { one.calls[1].code, one.calls[1].by })
    assert.same({ "wound", "sms", "伤口<与>体温", w.core:id("c", 2) },
      { one.messages[1].name, one.messages[1].channel, one.messages[1].title.zh, one.messages[1].to })
    assert.is_nil(found.items[1].phone)
    assert.equal("1", w.core:sql "SELECT count(*) FROM audit WHERE action='ring-back' AND object='patient:1' AND actor='li'")
  end)

  it("and is seen only by those who see the patient", function()
    local _, found = w:call("GET", "/ring-back?phone=13900005678", nil, { token = "other" })
    assert.equal(0, #found.items)
    assert.equal(400, (w:call("GET", "/ring-back?phone=x")))
    assert.equal(400, (w:call("GET", "/ring-back")))
  end)

  it("and nobody hears it: a task", function()
    local status, kept = w:call("POST", "/ring-back", { phone = "13900005678", note = "夜间" }, { token = "ward" })
    assert.equal(200, status)
    assert.matches("夜间$", select(2, w:call("GET", "/tasks/" .. kept.task)).note)
    assert.equal(422, (w:call("POST", "/ring-back", { phone = "x" })))
  end)
end)

describe("a ward", function()
  local w
  before_each(function()
    w = World.open()
    for _, text in ipairs {
      "INSERT INTO encounter (id, patient, source, visit, department, ward, admitted_at, status) VALUES "
        .. "(1, 1, 'his', 'V1', 'ortho', '5A', " .. w.now - 86400000 .. ", 'in'), (2, 3, 'his', 'V2', 'cardiac', '6\"B', " .. w.now - 1 .. ", 'in')",
      "INSERT INTO identity (person, kind, value, flag) VALUES (3, 'phone', '13800138000', 'placeholder'), (3, 'phone', '01012345678', 'landline')",
    } do w.core:sql(text) end
  end)
  after_each(function() w:close() end)

  local function numbers(query, o) return select(2, w:call("GET", "/numbers" .. (query or ""), nil, o)).items end

  it("has a list of the numbers to prove, and of those that are none", function()
    local todo = numbers("?flag=unproved&ward=5A", { token = "ward" })
    assert.same({ "*******1234", "self", "ring it at the bedside, or send it a code" }, { todo[1].value, todo[1].relation, todo[1].remedy })
    assert.same({ 2, "child" }, { #todo, todo[2].relation })
    assert.equal(200, (w:call("POST", "/patients/" .. w.core:id("p", 1) .. "/prove", { identity = todo[2].id, how = "ring" })))
    assert.same({}, numbers("?flag=unproved&ward=5A", { token = "ward" }))
    local flagged = numbers()
    assert.same({ 1, "placeholder", 1 }, { #flagged, flagged[1].flag, flagged[1].patients })
    assert.same({}, numbers("", { token = "ward" }))
    assert.equal("landline", numbers("?flag=landline")[1].flag)
    assert.equal(400, (w:call("GET", "/numbers?flag=odd")))
  end)

  it("is counted: how many in a bed and of those who left can be reached, by number and by account", function()
    w.core:sql "UPDATE identity SET proved_at=1 WHERE value='13900005678'"
    w.core:sql "INSERT INTO identity (id, person, kind, value) VALUES (90, 2, 'wechat', 'o1')"
    w.core:sql("INSERT INTO encounter (id, patient, source, visit, department, ward, status) VALUES (3, 1, 'his', 'V0', 'ortho', '5A', 'out')")
    w.core:sql("INSERT INTO event (id, patient, kind, at, recorded_at, encounter, body) VALUES (1, 1, 'discharge', 1, ?1, 3, x'00')",
      tostring(w.now - 86400000 * 10))
    local _, wards = w:call("GET", "/wards", nil, { token = "ward" })
    assert.equal(1, #wards.items)
    local one = wards.items[1]
    assert.same({ "5A", 1, 1, 100, 1, 1, 1, 100, 1 }, { one.ward, one.in_bed, one.in_bed_proved, one.in_bed_proved_percent, one.in_bed_bound,
      one.left, one.left_proved, one.left_proved_percent, one.left_bound })
    assert.equal(0, select(2, w:call("GET", "/wards?days=9&department=ortho")).items[1].left)
    w.core:sql "INSERT INTO binding (patient, person, identity, at, channel, ended_at, ended_by) VALUES (1, 2, 90, 1, 'wechat', 2, 'li')"
    assert.equal(0, select(2, w:call("GET", "/wards?department=ortho")).items[1].in_bed_bound)
    assert.equal(2, #select(2, w:call("GET", "/wards")).items)
    assert.equal(400, (w:call("GET", "/wards?days=0")))
  end)

  it("has its figures in the metrics", function()
    local _, text = w:get "/metrics"
    assert.matches('afterward_patients_in_bed{department="ortho",ward="5A"} 1\n', text, 1, true)
    assert.matches('afterward_patients_in_bed_proved{department="cardiac",ward="6\\"B"} 0\n', text, 1, true)
    assert.matches("# TYPE afterward_patients_in_bed_bound gauge", text, 1, true)
  end)
end)
