-- What the io specs share: a world that is closed after each spec, and waiting for things.
local io_unit = require "afterward.unit.io"
local helper = { world = nil }

function helper.open() helper.world = io_unit.new() return helper.world end

function helper.close() helper.world:close() helper.world = nil end

-- Steps the loop until the condition holds; an error when it does not within ten seconds.
function helper.wait(condition, what)
  local deadline = os.time() + 10
  repeat
    local value = condition()
    if value then return value end
    helper.world:step(5)
  until os.time() > deadline
  error("did not happen: " .. (what or "the condition"), 2)
end

function helper.steps(count) for _ = 1, count do helper.world:step(1) end end

-- Sends the pieces one after another, letting the other side see each of them.
function helper.send(port, ...)
  local w = helper.world
  local socket = w:connect(port)
  helper.wait(function() return select(2, w:got(socket)) == "open" end, "connected")
  for _, piece in ipairs { ... } do
    w:send(socket, piece)
    helper.steps(2)
  end
  return socket
end

-- The answer to these bytes once it matches.
function helper.answer(socket, pattern)
  local text
  helper.wait(function()
    text = helper.world:got(socket)
    return text:find(pattern)
  end, "an answer like " .. pattern)
  return text
end

return helper
