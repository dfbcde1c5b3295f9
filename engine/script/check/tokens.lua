-- Cuts Lua text into tokens: parallel lists of kinds (name, string, number, or the word or
-- sign itself), of what they say, and of the byte where each begins. Remarks come apart, each
-- { at, text }. Text that Lua itself compiles is cut right; of other text, whatever comes out.
local KEYWORDS = {}
for word in ([[and break do else elseif end false for function goto if in local nil not or repeat return then true
  until while]]):gmatch "%a+" do KEYWORDS[word] = true end

local ESCAPES = { a = "\a", b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", v = "\v" }

local SIGNS = {}                                    -- longest first
for sign in ("... .. == ~= <= >= // :: << >>"):gmatch "%S+" do
  local first = sign:sub(1, 1)
  SIGNS[first] = SIGNS[first] or {}
  table.insert(SIGNS[first], sign)
end

local function unescape(text)
  if not text:find("\\", 1, true) then return text end
  text = text:gsub("\\z%s*", ""):gsub("\\x(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end)
  text = text:gsub("\\u{(%x+)}", function(hex) return utf8.char(tonumber(hex, 16)) end)
  text = text:gsub("\\(%d%d?%d?)", function(number) return string.char(tonumber(number) % 256) end)
  return (text:gsub("\\(.)", function(c) return ESCAPES[c] or c end))
end

-- "[==[ … ]==]" at: the text, and where it ends.
local function long_bracket(text, at)
  local level = text:match("^%[(=*)%[", at)
  if not level then return nil end
  local first = at + #level + 2
  local from, to = text:find("]" .. level .. "]", first, true)
  return text:sub(first, (from or #text + 1) - 1), to or #text
end

local function quoted(text, at)
  local mark, here = text:sub(at, at), at + 1
  while true do
    local stop = text:find('[\\"\']', here)
    if not stop then return "", #text end
    local byte = text:sub(stop, stop)
    if byte == mark then return unescape(text:sub(at + 1, stop - 1)), stop end
    here = stop + (byte == "\\" and 2 or 1)
  end
end

local function number(text, at)
  local _, last = text:find("^0[xX][%x.]*[pP]?", at)
  if not last then _, last = text:find("^[%d.]+[eE]?", at) end
  if text:sub(last, last):find "[eEpP]" then _, last = text:find("^[+-]?%d+", last + 1) end
  return last
end

local function sign(text, at, first)
  for _, longer in ipairs(SIGNS[first] or {}) do
    if text:sub(at, at + #longer - 1) == longer then return longer end
  end
  return first
end

return function(text)
  local kinds, says, ats, remarks, count, at = {}, {}, {}, {}, 0, 1
  local function add(kind, value, last)
    count = count + 1
    kinds[count], says[count], ats[count] = kind, value, at
    at = last + 1
  end
  while true do
    at = text:find("%S", at)
    if not at then break end
    local first = text:sub(at, at)
    if first:find "[%a_]" then
      local word = text:match("^[%w_]+", at)
      add(KEYWORDS[word] and word or "name", word, at + #word - 1)
    elseif first == "-" and text:sub(at, at + 1) == "--" then
      local _, last = long_bracket(text, at + 2)
      last = last or (text:find("\n", at, true) or #text + 1) - 1
      remarks[#remarks + 1] = { at = at, text = text:sub(at, last) }
      at = last + 1
    elseif first == '"' or first == "'" then
      add("string", quoted(text, at))
    elseif first == "[" and text:find("^%[=*%[", at) then
      add("string", long_bracket(text, at))
    elseif first:find "%d" or first == "." and text:find("^%.%d", at) then
      local last = number(text, at) or #text
      add("number", text:sub(at, last), last)
    else
      local mark = sign(text, at, first)
      add(mark, mark, at + #mark - 1)
    end
  end
  at = #text + 1
  add("end of file", "", at)
  return { kinds = kinds, says = says, ats = ats, remarks = remarks }
end
