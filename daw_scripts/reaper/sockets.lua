--- Lua sockets, where the musician has installed them: "Mavriq Lua Sockets", which is LuaSocket for REAPER 7.
--
-- A binary module that does not fit can take REAPER down with it. So it is noted before it is loaded that it is about
-- to be tried: if that note is still there at the next start, the module is left alone until the user asks for it.
local files = require("shared.files")
local extensions = require("reaper.host.extensions")
local host = require("reaper.host")

local M = {}

-- [U sockets-folder] ReaPack puts the package below a folder with the repository's name.
local BELOW_REPOSITORY = "Various/Mavriq-Lua-Sockets"
local BINARIES = { windows = "socket/core.dll", macos = "socket/core.so", linux = "socket/core.so" }
local OWN_MODULE = { windows = "?.dll", macos = "?.so", linux = "?.so" }
local TRIAL = "sockets"
local LONGEST = 8192

local function join(folder, path)
  for part in path:gmatch("[^/]+") do folder = files.join(folder, part) end
  return folder
end

--- The folder of the package; nil if it is not installed.
local function find()
  local scripts = extensions.resource_folder("Scripts")
  for _, repository in ipairs(extensions.folders(scripts)) do
    local folder = join(files.join(scripts, repository), BELOW_REPOSITORY)
    if host.file_exists(join(folder, BINARIES[host.system])) then return folder end
  end
  return nil
end

--- [U sockets-load] REAPER's own `require` loads it; a bundle has another one of that name.
local function load_core(folder)
  local before = package.cpath
  package.cpath = files.join(folder, OWN_MODULE[host.system]) .. ";" .. before
  local fine, core = pcall(_G.require, "socket.core")
  package.cpath = before
  if fine and type(core) == "table" and core.udp then return core end
  return nil, fine and "it has no udp" or tostring(core)
end

--- Whether the module was about to be loaded when REAPER ended the last time.
function M.is_suspect() return host.remembered(TRIAL) == "trying" end

--- Whether the user wants the mailbox only.
function M.is_off() return host.remembered(TRIAL) == "off" end

--- Switches the sockets off, or on again.
function M.allow(is_allowed) host.remember(TRIAL, is_allowed and "" or "off", true) end

--- LuaSocket's core; nil and a reason: not installed, switched off, suspect, or it does not load.
function M.load()
  if M.is_off() then return nil, "switched off" end
  if M.is_suspect() then return nil, "REAPER ended while they were loaded" end
  local folder = find()
  if not folder then return nil, "not installed" end
  host.remember(TRIAL, "trying", true)
  local core, reason = load_core(folder)
  host.remember(TRIAL, "", true)
  return core, reason
end

local Wire = {}
Wire.__index = Wire

--- True if it left. A bridge that is gone answers with an error at the next call: that is as good as a datagram lost.
function Wire:send(bytes)
  self.socket:send(bytes)
  return true
end

function Wire:receive() return (self.socket:receive(LONGEST)) end

function Wire:close() self.socket:close() end

--- A wire to `address` and `port`, for shared/osc_box.lua, that never waits; nil and a reason.
function M.dial(core, address, port)
  local socket, reason = core.udp()
  if not socket then return nil, reason end
  socket:settimeout(0)
  local connected
  connected, reason = socket:setpeername(address, port)
  if connected then return setmetatable({ socket = socket }, Wire) end
  socket:close()
  return nil, reason
end

return M
