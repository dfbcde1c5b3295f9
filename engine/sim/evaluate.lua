-- afterward triage eval FILE DEPARTMENT: how well its triages read items whose meaning people have told.
local sim = require "afterward.sim"
local csv = require "csv"
local progress = require "progress"

local FIELDS = { "stage", "type", "nature", "urgency", "topic" }
local DANGER = { emergency = "danger", urgent = "danger" }    -- classes of danger.csv: whether it was heard at all is judged
local NONE = "-"

local function read_items(path)
  local good, rows = pcall(csv.read, path)
  if not good then error { usage = path .. " can't be read as CSV" } end
  if not rows[1] or not rows[1].text then
    error { usage = path .. ": the first row must name its columns: text, and one or more of " .. table.concat(FIELDS, ", ") }
  end
  local out = {}
  for _, row in ipairs(rows) do
    local item = { text = row.text, labels = {} }
    for _, field in ipairs(FIELDS) do
      if row[field] then item.labels[field] = row[field] ~= "" and row[field] or NONE end
    end
    if item.text ~= "" then out[#out + 1] = item end
  end
  return out
end

local function count(table_, label, got)
  table_[label] = table_[label] or {}
  table_[label][got] = (table_[label][got] or 0) + 1
end

-- label → got → how many, of each field.
local function judge(items, scripts, host)
  local world <close> = setmetatable({ world = sim.world { scripts = scripts } }, { __close = function(self) self.world:close() end })
  local bar <close> = progress.bar(host, "reading", 0, #items)
  local tables = {}
  for i, item in ipairs(items) do
    local case = world.world:feedback { channel = "web", text = item.text }
    for field, label in pairs(item.labels) do
      local got = case and case[field] or NONE
      tables[field] = tables[field] or {}
      count(tables[field], label, field == "urgency" and DANGER[got] or got)
    end
    bar:show(i)
  end
  return tables
end

local function classes(confusion)
  local set, out = {}, {}
  for label, row in pairs(confusion) do
    set[label] = true
    for got in pairs(row) do set[got] = true end
  end
  for name in pairs(set) do out[#out + 1] = name end
  table.sort(out)
  return out
end

local function share(part, whole) return whole > 0 and part / whole or nil end

-- Precision, recall and their harmonic mean of each class that was labelled; macro: the mean of those means.
local function figures(confusion)
  local out, sum, labelled = { classes = {} }, 0, 0
  local names = classes(confusion)
  for _, name in ipairs(names) do
    local right, said, is = (confusion[name] or {})[name] or 0, 0, 0
    for _, row in pairs(confusion) do said = said + (row[name] or 0) end
    for _, n in pairs(confusion[name] or {}) do is = is + n end
    local f1 = share(2 * right, said + is)
    out.classes[#out.classes + 1] = { class = name, items = is, precision = share(right, said), recall = share(right, is), f1 = f1 }
    if is > 0 then sum, labelled = sum + f1, labelled + 1 end
  end
  out.macro_f1, out.confusion, out.names = share(sum, labelled), confusion, names
  return out
end

local function number(x) return x and ("%.2f"):format(x) or "  - " end

local function print_field(field, told)
  print(("%s: macro-F1 %s"):format(field, number(told.macro_f1)))
  print("  class               items  precision  recall  F1")
  for _, row in ipairs(told.classes) do
    print(("  %-18s %6d       %s    %s  %s"):format(row.class, row.items, number(row.precision), number(row.recall), number(row.f1)))
  end
  for _, label in ipairs(told.names) do
    for _, got in ipairs(told.names) do
      local n = (told.confusion[label] or {})[got]
      if n and label ~= got then print(("  %d of %s were taken for %s"):format(n, label, got)) end
    end
  end
end

return function(given)
  local o, host, department = given.options, given.host, given.words[3] or "feedback"
  local items, missing = read_items(given.words[2]), host.department(department)
  if missing then return missing end
  local tables, report = judge(items, { o.scripts .. "/" .. department }, host), {}
  for _, field in ipairs(FIELDS) do
    if tables[field] then report[field] = figures(tables[field]) end
  end
  if o.json then
    print(host.json { items = #items, fields = report })
  else
    print(("%d items"):format(#items))
    for _, field in ipairs(FIELDS) do
      if report[field] then print_field(field, report[field]) end
    end
  end
  return 0
end
