-- Mail to the real Postfix: in the clear and by STARTTLS, to people it knows and others, with a certificate that nobody vouches for.
local Hospital = require "functional.support.hospital"
local channel = require "afterward.channel"
local Postfix = require "functional.support.postfix"
local wait = require "functional.support.wait"

local run = Postfix.there() and describe or pending           -- root only

run("Postfix", function()
  local postfix
  setup(function() postfix = Postfix.open() end)
  teardown(function() postfix:close() end)

  -- o: settings; o.untrusted: its certificate is nobody's.
  local function deliver(to, o)
    local settings = { host = "localhost", port = postfix.port, from = "care@example.org", tls = o and o.tls }
    local c = assert(channel.open("plugins/smtp", settings, { ca_file = not (o and o.untrusted) and postfix.ca_file or nil }))
    local result = c:deliver { to = to, text = o and o.text or "【骨动新生】您好", key = o and o.key, now = 1772431200000 }
    c:close()
    return result.result, result.detail
  end

  it("takes a mail by STARTTLS, and it lies in the box as it was written", function()
    assert.equal("accepted", (deliver("wang@example.test", { key = "m7-0" })))
    local mail = wait.till("it is in the box", function() return postfix:mail():find "m7%-0" and postfix:mail() end)
    assert.truthy(mail:find("with ESMTPS id", 1, true))
    assert.truthy(mail:find("Subject: =?UTF-8?B?6aqo5Yqo5paw55Sf77ya6ZqP6K6/5raI5oGv?=\n", 1, true), mail)
    assert.truthy(mail:find("Content-Type: multipart/alternative", 1, true))
  end)

  it("takes it in the clear where that is wanted", function()
    assert.equal("accepted", (deliver("wang@example.test", { tls = "none" })))
  end)

  it("with a certificate that nobody vouches for is told nothing", function()
    local result, why = deliver("wang@example.test", { untrusted = true })
    assert.equal("config", result)
    assert.truthy(why:find "certificate", why)
  end)

  it("reaches the patient whose address came with her discharge; of one without, it is told that there is none", function()
    local step = [[aw.step { id = "s", at = "1h", run = function(p) p:send("hello", { via = { "email" } }) end },]]
    local function mails() return select(2, postfix:mail():gsub("To: <wang@example.test>", "")) end
    local before, h = mails(), Hospital.open { speed = 3600, scripts = { ["w/w.lua"] = Hospital.ward("w", step) },
      channels = ([[email = { plugin = "smtp", host = "localhost", port = %d, from = "care@example.org", tls = "none" }]])
        :format(postfix.port) }
    finally(function() h:close() end)
    h:start()
    local known, unknown = h:discharge(1), h:discharge(2)
    known.patient.email = "wang@example.test"
    h:event(known)
    h:event(unknown)
    local function message(n)
      return wait.till("patient " .. n .. "'s message is settled", function()
        local patient = h:patient(n)
        local item = patient and h:get("/messages?patient=" .. patient.id).items[1]
        return item and (item.status == "accepted" or item.status == "suppressed") and item
      end, 20)
    end
    local sent = message(1)
    assert.equal("accepted", sent.status)
    assert.equal("email", sent.channel)
    assert.equal("no-contact", message(2).reason)
    wait.till("it is in the box", function() return mails() > before end)
  end)

  it("says 4xx and 5xx as it does, and each means what it should", function()
    local function says(to, kind, words, o)
      local result, why = deliver(to, o)
      assert.equal(kind, result)
      assert.truthy(why:find(words, 1, true), why)
    end
    says("full@example.test", "retry", "450 4.2.2")
    says("nobody@example.test", "permanent", "550 5.1.1")
    says("x@elsewhere.test", "config", "554 5.7.1")
    says("wang@example.test", "permanent", "552 5.3.4", { text = ("长"):rep(9000) })
  end)
end)
