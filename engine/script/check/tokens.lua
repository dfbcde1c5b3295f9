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

local escape = {}                                   -- sign after the backslash → text, and where it goes on
function escape.x(text, at)
  local hex, on = text:match("^(%x%x)()", at)
  return hex and string.char(tonumber(hex, 16)) or "", on or at
end
function escape.u(text, at)
  local hex, on = text:match("^{(%x+)}()", at)
  return hex and #hex <= 6 and utf8.char(tonumber(hex, 16)) or "", on or at
end
function escape.z(text, at) return "", text:match("^%s*()", at) end
local function digits(text, at)
  local number, on = text:match("^(%d%d?%d?)()", at - 1)
  return string.char(tonumber(number) % 256), on
end
for digit = 0, 9 do escape[tostring(digit)] = digits end

local function unescape(text)
  local out, at = {}, 1
  while true do
    local slash = text:find("\\", at, true)
    if not slash then break end
    out[#out + 1] = text:sub(at, slash - 1)
    local sign = text:sub(slash + 1, slash + 1)
    local said
    if escape[sign] then
      said, at = escape[sign](text, slash + 2)
    else
      said, at = ESCAPES[sign] or sign, slash + 2
    end
    out[#out + 1] = said
  end
  return table.concat(out) .. text:sub(at)
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
  local _, last = text:find("^0[xX][%x.]*", at)
  local power = "^[pP][+-]?%d+"
  if not last then
    _, last = text:find("^[%d.]+", at)
    power = "^[eE][+-]?%d+"
  end
  return select(2, text:find(power, last + 1)) or last
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
      local last = number(text, at)
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
