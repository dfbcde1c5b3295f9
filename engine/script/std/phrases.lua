-- aw.phrases: lists of words in CSV files, and what a text says of them.
local host, use = ...
local words = use "words.lua"
local api = use "api.lua"

local function columns_of(row)
  local found = {}
  for i, text in ipairs(row) do
    for _, column in ipairs(api.phrases.columns) do
      if text == column.zh or text:lower() == column.en then found[column.name] = i end
    end
  end
  return found
end

local function trim(text) return text and text:match "^%s*(.-)%s*$" or "" end

local function weight_of(text, tell)
  local weight = text == "" and 1 or tonumber(text)
  if weight and weight > 0 and weight <= 1000 then return weight end
  return tell(("%s is no weight: write a number above 0, 1 when absent"):format(words.quote(text)))
end

-- One row's phrase into list, once: { text =, role =, class =, weight =, line = }.
local function add_row(list, row, columns, tell)
  local text, class = trim(row[columns.phrase]), trim(row[columns.class])
  if text == "" then return end
  if class == "" then return tell(("%s has no class: write one, or one of %s"):format(words.quote(text),
    table.concat(words.keys(api.phrases.roles), ", "))) end
  local role = api.phrases.roles[class]
  local weight = weight_of(trim(row[columns.weight]), tell)
  if weight then list[#list + 1] = { text = text, role = role or "means", class = not role and class or nil, weight = weight } end
end

local function read_file(list, path, report)
  local rows, why = host.table(path)
  if not rows then return report(path, 0, why) end
  local columns = rows[1] and columns_of(rows[1]) or {}
  if not (columns.phrase and columns.class) then
    return report(path, 1, "the first row must name its columns: " .. "词语,类别 or phrase,class; 权重 or weight may follow")
  end
  for i = 2, #rows do
    add_row(list, rows[i], columns, function(message) report(path, rows[i].line, message) end)
    local last = list[#list]
    if last and not last.path then last.path, last.line = path, rows[i].line end
  end
end

-- The function that scripts get; report(path, line, message) is told what is wrong.
return function(paths, report)
  local list = {}
  for _, path in ipairs(paths) do read_file(list, path, report) end
  return host.phrases(list, function(i, message) report(list[i].path, list[i].line, message) end)
end
