local schedule = require("afterward.unit.care").schedule

local DISCHARGE = "2026-03-02 15:00"      -- a Monday
local CONTACT = "09:00-11:30,15:00-17:30,18:30-20:00"

local function list(step, o)
  o = o or {}
  o.zone, o.anchor = o.zone or "Asia/Shanghai", o.anchor or DISCHARGE
  o.enrolled, o.hours = o.enrolled or o.anchor, o.hours or "08:00-17:00"
  local found, why = schedule.occurrences("[" .. step .. "]", o, o.after or o.anchor, o.n or 3)
  return found or error(why, 2)
end

local function dues(step, o)
  local lines = {}
  for i, found in ipairs(list(step, o)) do lines[i] = found.due:gsub("T", " "):sub(1, 16) end
  return lines
end

local function keys(step, o)
  local lines = {}
  for i, found in ipairs(list(step, o)) do lines[i] = found.key end
  return lines
end

local PAIN = '{"id":"pain","every":{"high":"3d 09:00","standard":"7d 09:00"},"from":"3d","to":"42d"}'

describe("a step before the anchor", function()
  local o = { anchor = "2026-03-31 09:30", enrolled = "2026-02-20 12:00", after = "2026-02-20 12:00", n = 9 }

  it("counts days back to their time of day, hours exactly, months to their end", function()
    assert.same({ "2026-02-28 08:00", "2026-03-28 09:00", "2026-03-31 07:30" }, dues('{"id":"a","at":["-3d 09:00","-2h","-1mo 08:00"]}', o))
    assert.same({ "2026-02-28", "2026-03-28", "2026-03-31" }, keys('{"id":"a","at":["-3d 09:00","-2h","-1mo 08:00"]}', o))
  end)

  it("keeps the anchor's time of day, moved into the contact windows", function()
    assert.same({ "2026-03-30 09:30" }, dues('{"id":"a","at":"-1d"}', o))
    assert.same({ "2026-03-30 15:00" }, dues('{"id":"a","at":"-1d"}', { anchor = "2026-03-31 12:00", enrolled = o.enrolled, after = o.after,
      contact = CONTACT }))
  end)

  it("keeps its time of day over a change of the clock", function()
    assert.same({ "2026-03-28 09:00" }, dues('{"id":"a","at":"-2d 09:00"}', { zone = "Europe/Berlin", anchor = "2026-03-30 10:00",
      enrolled = o.enrolled, after = o.after }))
  end)

  it("counts no working time back, and means nothing elsewhere", function()
    for text, why in pairs { ["-1bd"] = "counts working time back", ["-10:00"] = "counts nothing back", ["-"] = "counts nothing back",
      ["-3d10:00"] = "counts nothing back" } do
      assert.matches(why, select(2, pcall(dues, ('{"id":"a","at":"%s"}'):format(text), o)), 1, true)
    end
    assert.matches("neither a span nor weekdays", select(2, pcall(dues, '{"id":"a","every":"2d","from":"-3d"}', o)), 1, true)
  end)
end)

