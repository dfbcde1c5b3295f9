-- busted's helper: a failing comparison prints whole tables, keys in order, and no colour codes in logs.
local assert = require "luassert"
local pretty = require "pl.pretty"

assert:set_parameter("TableFormatLevel", -1)
assert:set_parameter("TableFormatShowRecursion", true)
assert:add_formatter(function(value)
  if type(value) == "table" then return pretty.write(value, "  ") end
end)
