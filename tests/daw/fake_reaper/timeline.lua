--- Projects, selections, clocks and undo of the fake.
local tempo = require("fake_reaper.tempo")

local M = {}

local function clocks(world, api)
  --- Mode 0 is minutes and seconds, mode 4 samples; both count from the start offset of the project in front.
  function api.format_timestr_pos(t, _, mode)
    local shown = t + world.projects[world.front].offset
    if mode == 4 then return tostring(math.floor(shown * world.projects[world.front].rate + 0.5)) end
    if mode ~= 0 then error("the fake formats modes 0 and 4 only") end
    return string.format("%d:%06.3f", math.floor(shown / 60), shown % 60)
  end

  function api.GetProjectTimeOffset(project) return world.project_of(project).offset + 0.0 end

  function api.GetAudioDeviceInfo(key)
    if key ~= "SRATE" then error("the fake's device knows SRATE only") end
    if not world.device_rate then return false, "" end
    return true, tostring(world.device_rate)
  end

  function api.GetSetProjectInfo(project, key, _, is_set)
    if is_set then error("the script must not change the project's settings") end
    project = world.project_of(project)
    if key == "READONLY" then return project.is_read_only and 1.0 or 0.0 end
    if key == "PROJECT_SRATE_USE" then return project.uses_rate and 1.0 or 0.0 end
    if key == "PROJECT_SRATE" then return project.rate + 0.0 end
    error("the fake knows no project setting " .. key)
  end

  function api.GetSetProjectNotes(project, is_set)
    if is_set then error("the script must not write the user's notes") end
    return world.project_of(project).notes
  end

  function api.GetProjExtState(project, section, key)
    local value = (world.project_of(project).ext[section] or {})[key]
    return value and 1 or 0, value or ""
  end
end

local function selections(world, api)
  function api.GetSet_LoopTimeRange2(project, is_set)
    if is_set then error("the script must not move the user's selection") end
    project = world.project_of(project)
    return project.from + 0.0, project.to + 0.0
  end

  --- REAPER's own search is compiled: what it takes here does not count.
  local function selected(project, kind)
    local began, list = os.clock(), {}
    for _, track in ipairs(world.project_of(project).tracks) do
      for _, thing in ipairs(kind == "track" and { track } or track.items) do
        if thing.is_selected then list[#list + 1] = thing end
      end
    end
    world.own_seconds = world.own_seconds + os.clock() - began
    return list
  end

  function api.CountSelectedMediaItems(project) return #selected(project, "item") end

  function api.GetSelectedMediaItem(project, index) return selected(project, "item")[index + 1] end

  function api.SetMediaItemSelected(item, is_selected) world.need(item, "MediaItem").is_selected = is_selected end

  function api.CountSelectedTracks2(project) return #selected(project, "track") end

  function api.GetSelectedTrack2(project, index) return selected(project, "track")[index + 1] end

  function api.GetCursorPositionEx(project) return world.project_of(project).cursor + 0.0 end

  function api.GetLastMarkerAndCurRegion(project, t)
    for index, region in ipairs(world.project_of(project).regions) do
      if region.from <= t and t < region.to then return -1, index - 1 end
    end
    return -1, -1
  end

  function api.EnumProjectMarkers3(project, index)
    local region = world.project_of(project).regions[index + 1]
    if not region then return 0 end
    return index + 1, true, region.from + 0.0, region.to + 0.0, region.name or "", index, 0
  end
end

local function projects(world, api)
  function api.EnumProjects(index)
    local project = world.projects[index == -1 and world.front or index + 1]
    if not project then return nil end
    return project, project.file
  end

  function api.GetProjectPathEx(project) return world.project_of(project).media end

  function api.GetPlayState() return world.play_state end

  function api.ValidatePtr2(project, pointer, kind)
    if project ~= 0 and not world.is_alive(project, "ReaProject") then return false end
    return world.is_alive(pointer, kind:gsub("%*$", ""))
  end

  function api.Undo_BeginBlock2(project) world.begin_block(world.project_of(project)) end

  function api.Undo_EndBlock2(project, label, flags) world.end_block(world.project_of(project), label, flags) end

  function api.Undo_DoUndo2(project) return world.undo(world.project_of(project)) and 1 or 0 end

  function api.PreventUIRefresh(count) world.refresh_held = world.refresh_held + count end

  function api.UpdateArrange() end

  function api.UpdateTimeline() world.timeline_updates = (world.timeline_updates or 0) + 1 end

  function api.TrackList_AdjustWindows() end
end

function M.install(world, api)
  tempo.install(world, api)
  clocks(world, api)
  selections(world, api)
  projects(world, api)
end

return M
