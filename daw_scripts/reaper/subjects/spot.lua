--- Where a result will belong: what is remembered of the selection, so that it is found again when the job is done.
--
-- A place is a plain table, kept with the job:
--   verb            id of the verb that was asked
--   project_file    of the tab at the time of asking; "" while unsaved
--   track           GUID of the track that the result lies beside; "" where there is none
--   take            GUID of the take that the range was chosen on; nil where there is none
-- manner          "lanes" (REAPER 7), "takes" (of the item itself, REAPER 6) or "item" (a new item with takes, REAPER
-- 6)
--   position        s, where the range began on the timeline
--   length          s
--   range           the same for eyes
--   item_position   s, where that take's item lay; nil where the file below tells it
--   source, span, skipped   the file and what of it was sent, where there is just one; see shared/span.lua
--   anchor          "span": the span's start lies at `position`; "file": the new file's start does
--   like_original   the new takes get the volume and pan of the old one
--   suffix          tells tracks of results apart that lie beside the same track; name: what such a track is called
local host = require("reaper.host")

local M = {}

M.LANES_SINCE = 7

--- "0:04.000–0:08.000".
function M.range_text(from, to) return host.time_text(from) .. "–" .. host.time_text(to) end

--- The place of `verb` from second `from` to `to` beside `track` (may be nil).
function M.place(verb, file, track, from, to)
  return {
    verb = verb.id, project_file = file, track = track and host.track_text(track, "GUID") or "",
    manner = host.version() >= M.LANES_SINCE and "lanes" or "item",
    position = from, length = to - from, range = M.range_text(from, to), anchor = "span",
  }
end

--- The folder for takes; nil while the project is unsaved.
function M.folder(project, file) return file ~= "" and host.media_folder(project) or nil end

return M
