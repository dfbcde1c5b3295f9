-- The books of a real database, read beside the loop: the same figures, whoever hangs up or ends meanwhile.
local World = require "unit.api.world"

describe("a summary", function()
  local w, folder
  before_each(function()
    folder = os.tmpname()
    os.remove(folder)
    assert(os.execute("mkdir " .. folder))
    w = World.open(folder .. "/afterward.db")
    for _, text in ipairs {
      "WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i+1 FROM n WHERE i<20000) INSERT INTO enrollment (id,patient,department,"
        .. "pathway,status,event,enrolled_at,anchor_at,cursor_at) SELECT i,1,'ortho','hip','ended',i,i,1,1 FROM n",
      "INSERT INTO run (patient,enrollment,department,kind,name,day,bundle,status,scheduled_at,started_at) SELECT patient,id,"
        .. "department,'step','s','d',1,'done',1,1 FROM enrollment WHERE id%3=0",
      "INSERT INTO alert (patient,department,name,level,escalation,status,next_at,opened_at) VALUES (1,'ortho','x','soon','','open',9,1)",
    } do w.core:sql(text) end
    w.core:beside(true)
  end)
  after_each(function()
    if w then w:close() end
    os.execute("rm -r " .. folder)
  end)

  local function ask(o) return select(2, w:call("GET", "/summary", nil, o)) end

  it("has the figures that it has when all else waits for it", function()
    for _, token in ipairs { "boss", "ward", "other" } do
      local beside = ask { token = token }
      w.core:beside(false)
      assert.same(ask { token = token }, beside)
      w.core:beside(true)
    end
    local books = ask()
    assert.same({ 20000, 6666, 5000, 1, false },
      { books.enrolled, books.started, books.recounted_enrollments, books.unaccounted, books.balanced })
  end)

  it("sees what was kept a moment before", function()
    w.core:sql "DELETE FROM alert"
    assert.is_true(ask().balanced)
    w.core:sql "UPDATE enrollment SET status='active', next_at=9 WHERE id=7"
    assert.equal(1, ask().unaccounted)
  end)

  it("does not go through schedules that have changed since", function()
    w.core:sql "UPDATE bundle SET activated_at=19001"
    assert.equal(1000, ask().recounted_enrollments)
  end)

  it("harms nothing when nobody waits for it any more", function()
    for _ = 1, 3 do assert.is_true(w:leave "/summary") end
    assert.equal(20000, ask().enrolled)
    for _ = 1, 12 do assert.is_true(w:leave "/summary") end
    w:close()
    w = nil
  end)

  it("is one of a few, however often it is asked for", function()
    local status, answer
    for _ = 1, 5 do -- one of those before may have ended meanwhile
      for _ = 1, 20 do w:leave "/summary" end
      status, answer = w:call("GET", "/summary")
      if status == 503 then break end
    end
    assert.same({ 503, true }, { status, answer.detail:find "already" ~= nil })
  end)

  it("says so when the database can't be read", function()
    os.rename(folder .. "/afterward.db", folder .. "/gone")
    assert.equal(500, (w:call("GET", "/summary")))
    os.rename(folder .. "/gone", folder .. "/afterward.db")
  end)
end)
