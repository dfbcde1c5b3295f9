local World = require "unit.api.world"

describe("patient pages", function()
  local w
  before_each(function() w = World.open() end)
  after_each(function() w:close() end)

  local function door(code, birth, more)
    local form = { code = code, birth = birth }
    for k, v in pairs(more or {}) do form[k] = v end
    return w:post("/f", form)
  end
  local function question() return w.core:sql "SELECT status FROM question WHERE id=1" end

  describe("the door", function()
    it("opens with the code and the birth date", function()
      local status, page = w:get "/f/12345678"
      assert.equal(200, status)
      assert.truthy(page:find('value="12345678"', 1, true))
      local opened, _, headers = door("1234 5678", "1951年2月3日")
      assert.equal(303, opened)
      assert.truthy(headers.Location:match "^/f/[%w_-]+$")
      assert.equal(200, (w:get(headers.Location)))
    end)

    it("says the same of a wrong code and of a wrong birth date", function()
      local unknown, first = door("99999999", "19510203")
      local wrong, second = door("12345678", "19510204")
      assert.same({ 422, 422 }, { unknown, wrong })
      local function plain(page) return (page:gsub("nonce=\"%w+\"", ""):gsub("%d%d%d%d%d%d%d%d", "")) end
      assert.equal(plain(first), plain(second))
    end)

    it("locks a code for an hour after five wrong birth dates, over a restart too", function()
      for _ = 1, 5 do assert.equal(422, (door("12345678", "19510204"))) end
      local status, page, headers = door("12345678", "19510203")
      assert.equal(429, status)
      assert.truthy(tonumber(headers["Retry-After"]) > 60)
      assert.truthy(page:find("010-5555 1234", 1, true))
      assert.equal("5", w.core:sql "SELECT wrong FROM question WHERE id=1")
      w:question(2, 1, "22222222")
      w.core:sql("UPDATE question SET wrong=5, wrong_at=" .. w.now .. " WHERE id=2")
      assert.equal(429, (door("22222222", "19510203")))
      w.core:at(w.now + 3600001)
      assert.equal(303, (door("22222222", "19510203")))
    end)

    it("slows an address that guesses codes", function()
      local last
      for i = 1, 21 do last = door(tostring(90000000 + i), "19510203") end
      assert.equal(429, last)
    end)

    it("takes the end of a phone number when no birth date is known, and only then", function()
      assert.equal(422, (door("12345678", "1234")))
      w.core:sql "UPDATE patient SET birth=NULL WHERE id=1"
      assert.equal(303, (door("12345678", "5678")))
    end)
  end)

  describe("links", function()
    it("that were guessed, have expired, or are over, are told so politely", function()
      local link = w:link()
      local last = link:sub(-1) == "A" and "B" or "A"
      assert.equal(404, (w:get("/f/" .. link:sub(1, -2) .. last)))
      assert.equal(410, (w:get("/f/" .. w.core:link(1, 1, w.now - 60000))))
      assert.equal(404, (w:get("/f/" .. w:link(1, 99))))
      assert.equal(404, (w:get "/f/../../etc"))
      w.core:sql "UPDATE question SET status='closed'"
      local status, page = w:get("/f/" .. link)
      assert.equal(410, status)
      assert.truthy(page:find("010-5555 1234", 1, true) and page:find("tel:120", 1, true))
    end)

    it("of the dead open nothing", function()
      w.core:sql "UPDATE patient SET died_at=1 WHERE id=1"
      assert.equal(410, (w:get("/f/" .. w:link())))
    end)

    it("to an older question lead to the newer one of that form", function()
      w.core:sql "UPDATE question SET status='closed'"
      w:question(5, 1, "55555555")
      assert.equal(200, (w:get("/f/" .. w:link())))
    end)

    it("to an older question end with the thanks and the advice of the newer one", function()
      w.core:sql "UPDATE question SET status='closed'"
      w:question(5, 1, "55555555")
      local status, _, headers = w:post("/f/" .. w:link(), { all = 1, a_temp = "36.5", a_wound = "dry" })
      assert.equal(303, status)
      local shown, thanks = w:get(headers.Location)
      assert.same({ 200, "answered" }, { shown, w.core:sql "SELECT status FROM question WHERE id=5" })
      assert.truthy(thanks:find "谢谢")
    end)
  end)

  it("tell nothing to others: no scripts, no referrer, no cache, no frames", function()
    local _, page, headers = w:get("/f/" .. w:link())
    local nonce = page:match 'style nonce="(%w+)"'
    assert.truthy(headers["Content-Security-Policy"]:find("default-src 'none'; img-src data:; style-src 'nonce-" .. nonce, 1, true))
    assert.truthy(headers["Content-Security-Policy"]:find("frame-ancestors 'none'", 1, true))
    assert.same({ "no-referrer", "no-store", "nosniff" },
      { headers["Referrer-Policy"], headers["Cache-Control"], headers["X-Content-Type-Options"] })
    assert.is_nil(page:find "<script" or page:find "http://" or page:find "https://" or page:find "王")
    assert.truthy(#page < 50000)
    assert.truthy(page:find("伤口&lt;与&gt;体温", 1, true))
    assert.truthy(page:find("--c:#ffd54a;--i:#000000", 1, true))
    assert.truthy(page:find('<img alt="" src="data:image/svg+xml;base64,PHN2ZyB4', 1, true))
  end)

  describe("one question at a time", function()
    local function to(path, form)
      local status, page, headers = w:post(path, form)
      return status, headers.Location, page
    end

    it("asks who answers when it isn't known, keeps each answer, and gives all at the end", function()
      local _, _, opened = door("12345678", "19510203")
      local link = opened.Location
      local _, who = w:get(link)
      assert.truthy(who:find('name="by" value="family"', 1, true))
      local _, first = w:get(link .. "?by=family")
      assert.truthy(first:find('name="a_temp"', 1, true) and not first:find('name="a_wound"', 1, true))
      local _, second = to(link, { by = "family", step = 1, a_temp = "３６．５" })
      assert.truthy(second:find("step=2", 1, true))
      assert.truthy(w.core:sql "SELECT 1 FROM draft WHERE question=1")
      local _, resumed = w:get(link .. "?by=family")
      assert.truthy(resumed:find('name="a_wound"', 1, true))
      local _, third = to(link, { by = "family", step = 2, a_wound = "red" })
      assert.truthy(third:find("step=3", 1, true))
      local _, done = to(link, { by = "family", step = 3, a_since = "2026-02-28" })
      local _, thanks = w:get(done)
      assert.truthy(thanks:find "谢谢")
      assert.same({ "answered", "family" }, { question(), w.core:sql "SELECT by_kind FROM answer" })
    end)

    it("leaves out what `when` hides", function()
      local link = "/f/" .. w:link()
      to(link, { step = 1, a_temp = "36.5" })
      local _, done = to(link, { step = 2, a_wound = "dry" })
      assert.is_nil(done:find "step=")
      assert.equal("answered", question())
    end)

    it("says beside the question what doesn't fit, in the patient's language, and keeps what was typed", function()
      local link = "/f/" .. w:link()
      local status, _, page = to(link, { step = 1, a_temp = "366<b>" })
      assert.equal(422, status)
      assert.truthy(page:find("请填 34 到 43 之间的数字", 1, true) and page:find("366&lt;b&gt;", 1, true))
      local _, _, english = to(link, { step = 1, a_temp = "", lang = "en" })
      assert.truthy(english:find("Please answer this question", 1, true))
      assert.is_nil(w.core:sql "SELECT 1 FROM draft")
    end)

    it("comes back to a question that was jumped over", function()
      local link = "/f/" .. w:link()
      local status, back = to(link, { step = 2, a_wound = "dry" })
      assert.equal(303, status)
      assert.truthy(back:find("step=1", 1, true))
      assert.equal("open", question())
    end)
  end)

  describe("all on one page", function()
    local function send(form)
      form.all = 1
      return w:post("/f/" .. w:link(), form)
    end

    it("shows the rule's advice at once, an emergency by words and a number to ring", function()
      local status, _, headers = send { a_temp = 39, a_wound = "dry" }
      assert.equal(303, status)
      local _, page = w:get(headers.Location)
      assert.truthy(page:find("紧急", 1, true) and page:find("请立即来院&lt;b&gt;", 1, true))
      assert.truthy(page:find('href="tel:120"', 1, true))
      assert.equal("1", w.core:sql "SELECT count(*) FROM alert WHERE level='emergency'")
    end)

    it("may be sent twice", function()
      for _ = 1, 2 do send { a_temp = 36.5, a_wound = "dry" } end
      assert.equal("1", w.core:sql "SELECT count(*) FROM answer")
    end)

    it("asks what an answer brought up, and takes no item that the form hasn't", function()
      local status, page = send { a_temp = 36.5, a_wound = "red", a_evil = "x" }
      assert.equal(422, status)
      assert.truthy(page:find('name="a_since"', 1, true))
    end)
  end)

  it("shows no brand that tells more than the patient may know", function()
    w.core:sql "DELETE FROM bundle"
    w.core:definitions("ortho", [[{"program":{"gudong":{"name":{"zh":"肿瘤关怀"},"discloses":true,"discreet":{"zh":"安心随访"}}},
      "form":{"wound":{"title":{"zh":"伤口"},"items":[{"id":"temp","kind":"number","text":{"zh":"体温"}}]}}}]])
    local _, page = w:get("/f/" .. w:link())
    assert.truthy(page:find "安心随访" and not page:find "肿瘤")
    w.core:sql "UPDATE patient SET disclosure='family'"
    local _, family = w:get("/f/" .. w:link(2))
    assert.truthy(family:find "肿瘤关怀")
  end)

  describe("when the disk refuses", function()
    it("says that a partial answer is not kept, and shows it still", function()
      w.core:full()
      local status, page, headers = w:post("/f/" .. w:link(), { by = "patient", step = 1, a_temp = "36.8" })
      assert.equal(507, status)
      assert.truthy(page:find("没有保存成功", 1, true) and page:find('value="36.8"', 1, true))
      assert.truthy(page:find('name="step" value="1"', 1, true))
      assert.equal("60", headers["Retry-After"])
    end)

    it("shows the whole answer again, in the patient's language", function()
      w.core:full()
      local status, page = w:post("/f/" .. w:link(), { all = 1, lang = "en", a_temp = "36.8", a_wound = "dry" })
      assert.equal(507, status)
      assert.truthy(page:find("What you filled in is still here", 1, true) and page:find('value="dry" checked', 1, true))
      assert.equal("open", question())
    end)
  end)

  describe("after an abnormal answer", function()
    local path
    before_each(function()
      path = "/f/" .. w:link()
      w:post(path, { all = 1, a_temp = 39, a_wound = "dry" })
      w.core:sql "UPDATE answer SET level='urgent'"
    end)
    local function calls() return w.core:sql "SELECT count(*) FROM task WHERE name='call-back' AND status='open'" end

    it("let the patient ask a nurse to ring: one task, however often", function()
      local _, page = w:get(path)
      assert.truthy(page:find("请护士联系我", 1, true))
      for _ = 1, 2 do assert.equal(303, (w:post(path .. "/call", {}))) end
      assert.equal("1", calls())
      assert.equal("nurse ortho 1", w.core:sql "SELECT role||' '||department||' '||question FROM task WHERE name='call-back'")
      local _, told = w:get(path)
      assert.truthy(told:find("3月2日 16:30 以前给您打电话", 1, true))
      assert.is_nil(told:find("请护士联系我", 1, true))
      assert.truthy(told:find("紧急请拨", 1, true) and told:find("tel:010-5555 1234", 1, true))
      assert.equal(200, (w:get(path .. "/call")))
    end)

    it("offer what the program declares", function()
      w.core:sql "DELETE FROM bundle"
      w.core:definitions("ortho", [[{"program":{"gudong":{"name":{"zh":"骨动新生"},"consult":{"zh":"问医生<1>",
        "url":"https://ask.example.cn/a?b=1&c=2","role":"case-manager","due":"2h"}}},
        "form":{"wound":{"title":{"zh":"伤口"},"items":[{"id":"temp","kind":"number","text":{"zh":"体温"}}]}}}]])
      local _, page = w:get(path)
      assert.truthy(page:find('href="https://ask.example.cn/a?b=1&amp;c=2">问医生&lt;1&gt;', 1, true))
      w:post(path .. "/call", {})
      assert.equal("case-manager", w.core:sql "SELECT role FROM task WHERE name='call-back'")
    end)

    it("let nobody wait for a call in an emergency", function()
      w.core:sql "UPDATE answer SET level='emergency'"
      local _, page = w:get(path)
      assert.is_nil(page:find("请护士联系我", 1, true))
      assert.truthy(page:find("拨打 120", 1, true))
    end)

    it("offer nothing after a good one", function()
      w.core:sql "UPDATE answer SET level=NULL"
      local _, page = w:get(path)
      assert.is_nil(page:find("请护士联系我", 1, true))
    end)
  end)

  it("make no call before there is an answer", function()
    assert.equal(409, (w:post("/f/" .. w:link() .. "/call", {})))
    assert.is_nil(w.core:sql "SELECT 1 FROM task WHERE name='call-back'")
  end)

  it("stop those who were asked, when nobody knows which of them reads: the rest of the family goes on", function()
    w.core:sql "INSERT INTO person VALUES (9,'contact')"
    w.core:sql "INSERT INTO contact (patient,person,relation) VALUES (1,9,'child')"
    w.core:sql("INSERT INTO message (number, patient, person, question, department, kind, class, name, audience, status, created_at, "
      .. "valid_until, accepted_at) VALUES ('x', 1, 2, 1, 'ortho', 'ask', 'questionnaire', 'wound', 'family', 'accepted', 1, 2, 3)")
    assert.equal(200, (w:post("/f/" .. w:link(0) .. "/stop", {})))
    assert.equal("2", w.core:sql "SELECT group_concat(person) FROM contact WHERE opted_out_at IS NOT NULL")
  end)

  it("stops messages when asked twice", function()
    local path = "/f/" .. w:link(2) .. "/stop"
    local _, page = w:get(path)
    assert.truthy(page:find('method="post"', 1, true))
    assert.is_nil(w.core:sql "SELECT 1 FROM contact WHERE opted_out_at IS NOT NULL")
    assert.equal(200, (w:post(path, {})))
    assert.equal("2", w.core:sql "SELECT group_concat(person) FROM contact WHERE opted_out_at IS NOT NULL")
  end)
end)
