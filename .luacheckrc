-- No implicit globals: what a file may touch beyond stock Lua 5.3 is named here, file by file.
std = "lua53"
max_line_length = 120
self = false
files["daw_scripts/shared/protocol.lua"] = { max_line_length = false }
files["daw_scripts/reaper/host/*.lua"] = { read_globals = { "reaper" } }
files["daw_scripts/reaper/host/*.lua"] = { read_globals = { "reaper" } }
files["daw_scripts/reaper/window.lua"] = { globals = { "gfx" } }
-- The fake counts what a script does with files.
files["tests/daw/fake_reaper.lua"] = { globals = { "io", "os" } }
