-- docs/scripting.md is true: every example in it runs, and what is made from the script API's description is not stale.
local unit = require "afterward.unit.script"
local sim = require "afterward.sim"

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

local manual = read "docs/scripting.md"

-- The page's files make up one department; a block marked `step` is a step's body there, one marked `spec` is run.
local files, steps, specs = {}, {}, {}
for mark, text in manual:gmatch "\n```lua *(%w*)\n(.-)\n```" do
  if mark == "" then
    local path = assert(text:match "^%-%- (%S+%.lua)\n", "an example begins with the name of its file:\n" .. text)
    files[path] = text
  else
    table.insert(assert(mark == "step" and steps or mark == "spec" and specs or nil, mark), text)
  end
end

for _, name in ipairs { "danger", "modifiers" } do
  local path = ("shared/phrases/%s.csv"):format(name)
  files[path] = read("scripts/" .. path)
end

local function told(sources)
  local _, _, report = unit.bundle_check("ward", sources)
  return report
end

describe("the manual's examples", function()
  it("are there", function()
    local count = 0
    for _ in pairs(files) do count = count + 1 end
    assert.truthy(count >= 6 and #steps >= 3 and #specs >= 1)
    for _, mark in ipairs { "```Lua", "\n ```lua", "\n```\n-- ward/" } do assert.falsy(manual:find(mark, 1, true)) end
  end)

  it("are a department that loads, with nothing to be told of", function() assert.equal("", (told(files))) end)

  for i, body in ipairs(steps) do
    it("can stand in a step: " .. i, function()
      local sources = { ["ward/try.lua"] = ('return require "afterward".pathway { id = "try", program = "recovery", anchor = "discharge", ' ..
        'title = { zh = "试", en = "Try" }, enroll = { on = "discharge" }, steps = { require "afterward".step { id = "try", at = "1d", ' ..
        'run = function(p)\n%s\nend } } }'):format(body) }
      for path, text in pairs(files) do sources[path] = text end
      assert.equal("", (told(sources)))
      local w = sim.world { scripts = sources, at = "2026-03-02 10:00" }
      w:discharge(w:patient { family = true })
      w:advance "5d"                                -- the world itself fails when a run gets stuck
    end)
  end

  for i, text in ipairs(specs) do
    it("are specs that pass: " .. i, function()
      local count, own = 0, setmetatable({}, { __index = _G })
      own.assert = assert
      own.it = function(_, body) count = count + 1 body() end
      own.require = function(name)
        if name ~= "afterward.sim" then return require(name) end
        return { world = function(o)
          assert.same({ "scripts/ward" }, o.scripts)
          o.scripts = files
          return sim.world(o)
        end }
      end
      assert(load(text, "docs/scripting.md", "t", own))()
      assert.truthy(count > 0)
    end)
  end
end)

describe("what is made from the script API's description", function()
  it("is not stale: ./dev docs writes it", function()
    for path, make in pairs(assert(loadfile "docs/generate.lua")("outputs")) do
      assert.is_true(make() == read(path), path .. " is stale: run ./dev docs")
    end
  end)

  local api = assert(loadfile "engine/script/api.lua")()

  it("has every call, kind and key with its meaning", function()
    local function explained(keys, of)
      for _, key in ipairs(keys) do
        assert.truthy(type(key.doc) == "string" and #key.doc > 2, of .. "." .. key.name .. " is not explained")
        if key.keys then explained(key.keys, of .. "." .. key.name) end
      end
    end
    for name, call in pairs(api.run) do
      assert.truthy(#call.doc > 5 and type(call.returns) == "string", "p:" .. name .. " is not explained")
      explained(call.params, "p:" .. name)
    end
    for name, kind in pairs(api.kinds) do
      assert.truthy(#kind.doc > 5, name)
      explained(kind.keys, "aw." .. name)
    end
    for name, keys in pairs(api.records) do explained(keys, name) end
  end)

  it("has what the manual's own words must have: each call of a run, each kind, each call of a simulated world", function()
    local own = manual:match "^(.-)<!%-%- From here"
    for name in pairs(api.run) do
      assert.truthy(own:find("p:" .. name, 1, true), "p:" .. name .. " in docs/scripting.md")
    end
    for _, kind in ipairs(api.kind_order) do assert.truthy(own:find("aw." .. kind, 1, true), "aw." .. kind .. " in docs/scripting.md") end
    for name in read "engine/sim.lua":gmatch "\nfunction World:(%l[%w_]*)" do
      if name ~= "close" then assert.truthy(own:find("w:" .. name, 1, true), "w:" .. name .. " in docs/scripting.md") end
    end
    for _, why in ipairs { "silent", "suppressed", "unreachable", "no-contact", "opted-out", "cancelled", "stale" } do
      assert.truthy(own:find("| `" .. why .. "` |", 1, true), why)
    end
  end)

  it("knows what scripts find around themselves, no more and no less", function()
    local function names_in(where)
      local _, problems = unit.bundle_load("ward", { ["ward/x.lua"] = ([[
        local found = {}
        for name in pairs(%s) do found[#found + 1] = name end
        error(table.concat(found, " "), 0)]]):format(where) })
      return problems[#problems].message
    end
    local top = {}
    for name, names in pairs(api.environment) do
      top[#top + 1] = name
      if names ~= true then assert.equal(table.concat(names, " "), names_in(name)) end
    end
    table.sort(top)
    assert.equal(table.concat(top, " "), names_in "_G")
  end)

  it("says the foot that the engine adds", function()
    local source = read "engine/care/message_text.c"
    for _, language in ipairs { "zh", "en" } do
      assert.equal(api.foot[language], source:match("foot_" .. language .. "%[%]%s*=%s*\"(.-)\";"))
    end
  end)

  it("serves luacheck", function()
    local standard = assert(loadfile "docs/editor/afterward.luacheckrc")()
    assert.is_table(standard.read_globals.string.fields)
    assert.is_nil(standard.read_globals.print)
  end)
end)
