--- What musicians add to REAPER by ReaPack, as far as we use it: ReaImGui, and folders that packages lie in.
local files = require("shared.files")

local M = {}

--- The version of ReaImGui's interface that the panel speaks; newer ones keep it working.
M.IMGUI = "0.9"
M.IMGUI_PACKAGE = "ReaImGui: ReaScript binding for Dear ImGui"

--- A folder in REAPER's resource path, such as "Scripts".
function M.resource_folder(name) return files.join(reaper.GetResourcePath(), name) end

--- Names of the folders in `folder`; none if it is not there.
function M.folders(folder)
  reaper.EnumerateSubdirectories(folder, -1)
  local names = {}
  while true do
    local name = reaper.EnumerateSubdirectories(folder, #names)
    if not name then return names end
    names[#names + 1] = name
  end
end

--- Constants have a _ in their names. They are values; some versions have had functions in their place.
local function with_constants(gui)
  return setmetatable({}, {
    __index = function(names, name)
      local found = gui[name]
      if name:find("_", 1, true) and type(found) == "function" then found = found() end
      names[name] = found
      return found
    end,
  })
end

--- ReaImGui's functions and constants, of version IMGUI; nil if it is not installed, or older than that.
-- [U imgui-load] REAPER's own `require` reads its `imgui.lua`; a bundle has another one of that name.
function M.imgui()
  if not reaper.APIExists("ImGui_GetBuiltinPath") then return nil end
  local before = package.path
  package.path = files.join(reaper.ImGui_GetBuiltinPath(), "?.lua")
  local fine, found = pcall(_G.require, "imgui")
  package.path = before
  local made
  if fine then fine, made = pcall(found, M.IMGUI) end
  if not fine then return nil, tostring(made or found) end
  return with_constants(made)
end

function M.has_reapack() return reaper.APIExists("ReaPack_BrowsePackages") end

--- Opens ReaPack's list at ReaImGui, where there is a ReaPack.
function M.browse_imgui()
  if M.has_reapack() then reaper.ReaPack_BrowsePackages(M.IMGUI_PACKAGE) end
end

return M
