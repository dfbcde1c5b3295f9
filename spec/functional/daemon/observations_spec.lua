-- A laboratory, a monitor, a scale at home: readings in batches, in whatever unit, corrected and taken back.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"

local MORE = [[aw.watch { id = "high", on = "observation:glucose", where = function(f) return f.event.value >= 16.7 end,
  run = function(p) p:note("high " .. p.event.value) end },]]

describe("Readings", function()
  local h
  setup(function()
    h = Hospital.open { scripts = { ["w/w.lua"] = Hospital.ward("w", 'aw.step { id = "s", at = "90d", run = function(p) end },', MORE) } }
    h:start()
    for n = 1, 9 do h:event(h:discharge(n)) end
    wait.till("they are known", function() return h:patient(9) end)
  end)
  teardown(function() h:close() end)

  local function post(body, query) return h:call("POST", "/observations" .. (query or ""), body, { token = "his" }) end
  local function reading(id, n, value, more)
    local out = { id = id, mrn = "M" .. n, code = "glucose", value = value, unit = "mmol/L", at = Hospital.iso(h:now()) }
    for key, other in pairs(more or {}) do out[key] = other end
    return out
  end
  local function kept(n)
    local out = {}
    for _, row in ipairs(h:get("/patients/" .. h:patient(n).id .. "/facts?department=w").observations) do out[#out + 1] = row.value end
    return out
  end
  local function notes(n)
    local out = {}
    for _, row in ipairs(h:get("/patients/" .. h:patient(n).id .. "/timeline").items) do
      if row.what == "note" then out[#out + 1] = row.text end
    end
    return #out
  end

  it("of a batch are taken one by one: each bad one is told with its field and a remedy, the good ones are in", function()
    local status, body = post { observations = {
      reading("G1", 1, 7.2), reading("G2", 1, 126), reading("G3", 1, 7.4, { unit = "g" }), reading("G4", 1, "7"),
      reading("G5", 1, 7.6, { mrn = false }), reading("G6", 1, 7.8, { vlaue = 1 }), reading(nil, 1, 8), reading("G7", 1, 140, { unit = "mg/dL" }) } }
    assert.equal(202, status)
    local told = {}
    for i, result in ipairs(body.results) do told[i] = { result.status, result.field, result.detail } end
    assert.same({ { 202 },
      { 422, "value", 'field "value": a glucose of 126 mmol/L is outside 0.5 to 60; check value and unit: is it in mg/dL?' },
      { 422, "unit", 'field "unit": glucose is kept in mmol/L, not in "g"; send mmol/L, or mg/dL' },
      { 422, "value", 'field "value": must be a number, not a text' },
      { 422, "mrn", told[5][3] }, { 422, "vlaue", 'field "vlaue": an observation has no such field; did you mean "value"?' },
      { 422, "id", told[7][3] }, { 202 } }, told)
    wait.till("two are in", function() return #kept(1) == 2 end)
    assert.same({ 7.2, 7.771 }, { kept(1)[1], math.floor(kept(1)[2] * 1000 + 0.5) / 1000 })
  end)

  it("are each applied once, however often they come and whatever happens in between", function()
    local batch = { observations = {} }
    for i = 1, 100 do batch.observations[i] = reading("B" .. i, 2, 5 + i / 100) end
    local _, first = post(batch)
    local _, again = post(batch)
    h:kill()
    h:start()
    local _, third = post(batch)
    assert.same(first, again)
    assert.same(first, third)
    assert.equal(202, (post(batch.observations[100])))          -- the same body again
    assert.equal(409, (post(reading("B100", 2, 6.5))))
    wait.till("all are in", function() return #kept(2) == 100 end)
  end)

  it("tell who waits what became of them", function()
    local status, body = post({ observations = { reading("W1", 3, 7, { reading = "R1" }),
      { id = "W2", mrn = "M3", code = "glucose", reading = "R1", status = "wrong-patient", belongs = "M999", at = Hospital.iso(h:now()) } } },
      "?wait=applied")
    assert.same({ 202, 200, 404, 'field "belongs": no patient has this number; send the patient first' },
      { status, body.results[1].status, body.results[2].status, body.results[2].detail })
    assert.same({ 7 }, kept(3))
  end)

  it("start a watch once: not when sent again under another id, corrected upwards, or corrected down and up again", function()
    local at = Hospital.iso(h:now())
    local function send(id, value, status) post({ observations = { reading(id, 4, value, { reading = "R9", status = status, at = at }) } },
      "?wait=applied") end
    send("H1", 20) send("H2", 20) send("H3", 22, "corrected")
    h:kill() h:start()
    send("H4", 6, "corrected") send("H5", 21, "corrected")
    assert.same({ 21 }, kept(4))
    assert.equal(1, notes(4))
    post({ observations = { reading("H6", 4, 6) } }, "?wait=applied")
    post({ observations = { reading("H7", 4, 19, { at = Hospital.iso(h:now() + 1000) }) } }, "?wait=applied")
    assert.equal(2, notes(4))
  end)

  it("may be texts, in one line or several: kept, corrected, told when they are too long or are nothing", function()
    local long = ("长"):rep(700)
    local _, body = post({ observations = { reading("T1", 7, nil, { code = "culture", text = "阳性\n金黄色葡萄球菌", unit = "", reading = "K7" }),
      reading("T2", 7, nil, { code = "crp", text = "<0.5", unit = "mg/L" }), reading("T3", 7, nil, { code = "culture", text = long, unit = "" }),
      reading("T4", 7, nil, { code = "culture" }) } }, "?wait=applied")
    assert.same({ 200, 200 }, { body.results[1].status, body.results[2].status }, require "dkjson".encode(body))
    assert.equal('field "text": must be a text of at most 2000 bytes', body.results[3].detail)
    assert.equal('field "value": is missing; give a number, or what is no number as "text"', body.results[4].detail)
    post({ observations = { reading("T5", 7, nil, { code = "culture", text = "阴性", unit = "", reading = "K7", status = "corrected" }) } },
      "?wait=applied")
    local got = {}
    for _, row in ipairs(h:get("/patients/" .. h:patient(7).id .. "/facts?department=w").observations) do got[row.code] = row.text end
    assert.same({ culture = "阴性", crp = "<0.5" }, got)
  end)

  it("need a token for events, and a body that says what they are", function()
    assert.equal(403, (h:call("POST", "/observations", { observations = {} }, { token = "reader" })))
    local status, problem = post { observations = {} }
    assert.same({ 422, "observations: must be a list of 1 to 1000" }, { status, problem.detail })
    status, problem = post { observations = { "7.2" } }
    assert.equal(202, status)
    assert.equal(422, problem.results[1].status)
  end)
end)

describe("A site's own table of measures", function()
  it("adds codes, names and units, and replaces rows; a mistake in it is told at the start with its place", function()
    local h = Hospital.open { scripts = { ["w/w.lua"] = Hospital.ward("w", 'aw.step { id = "s", at = "90d", run = function(p) end },') } }
    local path = h.folder .. "/measures.csv"
    local function write(rows)
      local file <close> = assert(io.open(path, "w"))
      file:write("code,unit,low,high,zh,en,units,names\n" .. rows)
    end
    h:configure("sms = " .. h.gateway:channel(), ("observations = %q,"):format(path))
    write "bnp,ng/L,0,70000,B型利钠肽,BNP,pg/mL; ng/mL=1000,BNP01; 30934-4\nglucose,mg/dL,10,1000,血糖,Glucose,mmol/L=18.016,GLU\n"
    h:start()
    h:event(h:discharge(1))
    local function post(code, value, unit)
      local _, body = h:call("POST", "/observations?wait=applied", { observations = { { id = code .. value .. (unit or ""), mrn = "M1",
        code = code, value = value, unit = unit, at = Hospital.iso(h:now()) } } }, { token = "his" })
      return body.results[1].detail or body.results[1].status
    end
    assert.equal(200, post("BNP01", 1.2, "ng/mL"))
    assert.equal(200, post("GLU", 7, "mmol/L"))
    assert.matches('bnp is kept in ng/L, not in "g"', post("30934-4", 7, "g"))
    local got = {}
    for _, row in ipairs(h:get("/patients/" .. h:patient(1).id .. "/facts?department=w").observations) do
      got[row.code] = row.value
    end
    assert.same({ bnp = 1200, glucose = 126.112 }, got)
    write "bnp,ng/L,0,low,B,BNP,,\n"
    h:stop()
    local process = h:launch()
    wait.till("it has ended", function() return process.ended end)
    assert.matches("measures.csv, line 2, column high: is no number above low", process.errors)
    h:close()
  end)
end)
