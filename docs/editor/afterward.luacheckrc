-- Written by ./dev docs from engine/script/api.lua. In a .luacheckrc:
--   stds.afterward = dofile "/usr/share/afterward/editor/afterward.luacheckrc"
--   files["scripts"] = { std = "afterward" }
return {
  read_globals = {
    _G = {},
    _VERSION = {},
    assert = {},
    error = {},
    getmetatable = {},
    ipairs = {},
    load = {},
    math = { fields = { "abs", "acos", "asin", "atan", "ceil", "cos", "deg", "exp", "floor", "fmod", "huge", "log", "max", "maxinteger", "min", "mininteger", "modf", "pi", "rad", "random", "sin", "sqrt", "tan", "tointeger", "type", "ult" } },
    next = {},
    pairs = {},
    pcall = {},
    rawequal = {},
    rawget = {},
    rawlen = {},
    require = {},
    select = {},
    setmetatable = {},
    string = { fields = { "byte", "char", "find", "format", "gmatch", "gsub", "len", "lower", "match", "rep", "reverse", "sub", "upper" } },
    table = { fields = { "concat", "insert", "move", "pack", "remove", "sort", "unpack" } },
    tonumber = {},
    tostring = {},
    type = {},
    utf8 = { fields = { "char", "charpattern", "codepoint", "codes", "len", "offset" } },
    xpcall = {},
  },
}
