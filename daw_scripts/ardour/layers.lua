--- What of a track is heard: regions that lie over each other become clips that do not.
--
-- In Ardour the upper of two regions covers the lower one, unless it is see-through or muted; where the upper one fades
-- in or out, the lower is still heard underneath. A source adds its clips, so what is covered is cut away here. Regions
-- are as ardour/host/tracks.lua tells them, clips as the protocol has them.
local M = {}

--- Parts of `pieces` that `cover` ({from, to, fade_in, fade_out}) leaves. Where the cover fades, the rest fades too.
local function uncovered(pieces, cover)
  local from, to = cover.from + cover.fade_in, cover.to - cover.fade_out
  local rest = {}
  for _, piece in ipairs(pieces) do
    if from >= to or piece.to <= from or piece.from >= to then
      rest[#rest + 1] = piece
    else
      if piece.from < from then
        rest[#rest + 1] = { from = piece.from, to = from, fade_in = piece.fade_in, fade_out = cover.fade_in }
      end
      if piece.to > to then
        rest[#rest + 1] = { from = to, to = piece.to, fade_in = cover.fade_out, fade_out = piece.fade_out }
      end
    end
  end
  return rest
end

--- The parts of each region that are heard between `from` and `to`, as `{region, from, to, fade_in, fade_out}`.
-- `regions` begin with the lowest.
function M.heard(regions, from, to)
  local found, covers = {}, {}
  for index = #regions, 1, -1 do
    local region = regions[index]
    if not region.is_muted then
      local pieces = { { from = region.position, to = region.position + region.length, fade_in = region.fade_in,
        fade_out = region.fade_out } }
      for _, cover in ipairs(covers) do pieces = uncovered(pieces, cover) end
      for _, piece in ipairs(pieces) do
        if piece.to > from and piece.from < to then
          piece.region = region
          found[#found + 1] = piece
        end
      end
      if region.is_opaque then
        covers[#covers + 1] = { from = region.position, to = region.position + region.length,
          fade_in = region.fade_in, fade_out = region.fade_out }
      end
    end
  end
  return found
end

function M.decibels(gain) return math.max(-120, math.min(40, gain > 0 and 20 * math.log(gain, 10) or -120)) end

--- Whether all channels of the region come, in their order, from one file that has no others.
local function is_one_file(sources, channels_in)
  for index, source in ipairs(sources) do
    if source.path ~= sources[1].path or source.channel ~= index then return false end
  end
  return channels_in(sources[1].path) == #sources
end

--- The clips of one piece. A stereo recording is two mono files in Ardour: then each is a clip, heard on its side.
local function clips_of(piece, rate, facts)
  local region, clips = piece.region, {}
  local whole = is_one_file(region.sources, facts.channels)
  for index, source in ipairs(region.sources) do
    if index == 1 or not whole then
      -- Ardour plays a file that it did not bring in itself sample by sample, whatever its rate: like tape.
      local file_rate = not source.is_own and facts.rate(source.path) or rate
      local is_single = whole or #region.sources == 1 and facts.channels(source.path) == 1
      clips[#clips + 1] = {
        path = source.path, start = piece.from, length = piece.to - piece.from,
        offset = (region.start + piece.from - region.position) / file_rate,
        playrate = file_rate ~= rate and rate / file_rate or nil,
        gain_db = region.gain ~= 1 and M.decibels(region.gain) or nil,
        file_channel = not is_single and source.channel or nil,
        channel = #region.sources > 1 and not whole and index or nil,
        fade_in = piece.fade_in > 0 and math.min(piece.fade_in, piece.to - piece.from) or nil,
        fade_out = piece.fade_out > 0 and math.min(piece.fade_out, piece.to - piece.from) or nil,
      }
      if file_rate ~= rate then clips[#clips].keep_pitch = false end
    end
  end
  return clips
end

--- The clips of what `regions` sound between `from` and `to`; `rate` is the session's. `facts.rate(path)` and
-- `facts.channels(path)` say what a file has; nil where that is not known. Returns them, and the path of a file that is
-- not there (`facts.exists(path)` is false) or "" for a region without files, if one of those is heard.
function M.clips(regions, from, to, rate, facts)
  local clips = {}
  for _, piece in ipairs(M.heard(regions, from, to)) do
    if not piece.region.sources then return clips, "" end
    for _, source in ipairs(piece.region.sources) do
      if not facts.exists(source.path) then return clips, source.path end
    end
    for _, clip in ipairs(clips_of(piece, rate, facts)) do clips[#clips + 1] = clip end
  end
  table.sort(clips, function(one, other)
    if one.start ~= other.start then return one.start < other.start end
    return (one.channel or 0) < (other.channel or 0)
  end)
  return clips
end

return M
