--- REAPER as the other modules see it: the only file that names `reaper.`. No decisions here, only calls.
--
-- A fact marked with U and its name has not been seen in a real REAPER; HOST_FACTS.md says how to check it. Projects,
-- tracks, items and takes are REAPER's pointers: good within one tick, found again by GUID in the next.
local files = require("shared.files")
local text = require("shared.text")

text.add(require("shared.text_reaper"))

local M = { files = files }

local SYSTEM = reaper.GetOS()
M.system = SYSTEM:find("^Win") and "windows" or (SYSTEM:find("^OSX") or SYSTEM:find("^macOS")) and "macos" or "linux"

-- [U separator] answers and defaults of GetUserInputs are separated by it; a newline cannot be typed into a field.
local ASK_SEPARATOR = "\n"
local ASK_WIDTH = 320
local PLAY_STOP = 40044
local SECTION = "Dawbridge"
local UNDO_ALL = -1

--- 7.27, 6.8 …: what GetAppVersion says before the slash.
function M.version() return tonumber(reaper.GetAppVersion():match("^%d+%.?%d*")) or 0 end

function M.has(name) return reaper.APIExists(name) end

-- the loop and the user ------------------------------------------------------------------------------------------

M.now = reaper.time_precise
M.defer = reaper.defer
M.at_exit = reaper.atexit

--- A second start of the action takes the place of the first, which then leaves its jobs to it.
-- [U relaunch] 1 ends the running script, 2 starts the new one, 4 lights the toolbar button, 8 puts it out.
function M.mark_running(is_running)
  if M.has("set_action_options") then reaper.set_action_options(is_running and 1 | 2 | 4 or 8) end
end

--- A dialog; only before the loop has begun, because it stops REAPER until it is answered.
function M.tell(title, message) reaper.MB(message, title, 0) end

