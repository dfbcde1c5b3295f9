local io_unit = require "afterward.unit.io"

local world
before_each(function() world = io_unit.new() end)
after_each(function() world:close() end)

describe("a program beside the loop", function()
  local function sh(text, limit, bytes) return world:child({ "sh", "-c", text }, limit or 20000, bytes or 1000) end

  -- A killed process may wait to be reaped by whoever it fell to.
  local function lives(pid)
    local file = io.open("/proc/" .. pid:match "%d+" .. "/stat")
    local state = file and file:read "a":match "%) (%a)"
    if file then file:close() end
    return state ~= nil and state ~= "Z" and state ~= "X"
  end
  -- What was sent SIGKILL dies when the machine comes to it.
  local function dies(pid)
    for _ = 1, 100 do
      if not lives(pid) then return true end
      os.execute "sleep 0.02"
    end
    return false
  end

  it("tells how it ended, and what it said on both its outputs", function()
    assert.same({ code = 3, late = false, output = "one\ntwo\n" }, sh "echo one; echo two >&2; exit 3")
    assert.equal(-1, sh("kill -9 $$").code)
  end)
  it("is told what it is given of the world, and nothing else", function()
    assert.equal("yes /\n", sh("echo $TOLD$HOME $PWD").output)
  end)
  it("of which the last words are kept when it says too much", function()
    local out = sh("i=0; while [ $i -lt 2000 ]; do echo line $i; i=$((i+1)); done", nil, 20).output
    assert.equal(20, #out)
    assert.matches("line 1999\n$", out)
  end)
  it("ends at its limit, with all that it has started", function()
    local out = sh("sleep 77 & echo $!; wait", 200)
    assert.same({ -1, true }, { out.code, out.late })
    assert.is_true(dies(out.output))
  end)
  it("leaves nothing running behind it", function()
    local out = sh "sleep 77 & echo $!; exit 0"
    assert.same({ 0, false }, { out.code, out.late })
    assert.is_true(dies(out.output))
  end)
  it("that is not there is said to be missing", function()
    local out, why = world:child({ "no-such-program" }, 1000, 100)
    assert.is_nil(out)
    assert.matches("no%-such%-program can't be started: no such file", why)
  end)
  it("can be left behind", function() assert.is_false(world:leave { "sleep", "60" }) end)
end)

describe("a folder that is looked after", function()
  local folder
  local function sh(text) return function() assert(os.execute("cd " .. folder .. " && " .. text)) end end
  before_each(function()
    folder = os.tmpname()
    os.remove(folder)
    assert(os.execute("mkdir -p " .. folder .. "/scripts/w/deep"))
  end)
  after_each(function() os.execute("rm -rf " .. folder) end)

  for what, change in pairs { ["a file written"] = "echo x > scripts/w/a.lua", ["one far below"] = "echo x > scripts/w/deep/a.lua",
    ["many at once"] = "for i in 1 2 3 4 5; do echo x > scripts/w/$i.lua; done", ["a folder moved in"] = "mkdir n && mv n scripts/",
    ["one removed"] = "rmdir scripts/w/deep", ["the whole replaced"] = "mv scripts old && mkdir scripts" } do
    it("tells once of " .. what, function() assert.equal(1, world:watch(folder .. "/scripts", sh(change), 450)) end)
  end
  it("tells of what comes into a folder that is new", function()
    assert.equal(2, world:watch(folder .. "/scripts/", sh "mkdir scripts/new; (sleep 0.5; echo x > scripts/new/a.lua) &", 1200))
  end)
  it("is waited for when it is not there", function()
    assert.equal(1, world:watch(folder .. "/later", sh "mkdir later", 450))
  end)
  it("says nothing of hidden files, nor of its neighbours", function()
    assert.equal(0, world:watch(folder .. "/scripts", sh "echo x > scripts/.a.swp; echo x > beside", 350))
  end)
  it("that never rests is told of all the same", function()
    local restless = sh "(for i in $(seq 18); do echo $i > scripts/a.lua; sleep 0.07; done) 2>/dev/null &"
    assert.is_true(world:watch(folder .. "/scripts", restless, 1300) >= 1)
  end)
end)
