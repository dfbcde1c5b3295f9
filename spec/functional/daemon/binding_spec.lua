-- WeChat at the bedside, whole: the nurse prints a card, the family scans it, opens the link, and gets the patient's messages.
local Hospital = require "functional.support.hospital"
local Peer = require "functional.support.peer"
local channel = require "afterward.channel"
local wait = require "functional.support.wait"
local json = require "dkjson"

local STEP = 'aw.step { id = "s", at = "2m", run = function(p) p:send("hello") end },'

describe("a bedside card", function()
  local h, account, signer, id
  setup(function()
    account = Peer.open(function(request)
      if request.path == "/cgi-bin/stable_token" then return 200, '{"access_token":"AT","expires_in":7200}' end
      if request.path:find "^/cgi%-bin/qrcode/create" then return 200, '{"ticket":"T","expire_seconds":60,"url":"http://weixin.qq.com/q/02abc"}' end
      return 200, '{"errcode":0,"errmsg":"ok","msgid":7}'
    end)
    h = Hospital.open { speed = 60, scripts = { ["w/w.lua"] = Hospital.ward("w", STEP) } }
    h:configure(([[wechat = { plugin = "wechat-oa", url = %q, appid = "wx1", secret = "s3cret", template_id = "T1", token = "t0k",
      data = { remark = "{body}" } }, sms = %s]]):format(account.url, h.gateway:channel()))
    signer = assert(channel.open("plugins/wechat-oa", { appid = "wx1", secret = { secret = "s" }, template_id = "T", data = {},
      token = { secret = "t0k" } }))
    h:start()
    assert(h:event { id = "A1", kind = "admission", at = Hospital.iso(h:now() - 1000), visit = "ZY20260001", department = "w", ward = "5A",
      patient = { mrn = "M1", name = "王小兰", phone = Hospital.phone(1) } } == 202)
    id = wait.till("the patient is known", function() return h:patient(1) end).id
  end)
  teardown(function()
    signer:close()
    h:close()
    account:close()
  end)

  local function asked(path)
    for i = #account.requests, 1, -1 do
      if account.requests[i].path:find(path, 1, true) then return json.decode(account.requests[i].body) end
    end
  end
  local function scan(event, key, from)
    local stamp = tostring(h:now() // 1000)
    local mark = signer:call("signature", stamp, "n1", "")
    local body = ("<xml><ToUserName>gh_1</ToUserName><FromUserName>%s</FromUserName><CreateTime>%s</CreateTime><MsgType>event</MsgType>"
      .. "<Event>%s</Event><EventKey>%s</EventKey></xml>"):format(from or "oFAMILY", stamp, event, key)
    local status, text = h:call("POST", ("/channels/wechat/inbound?timestamp=%s&nonce=n1&signature=%s"):format(stamp, mark), body,
      { token = false, ["Content-Type"] = "text/xml" })
    return status, text
  end
  local function fields(link, more)
    local out = Peer.fields(link:match "%?(.*)$")
    for key, value in pairs(more) do out[key] = value end
    return out
  end

  it("leads whoever scans it to a page that binds the account, and to the patient's messages", function()
    local file = h.folder .. "/card.html"
    local text, code, errors = h:afterward("bind", id, "--output", file)
    assert.equal(0, code, text .. errors)
    assert.matches("微信绑定", assert(io.open(file)):read "a", 1, true)
    local scene = asked "/cgi-bin/qrcode/create".action_info.scene.scene_str
    assert.matches("^bind%-%d%d%d%d%d%d%d%d%d$", scene)

    local status, reply = scan("subscribe", "qrscene_" .. scene)
    assert.equal(200, status)
    local link = reply:match "http://127%.0%.0%.1(/f/bind/[^%]]+)"
    assert.truthy(link, reply)
    assert.matches("<ToUserName><![CDATA[oFAMILY]]>", reply, 1, true)
    local page
    status, page = h:call("GET", link, nil, { token = false })
    assert.equal(200, status)
    assert.truthy(page:find("住院号后 4 位", 1, true) and not page:find "王")
    assert.equal(410, (h:call("GET", link:gsub("oFAMILY", "oSTRANGER"), nil, { token = false })))
    assert.equal(422, (h:call("GET", link:match "^[^?]+", nil, { token = false })))

    local path = link:match "^[^?]+"
    status, page = h:post_form(path, fields(link, { tail = "9999", relation = "child" }))
    assert.equal(422, status)
    assert.matches("住院号后 4 位不对", page, 1, true)
    status, page = h:post_form(path, fields(link, { tail = "0001", relation = "self" }))
    assert.equal(200, status, page)
    assert.matches("王*兰", page, 1, true)
    assert.matches("已经绑定", select(2, h:call("GET", link, nil, { token = false })), 1, true)

    assert(h:event(h:discharge(1, { visit = "ZY20260001", patient = { mrn = "M1" } })) == 202)
    wait.till("the account gets the message", function()
      local sent = asked "/cgi-bin/message/template/send"
      return sent and sent.touser == "oFAMILY"
    end, 120)

    local who = h:patient(1).bindings[1]
    assert.equal("wechat", who.channel)
    text, code = h:afterward("bind", id, "--undo", "--person", who.person)
    assert.same({ "Accounts unbound: 1.\n", 0 }, { text, code })
    assert.equal(200, (h:post_form(path, fields(link, { tail = "0001", relation = "self" }))))
    status, page = h:post_form(path, fields(link, { undo = "1" }))
    assert.equal(200, status)
    assert.matches("已解除绑定", page, 1, true)
    assert.equal("page", h:patient(1).bindings[1].ended_by)
  end)

  it("is answered plainly when it is no card of ours", function()
    assert.same({ 200, "success" }, { scan("SCAN", "summer-sale") })
    local status, reply = scan("SCAN", "bind-000000000", "oOTHER")
    assert.equal(200, status)
    local link = reply:match "http://127%.0%.0%.1(/f/bind/[^%]]+)"
    assert.equal(404, (h:post_form(link:match "^[^?]+", fields(link, { tail = "0001", relation = "self" }))))
  end)

  it("says why there is none", function()
    local _, code, errors = h:afterward("bind", id, "--channel", "sms")
    assert.equal(1, code)
    assert.matches('channel "sms" makes no codes to scan', errors, 1, true)
  end)
end)
