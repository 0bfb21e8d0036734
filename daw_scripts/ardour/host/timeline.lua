--- The session that is open: where it lies, its rate, what is selected, its tempo map and markers.
local M = {}

--- Whether a session is open.
function M.is_open() return Session ~= nil end

--- `{path, name, snapshot}`: the session's folder without a slash at its end, and what it is called.
function M.session()
  return { path = (Session:path():gsub("[/\\]+$", "")), name = Session:name(), snapshot = Session:snap_name() }
end

function M.rate() return math.tointeger(Session:nominal_sample_rate()) end

function M.is_recording() return Session:actively_recording() end

--- What the editor has selected: `from, to` in samples, nil where no range is; ids of tracks; and ids of regions.
function M.selection()
  local selected = Editor:get_selection()
  local found = { tracks = {}, regions = {} }
  local from, to = selected.time:start_sample(), selected.time:end_sample()
  if to > from then found.from, found.to = from, to end
  for route in selected.tracks:routelist():iter() do
    if not route:to_track():isnil() then found.tracks[#found.tracks + 1] = route:to_stateful():id():to_s() end
  end
  for region in selected.regions:regionlist():iter() do
    found.regions[#found.regions + 1] = region:to_stateful():id():to_s()
  end
  return found
end

--- The loop range in samples; nil if there is none.
function M.loop()
  local location = Session:locations():auto_loop_location()
  if not location then return nil end
  return location:start():samples(), location:_end():samples()
end

--- Markers and ranges as `{name, from, to}`; `to` is nil for a marker. Those that Ardour keeps for itself are left out.
function M.markers()
  local list = {}
  for location in Session:locations():list():iter() do
    local is_own = location:is_auto_loop() or location:is_auto_punch() or location:is_session_range()
    if not is_own and not location:is_hidden() then
      list[#list + 1] = {
        name = location:name(), from = location:start():samples(),
        to = not location:is_mark() and location:_end():samples() or nil,
      }
    end
  end
  return list
end

--- The tempo map for a while: let go of it before the script returns.
--   bpm(sample)        quarter notes a minute
--   meter(sample)      beats in a bar, and the note that is one beat
--   bar_start(sample)  the bar line at or before it
--   bar_end(sample)    the bar line after it
function M.tempo_map()
  local map = Temporal.TempoMap.read()
  local function at(sample) return Temporal.timepos_t(sample) end
  local function bar_line(sample, bars)
    local bbt = map:bbt_at(at(sample))
    local line = Temporal.BBT_TIME(bbt.bars + bars, 1, 0)
    return map:sample_at_beats(map:quarters_at_bbt(line))
  end
  return {
    bpm = function(sample) return map:quarters_per_minute_at(at(sample)) end,
    meter = function(sample)
      local meter = map:meter_at(at(sample))
      return meter:divisions_per_bar(), meter:note_value()
    end,
    bar_start = function(sample) return bar_line(sample, 0) end,
    bar_end = function(sample) return bar_line(sample, 1) end,
  }
end

return M
