-- afterward test: a department's specs, as its author runs them and as a machine reads them.
local json = require "dkjson"
local play = require "functional.support.play"

describe("afterward test", function()
  local place
  setup(function()
    place = play.folder()
    place:run "new department urology"
    place:sh "cp -r scripts/urology kept"
  end)
  before_each(function() place:sh "rm -rf scripts/urology && cp -r kept scripts/urology" end)
  teardown(function() place:remove() end)

  it("passes what works, from any folder, and tells machines how many", function()
    local output, code = place:sh(("cd / && %s test urology --json --scripts %s/scripts"):format(play.tester, place.path))
    assert.equal(0, code, output)
    local result = json.decode(output)
    assert.same({ true, 6, 0, 0, "urology" }, { result.passed, result.successes, result.failures, result.errors, result.department })
  end)

  it("plays the departments that ship", function()
    local output, code = place:test(("theatre --json --scripts %s/scripts"):format(play.root))
    assert.equal(0, code, output)
    assert.is_true(json.decode(output).successes > 5)
  end)

  it("a story of docs/testing.md ends the same wherever the power fails", function()
    local guide = play.file "docs/testing.md"
    place:write("scripts/urology/spec/power_spec.lua", 'local sim = require "afterward.sim"\n' .. guide:match "```lua\n(it.-)```")
    local output, code = place:test "urology"
    assert.equal(0, code, output)
    assert.truthy(output:find("7 successes", 1, true), output)
  end)

  it("tells once why scripts can't be loaded, and runs no spec", function()
    place:edit("scripts/urology/after-discharge.lua", "aw%.rule", "aw.ruel")
    local output, code = place:test "urology"
    assert.equal(1, code)
    assert.matches('^scripts/urology/after%-discharge.lua:%d+: aw has no "ruel"; did you mean "rule"%?\nThe scripts can\'t be loaded, so', output)
    assert.is_nil(output:find "before_each" or output:find "sim_scripts")
    local result = json.decode((place:test "urology --json"))
    assert.is_false(result.passed)
    assert.equal(1, #result.problems)
  end)

  it("fails what doesn't, and shows where", function()
    place:edit("scripts/urology/spec/department_spec.lua", "16m", "14m")
    local output, code = place:test "urology"
    assert.equal(1, code)
    assert.truthy(output:find("scripts/urology/spec/department_spec.lua", 1, true), output)
  end)

  it("says what is missing: the folder, the department's name, a spec", function()
    place:sh "mkdir -p scripts/dental"
    for words, wanted in pairs { ["urology --scripts nowhere"] = "scripts folder nowhere can't be read: name another with --scripts",
      ["urolgy"] = "no department 'urolgy'; did you mean 'urology'? (departments: dental, urology) in the scripts folder scripts",
      ["../x"] = "is no name of a department", ["dental"] = "write scripts/dental/spec/…_spec.lua" } do
      local output, code = place:test(words)
      assert.equal(words == "../x" and 2 or 1, code)
      assert.truthy(output:find(wanted, 1, true), output)
    end
    place:sh "rmdir scripts/dental"
  end)

  it("says that lua5.4 can't be started where it is not installed", function()
    place:sh "mkdir -p bin && ln -sf $(command -v find) $(command -v realpath) bin"
    local output, code = place:sh(("PATH=$PWD/bin %s test urology"):format(play.tester))
    assert.equal(1, code, output)
    assert.truthy(output:find("lua5.4", 1, true), output)
  end)

  it("tells which lines of each script no spec has run", function()
    place:edit("scripts/urology/after-discharge.lua", "    if a.wound ==", "    if a.temp == 41 then\n      return nil\n    end\n%0")
    place:write("scripts/urology/helper.lua", "return {\n  twice = function(n)\n    return 2 * n\n  end,\n}\n")
    local output = place:test "urology --coverage --json"
    local all, by = json.decode(output).coverage, {}
    for _, file in ipairs(all.files) do by[file.file] = file end
    local pathway = by["urology/after-discharge.lua"]
    local _, above = place:read "scripts/urology/after-discharge.lua":match "^(.*)return nil":gsub("\n", "")
    assert.same({ above + 1 }, pathway.never)
    assert.equal(pathway.lines - 1, pathway.ran)
    assert.same({ 3 }, by["urology/helper.lua"].never)              -- loaded with the others, never called
    assert.equal(50, by["urology/helper.lua"].percent)
    assert.equal(all.lines - 2, all.ran)
    assert.truthy(place:test "urology --coverage":find("urology/helper.lua +2 +1 +50.0  3\n"))
  end)

  it("tells which thresholds can change and no spec notices", function()
    place:write("scripts/urology/limits.lua", "local limits = {}\nfunction limits.far(n) return n > 7 end\nreturn limits\n")
    place:edit("scripts/urology/after-discharge.lua", 'if (a.wound == "open" or)', "if require('urology.limits').far(1) or %1")
    place:edit("scripts/urology/spec/after-discharge_spec.lua", "temp = 38.5", "temp = 39")
    place:edit("scripts/urology/spec/after-discharge_spec.lua", '"38.5"', '"39.0"')
    local output, code = place:test "urology --mutate --json"
    local found, lines = json.decode(output).mutations, {}
    assert.equal(1, code)
    for i, one in ipairs(found.survivors) do lines[i] = ("%s:%d %s→%s"):format(one.file, one.line, one.from, one.to) end
    local rule = select(2, place:read "scripts/urology/after-discharge.lua":match "^(.*)38%.5":gsub("\n", "")) + 1
    local function has(line)
      for _, one in ipairs(lines) do if one == line then return true end end
      return false
    end
    assert.is_true(has(("urology/after-discharge.lua:%d 38.5→38.6"):format(rule)), output)       -- 38.6 and 39 are tried
    assert.is_true(has(("urology/after-discharge.lua:%d >=→>"):format(rule)), output)
    assert.is_true(has "urology/limits.lua:2 7→8", output)
    assert.equal(found.changes, found.noticed + #found.survivors)
    assert.is_true(found.noticed > 0)
  end)

  it("runs again when a script is saved, and ends when it is told to", function()
    local pid = place:sh(("%s test urology --watch >out 2>&1 & echo $!"):format(play.tester)):match "%d+"
    local function wait_for(pattern)
      for _ = 1, 200 do
        if place:read "out":find(pattern) then return end
        os.execute "sleep 0.05"
      end
      error("never said: " .. pattern .. "\n" .. place:read "out")
    end
    wait_for "all pass;"
    place:edit("scripts/urology/after-discharge.lua", "aw%.rule", "aw.ruel")
    wait_for "not all pass;"
    os.execute("kill -INT " .. pid)
    for _ = 1, 100 do
      if not os.execute(("kill -0 %s 2>/dev/null"):format(pid)) then return end
      os.execute "sleep 0.05"
    end
    error "it goes on after ^C"
  end)
end)
