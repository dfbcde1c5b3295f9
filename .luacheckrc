-- Three kinds of Lua live here: the engine's own, the specs, and department scripts in the sandbox.
std = "lua54"
max_line_length = 150
unused_args = false
codes = true

stds.sandbox = dofile "docs/editor/afterward.luacheckrc"    -- made by ./dev docs from the script API's description

files["spec"] = { std = "lua54+busted" }
files["plugins/*/spec"] = { std = "lua54+busted" }
files["scripts"] = { std = "sandbox" }
files["plugins/*/*.lua"] = { std = "sandbox" }
files["engine/new"] = { std = "sandbox" }
files["engine/new/*_spec.lua"] = { std = "lua54+busted" }
files["scripts/*/spec"] = { std = "lua54+busted" }
exclude_files = { "docs/editor/afterward.lua" }
files["scripts/demo"] = { std = "lua54" }
