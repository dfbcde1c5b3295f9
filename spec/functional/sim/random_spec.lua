-- Whatever a script does: power that fails at every commit changes nothing of what is on record.
local R = require "functional.sim.random"

describe("random scripts of random commands", function()
  it("leave the same journal and the same books when the power fails at every commit", function()
    local kinds = {}
    for round = 1, 20 do
      for op in pairs(R.round(tonumber(os.getenv "AFTERWARD_SPEC_SEED" or 1) * 100000 + round)) do kinds[op] = true end
    end
    for _, op in ipairs { "ask", "task", "wait", "send", "alert", "read", "rule", "get", "set", "silences", "note" } do
      assert.is_true(kinds[op], "no script did " .. op)
    end
  end)
end)
