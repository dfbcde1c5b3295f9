-- The soft cap reached at every place of a script that uses all that allocates: it ends there in the one clear way, or
-- is through; never a crash, and the state is good for the next script.
local unit = require "afterward.unit.script"
local slow = (os.getenv "LD_PRELOAD" or ""):find "asan" and 10 or 1
local BUDGET, STEP, PLACES = 200 * slow, 512, 400          -- bytes between two caps

local BUSY = [[
  local kept, text = {}, "起"
  for i = 1, 60 do
    local row = { i, name = ("第%03d天"):format(i), list = table.pack(i, i + 1, i + 2) }
    kept[#kept + 1], kept["k" .. i] = row, function() return row.name .. i end
    text = text .. kept["k" .. i]()
    local ok, why = pcall(function() if i % 3 == 0 then error { at = i, why = "坏" } end return ("x"):rep(i * 40) end)
    row.why = ok and why or why.why
    row.words = text:gsub("%d+", function(d) return "<" .. d .. ">" end):sub(1, 90)
    table.insert(row.list, 1, select(2, text:find("天")))
  end
  table.sort(kept, function(a, b) return a.name > b.name end)
  local out = {}
  for key, value in pairs(kept) do out[#out + 1] = tostring(key) .. type(value) end
  local meta = setmetatable({}, { __index = function(_, k) return k .. k end, __call = function() return text end })
  return #meta() + #table.concat(out) + #utf8.char(0x75BC, 0x75DB)]]

local function base()
  local box = unit.sandbox(0, BUDGET)
  box:collect()
  return box:used()
end

describe("a script whose memory ends at any place", function()
  it("is ended there, or is through, and the state goes on", function()
    local from, ends = base(), {}
    for place = 1, PLACES do
      local box = unit.sandbox(from + place * STEP, BUDGET)
      local result, text = box:run(BUSY)
      ends[result] = (ends[result] or 0) + 1
      assert.is_true(result == "done" or result == "over memory", ("%d: %s: %s"):format(place, result, tostring(text)))
      box:collect()
      local after, why = box:run "return 1"
      assert.is_true(after == "done" or after == "over memory", ("%d: then %s: %s"):format(place, after, tostring(why)))
    end
    assert.is_true((ends.done or 0) > 20 and (ends["over memory"] or 0) > 20, ("%s through, %s ended"):format(ends.done, ends["over memory"]))
  end)
end)
