--- Tempo, meter, place in the bar and section where a span begins, and what changes inside it. Pure: it asks a tempo
--- map as ardour/host/timeline.lua hands it out.
local M = {}

local DENOMINATORS = { [1] = true, [2] = true, [4] = true, [8] = true, [16] = true }
local MOST_STEPS, MOST_CHANGES = 4000, 1000
local LONGEST_NAME = 64
--- Tempos nearer than this are one tempo.
local SAME_BPM = 1e-6
--- A tempo that moves by less than this within a step is on its way; by more, it has jumped.
local JUMP = 0.02

local function meter_text(map, sample)
  local beats, note = map.meter(sample)
  beats, note = math.tointeger(beats), math.tointeger(note)
  if beats and beats >= 1 and beats <= 32 and DENOMINATORS[note] then return beats .. "/" .. note end
  return nil
end

local function bpm_of(map, sample)
  local bpm = map.bpm(sample)
  return bpm >= 20 and bpm <= 400 and bpm or nil
end

local function differs(map, one, other)
  if meter_text(map, one) ~= meter_text(map, other) then return true end
  return math.abs(map.bpm(one) - map.bpm(other)) > SAME_BPM * map.bpm(one)
end

--- The first sample after `low` where tempo or meter is another than at `low`; they are at `high`.
local function first_difference(map, low, high)
  local start = low
  while high - low > 1 do
    local middle = (low + high) // 2
    if differs(map, start, middle) then high = middle else low = middle end
  end
  return high
end

--- Whether the tempo glides from `one` on: two neighbouring steps differ, but only a little.
local function glides(map, one, step, last)
  local first, second = map.bpm(one), map.bpm(math.min(one + step, last))
  local change = math.abs(second - first) / first
  return change > SAME_BPM and change < JUMP
end

--- Changes of tempo and meter in `[start, stop)`, as the protocol has them; `rate` in samples a second.
function M.changes(map, start, stop, rate)
  local list, at, is_ramp = {}, start, false
  local step = math.max(rate // 20, (stop - start) // MOST_STEPS, 1)
  local function note(sample, ramp)
    local meter = sample > start and meter_text(map, sample) ~= meter_text(map, sample - 1) and meter_text(map, sample)
    list[#list + 1] = { at = sample - start, bpm = bpm_of(map, sample), meter = meter or nil, ramp = ramp or nil }
    is_ramp = ramp
  end
  while at < stop - 1 and #list < MOST_CHANGES do
    local following = math.min(at + step, stop - 1)
    local glide = glides(map, at, step // 4 + 1, stop - 1) and glides(map, following, step // 4 + 1, stop - 1)
    if glide and not is_ramp then
      note(at, true)
    elseif is_ramp and not glide then
      note(following, false)
    elseif not glide and differs(map, at, following) then
      note(first_difference(map, at, following), false)
    end
    at = following
  end
  return list
end

--- The name of the smallest range round `sample`; else of the last marker before it; "" if there is none.
function M.section(markers, sample)
  local range, marker
  for _, found in ipairs(markers) do
    if found.to then
      local is_inside = found.from <= sample and sample < found.to
      if is_inside and (not range or found.to - found.from < range.to - range.from) then range = found end
    elseif found.from <= sample and (not marker or found.from >= marker.from) then
      marker = found
    end
  end
  local name = (range or marker or { name = "" }).name
  if (utf8.len(name) or LONGEST_NAME + 1) <= LONGEST_NAME then return name end
  return utf8.len(name) and name:sub(1, utf8.offset(name, LONGEST_NAME + 1) - 1) or ""
end

--- What the session says about `span`: `{bpm, meter, since_bar, section, changes}`; what the protocol cannot hold is
-- left out.
function M.of(map, markers, span)
  local start = span.start
  return {
    bpm = bpm_of(map, start), meter = meter_text(map, start),
    since_bar = math.max(0, start - map.bar_start(start)), section = M.section(markers, start),
    changes = M.changes(map, start, span["end"], span.rate),
  }
end

--- Samples of the bar that begins or goes on at `sample`.
function M.bar(map, sample) return map.bar_end(sample) - map.bar_start(sample) end

return M
