-- Loading a department: what runs, what is kept, what a hash follows, what hostile files come to.
local unit = require "afterward.unit.script"

local BASE = 'return require "afterward".department { id = "ward", title = "Ward" }'
local function sources(more)
  local all = { ["ward/base.lua"] = BASE }
  for path, text in pairs(more or {}) do all[path] = text end
  return all
end
local function load(more, memory) return unit.bundle_load("ward", sources(more), memory) end
local function told(more, memory)
  local bundle, _, report = load(more, memory)
  assert.is_nil(bundle)
  return report
end
local function shipped(department)
  local all = {}
  for _, source in ipairs(assert(unit.sources_read("scripts", department))) do all[source.path] = source.text end
  return all
end

describe("the shipped scripts", function()
  for _, department in ipairs { "cardiac", "ortho", "primary" } do
    it("load without a word: " .. department, function()
      local bundle, _, report = unit.bundle_load(department, shipped(department))
      assert.equal("", report)
      assert.truthy(bundle)
    end)
  end

  it("are kept as definitions with defaults, places and the fields that a rule may read", function()
    local bundle = unit.bundle_load("ortho", shipped "ortho")
    local way = bundle:definition("pathway", "hip-replacement")
    assert.equal("ortho/hip.lua", way.file)
    assert.equal("ignore", way.enroll.again)
    assert.same({ "first-day", "pain", "six-weeks", "half-year" },
      { way.steps[1].id, way.steps[2].id, way.steps[3].id, way.steps[4].id })
    assert.same({ high = "3d 09:00", standard = "7d 09:00" }, way.steps[2].every)
    assert.same({ "24h" }, way.steps[1].at)
    assert.is_true(way.steps[1].run)
    assert.equal(62, way.steps[1].line)
    assert.same({ "bend", "calf", "distance", "pain", "photo", "satisfied", "sit", "stairs", "stars", "straight", "temp",
      "walk", "why", "wound" }, bundle:definition("rule", "joint-red-flags").fields)
    assert.same({ zh = "干燥", en = "dry" }, bundle:definition("form", "pain").items[2].options[1].text)
    assert.equal("shared/roster/ward.csv", bundle:definition("roster", "ward-nurse").path)
    assert.equal("21:00-08:00", bundle:definition("department", "ortho").quiet_hours)
    assert.is_nil(bundle:definition("form", "nothing"))
  end)
end)

describe("functions of declarations", function()
  local text = [[
local aw = require "afterward"
local calls, list = 0, { 1 }
return {
  aw.program { id = "p", name = "P" },
  aw.form { id = "f", { id = "a", kind = "text", zh = "?", when = function(a) return "when " .. a end } },
  aw.rule { id = "r", run = function(a) return "rule " .. a end },
  aw.rule { id = "count", run = function() calls = calls + 1 return calls end },
  aw.rule { id = "keep", run = function() list[2] = 2 end },
  aw.rule { id = "late", run = function() aw.rule { id = "x", run = print } end },
  aw.rule { id = "again", run = function() return require "ward.base" ~= nil end },
  aw.watch { id = "w", on = "death", run = function(p) return "alone " .. p end },
  aw.pathway { id = "way", program = "p", title = "W", tier = function(f) return "tier " .. f end,
    enroll = { on = { "discharge" }, where = function(f) return "where " .. f end },
    steps = { aw.step { id = "s", at = "1d", run = function(p) return "step " .. p end } },
    watches = { aw.watch { id = "w", on = "death", run = function(p) return "within " .. p end } } },
}]]
  local bundle
  before_each(function() bundle = load { ["ward/x.lua"] = text } end)

  it("are found by name", function()
    assert.equal("rule x", bundle:call("kind", "rule", "r", "run", "x"))
    assert.equal("where x", bundle:call("kind", "pathway", "way", "enroll.where", "x"))
    assert.equal("tier x", bundle:call("kind", "pathway", "way", "tier", "x"))
    assert.equal("step x", bundle:call("step", "way", "s", "run", "x"))
    assert.equal("within x", bundle:call("watch", "way", "w", "run", "x"))
    assert.equal("alone x", bundle:call("watch", nil, "w", "run", "x"))
    assert.equal("when x", bundle:call("item", "f", "a", nil, "x"))
    assert.is_false(bundle:call("watch", nil, "w", "where", "x"))
    assert.is_false(bundle:call("kind", "rule", "nothing", "run", "x"))
  end)

  it("can't keep state, declare or require anew", function()
    local value, why = bundle:call("kind", "rule", "count", "run")
    assert.is_nil(value)
    assert.matches("the top%-level variable calls", why)
    assert.equal(nil, (bundle:call("kind", "rule", "keep", "run")))
    value, why = bundle:call("kind", "rule", "late", "run")
    assert.is_nil(value)
    assert.equal("ward/x.lua:9: aw.rule can be called only while a file loads", why)
    assert.is_true(bundle:call("kind", "rule", "again", "run"))
  end)
end)

