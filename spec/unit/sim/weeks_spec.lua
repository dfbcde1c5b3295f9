-- Weeks out of the common: each compared with the others that are known, and nothing claimed of few.
local chunk = {}
local function use(name)                                         -- as the program's own require finds its parts
  chunk[name] = chunk[name] or assert(loadfile("engine/sim/" .. name .. ".lua", "t", setmetatable({ require = use }, { __index = _G })))()
  return chunk[name]
end
local feedback = use "feedback_report"

-- A report of January 2026 and what came before it, counted in March: the weeks' items of the laboratory, oldest first, the last of which is
-- that of Monday 26 January, which is not over within the month. others: as many departments that never change.
local function report(lab, others)
  local weeks, items = {}, {}
  for i = 1, 16 do
    weeks[i] = os.date("%Y-%m-%dT00:00:00+08:00", os.time { year = 2026, month = 1, day = 26 - 7 * (16 - i), hour = 12 })
  end
  local function padded(list) return table.move(list, 1, #list, 17 - #list, { 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0 }) end
  local lead = { { key = "laboratory", now = 0, before = 0, older = 0, met = 0, late = 0, satisfied = 0, unsatisfied = 0, weeks = padded(lab) } }
  for n = 1, others or 0 do
    local steady = {}
    for i = 1, #lab do steady[i] = 3 end
    lead[n + 1] = { key = "d" .. n, now = 0, before = 0, older = 0, met = 0, late = 0, satisfied = 0, unsatisfied = 0, weeks = padded(steady) }
  end
  for i = 1, 16 do
    items[i] = 0
    for _, row in ipairs(lead) do items[i] = items[i] + row.weeks[i] end
  end
  return { from = "2026-01-01T00:00:00+08:00", to = "2026-02-01T00:00:00+08:00", counted_at = "2026-03-02T09:00:00+08:00", weeks = weeks,
    items = { now = 0, before = 0, older = 0, weeks = items }, by = { lead = lead }, clocks = {}, bands = {}, answered = {}, improvements = {},
    nps = { promoters = 0, passives = 0, detractors = 0, asked = 0, answered = 0 }, satisfaction = { yes = 0, partly = 0, no = 0, asked = 0 },
    stars = { count = 0, sum = 0 } }
end
local function told(r)
  local shown, list, found = feedback.ask({ ask = function() return r end, escape = tostring }, "2026-01-01", "2026-02-01", {})
  local rows = list[1][3]
  local compared
  for _, row in ipairs(rows) do if row[1]:find "Weeks compared" then compared = row[2] end end
  return found, compared, shown.unusual
end

describe("a week", function()
  it("that is unlike fourteen others is told, with how many these are", function()
    local found, compared, unusual = told(report({ 2, 3, 2, 1, 2, 3, 2, 2, 1, 3, 2, 2, 3, 2, 14, 2 }, 6))
    assert.same({ "laboratory, week 2026-W04 (from 2026-01-19): 14 items, 2.1 in the 14 other weeks known" }, found)
    assert.same({ 1, 14, "2026-01-19" }, { #unusual, unusual[1].known, unusual[1].week })
    assert.matches("against the 14 others known", compared)
  end)

  it("that is the same height among three known ones is told, too; half as high it may be chance", function()
    assert.same({ "laboratory, week 2026-W04 (from 2026-01-19): 14 items, 1.0 in the 2 other weeks known" }, (told(report({ 1, 1, 14, 0 }, 2))))
    assert.same({}, (told(report({ 1, 1, 7, 0 }, 2))))
    assert.same("2026-01-19", select(3, told(report({ 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 1, 2, 9, 0 }, 2)))[1].week)
  end)

  it("is not told of a hospital that knows one other week, however high it is, and the report says why", function()
    local found, compared = told(report { 1, 60, 0 })
    assert.same({}, found)
    assert.matches("^1 other weeks known: too few", compared)
  end)

  it("is not told when a department's weeks go up and down like this by themselves", function()
    assert.same({}, (told(report({ 1, 14, 0, 1, 15, 0, 1, 13, 0, 1, 14, 0, 1, 0, 14, 0 }, 2))))
  end)

  it("that is still to come is no quiet week to be compared with", function()
    local r = report { 5, 5, 5, 5, 12, 0 }
    r.counted_at = "2026-01-07T09:00:00+08:00"                                   -- in the week of the third five
    local _, compared = told(r)
    assert.matches("too few", compared)
    r.counted_at = "2026-01-28T09:00:00+08:00"
    assert.matches("against the 4 others known", select(2, told(r)))
  end)
end)
