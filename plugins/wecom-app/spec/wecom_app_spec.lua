-- A WeCom app: the token's life, whom a message may go to, and a WeCom on loopback that checks what it is asked.
local Plugin = require "functional.support.plugin"
local Peer = require "functional.support.peer"
local json = require "dkjson"

local NOW = 1772431200000                                     -- 2026-03-02 14:00 in China
local TOKEN = '{"errcode":0,"errmsg":"ok","access_token":"A&T","expires_in":7200}'

describe("wecom-app", function()
  local b = Plugin.bench("plugins/wecom-app", { corpid = "ww1", agentid = 1000002, secret = { secret = "s3&cret" } })
  after_each(function() b:close() end)

  it("asks for a token first, keeps it, and shows neither it nor the secret", function()
    local first = assert(b:open():send { to = "ZhaoLi", now = NOW })
    assert.same({ "GET", "https://qyapi.weixin.qq.com/cgi-bin/gettoken?corpid=ww1&corpsecret=s3%26cret", "token", true },
      { first.method, first.url, first.step, first.safe })
    assert.equal("https://qyapi.weixin.qq.com/cgi-bin/gettoken?corpid=ww1&corpsecret=***", first.shown.url)
    local message = { to = "ZhaoLi", text = "【预警】urgent 骨科 fever a7k3，请确认接收。", now = NOW }
    local said = assert(b.c:result({ step = "token", body = TOKEN, now = NOW }, message))
    assert.equal("https://qyapi.weixin.qq.com/cgi-bin/message/send?access_token=A%26T", said.next.url)
    assert.equal("https://qyapi.weixin.qq.com/cgi-bin/message/send?access_token=***", said.next.shown.url)
    assert.same({ touser = "ZhaoLi", msgtype = "text", agentid = 1000002, text = { content = message.text }, safe = 0 },
      json.decode(said.next.body))
    assert.falsy(said.next.body:find "\\u")
    assert.equal("send", b.c:send(message).step)              -- the next one needs no token
    message.now = NOW + 6900000                               -- five minutes before it ends
    assert.equal("token", b.c:send(message).step)
    assert.equal("wecom", b.c:can().address)
  end)

  it("sends to one person: never to everybody, nor to several", function()
    b:open()
    for _, to in ipairs { "@all", "zhao|li", "", " zhao", "zhao li", ("z"):rep(65), "赵丽" } do
      assert.same({ nil, "no WeCom id of one person" }, { b.c:send { to = to } })
    end
    assert.truthy(b.c:send { to = "zhao.li@ward-3_7" })
  end)

  for what, case in pairs {
    ["accepted"] = { { errcode = 0, msgid = "M7" }, { accepted = "M7" } },
    ["accepted, beside empty lists"] = { { errcode = 0, invaliduser = "", unlicenseduser = "", msgid = "M7" }, { accepted = "M7" } },
    ["done for nobody: the person can't be reached"] = { { errcode = 0, invaliduser = "ZhaoLi", msgid = "M7" }, { permanent = "invaliduser" } },
    ["done for somebody without a licence"] = { { errcode = 0, unlicenseduser = "ZhaoLi" }, { permanent = "unlicenseduser" } },
    ["busy"] = { { errcode = -1 }, { retry = 10, detail = "errcode -1" } },
    ["too much"] = { { errcode = 45009 }, { retry = 60, detail = "errcode 45009" } },
    ["nobody of that name"] = { { errcode = 81013 }, { permanent = "errcode 81013" } },
    ["no such app"] = { { errcode = 40056 }, { config = "errcode 40056: check agentid" } },
    ["an address that it does not trust"] = { { errcode = 60020 }, { config = "errcode 60020: name this address in the app's trusted IPs" } },
    ["what nobody listed"] = { { errcode = 99999 }, { ambiguous = "errcode 99999" } },
  } do
    it("understands: " .. what, function() assert.same(case[2], b:open():result { step = "send", body = json.encode(case[1]) }) end)
  end

  it("without a token sends nothing: tried again, or configuration", function()
    b:open()
    assert.same({ config = "errcode 40001: check secret" }, b.c:result { step = "token", body = '{"errcode":40001}' })
    assert.same({ retry = 30, detail = "HTTP 502" }, b.c:result { step = "token", status = 502, body = "<html>" })
    assert.same({ retry = 30, detail = "HTTP 200" }, b.c:result { step = "token", body = '{"errcode":0}' })
    assert.same({ config = "errcode 42001" }, b.c:result { step = "resend", body = '{"errcode":42001}' })
    assert.same({ ambiguous = "HTTP 500" }, b.c:result { step = "send", status = 500, body = "" })
  end)

  it("wants the company, the app and its secret", function()
    for key, kind in pairs { corpid = { 7, "must be text" }, agentid = { "1000002", "must be a number" } } do
      local _, why = b:try { [key] = kind[1] }
      assert.truthy(why:find(('channel "sms": %s %s'):format(key, kind[2]), 1, true), why)
    end
  end)

  it("goes through a WeCom that checks, whose token is taken back: once more with another, and no message twice", function()
    local token, asked, got = "A1", 0, {}
    local peer = b:serve(function(request)
      local path, query = request.path:match "^([^?]*)%??(.*)$"
      local fields = Peer.fields(query)
      if path == "/cgi-bin/gettoken" then
        if request.method ~= "GET" or fields.corpid ~= "ww1" then return 200, '{"errcode":40013,"errmsg":"invalid corpid"}' end
        if fields.corpsecret ~= "s3&cret" then return 200, '{"errcode":40001,"errmsg":"invalid credential"}' end
        asked = asked + 1
        return 200, json.encode { errcode = 0, errmsg = "ok", access_token = token, expires_in = 7200 }
      end
      local said = json.decode(request.body)
      if path ~= "/cgi-bin/message/send" or request.method ~= "POST" then return 404, "" end
      if fields.access_token ~= token then return 200, '{"errcode":40014,"errmsg":"invalid access_token"}' end
      if said.agentid ~= 1000002 then return 200, '{"errcode":40056,"errmsg":"invalid agentid"}' end
      if said.msgtype ~= "text" or not said.text.content then return 200, '{"errcode":44004,"errmsg":"empty content"}' end
      if said.touser == "Gone" then return 200, '{"errcode":81013,"errmsg":"user & party & tag all invalid"}' end
      if said.touser == "Left" then return 200, '{"errcode":0,"errmsg":"ok","invaliduser":"Left","msgid":"M0"}' end
      table.insert(got, said.touser .. " " .. said.text.content)
      return 200, json.encode { errcode = 0, errmsg = "ok", msgid = "M" .. #got }
    end)
    b:open { url = peer.url }
    local function page(to, text) return b:deliver { to = to, text = text, now = NOW } end
    assert.equal("M1", page("ZhaoLi", "一").id)
    assert.equal("M2", page("ZhaoLi", "二").id)
    assert.equal(1, asked)
    token = "A2"
    assert.equal("M3", page("ZhaoLi", "三").id)
    assert.same({ 2, { "ZhaoLi 一", "ZhaoLi 二", "ZhaoLi 三" } }, { asked, got })
    assert.same({ "permanent", "errcode 81013" }, { page("Gone", "四").result, page("Gone", "四").detail })
    assert.same({ "permanent", "invaliduser" }, { page("Left", "五").result, page("Left", "五").detail })
    b:open { url = peer.url, secret = { secret = "guess" } }
    assert.same({ "config", "errcode 40001: check secret" }, { page("ZhaoLi", "六").result, page("ZhaoLi", "六").detail })
  end)
end)
