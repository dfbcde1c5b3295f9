-- aw.phrases: what a text says, by lists that a department keeps as spreadsheets; and where each slip of the pen stands.
local unit = require "afterward.unit.script"

local BASE = [[
local aw = require "afterward"
local heard = aw.phrases("words.csv", "how.csv")
local function all(list) return table.concat(list, "+") end
return {
  aw.department { id = "ward", title = "Ward" },
  aw.rule { id = "hear", result = "text", run = function(a)
    local h = heard(a.note)
    return ("%s %g [%s] %s [%s] [%s]"):format(h.class or "-", h.weight, all(h.because), h.doubt or "-", all(h.unsure), all(h.denied))
  end },
}]]
local HOW = "词语,类别,备注\n没有,否定,\n以前,存疑,\n、,并列,\n"

local function told(list, o)
  o = o or {}
  local bundle, _, report = unit.bundle_load("ward", { ["ward/base.lua"] = o.base or BASE, [o.path or "ward/words.csv"] = list,
    ["shared/how.csv"] = HOW })
  assert.is_nil(bundle)
  return report
end

describe("a list of phrases", function()
  local LIST = "词语,类别,权重\n排队,waiting,\n等了两个小时,waiting,2\n态度,manner,\n投诉,manner,1.5\n,,\n"
  local function hear(text)
    local bundle = assert(unit.turn.load { ["ortho/base.lua"] = BASE:gsub('"ward"', '"ortho"'), ["ortho/words.csv"] = LIST,
      ["shared/how.csv"] = HOW })
    local heard = assert(unit.turn.rule(bundle, "hear", text and ('[{"note":"%s"}]'):format(text) or "[{}]"))
    return (heard:match '^"(.*)"$')
  end

  for text, expected in pairs {
    ["排队等了两个小时"] = "waiting 3 [排队+等了两个小时] - [] []",
    ["态度不好，我要投诉"] = "manner 2.5 [态度+投诉] - [] []",
    ["排队，排队，态度"] = "waiting 1 [排队+排队] - [] []",              -- a phrase counts once; of equals the first class
    ["没有排队、态度好"] = "- 0 [] - [] [排队+态度]",
    ["以前排队"] = "- 0 [] waiting [排队] []",
    ["态度。以前排队"] = "manner 1 [态度] waiting [排队] []",
    [""] = "- 0 [] - [] []",
  } do
    it(("hears %q"):format(text), function() assert.equal(expected, hear(text)) end)
  end

  it("hears nothing where nothing was written", function() assert.equal("- 0 [] - [] []", hear(nil)) end)
end)

describe("a slip of the pen in a list of phrases", function()
  for what, case in pairs {
    ["no heading"] = { "排队,waiting\n", 'words.csv:1: the first row must name its columns: 词语,类别 or phrase,class' },
    ["no class"] = { "phrase,class\n排队,\n", 'words.csv:2: "排队" has no class: write one, or one of 另起, 否定' },
    ["no number"] = { "phrase,class,weight\n排队,waiting,许多\n", 'words.csv:2: "许多" is no weight: write a number above 0' },
    ["twice"] = { "phrase,class\n排队,waiting\n\n排隊,manner\n", "words.csv:4: 排隊 stands twice" },
    ["twice over two files"] = { "phrase,class\n没有,waiting\n", "shared/how.csv:2: 没有 stands twice" },
    ["too long"] = { "phrase,class\n" .. ("排"):rep(33) .. ",waiting\n", "words.csv:2: the phrase is longer than 32 characters" },
  } do
    it("is told where it stands: " .. what, function() assert.matches(case[2], told(case[1]), 1, true) end)
  end

  it("is told for a file that is not there, or no table", function()
    assert.matches('aw.phrases: no file "words.csv" in ward/ or shared/', told("", { path = "ward/other.csv" }), 1, true)
    assert.matches("aw.phrases takes the name of a CSV file, not \"words\"",
      told("", { base = 'require "afterward".phrases "words"' }), 1, true)
    assert.matches("aw.phrases takes the names of CSV files", told("", { base = 'require "afterward".phrases()' }), 1, true)
  end)
end)
