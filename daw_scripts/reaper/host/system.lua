--- REAPER the program: its version, its loop, what it remembers, its folders and our log.
local files = require("shared.files")
local starter = require("shared.starter")

local M = { files = files }

local SYSTEM = reaper.GetOS()
M.system = SYSTEM:find("^Win") and "windows" or (SYSTEM:find("^OSX") or SYSTEM:find("^macOS")) and "macos" or "linux"

local SECTION = "Dawbridge"
local NO_WAIT = -1

--- 7.27, 6.8 …: what GetAppVersion says before the slash.
function M.version() return tonumber(reaper.GetAppVersion():match("^%d+%.?%d*")) or 0 end

function M.has(name) return reaper.APIExists(name) end

--- Seconds of a clock that only goes forward, the same for all scripts of this run of REAPER.
M.now = reaper.time_precise
M.defer = reaper.defer
M.at_exit = reaper.atexit

--- A second start of the action takes the place of the first, which then leaves its jobs to it.
-- [U relaunch] 1 ends the running script, 2 starts the new one, 4 lights the toolbar button, 8 puts it out.
function M.mark_running(is_running)
  if M.has("set_action_options") then reaper.set_action_options(is_running and 1 | 2 | 4 or 8) end
end

--- Starts a program and does not wait for it. `line` as shared/starter.lua makes it. [U exec] nil means that it did not
-- start; quotes group, and nothing is escaped.
function M.start_program(line) return reaper.ExecProcess(line, NO_WAIT) ~= nil end

--- Opens `address` in the browser: with SWS's function where that is installed, else by the command `words`. True if
-- something was started. [U shell-execute]
function M.open_page(address, words)
  if M.has("CF_ShellExecute") then
    reaper.CF_ShellExecute(address)
    return true
  end
  local line = starter.line(words)
  return line ~= nil and M.start_program(line)
end

--- One line of text from an earlier run, or from another script of this run; "" if there is none.
function M.remembered(key) return reaper.GetExtState(SECTION, key) end

--- [U long-state] a text that is not kept across restarts may be long and have any characters.
function M.remember(key, line, across_restarts) reaper.SetExtState(SECTION, key, line, across_restarts) end

function M.guid() return reaper.genGuid("") end

function M.make_folder(path) return reaper.RecursiveCreateDirectory(path, 0) end

--- A folder of ours in REAPER's resource path, made if need be.
function M.own_folder(name)
  local folder = files.join(files.join(reaper.GetResourcePath(), "Dawbridge"), name)
  M.make_folder(folder)
  return folder
end

--- Names of the files in `folder`. The index -1 drops REAPER's cache; without it new files are not seen.
function files.list(folder)
  reaper.EnumerateFiles(folder, -1)
  local names = {}
  while true do
    local name = reaper.EnumerateFiles(folder, #names)
    if not name then return names end
    names[#names + 1] = name
  end
end

function M.file_exists(path) return reaper.file_exists(path) end

function M.log_path() return files.join(files.join(reaper.GetResourcePath(), "Dawbridge"), "script.log") end

--- Appends to our log file; never to the console, which would pop up.
function M.log(line) files.note(M.log_path(), line) end

return M
