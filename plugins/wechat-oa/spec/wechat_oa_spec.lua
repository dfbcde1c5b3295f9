-- A WeChat official account: callbacks against the published example, the token's life, and an account on loopback.
local Plugin = require "functional.support.plugin"
local channel = require "afterward.channel"
local json = require "dkjson"

local NOW = 1772431200000                                     -- 2026-03-02 14:00 in China
local AES = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"

describe("wechat-oa", function()
  local b = Plugin.bench("plugins/wechat-oa", { appid = "wx1", secret = { secret = "s3cret" }, template_id = "T1",
    token = { secret = "t0k" }, data = { thing1 = "{program}", thing2 = "{body}", time3 = "{date}" } })
  after_each(function() b:close() end)

  -- The signed query of a callback.
  local function signed(seconds, more)
    local stamp = tostring(seconds or NOW // 1000)
    return ("timestamp=%s&nonce=n1&signature=%s%s"):format(stamp, b.c:call("signature", stamp, "n1", ""), more or "")
  end

  describe("callbacks", function()
    it("are signed and encrypted as the published example is", function()
      local text = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
      b:open { appid = "wx5823bf96d3bd56c7", token = "QDG6eK", aes_key = AES }
      assert.equal("5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3", b.c:call("signature", "1409659589", "263014780", text))
      assert.equal("1616140317555161061", b.c:call("decrypt", text))
      assert.is_nil((b.c:call("decrypt", text:sub(5))))
      assert.is_nil((b:open { appid = "wx-other", aes_key = AES }:call("decrypt", text)))
    end)

    it("answer WeChat's check of the address", function()
      b:open()
      local _, reply = b.c:inbound { method = "GET", query = signed(nil, "&echostr=e7"), now = NOW }
      assert.same({ 200, "e7" }, { reply.status, reply.body })
      _, reply = b.c:inbound { method = "GET", query = "timestamp=1&nonce=n1&signature=x&echostr=e7", now = NOW }
      assert.equal(403, reply.status)
    end)

    local function xml(fields)
      return "<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[o1]]></FromUserName><CreateTime>"
        .. NOW // 1000 .. "</CreateTime>" .. fields .. "</xml>"
    end
    local function take(fields, query, now)
      local items, reply = b.c:inbound { query = query or signed(), body = xml(fields), now = now or NOW }
      return items, reply.status
    end

    it("bring what people write, and who follows and leaves", function()
      b:open()
      assert.same({ { id = "m7", from = "o1", kind = "text", text = "还在痛 & 发热", at = NOW } },
        (take "<MsgType>text</MsgType><Content><![CDATA[还在痛 & 发热]]></Content><MsgId>m7</MsgId>"))
      assert.same({ { id = "o1-1772431200-subscribe", from = "o1", kind = "follow", text = "qrscene_7", at = NOW } },
        (take "<MsgType>event</MsgType><Event>subscribe</Event><EventKey>qrscene_7</EventKey>"))
      assert.same({ { id = "o1-1772431200-unsubscribe", from = "o1", kind = "unfollow", at = NOW } },
        (take "<MsgType>event</MsgType><Event>unsubscribe</Event><EventKey></EventKey>"))
    end)

    it("bring receipts of template and of subscription messages", function()
      b:open()
      assert.same({ { id = "200163840", state = "delivered", detail = "success" } },
        (take "<MsgType>event</MsgType><Event>TEMPLATESENDJOBFINISH</Event><MsgID>200163840</MsgID><Status>success</Status>"))
      assert.equal("failed",
        take "<MsgType>event</MsgType><Event>TEMPLATESENDJOBFINISH</Event><MsgID>1</MsgID><Status>failed:user block</Status>"[1].state)
      assert.same({ { id = "9", state = "failed", detail = "reject" } }, (take("<MsgType>event</MsgType><Event>subscribe_msg_sent_event</Event>"
        .. "<SubscribeMsgSentEvent><List><MsgID>9</MsgID><ErrorStatus>reject</ErrorStatus></List></SubscribeMsgSentEvent>")))
    end)

    it("are refused when forged or old, and read nothing but XML without entities", function()
      b:open()
      local text = "<MsgType>text</MsgType><Content>x</Content><MsgId>m7</MsgId>"
      assert.same({ {}, 403 }, { take(text, "timestamp=1772431200&nonce=n1&signature=" .. ("0"):rep(40)) })
      assert.same({ {}, 403 }, { take(text, "") })
      assert.same({ {}, 403 }, { take(text, signed(), NOW + 301000) })
      local items, reply = b.c:inbound { query = signed(), now = NOW, body = '<!DOCTYPE x [<!ENTITY e "v">]><xml><MsgId>&e;</MsgId></xml>' }
      assert.same({ {}, 400 }, { items, reply.status })
    end)

    it("in secure mode are taken encrypted only", function()
      b:open { aes_key = AES }
      local inner = xml "<MsgType>text</MsgType><Content>退订</Content><MsgId>m7</MsgId>"
      local text = ("r"):rep(16) .. string.pack(">I4", #inner) .. inner .. "wx1"
      local padding = 32 - #text % 32
      text = text .. string.char(padding):rep(padding)
      local helper = assert(channel.load([[local aw = require "afterward.plugin"
        return { name = "h", send = function() end, result = function() end,
          seal = function(key, text) return aw.base64(aw.aes_cbc_encrypt(aw.unbase64(key .. "="), nil, text, false)) end } ]], {}))
      local sealed = helper:call("seal", AES, text)
      helper:close()
      local function given(proof)
        local items, reply = b.c:inbound { now = NOW, query = signed(nil, "&encrypt_type=aes&msg_signature=" .. proof),
          body = "<xml><ToUserName>gh_1</ToUserName><Encrypt>" .. sealed .. "</Encrypt></xml>" }
        return items, reply.status
      end
      local good = b.c:call("signature", "1772431200", "n1", sealed)
      assert.same({ { id = "m7", from = "o1", kind = "text", text = "退订", at = NOW } }, (given(good)))
      assert.same({ {}, 403 }, { given "x" })
      assert.same({ {}, 403 }, { take "<MsgType>text</MsgType><Content>plain</Content><MsgId>m8</MsgId>" })
    end)
  end)

  describe("codes to scan", function()
    local SCAN = "<xml><ToUserName>gh_1</ToUserName><FromUserName>o1</FromUserName><CreateTime>1</CreateTime><MsgType>event</MsgType>"
      .. "<Event>SCAN</Event><EventKey>bind-123456789</EventKey></xml>"
    local BIND = { key = "k3y", url = "https://f.example.org/f/bind", channel = "wechat" }

    it("are asked for with the scene, and are what WeChat gives", function()
      local job = { class = "scene", text = "bind-123456789", to = "", now = NOW }
      b:open():send(job)
      local said = b.c:result({ step = "token", body = '{"access_token":"AT","expires_in":7200}', now = NOW }, job)
      assert.equal("https://api.weixin.qq.com/cgi-bin/qrcode/create?access_token=AT", said.next.url)
      assert.same({ expire_seconds = 2592000, action_name = "QR_STR_SCENE", action_info = { scene = { scene_str = "bind-123456789" } } },
        json.decode(said.next.body))
      assert.same({ accepted = "http://weixin.qq.com/q/02" },
        b.c:result({ step = "send", body = '{"ticket":"T","url":"http://weixin.qq.com/q/02"}', now = NOW }, job))
      assert.same({ config = "errcode 48001" }, b.c:result({ step = "send", body = '{"errcode":48001}', now = NOW }, job))
      assert.truthy(b.c:can().scenes)
    end)

    it("are answered with a link that only we can have signed, in secure mode sealed", function()
      b:open()
      local items, reply = b.c:inbound { query = signed(), body = SCAN, now = NOW, bind = BIND }
      assert.same({ "SCAN", "bind-123456789", "o1" }, { items[1].kind, items[1].text, items[1].from })
      local link = reply.body:match "https://[^%]]+"
      assert.matches("^https://f.example.org/f/bind/123456789%?o=o1&c=wechat&t=29540520&s=" .. ("%x"):rep(64) .. "$", link)
      assert.equal("success", select(2, b.c:inbound { query = signed(), body = SCAN, now = NOW }).body)
      assert.equal("success", select(2, b.c:inbound { query = signed(), body = SCAN:gsub("bind%-", "sale-"), now = NOW, bind = BIND }).body)

      local helper = assert(channel.load([[local aw = require "afterward.plugin"
        return { name = "h", send = function() end, result = function() end,
          seal = function(key, text) return aw.base64(aw.aes_cbc_encrypt(aw.unbase64(key .. "="), nil, text, false)) end } ]], {}))
      b:open { aes_key = AES }
      local text = ("r"):rep(16) .. string.pack(">I4", #SCAN) .. SCAN .. "wx1"
      local padding = 32 - #text % 32
      local sealed = helper:call("seal", AES, text .. string.char(padding):rep(padding))
      helper:close()
      items, reply = b.c:inbound { now = NOW, bind = BIND, body = "<xml><Encrypt>" .. sealed .. "</Encrypt></xml>",
        query = signed(nil, "&encrypt_type=aes&msg_signature=" .. b.c:call("signature", "1772431200", "n1", sealed)) }
      assert.equal(1, #items)
      local answer = reply.body:match "<Encrypt><!%[CDATA%[([^%]]+)%]%]>"
      assert.equal(b.c:call("signature", "1772431200", "n1", answer), reply.body:match "<MsgSignature><!%[CDATA%[(%x+)")
      assert.truthy(b.c:call("decrypt", answer):find(link, 1, true))
    end)
  end)

  it("asks for a token first, keeps it, and shows neither it nor the secret", function()
    local first = assert(b:open():send { text = "【骨动新生】您好", now = NOW })
    assert.same({ "https://api.weixin.qq.com/cgi-bin/stable_token", "token", true }, { first.url, first.step, first.safe })
    assert.same({ grant_type = "client_credential", appid = "wx1", secret = "s3cret", force_refresh = false }, json.decode(first.body))
    assert.truthy(first.shown.body:find('"secret":"***"', 1, true))
    local message = { text = "【骨动新生】您好，今天的伤口怎么样？请您填写问卷 https://f.example.org/f/1?a=b", now = NOW, to = "o1" }
    local said = assert(b.c:result({ step = "token", body = '{"access_token":"AT","expires_in":7200}', now = NOW }, message))
    assert.equal("https://api.weixin.qq.com/cgi-bin/message/template/send?access_token=AT", said.next.url)
    assert.equal("https://api.weixin.qq.com/cgi-bin/message/template/send?access_token=***", said.next.shown.url)
    assert.same({ touser = "o1", template_id = "T1", client_msg_id = "m1-0", url = "https://f.example.org/f/1?a=b", data = {
      thing1 = { value = "骨动新生" }, thing2 = { value = "您好，今天的伤口怎么样？请您填写问卷 " }, time3 = { value = "2026年3月2日" } } },
      json.decode(said.next.body))
    assert.equal("send", b.c:send(message).step)              -- the next one needs no token
    message.approved = { id = "T9", params = { thing1 = ("骨"):rep(25), time3 = "09:30" } }   -- as the department's template says
    local own = json.decode(b.c:send(message).body)
    assert.same({ "T9", { thing1 = { value = ("骨"):rep(19) .. "…" }, time3 = { value = "09:30" } } }, { own.template_id, own.data })
    message.approved = { id = "T9", params = { "x" } }
    assert.equal("params of T9 must be keyword → placeholder", select(2, b.c:send(message)))
    message.approved = nil
    message.now = NOW + 6900000                               -- five minutes before it ends
    assert.equal("token", b.c:send(message).step)
    said = b:open { kind = "subscribe" }:result({ step = "token", body = '{"access_token":"AT","expires_in":7200}', now = NOW }, message)
    assert.truthy(said.next.url:find("/cgi-bin/message/subscribe/bizsend?", 1, true))
    assert.same({ 0, 540000 }, { b.c:can().keyed, b:open():can().keyed })
  end)

  it("cuts what its keywords don't hold only where a page has the rest; else it leaves the text to another channel", function()
    local function words(text, settings)
      local c = b:open(settings)
      local request, why = c:send { text = text, now = NOW }
      if not request then return nil, why end
      local said = c:result({ step = "token", body = '{"access_token":"AT","expires_in":7200}', now = NOW }, { text = text, now = NOW })
      local data = json.decode(said.next.body).data
      return (data.thing2 or data.remark).value
    end
    assert.equal(("长"):rep(19) .. "…", words("【x】" .. ("长"):rep(30) .. "https://f.example.org/f/1"))
    assert.equal(("长"):rep(20), words("【x】" .. ("长"):rep(20)))
    assert.same({ nil, "the text has no link and more than 20 characters: it would be cut; its template may name an approved one" },
      { words("【x】" .. ("长"):rep(21)) })
    assert.equal(("长"):rep(21), words("【x】" .. ("长"):rep(21), { data = { remark = "{body}" } }))
  end)

  for code, case in pairs { [0] = { accepted = "77" }, [-1] = { retry = 10, detail = "errcode -1" },
    [45009] = { delayed = 36300, detail = "errcode 45009" }, [43004] = { permanent = "not-following" }, [43101] = { permanent = "refused" },
    [40003] = { permanent = "errcode 40003" }, [47003] = { config = "errcode 47003" }, [48001] = { config = "errcode 48001" },
    [99999] = { ambiguous = "errcode 99999" } } do
    it("understands errcode " .. code, function()
      assert.same(case, b:open():result({ step = "send", body = json.encode { errcode = code, msgid = code == 0 and 77 or nil }, now = NOW }))
    end)
  end

  it("without a token sends nothing: tried again, or configuration", function()
    b:open()
    assert.same({ config = "errcode 40125" }, b.c:result { step = "token", body = '{"errcode":40125}' })
    assert.same({ retry = 30, detail = "HTTP 502" }, b.c:result { step = "token", status = 502, body = "x" })
    assert.same({ config = "errcode 40001" }, b.c:result { step = "resend", body = '{"errcode":40001}' })
  end)

  it("goes through an account whose token is taken away by somebody else: once more with the newer one, never twice", function()
    local token, asked, sent = "A1", 0, {}
    local peer = b:serve(function(request)
      if request.path == "/cgi-bin/stable_token" then
        asked = asked + 1
        return 200, json.encode { access_token = token, expires_in = 7200 }
      end
      if request.path:match "access_token=(.*)" ~= token then return 200, '{"errcode":42001,"errmsg":"access_token expired"}' end
      if request.body:find "\\u" then return 200, '{"errcode":40033}' end
      table.insert(sent, json.decode(request.body).client_msg_id)
      return 200, json.encode { errcode = 0, errmsg = "ok", msgid = 100 + #sent }
    end)
    b:open { url = peer.url }
    local function deliver(key) return b:deliver({ key = key, to = "o1", now = NOW }) end
    assert.same({ "accepted", "101" }, { deliver "m1-0".result, "101" })
    assert.equal("102", deliver "m2-0".id)
    assert.equal(1, asked)
    token = "A2"
    assert.equal("103", deliver "m3-0".id)
    assert.same({ 2, { "m1-0", "m2-0", "m3-0" } }, { asked, sent })
  end)
end)
