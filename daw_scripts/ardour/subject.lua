--- From what is selected in the editor to what a verb works on (see shared/requests.lua), and where its result goes.
--
-- A *place* is what ardour/landing.lua needs later, when the selection is long another one:
--   verb, range     for names and sentences
--   track           id of the track that was selected; nil if none was
--   manner          "beside" on a track next to it, "on" the track itself, "new" on a track of its own
--   title           what a new track is called
--   anchor          `{region, position}`: where the region under the span lay; it may be moved meanwhile
local clock = require("ardour.clock")
local header = require("ardour.header")
local layers = require("ardour.layers")
local music = require("ardour.music")
local offer = require("shared.offer")
local program = require("ardour.host.program")
local results = require("ardour.results")
local text = require("shared.text")
local timeline = require("ardour.host.timeline")
local tracks = require("ardour.host.tracks")
local verbs = require("shared.verbs")

local M = {}

local SHORTEST_SECONDS = 0.1
local CONTEXT_SECONDS = 30

--- What files have, asked once for each.
local function file_facts()
  local known = {}
  local function look(path)
    if known[path] == nil then
      local file = io.open(path, "rb")
      local rate, channels
      if file then
        rate, channels = header.read(file:read(header.BYTES) or "")
        file:close()
      end
      known[path] = { rate = rate, channels = channels }
    end
    return known[path]
  end
  return {
    rate = function(path) return look(path).rate end,
    channels = function(path) return look(path).channels end,
    exists = program.exists,
  }
end

