-- What the quality office reads in the first days of a month: how much came, how it was answered, and what was out of the common.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"
local json = require "dkjson"

local DAY, FEBRUARY = 86400000, 1769875200000                      -- 2026-02-01 00:00 in Shanghai

describe("a month of feedback", function()
  local h, report, text
  -- So many items about a thing on each of these days, counted from the first of February.
  local function said(times, day, item)
    for i = 1, times do
      item.sender = { phone = ("139%08d"):format(math.abs(day) * 100000 + i * 1000 + #item.text) }
      local status, why = h:event { id = ("f%d-%d-%s"):format(day, i, item.text), kind = "feedback", item = item,
        at = Hospital.iso(FEBRUARY + day * DAY + (8 + i % 8) * 3600000) }
      assert.equal(202, status, why and why.detail)
    end
  end
  setup(function()
    h = Hospital.open { speed = 60, scripts_from = { "feedback", "shared" }, keyed = "24h" }
    h:start()
    for day = -60, 27, 3 do said(1, day, { channel = "counter", text = "收费处重复收费，我要投诉", stars = 2 }) end
    for day = -59, 27, 3 do said(1, day, { channel = "hotline", text = "抽血窗口排队太久，投诉" }) end
    for day = 9, 13 do said(4, day, { channel = "hotline", text = "化验报告丢失，我要投诉" }) end   -- Tuesday 10 February is in 2026-W07
    wait.till("all are cases", function() return (h:get "/reports/feedback?from=2025-12-01&to=2026-03-01").items.now == 79 end)
    text = h:afterward("report", "feedback", "--month", "2026-02")
    report = json.decode((h:afterward("report", "feedback", "--month", "2026-02", "--json")))
  end)
  teardown(function() h:close() end)

  it("is compared with the two months before it, in whole months", function()
    assert.same({ now = 39, before = 20, older = 20 }, { now = report.items.now, before = report.items.before, older = report.items.older })
    assert.truthy(report.from:find "^2026%-02%-01T00:00" and report.to:find "^2026%-03%-01T00:00")
  end)

  it("names the laboratory and its bad week without being told, and what was said", function()
    assert.truthy(text:find("! laboratory, week 2026-W07 (from 2026-02-09): 22 items", 1, true), text)
    assert.truthy(text:match "laboratory, week 2026%-W07[^\n]+":find "said: [^\n]*报告", text)
    assert.same({ "laboratory" }, { report.unusual[1].key })
    for _, other in ipairs(report.unusual) do assert.equal("2026-02-09", other.week) end
  end)

  it("counts each department's clocks and satisfaction with numerator and denominator", function()
    local billing
    for _, row in ipairs(report.by.lead) do if row.key == "billing" then billing = row end end
    assert.equal(10, billing.now)
    assert.truthy(text:find "billing +10 +10 ", text)
    for _, clock in ipairs(report.clocks) do assert.truthy(clock.met + clock.late + clock.open > 0, clock.name) end
  end)

  it("tells problems of three months running and phrases that rise", function()
    assert.truthy(text:match "Problems of three periods running.*":find "billing/cost +10 +10 +10", text)
    assert.truthy(text:match "Phrases that rise.-\n\n":find "报告 +20 +0", text)
  end)

  it("counts a merged case once, and a corrected one where it belongs", function()
    local function stage(name)
      for _, row in ipairs(h:get("/reports/feedback?from=2026-02-01&to=2026-03-01").by.stage) do
        if row.key == name then return row.now end
      end
      return 0
    end
    local list = h:get "/cases?department=feedback&order=number&limit=200".items
    local function of(text_) for i = #list, 1, -1 do if list[i].received_at:find "^2026%-02" and list[i].stage == text_ then
      return table.remove(list, i).number end end end
    local before = stage "billing"
    assert.equal(200, (h:call("POST", "/cases/" .. of "billing" .. "/correct", { field = "stage", value = "pharmacy" })))
    assert.equal(before - 1, stage "billing")
    assert.equal(200, (h:call("POST", "/cases/" .. of "billing" .. "/merge", { into = of "billing", reason = "same" })))
    assert.equal(before - 2, stage "billing")
    assert.equal(1, stage "pharmacy")
  end)

  it("opens offline, with charts, and names nobody", function()
    local file = os.tmpname()
    h:afterward("report", "feedback", "--month", "2026-02", "--html", file)
    local page = assert(io.open(file)):read "a"
    os.remove(file)
    local _, charts = page:gsub("<svg ", "")
    assert.is_true(charts >= 6)
    assert.truthy(page:find('class="find">laboratory, week 2026-W07', 1, true))
    assert.falsy(page:find "https?://" or page:find "139%d%d%d%d%d%d%d%d" or page:find "<script" or page:find "<link")
  end)
end)
