--- The tempo map of the fake: markers with tempo and meter, jumps and straight ramps.
--
-- `project.tempo` is a list of `{t, bpm, num, den, ramp, keeps_meter}`; the first one is what the project begins with.
-- Tempo counts quarter notes; a ramp goes in a straight line over time to the tempo of the next marker.
local M = {}

--- The tempo at `t` in the segment that begins with marker `index`.
local function bpm_at(project, index, t)
  local marker, following = project.tempo[index], project.tempo[index + 1]
  if not marker.ramp or not following then return marker.bpm end
  return marker.bpm + (following.bpm - marker.bpm) * (t - marker.t) / (following.t - marker.t)
end

--- Quarter notes from marker `index` to `t`: the area below a straight line.
local function quarters(project, index, t)
  local marker = project.tempo[index]
  return (t - marker.t) * (marker.bpm + bpm_at(project, index, t)) / 2 / 60
end

--- The second at which `count` quarter notes have passed since marker `index`.
local function second_of(project, index, count)
  local marker, following = project.tempo[index], project.tempo[index + 1]
  if not marker.ramp or not following then return marker.t + count * 60 / marker.bpm end
  local slope = (following.bpm - marker.bpm) / (following.t - marker.t)
  local half = slope / 120
  if math.abs(half) < 1e-12 then return marker.t + count * 60 / marker.bpm end
  local linear = marker.bpm / 60
  return marker.t + (-linear + math.sqrt(linear * linear + 4 * half * count)) / (2 * half)
end

--- Every marker that changes the meter begins a measure, as in REAPER. Meters of others are those before them.
local function segments(project)
  local list, measure, passed, meter = {}, 0, 0.0, nil
  for index, marker in ipairs(project.tempo) do
    if not (marker.keeps_meter and meter) then
      if meter then measure = measure + math.ceil(passed / meter.quarters - 1e-9) end
      meter, passed = { num = marker.num, den = marker.den, quarters = marker.num * 4 / marker.den }, 0.0
    end
    list[index] = { index = index, t = marker.t, meter = meter, measure = measure, passed = passed }
    local following = project.tempo[index + 1]
    if following then passed = passed + quarters(project, index, following.t) end
  end
  return list
end

local function last_where(list, holds)
  local found = list[1]
  for _, segment in ipairs(list) do
    if holds(segment) then found = segment end
  end
  return found
end

--- Segment, and the measures that have passed since the project began (with a fraction).
local function measures_at(project, t)
  local segment = last_where(segments(project), function(one) return one.t <= t end)
  local since = segment.passed + quarters(project, segment.index, t)
  return segment, segment.measure + since / segment.meter.quarters
end

local function start_of(project, measure)
  local best
  for _, segment in ipairs(segments(project)) do
    local count = (measure - segment.measure) * segment.meter.quarters - segment.passed
    if segment.measure <= measure and (count >= -1e-9 or not best) then
      best = { segment = segment, t = second_of(project, segment.index, math.max(0, count)) }
    end
  end
  return best.t, best.segment
end

function M.install(world, api)
  function api.TimeMap_GetTimeSigAtTime(project, t)
    project = world.project_of(project)
    local segment = measures_at(project, t)
    return segment.meter.num, segment.meter.den, bpm_at(project, segment.index, t) + 0.0
  end

  function api.TimeMap2_timeToBeats(project, t)
    local segment, measures = measures_at(world.project_of(project), t)
    local whole = math.floor(measures)
    return (measures - whole) * segment.meter.num, whole, segment.meter.num, 0.0, segment.meter.den
  end

  function api.TimeMap_GetMeasureInfo(project, measure)
    local start, segment = start_of(world.project_of(project), measure)
    return start + 0.0, 0.0, 0.0, segment.meter.num, segment.meter.den, 0.0
  end

  --- A project that has never had a marker has none, whatever its tempo.
  function api.CountTempoTimeSigMarkers(project)
    local markers = world.project_of(project).tempo
    return #markers == 1 and not markers[1].ramp and 0 or #markers
  end

  function api.GetTempoTimeSigMarker(project, index)
    local marker = world.project_of(project).tempo[index + 1]
    if not marker then return false end
    local keeps = marker.keeps_meter
    return true, marker.t + 0.0, 0, 0.0, marker.bpm + 0.0, keeps and 0 or marker.num, keeps and 0 or marker.den,
      marker.ramp or false
  end
end

return M
