-- 愈见她: after breast surgery. Mood is asked every time; PHQ-9 in week 2, month 1, 3, 6 and 12; the group in month 2.
local aw = require "afterward"
local ask = require "shared.questions"
local flags = require "shared.red-flags"
local follow = require "shared.ladder"

local function counsel(p, note)
  p:task { id = "counsel", role = "counsellor", due = "4bh", note = note }
end

local function check(p)
  local a = follow(p, "how-are-you")
  if not a then return end
  if a.mood == "low" then p:ask("two-weeks", { within = "2d", remind = "1d" }) end
  if a.arm then p:task { id = "arm", role = "rehab-therapist", due = "2bd", note = "手臂肿胀，请指导并量臂围" } end
end

local function item_9(f)                            -- however late it comes, and whoever fills it in
  return f.event.value > 0
end

return {
  aw.form { id = "how-are-you", title = { zh = "今天好吗", en = "How are you today" }, abnormal = "her-flags",
    { id = "mood", kind = "choice", zh = "今天心情如何？", en = "How do you feel today?", options = {
      { "good", zh = "不错", en = "good" }, { "fair", zh = "一般", en = "so-so" }, { "low", zh = "低落", en = "low" } } },
    ask.temp, ask.wound, ask.photo,
    { id = "arm", kind = "yesno", zh = "手臂肿胀、发紧吗？", en = "Is the arm swollen or tight?" } },

  aw.rule { id = "her-flags", run = function(a) return flags.worst(a, "wound", "fever") end },

  -- accept unjudged: whether she comes
  aw.form { id = "group", title = { zh = "姐妹聚会", en = "Our afternoon together" },
    { id = "comes", kind = "choice", zh = "下周三下午三点，姐妹们在随访中心喝茶，您来吗？",
      en = "Tea with others at the follow-up centre, next Wednesday at three. Will you come?", options = {
      { "yes", zh = "来", en = "yes" }, { "no", zh = "这次不来", en = "not this time" },
      { "never", zh = "以后也不用问", en = "don't ask again" } } } },

  aw.template { id = "group-reminder", class = "visit", zh = "{patient.title}您好，明天下午三点随访中心见，可以带一位家人。",
    en = "{patient.title}, see you tomorrow at three at the follow-up centre. Bring somebody if you like." },

  aw.pathway {
    id = "herself-again", program = "yujianta", title = { zh = "愈见她术后随访", en = "Herself again, after surgery" },
    enroll = { on = "discharge", procedure = { "85.2", "85.4", "85.33", "85.34", "乳房", "乳腺" } },
    anchor = "discharge",
    steps = {
      aw.step { id = "check", at = { "3d 09:30", "7d 09:30", "21d 09:30" }, valid_for = "3d", missed = "nurse", run = check },
      aw.step { id = "later", every = "1mo 09:30", from = "2mo", to = "12mo", valid_for = "7d", run = check },
      aw.step { id = "two-weeks", at = { "14d 09:30", "30d 09:30", "3mo 15:30", "6mo 15:30", "12mo 15:30" }, valid_for = "7d",
        run = function(p)
          local a = p:ask("two-weeks", { within = "3d", remind = "1d" })
          if a and a.score >= 10 then counsel(p, ("最近两周 %d 分，请电话关心"):format(a.score)) end
        end },
      aw.step { id = "group", at = { "2mo 15:30", "5mo 15:30", "8mo 15:30" }, valid_for = "5d", run = function(p)
        if p:get "no-group" then return end
        local a = p:ask("group", { within = "3d" })
        if a and a.comes == "never" then p:set("no-group", true) end
        if a and a.comes == "yes" then
          p:wait "tue 15:00"
          p:send "group-reminder"
        end
      end },
    },
    watches = {
      aw.watch { id = "item-9", on = "observation:phq-item-9", where = item_9,
        run = function(p) counsel(p, "第9题：今天由心理咨询师本人通话，不发短信；必要时请精神科会诊") end },
    },
  },
}
