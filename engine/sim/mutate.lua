-- Thresholds and comparisons of a department's rules, one changed at a time: what its specs should notice.
local tokens = require "tokens"
local mutate = {}

local OTHER = { ["<"] = "<=", ["<="] = "<", [">"] = ">=", [">="] = ">", ["=="] = "~=", ["~="] = "==" }
local OPENS = { ["{"] = true, ["("] = true, ["["] = true, ["function"] = true, ["if"] = true, ["do"] = true, ["repeat"] = true }
local CLOSES = { ["}"] = true, [")"] = true, ["]"] = true, ["end"] = true, ["until"] = true }
local GUARDS = { where = true, tier = true, when = true }

-- The last token of what begins at i: what is opened is closed again before a comma or the end of what it stands in.
local function last_of(t, i)
  local depth = 0
  while t.kinds[i] ~= "end of file" do
    local kind = t.kinds[i]
    if CLOSES[kind] then
      if depth == 0 then return i - 1 end
      depth = depth - 1
    elseif depth == 0 and (kind == "," or kind == ";") then
      return i - 1
    elseif OPENS[kind] then
      depth = depth + 1
    end
    i = i + 1
  end
  return i - 1
end

-- The token that closes what i opens.
local function closing(t, i)
  local depth = 0
  while t.kinds[i] ~= "end of file" do
    if OPENS[t.kinds[i]] then depth = depth + 1 end
    if CLOSES[t.kinds[i]] then depth = depth - 1 end
    if depth == 0 then return i end
    i = i + 1
  end
  return i
end

local function says(t, i, ...)
  for k, word in ipairs { ... } do if t.says[i + k - 1] ~= word then return false end end
  return true
end

-- Tokens of rules, and of the guards where, tier and when.
local function mark_rules(t, marked)
  local function mark(from, to) for i = from, to do marked[i] = true end end
  for i, kind in ipairs(t.kinds) do
    if kind == "name" and says(t, i, "aw", ".", "rule") and t.kinds[i + 3] == "{" then
      mark(i + 4, closing(t, i + 3))
    elseif kind == "name" and GUARDS[t.says[i]] and t.kinds[i + 1] == "=" then
      mark(i + 2, last_of(t, i + 2))
    end
  end
end

-- What lies at i is the declaration of a name: the name, and the first and last token of its value.
local function declared(t, i)
  if t.kinds[i] == "function" and t.kinds[i + 1] == "name" then
    local name = i + 1
    while t.kinds[name + 1] == "." or t.kinds[name + 1] == ":" do name = name + 2 end
    return t.says[name], name + 1, closing(t, i)
  elseif t.kinds[i] == "local" and t.kinds[i + 1] == "name" and t.kinds[i + 2] == "=" then
    local first = t.kinds[i + 3]
    if first == "number" then return t.says[i + 1], i + 3, i + 3 end
    if first == "{" or first == "function" then return t.says[i + 1], i + 3, closing(t, i + 3) end
  end
end

-- Functions, tables and numbers of a file that its rules name are part of them; so is what those name.
local function mark_named(t, marked, exported)
  local again = true
  while again do
    again = false
    local used = {}
    for i in pairs(marked) do if t.kinds[i] == "name" then used[t.says[i]] = true end end
    for i = 1, #t.kinds do
      local name, from, to = declared(t, i)
      if name and (used[name] or exported[name]) and not marked[from] then
        for k = from, to do marked[k] = true end
        again = true
      end
    end
  end
end

local function changed_number(word)
  local number = tonumber(word)
  local decimals = word:match "^%d+%.(%d+)$"
  if math.type(number) == "integer" then return tostring(number + 1) end
  return decimals and ("%." .. #decimals .. "f"):format(number + 10.0 ^ -#decimals) or tostring(number * 1.1)
end

local function line_of(text, at)
  local _, above = text:sub(1, at - 1):gsub("\n", "")
  return above + 1
end

-- Every change of a file: { file, line, at, from, to }. exported: names that rules of any file may take from it.
function mutate.changes(file, text, exported)
  local t, marked, list = tokens(text), {}, {}
  mark_rules(t, marked)
  mark_named(t, marked, exported)
  for i, kind in ipairs(t.kinds) do
    local to = marked[i] and (OTHER[kind] or kind == "number" and changed_number(t.says[i]))
    if to then
      list[#list + 1] = { file = file, line = line_of(text, t.ats[i]), at = t.ats[i], from = t.says[i], to = to }
    end
  end
  return list
end

-- Names that rules and guards take from tables, maybe modules: tier of `tier = risk.tier`.
function mutate.exported(text)
  local t, marked, names = tokens(text), {}, {}
  mark_rules(t, marked)
  for i in pairs(marked) do
    if t.kinds[i] == "." and t.kinds[i + 1] == "name" then names[t.says[i + 1]] = true end
  end
  return names
end

-- What a change is to the child: read by engine/sim/world/scripts.lua.
function mutate.variable(change)
  return ("AFTERWARD_MUTATION=%s:%d:%s:%s"):format(change.file, change.at, change.from, change.to)
end

return mutate
