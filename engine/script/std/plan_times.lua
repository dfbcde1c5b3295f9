-- Times as a nurse writes them in a table, brought to the time grammar: "3天 9:00" is "3d 09:00",
-- "每周一三五 08:00" is "mon,wed,fri 08:00". Words of the grammar stay what they are.
local host = ...
local times = {}

local SIGNS = { ["，"] = ",", ["、"] = ",", ["；"] = ";", ["→"] = ";", ["："] = ":", ["　"] = " ", ["\u{A0}"] = " ",
  ["～"] = "~", ["—"] = "~", ["–"] = "~", ["－"] = "~", ["至"] = "~", ["到"] = "~" }
local UNITS = {                                     -- the longer word first
  { "个工作日", "bd" }, { "工作日", "bd" }, { "工作小时", "bh" }, { "个小时", "h" }, { "小时", "h" }, { "分钟", "m" },
  { "个月", "mo" }, { "月", "mo" }, { "个星期", "d", 7 }, { "星期", "d", 7 }, { "周", "d", 7 }, { "天", "d" }, { "日", "d" },
  { "年", "y" },
}
local WEEKDAYS = { ["一"] = "mon", ["二"] = "tue", ["三"] = "wed", ["四"] = "thu", ["五"] = "fri", ["六"] = "sat",
  ["日"] = "sun", ["天"] = "sun" }
local EVERY = { ["天"] = "1d", ["日"] = "1d", ["周"] = "7d", ["月"] = "1mo" }

-- Signs of a Chinese keyboard as plain ones, without blanks at the ends.
function times.plain(text)
  text = text:gsub(utf8.charpattern, function(sign)
    local code = utf8.codepoint(sign)
    return SIGNS[sign] or code >= 0xFF10 and code <= 0xFF19 and string.char(code - 0xFF10 + 48) or nil
  end)
  return text:match "^%s*(.-)%s*$"
end

local function clock(text)                          -- "", "9:00", "9点"
  local hour, minute = text:match "^(%d%d?):(%d%d)$"
  if not hour then hour, minute = text:match "^(%d%d?)点$", "00" end
  return hour and ("%02d:%s"):format(hour, minute) or text
end

local function joined(days, rest)
  rest = clock(rest:match "^%s*(.-)%s*$")
  return rest == "" and days or days .. " " .. rest
end

local function translate(text)
  text = text:gsub("^第", ""):gsub("^半年", "6个月")
  local number, rest = text:match "^(%d+)%s*(.*)$"
  for _, unit in ipairs(number and #number < 6 and UNITS or {}) do
    local word, short, times_of = unit[1], unit[2], unit[3] or 1
    if rest:sub(1, #word) == word then
      return joined(math.tointeger(number) * times_of .. short, (rest:sub(#word + 1):gsub("^后", "")))
    end
  end
  local days, at = text:match "^(%d+%l+)%s+(.+)$"    -- the grammar's own words
  return days and joined(days, at) or clock(text)
end

local function weekdays(text)                       -- "一三五 08:00", "一,三,五 08:00"
  local list, at = {}, 1
  for from, sign, behind in text:gmatch "()([\xE4-\xE9][\x80-\xBF][\x80-\xBF]),?()" do
    if from ~= at or not WEEKDAYS[sign] then break end
    list[#list + 1], at = WEEKDAYS[sign], behind
  end
  return #list > 0 and joined(table.concat(list, ","), text:sub(at))
end

-- Each of the following takes plain text and gives words of the grammar, or nil and what to write.

function times.span(text)
  local found = translate(text)
  if host.span(found) then return found end
  return nil, "is no time: write for example 24小时, 3天 10:00, 2周 or 6个月 (24h, 3d 10:00, 14d, 6mo)"
end

function times.recurrence(text)
  local each = text:match "^每%s*(.*)$" or text:match "^every%s+(.*)$"
  local found = translate(each or text)
  local days = each and (each:match "^周(.*)$" or each:match "^星期(.*)$")
  for word, short in pairs(each and EVERY or {}) do
    if each:sub(1, #word) == word then found = joined(short, each:sub(#word + 1)) end
  end
  found = days and weekdays(days) or found
  if host.recurrence(found) then return found end
  return nil, "says no times that come again: write for example 每3天 09:00, 每周一三五 08:00 or 每天 10:00 "
    .. "(3d 09:00, mon,wed,fri 08:00)"
end

-- "3天 09:00, 7天 09:00" as a list; "入组" is the moment of enrolling.
function times.list(text)
  local out, with = {}, 0
  for part in text:gmatch "[^,;]+" do
    part = part:match "^%s*(.-)%s*$"
    local found, why = "enroll", nil
    if part ~= "enroll" and part ~= "入组" then found, why = times.span(part) end
    if not found then return nil, why end
    out[#out + 1] = found
    with = with + (found:find ":" and 1 or 0)
  end
  if #out == 0 then return nil, "is no time" end
  if with > 0 and with < #out then return nil, "gives some of its times a time of day: write it with each, 3天 09:00、7天 09:00" end
  return out
end

-- "3天-42天": from and to; "3天" alone: from.
function times.range(text)
  local from, to = text:match "^(.-)%s*[~-]%s*(.+)$"
  local first, why = times.span(from or text)
  local last = to and times.span(to)
  if first and (last or not to) then return { first, last } end
  return nil, to and "is no range of days: write for example 3天-42天 (3d-42d)" or why
end

return times
