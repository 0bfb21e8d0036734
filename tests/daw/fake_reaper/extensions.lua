--- What the fake has of REAPER's extensions and of folders in folders.
--
-- `options.imgui`: the folder of ReaImGui's `imgui.lua`, where it is installed; `options.reapack` and
-- `options.sws`: whether ReaPack and SWS are.
local imgui = require("fake_reaper.imgui")

local M = {}

function M.install(world, api, options)
  local cache = {}
  world.browsed, world.shown_pages = {}, {}

  function api.EnumerateSubdirectories(folder, index)
    if index == -1 then
      cache[folder] = nil
      return nil
    end
    cache[folder] = cache[folder] or options.list_folders and options.list_folders(folder) or {}
    return cache[folder][index + 1]
  end

  if options.imgui then
    imgui.install(world, api)
    function api.ImGui_GetBuiltinPath() return options.imgui end
  end
  if options.sws then
    function api.CF_ShellExecute(file) world.shown_pages[#world.shown_pages + 1] = file end
  end
  if options.reapack then
    function api.ReaPack_BrowsePackages(filter)
      world.browsed[#world.browsed + 1] = filter
    end
  end
end

return M
