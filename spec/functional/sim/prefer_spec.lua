-- Which channel somebody is told by: what they want, then what suits their age, then the pathway's order.
local H = require "functional.sim.helper"

local SMS_OR_MAIL = [[p:ask("check", { via = { "email", "sms" } })]]
local RUNGS = [[p:ask("check", { via = { { "email", within = "2h" }, { "sms", within = "2h" }, "call" } })]]

local function discharged(body, patient, o)
  o = o or {}
  o.steps = H.step(body)
  local w = H.world(o)
  local pt = w:patient(patient)
  for _, row in ipairs(w.core:query "SELECT person AS i_id FROM contact") do
    w.core:query("INSERT INTO identity (person, kind, value) VALUES (?1, 'email', 'x' || ?1)", row.id)
  end
  if o.before then o.before(w, pt) end
  w:discharge(pt)
  w:advance "1h"
  return w, pt
end
local function first(...) return (discharged(...)):sent "check"[1].channel end
local function order(...)
  local out = {}
  for i, rung in ipairs((discharged(...)):rungs "check") do out[i] = rung.channel .. (rung.audience == "family" and " family" or "") end
  return table.concat(out, ", ")
end

describe("the order of channels", function()
  it("is the pathway's, unless somebody wants another", function()
    assert.equal("email", first(SMS_OR_MAIL, { age = 60 }))
    assert.equal("sms", first(SMS_OR_MAIL, { age = 60, prefers = { "sms" } }))
    assert.equal("email, sms, call", order(RUNGS, { age = 60 }))
    assert.equal("call, email, sms", order(RUNGS, { age = 60, prefers = { "phone" } }))
    assert.equal("sms, email, call", order(RUNGS, { age = 60, prefers = { "sms", "email" } }))
  end)

  it("is texts and calls first for the old, whose own wish goes before that", function()
    assert.equal("sms", first(SMS_OR_MAIL, { age = 75 }))
    assert.equal("email", first(SMS_OR_MAIL, { age = 74 }))
    assert.equal("sms, call, email", order(RUNGS, { age = 80 }))
    assert.equal("email", first(SMS_OR_MAIL, { age = 80, prefers = { "email" } }))
  end)

  it("has the age that the department says", function()
    local source = H.source { steps = H.step(SMS_OR_MAIL) }
    local young = { scripts = { ["w/w.lua"] = (source:gsub('id = "w",', 'id = "w", elder_age = 50,', 1)) } }
    assert.equal("sms", first(SMS_OR_MAIL, { age = 60 }, young))
  end)

  it("belongs to one person and one patient: the family's is asked for itself, and stays behind the patient's", function()
    local via = [[p:ask("check", { via = { { "email", within = "2h" }, { "sms", within = "2h" }, { "email", to = "family", within = "2h" },
      { "sms", to = "family", within = "2h" }, "call" } })]]
    local son = { name = "儿子", phone = "13800000001", relation = "child", prefers = { "sms" } }
    assert.equal("email, sms, sms family, email family, call", order(via, { age = 60, contacts = { son } }))
    assert.equal("sms, email, email family, sms family, call", order(via, { age = 80, family = true }))
    local proxy = { name = "儿子", phone = "13800000001", relation = "child", proxy = true, prefers = { "email" } }
    assert.equal("email", first(SMS_OR_MAIL, { age = 80, contacts = { proxy } }))
  end)

  it("is told later too, by whom the patient said it to, and taken back", function()
    local function prefer(channels)
      return { before = function(w, pt)
        assert.equal(200, w:_submit("prefer", { patient = pt.number, channels = channels, by = "li" }).status or 200)
      end }
    end
    assert.equal("sms", first(SMS_OR_MAIL, { age = 60 }, prefer { "sms", "phone" }))
    assert.equal("email", first(SMS_OR_MAIL, { age = 60, prefers = { "sms" } }, prefer {}))
  end)

  it("passes a call over where that person does not want to be rung, for whatever is asked", function()
    local body = [[local a, why = p:ask("check", { via = { { "sms", within = "1h" }, { "call", within = "1h" }, { "call", to = "family" } } })]]
    local w, pt = discharged(body, { age = 60, family = true })
    w:_submit("consent", { patient = pt.number, channel = "phone", given = false, how = "spoken", by = "li" })
    w:advance "2h"
    local second, third = w:rungs "check"[2], w:rungs "check"[3]
    assert.equal("no-consent", second.why)
    assert.truthy(third.began)
    assert.equal(1, w:open_tasks())
  end)

  it("says what is wrong with a wish", function()
    local w, pt = discharged(SMS_OR_MAIL, { age = 60 })
    assert.truthy(w:_submit("prefer", { patient = pt.number, channels = "sms" }).detail:find("must be a list of wechat", 1, true))
    assert.truthy(w:_submit("prefer", { patient = pt.number, channels = { "fax" } }).detail:find("must be a list of wechat", 1, true))
    assert.truthy(w:_submit("prefer", { patient = pt.number, person = 999, channels = { "sms" } }).detail:find("no contact", 1, true))
    assert.is_false(pcall(w.event, w, pt, "patient", { patient = { mrn = pt.mrn, prefers = { "fax" } } }))
  end)
end)
