-- A PBX and a voice robot: what they are asked, which is a number and nothing else, and whom they are believed.
local Plugin = require "functional.support.plugin"
local Peer = require "functional.support.peer"
local json = require "dkjson"

local NOW = 1772431200000
local SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"

describe("pbx", function()
  local b = Plugin.bench("plugins/pbx", { url = "http://pbx.example.org/dial", secret = { secret = SECRET }, caller_id = "057187000000" })
  after_each(function() b:close() end)
  local ARI = { kind = "ari", url = "http://pbx.example.org:8088", password = { secret = "p4ss" }, ring = "40s" }
  local function call(more)
    local out = { key = "0123456789abcdef", to = "13800001111", from = "8001", form = "wound-check", text = "", program = "",
      class = "call", now = NOW }
    for name, value in pairs(more or {}) do out[name] = value end
    return out
  end

  it("by webhook is given both numbers and our word for the call, signed; not one word of what it is about", function()
    local request = assert(b:open():send(call()))
    assert.same({ id = "0123456789abcdef", from = "8001", to = "13800001111", caller_id = "057187000000", ring_seconds = 30 },
      json.decode(request.body))
    assert.equal(b.c:call("sign", "0123456789abcdef", "1772431200", request.body), request.headers["webhook-signature"])
    assert.falsy(json.encode(request):find "wound")
    assert.same({ dials = true, robot = nil }, { dials = b.c:can().dials, robot = b.c:can().robot })
  end)

  it("by Asterisk's REST interface rings the desk, and the dialplan the patient", function()
    local request = assert(b:open(ARI):send(call()))
    local path, query = request.url:match "^(.-)%?(.*)$"
    assert.equal("http://pbx.example.org:8088/ari/channels", path)
    assert.same({ endpoint = "PJSIP/8001", extension = "13800001111", context = "afterward", priority = "1", timeout = "40",
      channelId = "0123456789abcdef", callerId = "057187000000" }, Peer.fields(query))
    assert.equal("Basic YWZ0ZXJ3YXJkOnA0c3M=", request.headers.Authorization) -- afterward:p4ss
    assert.equal("Basic ***", request.shown.headers.Authorization)
  end)

  it("needs a desk phone; a robot needs a flow, which is all that it is told of the form", function()
    assert.same({ nil, "no desk phone is named" }, { b:open():send(call { from = false }) })
    b:open { robot = true, flows = { ["wound-check"] = "4711" } }
    assert.same({ id = "0123456789abcdef", to = "13800001111", flow = "4711", caller_id = "057187000000" }, json.decode(b.c:send(call()).body))
    assert.same({ nil, "the robot has no flow for pain: add it to flows" }, { b.c:send(call { form = "pain" }) })
    assert.truthy(b.c:can().robot)
  end)

  it("says at the start which settings don't go together", function()
    for said, more in pairs { ['kind = "ari" needs password'] = { kind = "ari" }, ['a robot is reached by kind = "webhook"'] = { kind = "ari",
      robot = true, password = "x" } } do
      local _, why = b:try(more)
      assert.truthy(why:find(said, 1, true), why)
    end
  end)

  for status, kind in pairs { [200] = "accepted", [202] = "accepted", [401] = "config", [404] = "permanent", [422] = "permanent", [429] = "retry",
    [503] = "retry", [500] = "ambiguous" } do
    it("understands " .. status, function() assert.truthy(b:open():result({ status = status }, call())[kind]) end)
  end

  it("of Asterisk understands what only Asterisk says", function()
    b:open(ARI)
    assert.same({ accepted = "1700.1" }, b.c:result({ body = '{"id":"1700.1","state":"Down"}' }, call()))
    assert.same({ accepted = "0123456789abcdef" }, b.c:result({ status = 409, body = "{}" }, call())) -- it has that call
    assert.same({ permanent = "the desk phone can't be reached" }, b.c:result({ status = 500, body = '{"error":"Allocation failed"}' }, call()))
  end)

  describe("by webhook is believed", function()
    local function take(body, o)
      o = o or {}
      local headers = { ["webhook-id"] = "w1", ["webhook-timestamp"] = "1772431200",
        ["webhook-signature"] = o.sign or b.c:call("sign", "w1", "1772431200", o.signed or body) }
      local items, reply = b.c:receipt { headers = headers, body = body, now = NOW + (o.later or 0) }
      return items, reply.status
    end

    it("what it signs, within five minutes, and nothing else", function()
      b:open()
      local body = '{"id":"k1","call":"busy","seconds":12,"recording":"r/7"}'
      assert.same({ { id = "k1", call = "busy", seconds = 12, recording = "r/7" } }, (take(body)))
      assert.same({ {}, 403 }, { take(body, { sign = "v1,AAAA" }) })
      assert.same({ {}, 403 }, { take(body, { signed = body .. " " }) })
      assert.same({ {}, 403 }, { take(body, { later = 301000 }) })
      assert.same({ {}, 403 }, { take(body, { later = -301000 }) })
      assert.equal(12, take '{"id":"k1","call":"busy","seconds":12.7}'[1].seconds)
      assert.same({ {}, 400 }, { take '"x"' })
    end)

    it("never half: what is not as it should be is told, and nothing of that call is taken", function()
      b:open { robot = true }
      for _, body in ipairs { '{"call":"busy"}', '{"id":7,"call":"busy"}', '{"id":"","call":"busy"}', '{"id":"k1","call":"singing"}', '{"id":"k1"}',
        '{"id":"k1","answers":[1]}', '{"id":"k1","answers":"x"}', '{"id":"k1","call":"busy","seconds":"9"}', '{"id":"k1","code":7}', '[7]',
        '[{"id":"k0","call":"busy"},{"id":"k1","call":7}]' } do
        assert.same({ {}, 422 }, { take(body) }, body)
      end
    end)

    it("about answers only when it is a robot", function()
      local body = '[{"id":"k1","call":"answered","code":"done","answers":{"temp":38.9}}]'
      b:open()
      assert.same({ { id = "k1", call = "answered" } }, (take(body)))
      b:open { robot = true }
      assert.same({ { id = "k1", call = "answered", code = "done", answers = { temp = 38.9 } } }, (take(body)))
    end)
  end)

  describe("of Asterisk is believed", function()
    local function take(fields, o)
      o = o or {}
      local said = { id = "k1", status = "BUSY", cause = "17", seconds = "0", recording = "", at = "1772431200" }
      for name, value in pairs(fields) do said[name] = value end
      local function escape(c) return ("%%%02X"):format(c:byte()) end
      local parts = { "sign=" .. (o.sign or b.c:call("proof", said)) }
      for name, value in pairs(said) do parts[#parts + 1] = name .. "=" .. value:gsub("[^%w]", escape) end
      local items, reply = b.c:receipt { body = table.concat(parts, "&"), now = NOW + (o.later or 0) }
      return items, reply.status
    end

    it("what its hangup handler proves, within five minutes, and nothing else", function()
      b:open(ARI)
      assert.same({ { id = "k1", call = "busy", seconds = 0, detail = "BUSY 17" } }, (take {}))
      assert.same({ {}, 403 }, { take({}, { sign = ("0"):rep(40) }) })
      assert.same({ {}, 403 }, { take({}, { later = 301000 }) })
      assert.same({ {}, 403 }, { take { at = "x" } })
    end)

    -- printf 'k1|BUSY|17|0||1772431200|MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' | sha1sum
    it("by a proof that any shell can make", function()
      assert.equal("e3ae0fd9eef1897c8d2c12693429edf47f902817", b:open(ARI):call("proof",
        { id = "k1", status = "BUSY", cause = "17", seconds = "0", recording = "", at = "1772431200" }))
    end)

    for what, case in pairs { answered = { "ANSWER", "16" }, busy = { "BUSY", "17" }, ["no-answer"] = { "NOANSWER", "19" },
      rejected = { "CONGESTION", "21" }, void = { "CHANUNAVAIL", "1" }, off = { "CHANUNAVAIL", "20" }, failed = { "CANCEL", "0" } } do
      it("when it says " .. table.concat(case, " ") .. ": " .. what, function()
        b:open(ARI)
        assert.equal(what, take { status = case[1], cause = case[2] }[1].call)
      end)
    end
  end)

  describe("that tells of a missed call is believed", function()
    it("by webhook when it is signed", function()
      b:open()
      local function take(body, mark)
        local items, reply = b.c:inbound { body = body, now = NOW, headers = { ["webhook-id"] = "w1", ["webhook-timestamp"] = "1772431200",
          ["webhook-signature"] = mark or b.c:call("sign", "w1", "1772431200", body) } }
        return items, reply.status
      end
      assert.same({ { id = "c7", from = "013800001111", kind = "missed-call", at = NOW - 60000 } },
        (take(('{"id":"c7","from":"013800001111","at":%d}'):format(NOW // 1000 - 60))))
      assert.equal(2, #take '[{"id":"a","from":"1"},{"id":"b","from":"2"}]')
      assert.same({ {}, 403 }, { take('{"id":"c7","from":"1"}', "v1,AAAA") })
      assert.same({ {}, 422 }, { take '{"id":"c7"}' })
    end)

    it("of Asterisk when its dialplan proves it", function()
      b:open(ARI)
      local function take(o)
        local said = { id = "1700.9", from = "13800001111", at = "1772431200" }
        local mark = o.mark or b.c:call("missed_mark", said)
        local items, reply = b.c:inbound { now = NOW + (o.later or 0), body = ("id=%s&from=%s&at=%s&sign=%s"):format(said.id,
          said.from, said.at, mark) }
        return items, reply.status
      end
      assert.same({ { id = "1700.9", from = "13800001111", kind = "missed-call", at = NOW } }, (take {}))
      assert.same({ {}, 403 }, { take { mark = ("0"):rep(40) } })
      assert.same({ {}, 403 }, { take { later = 301000 } })
    end)

    -- printf '1700.9|13800001111|1772431200|MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw' | sha1sum
    it("by a proof that any shell can make", function()
      assert.equal("58f9df1c4754ac67b282c510f78dff05cc61eb6a", b:open(ARI):call("missed_mark", { id = "1700.9",
          from = "13800001111", at = "1772431200" }))
    end)
  end)

  it("goes through a PBX that checks the signature", function()
    local rung = {}
    local peer = b:serve(function(request)
      local h = request.headers
      if h["webhook-signature"] ~= b.c:call("sign", h["webhook-id"], h["webhook-timestamp"], request.body) then return 401, "" end
      rung[#rung + 1] = json.decode(request.body)
      return 202, json.encode { id = "pbx-" .. #rung }
    end)
    b:open { url = peer.url .. "/dial", robot = true, flows = { [""] = "1" } }
    assert.same({ "accepted", "pbx-1" }, { b:deliver { to = "13800001111" }.result, "pbx-" .. #rung })
  end)
end)
