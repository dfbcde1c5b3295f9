local unit = require "afterward.unit.script"

-- Each gives the same here as in Lua itself.
local same_as_lua = {
  "pcall(error)", "pcall(error, nil)", "pcall(error, 'a', 0)", "pcall(select, '#', 1, nil, nil)",
  "pcall(pcall)", "select('#', pcall(function() return 1, nil, nil end))",
  "xpcall(error, function(e) return e, 2 end, 'a', 0)",
  "xpcall(function(...) return select('#', ...), ... end, type, 1, nil)",
  "('hello world'):find('o w')", "('hello'):find('l', 1, true)", "('hello'):find('')", "('hello'):find('', 6)",
  "('hello'):find('', 7)", "('a.b'):find('.', 2, true)", "('hello'):find('(l)(l)')", "('hello'):find('l', -2)",
  "('key = value'):match('^(%w+)%s*=%s*(%w+)$')", "('2024-02-29'):match('(%d+)-(%d+)-(%d+)')",
  "('  trim  '):match('^%s*(.-)%s*$')", "('abc'):match('()b()')", "('f(a(b)c)d'):match('%b()')",
  "('THE (quick) fox'):find('%f[%a]%a+%f[%A]')", "('aa bb'):match('(%a)%1 (%a)%2')", "('a-b'):match('[a%-]+')",
  "('x]y'):match('[]]')", "('x^y'):match('[x^]+')", "('abc'):match('[^a]+')", "('a0Z_'):match('[%w_]+')",
  "('a$b'):match('a$b')", "('a+b'):gsub('%+', '-')", "('abc'):gsub('', '-')", "('abc'):gsub('%w', '%0%0', 2)",
  "('abc'):gsub('.', { a = 1, b = true and 'x' })", "('hello world'):gsub('o', function() return nil end)",
  "('abc abc'):gsub('^a', 'x')", "('a,b,,c'):gsub('([^,]*)', '<%1>')", "('x'):gsub('x', '%%')",
  "('abc'):gsub('(b)()', '%2')", "('äö'):gsub('[\\128-\\255]+', '?')", "('a\\0b'):find('\\0')", "('a\\0b'):match('[%z\\0]b')",
  "('aaa'):find('a-', 2)", "('aaab'):find('a-b')", "('aXb'):find('a.?b')", "('ab'):find('a.?b')",
  "('abc'):find('b', 10)", "('abc'):match('.-$')", "('%d'):gsub('%%d', '%%s')", "('one;two'):match('^(.-);(.*)$')",
  "('x = 1'):match('^(%S+)%s*(=)%s*(%S+)')", "('[[x]]'):match('%[%[(.-)%]%]')", "('a]'):match('[%]]')", "('b'):match('[a-]')",
  "('-'):match('[a-]')", "('é'):len()", "('abc'):byte(1, -1)", "('abc'):rep(3, '-')", "('abc'):rep(0)", "('abc'):rep(-1)",
  "('%5.2f|%-5d|%05d|%x|%q|%s|%c|%i|%%'):format(3.14159, 42, 7, 255, 'a\\nb', true, 65, 3)", "('%10.3s|'):format('abcdef')",
  "('%q'):format(1 / 3)", "('%s %s'):format(nil, 1.0)", "('abc'):sub(-2)", "('abc'):upper()", "('abc'):reverse()",
  "table.concat({ 1, 2.5, 'x' }, ', ')", "table.concat({}, 'x')", "table.concat({ 1, 2, 3 }, '-', 2, 3)",
  "table.unpack({ 1, 2, nil, 4 }, 1, 4)", "table.pack(1, nil, 3).n", "select(-1, 1, 2, 3)",
  "(function() local t = { 1, 2, 3 } table.insert(t, 2, 'x') return table.concat(t) end)()",
  "(function() local t = { 1, 2, 3 } return table.remove(t, 1), table.remove(t), table.remove(t), table.remove(t), #t end)()",
  "pcall(table.insert, { 1 }, 5, 2)", "pcall(table.remove, { 1 }, 5)", "table.remove({ 1 }, 2)", "table.remove({}, 0)",
  "table.concat(table.move({ 1, 2, 3 }, 2, 3, 1))", "table.concat(table.move({ 1, 2, 3 }, 1, 3, 2))",
  "table.concat(table.move({ 1, 2, 3 }, 1, 3, 3, { 9, 9 }))",
  "(function() local t = { 3, 1, 2 } table.sort(t, function(a, b) return a > b end) return table.concat(t) end)()",
  "tostring(1e15)", "tostring(2^63)", "tostring(-0.0)", "tostring(10 // 3)", "tostring(nil)", "tonumber('0x10')", "tonumber('z', 36)",
  "tostring(setmetatable({}, { __tostring = function() return 'me' end }))", "rawequal('a', 'a')", "rawlen({ 1, 2 })",
  "rawget(setmetatable({}, { __index = { a = 1 } }), 'a')", "math.type(1), math.type(1.0), math.type('1')",
  "math.max(1, 2.5), math.tointeger(3.0), 7 // 2, 7 % -3", "utf8.char(228, 8364), utf8.len('äö'), utf8.codepoint('ä', 1)",
  "load('return 1 + 1')()", "load('x =')", "load('return a', 'n', 't', { a = 5 })()", "'10' + 1", "#'abc' .. 1",
  "next({})", "next({ 5 })", "type(next), type(nil)", "ipairs({})  ~= nil",
  "(function() local n = 0 for k, v in pairs({ 1, 2, x = 3 }) do n = n + v end return n end)()",
  "(function() local t = { a = 1, b = 2 } for k in pairs(t) do t[k] = nil end return next(t) end)()",
  "(function() local s = '' for k, v in ('a=1, b=2'):gmatch('(%w+)=(%w+)') do s = s .. k .. v end return s end)()",
  "(function() local s = '' for w in ('abc'):gmatch('') do s = s .. '.' end return s end)()",
  "(function() local s = '' for w in ('one two'):gmatch('%a+', 3) do s = s .. w .. ';' end return s end)()",
}

