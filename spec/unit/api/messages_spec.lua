-- The log of messages: what will be sent, what was, and what a person must decide.
local World = require "unit.api.world"

local HOUR, DAY = 3600000, 86400000

describe("the log of messages", function()
  local w
  local made = 0
  before_each(function() w, made = World.open(), 0 end)
  after_each(function() w:close() end)

  local function quoted(value) return type(value) == "number" and ("%d"):format(value) or value and "'" .. value .. "'" or "NULL" end
  local function message(more)
    made = made + 1
    local row = { id = made, number = "n" .. made, patient = 1, department = "ortho", kind = "send", class = "visit", name = "note",
      audience = "patient", status = "accepted", created_at = w.now - DAY, valid_until = w.now + DAY, channel = "sms" }
    for key, value in pairs(more or {}) do row[key] = value or nil end
    local names, values = {}, {}
    for key, value in pairs(row) do names[#names + 1], values[#values + 1] = key, quoted(value) end
    w.core:sql(("INSERT INTO message (%s) VALUES (%s)"):format(table.concat(names, ","), table.concat(values, ",")))
    return w.core:id("m", row.id)
  end
  local function list(query)
    local status, answer = w:call("GET", "/messages" .. (query and "?" .. query or ""))
    assert.equal(200, status, answer and answer.detail)
    local ids = {}
    for i, item in ipairs(answer.items) do ids[i] = item.id end
    return ids, answer
  end

  it("finds by whom it is for, what it says, the way it took and what became of it", function()
    local note = message {}
    local asked = message { kind = "ask", class = "questionnaire", name = "wound", channel = "wechat", status = "delivered", question = 1 }
    local lost = message { status = "failed", reason = "unreachable", patient = 3, department = "cardiac" }
    local silent = message { status = "suppressed", reason = "opted-out" }
    for query, expected in pairs {
      ["template=note"] = { note, lost, silent }, ["form=wound"] = { asked }, ["template=wound"] = {}, ["channel=wechat"] = { asked },
      ["department=ortho"] = { note, asked, silent }, ["patient=" .. w.core:id("p", 3)] = { lost }, ["reason=opted-out"] = { silent },
      ["state=sent"] = { note, asked }, ["state=ended"] = { lost, silent }, ["state=waiting"] = {}, ["status=failed"] = { lost },
      ["outcome=unreachable"] = { lost }, ["outcome=opted-out"] = { silent }, ["outcome=delivered"] = { asked },
      ["outcome=unreachable&channel=wechat"] = {}, ["state=sent&form=wound&channel=wechat"] = { asked },
    } do assert.same(expected, (list(query)), query) end
    w.core:sql "UPDATE question SET status='answered' WHERE id=1"
    assert.same({ asked }, (list "outcome=answered"))
    w.core:sql "UPDATE question SET status='lapsed' WHERE id=1"
    assert.same({ asked }, (list "outcome=silent"))
  end)

  it("finds by the pathway, by the class and kind, and by the person whom it is for", function()
    w.core:sql("INSERT INTO enrollment (id,patient,department,pathway,status,event,enrolled_at,anchor_at,cursor_at) "
      .. "VALUES (2,3,'ortho','hip','active',1,1,1,1)")
    local child, parent = w.core:id("c", 2), w.core:id("c", 1)
    local asked = message { kind = "ask", class = "questionnaire", name = "wound", enrollment = 1, person = 1 }
    local told = message { audience = "family", person = 2, enrollment = 1, class = "medicine" }
    local named = message { audience = "2", status = "held", reason = "quiet-hours" }       -- nobody has tried it yet
    local other = message { patient = 3, enrollment = 2, person = 3 }
    for query, expected in pairs {
      ["pathway=hip"] = { asked, told, other }, ["pathway=hip&department=ortho&kind=send"] = { told, other }, ["kind=ask"] = { asked },
      ["class=medicine"] = { told }, ["contact=" .. child] = { told, named }, ["contact=" .. parent] = { asked },
      ["contact=" .. child .. "&patient=" .. w.core:id("p", 1)] = { told, named }, ["contact=" .. child .. "&state=waiting"] = { named },
      ["contact=" .. child .. "&patient=" .. w.core:id("p", 3)] = {}, ["contact=" .. child .. "&class=medicine"] = { told },
    } do assert.same(expected, (list(query)), query) end
    local _, page = list("contact=" .. child)
    assert.same({ "family", child, "hip" }, { page.items[1].audience, page.items[1].contact, page.items[1].pathway })
    assert.same({ "contact", child, nil }, { page.items[2].audience, page.items[2].contact, page.items[2].pathway })  -- no row's number
  end)

  it("finds by when it was sent, ended, or is due, which is not when it was made", function()
    local early = message { created_at = w.now - 90 * DAY, accepted_at = w.now - 90 * DAY }
    local kept = message { created_at = w.now - 20 * DAY, accepted_at = w.now - DAY }     -- was held for weeks
    local ahead = message { created_at = w.now - HOUR, status = "held", reason = "festival", due_at = w.now + 2 * DAY }
    assert.same({ kept, ahead }, (list "since=2026-03-01"))
    assert.same({ early }, (list "until=2026-03-01"))
    assert.same({ kept }, (list "since=2026-03-01&until=2026-03-02%2012:00"))
    assert.same({ ahead }, (list "since=2026-03-03&until=2026-03-05&state=waiting"))
    assert.same({ kept }, (list("since=2026-03-01&limit=1")))
  end)

  it("goes page by page, also over a long past that nothing matches", function()
    w.core:sql(("WITH RECURSIVE n(i) AS (VALUES (1) UNION ALL SELECT i+1 FROM n WHERE i<50100) INSERT INTO message (id,number,patient,"
      .. "department,kind,class,name,audience,status,created_at,valid_until) SELECT i,'x'||i,1,'ortho','send','visit','note','patient',"
      .. "'cancelled',%d,%d FROM n"):format(w.now - DAY, w.now + DAY))
    made = 50100
    local last = message { name = "rare" }
    local none, page = list "template=rare"
    assert.same({}, none)
    assert.same({ last }, (list("template=rare&after=" .. page.next)))
    local first = select(2, list "limit=2")
    assert.equal(2, #first.items)
    assert.same({ w.core:id("m", 3) }, (list("limit=1&after=" .. first.next)))
  end)

  it("refuses words that it doesn't know, with the nearest", function()
    for query, said in pairs { ["class=medicin"] = 'did you mean "medicine"', ["kind=asks"] = 'did you mean "ask"',
      ["pathway=hop"] = "did you mean 'hip'", ["contact=7"] = "contact:",
      ["state=wating"] = 'did you mean "waiting"', ["outcome=anwsered"] = 'did you mean "answered"',
      ["since=yesterday"] = "since:", ["department=orto"] = "ortho" } do
      local status, problem = w:call("GET", "/messages?" .. query)
      assert.truthy(status >= 400 and status < 500, query)
      assert.truthy(problem.detail:find(said, 1, true), problem.detail)
    end
  end)

  describe("in doubt", function()
    local function doubts(query)
      local status, answer = w:call("GET", "/messages/in-doubt" .. (query and "?" .. query or ""))
      assert.equal(200, status)
      return answer.items
    end
    local function doubt(more)
      local row = { status = "in_doubt", reason = "in-doubt" }
      for key, value in pairs(more or {}) do row[key] = value end
      local id = message(row)
      w.core:sql(("INSERT INTO attempt (message,channel,key,status,started_at,ended_at,detail) VALUES (%d,'sms','k%d','in_doubt',%d,%d,'HTTP 502')")
        :format(made, made, w.now - HOUR, w.now - HOUR + 1000))
      return id
    end

    it("says what is known, and of each way out what it leads to", function()
      local id = doubt { kind = "ask", class = "questionnaire", name = "wound", question = 1, run = 7, remind = "8h" }
      w.core:sql("INSERT INTO run (id,kind,patient,department,bundle,name,day,status,wait,wait_ref,within,scheduled_at,started_at) "
        .. "VALUES (7,'step',1,'ortho',1,'s','d','waiting','ask',1,'24h',1,1)")
      message {}
      local item = doubts()[1]
      assert.equal(1, #doubts())
      assert.same({ id, "HTTP 502", "k1" }, { item.id, item.detail, item.key })
      assert.equal("2026-03-02T10:00:00+08:00", item.tried_at)
      assert.same({ "resend", "sent" }, { item.choices[1].decision, item.choices[2].decision })
      assert.equal("It goes again by the first channel that is open, under a new number; if it left before, it arrives twice. Both lead to "
        .. "the same questions, and one answer counts. The time for an answer (24h) begins when it is taken. It may go until 2026-03-03 11:00.",
        item.choices[1].means)
      assert.equal("Nothing goes. If it did not arrive, nobody was asked, and no try follows. The time for an answer (24h) begins now; without "
        .. "one it counts as silent, and the run goes on as with a silent patient. The reminder goes 8h from now.", item.choices[2].means)
      assert.equal("It waits until 2026-03-03 11:00, then it ends as failed, and its run hears in-doubt.", item.undecided)
    end)

    it("warns of a medicine taken twice, or not at all", function()
      doubt { class = "medicine", name = "pills" }
      local choices = doubts()[1].choices
      assert.truthy(choices[1].means:find("may take the medicine twice: ask first", 1, true))
      assert.truthy(choices[2].means:find("a dose may be missed", 1, true))
    end)

    it("shows a text of several once, and names the others", function()
      local carrier = doubt { name = "first" }
      local other = doubt { name = "second" }
      w.core:sql "INSERT INTO carried VALUES (2,1,0,0)"
      local items = doubts()
      assert.same({ 1, carrier }, { #items, items[1].id })
      assert.same({ { id = other, name = "second" } }, items[1].together)
    end)

    it("shows each department its own", function()
      doubt {}
      doubt { patient = 3, department = "cardiac" }
      assert.equal(2, #doubts())
      assert.equal(1, #doubts "department=ortho")
      assert.equal(1, #doubts("patient=" .. w.core:id("p", 3)))
      local _, ward = w:call("GET", "/messages/in-doubt", nil, { token = "other" })
      assert.same({ "cardiac" }, { ward.items[1].department, ward.items[2] })
    end)

    it("is decided by a person, whose name stays with it", function()
      local id = doubt {}
      local status, problem = w:call("POST", "/messages/" .. id .. "/resolve", { decision = "drop" })
      assert.equal(422, status)
      assert.truthy(problem.detail:find 'say "resend" or "sent"')
      assert.equal(200, (w:call("POST", "/messages/" .. id .. "/resolve", { decision = "sent", note = "患者说收到了" }, { token = "ward" })))
      local _, now = w:call("GET", "/messages/" .. id)
      assert.same({ "accepted", "sent", "li", "患者说收到了", "2026-03-02T11:00:00+08:00" },
        { now.status, now.decided[1].deed, now.decided[1].by, now.decided[1].note, now.decided[1].at })
      assert.same({}, doubts())
      assert.equal(409, (w:call("POST", "/messages/" .. id .. "/resolve", { decision = "resend" })))
      assert.equal(404, (w:call("POST", "/messages/" .. id .. "/resolve", { decision = "resend" }, { token = "other" })))
    end)
  end)

  it("lets a person cancel what waits, and keeps why", function()
    local id = message { status = "held", reason = "quiet-hours" }
    local status, problem = w:call("POST", "/messages/" .. id .. "/cancel", { reason = "tired" })
    assert.equal(422, status)
    assert.truthy(problem.detail:find "told declined unneeded wrong")
    assert.equal(200, (w:call("POST", "/messages/" .. id .. "/cancel", { reason = "told", note = "电话里已说" }, { token = "ward" })))
    assert.same({ id }, (list "outcome=cancelled&reason=told"))
    local _, now = w:call("GET", "/messages/" .. id)
    assert.same({ "cancelled", "told", "cancel", "li" }, { now.status, now.reason, now.decided[1].deed, now.decided[1].by })
    assert.equal(409, (w:call("POST", "/messages/" .. id .. "/cancel", { reason = "told" })))
  end)
end)
