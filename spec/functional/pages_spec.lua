-- The tutorial and the cookbook are true: their listings are checked and run, and a translation shows the same code.
local unit = require "afterward.unit.script"
local sim = require "afterward.sim"

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

-- { mark, text } of each block of a part of a page.
local function blocks(page)
  local out = {}
  for mark, text in page:gmatch "\n```(%a*%s?%w*)\n(.-)\n```" do out[#out + 1] = { mark = mark, text = text } end
  return out
end

local function keep(files, text, mark)
  if mark == "csv plan" then files["ward/plan.csv"] = text .. "\n" return end
  files[assert(text:match "^%-%- (%S+%.lua)\n", "a listing begins with the name of its file:\n" .. text)] = text
end

local function assert_clean(department, files)
  local _, _, report = unit.bundle_check(department, files)
  assert.equal("", (report:gsub("[^\n]*form \"check\" is never used[^\n]*\n", "")))    -- the cookbook's, which not each recipe needs
end

-- Runs a spec of the page, with these files for the department's folder; the tests in it, which must be some.
local function play(text, name, department, files)
  local tests = {}
  local own = setmetatable({ it = function(title, body) tests[#tests + 1] = { title, body } end, assert = assert }, { __index = _G })
  local function world(o)
    assert.same({ "scripts/" .. department }, o.scripts)
    o.scripts = files
    return sim.world(o)
  end
  own.world = function(at) return world { scripts = { "scripts/" .. department }, at = at or "2026-03-02 15:00" } end
  own.describe = function(_, body) body() end
  own.require = function(wanted) return wanted == "afterward.sim" and { world = world } or require(wanted) end
  assert(load(text, "=" .. name, "t", own))()
  assert.truthy(#tests > 0)
  for _, test in ipairs(tests) do test[2]() end
end

describe("the cookbook", function()
  local page = read "docs/cookbook.md"
  local base = {}
  keep(base, blocks(page:match "^(.-)\n## ")[1].text)
  local count, starts = 0, {}
  for at in page:gmatch "()\n## %d" do starts[#starts + 1] = at end
  for i, at in ipairs(starts) do
    local part = page:sub(at, (starts[i + 1] or #page + 1) - 1)
    local title = part:match "## ([^\n]+)"
    count = count + 1
    it(title, function()
      local files, specs = {}, {}
      for path, text in pairs(base) do files[path] = text end
      for _, block in ipairs(blocks(part)) do
        if block.mark == "lua spec" then specs[#specs + 1] = block.text else keep(files, block.text, block.mark) end
      end
      assert_clean("ward", files)
      assert.truthy(#specs > 0)
      for _, text in ipairs(specs) do play(text, title, "ward", files) end
    end)
  end
  it("has its twenty-seven recipes", function() assert.equal(27, count) end)
end)

describe("the tutorial", function()
  local files, specs = {}, {}
  for _, block in ipairs(blocks(read "docs/tutorial.md")) do
    if block.mark == "lua" and block.text:find "^%-%- scripts/urology/spec/" then
      specs[#specs + 1] = block.text
    elseif block.mark == "lua" then
      keep(files, (block.text:gsub("^%-%- scripts/", "-- ")))
    end
  end
  it("makes a department with nothing to be told of", function() assert_clean("urology", files) end)
  for i, text in ipairs(specs) do
    it("passes its own specs: " .. i, function() play(text, "docs/tutorial.md", "urology", files) end)
  end
  it("has listings and specs", function()
    assert.truthy(files["urology/department.lua"] and files["urology/stone.lua"] and #specs >= 1)
  end)
end)

describe("a translation", function()
  for _, name in ipairs { "cookbook", "tutorial" } do
    it("shows the same blocks: " .. name, function()
      assert.same(blocks(read("docs/" .. name .. ".md")), blocks(read("docs/" .. name .. ".zh.md")))
    end)
  end
end)
