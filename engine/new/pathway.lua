-- @NAME@: a first question after a day, then one a week for a month. Who stays silent is rung up.
local aw = require "afterward"

-- Asks; a nurse rings whoever does not answer in a day. The answer, by whichever road, or nil and why.
local function follow(p)
  local a, why = p:ask("@NAME@", { within = "24h", remind = "8h" })
  if a or why == "opted-out" then return a, why end
  local call = p:wait(p:task { id = "@NAME@-call", role = "nurse", form = "@NAME@", due = "8bh",
    note = "没有回音，请电话随访" })
  return call.answer, call.code
end

return {
  aw.form {
    id = "@NAME@", title = { zh = "出院后情况", en = "Since you went home" }, abnormal = "@NAME@-flags",
    { id = "temp", kind = "number", unit = "Cel", min = 34, max = 43, decimals = 1, observe = "temperature",
      zh = "今天的体温？", en = "Temperature today?" },
    { id = "wound", kind = "choice", zh = "伤口怎么样？", en = "How is the wound?", options = {
      { "dry", zh = "干燥", en = "dry" }, { "red", zh = "发红", en = "red" }, { "open", zh = "裂开", en = "open" } } },
  },

  -- Judges every answer to the form, whoever gives it: nil, or a flag that raises the alarm.
  aw.rule { id = "@NAME@-flags", run = function(a)
    if a.wound == "open" or a.temp and a.temp >= 38.5 then
      return { level = "@LEVEL@", reason = a.wound == "open" and "伤口裂开" or ("发热 %.1f℃"):format(a.temp),
        advice = { zh = "护士会马上联系您，请多喝水，不要自行加药。", en = "A nurse will call you; drink water, take nothing extra." } }
    end
  end },

  aw.pathway {
    id = "@NAME@", program = "@PROGRAM@", title = { zh = "出院后随访", en = "After discharge" }, anchor = "discharge",
    -- Put the codes (by their beginning) or parts of the names of your operations here.
    enroll = { on = "discharge", procedure = { "示例手术" } },
    steps = {
      aw.step { id = "first-day", at = "24h", valid_for = "3d", missed = "nurse", run = function(p) follow(p) end },
      aw.step { id = "week", every = "7d 09:00", from = "7d", to = "28d", valid_for = "2d", run = function(p) follow(p) end },
    },
  },
}
