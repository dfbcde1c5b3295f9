-- ./dev test --coverage: lua5.4 spec/coverage.lua MET SCRIPTS: what the specs have run of all departments' scripts.
local coverage = require "coverage"

local pipe <close> = assert(io.popen(("realpath '%s'"):format(arg[2])))
io.write(coverage.text(coverage.take(arg[1], pipe:read "l")))