describe("Lua in the sandbox", function()
  local sandbox = unit.sandbox()
  local collect = [[
    local function show(...)
      local out = {}
      for i = 1, select("#", ...) do
        out[i] = (tostring((select(i, ...))):gsub("^.-:%d+: ", ""):gsub("function: .*", "function"))
      end
      return table.concat(out, "|")
    end
    return show(]]
  for _, expression in ipairs(same_as_lua) do
    it("agrees on " .. expression, function()
      local expected = assert(load(collect .. expression .. ")"))()
      local result, value = sandbox:run(collect .. expression .. ")")
      if expected:find "bad argument" or expected:find "load" then
        expected, value = expected:match "^%a+", tostring(value):match "^%a+"
      end
      if expected:find "syntax" or expected:find "unexpected" then value = expected end
      assert.same({ "done", expected }, { result, value })
    end)
  end

  it("agrees on a thousand odd patterns", function()
    local pieces = { "a", "b", ".", "%a", "%d", "[ab]", "[^a]", "[a-c]", "%f[b]", "%b()", "(", ")", "()", "*", "+", "-", "?",
      "%1", "^", "$", "%", "[", "]", "%%", "\0", "[%w-]", "[]a]", "%W" }
    local subjects = { "", "a", "abab", "(a(b)a)", "b-a", "aaa]%^$", "a\0b", "cab cab 12" }
    local state = 1
    local function pick(list)
      state = (state * 1103515245 + 12345) & 0x7fffffff
      return list[(state >> 8) % #list + 1]
    end
    local body = [[
      local s, p = ...
      local out = {}
      local function add(ok, ...)
        for i = 1, ok and select("#", ...) or 0 do out[#out + 1] = tostring((select(i, ...))) end
        out[#out + 1] = ok and "ok" or "failed"
      end
      add(pcall(string.find, s, p)) add(pcall(string.match, s, p, 2)) add(pcall(string.gsub, s, p, "<%0>"))
      add(pcall(function() local all = "" for a in s:gmatch(p) do all = all .. a .. ";" end return all end))
      return table.concat(out, "|")]]
    local there = assert(load(body))
    for _ = 1, 1000 do
      local p, s = "", pick(subjects)
      for _ = 1, pick { 1, 2, 3, 4, 5, 6 } do p = p .. pick(pieces) end
      local expected = there(s, p)
      local _, value = sandbox:run(("return (function(...) %s end)(%q, %q)"):format(body, s, p))
      -- A malformed end that Lua didn't reach is refused here at once.
      if not value:find "failed" then
        assert.equal(expected, value, ("%q on %q"):format(p, s))
      else
        assert.truthy(expected:find "failed" or p:find "[%[%%%(%)]", ("%q on %q"):format(p, s))
      end
    end
  end)

  it("walks tables in one order: numbers, then texts", function()
    local script = [[
      local t = { "a", "b", [10] = "c", [-1] = "d", [2.5] = "e", [math.huge] = "f", z = 1, a = 2, aa = 3, [""] = 4, B = 5 }
      local keys = {}
      for k in pairs(t) do keys[#keys + 1] = tostring(k) end
      local other, k = {}, next(t)
      while k ~= nil do other[#other + 1] = tostring(k) k = next(t, k) end
      assert(table.concat(keys, " ") == table.concat(other, " "))
      return table.concat(keys, " ")]]
    for _ = 1, 3 do
      local _, value = unit.sandbox():run(script)
      assert.equal("-1 1 2 2.5 10 inf  B a aa z", value)
    end
  end)

  it("sorts stably", function()
    local _, value = sandbox:run [[
      local t = {} for i = 1, 50 do t[i] = { i % 3, i } end
      table.sort(t, function(a, b) return a[1] < b[1] end)
      for i = 2, 50 do assert(t[i - 1][1] < t[i][1] or t[i - 1][2] < t[i][2]) end
      return "stable"]]
    assert.equal("stable", value)
  end)

  it("leaves a table as it was when the comparison fails", function()
    local _, value = sandbox:run [[
      local t, n = { 5, 4, 3, 2, 1 }, 0
      pcall(table.sort, t, function(a, b) n = n + 1 if n == 3 then error "x" end return a < b end)
      return table.concat(t)]]
    assert.equal("54321", value)
  end)

  it("shows no address", function()
    for _, e in ipairs { "tostring({})", "tostring(print or pcall)", "('%s'):format({})", "tostring(pairs{})" } do
      local _, value = sandbox:run("return " .. e)
      assert.is_truthy(value == "table" or value == "function", value)
    end
  end)
end)

describe("after load", function()
  local source = [[
    local limits = { high = 3, list = { "a", "b", "c" } }
    local count, nan, list = 0, 0 / 0, limits.list
    local Class = {} Class.__index = Class
    function Class.new(x) return setmetatable({ x = x }, Class) end
    function Class:twice() return self.x * 2 end
    Class.__add = function(a, b) return Class.new(a.x + b.x) end
    local one = Class.new(1)
    local lazy = setmetatable({ a = 1 }, { __index = function(t, k) return k .. #list end })
    helper = { name = "helper" }
    return {
      id = "hip", steps = { { id = "a" }, { id = "b" } },
      write = function() limits.high = 4 end,
      write_list = function() table.insert(list, "d") end,
      write_item = function() limits.list[2] = "x" end,
      write_global = function() counter = 1 end,
      write_helper = function() helper.name = 1 end,
      write_class = function() Class.twice = nil end,
      write_env = function() _ENV = {} end,
      write_self = function() one.x = 2 end,
      sort = function() table.sort(list, function(a, b) return a > b end) end,
      meta = function() setmetatable(limits, {}) end,
      class_meta = function() getmetatable(Class.new(1)).twice = nil end,
      count = function(n) count = n  nan = 0 / 0 return count end,
      float = function() count = 0.0 end,
      read = function()
        local out = {}
        for _, v in ipairs(list) do out[#out + 1] = v end
        for k, v in pairs(limits) do out[#out + 1] = k .. type(v) end
        out[#out + 1] = #list .. table.concat(list) .. select("#", table.unpack(list)) .. rawlen(list)
        out[#out + 1] = (next(limits)) .. rawget(limits, "high") .. tostring(limits.none)
        out[#out + 1] = (Class.new(4) + one):twice() .. one:twice() .. lazy.a .. lazy.b .. helper.name
        out[#out + 1] = tostring(getmetatable(Class.new(1)) == Class) .. tostring(getmetatable(one) == Class)
        return table.concat(out, " ")
      end,
      value = function() return limits end,
      random = function() return { math.random(100), math.random(100), math.random(100) } end,
    }]]
  local sandbox = unit.sandbox()
  assert(sandbox:load(source) == "done")

  it("tables read as before", function()
    local result, value = sandbox:turn "read"
    assert.same({ "done", "a b c highnumber listtable 3abc33 high3nil 1021b3helper truetrue" }, { result, value })
  end)

  for name, what in pairs {
    write = "limits.high", write_list = "[%a.]*list%[4%]", write_item = "[%a.]*list%[2%]", write_global = "counter",
    write_helper = "helper.name", write_class = "Class.twice", write_self = "one.x", sort = "[%a.]*list%[1%]",
    class_meta = "Class.twice",
  } do
    it("refuses " .. name, function()
      local result, text = sandbox:turn(name)
      assert.equal("failed", result)
      assert.truthy(text:find("^ortho/hip.lua:%d+: " .. what .. " is read%-only after load: keep state with p:set$"), text)
      assert.equal("done", (sandbox:turn "read"))
    end)
  end
  it("refuses a new metatable", function()
    local _, text = sandbox:turn "meta"
    assert.truthy(text:find "read%-only")
  end)

  it("finds a top-level variable that a run assigned, and puts it back", function()
    local _, value, _, changed = sandbox:turn("count", 5)
    assert.same({ 5, "the top-level variable count (ortho/hip.lua) was assigned in a run: keep state with p:set" },
      { value, changed })
    assert.is_nil(select(4, sandbox:turn("count", 0)))
    assert.truthy(select(4, sandbox:turn "float"):find "count")
    assert.truthy(select(4, sandbox:turn "write_env"):find "_ENV")
    assert.is_nil(select(4, sandbox:turn "read"))
  end)

  it("a frozen table is stored as what it holds", function()
    local _, value = sandbox:turn "value"
    assert.same({ high = 3, list = { "a", "b", "c" } }, value)
  end)

  it("random numbers follow the run's seed", function()
    local _, first = sandbox:turn("random", 0, 1)
    local _, again = sandbox:turn("random", 0, 1)
    local _, other = unit.sandbox():run "return { math.random(100), math.random(100), math.random(100) }"
    assert.same(first, again)
    assert.not_same(first, other)
    for _, n in ipairs(first) do assert.is_true(n >= 1 and n <= 100) end
  end)

  for what, script in pairs {
    ["an iterator of gmatch"] = "local it = ('a b'):gmatch('%a') return { run = function() return it() end }",
    ["an iterator of pairs"] = "local it = pairs({ 1 }) return { run = it }",
    ["a weak metatable"] = "local m = {} local t = setmetatable({}, m) m.__mode = 'k' return t",
  } do
    it("keeps no " .. what, function()
      local result, text = unit.sandbox():load(script)
      assert.equal("failed", result)
      assert.truthy(text:find "can't be kept" or text:find "not allowed")
    end)
  end

  it("freezes very deep and circular tables", function()
    assert.equal("done", (unit.sandbox():load [[
      local t = {} local root = t
      for _ = 1, 50000 do t.next = {} t = t.next end
      t.next = root return root]]))
  end)
end)
