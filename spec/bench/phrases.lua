-- How fast phrases are found in what people write.
local machine = require "bench.machine"
local ground = require "bench.ground"
local bench = { name = "phrases" }

local LISTS = { "scripts/shared/phrases/danger.csv", "scripts/shared/phrases/modifiers.csv" }
local MANY, BYTES = 5000, 8 * 1024 * 1024

local function common(n)                            -- text of n common characters
  local out = {}
  for i = 1, n do out[i] = utf8.char(0x4E00 + math.random(0, 2500)) end
  return table.concat(out)
end

local function phrases(count)                       -- the shipped ones, then made-up ones
  local list, seen = {}, {}
  local function add(text)
    if not seen[text] and #list < count then
      seen[text], list[#list + 1] = true, text
    end
  end
  for _, path in ipairs(LISTS) do
    local file = assert(io.open(path))
    for line in file:lines() do
      local text = line:match "^([^,]+),"
      if text and text ~= "词语" then add(text) end
    end
    file:close()
  end
  while #list < count do add(common(math.random(2, 6))) end
  return list
end

local function letters(list, bytes)                 -- sentences, a phrase in about each third
  local out, size = {}, 0
  while size < bytes do
    local sentence = common(math.random(3, 12)) .. (math.random(3) == 1 and list[math.random(#list)] or "") .. "，"
    out[#out + 1], size = sentence, size + #sentence
  end
  return table.concat(out)
end

local function write(path, text)
  local file = assert(io.open(path, "w"))
  file:write(text)
  file:close()
end

local function measure(folder, count, bytes)
  math.randomseed(7)
  local list = phrases(count)
  write(folder .. "/phrases", table.concat(list, "\n") .. "\n")
  write(folder .. "/text", letters(list, bytes))
  return function() return machine.tool("bench_phrases '%s/phrases' '%s/text'", folder, folder) end
end

function bench.run(o)
  local rows = {}
  for _, count in ipairs { 200, MANY } do
    ground.in_folder(function(folder)
      local one, all = measure(folder, count, o.quick and BYTES // 32 or BYTES), {}
      for i = 1, o.runs do all[i] = one() end
      local m = machine.medians(all)
      assert(m.valid == 1 and m.found > 0)
      machine.say("%d phrases: %.1f MB a second", count, m.find_mb)
      rows[#rows + 1] = { name = ("%d phrases"):format(count), value = m.find_mb, unit = "MB/s", at_least = 10,
        ratio = m.find_mb / m.read_mb, of = "reading its characters at all",
        note = ("%d found; the list was made ready in %.1f ms"):format(m.found, m.build_ms) }
    end)
  end
  return rows, "one text of 8 MB of common characters, phrases in a third of its clauses; one core"
end

return bench
