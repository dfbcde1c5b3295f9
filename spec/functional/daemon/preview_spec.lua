-- Before anybody is told: whether a provider that knows texts by number knows this one.
local Hospital = require "functional.support.hospital"

describe("a template's preview by a channel", function()
  local h
  setup(function()
    h = Hospital.open { scripts = { ["w/w.lua"] = Hospital.ward("w",
      'aw.step { id = "s", at = "1h", run = function(p) p:send "linked" p:send "known" end },', [[
      aw.template { id = "linked", zh = "请看 {link}" },
      aw.template { id = "known", zh = "{program.name}请您来院", approved = { wechat = { id = "T1", params = { thing1 = "program.name" } },
        tencent = { id = "1", params = { "program.name" } } } },]]) } }
    h:configure("sms = " .. h.gateway:channel() .. [[,
      wechat = { plugin = "wechat-oa", appid = "wx1", secret = env "T_HIS", template_id = "T", data = { thing2 = "{body}" }, token = env "T_HIS" },
      tencent = { plugin = "tencent-sms", secret_id = "i", secret_key = env "T_HIS", app_id = "1", sign = "医院", token = env "T_HIS" }]])
    h:start()
  end)
  teardown(function() h:close() end)
  local function preview(template, channel)
    local text, code, errors = h:afterward("template", "preview", template, "--department", "w", "--channel", channel)
    assert.equal(0, code, text .. (errors or ""))
    return text
  end

  it("warns where the text would be cut, or goes to nobody, and says what to declare", function()
    local wechat = preview("hello", "wechat")
    assert.truthy(wechat:find("Warning: wechat has no approved text of this template", 1, true), wechat)
    assert.truthy(wechat:find("approved = { wechat = ", 1, true), wechat)
    assert.truthy(preview("hello", "tencent"):find("Warning: tencent takes only texts that its provider approved", 1, true))
  end)
  it("is silent where there is one, or it needs none", function()
    for _, case in ipairs { { "known", "wechat" }, { "known", "tencent" }, { "linked", "wechat" }, { "hello", "sms" } } do
      assert.falsy(preview(case[1], case[2]):find "Warning", table.concat(case, " "))
    end
  end)
end)
