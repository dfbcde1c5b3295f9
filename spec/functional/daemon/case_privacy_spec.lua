-- Whom a case is about is for those who handle it; who else looks says why, and that is kept. Who is anonymous stays so.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"
local pictures = require "unit.pictures"

describe("whom a case is about", function()
  local h, number, who
  local function token(name, staff, scopes, departments)
    return ('{ token = "token-of-%s-00000000", staff = "%s", scopes = { %s }, departments = %s },'):format(name, staff, scopes, departments)
  end
  local function by(name) return { token = "token-of-" .. name .. "-00000000" } end
  setup(function()
    h = Hospital.open { scripts_from = { "feedback", "shared" }, site = 'trusted_proxies = "127.0.0.1",', tokens =
      token("office", "ma", '"staff", "contacts"', '{ "feedback" }')
      .. token("lab", "lab-wang", '"staff"', '{ "w" }')
      .. token("manager", "boss-lin", '"staff", "contacts"', '"all"')
      .. token("plain", "nurse-hu", '"staff"', '"all"') }:start()
    h:event(h:discharge(5, { ward = "3 East" }))
    h:call("POST", "/duty", { role = "laboratory", staff = "lab-wang" })
    local output = h:afterward("case", "new", "--json", "--channel", "hotline", "--receiver", "office-ma",
      "--text", "抽血排队等了三个小时，我要投诉，电话13800000005", "--mrn", "M5")
    number = output:match '"number" ?: ?"([%d-]+)"'
    wait.till("it is given to the laboratory", function()
      for _, task in ipairs(h:get("/cases/" .. number, by "office").tasks) do if task.name == "answer" then return true end end
    end)
    who = h:get("/cases/" .. number, by "office")
  end)
  teardown(function() h:close() end)

  it("is whole for the office, the receiver and the lead: name, number, stay, and how sure that is", function()
    assert.same({ "office", false, "M5", "mrn" }, { who.your_part, who.masked, who.about.mrn, who.sure })
    assert.truthy(who.about.name and not who.about.name:find("*", 1, true))
    assert.matches("^1%d+$", who.about.phone)
    assert.same({ "3 East", "only" }, { who.stay.ward, who.stay.sure })
    local lab = h:get("/cases/" .. number, by "lab")                          -- its token is another department's, the work is hers
    assert.same({ "helper", "M5", false }, { lab.your_part, lab.about.mrn, lab.masked })
  end)

  it("is seen by a department that a person puts beside the lead, as long as it is there", function()
    local pharmacy = by "plain"
    assert.equal("outside", h:get("/cases/" .. number, pharmacy).your_part)
    h:call("POST", "/duty", { role = "pharmacy-desk", staff = "nurse-hu" })
    assert.equal(0, select(2, h:afterward("case", "join", number, "--to", "pharmacy-desk", "--reason", "涉及药品")))
    local seen = h:get("/cases/" .. number, pharmacy)
    assert.same({ "helper", "M5" }, { seen.your_part, seen.about.mrn })
    local part
    for _, task in ipairs(seen.tasks) do if task.name == "part-pharmacy-desk" then part = task end end
    assert.same({ "open", "pharmacy-desk" }, { part.status, part.role })
    assert.equal(0, select(2, h:afterward("case", "leave", number, "--to", "pharmacy-desk", "--reason", "与药品无关")))
    assert.equal("outside", h:get("/cases/" .. number, pharmacy).your_part)
  end)

  it("is masked for everybody else, in the case, its words, its files and the list", function()
    local out = h:get("/cases/" .. number, by "manager")
    assert.same({ "outside", true, "***", nil }, { out.your_part, out.masked, out.stay, out.item.ward })
    assert.matches("%*", out.about.name)
    assert.matches("^%*+%d%d%d%d$", out.about.phone)
    assert.is_nil(out.patient)
    assert.truthy(out.item.text:find("三个小时", 1, true) and not out.item.text:find("13800000005", 1, true), out.item.text)
    for _, step in ipairs(out.steps) do assert.is_nil(step.detail) end
    for _, name in ipairs { "manager", "plain" } do
      for _, item in ipairs(h:get("/cases?limit=200&order=number", by(name)).items) do assert.is_nil(item.patient) end
    end
    assert.truthy(h:get("/cases?limit=200&order=number", by "office").items[1].patient)
  end)

  it("keeps its photos and the numbers to ring from them, too", function()
    local status, file = h:call("POST", "/cases/" .. number .. "/attachments?name=x.jpg", pictures.jpeg(), by "office")
    assert.equal(201, status)
    assert.equal(1, h:get("/cases/" .. number, by "manager").attachments_hidden)
    assert.equal(404, (h:call("GET", "/attachments/" .. file.id, nil, by "manager")))
    assert.equal(200, (h:call("GET", "/attachments/" .. file.id, nil, by "lab")))
    local task = who.tasks[1].id
    assert.same({ { id = file.id, item = "case", kind = "jpeg", bytes = file.bytes } }, h:get("/tasks/" .. task, by "office").photos)
    assert.equal(403, (h:call("GET", "/tasks/" .. task .. "/numbers", nil, by "plain")))
    assert.equal(200, (h:call("GET", "/tasks/" .. task .. "/numbers", nil, by "office")))
  end)

  it("is shown to others for a reason, which is kept with who and when, and can be listed", function()
    assert.equal(422, (h:call("POST", "/cases/" .. number .. "/unmask", {}, by "manager")))
    assert.equal(403, (h:call("POST", "/cases/" .. number .. "/unmask", { reason = "好奇" }, by "plain")))
    assert.same({}, h:get("/unmaskings").items)
    local status, whole = h:call("POST", "/cases/" .. number .. "/unmask", { reason = "院领导接待日" }, by "manager")
    assert.same({ 200, "M5", "3 East" }, { status, whole.about.mrn, whole.stay.ward })
    local kept = h:get("/unmaskings?case=" .. number).items
    assert.same({ 1, "boss-lin", number, "院领导接待日" }, { #kept, kept[1].staff, kept[1].case, kept[1].reason })
    assert.truthy(kept[1].at)
    assert.matches("boss%-lin +" .. number:gsub("%-", "%%-") .. " +院领导接待日", (h:afterward("unmaskings")))
    assert.equal(0, select(2, h:afterward("case", "unmask", number, "--reason", "审计")))
    assert.equal(2, #h:get("/unmaskings?case=" .. number).items)
    assert.same({}, h:get("/unmaskings?staff=nobody").items)
    assert.equal("***", h:get("/cases/" .. number, by "manager").stay)           -- once is not for ever
  end)

  describe("of an anonymous word", function()
    randomize(false)                                                           -- the last looks for what the others brought
    local hidden
    setup(function()
      local _, page = h:post_form("/feedback/5%20West", { text = "检验科窗口态度很差，排队很久", anonymous = "1", phone = "13900001234", name = "冯" },
        { ["X-Forwarded-For"] = "198.51.100.77" })
      hidden = page:match "<b>(%d+%-%d+)</b>"
      wait.till("it is a case", function() return h:call("GET", "/cases/" .. hidden, nil, by "office") == 200 end)
    end)

    it("tells the department complained about neither the ward nor the hour, in the case or the list", function()
      h:call("POST", "/duty", { role = "nursing", staff = "lab-wang" })
      local seen = h:get("/cases/" .. hidden, by "lab")
      assert.same({ "helper", true, nil, nil }, { seen.your_part, seen.masked, seen.item.ward, seen.sender })
      assert.matches("^%d%d%d%d%-%d%d%-%d%d$", seen.received_at)
      for _, step in ipairs(seen.steps) do assert.matches("^%d+%-%d+%-%d+$", step.at) end
      for _, clock in ipairs(seen.clocks) do
        assert.matches("^%d+%-%d+%-%d+$", clock.started_at or "2026-01-01")
        assert.is_nil(clock.left_ms)
      end
      local office = h:get("/cases/" .. hidden, by "office")
      assert.same({ "5 West", nil }, { office.item.ward, office.about })
      for _, item in ipairs(h:get("/cases?limit=200&order=number", by "manager").items) do
        if item.number == hidden then
          assert.matches("^%d%d%d%d%-%d%d%-%d%d$", item.received_at)
          assert.is_nil(item.left_ms)
        end
      end
    end)

    it("tells them the hour in no list of tasks, alerts or runs either, and in no record of a run; the office all of it", function()
      local _, page = h:post_form("/feedback/5%20West", { text = "检验科误诊，我已找律师，要索赔", anonymous = "1" },
        { ["X-Forwarded-For"] = "198.51.100.78" })
      local number_of = page:match "<b>(%d+%-%d+)</b>"                        -- a dispute: work and an alert at once
      local case
      wait.till("it is a case with work", function()
        local status
        status, case = h:call("GET", "/cases/" .. number_of, nil, by "office")
        return status == 200 and #case.tasks > 0
      end)
      local DAY = "^%d%d%d%d%-%d%d%-%d%d$"
      local function rows(list, name)
        local out = {}
        for _, item in ipairs(h:get("/" .. list .. "?limit=200", by(name)).items) do
          if item.enrollment == case.id then out[#out + 1] = item end
        end
        return out
      end
      local moments = { tasks = { "opened_at", "due_at" }, alerts = { "opened_at", "next_at" }, runs = { "started_at", "due_at" } }
      for list, fields in pairs(moments) do
        local seen, office = rows(list, "manager"), rows(list, "office")
        assert.is_true(#seen > 0 and #seen == #office, list)
        for i, item in ipairs(seen) do
          for _, field in ipairs(fields) do
            if office[i][field] then
              assert.matches(DAY, item[field], 1, false, list .. " " .. field)
              assert.matches("T%d%d:%d%d", office[i][field])
            end
          end
        end
      end
      assert.matches(DAY, h:get("/tasks/" .. rows("tasks", "manager")[1].id, by "manager").opened_at)
      local run = rows("runs", "office")[1].id
      assert.equal(403, (h:call("GET", "/runs/" .. run, nil, by "manager")))
      assert.equal(403, (h:call("GET", "/runs/" .. run .. "/record", nil, by "manager")))
      assert.equal(200, (h:call("GET", "/runs/" .. run, nil, by "office")))
      for _, item in ipairs(h:get("/tasks?limit=200", by "manager").items) do     -- what has a name is as it was
        if item.enrollment == who.id then assert.matches("T%d%d:%d%d", item.opened_at) end
      end
    end)

    it("taken in at a counter, or by another system, is kept without the name that was typed all the same", function()
      h:afterward("case", "new", "--channel", "counter", "--text", "不想留名", "--anonymous", "--name", "褚某某", "--phone", "13900005678", "--mrn", "M5")
      assert.equal(202, (h:event { id = "anon-1", kind = "feedback", at = Hospital.iso(h:now() - 1000), visit = "V5", patient = { mrn = "M5" },
        item = { channel = "letter", text = "不想留名二", anonymous = true, sender = { name = "卫某某", phone = "13900006789" } } }))
      local found = 0
      for _, item in ipairs(h:get("/cases?limit=200&order=number", by "office").items) do
        local case = h:get("/cases/" .. item.number, by "office")
        if case.item.text:find("不想留名", 1, true) then
          found = found + 1
          assert.same({}, { case.about, case.sender, case.stay, case.patient })
        end
      end
      assert.equal(2, found)
    end)

    it("can be shown to nobody: nothing of who it was is kept, no number, no address", function()
      assert.equal(409, (h:call("POST", "/cases/" .. hidden .. "/unmask", { reason = "想知道是谁" }, by "manager")))
      assert.equal(409, (h:call("POST", "/cases/" .. hidden .. "/unmask", { reason = "想知道是谁" }, by "office")))
      for _, name in ipairs { "/afterward.db", "/afterward.db-wal" } do
        local file = io.open(h.state .. name, "rb")
        local bytes = file and file:read "a" or ""
        if file then file:close() end
        for _, words in ipairs { "13900001234", "198.51.100.77", "冯", "褚某某", "13900005678", "卫某某", "13900006789" } do
          assert.is_nil(bytes:find(words, 1, true), name .. " " .. words)
        end
      end
      assert.is_nil(h:words():find("198.51.100.77", 1, true))
    end)
  end)
end)
