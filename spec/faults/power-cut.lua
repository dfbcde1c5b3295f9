-- The power of the disk fails under load: the file system is cut off without being flushed, mounted again, and the
-- daemon started over what is left. In every other round the daemon is frozen at that moment, in the others it runs on
-- and meets a dead disk.
local Outside = require "functional.support.outside"
local balance = require "functional.support.balance"
local dice = require "functional.support.dice"
local mounted = require "functional.support.mounted"
local wait = require "functional.support.wait"
local uv = require "luv"

local MEGABYTES, PER_HOSPITAL, REST_MS = 256, 25, 60
local SHUTDOWN = os.getenv "AFTERWARD_BUILD" .. "/spec/shutdown_fs"
local NEEDS = "root, mkfs.ext4 and leave to mount a loop device"

local function mount(image, folder) return mounted.sh("mount -o loop,noatime '%s' '%s'", image, folder) end

-- Freed only when the last file is closed: the loop device goes with it.
local function unmount(folder)
  for _ = 1, 100 do
    if mounted.sh("umount '%s'", folder) then return end
    uv.sleep(50)
  end
  error(folder .. " can't be unmounted")
end

local function cut(h, outside, disk, frozen)
  if frozen then h:signal "sigstop" end
  assert(mounted.sh("'%s' '%s'", SHUTDOWN, disk.folder), "the file system can't be shut down")
  if not frozen then wait.ms(30) end
  outside.up = false
  if not h.daemon.ended then h:signal "sigkill" end
  h:kill()
  unmount(disk.folder)
  assert(mount(disk.image, disk.folder), "the file system does not come back")
end

local function live_through(h, outside, disk, rounds, roll)
  outside.disk_dies = true
  h:start()
  outside:staff_on_duty()
  outside:begin(REST_MS)
  for _ = 1, rounds do
    wait.ms(roll(100, 900))
    cut(h, outside, disk, roll(1, 2) == 1)
    h:start()
    outside.up = true
  end
  outside:finish()
  return balance.compare(h, outside, balance.settled(h, outside), true, { "^error store%." })
end

local function on_disk(seed, rounds, image)
  if not mounted.sh("mkfs.ext4 -q -F '%s' %dM", image, MEGABYTES) then return nil, NEEDS end
  return mounted.folder(("mount -o loop,noatime '%s' '%%s'"):format(image), NEEDS, function(folder)
    local disk = { image = image, folder = folder }
    return Outside.during({ seed = seed, keyed = "24h", state = folder .. "/state" }, function(h, outside)
      return live_through(h, outside, disk, rounds, dice(seed, "power-cut"))
    end)
  end)
end

return {
  about = "the disk's power fails under load: ext4 cut off without a flush, mounted again",
  figure = "0 acknowledged lost",
  rounds = 200,
  short = 8,
  run = function(o)
    local total, left, number = {}, o.rounds, 0
    while left > 0 do
      number = number + 1
      local rounds, image = math.min(left, PER_HOSPITAL), os.tmpname()
      local found, why = on_disk(o.seed .. "/" .. number, rounds, image)
      os.remove(image)
      if not found then return nil, why end
      balance.add(total, found)
      left = left - rounds
      o.say(("%d cuts: %d events, %d answers, %d deeds, %d receipts, %d messages"):format(o.rounds - left, total.events,
        total.answers, total.deeds, total.receipts, total.messages))
    end
    return balance.figures(total)
  end,
}
