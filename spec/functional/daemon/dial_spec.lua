-- A nurse rings from her list: the PBX rings her desk and the patient, what came of it stands in the task; a voice robot's answers
-- are judged as everybody's are.
local Hospital = require "functional.support.hospital"
local Peer = require "functional.support.peer"
local wait = require "functional.support.wait"
local channel = require "afterward.channel"
local json = require "dkjson"

local SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
local MINUTE = 60000
local STEP = [[aw.step { id = "s", at = "1s", run = function(p) p:task { id = "ring", role = "nurse", form = "check", due = "8h" } end },]]

describe("a call", function()
  local h, peer, signer
  local asked, manner = {}, nil
  setup(function()
    signer = assert(channel.open("plugins/pbx", { url = "http://x.example.org", secret = SECRET }))
    peer = Peer.open(function(request)
      local fields = json.decode(request.body)
      asked[#asked + 1] = { fields = fields, body = request.body, path = request.path }
      if manner then return manner(fields) end
      return 202, json.encode { id = "pbx-" .. fields.id }
    end)
    local pbx = 'plugin = "pbx", secret = "' .. SECRET .. '", url = "' .. peer.url
    local quiet = Hospital.ward("v", STEP):gsub('calendar = "cn"', '%0, quiet_hours = "10:00-20:00"')
    h = Hospital.open { speed = 60, scripts = { ["w/w.lua"] = Hospital.ward("w", STEP), ["v/v.lua"] = quiet } }
    h:configure("sms = " .. h.gateway:channel() .. ', pbx = { ' .. pbx .. '/dial", callers = "127.0.0.1" }, mute = { ' .. pbx
      .. '/mute", unknown_after = "3m" }, robot = { ' .. pbx
      .. '/robot", robot = true, flows = { check = "4711" } }, away = { ' .. pbx .. '/away", callers = "10.9.8.7" }')
    h:start()
    assert.equal(0, select(2, h:afterward("staff", "set", "chen", "--extension", "8001")))
  end)
  teardown(function()
    h:close()
    peer:close()
    signer:close()
  end)

  local next_patient = 0
  before_each(function() manner = nil end)
  local function task_of(more, department)
    next_patient = next_patient + 1
    local n = next_patient
    local event = h:discharge(n)
    event.department = department or event.department
    for key, value in pairs(more or {}) do event.patient[key] = value end
    assert(h:event(event) == 202)
    local patient = wait.till("the patient is known", function() return h:patient(n) end).id
    local task = wait.till("there is a call to make", function() return h:get("/tasks?patient=" .. patient).items[1] end, 30)
    return task.id, patient, Hospital.phone(n)
  end
  local function task(id) return h:get("/tasks/" .. id) end
  local function dial(id, more, o) return h:call("POST", "/tasks/" .. id .. "/dial", more or "{}", o) end
  local function rung(id, count)
    return wait.till("the PBX has it", function()
      local dials = task(id).dials
      local last = dials[count or 1]
      return last and last.status ~= "in_flight" and asked[#asked].fields
    end)
  end
  local function tell(name, item, o)
    local body, at = json.encode(item), ("%d"):format(h:now() // 1000 - (o and o.old or 0))
    return h:call("POST", "/channels/" .. name .. "/receipt", body, { token = false, ["webhook-id"] = "w", ["webhook-timestamp"] = at,
      ["webhook-signature"] = o and o.sign or signer:call("sign", "w", at, body) })
  end
  local function proposed(id)
    local now = task(id).proposed
    return type(now) == "table" and now.code or nil
  end

  it("is dialled by the one who has the task: her desk, then the patient; the PBX learns numbers and nothing else", function()
    local id, _, phone = task_of()
    local text, code = h:afterward("task", "dial", id)
    assert.equal(0, code, text)
    local fields = rung(id)
    assert.same({ id = fields.id, from = "8001", to = phone, ring_seconds = 30 }, fields)
    local now = task(id)
    assert.same({ "chen", "accepted", "chen" }, { now.claimed_by, now.dials[1].status, now.dials[1].by })
    assert.same({ 409, true }, { (dial(id)), select(2, dial(id)).detail:find "it is being rung since" ~= nil })
  end)

  for said, code in pairs { busy = "busy", ["no-answer"] = "no-answer", rejected = "no-answer", off = "off", void = "void" } do
    it("that ends " .. said .. " is an attempt, proposes " .. code .. ", and is counted once when the nurse says so, too", function()
      local id, patient = task_of()
      assert.equal(200, (dial(id)))
      local key = rung(id).id
      assert.equal(200, (tell("pbx", { id = key, call = said, recording = "rec/7" })))
      assert.equal(200, (tell("pbx", { id = key, call = said })))   -- PBXs say things twice
      assert.equal(code, proposed(id))
      assert.same({ said, "rec/7" }, { task(id).dials[1].status, task(id).dials[1].recording })
      assert.truthy(h:afterward("task", "show", id):find("proposed: " .. code, 1, true))
      assert.equal(200, (h:call("POST", "/tasks/" .. id .. "/done", { code = code })))
      local calls = 0
      for _, entry in ipairs(h:get("/patients/" .. patient .. "/timeline").items) do if entry.what == "call" then calls = calls + 1 end end
      assert.equal(1, calls)
      assert.is_nil(proposed(id))
    end)
  end

  it("that was answered proposes reached, and is no attempt before the nurse has said what came of it", function()
    local id, patient = task_of()
    assert.equal(200, (dial(id)))
    assert.equal(200, (tell("pbx", { id = "pbx-" .. rung(id).id, call = "answered", seconds = 95 })))
    assert.truthy(h:afterward("timeline", patient):find("ring dialled by chen (pbx): answered, 95 s", 1, true))
    assert.same({ "reached", 95 }, { proposed(id), task(id).dials[1].seconds })
    assert.equal("open", task(id).status)
  end)

  it("that the PBX refuses is said at once, and rings nobody later", function()
    local id = task_of()
    for status, word in pairs { [401] = "check url and credentials", [503] = "HTTP 503", [404] = "HTTP 404" } do
      manner = function() return status, "" end
      assert.equal(200, (dial(id)))
      local last = wait.till("it is over", function()
        local dials = task(id).dials
        return dials[#dials].status == "failed" and dials[#dials]
      end)
      assert.truthy(last.detail:find(word, 1, true), last.detail)
    end
    assert.is_nil(proposed(id))
  end)

  it("is tried by hand, for nobody", function()
    local text, code = h:afterward("channel", "test", "pbx", "--to", "13800001111", "--from", "8001")
    assert.equal(0, code, text)
    assert.same({ "8001", "13800001111" }, { asked[#asked].fields.from, asked[#asked].fields.to })
    text, code = h:afterward("channel", "test", "pbx", "--to", "13800001111")
    assert.equal(1, code)
    assert.truthy(text:find "no desk phone is named", text)
    assert.equal(404, (tell("pbx", { id = asked[#asked].fields.id, call = "answered" })))
  end)

  it("goes to the next number in order, unless one is named", function()
    local id, _, phone = task_of { contacts = { { relation = "child", name = "王芳", phone = "13911112222" } } }
    local numbers = h:get("/tasks/" .. id .. "/numbers").items
    assert.same({ "self", phone, "tel:" .. phone, "child", "tel:13911112222" }, { numbers[1].relation, numbers[1].number, numbers[1].tel,
      numbers[2].relation, numbers[2].tel })
    local to = {}
    for i, number in ipairs { "", "", numbers[2].id } do
      assert.equal(200, (dial(id, number ~= "" and { identity = number } or nil)))
      to[i] = rung(id, i).to
      assert.equal(200, (tell("pbx", { id = asked[#asked].fields.id, call = "no-answer" })))
    end
    assert.same({ phone, "13911112222", "13911112222" }, to)
    assert.truthy(h:afterward("task", "numbers", id):find("child +tel:13911112222"))
  end)

  it("shows a nurse without leave to see numbers the last digits, and no link; she may ring all the same", function()
    local id = task_of()
    local status, seen = h:call("GET", "/tasks/" .. id .. "/numbers", nil, { token = "ward" })
    assert.equal(200, status)
    assert.truthy(seen.items[1].number:find "^%*+%d%d%d%d$")
    assert.equal(json.null, seen.items[1].tel or json.null)
    local said = select(2, dial(id, nil, { token = "ward" }))
    assert.truthy(said.detail:find "li has no desk phone on file: afterward staff set li %-%-extension")
    assert.equal(200, (dial(id, { extension = "8007" }, { token = "ward" })))
    assert.equal("8007", rung(id).from)
    assert.equal(404, (dial(id, nil, { token = "other" })))
  end)

  it("rings neither the dead, nor for somebody else's task, nor by what rings nobody", function()
    local id = task_of()
    assert.equal(200, (h:call("POST", "/tasks/" .. id .. "/claim", "{}", { token = "ward" })))
    assert.truthy(select(2, dial(id)).detail:find "claimed by li")
    local other = task_of()
    assert.equal(422, (dial(other, { channel = "sms" })))
    assert.equal(422, (h:call("POST", "/tasks/" .. other .. "/dial", { extension = 7 })))
    assert.equal(200, (h:call("POST", "/tasks/" .. other .. "/done", { code = "deceased" })))
    assert.equal(409, (dial(other)))
  end)

  it("is believed to have ended only by who proves it, in time, from an address that may call", function()
    local id = task_of()
    assert.equal(200, (dial(id)))
    local key = rung(id).id
    assert.equal(403, (tell("pbx", { id = key, call = "busy" }, { sign = "v1,AAAA" })))
    assert.equal(403, (tell("pbx", { id = key, call = "busy" }, { old = 400 })))
    assert.equal(403, (tell("away", { id = key, call = "busy" })))
    assert.equal(404, (tell("pbx", { id = "of-nobody", call = "busy" })))
    assert.equal(404, (tell("robot", { id = key, call = "busy" })))   -- it was the other one's call
    assert.is_nil(proposed(id))
    assert.truthy(h:words():find('channel.caller channel=away peer=127.0.0.1', 1, true))
  end)

  it("is made once, however often the button is pressed", function()
    local id = task_of()
    local before = #asked
    for _ = 1, 3 do assert.equal(200, (dial(id, nil, { ["Idempotency-Key"] = "press-" .. id }))) end
    rung(id)
    assert.same({ 1, before + 1 }, { #task(id).dials, #asked })
  end)

  local function is_not_made_again(hangs)
    local id = task_of()
    local hung
    manner = function()
      hung = true
      return hangs and "hang" or "reset"
    end
    assert.equal(200, (dial(id)))
    wait.till("it is asked for", function() return hung end)
    if hangs then
      h:kill()
      h:start()
    end
    wait.till("nobody knows", function() return task(id).dials[1].status == "unknown" end)
    manner = nil
    local before = #asked
    assert.equal(409, (dial(id)))                              -- it may be ringing
    wait.till("it rings no more", function() return dial(id) == 200 end)
    rung(id, 2)
    assert.equal("accepted", task(id).dials[2].status)
    assert.equal(before + 1, #asked)
    assert.is_true(Hospital.instant(task(id).dials[2].at) - Hospital.instant(task(id).dials[1].at) >= 2 * MINUTE)
  end
  it("whose answer was lost is not made again", function() is_not_made_again(false) end)
  it("that was on its way when the engine fell is not made again", function() is_not_made_again(true) end)

  describe("of which the exchange never says what became", function()
    local function dialled()
      local id, patient = task_of()
      assert.equal(200, (dial(id, { channel = "mute" })))
      return id, rung(id).id, patient
    end
    local function unknown(id)
      return wait.till("its time is over", function() return task(id).dials[1].status == "unknown" and task(id).dials[1] end)
    end

    it("is unknown when its time is over: the nurse is told so, and may dial again", function()
      local id, _, patient = dialled()
      local ringing = task(id).ringing
      assert.same({ "chen", 3 * MINUTE }, { ringing.by, Hospital.instant(ringing["until"]) - Hospital.instant(ringing.since) })
      local said = select(2, dial(id)).detail
      assert.truthy(said:find("until " .. ringing["until"]:sub(1, 16), 1, true), said)
      assert.truthy(h:afterward("task", "show", id):find "last call: accepted, being rung until 2026%-03%-02 %d")
      assert.equal("not reported", unknown(id).detail)
      assert.is_nil(task(id).ringing)
      assert.truthy(h:afterward("task", "show", id):find("last call: unknown (not reported)", 1, true))
      assert.truthy(h:afterward("tasks", "--patient", patient):find "LAST CALL.-unknown")
      assert.truthy(h:afterward("timeline", patient):find("(mute): unknown, not reported", 1, true))
      assert.truthy(h:words():find "dial%.unknown task=%d+ channel=mute")
      assert.equal(200, (dial(id)))
      assert.equal("accepted", rung(id, 2) and task(id).dials[2].status)
    end)

    it("is what a later receipt says of it", function()
      local id, key, patient = dialled()
      unknown(id)
      assert.equal(200, (tell("mute", { id = key, call = "busy" })))
      assert.same({ "busy", "busy" }, { task(id).dials[1].status, proposed(id) })
      assert.truthy(h:afterward("timeline", patient):find("rung by chen: busy", 1, true))
    end)

    it("is unknown in its time, also when the engine falls meanwhile", function()
      local id = dialled()
      h:kill()
      h:start()
      assert.equal("accepted", task(id).dials[1].status)
      assert.equal("not reported", unknown(id).detail)
    end)

    it("is over when the nurse says what came of it: the next one may be rung at once", function()
      local id, _, patient = dialled()
      assert.equal(200, (h:call("POST", "/tasks/" .. id .. "/done", { code = "language" }))) -- goes on with somebody else
      assert.same({ 200, "open" }, { (dial(id)), task(id).status })
      assert.equal(409, (dial(id)))
      assert.truthy(h:afterward("timeline", patient):find("rung by chen: language", 1, true))
    end)
  end)

  it("is never made to two people at one number at once, whatever task it is for", function()
    local son = { { relation = "child", name = "王芳", phone = "13922223333" } }
    local id = task_of { contacts = son }
    local other = task_of { contacts = son }
    local function number_of(task_id) return h:get("/tasks/" .. task_id .. "/numbers").items[2].id end
    assert.equal(200, (dial(id, { identity = number_of(id) })))
    assert.equal(409, (dial(other, { identity = number_of(other) })))
    assert.equal(200, (dial(other)))
  end)

  describe("by a robot", function()
    local function robot()
      local id, patient = task_of()
      assert.equal(200, (dial(id, { channel = "robot" })))
      local fields = rung(id)
      assert.same({ id = fields.id, to = Hospital.phone(next_patient), flow = "4711" }, fields)
      return id, fields.id, patient
    end

    it("gives answers that close the task, and a red flag raises its alert", function()
      local id, key, patient = robot()
      assert.equal(json.null, task(id).claimed_by or json.null)
      for _ = 1, 2 do assert.equal(200, (tell("robot", { id = key, call = "answered", code = "done", answers = { temp = 38.9 }, seconds = 61 }))) end
      local now = task(id)
      assert.same({ "done", "done", "call:robot" }, { now.status, now.code, now.closed_by })
      local alert = wait.till("the alert is open", function() return h:get("/alerts?patient=" .. patient).items[1] end)
      assert.same({ "urgent", "fever" }, { alert.level, alert.reason })
      assert.equal(1, #h:get("/alerts?patient=" .. patient).items)
    end)

    it("whose answers the form does not take leaves the task to a person, with every word", function()
      local id, key = robot()
      assert.equal(200, (tell("robot", { id = key, code = "done", answers = { temp = 99, pain = 3 }, note = "喘" })))
      local now = task(id)
      assert.same({ "open", "partial" }, { now.status, now.proposed.code })
      assert.truthy(now.proposed.note:find("喘; answers not taken, ", 1, true) and now.proposed.note:find('{"pain":3,"temp":99}', 1, true),
        now.proposed.note)
    end)

    for code, what in pairs { deceased = "a death", lost = "that somebody is lost", ["wrong-person"] = "that it is somebody else's number" } do
      it("only proposes " .. what, function()
        local id, key = robot()
        assert.equal(200, (tell("robot", { id = key, call = "answered", code = code })))
        assert.same({ "open", code }, { task(id).status, proposed(id) })
      end)
    end

    it("rings nobody in quiet hours; a nurse knows what she does", function()
      local id = task_of(nil, "v")
      local status, said = dial(id, { channel = "robot" })
      assert.equal(409, status)
      assert.truthy(said.detail:find("no robot rings now (quiet-hours): from 2026-03-02T20:00", 1, true), said.detail)
      assert.equal(200, (dial(id)))
    end)

    it("hears of a death: nobody of the family hears from us before a person has looked", function()
      local id, key, patient = robot()
      assert.equal(200, (tell("robot", { id = key, call = "answered", code = "deceased" })))
      for _, contact in ipairs(h:get("/patients/" .. patient).contacts) do assert.equal("string", type(contact.opted_out_at)) end
      assert.falsy(type(h:get("/patients/" .. patient).died_at) == "string")
      assert.equal("open", task(id).status)
    end)

    it("hears who wants no more, and it is so at once", function()
      local id, key, patient = robot()
      assert.equal(200, (tell("robot", { id = key, call = "answered", code = "refused" })))
      assert.equal("refused", proposed(id))
      assert.equal("string", type(h:get("/patients/" .. patient).contacts[1].opted_out_at))
      assert.equal(409, (dial(id, { channel = "robot" })))
    end)

    it("says nonsense: it is told so, and nothing is kept", function()
      local id, key = robot()
      assert.equal(422, (tell("robot", { id = key, call = "answered", code = "happy" })))
      assert.equal(422, (tell("robot", { id = key, call = "singing" })))
      assert.is_nil(proposed(id))
    end)
  end)
end)
