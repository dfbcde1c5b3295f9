-- How many items of feedback the office's lists read in a second: where, what, how and how urgent, of each.
local machine = require "bench.machine"
local ground = require "bench.ground"
local classify = { name = "classify" }

local TIMES = 100
local OFFICE = "scripts/feedback"
local SCRIPT = [[
local aw = require "afterward"
local texts, lists, heard = { %s }, {
  aw.phrases "phrases/stage.csv", aw.phrases "phrases/type.csv", aw.phrases "phrases/nature.csv",
  aw.phrases("phrases/urgency.csv", "phrases/danger.csv", "phrases/modifiers.csv") }, 0
for _ = 1, %d do
  for _, text in ipairs(texts) do for _, list in ipairs(lists) do if list(text).class then heard = heard + 1 end end end
end
assert(heard > 0)
return { aw.department { id = "w", title = "W" } }
]]

local function texts()
  local out = {}
  for line in io.lines(OFFICE .. "/spec/labelled/unseen.csv") do out[#out + 1] = line:match '^"([^"]+)"' end
  return out
end

local function write(path, text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

-- The time to read a department whose file reads all texts so many times while it loads.
local function load_us(folder, list, times)
  local quoted = {}
  for i, text in ipairs(list) do quoted[i] = ("%q"):format(text) end
  write(folder .. "/w/w.lua", SCRIPT:format(table.concat(quoted, ", "), times))
  local began = machine.now_us()
  machine.run("%s/afterward check '%s'", machine.build, folder)
  return machine.now_us() - began
end

-- The limit: one walk of the matcher over the same characters, with all phrases.
local function raw_us(folder, list)
  machine.run("sed -n 's/^\\([^,]*\\),.*/\\1/p' '%s'/w/phrases/*.csv | sort -u >'%s/phrases'", folder, folder)
  write(folder .. "/text", table.concat(list, "\n"):rep(TIMES))
  return machine.size(folder .. "/text") / TIMES / machine.tool("bench_phrases '%s/phrases' '%s/text'", folder, folder).find_mb
end

local function measure(folder, times)
  local list = texts()
  machine.run("mkdir -p '%s/w' && cp -r %s/phrases '%s/w/' && cp scripts/shared/phrases/*.csv '%s/w/phrases/'",
    folder, OFFICE, folder, folder)
  local once = load_us(folder, list, 1)
  local each = (load_us(folder, list, times + 1) - once) / times / #list
  return { rate = 1e6 / each, raw = 1e6 / (raw_us(folder, list) / #list), items = #list * times }
end

function classify.run(o)
  local all = {}
  for i = 1, o.runs do
    all[i] = ground.in_folder(function(folder) return measure(folder, o.quick and 2 or TIMES) end)
  end
  local m = machine.medians(all)
  machine.say("%.0f items a second", m.rate)
  return { { name = "items", value = m.rate, unit = "/s", at_least = 20000, ratio = m.rate / m.raw,
    of = "one walk of the matcher over the same characters", note = ("%d items, four fields each"):format(m.items) } },
    "the office's own lists over its 300 unseen items, while a file loads; one core"
end

return classify
