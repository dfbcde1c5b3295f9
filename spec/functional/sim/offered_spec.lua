local H = require "functional.sim.helper"

describe("choices offered with a question", function()
  local FORM = [[aw.form { id = "slot", title = { zh = "改约", en = "New time" },
    { id = "when", kind = "choice", zh = "哪个时间方便？", en = "Which time suits you?", options = {
      { "none", zh = "都不行", en = "none" }, { "ring", zh = "请来电", en = "ring me" } } } },]]
  local BODY = [[local a = p:ask("slot", { within = "1d", options = { when = {
      { value = "mon", zh = "周一 9 点", en = "Mon 9:00" }, { value = "tue", zh = "周二 9 点", en = "Tue 9:00" } } } })
    p:note(a and a.when or "silent")]]
  local w, pt
  before_each(function()
    w, pt = H.body(BODY, { more = FORM })
    w:advance "2h"
  end)

  it("are taken instead of the form's own", function()
    pt:answer("slot", { when = "tue" })
    assert.same({ "tue" }, H.notes(w))
  end)
  it("are the only ones", function()
    assert.has_error(function() pt:answer("slot", { when = "none" }) end, "slot.when: is none of the choices")
    assert.has_error(function() pt:answer("slot", { when = "wed" }) end, "slot.when: is none of the choices")
  end)
  it("do not outlive their question", function()
    w:advance "2d"
    w:discharge(pt, { visit = "another" })
    assert.same({ "silent" }, H.notes(w))
    assert.equal(1, #w.core:query "SELECT 1 AS i_x FROM question WHERE offered IS NOT NULL")
  end)
end)

describe("a pathway that says how long it lasts", function()
  local STEPS = [[aw.step { id = "daily", every = "1d 09:00", from = "1d", run = function(p) p:ask("check", { within = "30d" }) end },]]
  it("ends then, with what is still open, and lists nothing beyond", function()
    local w = H.discharged { steps = STEPS, keys = 'ends = "5d",' }
    assert.same({ "03-03 Tue 09:00", "03-04 Wed 09:00" }, w:planned("way", "daily", 2))
    w:advance "4d"
    assert.is_true(w:enrollment "way".live)
    w:advance "1d"
    assert.equal("completed", w:enrollment "way".ended)
    local n = #w.messages
    w:advance "20d"
    assert.equal(n, #w.messages)
    assert.equal(0, #w.core:query "SELECT 1 AS i_x FROM run WHERE ended_at IS NULL")
  end)
  it("lasts until then, also when no step is left", function()
    local w = H.discharged { steps = H.step "p:note 'once'", keys = 'ends = "5d",' }
    w:advance "4d"
    assert.is_true(w:enrollment "way".live)
    w:advance "25h"
    assert.equal("completed", w:enrollment "way".ended)
  end)
end)
