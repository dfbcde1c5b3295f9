-- Real calls: what the nurse asks for goes through Asterisk's interface to baresip, which rings sipp's phones; how each call ended
-- comes back by the hangup handler.
local Hospital = require "functional.support.hospital"
local Pbx = require "functional.support.pbx"
local wait = require "functional.support.wait"
local channel = require "afterward.channel"

local SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
local STEP = [[aw.step { id = "s", at = "1s", run = function(p) p:task { id = "ring", role = "nurse", form = "check", due = "8h" } end },]]
local run = Pbx.there() and describe or pending             -- .ci/packages has them, ./dev test installs them

run("a real call", function()
  local h, pbx, plugin
  setup(function()
    plugin = assert(channel.open("plugins/pbx", { kind = "ari", url = "http://x.example.org", secret = SECRET, password = "p4ss" }))
    pbx = Pbx.open(function(said)
      said.at = ("%d"):format(h:now() // 1000)
      said.sign = plugin:call("proof", said)
      local parts = {}
      for name, value in pairs(said) do
        parts[#parts + 1] = name .. "=" .. value:gsub("[^%w]", function(c) return ("%%%02X"):format(c:byte()) end)
      end
      h:call("POST", "/channels/pbx/receipt", table.concat(parts, "&"), { token = false, ["Content-Type"] = "application/x-www-form-urlencoded" })
    end)
    h = Hospital.open { speed = 60, scripts = { ["w/w.lua"] = Hospital.ward("w", STEP) } }
    h:configure(("sms = " .. h.gateway:channel() .. ', pbx = { plugin = "pbx", kind = "ari", url = "%s", secret = "%s", password = "p4ss",'
      .. ' ring = "1s", callers = "127.0.0.1" }'):format(pbx.url, SECRET))
    h:start()
    assert.equal(0, select(2, h:afterward("staff", "set", "chen", "--extension", "8001")))
  end)
  teardown(function()
    h:close()
    pbx:close()
    plugin:close()
  end)

  local next_patient = 0
  -- A call to a phone that does what the last three digits say: the task when the call is over.
  local function ring(last, extension)
    next_patient = next_patient + 1
    local n = next_patient
    local event = h:discharge(n)
    event.patient.phone = ("1380000%d%s"):format(n, last)
    assert(h:event(event) == 202)
    local patient = wait.till("the patient is known", function() return h:patient(n) end).id
    local id = wait.till("there is a call to make", function() return h:get("/tasks?patient=" .. patient).items[1] end).id
    assert.equal(0, select(2, h:afterward("task", "dial", id, "--from", extension or "8001")))
    return wait.till("the call is over", function()
      local task = h:get("/tasks/" .. id)
      return type(task.dials[1].ended_at) == "string" and task
    end), event.patient
  end

  for what, case in pairs {
    ["that is taken up"] = { "111", "answered", "reached" }, ["to a phone that is engaged"] = { "486", "busy", "busy" },
    ["that is declined"] = { "603", "rejected", "no-answer" }, ["that rings in vain"] = { "408", "no-answer", "no-answer" },
    ["to a phone that is off"] = { "480", "off", "off" }, ["to a number that is nobody's"] = { "404", "void", "void" },
  } do
    it(what .. " comes back as " .. case[2], function()
      local task, patient = ring(case[1])
      local dial = task.dials[1]
      assert.same({ case[2], case[3], "open" }, { dial.status, task.proposed.code, task.status })
      local asked, ended = pbx.asked[#pbx.asked], pbx.ended[#pbx.ended]
      assert.equal(ended.id .. ".wav", dial.recording)
      assert.equal("", asked.body)
      assert.truthy(asked.query:find(patient.phone, 1, true))
      for _, word in ipairs { patient.name, "check", "体温", "brand", "nurse" } do assert.falsy(asked.query:find(word, 1, true), word) end
    end)
  end

  it("from a desk that Asterisk can't ring is no attempt, and is said at once", function()
    local task = ring("111", "8999")
    assert.same({ "failed", "the desk phone can't be reached" }, { task.dials[1].status, task.dials[1].detail })
    assert.falsy(type(task.proposed) == "table")
  end)
end)
