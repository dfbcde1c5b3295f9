-- The rules of how the tree is built, each a function of text: returns a list of sentences, empty when kept.
-- Apart from its spec so that every rule can be shown a tree that breaks it.
local rules = {}

-- What each folder may include of the others. engine.c joins all; main.c and sim.c stand above it.
rules.may_use = {
  base = {},
  io = { "base" },
  store = { "base" },
  script = { "base" },
  run = { "store", "base" },
  care = { "run", "store", "base" },
  link = { "care", "run", "store", "io", "base" },
  api = { "care", "run", "store", "io", "base" },
  fhir = { "api", "care", "run", "store", "io", "base" },
}

-- Libraries that only one folder knows: pattern of the header, the folder, and files above that may too.
rules.owners = {
  { "^sqlite3", "store" },
  { "^uv%.h", "io" }, { "^uv/", "io" }, { "^curl/", "io" }, { "^llhttp", "io" },
  { "^qrencode", "api" }, { "^expat%.h", "script" }, { "^editline/", "sim" },
  { "^lua[%w]*%.h", "script", "sim", "channel_module.c", "main.c" },
  { "^lauxlib%.h", "script", "sim", "channel_module.c", "main.c" },
}

-- Mutable state of a process that is meant: the log's threshold, set once at start.
rules.static_allowed = { ["engine/base/log.c"] = { threshold = true } }

rules.top_level = {
  "CMakeLists.txt", "CMakePresets.json", "dev", "README.md", "LICENSE", "NOTICE", ".ci", ".clang-format",
  ".clang-tidy", ".luacheckrc", ".gitignore", ".gitattributes", ".editorconfig", ".dockerignore", "engine",
  "scripts", "plugins", "db", "spec", "docs", "packaging",
  ".git", "build", "node_modules", -- never committed
}

rules.forbidden = { "strcpy", "strcat", "sprintf", "vsprintf", "gets", "system", "popen" }

local function set(list)
  local out = {}
  for _, name in ipairs(list) do out[name] = true end
  return out
end

-- Where a file of engine/ stands: "base" for engine/base/x.c, "sim" for engine/sim.c too, "engine.c" for engine/engine.c.
local function place(path)
  return path:match "^engine/(%w+)/" or path:match "^engine/(sim)%.[ch]$" or path:match "^engine/([^/]+)$"
end

