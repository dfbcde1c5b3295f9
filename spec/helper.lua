-- busted's helper: a failing comparison prints whole tables, keys in order, and no colour codes in logs.
local assert = require "luassert"
local pretty = require "pl.pretty"

assert:set_parameter("TableFormatLevel", -1)
assert:set_parameter("TableFormatShowRecursion", true)
assert:add_formatter(function(value)
  if type(value) == "table" then return pretty.write(value, "  ") end
end)

-- The Lua state is closed when all is over. What a failed setup has left open on luv's loop would crash it there, before the report
-- is written, and a daemon that was left would live on. (busted forgets modules after each file; this one must be luv's only one.)
local uv = require "luv"
require("busted").subscribe({ "exit" }, function()
  uv.walk(function(handle)
    if uv.handle_get_type(handle) == "process" and handle:is_active() then handle:kill "sigkill" end
    if not handle:is_closing() then handle:close() end
  end)
  uv.run "nowait"
  return nil, true -- others hear it, too
end)
