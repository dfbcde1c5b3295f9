-- 老年白内障术后: many patients can't read a screen now, so the family is written to and the patient is rung.
-- First day by voice whoever they are; drops and eye by the family in week 1; glasses after a month.
local aw = require "afterward"

-- The family is asked first. Without a family, or an answer, a nurse rings the patient herself.
local function by_family(p, form)
  local a, why = p:ask(form, { to = "family", within = "24h", remind = "8h" })
  if a or why == "opted-out" then return a end
  local call = p:wait(p:task { id = "voice-call", role = "nurse", form = form, due = "8bh",
    note = "家属没有回音（" .. why .. "），请给老人打电话，慢一些、响一些" })
  return call.answer
end

local function sight(a)
  if a.worse == "sudden" or a.pain >= 7 then
    return { level = "urgent", reason = a.worse == "sudden" and "视力突然下降" or ("眼痛 %d 分"):format(a.pain), advice = {
      zh = "请不要揉眼，现在就来急诊，护士会马上联系您。", en = "Don't rub the eye. Come to us now; a nurse will ring." } }
  elseif a.worse == "slow" or a.red then
    return { level = "soon", reason = a.red and "眼红、分泌物" or "视物渐模糊", advice = {
      zh = "请按时滴眼药水，不要自行加药，护士今天联系您。", en = "Keep to the drops, add nothing; a nurse rings today." } }
  end
end

return {
  aw.rule { id = "eye-flags", run = sight },

  aw.form { id = "eye-check", title = { zh = "手术后情况", en = "Since the operation" }, abnormal = "eye-flags",
    { id = "worse", kind = "choice", zh = "和出院那天比，看东西怎么样？", en = "Sight, compared with the day of discharge?", options = {
      { "same", zh = "一样或更好", en = "same or better" }, { "slow", zh = "慢慢变差", en = "slowly worse" },
      { "sudden", zh = "突然变差", en = "suddenly worse" } } },
    { id = "pain", kind = "scale", min = 0, max = 10, zh = "痛几分？（0 不痛，10 最痛）", en = "Pain, 0 to 10?" },
    { id = "red", kind = "yesno", zh = "发红、流脓吗？", en = "Red, or with pus?" },
    { id = "drops", kind = "choice", zh = "眼药水谁来滴？", en = "Who gives the drops?", options = {
      { "self", zh = "老人自己", en = "the patient" }, { "family", zh = "家属", en = "family" },
      { "nobody", zh = "没有滴", en = "nobody" } } } },

  -- accept unjudged: asks about a booking
  aw.form { id = "glasses", title = { zh = "一个月复查", en = "A month on" },
    { id = "booked", kind = "yesno", zh = "一个月验光复查约好了吗？", en = "Is the visit for new glasses booked?" } },

  aw.template { id = "eye-care", class = "education",
    zh = "请帮{patient.title}：睡觉戴眼罩，两周内不进水、不低头提重物；眼药水按单子滴。",
    en = "Please help {patient.title}: shield at night, no water in the eye and no lifting for two weeks; drops as listed." },

  aw.pathway {
    id = "cataract", program = "mingmou", title = { zh = "老年白内障术后随访", en = "After cataract surgery, from 60" },
    enroll = { on = "discharge", procedure = { "13.4", "13.5", "13.71", "白内障", "人工晶体植入" },
      where = function(f) return (f.patient.age or 60) >= 60 end },
    anchor = "discharge",
    steps = {
      aw.step { id = "care", at = "2h", valid_for = "1d", run = function(p) p:send("eye-care", { to = "family" }) end },
      aw.step { id = "first-day", at = "1d 09:00", valid_for = "2d", missed = "nurse", run = function(p)
        local call = p:wait(p:task { id = "first-call", role = "nurse", form = "eye-check", due = "4bh",
          note = "术后第一天电话：视力、疼痛、眼药水" })
        local a = call.answer or call.code ~= "refused" and by_family(p, "eye-check")
        if a and a.drops == "nobody" then
          p:task { id = "drops", role = "nurse", due = "1bd", note = "没有人滴眼药水，请和家属商量；必要时转社区" }
        end
      end },
      aw.step { id = "week", at = "7d 09:00", valid_for = "3d", missed = "nurse",
        run = function(p) by_family(p, "eye-check") end },
      aw.step { id = "month", at = "28d 09:00", valid_for = "14d", run = function(p)
        local a = by_family(p, "glasses")
        if not (a and a.booked) then p:task { id = "book", role = "nurse", due = "2bd", note = "请代约一个月验光复查" } end
      end },
    },
  },
}
