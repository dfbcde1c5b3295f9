-- How a recovery goes: readings beside the expected course, for staff as JSON and as a picture, for the patient on the page.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"

local MORE = [[aw.pathway { id = "knee", program = "brand", title = { zh = "膝", en = "Knee" }, anchor = "discharge",
  enroll = { on = "discharge", department = "w" }, steps = { aw.step { id = "end", at = "90d", run = function(p) end } },
  curves = {
    { code = "pain", title = { zh = "疼痛", en = "Pain" }, page = true, source = "本院 2024 年 1,200 例",
      expected = { { at = "0h", low = 3, high = 7 }, { at = "10d", low = 1, high = 4 }, { at = "90d", low = 0, high = 2 } } },
    { code = "inr", title = { zh = "抗凝指标", en = "Clotting" } },
    { code = "hemoglobin", title = { zh = "肿瘤科血红蛋白", en = "Blood in oncology" }, page = true, discloses = true },
  } },]]

describe("Curves", function()
  local h, id
  setup(function()
    h = Hospital.open { scripts = { ["w/w.lua"] = Hospital.ward("w", 'aw.step { id = "s", at = "90d", run = function(p) end },', MORE) } }
    h:start()
    h:event(h:discharge(1))
    h:event(h:discharge(2))
    id = wait.till("they are known", function() return h:patient(2) and h:patient(1) end).id
    local list = {}
    local function add(code, hours, value, more)
      list[#list + 1] = { id = code .. hours, mrn = "M1", code = code, value = value, at = Hospital.iso(h:now() + hours * 3600000),
        reading = code .. hours, status = more }
    end
    add("pain", 0.2, 5) add("pain", 0.4, 9) add("pain", 0.6, 2) add("inr", 0.5, 2.5) add("glucose", 0.1, 7) add("glucose", 0.3, 8)
    add("weight", 0.2, 70) add("hemoglobin", 0.2, 120)
    assert.equal(202, (h:call("POST", "/observations?wait=applied", { observations = list }, { token = "his" })))
  end)
  teardown(function() h:close() end)

  it("show what a pathway declares first, then what else was measured more than once", function()
    local items = h:get("/patients/" .. id .. "/curves").items
    local codes = {}
    for i, item in ipairs(items) do codes[i] = item.code end
    assert.same({ "pain", "inr", "hemoglobin", "glucose" }, codes)
    local pain = items[1]
    assert.same({ "knee", "w", "本院 2024 年 1,200 例", { zh = "疼痛", en = "Pain" } }, { pain.pathway, pain.department, pain.source, pain.title })
    assert.same({ { 5, "within" }, { 9, "above" }, { 2, "below" } }, { { pain.points[1].value, pain.points[1].course },
      { pain.points[2].value, pain.points[2].course }, { pain.points[3].value, pain.points[3].course } })
    assert.equal(3, #pain.expected)
    assert.equal(10 * 86400, Hospital.instant(pain.expected[2].at) / 1000 - Hospital.instant(pain.anchor) / 1000)
    assert.equal("mmol/L", items[4].unit)
    assert.same({ "血糖", "glucose" }, { items[4].title.zh, items[4].code })
  end)

  it("are one code when asked, and leave out what was taken back", function()
    local other = h:patient(2).id
    local function post(n, value, status)
      h:call("POST", "/observations?wait=applied", { observations = { { id = "pain-2-" .. n, mrn = "M2", code = "pain", value = value,
        reading = "P" .. math.floor(n), status = status, at = Hospital.iso(h:now() + math.floor(n) * 1000) } } }, { token = "his" })
    end
    post(1, 5) post(2, 6) post(3, 7) post(2.5, nil, "deleted") post(3.5, 4, "corrected")
    local items = h:get("/patients/" .. other .. "/curves?code=pain").items
    assert.same({ 1, 2, 5, 4 }, { #items, #items[1].points, items[1].points[1].value, items[1].points[2].value })
  end)

  it("are printed, and saved as a picture, by a command", function()
    local said = h:afterward("curves", id, "--code", "pain")
    assert.matches("疼痛 pain.*pathway knee, w", said)
    assert.matches("expected by 本院 2024 年 1,200 例", said, 1, true)
    assert.matches(" 9.0 +above", said)
    assert.matches(" 2.0 +below", said)
    assert.same({ "pain" }, { require "dkjson".decode(h:afterward("curves", id, "--code", "pain", "--json")).items[1].code })
    assert.matches("^<svg", (h:afterward("curves", id, "--code", "pain", "--svg", "--lang", "en")))
    assert.falsy(h:afterward("curves", h:patient(2).id, "--code", "weight"):find("above", 1, true))
  end)

  it("are a picture with words for who can't see it", function()
    local status, svg, headers = h:call("GET", "/patients/" .. id .. "/curves.svg?code=pain&lang=en", nil, { token = "boss" })
    assert.same({ 200, "image/svg+xml; charset=utf-8" }, { status, headers["content-type"] })
    assert.equal("string", type(svg))
    assert.truthy(svg:find("<title>Pain</title>", 1, true), svg)
    assert.matches('class="band"', svg)
    local _, dots = svg:gsub("<circle", "")
    assert.equal(3, dots)
    assert.matches("expected 3%.%d to %d", svg)
    local path = os.tmpname()
    local file = assert(io.open(path, "w"))
    file:write(svg)
    file:close()
    local pipe = io.popen(("python3 -c 'import sys,xml.dom.minidom; xml.dom.minidom.parse(sys.argv[1]); print(\"ok\")' %s"):format(path))
    assert.equal("ok", (pipe:read "l"))                       -- well-formed, by another parser
    pipe:close()
    os.remove(path)
  end)

  it("are seen by who sees the patient, and of departments that one sees", function()
    assert.equal(404, (h:call("GET", "/patients/" .. id .. "/curves", nil, { token = "other" })))
    assert.equal(403, (h:call("GET", "/patients/" .. id .. "/curves", nil, { token = "his" })))
    assert.equal(200, (h:call("GET", "/patients/" .. id .. "/curves", nil, { token = "reader" })))
    assert.equal(400, (h:call("GET", "/patients/" .. id .. "/curves.svg?lang=fr", nil, { token = "boss" })))
  end)

  it("are on the patient's page, those that are meant for it and name no diagnosis", function()
    local _, card = h:call("GET", "/patients/" .. id .. "/card", nil, { token = "boss" })
    local code = assert(card:match "%f[%d](%d%d%d %d%d%d %d%d+)%f[%D]", card):gsub(" ", "")
    local status, page, headers = h:post_form("/f", { code = code, birth = "19510203" })
    assert.equal(303, status, page)
    status, page = h:call("GET", headers.location, nil, { token = false })
    assert.equal(200, status, page)
    assert.truthy(page:find("您的恢复情况", 1, true), page)
    assert.truthy(page:find("疼痛", 1, true))
    assert.truthy(page:find("多数人的恢复过程", 1, true))
    assert.falsy(page:find("肿瘤", 1, true) or page:find("血红蛋白", 1, true) or page:find("抗凝", 1, true) or page:find("血糖", 1, true))
  end)
end)

describe("A curve's declaration", function()
  local unit = require "afterward.unit.script"
  local function report(curve)
    local more = MORE:gsub("curves = {.*", "curves = { " .. curve .. " } },")
    local text = Hospital.ward("w", 'aw.step { id = "s", at = "90d", run = function(p) end },', more)
    local _, _, told = unit.bundle_load("w", { ["w/w.lua"] = text })
    return told
  end
  for said, curve in pairs {
    ['curve 1: title: zh tells a diagnosis ("肿瘤")'] = '{ code = "pain", title = { zh = "肿瘤痛" }, page = true }',
    ["curve 1: expected 2: at must lie after the one before"] =
      '{ code = "pain", expected = { { at = "10d", low = 1, high = 2 }, { at = "3d", low = 1, high = 2 } } }',
    ["curve 1: expected 1: low is above high"] = '{ code = "pain", expected = { { at = "10d", low = 3, high = 2 } } }',
    ['curve 1: expected 1: at: "soon" is no time after the anchor'] = '{ code = "pain", expected = { { at = "soon", low = 1, high = 2 } } }',
  } do
    it("is refused: " .. said, function() assert.truthy(report(curve):find(said, 1, true), report(curve)) end)
  end
end)
