-- Who came back within 31 days, and whether that was planned (WARD 26): counted as the hospital's systems say, never guessed.
local Hospital = require "functional.support.hospital"
local json = require "dkjson"

local DAY = 86400000

describe("a readmission", function()
  local h, now
  local function tell(kind, mrn, at, more)
    local event = { id = kind .. mrn .. at, kind = kind, at = Hospital.iso(at), patient = { mrn = mrn, name = "患者" .. mrn, birth = "1960-01-01",
      sex = "male" }, visit = "v" .. mrn, department = "w", ward = "3 East" }
    for key, value in pairs(more or {}) do event[key] = value end
    local status, why = h:call("POST", "/events?wait=applied", event, { token = "his" })
    assert.equal(202, status, why and why.detail)
  end
  -- A stay that ended so many days ago, and one that began so many days after it.
  local function back(mrn, days, planned, return_planned, more)
    tell("discharge", mrn, now - 50 * DAY, { leaving = "order", return_planned = return_planned, admitted = Hospital.iso(now - 60 * DAY) })
    more = more or {}
    more.visit, more.planned = "w" .. mrn .. days, planned
    tell("admission", mrn, now - 50 * DAY + math.floor(days * DAY), more)
  end
  local function month()                                           -- 50 days before 2 March
    return json.decode((h:afterward("report", "follow-up", "--month", "2026-01", "--json"))).total,
      h:afterward("report", "follow-up", "--month", "2026-01")
  end
  local function figures()
    local t = month()
    return { t.readmitted, t.readmitted_unplanned, t.readmitted_unknown }
  end
  before_each(function()
    h = Hospital.open { scripts = { ["w/w.lua"] = Hospital.ward("w", 'aw.step { id = "s", at = "24h", run = function(p) p:note "s" end },') } }
    h:start()
    now = h:now()
  end)
  after_each(function() h:close() end)

  it("counts when it was unplanned and within 31 days, whichever ward it is", function()
    back("11", 3, false)
    back("12", 30.9, false, nil, { department = "elsewhere" })
    back("13", 31.1, false)                                                     -- too late
    back("14", 5, true)                                                         -- the next chemotherapy
    tell("discharge", "15", now - 50 * DAY, { leaving = "order" })
    assert.same({ 3, 2, 0 }, figures())
    local t, text = month()
    assert.equal(5, t.discharges)
    assert.truthy(text:find "非计划再入院率 +40 %% %(2 of 5; 95 %%: 12 to 77 %%%)", text)   -- Wilson, by hand
    assert.truthy(text:find "计划内再入院 +1 +0 +0 ")
  end)

  it("was planned when the discharge before foresaw it and the new stay says nothing; what the new stay says goes first", function()
    back("11", 3, nil, true)
    back("12", 3, nil, false)
    back("13", 3, false, true)
    assert.same({ 3, 2, 0 }, figures())
  end)

  it("of which nobody said whether it was planned is told as unknown and guessed neither way", function()
    back("11", 3)
    local _, text = month()
    assert.same({ 1, 0, 1 }, figures())
    assert.truthy(text:find "非计划再入院率 +unknown 未知 %(of 1 readmitted nobody said", text)
    back("12", 4, false)
    assert.same({ 2, 1, 1 }, figures())
    assert.truthy(select(2, month()):find "未说明是否计划 +1 +0 +0 ")
  end)

  it("that was planned hides no unplanned one after it, and what is said later counts", function()
    back("11", 3, true)
    back("11", 20, false)
    assert.same({ 1, 1, 0 }, figures())
    tell("admission", "11", now - 29 * DAY, { visit = "w1120", planned = true, at = Hospital.iso(now - 29 * DAY) })   -- mended
    assert.same({ 1, 0, 0 }, figures())
  end)

  it("refuses a word that is neither yes nor no", function()
    local status, why = h:call("POST", "/events", { id = "x", kind = "admission", at = Hospital.iso(now), visit = "v", planned = "maybe",
      patient = { mrn = "11" } }, { token = "his" })
    assert.equal(422, status)
    assert.equal('field "planned": must be true or false', why.detail)
  end)
end)
