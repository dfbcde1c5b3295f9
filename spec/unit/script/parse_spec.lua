-- The parser behind `check` reads Lua as Lua does: held against luac on every Lua file of this tree.
local cut = assert(loadfile "engine/script/check/tokens.lua")()
local parse = assert(loadfile "engine/script/check/parse.lua")()

local function lines(command)
  local pipe <close> = assert(io.popen(command))
  local list = {}
  for line in pipe:lines() do list[#list + 1] = line end
  return list
end

local function read(path)
  local file <close> = assert(io.open(path))
  return (file:read "a":gsub("^#[^\n]*", ""))
end

-- Half of them under each of the two seeds.
local files, half = {}, (tonumber(os.getenv "AFTERWARD_SPEC_SEED") or 1) % 2
for i, path in ipairs(lines "find engine scripts spec plugins docs -name '*.lua' | sort") do
  if i % 2 == half then files[#files + 1] = path end
end

-- The globals that a file reads and writes and its functions, by luac's listing of each file's bytecode.
local function by_luac()
  local out, path = {}, nil
  -- One process a file: luac of Debian 12 frees twice when it joins many.
  local listing = "for f in %s; do echo \"main <$f:\"; env -u LD_PRELOAD luac5.4 -l -p $f; done"
  for _, line in ipairs(lines(listing:format(table.concat(files, " ")))) do
    path = line:match "^main <([^:]+):" or path
    out[path] = out[path] or { functions = 0, globals = {} }
    local name = line:match 'ETTABUP%s.*_ENV "([^"]+)"'
    if name then table.insert(out[path].globals, name) end
    if line:find "^function <" then out[path].functions = out[path].functions + 1 end
  end
  return out
end

local function sorted(list)
  table.sort(list)
  return table.concat(list, " ")
end

describe("the parser", function()
  it("finds the globals and the functions that luac finds, in every file of this tree", function()
    assert.truthy(#files > 80)
    local luac = by_luac()
    for _, path in ipairs(files) do
      local tree, names = parse(cut(read(path))), {}
      for i, node in ipairs(tree.globals) do names[i] = node.name end
      assert.equal(sorted(luac[path].globals), sorted(names), path)
      assert.equal(luac[path].functions, #tree.functions, path)
    end
  end)

  it("reads what strings say", function()
    local tokens = cut([==[x = "a\65\x42\u{6cbb}\z
      \n\"" .. 'it\'s' .. [[
two]] .. [=[]]]=] .. 0x1p-3 .. 1e+5 .. .5 .. 3 .. ... -- [[ no ]] "x"
--[=[ remark
]] ]=] y]==])
    local said = {}
    assert.same({ "a\\x41", "" }, { cut([["a\\x41"]]).says[1], cut([["\z   "]]).says[1] })
    for i, kind in ipairs(tokens.kinds) do said[#said + 1] = kind == "string" and tokens.says[i] or nil end
    assert.same({ 'aAB治\n"', "it's", "\ntwo", "]]" }, said)
    assert.equal(2, #tokens.remarks)
    assert.equal("y", tokens.says[#tokens.says - 1])
  end)

  it("refuses what is no Lua", function()
    for _, text in ipairs { "x = = 1", "if x then", "return return", "local function", "x:y = 1", "f(", "}", "for i do end" } do
      assert.is_false(pcall(parse, cut(text)), text)
    end
  end)
end)
