-- Warnings accepted in place, each with a reason: `-- accept CODE: reason` on the line, or
-- alone on the lines before it.
local _, use = ...
local words = use "words.lua"
local findings = use "findings.lua"
local accept = {}

local function alone(file, remark)                  -- nothing but blanks before it on its line
  return file.text:sub(file.starts[remark.line], remark.at - 1):find "^%s*$" ~= nil
end

local function codes()
  local list = {}
  for _, entry in ipairs(findings.list) do
    if entry.severity == "warning" then list[#list + 1] = entry.code end
  end
  return list
end

-- line → code → the remark; what is written wrong is reported.
function accept.read(file, report)
  local by_line = {}
  for _, remark in ipairs(file.remarks) do
    remark.line = file:place(remark.at)
    local code, reason = remark.text:match "^%-%-%s*accept%s+([%w-]+)%s*:?%s*(.-)%s*$"
    if not code then goto continue end
    if not findings.of[code] or findings.of[code].severity == "error" then
      report("acceptance", file, remark.at, ("%s is not a warning that can be accepted%s"):format(words.quote(code),
        words.hint(code, codes())))
    elseif reason == "" then
      report("acceptance", file, remark.at, ("say why %s is right here: -- accept %s: the reason"):format(code, code))
    else
      local entry = { at = remark.at, reason = reason, code = code }
      local line = remark.line
      if alone(file, remark) then
        repeat line = line + 1 until not file:line_text(line):find "^%s*%-%-"
      end
      by_line[line] = by_line[line] or {}
      by_line[line][code] = entry
    end
    ::continue::
  end
  return by_line
end

-- Marks the problems that are accepted; when all could be looked at, acceptances that accept
-- nothing become problems. files: path → file with accepted = what read gave.
function accept.apply(problems, files, report, all)
  for _, problem in ipairs(problems) do
    local file = files[problem.file]
    local entry = file and file.accepted[problem.line] and file.accepted[problem.line][problem.code]
    if entry and problem.warning then problem.accepted, entry.used = entry.reason, true end
  end
  for _, path in ipairs(all and words.keys(files) or {}) do
    for _, by_code in pairs(files[path].accepted) do
      for _, entry in pairs(by_code) do
        if not entry.used then
          report("acceptance", files[path], entry.at, ("nothing here is %s any more: remove this remark"):format(entry.code))
        end
      end
    end
  end
end

return accept