describe("require", function()
  it("knows this department, shared and afterward, from where it stands", function()
    assert.truthy(load { ["ward/a.lua"] = 'assert(require "b" == 5 and require "ward.b" == 5 and require "shared.c" == 6) return 0',
      ["ward/b.lua"] = "return 5", ["shared/c.lua"] = 'return 1 + require "d"', ["shared/d.lua"] = "return 5" })
  end)

  it("runs a file once", function()
    assert.truthy(load { ["ward/a.lua"] = 'assert(require "b" == require "b") return 0', ["ward/b.lua"] = "return {}" })
  end)

  for name, case in pairs {
    ["a slip"] = { 'require "shared.laddr"', 'ward/a.lua:1: no script "shared.laddr"; did you mean "shared.ladder"?\n' },
    ["another department"] = { 'require "ortho.hip"',
      'ward/a.lua:1: no script "ortho.hip": only this department\'s and shared ones can be required\n' },
    ["a way out"] = { 'require "..etc.passwd"', 'ward/a.lua:1: no script "..etc.passwd"\n' },
    ["no name"] = { "require {}", "ward/a.lua:1: require takes the name of a script\n" },
  } do
    it("refuses " .. name, function()
      assert.equal(case[2], told { ["ward/a.lua"] = case[1], ["shared/ladder.lua"] = "return 1", ["ortho/hip.lua"] = "return 1" })
    end)
  end

  it("names the chain of a circle", function()
    local report = told { ["ward/a.lua"] = 'require "b"', ["ward/b.lua"] = 'require "c"', ["ward/c.lua"] = 'require "a"' }
    assert.matches("ward/c.lua:1: scripts require each other in a circle: ward.a requires ward.b requires ward.c requires ward.a",
      report, 1, true)
  end)
end)

