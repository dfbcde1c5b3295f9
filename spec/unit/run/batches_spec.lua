-- A commit costs a sync, so that many works share one; but not while a nurse or a patient waits for a page.
local run = require "afterward.unit.run"

describe("works", function()
  it("share commits by the hundred when nobody waits for the loop", function() assert.equal(2, run.batches(300, false)) end)

  it("make room often while somebody waits", function() assert.equal(5, run.batches(300, true)) end)

  it("are not begun while the disk is at work for the last one, so that pages are served meanwhile; none is lost", function()
    local folder = io.popen("mktemp -d"):read "l"
    local deferred, works = run.apart(folder .. "/afterward.db", 100)
    assert.is_true(deferred > 0)
    assert.equal(200, works)
    os.execute("rm -rf " .. folder)
  end)
end)
