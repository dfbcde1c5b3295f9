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
