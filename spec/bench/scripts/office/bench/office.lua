-- An office whose cases stay open: each is somebody's work and runs against two clocks, in natural and in working time.
local aw = require "afterward"

return {
  aw.department { id = "bench", title = { zh = "基准", en = "Benchmark" }, zone = "Asia/Shanghai", calendar = "own",
    alerts = { ["at-risk"] = "ladder", breach = "ladder" }, overdue = "ladder" },
  aw.calendar { id = "own", hours = { ["mon-fri"] = "08:00-12:00,14:00-18:00" }, holidays = "days.csv" },
  aw.program { id = "plain", name = { zh = "基准", en = "Benchmark" } },
  aw.escalation { id = "ladder", levels = { { page = "head", ack_within = "4h" } } },
  aw.triage { id = "office", program = "plain", title = { zh = "意见", en = "Opinion" }, on = { "hotline", "web" }, at_risk = 1,
    route = function(f) return f.ward or "office" end,
    clocks = function() return { { "answer", "24h" }, { "resolution", "5bd" } } end,
    run = function(c)
      c:wait(c:task { id = "answer", role = c.lead })
      c:met "answer"
      c:met "resolution"
      c:close "answered"
    end },
}
