local store = require "afterward.unit.store"

local first = "CREATE TABLE t (id INTEGER PRIMARY KEY, s TEXT) STRICT"
local second = "CREATE TABLE u (id INTEGER PRIMARY KEY, t INTEGER REFERENCES t) STRICT"
local many = "INSERT INTO t (s) WITH RECURSIVE n (i) AS "
  .. "(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) SELECT printf('%0300d', i) FROM n"
local count = "SELECT count(*) FROM t"

describe("the store", function()
  local folder, path

  before_each(function()
    folder = io.popen("mktemp -d"):read "l"
    path = folder .. "/ward.db"
  end)
  after_each(function()
    collectgarbage()
    os.execute("rm -rf " .. folder)
  end)

  local function read(name)
    local file = io.open(name, "rb")
    if not file then return nil end
    return file:read "a", file:close()
  end
  local function write(name, bytes)
    local file = assert(io.open(name, "wb"))
    file:write(bytes)
    file:close()
  end
  local function opened(...) return assert(store.open(path, { ... })) end
  local function refused(sentence, ...)
    local db, why = store.open(...)
    assert.is_nil(db)
    assert.truthy(why:find(sentence, 1, true), why)
    assert.truthy(why:find(path, 1, true), why)
  end

  it("sets a new file up for good", function()
    local db = opened(first)
    for pragma, value in pairs {
      application_id = 0x41667477, page_size = 4096, auto_vacuum = 2, synchronous = 2, foreign_keys = 1,
      trusted_schema = 0, cell_size_check = 1, secure_delete = 2, user_version = 1,
    } do
      assert.equal(value, db:int("PRAGMA " .. pragma), pragma)
    end
    assert.equal("wal", db:text "PRAGMA journal_mode")
    db:close()
    assert.equal("600", io.popen("stat -c %a " .. path):read "l")
    assert.is_nil(read(path .. "-wal"))
  end)

  it("keeps a store for specs in memory", function()
    local db = assert(store.open(":memory:", { first, second }))
    assert.equal("memory", db:text "PRAGMA journal_mode")
    assert.equal(0, db:int "PRAGMA synchronous")
    assert.equal(2, db:int "PRAGMA user_version")
    assert.equal(1, db:exec "INSERT INTO t (s) VALUES ('a')")
  end)

  it("binds each type", function()
    assert.same({ "-5", "NULL", "7", "text", "0.5", "a\0b", "NULL", "NULL" },
      { assert(store.open(":memory:", { first })):types() })
  end)

  it("refuses a statement with a parameter left over", function()
    local _, why = assert(store.open(":memory:", { first })):too_few()
    assert.truthy(why:find("out of range", 1, true), why)
  end)

  it("lets a statement be used within itself", function()
    assert.equal(64, assert(store.open(":memory:", { first })):nested(5))
  end)

  it("counts changes of this statement only", function()
    local db = opened(first)
    assert.equal(2000, db:exec(many))
    assert.equal(0, db:exec "CREATE TABLE x (a INTEGER) STRICT")
    assert.equal(0, db:exec "UPDATE t SET s = 'a' WHERE id = -1")
    assert.equal(2000, db:exec "DELETE FROM t")
  end)

  describe("in a transaction", function()
    it("keeps all or nothing", function()
      local db = opened(first)
      assert(db:begin())
      assert.equal(1, db:exec "INSERT INTO t VALUES (1, 'a')")
      local _, why, code = db:exec "INSERT INTO t VALUES (1, 'b')"
      assert.equal(-3, code)
      assert.is_true(db:broken())
      assert.equal(-99, db:int(count))
      assert.same({ nil, why, -3, n = 3 }, table.pack(db:exec "INSERT INTO t VALUES (2, 'c')"))
      assert.same({ nil, why, -3, n = 3 }, table.pack(db:commit()))
      assert.equal(0, db:int(count))
      assert(db:begin())
      assert.equal(1, db:exec "INSERT INTO t VALUES (1, 'd')")
      assert(db:commit())
      assert.equal(1, db:int(count))
    end)

    it("refuses another begin, and a commit without one", function()
      local db = opened(first)
      assert.is_nil((db:commit()))
      assert(db:begin())
      assert.is_nil((db:begin()))
      db:rollback()
      assert(db:begin())
    end)

    it("commits nothing more after the disk was full, and works again with room", function()
      local db = opened(first)
      db:int "PRAGMA max_page_count=30"
      assert(db:begin())
      assert.equal(1, db:exec "INSERT INTO t VALUES (9000, 'before')")
      local _, why, code = db:exec(many)
      assert.equal(-6, code)
      assert.truthy(why:find(path, 1, true) and why:find("full", 1, true), why)
      assert.is_nil((db:exec "INSERT INTO t VALUES (9001, 'after')"))
      assert.equal(-6, (select(3, db:commit())))
      assert.equal(0, db:int(count))
      db:int "PRAGMA max_page_count=100000"
      assert(db:begin())
      assert.equal(2000, db:exec(many))
      assert(db:commit())
    end)

    it("refuses a commit that leaves a reference to nothing", function()
      local db = opened(first,
        "CREATE TABLE v (t INTEGER REFERENCES t DEFERRABLE INITIALLY DEFERRED) STRICT")
      assert(db:begin())
      assert.equal(1, db:exec "INSERT INTO v VALUES (77)")
      assert.equal(-3, (select(3, db:commit())))
      assert.equal(0, db:int "SELECT count(*) FROM v")
    end)
  end)

  it("is held by one process, and by none once that is killed", function()
    local child = store.hold(path)
    refused("is in use by process " .. child, path, { first })
    os.execute("ln -s " .. path .. " " .. folder .. "/alias.db")
    local alias, why = store.open(folder .. "/alias.db", { first })
    assert.is_nil(alias)
    assert.truthy(why:find("process " .. child, 1, true))
    store.kill(child)
    local db = opened(first)
    assert.equal(100, db:int(count))
    assert.equal("ok", db:text "PRAGMA integrity_check")
    refused("is in use", path, { first })
  end)

  describe("refuses", function()
    it("a database from a newer program, naming both versions", function()
      opened(first, second):close()
      refused("has schema version 2, this program knows versions up to 1", path, { first })
    end)

    it("another application's database, and leaves it as it is", function()
      opened(first):close()
      local ours = read(path)
      local before = ours:sub(1, 68) .. "\0\0\0\1" .. ours:sub(73, 4088) .. ("\0"):rep(8) .. ours:sub(4097) -- no checksum
      write(path, before)
      refused("is another application's database", path, { first })
      assert.equal(before, read(path))
    end)

    it("a file that is no database", function()
      for _, bytes in ipairs { "notes", ("notes "):rep(2000) } do
        write(path, bytes)
        refused("not a database", path, { first })
        assert.equal(bytes, read(path))
      end
    end)

    it("a database with a corrupted header", function()
      opened(first):close()
      local bytes = read(path)
      write(path, "SQLite" .. ("\xff"):rep(30) .. bytes:sub(37))
      refused("not a database", path, { first })
    end)

    it("a folder that is not there", function()
      path = folder .. "/absent/ward.db"
      refused("No such file or directory", path, { first })
    end)
  end)

  describe("migrating", function()
    it("sets the old file aside first, whole", function()
      local db = opened(first)
      db:exec(many)
      db:close()
      db = opened(first, second)
      assert.equal(2, db:int "PRAGMA user_version")
      assert.equal(2000, db:int(count))
      local old = assert(store.open(path .. ".before-2", { first }))
      assert.equal(1, old:int "PRAGMA user_version")
      assert.equal(2000, old:int(count))
      db:close()
      assert.is_nil(read(path .. ".before-1"))
    end)

    it("leaves everything as it was when a migration fails", function()
      opened(first):close()
      for what, bad in pairs {
        ["syntax error"] = "CREATE TABLE w (a INTEGER) STRICT; CREATE NONSENSE",
        ["remove its COMMIT"] = "SELECT 1; COMMIT",
        ["refers to nothing"] = second .. "; INSERT INTO u VALUES (1, 55)",
      } do
        local db, why = store.open(path, { first, bad })
        assert.is_nil(db)
        assert.truthy(why:find("migration 0002_b.sql", 1, true) and why:find(what, 1, true), why)
        db = opened(first)
        assert.equal(1, db:int "PRAGMA user_version")
        assert.equal(1, db:int "SELECT count(*) FROM sqlite_schema")
        db:close()
      end
    end)

    it("may make a table anew that others refer to", function()
      local db = opened(first, second)
      assert.equal(1, db:exec "INSERT INTO t VALUES (1, 'a')")
      assert.equal(1, db:exec "INSERT INTO u VALUES (1, 1)")
      db:close()
      db = opened(first, second, "CREATE TABLE n (id INTEGER PRIMARY KEY, s TEXT) STRICT;"
        .. "INSERT INTO n SELECT * FROM t; DROP TABLE t; ALTER TABLE n RENAME TO t")
      assert.equal(1, db:int "SELECT count(*) FROM u JOIN t ON t.id = u.t")
      assert.equal(-3, (select(3, db:exec "INSERT INTO u VALUES (2, 2)")))
    end)
  end)

  describe("a reader", function()
    it("sees what is committed and changes nothing", function()
      local db = opened(first)
      assert.equal(2000, db:exec(many))
      local reader = assert(store.reader(path))
      assert(db:begin())
      db:exec "DELETE FROM t"
      assert.equal(2000, reader:int(count))
      assert(db:commit())
      assert.equal(0, reader:int(count))
      assert.is_nil((reader:exec "DELETE FROM t"))
    end)

    it("wants a database that is there", function()
      assert.is_nil((store.reader(path)))
      assert.is_nil(read(path))
    end)

    it("does not hold a checkpoint up, which empties the log when it has gone", function()
      local db = opened(first)
      db:exec(many)
      local reader = assert(store.reader(path))
      assert(reader:begin())
      assert.equal(2000, reader:int(count))
      db:exec "DELETE FROM t"
      assert(db:checkpoint())
      assert.not_equal("", read(path .. "-wal"))
      assert.equal(2000, reader:int(count))
      reader:close()
      assert(db:checkpoint())
      assert.equal("", read(path .. "-wal"))
    end)
  end)

  it("writes the log back by itself", function()
    local db = opened(first)
    for _ = 1, 40 do db:exec(many) end
    assert.is_true(#read(path) > 2000 * 4096)
  end)

  it("lets the log grow under load, and writes it back when that is over", function()
    local db = opened(first)
    for _ = 1, 3 do db:exec((many:gsub("2000", "20000"))) end
    assert.is_true(#read(path) < 100 * 4096)
    assert.is_true(#read(path .. "-wal") > 4000 * 4096)
    db:exec "INSERT INTO t (s) VALUES ('the last')"
    assert.is_true(#read(path) > 4000 * 4096)
  end)

  describe("that syncs apart", function()
    it("says when commits are synced, and has them all after the log began anew many times", function()
      local db = opened(first)
      db:apart()
      for i = 1, 60 do
        assert(db:begin())
        db:exec(many)
        assert(db:commit_apart())
        if i % 7 == 0 then assert.equal(1, db:exec "INSERT INTO t (s) VALUES ('on its own')") end
      end
      local synced, told = db:synced()
      assert.is_true(synced)
      assert.is_true(told > 0)
      assert.is_true(#read(path) > 2000 * 4096)
      db:close()
      db = opened(first)
      assert.equal(60 * 2000 + 8, db:int(count))
      assert.equal("ok", db:text "PRAGMA integrity_check")
    end)
    it("empties its log when asked", function()
      local db = opened(first)
      db:apart()
      assert(db:begin()) db:exec(many) assert(db:commit_apart())
      assert(db:checkpoint())
      assert.equal("", read(path .. "-wal"))
      assert.equal(2000, db:int(count))
    end)
    it("has a commit synced before who did not ask otherwise goes on", function()
      local db = opened(first)
      db:apart()
      for i = 1, 20 do
        assert(db:begin()) db:exec "INSERT INTO t (s) VALUES ('x')" assert(db:commit())
        assert.is_true((db:is_synced()), i)
      end
    end)
    it("asks whoever comes next to wait while the disk is at work", function()
      local db, waited = opened(first), 0
      db:apart()
      assert.is_true((db:ready()))
      for i = 1, 60 do
        assert(db:begin()) db:exec(many) assert(db:commit_apart())
        if not db:ready() then waited = waited + 1 else assert.is_true((db:is_synced()), i) end
        db:wait()
        assert.is_true((db:ready()), i)
      end
      assert.is_true(waited > 0)
    end)
    it("is nothing else in memory", function()
      local db = assert(store.open(":memory:", { first }))
      db:apart()
      assert.is_true((db:ready()))
      assert(db:begin()) db:exec(many) assert(db:commit_apart())
      assert.is_true((db:synced()))
    end)
  end)

  describe("a backup", function()
    it("goes on in slices while rows are written, and has them", function()
      local db = opened(first)
      db:exec(many)
      assert(db:backup(folder .. "/copy.db"))
      local slices = 0
      while db:slice(20) == false do
        slices = slices + 1
        assert.is_nil(read(folder .. "/copy.db"))
        assert(db:begin())
        assert.is_nil((db:slice(20)))
        assert.equal(1, db:exec "INSERT INTO t (s) VALUES ('meanwhile')")
        assert(db:commit())
      end
      assert.is_true(slices > 3)
      local copy = assert(store.open(folder .. "/copy.db", { first }))
      assert.equal(2000 + slices, copy:int(count))
      assert.equal("ok", copy:text "PRAGMA integrity_check")
    end)

    it("that is given up leaves nothing, and keeps the copy that was there", function()
      local db = opened(first)
      db:exec(many)
      write(folder .. "/copy.db", "older")
      assert(db:backup(folder .. "/copy.db"))
      assert.is_false(db:slice(5))
      db:close()
      assert.equal("older", read(folder .. "/copy.db"))
      assert.is_nil(read(folder .. "/copy.db.part"))
    end)

    it("says so when its folder is not there", function()
      local _, why = opened(first):backup(folder .. "/absent/copy.db")
      assert.truthy(why:find("No such file", 1, true), why)
    end)
  end)
end)
