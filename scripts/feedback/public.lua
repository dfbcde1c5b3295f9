-- Answers that everybody reads, under a review: they never confirm that somebody is a patient, and promise nothing for a review (WARD 25).
local aw = require "afterward"
local confirms = aw.phrases "phrases/confirms.csv"

local public = {}

-- True to anybody who asks.
public.first = "谢谢您告诉我们。您说的我们已在核实，会认真改进。请拨打医院公示的投诉电话，我们单独向您答复。"

local ABOUT = { "%d%d%d%d%d%d", "%d月%d+日", "%d+床" }                 -- numbers and days that only one stay has

-- The words that would say so; nil when there are none.
function public.telling(text)
  local found = confirms(text)
  if found.class then return table.concat(found.because, "、") end
  for _, pattern in ipairs(ABOUT) do
    local words = text:match(pattern)
    if words then return words end
  end
end

-- A person puts it under the review; what would tell is given back until it tells nothing.
function public.put(c, id, draft, due)
  local note, told = draft
  repeat
    local r = c:wait(c:task { id = id, role = c.receiver, form = "public-reply", due = due, note = note })
    local text = (r.answer or {}).reply or draft
    told = public.telling(text)
    note = told and ("公开回复不得证实对方是患者，请改写：" .. told) or nil
  until not told
end

return public
