-- @NAME@: questions, and the rule that judges every answer to them, whoever gives it.
local aw = require "afterward"

return {
  -- Ask it in a step: p:ask("@NAME@", { within = "24h" }), then remove the next line.
  -- accept unused: not asked yet
  aw.form {
    id = "@NAME@", title = { zh = "今天感觉如何", en = "How are you today" }, abnormal = "@NAME@-flags",
    { id = "pain", kind = "scale", min = 0, max = 10, observe = "pain", zh = "疼痛几分？（0 不痛，10 最痛）", en = "Pain, 0 to 10?" },
    { id = "where", kind = "text", max = 100, when = function(a) return a.pain ~= 0 end,
      zh = "哪里痛？", en = "Where does it hurt?" },
  },

  -- nil, or { level, reason, advice }: the level is a key of the department's alerts, the advice is what the page says.
  aw.rule { id = "@NAME@-flags", run = function(a)
    if a.pain >= 7 then
      return { level = "@LEVEL@", reason = ("疼痛 %d 分"):format(a.pain),
        advice = { zh = "请按医嘱服药，护士今天联系您。", en = "Take your medicine as prescribed; a nurse calls today." } }
    end
  end },
}
