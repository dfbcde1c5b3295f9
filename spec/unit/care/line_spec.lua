-- Messages that stand in line for a channel: what it is kept to, in which order they leave, and what that costs.
local open = require "unit.care.messages"

describe("a channel's line", function()
  local w, plan, change, state, sent
  before_each(function()
    local scene = open()
    w, plan, change, state, sent = scene.w, scene.plan, scene.change, scene.state, scene.sent
    change "INSERT INTO staff (login,phone) VALUES ('n1','13700000001')"
    change "INSERT INTO alert (id,department,name,level,escalation,status,opened_at) VALUES (7,'ortho','x','urgent','e','open',0)"
  end)
  local function count(sql) return tonumber((w:one("SELECT count(*) FROM " .. sql))) end
  local function page() return plan { kind = "page", class = "staff", name = "x", audience = "staff:n1", alert = 7 } end
  local function door() return (w:one "SELECT coalesce(shut, 'open') FROM channel WHERE name='sms'") or "open" end
  local function many(n, more)
    local ids = {}
    for i = 1, n do
      local spec = { valid_hours = 20 }
      for key, value in pairs(more or {}) do spec[key] = value end
      ids[i] = plan(spec)
    end
    return ids
  end
  -- So many tries in a row that find nobody.
  local function fail(from, to, kind, provider)
    for i = from, to do w:result(i, kind or "retry", "not-sent", nil, provider or "gone") end
  end

  it("lets so many a second out, in order, and looks at nobody in between", function()
    w:set("per_second", 2)
    local ids = many(7)
    assert.equal(1, sent())
    w:at "2026-03-02 10:00:01"
    assert.equal(3, sent())
    local works = w:works()
    w:at "2026-03-02 10:00:03"
    assert.equal(7, sent())
    assert.truthy(w:works() - works <= 8, w:works() - works) -- four looks of the line
    for i, id in ipairs(ids) do assert.equal(tostring(i), (w:one("SELECT id FROM attempt WHERE message=" .. id))) end
  end)

  it("lets a burst out at once after a rest", function()
    w:set("per_second", 1)
    w:set("burst", 4)
    many(6)
    assert.equal(4, sent())
    w:at "2026-03-02 10:00:02"
    assert.equal(6, sent())
    w:at "2026-03-02 10:01"
    many(6)
    assert.equal(10, sent())
  end)

  it("keeps to so many a day, and goes on with the next", function()
    w:set("per_day", 3)
    local ids, brief = many(4, { valid_hours = 30 }), many(1, { valid_hours = 5 })[1]
    assert.equal(3, sent())
    assert.equal("delayed", door())
    assert.equal("held queued", state(ids[4]))
    local works = w:works()
    w:at "2026-03-02 14:00"
    assert.equal(works, w:works())
    w:at "2026-03-02 16:00"
    assert.equal("suppressed delayed", state(brief))
    w:at "2026-03-03 08:00"
    assert.equal("in_flight", state(ids[4]))
    assert.equal(4, sent())
  end)

  it("takes what its channel has room for, and the next when a result comes", function()
    many(2)
    w:set("room", 0)
    local ids = many(3)
    assert.equal("held queued", state(ids[3]))
    assert.equal(2, sent())
    w:set("room", 1)
    w:result(1, "accepted", "g1")
    assert.equal(3, sent())
    assert.equal("in_flight", state(ids[1]))
  end)

  it("lets a page pass by those that wait for room", function()
    w:set("room", 0)
    many(3)
    assert.equal(0, sent())
    page()
    assert.equal(1, sent())
  end)

  it("obeys a provider that wants nothing for a while, and asks nobody else to try", function()
    many(2)
    w:result(1, "retry", "HTTP 429", 90, "busy")
    assert.equal("rate", door())
    local ids = many(3)
    assert.equal("held queued", state(ids[3]))
    local works = w:works()
    w:at "2026-03-02 10:01:29"
    assert.equal(works, w:works())
    w:at "2026-03-02 10:01:31"
    assert.equal("in_flight", state(ids[3]))
  end)

  it("waits an hour for it at most, whatever it says", function()
    many(2)
    w:result(1, "retry", "HTTP 429", 3 * 365 * 86400, "busy")
    local ids = many(1)
    w:at "2026-03-02 10:59:59"
    assert.equal("held queued", state(ids[1]))
    w:at "2026-03-02 11:00:01"
    assert.equal("in_flight", state(ids[1]))
  end)

  it("does not forget what the provider said because others then find nobody", function()
    many(6)
    w:result(1, "retry", "HTTP 429", 3000, "busy")
    fail(2, 6)
    assert.equal("breaker", door())
    w:at "2026-03-02 10:49"
    assert.equal(6, sent())
    w:at "2026-03-02 10:51"
    assert.truthy(sent() >= 7)
  end)

  it("is shut by five in a row that find nobody, and by no refused numbers", function()
    many(9)
    for i = 1, 4 do w:result(i, "permanent", "bad number") end
    assert.equal("open", door())
    fail(5, 8)
    assert.equal("open", door())
    fail(9, 9)
    assert.equal("breaker", door())
  end)

  it("is not opened by what never reached the provider", function()
    many(6)
    fail(1, 5)
    w:result(6, "permanent", "no link fits", nil, "unasked")
    assert.equal("breaker", door())
  end)

  it("tries one, then waits twice as long, ten minutes at most", function()
    many(5)
    fail(1, 5)
    local at = { "10:00:30", "10:01:30", "10:03:30", "10:07:30", "10:15:30", "10:25:30", "10:35:30" }
    for i, when in ipairs(at) do
      w:at("2026-03-02 " .. when)
      assert.equal(5 + i, sent(), when)
      fail(5 + i, 5 + i)
    end
  end)

  it("tries another one each time, so that a message that fells its provider keeps nobody", function()
    many(5)
    fail(1, 5)
    for i, when in ipairs { "10:00:30", "10:01:30", "10:03:30", "10:07:30" } do
      w:at("2026-03-02 " .. when)
      fail(5 + i, 5 + i)
    end
    assert.equal("4", (w:one "SELECT count(DISTINCT message) FROM attempt WHERE id>5"))
  end)

  it("empties safety first, then the oldest", function()
    local first = many(5)
    fail(1, 5)
    many(2)
    local safety = plan { class = "safety", valid_hours = 20 }
    w:at "2026-03-02 10:00:30"
    assert.equal(tostring(safety), (w:one "SELECT message FROM attempt WHERE id=6"))
    w:result(6, "accepted", "g6")
    assert.equal("open", door())
    assert.equal(tostring(first[5]), (w:one "SELECT message FROM attempt WHERE id=7"))
    assert.equal(13, sent())
  end)

  it("counts no try against a message that nobody has looked at", function()
    local ids = many(5)
    fail(1, 5)
    local when = { "10:00:30", "10:01:30", "10:03:30", "10:07:30", "10:15:30", "10:25:30", "10:35:30", "10:45:30", "10:55:30" }
    change "DELETE FROM waiting WHERE message>(SELECT min(id) FROM message)"
    for i, at in ipairs(when) do
      w:at("2026-03-02 " .. at)
      fail(5 + i, 5 + i)
    end
    assert.equal("held queued", state(ids[1]))
  end)

  it("lets go whom it holds: cancelled, it leaves the line", function()
    local ids = many(6)
    fail(1, 5)
    local late = many(1)[1]
    w:batch(function() w:cancel("patient", 1, "ended") end)
    assert.equal("cancelled ended", state(late))
    assert.equal(0, count "waiting")
    assert.equal("in_flight ended", state(ids[6]))          -- that one decides by itself
  end)

  it("what may have arrived is not sent again once its channel has forgotten it", function()
    w:set("keyed_ms", 3600000)
    many(5)
    fail(1, 5, "ambiguous")
    w:at "2026-03-02 10:00:40"
    assert.equal(4, count "message WHERE status='held' AND reason='queued'")
    fail(6, 6, "ambiguous")
    change "UPDATE channel SET until=until+86400000"
    w:at "2026-03-02 11:00"
    assert.equal(5, count "message WHERE status='in_doubt'")
  end)

  -- Planned and due now, each for somebody else.
  local function crowd(n)
    change(([[WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i+1 FROM n WHERE i<%d)
      INSERT INTO message (id,number,department,kind,class,name,audience,alert,status,created_at,due_at,valid_until)
      SELECT i,'n'||i,'ortho','page','staff','x','staff:n1',7,'planned',i,1772416800000,1772500000000 FROM n]]):format(999 + n))
    change "INSERT INTO due (class,at,kind,ref,key) SELECT 3,1772416800000,3,id,-id FROM message WHERE id>=1000"
  end

  it("ten thousand that wait cost nothing but the tries of one", function()
    many(5)
    fail(1, 5)
    crowd(10000)
    w:step()
    assert.truthy(count "waiting" >= 10000)
    local works = w:works()
    for i, when in ipairs { "10:00:30", "10:01:30", "10:03:30", "10:07:30", "10:15:30", "10:25:30", "10:35:30" } do
      w:at("2026-03-02 " .. when)
      fail(5 + i, 5 + i)
    end
    assert.truthy(w:works() - works < 50, w:works() - works)
  end)

  it("empties thousands by some hundred at a time", function()
    many(5)
    fail(1, 5)
    crowd(2000)
    w:at "2026-03-02 10:00:30"
    local works = w:works()
    w:result(6, "accepted", "g6")
    assert.equal(0, count "waiting")
    assert.truthy(w:works() - works < 40, w:works() - works)
  end)
end)
