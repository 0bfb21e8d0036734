--- Tempo, meter and the names of parts.
local M = {}

--- Tempo, meter and the bar around second `t`. [U tempo] it counts quarter notes a minute, in x/8 meters too.
function M.music_at(project, t)
  local numerator, denominator, tempo = reaper.TimeMap_GetTimeSigAtTime(project, t)
  local _, measure = reaper.TimeMap2_timeToBeats(project, t)
  local bar_start = reaper.TimeMap_GetMeasureInfo(project, measure)
  local bar_end = reaper.TimeMap_GetMeasureInfo(project, measure + 1)
  return { bpm = tempo, numerator = numerator, denominator = denominator, bar_start = bar_start, bar_end = bar_end }
end

--- The tempo markers of the project: `{at (s), bpm, numerator, denominator, ramp}`; a meter of 0/0 stays as it was.
-- [U meter-zero] markers that do not change the meter say numbers of 0 or below.
function M.tempo_markers(project)
  local markers = {}
  for index = 0, reaper.CountTempoTimeSigMarkers(project) - 1 do
    local _, at, _, _, bpm, numerator, denominator, is_linear = reaper.GetTempoTimeSigMarker(project, index)
    markers[#markers + 1] = { at = at, bpm = bpm, numerator = numerator, denominator = denominator, ramp = is_linear }
  end
  return markers
end

--- The region at second `t`: `{from, to, name}`; nil if there is none.
function M.region_at(project, t)
  local _, region = reaper.GetLastMarkerAndCurRegion(project, t)
  if region < 0 then return nil end
  local _, _, from, to, name = reaper.EnumProjectMarkers3(project, region)
  return { from = from, to = to, name = name }
end

return M
