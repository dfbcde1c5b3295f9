-- Items that forms of every department ask in the same words, so that the red flags can read them.
local questions = {}

questions.temp = { id = "temp", kind = "number", unit = "Cel", min = 34, max = 43, decimals = 1, observe = "temperature",
  zh = "今天的体温？", en = "Temperature today?" }

questions.wound = { id = "wound", kind = "choice", zh = "伤口怎么样？", en = "How is the wound?", options = {
  { "dry", zh = "干燥", en = "dry" }, { "red", zh = "发红", en = "red" },
  { "leaking", zh = "渗液", en = "leaking" }, { "open", zh = "裂开", en = "open" } } }

questions.calf = { id = "calf", kind = "yesno", zh = "小腿肿胀或疼痛？", en = "Calf swollen or painful?" }

questions.chest = { id = "chest", kind = "yesno", zh = "有没有新出现的胸痛？", en = "Any new pain in the chest?" }

questions.breath = { id = "breath", kind = "choice", zh = "气促吗？", en = "Short of breath?", options = {
  { "none", zh = "没有", en = "no" }, { "effort", zh = "活动后比出院时重", en = "more than at discharge, on effort" },
  { "rest", zh = "坐着或平躺也气促", en = "even sitting or lying" } } }

questions.pain = { id = "pain", kind = "scale", min = 0, max = 10, observe = "pain",
  zh = "疼痛几分？（0 不痛，10 最痛）", en = "Pain, 0 to 10?" }

questions.photo = { id = "photo", kind = "photo", optional = true, when = function(a) return a.wound ~= "dry" end,
  zh = "请拍一张伤口照片", en = "A photo of the wound, please" }

-- Fewer than three stars: the feedback office rings within 24 hours (scripts/feedback).
questions.stars = { id = "stars", kind = "scale", min = 1, max = 5, low = 3, optional = true,
  zh = "您给我们打几颗星？（1 很不满意，5 很满意）", en = "How many stars for us, 1 to 5?" }

questions.why = { id = "why", kind = "text", optional = true, zh = "有什么要对我们说的？", en = "What would you like to tell us?" }

return questions
