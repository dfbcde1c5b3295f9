-- A bar on a terminal, once two seconds have passed; nothing elsewhere.
local progress = {}
progress.__index = progress
progress.__close = function(self) self:clear() end

local WIDTH, EVERY_MS, PATIENCE_MS = 30, 200, 2000

-- For what goes from one number to another.
function progress.bar(host, what, from, till)
  return setmetatable({ host = host, what = what, from = from, till = till, began = host.steady_ms(), shown = 0,
    live = host.terminal(2) }, progress)
end

function progress:show(now)
  if not self.live then return end
  local time = self.host.steady_ms()
  if time - self.began < PATIENCE_MS or time - self.shown < EVERY_MS then return end
  self.shown = time
  local share = math.max(0, math.min(1, (now - self.from) / math.max(1, self.till - self.from)))
  local full = math.floor(share * WIDTH)
  local left = share > 0 and (time - self.began) / 1000 * (1 - share) / share or 0
  io.stderr:write(("\r%s %s%s %3.0f %%, %.0f s left\27[K"):format(self.what, ("█"):rep(full), ("░"):rep(WIDTH - full), share * 100, left))
  self.line = true
end

function progress:clear()
  if self.line then io.stderr:write "\r\27[K" end
  self.line = false
end

return progress
