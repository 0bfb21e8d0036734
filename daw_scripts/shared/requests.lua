--- From what is selected and what is wished to requests, as the protocol knows them. Pure: no host, no files.
--
-- A *subject* says what a host found under the selection; a verb uses what it needs of it:
--   project    folder of the saved project; nil or "" while it is unsaved
--   folder     where job folders go inside it; nil for the bridge's own choice
--   source     `{path=…}` or `{clips={…}}` (repaint, extend, edit): see `source` in shared/protocol.lua
--   span       `{start, end, rate}`, whole samples: of the source's file, or of the timeline where there is no file
--   timeline   sample of the timeline, at span.rate, where `span.start` sounds; nil for `span.start` itself
--   music      `{bpm, meter, key, since_bar, section, changes}`; whatever is known
--   form       "region" (the default) or "whole"
--   room_left  samples, at span.rate, between the start of the timeline and the span; nil where that does not matter
--   bar        samples, at span.rate, of one bar at the edge that is extended
--   take       path of the WAV that is varied or made again (retake, again)
--   is_draft   that WAV is a draft
--   sources    the other tracks (layer)
local ids = require("shared.ids")
local json = require("shared.json")
local text = require("shared.text")
local wishes_module = require("shared.wishes")

local M = {}

--- A list that is `[]` in JSON even when it is empty.
local function as_list(values)
  local list = json.list()
  for index, value in ipairs(values) do list[index] = value end
  return list
end

local function music_of(subject, wishes)
  local music = {}
  for name, value in pairs(subject.music or {}) do music[name] = value end
  for _, name in ipairs({ "key", "chords" }) do
    if wishes[name] and wishes[name] ~= "" then music[name] = wishes[name] end
  end
  if music.changes then music.changes = #music.changes > 0 and as_list(music.changes) or nil end
  if music.section == "" then music.section = nil end
  return next(music) and music or nil
end

--- What every request for work has.
local function job(verb, subject, wishes, entropy)
  return {
    request = verb.request, job = ids.job(verb.request, entropy()),
    project = subject.project ~= "" and subject.project or nil,
    folder = subject.folder ~= "" and subject.folder or nil,
    backend = wishes.backend ~= "" and wishes.backend or nil,
    timeline = subject.timeline, seed = wishes.seed, variants = wishes.variants,
  }
end

local function composition(verb, subject, wishes, entropy)
  local request = job(verb, subject, wishes, entropy)
  request.span, request.tags, request.lyrics = subject.span, wishes.tags, wishes.lyrics
  request.music, request.sampling, request.loras = music_of(subject, wishes), wishes.sampling, wishes.loras
  request.language, request.preview = wishes.language, wishes.preview
  request.draft = wishes.draft or nil
  return request
end

local function over_source(verb, subject, wishes, entropy)
  local request = composition(verb, subject, wishes, entropy)
  request.source = subject.source
  request.form = subject.form ~= "region" and subject.form or nil
  return request
end

local build = {}

function build.repaint(verb, subject, wishes, entropy)
  local request = over_source(verb, subject, wishes, entropy)
  request.strength = wishes.strength
  return { request }
end

--- Samples of a wished length; nil if it is counted in bars and nobody knows how long a bar is.
local function samples_of(length, subject)
  if length.bars and not subject.bar then return nil end
  return math.floor(length.bars and length.bars * subject.bar + 0.5 or length.seconds * subject.span.rate + 0.5)
end

local function extended(side)
  return function(verb, subject, wishes, entropy)
    local samples = samples_of(wishes.length, subject)
    if not samples or samples < 1 then return nil, text.say("no_bars") end
    if side == "left" and samples > (subject.room_left or samples) then
      return nil, text.say("no_room_left", { seconds = string.format("%.1f", subject.room_left / subject.span.rate) })
    end
    local request = over_source(verb, subject, wishes, entropy)
    request[side] = samples
    return { request }
  end
end

build.extend_left, build.extend_right = extended("left"), extended("right")

function build.generate(verb, subject, wishes, entropy)
  local request = composition(verb, subject, wishes, entropy)
  if (wishes.reference or "") ~= "" then
    request.reference = { path = wishes.reference }
    request.reference_use = wishes.timbre and "timbre" or nil
  end
  return { request }
end

--- One request for each version of the words, all with one seed, so that only the words differ.
function build.edit(verb, subject, wishes, entropy)
  local requests, versions = {}, wishes_module.versions(wishes.lyrics)
  local seed = wishes.seed or #versions > 1 and ids.seed(entropy()) or nil
  for index, lyrics in ipairs(versions) do
    local request = over_source(verb, subject, wishes, entropy)
    request.lyrics, request.seed = lyrics, seed
    request.mode, request.source_lyrics = wishes.mode, wishes.source_lyrics
    requests[index] = request
  end
  return requests
end

function build.layer(verb, subject, wishes, entropy)
  local request = composition(verb, subject, wishes, entropy)
  request.sources, request.role = as_list(subject.sources), wishes.role
  return { request }
end

--- A retake lies where its take lay: the recipe inside it knows.
function build.retake(verb, subject, wishes, entropy)
  local request = job(verb, subject, wishes, entropy)
  request.take, request.variance = subject.take, wishes.variance
  return { request }
end

function build.again(verb, subject, wishes, entropy)
  local request = job(verb, subject, {}, entropy)
  request.take, request.refine = subject.take, wishes.refine or nil
  return { request }
end

--- The question for a link that opens the panel on `subject`; on its front page where there is none.
function M.panel(subject, lyrics)
  if not subject then return { request = "panel" } end
  return {
    request = "panel", source = subject.source, span = subject.span, timeline = subject.timeline,
    project = subject.project ~= "" and subject.project or nil, music = music_of(subject, {}),
    lyrics = (lyrics or "") ~= "" and lyrics or nil,
  }
end

--- Whether what `request` makes of `subject` is a draft: a variation of a draft is one, too.
function M.makes_draft(request, subject)
  return request.draft == true or subject.is_draft == true and not request.refine
end

--- The requests of `verb` for `subject` with `wishes` (as shared/wishes.lua reads them, and where a form has them also
-- backend, sampling, loras, language and preview, in the protocol's words), each a fresh job; mostly one,
-- for several versions of lyrics several. nil and a sentence if it cannot be asked so. `entropy()` gives any text that
-- is believed to be unique: a GUID, a time.
function M.build(verb, subject, wishes, entropy) return build[verb.id](verb, subject, wishes, entropy) end

return M
