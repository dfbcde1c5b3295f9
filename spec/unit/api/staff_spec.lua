local World = require "unit.api.world"

describe("the staff API", function()
  local w
  before_each(function() w = World.open() end)
  after_each(function() w:close() end)

  local function task(id) return w.core:id("t", id) end
  local function ids(list)
    local out = {}
    for i, item in ipairs(list.items) do out[i] = item.id end
    return out
  end

  describe("at the door", function()
    it("wants a token that it knows, with the scope that is needed", function()
      local status, problem, headers = w:call("GET", "/tasks", nil, { token = "none" })
      assert.equal(401, status)
      assert.equal(401, problem.status)
      assert.equal("application/problem+json", headers["Content-Type"])
      assert.truthy(headers["WWW-Authenticate"])
      assert.matches("^the token that came is none of the configuration's tokens", problem.detail)
      status, problem = w.core:ask("GET", "/api/v1/tasks")
      assert.equal(401, status)
      assert.matches("no token came: send one", problem)
      problem = select(2, w.core:ask("GET", "/api/v1/tasks", { Authorization = "Basic eDp5" }))
      assert.matches("the Authorization header is no token", problem)
      assert.equal(403, (w:call("GET", "/tasks", nil, { token = "his" })))
      assert.equal(403, (w:call("POST", "/staff", {}, { token = "ward" })))
    end)

    it("says what can be done at an address", function()
      local status, _, headers = w:call("DELETE", "/tasks")
      assert.same({ 405, "GET, HEAD" }, { status, headers.Allow })
      for _, path in ipairs { "/nothing", "/tasks/x/y/z", "/tasks//", "" } do
        assert.equal(404, (w:call("GET", path)), path)
      end
    end)

    it("tells where a body is no JSON, and takes nothing else", function()
      local status, problem = w:call("POST", "/duty", '{\n "role" : }')
      assert.equal(400, status)
      assert.truthy(problem.detail:find "line 2, column")
      assert.equal(415, (w:call("POST", "/duty", "role=a", { ["Content-Type"] = "text/plain" })))
      assert.equal(422, (w:call("POST", "/duty", "[]")))
    end)
  end)

  describe("lists", function()
    it("show each department its own, and the centre all", function()
      local _, ward = w:call("GET", "/tasks", nil, { token = "ward" })
      assert.same({ task(1), task(3) }, ids(ward))
      local _, other = w:call("GET", "/tasks", nil, { token = "other" })
      assert.same({ task(2) }, ids(other))
      local _, boss = w:call("GET", "/tasks")
      assert.equal(3, #boss.items)
      assert.equal(404, (w:call("GET", "/tasks/" .. task(2), nil, { token = "ward" })))
      assert.equal(404, (w:call("POST", "/tasks/" .. task(2) .. "/claim", nil, { token = "ward" })))
    end)

    it("are paged by key", function()
      local _, first = w:call("GET", "/tasks?limit=2")
      assert.same({ task(1), task(2) }, ids(first))
      local _, second = w:call("GET", "/tasks?limit=2&after=" .. first.next)
      assert.same({ task(3) }, ids(second))
      assert.is_nil(second.next)
    end)

    it("refuse what is no filter", function()
      for _, query in ipairs { "limit=0", "limit=201", "limit=x", "after=t1", "patient=7", "role=%ff" } do
        assert.equal(400, (w:call("GET", "/tasks?" .. query)), query)
      end
    end)

    it("answer on every route", function()
      for _, path in ipairs { "/alerts", "/messages", "/enrollments", "/runs", "/inbox/refused", "/codes", "/summary",
        "/alerts?status=closed", "/forms/ortho/wound", "/messages?status=held", "/patients?mrn=0042", "/runs?status=stuck" } do
        assert.equal(200, (w:call("GET", path)), path)
      end
      for path, count in pairs { tasks = 2, alerts = 0, messages = 0, enrollments = 1, runs = 0 } do
        local _, list = w:call("GET", "/" .. path .. "?patient=" .. w.core:id("p", 1))
        assert.equal(count, #list.items, path)
      end
      local _, done = w:call("GET", "/tasks?status=done")
      assert.same({}, done.items)
      assert.equal(404, (w:call("GET", "/forms/ortho/wound", nil, { token = "other" })))
    end)
  end)

  it("lets a department take a step only out of its own patients' plans", function()
    local path, body = "/enrollments/" .. w.core:id("e", 1) .. "/skip", { step = "first", reason = "told" }
    local status, problem = w:call("POST", path, body, { token = "other" })
    assert.same({ 404, "there is no such enrollment among those you see" }, { status, problem.detail })
    assert.equal(403, (w:call("POST", path, body, { token = "his" })))
    assert.matches("^no step 'first'", select(2, w:call("POST", path, body, { token = "ward" })).detail)
  end)

  describe("tasks", function()
    it("are claimed by one, with the version that was seen", function()
      local path = "/tasks/" .. task(1)
      local _, _, seen = w:call("GET", path, nil, { token = "ward" })
      local status, claimed = w:call("POST", path .. "/claim", nil, { token = "ward", ["If-Match"] = seen.ETag })
      assert.same({ 200, "li" }, { status, claimed.claimed_by })
      assert.equal(412, (w:call("POST", path .. "/release", nil, { token = "ward", ["If-Match"] = seen.ETag })))
      local refused, problem = w:call("POST", path .. "/claim")
      assert.equal(409, refused)
      assert.truthy(problem.detail:find "claimed by li")
    end)

    it("come with what the caller reads out: whom to verify first, then the program's sections (WARD 13)", function()
      local _, seen = w:call("GET", "/tasks/" .. task(1), nil, { token = "ward" })
      assert.truthy(seen.script.verify:find "核对姓名和出生年月")
      assert.truthy(seen.script.verify:find "录音")
      assert.same({ { id = "greeting", minutes = 3, must_ask = false, text = "您好，我是随访护士" },
        { id = "care", minutes = 2, must_ask = true, text = "今天心情如何？" } }, seen.script.sections)
      w.core:sql "UPDATE patient SET language='en' WHERE id=1"
      _, seen = w:call("GET", "/tasks/" .. task(1), nil, { token = "ward" })
      assert.equal("How do you feel?", seen.script.sections[2].text)
      assert.same({}, select(2, w:call("GET", "/tasks/" .. task(3), nil, { token = "ward" })).script.sections)
    end)

    it("are done once under one key, however often it is sent", function()
      local path, key = "/tasks/" .. task(3) .. "/done", { token = "ward", ["Idempotency-Key"] = "k1", ["If-Match"] = '"1"' }
      local body = { code = "no-answer", note = "x" }
      local status, done = w:call("POST", path, body, key)
      assert.equal(200, status, done.detail)
      assert.equal(200, (w:call("POST", path, body, key)))
      assert.equal("1", w.core:sql "SELECT count(*) FROM call")
      assert.equal(409, (w:call("POST", path, { code = "busy" }, key)))
      assert.equal(422, (w:call("POST", path, { code = "nonsense" }, { token = "ward" })))
    end)

    it("are done in the caller's name, whatever the body says", function()
      w:call("POST", "/tasks/" .. task(1) .. "/done", { code = "no-answer", staff = "chen", task = 2 }, { token = "ward" })
      assert.equal("li", w.core:sql "SELECT by_who FROM call WHERE task=1")
    end)
  end)

  describe("patients", function()
    it("are found by who rings back, masked, and it is kept who looked", function()
      local _, found = w:call("GET", "/patients?phone=%2B86%20139-0000-5678", nil, { token = "ward" })
      assert.same({ w.core:id("p", 1) }, ids(found))
      assert.equal("call", found.items[1].recent[1].name)
      local seen = {}
      for _, person in ipairs(found.items[1].numbers) do
        for _, identity in ipairs(person.identities) do seen[identity.kind .. identity.value] = true end
      end
      assert.truthy(seen["name王*兰"] and seen["phone*******5678"])
      assert.is_nil(seen["phone13900005678"])
      assert.equal("li patient.find patient:1 phone",
        w.core:sql "SELECT actor||' '||action||' '||object||' '||detail FROM audit ORDER BY id DESC LIMIT 1")
    end)

    it("of other departments aren't there", function()
      local _, none = w:call("GET", "/patients?phone=13900005678", nil, { token = "other" })
      assert.same({}, none.items)
      assert.equal(404, (w:call("GET", "/patients/" .. w.core:id("p", 1), nil, { token = "other" })))
      assert.equal(404, (w:call("GET", "/patients/" .. w.core:id("p", 1) .. "/timeline", nil, { token = "other" })))
    end)

    it("have a story without names", function()
      local _, story = w:call("GET", "/patients/" .. w.core:id("p", 1) .. "/timeline", nil, { token = "ward" })
      local lines = {}
      for i, item in ipairs(story.items) do lines[i] = item.line end
      local text = table.concat(lines, "\n")
      assert.truthy(text:find "enrolled" and text:find "call opened for nurse")
      assert.is_nil(text:find "王")
    end)

    it("have in their story what watched them outside of any pathway, ended or not", function()
      w.core:sql("INSERT INTO run (patient,enrollment,department,kind,name,day,bundle,status,scheduled_at,started_at,ended_at) VALUES "
        .. "(1,NULL,'ortho','watch','back','e1',1,'done',1,1,5), (1,NULL,'ortho','watch','hot','e2',1,'waiting',1,1,NULL),"
        .. "(1,NULL,'cardiac','watch','elsewhere','e3',1,'done',1,1,5), (3,NULL,'ortho','watch','another','e4',1,'done',1,1,5)")
      local _, story = w:call("GET", "/patients/" .. w.core:id("p", 1) .. "/timeline", nil, { token = "ward" })
      local watched = {}
      for _, item in ipairs(story.items) do if item.what == "watch" then watched[#watched + 1] = item.text end end
      table.sort(watched)
      assert.same({ "back", "back done", "hot: waiting" }, watched)
    end)

    it("are left alone once they say so", function()
      assert.equal(200, (w:call("POST", "/patients/" .. w.core:id("p", 1) .. "/opt-out", nil, { token = "ward" })))
      assert.equal("2", w.core:sql "SELECT count(*) FROM contact WHERE patient=1 AND opted_out_at IS NOT NULL")
    end)
  end)

  describe("events", function()
    local function death(id) return { id = id, kind = "death", at = "2026-03-01T10:00:00+08:00", patient = { mrn = "0042" } } end
    local function post(body) return w:call("POST", "/events", body, { token = "his" }) end

    it("are taken once, and answered the same each time", function()
      local first, answer = post(death "d1")
      local again, same = post(death "d1")
      assert.same({ 202, 202, answer }, { first, again, same })
      assert.equal("1", w.core:sql "SELECT count(*) FROM inbox WHERE kind='event'")
      local other = death "d1"
      other.at = "2026-03-01T11:00:00+08:00"
      assert.equal(409, (post(other)))
    end)

    it("are answered one by one and in order", function()
      local wrong = death "d3"
      wrong.patient = nil
      local status, answer = post { events = { death "d2", wrong, { kind = "death" }, death "d2" } }
      assert.equal(202, status)
      local seen = {}
      for i, result in ipairs(answer.results) do seen[i] = result.status end
      assert.same({ 202, 422, 422, 202 }, seen)
      assert.truthy(answer.results[3].detail:find "id")
      assert.equal(422, (post(wrong)))
      assert.equal(422, (post { events = {} }))
    end)
  end)

  it("keeps the books, and says when something is missing", function()
    local _, books = w:call("GET", "/summary")
    assert.truthy(books.balanced)
    assert.same({ 1, 3 }, { books.enrolled, books.tasks })
    w.core:sql "INSERT INTO alert (patient,department,name,level,escalation,status,next_at,opened_at) VALUES (1,'ortho','x','soon','','open',9,1)"
    _, books = w:call("GET", "/summary")
    assert.is_false(books.balanced)
    assert.equal(1, books.unaccounted)
  end)

  it("says of a name that nobody knows which was meant, and which there are", function()
    w.core:definitions("cardiac", '{"department":{"cardiac":{"title":"心内科"}}}')
    for _, list in ipairs { "tasks", "alerts", "messages", "enrollments", "runs", "summary", "forecast" } do
      local status, problem = w:call("GET", "/" .. list .. "?department=orto")
      assert.same({ 404, "no department 'orto'; did you mean 'ortho'? (departments: cardiac, ortho)" }, { status, problem.detail }, list)
    end
    local function detail(...)
      local _, problem = w:call(...)
      return ("%d %s"):format(problem.status, problem.detail)
    end
    assert.equal("404 no department 'elsewhere' (departments: cardiac, ortho)", detail("GET", "/bundles/elsewhere"))
    assert.equal("404 no pathway 'hp'; did you mean 'hip'? (pathways: hip)", detail("GET", "/pathways/hp/compare"))
    assert.equal("409 no version of pathway 'hip' is or was tried on some", detail("GET", "/pathways/hip/compare"))
    assert.equal("404 no pathway 'hip': there are no pathways", detail("GET", "/pathways/hip/compare", nil, { token = "other" }))
    assert.equal("404 no pathway 'knee' (pathways: hip)", detail("POST", "/pathways/knee/upgrade", "{}"))
    assert.equal("404 no department 'x' (departments: cardiac, ortho)", detail("POST", "/pathways/hip/upgrade", { department = "x" }))
    assert.equal("404 no department 'x' (departments: cardiac, ortho)", detail("POST", "/bundles/x/diff", "{}"))
    assert.equal("404 no version begins with 'abc'; afterward bundles DEPARTMENT lists them", detail("GET", "/runs?version=abc"))
    -- What a token may not see is not told to it, either.
    assert.equal("404 no department 'ortho' (departments: cardiac)", detail("GET", "/summary?department=ortho", nil, { token = "other" }))
  end)

  it("tells monitoring how it is, in words and numbers", function()
    assert.equal(200, (w.core:ask("GET", "/healthz")))
    local _, text = w.core:ask("GET", "/metrics")
    for _, name in ipairs { "afterward_batches_total %d", 'afterward_messages{status="held"} 0', "afterward_due_lateness_seconds 0",
      "afterward_http_requests_total %d" } do assert.truthy(text:find("\n" .. name), name) end
    for _, class in ipairs { "alert", "event", "run", "message", "task", "plan", "house" } do
      local name = ('afterward_begun_late_seconds_bucket{class="%s",le="+Inf"} '):format(class)
      assert.truthy(text:find(name, 1, true), name)
    end
    assert.equal(404, (w.core:ask("POST", "/channels/sms/receipt")))
  end)
end)
