local event = require "afterward.unit.care".event

local function discharge(more)
  return ('{"id":"1","kind":"discharge","at":"2026-03-02 11:00","patient":{"mrn":"Z1"%s}'):format(more or "") .. "%s}"
end
local function plain(more) return discharge():format(more or "") end
local function patient(more) return discharge("," .. more):format "" end
local function measured(more)
  return '{"id":"1","kind":"observation","at":"2026-03-02","patient":{"mrn":"1"},"observation":{"code":"temperature",' .. more .. "}}"
end

describe("An event from outside", function()
  local function why(json) return select(2, event.check(json)) end

  it("comes out canonical: times in ms, numbers normal, spaces gone", function()
    assert.equal('{"at":1772434800000,"id":"1","kind":"patient","patient":{"birth":"1958-03-02","mrn":"Z1","phone":"13812345670"}}',
      event.check('{"kind":"patient","id":" 1","at":"2026-03-02T15:00:00+08:00","visit":"","ward":null,'
        .. '"patient":{"mrn":"Z1　","birth":"19580302","phone":"+86 138-1234-5670"}}'))
  end)

  it("takes a code or a name alone", function()
    assert.matches('"procedures":%[{"code":"81.51"},{"name":"全髋关节置换术"}%]',
      (event.check(plain ',"procedures":["81.51","全髋关节置换术"]')))
  end)

  local NO_MAIL = 'field "patient.email": is not an e-mail address; send one such as name@example.org, "" to take it away, or leave it out'
  for json, sentence in pairs {
    ["[]"] = "an event must be an object; see the manual, page events",
    [plain ',"wrad":"3"'] = 'field "wrad": an event has no such field; did you mean "ward"?',
    [patient '"brith":"1958-03-02"'] = 'field "patient.brith": a patient has no such field; did you mean "birth"?',
    [patient '"birth":"1958-02-30"'] = 'field "patient.birth": is not a date of a life; write YYYY-MM-DD',
    [patient '"birth":19580302'] = 'field "patient.birth": is not a date of a life; write YYYY-MM-DD',
    [patient '"phone":"无"'] = 'field "patient.phone": is not a phone number; send its digits as text, or leave it out',
    [patient '"phone":13812345670'] = 'field "patient.phone": is not a phone number; send its digits as text, or leave it out',
    [patient '"email":"王@example.org"'] = NO_MAIL, [patient '"email":"wang@localhost"'] = NO_MAIL, [patient '"email":"wang@@example.org"'] = NO_MAIL,
    [patient '"email":"a@example.org,b@example.org"'] = NO_MAIL, [patient '"email":"<a@example.org>"'] = NO_MAIL,
    [patient '"email":"a..b@example.org"'] = NO_MAIL, [patient '"email":"a@-example.org"'] = NO_MAIL, [patient '"email":"a@example.org."'] = NO_MAIL,
    [patient '"email":["a@example.org"]'] = NO_MAIL, [patient('"email":"' .. ("a"):rep(65) .. '@example.org"')] = NO_MAIL,
    [patient '"contacts":[{"name":"a","email":"no"}]'] = (NO_MAIL:gsub("patient.email", "patient.contacts[1].email")),
    [patient '"sex":"femal"'] = 'field "patient.sex": must be one of female, male, other; did you mean "female"?',
    [patient '"name":"a\\u0007b"'] = 'field "patient.name": holds control characters; send one line of plain text',
    [patient '"contacts":[{"name":"a"},{"relation":"son"}]'] =
      'field "patient.contacts[2].relation": must be one of spouse, child, parent, sibling, other',
    [patient '"contacts":{"name":"a"}'] = 'field "patient.contacts": must be a list of at most 8',
    [plain ',"stays":-1'] = 'field "stays": must be a whole number from 0 to 999',
    [plain ',"procedures":[{}]'] = 'field "procedures[1]": has neither code nor name; give one of them',
    [plain ',"data":{"a":{"b":1}}'] =
      'field "data": may hold short texts, numbers, true and false under names of up to 40 bytes, nothing else',
    ['{"id":"1","kind":"dischrage","at":"2026-03-02"}'] =
      'field "kind": must be one of admission, appointment, birth-loss, contact, '
        .. 'cancel-admission, cancel-discharge, death, delivery, diagnosis, discharge, drug, feedback, merge, move-visit, '
        .. 'observation, patient, procedure, '
        .. 'transfer, unmerge; did you mean "discharge"?',
    ['{"kind":"discharge","at":"2026-03-02","patient":{"mrn":"1"}}'] =
      'field "id": is missing; give one, such as HIS-20260302-17',
    ['{"id":"1","kind":"discharge","at":"2026-03-02"}'] = 'field "patient": is missing; an event of kind discharge needs it',
    ['{"id":"1","kind":"procedure","at":"2026-03-02","patient":{"mrn":"1"},"procedures":[]}'] =
      'field "procedures": is missing; an event of kind procedure needs it',
    ['{"id":"1","kind":"discharge","at":"2026-03-02","patient":{}}'] =
      'field "patient.mrn": is missing; give one, such as Z0012345',
    ['{"id":"1","kind":"patient","at":"02.03.2026","patient":{"mrn":"1"}}'] =
      'field "at": must be a time such as 2026-03-02T15:00:00+08:00',
    ['{"id":"1","kind":"patient","at":"0026-03-02","patient":{"mrn":"1"}}'] = 'field "at": lies before 1890; check the year',
    ['{"id":"1","kind":"appointment","at":"2026-03-02","patient":{"mrn":"1"},"appointment":{"id":"A","status":"delayed"}}'] =
      'field "appointment.minutes": is missing; say how many minutes later it will be',
    ['{"id":"1","kind":"appointment","at":"2026-03-02","patient":{"mrn":"1"},"appointment":{"id":"A","status":"cancelled",'
      .. '"alternatives":[{"id":"B"}]}}'] =
      'field "appointment.alternatives[1].at": is missing; give one, such as 2026-03-09T08:30:00+08:00',
    ['{"id":"1","kind":"delivery","at":"2026-03-02","patient":{"mrn":"1"},"delivery":{"id":"D","status":"redy"}}'] =
      'field "delivery.status": must be one of ready, sent, late, collected, returned; did you mean "ready"?',
    ['{"id":"1","kind":"merge","at":"2026-03-02","merge":{"from_mrn":"1","into_mrn":"1"}}'] =
      'field "merge.into_mrn": is the same as merge.from_mrn; name two patients',
    [measured '"value":"38"'] = 'field "observation.value": must be a number, not a text',
    [measured '"unit":"Cel"'] = 'field "observation.value": is missing; give a number, or what is no number as "text"',
    [measured '"value":38,"unit":"kg"'] =
      'field "observation.unit": temperature is kept in Cel, not in "kg"; send Cel, or [degF], K',
    [measured '"value":38,"unit":"[degF]"'] =
      'field "observation.value": a temperature of 3.33333 Cel is outside 25 to 45; check value and unit: is it in Cel?',
    [measured '"value":100.4'] =
      'field "observation.value": a temperature of 100.4 Cel is outside 25 to 45; check value and unit: is it in [degF]?',
    [measured '"value":500'] = 'field "observation.value": a temperature of 500 Cel is outside 25 to 45; check value and unit',
    [measured '"value":38,"low":37,"high":36'] = 'field "observation.high": lies below "low"; check the reference range',
    [measured '"value":38,"belongs":"Z2"'] =
      'field "observation.belongs": is for status "wrong-patient" alone: the number of the patient whose reading it is',
    [measured '"value":38,"status":"amended"'] =
      'field "observation.status": must be one of final, preliminary, corrected, deleted, wrong-patient',
  } do
    it("is refused: " .. sentence, function() assert.equal(sentence, why(json)) end)
  end

  it("never repeats a name, a number or a birth date in a refusal", function()
    for _, json in ipairs { patient '"phone":"王1380013x"', patient '"birth":"1958-99-99"', patient('"name":"' .. ("王"):rep(60) .. '"') } do
      assert.not_matches("王", why(json))
      assert.not_matches("1958", why(json))
      assert.not_matches("138", why(json))
    end
  end)
end)

