-- Whether people were satisfied, with the answer and with the hospital: every figure of the report against one counted by hand.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"
local json = require "dkjson"

local HOUR, DAY = 3600000, 86400000

-- A case is answered by a nurse; then she rings and asks, or a text asks and nobody answers.
local DESK = [[
  aw.form { id = "case-answer", title = { zh = "答复", en = "Answer" }, { id = "reply", kind = "text", zh = "答复", en = "Reply" } },
  aw.form { id = "satisfied", title = { zh = "是否满意", en = "Satisfied" },
    { id = "satisfied", kind = "choice", zh = "满意吗？", en = "Satisfied?",
    options = { { "yes", zh = "满意", en = "yes" }, { "partly", zh = "基本满意", en = "partly" }, { "no", zh = "不满意", en = "no" } } } },
  aw.form { id = "loyal", title = { zh = "推荐", en = "Recommend" },
    { id = "nps", kind = "scale", min = 0, max = 10, zh = "推荐吗？", en = "Would you?" } },
  aw.triage { id = "desk", program = "brand", title = { zh = "意见", en = "Words" }, on = { "counter" }, route = function() return "nurse" end,
    classify = { stage = "stage.csv", type = "type.csv" },
    clocks = function() return { { name = "resolution", span = "10d" } } end,
    run = function(c)
      local r = c:wait(c:task { id = "answer", role = "nurse", form = "case-answer" })
      c:met "resolution"
      if r.answer.reply == "silent" then
        c:ask("satisfied", { within = "1m" })
        c:close "not-reached"
      else
        local a = c:wait(c:task { id = "ring", role = "nurse", form = "satisfied" })
        c:close(a.answer.satisfied)
      end
    end }, ]]

