--- From seconds on a timeline to whole samples of a source file, and back. Every rounding rule of the hosts is here.
--
-- A *clip* says how a host plays a file:
--   position        s, where the clip begins on the timeline
--   length          s, how long it is on the timeline
--   offset          s of the source at the clip's left edge; negative: the clip begins with silence
--   playrate        2 plays twice as fast
--   loops           true: the source repeats for as long as the clip lasts
--   section_start   s of the file where the source begins (0 for a whole file)
--   section_seconds s of the file that the source spans
--   rate            samples a second of the file
local M = {}

--- Shorter selections are slips of the mouse.
M.SHORTEST_SECONDS = 0.1

--- The nearest whole sample; halves go up, as in `Span` on the bridge's side.
function M.samples(seconds, rate) return math.floor(seconds * rate + 0.5) end

--- Seconds of the source that sound at `t`; beyond its end for a clip that loops.
function M.source_time(clip, t) return clip.offset + (t - clip.position) * clip.playrate end

--- Seconds on the timeline where the source's second `s` sounds in its first pass.
function M.timeline_time(clip, s) return clip.position + (s - clip.offset) / clip.playrate end

--- How often the source has already run through when `s` sounds. A hair before the end counts as the next pass:
-- a double that means "at the bar line" may lie a billionth before it.
local function passes(clip, s)
  return math.floor(s / clip.section_seconds + 0.5 / (clip.section_seconds * clip.rate))
end

--- The samples of the file that sound between `from` and `to` seconds of the timeline.
--
-- The range is cut to the clip, and to the part of it that has sound. Returns `{start, end, rate}` with integers, the
-- second of the timeline where `start` sounds, and the seconds of the source that a loop had run through before it; or
-- nil and one of "no_overlap", "too_short", "silent", "repeats".
function M.of_clip(clip, from, to)
  from, to = math.max(from, clip.position), math.min(to, clip.position + clip.length)
  if to <= from then return nil, "no_overlap" end
  if to - from < M.SHORTEST_SECONDS then return nil, "too_short" end
  local first, last = M.source_time(clip, from), M.source_time(clip, to)
  local skipped = 0.0
  if clip.loops then
    skipped = passes(clip, first) * clip.section_seconds
    if last - skipped > clip.section_seconds + 0.5 / clip.rate then return nil, "repeats" end
  end
  first, last = math.max(first - skipped, 0), math.min(last - skipped, clip.section_seconds)
  if last <= first then return nil, "silent" end
  local start = M.samples(clip.section_start + first, clip.rate)
  local stop = M.samples(clip.section_start + last, clip.rate)
  if stop <= start then return nil, "silent" end
  local span = { start = start, ["end"] = stop, rate = clip.rate }
  return span, M.position_of(clip, span, skipped), skipped
end

--- The second of the timeline where `span` begins in `clip` as it is now: clips are moved and trimmed while a job runs.
function M.position_of(clip, span, skipped)
  return M.timeline_time(clip, span.start / span.rate - clip.section_start + skipped)
end

return M
