-- What people write back in a short message, and what of it counts as an answer.
local reply = require("afterward.unit.care").reply

local function each(what, item, cases)
  describe(what, function()
    for text, expected in pairs(cases) do
      it(("%q"):format(text), function() assert.equal(expected or nil, reply.item(item, text)) end)
    end
  end)
end

each("a number, in a reply", '{"kind":"number"}', {
  ["38.2"] = "38.2", ["38.2度"] = "38.2", ["体温38.2℃"] = "38.2", ["３８．２"] = "38.2", ["38度2"] = "38.2", ["38。"] = "38",
  ["三十八度五"] = "38.5", ["三十八点二度"] = "38.2", ["十"] = "10", ["十二"] = "12", ["两分"] = "2", ["大概七分左右"] = "7",
  ["一百二十"] = "120", ["一百零五"] = "105", ["今早血糖7.8mmol/L"] = "7.8", ["62公斤"] = "62", ["我今天体温是37.0 度。"] = "37",
  ["一点都不痛"] = false, ["还是一样"] = false, ["130/80"] = false, ["38.2和37"] = false, ["120斤"] = false, ["98.6F"] = false,
  ["没有量"] = false, ["7分，但是伤口裂开了"] = false, ["从3分到5分"] = false, [""] = false, ["度"] = false, ["昨天38.5，今天37"] = false,
  ["1234567890123"] = false, ["38.2.1"] = false, ["-5"] = false,
})

each("yes or no, in a reply", '{"kind":"yesno"}', {
  ["是"] = "true", ["有"] = "true", ["YES"] = "true", ["y。"] = "true", ["1"] = "true", ["需要"] = "true",
  ["否"] = "false", ["没有"] = "false", ["沒有"] = "false", ["No!"] = "false", ["N"] = "false", ["2"] = "false", ["“不用”"] = "false",
  ["好"] = false, ["有一点"] = false, ["没有，但是腿肿"] = false, ["不知道"] = false, ["3"] = false, [""] = false,
})

local WOUND = '{"kind":"choice","options":[{"value":"dry","zh":"干燥","en":"dry"},{"value":"red","text":{"zh":"发红","en":"red"}},'
  .. '{"value":"open","zh":"裂开","en":"open"}]}'
each("a choice, in a reply", WOUND, {
  ["1"] = '"dry"', ["３"] = '"open"', ["B"] = '"red"', ["发红"] = '"red"', ["發紅。"] = '"red"', ["Open"] = '"open"',
  ["4"] = false, ["0"] = false, ["12"] = false, ["有点发红"] = false, [""] = false, ["裂开 发红"] = false,
})
each("several choices, in a reply", (WOUND:gsub("^{", '{"many":true,')), {
  ["1"] = '["dry"]', ["1 3"] = '["dry","open"]', ["发红、裂开"] = '["red","open"]', ["a，c"] = '["dry","open"]',
  ["1 4"] = false, ["发红和裂开"] = false, ["，"] = false,
})
each("free words, in a reply", '{"kind":"text"}', { ["可以喝酒吗？"] = '"可以喝酒吗？"', [""] = false })
each("what no reply can give", '{"kind":"photo"}', { ["1"] = false, ["照片"] = false })

describe("words that mean the same whatever was asked", function()
  for text, expected in pairs {
    ["退订"] = "stop", ["TD"] = "stop", ["td。"] = "stop", ["Ｔ"] = "stop", ["N"] = "stop", ["R"] = "stop", ["Stop!"] = "stop", ["退訂"] = "stop",
    ["全部退订"] = "stop all", ["退订全部"] = "stop all", ["stop all"] = "stop all",
    ["打错了"] = "wrong number", ["不是本人"] = "wrong number", ["Wrong number."] = "wrong number", ["你發錯了！"] = "wrong number",
    ["我想退订这个药"] = "other", ["不是本人也能办吗"] = "other", ["今天打错了针"] = "other", [""] = "other", ["no"] = "other",
  } do
    it(("%q"):format(text), function() assert.equal(expected, reply.word(text)) end)
  end
end)
