-- 出院带药: who goes home with a medicine that harms when taken wrongly is rung by a pharmacist within two working days.
local aw = require "afterward"
local flags = require "shared.red-flags"

local HIGH_ALERT = { "华法林", "利伐沙班", "胰岛素", "地高辛", "甲氨蝶呤", "胺碘酮", "warfarin", "insulin", "digoxin" }

local function call(p, note)
  return p:wait(p:task { id = "pharmacist-call", role = "pharmacist", form = "medicines", due = "2bd", note = note }).answer
end

local function bleeding(a)
  return a.bleeding and { level = "urgent", reason = "出血或黑便", advice = {
    zh = "请暂不要自行停药或加药，药师马上联系您；出血不止请拨打120。",
    en = "Don't stop or add anything yourself; we ring at once. Bleeding won't stop? Ring 120." } }
end

local function stopped(a)
  return a.taken == "none" and { level = "soon", reason = "已停药",
    advice = { zh = "请先不要再改，药师今天联系您。", en = "Change nothing more; we ring today." } }
end

return {
  aw.rule { id = "medicine-flags", run = function(a)
    return flags.worst(a, bleeding, function() return flags.words(a.question) end, stopped)
  end },
  aw.form { id = "medicines", title = { zh = "出院带药", en = "Your medicines" }, abnormal = "medicine-flags", class = "medicine",
    { id = "taken", kind = "choice", zh = "出院带药都按时吃了吗？", en = "Taking all your medicines on time?", options = {
      { "all", zh = "都按时", en = "all" }, { "some", zh = "漏过", en = "missed some" }, { "none", zh = "停了", en = "stopped" } } },
    { id = "bleeding", kind = "yesno", zh = "有没有出血、黑便？", en = "Any bleeding or black stools?" },
    { id = "question", kind = "text", max = 200, optional = true, zh = "想问药师什么？", en = "Anything to ask the pharmacist?" } },

  aw.pathway {
    id = "discharge-medicines", program = "yongyao", title = { zh = "出院带药随访", en = "Discharge medicines" },
    enroll = { on = "discharge", drug = HIGH_ALERT, again = "restart" }, anchor = "discharge",
    steps = {
      aw.step { id = "call", at = "1d 09:00", valid_for = "3d", missed = "pharmacist", run = function(p)
        call(p, "核对药名、剂量、时间、相互作用，请患者复述；剂量由医生决定")
      end },
      aw.step { id = "fortnight", at = "14d 09:30", valid_for = "3d", run = function(p)
        local a = p:ask("medicines", { within = "2d", remind = "1d" })
        if a and (a.taken ~= "all" or a.question) then call(p, a.question or "漏服，请问原因") end
      end },
    },
  },
}
