local helper = dofile "spec/unit/io/helper.lua"
local answer, send, wait = helper.answer, helper.send, helper.wait

-- Everything holds where the server runs on a thread of its own, too.
for _, beside in ipairs { false, true } do
describe(beside and "the HTTP server beside the loop" or "the HTTP server", function()
  local world, seen, port, server
  before_each(function() world, seen = helper.open(), {} end)
  after_each(helper.close)

  -- Answers at once with method, path and body; a path that begins with /later is kept.
  local function serve(options)
    options = options or {}
    options.beside = beside
    port, server = world:serve(function(request)
      seen[#seen + 1] = request
      if request.path:find("^/later") then return end
      world:respond(request.slot, 200, { ["X-Spec"] = "yes" },
        request.method .. " " .. request.path .. " " .. request.body)
    end, options)
  end

  local function count(text, pattern) return select(2, text:gsub(pattern, "")) end

  local GET = "GET /a?x=1 HTTP/1.1\r\nHost: h\r\n\r\n"

  it("answers a request and keeps the connection", function()
    serve()
    local socket = send(port, GET)
    local text = answer(socket, "GET /a $")
    assert.matches("^HTTP/1.1 200 OK\r\n", text)
    assert.matches("\r\nContent%-Length: 7\r\n", text)
    assert.matches("\r\nDate: %a%a%a, %d%d %a%a%a %d%d%d%d ", text)
    assert.equal("x=1", seen[1].query)
    assert.equal("127.0.0.1", seen[1].peer)
    world:send(socket, GET)
    wait(function() return #seen == 2 end)
  end)

  it("understands the same request cut at every byte", function()
    serve()
    local request = "\r\n\r\nPOST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: chunked\r\nX-Two:  v \r\n\r\n2\r\nhi\r\n0\r\n\r\n"
    local socket = send(port)
    for i = 1, #request do
      world:send(socket, request:sub(i, i))
      world:step(0)
    end
    answer(socket, "POST /b hi$")
    assert.equal("v", seen[1].headers["X-Two"])
    for cut = 1, #request, 7 do
      answer(send(port, request:sub(1, cut), request:sub(cut + 1)), "POST /b hi$")
    end
  end)

  it("answers pipelined requests in order, those answered later too", function()
    serve()
    local socket = send(port, "GET /later1 HTTP/1.1\r\nHost: h\r\n\r\n" .. GET ..
      "POST /c HTTP/1.1\r\nHost: h\r\nContent-Length: 3\r\n\r\nxyz" .. GET)
    wait(function() return #seen == 1 end)
    assert.equal("", (world:got(socket)))
    world:respond(seen[1].slot, 202, {}, "first")
    local text = answer(socket, "POST.*GET /a $")
    assert.matches("first.*GET /a .*POST /c xyz.*GET /a $", text)
    assert.equal(4, count(text, "HTTP/1.1 20"))
  end)

  it("answers a thousand pipelined requests", function()
    serve()
    local socket = send(port, GET:rep(1000))
    wait(function() return count(world:got(socket), "HTTP/1.1 200") == 1000 end)
    wait(function() return world:counters(server).ok == 1000 end)
  end)

  it("sends 100 Continue only to those who wait for it", function()
    serve()
    local head = "POST /b HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n"
    local socket = send(port, head:format(2))
    answer(socket, "^HTTP/1.1 100 Continue\r\n\r\n$")
    world:send(socket, "ok")
    answer(socket, "POST /b ok$")
    assert.not_matches("100 Continue", answer(send(port, head:format(2) .. "ok"), "POST /b ok$"))
    assert.matches("^HTTP/1.1 413", answer(send(port, head:format(70000)), "}\n$"))
  end)

  it("sends HEAD the length and no body", function()
    serve()
    local text = answer(send(port, "HEAD /a HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n"), "\r\n\r\n")
    assert.matches("Content%-Length: 8\r\n", text)
    assert.matches("\r\n\r\n$", text)
  end)

  it("closes after HTTP/1.0 and Connection: close, and keeps when HTTP/1.0 asks", function()
    serve()
    local function state(socket) return select(2, world:got(socket)) end
    local old = send(port, "GET /a HTTP/1.0\r\n\r\n")
    wait(function() return state(old) == "eof" end)
    local close = send(port, "GET /a HTTP/1.1\r\nHost: h\r\nConnection: Close\r\n\r\n")
    wait(function() return state(close) == "eof" end)
    assert.matches("Connection: close", (world:got(close)))
    local kept = send(port, "GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
    assert.matches("Connection: keep%-alive", answer(kept, "GET /a"))
    world:send(kept, GET)
    answer(kept, "GET /a.*GET /a")
    local half = send(port, "GET /later HTTP/1.1\r\nHost: h\r\n\r\n")
    world:finish(half)
    wait(function() return #seen == 5 end)
    helper.steps(5)
    world:respond(seen[5].slot, 200, {}, "still")
    answer(half, "still$")
  end)

  describe("with rooms for large bodies", function()
    local function post(path, length, body)
      return ("POST %s HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n"):format(path, length) .. (body or ("x"):rep(length))
    end
    local function is_large(n) return function() return seen[n] and seen[n].path:find "^/large" end end

    it("gives each path its own", function()
      serve { rooms = true }
      answer(send(port, post("/small", 1001)), "^HTTP/1.1 413 ")
      assert.equal(0, #seen)
      answer(send(port, post("/large", 9000)), "POST /large x+$")
      assert.equal(0, seen[1].refused)
    end)

    it("reads what is too long to its end, keeps nothing, and lets the handler say so", function()
      serve { rooms = true }
      local socket = send(port, post("/large", 300000, ("x"):rep(200000)))
      assert.equal(0, #seen)
      world:send(socket, ("x"):rep(100000))
      answer(socket, "POST /large $")
      assert.same({ 413, "" }, { seen[1].refused, seen[1].body })
      world:send(socket, GET)
      answer(socket, "GET /a $")                              -- the connection goes on behind it
      answer(send(port, post("/large", 65 * 1024 * 1024, "")), "^HTTP/1.1 413 ")
    end)

    it("takes so many at once, and gives the place back when one is answered or goes away", function()
      serve { rooms = true, large = 2 }
      local first, second = send(port, post("/large1", 5000, "x")), send(port, post("/large2", 5000, "x"))
      answer(send(port, post("/large3", 5000)), "POST /large3 $")
      assert.equal(503, seen[1].refused)
      answer(send(port, GET), "GET /a $")                     -- others are served as ever
      world:cut(first)
      helper.steps(5)
      answer(send(port, post("/large4", 5000)), "POST /large4 x+$")
      world:send(second, ("x"):rep(4999))
      answer(second, "POST /large2 x+$")
      for i = 5, 9 do answer(send(port, post("/large" .. i, 5000)), "POST /large" .. i .. " x+$") end
      wait(is_large(#seen))
    end)

    it("gives a place back when its request is held and the client has gone", function()
      serve { rooms = true, large = 1 }
      local held
      port, server = world:serve(function(request)
        if not held then held = request.slot return end
        seen[#seen + 1] = request
        world:respond(request.slot, 200, {}, "done")
      end, { rooms = true, large = 1, beside = beside })
      local socket = send(port, post("/large1", 5000))
      wait(function() return held end)
      world:reset(socket)
      wait(function() return world:counters(server).open == 0 end)
      answer(send(port, post("/large2", 5000)), "done$")
      assert.equal(0, seen[1].refused)
      world:respond(held, 200, {}, "late")
      answer(send(port, post("/large3", 5000)), "done$")
      assert.equal(0, seen[2].refused)
    end)

    it("waits longer for them", function()
      serve { rooms = true, request_ms = 100, large_ms = 5000 }
      local socket = send(port, post("/large", 5000, "x"))
      for _ = 1, 30 do world:step(10) end
      world:send(socket, ("x"):rep(4999))
      answer(socket, "POST /large x+$")
    end)
  end)

  local post = "POST / HTTP/1.1\r\nHost: h\r\n"
  local refused = {
    { 400, "two lengths", post .. "Content-Length: 1\r\nContent-Length: 1\r\n\r\nx" },
    { 400, "a length and chunks", post .. "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
    { 400, "chunks and a length", post .. "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n" },
    { 400, "chunked twice", post .. "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n" },
    { 400, "a list of lengths", post .. "Content-Length: 1, 1\r\n\r\nx" },
    { 400, "a signed length", post .. "Content-Length: +1\r\n\r\nx" },
    { 400, "a hexadecimal length", post .. "Content-Length: 0x1\r\n\r\nx" },
    { 400, "an empty length", post .. "Content-Length: \r\n\r\nx" },
    { 400, "a length past 64 bits", post .. "Content-Length: 18446744073709551617\r\n\r\nx" },
    { 400, "a space before the colon", post .. "Content-Length : 1\r\n\r\nx" },
    { 400, "a folded line", post .. "X: a\r\n b\r\n\r\n" },
    { 400, "a folded first line", "GET / HTTP/1.1\r\n Host: h\r\n\r\n" },
    { 400, "a bare CR", post .. "X: a\rContent-Length: 1\r\n\r\nx" },
    { 400, "a bare CR before the end", post .. "X: a\r\r\n\r\n" },
    { 400, "a bare LF", "GET / HTTP/1.1\nHost: h\n\n" },
    { 400, "a NUL in a header", post .. "X: a\0b\r\n\r\n" },
    { 400, "a NUL in the path", "GET /%00 HTTP/1.1\r\nHost: h\r\n\r\n" },
    { 400, "a path that climbs", "GET /a/%2e%2e/b HTTP/1.1\r\nHost: h\r\n\r\n" },
    { 400, "bytes past ASCII in the target", "GET /\xE6 HTTP/1.1\r\nHost: h\r\n\r\n" },
    { 400, "no Host", "GET / HTTP/1.1\r\n\r\n" },
    { 400, "two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" },
    { 400, "chunks in HTTP/1.0", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" },
    { 400, "an odd chunk", post .. "Transfer-Encoding: chunked\r\n\r\nzz\r\n" },
    { 400, "TLS on a plain port", "\22\3\1\2\0\1\0\1\252\3\3" },
    { 501, "another encoding", post .. "Transfer-Encoding: gzip, chunked\r\n\r\n" },
    { 501, "an identity encoding", post .. "Transfer-Encoding: identity\r\n\r\n" },
    { 501, "a tunnel", "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n" },
    { 417, "another expectation", post .. "Expect: money\r\nContent-Length: 1\r\n\r\n" },
    { 431, "long headers", "GET / HTTP/1.1\r\nHost: h\r\nX: " .. ("a"):rep(5000) .. "\r\n\r\n" },
    { 431, "endless headers", "GET / HTTP/1.1\r\nHost: h\r\nX: " .. ("a"):rep(50000) },
    { 431, "many headers", "GET / HTTP/1.1\r\nHost: h\r\n" .. ("a:b\r\n"):rep(200) .. "\r\n" },
    { 413, "a long body", post .. "Content-Length: 65537\r\n\r\n" .. ("x"):rep(9000) },
    { 413, "a long chunk", post .. "Transfer-Encoding: chunked\r\n\r\n10001\r\n" .. ("x"):rep(9000) },
    { 505, "a newer version", "GET / HTTP/2.0\r\nHost: h\r\n\r\n" },
  }
  for _, case in ipairs(refused) do
    it("refuses " .. case[2] .. " and closes", function()
      serve()
      local socket = send(port, case[3] .. GET)
      local text = answer(socket, "}\n$")
      assert.matches("^HTTP/1.1 " .. case[1] .. " ", text)
      assert.matches("Content%-Type: application/problem%+json\r\n", text)
      wait(function() return select(2, world:got(socket)) == "eof" end)
      assert.equal(1, count(text, "HTTP/1.1 %d"))
      assert.equal(0, #seen)
    end)
  end

  it("never calls the handler for noise, at any cut", function()
    serve()
    math.randomseed(7)
    for _ = 1, 60 do
      local bytes = {}
      for i = 1, math.random(200) do bytes[i] = string.char(math.random(0, 255)) end
      send(port, table.concat(bytes))
    end
    helper.steps(20)
    assert.equal(0, #seen)
  end)

  it("takes absolute targets and OPTIONS *", function()
    serve()
    answer(send(port, "GET http://h:1/p?q HTTP/1.1\r\nHost: h\r\n\r\n"), "GET /p $")
    answer(send(port, "GET http://h HTTP/1.1\r\nHost: h\r\n\r\n"), "GET / $")
    answer(send(port, "OPTIONS * HTTP/1.1\r\nHost: h\r\n\r\n"), "OPTIONS %* $")
    answer(send(port, "GET /u HTTP/1.1\r\nHost: h\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n" .. GET), "GET /u .*GET /a $")
  end)

  it("answers 408 to a request that trickles, and closes an idle connection", function()
    serve { request_ms = 60, idle_ms = 60 }
    local slow, idle = send(port, "GET / HT"), send(port)
    local sent = 0
    wait(function()
      if sent < 100 then world:send(slow, "T") end
      sent = sent + 1
      return world:got(slow):find("^HTTP/1.1 408")
    end)
    wait(function() return select(2, world:got(idle)) == "eof" end)
    assert.equal("", (world:got(idle)))
    local body = send(port, "POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 9\r\n\r\nabc")
    answer(body, "^HTTP/1.1 408")
  end)

  it("answers 503 to connections past the limit and serves again when one leaves", function()
    serve { connections = 1 }
    local first = send(port, GET)
    answer(first, "GET /a $")
    local turned_away = send(port, GET)
    answer(turned_away, "^HTTP/1.1 503 ")
    world:cut(first)
    world:cut(turned_away)
    wait(function() return world:counters(server).open == 0 end)
    answer(send(port, GET), "GET /a $")
  end)

  it("survives a client that leaves before its answer", function()
    serve()
    local gone, reset = send(port, "GET /later HTTP/1.1\r\nHost: h\r\n\r\n"), send(port, "GET /later HTTP/1.1\r\nHost: h\r\n\r\n")
    wait(function() return #seen == 2 end)
    world:cut(gone)
    world:reset(reset)
    helper.steps(10)
    for i = 1, 2 do world:respond(seen[i].slot, 200, {}, ("x"):rep(100000)) end
    wait(function() return world:counters(server).open == 0 end)
  end)

  local function ask_unread(body)
    local socket = send(port, "GET /later HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n")
    wait(function() return #seen == 1 end)
    world:pause(socket)
    world:respond(seen[1].slot, 200, {}, body)
    helper.steps(3)
    return socket
  end

  it("writes a long answer to a slow reader whole", function()
    serve()
    local body = ("0123456789"):rep(1000000)
    local socket = ask_unread(body)
    world:resume(socket)
    wait(function() return select(2, world:got(socket)) == "eof" end)
    assert.equal(body, (world:got(socket):match("\r\n\r\n(.*)")))
  end)

  it("gives up on a client that does not read", function()
    serve { answer_ms = 60 }
    ask_unread(("0123456789"):rep(1000000))
    wait(function() return world:counters(server).open == 0 end)
  end)

  it("keeps an empty header from swallowing the next", function()
    serve()
    answer(send(port, "GET /a HTTP/1.1\r\nHost: h\r\nA:\r\nB: \t \r\nC: d\r\nE:\r\n\r\n"), "GET /a $")
    assert.same({ Host = "h", A = "", B = "", C = "d", E = "" }, seen[1].headers)
  end)

  it("lets no header of an answer break it", function()
    serve()
    local socket = send(port, "GET /later HTTP/1.1\r\nHost: h\r\n\r\n")
    wait(function() return #seen == 1 end)
    world:respond(seen[1].slot, 200, { Location = "/a\r\nSet-Cookie: x" }, "body")
    local text = answer(socket, "\r\n\r\n")
    assert.matches("^HTTP/1.1 500 ", text)
    assert.not_matches("Set%-Cookie", text)
  end)

  it("answers problems as RFC 9457 asks", function()
    serve()
    local socket = send(port, "GET /later HTTP/1.1\r\nHost: h\r\n\r\n")
    wait(function() return #seen == 1 end)
    world:respond(seen[1].slot, 422, 'say "why"\n\xff术')
    assert.matches('{"type":"about:blank","title":"Unprocessable Content","status":422,' ..
      '"detail":"say \\"why\\"\\u000a\\ufffd术"}\n$', answer(socket, "}\n$"))
  end)

  it("stops gracefully: refuses newcomers, finishes what has begun, then says so", function()
    serve()
    local idle, busy = send(port, GET), send(port, "GET /later HTTP/1.1\r\nHost: h\r\n\r\n" .. GET)
    wait(function() return #seen == 2 end)
    local done = false
    world:stop(server, 60000, function() done = true end)
    wait(function() return select(2, world:got(idle)) == "eof" end)
    local late = world:connect(port)
    wait(function() return select(2, world:got(late)) == "error" end)
    assert.is_false(done)
    world:respond(seen[2].slot, 200, {}, "finished")
    assert.matches("Connection: close", answer(busy, "finished$"))
    world:cut(busy)
    wait(function() return done end)
    assert.equal(2, #seen)
  end)

  it("stops at the deadline though an answer is missing", function()
    serve()
    local busy = send(port, "GET /later HTTP/1.1\r\nHost: h\r\n\r\n")
    wait(function() return #seen == 1 end)
    local done = 0
    world:stop(server, 30, function() done = done + 1 end)
    wait(function() return done > 0 end)
    wait(function() return select(2, world:got(busy)) ~= "open" end)
    world:respond(seen[1].slot, 200, {}, "too late")
    helper.steps(5)
    assert.equal(1, done)
  end)

  it("says done at once when nothing was open", function()
    serve()
    local done = false
    world:stop(server, 60000, function() done = true end)
    assert.is_false(done)
    wait(function() return done end)
  end)

  if not beside then it("listens on several ports and says why it cannot", function()
    serve()
    local more = world:listen_more(server, "127.0.0.1", 0)
    answer(send(more, GET), "GET /a $")
    local none, why = world:listen_more(server, "127.0.0.1", more)
    assert.is_nil(none)
    assert.matches("address already in use", why)
    assert.is_nil(world:listen_more(server, "127.0.0.1", 70000))
    assert.is_nil(world:listen_more(server, "203.0.113.1", 0))
  end) end

  it("sees the client behind a trusted proxy", function()
    serve { trusted = "127.0.0.0/8" }
    answer(send(port, "GET /a HTTP/1.1\r\nHost: h\r\nX-Forwarded-For: 6.6.6.6, 1.2.3.4\r\n\r\n"), "GET /a $")
    assert.equal("1.2.3.4", seen[1].peer)
  end)

  it("leaves nothing behind when it is closed with requests under way", function()
    serve()
    send(port, "GET /later HTTP/1.1\r\nHost: h\r\n\r\n")
    send(port, "POST /x HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nab")
    send(port, "GET /x HTTP")
    wait(function() return #seen == 1 end)
  end)
end)
end
