-- One answer in twenty is read by the head of the office (质控), with the rubrics of shared/quality.lua: last month's, each Monday.
local aw = require "afterward"

return {
  aw.job { id = "quality-samples", title = { zh = "每月质控抽样", en = "Quality samples" }, at = "mon 08:00", run = function(j)
    j:sample { role = "patient-relations-head", form = "call-rubric", reply_form = "reply-rubric" }
  end },
}
