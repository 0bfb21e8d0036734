--- Tracks and their regions, as plain tables. Ids are Ardour's own: they stay when a track is moved or renamed, and in
-- the saved session.
local M = {}

local function id_of(thing) return thing:to_stateful():id():to_s() end

--- Ardour's track called `id`, audio or MIDI; nil if it is gone.
local function find(id)
  local route = Session:route_by_id(PBD.ID(id))
  if not route or route:isnil() then return nil end
  local track = route:to_track()
  return not track:isnil() and track or nil
end

M.find = find

local function is_audio(track) return not track:to_audio_track():isnil() end

local function describe(track)
  return {
    id = id_of(track), name = track:name(), comment = track:comment(),
    channels = track:n_outputs():n_audio(), order = track:presentation_info_ptr():order(),
    is_muted = track:muted(), is_soloed = track:soloed(), gain = track:gain_control():get_value(),
  }
end

--- `{id, name, comment, channels, order, is_muted, is_soloed, gain}` of one audio track; nil if it is gone.
function M.get(id)
  local track = find(id)
  return track and is_audio(track) and describe(track) or nil
end

local function list_of(is_wanted)
  local list = {}
  for route in Session:get_tracks():iter() do
    local track = route:to_track()
    if not track:isnil() and is_wanted(track) then list[#list + 1] = describe(track) end
  end
  return list
end

--- All audio tracks.
function M.all() return list_of(is_audio) end

--- All MIDI tracks.
function M.midi()
  return list_of(function(track) return not track:to_midi_track():isnil() end)
end

--- The files of a region, one for each of its channels: `{path, channel, is_own}`; `channel` counts from 1, `is_own`
-- is true for files of the session, which have its rate. nil where a channel has no file (a compound, a silence).
local function sources(region, channels)
  local list = {}
  for index = 0, channels - 1 do
    local source = region:source(index)
    local file = not source:isnil() and source:to_filesource() or nil
    if not file or file:isnil() then return nil end
    list[#list + 1] = {
      path = file:path(), channel = file:channel() + 1, is_own = file:within_session() and file:origin() == "",
    }
  end
  return list
end

--- [U fade-length] 7.3 does not say how long a region's fades are; 64 samples is what a new region has.
local USUAL_FADE = 64

--- Middle of a region's own gain line, times its gain.
local function gain_of(audio, length)
  local gain = math.abs(audio:scale_amplitude())
  local line = audio:envelope_active() and audio:envelope()
  if line and not line:isnil() then gain = gain * line:eval(Temporal.timepos_t(length // 2)) end
  return gain
end

--- What is needed of notes: where they lie, and which file they are.
local function describe_notes(region)
  local file = region:source(0):to_filesource()
  if region:to_midiregion():isnil() or file:isnil() then return nil end
  return {
    id = id_of(region), name = region:name(), position = region:position():samples(),
    length = region:length():samples(), start = region:start():samples(), layer = region:layer(),
    is_muted = region:muted(), sources = { { path = file:path() } }, is_notes = true,
  }
end

local function describe_region(region)
  local audio = region:to_audioregion()
  if audio:isnil() then return describe_notes(region) end
  local length = region:length():samples()
  return {
    id = id_of(region), name = region:name(), position = region:position():samples(), length = length,
    start = region:start():samples(), layer = region:layer(), is_muted = region:muted(),
    is_opaque = region:opaque(), is_locked = region:locked(), gain = gain_of(audio, length),
    fade_in = audio:fade_in_active() and USUAL_FADE or 0, fade_out = audio:fade_out_active() and USUAL_FADE or 0,
    sources = sources(region, audio:n_channels()),
  }
end

--- The regions on the track `id`, those at the bottom first:
--   id, name, position, length, start (samples of its files that it skips), layer, is_muted, is_opaque, is_locked,
--   gain, fade_in, fade_out (samples), sources
-- Those of a MIDI track have no levels and no fades, and `is_notes`.
function M.regions(id)
  local list, track = {}, find(id)
  if not track then return list end
  for region in track:playlist():region_list():iter() do list[#list + 1] = describe_region(region) end
  table.sort(list, function(one, other) return one.layer < other.layer end)
  return list
end

--- The track on which the region `id` lies today, and where; nil if it lies nowhere.
function M.of_region(id)
  for route in Session:get_tracks():iter() do
    local track = route:to_track()
    local region = track:playlist():region_by_id(PBD.ID(id))
    if region and not region:isnil() then return id_of(track), region:position():samples() end
  end
  return nil
end

return M
