-- A question goes from WeChat to a text to the telephone, in a real day of a second an hour; where it is, and why, is asked by command line.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"

describe("a question by rungs", function()
  local h
  setup(function()
    local step = [[aw.step { id = "first", at = "1h", run = function(p)
      p:ask("check", { via = { { "wechat", within = "1h" }, { "sms", within = "2h" }, { "call", role = "nurse", due = "8h" } } })
    end },]]
    h = Hospital.open { speed = 3600, scripts = { ["w/w.lua"] = Hospital.ward("w", step) } }:start()
    local discharge = h:discharge(1)
    discharge.patient.birth = "1970-02-03"               -- not of those who are told by text and telephone first
    h:event(discharge)
  end)
  teardown(function() h:close() end)

  it("is seen where it is; who opens the page gets the time once more; the nurse is asked to ring at last", function()
    local text = wait.till("the text", function() return h.gateway:to(Hospital.phone(1))[1] end, 10)
    local run = h:get("/runs?status=waiting&wait=ask&department=w").items[1]
    local output = h:afterward("run", "show", run.id)
    assert.matches("RUNGS", output)
    assert.matches("check +1 +wechat +patient +left +unavailable", output)
    assert.matches("check +2 +sms +patient +waiting", output)
    assert.matches("check +3 +call +patient +ahead", output)
    local _, _, headers = h:post_form("/f", { code = Hospital.code(text), birth = "19700203" })
    assert.equal(200, (h:call("GET", headers.location, nil, { token = false })))
    wait.till("the call", function() return h:get("/tasks?role=nurse").items[1] end, 10)
    local list = h:afterward("messages", "--patient", h:patient(1).id)
    assert.matches("2/3 unanswered", list)
    assert.matches("rung 2, sms to patient: left, unanswered", (h:afterward("timeline", h:patient(1).id)))
  end)
end)
