-- What can't be read must not look as if there were nothing: a nurse who sees an empty list goes home.
local World = require "unit.api.world"

describe("when the database can't be read, the staff API", function()
  local w
  before_each(function() w = World.open() end)
  after_each(function() w:close() end)

  local function gone(name)
    w.core:sql("PRAGMA legacy_alter_table=ON")
    w.core:sql(("ALTER TABLE %s RENAME TO %s_gone"):format(name, name))
  end
  local function whole(name) w.core:sql(("ALTER TABLE %s_gone RENAME TO %s"):format(name, name)) end

  for table_, path in pairs {
    message = "/messages", task = "/tasks", alert = "/alerts", run = "/runs", enrollment = "/enrollments", inbound = "/inbound",
    inbox = "/events", job = "/jobs", skip_ahead = "/enrollments",
  } do
    it("says so instead of an empty list of " .. path, function()
      gone(table_)
      local status, problem, headers = w:call("GET", path)
      assert.same({ 500, "application/problem+json" }, { status, headers["Content-Type"] })
      assert.equal("the database could not be read; the log says why", problem.detail)
      whole(table_)
      assert.equal(200, (w:call("GET", path)))                     -- what failed then says nothing of now
    end)
  end

  it("says so of one task, which is not one that there isn't", function()
    local path = "/tasks/" .. w.core:id("t", 1)
    assert.equal(200, (w:call("GET", path)))
    gone "task"
    assert.equal(500, (w:call("GET", path)))
    whole "task"
    assert.equal(404, (w:call("GET", "/tasks/" .. w.core:id("t", 99))))
  end)

  it("says so where a part of the answer is missing", function()
    gone "attachment"
    assert.equal(500, (w:call("GET", "/tasks/" .. w.core:id("t", 1))))
  end)

  it("says so of a patient, whom nobody has then looked at", function()
    local path = "/patients/" .. w.core:id("p", 1)
    assert.equal(200, (w:call("GET", path)))
    local looked = w.core:sql "SELECT count(*) FROM audit"
    gone "contact"
    assert.equal(500, (w:call("GET", path)))
    assert.equal(looked, w.core:sql "SELECT count(*) FROM audit")
  end)

  it("says so of the books", function()
    gone "message"
    assert.equal(500, (w:call("GET", "/summary")))
  end)

  it("says so on a patient's page, in plain words", function()
    gone "question"
    local door = { code = "12345678", birth = "19510203" }
    local status, text = w:post("/f", door)
    assert.equal(500, status)
    assert.truthy(text:find "系统出了问题", text)
    whole "question"
    assert.equal("0", w.core:sql "SELECT wrong FROM question WHERE id=1")  -- it was not the patient's mistake
    assert.equal(303, (w:post("/f", door)))
  end)
end)