describe("A phone number", function()
  for written, is in pairs {
    ["138 1234 5670"] = { "13812345670" }, ["+86-13812345670"] = { "13812345670" }, ["008613812345670"] = { "13812345670" },
    ["８６１３８１２３４５６７０"] = { "13812345670" }, ["１３８－１２３４－５６７０"] = { "13812345670" },
    ["013812345670"] = { "13812345670" },
    ["010-8888 6661"] = { "01088886661", "landline" }, ["（0532）82911847"] = { "053282911847", "landline" },
    ["88886661"] = { "88886661", "landline" }, ["13800000000"] = { "13800000000", "placeholder" }, ["11111111111"] = { "11111111111", "placeholder" },
    ["12345678901"] = { "12345678901", "void" }, ["1381234567"] = { "1381234567", "void" }, ["138123456701"] = { "138123456701", "void" },
    ["+1 415 555 2671"] = { "+14155552671" },
    ["无"] = {}, ["138x"] = {}, ["+"] = {}, ["1+3"] = {}, [""] = {}, [("1"):rep(40)] = {},
  } do
    it(("%q is %s %s"):format(written, is[1] or "none", is[2] or ""), function() assert.same(is, { event.phone(written) }) end)
  end
end)

describe("A hospital's events", function()
  local h
  before_each(function() h = event.hospital "2026-03-02 15:00" end)
  local n = 0
  local function post(kind, more, source)
    n = n + 1
    return h:post("event", ('{"id":"%d","kind":"%s","at":"2026-03-02 11:00"%s}'):format(n, kind, more), source)
  end
  local wang = ',"patient":{"mrn":"Z1","name":"王秀兰","birth":"1950-05-01","phone":"13912340001",'
    .. '"contacts":[{"name":"李强","phone":"13912340002","relation":"child"}]}'
  local mrn = ',"patient":{"mrn":"Z1"}'
  local kinds = "select group_concat(kind,' ') from (select kind from event order by id)"

  it("make a patient, a stay and its codes of one discharge", function()
    assert.matches('"status":200', post("discharge", wang
      .. ',"visit":"V1","department":"ortho","leaving":"order","procedures":["81.51"],"admitted":"2026-02-20 08:00"'))
    assert.equal("1950-05-01|0", h:ask "select birth, inpatient from patient")
    assert.equal("V1|ortho|out|order", h:ask "select visit, department, status, leaving from encounter")
    assert.equal("procedure|81.51", h:ask "select kind, code from clinical")
    assert.equal("self|13912340001 child|13912340002", h:ask([[select relation, value from contact
      join identity on identity.person=contact.person and kind='phone' order by contact.position]]))
    assert.equal("ortho", h:ask "select department from access")
    assert.equal("discharge", h:ask(kinds))
    assert.equal("", h:ask "select body from event where instr(body, '王') or instr(body, '139')")
  end)

  it("pause at admission and resume at discharge; an admission that comes late changes neither", function()
    post("admission", mrn .. ',"visit":"V1"')
    assert.equal("1", h:ask "select inpatient from patient")
    post("discharge", mrn .. ',"visit":"V1"')
    assert.equal("0", h:ask "select inpatient from patient")
    post("admission", mrn .. ',"visit":"V1"')
    assert.equal("0", h:ask "select inpatient from patient")
    assert.equal("admission discharge", h:ask(kinds))
  end)

  it("tell a discharge once, and look again when its codes come", function()
    post("discharge", wang .. ',"visit":"V1","procedures":[{"name":"全髋关节置换术"}]')
    post("discharge", wang .. ',"visit":"V1","procedures":[{"name":"全髋关节置换术"}]')
    assert.equal("discharge", h:ask(kinds))
    post("discharge", wang .. ',"visit":"V1","procedures":[{"name":"全髋关节置换术","code":"81.51"}]')
    assert.equal("discharge procedure", h:ask(kinds))
    assert.equal("81.51|全髋关节置换术", h:ask "select code, name from clinical")
  end)

  it("link late codes of another system to the stay", function()
    post("discharge", mrn .. ',"visit":"V1"')
    post("procedure", mrn .. ',"visit":"V1","procedures":["81.5100x001"]', "coding")
    assert.equal("1|81.5100x001", h:ask "select encounter, code from clinical")
  end)

  it("are refused when another name or birth date stands under the number", function()
    post("patient", wang)
    assert.matches("patient.name.*differs", post("discharge", ',"patient":{"mrn":"Z1","name":"张三"}'))
    assert.matches("patient.birth.*differs", post("discharge", ',"patient":{"mrn":"Z1","birth":"1950-05-02"}'))
    assert.matches("both differ", post("patient", ',"patient":{"mrn":"Z1","name":"张三","birth":"1960-05-02"}'))
    assert.equal("王秀兰", h:ask "select value from identity where kind='name' and person=1")
    assert.equal("0", h:ask "select count(*) from encounter")
    assert.matches('"status":200', post("patient", ',"patient":{"mrn":"Z1","name":"王秀蘭"}'))
    assert.equal("王秀蘭", h:ask "select value from identity where kind='name' and person=1")
    assert.matches('"status":200', post("discharge", ',"patient":{"mrn":"Z1","name":"王 秀蘭"}'))
  end)

  it("that were refused may come again mended under their own id; what was taken keeps its id", function()
    local function send(visit)
      return h:post("event", ('{"id":"X","kind":"cancel-discharge","at":"2026-03-02 12:00"%s,"visit":"%s"}'):format(mrn, visit), "his", "X")
    end
    post("discharge", mrn .. ',"visit":"V1"')
    local refusal = send "V2"
    assert.matches('"status":409', refusal)
    assert.equal(refusal, send "V2")                          -- a repeat is answered the same
    assert.matches('"status":200', send "V1")
    assert.matches('"status":200', send "V1")
    assert.equal("in", h:ask "select status from encounter")
    assert.equal('{"status":409}', send "V2")
    assert.equal("1|1", h:ask "select count(*), sum(instr(result, 'no such discharge') > 0) from refusal")
    assert.equal("0", h:ask "select count(*) from inbox where state=2")
  end)

  it("leave no body behind once applied; a refused one keeps its own until it is mended", function()
    post("discharge", mrn .. ',"visit":"V1"')
    h:post("event", '{"id":"f","kind":"death","at":"2027-03-02"' .. mrn .. "}", "his", "F")
    assert.equal("1|0|1", h:ask("select sum(state=1 and body is null), (select count(*) from arrival),"
      .. " sum(state=2 and instr(body, '2027-03-02')>0) from inbox"))
    h:post("event", '{"id":"f","kind":"death","at":"2026-03-02"' .. mrn .. "}", "his", "F")
    assert.equal("2|1", h:ask "select (select sum(state=1 and body is null) from inbox), sum(instr(body, '2027-03-02')>0) from refusal")
  end)

  it("are refused when they lie in the future", function()
    assert.matches("lies in the future", h:post("event", '{"id":"f","kind":"death","at":"2027-03-02"' .. mrn .. "}"))
    assert.equal("0|2", h:ask "select (select count(*) from patient), state from inbox")
  end)

  it("are refused when the stay is another patient's", function()
    post("discharge", mrn .. ',"visit":"V1"')
    assert.matches("another patient", post("discharge", ',"patient":{"mrn":"Z2"},"visit":"V1"'))
  end)

  it("end everything at a death, once", function()
    post("discharge", wang .. ',"visit":"V1","leaving":"death"')
    assert.equal("1", h:ask "select died_at=1772420400000 from patient")
    post("death", mrn)
    assert.equal("death", h:ask(kinds))
  end)

  it("stop mother and child together at a loss", function()
    post("patient", ',"patient":{"mrn":"C1"}')
    post("birth-loss", mrn .. ',"child":{"mrn":"C1"}')
    assert.equal("C1|1 Z1|0", h:ask([[select value, died_at is not null from patient
      join identity on person=patient.id and kind='mrn' order by value]]))
    assert.equal("death birth-loss", h:ask(kinds))
  end)

  it("flag placeholders, and a number on more than three patients", function()
    local function with(i, phone) return post("patient", (',"patient":{"mrn":"P%d","phone":"%s"}'):format(i, phone)) end
    assert.matches('"flag":"placeholder"', with(9, "13800000000"))
    for i = 1, 3 do assert.not_matches("flag", with(i, "13912340001")) end
    assert.matches('"flag":"shared"', with(4, "13912340001"))
    assert.equal("4", h:ask "select count(*) from identity where flag='shared'")
  end)

  it("let one son serve two patients as one person", function()
    post("patient", wang)
    post("patient", ',"patient":{"mrn":"Z2","contacts":[{"name":"李强","phone":"13912340002","relation":"child"}]}')
    assert.equal("1", h:ask "select count(distinct person) from contact where relation='child'")
    h:post("opt-out", '{"mrn":"Z2","phone":"139 1234 0002","by":"reply"}')
    assert.equal("Z1| Z2|reply", h:ask([[select value, opted_out_by from contact
      join identity on identity.person=patient and kind='mrn' where relation='child' order by value]]))
    h:post("opt-out", '{"phone":"13912340002"}')
    assert.equal("2", h:ask "select count(*) from contact where opted_out_at is not null")
    h:post("opt-in", '{"mrn":"Z1"}')
    assert.equal("1", h:ask "select count(*) from contact where opted_out_at is not null")
  end)

  it("replace numbers by a contact change, and forget what was found out of the old ones", function()
    post("patient", wang)
    post("contact", ',"patient":{"mrn":"Z1","phone":"13912340009","contacts":[{"name":"李强","phone":"13912340008"}]}')
    assert.equal("13912340009 13912340008", h:ask "select value from identity where kind='phone' order by person")
    assert.equal("self child", h:ask "select relation from contact order by position")
  end)

  it("bring an e-mail address, the patient's and a contact's; a new one takes its place, an empty one takes it away, silence not", function()
    local mails = "select group_concat(value || coalesce(flag,''), ' ') from (select * from identity where kind='email' order by person)"
    local function her(more) return (',"patient":{"mrn":"Z1"%s}'):format(more) end
    post("patient", her ',"email":" Wang.X+a@mail.example.org ","contacts":[{"name":"李强","email":"li@example.org"},{"email":"son@example.org"}]')
    assert.equal("Wang.X+a@mail.example.org li@example.org son@example.org", h:ask(mails))
    h:ask "update identity set flag='void' where kind='email' and value like 'W%'"
    post("discharge", her ',"contacts":[{"name":"李强"},{"email":"son@example.org"}]')
    post("patient", her ',"email":"Wang.X+a@mail.example.org"')
    assert.equal("Wang.X+a@mail.example.orgvoid li@example.org son@example.org", h:ask(mails))
    post("contact", her ',"email":"wang@example.org","contacts":[{"name":"李强","email":"li@example.com"}]')
    assert.equal("wang@example.org li@example.com", h:ask(mails:gsub("order by", "and person in (select person from contact) order by")))
    assert.equal("", h:ask "select body from event where instr(body, '@')")
    local named = "in (select person from contact)"
    local known = mails:gsub("order by", "and person " .. named .. " order by")
    post("patient", her ',"email":"","contacts":[{"name":"李强","email":""}]') -- as systems fill in what they don't know
    assert.equal("wang@example.org li@example.com", h:ask(known))
    post("contact", her ',"email":" ","contacts":[{"name":"李强","email":""},{"name":"王芳","email":""}]')
    assert.equal("", h:ask(known))
    assert.equal("李强 王芳", h:ask("select value from identity where kind='name' and person<>1 and person " .. named .. " order by value"))
  end)

  it("make one patient of two", function()
    post("discharge", wang .. ',"visit":"V1"')
    post("discharge", ',"patient":{"mrn":"Z2","phone":"13912340005"},"visit":"V2"')
    h:post("opt-out", '{"mrn":"Z2"}')
    post("merge", ',"merge":{"from_mrn":"Z2","into_mrn":"Z1"}')
    assert.equal("1 1", h:ask "select patient from encounter")
    assert.equal("Z1 Z2", h:ask "select value from identity where kind='mrn' and person=1 order by value")
    assert.equal("1|1", h:ask([[select merged_into, (select opted_out_at is not null from contact
      where relation='self') from patient where merged_into is not null]]))
    assert.matches('"status":200', post("discharge", ',"patient":{"mrn":"Z2"},"visit":"V3"'))
    assert.equal("1", h:ask "select patient from encounter where visit='V3'")
  end)

  it("take back a discharge and an admission", function()
    post("discharge", mrn .. ',"visit":"V1"')
    post("cancel-discharge", mrn .. ',"visit":"V1"')
    assert.equal("in|1", h:ask "select status, inpatient from encounter join patient on patient.id=patient")
    post("cancel-admission", mrn .. ',"visit":"V1"')
    assert.equal("cancelled|0", h:ask "select status, inpatient from encounter join patient on patient.id=patient")
    assert.matches("no such admission", post("cancel-admission", mrn .. ',"visit":"V1"'))
  end)

  it("keep bookings by their source's number", function()
    local function book(status, at)
      post("appointment", mrn .. (',"appointment":{"id":"A1","status":"%s","at":"%s"}'):format(status, at))
    end
    book("booked", "2026-03-09 08:30")
    book("booked", "2026-03-09 08:30")
    book("changed", "2026-03-10 08:30")
    book("changed", "2026-03-10 08:30")
    book("no-show", "2026-03-10 08:30")
    assert.equal("appointment appointment no-show", h:ask(kinds))
    assert.equal("no-show", h:ask "select status from appointment")
  end)

  it("tell of a delay each time, and leave what was seen seen", function()
    local function late(id, more) return post("appointment", mrn .. (',"appointment":{"id":"%s"%s}'):format(id, more)) end
    late("A1", ',"status":"booked","at":"2026-03-09 08:30"')
    late("A1", ',"status":"delayed","minutes":20')
    late("A1", ',"status":"delayed","minutes":20')
    assert.equal("appointment appointment-delayed appointment-delayed", h:ask(kinds))
    assert.equal("booked", h:ask "select status from appointment")
    late("A1", ',"status":"done"')
    late("A1", ',"status":"delayed","minutes":30')
    assert.equal("done", h:ask "select status from appointment")
  end)

  it("tell of deliveries", function()
    post("delivery", mrn .. ',"delivery":{"id":"D1","status":"ready","place":"门诊药房"}')
    assert.equal("delivery", h:ask(kinds))
  end)

  it("keep measurements in their one unit", function()
    post("observation", mrn .. ',"observation":{"code":"temperature","value":38.5,"unit":"℃"}')
    assert.equal("temperature|38.5|Cel", h:ask "select code, value, unit from observation")
    assert.equal("observation:temperature", h:ask(kinds))
  end)

  for _, case in ipairs {
    { "glucose", 126, "mg/dL", 6.9939 }, { "2345-7", 126, nil, 6.9939, "glucose" }, { "14749-6", 7, nil, 7, "glucose" },
    { "temperature", 100.4, "[degF]", 38 }, { "weight", 165, "[lb_av]", 74.8427 }, { "weight", 150, "斤", 75 },
    { "systolic", 16, "kPa", 120.0099 }, { "height", 1.7, "m", 170 }, { "creatinine", 1, "mg/dL", 88.4017 },
    { "hemoglobin", 13.5, "g/dL", 135 }, { "hba1c", 53, "mmol/mol", 7.0004 }, { "spo2", 0.97, "1", 97 },
    { "potassium", 4.1, "mEq/L", 4.1 },
  } do
    local code, value, unit, kept, known = table.unpack(case, 1, 5)
    it(("keep %g %s of %s as %g, with what was sent"):format(value, unit or "(no unit)", code, kept), function()
      post("observation", ('%s,"observation":{"code":"%s","value":%g%s}'):format(mrn, code, value,
        unit and (',"unit":"%s"'):format(unit) or ""))
      assert.equal(("%s|%s"):format(known or code, kept + 0.0), h:ask "select code, value from observation")
      local sent = h:ask "select given from observation"
      if kept == value then assert.equal("", sent) else assert.equal(value, tonumber(sent:match "^[%d.]+")) end
    end)
  end

  it("convert the reference range with the value", function()
    post("observation", mrn .. ',"observation":{"code":"glucose","value":126,"unit":"mg/dL","low":70,"high":110,"flag":"H"}')
    assert.equal("3.9|6.1|H", h:ask "select round(low,1), round(high,1), flag from observation")
  end)

  describe("a reading", function()
    local counting = "select value from observation where gone is null order by id"
    local function read(value, more)
      post("observation", ('%s,"observation":{"code":"glucose","value":%g,"reading":"R1"%s}'):format(mrn, value, more or ""))
    end
    local function back(why, more)
      post("observation", ('%s,"observation":{"code":"glucose","reading":"R1","status":"%s"%s}'):format(mrn, why, more or ""))
    end
    it("that is sent again is one reading and one event", function()
      read(7) read(7) read(7, ',"status":"final"')
      assert.equal("7.0", h:ask(counting))
      assert.equal("observation:glucose", h:ask(kinds))
    end)
    it("without an id of its own is known by its time", function()
      for _ = 1, 2 do post("observation", mrn .. ',"observation":{"code":"glucose","value":7,"at":"2026-03-02T08:00:00+08:00"}') end
      post("observation", mrn .. ',"observation":{"code":"glucose","value":8,"at":"2026-03-02T08:00:00+08:00"}')
      assert.equal("7.0 8.0", h:ask(counting))
    end)
    it("is replaced by its correction, and what it was stays on record", function()
      read(7) read(17, ',"status":"corrected"')
      assert.equal("17.0", h:ask(counting))
      assert.equal("7.0|corrected 17.0|", h:ask "select value, gone from observation order by id")
      assert.equal("1", h:ask "select root from observation where gone is null")
    end)
    it("that was preliminary is replaced by the final one", function()
      read(7, ',"status":"preliminary"') read(7.4)
      assert.equal("7.4", h:ask(counting))
    end)
    it("that is deleted counts no more, also when it is sent again, until it is corrected", function()
      read(7) back "deleted" read(7)
      assert.equal("", h:ask(counting))
      assert.equal("observation:glucose observation-withdrawn", h:ask(kinds))
      read(6, ',"status":"corrected"')
      assert.equal("6.0", h:ask(counting))
    end)
    it("that is deleted before it came does not count when it comes", function()
      back "deleted" read(7)
      assert.equal("", h:ask(counting))
    end)
    it("of the wrong patient moves to whom it belongs", function()
      post("patient", ',"patient":{"mrn":"Z2"}')
      read(7) back("wrong-patient", ',"belongs":"Z2"')
      assert.equal("7.0|wrong-patient|2 7.0||1", h:ask "select value, gone, patient from observation order by id")
    end)
  end)
end)

describe("Events that press on", function()
  for what, json in pairs {
    ["and can be applied"] = '{"kind":"patient","at":1772434800000,"patient":{"mrn":"Z1"}}', ["and can't be applied"] = "{}",
  } do
    it(what .. " don't keep what is due from its turn", function()
      local turn = event.hospital("2026-03-02 15:00"):press(json)
      assert.is_true(turn ~= nil and turn <= 10, tostring(turn))
    end)
  end
end)
