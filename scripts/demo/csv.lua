-- Reading small CSV files: UTF-8, or GB18030 by way of iconv.
local csv = {}

local function split(text)
  local rows, row, at = {}, {}, 1
  while at <= #text do
    local value, stop
    if text:sub(at, at) == '"' then
      value = ""
      repeat
        local part, after = text:match('^"([^"]*)()"', at)
        value = value .. (value ~= "" and '"' or "") .. assert(part, "a quote is open at the end")
        at = after + 1
      until text:sub(at, at) ~= '"'
    else
      value, at = text:match("([^,\r\n]*)()", at)
    end
    row[#row + 1] = value
    stop, at = text:match("^(\r?\n?,?)()", at)
    if stop:find "\n" then
      rows[#rows + 1] = row
      row = {}
      if stop:find "," then at = at - 1 end
    end
  end
  if #row > 0 then rows[#rows + 1] = row end
  return rows
end

-- A list of rows by their column's name, of a text whose first line has the names.
function csv.parse(text)
  local rows = split((text:gsub("^\xEF\xBB\xBF", "")))
  local out, names = {}, table.remove(rows, 1)
  for _, row in ipairs(rows) do
    local named = {}
    for at, name in ipairs(names) do named[name] = row[at] or "" end
    out[#out + 1] = named
  end
  return out
end

-- The same of a file. encoding: nil is UTF-8.
function csv.read(path, encoding)
  local file
  if encoding then
    file = assert(io.popen(("iconv -f %s -t UTF-8 '%s'"):format(encoding, path:gsub("'", "'\\''"))))
  else
    file = assert(io.open(path))
  end
  local text = file:read "a"
  file:close()
  return csv.parse(text)
end

return csv
