-- Scripts that mean harm, for every place that runs scripts.
-- name, script, and what it ends in: a pattern in a script error's text, "time", "memory",
-- "breach" (either), or "ok" for what turns out harmless.
return {
  { "a loop", "while true do end", "time" },
  { "a loop of gotos", "::a:: goto a", "time" },
  { "a loop inside pcall", "while true do pcall(function() while true do end end) end", "time" },
  { "a loop of failing pcalls", "while true do pcall(error) end", "time" },
  { "a loop inside nested pcalls", [[
      local function deep(n) if n == 0 then while true do end end return pcall(deep, n - 1) end
      deep(100) return "escaped"]], "time" },
  { "an xpcall handler that loops", "xpcall(error, function() while true do end end)", "time" },
  { "a handler after a loop", [[
      return xpcall(function() while true do end end, function() while true do end end)]], "time" },
  { "a handler that fails", [[
      local ok, e = xpcall(error, function() error "again" end, "first")
      assert(not ok and e:find "again") error "seen"]], "hip.lua:2: seen" },
  { "a handler that fails for ever", [[
      local function h() error(h) end  while true do xpcall(h, h) end]], "time" },
  { "pcall of pcall of pcall", "local f = pcall for _ = 1, 1e9 do pcall(pcall, pcall, error) end", "time" },
  { "a rep bomb", "return ('x'):rep(1 << 60)", "string.rep: .*longer than 1 MB" },
  { "a rep bomb with a separator", "return (''):rep(1 << 60, 'x')", "string.rep" },
  { "reps of nothing", "return #(''):rep(1 << 62)", "ok" },
  { "a rep loop", "while true do local _ = ('x'):rep(1000000) end", "time" },
  { "a concat bomb", "local s = 'x' while true do s = s .. s end", "memory" },
  { "one wide concat", [[
      local s = ('x'):rep(1000000)
      return s]] .. (" .. s"):rep(150), "breach" },
  { "a concat bomb in pcall", [[
      local s = ('x'):rep(1000000)
      while true do pcall(function() return s .. s end) end]], "memory" },
  { "a table.concat bomb", [[
      local t, s = {}, ('x'):rep(100000) for i = 1, 1000 do t[i] = s end
      return table.concat(t)]], "table.concat: .*longer than 1 MB" },
  { "a table.concat that never ends", [[
      return table.concat(setmetatable({}, { __index = function() return '' end }), '', 1, 1 << 60)]], "time" },
  { "a table.concat loop", [[
      local t = {} for i = 1, 1000 do t[i] = ('x'):rep(1000) end
      while true do table.concat(t) end]], "time" },
  { "stars in find", "return (('a'):rep(5000)):find('a*a*a*a*x')", "takes too long" },
  { "stars in match", "return (('a'):rep(5000)):match('^a*a*a*a*x')", "takes too long" },
  { "stars in gsub", "return (('a'):rep(5000)):gsub('a*a*a*a*x', '')", "takes too long" },
  { "stars in gmatch", "for _ in (('a'):rep(5000)):gmatch('a*a*a*a*x') do end", "takes too long" },
  { "lazy quantifiers", "return (('a'):rep(3000)):find('.-.-.-.-b')", "takes too long" },
  { "captures in a lazy pattern", "return (('a'):rep(3000)):find(('(a-)'):rep(8) .. 'b')", "takes too long" },
  { "balance at every place", "return (('('):rep(100000)):find('%b()x')", "takes too long" },
  { "backward references", "return (('a'):rep(20000)):find('(.-)%1%1b')", "takes too long" },
  { "slow patterns in pcall", [[
      while true do pcall(string.find, ('a'):rep(5000), 'a*a*a*a*x') end]], "time" },
  { "a plain search that is quadratic elsewhere", [[
      local s = ('a'):rep(1000000)
      return s:find(('a'):rep(500000) .. 'b', 1, true)]], "ok" },
  { "a very long pattern", "return ('a'):find(('a?'):rep(10000))", "too complex" },
  { "many captures", "return ('a'):find(('()'):rep(1000))", "too many captures" },
  { "a set of many classes", "return (('b'):rep(100000)):find('[' .. ('%s'):rep(1500) .. ']')", "takes too long" },
  { "a malformed pattern", "return ('a'):find('[a')", "malformed pattern" },
  { "a gsub that grows", "local s = ('a'):rep(1000) return s:gsub('a', s .. s)", "string.gsub: .*longer" },
  { "a gsub with many %0", "return (('a'):rep(100000)):gsub('.*', ('%0'):rep(1000))", "string.gsub: .*longer" },
  { "a wide format", "return string.format('%99999d', 1)", "invalid" },
  { "a long format", [[
      local s = ('x'):rep(1000000) return string.format('%s%s%s', s, s, s)]], "string.format: .*longer" },
  { "a format of an address", "return string.format('%p', {})", "address" },
  { "a table.move without end", "return table.move({}, 1, 1e12, 2)", "time" },
  { "a table.move around the numbers", "return table.move({}, 1, math.maxinteger, 2)", "wrap around" },
  { "a table.insert before a lie", [[
      return table.insert(setmetatable({}, { __len = function() return 1 << 60 end }), 1, 'x')]], "breach" },
  { "a table.remove before a lie", [[
      return table.remove(setmetatable({}, { __len = function() return 1 << 60 end }), 1)]], "breach" },
  { "inserts at the front of a long list", [[
      local t = {} for i = 1, 200000 do t[i] = i end
      while true do table.insert(t, 1, 0) end]], "breach" },
  { "an unpack bomb", "return table.unpack({}, 1, 1e8)", "more than 10000 values" },
  { "a wide unpack", "return select('#', table.unpack({}, 1, 1e7))", "more than 10000 values" },
  { "an unpack around the numbers", "return table.unpack({}, math.mininteger, math.maxinteger)", "more than" },
  { "a byte bomb", "return (('x'):rep(1000000)):byte(1, -1)", "more than 10000 characters" },
  { "a codepoint bomb", "return utf8.codepoint(('x'):rep(1000000), 1, -1)", "more than 10000 characters" },
  { "a comparison that lies", [[
      local t = {} for i = 1, 300 do t[i] = i % 7 end
      table.sort(t, function() return true end) return #t]], "ok" },
  { "a comparison that fails", "table.sort({ 3, 2, 1 }, function() error 'no order' end)", "no order" },
  { "a comparison that loops", "table.sort({ 3, 2, 1 }, function() while true do end end)", "time" },
  { "a comparison that shrinks the table", [[
      local t = { 3, 2, 1 } table.sort(t, function() t[1], t[2], t[3] = nil, nil, nil return false end)]], "ok" },
  { "a sort of a lie", "table.sort(setmetatable({}, { __len = function() return 1 << 50 end }))", "more than" },
  { "a long sort", "local t = {} for i = 1, 900000 do t[i] = -i end table.sort(t)", "breach" },
  { "sorts in pcall", [[
      local t = {} for i = 1, 20000 do t[i] = -i end
      while true do pcall(table.sort, t, function(a, b) return a < b end) end]], "time" },
  { "recursion", "local function f() return 1 + f() end return f()", "stack overflow" },
  { "recursion through memory", "local t = {} local function f() t[#t + 1] = {} return f(f()) end return f()", "stack overflow" },
  { "recursion in pcall", "local function f() return 1 + f() end while true do pcall(f) end", "breach" },
  { "recursion through gsub", [[
      local function f() return (('x'):gsub('x', f)) end return f()]], "stack overflow" },
  { "recursion through sort", [[
      local function f() table.sort({ 1, 2 }, f) end f()]], "stack overflow" },
  { "recursion through pcall", "local function f() pcall(f) pcall(f) end f()", "time" },
  { "recursion through tostring", [[
      local m = {} m.__tostring = function(t) return tostring(t) end
      return tostring(setmetatable({}, m))]], "stack overflow" },
  { "recursion through __index", [[
      local t = setmetatable({}, { __index = function(t, k) return t[k] end }) return t.x]], "stack overflow" },
  { "recursion through load", [[
      local function f(s) return load(s)() end _G.f = f
      _G.s = "return f(s)" return f(s)]], "breach" },
  { "parentheses", "return " .. ("("):rep(20000) .. "1" .. (")"):rep(20000), "nests deeper" },
  { "tables in tables", "return " .. ("{"):rep(20000) .. ("}"):rep(20000), "nests deeper" },
  { "functions in functions", ("return function() "):rep(2000) .. (" end "):rep(2000), "nests deeper" },
  { "blocks in blocks", ("do "):rep(2000) .. (" end "):rep(2000), "nests deeper" },
  { "a very long ..", "local a = '' return a" .. ("..a"):rep(20000), "nests too deep" },
  { "powers of powers", "local a = 1 return a" .. ("^a"):rep(20000), "nests too deep" },
  { "nots of nots", "return " .. ("not "):rep(20000) .. "1", "nests too deep" },
  { "minuses of minuses", "return " .. ("- "):rep(20000) .. "1", "nests too deep" },
  { "a very long assignment", "local a " .. ("a,"):rep(20000) .. "a = 1", "nests too deep" },
  { "labels without end", (function()
      local t = {} for i = 1, 20000 do t[i] = "::a" .. i .. "::" end return table.concat(t)
    end)(), "nests too deep" },
  { "conditions without end", "local a return a" .. (" and a"):rep(20000), "too many conditions" },
  { "nesting hidden from the first look", "return load('return ' .. ('('):rep(20000))()", "nil value" },
  { "nesting in load, in pcall", [[
      while true do pcall(load, 'return ' .. ('-'):rep(1):rep(200, ' ') .. '1') end]], "time" },
  { "a loop of __index", [[
      local a, b = {}, {} setmetatable(a, { __index = b }) setmetatable(b, { __index = a }) return a.x]], "loop" },
  { "a finalizer", "setmetatable({}, { __gc = function() while true do end end })", "__gc is not allowed" },
  { "a finalizer added later", [[
      local m = {} for _ = 1, 1000 do setmetatable({}, m) end
      m.__gc = function() while true do end end
      for _ = 1, 20000 do local _ = {} end]], "ok" },
  { "a weak table", "setmetatable({}, { __mode = 'k' })", "__mode is not allowed" },
  { "a closer", "local x <close> = setmetatable({}, { __close = function() end })", "__close is not allowed" },
  { "closers added later, while a loop is ended", [[
      local m = {} local function closer() return setmetatable({}, m) end
      local list = {} for i = 1, 100 do list[i] = closer() end
      m.__close = function() while true do end end
      local function f(n) local x <close> = list[n] if n < 100 then f(n + 1) end while true do end end
      f(1)]], "time" },
  { "closers behind a for, in pcall", [[
      local m = {} local c = setmetatable({}, m)
      m.__close = function() while true do end end
      while true do pcall(function() for _ in function() return 1 end, nil, nil, c do error "x" end end) end]], "time" },
  { "a closer that waits while it is ended", [[
      local m = {} local c = setmetatable({}, m) m.__close = function() wait(1) end
      local x <close> = c  while true do end]], "time" },
  { "a __tostring that gives no text", [[
      return tostring(setmetatable({}, { __tostring = function() return {} end }))]], "must return a string" },
  { "a __tostring that loops", [[
      return ('%s'):format(setmetatable({}, { __tostring = function() while true do end end }))]], "time" },
  { "a __pairs that loops", [[
      for _ in pairs(setmetatable({}, { __pairs = function() while true do end end })) do end]], "time" },
  { "a protected metatable", [[
      local t = setmetatable({}, { __metatable = 1 }) assert(getmetatable(t) == 1)
      setmetatable(t, {})]], "protected" },
  { "a __concat", "return setmetatable({}, { __concat = function() return 'x' end }) .. ''", "__concat is not allowed" },
  { "a __lt that loops in a sort", [[
      local m = { __lt = function() while true do end end }
      table.sort({ setmetatable({}, m), setmetatable({}, m) })]], "time" },
  { "compiled code", "return load('\\27Lua')", "ok" },
  { "compiled code, asked for", "return assert(load('\\27LuaT', 'x', 'b'))", "only source text" },
  { "a long text to load", "return assert(load(('x'):rep(140000)))", "longer than 128 KB" },
  { "a loop of loads", "while true do load('return 1' .. (' + 1'):rep(20000)) end", "time" },
  { "the metatable of texts", "getmetatable('').__index = nil", "index a boolean" },
  { "a library changed", "string.rep = nil", "string.rep is read%-only" },
  { "a library changed by table.insert", "table.insert(string, 1)", "string%[1%] is read%-only" },
  { "a library's metatable", "setmetatable(string, {})", "read%-only" },
  { "a library's metatable's insides", "return getmetatable(string).__index", "nil value" },
  { "a library swapped", "local _ENV = { string = string } string.upper = 1", "read%-only" },
  { "the environment emptied", "for k in pairs(_G) do if k ~= '_G' then _G[k] = nil end end", "ok" },
  { "io", "io.open 'x'", "nil value" },
  { "os", "os.exit()", "nil value" },
  { "debug", "debug.getregistry()", "nil value" },
  { "package", "package.loadlib()", "nil value" },
  { "coroutine", "coroutine.wrap(function() end)", "nil value" },
  { "collectgarbage", "collectgarbage 'stop'", "nil value" },
  { "rawset", "rawset(string, 1, 1)", "nil value" },
  { "string.dump", "string.dump(print)", "nil value" },
  { "dofile", "dofile '/etc/passwd'", "nil value" },
  { "math.randomseed", "math.randomseed(1)", "nil value" },
  { "string.pack", "string.pack('c1000000000', '')", "nil value" },
  { "a wait inside a sort", "table.sort({ 2, 1 }, function() wait(1) end)", "yield across" },
  { "a wait inside gsub", "('x'):gsub('x', wait)", "yield across" },
  { "a wait inside __index of a concat", [[
      table.concat(setmetatable({}, { __index = function() wait(1) end, __len = function() return 1 end }))]], "yield across" },
  { "a wait inside a rule", "rule(function() wait(1) end)", "yield" },
  { "a rule that loops, in pcall", "while true do pcall(rule, function() while true do end end) end", "time" },
  { "many small tables", "local t = {} while true do t = { t } end", "breach" },
  { "many texts", "local t, i = {}, 0 while true do i = i + 1 t[i] = 'text ' .. i end", "breach" },
  { "long texts", "local t, i = {}, 0 while true do i = i + 1 t[i] = ('x'):rep(100000) .. i end", "breach" },
  { "many closures", "local t, i = {}, 0 while true do i = i + 1 t[i] = function() return t, i end end", "breach" },
  { "many loaded functions", "local t, i = {}, 0 while true do i = i + 1 t[i] = load('return 1') end", "breach" },
  { "a list without end", "local t, i = {}, 0 while true do i = i + 1 t[i] = i end", "breach" },
  { "a memory bomb in pcall", [[
      local t, i = {}, 0
      while true do pcall(function() while true do i = i + 1 t[i] = ('x'):rep(50000) .. i end end) end]], "breach" },
  { "uppers of long texts", "local s = ('x'):rep(1000000) while true do s:upper() end", "time" },
  { "comparisons of long texts", [[
      local a, b = ('x'):rep(999999) .. 'a', ('x'):rep(999999) .. 'b'
      while true do local _ = a < b end]], "time" },
  { "numbers of a million digits", [[
      local s = ('0'):rep(1000000) .. '1' while true do local _ = s + 1, tonumber(s) end]], "time" },
  { "fractions of a million digits", [[
      local s = ('7'):rep(1000000) .. '.5' while true do local _ = tonumber(s) end]], "time" },
  { "a walk of an emptied table", [[
      local t = {} for i = 1, 300000 do t[i] = i end for i = 1, 300000 do t[i] = nil end
      while true do next(t) for _ in pairs(t) do end end]], "time" },
  { "a long chain of __index", [[
      local t = {} for _ = 1, 1900 do t = setmetatable({}, { __index = t }) end
      while true do local _ = t.x end]], "time" },
  { "characters counted from afar", "local s = ('x'):rep(1000000) while true do utf8.offset(s, 900000) end", "time" },
  { "pairs of a huge table", "local t = {} for i = 1, 60000 do t[i * 7] = i end for _ in pairs(t) do end", "too many to sort" },
  { "a loop of next", "local t = {} for i = 1, 9000 do t['k' .. i] = i end local k repeat k = next(t, k) until not k return 'x'", "time" },
  { "pairs of a table with a table as a key", "for _ in pairs { [{}] = 1 } do end", "no order" },
  { "an error that is a table", "error({})", "a table was raised" },
  { "an error that is nil", "error()", "a nil was raised" },
  { "a very long error", "error(('x'):rep(1000000))", "xxx" },
  { "an error in an error's __tostring", "error(setmetatable({}, { __tostring = function() while true do end end }))", "raised" },
}
