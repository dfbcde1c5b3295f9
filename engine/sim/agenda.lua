-- What is to be done at which moment: a heap; of one moment, what was added first comes first.
local agenda = {}
agenda.__index = agenda

function agenda.new() return setmetatable({ count = 0, added = 0 }, agenda) end

local function before(a, b)
  if a.at ~= b.at then return a.at < b.at end
  return a.order < b.order
end

function agenda:add(at, act)
  self.added, self.count = self.added + 1, self.count + 1
  local item, place = { at = at, act = act, order = self.added }, self.count
  while place > 1 and before(item, self[place // 2]) do
    self[place] = self[place // 2]
    place = place // 2
  end
  self[place] = item
end

function agenda:next_at() return self[1] and self[1].at end

-- The next thing to do, taken out.
function agenda:take()
  local top, last = self[1], self[self.count]
  self[self.count], self.count = nil, self.count - 1
  local place = 1
  while self.count > 0 do
    local child = 2 * place
    if child > self.count then break end
    if child < self.count and before(self[child + 1], self[child]) then child = child + 1 end
    if not before(self[child], last) then break end
    self[place] = self[child]
    place = child
  end
  if self.count > 0 then self[place] = last end
  return top.act
end

return agenda
