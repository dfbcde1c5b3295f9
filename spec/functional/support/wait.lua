-- Specs are written straight down; the daemon, its patients and its gateway live on one luv loop that turns while a
-- spec waits.
package.path = package.path .. ";scripts/?.lua"
local uv = require "luv"
local http = require "demo.http"
local wait = { sleep = http.sleep, go = http.go }

-- Runs this with the loop turning, also when it waits for the network, and gives what it gives.
function wait.for_it(run)
  if coroutine.isyieldable() and wait.inside then return run() end
  local out
  wait.inside = true
  http.go(function() out = table.pack(pcall(run)) end)
  while not out do uv.run "once" end
  wait.inside = false
  if not out[1] then error(out[2], 0) end
  return table.unpack(out, 2, out.n)
end

function wait.ms(ms) return wait.for_it(function() http.sleep(ms) end) end

-- Until this is true, which is then given; an error that says what was waited for after so many seconds.
function wait.till(what, test, seconds)
  local stop = uv.hrtime() + (seconds or 20) * 1e9
  while true do
    local found = test()
    if found then return found end
    if uv.hrtime() > stop then error(("waited %d s in vain: %s"):format(seconds or 20, what), 2) end
    wait.ms(15)
  end
end

-- Starts all of these at once and comes back when the last is done.
function wait.all(list)
  wait.for_it(function()
    local left = #list
    for _, run in ipairs(list) do
      http.go(function()
        local ok, why = pcall(run)
        left = left - 1
        if not ok then io.stderr:write(tostring(why), "\n") end
      end)
    end
    while left > 0 do http.sleep(5) end
  end)
end

return wait
