-- Somebody asks on the page and leaves no number: what is said to them stands on the page.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"

describe("a question on the page, of somebody without a number", function()
  local h, last = nil, 0
  setup(function()
    h = Hospital.open { speed = 1, scripts_from = { "feedback", "shared" }, site = 'trusted_proxies = "127.0.0.1",' }
    h:start()
  end)
  teardown(function() h:close() end)
  before_each(function() last = last + 1 end)
  local function post(path, fields) return select(2, h:post_form(path, fields, { ["X-Forwarded-For"] = "10.2.2." .. last })) end
  local function send(text)
    local page = post("/feedback", { text = text })
    return page, page:match "<b>(%d+%-%d+)</b>", page:match "查询码：%s*<b>(%d+)</b>"
  end
  local function answer(number, text)
    local task = wait.till("somebody has to answer", function()
      for _, task in ipairs(h:get("/cases/" .. number).tasks) do if task.name == "answer" and task.status == "open" then return task end end
    end)
    assert.equal(200, (h:call("POST", "/tasks/" .. task.id .. "/done", { code = "done", answer = { reply = text } })))
  end

  it("with danger in it is answered with what to do now, before anything else", function()
    local page, number = send "我现在胸痛得厉害，喘不上气，怎么办？"
    assert.truthy(number, page)
    assert.truthy(page:find('href="/case?lang=en"', 1, true), page)             -- the other language is this page's, not a questionnaire's
    local advice = page:find('role="alert">请立即拨打120', 1, true)
    assert.truthy(advice and advice < page:find(number, 1, true), page)
  end)

  it("that a machine can answer has its answer there; who writes that it does not help is answered by a person, on the same page", function()
    local page, number, code = send "请问门诊时间？"
    assert.truthy(page:find("周一至周五", 1, true), page)
    post("/feedback", { case = number, code = code, text = "周末有没有？" })
    answer(number, "周六上午有门诊")
    local progress = wait.till("the answer is there", function()
      local now = post("/case", { number = number, code = code })
      return now:find("周六上午有门诊", 1, true) and now
    end)
    assert.truthy(progress:find("周一至周五", 1, true), progress)
    assert.falsy(progress:find "chen")                                       -- who of the staff answered is theirs to say
  end)

  it("for a person is answered by one, on its page", function()
    local page, number, code = send "轮椅在哪里借？"
    assert.falsy(page:find("120或来急诊", 1, true))
    answer(number, "一楼服务台")
    wait.till("the answer is there", function() return post("/case", { number = number, code = code }):find("一楼服务台", 1, true) end)
  end)
end)
