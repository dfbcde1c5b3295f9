-- One in twenty of each nurse's calls is heard by somebody else, and every one that looks as if it never was (WARD 27).
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"

describe("quality samples", function()
  local h
  local COUNT = 25
  setup(function()
    local steps = [[aw.step { id = "call", at = "1h", run = function(p) p:task { id = "call", role = "nurse", form = "long", due = "90d" } end } ]]
    local forms = [[aw.form { id = "long", title = { zh = "电话", en = "Call" },
        { id = "a1", kind = "text", zh = "一", en = "1" }, { id = "a2", kind = "text", zh = "二", en = "2" },
        { id = "a3", kind = "text", zh = "三", en = "3" }, { id = "a4", kind = "text", zh = "四", en = "4" } },
      aw.form { id = "rubric", title = { zh = "质控", en = "Rubric" }, { id = "mark", kind = "scale", min = 0, max = 10, zh = "分", en = "Score" } }, ]]
    h = Hospital.open { speed = 600, keyed = "24h", scripts = { ["w/w.lua"] = Hospital.ward("w", steps, forms) } }
    h:start()
    for i = 1, COUNT do
      assert.equal(202, (h:event { id = "d" .. i, kind = "discharge", at = Hospital.iso(h:now()), visit = "v" .. i, department = "w", ward = "1",
        leaving = "order", patient = { mrn = "m" .. i, name = "患者" .. i, birth = "1960-01-01", sex = "male", phone = ("1380000%04d"):format(i) } }))
    end
    local tasks = wait.till("all are due", function()
      local list = h:get "/tasks?role=nurse&limit=100".items
      return #list == COUNT and list
    end)
    for i, task in ipairs(tasks) do
      local same = i > COUNT - 4                                               -- the last four were written at one desk, at one time
      local status, why = h:call("POST", "/tasks/" .. task.id .. "/done", { code = "done", answer = { a1 = same and "好" or "伤口" .. i,
        a2 = same and "好" or "饮食" .. i, a3 = same and "没有不舒服" or "睡眠" .. i, a4 = same and "谢谢" or "用药" .. i } })
      assert.equal(200, status, why and why.detail)
    end
  end)
  teardown(function() h:close() end)

  it("are drawn once, by a lot, each a task with the rubric; what looks made up is always among them", function()
    local text, code = h:afterward("quality", "draw", "--department", "w", "--month", "2026-03", "--role", "head-nurse", "--form", "rubric")
    assert.equal(0, code, text)
    local why, tasks = {}, 0
    for _, item in ipairs(h:get "/quality?month=2026-03".items) do
      why[item.why] = (why[item.why] or 0) + 1
      local task = h:get("/tasks/" .. item.task)
      assert.same({ "quality", "head-nurse", "rubric", "open" }, { task.name, task.role, task.form, task.status })
      assert.equal("chen", item.who)
      tasks = tasks + 1
    end
    assert.equal(4, why["same-answers"])
    assert.is_true(tasks - 4 >= 0 and tasks - 4 <= 2, text)                      -- 5 % of 25, rounded up; the lot may have met a suspect
    assert.truthy(h:afterward("quality", "draw", "--department", "w", "--month", "2026-03", "--role", "head-nurse"):find "^0 sampled, 0 suspected")
    assert.truthy((h:afterward("quality", "list", "--month", "2026-03")):find "same%-answers")
  end)

  it("say what is wrong with what was asked", function()
    for _, wrong in ipairs { { month = "March" }, { role = false }, { form = "nothing" }, { department = "nowhere" } } do
      local body = { department = "w", month = "2026-03", role = "head-nurse" }
      for key, value in pairs(wrong) do body[key] = value or nil end
      local status, answer = h:call("POST", "/quality/draw", body)
      assert.is_true(status == 422 or status == 404, answer.detail)
    end
    assert.equal(404, (h:call("POST", "/quality/draw", { department = "w", month = "2026-03", role = "x" }, { token = "other" })))
  end)
end)
