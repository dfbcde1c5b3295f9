-- The feedback office at its desk: items taken in, listed by the time that is left, looked at, passed on, by command line and API.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"
local pictures = require "unit.pictures"
local sounds = require "unit.sounds"

local function write(path, bytes)
  local file <close> = assert(io.open(path, "wb"))
  file:write(bytes)
end
local function slurp(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

describe("feedback at the desk", function()
  local h
  setup(function() h = Hospital.open { scripts_from = { "feedback", "shared" } }:start() end)
  teardown(function() h:close() end)
  local function home(n) h:event(h:discharge(n)) end

  local function take(...)
    local output, code = h:afterward("case", "new", "--json", ...)
    assert.equal(0, code, output)
    return (output:match '"number" ?: ?"([%d-]+)"')
  end
  local function worked(number)                                     -- once the sender has been told that it came
    return wait.till("work on " .. number, function()
      local case = h:get("/cases/" .. number)
      return case.tasks[1] and case
    end, 10)
  end

  it("takes an item in under a public number at once, and lists it by the time that is left", function()
    local slow = take("--channel", "hotline", "--text", "食堂的菜太咸了，建议清淡一点", "--phone", "13800001111")
    local fast = take("--channel", "counter", "--text", "我要投诉！人晕倒了没人管", "--phone", "13800002222")
    assert.matches("^%d+%-%d+$", slow)
    local list = h:afterward("cases")
    assert.matches("NUMBER +.*CLOCK +DUE", list)
    assert.truthy(list:find(fast, 1, true) < list:find(slow, 1, true), list)
    assert.is_nil(list:find("晕倒", 1, true))                       -- no words of the sender in a list
    local none = h:afterward("cases", "--channel", "letter")
    assert.is_nil(none:find(fast, 1, true))
    local all = h:get("/cases").items
    assert.same({}, h:get("/cases?limit=200&after=" .. all[#all].id).items)
    for i = 2, #all do
      assert.truthy(all[i - 1].left_ms <= all[i].left_ms)
      assert.equal(all[i].number, h:get("/cases?limit=1&after=" .. all[i - 1].id).items[1].number)
    end
    assert.equal(#all, #h:get("/cases?order=number").items)
    for _, item in ipairs(h:get("/cases?status=closed").items) do assert.truthy(item.closed_at) end
  end)

  it("shows what was said, every clock with why it is due then, every step, and the work; who looked is kept", function()
    home(3)
    local number = take("--channel", "external", "--order", "12345-77", "--text", "抽血排队等了三个小时，太慢了，我要投诉", "--mrn", "M3")
    local case = worked(number)
    assert.same({ "complaint", "chen", "open" }, { case.item.nature, case.receiver, case.tasks[1].status })
    assert.matches("三个小时", case.item.text)
    local clocks = {}
    for _, clock in ipairs(case.clocks) do clocks[clock.name] = clock end
    assert.equal("12345-77", case.item.order)
    assert.same({ "5bd", "working", false, "5bd" }, { clocks.resolution.span, clocks.resolution.hours, clocks.resolution.pauses,
      clocks.resolution.extend })
    assert.same({ "10bd", true }, { clocks.statutory.span, clocks.statutory.pauses })       -- several departments handle it
    assert.truthy(h:afterward("cases"):find("12345-77", 1, true))
    assert.truthy(clocks.resolution.left_ms > 0)
    assert.same({ "received", "classified" }, { case.steps[1].what, case.steps[2].what })
    assert.truthy((h:afterward("case", "show", number)):find("Case " .. number .. ", complaint", 1, true))
    assert.equal(404, (h:call("GET", "/cases/20200101-0000")))
    assert.equal(404, (h:call("GET", "/cases/" .. number, nil, { token = "ward" })))      -- another department's
  end)

  it("has an order's time extended once, with a reason, and keeps what the bureau's call-back said", function()
    home(5)
    local number = take("--channel", "external", "--order", "12345-78", "--text", "抽血排队等了三个小时，太慢了，我要投诉", "--mrn", "M5")
    worked(number)
    local function resolution()
      for _, clock in ipairs(h:get("/cases/" .. number).clocks) do if clock.name == "resolution" then return clock end end
    end
    local before = resolution()
    assert.equal(422, (h:call("POST", "/cases/" .. number .. "/extend", { clock = "resolution" })))
    assert.matches("Done", (h:afterward("case", "extend", number, "--clock", "resolution", "--reason", "需外院会诊")))
    assert.truthy(resolution().due_at > before.due_at and resolution().extended_at)
    assert.equal(409, (h:call("POST", "/cases/" .. number .. "/extend", { clock = "resolution", reason = "还要" })))
    assert.matches("Done", (h:afterward("case", "told", number, "--solved", "yes", "--satisfied", "partly")))
    local case = h:get("/cases/" .. number)
    assert.same({ true, "partly" }, { case.solved, case.satisfied })
    local shown = h:afterward("case", "show", number)
    assert.truthy(shown:find("working", 1, true) and shown:find("12345-78", 1, true) and shown:find("extended", 1, true), shown)
  end)

  it("has a draft to begin with, and whoever takes it over reads all that was said", function()
    home(6)
    local number = take("--channel", "counter", "--text", "化验室叫号混乱，我要投诉", "--mrn", "M6")
    local case = worked(number)
    local task
    for _, work in ipairs(case.tasks) do if work.name == "answer" then task = h:get("/tasks/" .. work.id) end end
    assert.truthy(task.draft and task.draft:find(number, 1, true), task.draft)
    assert.truthy(h:afterward("task", "show", task.id):find("情况是", 1, true))
    local thread = wait.till("she is told that it came", function()
      local said = h:get("/cases/" .. number).thread
      return #said >= 2 and said
    end, 10)
    assert.same({ "sender", "counter", "化验室叫号混乱，我要投诉" }, { thread[1].who, thread[1].channel, thread[1].text })
    assert.equal("hospital", thread[2].who)
    assert.truthy(thread[2].text:find(number, 1, true))
  end)

  it("is passed on with a reason, corrected, linked and merged", function()
    home(4)
    local number = take("--channel", "letter", "--text", "检查报告一直拿不到，投诉", "--mrn", "M4")
    worked(number)
    assert.equal(422, (h:call("POST", "/cases/" .. number .. "/transfer", { to = "pharmacy" })))
    assert.matches("transfer", (h:afterward("case", "transfer", number, "--to", "pharmacy", "--reason", "属药房")))
    assert.equal("pharmacy", wait.till("the new task", function()
      local tasks = h:get("/cases/" .. number).tasks
      return tasks[#tasks].status == "open" and tasks[#tasks].name == "answer" and tasks[#tasks]
    end, 10).role)
    local status, page = h:post_form("/case", { number = number, code = h:discharge(4).patient.phone:sub(-4) })
    assert.equal(200, status, page)
    assert.truthy(page:find("转到另一个科室", 1, true), page)                                -- in plain words, and nobody's name or post
    assert.falsy(page:find "pharmacy" or page:find "chen", page)
    local twin = take("--channel", "web", "--text", "检查报告一直拿不到，投诉", "--mrn", "M4")
    assert.truthy(h:get("/cases/" .. twin).steps[3])
    assert.matches("Done", (h:afterward("case", "merge", twin, "--into", number, "--reason", "同一件事")))
    assert.equal("merged", h:get("/cases/" .. twin).closed)
    assert.matches("Done", (h:afterward("case", "correct", number, "--field", "type", "--value", "process")))
    assert.equal("process", h:get("/cases/" .. number).item.type)
    home(7)
    assert.matches("Done", (h:afterward("case", "link", number, "--patient", h:patient(7).id, "--reason", "电话核实")))
    assert.equal("staff", h:get("/cases/" .. number).sure)
    assert.equal(422, (h:call("POST", "/cases", { text = "x" })))
  end)

  it("takes the letter's photo and the call's recording to a case, by what is in them; who looked at one is kept", function()
    local number = take("--channel", "letter", "--text", "信里附了照片", "--name", "周")
    local letter, call, none = h.folder .. "/周的信.php.jpg", h.folder .. "/call.amr", h.folder .. "/none.jpg"
    write(letter, pictures.jpeg(6))
    write(call, sounds.amr())
    write(none, "<script>no photo</script>")
    assert.matches("Kept as %w+, jpeg", (h:afterward("case", "attach", number, letter)))
    assert.equal(0, select(2, h:afterward("case", "attach", number, call)))
    local _, code, errors = h:afterward("case", "attach", number, none)
    assert.equal(1, code)
    assert.matches("no photo or recording", errors)
    assert.equal(2, select(2, h:afterward("case", "attach", number)))
    local case = h:get("/cases/" .. number)
    assert.same({ "jpeg", "周的信.jpg", "photo", "chen" }, { case.attachments[1].kind, case.attachments[1].name, case.attachments[1].what,
      case.attachments[1].by })
    assert.equal("voice", case.attachments[2].what)
    assert.equal("attached", case.steps[#case.steps].what)
    assert.same(case.attachments, h:get("/cases/" .. number .. "/attachments").attachments)
    local out = h.folder .. "/out.jpg"
    assert.equal(0, select(2, h:afterward("attachment", case.attachments[1].id, "--output", out)))
    assert.is_nil(slurp(out):find(pictures.PLACE, 1, true))
    assert.equal(404, (h:call("GET", "/attachments/" .. case.attachments[1].id, nil, { token = "ward" })))
    assert.equal(404, (h:call("GET", "/cases/" .. number .. "/attachments", nil, { token = "ward" })))
    assert.equal(404, (h:call("POST", "/cases/" .. number .. "/attachments?name=x", pictures.jpeg(), { token = "ward" })))
    assert.equal(413, (h:call("POST", "/cases/" .. number .. "/attachments", sounds.amr() .. ("v"):rep(6 * 1024 * 1024))))
  end)
end)

describe("a crowd", function()
  local h
  setup(function() h = Hospital.open { scripts_from = { "feedback", "shared" } }:start() end)
  teardown(function() h:close() end)

  it("gives every item of a thousand that come at once a number of its own", function()
    local list, seen, count, after = {}, {}, 0, ""
    for n = 1, 1000 do
      list[n] = { id = "crowd-" .. n, kind = "feedback", at = Hospital.iso(h:now() - 60000),
        item = { channel = "review", nature = "suggestion", text = "食堂的菜太咸了" } }
    end
    assert.equal(202, (h:call("POST", "/events", { events = list })))
    wait.till("they are cases", function()
      repeat
        local page = h:get("/cases?order=number&channel=review&limit=200" .. after).items
        for _, case in ipairs(page) do
          if not seen[case.number] then seen[case.number], count = true, count + 1 end
          after = "&after=" .. case.id
        end
      until #page == 0
      return count == 1000
    end, 180)
  end)
end)
