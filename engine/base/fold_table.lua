-- Writes engine/base/fold.c's table at build time: lua5.4 fold_table.lua OUT. Which characters are the same is ICU's
-- knowledge (uconv, package icu-devtools): width (NFKC), capitals, traditional forms.
local RULES = "::NFKC; ::Lower; ::Hant-Hans;"

local function each(visit)                          -- every character of the basic plane but controls and surrogates
  for c = 0xA0, 0xFFFD do
    if c < 0xD800 or c > 0xDFFF then visit(c) end
  end
end

local function folded()
  local name = os.tmpname()
  local file = assert(io.open(name, "w"))
  each(function(c) file:write(utf8.char(c), "\n") end)
  file:close()
  local pipe = assert(io.popen(("uconv -f UTF-8 -t UTF-8 -x '%s' '%s'"):format(RULES, name)))
  local text = pipe:read "a"
  assert(pipe:close(), "uconv failed: is icu-devtools installed?")
  os.remove(name)
  return text:gmatch "([^\n]*)\n"
end

local out = assert(io.open(arg[1], "w"))
local next_line, count = folded(), 0
out:write "// Made by engine/base/fold_table.lua.\n"
each(function(c)
  local line = next_line()
  local good, to = pcall(utf8.codepoint, line)
  if good and utf8.len(line) == 1 and to ~= c and to <= 0xFFFF then
    out:write(("{0x%04X, 0x%04X},\n"):format(c, to))
    count = count + 1
  end
end)
assert(count > 2000, "too few characters fold: " .. count)
out:close()
