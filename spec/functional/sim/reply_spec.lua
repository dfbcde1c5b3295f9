-- What people write back in a short message: an answer, a wish for silence, a wrong number, or something to read.
local sim = require "afterward.sim"

local WARD = [[
local aw = require "afterward"
local function asked(form, to) return function(p)
  local a = p:ask(form, { within = "2d", to = to })
  if a then p:note(form .. " " .. tostring(a.x) .. " by " .. a.by) end end end
return {
  aw.department { id = "%s", title = "w", alerts = { urgent = "page", emergency = "page", soon = "page" } },
  aw.program { id = "%s", name = { zh = "随访" } },
  aw.rule { id = "pain", run = function(a) if a.x >= 7 then return { level = "urgent", reason = "疼痛" .. a.x } end end },
  aw.form { id = "pain", abnormal = "pain", { id = "x", kind = "scale", min = 0, max = 10, zh = "疼痛几分？" },
    { id = "more", kind = "text", optional = true, zh = "其他" } },
  aw.form { id = "walk", { id = "x", kind = "yesno", zh = "能走吗？" } },
  aw.form { id = "words", { id = "x", kind = "text", zh = "怎么样？" } },
  aw.form { id = "both", { id = "x", kind = "yesno", zh = "甲" }, { id = "y", kind = "yesno", zh = "乙" } },
  aw.pathway { id = "x", program = "%s", title = "x", enroll = { on = "discharge", department = "%s" }, anchor = "discharge",
    steps = { aw.step { id = "first", at = "24h", run = asked(FORM) } } },
}]]
local PAGE = [[local aw = require "afterward"
return { aw.escalation { id = "page", levels = { { page = "nurse", ack_within = "1h" } } } }]]

