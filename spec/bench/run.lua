-- ./dev bench [NAME …] [--json] [--quick]: figures beside their targets and beside the raw limits of this machine,
-- measured in the same run. Exit 1 when a target is missed. Quick: small, once, nothing judged but that every benchmark
-- runs to its end and that its books balance.
package.path = package.path .. ";scripts/?.lua"
local ORDER = { "steps", "sleepers", "burst", "ingest", "observations", "hl7", "fhir",
  "turn", "sim", "phrases", "classify", "cases", "dispatch", "mixed", "reload", "report" }
local judging = require "bench.table"
local o, names = { runs = 3 }, {}

local function usage(text)
  io.stderr:write("bench: ", text, "\nUsage: ./dev bench [", table.concat(ORDER, "|"), " …] [--runs N] [--asleep N] [--quick] [--json]\n")
  os.exit(2)
end

local function known(name)
  for _, other in ipairs(ORDER) do if other == name then return true end end
end

local at = 1
while arg[at] do
  local word = arg[at]
  if word == "--json" then o.json = true
  elseif word == "--quick" then o.quick, o.runs = true, 1
  elseif word == "--alone" then o.alone = true
  elseif word == "--runs" or word == "--asleep" then
    at = at + 1
    o[word:sub(3)] = math.tointeger(tonumber(arg[at])) or usage(word .. " needs a number")
  elseif known(word) then names[#names + 1] = word
  else usage("there is no " .. word) end
  at = at + 1
end
if #names == 0 then names = ORDER end

local missed, results = false, {}
for _, name in ipairs(names) do
  io.stderr:write(name, " …\n")
  local rows, about = require("bench." .. name).run(o)
  if o.quick then judging.none(rows) end
  results[#results + 1] = { name = name, about = about, rows = rows }
  if not o.json then judging.show(results[#results]) end
  missed = judging.judge(rows) or missed
end
if o.json then judging.put(results) end
os.exit(missed and 1 or 0)
