-- Somebody scans the code in a ward, writes, and looks later how far it is; the office answers.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"

describe("a word for the hospital", function()
  local h, address
  setup(function()
    h = Hospital.open { speed = 60, scripts_from = { "feedback", "shared" }, keyed = "24h", site = 'trusted_proxies = "127.0.0.1",' }
    h:start()
  end)
  teardown(function() h:close() end)

  -- Each spec is somebody else: who sends too much is held off by address.
  local last = 0
  before_each(function()
    last = last + 1
    address = "10.1.1." .. last
  end)
  local function post(path, fields) return h:post_form(path, fields, { ["X-Forwarded-For"] = address }) end
  local function send(path, fields)
    local status, page = post(path, fields)
    return status, page, page:match "<b>(%d+%-%d+)</b>", page:match "查询码： <b>(%d+)</b>" or page:match "查询码：%s*<b>(%d+)</b>"
  end
  local function case(number)
    return wait.till("the case is there", function()
      local task = h:get("/tasks?department=feedback").items
      for _, item in ipairs(task) do if item.name == "answer" or item.name == "first-call" then return item end end
      return number and nil
    end)
  end

  it("is written on a page without a login, and has a number at once", function()
    local status, page = h:call("GET", "/feedback/3%20East", nil, { token = false })
    assert.equal(200, status)
    assert.truthy(page:find("我们在听 · 3 East", 1, true) and page:find 'name="text"', page)
    local code, said, number, secret = send("/feedback/3%20East", { text = "B超室排队排了两个多小时，没人管，我要投诉！", phone = "13912340001",
      name = "王女士", stars = "2" })
    assert.equal(200, code, said)
    assert.truthy(number and secret, said)
    local message = wait.till("she is told", function()
      for _, request in ipairs(h.gateway.requests) do
        if request.to == "13912340001" and request.text:find(number, 1, true) then return request end
      end
    end)
    assert.truthy(message.text:find("/case/" .. number, 1, true))
    case(number)
  end)

  it("can be followed by its number and the phone's last digits, or the code; nobody else sees anything", function()
    local _, _, number, secret = send("/feedback", { text = "收费处乱收费，重复收费两次", phone = "13912340002" })
    for _, good in ipairs { "0002", secret } do
      local status, page = post("/case", { number = number, code = good })
      assert.equal(200, status, page)
      assert.truthy(page:find("收到", 1, true), page)
      assert.falsy(page:find "office%-ma")
    end
    for _, bad in ipairs { "0001", "", "12345678" } do
      assert.equal(422, (post("/case", { number = number, code = bad })))
    end
    assert.equal(200, (h:call("GET", "/case/" .. number, nil, { token = false })))
    for _ = 1, 12 do post("/case", { number = number, code = "9999" }) end
    assert.equal(429, (post("/case", { number = number, code = "0002" })))
  end)

  it("may be anonymous: no name and no phone is kept, even when they were typed", function()
    local _, _, number = send("/feedback/ICU", { text = "护士态度很差", phone = "13912340003", name = "李", anonymous = "1" })
    assert.truthy(number)
    local people = h:get "/patients?phone=13912340003"
    assert.equal(0, #people.items)
  end)

  it("is judged kindly: empty, too long, a wrong phone; a flood is held off", function()
    assert.equal(422, (send("/feedback", { text = "  " })))
    assert.equal(422, (send("/feedback", { text = ("长"):rep(2100) })))
    local status, page = send("/feedback", { text = "空调坏了", phone = "abc" })
    assert.equal(422, status)
    assert.truthy(page:find("手机号不对", 1, true) and page:find("空调坏了", 1, true), page)
    local answer
    for _ = 1, 10 do answer = send("/feedback", { text = "空调坏了", lang = "en" }) end
    assert.equal(429, answer)
    assert.equal(404, (h:call("GET", "/feedback/" .. ("x"):rep(80), nil, { token = false })))
  end)

  it("is reported: volumes, clocks, satisfaction, what rises; as text, CSV, HTML and JSON", function()
    for i = 1, 5 do
      h:event { id = "rep-" .. i, kind = "feedback", at = Hospital.iso(h:now() - 60000), item = { channel = "counter", stars = 2,
        text = "收费处排队两个小时，重复收费，我要投诉", sender = { phone = "1391234100" .. i } } }
    end
    wait.till("they are counted", function()
      local report = h:get "/reports/feedback?from=2026-03-01&to=2026-04-01"
      return report.items.now >= 5 and report
    end)
    local text, code = h:afterward("report", "feedback", "--month", "2026-03")
    assert.equal(0, code, text)
    assert.truthy(text:find("Items", 1, true) and text:find "counter +%d" and text:find("重复收费", 1, true) and text:find("Clocks kept", 1, true), text)
    local json = require "dkjson".decode((h:afterward("report", "feedback", "--month", "2026-03", "--json")))
    assert.is_true(json.stars.count >= 5 and json.stars.sum >= 10)
    assert.truthy((h:afterward("report", "feedback", "--month", "2026-03", "--csv")):find("Clock,In time %,In time numerator 分子", 1, true))
    local file = os.tmpname()
    assert.equal(0, select(2, h:afterward("report", "feedback", "--month", "2026-03", "--html", file)))
    local page = assert(io.open(file)):read "a"
    os.remove(file)
    assert.truthy(page:find "<svg" and not page:find "https?://" and not page:find "1391234", page)
    assert.equal(2, select(2, h:afterward("report", "feedback", "--month", "March")))
    assert.equal(400, (h:call("GET", "/reports/feedback?from=x&to=y")))
  end)

  it("can be entered by staff, as it was told at a counter or on a hotline", function()
    local status, answer = h:call("POST", "/events?wait=applied", { id = "hot-1", kind = "feedback", at = Hospital.iso(h:now() - 60000),
      item = { channel = "hotline", text = "药房窗口发错药了，我要投诉", receiver = "staff:wang", sender = { phone = "13912340009", name = "赵" } } },
      { token = "his" })
    assert.equal(202, status)
    assert.truthy(answer.number and answer.number:find "^%d+%-%d+$", answer.detail)
    local bad, why = h:event { id = "hot-2", kind = "feedback", at = Hospital.iso(h:now()), item = { channel = "pigeon", text = "x" } }
    assert.equal(422, bad)
    assert.truthy(why.detail:find("item.channel", 1, true), why.detail)
  end)

  it("names the contact on its page only when the office allows that name; never whom it complains of, nor to who is anonymous", function()
    local function page_of(item)
      local _, _, number, secret = send("/feedback", item)
      wait.till("it is a case", function() return h:call("GET", "/cases/" .. number) == 200 end)
      local _, page = post("/case", { number = number, code = secret })
      assert.truthy(page:find("收到", 1, true), page)
      return page
    end
    local function allow(names)
      local file <close> = assert(io.open(h.folder .. "/scripts/feedback/triage.lua"))
      local text, count = file:read "a":gsub('part = "case%-part"', "names = " .. names .. ", %0", 1)
      assert.equal(1, count)
      h:script("feedback/triage.lua", text)
      local said, code = h:afterward("reload", "feedback")
      assert.equal(0, code, said)
    end
    assert.falsy(page_of { text = "收费处乱收费", phone = "13912340021" }:find("您的联系人", 1, true))
    allow '{ ["wang-li"] = "王护士", ["patient-relations"] = "患者服务中心" }'
    assert.truthy(page_of({ text = "收费处乱收费", phone = "13912340022" }):find("您的联系人：患者服务中心", 1, true))
    assert.equal(200, (h:call("POST", "/duty", { role = "patient-relations", staff = "wang-li" })))
    assert.truthy(page_of({ text = "收费处乱收费", phone = "13912340023" }):find("您的联系人：王护士", 1, true))
    local anonymous = page_of { text = "收费处乱收费", anonymous = "1" }
    assert.falsy(anonymous:find("您的联系人", 1, true))
    local function page_of_told(id, phone, item)
      item.channel, item.text, item.sender = "hotline", "窗口态度差，我要投诉", { phone = phone, name = "赵" }
      local event = { id = id, kind = "feedback", at = Hospital.iso(h:now() - 60000), item = item }
      local _, answer = h:call("POST", "/events?wait=applied", event, { token = "his" })
      wait.till("it is a case", function() return h:call("GET", "/cases/" .. answer.number) == 200 end)
      return select(2, post("/case", { number = answer.number, code = phone:sub(-4) }))
    end
    for id, item in pairs { about_holder = { concerns = "wang-li" }, about_receiver = { receiver = "staff:wang-li", concerns = "wang-li" },
      unnamed = { receiver = "staff:chen" } } do
      local page = page_of_told(id, "13912340025", item)
      assert.truthy(page:find("您的联系人：患者服务中心", 1, true), page)
      assert.falsy(page:find("王护士", 1, true) or page:find("wang-li", 1, true) or page:find("chen", 1, true), page)
    end
    assert.falsy(page_of { text = "你们这是医疗事故，我要打官司，找律师", phone = "13912340024" }:find("您的联系人", 1, true))
  end)
end)
