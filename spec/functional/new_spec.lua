-- `afterward new` gives a newcomer something that works: it passes check and its own spec as it is.
local json = require "dkjson"
local play = require "functional.support.play"

describe("afterward new", function()
  local place
  local function made(words)
    local output, code = place:run("new --json " .. words)
    assert.equal(0, code, output)
    return json.decode(output)
  end
  local function clean()
    local output, code = place:run "check --json"
    assert.equal(0, code, output)
    return json.decode(output)
  end
  -- The generated specs, as their author would run them.
  local function specs()
    local output, code = place:test "urology"
    assert.equal(0, code, output)
    return tonumber(output:match "(%d+) successes / 0 failures / 0 errors")
  end

  before_each(function()
    place = play.folder()
    made "department urology"
  end)
  after_each(function() place:remove() end)

  it("writes a department that stands by itself", function()
    assert.equal(0, clean().accepted)
    assert.equal(6, specs())
  end)

  it("adds to it a pathway, a form and an escalation, each with its spec", function()
    assert.same({ "scripts/urology/stones.lua", "scripts/urology/spec/stones_spec.lua" }, made("pathway stones --in urology").files)
    assert.same({ "afterward check scripts/urology", "afterward test urology" },
      made("form pain").next)                       -- the only department need not be named
    made "escalation night"
    assert.equal(2, clean().accepted)               -- nothing asks the form or pages by the ladder yet
    assert.equal(6 + 5 + 3 + 3, specs())
  end)

  it("reads its department: another program, other levels", function()
    place:edit("scripts/urology/department.lua", 'id = "urology", name', 'id = "brand", name')
    place:edit("scripts/urology/department.lua", " urgent = ", " severe = ")
    place:sh "rm scripts/urology/after-discharge.lua scripts/urology/spec/*"
    made "form pain"
    made "pathway stones"
    assert.truthy(place:read "scripts/urology/stones.lua":find('program = "brand"', 1, true))
    clean()
    local output, code = place:test "urology --mutate"                          -- an example to go by: nothing goes unnoticed
    assert.equal(0, code, output)
    assert.matches("8 successes.*\n(%d+) changes to rules, %1 noticed by a spec, 0 not%.\n", output)
  end)

  it("tells what to do next", function()
    local output = place:run "new escalation night"
    assert.equal("wrote scripts/urology/night.lua\nwrote scripts/urology/spec/night_spec.lua\n\n" ..
      "Put your own words where scripts/urology/night.lua says what, then:\n  afterward check scripts/urology\n" ..
      "  afterward test urology\n", output)
  end)

  it("writes nothing over, and nothing where it can't tell whose", function()
    local before = place:sh "find scripts -type f | sort | xargs cat"
    for words, said in pairs {
      ["department urology"] = "scripts/urology is there already: take another name",
      ["pathway department"] = "scripts/urology/department.lua is there already: take another name",
      ["form after-discharge"] = 'pathway "after-discharge" is declared in urology/after-discharge.lua:',
      ["pathway Stones"] = '"Stones" can\'t be a name: lower-case words with dashes',
      ["pathway shared"] = "can't be a name",
      ["department x --in urology"] = "leave --in out",
      ["pathway x --in nowhere"] = "no department 'nowhere' (departments: urology) in the scripts folder scripts",
      ["pathway x --scripts nowhere"] = "say whose it is: --in DEPARTMENT, a folder under nowhere",
      ["pathwya x"] = 'no action "pathwya"; did you mean pathway?',
      ["pathway"] = "something is missing",
    } do
      local output, code = place:run("new " .. words)
      assert.truthy(code == 1 or code == 2, words)
      assert.truthy(output:find(said, 1, true), words .. ": " .. output)
    end
    assert.equal(before, (place:sh "find scripts -type f | sort | xargs cat"))
    place:sh "mkdir scripts/other; echo 'return {' > scripts/urology/broken.lua"
    assert.truthy(place:run "new form x":find("say whose it is", 1, true))
    assert.matches("scripts/urology/broken.lua:2: .*afterward check tells all", (place:run "new form x --in urology"))
  end)

  it("writes a channel of some thirty lines that passes its spec, and says what to do next", function()
    local output = place:run "new channel city-sms"
    assert.equal("wrote plugins/city-sms/plugin.lua\nwrote plugins/city-sms/spec/city-sms_spec.lua\n\n" ..
      "Put your own words where plugins/city-sms/plugin.lua says what, then:\n" ..
      "  afterward channel test city-sms --to NUMBER\n  afterward test city-sms --scripts plugins\n", output)
    local _, lines = place:read "plugins/city-sms/plugin.lua":gsub("\n", "")
    assert.truthy(lines <= 33, lines)
    local said, code = place:test "city-sms --scripts plugins"
    assert.equal(0, code, said)
    assert.truthy(said:find("7 successes / 0 failures / 0 errors", 1, true), said)
    assert.truthy(place:run "new channel city-sms":find("plugins/city-sms/plugin.lua is there already", 1, true))
  end)
end)
