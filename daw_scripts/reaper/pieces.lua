--- The files of a finished job, opened one after the other before anything in the project is changed.
--
-- A piece is `{path, number, role, is_notes, offset, source, seconds, main, mark}`: which take it is of, the role of
-- the stem (nil for the mix), whether it is a MIDI file, seconds from the place's position to the file's beginning,
-- REAPER's source and its length, the path of the WAV with the recipe, and what its take is marked with (see
-- shared/mark.lua).
local guests = require("shared.guests")
local host = require("reaper.host")
local mark = require("shared.mark")

local M = {}

--- Seconds from where the place is to where the file of `part` begins.
local function offset_of(job, part)
  if job.place.anchor == "file" then return 0.0 end
  local request = job.request
  local base = request.timeline or request.span.start
  return (part.timeline - base) / part.span.rate
end

local function wants_stems(job, part) return job.place.stems and part.stems and #part.stems > 0 end

local function lead_of(part) return part.handles and part.handles[1] or 0 end

--- The notes of `part`: they last as long as what is new in its audio. Their own length counts beats.
local function add_notes(pieces, job, take, part)
  local rate, stop = part.span.rate, part.timeline + lead_of(part) + part.span["end"] - part.span.start
  for _, notes in ipairs(job.place.midi and part.midi or {}) do
    pieces[#pieces + 1] = { path = notes.path, number = math.tointeger(take.number), role = notes.role, is_notes = true,
      offset = offset_of(job, part) + (notes.timeline - part.timeline) / rate,
      seconds = (stop - notes.timeline) / rate, main = take.path }
  end
end

--- The pieces of `job`, none of them open yet; those of take `only` where it is given.
function M.list(job, only)
  local pieces = {}
  for _, take in ipairs(job.takes) do
    for _, part in ipairs((not only or take.number == only) and take.parts or {}) do
      local number, offset = math.tointeger(take.number), offset_of(job, part)
      if wants_stems(job, part) then
        local lead = lead_of(part) / part.span.rate
        for _, stem in ipairs(part.stems) do
          pieces[#pieces + 1] = { path = stem.path, number = number, role = stem.role, offset = offset + lead,
            main = take.path }
        end
      else
        pieces[#pieces + 1] = { path = part.path, number = number, offset = offset, main = take.path }
      end
      add_notes(pieces, job, take, part)
    end
  end
  return pieces
end

--- Opens those of `job`, with pauses, so that nothing but the change is left for the last tick. True; nil and the path
-- that REAPER cannot read. Notes that it cannot read, or that are none, are left out: the audio is what was asked for.
function M.open(job, pieces, pause)
  for _, piece in ipairs(pieces) do
    pause()
    local seconds
    piece.source, seconds = host.open_source(piece.path)
    piece.seconds = piece.seconds or seconds
    piece.mark = mark.write({ job = guests.job_of(job), number = piece.number, path = piece.main, role = piece.role,
      draft = job.place.draft })
    if not piece.source and not piece.is_notes then return nil, piece.path end
    if not piece.source then host.log("notes.unreadable path=" .. piece.path) end
  end
  return true
end

--- Lets go of those that found no take.
function M.close(pieces)
  for _, piece in ipairs(pieces) do
    if piece.source and not piece.is_laid then host.close_source(piece.source) end
    piece.source = nil
  end
end

--- The open pieces by track: `{role, is_notes, pieces}`, in the order in which roles come. Two lists: those of audio,
-- where the mix has no role, and those of notes.
function M.grouped(pieces)
  local audio, notes = { by_role = {} }, { by_role = {} }
  for _, piece in ipairs(pieces) do
    local groups, key = piece.is_notes and notes or audio, piece.role or ""
    if piece.source and not groups.by_role[key] then
      groups.by_role[key] = { role = piece.role, is_notes = piece.is_notes, pieces = {} }
      groups[#groups + 1] = groups.by_role[key]
    end
    if piece.source then table.insert(groups.by_role[key].pieces, piece) end
  end
  return audio, notes
end

return M
