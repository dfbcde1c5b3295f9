-- `afterward check` as an informatics officer and an editor use it. What it finds: spec/unit/script/inspect_spec.lua.
local json = require "dkjson"

local daemon = os.getenv "AFTERWARD_DAEMON"
local top = assert(io.popen "pwd"):read "l"

local function check(words, folder)
  local pipe <close> = assert(io.popen(("cd '%s' && %s check %s 2>&1 </dev/null"):format(folder or top,
    daemon, words)))
  local output = pipe:read "a"
  local _, _, code = pipe:close()
  return output, code
end

describe("the shipped scripts", function()
  it("have nothing to be told of, and a reason for whatever is accepted", function()
    local output, code = check "--json scripts"
    local found = assert(json.decode(output), output)
    local left = {}
    for _, finding in ipairs(found.findings) do
      if not finding.accepted then left[#left + 1] = ("%s:%d: %s"):format(finding.file, finding.line, finding.message) end
    end
    assert.same({}, left)
    assert.equal(0, code)
    assert.equal(0, found.errors + found.warnings)
    assert.equal(#found.findings, found.accepted)
  end)
end)

describe("a folder with mistakes", function()
  local folder
  local FORM = 'aw.form { id = "%s", { id = "a", kind = "date", zh = "?" } }, "%s"'
  local function write(name, text)
    local file <close> = assert(io.open(folder .. "/" .. name, "w"))
    file:write(text)
  end

  setup(function()
    folder = assert(io.popen "mktemp -d"):read "l"
    os.execute(("cd %s && mkdir -p scripts/ward/deep scripts/bed scripts/shared scripts/demo"):format(folder))
    for _, name in ipairs { "ward", "bed" } do
      write(("scripts/%s/department.lua"):format(name), ('return require "afterward".department { id = "%s", title = "W" }'):format(name))
    end
    write("scripts/ward/deep/form.lua", 'local aw = require "afterward"\nreturn ' .. FORM:format("one", "one"))
    write("scripts/shared/form.lua", 'local aw = require "afterward"\nreturn ' .. FORM:format("two", "two"))
    write("scripts/bed/broken.lua", "return {\n  1 +\n}")
    write("scripts/demo/program.lua", "print(1)")
  end)
  teardown(function() os.execute("rm -r " .. folder) end)

  local UNJUDGED = ': warning: form "%s" has no abnormal rule: no answer to it alarms anybody. Name a rule, or say why none is ' ..
    "needed: -- accept unjudged: … [unjudged]\n"
  local BROKEN = "scripts/bed/broken.lua:3:1: error: unexpected symbol near '}' [load]\n"

  local function lines(words, from)
    local output, code = check(words, from or folder)
    return output:gsub(" in %d+%.%d%d s%.\n$", "\n"), code
  end

  it("is told line by line, as editors read it; what is shared once", function()
    local output, code = lines "scripts"
    assert.equal(BROKEN .. "scripts/shared/form.lua:2:8" .. UNJUDGED:format "two" .. "scripts/ward/deep/form.lua:2:8" ..
      UNJUDGED:format "one" .. "1 error, 2 warnings, 0 accepted with a reason; 5 files\n", output)
    assert.equal(1, code)
  end)

  it("names the file that does not load, and of those that need it only that they were not looked at", function()
    os.execute(("cp -r %s/scripts %s/broken && rm -r %s/broken/bed %s/broken/demo %s/broken/shared/form.lua"):format(folder, folder,
      folder, folder, folder))
    local function put(name, text) write("broken/ward/" .. name, text) end
    put("department.lua", [[local aw = require "afterward"
local rules = require "rules"
return { aw.department { id = "ward", title = "W" }, aw.program { id = "brand", name = "B" }, rules.flags }]])
    put("rules.lua", [[local aw = require "afterward"
local flags = aw.rule { id = "flags", run = function(a) end }
local limits = {}
limits.low.high = flags
return { flags = flags }]])
    put("kit.lua", 'return require "rules"')
    put("way.lua", 'require "kit"\nreturn {}')
    put("deep/form.lua", [[local aw = require "afterward"
return aw.form { id = "one", abnormal = "flags", { id = "a", kind = "date", zh = "?" } }]])
    local NOT = "%d:1: warning: not looked at because ward/rules.lua does not load [not-looked-at]\n"
    local output, code = lines "broken"
    assert.equal("broken/ward/department.lua:" .. NOT:format(2) .. "broken/ward/kit.lua:" .. NOT:format(1) ..
      "broken/ward/rules.lua:4:1: error: attempt to index a nil value (field 'low') [load]\n" ..
      "broken/ward/way.lua:" .. NOT:format(1), output:match "^(.*\n)[^\n]*\n$")
    assert.equal(1, code)
    os.execute("rm -r " .. folder .. "/broken")
  end)

  it("may be one department or one file", function()
    local one = "scripts/ward/deep/form.lua:2:8" .. UNJUDGED:format "one"
    local two = "scripts/shared/form.lua:2:8" .. UNJUDGED:format "two"
    assert.equal(two .. one .. "0 errors, 2 warnings, 0 accepted with a reason; 3 files\n", lines "scripts/ward")
    assert.equal(one .. "0 errors, 1 warning, 0 accepted with a reason; 3 files\n", lines "scripts/ward/deep/form.lua")
    assert.equal("deep/form.lua:2:8" .. UNJUDGED:format "one", lines("deep/form.lua", folder .. "/scripts/ward"):match "^[^\n]*\n")
    assert.equal(two, lines "scripts/shared":match "^[^\n]*\n")
    assert.same({ "0 errors, 0 warnings, 0 accepted with a reason; 3 files\n", 0 }, { lines "scripts/ward/department.lua" })
  end)

  it("is told to programs", function()
    local output, code = check("--json scripts/bed", folder)
    local found = json.decode(output)
    assert.equal(1, code)
    assert.same({ errors = 1, warnings = 0, accepted = 0, files = 3 }, { errors = found.errors, warnings = found.warnings,
      accepted = found.accepted, files = found.files })
    assert.same({ file = "scripts/bed/broken.lua", line = 3, column = 1, severity = "error", code = "load",
      message = "unexpected symbol near '}'" }, found.findings[1])
  end)

  it("is found by one rule, whoever looks: what is named, the environment's, ./scripts, the one installed", function()
    local function looked(words, environment, from)
      local pipe <close> = assert(io.popen(("cd '%s' && env -u AFTERWARD_SCRIPTS %s %s %s 2>&1 </dev/null"):format(from or folder,
        environment or "", daemon, words)))
      return (pipe:read "a")
    end
    os.execute(("mkdir -p %s/elsewhere && cp -r %s/scripts/ward %s/elsewhere/nephro"):format(folder, folder, folder))
    for _, words in ipairs { "sim wad --patients x.csv", "test wad", "console p --department wad", "diff wad --scripts scripts",
      "new form x --in wad" } do
      assert.truthy(looked(words):find("no department 'wad'; did you mean 'ward'? (departments: bed, ward) in the scripts folder scripts",
        1, true), words)
      if not words:find "diff" then
        assert.truthy(looked(words, "AFTERWARD_SCRIPTS=elsewhere"):find("(departments: nephro) in the scripts folder elsewhere", 1, true), words)
      end
      assert.truthy(looked(words .. " --scripts elsewhere", "AFTERWARD_SCRIPTS=scripts"):find("in the scripts folder elsewhere", 1, true))
    end
    assert.matches("5 files", looked "check")
    assert.matches("elsewhere/nephro/department.lua:1", looked("check", "AFTERWARD_SCRIPTS=elsewhere"))
    assert.matches("scripts folder /usr/share/afterward/scripts", looked("sim ward --patients x.csv", nil, folder .. "/scripts"))
    os.execute("rm -r " .. folder .. "/elsewhere")
  end)

  it("must be one", function()
    for words, said in pairs { nowhere = "nowhere can't be read: No such file or directory",
      ["scripts/demo/none.lua"] = "No such file", ["scripts/a b"] = "one word too many", ["/etc/passwd"] = "is no Lua file: name a script",
      ["scripts/ward/deep"] = "" } do
      local output, code = check(words, folder)
      assert.equal(words == "scripts/a b" and 2 or 1, code, output)
      assert.truthy(output:find(said, 1, true), output)
    end
    os.execute("mkdir " .. folder .. "/empty")
    local output, code = check("empty", folder)
    assert.equal(1, code)
    assert.matches("empty has no department's folder in it; afterward new department NAME makes one\n", output)
  end)
end)
