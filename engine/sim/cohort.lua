-- Who is played: the patients of a discharge list, or, without one, invented people whom the department's own pathways take in.
local sim = require "afterward.sim"
local cohort = {}

local INVENTED, DAYS = 100, 4                   -- people, and the days on which they leave
local DAY, MINUTE = 86400000, 60000

local function in_order(list)
  table.sort(list, function(a, b) if a.at ~= b.at then return a.at < b.at end return a.order < b.order end)
  return list
end

-- The department's events, { at, event } in time order; rows that can't be read, { line, column, reason }; and how many
-- rows belong to each other department.
function cohort.read(host, o, department, zone)
  local ok, events, bad = pcall(host.cohort, o.patients, o.map)
  if not ok then error { text = events } end
  local list, others = {}, {}
  for _, event in ipairs(events) do
    local its = event.department or department
    if its ~= department then
      others[its] = (others[its] or 0) + 1
    else
      list[#list + 1] = { at = sim.parse_time(event.at, zone), event = event, order = #list }
    end
  end
  return in_order(list), bad, others
end

-- Midnight of the Monday to come.
local function monday(zone)
  local now = os.time() * 1000
  local weekday = sim.civil(now, zone).weekday
  return sim.parse_time(sim.iso(now + (8 - weekday) * DAY, zone):sub(1, 10) .. " 00:00", zone)
end

local function listed(value) return type(value) == "table" and value or { value } end

-- One of the words a pathway looks for, each in its turn; what reads like a code is one.
local function coded(words, n)
  local list = listed(words)
  if #list == 0 then return nil end
  local word = list[(n - 1) % #list + 1]
  return { word:find "^[%w.]+$" and word:find "%d" and { code = word } or { name = word } }
end

-- Adults of 18 to 90, every tenth a child; men and women; two of three with a number of their family.
local function person(number, n, zone, at)
  local child = n % 10 == 0
  local year = sim.civil(at, zone).year - (child and 1 + n * 7 % 17 or 18 + n * 31 % 73)
  local family = { { name = "家属" .. number, relation = child and "parent" or "child", phone = ("138%08d"):format(10000000 + number) } }
  return { mrn = ("T%05d"):format(number), name = "模拟患者" .. number, sex = n % 2 == 0 and "male" or "female",
    birth = ("%04d-01-15"):format(year), phone = ("139%08d"):format(10000000 + number),
    contacts = (child or n % 3 > 0) and family or nil }
end

-- How each kind of event is made that may bring somebody in; a stay comes before what happens in it.
local MAKE = {}
function MAKE.discharge(event) event.leaving = "order" end
function MAKE.admission() end
function MAKE.transfer() end
function MAKE.procedure() end
function MAKE.diagnosis() end
function MAKE.drug(event) event.drugs = event.drugs or { { name = "示例药" } } end
function MAKE.appointment(event, at, zone)
  event.visit = nil
  event.appointment = { id = "A" .. event.patient.mrn, status = "booked", at = sim.iso(at + 7 * DAY, zone) }
end

local function begins(pathway)
  for _, kind in ipairs(listed((pathway.enroll or {}).on)) do if MAKE[kind] then return kind end end
end

local function invent(pathway, department, number, n, start, zone)
  local at = start + n % DAYS * DAY + (9 * 60 + n * 13 % 420) * MINUTE
  local kind, enroll = begins(pathway), pathway.enroll
  local event = { id = "T" .. number, kind = kind, at = sim.iso(at, zone), patient = person(number, n, zone, at), visit = ("T%05d-1"):format(number),
    department = listed(enroll.department)[1] or department,
    procedures = coded(enroll.procedure, n), diagnoses = coded(enroll.diagnosis, n), drugs = coded(enroll.drug, n) }
  MAKE[kind](event, at, zone)
  return { at = at, event = event, order = number }
end

-- For a department's own pathways, by their `enroll`: as many people for each. Raises when none begins with an event of a stay.
function cohort.invent(pathways, department, zone)
  local ids, list, start = {}, {}, monday(zone)
  for id, pathway in pairs(pathways) do if begins(pathway) then ids[#ids + 1] = id end end
  table.sort(ids)
  if #ids == 0 then
    error { usage = ("no pathway of %s begins with a stay or an appointment: name a cohort with --patients"):format(department) }
  end
  for number = 1, INVENTED do
    local pathway = pathways[ids[(number - 1) % #ids + 1]]
    list[number] = invent(pathway, department, number, (number - 1) // #ids + 1, start, zone)
  end
  return in_order(list)
end

return cohort
