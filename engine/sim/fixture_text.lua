-- A story as the text of a spec for busted.
local sim = require "afterward.sim"

local WEEKDAYS = { "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun" }
local DAY = 86400000
local USUAL = { quiet_hours = "21:00-08:00", contact_windows = "09:00-11:30,15:00-17:30,18:30-20:00", via = "sms", budget_day = 3,
  budget_week = 10, zone = "Asia/Shanghai" }

local literal

local function key_text(key) return key:find "^[%a_][%w_]*$" and key or "[" .. literal(key) .. "]" end

local function table_text(value)
  local parts, keys = {}, {}
  for _, item in ipairs(value) do parts[#parts + 1] = literal(item) end
  for key in pairs(value) do if type(key) == "string" then keys[#keys + 1] = key end end
  table.sort(keys)
  for _, key in ipairs(keys) do parts[#parts + 1] = key_text(key) .. " = " .. literal(value[key]) end
  return #parts == 0 and "{}" or "{ " .. table.concat(parts, ", ") .. " }"
end

function literal(value)
  if type(value) == "table" then return table_text(value) end
  if type(value) == "string" then return ("%q"):format(value) end
  if math.type(value) == "float" then return value == math.floor(value) and ("%d"):format(value) or ("%.14g"):format(value) end
  return tostring(value)
end

local function minute(ms, zone) return sim.iso(ms, zone):sub(1, 16) end

local function day_text(ms, zone)
  local c = sim.civil(ms, zone)
  return ("%02d-%02d %s %02d:%02d"):format(c.month, c.day, WEEKDAYS[c.weekday], c.hour, c.min)
end

local function age_at(birth, ms, zone)
  local year, month, day = birth:match "^(%d+)-(%d+)-(%d+)"
  local c = sim.civil(ms, zone)
  local before = c.month < tonumber(month) or c.month == tonumber(month) and c.day < tonumber(day)
  return c.year - tonumber(year) - (before and 1 or 0)
end

local function contacts_of(story)
  local list = {}
  for _, contact in ipairs(story.past.history.contacts) do
    if not contact.self then
      list[#list + 1] = { name = "家属" .. #list + 1, relation = contact.relation, proxy = contact.proxy or nil,
        phone = contact.phones > 0 and ("138%08d"):format(10000000 + #list) or nil }
    end
  end
  return list
end

-- age: that of then, on the day of the beginning.
local function patient_text(story, age)
  local p, fields = story.past.history.patient, { age = age }
  local contacts = contacts_of(story)
  fields.sex, fields.dialect = p.sex, p.dialect
  fields.language = p.language ~= "zh" and p.language or nil
  fields.disclosure = p.disclosure ~= "undecided" and p.disclosure or nil
  if p.phones == 0 then fields.phone = false end
  if #contacts == 1 and contacts[1].relation == "child" and contacts[1].phone and not contacts[1].proxy then
    fields.family = true
  elseif #contacts > 0 then
    fields.contacts = contacts
  end
  return literal(fields)
end

-- Festivals of those days, and of those that a message may be held over, move with them; nil: as everywhere.
local function festivals_of(story, start)
  local then_on, now_on, till = {}, false, story.till + 30 * DAY
  for date in story.past.history.site.festivals:gmatch "%d+-%d+-%d+" do
    local at = sim.parse_time(date, story.past.zone)
    if at + story.moved > start - DAY and at + story.moved <= till then
      then_on[#then_on + 1] = sim.iso(at + story.moved, story.past.zone):sub(1, 10)
    end
    now_on = now_on or at > start - DAY and at <= till
  end
  return #then_on > 0 and table.concat(then_on, ",") or now_on and "none" or nil
end

local function world_text(story, scripts, start)
  local site, parts = {}, { ("scripts = { %q }"):format(scripts), ("at = %q"):format(minute(start, story.past.zone)) }
  for key, value in pairs(USUAL) do
    if story.past.history.site[key] ~= value then site[key] = story.past.history.site[key] end
  end
  site.zone, site.festivals = nil, festivals_of(story, start)
  if story.past.zone ~= USUAL.zone then parts[#parts + 1] = ("zone = %q"):format(story.past.zone) end
  if next(site) then parts[#parts + 1] = "site = " .. literal(site) end
  local line = "{ " .. table.concat(parts, ", ") .. " }"
  return #line < 90 and line or "{\n      " .. table.concat(parts, ",\n      ") .. ",\n    }"
end

local function coded(list)
  if not list then return nil end
  local out = {}
  for i, item in ipairs(list) do
    local alone = not item.name and item.code and item.code:find "^[%w.]+$" and item.code or not item.code and item.name
    out[i] = alone and not (alone == item.name and alone:find "^[%w.]+$") and alone or { code = item.code, name = item.name }
  end
  return out
end

local TEXT = {}

function TEXT.event(op)
  if op.observation then
    local o = op.observation
    return ("w:observe(pt, %s, %s%s)"):format(literal(o.code), literal(o.value or o.text), o.unit and ", { unit = " .. literal(o.unit) .. " }" or "")
  end
  local fields = {}
  for key, value in pairs(op.fields) do fields[key] = value end
  for _, key in ipairs { "procedures", "diagnoses", "drugs" } do fields[key] = coded(fields[key]) end
  fields.at = op.on
  local more = next(fields) and ", " .. literal(fields) or ""
  if op.kind == "discharge" then return "w:discharge(pt" .. more .. ")" end
  return ("w:event(pt, %q%s)"):format(op.kind, more)
end

function TEXT.answer(op)
  return ("pt:answer(%q, %s%s)"):format(op.form, literal(op.values), op.by and (", { by = %q }"):format(op.by) or "")
end
function TEXT.reply(op) return ("pt:reply(%q)"):format(op.text) end
function TEXT.sent(op) return ("assert.equal(%d, #w:sent(%q, %q))"):format(op.count, op.name, op.to) end
function TEXT.task(op) return ("assert.equal(%q, w:task(%q).role)"):format(op.role, op.name) end
TEXT["try"] = function(op, zone)
  local later = op.code == "call-later" and { at = sim.iso(op.at + 3600000, zone):sub(1, 16) } or {}
  later.code = op.code
  return ("w:task(%q):done %s"):format(op.name, literal(later))
end
function TEXT.done(op) return ("w:task(%q):done %s"):format(op.name, literal { code = op.code, answer = op.values }) end
function TEXT.gone(op) return ("assert.is_nil(w:task(%q))"):format(op.name) end
function TEXT.alert(op) return ("assert.equal(%q, w:alert_named(%q).level)"):format(op.level, op.name) end
function TEXT.deed(op) return ("w:alert_named(%q):%s(%s)"):format(op.name, op.deed, op.text and literal { act = op.text } or "") end
function TEXT.planned(op, zone, story)
  return ("assert.same({ %q }, w:planned(%q, %q, 1))"):format(day_text(op.due, zone), story.pathway, op.step)
end
function TEXT.number(op) return "pt.unreachable = " .. tostring(op.bad) end
TEXT["opt-out"] = function() return "pt:opt_out()" end

local HEAD = [[
-- A live run of %s, step %s, under version %s, by afterward fixture. Nobody in it is real: no name,
-- number, address, id; other days, of the same weekdays, hours and distances. What is asserted is what was.
local sim = require "afterward.sim"

describe("%s, as it went with one patient", function()
  it("does as it did then, to the end of step %s", function()
    local w = sim.world %s
    local pt = w:patient %s
]]

local FOOT = [[
  end)
end)
]]

-- What is so at the end.
local function ending(story)
  local lines, run = {}, story.run
  lines[#lines + 1] = ("assert.equal(%d, #w.messages)"):format(#story.sent)
  if story.is_last and run.status ~= "paused" then lines[#lines + 1] = ("assert.equal(%q, w:run(%q).status)"):format(run.status, run.name) end
  for _, item in ipairs(story.ahead or {}) do
    lines[#lines + 1] = ("assert.same({ %q }, w:planned(%q, %q, 1))"):format(day_text(item.due, story.past.zone), story.pathway, item.step)
  end
  return lines
end

-- scripts: the department's folder as the spec names it.
return function(story, scripts)
  local zone, out = story.past.zone, {}
  local start = story.start // 60000 * 60000
  local at = start
  local age = story.past.history.patient.birth and age_at(story.past.history.patient.birth, start - story.moved, zone) or 60
  out[1] = HEAD:format(story.pathway, story.run.name, story.run.version, story.pathway, story.run.name, world_text(story, scripts, start),
    patient_text(story, age))
  if story.run.status == "stuck" then out[#out + 1] = "    w.expects_stuck = true\n" end
  local function go(to)
    if to > at then out[#out + 1] = ("    w:advance_to %q\n"):format(minute(to, zone)) end
    at = math.max(at, to)
  end
  for _, op in ipairs(story.ops) do
    go(op.at)
    out[#out + 1] = "    " .. TEXT[op.what](op, zone, story) .. "\n"
  end
  go(story.till // 60000 * 60000 + 60000)
  for _, line in ipairs(ending(story)) do out[#out + 1] = "    " .. line .. "\n" end
  out[#out + 1] = FOOT
  return table.concat(out)
end
