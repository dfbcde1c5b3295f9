-- Mail: what it looks like, and a server on loopback that says 4xx, 5xx, nothing, and hangs up.
local channel = require "afterward.channel"
local uv = require "luv"

local function unbase64(text)
  local c = assert(channel.load([[local aw = require "afterward.plugin"
    return { name = "h", send = function() end, result = function() end, un = function(text) return aw.unbase64(text) end } ]], {}))
  local out = c:call("un", (text:gsub("[\r\n]", "")))
  c:close()
  return out
end

-- replies: command ("EHLO", "MAIL", "RCPT", "DATA", ".", "AUTH", "STARTTLS") → line, or "close". Mails come into its list.
local function server(replies)
  local self = { tcp = uv.new_tcp(), mails = {}, said = {} }
  local usual = { [""] = "220 mail ESMTP", EHLO = "250-mail\r\n250-8BITMIME\r\n250-AUTH PLAIN LOGIN\r\n250 SIZE 1000000", MAIL = "250 ok",
    RCPT = "250 ok", DATA = "354 go on", ["."] = "250 2.0.0 queued", AUTH = "235 ok", QUIT = "221 bye" }
  self.tcp:bind("127.0.0.1", 0)
  self.tcp:listen(8, function()
    local tcp, buffer, data, login = uv.new_tcp(), "", false, false
    self.tcp:accept(tcp)
    local function answer(command)
      local line = replies[command] or usual[command] or "502 what?"
      if line == "close" then return tcp:is_closing() or tcp:close_reset() end
      data = line:find "^354" ~= nil
      tcp:write(line .. "\r\n")
    end
    answer ""
    tcp:read_start(function(failure, chunk)
      if failure or not chunk then return tcp:is_closing() or tcp:close() end
      buffer = buffer .. chunk
      while not tcp:is_closing() do
        local mail = data and buffer:match "^(.-)\r\n%.\r\n"
        if data and not mail then return end
        if mail then
          table.insert(self.mails, (mail:gsub("\r\n%.%.", "\r\n.")))
          buffer, data = buffer:sub(#mail + 6), false
          answer "."
        else
          local line = buffer:match "^(.-)\r\n"
          if not line then return end
          buffer = buffer:sub(#line + 3)
          table.insert(self.said, line)
          local command = line:match "^%a+"
          local asks = command == "AUTH" and not line:find "AUTH PLAIN ." -- for name and password on a line of their own
          if asks then tcp:write "334 \r\n" else answer(login and "AUTH" or command) end
          login = asks
        end
      end
    end)
  end)
  self.port = self.tcp:getsockname().port
  self.pump = function() uv.run "nowait" end
  function self.close()
    self.tcp:close()
    for _ = 1, 5 do uv.run "nowait" end
  end
  return self
end

describe("smtp", function()
  local c, s
  local function open(replies, more)
    if s then s:close() end
    s = server(replies or {})
    local settings = { host = "127.0.0.1", port = s.port, tls = "none", from = "care@example.org" }
    for key, value in pairs(more or {}) do settings[key] = value end
    if c then c:close() end
    c = assert(channel.open("plugins/smtp", settings))
    return c
  end
  after_each(function()
    if c then c:close() end
    if s then s:close() end
    c, s = nil, nil
  end)
  local MAIL = { to = "wang@example.cn", text = "【骨动新生】您好<王>\n请填写 https://f.example.org/f/1?a=1&b=2", now = 1772431200000 }

  it("has a subject in Chinese, a plain and an HTML part, and nothing that an address or a name could break", function()
    local request = assert(open():send(MAIL))
    assert.equal("smtp://127.0.0.1:" .. s.port .. "/afterward", request.url)
    local head, boundary, rest = request.body:match '^(.-)\r\nContent%-Type: multipart/alternative; boundary="(.-)"\r\n\r\n(.*)$'
    assert.truthy(head:find("From: =?UTF-8?B?6aqo5Yqo5paw55Sf?= <care@example.org>\r\nTo: <wang@example.cn>\r\n", 1, true), head)
    assert.truthy(head:find("\r\nDate: Mon, 02 Mar 2026 14:00:00 +0800\r\nMessage-ID: <m1-0@example.org>\r\n", 1, true), head)
    assert.equal("骨动新生：随访消息", unbase64(head:match "Subject: =%?UTF%-8%?B%?(.-)%?="))
    local parts = {}
    for type, text in rest:gmatch "Content%-Type: (%S+); charset=UTF%-8\r\nContent%-Transfer%-Encoding: base64\r\n\r\n(.-)\r\n%-%-" do
      parts[type] = unbase64(text)
    end
    assert.equal(MAIL.text, parts["text/plain"])
    assert.truthy(parts["text/html"]:find('您好&lt;王&gt;<br>', 1, true))
    assert.truthy(parts["text/html"]:find('<a href="https://f.example.org/f/1?a=1&amp;b=2">', 1, true), parts["text/html"])
    local last = "--" .. boundary .. "--\r\n"
    assert.equal(last, rest:sub(-#last))
    for line in request.body:gmatch "[^\r\n]+" do assert.truthy(#line <= 78, line) end
    assert.is_nil(request.body:find "[\128-\255]")
    for _, to in ipairs { "13800001111", "a@b\r\nRCPT TO:<x@y>", "a b@c", "<a@b>", "" } do
      local none, why = c:send { to = to, text = "x" }
      assert.same({ nil, "no mail address" }, { none, why })
    end
  end)

  it("has the program's name on its colour, in what can be read there, unless the channel has one of its own", function()
    local function band(color, settings)
      local body = assert(open(nil, settings):send { to = MAIL.to, text = MAIL.text, now = MAIL.now, color = color }).body
      return unbase64(body:match "text/html; charset=UTF%-8\r\nContent%-Transfer%-Encoding: base64\r\n\r\n(.-)\r\n%-%-"):match
        'background:(#%x+;color:#%x+);[^>]*>骨动新生<'
    end
    assert.equal("#ffd54a;color:#000000", band "#ffd54a")
    assert.equal("#1f6f8b;color:#ffffff", band "#1f6f8b")
    assert.equal("#1a6dbe;color:#ffffff", band())
    assert.equal("#33658a;color:#ffffff", band("#ffd54a", { colour = "#33658a" }))
    assert.matches("colour must be such as #1a6dbe", select(2, open(nil, { colour = "blue" }):send(MAIL)), 1, true)
  end)

  it("is cut into encoded words between characters", function()
    local body = open(nil, { subject = ("长"):rep(60) }):send(MAIL).body
    local all = ""
    for word in body:match "Subject: (.-)\r\nDate":gmatch "=%?UTF%-8%?B%?(.-)%?=" do all = all .. unbase64(word) end
    assert.equal(("长"):rep(60), all)
  end)

  it("is taken by a server, once, with login and our name", function()
    open(nil, { user = "ward", password = { secret = "p4ss" }, hello = "mx.example.org" })
    local result = c:deliver(MAIL, s.pump)
    assert.same({ "accepted", "m1-0", 1 }, { result.result, result.id, #s.mails })
    assert.equal("EHLO mx.example.org", s.said[1])
    assert.truthy(table.concat(s.said, "\n"):find "AUTH PLAIN" and table.concat(s.said, "\n"):find("MAIL FROM:<care@example.org>", 1, true))
    assert.equal(c:send(MAIL).body, s.mails[1] .. "\r\n")
  end)

  for what, case in pairs {
    ["a full mailbox"] = { { RCPT = "452 4.2.2 mailbox full" }, "retry", "452 4.2.2 mailbox full" },
    ["greylisting"] = { { RCPT = "450 4.2.0 greylisted" }, "retry", "450 4.2.0 greylisted" },
    ["trouble after the mail"] = { { ["."] = "451 4.3.0 try later" }, "retry", "451 4.3.0 try later" },
    ["nobody of that name"] = { { RCPT = "550 5.1.1 no such user" }, "permanent", "550 5.1.1 no such user" },
    ["a refused mail"] = { { ["."] = "554 5.7.0 looks like spam" }, "permanent", "554 5.7.0 looks like spam" },
    ["a refused size"] = { { MAIL = "552 5.3.4 too big" }, "permanent", "552 5.3.4 too big" },
    ["a refused relay"] = { { RCPT = "554 5.7.1 Relay access denied" }, "config", "554 5.7.1 Relay access denied" },
    ["a wrong password"] = { { AUTH = "535 5.7.8 no" }, "config", "535 5.7.8 no: check user, password and tls" },
    ["a server that is busy"] = { { [""] = "421 4.7.0 come back" }, "retry", "421 4.7.0 come back" },
    ["a server that hangs up before the mail"] = { { DATA = "close" }, "retry", "not-sent" },
    ["a server that hangs up after the mail"] = { { ["."] = "close" }, "ambiguous", "no-answer" },
  } do
    it("understands " .. what, function()
      open(case[1], { user = "ward", password = "p4ss" })
      local result = c:deliver(MAIL, s.pump)
      assert.same({ case[2], case[3] }, { result.result, result.detail })
    end)
  end

  it("says nothing in the clear where STARTTLS is asked for and not there", function()
    open(nil, { tls = "starttls", user = "ward", password = "p4ss" })
    assert.equal("config", c:deliver(MAIL, s.pump).result)
    assert.falsy(table.concat(s.said, "\n"):find "AUTH" or table.concat(s.said, "\n"):find "MAIL")
  end)

  it("is tried again when nobody is there", function()
    open(nil, { port = 1 })
    assert.same({ "retry", "not-sent" }, { c:deliver(MAIL).result, c:deliver(MAIL).detail })
  end)
end)
