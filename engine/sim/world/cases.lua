-- Many cases in few words: a table of them, and events in every order.
local cases = {}

-- A spec a row: sim.each({ { "name", … }, … }, function(…) … end) is it("name", function() … end) for each of them.
function cases.each(rows, body)
  if #rows == 0 then error("sim.each: there are no rows, so nothing would be looked at", 2) end
  for i, row in ipairs(rows) do
    if type(row[1]) ~= "string" then error(("sim.each: row %d does not begin with its name"):format(i), 2) end
  end
  local it = require("busted").it
  for _, row in ipairs(rows) do
    it(row[1], function() return body(table.unpack(row, 2, row.n or #row)) end)
  end
end

-- The nth order of these, counted from 0, as digits of a factorial number: the 0th is as they stand.
local function order_of(count, nth)
  local left, out = {}, {}
  for i = 1, count do left[i] = i end
  for i = count, 1, -1 do
    out[#out + 1] = table.remove(left, nth % i + 1)
    nth = nth // i
  end
  return out
end

-- Plays the same events in every order: o = { start = function() → world, events = { { "name", function(world) … end }, … },
-- ends = function(world) → text, most = 120 }. Raises the first order whose end differs from that of the events as they
-- stand. Beyond `most` orders it takes as many, evenly spread. Gives how many it played.
function cases.permuted(o)
  local count, all, most = #o.events, 1, o.most or 120
  if count > 12 then error("sim.permuted: 12 events at most", 2) end
  for i = 2, count do all = all * i end
  local played, expected = math.min(all, most)
  for i = 0, played - 1 do
    local world, names = o.start(), {}
    for at, event in ipairs(order_of(count, i * all // played)) do
      names[at] = o.events[event][1]
      o.events[event][2](world)
    end
    local got = o.ends(world)
    expected = expected or got
    if got ~= expected then
      error(("in the order %s it ends otherwise:\n%s\ninstead of\n%s"):format(table.concat(names, ", "), got, expected), 2)
    end
  end
  return played
end

return cases
