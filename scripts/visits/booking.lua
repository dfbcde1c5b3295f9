-- What the programmes of this department need to know of the appointment that they are about: each enrollment is
-- about one, however many the patient has.
local booking = {}

booking.HOUR = 60 * 60 * 1000                         -- ms, as all moments
booking.DAY = 24 * booking.HOUR

-- An operation is prepared by the theatre's own programme.
function booking.clinic(f) return f.event.department ~= "theatre" end

-- Whether an event tells of this enrollment's appointment (a step keeps which).
function booking.own(f) return f.event.appointment == f:get "appointment" end

-- Still booked for that hour? Asked before each message: watches rest while the patient is in a bed.
function booking.stands(p)
  for _, one in ipairs(p:read "appointments") do
    if one.id == p.event.appointment then return one.status == "booked" and one.at == p.event.when end
  end
  return false
end

-- That time of the day so many days before the visit.
function booking.before(p, days, clock) return p:time("0d " .. clock, p.event.when - days * booking.DAY) end

-- Whether the visit is so many days from today.
function booking.is_in(p, days)
  return p:now() >= booking.before(p, days, "00:00") and p:now() < booking.before(p, days - 1, "00:00")
end

function booking.label(p) return ("%s %s"):format(p.event.date, p.event.time) end

return booking
