-- No implicit globals: what a file may touch beyond stock Lua 5.3 is named here, file by file.
std = "lua53"
max_line_length = 120
self = false
files["daw_scripts/shared/protocol.lua"] = { max_line_length = false }
files["daw_scripts/reaper/host/*.lua"] = { read_globals = { "reaper" } }
files["daw_scripts/reaper/host/*.lua"] = { read_globals = { "reaper" } }
files["daw_scripts/reaper/window.lua"] = { globals = { "gfx" } }
files["daw_scripts/ardour/host/*.lua"] = {
  read_globals = { "ARDOUR", "ArdourUI", "C", "Editing", "Editor", "LuaDialog", "PBD", "Session", "Temporal", os = {
    fields = { "forkexec" } } },
}
files["daw_scripts/ardour/action.lua"] = { read_globals = { "ardour" }, globals = { "factory" } }
files["daw_scripts/ardour/watcher.lua"] = { read_globals = { "ardour", "LuaSignal" }, globals = { "factory", "signals" } }
-- The fake counts what a script does with files.
files["tests/daw/fake_reaper.lua"] = { globals = { "io", "os" } }
files["tests/ardour/fake_ardour.lua"] = { globals = { "os" } }
files["tests/ardour/probe.lua"] = { read_globals = { "ardour" }, globals = { "factory" } }
files["tests/ardour/make_session.lua"] = { read_globals = { "ARDOUR", "Temporal", "create_session", "quit", "sleep" } }
