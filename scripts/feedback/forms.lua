-- Words and forms of the feedback office.
local aw = require "afterward"

return {
  -- accept unjudged: staff write it, about a case
  aw.form { id = "case-answer", title = { zh = "处理答复", en = "Answer" }, { id = "reply", kind = "text", zh = "答复", en = "Reply" },
    { id = "mended", kind = "text", optional = true, zh = "改进", en = "What was mended" } },
  -- accept unjudged: staff write it, about a case
  aw.form { id = "case-part", title = { zh = "科室情况", en = "Our part" }, { id = "part", kind = "text", zh = "本科室情况", en = "Our part" } },
  -- accept unjudged: staff write it, about a case
  aw.form { id = "approve", title = { zh = "答复审核", en = "Approval" },
    { id = "reply", kind = "text", optional = true, zh = "修改后的答复", en = "Reply, amended" } },
  -- accept unjudged: staff write it, about a case
  aw.form { id = "case-plan", title = { zh = "处理方案", en = "Plan" },
    { id = "plan", kind = "text", zh = "怎么处理、何时答复", en = "What will be done, and by when" } },
  -- accept unjudged: staff say it, about an order
  aw.form { id = "order-accept", title = { zh = "12345 工单签收", en = "Is the order ours?" },
    { id = "ours", kind = "yesno", zh = "是本院职责吗？", en = "Is it ours?" },
    { id = "why", kind = "text", zh = "退单理由", en = "Why not", when = function(a) return a.ours == false end } },
  -- accept unjudged: staff write it, for everybody to read
  aw.form { id = "public-reply", title = { zh = "公开回复", en = "Public answer" }, { id = "reply", kind = "text", optional = true,
    zh = "已发布的回复（不改则按草稿）", en = "What was published (as drafted, when empty)" } },
  -- accept unjudged: where and when, no symptom
  aw.form { id = "which-stay", title = { zh = "您说的是哪次住院", en = "Which stay you mean" },
    { id = "ward", kind = "text", zh = "哪个病区？", en = "Which ward?" },
    { id = "when", kind = "date", zh = "哪天？", en = "When?" } },
  -- accept unjudged: its answer goes on with the case itself
  aw.form { id = "satisfied", title = { zh = "对处理是否满意", en = "Whether you are satisfied" }, { id = "satisfied", kind = "choice", zh = "您对处理满意吗？",
    en = "Are you satisfied?", options = {
    { "yes", zh = "满意", en = "yes" }, { "partly", zh = "基本满意", en = "partly" }, { "no", zh = "不满意", en = "no" } } } },
  -- accept unjudged: staff write it
  aw.form { id = "consult-answer", title = { zh = "咨询答复", en = "Answer to a question" },
    { id = "reply", kind = "text", zh = "答复", en = "Reply" } },
  -- accept unjudged: whether the answer helped
  aw.form { id = "enough", title = { zh = "回答解决了吗", en = "Whether that helped" },
    { id = "ok", kind = "choice", zh = "解决了吗？", en = "Solved?", options = {
    { "yes", zh = "解决了", en = "yes" }, { "person", zh = "人工", en = "a person, please" } } } },

  aw.template { id = "received", zh = "已收到，编号{case.number}，进度：{case.link}",
                en = "Received, no. {case.number}. Progress: {case.link}" },
  aw.template { id = "tell-us", zh = "已收到，编号{case.number}。请点开写下是什么事（也可以直接回复本消息）：{case.page}",
    en = "Received, no. {case.number}. Please tell us what it is about, on this page or by a reply: {case.page}" },
  aw.template { id = "reply", fields = { "reply" }, zh = "{reply}", en = "{reply}" },
  aw.template { id = "plan", fields = { "plan" }, zh = "您反映的{case.number}，处理方案：{plan}", en = "About {case.number}, what we will do: {plan}" },
  aw.template { id = "draft-complaint", zh = "{patient.title}您好：您反映的{case.number}已核实。情况是：……；我们已经：……。给您带来不便，向您致歉。",
    en = "{patient.title}: about {case.number}, we have looked into it. What happened: … What we did: … We are sorry." },
  aw.template { id = "draft-suggestion", zh = "{patient.title}您好：感谢您的建议（{case.number}）。我们将：……。",
    en = "{patient.title}: thank you for your suggestion ({case.number}). We will: …" },
  aw.template { id = "thanks", zh = "谢谢您！已转告当事人。", en = "Thank you! We passed it on." },
  aw.template { id = "emergency", class = "safety", zh = "请立即拨打120或来急诊。值班医生正在联系您。",
                en = "Call 120 or come to emergency now. The doctor on duty is being called." },
  aw.template { id = "faq", fields = { "reply" }, zh = "{reply}\n没有解决？请回复“人工”。", en = "{reply}\nNot solved? Reply PERSON." },
  aw.template { id = "hold", fields = { "left" }, zh = "前面还有人在咨询，大约{left}后回复您。",
    en = "Others are before you; about {left} until our answer." },
  aw.template { id = "hold-unknown", zh = "我们还在找能回答您的人，暂时说不准要多久。",
                en = "We are still looking for someone to answer; we can't say how long." },
  aw.template { id = "closed-now", zh = "现在没有人值班，上班后回复您。", en = "Nobody is on duty now; we answer when we open." },
}
