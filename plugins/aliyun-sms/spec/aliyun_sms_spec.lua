-- Aliyun's SMS service: the signature against its published example, its answers, and a peer on loopback that behaves as it does.
local Plugin = require "functional.support.plugin"
local Peer = require "functional.support.peer"
local json = require "dkjson"

local NOW = 1772431200000                                     -- 2026-03-02 14:00 in China
local TEMPLATES = { SMS_1 = "您好，您的随访短码是${code}，回复${word}退订", SMS_2 = "您好${name}" }

describe("aliyun-sms", function()
  local b = Plugin.bench("plugins/aliyun-sms", { key_id = "id", key_secret = { secret = "s3cret" },
    templates = TEMPLATES, token = { secret = "t0k" } })
  after_each(function() b:close() end)

  it("signs as the example of its documentation is signed", function()
    b:open { key_id = "YourAccessKeyId", key_secret = "YourAccessKeySecret" }
    assert.equal("ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;"
      .. "x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0",
      b.c:call("sign", { host = "ecs.cn-shanghai.aliyuncs.com", ["x-acs-action"] = "RunInstances", ["x-acs-version"] = "2014-05-26",
        ["x-acs-date"] = "2023-10-26T10:22:32Z", ["x-acs-signature-nonce"] = "3156853299f313e23d1673dc12e1703d",
        ["x-acs-content-sha256"] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" },
        "ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai"))
  end)

  it("takes the number and the variables that the department's template says are approved", function()
    local request = assert(b:open():send { text = "【骨动新生】王先生，别的话", approved = { id = "SMS_9", params = { name = "王先生" } } })
    local fields = Peer.fields(request.url:match "%?(.*)")
    assert.same({ "SMS_9", '{"name":"王先生"}', "骨动新生" }, { fields.TemplateCode, fields.TemplateParam, fields.SignName })
    for why, params in pairs { ["variable name of SMS_9 has 36 characters"] = { name = ("长"):rep(36) },
        ["params of SMS_9 must be name → placeholder"] = { "王先生" } } do
      assert.truthy(select(2, b.c:send { text = "x", approved = { id = "SMS_9", params = params } }):find(why, 1, true))
    end
    assert.same({ "names", true }, { b.c:can().approved, b.c:can().approved_only })
  end)

  it("finds the approved template and its variables in the text", function()
    local request = assert(b:open():send { text = "【骨动新生】您好，您的随访短码是12345678，回复R退订" })
    local fields = Peer.fields(request.url:match "%?(.*)")
    assert.same({ PhoneNumbers = "13800001111", SignName = "骨动新生", TemplateCode = "SMS_1", OutId = "m1-0",
      TemplateParam = '{"code":"12345678","word":"R"}' }, fields)
    assert.equal("2026-03-02T06:00:00Z", request.headers["x-acs-date"])
    assert.falsy(request.headers.Authorization:find "s3cret")
  end)

  it("finds the standard question as its README has it approved: the page is in the template, the code is a variable", function()
    local file <close> = assert(io.open "plugins/aliyun-sms/README.md")
    local template = assert(file:read "a":match "\n    (%${who}[^\n]+)\n")
    b:open { templates = { SMS_9 = template } }
    local request = assert(b.c:send { text = "【骨动新生】王先生您好，市一院请您填写“疼痛与活动”：https://f.example.org/f 短码12345678 （非实时值守，紧急请拨120）" })
    assert.same({ who = "王先生", hospital = "市一院", form = "疼痛与活动", code = "12345678" },
      json.decode(Peer.fields(request.url:match "%?(.*)").TemplateParam))
  end)

  it("leaves to another channel what no template says, and what does not fit into a variable", function()
    b:open()
    for text, why in pairs { ["【x】别的话"] = "no template of the provider has this text", ["【x】您好"] = "has 0 characters",
        ["【x】您好" .. ("长"):rep(36)] = "variable name of SMS_2 has 36 characters" } do
      local request, said = b.c:send { text = text }
      assert.is_nil(request)
      assert.truthy(said:find(why, 1, true), said)
    end
  end)

  for code, case in pairs {
    OK = { accepted = "m1-0" },
    ["isp.SYSTEM_ERROR"] = { retry = 30, detail = "isp.SYSTEM_ERROR" },
    ["Throttling.User"] = { retry = 30, detail = "Throttling.User" },
    ["isv.DAY_LIMIT_CONTROL"] = { delayed = 36300, detail = "isv.DAY_LIMIT_CONTROL" }, -- five past midnight in China
    ["isv.MOBILE_NUMBER_ILLEGAL"] = { permanent = "isv.MOBILE_NUMBER_ILLEGAL" },
    ["isv.BLACK_KEY_CONTROL_LIMIT"] = { permanent = "isv.BLACK_KEY_CONTROL_LIMIT" },
    ["isv.OUT_OF_SERVICE"] = { config = "isv.OUT_OF_SERVICE" },
    ["isp.RAM_PERMISSION_DENY"] = { config = "isp.RAM_PERMISSION_DENY" },
    ["SignatureDoesNotMatch"] = { config = "SignatureDoesNotMatch" },
    ["isv.NEVER_HEARD_OF"] = { ambiguous = "isv.NEVER_HEARD_OF" },
  } do
    it("understands " .. code, function()
      assert.same(case, b:open():result({ body = json.encode { Code = code, BizId = "b1" } }, { now = NOW }))
    end)
  end

  it("puts off what passes a limit: by a minute, an hour, or to the next day, never drops it", function()
    b:open()
    for said, case in pairs { ["触发分钟级流控Permits:1"] = { retry = 60 }, ["触发小时级流控Permits:5"] = { delayed = 3600 },
        ["触发天级流控Permits:50"] = { delayed = 36300 } } do
      case.detail = "isv.BUSINESS_LIMIT_CONTROL"
      assert.same(case, b.c:result({ body = json.encode { Code = "isv.BUSINESS_LIMIT_CONTROL", Message = said } }, { now = NOW }))
    end
  end)

  it("is in doubt about what it can't read, and asks for the day's records of the number", function()
    assert.same({ ambiguous = "HTTP 502" }, b:open():result { status = 502, body = "<html>" })
    local request = assert(b.c:query { sent = NOW - 15 * 3600000 })
    assert.equal("QuerySendDetails", request.headers["x-acs-action"])
    assert.same({ PhoneNumber = "13800001111", SendDate = "20260301", PageSize = "50", CurrentPage = "1" },
      Peer.fields(request.url:match "%?(.*)"))
    local function said(list, now)
      return b.c:queried({ body = json.encode { Code = "OK", SmsSendDetailDTOs = { SmsSendDetailDTO = list } }, now = now or NOW }, { sent = NOW })
    end
    assert.same({ accepted = "m1-0" }, said { { OutId = "x" }, { OutId = "m1-0", SendStatus = 1 } })
    assert.same({ permanent = "MOBILE_NOT_ON_SERVICE" }, said { { OutId = "m1-0", SendStatus = 2, ErrCode = "MOBILE_NOT_ON_SERVICE" } })
    assert.same({ retry = 60 }, said {})
    assert.same({ absent = true }, said({}, NOW + 301000))
    assert.truthy(b.c:queried({ status = 500, body = "x" }).ambiguous)
  end)

  it("takes receipts and replies that know the token", function()
    b:open()
    local body = '[{"phone_number":"13800001111","success":true,"err_code":"DELIVERED","biz_id":"b1","out_id":"m1-0"},'
      .. '{"success":false,"err_code":"REJECTED","out_id":"m2-0"},7]'
    local items, reply = b.c:receipt { query = "token=t0k", body = body }
    assert.same({ { id = "m1-0", state = "delivered", detail = "DELIVERED" }, { id = "m2-0", state = "failed", detail = "REJECTED" } }, items)
    assert.equal('{"code":0,"msg":"OK"}', reply.body)
    items = b.c:inbound { query = "token=t0k", body = '[{"phone_number":"13800001111","send_time":"2026-03-02 14:00:00","content":"退订",'
      .. '"sign_name":"骨动新生","dest_code":"1","sequence_id":123456789}]' }
    assert.same({ { id = "123456789", from = "13800001111", text = "退订", at = NOW } }, items)
    for _, forged in ipairs { "token=x", "", "token=" } do
      items, reply = b.c:receipt { query = forged, body = body }
      assert.same({ {}, 403 }, { items, reply.status })
    end
    assert.equal(400, select(2, b.c:receipt { query = "token=t0k", body = "{" }).status)
  end)

  it("sends to a service that checks signatures and forgets answers, and nothing goes twice", function()
    local peer = b:serve()
    local records, lose = {}, true
    peer.serve = function(request)
      local fields = Peer.fields(request.path:match "%?(.*)")
      if not request.headers.authorization:find "^ACS3%-HMAC%-SHA256 Credential=id,SignedHeaders=host;x%-acs" then
        return 400, '{"Code":"SignatureDoesNotMatch"}'
      end
      if request.headers["x-acs-action"] == "QuerySendDetails" then
        return 200, json.encode { Code = "OK", SmsSendDetailDTOs = { SmsSendDetailDTO = records } }
      end
      table.insert(records, { OutId = fields.OutId, SendStatus = 3 })
      if lose then return "reset" end
      return 200, '{"Code":"OK","BizId":"b1","RequestId":"r"}'
    end
    b:open { url = peer.url .. "/" }
    local result = b:deliver({ text = "【骨动新生】您好王小明" })
    assert.same({ "accepted", "m1-0", 1 }, { result.result, result.id, #records })
    lose = false
    assert.equal("accepted", b:deliver { key = "m2-0", text = "【骨动新生】您好王小明" }.result)
    assert.equal("permanent", b:deliver { key = "m3-0", text = "【骨动新生】别的" }.result)
    assert.equal(2, #records)
  end)
end)
