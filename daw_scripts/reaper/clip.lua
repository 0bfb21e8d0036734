--- Whether an item plays its file as it is, and then which samples of it: the bridge reads files, not what REAPER
--- makes of them. What cannot be named by file and span must be rendered or glued first.
local host = require("reaper.host")

local M = {}

local NO_AUDIO = { VIDEO = "video", RPP_PROJECT = "video", MIDI = "midi", MIDIPOOL = "midi", EMPTY = "empty" }

local function source_obstacle(source)
  if not source then return "empty" end
  if NO_AUDIO[source.kind] then return NO_AUDIO[source.kind] end
  if source.path == "" or not host.file_exists(source.path) then return "offline", { path = source.path } end
  if source.reversed then return "reversed" end
  if source.rate <= 0 or source.section_seconds <= 0 then return "offline", { path = source.path } end
  return nil
end

local function take_obstacle(take)
  if host.take_number(take, "D_PLAYRATE") ~= 1 then return "playrate" end
  if host.take_number(take, "D_PITCH") ~= 0 then return "pitch" end
  if host.take_number(take, "I_CHANMODE") ~= 0 then return "channel_mode" end
  if host.stretch_markers(take) > 0 then return "stretch_markers" end
  if host.effects(take) > 0 then return "take_fx" end
  if host.envelopes(take) > 0 then return "take_envelopes" end
  return nil
end

--- The clip (see shared/span.lua) and the source of what `take` of `item` plays, whatever that is; nil for no file.
function M.read(item, take)
  local source = take and host.source(take)
  if not source then return nil end
  return {
    position = host.item_number(item, "D_POSITION"),
    length = host.item_number(item, "D_LENGTH"),
    loops = host.item_number(item, "B_LOOPSRC") ~= 0,
    offset = host.take_number(take, "D_STARTOFFS"),
    playrate = host.take_number(take, "D_PLAYRATE"),
    section_start = source.section_start,
    section_seconds = source.section_seconds,
    rate = source.rate,
  }, source
end

--- Whether the clip wraps round its source somewhere, in or out of the selection.
function M.is_wrapped(clip)
  local last = clip.offset + clip.length * clip.playrate
  return clip.loops and (clip.offset < 0 or last > clip.section_seconds + 0.5 / clip.rate)
end

--- Clip, source and take of `item` if its file is what is heard; nil, the name of a sentence and its values if not.
function M.reference(item)
  local take = host.active_take(item)
  if not take then return nil, "empty", {} end
  if host.is_midi(take) then return nil, "midi", {} end
  local clip, source = M.read(item, take)
  local reason, values = source_obstacle(source)
  reason = reason or take_obstacle(take)
  if reason then return nil, reason, values or {} end
  return clip, source, take
end

return M
