-- 儿童扁桃体术后: a parent answers on days 3, 7 and 14. The white coat comes off between day 5 and 10: then it may bleed.
local aw = require "afterward"

-- The parent, and nobody else: under 14 the guardian answers (WARD 30).
local function parent(p, form)
  local a, why = p:ask(form, { to = "family", within = "12h", remind = "4h" })
  if a or why == "opted-out" then return a end
  return p:wait(p:task { id = "call", role = "nurse", form = form, due = "4bh", note = "请电话家长（" .. why .. "）" }).answer
end

local function bleeding(a)
  if a.blood == "fresh" then
    return { level = "emergency", reason = "口中鲜血", advice = {
      zh = "请让孩子坐起、头前倾，把血吐出来不要咽，立即来急诊或拨打120。",
      en = "Sit the child up, head forward, spit don't swallow. Come to emergency now or ring 120." } }
  elseif a.drinks == "none" then
    return { level = "urgent", reason = "不肯喝水", advice = { zh = "护士马上联系您，请每十分钟喂一小口凉水。",
      en = "A nurse will ring. Offer a small sip of cool water every ten minutes." } }
  elseif (a.temp or 0) >= 38.5 then
    return { level = "urgent", reason = ("发热 %.1f℃"):format(a.temp), advice = { zh = "护士马上联系您，请多喝凉水，不要自行加药。",
      en = "A nurse will ring. Cool drinks; add no medicine." } }
  elseif a.blood == "streak" then
    return { level = "soon", reason = "唾液带血丝", advice = { zh = "请看着孩子，今晚不单独睡；吐鲜血立即来急诊。",
      en = "Watch the child tonight; fresh blood means come in at once." } }
  end
end

return {
  aw.rule { id = "child-flags", run = bleeding },
  aw.form { id = "child", title = { zh = "孩子今天好吗", en = "How is your child today" }, abnormal = "child-flags",
    { id = "blood", kind = "choice", zh = "嘴里或鼻子有血吗？", en = "Any blood from mouth or nose?", options = {
      { "none", zh = "没有", en = "none" }, { "streak", zh = "唾液带血丝", en = "streaks" }, { "fresh", zh = "鲜血", en = "fresh blood" } } },
    { id = "drinks", kind = "choice", zh = "喝水吃饭怎么样？", en = "Eating and drinking?", options = {
      { "well", zh = "和平时差不多", en = "as usual" }, { "little", zh = "只喝一点", en = "a little" }, { "none", zh = "不肯喝", en = "nothing" } } },
    { id = "temp", kind = "number", unit = "Cel", min = 34, max = 43, decimals = 1, observe = "temperature",
      zh = "今天的体温？", en = "Temperature today?" } },
  -- accept unjudged: snoring goes to the doctor as a task
  aw.form { id = "sleep", title = { zh = "孩子睡得好吗", en = "How does your child sleep" },
    { id = "snores", kind = "yesno", zh = "还打鼾、张口睡吗？", en = "Still snoring, or sleeping with an open mouth?" } },
  aw.template { id = "soft-food", class = "education", zh = "家长您好，两周内给孩子吃凉软的饭菜，不吃硬脆辛辣；第5到10天最要当心，口吐鲜血立即来院。",
    en = "For two weeks soft cool food, nothing hard or spicy. Days 5 to 10 need most care: fresh blood, come in at once." },

  aw.pathway {
    id = "tonsils", program = "xiaohe", title = { zh = "儿童扁桃体术后随访", en = "Children after tonsillectomy" },
    enroll = { on = "discharge", procedure = { "28.2", "28.3", "28.6", "扁桃体", "腺样体" },
      where = function(f) return (f.patient.age or 99) < 14 end },
    anchor = "discharge",
    steps = {
      aw.step { id = "food", at = "2h", valid_for = "1d", run = function(p) p:send("soft-food", { to = "family" }) end },
      aw.step { id = "days", at = { "3d 09:30", "7d 09:30" }, valid_for = "2d", missed = "nurse",
        run = function(p) parent(p, "child") end },
      aw.step { id = "fortnight", at = "14d 09:30", valid_for = "5d", run = function(p)
        parent(p, "child")
        local a = parent(p, "sleep")
        if a and a.snores then p:task { id = "review", role = "surgeon", due = "5bd", note = "术后两周仍打鼾，请约复诊" } end
      end },
    },
  },
}
