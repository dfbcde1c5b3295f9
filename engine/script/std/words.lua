-- Words for messages: what a value looks like, and which known word was meant.
local words = {}

local function distance(a, b)                     -- edit distance with neighbours swapped counted once
  local before, last = {}, {}
  for j = 0, #b do last[j] = j end
  local row = last
  for i = 1, #a do
    row = { [0] = i }
    for j = 1, #b do
      local same = a:byte(i) == b:byte(j)
      row[j] = math.min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (same and 0 or 1))
      if i > 1 and j > 1 and a:byte(i) == b:byte(j - 1) and a:byte(i - 1) == b:byte(j) then
        row[j] = math.min(row[j], before[j - 2] + 1)
      end
    end
    before, last = last, row
  end
  return row[#b]
end

-- The known word nearest to this one, nil when none is near: most letters apart, 2 unless
-- said, and 1 for short words.
function words.nearest(word, known, most)
  if type(word) ~= "string" or #word > 64 then return nil end
  local best, least = nil, #word <= 4 and 2 or (most or 2) + 1
  for _, candidate in ipairs(known) do
    if math.abs(#candidate - #word) < least then
      local d = distance(word, candidate)
      if d < least then best, least = candidate, d end
    end
  end
  return best
end

-- "; did you mean "x"?", or what there is, or nothing.
function words.hint(word, known, what)
  local near = words.nearest(word, known)
  if near then return ("; did you mean %s?"):format(words.quote(near)) end
  if what and #known > 0 and #known <= 24 then return ("; %s: %s"):format(what, table.concat(known, ", ")) end
  return ""
end

function words.quote(text)
  if not utf8.len(text) then text = text:gsub("[\x80-\xFF]", "?") end
  if #text > 60 then text = text:sub(1, 57):gsub("[\xC0-\xFF][\x80-\xBF]*$", "") .. "..." end
  return '"' .. text:gsub("%c", " ") .. '"'
end

function words.show(value)
  local kind = type(value)
  if kind == "string" then return words.quote(value) end
  if kind == "number" or kind == "boolean" or kind == "nil" then return tostring(value) end
  return "a " .. kind
end

function words.keys(map)
  local list = {}
  for name in pairs(map) do
    if type(name) == "string" then list[#list + 1] = name end
  end
  table.sort(list)
  return list
end

function words.names(entries)
  local list = {}
  for i, entry in ipairs(entries) do list[i] = entry.name end
  return list
end

function words.set(...)
  local set = {}
  for _, list in ipairs { ... } do
    for _, word in ipairs(list) do set[word] = true end
  end
  return set
end

return words
