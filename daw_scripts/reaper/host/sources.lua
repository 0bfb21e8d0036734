--- The files behind takes.
local M = {}

--- The file behind a take: `path, kind, rate, channels`, and which part plays: `section_start, section_seconds,
-- reversed`. A section or reversed source has no file name of its own; the file is at the root of its parents.
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
    channels = reaper.GetMediaSourceNumChannels(source),
    file_seconds = seconds,
    section_start = start,
    section_seconds = length and length > 0 and math.min(length, left) or left,
    reversed = reversed,
  }
end

--- Opens `path` for a new take. Returns the source and its seconds; nil if REAPER cannot read it. [U midi-file] it
-- opens MIDI files too, without a question; their length counts quarter notes.
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

--- Draws a little of the waveform of the take `guid`, which may be gone by now; `has_begun` is false the first time.
-- True if there is more to do.
function M.draw_peaks(project, guid, has_begun)
  if not reaper.ValidatePtr2(0, project, "ReaProject*") then return false end
  local take = reaper.GetMediaItemTakeByGUID(project, guid)
  if not take then return false end
  local source = reaper.GetMediaItemTake_Source(take)
  if reaper.PCM_Source_BuildPeaks(source, has_begun and 1 or 0) ~= 0 then return true end
  if has_begun then reaper.PCM_Source_BuildPeaks(source, 2) end
  return false
end

return M
