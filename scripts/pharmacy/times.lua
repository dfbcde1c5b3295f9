-- The hours of a patient's drug plan, as the hospital's system writes them: "08:00 12:30 20:00".
local times = {}

local FIRST, LAST, MOST = "08:00", "20:15", 6         -- asked from … until: messages don't leave at night

-- The hours in order: by day, and by night; nil when it can't be read.
function times.read(text)
  if type(text) ~= "string" then return nil end
  local day, night, known = {}, {}, {}
  for word in text:gmatch "[^%s,，、;；]+" do
    local hour, minute = word:match "^(%d%d?):(%d%d)$"
    if not hour or tonumber(hour) > 23 or tonumber(minute) > 59 then return nil end
    local clock = ("%02d:%s"):format(tonumber(hour), minute)
    if not known[clock] then
      local list = clock >= FIRST and clock <= LAST and day or night
      list[#list + 1] = clock
      known[clock] = true
    end
  end
  if #day + #night == 0 or #day + #night > MOST then return nil end
  table.sort(day)
  table.sort(night)
  return day, night
end

return times
