-- Monday morning: how last week's follow-up went, for the head nurse. Of numbers only, and of no patient. Without a due
-- time: a digest that nobody has read yet is no reason to page anybody.
local aw = require "afterward"

return {
  aw.job { id = "weekly-digest", title = { zh = "每周随访小结", en = "Weekly digest" }, at = "mon 08:00", run = function(j)
    local f = j.figures
    j:task { id = "digest-" .. j.day, role = "head-nurse",
      note = ("上周随访：发出 %d 份，回答 %d 份，未答 %d 份；未完成任务 %d 项，其中逾期 %d 项；未关闭警报 %d 条"):format(
        f.asked, f.answered, f.silent, f.open_tasks, f.overdue_tasks, f.open_alerts) }
  end },
}
