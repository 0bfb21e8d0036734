--- Items and takes.
local M = {}

local DELETE_ACTIVE_TAKE = 40129

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

--- The take `guid` in `project`, wherever it was moved, and its item; nil if it is gone. [U take-guid] in any open tab.
function M.find_take(project, guid)
  local take = reaper.GetMediaItemTakeByGUID(project, guid)
  if not take then return nil end
  return take, reaper.GetMediaItemTake_Item(take)
end

function M.item_of(take) return reaper.GetMediaItemTake_Item(take) end

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

function M.add_item(track) return reaper.AddMediaItemToTrack(track) end

--- A new take of `item` that plays `source`.
function M.add_take(item, source)
  local take = reaper.AddTakeToMediaItem(item)
  reaper.SetMediaItemTake_Source(take, source)
  return take
end

function M.activate_take(take) reaper.SetActiveTake(take) end

--- Cuts `item` in two at second `t` and returns the right part; nil where `t` is not inside it. [U split] neither the
-- other items of its group nor those that are selected are cut with it.
function M.split(item, t) return reaper.SplitMediaItem(item, t) end

--- Takes `item` off its track. Only ever called for items that Dawbridge has laid down.
function M.delete_item(item) reaper.DeleteTrackMediaItem(reaper.GetMediaItem_Track(item), item) end

--- Takes `take` off `item`, which has others. [U delete-take] only an action can do it, 40129, and it works on the
-- active takes of selected items in the tab in front: so the selection is put back afterwards.
function M.delete_take(item, take)
  local project, selected = reaper.GetItemProjectContext(item), {}
  for index = 0, reaper.CountSelectedMediaItems(project) - 1 do
    selected[#selected + 1] = reaper.GetSelectedMediaItem(project, index)
  end
  local active = reaper.GetActiveTake(item)
  for _, other in ipairs(selected) do reaper.SetMediaItemSelected(other, false) end
  reaper.SetMediaItemSelected(item, true)
  reaper.SetActiveTake(take)
  reaper.Main_OnCommandEx(DELETE_ACTIVE_TAKE, 0, project)
  reaper.SetMediaItemSelected(item, false)
  for _, other in ipairs(selected) do reaper.SetMediaItemSelected(other, true) end
  if active ~= take then reaper.SetActiveTake(active) end
end

function M.refresh_item(item) reaper.UpdateItemInProject(item) end

return M
