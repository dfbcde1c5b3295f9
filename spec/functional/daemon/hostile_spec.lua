-- One department's script does what it shouldn't; every other department's promises are kept on time.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"

local MINUTE = 60000
local ATTACKS = {
  ["an endless loop"] = "while true do end",
  ["a pattern that never ends"] = 'string.rep("a", 60000):find(("a*"):rep(30) .. "b")',
  ["memory without end"] = 'local t = {} while true do t[#t + 1] = ("x"):rep(100000) end',
  ["endless recursion"] = "local function f() return 1 + f() end f()",
  ["an error caught for ever"] = "while true do pcall(error) end",
  ["more messages than a patient can bear"] = 'for i = 1, 100000 do p:note("x" .. i) end',
}

for what, body in pairs(ATTACKS) do
  describe("a department whose script is " .. what, function()
    it("harms itself alone: it is stuck with a cause, and the ward next door is on time", function()
      local h = Hospital.open { speed = 60, scripts = {
        ["v/v.lua"] = Hospital.ward("v", ('aw.step { id = "bad", at = "10m", run = function(p) %s end },'):format(body)),
        ["w/w.lua"] = Hospital.ward("w", 'aw.step { id = "good", at = "12m", run = function(p) p:ask("check", { within = "2d" }) end },'),
      } }:start()
      local began = h:now()
      local events = {}
      for n = 1, 3 do events[#events + 1] = h:discharge(n, { at = Hospital.iso(began - 8 * MINUTE), department = "v" }) end
      for n = 11, 16 do events[#events + 1] = h:discharge(n, { at = Hospital.iso(began - 8 * MINUTE) }) end
      assert.equal(202, (h:event { events = events }))
      wait.till("the ward's messages are out", function() return #h.gateway.list == 6 end)
      for _, message in ipairs(h.gateway.list) do
        local late = message.at - (began + 4 * MINUTE)
        assert.is_true(late < 1.5 * MINUTE, ("%s is %d s late (engine's time)"):format(message.to, late // 1000))
      end
      local run = wait.till("the bad run is stuck", function() return h:get("/runs?status=stuck&department=v").items[1] end)
      assert.equal("bad", run.name)
      assert.is_true(#run.cause > 10)
      assert.matches("run%.stuck run=%d+ department=v name=bad", h:words())
      assert.equal(202, (h:event(h:discharge(20))))
      local status = h:call("GET", "/healthz", nil, { token = false })
      assert.equal(200, status)
      h:close()
    end)
  end)
end
