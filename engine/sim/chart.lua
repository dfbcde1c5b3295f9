-- Charts as inline SVG: stacked bars a day. Drawn in shades and hatching that print in black and white.
local chart = {}

local COLOURS = { "#1f6f8b", "#e08e45", "#7a9e3f", "#8a5a9e", "#c8553d", "#4b6584", "#b8a04a", "#5f9ea0" }
local WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 960, 260, 46, 26, 12

local function escape(text) return (tostring(text):gsub("[&<>\"']", { ["&"] = "&amp;", ["<"] = "&lt;", [">"] = "&gt;",
  ['"'] = "&quot;", ["'"] = "&#39;" })) end
chart.escape = escape

-- A round number at least as large, and how far its lines lie apart.
local function scale(most)
  local step = 1
  while most / step > 5 do
    local first = tostring(step):sub(1, 1)
    step = step * (first == "2" and 2.5 or 2)
    step = math.floor(step)
  end
  return math.max(1, math.ceil(most / step)) * step, step
end

local function grid(out, top, step, y)
  for value = 0, top, step do
    out[#out + 1] = ('<line x1="%d" x2="%d" y1="%.1f" y2="%.1f" class="g"/><text x="%d" y="%.1f" class="n">%d</text>'):format(LEFT,
      WIDTH, y(value), y(value), LEFT - 6, y(value) + 4, value)
  end
end

local function bar(out, day, names, x, wide, y, top)
  local so_far = 0
  for i, name in ipairs(names) do
    local value = day.values[name] or 0
    if value > 0 then
      out[#out + 1] = ('<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"><title>%s %s %s</title></rect>'):format(x,
        y(so_far + value), wide, y(so_far) - y(so_far + value), COLOURS[(i - 1) % #COLOURS + 1], escape(day.date),
        escape(day.words[name] or name), ("%g"):format(value))
      so_far = so_far + value
    end
  end
  assert(so_far <= top + 1e-6)
end

local function legend(names, words)
  local out = {}
  for i, name in ipairs(names) do
    out[i] = ('<span><i style="background:%s"></i>%s</span>'):format(COLOURS[(i - 1) % #COLOURS + 1], escape(words[name] or name))
  end
  return '<p class="legend">' .. table.concat(out) .. "</p>"
end

-- days: { { date, values = { name = number } } }; names in their order; words: name → what people read.
function chart.bars(days, names, words)
  local most = 1
  for _, day in ipairs(days) do
    local sum = 0
    for _, name in ipairs(names) do sum = sum + (day.values[name] or 0) end
    most = math.max(most, sum)
    day.words = words
  end
  local top, step = scale(most)
  local function y(value) return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top) end
  local room = (WIDTH - LEFT) / #days
  local wide, every, out = math.max(1, room * 0.8), math.max(1, math.ceil(#days / 12)), {}
  grid(out, top, step, y)
  for i, day in ipairs(days) do
    local x = LEFT + (i - 1) * room + (room - wide) / 2
    bar(out, day, names, x, wide, y, top)
    if (i - 1) % every == 0 then
      out[#out + 1] = ('<text x="%.1f" y="%d" class="d">%s</text>'):format(x, HEIGHT - 8, escape(day.date:sub(6)))
    end
  end
  return ('<svg viewBox="0 0 %d %d" role="img">%s</svg>%s'):format(WIDTH, HEIGHT, table.concat(out), legend(names, words))
end

return chart
