-- What every demo stands on: a folder that is thrown away, free ports, secrets, a client; and how it ends.
local uv = require "luv"
local http = require "http"
local daemon = require "daemon"

local stage = {}

local function secret(what) return ("%s-%x"):format(what, math.floor(uv.hrtime())) end

local function remove(path)
  for name, kind in uv.fs_scandir_next, assert(uv.fs_scandir(path)) do
    if kind == "directory" then remove(path .. "/" .. name) else uv.fs_unlink(path .. "/" .. name) end
  end
  uv.fs_rmdir(path)
end

-- here: the folder of the demos; connections: at once to the daemon.
function stage.open(here, connections)
  local root = here .. "/../.."
  local given = { root = root, binary = os.getenv "AFTERWARD" or root .. "/build/release/afterward", port = daemon.free_port(),
    gateway_port = daemon.free_port(), token = secret "demo", receipt_token = secret "receipt",
    folder = assert(uv.fs_mkdtemp((os.getenv "TMPDIR" or "/tmp") .. "/afterward-demo-XXXXXX")) }
  given.client = http.client(given.port, connections)
  return given
end

-- children: programs to end; options.keep: the folder stays.
function stage.leave(given, options, children, code)
  for _, child in pairs(children) do daemon.kill(child) end
  if options.keep then print("kept: " .. given.folder) else remove(given.folder) end
  os.exit(code)
end

function stage.fail(given, options, children, text)
  io.stderr:write("demo: ", text, "\n")
  local log = io.open(given.folder .. "/daemon.log")
  if log then io.stderr:write(log:read "a":sub(-2000), "\n") end
  stage.leave(given, options, children, 1)
end

return stage
