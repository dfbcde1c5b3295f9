-- afterward console PATIENT: a script author's look at a copy of a patient's facts, read-only.
local HELLO = [[
f is what a where or tier gets: f.patient, f.event, f:read "pain", f:get "close", f:rule("flags", { temp = 38.5 }).
rules.flags { temp = 38.5 } is the same; forms.check is a form as declared. Nothing can be changed. End with Ctrl-D.]]

local function each_line(host)
  local live = host.terminal(0)
  if live then print(HELLO) end
  return function()
    if live then io.write "> " io.flush() end
    return io.read "l"
  end
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
  local failed = 0
  for line in each_line(host) do
    if line:find "%S" then
      local good, text = console:run(line)
      if good then io.write(text) else
        failed = 1
        io.stderr:write(text, "\n")
      end
    end
  end
  return host.terminal(0) and 0 or failed
end
