-- Whoever works on the engine is told what went wrong: by specs whose daemon dies, by a path that was misspelt, by a benchmark that breaks down.
local wait = require "functional.support.wait"
local uv = require "luv"

local BUILD = os.getenv "AFTERWARD_BUILD"

local function run(command, ...)
  local pipe <close> = assert(io.popen(command:format(...) .. " 2>&1"))
  local said = pipe:read "a"
  local _, _, code = pipe:close()
  return code, said
end

describe("a spec", function()
  local path
  local function spec(text)
    path = os.tmpname() .. "_spec.lua"
    local file <close> = assert(io.open(path, "w"))
    file:write(text)
    return run("spec/busted '%s' 1 '%s'", BUILD, path)
  end
  after_each(function() if path then os.remove(path) end end)

  it("whose daemon dies in its setup says why, in the daemon's words", function()
    local code, said = spec [[
      local Hospital = require "functional.support.hospital"
      describe("a ward", function()
        setup(function() Hospital.open { site = "nonsense = 1," }:start() end)
        it("works", function() end)
      end)]]
    assert.equal(1, code, said)
    assert.matches("the daemon did not start: afterward serve: .-there is no key 'nonsense'", said)
    assert.matches("1 error /", said)
  end)

  it("whose daemon dies under it says so, and with what words", function()
    local code, said = spec [[
      local Hospital = require "functional.support.hospital"
      describe("a ward", function()
        local h
        setup(function() h = Hospital.open {}:start() end)
        teardown(function() os.execute("rm -rf " .. h.folder) end)
        it("works", function()
          h:signal "sigkill"
          h:get "/patients"
        end)
      end)]]
    assert.equal(1, code, said)
    assert.matches("the daemon has ended with signal 9: .-daemon%.ready", said)
  end)

  it("leaves no daemon behind when it has failed", function()
    local _, said = spec [[
      local Hospital = require "functional.support.hospital"
      describe("a ward", function()
        setup(function()
          local h = Hospital.open {}:start()
          error(("daemon %d, folder %s."):format(h.daemon.pid, h.folder))
        end)
        it("works", function() end)
      end)]]
    local pid, folder = said:match "daemon (%d+), folder (%S+)%."
    assert.is_not_nil(pid, said)
    os.execute("rm -rf " .. folder)
    wait.till("it is gone", function() return not uv.kill(tonumber(pid), 0) end, 5)
  end)

  it("that is not there is an error", function()
    for _, word in ipairs { "spec/unit/nonsense_spec.lua", "nonsense_spec.lua", "spec/nonsense" } do
      assert.same({ 2, "spec/busted: there is no spec file or folder " .. word .. "\n" }, { run("spec/busted '%s' 1 '%s'", BUILD, word) })
    end
  end)
end)

describe("a benchmark that breaks down", function()
  it("leaves nothing running that it has started", function()
    local pid
    local machine = require "bench.machine"
    local ok, why = machine.during(function()
      pid = machine.start("/dev/null", "sleep 60")
      assert(machine.is_alive(pid))
      error "it broke down"
    end)
    assert.is_false(ok)
    assert.matches("it broke down", why)
    assert.is_false(machine.is_alive(pid))
  end)
end)
