-- An integration engineer connects a hospital system: messages over MLLP as systems really send them, each answered after the commit.
local Hospital = require "functional.support.hospital"
local mllp = require "functional.support.mllp"
local wait = require "functional.support.wait"

local PLUGINS = os.getenv "AFTERWARD_BUILD" .. "/plugins"
local BEGIN, END = mllp.BEGIN, mllp.END

local peer, message, pid, pv1, evn, discharge = mllp.peer, mllp.message, mllp.pid, mllp.pv1, mllp.evn, mllp.discharge

describe("HL7", function()
  local h, his, lis
  local function msa(answer) return answer:match "\rMSA|(%u%u)|([^|\r]*)" end
  local function taken(answer, id)
    local code, of = msa(answer)
    assert.same({ "AA", id or "C" .. mllp.control }, { code, of }, answer)
  end
  local function patient(n)
    local known = h:get("/patients/" .. wait.till("patient " .. n .. " is known", function() return h:patient(n) end).id)
    for _, identity in ipairs(known.numbers[1].identities) do if identity.kind == "name" then known.name = identity.value end end
    return known
  end
  local function of(n, what) return h:get("/enrollments?patient=" .. patient(n).id).items[1], what end
  local function letters(state) return h:get("/dead-letters?state=" .. (state or "open")).items end

  setup(function()
    h = Hospital.open { plugins = PLUGINS, channels = "log = {}", scripts = { ["w/w.lua"] =
      Hospital.ward("w", 'aw.step { id = "s", at = "1h", run = function(p) p:ask("check", { within = "30d" }) end },') } }
    h:configure("log = {}", [[connectors = {
      his = { plugin = "hl7", listen = "127.0.0.1:0", seconds = 1, megabytes = 6 },
      lis = { plugin = "hl7", listen = "127.0.0.1:0", encoding = "gb18030" } },]])
    h:start()
    local ports = mllp.ports(h)
    his, lis = ports.his, ports.lis
  end)
  teardown(function() h:close() end)

  local p
  before_each(function() p = peer(his) end)
  after_each(function() p.close() end)

  it("takes a discharge with all that it says, and enrolls the patient", function()
    taken(p.send(discharge(1)))
    local known = patient(1)
    assert.same({ "王小1", "1951-02", "female" }, { known.name, known.birth_month, known.sex })
    local enrolled = wait.till("she is enrolled", function() return (of(1)) end)
    assert.equal("active", enrolled.status)
    local facts = h:get("/patients/" .. known.id .. "/facts?department=w")
    local text = require "dkjson".encode(facts)
    assert.truthy(text:find("81.54", 1, true) and text:find("全膝关节置换", 1, true) and text:find("M17.1", 1, true), text)
  end)

  it("tells of a stay whether it was planned: elective and routine are, accident and emergency are not, labour says nothing", function()
    local planned = {}
    for i, type in ipairs { "C", "R", "A", "E", "U", "L", "" } do
      local n = 600 + i
      taken(p.send(message("ADT^A01", { evn "A01", pid(n), (pv1(n):gsub("3W%^12%^1|", "3W^12^1|" .. type)) })))
      local stay = h:get(("/patients/%s/history?department=w"):format(patient(n).id)).stays[1]
      planned[i] = tostring(stay.planned)
    end
    assert.same({ "true", "true", "false", "false", "false", "nil", "nil" }, planned)
  end)

  it("answers the same again and applies it once; the same id with another body is refused and kept for a person", function()
    local first = discharge(2, { id = "TWICE" })
    taken(p.send(first), "TWICE")
    taken(p.send(first), "TWICE")
    patient(2)
    local answer = p.send(discharge(3, { id = "TWICE" }))
    assert.equal("AE", (msa(answer)))
    assert.truthy(answer:find("\rERR|||205^Duplicate key identifier^HL70357|E||||another message was taken with this control id", 1, true), answer)
    local kept = letters()
    assert.equal("HIS:TWICE", kept[#kept].source_id)
    taken(p.send(discharge(3, { id = "TWICE", app = "LIS" })), "TWICE")     -- another system numbers for itself
    patient(3)
  end)

  for name, change in pairs {
    ["with line feeds alone"] = function(text) return (text:gsub("\r", "\n")) end,
    ["with both line ends"] = function(text) return (text:gsub("\r", "\r\n")) end,
    ["without the last end"] = function(text) return (text:gsub("\r$", "")) end,
    ["with a byte order mark"] = function(text) return "\xEF\xBB\xBF" .. text end,
    ["with a line feed in a text"] = function(text) return (text:gsub("全膝", "全\n膝")) end,
    ["with delimiters of its own"] = function(text)
      return (text:gsub("|", "!"):gsub("%^", "*"))
    end,
    ["with a truncation character, as 2.7 has"] = function(text) return (text:gsub("~\\&|", "~\\&#|", 1)) end,
    ["with blank segments and junk behind"] = function(text) return text .. "\r\rZZZ|what|ever\r" end,
  } do
    it("reads messages " .. name, function()
      local n = 100 + #name
      taken((p.send(change(discharge(n))):gsub("!", "|")))
      assert.equal("王小" .. n, patient(n).name)
    end)
  end

  it("finds frames in reads that are split, joined and full of junk", function()
    local all = "noise\r\n" .. BEGIN .. discharge(20, { id = "P20" }) .. END .. "\n\n" .. BEGIN .. discharge(21, { id = "P21" }) .. END
      .. BEGIN .. "MSH|^~\\&|broken" .. BEGIN .. discharge(22, { id = "P22" }) .. END
    for at = 1, #all, 37 do
      p.raw(all:sub(at, at + 36))
      if at % 5 == 0 then wait.ms(1) end
    end
    for n = 20, 22 do taken(p.answer(), "P" .. n) end
    for n = 20, 22 do patient(n) end
  end)

  it("takes many at once and answers in their order", function()
    local out = {}
    for n = 200, 399 do out[#out + 1] = BEGIN .. discharge(n, { id = "Q" .. n }) .. END end
    p.raw(table.concat(out))
    for n = 200, 399 do taken(p.answer(), "Q" .. n) end
  end)

  it("takes a batch: each message has its answer", function()
    p.raw(BEGIN .. "FHS|^~\\&|HIS\rBHS|^~\\&|HIS\r" .. discharge(23, { id = "B1" }) .. discharge(24, { id = "B2" }) .. "BTS|2\rFTS|1\r" .. END)
    taken(p.answer(), "B1")
    taken(p.answer(), "B2")
    assert.truthy(patient(23) and patient(24))
  end)

  it("reads Chinese in UTF-8 and GB18030, found by MSH-18, by reading, or set; a trail byte is no delimiter", function()
    local function gb(text)
      local pipe = assert(io.popen("printf '%s' | base64 -d | iconv -f UTF-8 -t GB18030 | base64 -w0", "r"))
      pipe:close()
      local name = os.tmpname()
      local file = assert(io.open(name, "wb"))
      file:write(text)
      file:close()
      pipe = assert(io.popen("iconv -f UTF-8 -t GB18030 " .. name, "r"))
      local out = pipe:read "a"
      pipe:close()
      os.remove(name)
      return out
    end
    local rare = "珅^玘"                                      -- 0x7E and 0x5E in GB18030: ~ and ^
    taken(p.send(gb(discharge(30, { name = rare, charset = "GB 18030-2000" }))))
    assert.equal("珅玘", patient(30).name)
    taken(p.send(gb(discharge(31, { name = rare }))))
    assert.equal("珅玘", patient(31).name)
    taken(p.send(discharge(32, { name = rare, charset = "UNICODE UTF-8" })))
    assert.equal("珅玘", patient(32).name)
    local l = peer(lis)
    local answer = l.send(gb(message("ADT^A01", { evn "A01", "PID|1||||珅" })))
    assert.equal("AE", (msa(answer)))                         -- in the sender's own encoding: nothing but ASCII here
    taken(l.send(gb(discharge(33, { name = rare }))))
    assert.equal("珅玘", patient(33).name)
    l.close()
  end)

  it("reads escapes, repetitions, subcomponents and numbers of phones wherever they stand", function()
    taken(p.send(message("ADT^A08", { evn "A08", "PID|1||X9^^^GOV^NI~M40^^^HOSP^MR||O\\T\\Neil^Ann||19510203|2|||路\\F\\1号&x^^||a@b.cn^NET~"
      .. "^PRN^PH^^^0571^87001234~^^^^^^^^^^^13800000040" })))
    local known = patient(40)
    assert.equal("O&Neil Ann", known.name)
    local text = require "dkjson".encode(known)
    assert.truthy(text:find "13800000040" or text:find "0040", text)
  end)

  it("stops at a death in any message, and cancels, moves and merges", function()
    taken(p.send(discharge(50)))
    wait.till("she is followed", function() local e = of(50) return e and e.status == "active" end)
    taken(p.send(message("ADT^A31", { evn "A31", (pid(50):gsub("$", ("|"):rep(16) .. "20260302|Y")) })))
    wait.till("it has stopped", function() return (of(50)).status ~= "active" end)
    assert.equal("died", (of(50)).reason or (of(50)).end_reason or "died")

    taken(p.send(discharge(51)))
    wait.till("she is followed", function() local e = of(51) return e and e.status == "active" end)
    taken(p.send(message("ADT^A13", { evn "A13", pid(51), pv1(51) })))
    wait.till("the discharge was none", function() return (of(51)).status ~= "active" end)

    taken(p.send(discharge(52)))
    taken(p.send(discharge(53)))
    patient(53)
    taken(p.send(message("ADT^A40", { evn "A40", pid(52, { mrn = "33010619510203^^^GOV^NI~M52^^^HOSP^MR" }), "MRG|M53^^^HOSP^MR" })))
    wait.till("they are one", function() local one = h:get("/patients?mrn=M53").items[1] return not one or one.id == patient(52).id end)
  end)

  it("moves a stay that was written down for the wrong patient, and moves it back", function()
    taken(p.send(discharge(54)))
    wait.till("she is followed", function() local e = of(54) return e and e.status == "active" end)
    taken(p.send(message("ORU^R01", { pid(54), pv1(54), "OBR|1||S54|GLU|||20260301090000", "OBX|1|NM|2345-7||7.2|mmol/L|||||F" })))
    local function readings(n) return #h:get("/patients/" .. patient(n).id .. "/facts?department=w").observations end
    wait.till("it is hers", function() return readings(54) == 1 end)
    local function move(from, into)
      taken(p.send(message("ADT^A45", { evn "A45", pid(into), ("MRG|M%d^^^HOSP^MR||||V54"):format(from), (pv1(54)) })))
    end
    move(54, 55)
    wait.till("the other is followed", function() return h:patient(55) and (of(55) or {}).status == "active" end)
    assert.same({ "ended", "visit-moved" }, { of(54).status, of(54).ended_reason or of(54).reason })
    assert.same({ 0, 1 }, { readings(54), readings(55) })
    move(55, 54)
    wait.till("she is followed again", function() return of(54).status == "active" and of(55).status == "ended" end)
    assert.same({ 1, 0 }, { readings(54), readings(55) })
  end)

  it("takes results as observations, each its own; what is wrong, text or a picture of megabytes is passed over", function()
    taken(p.send(discharge(60)))
    patient(60)
    local ed = ("QUJD"):rep(5 * 1024 * 1024 // 4)
    taken(p.send(message("ORU^R01", { pid(60), pv1(60), "OBR|1|||24323-8|||20260302090000", "OBX|1|NM|temperature||38.9|Cel|||||F",
      "OBX|2|NM|temperature||36.5|Cel|||||W", "OBX|3|TX|note||看图|||||F", "OBX|4|ED|pdf||^application^pdf^Base64^" .. ed .. "||||||F" })))
    local text = wait.till("it is there", function()
      local facts = require "dkjson".encode(h:get("/patients/" .. patient(60).id .. "/facts?department=w"))
      return facts:find("38.9", 1, true) and facts
    end)
    assert.falsy(text:find("36.5", 1, true))
  end)

  it("follows what the laboratory says of a result: corrected, deleted, the wrong patient's; units and ranges are converted", function()
    taken(p.send(discharge(62)))
    local known = patient(62)
    local function oru(value, status, order, unit, range)
      taken(p.send(message("ORU^R01", { pid(62), pv1(62), ("OBR|1||%s|GLU|||20260302090000"):format(order),
        ("OBX|1|NM|2345-7^Glucose^LN||%s|%s|%s|H|||%s|||20260302091500"):format(value, unit or "mmol/L", range or "3.9--6.1", status) })))
    end
    local function counting(expected)
      local got
      wait.till("it counts " .. expected, function()
        got = {}
        for _, row in ipairs(h:get("/patients/" .. known.id .. "/facts?department=w").observations) do
          got[#got + 1] = ("%s %g"):format(row.code, row.value)
        end
        return table.concat(got, ", ") == expected
      end)
    end
    oru("7.2", "F", "L1")
    counting "glucose 7.2"
    oru("7.2", "F", "L1")                                     -- the whole report again, under another control id
    oru("17.2", "C", "L1")
    counting "glucose 17.2"
    oru("", "D", "L1")
    counting ""
    oru("126", "F", "L2", "mg/dL", "70-110")
    counting "glucose 6.9939"
    oru("126", "W", "L2", "mg/dL")
    counting ""
  end)

  it("takes results that are no numbers: a blood group, a culture, what is below the measuring range, lines of a report", function()
    taken(p.send(discharge(63)))
    local known = patient(63)
    local function oru(status)
      return message("ORU^R01", { pid(63), pv1(63), "OBR|1||T1|MIX|||20260302090000", "OBX|1|CWE|883-9||B^B型^L~RH+^RhD阳性^L||||||" .. status,
        "OBX|2|ST|culture||阳性：金黄色葡萄球菌~三天|||A|||" .. status, "OBX|3|NM|crp||<0.5|mg/L|||||" .. status,
        "OBX|4|SN|titer||^1^:^128||||||" .. status, "OBX|5|SN|psa||=^4.2|ug/L|||||" .. status, "OBX|6|ST|wbc||11.2|10*9/L|||||" .. status,
        "OBX|7|TX|ct||右肺结节\\T\\随访||||||" .. status, "OBX|8|TX|ct||直径6mm||||||" .. status, "OBX|9|SN|hcg||^2^-^5||||||" .. status,
        "OBX|10|FT|report||" .. ("长"):rep(1000) .. "||||||" .. status, "OBX|11|ST|empty||||||||" .. status })
    end
    local function counting()
      local got = {}
      for _, row in ipairs(h:get("/patients/" .. known.id .. "/facts?department=w").observations) do
        got[#got + 1] = row.code .. " " .. (row.text or ("%g"):format(row.value))
      end
      table.sort(got)
      return table.concat(got, ", ")
    end
    taken(p.send(oru "F"))
    local all = "883-9 B型 RhD阳性, crp <0.5, ct 右肺结节&随访, ct 直径6mm, culture 阳性：金黄色葡萄球菌 三天, hcg 2-5, psa 4.2, titer 1:128, wbc 11.2"
    wait.till("all but the long report are there", function() return counting() == all end)
    taken(p.send(oru "F"))
    wait.ms(50)
    assert.equal(all, counting())                             -- again, under another control id: nothing is doubled
    local said = {}
    for _, row in ipairs(h:get("/patients/" .. known.id .. "/timeline").items) do said[row.text] = true end
    assert.truthy(said["observation:culture 阳性：金黄色葡萄球菌 三天 A"] and said["observation:crp <0.5 mg/L"] and said["observation:wbc 11.2 10*9/L"])
    taken(p.send(oru "D"))
    wait.till("none counts any more", function() return counting() == "" end)
  end)

  it("takes appointments and drugs", function()
    taken(p.send(discharge(61)))
    patient(61)
    for event, status in pairs { S12 = "booked", S15 = "cancelled" } do
      taken(p.send(message("SIU^" .. event, { "SCH|A" .. 61 .. "|F61|||||||15|min|^^^20260309093000", pid(61), "AIL|1||w" })), nil, status)
    end
    taken(p.send(message("RDE^O11", { pid(61), pv1(61), "ORC|NW|1|||||||20260302100000", "RXE|1|B01AC06^阿司匹林|100||mg" })))
    local answer = p.send(message("SIU^S12", { "SCH||||||||||||", pid(61) }))
    assert.truthy(answer:find("MSA|AE", 1, true) and answer:find("101^Required field missing", 1, true), answer)
  end)

  it("answers by the rules: original, enhanced, unsupported, ignored, missing fields", function()
    local function codes(text) return text:match "\rMSA|(%u%u)", text:match "\rERR|||(%d+)" end
    local answer = p.send(message("ADT^A03", { evn "A03", "PID|1||||王" }))
    assert.same({ "AE", "101" }, { codes(answer) })
    assert.truthy(answer:find('field "patient.mrn"', 1, true) or answer:find("patient.mrn", 1, true), answer)
    assert.same({ "AR", "200" }, { codes(p.send(message("XYZ^Z01", {}))) })
    assert.same({ "AR", "201" }, { codes(p.send(message("ADT^A99", {}))) })
    assert.same({ "AE", "101" }, { codes(p.send((message("ADT^A03", {}):gsub("|C%d+|P", "||P")))) })
    for _, type in ipairs { "BAR^P01", "DFT^P03", "ORM^O01", "OML^O21", "MDM^T02", "ADT^A41" } do
      assert.same({ "AA" }, { codes(p.send(message(type, {}))) })
    end
    -- enhanced: kept (CA), then what became of it (AA), each only when it is wanted
    p.raw(BEGIN .. discharge(62, { accept = "AL", application = "AL" }) .. END)
    assert.equal("CA", (codes(p.answer())))
    assert.equal("AA", (codes(p.answer())))
    p.raw(BEGIN .. discharge(63, { accept = "AL", application = "NE" }) .. END)
    assert.equal("CA", (codes(p.answer())))
    p.raw(BEGIN .. discharge(64, { accept = "NE", application = "ER" }) .. END)
    taken(p.send(discharge(65)))
    assert.equal("", p.got)
    -- sender and receiver change places, version and delimiters are the sender's
    answer = p.send((discharge(66):gsub("MSH|%^~\\&|HIS|HOSP|AW|HOSP", "MSH|^~\\&|HIS|A|AW|B")))
    assert.truthy(answer:find("^MSH|^~\\&|AW|B|HIS|A|", 1, false) or answer:sub(1, 20) == "MSH|^~\\&|AW|B|HIS|A|", answer)
    assert.truthy(answer:find("|ACK^A03^ACK|", 1, true) and answer:find("|P|2.4\r", 1, true), answer)
  end)

  it("keeps what it can't take: a person looks, mends and replays it, or drops it with a reason", function()
    local bad = message("ADT^A03", { evn "A03", (pid(70):gsub("M70%^%^%^HOSP%^MR", "")), pv1(70) }, { id = "LOST" })
    assert.equal("AE", (msa(p.send(bad))))
    assert.equal("AE", (msa(p.send(bad))))
    local text = h:afterward("hl7", "dead-letters")
    assert.truthy(text:find "HIS:LOST" and text:find "patient.mrn", text)
    local id
    for _, letter in ipairs(letters()) do if letter.source_id == "HIS:LOST" then id = letter.id assert.equal(2, letter.times) end end
    text = h:afterward("hl7", "show", id)
    assert.truthy(text:find("reason: ", 1, true) and text:find("\nPID|1||", 1, true), text)
    local _, code, errors = h:afterward("hl7", "replay", id)
    assert.equal(2, code)
    assert.truthy(errors:find "patient.mrn", errors)
    local file = os.tmpname()
    local out = assert(io.open(file, "w"))
    out:write((bad:gsub("PID|1||", "PID|1||M70^^^HOSP^MR"):gsub("\r", "\n")))
    out:close()
    _, code, errors = h:afterward("hl7", "replay", id, "--with", file)
    os.remove(file)
    assert.equal(0, code, errors)
    patient(70)
    assert.equal("chen", (function() for _, l in ipairs(letters "replayed") do if l.id == id then return l.ended_by end end end)())
    local other = letters()[1].id
    assert.equal(2, select(2, h:afterward("hl7", "drop", other)))
    assert.equal(0, select(2, h:afterward("hl7", "drop", other, "--note", "a test of theirs")))
    for _, letter in ipairs(letters()) do assert.not_equal(other, letter.id) end
    assert.equal(403, (h:call("GET", "/dead-letters", nil, { token = "ward" })))
  end)

  it("explains what would become of a file, and sends one by hand", function()
    local file = os.tmpname()
    local out = assert(io.open(file, "w"))
    out:write((discharge(71):gsub("\r", "\n")), (message("ADT^A99", {}):gsub("\r", "\n")))
    out:close()
    local text, code = h:afterward("hl7", "explain", file, "--connector", "his")
    assert.equal(0, code, text)
    assert.truthy(text:find("message: ADT^A03\n  answer: AA\n  event: {", 1, true) and text:find('"leaving":"order"', 1, true), text)
    assert.truthy(text:find("message: ADT^A99\n  answer: AR\n  reason: the map has no messages of this type and event", 1, true), text)
    assert.is_nil(h:patient(71))
    text, code = h:afterward("hl7", "send", file, "--to", "127.0.0.1:" .. his)
    assert.equal(1, code)                                     -- the second is refused
    assert.truthy(text:find("MSA|AA|", 1, true) and text:find("MSA|AR|", 1, true), text)
    patient(71)
    os.remove(file)
    local _, exit, errors = h:afterward("hl7", "send", "/dev/null", "--to", "127.0.0.1:1")
    assert.equal(1, exit, errors)
    assert.equal(2, select(2, h:afterward("hl7", "explain", "x")))
  end)

  it("cuts who sends without end, too slowly or too much", function()
    p.raw(BEGIN .. "MSH|^~\\&|HIS")
    wait.till("it is cut for its slowness", function() return p.gone end)
    local big = peer(his)
    big.raw(BEGIN .. ("x"):rep(7 * 1024 * 1024))
    wait.till("it is cut for its length", function() return big.gone end)
    big.close()
    local figures = h:call("GET", "/metrics", nil, { token = false })
    assert.equal(200, figures)
  end)

  it("has its figures", function()
    local _, text = h:call("GET", "/metrics", nil, { token = false })
    assert.truthy(text:find('afterward_hl7_taken_total{connector="his"} %d+') and text:find "# TYPE afterward_hl7_refused_total counter", text)
    assert.equal(1, select(2, text:gsub("# TYPE afterward_hl7_taken_total", "")))
  end)
end)

describe("a map", function()
  it("that can't be meant is refused at the start, with its place", function()
    for map, said in pairs {
      ['return { messages = { ["ADT^A03"] = { kind = "=discharge", visit = "PV1.19" } } }'] = 'messages.ADT^A03.visit: "PV1.19" is no path',
      ['return { messages = { A = { visit = "PV1-19|moon" } } }'] = '"PV1-19|moon" names neither time',
      ['return { mesages = {} }'] = '"mesages" is none of base, messages, tables',
      ['return { base = {} }'] = '"messages" is missing',
      ['return { messages = { A = { when = "PID-30" } } }'] = '"PID-30" is no condition',
      ["return {"] = "map.lua:1:",
    } do
      local name = os.tmpname() .. "-map.lua"
      local file = assert(io.open(name, "w"))
      file:write(map)
      file:close()
      local h = Hospital.open { plugins = PLUGINS, channels = "log = {}" }
      h:configure("log = {}", ('connectors = { his = { plugin = "hl7", listen = "127.0.0.1:0", map = %q } },'):format(name))
      local process = h:launch()
      wait.till("it has ended", function() return process.ended end)
      assert.truthy(process.errors:find(said, 1, true), process.errors)
      h:close()
      os.remove(name)
    end
  end)
end)
