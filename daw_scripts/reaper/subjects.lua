--- What a verb is about: from the selection to everything that its requests need, and where the result will belong.
--
-- `find` gives a list, mostly of one. Each entry has
--   verb, project (pointer), file
--   subject     what shared/requests.lua builds from; without its source where there is something to listen to
--   listening   what has to be listened to before the request can leave (see reaper/listening.lua), or nil
--   place       where the result belongs (see reaper/subjects/spot.lua)
--   hints       what a form may offer: lyrics, key
--   notes       sentences that the user ought to read
local audio = require("reaper.subjects.audio")
local host = require("reaper.host")
local layers = require("reaper.subjects.layers")
local music = require("reaper.music")
local playing = require("reaper.playing")
local ranges = require("reaper.ranges")
local results = require("reaper.results")
local spans = require("shared.span")
local spot = require("reaper.subjects.spot")
local verbs = require("shared.verbs")

local M = {}

local find = {}

local function as_list(found, reason, values)
  if not found then return nil, reason, values end
  return { found }
end

local function marked(project)
  local range, reason, values = ranges.marked(project)
  if not range then return nil, reason, values end
  if range.to - range.from < spans.SHORTEST_SECONDS then return nil, "too_short", {} end
  return range
end

--- Those of `targets` that hold something else than MIDI, empty items and the like; the first one if none does.
local function with_audio(targets)
  local found = {}
  for _, target in ipairs(targets) do
    for _, item in ipairs(target.items) do
      if not playing.obstacle(item) then
        found[#found + 1] = target
        break
      end
    end
  end
  return #found > 0 and found or { targets[1] }
end

--- Sound in a range. On several tracks the user has to say whether each is meant by itself or their mix.
function find.audio(verb, project, file, options)
  local range, reason, values = marked(project)
  if not range then return nil, reason, values end
  local targets
  targets, reason, values = ranges.sounding(project, range)
  if not targets then return nil, reason, values end
  targets = with_audio(targets)
  if #targets > 1 and not options.several then return nil, "several_tracks", { count = #targets } end
  if #targets == 1 then
    return as_list(audio.of(verb, project, file, targets, range.from, range.to, options))
  end
  if options.several == "mix" then
    for _, target in ipairs(targets) do target.gain = host.track_number(target.track, "D_VOL") end
    local found
    found, reason, values = audio.of(verb, project, file, targets, range.from, range.to, options)
    if found then found.place.suffix, found.place.is_mix = "/mix", true end
    return as_list(found, reason, values)
  end
  local list = {}
  for _, target in ipairs(targets) do
    local found
    found, reason, values = audio.of(verb, project, file, { target }, range.from, range.to, options)
    if found then list[#list + 1] = found end
  end
  if #list == 0 then return nil, reason, values end
  return list
end

--- A clip that is continued: all of the item, whatever range is selected.
function find.edge(verb, project, file, options)
  local item, reason, values = ranges.edge_item(project)
  if not item then return nil, reason, values end
  local from, to = ranges.bounds(item)
  local targets = { { track = host.track_of(item), items = { item } } }
  local edge = verb.id == "extend_left" and from - 0.001 or to + 0.001
  return as_list(audio.of(verb, project, file, targets, from, to,
    { context = 0, edge = math.max(0, edge), several = options.several }))
end

--- The track that a result without a source is laid beside: the razor's, that of a selected item, a selected one; or
-- nil.
local function track_meant(project, range)
  if range.tracks then return range.tracks[1] end
  if range.items[1] then return host.track_of(range.items[1]) end
  return host.selected_tracks(project)[1]
end

--- Room for new music.
function find.room(verb, project, file)
  local range, reason, values = marked(project)
  if not range then return nil, reason == "nothing_selected" and "no_range" or reason, values end
  local rate = host.project_rate(project)
  local span = { start = spans.samples(range.from, rate), ["end"] = spans.samples(range.to, rate), rate = rate }
  local subject = { project = spot.folder(project, file), span = span, timeline = span.start }
  subject.music, subject.bar = music.of(project, range.from, range.to, rate)
  local place = spot.place(verb, file, track_meant(project, range), range.from, range.to)
  return { { verb = verb, project = project, file = file, place = place, subject = subject,
    hints = { key = subject.music.key } } }
end

--- Other tracks that sound in a range.
function find.tracks(verb, project, file, options)
  local range, reason, values = marked(project)
  if not range then return nil, reason == "nothing_selected" and "no_range" or reason, values end
  local track = track_meant(project, range)
  return as_list(layers.of(verb, project, file, track, range.from, range.to, options))
end

--- A result of ours.
function find.take(verb, project, file)
  local chosen = results.selected(project)[1]
  if not chosen then return nil, "no_result", {} end
  if not host.file_exists(chosen.mark.path) then return nil, "no_recipe_file", { path = chosen.mark.path } end
  local from, to = ranges.bounds(chosen.item)
  local start = from - host.take_number(chosen.take, "D_STARTOFFS")
  local place = spot.place(verb, file, chosen.track, from, to)
  place.take, place.anchor, place.position = host.take_text(chosen.take, "GUID"), "file", start
  place.like_original = true
  return { { verb = verb, project = project, file = file, place = place, hints = {},
    subject = { project = spot.folder(project, file), take = chosen.mark.path, is_draft = chosen.mark.draft } } }
end

--- What the panel is opened on: a range that sounds (on the first of several tracks), or an empty one; nil where
-- nothing is selected. What only REAPER knows how to play goes without its sound.
function M.region(options)
  local verb = verbs.get("open_panel")
  local project, file = host.project()
  options.several = "each"
  local sounding = find.audio(verb, project, file, options)
  if sounding and not sounding[1].listening then return sounding[1] end
  local list = find.room(verb, project, file)
  return list and list[1]
end

--- What the verb called `id` is about in the project whose tab is in front. `options`: several ("each" or "mix", where
-- the user has been asked already) and context (s). nil, the name of a sentence and its values where that is not
-- clear; the name "several_tracks" is a question.
function M.find(id, options)
  local verb = verbs.get(id)
  local project, file = host.project()
  if host.is_read_only(project) then return nil, "read_only", {} end
  return find[verb.needs](verb, project, file, options)
end

return M