describe("a step that recurs", function()
  it("counts its grid from `from`, by tier", function()
    assert.same({ "2026-03-05 09:00", "2026-03-08 09:00" }, dues(PAIN, { tier = "high", n = 2 }))
    assert.same({ "2026-03-05 09:00", "2026-03-12 09:00" }, dues(PAIN, { tier = "standard", n = 2 }))
    assert.same({}, dues(PAIN, { tier = "low" }))
    assert.same({}, dues(PAIN))
  end)

  it("goes on from now when the tier changes, and makes up nothing", function()
    assert.same({ "2026-03-20 09:00", "2026-03-23 09:00" }, dues(PAIN, { tier = "high", after = "2026-03-18 12:00", n = 2 }))
    assert.same({ "2026-03-19 09:00", "2026-03-26 09:00" }, dues(PAIN, { tier = "standard", after = "2026-03-18 12:00", n = 2 }))
  end)

  it("ends with `to`, a whole day when there is a time of day", function()
    assert.same({ "2026-04-10 09:00", "2026-04-13 09:00" }, dues(PAIN, { tier = "high", after = "2026-04-08" }))
    assert.same({ "2026-03-03 18:00", "2026-03-04 18:00" }, dues '{"id":"a","every":"1d 18:00","from":"1d","to":"2d"}')
    assert.same({ "2026-03-03 18:00" }, dues '{"id":"a","every":"1d 18:00","from":"1d","to":"2d 12:00"}')
    assert.same({ "2026-03-05 20:00", "2026-03-06 20:00" }, dues '{"id":"a","every":"1d","from":"3d 20:00","to":"4d"}')
    assert.same({ "2026-03-03 15:00", "2026-03-04 03:00", "2026-03-04 15:00" },
      dues('{"id":"a","every":"12h","from":"24h","to":"48h"}', { n = 9 }))
  end)

  for _, case in ipairs {
    { '"every":"2d"', "2026-03-04 15:00", "2026-03-06 15:00", "2026-03-08 15:00" },      -- no from: one interval on
    { '"every":"1d 09:00"', "2026-03-03 09:00", "2026-03-04 09:00", "2026-03-05 09:00" },
    { '"every":"10:00"', "2026-03-03 10:00", "2026-03-04 10:00", "2026-03-05 10:00" },
    { '"every":"18:00"', "2026-03-02 18:00", "2026-03-03 18:00", "2026-03-04 18:00" },
    { '"every":"mon,wed,fri 08:00"', "2026-03-04 08:00", "2026-03-06 08:00", "2026-03-09 08:00" },
    { '"every":"mon,wed,fri 08:00","from":"14d"', "2026-03-16 08:00", "2026-03-18 08:00", "2026-03-20 08:00" },
    { '"every":"2d","from":"3d 10:00"', "2026-03-05 10:00", "2026-03-07 10:00", "2026-03-09 10:00" },
    { '"every":"2d","from":"2bd"', "2026-03-04 15:00", "2026-03-06 15:00", "2026-03-08 15:00" },
    { '"every":"12h"', "2026-03-03 03:00", "2026-03-03 15:00", "2026-03-04 03:00" },
    { '"every":"7d 09:00","from":"fri 20:00"', "2026-03-06 09:00", "2026-03-13 09:00", "2026-03-20 09:00" },
    { '"every":"1d 08:00","from":"0d"', "2026-03-03 08:00", "2026-03-04 08:00", "2026-03-05 08:00" },
    { '"every":"1d 20:00","from":"0d"', "2026-03-02 20:00", "2026-03-03 20:00", "2026-03-04 20:00" },
  } do
    it("with " .. case[1], function() assert.same({ table.unpack(case, 2) }, dues('{"id":"a",' .. case[1] .. "}")) end)
  end

  it("comes back to the 31st after a short month", function()
    local days = { "2026-02-28 15:00", "2026-03-31 15:00", "2026-04-30 15:00" }
    assert.same(days, dues('{"id":"a","every":"1mo"}', { anchor = "2026-01-31 15:00" }))
    assert.same(days, dues('{"id":"a","every":"1mo","from":"1mo"}', { anchor = "2026-01-31 15:00" }))
    assert.same({ "2029-02-28 09:00", "2030-02-28 09:00", "2031-02-28 09:00", "2032-02-29 09:00" },
      dues('{"id":"a","every":"1y 09:00"}', { anchor = "2028-02-29 15:00", n = 4 }))
  end)

  it("never begins at the anchor itself unless `from` says so", function()
    local o = { anchor = "2026-03-02 08:00", after = "2026-03-02 07:59", n = 1 }
    assert.same({ "2026-03-04 08:00" }, dues('{"id":"a","every":"mon,wed,fri 08:00"}', o))
    assert.same({ "2026-03-02 08:00" }, dues('{"id":"a","every":"mon,wed,fri 08:00","from":"0d"}', o))
    assert.same({ "2026-06-15 08:00" }, dues('{"id":"a","every":"1mo","from":"13d"}',
      { anchor = "2026-03-02 08:00", after = "2026-06-10", n = 1 }))
  end)

  it("gives `count` doses and no more, however late one looks", function()
    local doses = dues('{"id":"a","every":"mon,wed,fri 08:00","count":42}', { n = 100 })
    assert.equal(42, #doses)
    assert.same({ doses[41], doses[42] },
      dues('{"id":"a","every":"mon,wed,fri 08:00","count":42}', { after = "2026-06-04 08:00" }))
    assert.equal(42, #dues('{"id":"a","every":"1d 08:00","from":"0d","count":42}', { n = 100 }))
    assert.same({}, dues('{"id":"a","every":"12h","count":4}', { after = "2026-03-04 15:00" }))
  end)

  it("keeps the clock time where clocks change, and exact hours don't", function()
    local berlin = { zone = "Europe/Berlin", anchor = "2026-03-27 02:30" }
    assert.same({ "2026-03-28 02:30", "2026-03-29 03:30", "2026-03-30 02:30" }, dues('{"id":"a","every":"1d"}', berlin))
    assert.same({ "2026-03-28 02:30", "2026-03-29 03:30", "2026-03-30 03:30" }, dues('{"id":"a","every":"24h"}', berlin))
  end)

  it("moves to a contact window unless a time of day or hours were written", function()
    local function first(text) return dues(text, { anchor = "2026-03-02 20:30", contact = CONTACT, n = 2 }) end
    assert.same({ "2026-03-05 09:00", "2026-03-07 09:00" }, first '{"id":"a","every":"2d"}')
    assert.same({ "2026-03-04 20:30", "2026-03-06 20:30" }, first '{"id":"a","every":"2d 20:30"}')
    assert.same({ "2026-03-04 20:30", "2026-03-06 20:30" }, first '{"id":"a","every":"2d","from":"2d 20:30"}')
    assert.same({ "2026-03-04 20:30", "2026-03-06 20:30" }, first '{"id":"a","every":"48h"}')
    assert.same({ "2026-03-04" , "2026-03-06" }, keys('{"id":"a","every":"2d"}',
      { anchor = "2026-03-02 20:30", contact = CONTACT, n = 2 }))      -- identity stays when windows are edited
    assert.same({ "2026-04-02 09:00" }, dues('{"id":"a","every":"2d"}',
      { anchor = "2026-03-02 20:30", after = "2026-04-02 08:59", contact = CONTACT, n = 1 }))
  end)

  it("is named by its local date, with a number for the second on it", function()
    assert.same({ "2026-03-03", "2026-03-03#2", "2026-03-04", "2026-03-04#2" }, keys('{"id":"a","every":"12h"}', { n = 4 }))
    assert.same({ "2026-03-03#2" }, keys('{"id":"a","every":"12h"}', { n = 1, after = "2026-03-03 14:59" }))
    assert.same({ "2026-03-02", "2026-03-03" }, keys('{"id":"a","every":"12h","from":"0d 08:00"}', { n = 2 }))
    assert.same({ "2026-03-05" }, keys(PAIN, { tier = "high", n = 1 }))
  end)

  it("may begin until the next one, or as long as `valid_for` says", function()
    assert.equal("2026-03-12T09:00:00+08:00", list(PAIN, { tier = "standard" })[1]["until"])
    assert.equal("2026-04-16T09:00:00+08:00", list(PAIN, { tier = "standard", after = "2026-04-03" })[1]["until"])
    assert.equal("2026-03-04T19:00:00+08:00", list('{"id":"a","every":"1d 09:00","valid_for":"34h"}')[1]["until"])
    assert.equal("2026-03-05T10:00:00+08:00", list('{"id":"a","every":"1d 09:00","valid_for":"2d 10:00"}')[1]["until"])
  end)

  it("is the same found one by one and from anywhere in five years", function()
    for _, every in ipairs { "90m", "7h", "1d 09:00", "3d", "7d 09:00", "1mo", "5mo 07:00", "1y", "sat-mon 08:00", "02:30" } do
      local step = ('{"id":"a","every":"%s","from":"3d","to":"5y"}'):format(every)
      local o = { zone = "Europe/Berlin", anchor = "2026-01-30 15:00", contact = CONTACT }
      o.n = 30000
      local all = list(step, o)
      assert.is_true(#all >= 5)
      for i = 1, #all - 1, #all // 25 + 1 do
        o.after, o.n = all[i].due, 1
        assert.same(all[i + 1], list(step, o)[1], every .. " after " .. all[i].due)
      end
      o.after = all[#all].due
      assert.same({}, list(step, o), every)
    end
  end)
end)

describe("a step at set times", function()
  it("counts from the anchor, and snaps days to the contact windows", function()
    for at, due in pairs { ["30m"] = "2026-03-02 12:30", ["24h"] = "2026-03-03 12:00", ["1d"] = "2026-03-03 15:00",
      ["3d 10:00"] = "2026-03-05 10:00", ["6mo 09:00"] = "2026-09-02 09:00", ["5y"] = "2031-03-02 15:00", ["1bd"] = "2026-03-03 15:00",
      ["1bd 10:00"] = "2026-03-03 10:00", ["10:00"] = "2026-03-03 10:00", ["0d 20:00"] = "2026-03-02 20:00" } do
      assert.same({ due }, dues('{"id":"a","at":"' .. at .. '"}', { anchor = "2026-03-02 12:00", contact = CONTACT }), at)
    end
  end)

  it("takes a list in any order, each moment once, and is valid for ever", function()
    local step = '{"id":"a","at":["5d 10:00","3d 10:00","10d 10:00","3d 10:00","3d 09:00","3d 09:00"]}'
    assert.same({ "2026-03-05 09:00", "2026-03-05 10:00", "2026-03-07 10:00", "2026-03-12 10:00" }, dues(step, { n = 9 }))
    assert.same({ "2026-03-05", "2026-03-05#2", "2026-03-07", "2026-03-12" }, keys(step, { n = 9 }))
    assert.equal("ever", list(step)[1]["until"])
    assert.equal("2026-03-05T20:00:00+08:00", list('{"id":"a","at":"3d 10:00","valid_for":"10h"}')[1]["until"])
  end)

  it("begins at enrollment when told so", function()
    local o = { enrolled = "2026-03-10 11:00", after = "2026-03-10 10:59:59.999" }
    assert.same({ "2026-03-10 11:00" }, dues('{"id":"hello","at":"enroll"}', o))
    assert.same({ "2026-03-10 11:00", "2026-03-12 09:00" }, dues('{"id":"a","at":["1d","enroll","10d 09:00"]}', o))
  end)
end)

describe("a schedule", function()
  it("runs through its steps by time, then by their order", function()
    local steps = '{"id":"b","at":["24h","48h"]},{"id":"a","at":"48h"},{"id":"c","every":"1d","to":"3d"}'
    local order = {}
    for i, found in ipairs(list(steps, { n = 20 })) do order[i] = found.step .. found.key:sub(9) end
    assert.same({ "b03", "c03", "b04", "a04", "c04", "c05" }, order)
  end)

  it("may be empty", function()
    for _, steps in ipairs { "[]", "{}", "null" } do assert.is_true(schedule.parse(steps)) end
  end)

  it("asks for the calendar that a step needs, by its name", function()
    local patient = { zone = "Asia/Shanghai", anchor = DISCHARGE, enrolled = DISCHARGE }
    for _, step in ipairs { '"at":"3bd"', '"at":"3d","valid_for":"8bh"', '"every":"2d","from":"1bd"' } do
      local found, why = schedule.occurrences('[{"id":"late",' .. step .. "}]", patient, DISCHARGE, 1)
      assert.is_nil(found)
      assert.matches('^step "late": a span of bd or bh needs a working calendar; name one', why)
    end
  end)

  for step, why in pairs {
    ['{"at":"24h"}'] = "step 1: id is missing",
    ['{"id":3,"at":"24h"}'] = "step 1: id is missing or is not a short text",
    ['7'] = "step 1: id is missing",
    ['{"id":"a","at":"1h"},{"id":"a","at":"2h"}'] = 'step "a": id is that of an earlier step',
    ['{"id":"a"}'] = 'step "a": at and every are both missing; write',
    ['{"id":"a","at":"1h","every":"2d"}'] = 'step "a": at and every are both given; keep one',
    ['{"id":"a","at":[]}'] = 'step "a": at lists no time',
    ['{"id":"a","at":3}'] = 'step "a": at = 3 is not a time; write a text',
    ['{"id":"a","at":{"x":"3d"}}'] = 'at = {"x":"3d"} is not a time',
    ['{"id":"a","at":["1h","1d12h"]}'] = 'step "a": at: "1d12h" puts two spans together',
    ['{"id":"a","at":"3d 25:00"}'] = 'at: "3d 25:00" does not end with a time of day',
    ['{"id":"a","at":"1h\\u0000"}'] = "at = ",
    ['{"id":"a","every":"1bd"}'] = 'every: "1bd" counts working time',
    ['{"id":"a","every":"0d"}'] = 'every: "0d" never moves on',
    ['{"id":"a","every":["2d"]}'] = 'every = ["2d"] is not a time, or 1 to 20 times by tier',
    ['{"id":"a","every":{}}'] = "every = {} is not a time",
    ['{"id":"a","every":{"high":"2x"}}'] = 'step "a": every.high: "2x" has no unit',
    ['{"id":"a","every":{"high":2}}'] = "every.high = 2 is not a time",
    ['{"id":"a","every":"2d","from":"30d","to":"14d"}'] = "to comes before from",
    ['{"id":"a","every":"2d","from":"3d 10:00","to":"3d 09:00"}'] = "to comes before from",
    ['{"id":"a","every":"2d","from":"6mo","to":"5mo"}'] = "to comes before from",
    ['{"id":"a","every":"7d","to":"3d"}'] = "to comes before the first occurrence",
    ['{"id":"a","every":"2d","from":"enroll"}'] = 'from: "enroll" is neither',
    ['{"id":"a","at":"2d","to":"5d"}'] = "to goes with every, not with at",
    ['{"id":"a","at":"2d","count":5}'] = "count goes with every",
    ['{"id":"a","every":"2d","count":0}'] = "count = 0 is not a whole number",
    ['{"id":"a","every":"2d","count":1.5}'] = "count = 1.5 is not",
    ['{"id":"a","every":"2d","valid_for":"0h"}'] = "valid_for leaves no time",
    ['{"id":"a","every":"2d","missed":true}'] = "missed = true is not a role",
  } do
    it("refuses " .. step, function()
      local _, message = schedule.parse("[" .. step .. "]")
      assert.truthy(message and message:find(why, 1, true), message)
    end)
  end

  it("refuses steps that are no list, and lists without end", function()
    for _, steps in ipairs { "7", '"x"', '{"id":"a","at":"1h"}' } do
      assert.matches("steps is not a list", select(2, schedule.parse(steps)))
    end
    local many = {}
    for i = 1, 501 do many[i] = ('{"id":"%d","at":"1h"}'):format(i) end
    assert.matches("up to 500", select(2, schedule.parse("[" .. table.concat(many, ",") .. "]")))
    assert.matches("over 400", select(2, schedule.parse('[{"id":"a","at":[' .. ('"1h",'):rep(400) .. '"1h"]}]')))
  end)
end)
