-- Migration 0006 on a database as it was before.
local store = require "afterward.unit.store"

local function migrations(last)
  local out = {}
  for number = 1, last do
    local pipe = io.popen(("cat db/%04d_*.sql"):format(number))
    out[number] = pipe:read "a"
    pipe:close()
  end
  return out
end

describe("the inbox made leaner", function()
  local folder, path

  before_each(function()
    folder = io.popen("mktemp -d"):read "l"
    path = folder .. "/ward.db"
    local db = assert(store.open(path, migrations(5)))
    for id, state in ipairs { 1, 0, 2 } do
      assert.equal(1, db:exec(("INSERT INTO inbox (id, source, source_id, kind, digest, body, received_at, state, result) "
        .. "VALUES (%d, 'his', 'm%d', 'event', '0123456789abcdef0123456789abcdef', x'0%d', 7, %d, x'FF')"):format(id * 10, id, id, state)))
    end
    db:close()
  end)
  after_each(function()
    collectgarbage()
    os.execute("rm -rf " .. folder)
  end)

  local function all(db, sql) return db:text("SELECT group_concat(x, ' ') FROM (" .. sql .. ")") end

  it("keeps the bodies that are still asked for, and what repeats and senders need", function()
    local db = assert(store.open(path, migrations(6)))
    assert.equal("10:1: 20:0: 30:2:03", all(db, "SELECT id || ':' || state || ':' || hex(body) AS x FROM inbox ORDER BY id"))
    assert.equal("20:02", all(db, "SELECT id || ':' || hex(body) AS x FROM arrival"))
    assert.equal(3, db:int "SELECT count(*) FROM inbox WHERE digest='0123456789abcdef' AND result=x'FF' AND received_at=7 AND source='his'")
    assert.equal(-3, (select(3, db:exec "INSERT INTO inbox (source, source_id, kind, digest, received_at) VALUES ('his', 'm1', '', '', 0)")))
  end)

  it("leaves nothing that a full check complains of", function()
    local db = assert(store.open(path, migrations(6)))
    assert.equal("ok", db:text "PRAGMA integrity_check")
    assert.equal(0, db:int "SELECT count(*) FROM pragma_foreign_key_check")
  end)
end)
