-- A gateway that takes approved texts only: said when the scripts load, and sent by number.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"

local STEP = 'aw.step { id = "s", at = "1h", run = function(p) p:send "note" end },'
local NOTE = [[aw.template { id = "note", zh = "{patient.title}您好，随访码请看出院卡", en = "{patient.title}, see your card", %s },
  aw.template { id = "other", zh = "好" },]]
local GATEWAY = [[sms = { plugin = "sms-http", url = "http://127.0.0.1:%d/send", fields = { to = "{to}", key = "{key}", text = "{text}",
  tpl = "{template}", vars = "{params}" }, code = "code", ok = { "0" } }, wechat = { plugin = "aliyun-sms", key_id = "k",
  key_secret = { secret = "s" },
  token = { secret = "t" } }]]

describe("a gateway that takes approved texts only", function()
  local h
  local function hospital(keys, more)
    h = Hospital.open { speed = 3600, scripts = { ["w/w.lua"] = Hospital.ward("w", STEP, NOTE:format(keys) .. (more or "")) } }
    h:configure(GATEWAY:format(h.gateway.port), 'via = "sms"')
    h:start()
  end
  after_each(function() h:close() end)

  it("gets the number of the text and what stands in its variables", function()
    hospital 'approved = { sms = { id = "T7", params = { name = "patient.title" } } }'
    assert.equal(202, (h:event(h:discharge(1))))
    local request = wait.till("it is sent", function() return h.gateway.requests[1] end)
    assert.equal("T7", request.tpl)
    assert.matches('^{"name":".+"}$', request.vars)
    local shown = h:afterward("template", "preview", "note", "--channel", "sms", "--lang", "en")
    for _, said in ipairs { "王先生您好，随访码请看出院卡", "1 short message(s)", "Sent as the provider's T7, with:", "name  王先生", "In the brand of " } do
      assert.truthy(shown:find(said, 1, true), said .. "\n" .. shown)          -- only the Chinese text was approved
    end
    assert.equal(1, select(2, h:afterward("template", "preview", "nota")))
    assert.truthy(h:words():gsub("\\\"", "\""):find('template "other" has no approved text for channel sms', 1, true))
    assert.falsy(h:words():find 'template ."note." has no approved')
  end)

  it("gets a question by the number that its form has there, and its reminder by that one's", function()
    h = Hospital.open { speed = 3600, scripts = { ["w/w.lua"] = Hospital.ward("w", [[aw.step { id = "s", at = "1h", run = function(p)
      p:ask("dressing", { within = "3d", remind = "2h" }) end },]], [[aw.form { id = "dressing", title = { zh = "换药" },
      approved = { sms = { id = "Q1", params = { what = "form", code = "code" }, remind = { id = "R1", params = { what = "form" } } } },
      { id = "done", kind = "yesno", zh = "换了吗？" } },]]) } }
    h:configure(GATEWAY:format(h.gateway.port), 'via = "sms"')
    h:start()
    assert.equal(202, (h:event(h:discharge(1))))
    local asked = wait.till("it is asked", function() return h.gateway.requests[1] end)
    assert.equal("Q1", asked.tpl)
    assert.matches('^{"code":"%d%d%d%d%d%d%d%d","what":"换药"}$', asked.vars)
    local again = wait.till("it is reminded", function() return h.gateway.requests[2] end)
    assert.same({ "R1", '{"what":"换药"}' }, { again.tpl, again.vars })
  end)

  it("is named when a text has no number there, has it for nobody, or has its variables otherwise", function()
    hospital([[approved = { smss = { id = "1", params = { "patient.title" } }, wechat = { id = "2", params = { "patient.title" } } }]],
      [[aw.form { id = "dressing", title = { zh = "换药" }, approved = { wechat = { id = "1", params = { thing1 = "form" },
      remind = { id = "2", params = { "form" } } } }, { id = "done", kind = "yesno", zh = "换了吗？" } },]])
    local words = h:words():gsub("\\\"", "\"")
    for _, said in ipairs {
      'template "note" has no approved text for channel sms, which takes no others: add approved = { sms = { id = …, params = … } }',
      'template "note": approved.smss: no channel is called so in the configuration',
      'template "note": approved.wechat: params must be name → placeholder',
      'form "dressing": approved.wechat.remind: params must be name → placeholder' } do
      assert.truthy(words:find(said, 1, true), said .. "\n" .. words)
    end
  end)
end)
