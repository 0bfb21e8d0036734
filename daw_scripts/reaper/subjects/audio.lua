--- Something that sounds, to be composed anew: one file where one plain take covers the range, clips where several do,
--- else what REAPER plays, to be listened to.
local host = require("reaper.host")
local music = require("reaper.music")
local playing = require("reaper.playing")
local ranges = require("reaper.ranges")
local spans = require("shared.span")
local spot = require("reaper.subjects.spot")

local M = {}

local MOST_CHANNELS = 8
local MONO_DOWNMIX, RIGHT_ONLY = 2, 4

--- The items with sound among `items`; nil, the name of a sentence and its values if none has.
local function usable(items)
  local found, reason, values = {}, nil, nil
  for _, item in ipairs(items) do
    local fault, details = playing.obstacle(item)
    if not fault then found[#found + 1] = item end
    if fault and not reason then reason, values = fault, details end
  end
  if #found == 0 then return nil, reason, values end
  return found
end

local function overlap(items)
  local reached = -math.huge
  for _, item in ipairs(items) do
    local first, last = ranges.bounds(item)
    -- Items that meet at one point share a billionth of a second now and then.
    if first < reached - 1e-6 then return true end
    reached = math.max(reached, last)
  end
  return false
end

local function are_exact(items)
  for _, item in ipairs(items) do
    if not playing.is_exact(item) then return false end
  end
  return true
end

--- The range cut to where `items` are; nil if that is nothing to speak of.
local function cut(items, from, to)
  local first, last = math.huge, -math.huge
  for _, item in ipairs(items) do
    local left, right = ranges.bounds(item)
    first, last = math.min(first, left), math.max(last, right)
  end
  from, to = math.max(from, first), math.min(to, last)
  if to <= from then return nil, "no_overlap", {} end
  if to - from < spans.SHORTEST_SECONDS then return nil, "too_short", {} end
  return from, to
end

--- How many channels a mix of `items` needs: 1 only where all are mono and in the middle.
local function channels_of(items)
  local most = 1
  for _, item in ipairs(items) do
    local take = host.active_take(item)
    local mode = host.take_number(take, "I_CHANMODE")
    local channels = mode >= MONO_DOWNMIX and mode <= RIGHT_ONLY and 1 or host.source(take).channels
    if host.take_number(take, "D_PAN") ~= 0 then channels = math.max(2, channels) end
    most = math.max(most, channels)
  end
  return math.min(most, MOST_CHANNELS)
end

local function clips_of(targets, from, to, rate, context)
  local clips = {}
  for _, target in ipairs(targets) do
    for _, item in ipairs(ranges.heard_on(target.track, from - context, to + context)) do
      local clip = playing.as_clip(item, rate)
      if clip and target.gain then clip.gain_db = clip.gain_db + playing.decibels(target.gain) end
      if clip then clips[#clips + 1] = clip end
    end
  end
  return clips
end

local function end_of_track(track)
  local last = 0
  for _, item in ipairs(host.items_on(track)) do
    local _, stop = ranges.bounds(item)
    last = math.max(last, stop)
  end
  return last
end

--- What there is to listen to, with some seconds on both sides: see reaper/listening.lua.
local function to_hear(targets, from, to, rate, context)
  local tracks, items, last = {}, {}, to
  for index, target in ipairs(targets) do
    tracks[index] = { guid = host.track_text(target.track, "GUID"), gain = target.gain }
    last = math.max(last, end_of_track(target.track))
    for _, item in ipairs(target.items) do items[#items + 1] = item end
  end
  local first = spans.samples(math.max(0, from - context), rate)
  return {
    tracks = tracks, rate = rate, channels = channels_of(items), first = first,
    frames = math.max(1, spans.samples(math.min(last, to + context), rate) - first),
    from = spans.samples(from, rate), to = spans.samples(to, rate),
  }
end

--- The one file and the samples of it that `from` to `to` plays; nil if that is not all that is heard there.
local function as_file(found, items, from, to)
  local clip, source, take = playing.reference(items[1])
  if not clip then return nil end
  local span, position, skipped = spans.of_clip(clip, from, to)
  if not span then return nil, position end
  local place = found.place
  found.subject.source, found.subject.span = { path = source.path }, span
  place.take, place.source, place.span, place.skipped = host.take_text(take, "GUID"), source.path, span, skipped
  place.position, place.length = position, (span["end"] - span.start) / span.rate
  place.range = spot.range_text(position, position + place.length)
  place.like_original = true
  local is_free = host.item_number(items[1], "C_LOCK") == 0 and not playing.is_wrapped(clip)
  if place.manner == "item" and found.verb.needs == "audio" and is_free then
    place.manner, found.subject.form = "takes", "whole"
  end
  return span
end

--- Fills in where it sounds and what the project says there.
local function finish(found, project, items, edge)
  local subject, place = found.subject, found.place
  local rate = subject.span.rate
  subject.timeline = math.max(0, spans.samples(place.position, rate))
  subject.music, subject.bar = music.of(project, place.position, place.position + place.length, rate, edge)
  subject.room_left = subject.timeline
  found.hints = { lyrics = music.words(items), key = subject.music.key }
  return found
end

--- What `verb` is asked of the sound on `targets` (`{track, items, gain}`, mostly one) between `from` and `to`.
-- `options`: context (s of sound that backends want to hear beside it) and edge (see music.of).
function M.of(verb, project, file, targets, from, to, options)
  local items, reason, values = {}, nil, nil
  for _, target in ipairs(targets) do
    local some
    some, reason, values = usable(target.items)
    target.items = some or {}
    for _, item in ipairs(target.items) do items[#items + 1] = item end
  end
  if #items == 0 then return nil, reason, values end
  from, to, values = cut(items, from, to)
  if not from then return nil, to, values end
  local track = targets[#targets].track
  local found = { verb = verb, project = project, file = file, place = spot.place(verb, file, track, from, to),
    subject = { project = spot.folder(project, file) } }
  if #targets == 1 and #items == 1 then
    local span, fault = as_file(found, items, from, to)
    if span then return finish(found, project, items, options.edge) end
    if fault and fault ~= "repeats" then return nil, fault, {} end
  end
  local rate = host.project_rate(project)
  local is_simple = are_exact(items)
  for _, target in ipairs(targets) do is_simple = is_simple and not overlap(target.items) end
  if is_simple then
    found.subject.source = { clips = clips_of(targets, from, to, rate, options.context) }
    found.subject.span = { start = spans.samples(from, rate), ["end"] = spans.samples(to, rate), rate = rate }
  else
    local plan = to_hear(targets, from, to, rate, options.context)
    found.listening = plan
    found.subject.span = { start = plan.from - plan.first, ["end"] = plan.to - plan.first, rate = rate }
  end
  if #items == 1 then
    found.place.take = host.take_text(host.active_take(items[1]), "GUID")
    found.place.item_position = host.item_number(items[1], "D_POSITION")
  end
  return finish(found, project, items, options.edge)
end

return M
