--- Changes as the user sees them: one step that one undo takes back.
local M = {}

--- Track settings and items, which is all that we change: REAPER then need not look at effects and envelopes.
local TRACKS_AND_ITEMS = 1 | 4

--- Runs `change` as one undo step called `label`, with the screen held still. Returns what `change` returned;
-- nil and the error if it broke, after everything it had done was undone.
-- [U undo] blocks work in a tab that is not in front, and Undo_DoUndo2 takes back just the block that has ended.
function M.in_one_undo_step(project, label, change)
  reaper.Undo_BeginBlock2(project)
  reaper.PreventUIRefresh(1)
  local fine, result = xpcall(change, debug.traceback)
  reaper.PreventUIRefresh(-1)
  reaper.Undo_EndBlock2(project, label, TRACKS_AND_ITEMS)
  if not fine then reaper.Undo_DoUndo2(project) end
  reaper.UpdateArrange()
  reaper.TrackList_AdjustWindows(false)
  if fine then return result end
  return nil, result
end

return M
