-- PHQ-9 (free to use). Item 9 tells the ward whatever the total is, and a person talks with her: never a message (WARD 4).
local aw = require "afterward"

local OPTIONS = {
  { "never", zh = "完全不会", en = "Not at all", score = 0 },
  { "some", zh = "好几天", en = "Several days", score = 1 },
  { "half", zh = "一半以上的天数", en = "More than half the days", score = 2 },
  { "daily", zh = "几乎每天", en = "Nearly every day", score = 3 },
}

local QUESTIONS = {
  { "做事时提不起劲或没有兴趣", "Little interest or pleasure in doing things" },
  { "感到心情低落、沮丧或绝望", "Feeling down, depressed, or hopeless" },
  { "入睡困难、睡不安稳或睡眠过多", "Trouble falling or staying asleep, or sleeping too much" },
  { "感觉疲倦或没有活力", "Feeling tired or having little energy" },
  { "食欲不振或吃太多", "Poor appetite or overeating" },
  { "觉得自己很糟，或觉得自己很失败，或让自己或家人失望",
    "Feeling bad about yourself – or that you are a failure or have let yourself or your family down" },
  { "对事物专注有困难，例如阅读报纸或看电视时",
    "Trouble concentrating on things, such as reading the newspaper or watching television" },
  { "动作或说话速度缓慢到别人已经察觉；或正好相反，烦躁或坐立不安、动来动去的情况更胜于平常",
    "Moving or speaking so slowly that other people could have noticed? Or the opposite – being so fidgety or restless "
      .. "that you have been moving around a lot more than usual" },
  { "有不如死掉或用某种方式伤害自己的念头",
    "Thoughts that you would be better off dead or of hurting yourself in some way" },
}

local form = { id = "two-weeks", title = { zh = "最近两周", en = "The last two weeks" }, abnormal = "two-weeks-flags" }
for i, question in ipairs(QUESTIONS) do
  form[i] = { id = "q" .. i, kind = "choice", options = OPTIONS, observe = i == 9 and "phq-item-9" or nil,
    zh = "最近两周，以下情况有多少天困扰您？" .. question[1],
    en = "Over the last two weeks, how often have you been bothered by: " .. question[2] }
end

return {
  aw.form(form),

  aw.rule { id = "two-weeks-flags", run = function(a)
    local advice = { zh = "谢谢您告诉我们，会有人今天给您打电话。现在就很难受，请拨打12356或120。",
      en = "Thank you for telling us; somebody will ring you today. If it is too much now, ring 12356 or 120." }
    if a.q9 and a.q9 ~= "never" then
      return { level = "urgent", reason = "最近两周第9题不是“完全不会”", advice = advice }
    elseif (a.score or 0) >= 10 then
      return { level = "soon", reason = ("最近两周 %d 分"):format(a.score), advice = advice }
    end
  end },
}