-- C without comments, texts and preprocessor lines, so that words in them are not taken for code.
local function bare(source)
  local out, at = {}, 1
  while at <= #source do
    local two = source:sub(at, at + 1)
    local stop
    if two == "/*" then
      stop = select(2, source:find("*/", at + 2, true)) or #source
    elseif two == "//" then
      stop = (source:find("\n", at, true) or #source + 1) - 1
    elseif two:match '^["\']' then
      local quote = two:sub(1, 1)
      stop = at + 1
      while stop <= #source and source:sub(stop, stop) ~= quote do
        stop = stop + (source:sub(stop, stop) == "\\" and 2 or 1)
      end
      out[#out + 1] = quote .. quote
    else
      out[#out + 1] = source:sub(at, at)
      stop = at
    end
    at = stop + 1
  end
  local code = "\n" .. table.concat(out)
  code = code:gsub("\\\n", " "):gsub("\n[ \t]*#[^\n]*", "\n")
  return (code:gsub("__attribute__%s*%b()", ""))
end

function rules.includes(path, source)
  local bad, here = {}, place(path)
  local allowed = rules.may_use[here] and set(rules.may_use[here])
  for folder in source:gmatch '\n%s*#%s*include%s*"(%w+)/' do
    if allowed and folder ~= here and not allowed[folder] then
      bad[#bad + 1] = ("%s includes %s/: %s may use only %s"):format(path, folder, here,
        #rules.may_use[here] > 0 and table.concat(rules.may_use[here], ", ") or "itself")
    end
  end
  if allowed and source:find '\n%s*#%s*include%s*"engine%.h"' then
    bad[#bad + 1] = path .. " includes engine.h: only main.c and sim.c stand above the engine"
  end
  return bad
end

function rules.libraries(path, source)
  local bad, here = {}, place(path)
  for header in source:gmatch '\n%s*#%s*include%s*[<"]([^>"]+)[>"]' do
    for _, owner in ipairs(rules.owners) do
      local allowed = false
      for i = 2, #owner do allowed = allowed or owner[i] == here end
      if header:find(owner[1]) and not allowed then
        bad[#bad + 1] = ("%s includes %s, which only %s/ knows"):format(path, header, owner[2])
      end
    end
  end
  return bad
end

-- The link graph in CMake says the same as rules.may_use; libraries of the system are left to it.
function rules.link_graph(cmake)
  local bad, seen = {}, {}
  for command, name, rest in cmake:gmatch "\n%s*([%l_]+)%((%w+)([^)]*)%)" do
    local links = command == "engine_library" or command == "target_link_libraries"
    local allowed = set(rules.may_use[name] or {})
    if not links then rest = "" end
    seen[name] = seen[name] or command == "engine_library"
    for word in rest:gmatch "%S+" do
      if rules.may_use[name] and rules.may_use[word] and not allowed[word] then
        bad[#bad + 1] = ("CMakeLists.txt links %s to %s, against the order of the parts"):format(name, word)
      end
    end
  end
  for name in pairs(rules.may_use) do
    if not seen[name] then bad[#bad + 1] = "CMakeLists.txt has no engine_library(" .. name .. ")" end
  end
  return bad
end

function rules.top(names)
  local bad, allowed = {}, set(rules.top_level)
  for _, name in ipairs(names) do
    if not allowed[name] then bad[#bad + 1] = name .. " has no place at the top of the tree" end
  end
  return bad
end

function rules.length(path, source)
  local _, lines = source:gsub("\n", "")
  if lines <= 450 then return {} end
  return { ("%s has %d lines: a file that needs a second noun is two files"):format(path, lines) }
end

function rules.calls(path, source)
  local bad, code = {}, bare(source)
  for _, name in ipairs(rules.forbidden) do
    if code:find("%f[%w_]" .. name .. "%s*%(") then bad[#bad + 1] = path .. " calls " .. name end
  end
  return bad
end

-- A declaration is constant when const stands after its last star, or anywhere if it has none.
local function constant(declaration)
  local tail = declaration:match ".*%*(.*)" or declaration
  return tail:find "%f[%w_]const%f[^%w_]" ~= nil
end

local function variable(declaration) -- its name, or nil for a function, a type or an empty statement
  declaration = declaration:gsub("%s*=.*", "")
  if declaration:find "^%s*typedef%f[^%w_]" or declaration:find "^%s*extern%f[^%w_]" then return nil end
  if declaration:find "^%s*_Static_assert" then return nil end
  local pointer = declaration:match "^[^(]*%(%s*%*%s*([%w_]+)%s*[%[%]%w_]*%)%s*%(" -- to a function
  if pointer then return pointer end
  if declaration:find "%(" then return nil end
  declaration = declaration:gsub("%b[]", "")
  return declaration:match "[%w_}]%s+%**%s*([%a_][%w_]*)%s*$" or declaration:match "%*%s*([%a_][%w_]*)%s*$"
end

-- Variables that outlive a call: file scope, and static inside functions. Two engines live in one process.
function rules.mutable_state(path, source)
  local bad, code = {}, bare(source)
  local allowed = rules.static_allowed[path] or {}
  for _, kind in ipairs { "struct", "union", "enum" } do -- the fields of a type are not variables
    code = code:gsub("%f[%w_](" .. kind .. ")(%s*[%w_]*)%s*%b{}", function(word, name)
      return word .. (name:find "%w" and name or " unnamed")
    end)
  end
  local function judge(declaration)
    local name = variable(declaration)
    if declaration:find "^[^(]*%(%s*%*%s*const" or constant((declaration:gsub("%s*=.*", ""))) then return end
    if declaration:find "^%s*struct%s+[%w_]+%s*$" or declaration:find "^%s*enum%s+[%w_]+%s*$" then return end
    if declaration:find "^%s*union%s+[%w_]+%s*$" then return end
    if name and not allowed[name] then
      bad[#bad + 1] = ("%s keeps mutable state: %s"):format(path, name)
    end
  end
  for declaration in code:gmatch "%f[%w_]static%f[^%w_]([^;{]*)[;{]" do
    judge((declaration:gsub("%s*=.*", ""):gsub("^%s*inline", "")))
  end
  local outside = code:gsub("%b{}", "{}")
  for declaration, stop in outside:gmatch "([^;{}]*)([;{]}?)" do
    if not declaration:find "%f[%w_]static%f[^%w_]" and (stop == ";" or declaration:find "=") then
      judge(declaration)
    end
  end
  return bad
end

-- A department's specs lie in its own folder, where afterward test, a gate and its author look for them.
function rules.department_specs(paths)
  local bad, scripts, specs = {}, {}, {}
  for _, path in ipairs(paths) do
    local department, rest = path:match "^scripts/([^/]+)/(.+)$"
    if rest and rest:find "^spec/.*_spec%.lua$" then
      specs[department] = true
    elseif rest and department ~= "shared" and department ~= "demo" then
      scripts[department] = true
    elseif path:find "^spec/scripts/" then
      bad[#bad + 1] = path .. " should lie in scripts/<department>/spec/"
    end
  end
  for department in pairs(scripts) do
    if not specs[department] then bad[#bad + 1] = ("scripts/%s has no spec/…_spec.lua"):format(department) end
  end
  return bad
end

-- run/due.c remembers when the earliest row of each class is due: whoever else writes one has to say so.
function rules.due_rows(path, source)
  local bad = {}
  if path == "engine/run/due.c" then return bad end
  for _, pattern in ipairs { "INTO due[^%w_]", "DELETE FROM due[^%w_]", "UPDATE due SET [^;]-at=" } do
    if source:find(pattern) then bad[#bad + 1] = path .. " writes rows of due: due_add and due_remove do (run/due.h)" end
  end
  return bad
end

-- db/0001_name.sql, 0002_…: no gap, no number twice.
function rules.migrations(names)
  local bad, numbers = {}, {}
  for _, name in ipairs(names) do
    local number = name:match "^(%d%d%d%d)_[%l%d_]+%.sql$"
    if not number then
      bad[#bad + 1] = "db/" .. name .. " is not called like 0001_what.sql"
    else
      numbers[#numbers + 1] = tonumber(number)
    end
  end
  table.sort(numbers)
  for i, number in ipairs(numbers) do
    if number ~= i then
      bad[#bad + 1] = ("db/ should have number %04d where it has %04d"):format(i, number)
      break
    end
  end
  return bad
end

return rules
