-- afterward test --mutate: runs the specs on each change of the rules, and keeps those that none noticed.
local mutate, progress = require "mutate", require "progress"
local survivors = {}

local function read(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

-- Every change to the department's own scripts.
local function changes_of(place)
  local files, exported, list = {}, {}, {}
  local folder = ("%s/%s"):format(place.path, place.department):gsub("'", "'\\''")
  local pipe <close> = assert(io.popen(("find -L '%s' -name '*.lua' -not -path '*/spec/*' | sort"):format(folder)))
  for path in pipe:lines() do
    local file = { name = path:sub(#place.path + 2), text = read(path) }
    files[#files + 1] = file
    for name in pairs(mutate.exported(file.text)) do exported[name] = true end
  end
  for _, file in ipairs(files) do
    for _, change in ipairs(mutate.changes(file.name, file.text, exported)) do list[#list + 1] = change end
  end
  return list
end

local function lines_never_run(covered)
  local never = {}
  for _, file in ipairs(covered.files) do
    for _, line in ipairs(file.never) do never[("%s:%d"):format(file.file, line)] = true end
  end
  return never
end

-- { changes, noticed, survivors = { { file, line, from, to, ran }, … } }; ran: whether a spec runs that line at all.
-- Nil when the user ended it. covered: what the unchanged specs run (coverage.take). run(variable): an exit code, or
-- false when the user ended it.
function survivors.find(place, covered, host, run)
  local list, never = changes_of(place), lines_never_run(covered)
  local result = { changes = #list, noticed = 0, survivors = {} }
  local bar <close> = progress.bar(host, ("%d changes"):format(#list), 0, #list)
  for i, change in ipairs(list) do
    local ran = not never[("%s:%d"):format(change.file, change.line)]
    local code = ran and run(mutate.variable(change))
    if ran and not code then return nil end
    if ran and code ~= 0 then
      result.noticed = result.noticed + 1
    else
      table.insert(result.survivors, { file = change.file, line = change.line, from = change.from, to = change.to, ran = ran })
    end
    bar:show(i)
  end
  return result
end

function survivors.text(result, place)
  local out = {}
  for i, one in ipairs(result.survivors) do
    out[i] = ("%s/%s:%d: %s may as well be %s: %s\n"):format(place.scripts, one.file, one.line, one.from, one.to,
      one.ran and "no spec notices" or "no spec runs this line")
  end
  out[#out + 1] = ("%d change%s to rules, %d noticed by a spec, %d not.\n"):format(result.changes, result.changes == 1 and "" or "s",
    result.noticed, #result.survivors)
  if #result.survivors > 0 then
    out[#out + 1] = "Answer once on each side of the limit, such as 38.4 and 38.5; a change that means the same can stay.\n"
  end
  return table.concat(out)
end

return survivors
