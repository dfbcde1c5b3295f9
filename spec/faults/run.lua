-- ./dev faults: breaks things on purpose and compares what is left with what was counted outside. Each fault is a file
-- here, NAME.lua, that returns { about =, figure =, rounds = by hand, short = in ./dev test, nil when not there,
-- alone = true when it runs only when named, run = function(options) }. run gets { rounds, seed, short, say(text) } and gives
-- a list of { figure, value, target, ok }, or nil and what it needs when it can't run on this machine.
local lfs = require "lfs"
local json = require "dkjson"


local FOLDER = os.getenv "AFTERWARD_FAULTS" or "spec/faults"

local function names_of_faults()
  local out = {}
  for file in lfs.dir(FOLDER) do
    local name = file:match "^(.+)%.lua$"
    if name and name ~= "run" then out[#out + 1] = name end
  end
  table.sort(out)
  return out
end

local function load_fault(name)
  local fault = dofile(FOLDER .. "/" .. name .. ".lua")
  assert(fault.about and fault.figure and fault.run, name .. ": a fault returns about, figure and run")
  return fault
end

local function list(names)
  for _, name in ipairs(names) do
    local fault = load_fault(name)
    print(("%-16s %s%s"):format(name, fault.about, fault.alone and " (only when named)" or ""))
  end
end

local function wrong_usage(text)
  io.stderr:write("faults: ", text, "\n")
  os.exit(2)
end

local function whole(word, option)
  local number = math.tointeger(tonumber(word))
  if not number or number < 1 then wrong_usage(option .. " needs a whole number from 1 up") end
  return number
end

local function options_of(words, names)
  local out, at, known = { names = {}, seed = 1 }, 1, {}
  for _, name in ipairs(names) do known[name] = true end
  while words[at] do
    local word = words[at]
    if word == "--json" then out.json = true
    elseif word == "--short" then out.short = true
    elseif word == "--list" then out.list = true
    elseif word == "--rounds" or word == "--seed" then
      at = at + 1
      out[word:sub(3)] = whole(words[at], word)
    elseif word:find "^%-" then wrong_usage("there is no option " .. word)
    elseif known[word] then table.insert(out.names, word)
    else wrong_usage(("there is no fault %s; there are: %s"):format(word, table.concat(names, ", "))) end
    at = at + 1
  end
  return out
end

-- Rows of one fault: its figures; one with ok == nil when it could not run; one with ok == false when it broke down.
local function rows_of(name, fault, o)
  io.stderr:write(("%s: %s\n"):format(name, fault.about))
  local given = { rounds = o.rounds or o.short and fault.short or fault.rounds or 1, seed = o.seed, short = o.short,
    say = function(text) io.stderr:write("  ", text, "\n") end }
  local began = os.time()
  local ok, rows, why = xpcall(fault.run, debug.traceback, given)
  if not ok then
    io.stderr:write(tostring(rows), "\n")
    rows = { { figure = "ran to its end", value = tostring(rows):match "^[^\n]*", target = fault.figure, ok = false } }
  elseif not rows then
    rows = { { figure = fault.figure, value = "not run: needs " .. why } }
  end
  for _, row in ipairs(rows) do
    row.name, row.seed, row.rounds, row.seconds = name, given.seed, given.rounds, os.time() - began
  end
  return rows
end

local VERDICT = { [true] = "ok", [false] = "MISSED" }

local function show(rows)
  print(("%-16s %-52s %14s   %-14s"):format("fault", "figure", "value", "target"))
  for _, row in ipairs(rows) do
    print(("%-16s %-52s %14s   %-14s %s"):format(row.name, row.figure, row.value, row.target or "", VERDICT[row.ok] or "NOT RUN"))
  end
end

local function show_json(rows)
  for _, row in ipairs(rows) do
    print(json.encode({ name = row.name, figure = row.figure, value = row.value, target = row.target,
      verdict = (VERDICT[row.ok] or "not run"):lower(), seed = row.seed, rounds = row.rounds, seconds = row.seconds },
      { keyorder = { "name", "figure", "value", "target", "verdict", "seed", "rounds", "seconds" } }))
  end
end

-- Several are run in a process each: what one does to SQLite or to a module would stay for the next.
local function rows_apart(name, o)
  local rows, words = {}, { arg[-1], arg[0], name, "--json", "--seed", o.seed }
  if o.short then words[#words + 1] = "--short" end
  if o.rounds then words[#words + 1] = "--rounds " .. o.rounds end
  local pipe <close> = assert(io.popen(table.concat(words, " ")))
  for line in pipe:lines() do
    local row = json.decode(line)
    if row.verdict ~= "not run" then row.ok = row.verdict == "ok" end
    rows[#rows + 1] = row
  end
  if #rows == 0 then rows[1] = { name = name, figure = "ran to its end", value = "its process ended", ok = false, seed = o.seed } end
  return rows
end

local names = names_of_faults()
local o = options_of(arg, names)
if o.list then
  list(names)
  os.exit(0)
end
local all, chosen = {}, #o.names > 0 and o.names or names
for _, name in ipairs(chosen) do
  local fault = load_fault(name)
  if #o.names > 0 or not fault.alone then
    for _, row in ipairs(#chosen > 1 and rows_apart(name, o) or rows_of(name, fault, o)) do all[#all + 1] = row end
  else
    all[#all + 1] = { name = name, figure = fault.figure, value = "by name only", seed = o.seed }
  end
end
(o.json and show_json or show)(all)
local missed, absent = false, false
for _, row in ipairs(all) do
  missed = missed or row.ok == false
  absent = absent or row.ok == nil and row.value ~= "by name only"
end
os.exit(missed and 1 or absent and 3 or 0)
