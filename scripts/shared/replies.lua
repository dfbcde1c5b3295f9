-- What patients write back in free words: danger is no matter for later. The engine gives every reply to the nurse to read.
local aw = require "afterward"
local flags = require "shared.red-flags"

return {
  aw.watch { id = "danger-words", on = "reply",
    where = function(f) return flags.words(f.event.text) end,
    run = function(p, flag)
      p:alert { id = "danger-words", level = flag.level, reason = flag.reason }
      p:send "danger-advice"
    end },

  -- Sent by the engine to a number that serves several patients (WARD 8).
  aw.template { id = "whose-reply", fields = { "choices" },
    zh = "您好，刚才的回复是关于哪一位的？{choices}。请回复数字。",
    en = "Whom was your message about? {choices}. Reply with the digit." },

  aw.template { id = "danger-advice", class = "safety",
    zh = "您写到的情况已转给护士，马上联系您。加重、胸痛、气促、出血不止或意识不清，请立即拨打120。",
    en = "A nurse has what you wrote and will call. Worse, chest pain, breathless, bleeding or confused? Call 120 now." },
}
