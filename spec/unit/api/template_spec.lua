-- What a template would say, before anybody is told.
local World = require "unit.api.world"

local ORTHO = [[{ "department": {"ortho": {"title": {"zh":"骨科","en":"Orthopaedics"}}},
  "program": {"gudong": {"name": {"zh":"骨动新生","en":"Moving again"}, "color":"#ffd54a", "slogan": {"zh":"走得更远"}}},
  "template": {
    "note": {"class":"visit", "fields":["what"], "text": {"zh":"{patient.title}您好，{what}，{visit.date}", "en":"Dear {patient.title}, {what}"},
      "channels": {"wechat": {"zh":"{what}"}},
      "approved": {"sms": {"id":"SMS_1","params":{"name":"patient.title","what":"what","day":"visit.date"}}}},
    "chemo": {"text": {"zh":"化疗复查"}, "discloses": true, "discreet": {"zh":"请来院复查"}},
    "plain": {"text": {"zh":"Hello","en":"Hello"}} }}]]

describe("a template's preview", function()
  local w
  before_each(function()
    w = World.open()
    w.core:sql "DELETE FROM bundle"
    w.core:definitions("ortho", ORTHO)
  end)
  after_each(function() w:close() end)

  local function preview(id, query, token)
    return w:call("GET", "/templates/" .. id .. "/preview" .. (query and "?" .. query or ""), nil, token)
  end

  it("tells one who is made up, in the brand of the programme, with the fields' names in their places", function()
    local status, p = preview "note"
    assert.equal(200, status)
    assert.equal("【骨动新生】王先生您好，<what>，2026-12-31（非实时值守，紧急请拨120）", p.text)
    assert.same({ alphabet = "UCS-2", units = 44, parts = 1, units_a_part = 70 }, p.sms)
    assert.same({ "zh", "#ffd54a", "骨动新生" }, { p.language, p.brand.color, p.brand.name.zh })
    assert.equal(0, tonumber(w.core:sql "SELECT count(*) FROM message"))
  end)

  it("takes what a script would give, and another language", function()
    local _, p = preview("note", "lang=en&field.what=come%20at%20nine")
    assert.equal("【Moving again】Dear Mr Wang, come at nine (Not attended round the clock. In an emergency call 120.)", p.text)
    assert.equal("en", p.language)
  end)

  it("tells a patient by name, and that you looked is kept", function()
    local _, p = preview("note", "patient=" .. w.core:id("p", 1) .. "&field.what=x")
    assert.equal("visit.date", p.missing)                                  -- she has no appointment: it would go to nobody
    assert.is_nil(p.text)
    assert.equal("template.preview patient:1 note", w.core:sql "SELECT action||' '||object||' '||detail FROM audit")
    assert.equal(404, (preview("note", "patient=" .. w.core:id("p", 3), { token = "ward" })))
  end)

  it("says the discreet words to who may not know, and the others to who may", function()
    local _, p = preview "chemo"
    assert.same({ true, true }, { p.discreet, p.text:find "请来院复查" ~= nil })
    w.core:sql "UPDATE patient SET disclosure='self' WHERE id=1"
    _, p = preview("chemo", "patient=" .. w.core:id("p", 1))
    assert.same({ false, true }, { p.discreet, p.text:find "化疗复查" ~= nil })
  end)

  it("names what it doesn't know, with the nearest", function()
    for path, said in pairs { nota = "did you mean 'note'", ["note?channel=smss"] = "no channel is called smss",
      ["note?lang=fr"] = "zh en", ["note?department=orto"] = "ortho" } do
      local status, problem = w:call("GET", "/templates/" .. path:gsub("%?.*", "") .. "/preview" .. (path:match "%?.*" or ""))
      assert.truthy(status == 404 or status == 400, path)
      assert.truthy(problem.detail:find(said, 1, true), problem.detail)
    end
    assert.equal(404, (preview("note", nil, { token = "other" })))
  end)
end)
