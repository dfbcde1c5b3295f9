-- Rubrics of calls and answers (质控评分表, WARD 27), the same in every department: each says in its own `quality.lua`, with a job, who judges.
-- The answer to the yes-or-no item `fake` is the verdict on what looked made up.
local aw = require "afterward"

-- Full marks, half of them, none.
local function mark(id, points, zh, en)
  return { id = id, kind = "choice", zh = ("%s（%d 分）"):format(zh, points), en = ("%s (%d)"):format(en, points), options = {
    { "yes", zh = "做到", en = "yes", score = points }, { "partly", zh = "部分做到", en = "partly", score = points / 2 },
    { "no", zh = "未做到", en = "no", score = 0 } } }
end

local REMARK = { id = "remark", kind = "text", optional = true, zh = "评语", en = "Remarks" }

return {
  -- accept unjudged: staff judge staff
  aw.form { id = "call-rubric", title = { zh = "电话随访质控评分表（100 分）", en = "Rubric of a call (100)" },
    mark("identity", 15, "先核对姓名和出生年月，再谈病情", "Identity confirmed before any clinical word"),
    mark("complete", 20, "按随访表逐项询问，无诱导、无漏项", "Every item of the form was asked"),
    mark("advice", 20, "专业指导正确，不越权（不诊断、不调药）", "Advice was right, and no diagnosis or dose"),
    mark("abnormal", 20, "异常及时上报并交代去向", "What was abnormal was passed on in time"),
    mark("manner", 10, "语言规范，态度耐心，问候完整", "Manner, greeting, patience"),
    mark("record", 15, "记录与录音、患者所述一致", "The record is what was said"),
    { id = "called_back", kind = "choice", zh = "回拨患者核实", en = "The patient was rung back", options = {
      { "confirmed", zh = "确认接到过随访", en = "says there was such a call" }, { "denied", zh = "否认接到过", en = "says there was none" },
      { "not-reached", zh = "未联系上", en = "not reached" }, { "not-rung", zh = "按规定不回拨", en = "not to be rung" } } },
    { id = "fake", kind = "yesno", zh = "判定为虚假随访？", en = "Was the call made up?" }, REMARK },
  -- accept unjudged: staff judge staff
  aw.form { id = "reply-rubric", title = { zh = "答复质控评分表（100 分）", en = "Rubric of an answer (100)" },
    mark("answers", 30, "答到点上，问什么答什么", "It answers what was asked"),
    mark("right", 30, "专业内容正确，不越权（不诊断、不调药）", "It is right, and no diagnosis or dose"),
    mark("safe", 20, "危险信号交代了就医去向", "Danger signs: where to go was said"),
    mark("manner", 20, "语气得体，普通人看得懂", "Manner, and plain words"),
    { id = "fake", kind = "yesno", zh = "敷衍或虚假答复？", en = "Was it for show only?" }, REMARK },
}
