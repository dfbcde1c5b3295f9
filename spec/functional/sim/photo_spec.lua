local H = require "functional.sim.helper"

describe("a photo in a script's eyes", function()
  local FORM = [[aw.form { id = "wound", title = { zh = "伤口", en = "Wound" },
    { id = "dry", kind = "yesno", zh = "干燥吗？", en = "Dry?" },
    { id = "photo", kind = "photo", zh = "照片", en = "A photo", when = function(a) return a.dry == false end } },]]
  local w, pt
  before_each(function()
    w, pt = H.body([[local a = p:ask("wound", { within = "1d" }) p:note(a and (a.photo or "none") or "silent")]], { more = FORM })
    w:advance "2h"
  end)

  it("is the id of what was given", function()
    pt:answer("wound", { dry = false, photo = "a red seam" })
    local row = w.core:query("SELECT id, item, bytes AS i_bytes FROM attachment")[1]
    assert.same({ "photo", #"a red seam" }, { row.item, row.bytes })
    assert.same({ row.id }, H.notes(w))
  end)

  it("may be missing, also when a nurse answers for the patient", function()
    pt:answer("wound", { dry = false })
    assert.same({ "none" }, H.notes(w))
  end)

  it("must have been given to this question: no other id is taken, from nobody", function()
    local question = w.core:query("SELECT max(id) AS i_id FROM question")[1].id
    for _, id in ipairs { "photo00000000001", "no id", "0123456789abcdef" } do
      local reply = w:_submit("answer", { question = question, by_kind = "staff", values = { dry = false, photo = id } })
      assert.same({ 422, "wound.photo: is no photo that was given to this question" }, { reply.status, reply.detail })
    end
  end)

  it("is not asked of whom it is hidden from", function()
    pt:answer("wound", { dry = true, photo = "a seam" })
    assert.same({ "none" }, H.notes(w))
  end)
end)
