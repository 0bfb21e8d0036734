--- The files of a finished job, opened one after the other before anything in the project is changed.
--
-- A piece is `{path, number, role, offset, source, seconds, main}`: which take it is of, the stem's role (nil for the
-- mix), seconds from the place's position to the file's first sample, REAPER's source and its length, and the path of
-- the WAV with the recipe.
local host = require("reaper.host")

local M = {}

--- Seconds from where the place is to where the file of `part` begins.
local function offset_of(job, part)
  if job.place.anchor == "file" then return 0.0 end
  local request = job.request
  local base = request.timeline or request.span.start
  return (part.timeline - base) / part.span.rate
end

local function wants_stems(job, part) return job.place.stems and part.stems and #part.stems > 0 end

--- The pieces of `job`, none of them open yet; those of take `only` where it is given.
function M.list(job, only)
  local pieces = {}
  for _, take in ipairs(job.takes) do
    for _, part in ipairs((not only or take.number == only) and take.parts or {}) do
      local number, offset = math.tointeger(take.number), offset_of(job, part)
      if wants_stems(job, part) then
        local lead = (part.handles and part.handles[1] or 0) / part.span.rate
        for _, stem in ipairs(part.stems) do
          pieces[#pieces + 1] = { path = stem.path, number = number, role = stem.role, offset = offset + lead,
            main = take.path }
        end
      else
        pieces[#pieces + 1] = { path = part.path, number = number, offset = offset, main = take.path }
      end
    end
  end
  return pieces
end

--- Opens them, with pauses. True; nil and the path that REAPER cannot read.
function M.open(pieces, pause)
  for _, piece in ipairs(pieces) do
    pause()
    piece.source, piece.seconds = host.open_source(piece.path)
    if not piece.source then return nil, piece.path end
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

--- The pieces by track: `{role, pieces}`, the mix (no role) first, in the order in which roles come.
function M.grouped(pieces)
  local groups, by_role = {}, {}
  for _, piece in ipairs(pieces) do
    local key = piece.role or ""
    if not by_role[key] then
      by_role[key] = { role = piece.role, pieces = {} }
      groups[#groups + 1] = by_role[key]
    end
    table.insert(by_role[key].pieces, piece)
  end
  return groups
end

return M
