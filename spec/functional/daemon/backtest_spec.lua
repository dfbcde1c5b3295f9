-- afterward backtest: would the new fever rule have raised the alarm earlier for last month's patients?
local Hospital = require "functional.support.hospital"
local month = require "functional.support.month"
local json = require "dkjson"
local lfs = require "lfs"

local HOUR = 3600000

describe("a backtest", function()
  randomize(false)
  local h, folder
  local function candidate(name, ...)
    local text = month.SCRIPT
    if lfs.attributes(h.folder .. "/scripts/" .. name) then return h.folder .. "/scripts/" .. name end
    for i = 1, select("#", ...), 2 do
      local from, to = select(i, ...)
      local count
      text, count = text:gsub(from, (to:gsub("%%", "%%%%")))
      assert(count >= 1, from)
    end
    h:script(name .. "/w/w.lua", text)
    h:script(name .. "/shared/calendar/cn.csv", (assert(io.open "scripts/shared/calendar/cn.csv"):read "a"))
    return h.folder .. "/scripts/" .. name
  end
  local function backtest(scripts, ...)
    return h:afterward("backtest", "w", "--from", "2026-01-01", "--to", "2026-01-31", "--scripts", scripts, ...)
  end
  local function account(scripts, ...)
    local output, code, errors = backtest(scripts, "--json", ...)
    assert.equal(0, code, errors)
    return json.decode(output)
  end
  local function rule(a) return a.pathways[1].rules[1] end
  local function step(a, id, what)
    for _, one in ipairs(a.pathways[1].steps) do
      if one.step == id and one.what == (what or one.what) then return one end
    end
  end

  setup(function()
    folder = month.folder()
    h = Hospital.open { speed = 1, scripts = { ["w/w.lua"] = month.SCRIPT, ["v/v.lua"] = month.OTHER }, state = folder }:start()
  end)
  teardown(function()
    h:close()
    os.execute("rm -rf " .. folder)
  end)

  it("finds nothing different when the scripts are the same", function()
    local a = account(candidate "same")
    local way = a.pathways[1]
    assert.same({ 5, 5, 0 }, { way.enrollments, way.identical, way.unanswerable }, json.encode(a.details))
    assert.same({}, a.details)
    assert.same({ 1, 1, 0, 0 }, { rule(a).before, rule(a).after, rule(a).gained, rule(a).lost })
  end)

  it("lives again what came beside the answers: a bad number, a measurement, words, a stay, a death, enough of it", function()
    local output, code, errors = h:afterward("backtest", "v", "--from", "2026-01-01", "--to", "2026-01-31", "--scripts",
      h.folder .. "/scripts", "--json")
    local a = json.decode(output)
    assert.equal(0, code, errors)
    assert.same({ 3, 3, 0, 0 }, { a.pathways[1].enrollments, a.pathways[1].identical, a.pathways[1].unanswerable, #a.refused },
      json.encode(a.details))
    local rules = {}
    for _, one in ipairs(a.pathways[1].rules) do rules[one.rule] = one.after end
    assert.same({ 2, 1 }, { rules.hot, rules.blood })
  end)

  it("says that the new fever rule would have raised the alarm a day earlier, and for whom anew", function()
    local scripts = candidate("rule", ">= 38%.5", ">= 38")
    local a = account(scripts)
    local fever, way = rule(a), a.pathways[1]
    assert.same({ 1, 3, 2, 0, 1, 0 }, { fever.before, fever.after, fever.gained, fever.lost, fever.earlier, fever.later })
    assert.same({ 3 * 24 + 1, 2 * 24 + 1 }, { fever.first_before.worst // HOUR, fever.first_after.median // HOUR })
    assert.equal(2, #fever.gained_by)
    assert.same({ 3, 0, 0, 0 }, { way.identical, way.messages.added + way.messages.dropped, way.tasks.added + way.tasks.dropped, way.unanswerable })
    local output, code = backtest(scripts)
    assert.equal(0, code)
    assert.matches("5 enrollments closed from 2026%-01%-01 to 2026%-01%-31", output)
    assert.matches("fever +1 → 3 +2 +0 +1 +0 +0 +3.1 d → 2.1 d", output)
    assert.matches("fever gained: p%w+ p%w+\n", output)
  end)

  it("says which alarms a higher threshold would have lost", function()
    local a = account(candidate("lax", ">= 38%.5", ">= 40"))
    assert.same({ 1, 0, 1 }, { rule(a).before, rule(a).after, rule(a).lost })
    assert.same(1, #rule(a).lost_by)
  end)

  it("tells by step which messages would come, not come or move, and who that is", function()
    local a = account(candidate("moved", '"last", at = "10d 10:00"', '"last", at = "12d 10:00"', 'to = "3d"', 'to = "2d"'))
    assert.same({ 0, 0, 5, 0 }, { step(a, "check", "ask").added, step(a, "check", "ask").moved, step(a, "check", "ask").dropped,
      step(a, "last").dropped })
    assert.equal(5, step(a, "last").moved)
    assert.equal(1, step(a, "check", "remind").dropped)
    local output = backtest(candidate "moved", "--details")
    assert.matches("moved +message +last +send hello +patient +2026%-01%-15 10:00 +2026%-01%-17 10:00", output)
  end)

  it("calls unanswerable what nobody was asked then, and plays it as silence", function()
    local a = account(candidate("asks", 'run = function%(p%) p:send "hello"', 'run = function(p) if not p:ask("wound", { within = "1d" }) then ' ..
      'p:task { id = "look", role = "nurse", form = "wound", due = "8bh" } end'))
    local un = {}
    for _, row in ipairs(a.unanswerable) do un[row.what .. " " .. row.name] = { row.why, row.count, #row.patients } end
    assert.same({ ["ask wound"] = { "never", 5, 5 }, ["task look"] = { "never", 5, 5 } }, un)
    assert.equal(5, step(a, "last", "task").added)
    assert.same({ 1, 1 }, { #a.pathways[1].rules, rule(a).after }) -- no alarm that the unknown task would be overdue
  end)

  it("answers what was asked of a form whose items are others now, and says what of it was not asked", function()
    local optional = account(candidate("optional", '{ id = "words"', '{ id = "pain", kind = "scale", min = 0, max = 10, optional = true, ' ..
      'zh = "痛？", en = "Pain?" },\n    { id = "words"'))
    assert.same({ 14, 0, 0 }, { optional.unanswerable[1].count, optional.pathways[1].messages.added, rule(optional).lost })
    assert.same({ "item", "check.pain" }, { optional.unanswerable[1].what, optional.unanswerable[1].name })
    local needed = account(candidate("needed", '{ id = "words"', '{ id = "pain", kind = "scale", min = 0, max = 10, zh = "痛？", ' ..
      'en = "Pain?" },\n    { id = "words"'))
    local by = {}
    for _, row in ipairs(needed.unanswerable) do by[row.what .. " " .. row.name .. " " .. row.why] = row.detail or row.count end
    assert.matches("check.pain: an answer is needed", by["ask check refused"])
    assert.same({ 1, 1 }, { rule(needed).lost, #needed.pathways[1].rules })
  end)

  it("says who would not be enrolled, and who besides", function()
    local a = account(candidate("elsewhere", '"81.51", "关节置换"', '"81.52"', "aw%.pathway {", [[
      aw.pathway { id = "other", program = "brand", title = { zh = "二", en = "Other" }, anchor = "discharge", enroll = { on = "discharge" },
        steps = { aw.step { id = "hi", at = "1d 10:00", run = function(p) p:send "hello" end } } },
      aw.pathway {]]))
    assert.same({ 5, 0, 5 }, { a.pathways[1].not_enrolled, a.pathways[1].identical, #a.new })
    assert.matches("way: 5 of 5 would not be enrolled.*besides: other 5", (backtest(candidate "elsewhere")))
  end)

  it("names nobody", function()
    local output = backtest(candidate "rule", "--json", "--details") .. backtest(candidate "rule", "--details")
    local _, history = h:call("GET", ("/patients/%s/history?department=w"):format(account(candidate "rule").details[1].patient))
    output = output .. json.encode(history)
    for _, private in ipairs { "患者", "家属", "%f[%d]13[89]%d%d%d%d%d%d%d%d%f[%D]", "M00001" } do assert.is_nil(output:find(private), private) end
    assert.equal(404, (h:call("GET", ("/patients/%s/history?department=w"):format(history.patient.id), nil, { token = "other" })))
    assert.same({}, h:get("/enrollments/closed?from=2026-01-01&to=2026-02-01&department=w", { token = "other" }).items)
    local db = assert(require "afterward.unit.store".reader(h.state .. "/afterward.db"))
    assert.is_true(db:int "SELECT count(*) FROM audit WHERE action='patient.history' AND actor='chen' AND object='patient:1'" > 0)
    db:close()
  end)

  it("says what is missing or wrong, and when nothing was closed", function()
    local slips = {
      { 2, "%-%-to is missing", "--from", "2026-01-01" },
      { 2, "%-%-from takes a day such as 2026%-03%-01, not \"spring\"", "--from", "spring", "--to", "2026-01-31" },
      { 2, "lies behind", "--from", "2026-02-01", "--to", "2026-01-31" },
      { 1, "no folder|can't be|nowhere", "--from", "2026-01-01", "--to", "2026-01-31", "--scripts", "nowhere" },
    }
    for _, slip in ipairs(slips) do
      local _, code, errors = h:afterward("backtest", table.unpack(slip, 3))
      assert.equal(slip[1], code, errors)
      local said = false
      for pattern in slip[2]:gmatch "[^|]+" do said = said or errors:find(pattern) ~= nil end
      assert.is_true(said, errors)
    end
    local output, code = h:afterward("backtest", "--from", "2026-02-01", "--to", "2026-02-02", "--pathway", "way")
    assert.same({ "No enrollment on way was closed from 2026-02-01 to 2026-02-02.\n", 0 }, { output, code })
  end)

  it("ends with 1 where a run would be stuck, and says why", function()
    local output, code, errors = backtest(candidate("stuck", 'run = function%(p%) p:send "hello"',
      'run = function(p) error "nothing" p:send "hello"'))
    assert.equal(1, code, output)
    assert.matches("stuck: way last, 5 runs: .*nothing", errors)
  end)
end)
