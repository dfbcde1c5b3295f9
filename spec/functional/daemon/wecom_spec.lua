-- A red flag at a patient's page becomes a message in the nurse's WeCom; who has none, or is not known there, is paged by SMS.
local Hospital = require "functional.support.hospital"
local Peer = require "functional.support.peer"
local wait = require "functional.support.wait"
local json = require "dkjson"

local STEP = 'aw.step { id = "s", at = "1s", run = function(p) p:ask("check", { within = "30d" }) end },'

describe("a page by WeCom", function()
  local h, wecom
  local pages, refuse = {}, {}
  setup(function()
    wecom = Peer.open(function(request)
      if request.path:find "^/cgi%-bin/gettoken" then return 200, '{"errcode":0,"access_token":"T","expires_in":7200}' end
      local page = json.decode(request.body)
      if refuse[page.touser] then return 200, json.encode { errcode = 0, errmsg = "ok", invaliduser = page.touser } end
      pages[#pages + 1] = page
      return 200, json.encode { errcode = 0, errmsg = "ok", msgid = "M" .. #pages }
    end)
    local ward = Hospital.ward("w", STEP):gsub('page = "nurse"', 'page = "nurse", via = { "wecom", "sms" }')
    h = Hospital.open { speed = 60, scripts = { ["w/w.lua"] = ward } }
    h:configure(("sms = %s, log = {}, wecom = { plugin = 'wecom-app', url = %q, corpid = 'ww1', agentid = 1000002, secret = 's3cret' }"):format(
      h.gateway:channel(), wecom.url))
    h:start()
  end)
  teardown(function()
    h:close()
    wecom:close()
  end)

  local next_patient = 0
  -- A patient with fever, while this one has the post: the alert's page.
  local function fever(nurse)
    next_patient = next_patient + 1
    local n = next_patient
    assert.equal(0, select(2, h:afterward("duty", "set", "nurse", nurse)))
    assert(h:event(h:discharge(n)) == 202)
    local patient = wait.till("the patient is known", function() return h:patient(n) end).id
    local code = wait.till("she is asked", function()
      local request = h.gateway:to(Hospital.phone(n))[1]
      local text = request and request.text
      return text and text:match "%f[%d](%d%d%d%d%d%d%d%d)%f[%D]"
    end)
    assert.equal(200, (h:answer(code, { temp = "39.1" })))
    return wait.till("the nurse is paged", function()
      local alert = h:get("/alerts?patient=" .. patient).items[1]
      for _, message in ipairs(alert and h:get("/messages?patient=" .. patient).items or {}) do
        if message.kind == "page" and message.status == "accepted" then return h:get("/messages/" .. message.id) end
      end
    end)
  end
  local function by(message)
    local tries = {}
    for i, try in ipairs(message.tries) do tries[i] = try.channel .. " " .. try.status end
    return tries
  end

  it("goes to the id on file, with the alert's number and without the patient's name", function()
    assert.equal(0, select(2, h:afterward("staff", "set", "zhao", "--wecom", "ZhaoLi", "--phone", "13700000001")))
    assert.truthy(h:afterward("staff"):find "zhao +%*+0001 +ZhaoLi")
    assert.same({ "wecom accepted" }, by(fever "zhao"))
    local page = pages[#pages]
    assert.same({ "ZhaoLi", 1000002, "text" }, { page.touser, page.agentid, page.msgtype })
    assert.truthy(page.text.content:find "^【预警】urgent 科 flags a%w+，请确认接收。", page.text.content)
    assert.falsy(page.text.content:find("王小", 1, true))
  end)

  it("goes by SMS when WeCom does not reach that person, or when there is no id", function()
    h:afterward("staff", "set", "wu", "--wecom", "WuGone", "--phone", "13700000002")
    refuse.WuGone = true
    assert.same({ "wecom failed", "sms accepted" }, by(fever "wu"))
    h:afterward("staff", "set", "sun", "--phone", "13700000003")
    assert.same({ "sms accepted" }, by(fever "sun"))
  end)

  it("is never for everybody: such an id is refused where it is given", function()
    for _, id in ipairs { "@all", "zhao|li", "zhao li" } do
      local _, code, errors = h:afterward("staff", "set", "li", "--wecom", id)
      assert.equal(2, code)
      assert.truthy(errors:find("is no WeCom id (UserID) of one person", 1, true), errors)
    end
    local _, code, errors = h:afterward("staff", "set", "li", "--extension", "desk 3")
    assert.equal(2, code)
    assert.truthy(errors:find("is no number to dial", 1, true), errors)
  end)
end)