describe("a reply", function()
  local w, pt
  local function ward(name, form) return (WARD:format(name, name, name, name):gsub("FORM", form:find('"') and form or ('"%s"'):format(form))) end
  local function home(form, o)
    local scripts = { ["w/w.lua"] = ward("w", form), ["v/v.lua"] = ward("v", form), ["shared/page.lua"] = PAGE }
    for _, name in ipairs { "replies", "red-flags" } do
      scripts["shared/" .. name .. ".lua"] = assert(io.open("scripts/shared/" .. name .. ".lua")):read "a"
    end
    for _, name in ipairs { "danger", "modifiers" } do
      local path = "shared/phrases/" .. name .. ".csv"
      scripts[path] = assert(io.open("scripts/" .. path)):read "a"
    end
    w = sim.world { scripts = scripts, at = "2026-03-02 15:00" }
    pt = w:patient(o)
    w:discharge(pt, { department = "w" })
    w:advance "24h"
  end

  it("answers what was asked, and the rule judges it as any answer", function()
    home "pain"
    assert.equal("answered", pt:reply "大概8分")
    assert.equal("疼痛8", w:alert_named("pain").reason)
    assert.matches("pain 8", w:timeline(pt), 1, true)
  end)

  it("that fits no question is given to the nurse, with what was written", function()
    home "pain"
    assert.equal("given", pt:reply "11分")
    assert.equal("given", pt:reply "夜里睡不好")
    local task = w:task "read-reply"
    assert.equal("nurse", task.role)
    assert.matches("11分", task.note, 1, true)
    assert.matches("夜里睡不好", task.note, 1, true)
    assert.equal(1, w:open_tasks())
    assert.equal("answered", pt:reply "3")              -- the question is still open
  end)

  it("to a page of several questions is for a person", function()
    home "both"
    assert.equal("given", pt:reply "是")
  end)

  it("that tells of danger raises the alarm at once, one that denies it doesn't", function()
    home "pain"
    pt:reply "没有胸痛，就是累"
    assert.is_nil(w:alert_named "danger-words")
    pt:reply "刚才胸痛，喘不上气"
    assert.equal("emergency", w:alert_named("danger-words").level)
    assert.equal(1, #w:sent "danger-advice")
  end)

  local function opted(text)                          -- then both departments want to ask
    home "pain"
    assert.equal("opted-out", pt:reply(text))
    w:event(pt, "discharge", { visit = "V9", department = "v" })
    w:event(pt, "discharge", { visit = "V10", department = "w" })
    w:advance "48h"
    local out = {}
    for _, row in ipairs(w.core:query "SELECT department FROM message WHERE name='pain' AND accepted_at IS NOT NULL ORDER BY id") do
      out[#out + 1] = row.department
    end
    return table.concat(out, " ")
  end

  it("in free words that no rule judges is an answer, and danger in it is heard all the same", function()
    home "words"
    assert.equal("answered", pt:reply "还好，就是胸痛")
    assert.equal("emergency", w:alert_named("danger-words").level)
  end)

  it("退订 stops the department that wrote, at once; others go on", function()
    assert.equal("w v", opted "退订")
    assert.matches("opted%-out", w:timeline(pt))
    w:_submit("opt-in", { patient = pt.number, department = "w", by = "nurse" })
    w:event(pt, "discharge", { visit = "V11", department = "w" })
    w:advance "48h"
    assert.equal(2, #w.core:query "SELECT id AS i_id FROM message WHERE name='pain' AND department='w' AND accepted_at IS NOT NULL")
  end)

  it("全部退订 stops all", function() assert.equal("w", opted "全部退订") end)

  it("N means no where yes or no was asked, and silence elsewhere", function()
    home "walk"
    assert.equal("answered", pt:reply "N")
    assert.matches("walk false", w:timeline(pt), 1, true)
    assert.equal("opted-out", pt:reply "N")
  end)

  it("of somebody else stops the number and asks the nurse for the right one", function()
    home "pain"
    assert.equal("wrong-number", pt:reply "你打错了")
    assert.equal("nurse", w:task("wrong-number").role)
    assert.equal("given", pt:reply "3")                 -- a stranger's word is no answer
    assert.not_matches("pain 3", w:timeline(pt), 1, true)
    w:discharge(pt, { department = "v" })
    w:advance "48h"
    assert.equal(1, #w:sent "pain")
  end)

  it("from the family's number is the family's answer", function()
    home('"pain", "family"', { contacts = { { name = "王芳", phone = "13811112222", relation = "child" } } })
    assert.equal("given", pt:reply "3")                 -- the patient was not asked
    assert.equal("answered", pt:reply("3", { from = "138 1111 2222" }))
    assert.matches("pain 3 by family", w:timeline(pt), 1, true)
  end)

  describe("from a number that serves two patients who were both told something", function()
    local other
    before_each(function()
      home("pain", { name = "王桂兰" })
      other = w:patient { name = "李国", phone = pt.phone }
      w:discharge(other, { department = "w" })
      w:advance "24h"
    end)

    it("asks which of them, and a nurse has it until that is said", function()
      assert.equal("whose", pt:reply "8")
      assert.matches("关于哪一位的？1 李*、2 王*兰。", w:sent "whose-reply"[1].text, 1, true)
      assert.matches("8$", w:task("whose-reply").note)
      assert.equal("chosen", pt:reply "2")
      assert.matches("pain 8 by patient", w:timeline(pt), 1, true)
      assert.not_matches("pain 8", w:timeline(other), 1, true)
      assert.is_nil(w:task "whose-reply")
    end)

    it("raises the alarm for danger at once, before it is said", function()
      pt:reply "胸痛"
      assert.equal(2, #w.core:query "SELECT id AS i_id FROM alert WHERE name='danger-words'")
      assert.equal("chosen", pt:reply "1")
      assert.equal(2, #w.core:query "SELECT id AS i_id FROM alert WHERE name='danger-words'")
      assert.matches("胸痛", w:task("read-reply").note, 1, true)
    end)

    it("asks once, and takes no digit that stands for nobody", function()
      pt:reply "睡不好"
      pt:reply "还是睡不好"
      assert.equal(1, #w:sent "whose-reply")
      assert.equal("whose", pt:reply "3")
      assert.truthy(w:task("whose-reply").open)
    end)

    local function silenced()
      local out = {}
      for i, row in ipairs(w.core:query "SELECT patient AS i_id FROM contact WHERE opted_out_of='|w|' OR opted_out_at IS NOT NULL") do
        out[i] = row.id
      end
      return out
    end

    it("退订 stops the one whom it was told about last, and a nurse asks about the other", function()
      assert.equal("opted-out", pt:reply "退订")
      assert.same({ other.number }, silenced())
      assert.matches(("messages stopped for patient %d; ask about the others of patients %d %d: 退订$"):format(other.number,
        other.number, pt.number), w:task("whose-reply").note)
    end)

    it("a stranger who has it is told no names", function()
      assert.equal("wrong-number", pt:reply "打错了")
      assert.equal(0, #w:sent "whose-reply")
      assert.equal(1, #w.core:query "SELECT id AS i_id FROM task WHERE name='wrong-number'")
      w:event(pt, "discharge", { visit = "V9", department = "v" })
      w:advance "24h"
      assert.equal(pt.number, w:sent "pain"[3].patient)   -- the other's number may be right
    end)

    it("全部退订 stops both", function()
      assert.equal("opted-out", pt:reply "全部退订")
      assert.same({ pt.number, other.number }, silenced())
      assert.is_nil(w:task "whose-reply")
    end)
  end)

  it("of a son who has both his parents: what he says for his father does not lose his mother", function()
    home("pain", { contacts = { { name = "王芳", phone = "13811112222", relation = "child", proxy = true } } })
    local mother = w:patient { contacts = { { name = "王芳", phone = "13811112222", relation = "child", proxy = true } } }
    assert.equal("opted-out", pt:reply("TD", { from = "13811112222" }))
    w:discharge(mother, { department = "w" })
    w:advance "24h"
    assert.equal(mother.number, w:sent "pain"[2].patient)
    assert.equal("whose", pt:reply("3", { from = "13811112222" }))
    assert.equal("chosen", pt:reply("1", { from = "13811112222" }))
    assert.matches("pain 3 by family", w:timeline(mother), 1, true)
    assert.equal("wrong-number", pt:reply("打错了", { from = "13811112222" }))
    assert.equal(2, #w.core:query "SELECT id AS i_id FROM task WHERE name='wrong-number'") -- both lose this way
  end)

  it("from such a number answers when only one was told something", function()
    home "pain"
    w:patient { phone = pt.phone }
    assert.equal("answered", pt:reply "3")
  end)

  it("from nobody's number is kept", function()
    home "pain"
    assert.equal("unknown", pt:reply("3", { from = "13900009999" }))
  end)

  it("is heard by the department that wrote, not by others", function()
    home "pain"
    w:event(pt, "discharge", { visit = "V9", department = "v" })
    pt:reply "胸痛"
    assert.equal(1, #w.core:query "SELECT id AS i_id FROM alert WHERE name='danger-words'")
  end)

  it("twice the same is one", function()
    home "pain"
    for _ = 1, 2 do w:_submit("inbound", { channel = "sms", items = { { id = "same", from = pt.phone, text = "夜里睡不好" } } }) end
    assert.equal(1, select(2, w:task("read-reply").note:gsub("睡不好", "")))
  end)
end)
