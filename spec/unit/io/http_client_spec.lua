local helper = dofile "spec/unit/io/helper.lua"
local wait = helper.wait

describe("the HTTP client", function()
  local world
  before_each(function() world = helper.open() end)
  after_each(helper.close)

  -- Starts a call and gives a table that gets the result.
  local function ask(call)
    local box = { times = 0 }
    box.handle = assert(world:ask(call, function(result) box.result, box.times = result, box.times + 1 end))
    return box
  end
  local function finish(box) return wait(function() return box.result end, "the call's end") end

  local function serve(handler)
    local port = world:serve(function(request)
      handler(request, function(...) world:respond(request.slot, ...) end)
    end, {})
    return "http://127.0.0.1:" .. port
  end

  -- A raw server: waits for a connection and for the bytes of a request on it.
  local function peer(pattern)
    local socket = wait(function() return world:accepted() end, "a connection")
    if pattern then helper.answer(socket, pattern) end
    return socket
  end

  it("sends method, headers and body, and brings the answer", function()
    local got
    local base = serve(function(request, respond)
      got = request
      respond(201, { ["X-Id"] = "7", ["X-Empty"] = "" }, "created")
    end)
    local result = finish(ask { url = base .. "/a%20b?q=1", method = "POST", body = "{}",
      headers = { ["Content-Type"] = "application/json", ["X-Blank"] = "" } })
    assert.equal("answered", result.outcome)
    assert.equal(201, result.status)
    assert.equal("created", result.body)
    assert.equal("7", result.headers["X-Id"])
    assert.equal("", result.headers["X-Empty"])
    assert.equal("", result.error)
    assert.same({ "POST", "/a b", "q=1", "{}", "application/json", "" }, { got.method, got.path, got.query, got.body,
      got.headers["Content-Type"], got.headers["X-Blank"] })
    assert.is_nil(got.headers.Expect)
  end)

  it("speaks every method", function()
    local base = serve(function(request, respond)
      respond(200, { ["X-Method"] = request.method, ["X-Length"] = request.headers["Content-Length"] or "none" },
        request.body)
    end)
    local expected = { GET = "none", HEAD = "none", DELETE = "none", POST = "0", PUT = "0", PATCH = "0" }
    for method, length in pairs(expected) do
      local result = finish(ask { url = base, method = method })
      assert.same({ "answered", method, length },
        { result.outcome, result.headers["X-Method"], result.headers["X-Length"] })
    end
    assert.equal("x", finish(ask { url = base, method = "DELETE", body = "x" }).body)
  end)

  it("uses a connection again, and no more at a time than allowed", function()
    local waiting, most, peers = {}, 0, {}
    local port, server = world:serve(function(request)
      waiting[#waiting + 1], peers[#peers + 1] = request.slot, request.path
      most = math.max(most, #waiting)
    end, {})
    world:client { connections = 8, per_host = 3 }
    local calls = {}
    for i = 1, 20 do calls[i] = ask { url = ("http://127.0.0.1:%d/%02d"):format(port, i) } end
    assert.equal(20, world:load())
    wait(function()
      if #waiting == 3 or world:load() < 3 then
        helper.steps(5)
        local slot = table.remove(waiting, 1)
        if slot then world:respond(slot, 200, {}, "") end
      end
      return world:load() == 0
    end)
    assert.equal(3, most)
    table.sort(peers)
    assert.equal(20, #peers)
    assert.is_true(world:counters(server).accepted <= 3)
    for _, call in ipairs(calls) do assert.equal("answered", call.result.outcome) end
  end)

  it("does not let a stuck host hold up another", function()
    local stuck = world:listen()
    local base = serve(function(_, respond) respond(200, {}, "") end)
    world:client { connections = 4, per_host = 2 }
    for _ = 1, 10 do ask { url = "http://127.0.0.1:" .. stuck } end
    assert.equal("answered", finish(ask { url = base }).outcome)
  end)

  it("calls it not sent when nobody listens or the name is unknown", function()
    local port, listener = world:listen()
    world:cut(listener)
    helper.steps(3)
    local result = finish(ask { url = "http://127.0.0.1:" .. port, method = "POST" })
    assert.equal("not_sent", result.outcome)
    assert.equal(0, result.status)
    assert.not_equal("", result.error)
  end)

  it("calls it not sent when TLS fails", function()
    local base = serve(function(_, respond) respond(200, {}, "") end)
    assert.equal("not_sent", finish(ask { url = base:gsub("http", "https"), method = "POST" }).outcome)
  end)

  it("calls it not sent when connecting takes too long", function()
    local port = world:listen()
    local box = ask { url = "https://127.0.0.1:" .. port, connect_ms = 50 }
    assert.equal("not_sent", finish(box).outcome)
  end)

  it("calls it ambiguous when the connection is reset after the request", function()
    local port = world:listen()
    local box = ask { url = "http://127.0.0.1:" .. port, method = "POST", body = "pay" }
    world:reset(peer "pay$")
    assert.equal("ambiguous", finish(box).outcome)
    helper.steps(10)
    assert.equal(1, box.times)
    assert.is_nil(world:accepted())
  end)

  it("calls an unfinished, silent or endless answer ambiguous", function()
    local cases = {
      { "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf", "cut" },
      { "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe", "cut" },
      { "", "wait" },
      { "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", "wait" },
      { "HTTP/1.1 200 OK\r\n\r\n" .. ("x"):rep(2000), "cut" },
      { "HTTP/1.1 200 OK\r\n" .. ("X: y\r\n"):rep(300) .. "\r\n", "wait" },
      { "HTTP/1.1 200 OK\r\n" .. ("X: " .. ("y"):rep(9000) .. "\r\n"):rep(10) .. "\r\n", "wait" },
      { "SSH-2.0-OpenSSH\r\n", "cut" },
      { "HTTP/1.1 100 Continue\r\n\r\n", "cut" },
    }
    for _, case in ipairs(cases) do
      local port = world:listen()
      local box = ask { url = "http://127.0.0.1:" .. port, method = "POST", body = "pay", total_ms = 300, max_body = 1000 }
      local socket = peer "pay$"
      world:send(socket, case[1])
      if case[2] == "cut" then world:finish(socket) end
      assert.equal("ambiguous", finish(box).outcome, case[1])
      assert.not_equal("", box.result.error)
    end
  end)

  -- curl would repeat the POST by itself.
  it("never repeats a POST, or a GET that does something, when a kept connection dies under it", function()
    local port = world:listen()
    local url = "http://127.0.0.1:" .. port
    for _, case in ipairs { { "POST", "" }, { "POST", "pay" }, { "GET", nil, once = 1 } } do
      local method, body = case[1], case[2]
      local first = ask { url = url }
      local socket = peer "\r\n\r\n$"
      world:send(socket, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
      finish(first)
      local box = ask { url = url, method = method, body = body, once = case.once }
      helper.answer(socket, "GET / .*" .. method .. " / HTTP/1.1\r\n.*\r\n\r\n" .. (body or "") .. "$")
      world:cut(socket)
      assert.equal("ambiguous", finish(box).outcome)
      helper.steps(10)
      local again = world:accepted()
      if again then
        assert.equal("", (world:got(again)))
        world:cut(again)
      end
    end
  end)

  it("repeats another GET then", function()
    local port = world:listen()
    local url = "http://127.0.0.1:" .. port
    local first = ask { url = url }
    local socket = peer "\r\n\r\n$"
    world:send(socket, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    finish(first)
    local box = ask { url = url }
    helper.answer(socket, "GET.*GET")
    world:cut(socket)
    world:send(peer "\r\n\r\n$", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
    assert.equal("ok", finish(box).body)
  end)

  it("follows redirects only when asked", function()
    local base
    base = serve(function(request, respond)
      if request.path == "/to" then return respond(200, {}, "arrived") end
      respond(302, { Location = request.path == "/file" and "file:///etc/passwd" or base .. "/to" }, "go")
    end)
    assert.same({ 302, "go" }, { finish(ask { url = base }).status, finish(ask { url = base }).body })
    assert.equal("arrived", finish(ask { url = base, follow = 1 }).body)
    assert.equal("ambiguous", finish(ask { url = base .. "/file", follow = 1 }).outcome)
  end)

  it("refuses calls that are wrong in themselves", function()
    for _, call in ipairs {
      { url = "ftp://127.0.0.1/" }, { url = "file:///etc/passwd" }, { url = "/path" }, { url = "" },
      { url = "http://" }, { url = "http://a b/" }, { url = "http://h/", method = "GE T" }, { url = "http://h/", method = "" },
      { url = "http://h/", method = "CONNECT" }, { url = "http://h/", headers = { ["X"] = "a\r\nY: b" } },
      { url = "http://h/", headers = { ["X Y"] = "a" } }, { url = "http://h/\r\nX: y" },
    } do
      local handle, why = world:ask(call, error)
      assert.is_nil(handle)
      assert.matches("%S", why)
    end
  end)

  it("drops a cancelled call, queued or running, without a callback", function()
    local port = world:listen()
    world:client { connections = 1 }
    local running, queued = ask { url = "http://127.0.0.1:" .. port }, ask { url = "http://127.0.0.1:" .. port }
    local kept = ask { url = "http://127.0.0.1:" .. port .. "/kept" }
    local socket = peer "\r\n\r\n$"
    world:cancel(queued.handle)
    world:cancel(running.handle)
    wait(function() return select(2, world:got(socket)) == "eof" end)
    world:send(peer "/kept", "HTTP/1.1 204 No Content\r\n\r\n")
    assert.equal(204, finish(kept).status)
    assert.same({ 0, 0 }, { running.times, queued.times })
  end)

  it("may call and cancel again from a callback", function()
    local base = serve(function(_, respond) respond(200, {}, "") end)
    local second, third
    third = ask { url = base:gsub("127.0.0.1", "localhost") .. "/third" }
    world:ask({ url = base }, function()
      if not third.result then world:cancel(third.handle) end
      second = ask { url = base }
    end)
    wait(function() return second end)
    assert.equal("answered", finish(second).outcome)
  end)

  it("calls everything back when it is closed", function()
    local port = world:listen()
    world:client { connections = 1 }
    local running, queued = ask { url = "http://127.0.0.1:" .. port }, ask { url = "http://127.0.0.1:" .. port }
    peer "\r\n\r\n$"
    world:client_free()
    assert.equal("ambiguous", running.result.outcome)
    assert.equal("not_sent", queued.result.outcome)
  end)
end)