describe("satisfaction", function()
  local h, report, text
  local n = 0
  local function open(name)
    local list = {}
    for _, task in ipairs(h:get "/tasks?role=nurse&limit=200".items) do if task.name == name then list[#list + 1] = task end end
    return list
  end
  local function done(task, answer)
    local status, why = h:call("POST", "/tasks/" .. task .. "/done", { code = "done", answer = answer })
    assert.equal(200, status, why and why.detail)
  end
  -- Said so many hours ago, answered now.
  local function case(hours, satisfied, words)
    n = n + 1
    local status, why = h:call("POST", "/events?wait=applied", { id = "c" .. n, kind = "feedback", at = Hospital.iso(h:now() - hours * HOUR),
      department = "w", item = { channel = "counter", text = words or "排队太久", sender = { phone = ("1391234%04d"):format(n) } } }, { token = "his" })
    assert.equal(202, status, why and why.detail)
    done(wait.till("it is to be answered", function() return open "answer"[1] end).id, { reply = satisfied or "silent" })
    if satisfied then done(wait.till("she is to be rung", function() return open "ring"[1] end).id, { satisfied = satisfied }) end
  end
  setup(function()
    local steps = [[aw.step { id = "loyal", at = "1m", run = function(p)
      p:task { id = "loyal", role = "nurse", form = "loyal", due = "30d" }
      p:ask("loyal", { within = "20d" }) end } ]]
    h = Hospital.open { speed = 60, keyed = "24h", scripts = { ["w/w.lua"] = Hospital.ward("w", steps, DESK),
      ["w/stage.csv"] = "词语,类别\n排队,registration\n收费,billing\n", ["w/type.csv"] = "词语,类别\n排队,process\n收费,cost\n" } }
    h:start()
    case(3, "yes")
    case(20, "partly")
    case(30, "yes")
    case(60, "no")
    case(100, "no")
    case(200, "no")
    case(2)                                                                      -- asked by text, silent
    for i = 1, 12 do
      assert.equal(202, (h:event { id = "d" .. i, kind = "discharge", at = Hospital.iso(h:now()), visit = "v" .. i, department = "w", ward = "1",
        leaving = "order", patient = { mrn = "m" .. i, name = "患者" .. i, birth = "1960-01-01", sex = "male", phone = ("1380000%04d"):format(i) } }))
    end
    local asked = wait.till("all are asked", function() local list = open "loyal" return #list == 12 and list end)
    for i, mark in ipairs { 10, 9, 9, 10, 9, 10, 8, 7, 7, 0 } do done(asked[i].id, { nps = mark }) end     -- two say nothing
    local now = h:now()
    report = wait.till("all is counted", function()
      local r = h:get(("/reports/feedback?from=%s&to=%s"):format(Hospital.iso(now - 20 * DAY):sub(1, 10), Hospital.iso(now + 5 * DAY):sub(1, 10)))
      return r.satisfaction.asked == 7 and r
    end)
    text = h:afterward("report", "feedback", "--from", Hospital.iso(now - 20 * DAY):sub(1, 10), "--to", Hospital.iso(now + 4 * DAY):sub(1, 10))
  end)
  teardown(function() h:close() end)

  it("with the answer is that of who answered, beside how many of the asked did, both with their interval", function()
    assert.same({ 7, 2, 1, 3 }, { report.satisfaction.asked, report.satisfaction.yes, report.satisfaction.partly, report.satisfaction.no })
    assert.truthy(text:find "满意率 +50 %% %(3 of 6; 95 %%: 19 to 81 %%%)", text)
    assert.truthy(text:find "应答率 +86 %% %(6 of 7; 95 %%: 49 to 97 %%%)", text)
  end)

  it("falls with the time that the answer took, by hours from coming in to the first answer", function()
    local bands = {}
    for i, band in ipairs(report.bands) do bands[i] = { band.hours, band.satisfied, band.unsatisfied } end
    assert.same({ { 24, 2, 0 }, { 72, 1, 1 }, { 168, 0, 1 }, { 0, 0, 1 } }, bands)
    assert.truthy(text:find "0 to 24 h +100 %% %(2 of 2;" and text:find "24 to 72 h +50 %% %(1 of 2;" and text:find "72 to 168 h +0 %% %(0 of 1;"
      and text:find "over 168 h +0 %% %(0 of 1;", text)
    local ends = {}
    for _, row in ipairs(report.answered) do ends[row.closed] = { row.cases, math.floor(row.median_ms / HOUR + 0.5) } end
    assert.same({ yes = { 2, 3 }, partly = { 1, 20 }, no = { 3, 100 }, ["not-reached"] = { 1, 2 } }, ends)
  end)

  it("with the hospital is promoters less detractors of all who answered, and answered of all who were asked", function()
    assert.same({ 12, 10, 6, 3, 1 }, { report.nps.asked, report.nps.answered, report.nps.promoters, report.nps.passives, report.nps.detractors })
    assert.truthy(text:find("净推荐值", 1, true) and text:find("+50 (95 %: 0 to +77; 6 promoters − 1 detractors of 10)", 1, true), text)
    assert.truthy(text:find "应答率 +83 %% %(10 of 12; 95 %%: 55 to 95 %%%)", text)
  end)

  it("and all else has the same numbers in text, JSON, CSV and HTML, which opens offline", function()
    local now = h:now()
    local span = { "--from", Hospital.iso(now - 20 * DAY):sub(1, 10), "--to", Hospital.iso(now + 4 * DAY):sub(1, 10) }
    for _, kind in ipairs { "feedback", "follow-up", "cockpit" } do
      local function ask(...) return (h:afterward("report", kind, span[1], span[2], span[3], span[4], ...)) end
      local file = os.tmpname()
      ask("--html", file)
      local page, csv = assert(io.open(file)):read "a", ask "--csv"
      os.remove(file)
      assert.falsy(page:find "https?://" or page:find "<script" or page:find "<link" or page:find "@import" or page:find "url%(h")
      assert.truthy(page:find "<svg ")
      local plain = page:gsub("<small>", " ("):gsub("</small>", ")"):gsub("&gt;", ">"):gsub("&lt;", "<"):gsub("&#39;", "'"):gsub("&amp;", "&")
      local seen = 0
      for _, t in ipairs(json.decode(ask "--json").tables) do
        assert.truthy(plain:find(t.title, 1, true) and csv:find(t.title, 1, true), t.title)
        for _, row in ipairs(t.rows) do
          for _, cell in ipairs(row) do
            local part, whole = cell:match "%((%d+) of (%d+); 95"
            local clock = cell:find "^%d+%-%d+%-%d+ %d+:%d+$"                  -- until when it was counted goes on
            assert.truthy(clock or plain:find(cell:gsub(" [▲▼]+$", ""), 1, true), kind .. ": " .. cell)
            if part then assert.truthy(csv:find((",%s,%s,"):format(part, whole), 1, true), kind .. ": " .. cell) end
            seen = seen + 1
          end
        end
      end
      assert.is_true(seen > 40)
    end
  end)

  it("is asked for by days that are days", function()
    for _, wrong in ipairs { { "--from", "2026-03-01" }, { "--from", "2026-02-30", "--to", "2026-03-01" },
      { "--from", "2026-03-02", "--to", "2026-03-01" }, { "--from", "2026-03-01", "--to", "2026-03-02", "--month", "2026-03" } } do
      assert.equal(2, select(2, h:afterward("report", "feedback", table.unpack(wrong))), table.concat(wrong, " "))
    end
  end)
end)