--- Asks for one line per caption. Returns the answers as a list; nil if the user thought better of it.
function M.ask(title, captions, defaults)
  local specification = table.concat(captions, ",") .. ",extrawidth=" .. ASK_WIDTH .. ",separator=" .. ASK_SEPARATOR
  local fine, line = reaper.GetUserInputs(title, #captions, specification, table.concat(defaults, ASK_SEPARATOR))
  if not fine then return nil end
  local answers = {}
  for answer in (line .. ASK_SEPARATOR):gmatch("(.-)" .. ASK_SEPARATOR) do answers[#answers + 1] = answer end
  return answers
end

--- [U window-keys] the gfx window takes the keyboard when it opens, so the space bar is handed on.
function M.play_or_stop(project) reaper.Main_OnCommandEx(PLAY_STOP, 0, project) end

-- what is remembered ---------------------------------------------------------------------------------------------

--- One line of text from an earlier run; "" if there is none.
function M.remembered(key) return reaper.GetExtState(SECTION, key) end

function M.remember(key, line, across_restarts) reaper.SetExtState(SECTION, key, line, across_restarts) end

function M.guid() return reaper.genGuid("") end

--- A folder of ours in REAPER's resource path, made if need be.
function M.own_folder(name)
  local folder = files.join(files.join(reaper.GetResourcePath(), "Dawbridge"), name)
  reaper.RecursiveCreateDirectory(folder, 0)
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

--- Appends to our log file; never to the console, which would pop up.
function M.log(line)
  local file = io.open(M.log_path(), "a")
  if not file then return end
  file:write(os.date("!%Y-%m-%dT%H:%M:%SZ "), line, "\n")
  file:close()
end

function M.log_path() return files.join(files.join(reaper.GetResourcePath(), "Dawbridge"), "script.log") end

-- projects -------------------------------------------------------------------------------------------------------

function M.project()
  local project, file = reaper.EnumProjects(-1)
  return project, file
end

--- All open tabs as `{project, file}`; `file` is "" while a project is unsaved.
function M.tabs()
  local tabs = {}
  while true do
    local project, file = reaper.EnumProjects(#tabs)
    if not project then return tabs end
    tabs[#tabs + 1] = { project = project, file = file }
  end
end

--- Where the project keeps its recordings; REAPER's default place while it is unsaved.
function M.media_folder(project) return reaper.GetProjectPathEx(project) end

--- [U recording] GetPlayState speaks of the tab in front; recording goes on in no other.
function M.is_recording() return reaper.GetPlayState() & 4 == 4 end

--- Tempo, meter and the last bar line at second `t`. [U tempo] it counts quarter notes a minute, in x/8 meters too.
function M.music_at(project, t)
  local numerator, denominator, tempo = reaper.TimeMap_GetTimeSigAtTime(project, t)
  local _, measure = reaper.TimeMap2_timeToBeats(project, t)
  local bar_start = reaper.TimeMap_GetMeasureInfo(project, measure)
  return { bpm = tempo, numerator = numerator, denominator = denominator, bar_start = bar_start }
end

--- "0:32.500" as the ruler's minutes and seconds, with the project's start offset, for eyes only.
function M.time_text(t) return reaper.format_timestr_pos(t, "", 0) end

-- what is selected -----------------------------------------------------------------------------------------------

function M.time_selection(project) return reaper.GetSet_LoopTimeRange2(project, false, false, 0, 0, false) end

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

--- The track's razor areas as REAPER writes them: `start end "envelope" top bottom`, separated by commas.
function M.razor_areas(track)
  local fine, areas = reaper.GetSetMediaTrackInfo_String(track, "P_RAZOREDITS_EXT", "", false)
  return fine and areas or ""
end

--- Start and end of the region under the edit cursor; nil if there is none.
function M.region_at_cursor(project)
  local _, region = reaper.GetLastMarkerAndCurRegion(project, reaper.GetCursorPositionEx(project))
  if region < 0 then return nil end
  local _, _, from, to = reaper.EnumProjectMarkers3(project, region)
  return from, to
end

-- tracks, items, takes -------------------------------------------------------------------------------------------

function M.track_text(track, key)
  local _, found = reaper.GetSetMediaTrackInfo_String(track, key, "", false)
  return found
end

function M.set_track_text(track, key, line) reaper.GetSetMediaTrackInfo_String(track, key, line, true) end

--- REAPER hands out every number as a double; these are whole by nature.
function M.track_integer(track, key) return math.tointeger(reaper.GetMediaTrackInfo_Value(track, key)) end

function M.track_number(track, key) return reaper.GetMediaTrackInfo_Value(track, key) end

function M.set_track(track, key, value) reaper.SetMediaTrackInfo_Value(track, key, value) end

function M.track_of(item) return reaper.GetMediaItem_Track(item) end

function M.item_number(item, key) return reaper.GetMediaItemInfo_Value(item, key) end

function M.set_item(item, key, value) reaper.SetMediaItemInfo_Value(item, key, value) end

--- [U own-texts] P_EXT:… of items, takes and tracks works from 6.80 on and reads as "" where it was never set.
function M.item_text(item, key)
  local _, found = reaper.GetSetMediaItemInfo_String(item, key, "", false)
  return found
end

function M.set_item_text(item, key, line) reaper.GetSetMediaItemInfo_String(item, key, line, true) end

function M.active_take(item) return reaper.GetActiveTake(item) end

function M.takes(item)
  local takes = {}
  for index = 0, reaper.CountTakes(item) - 1 do takes[#takes + 1] = reaper.GetTake(item, index) end
  return takes
end

function M.take_number(take, key) return reaper.GetMediaItemTakeInfo_Value(take, key) end

function M.set_take(take, key, value) reaper.SetMediaItemTakeInfo_Value(take, key, value) end

function M.take_text(take, key)
  local _, found = reaper.GetSetMediaItemTakeInfo_String(take, key, "", false)
  return found
end

function M.set_take_text(take, key, line) reaper.GetSetMediaItemTakeInfo_String(take, key, line, true) end

function M.is_midi(take) return reaper.TakeIsMIDI(take) end

function M.stretch_markers(take) return reaper.GetTakeNumStretchMarkers(take) end

function M.effects(take) return reaper.TakeFX_GetCount(take) end

function M.envelopes(take) return reaper.CountTakeEnvelopes(take) end

-- sources --------------------------------------------------------------------------------------------------------

--- The file behind a take: `path, kind, rate`, and which part plays: `section_start, section_seconds, reversed`.
-- A section or reversed source has no file name of its own; the file is at the root of its parents.
function M.source(take)
  local source = reaper.GetMediaItemTake_Source(take)
  local start, length, reversed = 0.0, nil, false
  while source do
    local is_section, offset, seconds, backwards = reaper.PCM_Source_GetSectionInfo(source)
    local parent = reaper.GetMediaSourceParent(source)
    if is_section then
      start, reversed = start + offset, reversed or backwards
      length = length or seconds
    end
    if not parent then break end
    source = parent
  end
  if not source then return nil end
  local seconds, is_beats = reaper.GetMediaSourceLength(source)
  local left = is_beats and 0 or seconds - start
  return {
    path = reaper.GetMediaSourceFileName(source),
    kind = reaper.GetMediaSourceType(source),
    rate = reaper.GetMediaSourceSampleRate(source),
    section_start = start,
    section_seconds = length and length > 0 and math.min(length, left) or left,
    reversed = reversed,
  }
end

function M.file_exists(path) return reaper.file_exists(path) end

--- Opens `path` for a new take. Returns the source and its seconds; nil if REAPER cannot read it.
function M.open_source(path)
  local source = reaper.PCM_Source_CreateFromFile(path)
  if not source then return nil end
  local seconds = reaper.GetMediaSourceLength(source)
  if seconds > 0 then return source, seconds end
  reaper.PCM_Source_Destroy(source)
  return nil
end

--- Lets go of a source that found no take.
function M.close_source(source) reaper.PCM_Source_Destroy(source) end

--- The value of a track's C_BEATATTACHMODE with which a tempo change leaves its items alone. [U timebase]
M.TIMEBASE_TIME = 0

--- Draws a little of the waveform of the take `guid`, which may be gone by now; `has_begun` is false the first time.
-- True if there is more to do. [U take-guid] it is found again by GUID, in any open tab.
function M.draw_peaks(project, guid, has_begun)
  if not reaper.ValidatePtr2(0, project, "ReaProject*") then return false end
  local take = reaper.GetMediaItemTakeByGUID(project, guid)
  if not take then return false end
  local source = reaper.GetMediaItemTake_Source(take)
  if reaper.PCM_Source_BuildPeaks(source, has_begun and 1 or 0) ~= 0 then return true end
  if has_begun then reaper.PCM_Source_BuildPeaks(source, 2) end
  return false
end

-- changes --------------------------------------------------------------------------------------------------------

--- Runs `change` as one undo step called `label`, with the screen held still. Returns what `change` returned;
-- nil and the error if it broke, after everything it had done was undone.
-- [U undo] blocks work in a tab that is not in front, and Undo_DoUndo2 takes back just the block that has ended.
function M.in_one_undo_step(project, label, change)
  reaper.Undo_BeginBlock2(project)
  reaper.PreventUIRefresh(1)
  local fine, result = xpcall(change, debug.traceback)
  reaper.PreventUIRefresh(-1)
  reaper.Undo_EndBlock2(project, label, UNDO_ALL)
  if not fine then reaper.Undo_DoUndo2(project) end
  reaper.UpdateArrange()
  reaper.TrackList_AdjustWindows(false)
  if fine then return result end
  return nil, result
end

--- Whether `insert_track` reaches a project whose tab is not in front.
function M.can_insert_anywhere() return M.has("InsertTrackInProject") end

--- A new track at the 0-based `index`. [U insert-track] the order of arguments, and flags 0 for a bare track.
function M.insert_track(project, index)
  if M.can_insert_anywhere() then
    reaper.InsertTrackInProject(project, index, 0)
  else
    reaper.InsertTrackAtIndex(index, false)
  end
  return reaper.GetTrack(project, index)
end

function M.add_item(track) return reaper.AddMediaItemToTrack(track) end

--- A new take of `item` that plays `source`.
function M.add_take(item, source)
  local take = reaper.AddTakeToMediaItem(item)
  reaper.SetMediaItemTake_Source(take, source)
  return take
end

function M.activate_take(take) reaper.SetActiveTake(take) end

function M.refresh_item(item) reaper.UpdateItemInProject(item) end

function M.refresh_timeline() reaper.UpdateTimeline() end

--- Sorts items into their lanes. [U lane-order] it removes empty lanes at the bottom, so it comes after the items.
function M.refresh_lanes(project) reaper.UpdateItemLanes(project) end

return M
