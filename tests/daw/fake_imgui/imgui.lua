--- Stands where ReaImGui has its `imgui.lua`: a function that takes the version of the interface and gives its names.
-- luacheck: read globals reaper
return function(version) return reaper.ImGui__init(version) end
