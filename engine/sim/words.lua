-- What people read, in Chinese and English: the sentences of a simulation's account, and names instead of ids that every
-- hospital has. words.zh, words.en: key → text or format; names: id → text.
local words = {}

words.zh = {
  lang = "zh-CN",
  title = "随访模拟：%s", period = "%s 至 %s，虚拟时间推演，没有发送任何消息。",
  invented = "患者是按本科室各方案的入组条件虚构的。",
  line = "%s，%s 至 %s：%d 名患者，%d 人次入组",
  line_work = "%d 条消息，本人或家属填答 %d 份，电话随访填答 %d 份；%d 项任务，%d 次预警；%d 次执行，%d 次卡住",
  kind = "%s：%d 人", kind_work = "提问 %d 次；本人或家属填答 %s，连同电话随访共 %s。",
  got = { "", "内容", "对象", "人均次数", "涉及患者", "时间" }, got_name = "名称",
  at = "第%d天", before = "前%d天", each_day = "每天：各渠道消息、各岗位任务、各级预警", date = "日期", tasks_of = "任务 %s", alerts_of = "预警 %s",
  alerts = "预警", no_alerts = "没有预警。", alert_head = { "名称", "级别", "次数", "患者", "确认用时（分钟）", "呼叫次数", "未关闭" },
  sums = { "患者", "入组", "消息", "本人或家属填答", "电话随访填答", "待办任务", "预警" },
  by_channel = "每日消息（按渠道）", by_role = "每日新增任务（按岗位）", by_level = "每日预警（按级别）",
  role_head = { "岗位", "任务", "日均", "最多一天", "日期" }, unit = "条/天", unit_tasks = "项/天", unit_alerts = "次/天",
  contents = "每类患者会收到什么", stuck = "卡住 %d 次：%s %s：%s", rejects = "名单中有 %d 行没有读入，未计入本报告：", reject = "第 %d 行%s：%s",
  refused = "有 %d 条没有被接受：", others = "其他科室的行未计入：%s", empty = "没有患者进入：%s",
  foot = "%d 名患者，随机种子 %d。应答与电话结果来自应答模型，不是预测。", comma = "，", others_say = " 等", more = "另有 %d 行",
  names = {
    sms = "短信", wechat = "微信", email = "邮件", phone = "电话", app = "应用", wecom = "企业微信", dingtalk = "钉钉", log = "日志",
    emergency = "紧急", urgent = "尽快处理", soon = "当日处理",
    patient = "患者", family = "家属", ask = "提问", remind = "催答", send = "通知", task = "任务", alert = "预警",
    high = "高风险", medium = "中风险", low = "低风险", standard = "一般", medication = "用药",
    nurse = "护士", ["ward-nurse"] = "病区护士", ["head-nurse"] = "护士长", ["community-nurse"] = "社区护士", ["home-nurse"] = "居家护士",
    doctor = "医生", pharmacist = "药师", physiotherapist = "康复师", dietitian = "营养师", surgeon = "手术医师",
    ["on-call-doctor"] = "值班医师", chief = "科主任", ["follow-up-centre"] = "随访中心", counsellor = "心理咨询师",
    call = "电话随访", visit = "上门随访", book = "预约复诊", overdue = "任务超时",
  },
}

words.en = {
  lang = "en",
  title = "Follow-up, simulated: %s", period = "%s to %s, played in virtual time. Nothing was sent.",
  invented = "The patients are invented from what the department's pathways look for.",
  line = "%s, %s to %s: %d patient(s), %d enrolled",
  line_work = "%d message(s), %d answered by patients and families, %d by staff; %d task(s), %d alert(s); %d run(s), %d stuck",
  kind = "%s: %d patient(s)", kind_work = "%d question(s); %s answered by themselves, %s with staff.",
  got = { "", "What", "To", "A patient", "Patients", "When" }, got_name = "Name",
  at = "day %d", before = "%d days before", each_day = "Each day: texts by channel, tasks by post, alerts by level", date = "Day",
  tasks_of = "tasks %s", alerts_of = "alerts %s",
  alerts = "Alerts", no_alerts = "None.", alert_head = { "Name", "Level", "Alerts", "Patients", "Seen after (min)", "Pages", "Still open" },
  sums = { "Patients", "Enrolled", "Messages", "Answered by themselves", "Answered with staff", "Tasks", "Alerts" },
  by_channel = "Messages a day, by channel", by_role = "New tasks a day, by post", by_level = "Alerts a day, by level",
  role_head = { "Post", "Tasks", "A day", "Most on one day", "Which" }, unit = "messages a day", unit_tasks = "tasks a day",
  unit_alerts = "alerts a day",
  contents = "What each kind of patient would get", stuck = "stuck %d time(s): %s %s: %s",
  rejects = "%d row(s) of the list could not be read; left out of this report:",
  reject = "line %d%s: %s",
  refused = "%d event(s) were not accepted:", others = "Rows of other departments are left out: %s", empty = "Nobody came onto: %s",
  foot = "%d patient(s), seed %d. Answers and calls come from an answer model; they are no forecast.", comma = ", ", others_say = " etc.",
  more = "and %d row(s) more",
  names = {
    sms = "SMS", wechat = "WeChat", email = "e-mail", wecom = "WeCom", dingtalk = "DingTalk",
    ask = "ask", remind = "remind", send = "tell", task = "task", alert = "alert",
    call = "call", visit = "home visit", book = "book a return visit", overdue = "task overdue",
  },
}

-- The text of that language with its numbers; "(s)" stands behind one that is counted, and goes or loses its brackets.
function words.fill(text, ...)
  local out = text:format(...)
  return (out:gsub("(%d+)( [%a%- ]-)%(s%)", function(count, noun) return count .. noun .. (count == "1" and "" or "s") end))
end

-- The language of who looks: what was asked for, else that of the environment.
function words.language(asked)
  if asked == "zh" or asked == "en" then return asked end
  if asked then error { usage = ("--lang takes zh or en, not \"%s\""):format(asked) } end
  for _, name in ipairs { "LC_ALL", "LC_MESSAGES", "LANG" } do
    local value = os.getenv(name)
    if value and value ~= "" then return value:find "^zh" and "zh" or "en" end
  end
  return "en"
end

return words
