-- What vendors' own libraries make of the same request, sent to a server on loopback, and what they seal: the plugins' signatures
-- and WeChat's secure callbacks against code that nobody here wrote.
local Node = require "functional.support.node"
local Peer = require "functional.support.peer"
local Plugin = require "functional.support.plugin"
local json = require "dkjson"

local NOW = 1772431200000                                     -- 2026-03-02 14:00 in China
-- All that encodings and canonical forms differ in.
local ODD = "a b+c%2B*~'()!/=&?#\"\\\t【】é😀"
local run = Node.there() and describe or pending

local function vendor(what, given) return Node.ask("vendors.js", what, json.encode(given)) end

run("Aliyun's own client", function()
  local b = Plugin.bench("plugins/aliyun-sms", { key_id = "LTAI5tid", key_secret = { secret = "s3cret/+=" }, token = { secret = "t0k" },
    templates = { SMS_1 = "您好，您的随访短码是${code}" } })
  after_each(function() b:close() end)

  local function fields_of(request) return Peer.fields(request.url:match "%?(.*)$") end

  it("signs the request that the plugin makes as the plugin does", function()
    local request = b:open():send { text = "【骨动新生】您好，您的随访短码是" .. ODD, key = "m1-0 " .. ODD, now = NOW }
    local headers = {}
    for name, value in pairs(request.headers) do if name ~= "Authorization" then headers[name] = value end end
    headers.host = "dysmsapi.aliyuncs.com"
    local theirs = vendor("aliyun_sign", { id = "LTAI5tid", secret = "s3cret/+=", query = fields_of(request), headers = headers })
    assert.equal(theirs.authorization, request.headers.Authorization)
  end)

  it("sends the same fields, and the plugin signs what it sent as it did", function()
    local peer = b:serve(function() return 200, '{"Code":"OK","BizId":"b1"}' end)
    b:open()
    local ours = b.c:send { text = "【骨动新生】您好，您的随访短码是" .. ODD, now = NOW }
    local answer = vendor("aliyun", { host = peer.url:match "//(.*)", id = "LTAI5tid", secret = "s3cret/+=", query = fields_of(ours) })
    local sent, signed = peer.requests[1], {}
    for name in sent.headers.authorization:match "SignedHeaders=([^,]+)":gmatch "[^;]+" do signed[name] = sent.headers[name] end
    assert.same({ "POST", "SendSms", "2017-05-25", "OK" }, { sent.method, signed["x-acs-action"], signed["x-acs-version"], answer.Code })
    assert.same(fields_of(ours), Peer.fields(sent.path:match "%?(.*)$"))
    assert.equal(sent.headers.authorization, b.c:call("sign", signed, ours.url:match "%?(.*)$"))
  end)
end)

run("Tencent Cloud's own client", function()
  local b = Plugin.bench("plugins/tencent-sms", { secret_id = "AKIDid", secret_key = { secret = "s3cret/+=" }, app_id = "1400006666",
    token = { secret = "t0k" }, templates = { ["1110"] = "您好，您的随访短码是{1}" } })
  after_each(function() b:close() end)

  it("signs the request that the plugin makes as the plugin does", function()
    local request = b:open():send { text = "【骨动新生】您好，您的随访短码是" .. ODD, now = NOW }
    local theirs = vendor("tencent_sign", { url = request.url, id = "AKIDid", secret = "s3cret/+=", seconds = NOW // 1000,
      type = request.headers["Content-Type"], body = request.body })
    assert.equal(theirs.authorization, request.headers.Authorization)
  end)

  it("sends the same fields, and the plugin signs what it sent as it did", function()
    local peer = b:serve(function()
      return 200, '{"Response":{"RequestId":"r","SendStatusSet":[{"Code":"Ok","SerialNo":"s1"}]}}'
    end)
    b:open()
    local ours = b.c:send { text = "【骨动新生】您好，您的随访短码是" .. ODD, now = NOW }
    local fields = json.decode(ours.body)
    local answer = vendor("tencent", { host = peer.url:match "//(.*)", id = "AKIDid", secret = "s3cret/+=", region = "ap-guangzhou",
      fields = fields })
    local sent = peer.requests[1]
    assert.equal("s1", answer.SendStatusSet[1].SerialNo)
    assert.same(fields, json.decode(sent.body))
    for _, name in ipairs { "X-TC-Action", "X-TC-Version", "X-TC-Region" } do assert.equal(ours.headers[name], sent.headers[name:lower()]) end
    assert.equal(sent.headers.authorization, b.c:call("sign", { method = "POST", host = "127.0.0.1", type = sent.headers["content-type"],
      body = sent.body, now = tonumber(sent.headers["x-tc-timestamp"]) * 1000, service = sent.headers.authorization:match "/([^/]+)/tc3_request" }))
  end)
end)

run("WeChat's callbacks in secure mode", function()
  local AES = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"
  local b = Plugin.bench("plugins/wechat-oa", { appid = "wx5823bf96d3bd56c7", secret = { secret = "s3cret" }, template_id = "T1",
    token = { secret = "t0k" }, data = { thing1 = "{program}" }, aes_key = { secret = AES } })
  after_each(function() b:close() end)

  local function xml(text)
    return "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[o1]]></FromUserName><CreateTime>" .. NOW // 1000
      .. "</CreateTime><MsgType>text</MsgType><MsgId>m7</MsgId><Content><![CDATA[" .. text .. "]]></Content></xml>"
  end

  for _, hand in ipairs { "seal", "seal_again" } do
    it("are read as they were written: " .. hand, function()
      b:open()
      for _, text in ipairs { "7", "还在痛 & 发热 < 38 😀", ("长"):rep(700) } do -- one block, several, many
        local stamp = ("%d"):format(NOW // 1000)
        local sealed = vendor(hand, { token = "t0k", aes_key = AES, appid = "wx5823bf96d3bd56c7", timestamp = stamp, nonce = "n 1", xml = xml(text) })
        local function take(encrypted, sign)
          local items, reply = b.c:inbound { now = NOW, body = "<xml><Encrypt><![CDATA[" .. encrypted .. "]]></Encrypt></xml>",
            query = ("timestamp=%s&nonce=n%%201&signature=%s&msg_signature=%s"):format(stamp, sealed.signature, sign) }
          return reply.status, items[1]
        end
        assert.same({ 200, { id = "m7", from = "o1", kind = "text", text = text, at = NOW } }, { take(sealed.encrypted, sealed.msg_signature) })
        assert.same({ 403 }, { take(sealed.encrypted, ("0"):rep(40)) })
        local other = sealed.encrypted:sub(1, 1) == "A" and "B" or "A"
        assert.same({ 403 }, { take(other .. sealed.encrypted:sub(2), sealed.msg_signature) })
      end
    end)
  end
end)
