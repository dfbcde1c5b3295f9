-- One call in twenty is judged by the head nurse (质控), with the rubrics of shared/quality.lua: last month's, each Monday.
-- What was drawn stays drawn, so that after the month's first Monday only what came late is added.
local aw = require "afterward"

return {
  aw.job { id = "quality-samples", title = { zh = "每月质控抽样", en = "Quality samples" }, at = "mon 08:00", run = function(j)
    j:sample { role = "head-nurse", form = "call-rubric", reply_form = "reply-rubric" }
  end },
}
