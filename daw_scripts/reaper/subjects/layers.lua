--- What the other tracks play, for a layer that fits them: what is heard of each, as clips with its volume.
local host = require("reaper.host")
local music = require("reaper.music")
local playing = require("reaper.playing")
local ranges = require("reaper.ranges")
local results = require("reaper.results")
local spans = require("shared.span")
local spot = require("reaper.subjects.spot")
local text = require("shared.text")

local M = {}

local MOST_SOURCES, MOST_CLIPS = 256, 4096
local MOST_NAMES = 3

local function is_soloed(track) return host.track_number(track, "I_SOLO") ~= 0 end

--- The tracks that sound, each with its gain: no mute on it or above it, and a solo where there are solos. `all` are
-- the project's tracks.
local function audible(all)
  local has_solo, soloed_below = false, {}
  for _, track in ipairs(all) do
    if is_soloed(track) then
      has_solo = true
      local above = host.parent(track)
      while above do
        soloed_below[above] = true
        above = host.parent(above)
      end
    end
  end
  local found = {}
  for _, track in ipairs(all) do
    local gain, is_muted, has_own, above = 1.0, false, soloed_below[track] or false, track
    while above do
      gain = gain * host.track_number(above, "D_VOL")
      is_muted = is_muted or host.track_number(above, "B_MUTE") ~= 0
      has_own = has_own or is_soloed(above)
      above = host.parent(above)
    end
    if not is_muted and (has_own or not has_solo) and gain > 0 then
      found[#found + 1] = { track = track, gain = gain }
    end
  end
  return found
end

local function track_name(track)
  local name = host.track_text(track, "P_NAME")
  if name ~= "" then return name end
  return text.say("unnamed_track", { number = host.track_integer(track, "IP_TRACKNUMBER") })
end

--- Notes that we have laid beside a result: what they say is heard from the result itself.
local function is_notes_of_ours(item)
  local take = host.active_take(item)
  return take ~= nil and host.is_midi(take) and results.mark_of(take) ~= nil
end

--- The clips of `track`, and how many of its items cannot be named as such.
local function clips_on(track, from, to, rate)
  local clips, skipped = {}, 0
  for _, item in ipairs(ranges.heard_on(track, from, to)) do
    local clip = playing.as_clip(item, rate)
    if clip then
      clips[#clips + 1] = clip
    elseif not is_notes_of_ours(item) then
      skipped = skipped + 1
    end
  end
  return clips, skipped
end

local function note(names)
  local shown = table.concat(names, ", ", 1, math.min(#names, MOST_NAMES))
  return text.say("layer_skipped", { tracks = #names > MOST_NAMES and shown .. " …" or shown })
end

--- The sources of all tracks that sound between `from` and `to` or a little beside it, and sentences about what could
-- not be heard. `options`: context (s), and `pause`, which is called between tracks where it is given.
local function sources(project, from, to, rate, options)
  local found, unheard, count, context = {}, {}, 0, options.context
  for _, one in ipairs(audible(host.tracks(project))) do
    if options.pause then options.pause() end
    local clips, skipped = clips_on(one.track, from - context, to + context, rate)
    if skipped > 0 or #clips > 0 and (#found == MOST_SOURCES or count + #clips > MOST_CLIPS) then
      unheard[#unheard + 1] = track_name(one.track)
    end
    if #clips > 0 and #found < MOST_SOURCES and count + #clips <= MOST_CLIPS then
      count = count + #clips
      found[#found + 1] = { clips = clips, gain_db = playing.decibels(one.gain) }
    end
  end
  return found, #unheard > 0 and { note(unheard) } or {}
end

--- What `verb` is asked between `from` and `to`, beside `track` (nil for a new one); nil, the name of a sentence and
-- its values where nothing can be heard.
function M.of(verb, project, file, track, from, to, options)
  local rate = host.project_rate(project)
  local heard, notes = sources(project, from, to, rate, options)
  if #heard == 0 then return nil, "nothing_to_hear", {} end
  local place = spot.place(verb, file, track, from, to)
  place.suffix = "/layer"
  local span = { start = spans.samples(from, rate), ["end"] = spans.samples(to, rate), rate = rate }
  local subject = { project = spot.folder(project, file), sources = heard, span = span, timeline = span.start }
  subject.music, subject.bar = music.of(project, from, to, rate)
  return { verb = verb, project = project, file = file, place = place, subject = subject, notes = notes,
    hints = { key = subject.music.key } }
end

return M
