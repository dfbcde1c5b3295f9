-- Programs of spec/peers: what other people wrote for Node, fetched by ./dev test (npm ci) as spec/peers/package-lock.json
-- says. They speak lines of JSON.
local uv = require "luv"
local json = require "dkjson"
local lfs = require "lfs"
local wait = require "functional.support.wait"

local Node = {}
Node.__index = Node

-- A spec without them is pending, but where it must have run.
function Node.there()
  local found = lfs.attributes("spec/peers/node_modules/.package-lock.json", "mode") ~= nil
  assert(found or not os.getenv "CI", "spec/peers has no node_modules: ./dev install-deps fetches them")
  return found
end

local function environment()                                  -- without the sanitizer of what runs the specs
  return { "PATH=" .. os.getenv "PATH", "HOME=" .. (os.getenv "TMPDIR" or "/tmp"), "NODE_NO_WARNINGS=1" }
end

local function over(self)
  wait.till("node ends", function() return self.code and self.open == 0 end)
  for _ = 1, 5 do uv.run "nowait" end                         -- the loop lets go of what was closed
end

-- Starts spec/peers/FILE; on_line(table) is called with each line.
function Node.start(file, args, on_line)
  local self = setmetatable({ errors = "", open = 2 }, Node)
  local out, err, rest = uv.new_pipe(false), uv.new_pipe(false), ""
  self.handle, self.pid = uv.spawn("node", { args = { file, table.unpack(args) }, cwd = "spec/peers", env = environment(),
    stdio = { nil, out, err } }, function(code, signal)
    self.code = signal ~= 0 and 128 + signal or code
    self.handle:close()
  end)
  assert(self.handle, self.pid)
  out:read_start(function(_, chunk)
    if not chunk then
      self.open = self.open - 1
      return out:close()
    end
    rest = (rest .. chunk):gsub("([^\n]*)\n", function(line)
      on_line(assert(json.decode(line), line))
      return ""
    end)
  end)
  err:read_start(function(_, chunk)
    if not chunk then
      self.open = self.open - 1
      return err:close()
    end
    self.errors = self.errors .. chunk
  end)
  return self
end

-- Runs it to its end and gives the only line that it says.
function Node.ask(file, ...)
  local said
  local self = Node.start(file, { ... }, function(line) said = line end)
  over(self)
  return assert(self.code == 0 and said, self.errors)
end

function Node:stop()
  if not self.code then uv.kill(self.pid, "sigterm") end
  over(self)
end

return Node