--- Tracks and bounds of the selected regions: `{from, to, tracks}`; nil if none is selected.
local function of_regions(ids)
  local found, seen = { tracks = {} }, {}
  for _, id in ipairs(ids) do
    local track, position = tracks.of_region(id)
    for _, region in ipairs(track and tracks.regions(track) or {}) do
      if region.id == id then
        found.from = math.min(found.from or position, position)
        found.to = math.max(found.to or 0, position + region.length)
        if not seen[track] then found.tracks[#found.tracks + 1] = track end
        seen[track] = true
      end
    end
  end
  return found.from and found or nil
end

--- The range that is meant: selected on the timeline, or round the selected regions, or the loop where `may_loop`.
local function picked(may_loop)
  local selection = timeline.selection()
  if selection.from then return selection end
  local found = of_regions(selection.regions)
  if found or not may_loop then return found end
  local from, to = timeline.loop()
  return from and { from = from, to = to, tracks = selection.tracks } or nil
end

--- One audio track out of the ids; nil, the name of a sentence and its values. `is_optional`: none is fine too.
local function only_track(ids, is_optional)
  local found
  for _, id in ipairs(ids) do
    local track = tracks.get(id)
    if track and found then return nil, "several_tracks", { count = #ids } end
    found = found or track
  end
  if not found and #ids > 0 then return nil, "no_audio_track", {} end
  if not found and not is_optional then return nil, "no_track", {} end
  return found
end

local function span_of(range)
  local rate = timeline.rate()
  if range.to - range.from < SHORTEST_SECONDS * rate then return nil, "too_short", {} end
  return { start = range.from, ["end"] = range.to, rate = rate }
end

local function sounds_in(clips, from, to)
  for _, clip in ipairs(clips) do
    if clip.start < to and clip.start + clip.length > from then return true end
  end
  return false
end

--- The clips of `track` round `span`; nil, the name of a sentence and its values where one cannot be sent.
local function clips_round(track, span, welcome, facts)
  local context = math.ceil(offer.context_seconds(welcome, CONTEXT_SECONDS) * span.rate)
  local regions = tracks.regions(track.id)
  local clips, missing = layers.clips(regions, span.start - context, span["end"] + context, span.rate, facts)
  if missing == "" then return nil, "compound", {} end
  if missing then return nil, "offline", { path = missing } end
  return clips, regions
end

local function anchor(regions, from)
  for index = #regions, 1, -1 do
    local region = regions[index]
    if region.position <= from and from < region.position + region.length then
      return { region = region.id, position = region.position }
    end
  end
  return nil
end

local function start(verb, range, track)
  local span, reason, values = span_of(range)
  if not span then return nil, reason, values end
  local session, map = timeline.session(), timeline.tempo_map()
  local found = { span = span, form = "region", project = session.path }
  found.music = music.of(map, timeline.markers(), span)
  local edge = verb.id == "extend_right" and span["end"] or span.start
  found.bar = music.bar(map, edge)
  found.room_left = span.start
  found.comment = track and track.comment or ""
  found.place = {
    verb = verb.id, track = track and track.id, manner = "beside",
    range = clock.range(range.from, range.to, span.rate),
  }
  found.about = { track = track and track.name, range = found.place.range }
  return found
end

local find = {}

--- A range of one track that sounds.
function find.audio(verb, welcome)
  local range = picked(false)
  if not range then return nil, "nothing_selected", {} end
  local track, reason, values = only_track(range.tracks)
  if not track then return nil, reason, values end
  local found
  found, reason, values = start(verb, range, track)
  if not found then return nil, reason, values end
  local clips, regions, of_clips = clips_round(track, found.span, welcome, file_facts())
  if not clips then return nil, regions, of_clips end
  if not sounds_in(clips, range.from, range.to) then return nil, "silent", {} end
  found.source = { clips = clips }
  found.place.anchor = anchor(regions, range.from)
  return found
end

find.edge = find.audio

--- A range, on a track or on none. Where nothing lies on the track, the result lies there itself.
function find.room(verb)
  local range = picked(true)
  if not range then return nil, "no_range", {} end
  local track, reason, values = only_track(range.tracks, true)
  if reason then return nil, reason, values end
  local found
  found, reason, values = start(verb, range, track)
  if not found then return nil, reason, values end
  local is_free = track and #layers.heard(tracks.regions(track.id), range.from, range.to) == 0
  found.place.manner = not track and "new" or is_free and "on" or "beside"
  found.place.title = text.say("generated_track")
  return found
end

local function is_heard(track, any_solo)
  if any_solo then return track.is_soloed end
  return not track.is_muted
end

--- A range, and every track that is heard there.
function find.tracks(verb, welcome)
  local range = picked(true)
  if not range then return nil, "no_range", {} end
  local found, reason, values = start(verb, range)
  if not found then return nil, reason, values end
  local facts, any_solo = file_facts(), false
  for _, track in ipairs(tracks.all()) do any_solo = any_solo or track.is_soloed end
  found.sources = {}
  for _, track in ipairs(tracks.all()) do
    if is_heard(track, any_solo) then
      local clips, of_track, of_clips = clips_round(track, found.span, welcome, facts)
      if not clips then return nil, of_track, of_clips end
      if sounds_in(clips, range.from, range.to) then
        local gain = track.gain ~= 1 and layers.decibels(track.gain) or nil
        found.sources[#found.sources + 1] = { clips = clips, gain_db = gain }
      end
    end
  end
  if #found.sources == 0 then return nil, "no_other_tracks", {} end
  found.place.manner, found.place.title = "new", text.say("generated_track")
  return found
end

--- A result of ours.
function find.take(verb, _, desk)
  local chosen = results.selected(desk)[1]
  if not chosen then return nil, "no_result", {} end
  if not program.exists(chosen.entry.path) then return nil, "no_recipe_file", { path = chosen.entry.path } end
  local rate, region = timeline.rate(), chosen.region
  return {
    take = chosen.entry.path, project = timeline.session().path, is_draft = chosen.entry.draft,
    about = { track = chosen.track.name, range = chosen.entry.title },
    place = {
      verb = verb.id, track = chosen.track.id, manner = "on",
      anchor = { region = region.id, position = region.position },
      range = clock.range(region.position, region.position + region.length, rate),
    },
  }
end

--- What the panel is opened on: a range that sounds, or an empty one; nil where nothing is selected.
function M.region(welcome, desk)
  local verb = verbs.get("open_panel")
  local found = find.audio(verb, welcome) or find.room(verb)
  if found and not desk.book:is_writable() then found.project = nil end
  program.tidy()
  return found
end

--- What `verb` works on; nil, the name of a sentence and its values where the selection does not do. `welcome` is the
-- bridge's, if it is known.
function M.find(verb, welcome, desk)
  local found, reason, values = find[verb.needs](verb, welcome, desk)
  if found and not desk.book:is_writable() then
    found.project, found.is_read_only = nil, true
  end
  program.tidy()
  return found, reason, values
end


return M
