-- The rates of population.csv, and draws that depend on who and what for, never on which came first.
local csv = require "csv"

local rates = {}

-- The text of population.csv as a table: ["answer/decay_per_week"] is the list of its numbers, .text its words.
function rates.parse(text)
  local out = {}
  for _, row in ipairs(csv.parse(text)) do
    local numbers = { text = row.value }
    for number in row.value:gmatch "%d+%.?%d*" do numbers[#numbers + 1] = tonumber(number) end
    out[row.group .. "/" .. row.parameter] = numbers
  end
  return out
end

local function hash(text)
  local sum = 0xcbf29ce484222325
  for at = 1, #text do sum = (sum ~ text:byte(at)) * 0x100000001b3 end
  sum = (sum ~ (sum >> 31)) * 0x7fb5d329728ea185
  sum = (sum ~ (sum >> 27)) * 0x81dadef4bc2dd44d
  return sum ~ (sum >> 33)
end

-- A number from 0 up to 1 that is always the same for the same words.
function rates.draw(...)
  return (hash(table.concat({ ... }, "|")) >> 11) / (1 << 53)
end

function rates.chance(probability, ...) return rates.draw(...) < probability end

function rates.normal(mean, sd, ...)
  local radius = math.sqrt(-2 * math.log(1 - rates.draw("r", ...)))
  return mean + sd * radius * math.cos(2 * math.pi * rates.draw("a", ...))
end

function rates.lognormal(median, sigma, ...) return median * math.exp(rates.normal(0, sigma, ...)) end

-- One of { word = weight } pairs given as a list { { word, weight }, … }; the last takes the rest.
function rates.pick(list, ...)
  local left = rates.draw(...)
  for _, pair in ipairs(list) do
    left = left - pair[2]
    if left < 0 then return pair[1] end
  end
  return list[#list][1]
end

-- The value of three ages: under 60, 60 to 74, 75 and over.
function rates.by_age(list, age) return age < 60 and list[1] or age < 75 and list[2] or list[3] end

return rates
