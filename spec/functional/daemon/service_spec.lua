-- The daemon as systemd and operators know it: start, stop, reload, refusals in words, health, metrics, a full disk.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"
local uv = require "luv"

local function ward(step)
  return Hospital.ward("w", step or 'aw.step { id = "s", at = "1h", run = function(p) p:ask("check", { within = "9d" }) end },')
end
local function hospital(o)
  o = o or {}
  o.scripts = o.scripts or { ["w/w.lua"] = ward() }
  return Hospital.open(o)
end
local function write(path, text)
  local file <close> = assert(io.open(path, "w"))
  file:write(text)
end

describe("the daemon", function()
  it("ends at SIGTERM after the work in hand, with exit 0 and no leak, however busy it is", function()
    local h = hospital { speed = 3600 }:start()
    local taken, going = {}, true
    local client = h.client
    for worker = 1, 4 do
      wait.go(function()
        for n = worker * 1000, worker * 1000 + 500 do
          if not going then return end
          local status = client:ask("POST", "/api/v1/events", { Authorization = "Bearer " .. Hospital.TOKENS.his,
            ["Content-Type"] = "application/json" }, require "dkjson".encode(h:discharge(n)))
          if status == 202 then taken[#taken + 1] = n end
        end
      end)
    end
    wait.ms(1300)
    local code, words = h:stop()
    going = false
    assert.equal(0, code, words)
    assert.matches("daemon%.stopping signal=15", words)
    assert.is_nil(words:find "LeakSanitizer")
    h:start()
    assert.is_true(#taken > 20)
    for _, n in ipairs(taken) do wait.till("event " .. n, function() return h:patient(n) end) end
    h:close()
  end)

  it("ends at SIGTERM while summaries are being made, each answered or refused in words", function()
    local h = hospital { speed = 3600 }:start()
    for n = 1, 20 do h:event(h:discharge(n)) end
    local answers = {}
    for _ = 1, 8 do
      wait.go(function()
        answers[#answers + 1] = h.client:ask("GET", "/api/v1/summary", { Authorization = "Bearer " .. Hospital.TOKENS.boss }) or false
      end)
    end
    wait.till("one is there", function() return answers[1] end)
    local code, words = h:stop()
    assert.equal(0, code, words)
    assert.is_nil(words:find "LeakSanitizer")
    for _, status in ipairs(answers) do assert.is_true(status == 200 or status == 503 or status == false) end
    h:close()
  end)

  it("ends at SIGTERM after its grace though a gateway has a text and never answers: that is said, and the text is in doubt", function()
    local h = hospital { speed = 3600 }
    h:configure("sms = " .. h.gateway:channel():gsub("timeout_ms = %d+", "timeout_ms = 300000"))
    h.gateway.behave = function() return "hang" end
    h:start()
    h:event(h:discharge(1))
    wait.till("the gateway has it", function() return h.gateway.requests[1] end)
    local asked = uv.hrtime()
    local code, words = h:stop()
    local seconds = (uv.hrtime() - asked) / 1e9
    assert.equal(0, code, words)
    assert.is_true(seconds < 9, ("it took %.1f s"):format(seconds))
    assert.matches("warn daemon%.cut_off doors_shut=1 calls=1", words)
    h:start()
    assert.equal("in_doubt", h:get("/messages?patient=" .. h:patient(1).id).items[1].status)
    h:close()
  end)

  it("takes a good edit of a script at SIGHUP, and keeps the old one with file and line when it is broken", function()
    local h = hospital():start()
    local function reload(text)
      local before = #h:words()
      h:script("w/w.lua", text)
      h:signal "sighup"
      wait.till("reloaded", function() return h:words():find("daemon.reload", before, true) end)
      return wait.till("judged", function()
        local words = h:words():sub(before + 1)
        return (words:find "bundle%.active" or words:find "bundle%.refused") and words
      end)
    end
    local function planned(n)
      h:event(h:discharge(n))
      local patient = wait.till("known", function() return h:patient(n) end)
      return wait.till("enrolled", function() return h:get("/enrollments?patient=" .. patient.id).items[1] end)
    end
    assert.matches("bundle%.active department=w", reload(ward 'aw.step { id = "better", at = "2h", run = function(p) end },'))
    assert.matches("better", require "dkjson".encode(planned(1)))
    local words = reload(ward('aw.step { id = "bad", at = "2h", run = function(p) end },\n  oops'):gsub("oops", "oops oops"))
    assert.matches("file=w/w%.lua line=%d+", words)
    assert.matches("bundle%.refused department=w", words)
    assert.matches("better", require "dkjson".encode(planned(2)))
    words = reload(ward 'aw.step { id = "bad", att = "2h", run = function(p) end },')
    assert.matches("file=w/w%.lua line=%d+ .*at", words)
    assert.matches("better", require "dkjson".encode(planned(3)))
    h:close()
  end)

  it("refuses to share its folder with a second one", function()
    local h = hospital():start()
    local second = h:launch()
    wait.till("the second ends", function() return second.ended end)
    assert.equal(1, second.code)
    assert.matches("in use by process %d+", second.errors)
    assert.equal(200, (h:call("GET", "/healthz", nil, { token = false })))
    h:close()
  end)

  it("can be copied while it runs, and the copy is a hospital that can be started", function()
    local h = hospital():start()
    for n = 1, 5 do assert.equal(202, (h:event(h:discharge(n)))) end
    wait.till("applied", function() return h:patient(5) end)
    local copy = h.folder .. "/copy"
    assert(uv.fs_mkdir(copy, 448))
    assert(os.execute(("sqlite3 '%s/afterward.db' \"VACUUM INTO '%s/afterward.db'\""):format(h.state, copy)))
    h:stop()
    h.state = copy
    h:start()
    for n = 1, 5 do assert.truthy(h:patient(n)) end
    h:close()
  end)

  it("says loudly that it does not know when this year's New Year and Qingming are", function()
    local h = hospital()
    h:script("shared/calendar/cn.csv", "date,kind,name\n2026-01-01,off,元旦\n2025-04-04,festival,清明\n")
    h:start()
    assert.matches("warn calendar.unknown_year calendar=festivals year=2026", h:words())
    assert.matches("Warning: festivals of 2026 are not known: patients get messages at New Year and Qingming\nadd the days",
      (h:afterward "status"))
    local _, metrics = h:call("GET", "/metrics", nil, { token = false })
    assert.matches('afterward_calendar_unknown{calendar="festivals",year="2026"} 1', metrics, 1, true)
    h:close()
  end)

  it("tells systemd that it is ready, alive, reloading and stopping", function()
    local h = hospital()
    local path, heard = h.folder .. "/notify", h.folder .. "/heard"
    local systemd = uv.spawn("socat", { args = { "-u", "UNIX-RECV:" .. path, "OPEN:" .. heard .. ",creat,append" },
      env = { "PATH=" .. os.getenv "PATH" } }, function() end)
    assert(systemd, "is socat installed?")
    wait.till("the socket is there", function() return uv.fs_stat(path) end)
    h:start { NOTIFY_SOCKET = path, WATCHDOG_USEC = "400000" }
    local function lines() return assert(io.open(heard)):read "a" end
    wait.till("alive three times", function() return select(2, lines():gsub("WATCHDOG=1", "")) >= 3 end)
    h:signal "sighup"
    wait.till("reloading", function() return lines():match "RELOADING=1.*READY=1" end)
    h:stop()
    wait.till("stopping", function() return lines():find "STOPPING=1" end)
    assert.matches("READY=1", lines())
    systemd:kill "sigterm"
    systemd:close()
    h:close()
  end)
end)

describe("what is wrong with a start is said in a sentence, with exit 1:", function()
  local function refused(h, sentence, more)
    local process = h:launch(more)
    wait.till("it ends", function() return process.ended end)
    assert.equal(1, process.code, process.errors)
    assert.matches(sentence, process.errors)
    h:close()
  end

  local wrong = {
    { "a key that nobody knows", 'budget_dya = 3', "budget_dya.*budget_day" },
    { "a number that is a text", 'budget_day = "three"', "budget_day: must be a whole number" },
    { "a zone that is none", 'zone = "Asia/Shanghia"', "zone" },
    { "hours that are none", 'quiet_hours = "21-8"', "quiet_hours" },
    { "a festival that is no day", 'festivals = "2027-02-05,2027-02-30"', 'festivals: "2027%-02%-30" is no date' },
    { "a slip of the pen", 'quiet_hours = = 1', "afterward%.lua:%d+" },
    { "a secret that is not there", 'phone = env "NO_SUCH_SECRET"', "afterward%.lua:%d+.*NO_SUCH_SECRET" },
    { "an address without a port", 'listen = "127.0.0.1"', "listen", true },
  }
  for _, case in ipairs(wrong) do
    it(case[1], function()
      local h = hospital()
      local channels = "sms = " .. h.gateway:channel()
      h:configure(channels, case[2])
      if case[4] then return refused(h, case[3], { "--listen", "127.0.0.1" }) end
      refused(h, case[3])
    end)
  end

  it("a folder of scripts that is not there, an option half written", function()
    local h = hospital()
    h:configure("sms = " .. h.gateway:channel(), "")
    refused(h, "there is no folder of scripts /nowhere/scripts: make it", { "--scripts", "/nowhere/scripts" })
    local k = hospital()
    local process = k:launch { "--port", "8081" }
    wait.till("it ends", function() return process.ended end)
    assert.same({ 2, "afterward serve: there is no option --port; did you mean --port-file?" },
      { process.code, process.errors:match "^[^\n]+" })
    k:close()
  end)

  it("a port that somebody has: and nothing was touched", function()
    local h = hospital()
    h:start()
    local k = hospital()
    k:configure("sms = " .. k.gateway:channel(), "")
    local process = k:launch { "--listen", "127.0.0.1:" .. h.port }
    wait.till("it ends", function() return process.ended end)
    assert.equal(1, process.code, process.errors)
    assert.matches("address already in use", process.errors)
    assert.is_nil(io.open(k.state .. "/afterward.db"))
    h:close()
    k:close()
  end)

  it("a plugin that is not installed, a setting it does not know, a channel without plugin", function()
    for setting, sentence in pairs {
      ['sms = { plugin = "sms-htp", url = "http://x/" }'] = "sms%-htp",
      ['sms = { plugin = "sms-http", url = "http://x/", fields = {}, keyd = "1h" }'] = "keyd",
      ['sms = { plugin = "sms-http", fields = {} }'] = "url",
      ['fax = {}'] = 'channel "fax": plugin is missing',
    } do
      local h = hospital()
      h:configure(setting)
      refused(h, sentence)
    end
  end)

  it("a port that is taken", function()
    local h = hospital()
    refused(h, tostring(h.gateway.port), { "--listen", "127.0.0.1:" .. h.gateway.port })
  end)

  it("a state folder that can't be made or written", function()
    local h = hospital()
    write(h.folder .. "/file", "")
    refused(h, "state", { "--state", h.folder .. "/file/state" })
    h = hospital()
    refused(h, "state", { "--state", "/proc/no-state-here" })
  end)

  it("a database of a newer version is left as it is", function()
    local h = hospital():start()
    h:stop()
    local path = h.state .. "/afterward.db"
    local file <close> = assert(io.open(path, "r+b"))
    file:seek("set", 60)                                    -- user_version in SQLite's header
    file:write("\0\0\3\xE7")
    file:seek("set", 4088)                                  -- the page's sum: none
    file:write(("\0"):rep(8))
    file:close()
    refused(h, "newer", nil)
  end)

  it("a word of the command line that does not exist is wrong usage", function()
    local h = hospital()
    local process = h:launch { "--sate", "/tmp" }
    wait.till("it ends", function() return process.ended end)
    assert.equal(2, process.code)
    h:close()
  end)
end)

describe("operators", function()
  local h
  setup(function() h = hospital { speed = 3600 }:start() end)
  teardown(function() h:close() end)

  it("read metrics as Prometheus does", function()
    h:event(h:discharge(1))
    local status, text, headers = h:call("GET", "/metrics", nil, { token = false })
    assert.equal(200, status)
    assert.matches("^text/plain; version=0%.0%.4", headers["content-type"])
    local types, seen = {}, {}
    for line in text:gmatch "([^\n]*)\n" do
      local name, kind = line:match "^# TYPE (%S+) (%l+)$"
      if name then
        assert.is_nil(types[name], "declared twice: " .. name)
        types[name] = kind
      else
        local metric, labels, number = line:match "^([%l_]+)(%b{}) (%S+)$"
        if not metric then metric, number = line:match "^([%l_]+) (%S+)$" end
        local whole, part = metric:match "^(.-)_(%l+)$"
        if types[whole] == "histogram" then assert.truthy(({ bucket = 1, sum = 1, count = 1 })[part], line) metric = metric .. "!"
        else assert.truthy(types[metric], line) end
        assert.truthy(tonumber(number), line)
        assert.is_nil(seen[metric .. (labels or "")], line)
        seen[metric .. (labels or "")] = true
        assert.equal(types[metric] == "counter", metric:find "_total$" ~= nil, line)
      end
    end
    assert.truthy(seen["afterward_due_lateness_seconds"])
    assert.is_true(tonumber(text:match 'begun_late_seconds_bucket{class="event",le="%+Inf"} (%d+)') > 0)
    local rounds = tonumber(text:match 'loop_stall_seconds_bucket{le="%+Inf"} (%d+)')
    assert.is_true(rounds > 0)
    assert.equal(rounds, tonumber(text:match "loop_stall_seconds_count (%d+)"))
    assert.is_true(tonumber(text:match "\nafterward_loop_stall_most_seconds (%S+)") < 60)
    assert.is_nil(text:find("M1", 1, true))
  end)

  it("find no name, number or address of a patient in the log", function()
    local people = {}
    for n = 2, 12 do
      local event = h:discharge(n)
      event.patient.name, event.patient.address = "欧阳无记" .. n, "解放路" .. n .. "号"
      event.patient.contacts = { { name = "司马无记" .. n, phone = "1390000" .. 1000 + n, relation = "child" } }
      h:event(event)
      for _, word in ipairs { event.patient.name, event.patient.phone, event.patient.address, event.patient.contacts[1].name,
        event.patient.contacts[1].phone } do people[#people + 1] = word end
    end
    h.gateway.behave = function(message) return message.to:find "[05]$" and "reset" or message.to:find "1$" and { status = 401 } end
    wait.till("messages went", function() return #h.gateway.requests > 8 end)
    h:event(h:discharge(77, { patient = { mrn = "M77", name = "欧阳无记77", birth = "1951-02-30" } }))
    h:answer("00000000", {})
    h:call("GET", "/patients?phone=13900001002")
    wait.ms(300)
    for _, word in ipairs(people) do assert.is_nil(h:words():find(word, 1, true), word) end
    assert.is_nil(h:words():find("19510203", 1, true))
    for _, token in pairs(Hospital.TOKENS) do assert.is_nil(h:words():find(token, 1, true)) end
    assert.is_nil(h:words():find("gateway-knows", 1, true))
  end)
end)

describe("a full disk", function()
  -- A gateway's word that is new each time.
  local function receipt(h, n)
    return (h:call("POST", "/channels/sms/receipt", { id = "g" .. n .. ("x"):rep(90), state = "DELIVRD" },
      { token = false, ["X-Token"] = "gateway-knows" }))
  end

  local folder = (os.getenv "TMPDIR" or "/tmp") .. "/afterward-small-disk-" .. uv.os_getpid()
  it("refuses what is new, says so in health and log, loses nothing acknowledged, and goes on when there is room", function()
    uv.fs_mkdir(folder, 448)
    if not os.execute(("mount -t tmpfs -o size=6m none '%s' 2>/dev/null"):format(folder)) then
      uv.fs_rmdir(folder)
      return pending "needs leave to mount a small disk"
    end
    local h = hospital { state = folder .. "/state" }
    local ok, why = pcall(function()
      h:start()
      assert.equal(202, (h:event(h:discharge(1))))
      write(folder .. "/ballast", ("x"):rep(2000000))
      local taken, refused = { 1 }, nil
      for n = 2, 3000 do
        local status, problem = h:event(h:discharge(n, { doctor = ("医"):rep(30), data = { a = ("x"):rep(390), b = ("y"):rep(390) } }))
        if status ~= 202 then
          refused = { status, problem and problem.detail, n }
          break
        end
        taken[#taken + 1] = n
      end
      assert.equal(507, refused and refused[1])
      local status, health = h:call("GET", "/healthz", nil, { token = false })
      assert.equal(503, status)
      assert.matches("refused", health.reasons)
      assert.matches("commit%.refused", h:words())
      local said, n = 200, 0
      while said == 200 and n < 500 do said, n = receipt(h, n), n + 1 end
      assert.equal(507, said)                                 -- so that the gateway says it again
      assert.equal(507, (h:call("GET", "/patients?mrn=M1")))  -- nobody looks unseen
      os.remove(folder .. "/ballast")
      wait.till("it takes events again", function()
        return h:event(h:discharge(refused[3])) == 202
      end)
      assert.equal(200, receipt(h, n))
      wait.till("health has forgotten it", function()
        local _, now = h:call("GET", "/healthz", nil, { token = false })
        return not now.reasons:find "refused"
      end)
      for i = 1, #taken, 7 do wait.till("event " .. taken[i], function() return h:patient(taken[i]) end) end
      h:restart()
      for i = 1, #taken, 5 do wait.till("event " .. taken[i], function() return h:patient(taken[i]) end) end
    end)
    pcall(h.close, h)
    os.execute(("umount '%s' && rmdir '%s'"):format(folder, folder))
    assert(ok, why)
  end)
end)
