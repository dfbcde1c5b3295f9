-- Random numbers that a seed and a name give again: each actor draws from a stream of its own, so what one draws does
-- not depend on how fast the others were.
local function mix(state)
  state = (state ~ (state >> 30)) * 0xBF58476D1CE4E5B9
  state = (state ~ (state >> 27)) * 0x94D049BB133111EB
  return state ~ (state >> 31)
end

-- A function: roll(low, high) gives a whole number, roll() a share from 0 up to 1.
return function(...)
  local state = 0x9E3779B97F4A7C15
  for _, word in ipairs { ... } do
    for byte in tostring(word):gmatch "." do state = mix(state * 31 + byte:byte()) end
  end
  return function(low, high)
    state = state + 0x9E3779B97F4A7C15
    local drawn = mix(state) >> 11
    if not low then return drawn / 2 ^ 53 end
    return low + drawn % (high - low + 1)
  end
end
