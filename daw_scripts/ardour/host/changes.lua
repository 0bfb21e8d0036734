--- What we change in the session: files brought in, tracks made, regions laid down, raised, named and taken away.
--
-- Ardour itself has no undo for a new track or a file brought in; everything that changes a playlist goes through
-- `in_one_undo_step`.
local tracks = require("ardour.host.tracks")

local M = {}

-- [U midi-names] 8.x renamed this; a name that is not there is nil.
local function midi_names()
  return ARDOUR.MidiTrackNameSource.SMFTrackName or ARDOUR.MidiTrackNameSource.SMFFileAndTrackName
end

local function bring_in(path)
  local files = C.StringVector()
  files:push_back(path)
  Editor:do_import(files, Editing.ImportSerializeFiles, Editing.ImportAsRegion, ARDOUR.SrcQuality.SrcBest, midi_names(),
    ARDOUR.MidiTempoMapDisposition.SMFTempoIgnore, Temporal.timepos_t(0), ARDOUR.PluginInfo(), ARDOUR.Track(), false)
end

local function number_of(region) return math.tointeger(tonumber(region:to_stateful():id():to_s())) or 0 end

--- The whole-file region that Ardour made last.
local function newest_region()
  local newest, highest = nil, -1
  for _, region in ARDOUR.RegionFactory.regions():iter() do
    local number = region:whole_file() and number_of(region) or -1
    if number > highest then newest, highest = region, number end
  end
  return newest, highest
end

--- Copies `path` into the session, as *Import* does, and calls the new region `name`. Returns
-- `{id, length, channels, source}`, `source` being the name of its first file in the session; nil if Ardour could not.
-- This is Ardour's own work: some 20 ms, and 1 ms more for every second of stereo sound.
function M.import(path, name)
  local _, before = newest_region()
  bring_in(path)
  local region, number = newest_region()
  local audio = number > before and region:to_audioregion()
  if not audio or audio:isnil() then return nil end
  region:set_name(name)
  return {
    id = region:to_stateful():id():to_s(), length = region:length():samples(), channels = audio:n_channels(),
    source = ARDOUR.LuaAPI.path_get_basename(region:source(0):to_filesource():path()),
  }
end

--- Copies the MIDI file `path` into the session. Returns `{id}` of the new region, whose notes count in beats of the
-- session's own tempo; nil if Ardour could not.
function M.import_notes(path)
  local _, before = newest_region()
  bring_in(path)
  local region, number = newest_region()
  if number <= before or region:to_midiregion():isnil() then return nil end
  return { id = region:to_stateful():id():to_s() }
end

--- Makes a MIDI track without an instrument, in the order number `order` (nil: at the end). Returns its id.
function M.add_midi_track(name, order)
  local one = ARDOUR.ChanCount(ARDOUR.DataType("midi"), 1)
  local made = Session:new_midi_track(one, one, true, ARDOUR.PluginInfo(), nil, nil, 1, name,
    order or ARDOUR.PresentationInfo.max_order, ARDOUR.TrackMode.Normal, false)
  local id
  for track in made:iter() do id = track:to_stateful():id():to_s() end
  return id
end

--- Makes an audio track with `channels` in and out, in the order number `order` (nil: at the end). Returns its id.
function M.add_track(name, channels, order)
  local made = Session:new_audio_track(channels, channels, nil, 1, name, order or ARDOUR.PresentationInfo.max_order,
    ARDOUR.TrackMode.Normal, false)
  local id
  for track in made:iter() do id = track:to_stateful():id():to_s() end
  return id
end

--- Selects the track above the one that is selected; a range stays as it is.
function M.select_track_above() Editor:access_action("Editor", "select-prev-route") end

--- Writes into the comments of the track, where its user sees it too, and sets its fader.
function M.set_comment(id, comment) tracks.find(id):set_comment(comment, nil) end

