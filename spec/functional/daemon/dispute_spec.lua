-- 医疗纠纷 is said in passing: to a voice robot, in a reply. Nothing goes to that family by itself any more (WARD 5).
local Hospital = require "functional.support.hospital"
local Peer = require "functional.support.peer"
local wait = require "functional.support.wait"
local channel = require "afterward.channel"
local json = require "dkjson"

local SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
local STEPS = [[aw.step { id = "ring", at = "1s", run = function(p) p:task { id = "ring", role = "nurse", form = "check", due = "8h" } end },
  aw.step { id = "later", at = "50m", run = function(p) p:send "hello" end },]]

describe("a family in dispute", function()
  local h, peer, signer
  setup(function()
    signer = assert(channel.open("plugins/pbx", { url = "http://x.example.org", secret = SECRET }))
    peer = Peer.open(function() return 202, "{}" end)
    h = Hospital.open { speed = 600, scripts_from = { "feedback", "shared" }, scripts = { ["w/w.lua"] = Hospital.ward("w", STEPS) } }
    h:script("w/replies.lua", 'return require "shared.replies"')
    h:configure("sms = " .. h.gateway:channel()
      .. (', robot = { plugin = "pbx", robot = true, secret = %q, url = "%s/dial", flows = { check = "4711" } }'):format(SECRET, peer.url))
    h:start()
  end)
  teardown(function()
    h:close()
    peer:close()
    signer:close()
  end)

  local next_patient = 0
  local function patient_with_task()
    next_patient = next_patient + 1
    local n = next_patient
    assert(h:event(h:discharge(n)) == 202)
    local patient = wait.till("the patient is known", function() return h:patient(n) end).id
    return patient, wait.till("there is a call to make", function() return h:get("/tasks?patient=" .. patient).items[1] end).id
  end
  local function tell(item)
    local body, at = json.encode(item), ("%d"):format(h:now() // 1000)
    return h:call("POST", "/channels/robot/receipt", body, { token = false, ["webhook-id"] = "w", ["webhook-timestamp"] = at,
      ["webhook-signature"] = signer:call("sign", "w", at, body) })
  end
  -- The robot rings, and this is what it heard.
  local function says(words)
    local patient, task = patient_with_task()
    assert.equal(200, (h:call("POST", "/tasks/" .. task .. "/dial", { channel = "robot" })))
    local key = wait.till("it rings", function()
      local request = peer.requests[#peer.requests]
      return h:get("/tasks/" .. task).dials[1].status == "accepted" and json.decode(request.body).id
    end)
    assert.equal(200, (tell { id = key, call = "answered", note = words, seconds = 40 }))
    return patient, task
  end
  local function alert(patient, name)
    for _, item in ipairs(h:get("/alerts?patient=" .. patient).items) do if item.name == name then return item end end
  end
  local function text_of(patient)
    return wait.till("its text has ended", function()
      for _, message in ipairs(h:get("/messages?patient=" .. patient).items) do
        if message.name == "hello" and (message.status == "accepted" or message.status == "suppressed") then return message end
      end
    end, 30)
  end

  it("that tells it to a voice robot hears nothing more from us by itself: medical affairs is told, and rings", function()
    local patient, task = says "你们把我父亲治成这样，不给说法我就找律师，封存病历"
    local raised = wait.till("the office is told", function() return alert(patient, "dispute") end)
    assert.same({ "dispute", true }, { raised.level, raised.reason:find("律师", 1, true) ~= nil })
    local again, said = h:call("POST", "/tasks/" .. task .. "/dial", { channel = "robot" })
    assert.same({ 409, true }, { again, said.detail:find "no robot rings this family" ~= nil })
    local text = text_of(patient)
    assert.same({ "suppressed", "disputed" }, { text.status, text.reason })
    local first = wait.till("a person rings", function()
      for _, item in ipairs(h:get("/tasks?department=feedback").items) do if item.patient == patient then return item end end
    end)
    assert.same({ "first-call", "medical-affairs" }, { first.name, first.role })
  end)

  it("is none when that is denied, or when nothing of it is said: the nurse has the words, nobody else", function()
    for _, words in ipairs { "没有起诉，就是报个平安", "伤口干净，谢谢" } do
      local patient, task = says(words)
      local text = text_of(patient)
      assert.same({ "accepted" }, { text.status, text.reason })
      assert.is_nil(alert(patient, "dispute"))
      assert.equal(words, h:get("/tasks/" .. task).dials[1].note)
    end
    for _, item in ipairs(h:get("/tasks?status=open").items) do assert.not_equal("unrouted-feedback", item.name) end
  end)

  it("is heard in danger all the same: what is said to a robot is heard as what is written", function()
    local patient = says "昨天晚上开始胸痛"
    assert.equal("emergency", wait.till("the alarm is raised", function() return alert(patient, "danger-words") end).level)
  end)
end)
