-- The script API as data, once: loading checks declarations by it, a run checks its calls by it,
-- and the manual and the editor's types are made from it.
--
-- Types: "a|b" is either; "list of a"; "map of a" has words as keys; "ref:form" is the id of a
-- declared form; "one:x,y" is one of these words; "record:r" is a table with the keys of
-- records.r; the rest are named in engine/script/std/shapes.lua.

local function key(name, type, doc, more)
  local entry = { name = name, type = type:gsub("!$", ""), required = type:sub(-1) == "!" or nil, doc = doc }
  for k, v in pairs(more or {}) do entry[k] = v end
  return entry
end
local function with(list, ...)
  local out = {}
  for _, part in ipairs { list, ... } do
    for _, entry in ipairs(part) do out[#out + 1] = entry end
  end
  return out
end

local function add_all(to, from)
  for name, doc in pairs(from) do to[name] = doc end
end

local TITLE = key("title", "text", "what people read on screens and pages; the id when absent")
local TITLE_NEEDED = key("title", "text!", "what people read on screens")
local DISCLOSES = key("discloses", "boolean", "names a diagnosis: only for patients who know theirs (WARD 1)")
local DISCREET = key("discreet", "text", "what the others read instead; without it they get nothing that discloses")

local api = {}

-- What scripts find around themselves: true, or the names in a library. A spec holds it against the sandbox.
api.environment = {
  _G = true, _VERSION = true, assert = true, error = true, getmetatable = true, ipairs = true, load = true, next = true,
  pairs = true, pcall = true, rawequal = true, rawget = true, rawlen = true, require = true, select = true,
  setmetatable = true, tonumber = true, tostring = true, type = true, xpcall = true,
  math = { "abs", "acos", "asin", "atan", "ceil", "cos", "deg", "exp", "floor", "fmod", "huge", "log", "max", "maxinteger",
    "min", "mininteger", "modf", "pi", "rad", "random", "sin", "sqrt", "tan", "tointeger", "type", "ult" },
  string = { "byte", "char", "find", "format", "gmatch", "gsub", "len", "lower", "match", "rep", "reverse", "sub", "upper" },
  table = { "concat", "insert", "move", "pack", "remove", "sort", "unpack" },
  utf8 = { "char", "charpattern", "codepoint", "codes", "len", "offset" },
}
api.builtin_calendars = { "cn", "always" }
api.channels = { "wechat", "sms", "phone", "email", "app", "wecom", "dingtalk" }
api.classes = { "general", "questionnaire", "medicine", "visit", "education", "safety", "marketing" } -- the last asks first: care/consent.c
api.anchors = { "discharge", "admission", "surgery", "appointment", "enrollment" }
api.events = { "admission", "discharge", "transfer", "procedure", "diagnosis", "drug", "appointment",
  "appointment-cancelled", "appointment-delayed", "appointment-done", "no-show", "observation-withdrawn", "coding-withdrawn",
  "delivery", "death", "birth-loss", "reply", "feedback" }
api.result_codes = {                                   -- how a task ended (WARD 12); engine/care/task_code.c says what follows
  { "done", "完成" }, { "reached", "已接通" }, { "partial", "部分完成" }, { "proxy", "家属代答" }, { "call-later", "约时再拨" },
  { "no-answer", "无人接听" }, { "busy", "占线" }, { "off", "关机" }, { "void", "停机空号" }, { "wrong-person", "非本人" },
  { "unverified", "核对失败" }, { "language", "语言不通" }, { "refused-today", "本次拒访" }, { "refused", "永久拒访" },
  { "readmitted", "已再入院" }, { "elsewhere", "已外院就诊" }, { "deceased", "已故" }, { "transfer", "转办" },
  { "not-done", "未做:人力不足" }, { "lost", "失访" },
}
api.outcomes = { "accepted", "delivered", "answered", "silent", "held", "suppressed", "unreachable", "no-contact",
  "opted-out", "cancelled", "stale", "in-doubt", "no-receipt" }
api.observations = {                                   -- code → UCUM unit, as engine/care/measure.csv; departments may add codes
  temperature = "Cel", pain = "{score}", glucose = "mmol/L", systolic = "mm[Hg]", diastolic = "mm[Hg]", pulse = "/min",
  respiration = "/min", spo2 = "%", weight = "kg", height = "cm", inr = "{INR}", potassium = "mmol/L", hemoglobin = "g/L",
  creatinine = "umol/L", hba1c = "%", sodium = "mmol/L", steps = "{steps}", urine = "mL/d", ["peak-flow"] = "L/min",
}
api.missing = { "id", "title", "on", "by", "within", "from", "to", "valid_for", "run" }    -- keys of a watch on "missing:<code>"
api.placeholders = {                                   -- filled in by the engine when a message is claimed
  words = { "link", "code", "date", "time", "patient.name", "patient.title", "case.number", "case.link", "case.page" },
  roots = { "hospital", "department", "program", "practice", "ward", "visit" },
}
api.foot = {                                           -- at the foot of every message (WARD 6), as engine/care/message_text.c
  zh = "（非实时值守，紧急请拨120）", en = " (Not attended round the clock. In an emergency call 120.)",
}
-- Words that tell a diagnosis to whoever looks over a shoulder (WARD 1).
api.telling = { "癌", "肿瘤", "恶性", "化疗", "放疗", "病理", "转移灶", "艾滋", "梅毒", "精神分裂", "流产",
  "cancer", "tumour", "tumor", "malignan", "chemotherap", "oncolog", "metasta", "hiv", "syphilis" }

api.kinds = {
  department = { doc = "one per folder: where its alerts go, its hours and limits", keys = {
    key("id", "id!", "the folder's name"), TITLE_NEEDED,
    key("zone", "zone", "where its clocks hang", { default = "Asia/Shanghai" }),
    key("calendar", "ref:calendar", "its working time, for bd and bh", { default = "cn" }),
    key("alerts", "map of ref:escalation", "alert level → escalation"),
    key("overdue", "ref:escalation", "who hears of overdue tasks"),
    key("contact_windows", "hours", "when patients may be contacted", { default = "09:00-11:30,15:00-17:30,18:30-20:00" }),
    key("quiet_hours", "hours", "when no message leaves, in the patient's zone", { default = "21:00-08:00" }),
    key("class_quiet_hours", "map of hours", "message class → hours when none of it leaves, beside quiet_hours"),
    key("via", "list of word", "order of channels when a call names none", { default = { "wechat", "sms" } }),
    key("elder_age", "count", "from this age on a patient who wants nothing else is told by text or telephone first", { default = 75 }),
    key("budget", "map of record:budget", "message class → contacts allowed to one patient"),
    key("phone", "string", "the number that patients may ring"),
    key("prove_numbers", "word", "role that is given a task when a patient leaves and no number is proved (afterward prove)"),
    key("gate", "one:specs", "the specs in its folder spec/ must pass before a new bundle is activated"),
    key("activate", "one:manual", "a new bundle waits until somebody says: afterward activate"),
  } },
  program = { doc = "the brand that patients see", keys = {
    key("id", "id!", "its name in scripts"), key("name", "text!", "what patients read"),
    key("color", "color", "of pages, as #rrggbb"), key("slogan", "text", "under the name"),
    key("logo", "string", "a picture as SVG text: <svg …>…</svg>, on pages and cards"),
    key("phone", "string", "the number that patients may ring"),
    key("consult", "record:consult", "how to ask a person, shown beside the advice after an abnormal answer"),
    key("phone_script", "text|list of record:section", "what callers read out, whole or in sections"), DISCLOSES, DISCREET,
  } },
  pathway = { doc = "a schedule of steps for patients who qualify", keys = {
    key("id", "id!", "its name in scripts"), key("program", "ref:program!", "the brand it goes under"), TITLE_NEEDED,
    key("enroll", "record:enroll!", "who comes in, and when"),
    key("anchor", "one:" .. table.concat(api.anchors, ","), "what times count from", { default = "enrollment" }),
    key("tier", "function", "facts → word of risk; evaluated after each turn and event"),
    key("steps", "list of step!", "the schedule"), key("watches", "list of watch", "live as long as the enrollment"),
    key("curves", "list of record:curve", "what is drawn of its patients, with the course that is expected"),
    key("ends", "span", "the enrollment is over this long after the anchor"),
    key("rollout", "record:rollout", "this version is tried on some enrollments first"),
  } },
  step = { doc = "one entry of a pathway's schedule", keys = {
    key("id", "id!", "unique in its pathway"), TITLE,
    key("at", "times|list of times", "offset or list of offsets from the anchor, back from it \"-3d 09:00\", or \"enroll\""),
    key("every", "times|map of times", "how often, or tier → how often; a tier not named has none"),
    key("from", "span", "first day of `every`"), key("to", "span", "last day of `every`, inclusive"),
    key("count", "count", "how many occurrences at most"),
    key("valid_for", "span", "how late it may still begin, also for a patient who comes in late; unless said, until the next for every, for ever for "
      .. "at, and what was due before the enrollment is past"),
    key("missed", "word", "role that is given occurrences that came due and could not begin in time"),
    key("run", "function!", "the body: run(p)"),
  } },
  form = { doc = "questions; the engine judges every answer by the form's rule", items = true, keys = {
    key("id", "id!", "its name in scripts"), TITLE,
    key("abnormal", "ref:rule", "judges each answer"), DISCLOSES, DISCREET,
    key("class", "one:" .. table.concat(api.classes, ","), "which budget asking counts in", { default = "questionnaire" }),
    key("approved", "map of record:approved_form", "channel → the question as its provider approved it; what goes there then"),
  } },
  rule = { doc = "pure function of an answer", keys = {
    key("id", "id!", "its name in scripts"), TITLE,
    key("run", "function!", "run(a) → nil or { level, reason, advice }, or what result says"),
    key("result", "one:flag,number,text,boolean,list", "what it gives", { default = "flag" }),
  } },
  watch = { doc = "starts a run on the rising edge of a condition", keys = {
    key("id", "id!", "its name in scripts"),
    key("on", "event|list of event!", "what makes it look; in a pathway also \"missing:<code>\": what was not measured `by` an "
      .. "hour, with `within` (a span back from it; since midnight when absent), `from`, `to` and `valid_for` as a step"),
    key("where", "function", "facts → flag; what is true is handed to run"),
    key("clear", "function", "facts → whether it may fire again; when absent it may once `where` no longer holds"),
    key("rearm", "span", "fires again after so long although `where` has held all the time"),
    key("run", "function!", "run(p, flag)"),
  } },
  template = { doc = "text of a message", keys = {
    key("id", "id!", "its name in scripts"),
    key("class", "one:" .. table.concat(api.classes, ","), "which budget it counts in", { default = "general" }),
    key("fields", "list of field", "what `fields` of send must give"),
    key("zh", "string!", "Chinese text"), key("en", "string", "English text"),
    key("channels", "map of record:wording", "channel → other words on it"),
    key("approved", "map of record:approved", "channel → the text as its provider approved it; what goes there then"),
    DISCLOSES, DISCREET,
  } },
  escalation = { doc = "who is paged, in turn, until somebody acts", keys = {
    key("id", "id!", "its name in scripts"),
    key("levels", "list of record:level!", "rungs; the last repeats: of what is soon or stuck once an hour, a page to a post for all of it"),
    key("act_within", "span", "acknowledged without a recorded act: starts again one level up"),
    key("hours", "hours", "when it pages at all; else it waits for the first of these hours"),
  } },
  roster = { doc = "who holds a duty post, from a file", keys = {
    key("role", "word!", "the duty post"), key("file", "string!", "CSV: from,to,staff"),
    key("backup", "word|list of word", "post to page when nobody is on the roster"),
    key("calendar", "ref:calendar", "the post's working time; the department's when absent"),
  } },
  triage = { doc = "feedback and questions: which it takes, what they mean, who answers and by when", keys = {
    key("id", "id!", "its name in scripts"), TITLE,
    key("program", "ref:program", "the brand it answers under", { default = "the department's first" }),
    key("on", "list of one:web,qr,hotline,counter,letter,sms,wechat,review,survey,external,robot,reply!",
      "the channels it listens to"),
    key("where", "function", "facts → whether this one; the first triage that says so has it"),
    key("classify", "map of names", "field → its list or lists of phrases: stage, type, nature, urgency, topic, faq"),
    key("tier", "function", "facts → word: which clocks, how urgent", { default = "general" }),
    key("route", "string|function", "CSV stage,type,ward,lead,joint,approve, or facts → lead, list of others, who approves"),
    key("receiver", "word", "who stays responsible for what nobody received in person", { default = "patient-relations" }),
    key("names", "map of text", "login or post → the name by which the sender's progress page may call the contact; nobody is named who isn't in it"),
    key("part", "ref:form", "what a department fills in that a person puts beside the lead"),
    key("clocks", "function", "facts → list of clocks: { name, span, from =, joint =, extend =, pauses = }"),
    key("at_risk", "number", "share of a clock's span after which it is warned of", { default = 0.75 }),
    key("levels", "count", "how often it may be reopened, one level up each time", { default = 4 }),
    key("run", "function!", "the body: run(c)"),
  } },
  job = { doc = "work of the department by the clock; it has no patient and waits for nothing", keys = {
    key("id", "id!", "its name in scripts"), TITLE,
    key("at", "times|list of times!", "when, in the department's zone: \"mon 08:00\", \"mon-fri 17:00\", \"08:00\""),
    key("run", "function!", "run(j)"),
  } },
  calendar = { doc = "working time", keys = {
    key("id", "id!", "its name in scripts"),
    key("hours", "weekly!", "days → hours: { [\"mon-fri\"] = \"08:00-12:00,13:30-17:30\" }"),
    key("holidays", "string", "\"cn\" (shared/calendar/cn.csv, which a hospital replaces), or a CSV of the department's own: date,kind,name "
      .. "with kind off, work (a make-up working day) or festival; without any no day is a holiday"),
  } },
}
api.kind_order = { "department", "program", "calendar", "roster", "escalation", "rule", "form", "template", "pathway",
  "step", "watch", "triage", "job" }
-- aw.plan: the columns of a table, under their Chinese or their English heading, and the words of its cells.
api.plan = { doc = "the steps of a table that a nurse keeps in a spreadsheet, as a list for a pathway's `steps`",
  file = "CSV in the department's folder, or in shared/: UTF-8 or GB18030, as Excel saves it",
  columns = {
    { name = "step", zh = "节点", en = "step", doc = "**needed** its id for scripts, then what people read: `day-3 术后三天`" },
    { name = "when", zh = "时间", en = "when", doc = "one or more times from the anchor: `24小时`, `3天 10:00、7天 10:00`, `入组`; one "
      .. "that comes again: `每周一三五 08:00`; beside a frequency its days: `3天-42天`" },
    { name = "every", zh = "频次", en = "frequency", tiers = true,
      doc = "how often: `每3天 09:00`; a column for each tier, `频次 高危`, `frequency high`, says how often then" },
    { name = "form", zh = "表单", en = "form", doc = "id of the form that is asked; again after 8 hours, silent after 24" },
    { name = "message", zh = "消息", en = "message", doc = "id of the template that is sent, before the form; one without fields" },
    { name = "abnormal", zh = "异常处理", en = "if abnormal",
      doc = "who is given a task besides the alert of the form's rule, and by when: `医生 1个工作日; 药师 4小时`" },
    { name = "silent", zh = "未答处理", en = "if silent",
      doc = "who is turned to, one after the other, until there is an answer: `护士 8小时; 家属 24小时; 社区护士 3个工作日`" },
    { name = "valid_for", zh = "有效期", en = "valid for", doc = "how late it may still begin, also for who comes in late, as `valid_for` of a step" },
    { name = "missed", zh = "逾期", en = "missed", doc = "post that is told when it is too late, as `missed` of a step" },
    { name = "remark", zh = "备注", en = "remark", doc = "for people; not read" },
  },
  roles = { ["护士"] = "nurse", ["护士长"] = "head-nurse", ["病房护士"] = "ward-nurse", ["社区护士"] = "community-nurse",
    ["居家护士"] = "home-nurse", ["医生"] = "doctor", ["手术医生"] = "surgeon", ["值班医生"] = "on-call-doctor",
    ["药师"] = "pharmacist", ["康复师"] = "physiotherapist", ["营养师"] = "dietitian", ["家属"] = "family" },
  tiers = { ["高危"] = "high", ["中危"] = "medium", ["低危"] = "low", ["标准"] = "standard" },
}
-- aw.phrases: the columns of a list, and the classes that are no meaning but say how others are meant
-- (engine/base/phrases.h).
api.phrases = { doc = "what a free text says: a function of the text, made of lists of phrases",
  file = "CSV in the department's folder, or in shared/: UTF-8 or GB18030, as Excel saves it",
  columns = {
    { name = "phrase", zh = "词语", en = "phrase", doc = "**needed** up to 32 characters; width, capitals and traditional forms are one" },
    { name = "class", zh = "类别", en = "class", doc = "**needed** what it means, in a word of yours; or one of the words below" },
    { name = "weight", zh = "权重", en = "weight", doc = "how much it counts for its class; 1 when empty" },
    { name = "remark", zh = "备注", en = "remark", doc = "for people; not read" },
  },
  roles = { ["否定"] = "not", ["消失"] = "gone", ["存疑"] = "doubt", ["连接"] = "link", ["并列"] = "and", ["另起"] = "turn",
    ["转折"] = "break", ["无关"] = "plain" },
  role_docs = {
    { "否定", "denies what follows directly: 没有" }, { "消失", "denies what came before: 好了" },
    { "存疑", "leaves its clause in doubt: 以前, 会不会" }, { "连接", "may stand between a denial and what it denies: 出现过" },
    { "并列", "carries a denial on: 、 或" }, { "另起", "ends a denial: 有" }, { "转折", "begins a clause, as a comma does: 但是" },
    { "无关", "means nothing, and hides what is inside it: 不是没有" },
  },
  result = {
    { "class", "the class of most weight among what is said; nil when nothing is" }, { "weight", "its weight; each phrase counts once" },
    { "because", "list of the words, as they were written" }, { "doubt", "the class of most weight among what is in doubt, or nil" },
    { "unsure", "list of the words in doubt: a person must read" }, { "denied", "list of the words that are denied" },
  },
}

api.records = {
  -- The four lists of words are looked at in C before `where` is called: long imports need them.
  enroll = { key("on", "event|list of event!", "what may bring a patient in"),
    key("department", "string|list of string", "the stay's department, one of these"),
    key("procedure", "string|list of string", "codes by their beginning or parts of names, one of these"),
    key("diagnosis", "string|list of string", "the same of diagnoses"), key("drug", "string|list of string", "the same of drugs"),
    key("where", "function", "facts → whether this one"),
    key("again", "one:ignore,restart,both", "when the patient is already in", { default = "ignore" }) },
  curve = { key("code", "word!", "of the observation"), key("title", "text", "what people read; the measure's name when absent"),
    key("expected", "list of record:band", "the expected course, straight from one to the next"),
    key("source", "string", "where the expected course is from"),
    key("page", "boolean", "also on the patient's own page"), DISCLOSES },
  band = { key("at", "string!", "from the anchor: \"14d\""), key("low", "number!", "in the measure's unit"), key("high", "number!", "likewise") },
  rollout = { key("percent", "count", "so many of a hundred, always the same ones"),
    key("ward", "list of string", "only those who left one of these wards") },
  level = { key("page", "word|list of word!", "role or roles"), key("via", "list of word", "channels, all at once"),
    key("ack_within", "span!", "then the next level"), key("hours", "hours", "outside them this level is passed over") },
  budget = { key("day", "count", "contacts a day"), key("week", "count", "contacts a week") },
  wording = { key("zh", "string!", "Chinese text"), key("en", "string", "English text") },
  approved = { key("id", "string!", "the provider's number of the text"),
    key("params", "params", "what its variables stand for: a list in their order, or name → placeholder"),
    key("en", "record:approved_en", "the same of the English text; without it everybody gets the Chinese one") },
  approved_form = { key("id", "string!", "the provider's number of the question"),
    key("params", "params", "what its variables stand for, also {form}, the form's title: a list in their order, or name → placeholder"),
    key("en", "record:approved_en", "the same of the English question; without it everybody gets the Chinese one"),
    key("remind", "record:approved", "the same of the reminder; the question's when absent") },
  approved_en = { key("id", "string!", "the provider's number of the text"), key("params", "params", "what its variables stand for") },
  consult = { key("zh", "string", "words on the link"), key("en", "string", "the same in English"),
    key("url", "url", "an online consultation, https://…"), key("phone", "string", "or a number that answers"),
    key("role", "word", "the post that rings back when asked", { default = "nurse" }),
    key("due", "span", "within so much of its working time", { default = "4h" }) },
  -- A rung of `via` in a call (engine/script/rungs.c).
  rung = { key("[1]", "word!", "the channel, or `call`: a call task with the same form"),
    key("within", "span", "its time for an answer (of a send: a receipt) from when the channel took it; once more when the form is opened"),
    key("to", "one:patient,family", "whom", { default = "as the call says" }),
    key("role", "role", "of `call`: the post that rings", { default = "nurse" }),
    key("due", "span", "of `call`: within so much of its working time", { default = "8h" }) },
  section = { key("id", "id!", "greeting, professional, care"), key("minutes", "count", "planned length"),
    key("zh", "string!", "Chinese text"), key("en", "string", "English text"),
    key("must_ask", "boolean", "the caller ticks it off") },
}

local ITEM = { key("id", "field!", "read as a.<id>"), key("kind", "word!", "kind of item"),
  key("zh", "string!", "the question in Chinese"), key("en", "string", "the question in English"),
  key("help", "text", "small print under it"), key("optional", "boolean", "may stay empty"),
  key("when", "function", "earlier answers → whether it is shown") }
local OBSERVE = key("observe", "word", "the answer is an observation of this code; of a choice, the points of its option")
local LOW = key("low", "number", "an answer below it (of a choice, its points) is feedback: a case by the channel survey, so that a person calls")
local RANGE = { key("min", "number", "smallest"), key("max", "number", "largest") }
local RANGE_NEEDED = { key("min", "number!", "smallest"), key("max", "number!", "largest") }
local UNIT = key("unit", "string", "UCUM unit")
local OPTIONS = key("options", "options!", "list of { value, zh =, en =, score = }")

api.items = {                                          -- kinds of form items and their keys
  scale = with(ITEM, RANGE_NEEDED, { key("step", "number", "between two marks"), UNIT, LOW, OBSERVE }),
  number = with(ITEM, RANGE, { UNIT, key("decimals", "count", "digits after the point"), OBSERVE }),
  choice = with(ITEM, { OPTIONS, key("many", "boolean", "more than one may be chosen"), LOW, OBSERVE }),
  yesno = with(ITEM, { key("score", "number", "points for yes"), OBSERVE }),
  text = with(ITEM, { key("max", "count", "characters at most") }),
  date = with(ITEM, { key("past", "boolean", "only days until today") }),
  photo = with(ITEM, {}),
}
api.option = { key("score", "number", "points"), key("zh", "string!", "in Chinese"), key("en", "string", "in English") }

-- What a run may call. `label` names the parameter, or the key of the table parameter, that
-- replay compares; `waits` marks calls that end a turn.
local function call(doc, params, more)
  local entry = { doc = doc, params = params }
  for k, v in pairs(more) do entry[k] = v end
  return entry
end
local TO = key("to", "one:patient,family,sender", "whom", { default = "patient; in a case the sender" })
local VIA = key("via", "list of rung", "channels in turn, or rungs with a time for each: { { \"wechat\", within = \"2h\" }, { \"sms\", within "
  .. "= \"1d\" }, \"call\" }", { default = "the department's" })
local VALID_FOR = key("valid_for", "span", "how long it may be held back (quiet hours, budget, a channel that is down); then it is suppressed",
  { default = "the step's" })
local TOGETHER = key("together", "boolean", "all channels at once")
local FIELDS = key("fields", "map of wording",
  "what the text's placeholders need; { zh =, en = } is said in the reader's language")
local WITHIN = key("within", "span", "waits this long at most")
local function options(keys) return key("options", "table", "see the keys", { keys = keys }) end

api.run = {
  ask = call("puts a question; one open per enrollment and form, asking again adds a rung",
    { key("form", "ref:form!", "which"), options { TO, VIA, TOGETHER, WITHIN, VALID_FOR,
      key("remind", "span", "again after this silence"), FIELDS,
      key("options", "map of table", "item → choices offered this time: { { value =, zh =, en = }, … }"),
      key("pauses", "string", "case only: clocks stand still, for this reason") } },
    { label = "form", waits = true, returns = "answer | nil, why" }),
  task = call("gives a duty post work; the same open id is joined", { key("task", "table!", "see the keys", { keys = {
      key("id", "id!", "its name in this run"), key("role", "role!", "duty post or person"),
      key("form", "ref:form", "what is filled in"), key("due", "span|time", "in the role's working time"),
      key("note", "string", "what the person reads"),
      key("draft", "ref:template", "whose words they find to begin with, to be amended"),
      key("fields", "map of wording", "what the draft's placeholders need") } }) },
    { label = "id", waits = false, in_jobs = true, returns = "task id" }),
  wait = call("sleeps until a time, the next event since the run began, or the end of a task",
    { key("what", "span|event|task!", "time, event or task id"), options { WITHIN } },
    { label = "what", waits = true, returns = "late | event | { code, answer, note, by, to } | nil, why" }),
  send = call("tells one person one thing", { key("template", "ref:template!", "which"), options { TO, VIA, TOGETHER, VALID_FOR, FIELDS } },
    { label = "template", waits = true, returns = "ms | nil, why" }),
  alert = call("tells the department; the same open id joins", { key("alert", "table!", "see the keys", { keys = {
      key("id", "id!", "its name"), key("level", "word!", "severity: a key of the department's alerts"),
      key("reason", "string!", "why, in words") } }) },
    { label = "id", waits = false, in_jobs = true, returns = "nothing" }),
  read = call("observations of a code, oldest first, 32 at most; of `enrollments` the live ones { pathway, tier, since }, of "
      .. "`appointments` those since a week ago { id, at, department, status }, of `deliveries` what was told { delivery, place, status }",
    { key("code", "word!", "which"),
      options { key("within", "span", "not older"), key("since", "time", "from this ms on"), key("last", "count", "only these many"),
        key("each", "one:day", "the last one of each day: 32 days however dense the series") } },
    { label = "code", waits = false, returns = "list of { code, value, at, day } and, where known, unit and the reference range low, high" }),
  rule = call("asks the newest version of a rule, whose random numbers are its own",
    { key("id", "ref:rule!", "which"), key("values", "any", "handed to it, as many as there are", { more = true }) },
    { label = "id", waits = false, returns = "its value" }),
  get = call("state of the enrollment, case, patient or job", { key("key", "string!", "which") },
    { label = "key", waits = false, in_jobs = true, returns = "value | nil" }),
  set = call("keeps state", { key("key", "string!", "which"), key("value", "value", "nil forgets") },
    { label = "key", waits = false, in_jobs = true, returns = "nothing" }),
  silences = call("unanswered askings in a row", { key("form", "ref:form!", "which") },
    { label = "form", waits = false, returns = "number" }),
  time = call("the moment of a time expression", { key("when", "span|time!", "which"), key("base", "time", "counted from; now when absent") },
    { label = "when", waits = false, in_jobs = true, returns = "ms" }),
  now = call("the time of this turn", {}, { waits = false, in_jobs = true, returns = "ms" }),
  estimate = call("how long a role's queue takes", { key("role", "role!", "which") },
    { label = "role", waits = false, returns = "span | nil, \"closed\" | nil, \"unknown\"" }),
  note = call("writes into the patient's timeline, or into what is shown of a job's run", { key("text", "string!", "what") },
    { label = "text", waits = false, in_jobs = true, returns = "nothing" }),
  keep = call("keeps what a score or a model gave, with its inputs, for good: the timeline and `GET /api/v1/patients/ID/scores` "
      .. "show it",
    { key("result", "table!", "as aw.score.… and a model give it", { keys = {
      key("id", "string!", "of the score or model"), key("version", "string!", "of it"), key("source", "string!", "of it"),
      key("inputs", "table!", "what it counted"), key("missing", "table!", "what it was not told"),
      key("score", "number", "the sum; nil when something is missing"), key("level", "string", "word for it"),
      key("alarm", "boolean", "one part alone calls for somebody"), key("parts", "table", "input → points"),
      key("least", "number", "the sum if what is missing gave nothing"), key("most", "number", "if it gave all it can"),
      key("probability", "number", "of a model"), key("logit", "number", "of a model"), key("intercept", "number", "of a model"),
      key("terms", "table", "of a model: what each input adds"), key("outside", "table", "of a model: inputs that it was not made for") } }) },
    { label = "id", waits = false, returns = "nothing" }),
  sample = call("job only: has calls and answers of the month that is over heard and read by somebody else, one in twenty of each person's "
      .. "and all that look as if they never were; drawn again, only what is new is added", { key("sample", "table!", "see the keys", { keys = {
      key("role", "role!", "post that judges; nobody judges what they did themselves"),
      key("form", "ref:form!", "rubric for calls: items with points, and a yes-or-no item fake for the verdict"),
      key("reply_form", "ref:form", "rubric for answers to cases and questions", { default = "form" }),
      key("due", "span", "in the post's working time", { default = "5bd" }) } }) },
    { label = "role", waits = false, in_jobs = true, returns = "nothing" }),
  stop = call("ends the enrollment", { key("reason", "string!", "why, in words") },
    { label = "reason", waits = false, returns = "nothing" }),
  changed = call("true for runs begun after this edit of the script", {
    key("id", "id!", "a name for the edit, in quotes: it is looked for in the version that a run began with") },
    { label = "id", waits = false, returns = "boolean" }),
}
-- In the run of a triage, whose subject is a case.
api.run.met = call("a clock of the case is met", { key("clock", "string!", "its name") },
  { label = "clock", waits = false, in_cases = true, returns = "nothing" })
api.run.due = call("when a clock of the case is due", { key("clock", "string!", "its name") },
  { label = "clock", waits = false, in_cases = true, returns = "ms | nil when it does not run" })
api.run.link = call("the answer says which stay the case is about", { key("answer", "table!", "with ward and when") },
  { waits = false, in_cases = true, returns = "nothing" })
api.run.reopen = call("a new round with clocks of its own, one level up", { key("reason", "string!", "why, in words") },
  { label = "reason", waits = false, in_cases = true, returns = "the level | nil when none is left" })
api.run.close = call("ends the case; a complaint on which nobody has worked goes to its receiver instead (WARD 4)",
  { key("reason", "string!", "how it ended, in a word") }, { label = "reason", waits = false, in_cases = true, returns = "nothing" })

local PATIENT = { age = "years; nil when unknown", sex = "female, male or unknown", language = "zh or en",
  dialect = "what is spoken at home", disclosure = "who knows the diagnosis: self, family or undecided", inpatient = "in a bed now",
  stays = "how many there were" }
api.case_fields = {                                    -- of a case, in runs and in a triage's callbacks
  number = "what the sender is told", channel = "how it came", text = "what was written", stars = "1 to 5", score = "of the form that led here",
  ward = "where", anonymous = "nobody's name", stay = "true when the stay is known", about = "true when the patient is known",
  nature = "complaint, praise, suggestion, question", stage = "of the visit", type = "what it is about", urgency = "danger, dispute …",
  topic = "of a question", faq = "the ready answer", because = "the phrases that said so", lead = "duty post that answers",
  joint = "list of the others", beside = "post → true when a person put it beside the lead, false when one took it away",
  approver = "post that approves the answer; nil when its department asks for none",
  receiver = "who stays responsible; while they are off duty, their post",
  concerns = "login of whom of the staff it complains of, or praises", level = "1, one more each time it is reopened",
  bare = "true while its sender has sent a keyword and nothing else",
  levels = "how many there are", round = "of clocks",
  corrected = "true in a run that began anew, because a person corrected what the case is or its sender said more",
}
api.fields = {                                         -- recorded reads of a run
  patient = PATIENT, event = "what started it", anchor = "ms", tier = "word of risk", step = "step id", day = "local date",
  pathway = "pathway id", today = "local date of this turn",
  figures = "of the department: open_tasks, overdue_tasks, open_alerts; of the last 7 days asked, answered, silent",
}
api.facts = { fields = { patient = PATIENT, event = "what happened", anchor = "ms", tier = "word of risk",
  pathway = "pathway id", today = "local date" }, calls = { "get", "read", "rule" },
  event_calls = { "has_procedure", "has_diagnosis", "has_order", "has_drug" } }
add_all(api.fields, api.case_fields)
add_all(api.facts.fields, api.case_fields)
api.answer = { flag = "what the rule gave", score = "sum of points, for rules too; nil when the form gives none", by = "who answered", at = "ms" }

return api