describe("a file that goes wrong", function()
  for name, case in pairs {
    ["does not compile"] = { "local x =\n= 5", "ward/a.lua:2: unexpected symbol near '='\n" },
    ["fails"] = { "\nlocal t = nil\nreturn t.x", "ward/a.lua:3: attempt to index a nil value (local 't')\n" },
    ["raises no text"] = { "error({})", "ward/a.lua: a table was raised as an error: raise a text\n" },
    ["reaches for the machine"] = { "io.open('/etc/passwd')", "ward/a.lua:1: attempt to index a nil value (global 'io')\n" },
    ["is no text"] = { "\27Lua", "ward/a.lua:1: " },
    ["holds a NUL"] = { 'return "\0"', "" },
    ["changes the module"] = { 'local aw = require "afterward" aw.form = nil', "ward/a.lua:1: afterward.form is read-only" },
    ["mixes its list"] = { 'local aw = require "afterward" return { aw.rule { id = "a", run = function() end }, 5 }',
      "ward/a.lua: entry 2 of what the file returns is no declaration\n" },
  } do
    it(name, function()
      local _, _, report = load { ["ward/a.lua"] = case[1] }
      assert.equal(case[2], report:sub(1, #case[2]))
      if case[2] == "" then assert.equal("", report) end
    end)
  end

  it("loops for ever, and is ended and named", function()
    local start = os.clock()
    assert.matches("^ward/a.lua: ", told { ["ward/a.lua"] = "while true do end" })
    assert.is_true(os.clock() - start < 3)
    assert.matches("^ward/a.lua: ", told { ["ward/a.lua"] = "while true do pcall(function() while true do end end) end" })
  end)

  it("eats memory, and is ended and named", function()
    assert.matches("^ward/a.lua: ", told { ["ward/a.lua"] = "local t = {} for i = 1, 1e9 do t[i] = { i } end" })
  end)

  it("says it has more declarations than it has", function()
    local lying = 'return setmetatable({ require "afterward".rule { id = "a", run = function() end } }, { __len = function() return 1e9 end })'
    assert.truthy(load { ["ward/a.lua"] = lying })
    assert.matches("^ward/a.lua:1: ", told { ["ward/a.lua"] =
      'local aw = require "afterward" return aw.escalation { id = "e", levels = setmetatable({}, { __len = function() error "no" end }) }' })
  end)

  it("answers with an error when its declarations are read", function()
    for _, what in ipairs { "error 'no'", "error {}", "return {}" } do
      assert.matches("^ward/a.lua:1: a rule", told { ["ward/a.lua"] = 'return require "afterward".rule(setmetatable({}, ' ..
        "{ __index = function() " .. what .. " end }))" })
    end
  end)

  it("does not keep the others from being checked", function()
    local report = told { ["ward/a.lua"] = "error 'x'", ["ward/b.lua"] = 'return require "afterward".rule { id = "a" }' }
    assert.matches("ward/a.lua:1: x\nward/b.lua:1: rule \"a\" needs run", report, 1, true)
  end)
end)

describe("the hash", function()
  local function hashes(more)
    local bundle = assert(load(more))
    return bundle:hash(), (bundle:definition("rule", "r") or {}).hash
  end
  local files = { ["ward/r.lua"] = 'local run = require "m" return require "afterward".rule { id = "r", run = run }',
    ["ward/m.lua"] = 'require "shared.s" return function() end', ["ward/other.lua"] = "return 1", ["shared/s.lua"] = "return 1",
    ["shared/x.csv"] = "a", ["shared/unused.lua"] = "return 1", ["ward/spec/r_spec.lua"] = "return 1",
    ["shared/all.lua"] = 'return require "afterward".template { id = "t", zh = "您好" }' }
  local function changed(path)
    local more = {}
    for p, text in pairs(files) do more[p] = p == path and text .. " " or text end
    return more
  end

  it("is the same for the same sources", function()
    local whole, rule = hashes(files)
    assert.equal(32, #whole)
    assert.same({ whole, rule }, { hashes(files) })
  end)

  for _, path in ipairs { "shared/unused.lua", "ward/spec/r_spec.lua" } do
    it("does not follow " .. path, function() assert.same({ hashes(files) }, { hashes(changed(path)) }) end)
  end
  for path, follows in pairs { ["ward/r.lua"] = true, ["ward/m.lua"] = true, ["shared/s.lua"] = true, ["shared/all.lua"] = true,
    ["ward/other.lua"] = false, ["shared/x.csv"] = false } do
    it((follows and "of a declaration follows " or "of the bundle alone follows ") .. path, function()
      local whole, rule = hashes(files)
      local whole2, rule2 = hashes(changed(path))
      assert.not_equal(whole, whole2)
      assert.equal(follows, rule ~= rule2)
    end)
  end
end)

describe("reading the folder", function()
  local root
  local function sh(command) assert(os.execute("cd " .. root .. " && " .. command)) end
  before_each(function()
    root = os.tmpname()
    os.remove(root)
    assert(os.execute("mkdir " .. root))
    sh "mkdir -p ward/forms shared/roster other && echo 1 > ward/b.lua && echo 2 > ward/a.lua && echo 3 > ward/forms/x.lua"
    sh "echo 4 > shared/roster/n.csv && echo 5 > ward/.hidden.lua && echo 6 > ward/note.txt && echo 7 > other/o.lua"
  end)
  after_each(function() os.execute("rm -rf " .. root) end)
  local function paths()
    local list, why = unit.sources_read(root, "ward")
    if not list then return nil, why end
    for i, source in ipairs(list) do list[i] = source.path end
    return list
  end

  it("takes this department and shared, in order, without hidden and other files", function()
    assert.same({ "shared/roster/n.csv", "ward/a.lua", "ward/b.lua", "ward/forms/x.lua" }, paths())
  end)

  it("refuses links out of the scripts folder, and takes those within", function()
    sh "ln -s ../other/o.lua ward/c.lua"
    assert.same({ "shared/roster/n.csv", "ward/a.lua", "ward/b.lua", "ward/c.lua", "ward/forms/x.lua" }, paths())
    sh "ln -s /etc/hostname ward/d.lua"
    local list, why = paths()
    assert.is_nil(list)
    assert.equal("ward/d.lua is a link out of the scripts folder: put the file itself there", why)
  end)

  it("ends in a circle of folders, before a fifo, and at a size", function()
    sh "mkfifo ward/pipe.lua"
    assert.equal(4, #paths())
    sh "ln -s ../ward ward/again"
    assert.matches("folders nest deeper", select(2, paths()))
    sh "rm ward/again && head -c 1100000 /dev/zero > ward/big.lua"
    assert.equal("ward/big.lua is longer than 1 MB: split it", select(2, paths()))
  end)

  it("names a department that is not there, and takes no path for one", function()
    assert.matches("^nobody can't be read: ", select(2, unit.sources_read(root, "nobody")))
    for _, name in ipairs { "../ward", "shared", "", ".", "ward/forms" } do
      assert.matches("is no department's folder", select(2, unit.sources_read(root, name)))
    end
  end)
end)
