-- Three kinds of Lua live here: the engine's own, the specs, and department scripts in the sandbox.
std = "lua54"
max_line_length = 150
unused_args = false
codes = true

stds.sandbox = {
  read_globals = {
    "_VERSION", "assert", "error", "getmetatable", "ipairs", "load", "next", "pairs", "pcall", "print",
    "rawequal", "rawget", "rawlen", "require", "select", "setmetatable", "tonumber", "tostring", "type", "xpcall",
    "math", "table", "utf8",
    string = { fields = { "byte", "char", "find", "format", "gmatch", "gsub", "len", "lower", "match", "pack",
                          "packsize", "rep", "reverse", "sub", "unpack", "upper" } },
  },
}

files["spec"] = { std = "lua54+busted" }
files["plugins/*/spec"] = { std = "lua54+busted" }
files["scripts"] = { std = "sandbox" }
files["plugins/*/*.lua"] = { std = "sandbox" }
files["scripts/demo"] = { std = "lua54" }
