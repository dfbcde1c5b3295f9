-- An informatics officer edits a pathway while patients are on it, and looks before and after, by command line alone.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"
local json = require "dkjson"

local function ward(body, more)
  return Hospital.ward("w", ([[aw.step { id = "first", at = "1h", run = function(p)
    %s
  end }, %s]]):format(body, more or [[aw.step { id = "later", at = "20d", run = function(p) end },]]))
end
local OLD = [[local a = p:ask("check", { within = "30d" }) p:note "old"]]
local OTHER = [[p:wait(p:task { id = "call", role = "nurse", due = "8bh" })]]

describe("newer scripts for patients who are on older ones", function()
  randomize(false)
  local h, run
  local function said(...)
    local output, exit, errors = h:afterward(...)
    return output, exit, errors
  end
  local function files(text)                                 -- a working copy beside the live folder
    local folder = h.folder .. "/copy"
    os.execute(("mkdir -p '%s/w' && cp -r '%s/scripts/shared' '%s/' 2>/dev/null"):format(folder, h.folder, folder))
    local file <close> = assert(io.open(folder .. "/w/w.lua", "w"))
    file:write(text)
    return folder
  end
  setup(function()
    h = Hospital.open { speed = 3600, scripts = { ["w/w.lua"] = ward(OLD) } }:start()
    for i = 1, 2 do h:event(h:discharge(i)) end
    run = wait.till("both are asked", function()
      local list = h:get("/runs?status=waiting&wait=ask&department=w").items
      return #list == 2 and list[1]
    end, 20)
  end)
  teardown(function() h:close() end)

  it("are compared before they are active: steps, enrollments, and which runs would stay behind at which record", function()
    local folder = files(ward(OTHER, [[aw.step { id = "later", at = "25d", run = function(p) end },
      aw.step { id = "last", at = "40d", run = function(p) end },]]))
    local output, exit, errors = said("diff", "w", "--scripts", folder)
    assert.equal(0, exit, errors)
    assert.matches("~ pathway [%w-]+, 2 enrollments", output)
    assert.matches("~ +later +at 20d → at 25d +2 enrollments", output)
    assert.matches("%+ +last +at 40d +2 enrollments", output)
    assert.matches("2 live runs: 0 move at their next turn, 2 stay", output)
    assert.matches("recorded ask 'check' at 1, the script did task 'call'", output)
    local all = json.decode((said("diff", "w", "--scripts", folder, "--json"))).items[1]
    assert.same({ 2, 0, 2 }, { all.runs.runs, all.runs.agree, all.runs.diverge })
    assert.equal(run.id, all.runs.list[1].run)
    assert.equal(run.version, h:get("/bundles/w").active.short)   -- nothing changed
    output, exit, errors = said("diff", "w", "--scripts", files "local x = = 1")
    assert.equal(1, exit, output)
    assert.matches("w/w.lua:1", errors)
  end)

  it("a nurse's table with 20 days changed to 25 says whom it touches, before it is active", function()
    local pathway = ward(OLD, [[table.unpack(aw.plan "plan.csv")]])
    local folder = files(pathway)
    local function keep(path, text)
      local file <close> = assert(io.open(path, "w"))
      file:write(text)
    end
    keep(folder .. "/w/plan.csv", "节点,时间,表单,未答处理\nlater 以后,25天,check,护士 8小时\n")
    local output, exit, errors = said("diff", "w", "--scripts", folder)
    assert.equal(0, exit, errors)
    assert.matches("~ +later +at 20d → at 25d +2 enrollments", output)
    keep(folder .. "/w/plan.csv", "节点,时间,表单,未答处理\nlater 以后,25填,check,护士 8小时\n")
    output, exit, errors = said("diff", "w", "--scripts", folder)
    assert.equal(1, exit, output)
    assert.matches("w/plan.csv:2: column B %(时间%)", errors)
    os.remove(folder .. "/w/plan.csv")
  end)

  it("leave those behind whose record differs; the list shrinks by upgrade and by a reason", function()
    h:script("w/w.lua", ward(OTHER))
    wait.till("active", function() return h:get("/bundles/w").active.short ~= run.version end)
    local output, exit, errors = said("upgrade", run.pathway)
    assert.equal(0, exit, errors)
    assert.matches("2 live runs: 0 moved, 2 stay", output)
    local list = json.decode((said("runs", "--behind", "yes", "--json"))).items
    assert.equal(2, #list)
    assert.matches("recorded ask 'check' at 1, the script did task 'call'", list[1].stayed)
    output, exit, errors = said("upgrade", run.pathway, "--waive", run.id, "--reason", "two days left")
    assert.equal(0, exit, output .. errors)
    assert.matches("2 stay with the version they are on, 1 of them waived", (said("upgrade", run.pathway, "--dry-run")))
    h:script("w/w.lua", ward(OLD .. " p:note 'newer'"))
    wait.till("active", function() return not said("upgrade", run.pathway, "--dry-run"):find "2 stay" end)
    assert.matches("2 live runs: 2 would move, 0 stay", (said("upgrade", run.pathway, "--dry-run")))
    assert.matches("2 live runs: 2 moved, 0 stay", (said("upgrade", run.pathway)))
    assert.matches("0 live runs: 0 moved, 0 stay", (said("upgrade", run.pathway)))
    assert.same({}, json.decode((said("runs", "--behind", "yes", "--json"))).items)
  end)

  it("runs are found by what they wait for, their age and their version", function()
    local function found(...) return #json.decode((said("runs", "--json", ...))).items end
    local version = h:get("/bundles/w").active.short
    assert.same({ 2, 0 }, { found("--department", "w", "--wait", "ask"), found("--department", "w", "--wait", "task") })
    assert.same({ 2, 0 }, { found("--age", "30m"), found("--age", "900d") })
    assert.equal(2, found("--version", version))
    assert.same({ 2, 0 }, { found("--status", "waiting"), found("--status", "stuck") })
    for _, wrong in ipairs { { "--age", "old" }, { "--wait", "nothing" }, { "--behind", "no" } } do
      assert.equal(2, (select(2, said("runs", table.unpack(wrong)))))
    end
  end)

  it("lists show in a table the fields that programs get, and no others", function()
    local of = { PATHWAY = "pathway", STEP = { "name", "planned" }, ["WAITS FOR"] = "wait", UNTIL = "due_at", STARTED = "started_at",
      CREATED = "created_at", SINCE = "enrolled_at", NEXT = "next_at", TO = "audience", TRIES = "attempts" }
    local function field(title) return of[title] or title:lower():gsub(" ", "_") end
    for _, list in ipairs { "runs", "enrollments", "messages" } do
      local item, text = json.decode((said(list, "--json"))).items[1], said(list)
      local row, found = text:match "\n([^\n]+)", 0
      for title in (text:match "^[^\n]*" .. "  "):gmatch "(%u[%u ]-)  +" do
        local name = field(title)
        local value = type(name) == "table" and (item[name[1]] or item[name[2]][1].step) or item[name]
        if title == "WHEN" then value = item.accepted_at or item.settled_at or item.due_at or item.created_at end
        assert.truthy(value ~= nil, list .. ": " .. title)
        if type(value) == "string" then
          local shown = value:gsub("^(%d%d%d%d%-%d%d%-%d%d)T(%d%d:%d%d).*$", "%1 %2")
          assert.truthy(row:find(shown, 1, true), title .. ": " .. shown .. " in " .. row)
          found = found + 1
        end
      end
      assert.is_true(found > 5, list)
    end
  end)

  it("a run is shown with where it is, what it waits for, its record and who did what with it", function()
    local shown = json.decode((said("run", "show", run.id, "--json")))
    assert.matches("^w/w.lua:%d+$", shown.now.source)
    assert.equal("check", shown.wait_label)
    assert.equal("ask", shown.journal[1].op)
    assert.equal(shown.now.source, shown.journal[1].source)
    assert.equal("check", shown.messages[1].name)
    assert.equal(2, #shown.versions)
    assert.same({ false, "two days left", true }, { shown.versions[1].moved, shown.versions[1].waived_reason, shown.versions[2].moved })
    assert.equal("run.waive", shown.deeds[1].action)
    local output, exit = said("run", "show", run.id)
    assert.equal(0, exit)
    assert.matches("^first of %d+%-%d+%-%d+ is waiting at w/w.lua:%d+: ask check, since .*, until ", output)
    assert.matches("\nRECORD\n1 +w/w.lua:%d+ +ask check", output)
    assert.matches("\n\nVERSIONS IT MET\nAT +VERSION +MOVED +RECORD +STAYED BECAUSE +WAIVED BY +BECAUSE\n[^\n]+ two days left\n", output)
    assert.matches("\n\nMESSAGES\nID +KIND +NAME +STATUS +ACCEPTED\n%w+ +ask +check +accepted +%d+%-", output)
    assert.matches("\n\nWHAT PEOPLE DID WITH IT\nAT +BY +DEED +REASON\n[%d%-: ]+chen +run.waive +two days left\n", output)
  end)

  it("is replayed with its own scripts, each entry with its place, the line there, what was asked and answered", function()
    local output, exit, errors = said("run", "replay", run.id)
    assert.equal(0, exit, errors)
    assert.matches('^w/w.lua:%d+  local a = p:ask%("check", { within = "30d" }%) p:note "old" p:note \'newer\'\n'
      .. "   1  asked     ask check  within 30d\nIts one record agrees%.\n$", output)
    local told = json.decode((said("run", "replay", run.id, "--json")))
    assert.same({ true, 1, "ask" }, { told.agrees, told.replayed, told.journal[1].op })
    assert.matches("^local a = p:ask", told.journal[1].line)
    assert.matches("^w/w.lua:%d+$", told.journal[1].source)
  end)

  it("on a terminal is stepped through with Enter, and left with q", function()
    local port = h:get("/runs/" .. run.id) and h.port
    local function stepped(keys)
      local line = ("printf '%s' | AFTERWARD_TOKEN=%s script -qec \"%s run replay %s --server http://127.0.0.1:%d\" /dev/null"):format(keys,
        Hospital.TOKENS.boss, os.getenv "AFTERWARD_DAEMON", run.id, port)
      local pipe <close> = assert(io.popen(line))
      return pipe:read "a":gsub("\r", "")
    end
    assert.matches("1  asked.*Enter: on, q: end > .*Its one record agrees", (stepped "\\n"))
    assert.not_matches("records agree", (stepped "q\\n"))
  end)

  it("is replayed with scripts of a working copy, step by step, and nothing changes", function()
    local output, exit = said("run", "replay", run.id, "--bundle", files(ward(OLD)))
    assert.equal(0, exit, output)
    assert.matches("Its one record agrees", output)
    output, exit = said("run", "replay", run.id, "--bundle", files(ward(OTHER)))
    assert.equal(1, exit)
    assert.matches("0 records agree, then: recorded ask 'check' at 1, the script did task 'call' %(w/w.lua:%d+%)", output)
    local told = json.decode((said("run", "replay", run.id, "--bundle", files(ward(OTHER)), "--json")))
    assert.same({ false, 0 }, { told.agrees, told.replayed })
  end)

  it("can be paused, resumed and skipped by a person who says why", function()
    local _, exit, errors = said("run", "pause", run.id)
    assert.equal(2, exit)
    assert.matches("say why", errors)
    assert.matches("^Run " .. run.id .. ", first of [%d%-]+, is paused: ask check%.\n", (said("run", "pause", run.id, "--reason", "the ward rang")))
    assert.equal("paused", h:get("/runs/" .. run.id).status)
    assert.equal(0, (select(2, said("run", "resume", run.id, "--reason", "done"))))
    assert.equal(0, (select(2, said("run", "skip", run.id, "--reason", "no phone"))))
    wait.till("it went on", function() return h:get("/runs/" .. run.id).status == "done" end)
    assert.equal(1, (select(2, said("run", "retry", run.id, "--reason", "again"))))
    local deeds = {}
    for i, deed in ipairs(h:get("/runs/" .. run.id).deeds) do deeds[i] = deed.action .. ": " .. deed.reason end
    assert.same({ "run.waive: two days left", "run.pause: the ward rang", "run.resume: done", "run.skip: no phone" }, deeds)
  end)
end)

describe("a job of the department", function()
  local h
  local function scripts(body)
    local hours = {}
    for i = 0, 23 do hours[i + 1] = ('"%02d:00"'):format(i) end
    return Hospital.ward("w", [[aw.step { id = "s", at = "1d", run = function(p) p:note "s" end }]],
      ("aw.job { id = \"count\", at = { %s }, run = function(j)\n%s\nend },"):format(table.concat(hours, ","), body))
  end
  local FAILS = [[j:note("open: " .. j.figures.open_tasks)
    if j:get "seen" then error "no bed" end
    j:set("seen", j.day)]]
  setup(function() h = Hospital.open { speed = 3600, scripts = { ["w/w.lua"] = scripts(FAILS) } }:start() end)
  teardown(function() h:close() end)
  local function last()
    local list = h:get("/jobs?status=stuck").items
    return #list == 1 and list[1]
  end

  it("is listed with its times, its last run and its next; its runs with where their record was made", function()
    local job = wait.till("it has failed", last, 20)
    assert.same({ "w", "count" }, { job.department, job.job })
    assert.matches("^00:00; 01:00; ", job.at)
    assert.matches("no bed", job.last_cause)
    assert.is_true(job.next_at > job.last_for)
    local output, exit, errors = h:afterward("jobs", "--department", "w")
    assert.equal(0, exit, errors)
    assert.matches("count +00:00; 01:00", output)
    local shown = h:get("/jobs/" .. job.id)
    assert.same({ seen = "2026-03-02" }, shown.state)
    assert.same({ "done", "open: 0" }, { shown.runs[#shown.runs].status, shown.runs[#shown.runs].note })
    local run = h:get("/runs/" .. shown.runs[#shown.runs].id)
    assert.same({ "field", "note", "get", "field", "set" }, { run.journal[1].op, run.journal[2].op, run.journal[3].op,
      run.journal[4].op, run.journal[5].op })
    assert.matches("^w/w.lua:%d+$", run.journal[2].source)
    output, exit, errors = h:afterward("run", "show", shown.runs[#shown.runs].id)
    assert.equal(0, exit, errors)
    assert.matches("^count is done%.\n", output)
    assert.matches("2 +w/w.lua:%d+ +note open: 0", output)
    output, exit, errors = h:afterward("run", "replay", shown.runs[#shown.runs].id)
    assert.equal(0, exit, errors)
    assert.matches("   1  read      field figures = .*\n   2  did       note open: 0\n", output)
    assert.matches("\nAll 5 records agree%.\n$", output)
    assert.equal(0, #h:get("/jobs", { token = "other" }).items)                      -- not of this department
  end)

  it("that failed is made again when somebody says why; nothing else can be done with it", function()
    local job = wait.till("it has failed", last, 20)
    h:script("w/w.lua", scripts 'j:note "mended"')
    wait.till("mended", function() return h:get("/jobs").items[1].last_status == "done" end, 20)
    local _, exit, errors = h:afterward("run", "skip", job.last_run, "--reason", "x")
    assert.equal(1, exit)
    assert.matches("it can only be tried again", errors)
    assert.equal(0, (select(2, h:afterward("run", "retry", job.last_run, "--reason", "a bed is free"))))
    local run = wait.till("made again", function()
      local run = h:get("/runs/" .. job.last_run)
      return run.status == "done" and run
    end)
    assert.same({ "mended", "a bed is free" }, { run.note, run.deeds[1].reason })
  end)
end)
