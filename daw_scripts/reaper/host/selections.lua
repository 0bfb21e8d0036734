--- What is selected, marked or under the cursor.
local M = {}

function M.time_selection(project) return reaper.GetSet_LoopTimeRange2(project, false, false, 0, 0, false) end

function M.cursor(project) return reaper.GetCursorPositionEx(project) end

function M.selected_items(project)
  local items = {}
  for index = 0, reaper.CountSelectedMediaItems(project) - 1 do
    items[#items + 1] = reaper.GetSelectedMediaItem(project, index)
  end
  return items
end

function M.selected_tracks(project)
  local tracks = {}
  for index = 0, reaper.CountSelectedTracks2(project, false) - 1 do
    tracks[#tracks + 1] = reaper.GetSelectedTrack2(project, index, false)
  end
  return tracks
end

--- The track's razor areas as REAPER writes them: `start end "envelope" top bottom`, separated by commas.
function M.razor_areas(track)
  local fine, areas = reaper.GetSetMediaTrackInfo_String(track, "P_RAZOREDITS_EXT", "", false)
  return fine and areas or ""
end

return M
