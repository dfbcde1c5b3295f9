-- What was said leads to something: somebody mends it by a day, the report counts before and after, and the public may read of it.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"
local json = require "dkjson"

local HOUR, DAY = 3600000, 86400000

describe("an improvement", function()
  local h, count = nil, 0
  setup(function()
    h = Hospital.open { speed = 20000, scripts_from = { "feedback", "shared" }, keyed = "24h", site = 'trusted_proxies = "127.0.0.1",' }
    h:start()
  end)
  teardown(function() h:close() end)

  -- Its number; said so long before now.
  local function said(text, ago, phone, name)
    count = count + 1
    local status, answer = h:call("POST", "/events?wait=applied", { id = "i" .. count, kind = "feedback", at = Hospital.iso(h:now() - ago),
      item = { channel = "counter", text = text, sender = phone and { phone = phone, name = name } } }, { token = "his" })
    assert.equal(202, status, answer and answer.detail)
    return answer.number
  end
  local function new(more)
    local body = { department = "feedback", title = "化验报告双人核对", owner = "laboratory", due = "30d", lead = "laboratory" }
    for key, value in pairs(more or {}) do body[key] = value end
    return h:call("POST", "/improvements", body)
  end

  it("is a task of its owner, with a deadline, and knows the cases that led to it", function()
    local first, second = said("化验报告丢失，我要投诉", HOUR), said("化验结果拿错了，投诉", HOUR)
    local text, code = h:afterward("improvement", "new", "--department", "feedback", "--owner", "laboratory", "--due", "30d",
      "--title", "化验报告双人核对", "--lead", "laboratory", "--case", first)
    assert.equal(0, code, text)
    local function found()
      for _, one in ipairs(h:get("/improvements?status=open").items) do if one.cases[1] == first then return one end end
    end
    local item = found()
    assert.same({ "laboratory", "化验报告双人核对", first }, { item.owner, item.title, item.cases[1] })
    local task = h:get("/tasks/" .. item.task)
    assert.same({ "improvement", "laboratory", "open", "化验报告双人核对" }, { task.name, task.role, task.status, task.note })
    assert.truthy(task.due_at)
    assert.equal(0, select(2, h:afterward("improvement", "link", item.id, "--case", second)))
    assert.same({ first, second }, found().cases)
    local steps = {}
    for _, step in ipairs(h:get("/cases/" .. first).steps) do steps[step.what] = step.who end
    assert.equal("chen", steps.improvement)
    assert.truthy((h:afterward "improvements"):find("化验报告双人核对", 1, true))
  end)

  it("names what is wrong with it: no owner, a deadline gone by, a case that is not there, a department that is not", function()
    local status, answer = new { owner = json.null }
    assert.equal(422, status)
    assert.truthy(answer.detail:find('"owner"', 1, true))
    status, answer = new { due = Hospital.iso(h:now() - DAY) }
    assert.equal(422, status)
    assert.truthy(answer.detail:find('"due"', 1, true))
    local before = #h:get "/improvements".items
    status, answer = new { cases = { "20260101-00000" } }
    assert.equal(404, status)
    assert.truthy(answer.detail:find("20260101-00000", 1, true))
    assert.equal(before, #h:get "/improvements".items)                    -- all of it or nothing
    assert.equal(404, (new { department = "nowhere" }))
    assert.equal(404, (h:call("POST", "/improvements", { department = "feedback", title = "x", owner = "y", due = "1d" }, { token = "ward" })))
  end)

  it("shows in the report what came before it and after it, in as many days", function()
    for i = 1, 9 do said("化验报告出错，投诉", i * 4 * HOUR) end
    said("收费处重复收费，投诉", HOUR)                                    -- not what it is for
    local _, item = new { title = "报告单改版" }
    assert.equal(0, select(2, h:afterward("task", "done", item.task, "--code", "done", "--note", "since Monday two people check")))
    local done = h:now()
    wait.till("two days go by", function() return h:now() > done + 2.2 * DAY end)
    said("化验报告出错，投诉", 0)
    local month = Hospital.iso(done):sub(1, 7)
    local function shown()
      local text = h:afterward("report", "feedback", "--month", month, "--json")
      for _, one in ipairs(json.decode(text).improvements) do if one.title == "报告单改版" then return one end end
    end
    local row = wait.till("the last item is counted", function()
      local it_ = shown()
      return it_ and it_.after.items > 0 and it_
    end)
    assert.is_true(row.days >= 2 and row.before.items >= 9, json.encode(row))                -- its own nine, and what the others said
    assert.equal(1, row.after.items)
    assert.truthy((h:afterward("report", "feedback", "--month", month)):match "Before and after.*":find("× 0.", 1, true))
  end)
end)

describe("you said, we did", function()
  local h
  setup(function()
    h = Hospital.open { scripts_from = { "feedback", "shared" }, keyed = "24h" }
    h:start()
  end)
  teardown(function() h:close() end)
  local function page()
    local status, text = h:call("GET", "/said", nil, { token = false })
    assert.equal(200, status)
    return text
  end

  it("has what a person wrote for the public, and nothing of the case; it can be taken back", function()
    local _, answer = h:call("POST", "/events?wait=applied", { id = "s1", kind = "feedback", at = Hospital.iso(h:now() - HOUR),
      item = { channel = "counter", text = "王秀兰说化验报告等了三个小时", sender = { phone = "13912345678", name = "王秀兰" } } }, { token = "his" })
    local number = answer.number
    assert.falsy(page():find "化验")
    local text, code = h:afterward("case", "publish", number, "--said", "化验报告要等太久", "--did", "增设两台自助打印机\n<b>报告半小时可取</b>",
      "--place", "检验科")
    assert.equal(0, code, text)
    local shown = page()
    assert.truthy(shown:find("化验报告要等太久", 1, true) and shown:find("2026 年 3 月 · 检验科", 1, true) and shown:find("&lt;b&gt;", 1, true))
    assert.falsy(shown:find(number, 1, true) or shown:find "王秀兰" or shown:find "三个小时")
    assert.equal(0, select(2, h:afterward("case", "publish", number, "--said", "化验报告等得太久", "--did", "增设打印机")))
    assert.falsy(page():find("要等太久", 1, true))
    assert.equal(0, select(2, h:afterward("case", "unpublish", number)))
    assert.falsy(page():find "打印机")
    local what = {}
    for _, step in ipairs(h:get("/cases/" .. number).steps) do what[#what + 1] = step.what end
    assert.truthy(table.concat(what, " "):find "published published unpublished")
    assert.equal(409, (h:call("POST", "/cases/" .. number .. "/unpublish", { reason = "twice" })))
    for _, words in ipairs { { "王秀兰的化验报告", "x" }, { "请打 139-1234-5678", "x" }, { "住院号 0012345 的报告", "x" }, { "x" } } do
      local status, why = h:call("POST", "/cases/" .. number .. "/publish", { said = words[1], did = words[2] })
      assert.equal(422, status)
      assert.truthy(why.detail:find 'field "', why.detail)
    end
    assert.falsy(page():find "王秀兰")
  end)

  it("is there in English, links back to where one can say something, and leads nowhere else", function()
    local _, text = h:call("GET", "/said?lang=en", nil, { token = false })
    assert.truthy(text:find("You said, we did", 1, true) and text:find('href="/feedback"', 1, true))
    assert.equal(404, (h:call("GET", "/said/anything", nil, { token = false })))
  end)
end)
