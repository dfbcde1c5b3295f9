-- Fields of a text are said in the reader's language.
local sim = require "afterward.sim"

local function ward(place)
  return ([[
local aw = require "afterward"
return {
  aw.department { id = "w", title = "w" },
  aw.program { id = "p", name = { zh = "随访", en = "Follow-up" } },
  aw.template { id = "come", fields = { "place", "seats" }, zh = "请到{place}，{seats}个座位。", en = "Come to {place}, {seats} seats." },
  aw.pathway { id = "x", program = "p", title = "x", enroll = { on = "discharge" }, anchor = "discharge",
    steps = { aw.step { id = "come", at = "24h", run = function(p)
      p:send("come", { fields = { place = %s, seats = 12 } })
    end } } },
}]]):format(place)
end

local function told(language, place)
  local w = sim.world { scripts = { ["w/w.lua"] = ward(place) }, at = "2026-03-02 15:00" }
  w:discharge(w:patient { language = language })
  w:advance "24h"
  return w:sent "come"[1].text
end

describe("a field of a text", function()
  it("is said in the language of who reads it", function()
    assert.matches("请到三楼，12个座位。", told("zh", [[{ zh = "三楼", en = "the third floor" }]]), 1, true)
    assert.matches("Come to the third floor, 12 seats.", told("en", [[{ zh = "三楼", en = "the third floor" }]]), 1, true)
  end)

  it("may be one text for all, and is Chinese where there is no English", function()
    assert.matches("Come to A3, ", told("en", [["A3"]]), 1, true)
    assert.matches("Come to 三楼, ", told("en", [[{ zh = "三楼" }]]), 1, true)
  end)

  it("is refused in a sentence when it is anything else", function()
    local w = sim.world { scripts = { ["w/w.lua"] = ward [[{ en = "third floor" }]] }, at = "2026-03-02 15:00" }
    w.expects_stuck = true
    w:discharge(w:patient())
    w:advance "24h"
    assert.matches("must be a text, a number, a boolean or { zh =, en = }", w:run("come").cause, 1, true)
  end)
end)
