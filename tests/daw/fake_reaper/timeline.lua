--- Projects, selections, tempo and undo of the fake.
local M = {}

--- Every meter or tempo marker begins a measure, as in REAPER.
local function segments(project)
  local list, measure = {}, 0
  for index, marker in ipairs(project.tempo) do
    local measure_seconds = 60 / marker.bpm * 4 / marker.den * marker.num
    local next_marker = project.tempo[index + 1]
    list[index] = { t = marker.t, marker = marker, measure = measure, measure_seconds = measure_seconds }
    if next_marker then measure = measure + math.ceil((next_marker.t - marker.t) / measure_seconds - 1e-9) end
  end
  return list
end

local function last_where(list, holds)
  local found = list[1]
  for _, segment in ipairs(list) do
    if holds(segment) then found = segment end
  end
  return found
end

local function segment_at(project, t)
  return last_where(segments(project), function(segment) return segment.t <= t end)
end

local function tempo(world, api)
  function api.TimeMap_GetTimeSigAtTime(project, t)
    local marker = segment_at(world.project_of(project), t).marker
    return marker.num, marker.den, marker.bpm + 0.0
  end

  function api.TimeMap2_timeToBeats(project, t)
    local segment = segment_at(world.project_of(project), t)
    local measures = (t - segment.t) / segment.measure_seconds
    local whole = math.floor(measures)
    return (measures - whole) * segment.marker.num, segment.measure + whole, segment.marker.num, 0.0, segment.marker.den
  end

  function api.TimeMap_GetMeasureInfo(project, measure)
    local list = segments(world.project_of(project))
    local segment = last_where(list, function(other) return other.measure <= measure end)
    local start = segment.t + (measure - segment.measure) * segment.measure_seconds
    return start + 0.0, 0.0, 0.0, segment.marker.num, segment.marker.den, segment.marker.bpm + 0.0
  end

  function api.format_timestr_pos(t, _, mode)
    if mode ~= 0 then error("the fake formats mode 0 only") end
    local shown = t + world.projects[world.front].offset
    return string.format("%d:%06.3f", math.floor(shown / 60), shown % 60)
  end
end

local function selections(world, api)
  function api.GetSet_LoopTimeRange2(project, is_set)
    if is_set then error("the script must not move the user's selection") end
    project = world.project_of(project)
    return project.from + 0.0, project.to + 0.0
  end

  local function selected(project, kind)
    local list = {}
    for _, track in ipairs(world.project_of(project).tracks) do
      for _, thing in ipairs(kind == "track" and { track } or track.items) do
        if thing.is_selected then list[#list + 1] = thing end
      end
    end
    return list
  end

  function api.CountSelectedMediaItems(project) return #selected(project, "item") end

  function api.GetSelectedMediaItem(project, index) return selected(project, "item")[index + 1] end

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
  tempo(world, api)
  selections(world, api)
  projects(world, api)
end

return M
