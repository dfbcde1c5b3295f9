-- The command line as a person meets it: help, slips of the hand, a daemon that isn't there.
local json = require "dkjson"

local daemon = os.getenv "AFTERWARD_DAEMON"

local function quoted(word) return "'" .. word:gsub("'", [['\'']]) .. "'" end

-- Runs afterward with these words; output of both kinds, and the exit code.
local function afterward(words, environment)
  local line = { "env -u NO_COLOR", environment or "", daemon }
  for _, word in ipairs(words) do line[#line + 1] = quoted(word) end
  line[#line + 1] = "2>&1 </dev/null"
  local pipe <close> = assert(io.popen(table.concat(line, " ")))
  local output = pipe:read "a"
  local _, _, code = pipe:close()
  return output, code
end

local commands = {
  "sim", "forecast", "backtest", "console", "import", "cases", "case", "unmaskings",
  "tasks", "task", "alerts", "alert", "messages", "message", "enrollments",
  "enrollment", "ahead", "runs", "jobs", "patient", "timeline", "curves", "opt-out", "prove", "consent", "prefer", "ring-back", "bind",
  "numbers", "wards",
  "poster", "duty", "handover", "bundles", "reload", "activate", "rollback", "summary", "events", "refused",
  "codes", "status", "version", "check", "new", "fixture",
}

describe("afterward", function()
  it("lists its commands", function()
    local output, code = afterward { "--help" }
    assert.equal(0, code)
    for _, name in ipairs(commands) do assert.matches("\n  " .. name:gsub("%p", "%%%0") .. " +%S", output) end
  end)

  for _, name in ipairs(commands) do
    it("explains " .. name .. " with usage, options, an example and exit codes", function()
      local output, code = afterward { name, "--help" }
      assert.equal(0, code)
      assert.matches("^Usage: afterward " .. name:gsub("%p", "%%%0"), output)
      for _, part in ipairs { "\nOptions:\n", "\nExample:\n  afterward ", "\nExit: 0 good" } do
        assert.truthy(output:find(part, 1, true), part)
      end
    end)
  end

  local slips = {
    { {}, "name a command" },
    { { "taks" }, 'no command "taks"; did you mean tasks?' },
    { { "--vresion" }, 'no command "--vresion"' },
    { { "frobnicate-everything" }, 'no command "frobnicate-everything"\n' },
    { { "tasks", "--rolle", "nurse" }, "did you mean --role?" },
    { { "tasks", "--role" }, "--role needs a value: --role NAME" },
    { { "tasks", "--all=yes" }, "--all takes no value" },
    { { "tasks", "-x" }, 'no option "-x"' },
    { { "tasks", "--", "--role" }, 'one word too many: "--role"' },
    { { "alert", "akc", "a1" }, "did you mean ack?" },
    { { "alert" }, "say what to do: afterward alert show|ack|act|done ID" },
    { { "alert", "ack" }, "something is missing: afterward alert" },
    { { "alert", "act", "a1" }, "say what was done: --note TEXT" },
    { { "task", "done", "t1" }, "afterward codes" },
    { { "task", "done", "t1", "--code", "answered", "--answer", "38.2" }, "write item=value" },
    { { "message", "resolve", "m1" }, "resend, or sent" },
    { { "timeline" }, "say which patient" }, { { "curves" }, "say which patient" },
    { { "consent", "p1", "--class", "marketing" }, "say which: --given, or --refused" },
    { { "bind", "p1", "--undo" }, "say whose: --person ID" },
    { { "bind", "p1", "--person", "c1" }, "--person goes with --undo" },
    { { "ring-back", "1", "--at", "x" }, "go with --missed" },
    { { "prefer", "p1" }, "say which: --channels sms,phone, or --none" },
    { { "prove", "p1" }, "say which number: --number ID" },
    { { "prove", "p1", "--number", "n1", "--code", "1", "--rang" }, "not both" },
    { { "handover" }, "say whose shift ends: --role NAME" },
    { { "import", "list.csv" }, "--map" },
    { { "status", "--server", "127.0.0.1:8080" }, "write it like http://127.0.0.1:8080" },
    { { "status", "--token", "two\nlines" }, "characters that no token has" },
  }
  for _, slip in ipairs(slips) do
    local words, sentence = slip[1], slip[2]
    it("answers '" .. table.concat(words, " "):gsub("\n", " ") .. "' with what was meant", function()
      local output, code = afterward(words)
      assert.equal(2, code, output)
      assert.truthy(output:find(sentence, 1, true), output)
      assert.matches("\nSee: afterward .*%-%-help\n$", output)
    end)
  end

  it("says what to do when the daemon doesn't answer", function()
    -- Port 1 is nobody's.
    for _, words in ipairs { { "tasks" }, { "alert", "ack", "a1" }, { "patient", "--mrn", "1" }, { "status" } } do
      local output, code = afterward(words, "AFTERWARD_SERVER=http://127.0.0.1:1/")
      assert.equal(3, code, output)
      assert.truthy(output:find("the daemon at http://127.0.0.1:1 doesn't answer", 1, true), output)
      assert.matches("systemctl status afterward\n$", output)
    end
  end)

  -- Standard output alone.
  local function object(words, environment)
    local line = { "env -u NO_COLOR", environment or "", daemon }
    for _, word in ipairs(words) do line[#line + 1] = quoted(word) end
    local pipe <close> = assert(io.popen(table.concat(line, " ") .. " 2>/dev/null </dev/null"))
    local output = pipe:read "a"
    local _, _, code = pipe:close()
    return json.decode(output), code, output
  end

  local failures = {
    { { "frobnicate", "--json" }, 2, 400, "Bad Request", 'no command "frobnicate"' },
    { { "tasks", "--json", "--rolle", "nurse" }, 2, 400, "Bad Request", "did you mean --role?" },
    { { "tasks", "--rolle", "nurse", "--json" }, 2, 400, "Bad Request", "did you mean --role?" },
    { { "alert", "act", "a1", "--json" }, 2, 400, "Bad Request", "--note TEXT" },
    { { "sim", "ortho", "--json", "--scripts", "scripts", "--days", "many" }, 2, 400, "Bad Request", "--days takes a whole number" },
    { { "status", "--json", "--token-file", "/does/not/exist" }, 1, 422, "Unprocessable Content", "no token could be read" },
    { { "check", "/does/not/exist", "--json" }, 1, 422, "Unprocessable Content", "/does/not/exist can't be read" },
    { { "sim", "orto", "--json", "--scripts", "scripts", "--patients", "x" }, 1, 422, "Unprocessable Content", "did you mean 'ortho'?" },
    { { "test", "orto", "--json", "--scripts", "scripts" }, 1, 422, "Unprocessable Content", "did you mean 'ortho'?" },
    { { "new", "form", "x", "--in", "orto", "--json", "--scripts", "scripts" }, 1, 422, "Unprocessable Content", "did you mean 'ortho'?" },
    { { "tasks", "--json" }, 3, 503, "Service Unavailable", "http://127.0.0.1:1 doesn't answer" },
    { { "diff", "--json" }, 3, 503, "Service Unavailable", "http://127.0.0.1:1 doesn't answer" },
    { { "forecast", "--json" }, 3, 503, "Service Unavailable", "http://127.0.0.1:1 doesn't answer" },
  }
  for _, case in ipairs(failures) do
    local words, code, status, title, sentence = table.unpack(case)
    it("tells programs what is wrong with '" .. table.concat(words, " ") .. "' as one problem, with the exit code that people get", function()
      local problem, exit, output = object(words, "AFTERWARD_SERVER=http://127.0.0.1:1")
      assert.truthy(problem, output)
      assert.same({ code, status, title, "about:blank" }, { exit, problem.status, problem.title, problem.type })
      assert.truthy(problem.detail:find(sentence, 1, true), problem.detail)
    end)
  end

  describe("with a daemon", function()
    local folder, pid
    local token = ("t"):rep(40)

    -- What a shift left behind, there before the daemon opens its file.
    local function leave_work(path)
      local schema <close> = assert(io.open "db/0001_first.sql")
      local db = assert(require("afterward.unit.store").open(path, { schema:read "a" }))
      db:exec [[INSERT INTO task (id,department,name,role,note,status,opened_at,due_at,overdue_at,claimed_by) VALUES
        (1,'ortho','late-call','nurse','第二次','open',1,1772434800000,1772434900000,'li'),
        (2,'ortho','later-call','nurse',NULL,'open',1,4102444800000,NULL,NULL),
        (3,'ortho','next-call','nurse','问疼痛','open',1,4102444700000,NULL,'wu'),
        (4,'ortho','held-call','nurse',NULL,'held',1,60000,NULL,NULL),
        (5,'ortho','other-post','doctor',NULL,'open',1,4102444800000,NULL,NULL),
        (6,'cardiac','other-ward','nurse',NULL,'open',1,4102444800000,NULL,NULL)]]
      db:exec [[INSERT INTO alert (id,department,name,level,reason,escalation,status,opened_at,acknowledged_by) VALUES
        (1,'ortho','wound','urgent','渗液','','acknowledged',1,'chen'), (2,'cardiac','chest-pain','emergency','x','','open',1,NULL),
        (3,'ortho','past','soon','x','','closed',1,NULL)]]
      db:close()
    end

    setup(function()
      folder = assert(io.popen "mktemp -d"):read "l"
      os.execute("mkdir " .. folder .. "/state")
      leave_work(folder .. "/state/afterward.db")
      local config = assert(io.open(folder .. "/afterward.lua", "w"))
      config:write('return { zone = "Asia/Shanghai", channels = { log = {} }, tokens = { { token = env "SPEC_TOKEN",',
        ' staff = "centre", scopes = { "admin" }, departments = "all" } } }')
      config:close()
      local start = "SPEC_TOKEN=%s %s serve --config %s/afterward.lua --state %s/state --scripts scripts --plugins plugins "
        .. "--listen 127.0.0.1:0 --port-file %s/port >%s/log 2>&1 & echo $!"
      pid = assert(io.popen(start:format(token, daemon, folder, folder, folder, folder))):read "l"
      os.execute(("for i in $(seq 100); do [ -s %s/port ] && break; sleep 0.1; done"):format(folder))
    end)

    teardown(function()
      os.execute("kill " .. pid)
      os.execute(("for i in $(seq 100); do kill -0 %s 2>/dev/null || break; sleep 0.1; done; rm -rf %s"):format(pid, folder))
    end)

    local function where(as)
      local port = assert(io.open(folder .. "/port")):read "n"
      return ("AFTERWARD_SERVER=http://127.0.0.1:%d AFTERWARD_TOKEN=%s"):format(port, as or token)
    end
    local function ask(words, as) return afterward(words, where(as)) end

    it("says that there is nothing, not nothing", function()
      assert.same({ "No tasks with role nobody.\n", 0 }, { ask { "tasks", "--role", "nobody" } })
      assert.same({ "No runs with department ortho, status stuck, age 3d.\n", 0 },
        { ask { "runs", "--status", "stuck", "--age", "3d", "--department", "ortho", "--limit", "3" } })
      assert.same({ "No refused events.\n", 0 }, { ask { "refused" } })
      assert.same({ '{"items":[],"next":null}\n', 0 }, { ask { "alerts", "--level", "soon", "--all", "--json" } })
    end)

    it("shows in a table the fields that programs get, and no others", function()
      local of = { ID = "id", DUE = "due_at", ["DEPARTMENT"] = "department", ROLE = "role", TASK = "name", PATIENT = "patient", STATUS = "status",
        ["CLAIMED BY"] = "claimed_by", NOTE = "note", SINCE = "opened_at", LEVEL = "level", ALERT = "name", ACKNOWLEDGED = "acknowledged_by",
        REASON = "reason", RUNG = "rung" }
      for _, list in ipairs { "tasks", "alerts" } do
        local items, text = json.decode((ask { list, "--json" })).items, ask { list }
        local titles, rows = text:match "^[^\n]*", {}
        for row in text:gmatch "\n([^\n]+)" do rows[#rows + 1] = row end
        assert.equal(#items, #rows)
        for title in (titles .. "  "):gmatch "(%u[%u ]-)  +" do
          local field = assert(of[title], title)
          for i, item in ipairs(items) do
            local value = item[field]
            if type(value) == "string" then
              local shown = value:gsub("^(%d%d%d%d%-%d%d%-%d%d)T(%d%d:%d%d).*$", "%1 %2")
              assert.truthy(rows[i]:find(shown, 1, true), title .. ": " .. shown .. " in " .. rows[i])
            end
          end
        end
      end
    end)

    it("says which words a filter knows, rather than that there is nothing", function()
      for list, case in pairs { tasks = { "dne", "done" }, alerts = { "oepn", "open" }, messages = { "hold", "held" },
        enrollments = { "activ", "active" }, runs = { "stick", "stuck" } } do
        local output, code = ask { list, "--status", case[1] }
        assert.equal(2, code, output)
        assert.matches("^afterward: status: must be one of [%l_ ]+; did you mean \"" .. case[2] .. "\"%?\n", output)
        assert.equal(0, (select(2, ask { list, "--status", case[2] })))
      end
      assert.matches("must be one of open held done withdrawn\n", (ask { "tasks", "--status", "somewhere" }))
    end)

    describe("hands over", function()
      it("on a sheet: alerts, then what is late, what waits by its hour, what is held", function()
        local output, code = ask { "handover", "--role", "nurse", "--department", "ortho" }
        assert.equal(0, code, output)
        local at = 1
        for _, line in ipairs { "^交班单 Hand%-over: nurse, ortho, %d%d%d%d%-", "未关闭预警 Open alerts: 1\n",
          "urgent +wound +chen +渗液\n", "已超时任务 Overdue tasks: 1\n", "late%-call +2026%-03%-02 15:00 +li +第二次\n",
          "待办任务 Waiting tasks: 2\n", "next%-call [^\n]+wu +问疼痛\n", "later%-call", "patient is in hospital: 1\n", "held%-call",
          "交班人 From: _" } do
          local _, stop = output:find(line, at)
          assert.truthy(stop, line .. " in:\n" .. output)
          at = stop
        end
        for _, word in ipairs { "other%-post", "other%-ward", "chest%-pain", "past" } do assert.not_matches(word, output) end
      end)

      it("to programs, of every department when none is named", function()
        local sheet = json.decode((ask { "handover", "--role", "nurse", "--json" }))
        local function names(list)
          local out = {}
          for i, item in ipairs(list) do out[i] = item.name end
          return out
        end
        assert.same({ "wound", "chest-pain" }, names(sheet.alerts))
        assert.same({ { "late-call" }, { "next-call", "later-call", "other-ward" }, { "held-call" } },
          { names(sheet.overdue), names(sheet.waiting), names(sheet.held) })
      end)

      it("an empty list as such", function()
        assert.matches("Waiting tasks: 0\n", (ask { "handover", "--role", "nobody" }))
      end)
    end)

    it("aligns columns of Chinese and Latin words", function()
      local output, code = ask { "codes" }
      assert.equal(0, code, output)
      -- Two columns a character on the screen, three bytes in the text.
      local function column(line, word)
        local before = line:sub(1, assert(line:find(word, 1, true), word) - 1)
        local wide = select(2, before:gsub("[\xE3-\xE9][\x80-\xBF][\x80-\xBF]", ""))
        return #before - wide
      end
      local english = column(output:match "^[^\n]*", "IN ENGLISH")
      assert.equal(english, column(output:match "no%-answer[^\n]*", "no answer"))
      assert.equal(english, column(output:match "unverified[^\n]*", "identity not confirmed"))
    end)

    it("passes on why something was refused", function()
      local output, code = ask { "alert", "ack", "nosuch" }
      assert.same({ 1, "afterward: there is no such alert among those you see\n" }, { code, output })
      local problem, exit = object({ "alert", "ack", "nosuch", "--json" }, where())
      assert.same({ 1, 404, "there is no such alert among those you see" }, { exit, problem.status, problem.detail })
    end)

    it("tells a wrong token from a missing one, and where it was found", function()
      local wrong = "the token that came is none of the configuration's tokens"
      local output, code = ask({ "tasks" }, "somebody-else")
      assert.equal(1, code)
      assert.truthy(output:find(wrong, 1, true), output)
      assert.matches("It was taken from AFTERWARD_TOKEN; .* ~/%.config/afterward/token%.\n$", output)
      assert.matches("It was taken from %-%-token;", (ask { "tasks", "--token", "somebody-else" }))
      local file = folder .. "/token"
      os.execute("echo somebody-else >" .. file)
      assert.matches("It was taken from %-%-token%-file " .. file:gsub("%p", "%%%0") .. ";", (ask { "bundles", "--token-file", file }))
      os.execute(("mkdir -p %s/home/afterward && cp %s %s/home/afterward/token"):format(folder, file, folder))
      output = afterward({ "runs" }, where "" .. " XDG_CONFIG_HOME=" .. folder .. "/home")
      assert.truthy(output:find(wrong, 1, true), output)
      assert.truthy(output:find("It was taken from " .. folder .. "/home/afterward/token;", 1, true), output)
      output, code = afterward({ "runs" }, where "" .. " XDG_CONFIG_HOME=/nowhere")
      assert.equal(1, code)
      assert.matches("^afterward: no token came: .*\nSay who you are: a token goes into %-%-token%-file FILE", output)
      local problem, exit = object({ "tasks", "--json" }, where "somebody-else")
      assert.same({ 1, 401 }, { exit, problem.status })
    end)

    it("says of a name that nobody knows which was meant, with exit code 1", function()
      local meant = "^afterward: no department 'orto'; did you mean 'ortho'%? %(departments: [%l%-, ]*ortho[%l%-, …]*%)"
      for _, words in ipairs { { "tasks", "--department", "orto" }, { "alerts", "--department", "orto" }, { "runs", "--department", "orto" },
        { "messages", "--department", "orto" }, { "enrollments", "--department", "orto" }, { "summary", "--department", "orto" },
        { "handover", "--role", "nurse", "--department", "orto" }, { "forecast", "orto" }, { "bundles", "orto" }, { "reload", "orto" },
        { "activate", "orto" }, { "rollback", "orto" }, { "promote", "orto" }, { "withdraw", "orto" }, { "diff", "orto" },
        { "compare", "hip-replacement", "--department", "orto" }, { "upgrade", "hip-replacement", "--department", "orto" },
        { "sim", "orto", "--patients", "x.csv", "--scripts", "scripts" }, { "test", "orto", "--scripts", "scripts" },
        { "console", "p1", "--department", "orto", "--scripts", "scripts" }, { "new", "form", "x", "--in", "orto", "--scripts", "scripts" },
        { "diff", "orto", "--scripts", "scripts" } } do
        local output, code = ask(words)
        assert.equal(1, code, table.concat(words, " ") .. ": " .. output)
        assert.matches(meant, output, table.concat(words, " "))
      end
      for _, words in ipairs { { "compare", "hip-replacment" }, { "upgrade", "hip-replacment", "--dry-run" } } do
        local output, code = ask(words)
        assert.same({ 1, "no pathway 'hip-replacment'; did you mean 'hip-replacement'?" },
          { code, output:match "^afterward: (.-%?)" })
      end
      local output, code = ask { "runs", "--version", "abcd" }
      assert.same({ 1, "afterward: no version begins with 'abcd'; afterward bundles DEPARTMENT lists them\n" }, { code, output })
      for _, verb in ipairs { "show", "pause" } do
        output, code = ask { "run", verb, "nosuch", "--reason", "x" }
        assert.equal(1, code)
        assert.matches("there is no such run among those you see", output)
      end
    end)

    it("calls a value that can't be the command line's mistake, whoever notices it", function()
      for _, words in ipairs { { "forecast", "--weeks", "99" }, { "runs", "--age", "old" }, { "runs", "--patient", "me" },
        { "tasks", "--limit", "many" }, { "tasks", "--status", "dne" }, { "duty", "set", "nurse", "li", "--until", "soon" } } do
        local output, code = ask(words)
        assert.equal(2, code, output)
        assert.matches("\nSee: afterward " .. words[1] .. " %-%-help\n$", output)
      end
    end)

    it("shows whether the daemon is well, in a sentence, and the books with one", function()
      assert.matches("^The daemon is well[^\n]*%.\n", (ask { "status" })) -- a warning may follow
      local output = ask { "summary" }
      assert.matches("^The books of %d+%-%d+%-%d+ %d+:%d+ don't balance: 2 things that were due are unaccounted for%.", output)
      assert.matches("\nalerts +3: 0 acknowledged, 2 open\ntasks +6: 0 done, 6 open, 1 overdue\n", output)
      assert.matches("\ntasks +5: ", (ask { "summary", "--department", "ortho" }))
    end)

    it("tells times as the site's clocks show them, wherever the one who asks is", function()
      local hour = os.date("!%Y-%m-%d %H:", os.time() + 8 * 3600)
      for _, zone in ipairs { "UTC", "America/New_York" } do
        local sheet = afterward({ "handover", "--role", "nurse" }, where() .. " TZ=" .. zone)
        local books = afterward({ "summary" }, where() .. " TZ=" .. zone)
        local then_ = os.date("!%Y-%m-%d %H:", os.time() + 8 * 3600)
        for _, text in ipairs { sheet, books } do assert.truthy(text:find(hour, 1, true) or text:find(then_, 1, true), text) end
      end
    end)

    it("says first what is so of one thing, then its fields, and after them its lists as tables", function()
      local id = json.decode((ask { "tasks", "--role", "doctor", "--json" })).items[1].id
      local output, code = ask { "task", "claim", id }
      assert.equal(0, code, output)
      assert.matches("^Task " .. id .. ", other%-post, is open, claimed by centre, due 2100%-01%-01 08:00%.\n\nclaimed at ", output)
      assert.matches("^Task " .. id .. ", other%-post, is open, due 2100", (ask { "task", "release", id }))
      id = json.decode((ask { "alerts", "--department", "cardiac", "--json" })).items[1].id
      assert.matches("^Alert " .. id .. ", chest%-pain, emergency, is acknowledged, acknowledged by centre%.\n", (ask { "alert", "ack", id }))
      output = ask { "bundles", "ortho" }
      assert.matches("^ortho runs version %x+, active since %d+%-%d+%-%d+ %d+:%d+, by start[^\n]*%.\n", output)
      assert.matches("\n\nVERSIONS, THE NEWEST FIRST\nVERSION +ACTIVE SINCE +BY +HOW", output)
      assert.is_nil(output:match(("%x"):rep(13)), output)          -- as short as a person needs them
      assert.equal(32, #json.decode((ask { "bundles", "ortho", "--json" })).active.hash)
      assert.is_nil(ask { "bundles" }:match(("%x"):rep(13)))
    end)
  end)

  it("tells its version", function()
    for _, word in ipairs { "version", "--version" } do
      local output, code = afterward { word }
      assert.equal(0, code)
      assert.matches("^afterward %d+%.%d+%.%d+\n$", output)
    end
  end)

  it("does not begin to serve with a word too many", function()
    local output, code = afterward { "serve", "now" }
    assert.equal(2, code)
    assert.matches('one word too many: "now"', output)
  end)
end)
