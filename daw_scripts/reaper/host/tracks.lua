--- Tracks, and the lanes in them.
local M = {}

--- The value of a track's C_BEATATTACHMODE with which a tempo change leaves its items alone. [U timebase]
M.TIMEBASE_TIME = 0

function M.tracks(project)
  local tracks = {}
  for index = 0, reaper.CountTracks(project) - 1 do tracks[#tracks + 1] = reaper.GetTrack(project, index) end
  return tracks
end

function M.items_on(track)
  local items = {}
  for index = 0, reaper.CountTrackMediaItems(track) - 1 do
    items[#items + 1] = reaper.GetTrackMediaItem(track, index)
  end
  return items
end

function M.item_count(track) return reaper.CountTrackMediaItems(track) end

function M.item_at(track, index) return reaper.GetTrackMediaItem(track, index) end

function M.track_text(track, key)
  local _, found = reaper.GetSetMediaTrackInfo_String(track, key, "", false)
  return found
end

function M.set_track_text(track, key, line) reaper.GetSetMediaTrackInfo_String(track, key, line, true) end

--- REAPER hands out every number as a double; these are whole by nature.
function M.track_integer(track, key) return math.tointeger(reaper.GetMediaTrackInfo_Value(track, key)) end

function M.track_number(track, key) return reaper.GetMediaTrackInfo_Value(track, key) end

function M.set_track(track, key, value) reaper.SetMediaTrackInfo_Value(track, key, value) end

--- Whether `track` is still there.
function M.is_track(project, track) return reaper.ValidatePtr2(project, track, "MediaTrack*") end

--- The track that `track` is a child of; nil at the top.
function M.parent(track) return reaper.GetParentTrack(track) end

--- Whether `insert_track` reaches a project whose tab is not in front.
function M.can_insert_anywhere() return reaper.APIExists("InsertTrackInProject") end

--- A new track at the 0-based `index`. [U insert-track] the order of arguments, and flags 0 for a bare track.
function M.insert_track(project, index)
  if M.can_insert_anywhere() then
    reaper.InsertTrackInProject(project, index, 0)
  else
    reaper.InsertTrackAtIndex(index, false)
  end
  return reaper.GetTrack(project, index)
end

function M.refresh_timeline() reaper.UpdateTimeline() end

--- Sorts items into their lanes. [U lane-order] it removes empty lanes at the bottom, so it comes after the items.
function M.refresh_lanes(project) reaper.UpdateItemLanes(project) end

return M
