-- Mail to the real Postfix: in the clear and by STARTTLS, to people it knows and others, with a certificate that nobody vouches for.
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
