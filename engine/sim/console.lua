-- afterward console PATIENT: a script author's look at a copy of a patient's facts, read-only. Lua of one line or more; an
-- unfinished statement goes on at the next.
local HELLO = [[
f is what a where or tier gets, read-only. Try f.patient; help says what else there is, Ctrl-D ends.]]

local function sorted(map)
  local out = {}
  for key in pairs(map or {}) do out[#out + 1] = key end
  table.sort(out)
  return out
end

local function counted(observations)
  local count, out = {}, {}
  for _, row in ipairs(observations or {}) do count[row.code] = (count[row.code] or 0) + 1 end
  for i, code in ipairs(sorted(count)) do out[i] = ("%s (%d)"):format(code, count[code]) end
  return out
end

local function list(words, none) return #words > 0 and table.concat(words, "  ") or none end

-- What can be asked here: what is written, and the names there are of this patient and this department.
local function help(facts, declared)
  local fields = facts.fields or {}
  local rows = {
    { "f.patient.age", "fields: " .. list(sorted(fields.patient), "none") },
    { "f.event.kind", "the event that brought the patient in: " .. list(sorted(fields.event), "none") },
    { "f.anchor  f.tier  f.pathway", "of the newest enrollment here" },
    { 'f:read("pain", { last = 3 })', "observations, oldest first: " .. list(counted(facts.observations), "none") },
    { 'f:read "enrollments"', "all of the patient's" },
    { 'f:get "close"', "state: " .. list(sorted(facts.state), "none") },
    { 'f:silences "check"', "unanswered askings in a row" },
    { "rules.flags { temp = 38.5 }", "rules: " .. list(sorted(declared.rule), "none") },
    { "forms.check", "forms: " .. list(sorted(declared.form), "none") },
    { "f:now()", "when the copy was made, in ms" },
    { "print(…)", "and whatever else a script has: string, table, math" },
  }
  local out = {}
  for i, row in ipairs(rows) do out[i] = ("  %-30s%s\n"):format(row[1], row[2]) end
  return "Write an expression to see its value, or statements; x = … keeps x, a local is gone with its line.\n" .. table.concat(out)
end

-- Gives the next line, or nil at the end. more: it goes on with what is unfinished.
local function reader(host, live)
  if live then return function(more) return host.line(more and ">> " or "> ") end end
  return function() return io.read "l" end
end

-- Runs what is read until the end; whether all of it was good.
local function converse(console, read, live, helps)
  local good, text, number, begun, why = true, nil, 0, 1, nil
  local function tell()
    io.stderr:write(why, "\n")
    good, text = false, nil
  end
  local function run()
    local shown, wrong, unfinished
    -- At a terminal lines count from the statement's first, in a file from the file's.
    shown, wrong, unfinished = console:run((live and "" or ("\n"):rep(begun - 1)) .. text)
    why = wrong
    if unfinished then return end
    io.write(shown)
    io.flush()
    if wrong then tell() end
    text = nil
  end
  for line in function() return read(text) end do
    number = number + 1
    if text and live and not line:find "%S" then
      tell()                                               -- an empty line gives it up
    elseif text or line:find "%S" then
      if not text then begun = number end
      text = text and text .. "\n" .. line or line
      if text:find "^%s*help%s*$" then io.write(helps()) text = nil else run() end
    end
  end
  if text then tell() end
  return good
end

return function(given)
  local host, o, patient = given.host, given.options, given.words[1]
  if not o.department then error { usage = "--department is missing: whose scripts look" } end
  local missing = host.department(o.department)
  if missing then return missing end
  local facts, code = host.ask(("/api/v1/patients/%s/facts?department=%s"):format(host.escape(patient), host.escape(o.department)))
  if not facts then return code end
  local ok, console = pcall(host.console, o.scripts, o.department, facts, facts.zone)
  if not ok then error { text = console } end
  local live = host.terminal(0)
  if live then print(HELLO) end
  local good = converse(console, reader(host, live), live, function() return help(facts, console:declared()) end)
  if live then print() end
  return (live or good) and 0 or 1
end
