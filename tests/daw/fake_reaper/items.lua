--- Tracks, items, takes and sources of the fake.
local M = {}

--- The bit of an undo step that covers track settings and lanes.
local TRACKS = 1

--- A double, as REAPER hands out every number, counts too.
local function number_of(info, key, what)
  if info[key] == nil then error(what .. " has no " .. tostring(key), 3) end
  return info[key] + 0.0
end

local function set_number(info, key, value, what)
  if info[key] == nil then error(what .. " has no " .. tostring(key) .. " to set", 3) end
  info[key] = value
end

--- The lane in `key` ("C_LANEPLAYS:2"); REAPER does not know a lane called 2.0.
local function lane_of(key, prefix) return math.tointeger(tonumber(key:match("^" .. prefix .. ":(%d+)$"))) end

local function text_access(thing, key, value, is_set, writable)
  local is_known = thing.text[key] ~= nil or key:find("^P_EXT:%w") or lane_of(key, "P_LANENAME")
  if not is_known then error("no text " .. tostring(key), 3) end
  if not is_set then return thing.text[key] ~= nil, thing.text[key] or "" end
  if thing.text[key] and not writable[key] and not key:find(":") then error(key .. " must not be set", 3) end
  thing.text[key] = value
  return true, value
end

local function tracks(world, api)
  function api.CountTracks(project) return #world.project_of(project).tracks end

  function api.GetTrack(project, index) return world.project_of(project).tracks[index + 1] end

  local function insert(project, index)
    world.changes(project, "a new track", TRACKS)
    world.add_track(project, {}, index + 1)
  end

  function api.InsertTrackInProject(project, index) insert(world.project_of(project), index) end

  function api.InsertTrackAtIndex(index) insert(world.project_of(0), index) end

  function api.GetMediaTrackInfo_Value(track, key)
    world.need(track, "MediaTrack")
    local lane = lane_of(key, "C_LANEPLAYS")
    if lane then return (track.lane_plays[lane] or error("there is no lane " .. lane, 2)) + 0.0 end
    if key == "IP_TRACKNUMBER" then
      for index, other in ipairs(track.project.tracks) do
        if other == track then return index + 0.0 end
      end
    end
    return number_of(track.info, key, "a track")
  end

  function api.SetMediaTrackInfo_Value(track, key, value)
    world.need(track, "MediaTrack")
    world.changes(track.project, key, TRACKS)
    local lane = lane_of(key, "C_LANEPLAYS")
    if not lane then
      set_number(track.info, key, value, "a track")
      return world.fit_lanes(track)
    end
    if not track.lane_plays[lane] then error("there is no lane " .. lane, 2) end
    for other in pairs(value == 1 and track.lane_plays or {}) do track.lane_plays[other] = 0 end
    track.lane_plays[lane] = value
  end

  function api.GetSetMediaTrackInfo_String(track, key, value, is_set)
    world.need(track, "MediaTrack")
    if is_set then world.changes(track.project, key, TRACKS) end
    return text_access(track, key, value, is_set, { P_NAME = true })
  end

  --- Removes empty lanes at the bottom, as `C_LANESETTINGS` &1 does by default.
  function api.UpdateItemLanes(project)
    for _, track in ipairs(world.project_of(project).tracks) do
      local lowest = 0
      for _, item in ipairs(track.items) do lowest = math.max(lowest, item.info.I_FIXEDLANE) end
      if track.info.I_FREEMODE == 2 then track.info.I_NUMFIXEDLANES = lowest + 1 end
      world.fit_lanes(track)
    end
  end

  --- Folders as I_FOLDERDEPTH tells: 1 opens one below the track, negative numbers close as many after it.
  function api.GetParentTrack(track)
    local open = {}
    for _, other in ipairs(world.need(track, "MediaTrack").project.tracks) do
      if other == track then return open[#open] end
      local depth = other.info.I_FOLDERDEPTH
      if depth == 1 then open[#open + 1] = other end
      for _ = depth, -1 do open[#open] = nil end
    end
    return nil
  end

  function api.CountTrackMediaItems(track) return #world.need(track, "MediaTrack").items end

  function api.GetTrackMediaItem(track, index) return world.need(track, "MediaTrack").items[index + 1] end
end

local function media_items(world, api)
  function api.AddMediaItemToTrack(track)
    world.changes(world.need(track, "MediaTrack").project, "AddMediaItemToTrack")
    return world.add_item(track, {})
  end

  function api.GetItemProjectContext(item) return world.need(item, "MediaItem").track.project end

  --- The right part is a new item with new takes; nil outside the item.
  function api.SplitMediaItem(item, t)
    local info = world.need(item, "MediaItem").info
    world.changes(item.track.project, "SplitMediaItem")
    if t <= info.D_POSITION or t >= info.D_POSITION + info.D_LENGTH then return nil end
    local right = world.add_item(item.track, info)
    right.is_selected, right.current = item.is_selected, item.current
    right.text.P_NOTES = item.text.P_NOTES
    right.info.D_POSITION, right.info.D_LENGTH = t, info.D_POSITION + info.D_LENGTH - t
    -- A real REAPER leaves the lane of the new part to chance.
    right.info.I_FIXEDLANE = 0
    for _, take in ipairs(item.takes) do
      local new = world.add_take(right, take.info, take.source)
      new.text.P_NAME, new.stretch_markers, new.fx, new.envelopes = take.text.P_NAME, take.stretch_markers, take.fx,
        take.envelopes
      for key, value in pairs(take.text) do
        if key:find("^P_EXT") then new.text[key] = value end
      end
      new.info.D_STARTOFFS = take.info.D_STARTOFFS + (t - info.D_POSITION) * take.info.D_PLAYRATE
    end
    info.D_LENGTH = t - info.D_POSITION
    return right
  end

  function api.DeleteTrackMediaItem(track, item)
    world.changes(world.need(track, "MediaTrack").project, "DeleteTrackMediaItem")
    if world.need(item, "MediaItem").track ~= track then error("the item lies on another track") end
    world.remove(track.items, item)
    world.deleted[#world.deleted + 1] = item
    return true
  end

  function api.GetMediaItem_Track(item) return world.need(item, "MediaItem").track end

  function api.GetMediaItemInfo_Value(item, key)
    world.need(item, "MediaItem")
    if key == "C_LANEPLAYS" then return (item.track.lane_plays[item.info.I_FIXEDLANE] or 0) + 0.0 end
    return number_of(item.info, key, "an item")
  end

  function api.SetMediaItemInfo_Value(item, key, value)
    world.changes(world.need(item, "MediaItem").track.project, key)
    set_number(item.info, key, value, "an item")
  end

  function api.GetSetMediaItemInfo_String(item, key, value, is_set)
    world.need(item, "MediaItem")
    if is_set then world.changes(item.track.project, key) end
    return text_access(item, key, value, is_set, { P_NOTES = true })
  end

  function api.CountTakes(item) return #world.need(item, "MediaItem").takes end

  function api.GetTake(item, index) return world.need(item, "MediaItem").takes[index + 1] end

  function api.GetActiveTake(item) return world.need(item, "MediaItem").takes[item.current] end

  function api.UpdateItemInProject(item) world.need(item, "MediaItem") end
end

local function takes(world, api)
  function api.AddTakeToMediaItem(item)
    world.changes(world.need(item, "MediaItem").track.project, "AddTakeToMediaItem")
    return world.add_take(item, {}, nil)
  end

  function api.SetActiveTake(take)
    world.changes(world.need(take, "MediaItem_Take").item.track.project, "SetActiveTake")
    for index, other in ipairs(take.item.takes) do
      if other == take then take.item.current = index end
    end
  end

  function api.SetMediaItemTake_Source(take, source)
    world.changes(world.need(take, "MediaItem_Take").item.track.project, "SetMediaItemTake_Source")
    take.source, source.take = world.need(source, "PCM_source"), take
    return true
  end

  function api.GetMediaItemTake_Source(take) return world.need(take, "MediaItem_Take").source end

  function api.GetMediaItemTakeInfo_Value(take, key)
    return number_of(world.need(take, "MediaItem_Take").info, key, "a take")
  end

  function api.SetMediaItemTakeInfo_Value(take, key, value)
    world.changes(world.need(take, "MediaItem_Take").item.track.project, key)
    set_number(take.info, key, value, "a take")
  end

  function api.GetSetMediaItemTakeInfo_String(take, key, value, is_set)
    world.need(take, "MediaItem_Take")
    if is_set then world.changes(take.item.track.project, key) end
    return text_access(take, key, value, is_set, { P_NAME = true })
  end

  function api.GetMediaItemTakeByGUID(project, guid)
    for _, track in ipairs(world.project_of(project).tracks) do
      for _, item in ipairs(track.items) do
        for _, take in ipairs(item.takes) do
          if take.text.GUID == guid then return take end
        end
      end
    end
    return nil
  end

  function api.GetMediaItemTake_Item(take) return world.need(take, "MediaItem_Take").item end

  --- What action 40129 does.
  function world.delete_active_takes(project)
    for _, track in ipairs(project.tracks) do
      for _, item in ipairs(track.items) do
        if item.is_selected then
          world.changes(project, "40129")
          table.remove(item.takes, item.current)
          item.current = math.max(1, math.min(item.current, #item.takes))
        end
      end
    end
  end

  function api.TakeIsMIDI(take) return (world.need(take, "MediaItem_Take").source or {}).type == "MIDI" end

  function api.GetTakeNumStretchMarkers(take) return world.need(take, "MediaItem_Take").stretch_markers end

  function api.TakeFX_GetCount(take) return world.need(take, "MediaItem_Take").fx end

  function api.CountTakeEnvelopes(take) return world.need(take, "MediaItem_Take").envelopes end
end

local function sources(world, api)
  world.sources = {}

  function api.PCM_Source_CreateFromFile(path)
    local source = world.add_source(path, {})
    if source then table.insert(world.sources, source) end
    return source
  end

  function api.PCM_Source_Destroy(source)
    if world.need(source, "PCM_source").take then error("a source that a take plays was destroyed") end
    source.is_destroyed = true
  end

  function api.GetMediaSourceFileName(source) return world.need(source, "PCM_source").path end

  function api.GetMediaSourceParent(source) return world.need(source, "PCM_source").parent end

  function api.GetMediaSourceType(source) return world.need(source, "PCM_source").type end

  function api.GetMediaSourceLength(source)
    return world.need(source, "PCM_source").seconds + 0.0, source.in_beats or false
  end

  function api.GetMediaSourceNumChannels(source) return math.tointeger(world.need(source, "PCM_source").channels) end

  function api.GetMediaSourceSampleRate(source) return math.tointeger(world.need(source, "PCM_source").rate) end

  function api.PCM_Source_GetSectionInfo(source)
    if world.need(source, "PCM_source").type ~= "SECTION" then return false, 0.0, 0.0, false end
    return true, source.offset + 0.0, source.length + 0.0, source.reversed
  end

  --- Mode 0 begins, 1 does a little, 2 ends. Returns how much is left.
  function api.PCM_Source_BuildPeaks(source, mode)
    world.need(source, "PCM_source")
    if mode == 1 then source.peaks_left = math.max(0, source.peaks_left - 1) end
    if mode == 2 then source.peaks_done = true end
    return source.peaks_left
  end
end

function M.install(world, api)
  tracks(world, api)
  media_items(world, api)
  takes(world, api)
  sources(world, api)
end

return M
