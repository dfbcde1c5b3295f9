-- The hospital around the engine: its list, its staff, and what happens there in the weeks that are shown.
local here = arg[0]:match "^(.*)/" or "."
local http = require "http"
local json = require "json"
local clock = require "clock"
local csv = require "csv"
local daemon = require "daemon"

local hospital = {}

-- When the list ends.
function hospital.last_discharge()
  local last = 0
  for _, row in ipairs(csv.read(here .. "/discharges.csv", "GB18030")) do
    last = math.max(last, clock.parse(row["出院时间"]) or 0)
  end
  return last
end

-- Who works here, how they are paged, and who holds the posts that no roster names.
function hospital.set_up(given)
  local phones = { zhao = "13700000001", qian = "13700000002", ["dr-li"] = "13700000003", ["dr-sun"] = "13700000004",
    chief = "13700000005", ["head-nurse"] = "13700000006", ["duty-officer"] = "13700000007" }
  for login, phone in pairs(phones) do daemon.ask(given, "POST", "staff", { login = login, phone = phone }) end
  for _, role in ipairs { "chief", "head-nurse", "duty-officer" } do
    daemon.ask(given, "POST", "duty", { role = role, staff = role })
  end
end

-- What happens in the hospital later, at its day.
function hospital.play_events(given, now, begin, show)
  local midnight = clock.parse(clock.day(begin)) + 86400000
  for line in io.lines(here .. "/events.jsonl") do
    local item = json.decode(line)
    local due = midnight + item.after_days * 86400000
    http.sleep(math.max(0, now:real(due - now:now())))
    if given.stopping then return end
    local status, answer
    if item.event then
      item.event.at = clock.iso(now:now())
      if item.event.appointment then item.event.appointment.at = clock.iso(now:now() + 5 * 86400000) end
      status, answer = daemon.ask(given, "POST", "events", item.event)
    else
      local _, found = daemon.ask(given, "GET", "patients?mrn=" .. item.opt_out.mrn)
      local patient = found and found.items and found.items[1]
      status, answer = daemon.ask(given, "POST", "patients/" .. (patient and patient.id or "?") .. "/opt-out", {})
    end
    local good = status and status < 300
    show { at = now:now(), kind = good and "event" or "trouble", who = "", zh = item.what, en = good and "" or tostring(answer and answer.detail) }
  end
end

return hospital
