-- What a step of a plan table does: tells, asks, climbs for an answer, gives work for an abnormal one.
-- Live runs are replayed by it: whoever changes what it does raises SCRIPT_ABI (bundle.h).

-- The answer that the rungs bring, or nil.
local function climb(p, step, why)
  for _, rung in ipairs(step.silent) do
    local a, result
    if rung.role == "family" then
      a, result = p:ask(step.form, { to = "family", within = rung.time })
    else
      local call = p:wait(p:task { id = "call-" .. rung.role, role = rung.role, form = step.form, due = rung.time,
        note = ("%s：没有回音（%s），请电话随访"):format(step.title, why) })
      a, result = call.answer, call.code
    end
    if a then return a end
    if result == "refused" or result == "opted-out" then return nil end
    why = result
  end
end

-- step: { title, message, form, abnormal, silent }; the last two are lists of { role, time }.
return function(step)
  return function(p)
    if step.message then p:send(step.message) end
    if not step.form then return end
    local a, why = p:ask(step.form, { within = "24h", remind = "8h" })
    if not a and why ~= "opted-out" then a = climb(p, step, why) end
    if not a or not a.flag then return end
    for _, work in ipairs(step.abnormal) do
      p:task { id = "abnormal-" .. work.role, role = work.role, due = work.time,
        note = ("%s：回答异常（%s），原因见警报"):format(step.title, a.flag) }
    end
  end
end
