-- The command line as a person meets it: help, slips of the hand, a daemon that isn't there.
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
  "import", "tasks", "task", "alerts", "alert", "messages", "message", "enrollments", "runs", "patient", "timeline",
  "opt-out", "duty", "summary", "refused", "codes", "status", "version",
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
    { { "message", "resolve", "m1" }, "resend, or drop" },
    { { "timeline" }, "say which patient" },
    { { "status", "--server", "127.0.0.1:8080" }, "write it like http://127.0.0.1:8080" },
    { { "status", "--token-file", "/does/not/exist" }, "no token could be read from /does/not/exist" },
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
    for _, words in ipairs { { "tasks" }, { "alert", "ack", "a1" }, { "patient", "--mrn", "1" }, { "status", "--json" } } do
      local output, code = afterward(words, "AFTERWARD_SERVER=http://127.0.0.1:1/")
      assert.equal(3, code, output)
      assert.truthy(output:find("the daemon at http://127.0.0.1:1 doesn't answer", 1, true), output)
      assert.matches("systemctl status afterward\n$", output)
    end
  end)

  it("tells its version", function() assert.matches("^afterward %d+%.%d+%.%d+\n$", (afterward { "version" })) end)
end)
