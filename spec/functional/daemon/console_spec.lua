-- afterward console: a script's author tries a line on what is known of a patient; nobody is named, and it is kept who looked.
local Hospital = require "functional.support.hospital"
local wait = require "functional.support.wait"

local HOUR = 3600000

describe("the console on a patient's facts", function()
  randomize(false)
  local h, patient
  setup(function()
    h = Hospital.open { speed = 1, scripts = { ["w/w.lua"] = Hospital.ward("w", [[
      aw.step { id = "ask", at = "enroll", run = function(p) p:set("close", true) end },
      aw.step { id = "far", at = "60d", run = function(p) p:send "hello" end } ]]) } }:start()
    h:event(h:discharge(1, { department = "w", at = Hospital.iso(h:now() - HOUR), leaving = "order",
      procedures = { { code = "81.51", name = "关节置换" } },
      patient = { mrn = "M1", name = "王小兰", birth = "1951-02-03", phone = Hospital.phone(1) } }))
    patient = wait.till("known", function() return h:patient(1) end).id
    for n, value in ipairs { 3, 5 } do
      h:event { id = "o" .. n, kind = "observation", at = Hospital.iso(h:now() - (3 - n) * 60000), patient = { mrn = "M1" },
        observation = { code = "pain", value = value } }
    end
    wait.till("the step ran", function() return (h:get("/runs?patient=" .. patient).items[1] or {}).status == "done" end)
  end)
  teardown(function() h:close() end)

  local function command()
    return ("env AFTERWARD_TOKEN=%s AFTERWARD_SERVER=http://127.0.0.1:%d %s console %s --department w --scripts %s/scripts"):format(
      Hospital.TOKENS.boss, h.port, os.getenv "AFTERWARD_DAEMON", patient, h.folder)
  end
  local function try(...)
    h:script("lines", table.concat({ ... }, "\n") .. "\n")
    local pipe <close> = assert(io.popen(command() .. " 2>&1 <" .. h.folder .. "/scripts/lines"))
    local output = pipe:read "a"
    local _, _, code = pipe:close()
    return output, code
  end

  it("shows the fields, series and state that a script would see", function()
    local output, code = try("f.patient.age", "f:read 'pain'[2].value", "#f:read('pain', { last = 1 })", "f:get 'close'",
      "f.event:has_procedure('81.51')")
    assert.equal("75\n5.0\n1\ntrue\ntrue\n", output)
    assert.equal(0, code)
  end)

  it("has rules and forms by name, and keeps variables from line to line", function()
    local output = try("t = 39", "rules.flags { temp = t }.level", "f:rule('flags', { temp = 36.5 })", "forms.check.items[1].max")
    assert.equal("urgent\nnil\n43\n", output)
  end)

  it("shows each mistake as a script's author would see it, and goes on", function()
    local output, code = try("nothing.at.all", "f:send 'hello'", "f.tier = 3", "while true do end", "io.open 'x'", "1 + 1")
    assert.matches("console:1: .*nothing", output)
    assert.matches("send cannot wait here: f has only facts", output)
    assert.matches("read%-only", output)
    assert.matches("time", output)
    assert.matches("io", output)
    assert.matches("\n2\n$", output)
    assert.equal(1, code)
  end)

  it("goes on with what is unfinished, prints, and names the line of a mistake", function()
    local output, code = try("for i = 1, 2 do", "  print(i, f.patient.age, { i })", "end", "", "{", "  a = 1 }", "print()", "x = 1 +", "  nothing.at",
      "rules.flags {")
    assert.equal('1\t75\t[1]\n2\t75\t[2]\n{"a":1}\n\n', (output:gsub("console:.*", "")))
    assert.matches("console:9: attempt to index a nil value %(global 'nothing'%)\n", output)
    assert.matches("console:10: .*near <eof>\n$", output)
    assert.equal(1, code)
  end)

  it("says what can be asked of this patient, in this department", function()
    local output, code = try "help"
    assert.equal(0, code)
    for _, part in ipairs { "observations, oldest first: pain (2)", "state: close", "rules: flags", "forms: check", "fields: age" } do
      assert.truthy(output:find(part, 1, true), output)
    end
  end)

  -- Types each line when the one before has been answered; what stood on the terminal, and the exit code.
  local function type_at_terminal(keys)
    local folder = h.folder .. "/terminal"
    os.execute(("rm -rf %s && mkdir %s && mkfifo %s/keys"):format(folder, folder, folder))
    os.execute(("(TERM=xterm script -qfec '%s' %s/screen <%s/keys >/dev/null; echo $? >%s/code) &"):format(command(), folder, folder, folder))
    local pipe <close> = assert(io.open(folder .. "/keys", "w"))
    local function screen()
      local file <close> = io.open(folder .. "/screen")
      return file and file:read "a":gsub("\27%[[%d;?]*%a", "") or ""
    end
    local shown = 0
    for _, line in ipairs(keys) do
      wait.till("it asks", function() return #screen() > shown and screen():find "> $" end)
      shown = #screen()
      pipe:write(line)
      pipe:flush()
    end
    local code = wait.till("it ends", function()
      local file <close> = io.open(folder .. "/code")
      return file and file:read "n"
    end)
    return screen(), code
  end

  it("is a conversation at a terminal: lines are edited and come back, ^D ends it, a mistake is no failure", function()
    local output, code = type_at_terminal { "f.patient.agee\b\n", "{\n", "1 }\n", "nothing.at\n", "\27[A\b\b\b\n", "(\n", "\n", "2 * 3\n", "\4" }
    assert.equal(0, code, output)
    assert.matches("help says what else", output)
    assert.matches("\n75\r", output)
    assert.matches(">> 1 }\r*\n%[1%]\r", output)
    assert.matches("console:1: .*'nothing'", output)
    assert.matches("\nnil\r", output)                      -- that line again, less ".at"
    assert.matches("near <eof>", output)                   -- given up by an empty line
    assert.matches("\n6\r", output)
  end)

  it("gives no name and no number, and keeps who looked", function()
    local before = assert(require "afterward.unit.store".reader(h.state .. "/afterward.db"))
    local looks = before:int "SELECT count(*) FROM audit WHERE action='patient.facts'"
    before:close()
    local _, text = h:call("GET", "/patients/" .. patient .. "/facts?department=w")
    assert.equal(75, text.fields.patient.age)
    local output = try("f.patient", "f.event")
    assert.is_nil(output:find("小兰", 1, true) or output:find(Hospital.phone(1), 1, true) or output:find("M1", 1, true))
    local db = assert(require "afterward.unit.store".reader(h.state .. "/afterward.db"))
    assert.equal(looks + 2, db:int "SELECT count(*) FROM audit WHERE action='patient.facts' AND actor='chen' AND object='patient:1'")
    db:close()
  end)

  it("is closed to those who may not see the patient", function()
    assert.equal(404, (h:call("GET", "/patients/" .. patient .. "/facts?department=v", nil, { token = "other" })))
  end)
end)
