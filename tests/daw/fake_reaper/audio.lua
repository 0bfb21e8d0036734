--- Audio accessors of the fake: what the items of a track sound like, before its effects.
--
-- `options.audio(path)` gives a file's channels and its samples as bytes of doubles, channel after channel.
-- Volumes, fades (straight), offsets, rates, loops, sections and mutes are played; take effects only make it louder
-- by `take.fx`, so that a test sees that they were heard. `world.read_seconds` is what a read of one frame costs on
-- the fake's clock.
local M = {}

local MOST_VALUES = 131072
local AT_ONCE = 200
local HAIR_SECONDS = 1e-7

--- The samples of a file as a list of channels, each a list of numbers; read once.
local function sound_of(world, options, path)
  if world.sounds[path] then return world.sounds[path] end
  local count, bytes = options.audio(path)
  local frames, channels = #bytes // 8 // count, {}
  for channel = 1, count do
    local samples, first = {}, (channel - 1) * frames
    for from = 0, frames - 1, AT_ONCE do
      local some = math.min(AT_ONCE, frames - from)
      table.move({ string.unpack("<" .. ("d"):rep(some), bytes, (first + from) * 8 + 1) }, 1, some, from + 1, samples)
    end
    channels[channel] = samples
  end
  world.sounds[path] = channels
  return channels
end

local function new_array(size)
  if size > MOST_VALUES then error("reaper.new_array is too large", 3) end
  local array = { size = size, values = {} }
  function array.clear(value, first, count)
    for index = first or 1, (first or 1) + (count or size) - 1 do array.values[index] = value or 0.0 end
  end
  function array.table(first, count)
    return table.move(array.values, first, first + count - 1, 1, {})
  end
  return array
end

local function fade_of(info, manual, automatic)
  return info[automatic] > 0 and info[automatic] or info[manual]
end

--- The factor of fades at `t` seconds into an item.
local function fade_at(info, t)
  local fade_in = fade_of(info, "D_FADEINLEN", "D_FADEINLEN_AUTO")
  local fade_out = fade_of(info, "D_FADEOUTLEN", "D_FADEOUTLEN_AUTO")
  local factor = 1
  if fade_in > 0 then factor = math.min(factor, t / fade_in) end
  if fade_out > 0 then factor = math.min(factor, (info.D_LENGTH - t) / fade_out) end
  return math.max(0, factor)
end

local function root_of(source)
  local offset, length, reversed = 0, source.seconds, false
  while source.parent do
    offset, length, reversed = offset + source.offset, source.length, reversed or source.reversed
    source = source.parent
  end
  return source, offset, length, reversed
end

--- Adds what `item` plays into `values`.
local function add(world, options, item, ask, values)
  local take = item.takes[item.current]
  if not take or not take.source or item.info.B_MUTE ~= 0 or take.source.type == "MIDI" then return false end
  local first, last = item.info.D_POSITION, item.info.D_POSITION + item.info.D_LENGTH
  if last <= ask.t or first >= ask.t + ask.frames / ask.rate then return false end
  local source, offset, length, reversed = root_of(take.source)
  local channels = sound_of(world, options, source.path)
  local gain = item.info.D_VOL * take.info.D_VOL * (1 + take.fx)
  for frame = 0, ask.frames - 1 do
    -- A hair on: a double that means "at this sample" may lie a billionth before it.
    local t = ask.t + frame / ask.rate - first + HAIR_SECONDS
    local s = take.info.D_STARTOFFS + t * take.info.D_PLAYRATE
    if item.info.B_LOOPSRC ~= 0 then s = s % length end
    if t >= 0 and t < item.info.D_LENGTH and s >= 0 and s < length then
      if reversed then s = length - s - 1 / source.rate + 2 * HAIR_SECONDS end
      local factor = gain * fade_at(item.info, t)
      local at = math.floor((offset + s) * source.rate + 0.500001) + 1
      for channel = 1, ask.channels do
        local samples = channels[math.min(channel, #channels)]
        local index = frame * ask.channels + channel
        values[index] = values[index] + (samples[at] or 0) * factor
      end
    end
  end
  return true
end

function M.install(world, api, options)
  world.read_seconds, world.reads, world.open_accessors, world.sounds = 0, {}, 0, {}

  --- Reads a file before it is needed, so that it takes no time then.
  function world.load(path) sound_of(world, options, path) end
  api.new_array = new_array

  function api.CreateTrackAudioAccessor(track)
    world.need(track, "MediaTrack")
    world.open_accessors = world.open_accessors + 1
    return { kind = "AudioAccessor", track = track, revision = track.revision }
  end

  local function need(accessor)
    if accessor.is_destroyed then error("the audio accessor was destroyed", 3) end
    return accessor
  end

  function api.GetAudioAccessorSamples(accessor, rate, channels, t, frames, array)
    local track = need(accessor).track
    if not world.is_alive(track, "MediaTrack") then return -1 end
    if frames * channels > array.size then error("the array is too small for " .. frames .. " frames") end
    world.spent = world.spent + frames * world.read_seconds
    world.reads[#world.reads + 1] = frames
    local ask, sounds = { rate = rate, channels = channels, t = t, frames = frames }, false
    for _, item in ipairs(track.items) do
      local is_playing = track.info.I_FREEMODE ~= 2 or (track.lane_plays[item.info.I_FIXEDLANE] or 0) > 0
      if is_playing and add(world, options, item, ask, array.values) then sounds = true end
    end
    return sounds and 1 or 0
  end

  function api.AudioAccessorStateChanged(accessor) return need(accessor).revision ~= accessor.track.revision end

  function api.DestroyAudioAccessor(accessor)
    need(accessor).is_destroyed = true
    world.open_accessors = world.open_accessors - 1
  end
end

return M