function M.set_gain(id, gain)
  tracks.find(id):gain_control():set_value(gain, PBD.GroupControlDisposition.NoGroup)
end

local function regions_of(playlist)
  local list = {}
  for region in playlist:region_list():iter() do list[#list + 1] = region end
  return list
end

--- What `change` may touch: the playlists of the tracks `ids` by id, and the regions on them.
local function watched(ids)
  local playlists, before = {}, {}
  for _, id in ipairs(ids) do
    playlists[id] = tracks.find(id):playlist()
    playlists[id]:to_stateful():clear_changes()
    for _, region in ipairs(regions_of(playlists[id])) do
      region:to_stateful():clear_changes()
      before[#before + 1] = region
    end
  end
  return playlists, before
end

--- Runs `change(playlists)` on the playlists of the tracks `ids`, by id, as one undo step: regions added, removed,
-- muted, named. Returns what it returned; nil and the error if it broke, after what it had done was taken back.
function M.in_one_undo_step(label, ids, change)
  Session:begin_reversible_command(label)
  local playlists, before = watched(ids)
  local fine, result = pcall(change, playlists)
  local is_empty = true
  for _, id in ipairs(ids) do
    local difference = Session:add_stateful_diff_command(playlists[id]:to_statefuldestructible())
    is_empty = difference:empty() and is_empty
  end
  for _, region in ipairs(before) do
    is_empty = Session:add_stateful_diff_command(region:to_statefuldestructible()):empty() and is_empty
  end
  if is_empty then
    Session:abort_reversible_command()
  else
    Session:commit_reversible_command(nil)
    if not fine then Editor:undo(1) end
  end
  if not fine then return nil, result end
  return result
end

--- Lays a copy of the imported region `id` onto `playlist` at sample `position`, named, with edges as its file has
-- them. Returns the id of the copy.
function M.lay_region(playlist, id, name, position, is_heard)
  local whole = ARDOUR.RegionFactory.region_by_id(PBD.ID(id))
  local region = ARDOUR.RegionFactory.clone_region(whole, true, false)
  region:set_name(name)
  local audio = region:to_audioregion()
  -- The seams are in the file already.
  audio:set_fade_in_active(false)
  audio:set_fade_out_active(false)
  region:set_muted(not is_heard)
  playlist:add_region(region, Temporal.timepos_t(position), 1, false, 0, 0, false)
  return region:to_stateful():id():to_s()
end

--- Lays a copy of the imported notes `id` onto `playlist` at sample `position`. Returns its id, and the name of the
-- file that Ardour made for it: notes that are copied are copied.
function M.lay_notes(playlist, id, name, position, is_heard)
  local whole = ARDOUR.RegionFactory.region_by_id(PBD.ID(id))
  local region = ARDOUR.RegionFactory.clone_region(whole, true, false)
  region:set_name(name)
  region:set_muted(not is_heard)
  playlist:add_region(region, Temporal.timepos_t(position), 1, false, 0, 0, false)
  local source = ARDOUR.LuaAPI.path_get_basename(region:source(0):to_filesource():path())
  return region:to_stateful():id():to_s(), source
end

--- Whether the imported region `id` still exists in the session.
function M.has_region(id)
  local region = ARDOUR.RegionFactory.region_by_id(PBD.ID(id))
  return region ~= nil and not region:isnil()
end

--- Lets the region `id` of `playlist` be heard and seen, or not. A muted region does not cover those below it.
-- (What is drawn on top follows an undo only at the next change; what is heard follows at once.)
function M.show_region(playlist, id, is_heard)
  local region = playlist:region_by_id(PBD.ID(id))
  region:set_muted(not is_heard)
  if is_heard then playlist:raise_region_to_top(region) end
end

function M.take_away(playlist, id) playlist:remove_region(playlist:region_by_id(PBD.ID(id))) end

function M.rename(playlist, id, name) playlist:region_by_id(PBD.ID(id)):set_name(name) end

return M
