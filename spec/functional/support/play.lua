-- For specs of commands that need no daemon: a folder of files, and the program run in it.
local lfs = require "lfs"
-- tester: the program that runs specs, whose child loads sanitized modules and so keeps the sanitizer loaded before it.
local play = { root = lfs.currentdir(), program = os.getenv "AFTERWARD_DAEMON", tester = os.getenv "AFTERWARD" }
local Folder = {}
Folder.__index = Folder

function play.file(path)
  local file <close> = assert(io.open(path, "rb"))
  return file:read "a"
end

function Folder:write(path, text)
  local so_far = self.path
  for part in path:gmatch "([^/]+)/" do
    so_far = so_far .. "/" .. part
    lfs.mkdir(so_far)
  end
  local file <close> = assert(io.open(self.path .. "/" .. path, "wb"))
  file:write(text)
end

function Folder:read(path) return play.file(self.path .. "/" .. path) end

local function quoted(word) return "'" .. word:gsub("'", [['\'']]) .. "'" end

-- Output, exit code, what was said beside.
function Folder:afterward(...)
  local line = { "cd " .. quoted(self.path), "&& env -u NO_COLOR", play.program }
  for _, word in ipairs { ... } do line[#line + 1] = quoted(word) end
  line[#line + 1] = "2>errors </dev/null"
  local pipe <close> = assert(io.popen(table.concat(line, " ")))
  local output = pipe:read "a"
  local _, _, code = pipe:close()
  return output, code, self:read "errors"
end

-- A line of shell: what was said, on both, and the exit code.
function Folder:sh(line)
  local pipe <close> = assert(io.popen(("cd %s && { %s\n} 2>&1 </dev/null"):format(quoted(self.path), line)))
  local output = pipe:read "a"
  local _, _, code = pipe:close()
  return output, code
end
-- afterward with these words of a shell line; afterward test.
function Folder:run(words) return self:sh(play.program .. " " .. words) end
function Folder:test(words) return self:sh(play.tester .. " test " .. words) end

-- One change to a file: what the pattern meets, exactly once.
function Folder:edit(path, from, to)
  local text, count = self:read(path):gsub(from, to)
  assert(count == 1, path)
  self:write(path, text)
end

function Folder:remove() os.execute("rm -rf " .. quoted(self.path)) end

-- files: path → text.
function play.folder(files)
  local pipe <close> = assert(io.popen "mktemp -d")
  local self = setmetatable({ path = pipe:read "l" }, Folder)
  for path, text in pairs(files or {}) do self:write(path, text) end
  return self
end

return play
