-- Each month a department's job has calls and answers of the month before judged by somebody else (WARD 27).
local H = require "functional.sim.helper"

local JOB = [[aw.job { id = "samples", at = "mon 08:00", run = function(j)
  j:sample { role = "chief", form = "call-rubric", reply_form = "reply-rubric", due = "3bd" } end },
  aw.form { id = "long", title = { zh = "电话", en = "Call" }, { id = "a1", kind = "text", zh = "一", en = "1" },
    { id = "a2", kind = "text", zh = "二", en = "2" }, { id = "a3", kind = "text", zh = "三", en = "3" },
    { id = "a4", kind = "text", zh = "四", en = "4" } },]]
local CALL = 'p:task { id = "call", role = "nurse", form = "long", due = "60d" }'
local FULL = { identity = "yes", complete = "yes", advice = "partly", abnormal = "yes", manner = "no", record = "yes",
  called_back = "denied", fake = true }

describe("a month's quality samples", function()
  local n = 0
  local function world()
    n = 0
    return H.world { steps = H.step(CALL), more = JOB, at = "2026-02-10 09:00", scripts = { ["shared/quality.lua"] =
      (assert(io.open "scripts/shared/quality.lua"):read "a") } }
  end
  local function words(i) return { a1 = "伤口" .. i, a2 = "饮食" .. i, a3 = "睡眠" .. i, a4 = "用药" .. i } end
  -- So many calls by these hands, closed now, one patient each; answer: the same for all, when it is given. Gives the last patient.
  local function calls(w, count, who, answer, code)
    local pt
    for _ = 1, count do
      n = n + 1
      pt = w:patient { age = 60 }
      w:discharge(pt)
      w:advance "61m"
      w:task "call":done { staff = who, code = code or "reached", answer = answer or words(n) }
    end
    return pt
  end
  local function samples(w, who)
    local out = {}
    for _, row in ipairs(w.core:query "SELECT month, what, who, why, ref AS i_ref, task AS i_task FROM quality_sample ORDER BY id") do
      if not who or row.who == who then out[#out + 1] = row end
    end
    return out
  end
  local function refs(w, who)
    local out = {}
    for i, row in ipairs(samples(w, who)) do out[i] = row.ref end
    return out
  end
  local function task_of(w, row) return w:task(w.core:query("SELECT name FROM task WHERE id=?1", row.task)[1].name) end

  it("are one in twenty of each nurse's calls, rounded up, and at least one of who made any", function()
    local w = world()
    calls(w, 21, "zhao")
    calls(w, 1, "qian")
    w:advance_to "2026-02-23 08:30"
    assert.same({}, samples(w))                                                  -- the month goes on
    w:advance_to "2026-03-02 08:30"                                              -- the first Monday of March
    assert.same({ 2, 1, 3 }, { #samples(w, "zhao"), #samples(w, "qian"), #samples(w) })
    for _, row in ipairs(samples(w)) do
      assert.same({ "2026-02", "call", "sample" }, { row.month, row.what, row.why })
      local task = w.core:query("SELECT role, form, status FROM task WHERE id=?1", row.task)[1]
      assert.same({ "chief", "call-rubric", "open" }, { task.role, task.form, task.status })
    end
  end)

  it("are the same in every world that did the same, others another month, and never drawn twice", function()
    local one = world()
    calls(one, 41, "zhao")
    one:advance_to "2026-03-02 08:30"
    local drawn = refs(one)
    one:advance_to "2026-03-24 08:30"                                            -- three Mondays on
    assert.same(drawn, refs(one))
    assert.equal(3, H.count(one, "task WHERE name LIKE 'quality-%'"))
    local two = world()
    calls(two, 41, "zhao")
    two:advance_to "2026-03-02 08:30"
    assert.same(drawn, refs(two))
    assert.not_same({ 1, 2, 3 }, drawn)                                          -- a lot, not the first that came
  end)

  it("take a call that was made by hand, but none of last month's that is drawn already, and none of a sample's own", function()
    local w = world()
    calls(w, 3, "zhao")
    w:advance_to "2026-03-02 08:30"
    task_of(w, samples(w)[1]):done { staff = "sun", answer = FULL }
    calls(w, 1, "zhao")
    w:advance_to "2026-04-06 08:30"
    assert.same({ "2026-02", "2026-03" }, { samples(w)[1].month, samples(w)[2].month })
    assert.equal(2, #samples(w))                                                 -- sun's judging in March is no call
  end)

  it("are judged with the rubric, by anybody but who did it; points and verdict are kept beside the call", function()
    local w = world()
    calls(w, 1, "zhao")
    w:advance_to "2026-03-02 08:30"
    local task = task_of(w, samples(w)[1])
    for _, refused in ipairs { task:claim "zhao", task:try { staff = "zhao", code = "done", answer = FULL } } do
      assert.equal(409, refused.status)
      assert.matches("of your own work, so somebody else has to judge it", refused.detail)
    end
    assert.equal("open", task.status)
    assert.matches("needs field \"answer\"", task:try { staff = "sun", code = "done" }.detail)
    assert.equal(200, task:claim "sun".status)
    task:done { staff = "sun", code = "done", answer = FULL }
    local kept = w.core:query "SELECT score AS i_score, most AS i_most, fake AS i_fake, judged_by FROM quality_sample"[1]
    assert.same({ 15 + 20 + 10 + 20 + 0 + 15, 100, 1, "sun" }, { kept.score, kept.most, kept.fake, kept.judged_by })
  end)

  it("may be passed on by who did it: a head nurse who rings, too, has no other to judge her", function()
    local w = world()
    calls(w, 1, "zhao")
    w:advance_to "2026-03-02 08:30"
    task_of(w, samples(w)[1]):done { staff = "zhao", code = "transfer", to = "quality-office" }
    assert.equal("quality-office", task_of(w, samples(w)[1]).role)
  end)

  it("hold every call whose answers are to the last item those of three others of the same hand, and of a long form only", function()
    local w = world()
    local same = { a1 = "好", a2 = "好", a3 = "好", a4 = "好" }
    calls(w, 30, "zhao")
    calls(w, 4, "qian", same)
    calls(w, 3, "sun", same)                                                     -- three are not yet four
    w:advance_to "2026-03-02 08:30"
    local why = {}
    for _, row in ipairs(samples(w)) do why[row.who .. " " .. row.why] = (why[row.who .. " " .. row.why] or 0) + 1 end
    assert.same({ ["zhao sample"] = 2, ["qian same-answers"] = 4, ["sun sample"] = 1 }, why)
  end)

  it("ring nobody again who is dead, in dispute or wants no calls: what is judged then is the record", function()
    local w = world()
    local pt = calls(w, 1, "zhao")
    pt:opt_out()
    w:advance_to "2026-03-02 08:30"
    local row = w.core:query("SELECT patient AS i_patient, note FROM task WHERE id=?1", samples(w)[1].task)[1]
    assert.is_nil(row.patient)
    assert.matches("不回拨患者", row.note)
  end)

  it("are of answers to consultations, too, with a rubric of their own", function()
    local w = H.sim.world { scripts = { "scripts/feedback", "scripts/shared/quality.lua" }, at = "2026-02-10 09:00" }
    for _ = 1, 3 do
      w:feedback { channel = "wechat", patient = w:patient {}, nature = "question", topic = "medicine", text = "药怎么吃" }
      w:task "answer":done { staff = "zhou", answer = { reply = "饭后吃" } }
    end
    w:advance_to "2026-03-02 08:30"
    local row = samples(w, "zhou")
    assert.same({ 1, "reply", "sample" }, { #row, row[1].what, row[1].why })
    local task = w.core:query("SELECT form, role, note FROM task WHERE id=?1", row[1].task)[1]
    assert.same({ "reply-rubric", "patient-relations-head" }, { task.form, task.role })
    assert.matches("诉求编号 %d+", task.note)
  end)

  it("are a job's alone", function()
    local w, pt = H.body 'p:sample { role = "chief", form = "check" }'
    w.expects_stuck = true
    w:advance "2h"
    assert.matches("only a job can do this", w:run "s".cause)
    assert.truthy(pt)
  end)
end)
