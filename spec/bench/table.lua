-- How the figures of a benchmark are judged and shown. A row: name, value, unit, at_least or at_most, cpu (seconds),
-- rss (MB), ratio with of (to what) and ratio_at_least, note.
local out = {}

local function misses(row)
  return row.at_least and row.value < row.at_least or row.at_most and row.value > row.at_most
    or row.ratio_at_least and row.ratio and row.ratio < row.ratio_at_least or false
end

-- True when a row misses its target; each is marked.
function out.judge(rows)
  local missed = false
  for _, row in ipairs(rows) do
    row.missed = misses(row)
    missed = missed or row.missed
  end
  return missed
end

-- Too little was measured to judge it.
function out.none(rows)
  for _, row in ipairs(rows) do row.at_least, row.at_most, row.ratio_at_least = nil, nil, nil end
end

local function number(value)
  if not value then return "" end
  return (value >= 100 and "%.0f" or value >= 10 and "%.1f" or "%.2f"):format(value)
end

local function target(row)
  local text = row.at_least and "≥ " .. number(row.at_least) or row.at_most and "≤ " .. number(row.at_most) or ""
  if row.ratio_at_least then text = text .. (", %s ×"):format(row.ratio_at_least) end
  return text
end

-- Columns are counted in letters: ≥ is one.
local function pad(text, width) return text .. (" "):rep(width - utf8.len(text)) end
local function right(text, width) return (" "):rep(width - utf8.len(text)) .. text end

function out.show(result)
  out.judge(result.rows)
  print(("%s: %s"):format(result.name, result.about))
  print(pad("  figure", 32) .. right("median", 12) .. "  " .. pad("target", 16) .. right("CPU s", 8) .. right("RSS MB", 8))
  for _, row in ipairs(result.rows) do
    print(pad("  " .. row.name, 32) .. right(number(row.value) .. " " .. row.unit, 12) .. "  " .. pad(target(row), 16) ..
      right(number(row.cpu), 8) .. right(number(row.rss), 8) .. (row.missed and "  MISSED" or ""))
    if row.ratio then print(("      %.2f × %s"):format(row.ratio, row.of)) end
    if row.note then print("      " .. row.note) end
  end
end

local function quoted(text) return '"' .. text:gsub('["\\]', "\\%0"):gsub("%c", " ") .. '"' end

local function encode(value)
  if type(value) == "number" then return ("%.6g"):format(value) end
  if type(value) ~= "table" then return type(value) == "string" and quoted(value) or tostring(value) end
  local parts = {}
  if #value > 0 then
    for i, item in ipairs(value) do parts[i] = encode(item) end
    return "[" .. table.concat(parts, ",") .. "]"
  end
  for name, item in pairs(value) do parts[#parts + 1] = quoted(name) .. ":" .. encode(item) end
  table.sort(parts)
  return "{" .. table.concat(parts, ",") .. "}"
end

function out.put(results) print(encode(results)) end

return out
