-- Writes scripts/bench/reference.lua: the fixed script of 150 lines that benchmarks run, so that its size is no accident.
local LINES = 150
local out = { [[local aw = require "afterward"

local function judge(a, limits)
  local worst
  for i, limit in ipairs(limits) do
    if a >= limit.from and (not worst or limit.level > worst.level) then worst = { level = limit.level, at = i } end
  end
  return worst
end

return {
  aw.department { id = "bench", title = { zh = "基准", en = "Benchmark" }, zone = "Asia/Shanghai" },
  aw.program { id = "plain", name = { zh = "基准", en = "Benchmark" } },
  aw.pathway {
    id = "reference", program = "plain", title = { zh = "参照", en = "Reference" },
    enroll = { on = "discharge", where = function(f) return f.event:has_procedure("81.51") end },
    anchor = "discharge",
    steps = {
      aw.step { id = "later", at = "30d 09:00", run = function(p) p:note "a month" end },
      aw.step { id = "body", at = "25h", run = function(p)
        local limits, sum = {}, 0]] }
local function count() local n = 0 for _, text in ipairs(out) do n = n + select(2, text:gsub("\n", "")) + 1 end return n end
local TAIL = [[
        for _ = 1, 12 do
          local worst = judge(sum % 97, limits)
          sum = sum + (worst and worst.level or 1)
          p:wait "1h"
        end
      end },
    },
  },
}]]
local tail = select(2, TAIL:gsub("\n", "")) + 1
local i = 0
while count() + tail < LINES do
  i = i + 1
  out[#out + 1] = i % 2 == 1 and ("        limits[#limits + 1] = { from = %d, level = %d }"):format(i * 3, i % 5)
    or ("        sum = sum + #limits * %d %% 7"):format(i)
end
out[#out + 1] = TAIL
local file = assert(io.open(assert(arg[1], "usage: make_script.lua FILE"), "w"))
file:write(table.concat(out, "\n"), "\n")
file:close()
