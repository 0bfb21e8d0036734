--- What a track plays, in samples: its items with their volumes, fades, rates and pitches, before the track's effects.
--
-- [U accessor] one accessor hears the items of its own track only, in project seconds, with take effects and envelopes,
-- without lanes that do not play; neither folder children nor the track's mute, volume and effects.
local M = {}

--- Values that one read may bring: REAPER's arrays have a limit that nobody has written down. [U array-size]
M.MOST_VALUES = 65536

function M.open_track_audio(track) return reaper.CreateTrackAudioAccessor(track) end

--- Room for `count` values, to be used for every read.
function M.new_buffer(count) return reaper.new_array(count) end

--- Reads `frames` from second `t` on into `buffer`. Returns its values, interleaved; nil where nothing sounds; false if
-- the track cannot be read.
function M.read_audio(accessor, rate, channels, t, frames, buffer)
  buffer.clear(0.0, 1, frames * channels)
  local found = reaper.GetAudioAccessorSamples(accessor, rate, channels, t, frames, buffer)
  if found < 0 then return false end
  if found == 0 then return nil end
  return buffer.table(1, frames * channels)
end

--- Whether the user has changed what it reads since it was opened.
function M.audio_has_changed(accessor) return reaper.AudioAccessorStateChanged(accessor) end

function M.close_audio(accessor) reaper.DestroyAudioAccessor(accessor) end

return M
