--- How an item plays its file: as it is, so that file and samples name it; changed in ways that the bridge can follow
--- (a *clip* of the protocol); or in ways that only REAPER knows, so that it has to be listened to.
local host = require("reaper.host")
local spans = require("shared.span")

local M = {}

local NO_AUDIO = { VIDEO = "video", RPP_PROJECT = "video", MIDI = "midi", MIDIPOOL = "midi", EMPTY = "empty" }
local LEAST_DB, MOST_DB = -120, 40

--- Why `item` has no sound to work on, as the name of a sentence and its values; nil if it has.
function M.obstacle(item)
  local take = host.active_take(item)
  if not take then return "empty", {} end
  if host.is_midi(take) then return "midi", {} end
  local source = host.source(take)
  if not source then return "empty", {} end
  if NO_AUDIO[source.kind] then return NO_AUDIO[source.kind], {} end
  if source.path == "" or not host.file_exists(source.path) then return "offline", { path = source.path } end
  if source.rate <= 0 or source.section_seconds <= 0 then return "offline", { path = source.path } end
  return nil
end

--- Whether REAPER does something to the take that no file and no clip tells of.
local function is_shaped(take)
  return host.take_number(take, "I_CHANMODE") ~= 0 or host.stretch_markers(take) > 0 or host.effects(take) > 0
    or host.envelopes(take) > 0
end

local function is_at_speed(take)
  return host.take_number(take, "D_PLAYRATE") == 1 and host.take_number(take, "D_PITCH") == 0
end

--- The clip (see shared/span.lua) and the source of what `take` of `item` plays, whatever that is; nil for no file.
function M.read(item, take)
  local source = take and host.source(take)
  if not source then return nil end
  return {
    position = host.item_number(item, "D_POSITION"),
    length = host.item_number(item, "D_LENGTH"),
    loops = host.item_number(item, "B_LOOPSRC") ~= 0,
    offset = host.take_number(take, "D_STARTOFFS"),
    playrate = host.take_number(take, "D_PLAYRATE"),
    section_start = source.section_start,
    section_seconds = source.section_seconds,
    rate = source.rate,
  }, source
end

--- Whether the clip wraps round its source somewhere, in or out of the selection.
function M.is_wrapped(clip)
  local last = clip.offset + clip.length * clip.playrate
  return clip.loops and (clip.offset < 0 or last > clip.section_seconds + 0.5 / clip.rate)
end

--- Clip, source and take of `item` if its file, sample by sample, is what is heard; nil if not.
function M.reference(item)
  local take = host.active_take(item)
  if M.obstacle(item) or is_shaped(take) or not is_at_speed(take) then return nil end
  local clip, source = M.read(item, take)
  if source.reversed then return nil end
  return clip, source, take
end

local function decibels(factor)
  if factor <= 0 then return LEAST_DB end
  return math.max(LEAST_DB, math.min(20 * math.log(factor, 10), MOST_DB))
end

M.decibels = decibels

--- Seconds of the fades at both ends: automatic ones win.
local function fades(item)
  local fade_in, fade_out = host.item_number(item, "D_FADEINLEN_AUTO"), host.item_number(item, "D_FADEOUTLEN_AUTO")
  if fade_in <= 0 then fade_in = host.item_number(item, "D_FADEINLEN") end
  if fade_out <= 0 then fade_out = host.item_number(item, "D_FADEOUTLEN") end
  return math.max(0, fade_in), math.max(0, fade_out)
end

--- Where the file begins to play and where it goes back to, in its own seconds; in those before its end if reversed.
local function position_in_file(fields, now, source)
  local first = source.reversed and source.file_seconds - now.section_start - now.section_seconds or now.section_start
  local offset = now.offset
  if M.is_wrapped(now) then
    offset = offset % now.section_seconds
    fields.loop_start, fields.loop_end = math.max(0.0, first), first + now.section_seconds
  end
  fields.offset = first + offset
end

--- Cuts `now` to where its source plays: a section has more of its file on both sides, which is not heard. Returns the
-- seconds of silence that were before and behind it.
local function without_silence(now)
  if M.is_wrapped(now) then return 0, 0 end
  local lead = math.max(0, -now.offset / now.playrate)
  now.position, now.length, now.offset = now.position + lead, now.length - lead, math.max(0, now.offset)
  local rest = math.max(0, now.length - (now.section_seconds - now.offset) / now.playrate)
  now.length = now.length - rest
  return lead, rest
end

--- `item` as a clip of the protocol, counted at `rate`; nil where only REAPER knows how it sounds.
function M.as_clip(item, rate)
  local take = host.active_take(item)
  if M.obstacle(item) or is_shaped(take) then return nil end
  local volume = host.take_number(take, "D_VOL")
  if volume < 0 then return nil end
  local now, source = M.read(item, take)
  local lead, rest = without_silence(now)
  local fade_in, fade_out = fades(item)
  local fields = {
    path = source.path, start = spans.samples(now.position, rate),
    gain_db = decibels(volume * host.item_number(item, "D_VOL")),
    fade_in = spans.samples(math.max(0, fade_in - lead), rate),
    fade_out = spans.samples(math.max(0, fade_out - rest), rate),
  }
  fields.length = spans.samples(now.position + now.length, rate) - fields.start
  if fields.length < 1 then return nil end
  position_in_file(fields, now, source)
  if now.playrate ~= 1 then
    fields.playrate, fields.keep_pitch = now.playrate, host.take_number(take, "B_PPITCH") ~= 0
  end
  local semitones = host.take_number(take, "D_PITCH")
  if semitones ~= 0 then fields.semitones = semitones end
  if source.reversed then fields.reversed = true end
  return fields
end

--- Whether a fade begins or ends where `item` is silent: what is left of it is no fade of a clip.
local function has_cut_fade(item, take)
  local lead, rest = without_silence((M.read(item, take)))
  local fade_in, fade_out = fades(item)
  return lead > 0 and fade_in > lead or rest > 0 and fade_out > rest
end

--- Whether the bridge would play `item` just as REAPER does: stretching and transposing differ from program to program.
function M.is_exact(item)
  local take = host.active_take(item)
  return take ~= nil and not M.obstacle(item) and not is_shaped(take) and is_at_speed(take)
    and host.take_number(take, "D_VOL") >= 0 and not has_cut_fade(item, take)
end

return M
