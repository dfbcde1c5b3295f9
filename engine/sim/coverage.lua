-- Which lines of the scripts specs have run: what the sim module noted (sim/coverage.h), held against the lines
-- that can run.
local tokens, parse = require "tokens", require "parse"
local coverage = {}

local function read(path)
  local file <close> = io.open(path, "rb")
  return file and file:read "a"
end

-- "end", "else", brackets alone: Lua counts them as code, but nobody can test them.
local function is_rest(line)
  local words = line:gsub("%-%-.*", ""):gsub("%f[%w_]end%f[^%w_]", ""):gsub("%f[%w_]else%f[^%w_]", "")
  return not words:find "[^%s%(%){},;]"
end

local function add_lines(lines, text, name)
  local chunk = load(text, "=" .. name, "t", {})
  if not chunk then return nil end
  for line in pairs(debug.getinfo(chunk, "L").activelines or {}) do lines[line] = true end
  return chunk
end

-- Lines of a text where code begins: those of the file itself, and of each function in it, compiled alone.
function coverage.lines(text, name)
  local lines, list = {}, {}
  if not add_lines(lines, text, name) then return list end
  for _, fn in ipairs(parse(tokens(text)).functions) do
    local from = text:find("(", fn.at, true)
    local _, above = text:sub(1, from - 1):gsub("\n", "")
    local outer = load(("\n"):rep(above) .. "return function" .. text:sub(from, fn.last + 2), "=" .. name, "t", {})
    for line in pairs(outer and debug.getinfo(outer(), "L").activelines or {}) do lines[line] = true end
  end
  local number = 0
  for line in (text .. "\n"):gmatch "(.-)\n" do
    number = number + 1
    if lines[number] and not is_rest(line) then list[#list + 1] = number end
  end
  return list
end

-- What was noted of this scripts folder: file → line → true. The notes are removed.
local function take_met(notes, folder)
  local met = {}
  for line in (read(notes) or ""):gmatch "[^\n]+" do
    local file, number, root = line:match "^(.-):(%d+) (.*)$"
    if root == folder then
      met[file] = met[file] or {}
      met[file][tonumber(number)] = true
    end
  end
  os.remove(notes)
  return met
end

local function percent(ran, lines) return lines == 0 and 100 or math.floor(1000 * ran / lines + 0.5) / 10 end

local function judge(name, text, met)
  local lines, never = coverage.lines(text, name), {}
  for _, line in ipairs(lines) do if not met[line] then never[#never + 1] = line end end
  return { file = name, lines = #lines, ran = #lines - #never, never = never, percent = percent(#lines - #never, #lines) }
end

-- { lines, ran, percent, files = { { file, lines, ran, percent, never = { line, … } }, … } }: of a department's
-- scripts, and those of shared/ that it has run; of all departments' when none is named.
function coverage.take(notes, folder, department)
  local met, all = take_met(notes, folder), { lines = 0, ran = 0, files = {} }
  local pipe <close> = assert(io.popen(("find -L '%s' -name '*.lua' -not -path '*/spec/*' | sort"):format((folder:gsub("'", "'\\''")))))
  for path in pipe:lines() do
    local name = path:sub(#folder + 2)
    local its = name:match "^([^/]+)/"
    if met[name] or its == department then
      local file = judge(name, read(path), met[name] or {})
      all.files[#all.files + 1] = file
      all.lines, all.ran = all.lines + file.lines, all.ran + file.ran
    end
  end
  all.percent = percent(all.ran, all.lines)
  return all
end

-- "3-5, 9"
local function spans(never)
  local out, from = {}, nil
  for i, line in ipairs(never) do
    from = from or line
    if never[i + 1] ~= line + 1 then
      out[#out + 1] = from == line and tostring(line) or ("%d-%d"):format(from, line)
      from = nil
    end
  end
  return table.concat(out, ", ")
end

function coverage.text(all)
  local width, out = #"script", {}
  for _, file in ipairs(all.files) do width = math.max(width, #file.file) end
  local row = "%-" .. width .. "s %6s %6s %7s  %s\n"
  out[1] = row:format("script", "lines", "ran", "%", "never run")
  for _, file in ipairs(all.files) do
    out[#out + 1] = row:format(file.file, file.lines, file.ran, ("%.1f"):format(file.percent), spans(file.never))
  end
  out[#out + 1] = row:format("all", all.lines, all.ran, ("%.1f"):format(all.percent), "")
  return (table.concat(out):gsub(" +\n", "\n"))
end

return coverage
