-- Tencent Cloud's SMS: the signature against its published example, its answers, and a peer on loopback that behaves as it does.
local Plugin = require "functional.support.plugin"
local json = require "dkjson"

local NOW = 1772431200000                                     -- 2026-03-02 14:00 in China

describe("tencent-sms", function()
  local b = Plugin.bench("plugins/tencent-sms", { secret_id = "id", secret_key = { secret = "s3cret" }, app_id = "1400006666",
    token = { secret = "t0k" }, templates = { ["1110"] = "您好{1}，您的随访短码是{2}", ["1111"] = "请按时服药" } })
  after_each(function() b:close() end)

  it("signs as the example of its documentation is signed", function()
    b:open { secret_id = "AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE", secret_key = "Gu5t9xGARNpq86cd98joQYCN3EXAMPLE" }
    assert.equal("TC3-HMAC-SHA256 Credential=AKIDz8krbsJ5yKBZQpn74WFkmLPx3EXAMPLE/2019-02-25/cvm/tc3_request, "
      .. "SignedHeaders=content-type;host, Signature=72e494ea809ad7a8c8f7a4507b9bddcbaa8e581f516e8da2f66e2c5a96525168",
      b.c:call("sign", { method = "POST", host = "cvm.tencentcloudapi.com", type = "application/json; charset=utf-8", service = "cvm",
        now = 1551113065000, body = '{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}' }))
  end)

  it("takes the number and the variables that the department's template says are approved", function()
    local request = assert(b:open():send { text = "【骨动新生】王先生，别的话", approved = { id = "2220", params = { "王先生", "12345678" } } })
    local body = json.decode(request.body)
    assert.same({ "2220", { "王先生", "12345678" } }, { body.TemplateId, body.TemplateParamSet })
    assert.is_nil(json.decode(assert(b.c:send { text = "x", approved = { id = "2221", params = {} } }).body).TemplateParamSet)
    assert.equal("params of 2220 must be a list", select(2, b.c:send { text = "x", approved = { id = "2220", params = { name = "x" } } }))
    assert.same({ "order", true }, { b.c:can().approved, b.c:can().approved_only })
  end)

  it("finds the approved template and its variables in order", function()
    local request = assert(b:open():send { text = "【骨动新生】您好王小明，您的随访短码是12345678" })
    assert.same({ PhoneNumberSet = { "+8613800001111" }, SmsSdkAppId = "1400006666", TemplateId = "1110", SignName = "骨动新生",
      TemplateParamSet = { "王小明", "12345678" }, SessionContext = "m1-0" }, json.decode(request.body))
    assert.same({ "SendSms", "2021-01-11", "ap-guangzhou", "1772431200" }, { request.headers["X-TC-Action"],
      request.headers["X-TC-Version"], request.headers["X-TC-Region"], request.headers["X-TC-Timestamp"] })
    request = assert(b.c:send { to = "+85251234567", text = "【骨动新生】请按时服药" })
    assert.same({ "+85251234567" }, json.decode(request.body).PhoneNumberSet)
    assert.is_nil(json.decode(request.body).TemplateParamSet)
    local none, why = b.c:send { text = "【骨动新生】别的" }
    assert.is_nil(none)
    assert.matches("^no template of the provider has this text: add it to templates", why)
  end)

  for code, case in pairs {
    Ok = { accepted = "s1" },
    ["LimitExceeded.PhoneNumberThirtySecondLimit"] = { retry = 30 },
    ["LimitExceeded.PhoneNumberOneHourLimit"] = { delayed = 3600 },
    ["LimitExceeded.PhoneNumberDailyLimit"] = { delayed = 36300 }, -- five past midnight in China
    ["RequestLimitExceeded"] = { retry = 30 },
    ["InternalError.Timeout"] = { retry = 30 },
    ["FailedOperation.PhoneNumberInBlacklist"] = { permanent = true },
    ["FailedOperation.ContainSensitiveWord"] = { permanent = true },
    ["FailedOperation.InsufficientBalanceInSmsPackage"] = { config = true },
    ["AuthFailure.SignatureFailure"] = { config = true },
    ["FailedOperation.NeverHeardOf"] = { ambiguous = true },
  } do
    it("understands " .. code .. ", of the number and of the whole call", function()
      for kind, value in pairs(case) do if value == true then case[kind] = code end end
      if case.retry or case.delayed then case.detail = code end
      b:open()
      assert.same(case, b.c:result({ body = json.encode { Response = { SendStatusSet = { { SerialNo = "s1", Code = code } } } } }, { now = NOW }))
      if code == "Ok" then return end
      assert.same(case, b.c:result({ body = json.encode { Response = { Error = { Code = code, Message = "m" } } } }, { now = NOW }))
    end)
  end

  it("is in doubt about what it can't read", function()
    b:open()
    for _, body in ipairs {
       "", "<html>", "{}", '{"Response":{}}', '{"Response":7}' } do assert.truthy(b.c:result({ body = body }).ambiguous, body) end
  end)

  it("takes receipts and replies that know the token", function()
    b:open()
    local body = '[{"mobile":"13800001111","report_status":"SUCCESS","errmsg":"DELIVRD","sid":"s1"},'
      .. '{"report_status":"FAIL","errmsg":"UNDELIV","sid":"s2"}]'
    local items, reply = b.c:receipt { query = "token=t0k", body = body }
    assert.same({ { id = "s1", state = "delivered", detail = "DELIVRD" }, { id = "s2", state = "failed", detail = "UNDELIV" } }, items)
    assert.equal('{"result":0,"errmsg":"OK"}', reply.body)
    local said = '{"extend":"1","mobile":"13800001111","nationcode":"86","sign":"骨动新生","text":"退订","time":1700000000}'
    items = b.c:inbound { query = "token=t0k", body = said }
    assert.same({ "13800001111", "退订", 1700000000000 }, { items[1].from, items[1].text, items[1].at })
    assert.equal(items[1].id, b.c:inbound { query = "token=t0k", body = said }[1].id)
    for _, forged in ipairs { "token=x", "", "token=" } do
      items, reply = b.c:inbound { query = forged, body = said }
      assert.same({ {}, 403 }, { items, reply.status })
    end
  end)

  it("sends to a service that answers 200 to everything", function()
    local peer = b:serve()
    local codes, seen = { "Ok", "LimitExceeded.PhoneNumberDailyLimit", "reset" }, {}
    peer.serve = function(request)
      table.insert(seen, json.decode(request.body).SessionContext)
      local code = table.remove(codes, 1)
      if code == "reset" then return "reset" end
      return 200, json.encode { Response = { SendStatusSet = { { SerialNo = "s" .. #seen, Code = code } }, RequestId = "r" } }
    end
    b:open { url = peer.url .. "/" }
    local function deliver(key) return b:deliver({ key = key, text = "【骨动新生】请按时服药" }) end
    local first, second, third = deliver "m1-0", deliver "m2-0", deliver "m3-0"
    assert.same({ "accepted", "s1", "delayed", NOW + 36300000, "ambiguous" },
      { first.result, first.id, second.result, second.until_ms, third.result })
    assert.same({ "m1-0", "m2-0", "m3-0" }, seen)
  end)
end)
