local sim = require "afterward.sim"

local function discharged(o)
  o = o or {}
  local w = sim.world { scripts = { "scripts/stroke/department.lua", "scripts/stroke/pressure.lua",
    "scripts/shared/urgent-clinical.lua" }, at = "2026-03-02 11:00",
    site = { quiet_hours = "21:00-08:00" } }
  for channel, word in pairs(o.channels or {}) do w:channel(channel, word) end
  local pt = w:patient { age = o.age or 60, wechat = o.wechat, prefers = o.prefers, family = true }
  w:discharge(pt, { diagnoses = { "I63.9" } })
  w:advance_to "2026-03-05 09:31"
  return w, pt
end
local function story(w, name)
  local out = {}
  for _, rung in ipairs(w:rungs(name or "pressure")) do
    if rung.began or rung.why then
      out[#out + 1] = rung.channel .. (rung.audience == "family" and " to the family" or "") .. (rung.why and ": " .. rung.why or "")
    end
  end
  return table.concat(out, "; ")
end

describe("blood pressure after a stroke", function()
  it("is asked by WeChat, by a text, of the family, and by a nurse, until somebody answers", function()
    local w, pt = discharged { wechat = true }
    assert.equal("wechat", story(w))
    w:advance "4h"
    assert.equal("wechat: unread; sms", story(w))
    w:advance "1d"
    assert.equal("wechat: unread; sms: unread; sms to the family", story(w))
    w:advance "1d"
    assert.equal("nurse", w:task "call".role)
    pt:answer("pressure", { high = 152, low = 84 }, { by = "family" })
    assert.is_nil(w:task "call")
    assert.equal("soon", w:alert_named "pressure-flags".level)
  end)

  it("goes on at once where the patient never bound WeChat, and where it is down", function()
    assert.equal("wechat: no-contact; sms", story((discharged())))
    assert.equal("wechat: unavailable; sms", story((discharged { wechat = true, channels = { wechat = "down" } })))
  end)

  it("begins with a text for the old, and with the telephone for who wants that", function()
    assert.equal("sms", story((discharged { age = 78, wechat = true })))
    local w = discharged { age = 78, wechat = true, prefers = { "phone", "sms" } }
    assert.equal("sms", story(w))                       -- the call is the family's rung's neighbour, not before it
  end)

  it("leaves who reads it four hours more, and asks nobody else when the answer comes", function()
    local w, pt = discharged { wechat = true }
    w:advance "3h"
    pt:open "pressure"
    w:advance "2h"
    assert.equal("wechat", story(w))
    pt:answer("pressure", { high = 128, low = 76 })
    w:advance "5d"
    assert.equal(0, #w:sent("pressure", "family"))
    assert.equal(0, w:open_tasks())
  end)

  it("ends a long silence with the head nurse, who is told why", function()
    local w = discharged { wechat = true }
    w:advance "5d"
    assert.truthy(w:task "unheard".note:find("silent", 1, true))
    assert.equal("head-nurse", w:task "unheard".role)
  end)

  it("tells of the review until it has arrived: the gateway's receipt, or the nurse's word", function()
    local w = discharged { wechat = true, channels = { wechat = "receipts", sms = "receipts" } }
    w:advance_to "2026-03-30 12:05"
    assert.equal("wechat: no-receipt; sms", story(w, "pressure-review"))
    w:receipt("pressure-review", "delivered", "sms")
    w:advance "2d"
    assert.equal("wechat: no-receipt; sms", story(w, "pressure-review"))
    assert.is_nil(w:task "not-told")
    w = discharged { wechat = true, channels = { wechat = "receipts", sms = "receipts" } }
    w:advance_to "2026-04-01 09:00"
    local call = w:task "call"
    assert.truthy(call.note:find("门诊复查血压", 1, true))
    call:done { code = "no-answer" }
    assert.truthy(w:task "not-told")
  end)
end)
