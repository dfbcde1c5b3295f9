local store = require "afterward.unit.store"

local first = "CREATE TABLE t (id INTEGER PRIMARY KEY, s TEXT) STRICT"
local many = "INSERT INTO t (s) WITH RECURSIVE n (i) AS "
  .. "(SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 300) SELECT printf('%0300d', i) FROM n"
local all = "SELECT group_concat(s) FROM t"

describe("damage", function()
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
    local file <close> = assert(io.open(name, "rb"))
    return file:read "a"
  end
  local function write(name, bytes)
    local file <close> = assert(io.open(name, "wb"))
    file:write(bytes)
  end
  local function flipped(bytes, at)
    return bytes:sub(1, at - 1) .. string.char(bytes:byte(at) ~ (1 << math.random(0, 7))) .. bytes:sub(at + 1)
  end
  -- What a program would read of it: nil when it is told that something is wrong.
  local function content()
    local db = store.open(path, { first })
    if not db then return nil end
    local ok, text = pcall(db.text, db, all)
    db:close()
    return ok and text or nil
  end

  it("in any bit of the database is found, or changes nothing that is read", function()
    local db = store.open(path, { first })
    db:exec(many)
    local truth = db:text(all)
    db:close()
    local whole, found = read(path), 0
    for _ = 1, 60 do
      write(path, flipped(whole, math.random(#whole)))
      local now = content()
      if now then assert.equal(truth, now) else found = found + 1 end
      os.remove(path .. "-wal")
    end
    assert.is_true(found > 30, found)
    write(path, whole)
    assert.equal(truth, content())
  end)

  it("in the log that a crash left is found, but for the last commit's", function()
    local db = store.open(path, { first })
    for i = 1, 8 do db:exec(("INSERT INTO t (s) VALUES ('%d')"):format(i)) end
    local base, log = read(path), read(path .. "-wal")
    db:close()
    for _ = 1, 60 do
      write(path, base)
      write(path .. "-wal", flipped(log, math.random(#log)))
      local now = content()
      assert.is_true(now == nil or now == "1,2,3,4,5,6,7,8" or now == "1,2,3,4,5,6,7", now)
      os.remove(path .. "-wal")
    end
  end)

  it("in a page that was put into the wrong place is found", function()
    local db = store.open(path, { first })
    db:exec(many)
    db:close()
    local whole = read(path)
    local function page(n) return whole:sub((n - 1) * 4096 + 1, n * 4096) end
    write(path, whole:sub(1, 9 * 4096) .. page(9) .. whole:sub(10 * 4096 + 1))
    assert.is_nil(content())
  end)

  it("a copy made without checksums is taken as it is, and gets them with the next writes", function()
    local db = store.open(path, { first })
    db:exec(many)
    local truth = db:text(all)
    db:close()
    local whole, parts = read(path), {}
    for at = 1, #whole, 4096 do parts[#parts + 1] = whole:sub(at, at + 4087) .. ("\0"):rep(8) end
    write(path, table.concat(parts))
    assert.equal(truth, content())
  end)
end)
