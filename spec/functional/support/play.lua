-- For specs of the commands that play: a folder of files, and the program run in it.
local lfs = require "lfs"
local play = { root = lfs.currentdir() }
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
  local line = { "cd " .. quoted(self.path), "&& env -u NO_COLOR", os.getenv "AFTERWARD_DAEMON" }
  for _, word in ipairs { ... } do line[#line + 1] = quoted(word) end
  line[#line + 1] = "2>errors </dev/null"
  local pipe <close> = assert(io.popen(table.concat(line, " ")))
  local output = pipe:read "a"
  local _, _, code = pipe:close()
  return output, code, self:read "errors"
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
