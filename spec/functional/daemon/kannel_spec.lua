-- A patient's question through the real Kannel: to its SMSC as UCS-2, its receipt back, and what she writes.
local Hospital = require "functional.support.hospital"
local Kannel = require "functional.support.kannel"
local Line = require "functional.support.line"
local wait = require "functional.support.wait"

local STEP = 'aw.step { id = "s", at = "1h", run = function(p) p:ask("check", { within = "30d" }) end },'
local run = Kannel.there() and describe or pending           -- .ci/packages has it, ./dev test installs it

run("Kannel", function()
  local h, kannel, wire
  setup(function()
    kannel = Kannel.prepare()
    wire = Line.open(kannel.sendsms)
    h = Hospital.open { speed = 3600, listen = "127.0.0.1:" .. kannel.daemon, scripts = { ["w/w.lua"] = Hospital.ward("w", STEP) } }
    h:configure(([[sms = { plugin = "kannel", url = "http://127.0.0.1:%d/cgi-bin/sendsms", user = "ward", password = "p4ss",
      from = "1069", token = "t0k", receipts = "http://127.0.0.1:%d/channels/sms/receipt" },
      wrong = { plugin = "kannel", url = "http://127.0.0.1:%d/cgi-bin/sendsms", user = "ward", password = "guess", from = "1069",
      token = "t0k" }]]):format(wire.port, kannel.daemon, kannel.sendsms))
    h:start()
    kannel:start "t0k"
  end)
  teardown(function()
    kannel:stop()
    wire:close()
    h:close()
  end)

  local next_patient = 0
  local function follow()
    next_patient = next_patient + 1
    local n = next_patient
    assert(h:event(h:discharge(n)) == 202)
    local id = wait.till("the patient is known", function() return h:patient(n) end).id
    return id, function(status)
      return wait.till("the message is " .. status, function()
        local message = h:get("/messages?patient=" .. id).items[1]
        return message and (message.status == status or message.status == "delivered") and h:get("/messages/" .. message.id)
      end, 30)
    end
  end

  local function sent_to(number) return select(2, kannel:log "bearerbox-access":gsub("Sent SMS[^\n]+%[to:" .. number, "")) end

  it("keeps what it is given while the SMSC is away; it is delivered once the SMSC has it", function()
    kannel:disconnect()
    local _, message = follow()
    assert.equal("accepted", message "accepted".tries[1].status)
    local smsc = kannel:connect()
    message "delivered"
    wait.till("the SMSC shows it", function() return smsc.text:find(Hospital.phone(next_patient), 1, true) end)
    assert.truthy(kannel:log "smsbox":find("请您填写“体温”", 1, true))
    assert.equal(1, sent_to(Hospital.phone(next_patient)))
  end)

  it("has a text whose answer is lost: in doubt, it goes to nobody again; its delivery report ends the doubt", function()
    select(2, follow()) "accepted"                             -- its connection may be kept
    kannel:disconnect()
    wire.cuts = true
    local patient, message = follow()
    local id = message "in_doubt".id
    wire.cuts = false
    assert.equal(1, wire.cut)
    assert.truthy(h:afterward("messages", "in-doubt"):find(id .. "  check (ask, questionnaire) of w to patient", 1, true))
    kannel:connect()
    local tries = message "delivered".tries
    assert.same({ 1, "delivered" }, { #tries, tries[1].status })
    assert.equal("", (h:afterward("messages", "in-doubt"):gsub("No messages in doubt.*", "")))
    wait.till("the SMSC had it", function() return sent_to(Hospital.phone(next_patient)) == 1 end)
    assert.truthy(h:afterward("timeline", patient):find "delivered")
  end)

  it("brings what people write, as it was written, with whose number it is", function()
    local patient, message = follow()
    message "accepted"
    local by_text = {}
    local function said(line, text)
      kannel:disconnect()
      kannel:connect(line)
      wait.till(text .. " is there", function()
        for _, item in ipairs(h:get("/inbound").items) do by_text[item.text] = item end
        return by_text[text]
      end)
    end
    said(Hospital.phone(next_patient) .. " 1069 ucs2 %90%00%8B%A2", "退订")
    said("13799990000 1069 text hello+there", "hello+there")
    assert.equal(patient, by_text["退订"].patient)
    assert.is_nil(by_text["hello+there"].patient)
  end)

  it("is tried by hand with a wrong password: that is configuration", function()
    local text, code = h:afterward("channel", "test", "wrong", "--to", "13800000001")
    assert.equal(1, code)
    assert.truthy(text:find "< 403\n< Authorization failed for sendsms" and text:find "result: config", text)
    assert.falsy(text:find "guess")
  end)
end)
