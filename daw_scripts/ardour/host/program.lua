--- Ardour the program: clock, files, its own folder, other programs. No decisions here, only calls.
--
-- Only the files of this folder name Ardour's globals. A fact marked with U and its name has not been seen in a real
-- Ardour; HOST_FACTS.md says how to check it.
local files = require("shared.files")

local M = { files = files }

--- Whether scripts may read and write files: with the preference for sandboxed scripts (8.x) they may not.
-- [U sandbox] it takes `io` and `os` away, or the functions in them.
function M.may_use_files()
  return type(io) == "table" and type(os) == "table" and io.open ~= nil and os.rename ~= nil and os.getenv ~= nil
end

--- Seconds of a clock that only goes forward.
function M.now() return ARDOUR.LuaAPI.monotonic_time() / 1e6 end

--- A text that is different at every call.
function M.entropy() return tostring(ARDOUR.LuaAPI.monotonic_time()) .. tostring({}) end

function M.exists(path) return ARDOUR.LuaAPI.file_test(path, ARDOUR.LuaAPI.FileTest.Exists) end

--- [U other-systems] Windows is known by a path without a leading slash, macOS by its folder /System/Library.
function M.system()
  if not ARDOUR.user_config_directory(-1):find("^/") then return "windows" end
  return M.exists("/System/Library") and "macos" or "linux"
end

--- Names of the files in `folder`. Lua in Ardour cannot list a folder, and a call of `ls` copies the whole of Ardour's
-- process; so the bridge names what waits in a text file beside the folder.
function files.list(folder)
  local names = {}
  for name in (files.read(folder .. ".txt") or ""):gmatch("[^\r\n]+") do
    if M.exists(files.join(folder, name)) then names[#names + 1] = name end
  end
  return names
end

function M.log_path() return files.join(ARDOUR.user_config_directory(-1), "dawbridge.log") end

--- Appends to our log file.
function M.log(line) files.note(M.log_path(), line) end

--- Says that `who` broke down before it could say so itself. Never raises: Ardour would take the script away.
function M.last_words(who, fault)
  print("Dawbridge: " .. tostring(fault))
  if M.may_use_files() then pcall(M.log, "script.fault who=" .. who .. " " .. tostring(fault)) end
end

--- Starts a program and does not wait for it. True unless it could not even be tried: `forkexec` says false also when
-- it has started one.
function M.start(words) return (pcall(os.forkexec, table.unpack(words))) end

--- Lets go of what Ardour holds only for this script: tempo maps and dialogs.
function M.tidy() collectgarbage() end

return M
