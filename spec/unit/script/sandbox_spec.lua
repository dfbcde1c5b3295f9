local unit = require "afterward.unit.script"
-- The address sanitizer slows everything; wall time is then no measure of the design.
local slow = (os.getenv "LD_PRELOAD" or ""):find "asan" and 10 or 1
local LIMIT, BUDGET = 200 * slow, slow > 1 and 100 or 50

local OVER = { ["over time"] = true, ["over memory"] = true }

local hostile = require "unit.script.hostile"

local function meets(expected, result, text)
  if expected == "ok" then return result == "done" end
  if expected == "breach" then return OVER[result] end
  if expected == "time" or expected == "memory" then return result == "over " .. expected end
  return result == "failed" and text:find(expected) ~= nil
end

describe("a sandbox", function()
  local sandbox, other
  setup(function() sandbox, other = unit.sandbox(0, BUDGET), unit.sandbox(0, BUDGET) end)
  local good = [[
    local t = {} for i = 1, 100 do t[#t + 1] = ("%03d"):format(i) end
    local ok = pcall(error) table.sort(t) assert(not ok)
    return table.concat(t):gsub("0", ""):sub(1, 9)]]

  local function works(box)
    local result, text = box:run(good)
    assert.same({ "done", "123456789" }, { result, text })
  end

  for _, case in ipairs(hostile) do
    local name, script, expected = table.unpack(case)
    it("ends " .. name, function()
      for _, how in ipairs { 0, "call" } do
        local result, text, ms = sandbox:run(script, how)
        local seen = ("%s: %s after %.0f ms"):format(result, tostring(text):sub(1, 200), ms)
        -- what waits has nowhere to wait in a plain call
        local met = meets(expected, result, tostring(text)) or
          (how == "call" and name:find "wait" and result ~= "done")
        assert.is_truthy(met, seen)
        assert.is_true(ms < LIMIT, seen)
        assert.is_nil(tostring(text):find "0x%x%x%x%x", seen)
        works(sandbox)
      end
      works(other)
    end)
  end

  it("gives memory back after a breach", function()
    sandbox:run "local t, i = {}, 0 while true do i = i + 1 t[i] = ('x'):rep(90000) .. i end"
    sandbox:collect()
    assert.is_true(sandbox:used() < 4 << 20, sandbox:used())
  end)

  it("lets garbage pass the cap that the living don't reach", function()
    local small = unit.sandbox(2 << 20, 500 * slow)
    assert.equal("done", (small:run "for i = 1, 300 do local _ = ('x'):rep(100000) .. i end"))
  end)

  it("says where a breach was", function()
    local _, text = sandbox:run "\nlocal x = 1\nwhile true do x = x + 1 end"
    assert.equal("ortho/hip.lua:3: the time for one turn is used up", text)
  end)

  it("names the line of an error, also below C", function()
    local _, text = sandbox:run "local x = 1\n\ntable.concat({ {} })"
    assert.equal("ortho/hip.lua:3: table.concat: item 1 is a table", text)
    _, text = sandbox:run "\nlocal x = = 1"
    assert.truthy(text:find "^ortho/hip.lua:2: unexpected symbol")
  end)
end)

describe("ending a run", function()
  local sandbox = unit.sandbox()
  it("passes through every pcall", function()
    local result, text = sandbox:run [[
      pcall(function() xpcall(function() stop "patient died" end, function() return 1 end) end)
      return "went on"]]
    assert.same({ "ended", "patient died" }, { result, text })
  end)
  it("passes through a sort and a rule", function()
    local result = sandbox:run [[
      pcall(table.sort, { 1, 2, 3 }, function() pcall(rule, function() stop "now" end) end)
      return "went on"]]
    assert.equal("ended", result)
  end)
  it("can wait across pcall, xpcall, metamethods and iterators", function()
    local result, value = sandbox:run([[
      local out = {}
      local ok, a, b = pcall(function(x) return wait(x), "b" end, "a")
      out[#out + 1] = tostring(ok) .. a .. b
      local bad, why = pcall(function() wait(1) error("late", 0) end)
      out[#out + 1] = tostring(bad) .. why
      out[#out + 1] = select(2, xpcall(function() wait(1) error("x", 0) end,
        function(e) return e .. wait("handled") end))
      out[#out + 1] = setmetatable({}, { __index = function(_, k) return wait(k) end }).key
      for k in function(_, k) return not k and wait("it") or nil end do out[#out + 1] = k end
      return table.concat(out, " ")]], 20)
    assert.same({ "done", "trueab falselate xhandled key it" }, { result, value })
  end)
end)
