-- Real servers for specs: processes in a folder of their own, on ports of loopback that nobody has; all of it ends with stop.
local uv = require "luv"
local wait = require "functional.support.wait"

local Servers = {}
Servers.__index = Servers

function Servers.open(name)
  local folder = assert(uv.fs_mkdtemp((os.getenv "TMPDIR" or "/tmp") .. "/afterward-" .. name .. "-XXXXXX"))
  return setmetatable({ name = name, folder = folder, processes = {} }, Servers)
end

-- So many ports that nobody has now.
function Servers.ports(count)
  local held, ports = {}, {}
  for i = 1, count do
    held[i] = uv.new_tcp()
    held[i]:bind("127.0.0.1", 0)
    ports[i] = held[i]:getsockname().port
  end
  for _, tcp in ipairs(held) do tcp:close() end
  return table.unpack(ports)
end

-- A port whose next one is nobody's either.
function Servers.pair()
  for _ = 1, 50 do
    local port, next_one = Servers.ports(1), uv.new_tcp()
    local free = next_one:bind("127.0.0.1", port + 1) and next_one:listen(1, function() end)
    next_one:close()
    if free then return port end
  end
  error "no two ports beside each other are free"
end

function Servers:write(name, text)
  local file <close> = assert(io.open(self.folder .. "/" .. name, "w"))
  file:write(text)
end

-- A process whose text grows, until it has ended; without the sanitizer of what runs the specs.
function Servers:run(program, args)
  local process = { text = "" }
  local pipes = { uv.new_pipe(false), uv.new_pipe(false) }
  local env = { "PATH=" .. os.getenv "PATH", "HOME=" .. self.folder, "TERM=dumb" }
  process.handle, process.pid = uv.spawn(program, { args = args, cwd = self.folder, env = env, stdio = { nil, pipes[1], pipes[2] } }, function()
    process.ended = true
    process.handle:close()
  end)
  assert(process.handle, process.pid)
  for _, pipe in ipairs(pipes) do
    pipe:read_start(function(_, chunk)
      if chunk then process.text = process.text .. chunk else pipe:close() end
    end)
  end
  table.insert(self.processes, 1, process)
  return process
end

local function answers(port)
  local found
  wait.for_it(function()
    local tcp = uv.new_tcp()
    tcp:connect("127.0.0.1", port, function(failure)
      found = not failure
      tcp:close()
    end)
    while found == nil do wait.sleep(5) end
  end)
  return found
end

-- process: who is to listen there; an error with its words when it ends instead.
function Servers.listens(port, process)
  wait.till("port " .. port .. " answers", function()
    if process and process.ended then error("it ended: " .. process.text:sub(-2000), 0) end
    return answers(port)
  end)
end

-- The last one that was started goes first; who does not go when asked is made to.
function Servers:stop()
  local function left()
    for _, process in ipairs(self.processes) do if not process.ended then return process end end
  end
  for _, process in ipairs(self.processes) do if not process.ended then uv.kill(process.pid, "sigterm") end end
  local patience = 0
  wait.till(self.name .. " ends", function()
    patience = patience + 1
    local process = left()
    if process and patience == 100 then uv.kill(process.pid, "sigkill") end
    return not process
  end)
  for _ = 1, 5 do uv.run "nowait" end                         -- the loop lets go of what was closed
  os.execute(("rm -rf '%s'"):format(self.folder))
end

return Servers
