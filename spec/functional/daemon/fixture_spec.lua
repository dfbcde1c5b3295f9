-- afterward fixture: what happened to one patient becomes a spec, and nobody can tell who it was.
local Hospital = require "functional.support.hospital"
local month = require "functional.support.month"

describe("a fixture", function()
  randomize(false)
  local h, folder, spec
  -- The last check of the patient who had a fever; and what is under way.
  local function feverish()
    local enrollment = h:get "/alerts?status=closed&department=w".items[1].enrollment
    for _, run in ipairs(h:get "/runs?limit=200".items) do
      if run.enrollment == enrollment and run.day == "2026-01-08" then return run end
    end
  end
  local function fixture(run, ...)
    return h:afterward("fixture", run.id, "--scripts", h.folder .. "/scripts", ...)
  end
  local function test()
    local pipe <close> = assert(io.popen(("cd / && %s test w --scripts %s/scripts 2>&1"):format(os.getenv "AFTERWARD", h.folder)))
    local output = pipe:read "a"
    local _, _, code = pipe:close()
    return code, output
  end
  local function edit(from, to)
    local text, count = month.SCRIPT:gsub(from, to)
    assert.is_true(count > 0, from)
    h:script("w/w.lua", text)
  end

  setup(function()
    folder = month.folder()
    h = Hospital.open { speed = 1, scripts = { ["w/w.lua"] = month.SCRIPT, ["v/v.lua"] = month.OTHER }, state = folder }:start()
    h:script("w/spec/README", "")
    spec = h.folder .. "/scripts/w/spec/hot_spec.lua"
  end)
  before_each(function() h:script("w/w.lua", month.SCRIPT) end)
  teardown(function()
    h:close()
    os.execute("rm -rf " .. folder)
  end)

  it("passes where the run was at home, and fails once the script does something else", function()
    local output, code, errors = fixture(feverish(), "--output", spec)
    assert.same({ "", 0 }, { output, code }, errors)
    local passed, said = test()
    assert.equal(0, passed, said)
    assert.matches("1 success", said)
    for from, to in pairs { [">= 38%.5"] = ">= 39", ['every = "1d 10:00"'] = 'every = "1d 11:00"', ['"81%.51", "关节置换"'] = '"81.52"' } do
      edit(from, to)
      assert.equal(1, (test()), from)
    end
  end)

  it("tells what was said and seen, by the hour and weekday of then, of nobody", function()
    local text = fixture(feverish())
    for _, wanted in ipairs { 'scripts = { "scripts/w" }', "age = 70", 'w:discharge(pt, { department = "w", ', 'pt:answer("check", { temp = 38.9 })',
      'assert.equal("urgent", w:alert_named("fever").level)', 'assert.equal(3, #w:sent("check", "patient"))',
      '10:00" }, w:planned("way", "check", 1))', 'assert.equal("done", w:run("check").status)' } do
      assert.truthy(text:find(wanted, 1, true), wanted .. text)
    end
    assert.matches('planned%("way", "check", 1%)', text)
    assert.matches('"%d%d%-%d%d Thu 10:00" }, w:planned', text)      -- 8 January 2026 was a Thursday too
    assert.is_nil(text:find 'at = "2026%-01%-0' or text:find 'advance_to "2026%-01%-0')
    for _, private in ipairs { "患者", "%f[%d]139%d%d%d%d%d%d%d%d%f[%D]", "1956%-", "M0000", "王小兰", feverish().id, feverish().patient } do
      assert.is_nil(text:find(private), private)
    end
    assert.truthy(text:find('words = "……"', 1, true))
    assert.truthy((fixture(feverish(), "--keep-text")):find('words = "王小兰说很好"', 1, true))
  end)

  it("has what came beside the answers, and says when what was written matters", function()
    local runs = h:get("/runs?limit=200&department=v").items
    local run, words
    for _, one in ipairs(runs) do
      if one.name == "blood" then words = one end
      if words and one.enrollment == words.enrollment and one.day == "2026-01-08" then run = one end
    end
    local output, code, errors = fixture(run)
    assert.same({ "", 1 }, { output, code })
    assert.matches("what the patient wrote matters to these scripts.*%-%-keep%-text", errors)
    output, code, errors = fixture(run, "--keep-text")
    assert.equal(0, code, errors)
    for _, wanted in ipairs { 'pt:reply("伤口有血")', 'w:observe(pt, "temperature", 38.8, { unit = "Cel" })', "pt.unreachable = true",
      'w:event(pt, "admission"', 'w:alert_named("hot"):done()', "pt.unreachable = false" } do
      assert.truthy(output:find(wanted, 1, true), wanted .. output)
    end
  end)

  it("goes until now with a run that is under way, and on to what is planned", function()
    local run = h:get "/runs?status=waiting".items[1]
    local output, code, errors = fixture(run, "--output", spec)
    assert.same({ "", 0 }, { output, code }, errors)
    local file <close> = assert(io.open(spec))
    local text = file:read "a"
    assert.truthy(text:find('assert.equal("waiting", w:run("check").status)', 1, true), text)
    assert.matches('{ "%d%d%-%d%d Wed 10:00" }, w:planned%("way", "last", 1%)', text)
    assert.equal(0, (test()))
  end)

  it("is refused under scripts that do something else, with what to do", function()
    edit(">= 38%.5", ">= 39")
    local output, code, errors = fixture(feverish())
    assert.same({ "", 1 }, { output, code })
    assert.matches("do something else than the run did under version %x+: .*w:alert_named%(\"fever\"%)", errors)
    assert.matches("%-%-scripts DIR", errors)
    output, code, errors = h:afterward("fixture", feverish().id, "--scripts", "nowhere")
    assert.same({ "", 2 }, { output, code })
    assert.matches("there is no folder nowhere/w", errors)
    output, code, errors = h:afterward("fixture", "r0000000000000")
    assert.same({ "", 1 }, { output, code })
    assert.matches("no such run", errors)
  end)
end)
