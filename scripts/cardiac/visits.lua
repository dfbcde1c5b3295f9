-- The visit one week after discharge: booked beforehand, and asked after when missed.
local visits = {}

function visits.clinic(p)
  p:send "clinic-week"
  local a = p:ask("clinic", { within = "24h" })
  if not (a and a.booked) then
    p:task { id = "book", role = "nurse", due = "1bd", note = "一周门诊没有约好，请代为预约" }
  end
end

function visits.missed(p)
  p:send "missed-visit"
  p:task { id = "rebook", role = "nurse", due = "1bd", note = "复诊未到，请问原因并改期" }
end

return visits
