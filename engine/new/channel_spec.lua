-- The gateway's requests and answers, without a daemon and without the gateway.
local channel = require "afterward.channel"

describe("@NAME@", function()
  local c
  before_each(function()
    c = assert(channel.open("plugins/@NAME@", { url = "https://sms.example.org/send", user = "ward",
      password = { secret = "p4ss" }, receipt_token = { secret = "t0k" } }))
  end)
  after_each(function() c:close() end)

  it("sends the text with our number, signed", function()
    local request = assert(c:send { key = "m1-0", to = "13800001111", text = "【示范医院】您好" })
    assert.equal('{"id":"m1-0","sign":"475f3e90e038c76c9895204e1f23027ba328b8a8514fc4becf98fcbbe3d208b7","text":"【示范医院】您好",'
      .. '"to":"13800001111","user":"ward"}', request.body)
  end)

  for what, case in pairs {
    ["accepted, with the gateway's number"] = { { body = '{"code":0,"id":"g7"}' }, { accepted = "g7" } },
    ["a bad number"] = { { body = '{"code":"BAD_NUMBER"}' }, { permanent = "bad number" } },
    ["a wrong password"] = { { status = 401 }, { config = "HTTP 401: check user and password" } },
    ["too much at once"] = { { status = 429, headers = { ["retry-after"] = "17" } }, { retry = 17 } },
    ["a doubt"] = { { status = 502 }, { ambiguous = "HTTP 502" } },
  } do
    it("understands " .. what, function() assert.same(case[2], c:result(case[1])) end)
  end

  it("takes receipts that know the token, and no others", function()
    local body = '{"id":"g7","arrived":true}'
    assert.same({ { id = "g7", state = "delivered" } }, (c:receipt { query = "token=t0k", body = body }))
    local none, reply = c:receipt { query = "token=guess", body = body }
    assert.same({ {}, 403 }, { none, reply.status })
  end)
end)
