-- A folder on a file system of its own, small or breakable, for as long as a function runs. Needs root and leave to mount.
local uv = require "luv"
local mounted = {}

local function sh(command, ...)
  return os.execute((command:format(...)) .. " >/dev/null 2>&1")
end
mounted.sh = sh

-- why is what such a fault needs when it can't be had here.
function mounted.folder(command, why, work)
  local folder = assert(uv.fs_mkdtemp((os.getenv "TMPDIR" or "/tmp") .. "/afterward-mount-XXXXXX"))
  if not sh(command, folder) then
    os.remove(folder)
    return nil, why
  end
  local out = table.pack(xpcall(work, debug.traceback, folder))
  for i = 1, 50 do
    if sh("umount '%s'", folder) then break end
    if i == 50 then sh("umount -l '%s'", folder) end -- somebody still has a file open there
    uv.sleep(100)
  end
  os.remove(folder)
  if not out[1] then error(out[2], 0) end
  return table.unpack(out, 2, out.n)
end

function mounted.tmpfs(megabytes, work)
  return mounted.folder(("mount -t tmpfs -o size=%dm,mode=700 tmpfs '%%s'"):format(megabytes),
    "root and leave to mount a tmpfs", work)
end

return mounted
