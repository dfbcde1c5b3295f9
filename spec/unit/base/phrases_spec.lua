-- What is found in free text, and whether it is said, denied or in doubt.
local phrases = require("afterward.unit.base").phrases

local WORDS = {
  { "胸痛" }, { "发热" }, { "咳嗽" }, { "不舒服" }, { "chest pain" }, { "头晕" }, { "后腿痛" }, { "腿痛" },
  { "没有", "not" }, { "没", "not" }, { "无", "not" }, { "no", "not" },
  { "好了", "gone" }, { "不痛了", "gone" }, { "没有了", "gone" }, { "好转", "gone" },
  { "以前", "doubt" }, { "会不会", "doubt" }, { "出现", "link" }, { "过", "link" }, { "明显的", "link" }, { "已经", "link" },
  { "、", "and" }, { "或", "and" }, { "or", "and" }, { "有", "turn" }, { "但是", "break" }, { "不是没有", "plain" },
}

local function read(text, words)
  local out = {}
  for i, hit in ipairs(assert(phrases(words or WORDS))(text)) do out[i] = hit[1] .. " " .. hit[2] end
  return table.concat(out, ", ")
end

describe("phrases in what a patient writes", function()
  for text, expected in pairs {
    [""] = "",
    ["今天很好"] = "",
    ["胸痛"] = "胸痛 said",
    ["早上起来胸痛，还咳嗽"] = "胸痛 said, 咳嗽 said",
    ["没有胸痛"] = "胸痛 denied",
    ["没有出现过明显的胸痛"] = "胸痛 denied",
    ["没有胸痛、发热或咳嗽"] = "胸痛 denied, 发热 denied, 咳嗽 denied",
    ["没有胸痛、没有发热"] = "胸痛 denied, 发热 denied",
    ["没有胸痛没有发热，没有咳嗽"] = "胸痛 denied, 发热 denied, 咳嗽 denied",
    ["没有胸痛，发热"] = "胸痛 denied, 发热 said",
    ["没有发热 胸痛"] = "发热 denied, 胸痛 said",
    ["没有发热胸痛"] = "发热 denied, 胸痛 unsure",
    ["没有去看胸痛"] = "胸痛 unsure",
    ["没有吃药胸痛"] = "胸痛 unsure",
    ["没有按医生说的每天早晚都去量体温后来胸痛"] = "胸痛 said",
    ["没有发热但是胸痛"] = "发热 denied, 胸痛 said",
    ["没有发热有胸痛"] = "发热 denied, 胸痛 said",
    ["没有、胸痛"] = "胸痛 unsure",
    ["不是没有胸痛"] = "胸痛 said",
    ["没有没有胸痛"] = "胸痛 said",
    ["以前胸痛现在不痛了"] = "胸痛 unsure",
    ["以前胸痛，现在不痛了"] = "胸痛 unsure",
    ["以前没有胸痛"] = "胸痛 unsure",
    ["胸痛，现在不痛了"] = "胸痛 unsure",
    ["胸痛好了"] = "胸痛 denied",
    ["胸痛、咳嗽已经没有了"] = "胸痛 denied, 咳嗽 denied",
    ["胸痛吃了药好了"] = "胸痛 unsure",
    ["胸痛没有好转"] = "胸痛 said",
    ["没有好转胸痛"] = "胸痛 said",
    ["发热好了，胸痛"] = "发热 denied, 胸痛 said",
    ["好了。胸痛。"] = "胸痛 said",
    ["这样会不会胸痛"] = "胸痛 unsure",
    ["不舒服"] = "不舒服 said",
    ["胸痛 胸痛胸痛"] = "胸痛 said, 胸痛 said, 胸痛 said",
    ["体温38.5没有胸痛"] = "胸痛 denied",
    ["No chest  pain or 头晕"] = "chest  pain denied, 头晕 denied",
    ["Chest Pain!"] = "Chest Pain said",
    ["chest pains, nochest pain"] = "",
    ["沒有胸痛；ｃｈｅｓｔ　ｐａｉｎ，頭暈、發熱"] = "胸痛 denied, ｃｈｅｓｔ　ｐａｉｎ said, 頭暈 said, 發熱 said",
    ["胸\u{200B}痛"] = "胸\u{200B}痛 said",
    ["以后腿痛"] = "后腿痛 said",
    ["胸\xFF痛 腿痛\xE8"] = "腿痛 said",
  } do
    it(("reads %q"):format(text), function() assert.equal(expected, read(text)) end)
  end

  it("counts a phrase inside a longer one only where the longer is absent", function()
    local words = { { "痛" }, { "胸痛" }, { "胸痛彻背" } }
    assert.equal("胸痛彻背 said, 痛 said, 胸痛 said", read("胸痛彻背又痛，胸痛", words))
  end)

  it("finds what overlaps", function()
    assert.equal("医生态度 said, 态度不好 said", read("医生态度不好", { { "医生态度" }, { "态度不好" } }))
  end)

  it("falls back over suffixes", function()
    local words = { { "abcde x" }, { "bcd" }, { "他们说" }, { "们说好吗" } }
    assert.equal("们说好吗 said", read("他们说好吗", { { "他们说好呀" }, { "们说好吗" } }))
    assert.equal("他们说 said, 们说好吗 said", read("他们说好吗", words))
    assert.equal("", read("abcde y", words))
  end)

  it("refuses what can't be found", function()
    local function why(text, more) return (select(2, phrases { { "胸痛" }, { text }, more })) end
    assert.matches("empty", why "")
    assert.matches("empty", why "\u{200B}")
    assert.matches("longer than 32 characters", why(("痛"):rep(33)))
    assert.is_nil(why(("痛"):rep(32)))
    assert.matches("UTF%-8", why "\xC3")
    assert.equal("胸痛 stands twice", why "胸痛")
    assert.equal("头晕 stands twice", why("頭暈", { "头晕" }))
  end)

  it("keeps many phrases apart", function()
    local words, text = {}, {}
    for i = 1, 3000 do
      words[i] = { utf8.char(0x4E00 + i) .. utf8.char(0x6000 + i) }
      text[i] = words[i][1]
    end
    local hits = phrases(words)(table.concat(text, "，"))
    assert.equal(3000, #hits)
  end)
end)
