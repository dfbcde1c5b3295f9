-- Finds calls with literal ids in a script's text: p:ask "wound-check", task { form = "pain" }.
local calls = {}

local ID = { ask = "form", silences = "form", send = "template", rule = "rule" }
local TABLE = { task = { form = "form" }, alert = { level = "level" } }
local ESCAPE = { n = "\n", t = "\t", r = "\r", ["\n"] = "\n" }

local function count_lines(text, first, last)
  local n = 0
  for _ in text:sub(first, last):gmatch "\n" do n = n + 1 end
  return n
end

local function long_bracket(text, at)              -- "[==[ … ]==]": the text and where it ends
  local level = text:match("^%[(=*)%[", at)
  if not level then return nil end
  local first = at + #level + 2
  local from, to = text:find("]" .. level .. "]", first, true)
  return text:sub(first, (from or #text + 1) - 1), to or #text
end

local function quoted(text, at)                    -- a short string: its text and where it ends
  local mark, here = text:sub(at, at), at + 1
  while true do
    local stop = text:find("[\\\n" .. mark .. "]", here)
    if not stop then return nil, #text end
    local byte = text:sub(stop, stop)
    if byte == mark then
      return (text:sub(at + 1, stop - 1):gsub("\\(.)", function(c) return ESCAPE[c] or c end)), stop
    elseif byte == "\n" then
      return nil, stop
    end
    here = stop + 2
  end
end

-- Words, strings and signs of Lua text, as a list of { kind, text, line }; remarks left out.
local function tokens(text)
  local list, at, line = {}, 1, 1
  local function add(kind, value, last)
    list[#list + 1] = { kind = kind, text = value, line = line }
    line, at = line + count_lines(text, at, last), last + 1
  end
  while true do
    local start = text:find("%S", at)
    if not start then return list end
    line, at = line + count_lines(text, at, start - 1), start
    local byte = text:sub(at, at)
    if text:sub(at, at + 1) == "--" then
      local _, last = long_bracket(text, at + 2)
      last = last or (text:find("\n", at, true) or #text + 1) - 1
      line, at = line + count_lines(text, at, last), last + 1
    elseif byte:find "[%a_]" then
      local _, last = text:find("^[%w_]+", at)
      add("word", text:sub(at, last), last)
    elseif byte == '"' or byte == "'" then
      add("string", quoted(text, at))
    elseif byte == "[" and long_bracket(text, at) then
      add("string", long_bracket(text, at))
    elseif text:sub(at, at + 1) == ".." then
      add("sign", "..", at + 1)
    else
      add("sign", byte, at)
    end
  end
end

local function literal(list, i)                    -- a whole string argument at i, not part of a larger one
  local token, after = list[i], list[i + 1]
  if not token or token.kind ~= "string" or not token.text then return nil end
  if after and after.kind == "sign" and (after.text == ".." or after.text == ":") then return nil end
  return token
end

local OPENS, CLOSES = { ["{"] = true, ["("] = true }, { ["}"] = true, [")"] = true }

local function in_table(list, i, wanted, found)    -- keys of the table that begins at i
  local depth = 0
  for j = i, #list do
    local token = list[j]
    if token.kind == "sign" and OPENS[token.text] then
      depth = depth + 1
    elseif token.kind == "sign" and CLOSES[token.text] then
      depth = depth - 1
      if depth == 0 then return end
    elseif depth == 1 and token.kind == "word" and wanted[token.text] and list[j + 1] and list[j + 1].text == "=" then
      local value = literal(list, j + 2)
      local after = list[j + 3]
      if value and after and after.kind == "sign" and (after.text == "," or after.text == ";" or after.text == "}") then
        found(wanted[token.text], value)
      end
    end
  end
end

-- Calls report(call, kind, id, line) for each literal id in the text of a file, and counts
-- all its literals in seen.
function calls.scan(text, seen, report)
  local list = tokens(text)
  for _, token in ipairs(list) do
    if token.kind == "string" and token.text then seen[token.text] = (seen[token.text] or 0) + 1 end
  end
  for i = 1, #list - 2 do
    local name = list[i + 1]
    if list[i].kind == "sign" and list[i].text == ":" and name.kind == "word" then
      local first = list[i + 2].kind == "sign" and list[i + 2].text == "(" and i + 3 or i + 2
      if ID[name.text] then
        local id = literal(list, first)
        -- p:ask "x" % 2 is a call with "x"; p:ask("x" or y) is not
        if id and (first == i + 2 or list[first + 1] and (list[first + 1].text == "," or list[first + 1].text == ")")) then
          report(name.text, ID[name.text], id.text, id.line)
        end
      elseif TABLE[name.text] and list[first] and list[first].kind == "sign" and list[first].text == "{" then
        in_table(list, first, TABLE[name.text], function(kind, id) report(name.text, kind, id.text, id.line) end)
      end
    end
  end
end

return calls
