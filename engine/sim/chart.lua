-- Charts as inline SVG: stacked bars a day. Each series has a colour and a hatching, so that they are told apart in black
-- and white and by who sees no colours.
local chart = {}

-- Alarms in the colours of alarms; nothing else has them.
local LEVELS = { emergency = "#b3261e", urgent = "#d98200", soon = "#2f6f9f" }
local HATCHES = { "", "M0 8L8 0M-2 2L2 -2M6 10L10 6", "M4 0V8", "M0 4H8", "M0 0L8 8M-2 6L2 10M6 -2L10 2", "M4 0V8M0 4H8" }
local COLOURS = { "#1f6f8b", "#7a9e3f", "#8a5a9e", "#4b6584", "#8a7a2f", "#5f9ea0", "#9e5a7a", "#6b6b6b" }
local WIDTH, HEIGHT, LEFT, BOTTOM, TOP = 960, 270, 46, 26, 22
local DATE = 36 -- how wide one is

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

local function colour(name, i) return LEVELS[name] or COLOURS[(i - 1) % #COLOURS + 1] end
chart.level = function(name) return LEVELS[name] end

-- What the series are filled with; ids are a page's, so each chart has its own mark.
local function patterns(names, mark)
  local out = {}
  for i, name in ipairs(names) do
    out[i] = ('<pattern id="%s%d" width="8" height="8" patternUnits="userSpaceOnUse"><rect width="8" height="8" fill="%s"/>'
      .. '<path d="%s" stroke="#fff" stroke-width="1.3" fill="none"/></pattern>'):format(mark, i, colour(name, i),
      HATCHES[(i - 1) % #HATCHES + 1])
  end
  return "<defs>" .. table.concat(out) .. "</defs>"
end

local function bar(out, day, series, x, wide, y, top)
  local so_far = 0
  for i, name in ipairs(series.names) do
    local value = day.values[name] or 0
    if value > 0 then
      out[#out + 1] = ('<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="url(#%s%d)"><title>%s %s %s</title></rect>'):format(x,
        y(so_far + value), wide, y(so_far) - y(so_far + value), series.mark, i, escape(day.date), escape(series.called[name] or name),
        ("%g"):format(value))
      so_far = so_far + value
    end
  end
  assert(so_far <= top + 1e-6)
end

local function legend(series)
  local out = {}
  for i, name in ipairs(series.names) do
    out[i] = ('<span><svg viewBox="0 0 16 16" class="key"><rect width="16" height="16" fill="url(#%s%d)"/></svg>%s</span>'):format(series.mark,
      i, escape(series.called[name] or name))
  end
  return '<p class="legend">' .. table.concat(out) .. "</p>"
end

-- days: { { date, values = { name = number } } }; series: names in their order, called (name → what people read), mark (a word
-- that no other chart of the page has), unit.
function chart.bars(days, series)
  local most = 1
  for _, day in ipairs(days) do
    local sum = 0
    for _, name in ipairs(series.names) do sum = sum + (day.values[name] or 0) end
    most = math.max(most, sum)
  end
  local top, step = scale(most)
  local function y(value) return TOP + (HEIGHT - TOP - BOTTOM) * (1 - value / top) end
  local room = (WIDTH - LEFT) / #days
  local wide, every, out = math.max(1, room * 0.8), math.max(1, math.ceil(#days / 12)), { patterns(series.names, series.mark) }
  grid(out, top, step, y)
  out[#out + 1] = ('<text x="%d" y="%d" class="d">%s</text>'):format(LEFT, TOP - 6, escape(series.unit))
  for i, day in ipairs(days) do
    local x = LEFT + (i - 1) * room + (room - wide) / 2
    bar(out, day, series, x, wide, y, top)
    if (i - 1) % every == 0 then
      local edge = x + DATE > WIDTH and WIDTH - DATE or x
      out[#out + 1] = ('<text x="%.1f" y="%d" class="d">%s</text>'):format(edge, HEIGHT - 8, escape(day.date:sub(6)))
    end
  end
  return ('<svg viewBox="0 0 %d %d" role="img" aria-label="%s">%s</svg>%s'):format(WIDTH, HEIGHT, escape(series.unit), table.concat(out),
    legend(series))
end

return chart
